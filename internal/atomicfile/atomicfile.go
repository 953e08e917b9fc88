// Package atomicfile writes a file whole or not at all: a reader never sees a
// half-written one, and a full disk leaves what was there before.
package atomicfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write calls fill with a temporary file beside path, syncs it and renames it
// to path. When anything fails, path is as it was and the temporary is gone.
func Write(path string, fill func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := fill(f); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	// CreateTemp makes the file private; a document is as readable as others.
	if err := f.Chmod(0o644); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	syncDir(dir)
	return nil
}

// syncDir makes the rename itself durable, where the file system allows it:
// the file is in place already, so a refusal is no failure.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
