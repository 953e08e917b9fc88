package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"bienban/internal/durable"
)

// treeDepth bounds how deep below a folder recordings are looked for.
const treeDepth = 8

// Find lists the recordings in and below a folder, those that others import left out.
func Find(ctx context.Context, root string, fsys durable.FS) ([]string, error) {
	return find(ctx, root, fsys, IsRecording, func(_ string, err error) error { return fmt.Errorf("find recordings: %w", err) })
}

// find asks unread what is to come of a folder that cannot be read: its error ends the search.
func find(ctx context.Context, root string, fsys durable.FS, is func(string, durable.FS) bool, unread func(dir string, err error) error) ([]string, error) {
	if fsys == nil {
		fsys = durable.OS()
	}
	var all []string
	var look func(dir string, depth int) error
	look = func(dir string, depth int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if is(dir, fsys) {
			all = append(all, dir)
			return nil
		}
		list, err := fsys.ReadDir(dir)
		if err != nil {
			return unread(dir, err)
		}
		for _, e := range list {
			if e.Dir && depth < treeDepth {
				if err := look(filepath.Join(dir, e.Name), depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return all, look(root, 0)
}

// Summary is what VerifyAll found.
type Summary struct {
	Folder       string   `json:"folder"`
	AudioSeconds float64  `json:"audio_seconds"` // of all
	Whole        bool     `json:"whole"`         // all are
	Recordings   []Report `json:"recordings"`
	Unread       []Unread `json:"unread"` // what is in them is not known
}

// Unread is a folder that could not be read, or a recording of which a file could not.
type Unread struct {
	Folder string `json:"folder"`
	File   string `json:"file,omitempty"` // within it
	Why    string `json:"why"`            // the system's word
}

// String says which and why in one line.
func (u Unread) String() string { return filepath.Join(u.Folder, u.File) + ": " + u.Why }

func unreadOf(dir string, err error) Unread {
	var p *fs.PathError
	if !errors.As(err, &p) {
		return Unread{Folder: dir, Why: err.Error()}
	}
	if rel, err := filepath.Rel(dir, p.Path); err == nil && rel != "." && filepath.IsLocal(rel) {
		return Unread{dir, rel, p.Err.Error()}
	}
	return Unread{Folder: dir, Why: p.Err.Error()}
}

// VerifyAll verifies each recording in and below a folder, and goes on where one cannot be read. ErrNone when there is
// none, and nothing that could not be read; an error also where the folder itself cannot be.
func VerifyAll(ctx context.Context, root string, fsys durable.FS) (Summary, error) {
	s := Summary{Folder: root, Whole: true, Recordings: []Report{}, Unread: []Unread{}}
	unread := func(dir string, err error) { s.Unread, s.Whole = append(s.Unread, unreadOf(dir, err)), false }
	dirs, err := find(ctx, root, fsys, func(dir string, fsys durable.FS) bool {
		return IsRecording(dir, fsys) || vouched(fsys, dir) > 0 // its segments may all have been removed
	}, func(dir string, err error) error {
		if dir == root {
			return fmt.Errorf("verify: %w", err)
		}
		unread(dir, err)
		return nil
	})
	if err != nil {
		return s, err
	}
	if len(dirs) == 0 && len(s.Unread) == 0 {
		return s, fmt.Errorf("verify: %s: %w", root, ErrNone)
	}
	for _, d := range dirs {
		rep, err := Verify(ctx, d, fsys)
		if ctx.Err() != nil {
			return s, err
		}
		if err != nil && !errors.Is(err, ErrNone) {
			unread(d, err)
			continue
		}
		s.AudioSeconds += rep.AudioSeconds
		s.Whole = s.Whole && rep.Whole
		s.Recordings = append(s.Recordings, rep)
	}
	return s, nil
}
