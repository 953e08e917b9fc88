package durable_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/durable"
)

func TestALockHasOneOwnerAndSaysWho(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, err := durable.OS().Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := durable.OS().Lock(path); !errors.Is(err, durable.ErrLocked) || !strings.Contains(err.Error(), "pid=") {
		t.Errorf("a second lock: %v, want ErrLocked with the owner's pid", err)
	}
	if err := l.Mark("pid=1 đang ghi"); err != nil {
		t.Fatal(err)
	}
	if err := l.Mark("pid=1"); err != nil {
		t.Fatal(err)
	}
	mark, held, err := durable.OS().Held(path)
	if err != nil || !held || mark != "pid=1" {
		t.Errorf("Held = %q, %v, %v", mark, held, err)
	}
	if err := l.Unlock(); err != nil {
		t.Fatal(err)
	}
	if _, held, err := durable.OS().Held(path); err != nil || held {
		t.Errorf("after Unlock: held %v, %v", held, err)
	}
	l, err = durable.OS().Lock(path)
	if err != nil {
		t.Fatalf("a lock that was left is refused: %v", err)
	}
	defer l.Unlock()
	if err := l.Mark(strings.Repeat("x", durable.MarkSize)); err == nil {
		t.Error("a mark longer than a reader reads was taken")
	}
}

func TestWriteFileReplacesWholeAndOverALeftTemporary(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	fsys := durable.OS()
	if err := fsys.MkdirAll(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "manifest.json")
	if f, err := fsys.Create(path + ".tmp"); err != nil {
		t.Fatal(err)
	} else if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"a longer first", "second"} {
		if err := durable.WriteFile(fsys, path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if b, err := durable.ReadFile(fsys, path, 100); err != nil || string(b) != text {
			t.Errorf("read %q, %v; want %q", b, err, text)
		}
	}
	if _, err := durable.ReadFile(fsys, path, 3); err == nil {
		t.Error("a file over the limit was read")
	}
	if list, err := fsys.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("left in the folder: %v, %v", list, err)
	}
	if _, err := fsys.Open(filepath.Join(dir, "none"), true); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if n, err := fsys.Free(dir); err != nil || n == 0 {
		t.Errorf("Free = %d, %v", n, err)
	}
}
