package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// OS returns the machine's file system.
func OS() FS { return osFS{} }

type osFS struct{}

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (osFS) Create(path string) (File, error) {
	// A hall's recording is private to the account that records it.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (osFS) Open(path string, write bool) (File, error) {
	flag := os.O_RDONLY
	if write {
		flag = os.O_RDWR
	}
	f, err := openFile(path, flag)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// openFile opens what is a file, and refuses all else at once.
func openFile(path string, flag int) (*os.File, error) {
	f, err := os.OpenFile(path, flag|noWait, 0o640)
	if errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENXIO) { // ENXIO: a socket, or a pipe without a reader
		return nil, ErrNotFile
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		what := "a pipe, a device or a socket"
		if info.IsDir() {
			what = "a folder"
		}
		err = fmt.Errorf("%w: %s", ErrNotFile, what)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func (osFS) ReadDir(path string) ([]Entry, error) {
	list, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for _, e := range list {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			return nil, err
		}
		all = append(all, Entry{Name: e.Name(), Size: info.Size(), Dir: e.IsDir()})
	}
	return all, nil
}

func (o osFS) MkdirAll(path string) error {
	path = filepath.Clean(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	if up := filepath.Dir(path); up != path {
		if err := o.MkdirAll(up); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return o.SyncDir(filepath.Dir(path))
}

func (osFS) Rename(oldPath, newPath string) error { return os.Rename(oldPath, newPath) }
func (osFS) Remove(path string) error             { return os.Remove(path) }

func (osFS) SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return syncDir(d)
}

func (osFS) Free(path string) (int64, error) { return free(path) }

// lockTries and lockPause: Held takes the lock for an instant to see whether it is free, and a recorder that starts
// just then must not be refused for it.
const (
	lockTries = 10
	lockPause = 10 * time.Millisecond
)

func (osFS) Lock(path string) (Lock, error) {
	f, err := openFile(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		if err = lockFile(f, true); err == nil || try == lockTries {
			break
		}
		time.Sleep(lockPause)
	}
	if err != nil {
		mark, _ := readMark(f)
		_ = f.Close()
		if errors.Is(err, ErrLocked) && mark != "" {
			return nil, fmt.Errorf("%s: %w (%s)", path, ErrLocked, mark)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	l := &osLock{f}
	if err := l.Mark(fmt.Sprintf("pid=%d", os.Getpid())); err != nil {
		_ = f.Close()
		return nil, err
	}
	return l, nil
}

func (osFS) Held(path string) (string, bool, error) {
	f, err := openFile(path, os.O_RDONLY)
	if err != nil {
		return "", false, err
	}
	defer f.Close() // and the lock with it
	mark, err := readMark(f)
	if err != nil {
		return "", false, err
	}
	err = lockFile(f, false)
	if err != nil && !errors.Is(err, ErrLocked) {
		return "", false, err
	}
	return mark, err != nil, nil
}

type osLock struct{ f *os.File }

func (l *osLock) Mark(text string) error {
	if len(text) >= MarkSize || strings.ContainsAny(text, "\n") {
		return fmt.Errorf("lock mark of %d bytes: must be one line shorter than %d", len(text), MarkSize)
	}
	// Always the same length, so that a shorter mark does not leave the end of a longer one.
	line := text + strings.Repeat(" ", MarkSize-1-len(text)) + "\n"
	_, err := l.f.WriteAt([]byte(line), 0)
	return err
}

func (l *osLock) Unlock() error { return l.f.Close() }

func readMark(f *os.File) (string, error) {
	b := make([]byte, MarkSize)
	n, err := f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimSpace(string(b[:n])), nil
}
