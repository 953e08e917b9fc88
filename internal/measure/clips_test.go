package measure_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bienban/internal/measure"
)

func TestClipsAreThoseOfTheManifest(t *testing.T) {
	dir := t.TempDir()
	if _, err := measure.Clips(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a manifest: %v", err)
	}
	write := func(lines ...string) {
		t.Helper()
		head := "file\tseconds\tlanguage\tkind\tsource\tlicence\treference\n"
		if err := os.WriteFile(filepath.Join(dir, "manifest.tsv"), []byte(head+strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("vi/a.wav\t3.0\tvi\tđọc\tx\tnone\tÔng nói \"đồng ý\".", "quiet/b.wav\t4\t-\tmusic\tx\tnone\t-")
	got, err := measure.Clips(dir)
	want := []measure.Clip{
		{File: filepath.Join(dir, "vi/a.wav"), Folder: "vi", Language: "vi", Reference: "Ông nói \"đồng ý\"."},
		{File: filepath.Join(dir, "quiet/b.wav"), Folder: "quiet", Language: "-", Reference: "-"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	write("vi/a.wav\t3.0\tvi")
	if _, err := measure.Clips(dir); err == nil || !strings.Contains(err.Error(), "line 2 has 3 columns") {
		t.Errorf("a short line: %v", err)
	}
}
