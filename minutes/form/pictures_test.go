package form_test

import (
	"os"
	"path/filepath"
	"testing"

	"bienban/minutes/form"
)

// TestPicturesForTheEye writes PDFs to look at into the folder that
// BIENBAN_PICTURES names.
func TestPicturesForTheEye(t *testing.T) {
	dir := os.Getenv("BIENBAN_PICTURES")
	if dir == "" {
		t.Skip("set BIENBAN_PICTURES to a folder to have PDFs written there")
	}
	for _, c := range []string{"dai-hoi-mau", "council-demo"} {
		for _, f := range []string{form.PDF, form.HTML} {
			b := export(t, sample(t, c), form.Options{Format: f})
			if err := os.WriteFile(filepath.Join(dir, c+"."+f), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
