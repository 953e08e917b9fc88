package record

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"bienban/internal/durable"
)

// treeDepth bounds how deep below a folder recordings are looked for.
const treeDepth = 8

// Find lists the recordings in and below a folder, those that others import left out.
func Find(ctx context.Context, root string, fsys durable.FS) ([]string, error) {
	return find(ctx, root, fsys, IsRecording)
}

func find(ctx context.Context, root string, fsys durable.FS, is func(string, durable.FS) bool) ([]string, error) {
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
			return fmt.Errorf("find recordings: %w", err)
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
}

// VerifyAll verifies each recording in and below a folder. ErrNone when there is none.
func VerifyAll(ctx context.Context, root string, fsys durable.FS) (Summary, error) {
	s := Summary{Folder: root, Whole: true, Recordings: []Report{}}
	dirs, err := find(ctx, root, fsys, func(dir string, fsys durable.FS) bool {
		return IsRecording(dir, fsys) || vouched(fsys, dir) > 0 // its segments may all have been removed
	})
	if err != nil {
		return s, err
	}
	if len(dirs) == 0 {
		return s, fmt.Errorf("verify: %s: %w", root, ErrNone)
	}
	for _, d := range dirs {
		rep, err := Verify(ctx, d, fsys)
		if err != nil && (ctx.Err() != nil || !errors.Is(err, ErrNone)) {
			return s, err
		}
		s.AudioSeconds += rep.AudioSeconds
		s.Whole = s.Whole && rep.Whole
		s.Recordings = append(s.Recordings, rep)
	}
	return s, nil
}
