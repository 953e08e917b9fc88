package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// FS is a file system. Paths are the operating system's. All methods may be called from several goroutines at once,
// and may block for as long as the disk does. A missing file is fs.ErrNotExist, a full disk syscall.ENOSPC.
type FS interface {
	// Create makes a new file for reading and writing, and fails with fs.ErrExist where there is one.
	Create(path string) (File, error)
	// Open opens a file that is there, for reading and, where write is true, for writing. What is no file is ErrNotFile.
	Open(path string, write bool) (File, error)
	// ReadDir lists a folder by name.
	ReadDir(path string) ([]Entry, error)
	// MkdirAll makes a folder and those above it, and syncs the folders that it made them in.
	MkdirAll(path string) error
	// Rename replaces newPath by oldPath at once; durable after SyncDir.
	Rename(oldPath, newPath string) error
	// Remove deletes a file; durable after SyncDir.
	Remove(path string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(path string) error
	// Free returns how many bytes may still be written in a folder, -1 when that cannot be known.
	Free(path string) (int64, error)
	// Lock takes a lock file for this process, creating it. It ends with Unlock or with the process, however that
	// ends. An ErrLocked names the owner.
	Lock(path string) (Lock, error)
	// Held reads the mark of a lock file's owner and says whether that owner lives.
	Held(path string) (mark string, held bool, err error)
}

// File is an open file. Several goroutines may read it while one writes.
type File interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	// Sync returns when all that was written is on the disk.
	Sync() error
	Size() (int64, error)
	Close() error
}

// Entry is a name in a folder.
type Entry struct {
	Name string
	Size int64 // in bytes; of a folder, nothing meaningful
	Dir  bool
}

// Lock is a lock that is held.
type Lock interface {
	// Mark writes a short line (at most MarkSize bytes) into the lock file for others to read. It is not synced: it
	// says something of a living owner only.
	Mark(text string) error
	// Unlock lets go. It leaves the file: removing it could take another owner's lock away.
	Unlock() error
}

// MarkSize is the most bytes that a lock's mark may have: small enough to be written and read in one call, so that a
// reader never sees half of one.
const MarkSize = 128

// ErrNotFile says that a folder, a pipe, a device or a socket lies where a file should be. Opening one could wait for
// ever, or do something to a device; it is never opened to the end.
var ErrNotFile = errors.New("it is no file")

// ErrLocked says that another living process holds a lock.
var ErrLocked = errors.New("in use by another process")

// ReadFile reads a whole file of at most limit bytes.
func ReadFile(fsys FS, path string, limit int64) ([]byte, error) {
	f, err := fsys.Open(path, false)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	n, err := f.Size()
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, fmt.Errorf("%s: has %d bytes, more than %d", path, n, limit)
	}
	b := make([]byte, n)
	k, err := f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:k], nil
}

// WriteFile replaces a file at once: after a power cut there is the old one or the new one, whole.
func WriteFile(fsys FS, path string, data []byte) (err error) {
	tmp := path + ".tmp"
	f, err := fsys.Create(tmp)
	if errors.Is(err, fs.ErrExist) {
		// Left by a writer that died; nobody else writes it, the folder's lock is ours.
		if err = fsys.Remove(tmp); err == nil {
			f, err = fsys.Create(tmp)
		}
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = fsys.Remove(tmp)
		}
	}()
	_, err = f.WriteAt(data, 0)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = fsys.Rename(tmp, path)
	}
	if err == nil {
		err = fsys.SyncDir(filepath.Dir(path))
	}
	return err
}
