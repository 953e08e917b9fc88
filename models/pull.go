package models

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"bienban/internal/fault"
)

// Stage is what a pull is doing.
type Stage string

// The stages, in order; a note may come at any time.
const (
	StageDownload Stage = "download"
	StageConvert  Stage = "convert"
	StageVerify   Stage = "verify"
	StageDone     Stage = "done"
	StageNote     Stage = "note" // Text is for people: a source failed, the next one is tried
)

// Event is one report of a pull.
type Event struct {
	Model       string // id
	Stage       Stage
	Text        string // where from, or the note
	Done, Total int64  // bytes
}

// Progress receives the reports of a pull, one after another, from the
// goroutine that called Pull. It may be nil.
type Progress func(Event)

func (p Progress) send(e Event) {
	if p != nil {
		p(e)
	}
}

// spare is kept free beside what a model needs: file system overhead, logs.
const spare = 64 << 20

// Pull makes sure that the store holds m, verified: a present file is checked
// against its hash, a missing one fetched from the first source that works.
//
// A pull that is interrupted (ctx, a cut connection, a full disk) keeps what it
// has, and the next one goes on from there. A finished file with the wrong hash
// is set aside as FILE.bad and never used. Errors are one line; *HashError,
// *SpaceError and the cause behind others can be found with errors.As.
func (s *Store) Pull(ctx context.Context, m Model, p Progress) error {
	if err := s.ready(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return fault.New(fault.Unavailable, "make folder for models: %w", err)
	}
	unlock, err := s.lock(m)
	if err != nil {
		return err
	}
	defer unlock()
	if done, err := s.present(ctx, m, p); done || err != nil {
		return err
	}
	var failed []error
	for i, src := range m.Sources {
		err := s.pullFrom(ctx, m, src, p)
		if err == nil {
			p.send(Event{Model: m.ID, Stage: StageDone, Text: s.file(m), Done: m.Size, Total: m.Size})
			return nil
		}
		if ctx.Err() != nil {
			return fault.New(fault.Unavailable, "pull of model %s stopped; `bienban models pull %s` goes on where it was: %w", m.ID, m.ID, ctx.Err())
		}
		var space *SpaceError
		if errors.As(err, &space) {
			return err
		}
		if errors.Is(err, syscall.ENOSPC) {
			return fault.New(fault.Unavailable, "model %s: disk full in %s; free some space and run `bienban models pull %s`, it goes on where it was: %w", m.ID, s.dir, m.ID, err)
		}
		if errors.Is(err, os.ErrPermission) {
			return fault.New(fault.Unavailable, "model %s: %w", m.ID, err)
		}
		failed = append(failed, err)
		if i+1 < len(m.Sources) {
			p.send(Event{Model: m.ID, Stage: StageNote, Text: fmt.Sprintf("%v; trying the mirror", err)})
		}
	}
	return &PullError{ID: m.ID, Causes: failed}
}

// PullError says that no source of a model worked, with the reason of each.
type PullError struct {
	ID     string
	Causes []error
}

// Error is one line.
func (e *PullError) Error() string {
	text := "model " + e.ID + " could not be fetched"
	for i, c := range e.Causes {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		text += sep + c.Error()
	}
	return text
}

// Unwrap gives the reasons and a code: a wrong hash is bad input, anything
// else something that is not there now.
func (e *PullError) Unwrap() []error {
	return append(append([]error(nil), e.Causes...), fault.New(fault.Unavailable, "no source"))
}

// present checks a file that is already there. A wrong one is set aside.
func (s *Store) present(ctx context.Context, m Model, p Progress) (bool, error) {
	st, err := os.Stat(s.file(m))
	if err != nil {
		return false, nil //nolint:nilerr // not there, or not readable: fetch it
	}
	sum, err := hashFile(ctx, s.file(m), func(n int64) {
		p.send(Event{Model: m.ID, Stage: StageVerify, Text: m.File, Done: n, Total: st.Size()})
	})
	if err != nil {
		return false, fmt.Errorf("verify model %s: %w", m.ID, err)
	}
	if sum == m.SHA256 {
		p.send(Event{Model: m.ID, Stage: StageDone, Text: s.file(m), Done: m.Size, Total: m.Size})
		return true, nil
	}
	if err := os.Rename(s.file(m), s.file(m)+".bad"); err != nil {
		return false, fmt.Errorf("set aside damaged %s: %w", s.file(m), err)
	}
	p.send(Event{Model: m.ID, Stage: StageNote, Text: m.File + " is damaged and was set aside as " + m.File + ".bad; fetching it again"})
	return false, nil
}

// lock keeps two pulls of one model apart, between processes too. The lock
// ends with the process that holds it.
func (s *Store) lock(m Model) (func(), error) {
	path := filepath.Join(s.dir, "."+m.File+".lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "lock model %s: %w", m.ID, err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fault.New(fault.Unavailable, "model %s is being pulled by another process: wait for it", m.ID)
		}
		return nil, fault.New(fault.Unavailable, "lock model %s: %w", m.ID, err)
	}
	return func() { f.Close() }, nil // closing drops the lock; the empty file stays
}

// pullFrom fetches m from one source and puts it in its place.
func (s *Store) pullFrom(ctx context.Context, m Model, src Source, p Progress) error {
	var path string
	var err error
	if src.Kind == KindURL {
		path, err = s.download(ctx, m, src.URL, p)
	} else {
		path, err = s.assemble(ctx, m, src, p)
	}
	if err != nil {
		return err
	}
	return s.adopt(ctx, m, path, p)
}

// adopt verifies a fetched file, syncs it, renames it to its final name and
// removes what the pull left behind. A wrong file is set aside.
func (s *Store) adopt(ctx context.Context, m Model, path string, p Progress) error {
	sum, err := hashFile(ctx, path, func(n int64) {
		p.send(Event{Model: m.ID, Stage: StageVerify, Text: m.File, Done: n, Total: m.Size})
	})
	if err != nil {
		return fmt.Errorf("verify %s: %w", m.File, err)
	}
	if sum != m.SHA256 {
		bad := s.file(m) + ".bad"
		if err := os.Rename(path, bad); err != nil {
			return fmt.Errorf("set aside damaged %s: %w", path, err)
		}
		s.clean(m)
		return &HashError{ID: m.ID, Path: bad, Got: sum, Want: m.SHA256, Advice: "it was set aside and is not used"}
	}
	if err := syncFile(path); err != nil {
		return err
	}
	if err := os.Rename(path, s.file(m)); err != nil {
		return fmt.Errorf("put %s in place: %w", m.File, err)
	}
	if err := syncFile(s.dir); err != nil {
		return err
	}
	s.clean(m)
	return nil
}

// clean removes partial files of m.
func (s *Store) clean(m Model) {
	for _, path := range []string{s.partial(m), s.partial(m) + ".json", s.stage(m)} {
		os.RemoveAll(path) //nolint:errcheck // leftovers only cost space, and the next pull tries again
	}
}

// partial is the file that a download by URL grows in, stage the folder that a
// mirror's parts are put together in.
func (s *Store) partial(m Model) string { return s.file(m) + ".partial" }
func (s *Store) stage(m Model) string   { return s.file(m) + ".parts" }

// needSpace fails when fewer than n bytes and a reserve are free.
func (s *Store) needSpace(m Model, n int64) error {
	free, err := s.free(s.dir)
	if err != nil {
		return err
	}
	if n = max(n, 0) + spare; free < n {
		return &SpaceError{ID: m.ID, Dir: s.dir, Needed: n, Free: free}
	}
	return nil
}

// syncFile makes a file's bytes, or a folder's entries, durable.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}
