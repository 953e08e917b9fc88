package atomicfile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"bienban/internal/atomicfile"
)

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "minutes.json")
	write := func(text string, fail error) error {
		return atomicfile.Write(path, func(w io.Writer) error {
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
			return fail
		})
	}
	if err := write("first", nil); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("disk full")
	if err := write("second, cut", broken); !errors.Is(err, broken) {
		t.Fatalf("error %v, want %v", err, broken)
	}
	b, err := os.ReadFile(path)
	if err != nil || string(b) != "first" {
		t.Errorf("after a failed write the file holds %q (%v), want %q", b, err, "first")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("a temporary file was left behind: %v %v", left, err)
	}
}

func TestWhereThereIsNoFolderThePathIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "x.txt")
	err := atomicfile.Write(path, func(io.Writer) error { return nil })
	if !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("error %v, want not-exist", err)
	}
}
