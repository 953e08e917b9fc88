package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"bienban/internal/fault"
	"bienban/internal/pyenv"
)

// DirEnv names the variable that sets the store's folder, WheelsEnv one with a
// folder of wheels that a pull looks into before it asks pip.
const (
	DirEnv    = "BIENBAN_MODELS"
	WheelsEnv = "BIENBAN_WHEELS"
)

// Store is a folder of verified model files. Its methods may be used by
// several goroutines and processes at once.
type Store struct {
	dir    string
	wheels string // folder of wheels already at hand, or ""

	// Replaced by tests.
	client *http.Client
	stall  time.Duration // a download without a byte for so long is cut
	free   func(dir string) (int64, error)
	fetch  func(ctx context.Context, name, version, dir string) (string, error)
}

// DefaultDir is BIENBAN_MODELS, else bienban/models in the user's cache.
func DefaultDir() (string, error) {
	if dir := os.Getenv(DirEnv); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fault.New(fault.Invalid, "no folder for models: set %s or HOME: %w", DirEnv, err)
	}
	return filepath.Join(cache, "bienban", "models"), nil
}

// NewStore returns the store in dir; an empty dir means DefaultDir. The folder
// is made by the first Pull.
func NewStore(dir string) *Store {
	s := &Store{dir: dir, wheels: os.Getenv(WheelsEnv), client: newClient(), stall: stallTimeout, free: freeBytes}
	if s.dir == "" {
		s.dir, _ = DefaultDir() // without one, every method says so (ready)
	}
	s.fetch = s.pipWheel
	return s
}

// Dir returns the store's folder.
func (s *Store) Dir() string { return s.dir }

// ready fails when no folder could be determined.
func (s *Store) ready() error {
	if s.dir != "" {
		return nil
	}
	_, err := DefaultDir()
	return err
}

// file is where the finished file of m lies.
func (s *Store) file(m Model) string { return filepath.Join(s.dir, m.File) }

// Installed reports whether the store holds a file of the right name and size
// for m. It does not read it: see Verify.
func (s *Store) Installed(m Model) bool {
	if s.dir == "" {
		return false
	}
	st, err := os.Stat(s.file(m))
	return err == nil && st.Mode().IsRegular() && st.Size() == m.Size
}

// Present reports whether there is a file under the name of m, of whatever
// size: one that Verify can judge.
func (s *Store) Present(m Model) bool {
	if s.dir == "" {
		return false
	}
	_, err := os.Stat(s.file(m))
	return err == nil
}

// Path returns where m lies, once its SHA-256 was found right: *MissingModelError
// when it is not there, *HashError when it is cut or changed.
//
// The whole file is read the first time only: a note beside it (checkedSuffix)
// remembers which sum, size and time of change were found right. What changes on
// the disk without the file's time is Verify's to find.
func (s *Store) Path(ctx context.Context, m Model) (string, error) {
	if err := s.ready(); err != nil {
		return "", err
	}
	path := s.file(m)
	info, err := os.Stat(path)
	switch {
	case err != nil || !info.Mode().IsRegular():
		return "", &MissingModelError{ID: m.ID, Size: m.Size}
	case info.Size() != m.Size:
		return "", &SizeError{ID: m.ID, Path: path, Got: info.Size(), Want: m.Size}
	}
	note := fmt.Sprintf("%s %d %d\n", m.SHA256, info.Size(), info.ModTime().UnixNano())
	if b, err := os.ReadFile(path + checkedSuffix); err == nil && string(b) == note {
		return path, nil
	}
	if err := s.Verify(ctx, m); err != nil {
		return "", err
	}
	// Where the folder may not be written, it is read again next time.
	_ = os.WriteFile(path+checkedSuffix, []byte(note), 0o644) //nolint:gosec // it holds nothing secret
	return path, nil
}

// checkedSuffix is added to a model's file name.
const checkedSuffix = ".checked"

// Verify reads the file of m and compares its SHA-256 with the catalogue's:
// nil, *MissingModelError when there is no file, or *HashError.
func (s *Store) Verify(ctx context.Context, m Model) error {
	if err := s.ready(); err != nil {
		return err
	}
	sum, err := hashFile(ctx, s.file(m), nil)
	if errors.Is(err, fs.ErrNotExist) {
		return &MissingModelError{ID: m.ID, Size: m.Size}
	}
	if err != nil {
		return fmt.Errorf("verify model %s: %w", m.ID, err)
	}
	if sum != m.SHA256 {
		return &HashError{ID: m.ID, Path: s.file(m), Got: sum, Want: m.SHA256,
			Advice: "`bienban models pull " + m.ID + "` sets it aside and fetches it again"}
	}
	return nil
}

// hashFile returns the SHA-256 of a file; report, if not nil, gets the bytes
// read so far.
func hashFile(ctx context.Context, path string, report func(done int64)) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := copyCtx(ctx, h, f, report); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// copyCtx copies until the end, an error, or the end of ctx.
func copyCtx(ctx context.Context, w io.Writer, r io.Reader, report func(done int64)) (int64, error) {
	buf := make([]byte, 1<<20)
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		k, err := r.Read(buf)
		if k > 0 {
			if _, werr := w.Write(buf[:k]); werr != nil {
				return n, werr
			}
			n += int64(k)
			if report != nil {
				report(n)
			}
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// freeBytes returns what an ordinary user may still write under dir, which
// must exist.
func freeBytes(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("ask for free space in %s: %w", dir, err)
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// pipWheel finds a wheel in the folder of wheels, else downloads it with pip.
func (s *Store) pipWheel(ctx context.Context, name, version, dir string) (string, error) {
	if s.wheels != "" {
		if path, err := pyenv.FindWheel(s.wheels, name, version); err == nil {
			return path, nil
		}
	}
	if path, err := pyenv.FindWheel(dir, name, version); err == nil {
		return path, nil // left by a pull that was interrupted
	}
	py, err := pyenv.Find(ctx)
	if err != nil {
		return "", err
	}
	runtime, err := pyenv.DefaultDir()
	if err != nil {
		return "", err
	}
	return py.Wheel(ctx, name, version, dir, filepath.Join(runtime, "pip"))
}
