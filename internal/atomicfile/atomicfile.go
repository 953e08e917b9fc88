// Package atomicfile writes a file whole or not at all: a reader never sees a
// half-written one, and a full disk leaves what was there before.
package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write calls fill with a temporary file beside path, syncs it and renames it
// to path. When anything fails, path is as it was and the temporary is gone.
//
// A new file has the permissions that the process gives (its umask), an old one
// keeps its own. A symbolic link is followed. What is no regular file (a pipe,
// a device) is written to as it is, for there is nothing that could be renamed.
func Write(path string, fill func(io.Writer) error) error {
	target, old, err := Target(path)
	if err != nil {
		return err
	}
	if old != nil && !old.Mode().IsRegular() {
		return writeThrough(path, fill)
	}
	if err := replace(target, old, fill); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	return nil
}

// Target says which file Write would write, with the links on the way resolved,
// and what it is now; nil when there is none yet. It fails when nothing can be
// written there: the path is a folder, or its folder is missing or closed to us.
func Target(path string) (target string, old fs.FileInfo, err error) {
	target = path
	old, err = os.Stat(path)
	switch {
	case err == nil && old.IsDir():
		return "", nil, fmt.Errorf("%s: is a folder: name a file in it", path)
	case err == nil:
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return "", nil, fmt.Errorf("%s: cannot be written: %w", path, err)
		}
		return target, old, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", nil, fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	if link, err := os.Readlink(path); err == nil { // to a file that is not there yet
		if target = link; !filepath.IsAbs(link) {
			target = filepath.Join(filepath.Dir(path), link)
		}
	}
	dir := filepath.Dir(target)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, fmt.Errorf("%s: the folder %s does not exist: %w", path, dir, fs.ErrNotExist)
	case err != nil:
		return "", nil, fmt.Errorf("%s: cannot be written: %w", path, err)
	case !info.IsDir():
		return "", nil, fmt.Errorf("%s: %s is no folder", path, dir)
	}
	return target, nil, nil
}

func writeThrough(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	if err := errors.Join(fill(f), f.Close()); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, err)
	}
	return nil
}

func replace(path string, old fs.FileInfo, fill func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	// A short name of its own: beside the longest name that a disk allows, too.
	f, err := os.OpenFile(filepath.Join(dir, ".bienban-"+rand.Text()), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return cause(err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := fill(f); err != nil {
		return err
	}
	if old != nil {
		if err := f.Chmod(old.Mode().Perm()); err != nil {
			return cause(err)
		}
	}
	if err := f.Sync(); err != nil {
		return cause(err)
	}
	if err := f.Close(); err != nil {
		return cause(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return cause(err)
	}
	syncDir(dir)
	return nil
}

// cause leaves out the temporary's name, which tells a person nothing.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// syncDir makes the rename itself durable, where the file system allows it:
// the file is in place already, so a refusal is no failure.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
