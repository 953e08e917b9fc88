package atomicfile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
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

func fill(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

func TestAFileKeepsItsPermissionsAndItsLinks(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "minutes.json"), filepath.Join(dir, "latest.json")
	if err := os.WriteFile(file, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("minutes.json", link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := atomicfile.Write(link, fill("second")); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil || string(b) != "second" {
		t.Errorf("the link's file holds %q (%v), want %q", b, err, "second")
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is no link any more: %v %v", info, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("permissions %v (%v), want 0600", info.Mode().Perm(), err)
	}
}

func TestALinkToNothingMakesItsFile(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "latest.json")
	if err := os.Symlink("minutes.json", link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := atomicfile.Write(link, fill("x")); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "minutes.json")); err != nil || string(b) != "x" {
		t.Errorf("%q (%v), want %q", b, err, "x")
	}
}

func TestAFolderIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if err := atomicfile.Write(dir, fill("x")); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v was left behind (%v)", left, err)
	}
}

func TestTheLongestNameCanBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("b", 255))
	if err := atomicfile.Write(path, fill("x")); err != nil {
		t.Error(err)
	}
}
