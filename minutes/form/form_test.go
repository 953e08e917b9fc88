package form_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"bienban/minutes"
	"bienban/minutes/form"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample makes minutes of a case of testdata/cases by hand: every turn that is
// in the file is a sentence of its speaker.
func sample(t testing.TB, name string) *minutes.Minutes {
	t.Helper()
	m, _, err := minutes.ReadMeeting(filepath.Join("..", "..", "testdata", "cases", name, "meeting.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return draft(t, name, m)
}

func export(t testing.TB, m *minutes.Minutes, o form.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := form.Export(&b, m, o); err != nil {
		t.Fatalf("export %+v: %v", o, err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it, then run go test -update\n%s", file, got)
	}
}

func TestTextAndPageAreAsTheyWereSeenAndAccepted(t *testing.T) {
	for _, c := range []string{"dai-hoi-mau", "council-demo"} {
		for _, f := range []string{form.Text, form.HTML} {
			golden(t, c+"."+f, export(t, sample(t, c), form.Options{Format: f}))
		}
	}
}
