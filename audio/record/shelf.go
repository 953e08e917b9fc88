package record

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"bienban/internal/durable"
)

// Shelf keeps recordings that were opened, so that to open one again reads only what has come since: to go through the
// headers of eight hours takes 0.4 s, and whoever keeps up with a hall does it every second (docs/measurements.md).
// It holds a few kilobytes for each hour of sound. For several goroutines; a nil Shelf keeps nothing.
type Shelf struct {
	mu   sync.Mutex
	open map[string]*shelved
}

// shelved is a recording as it was last read, nil before.
type shelved struct {
	mu  sync.Mutex
	rec *Recording
}

// Open is as the function Open of the system's files; what it gives is the caller's own.
func (s *Shelf) Open(dir string) (*Recording, error) {
	if s == nil {
		return Open(dir, nil)
	}
	s.mu.Lock()
	if s.open == nil {
		s.open = map[string]*shelved{}
	}
	at := s.open[dir]
	if at == nil {
		at = &shelved{}
		s.open[dir] = at
	}
	s.mu.Unlock()

	at.mu.Lock()
	defer at.mu.Unlock()
	if at.rec != nil && at.rec.follows() != nil {
		at.rec = nil // what lies there is not what was read: from the beginning
	}
	if at.rec == nil {
		rec, err := Open(dir, nil)
		if err != nil {
			s.Forget(dir)
			return nil, err
		}
		at.rec = rec
	}
	return at.rec.clone(), nil
}

// Forget lets go of a recording that nobody is expected to open soon.
func (s *Shelf) Forget(dir string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, dir)
}

// errOther says that a folder does not merely hold more than before.
var errOther = errors.New("it is not the recording that was read, gone on")

// follows refreshes, and gives an error where a new reading is due: a recorder came or went, which may have put a torn
// end right, or what was read is not there any more.
func (r *Recording) follows() error {
	first, was := segmentFile{name: r.segs[0].name}, r.live
	if err := first.readHead(r.fs, r.dir); err != nil {
		return err
	}
	if first.head != r.segs[0].head {
		return errOther
	}
	if err := r.Refresh(); err != nil {
		return err
	}
	if r.live != was {
		return errOther
	}
	for _, s := range r.segs {
		if r.seen[s.number] > s.limit {
			return errOther
		}
	}
	return nil
}

func (r *Recording) clone() *Recording {
	c := *r
	c.segs, c.notes, c.seen, c.lacks = slices.Clone(r.segs), slices.Clone(r.notes), maps.Clone(r.seen), slices.Clone(r.lacks)
	return &c
}

// ReadInfo reads what a recording says of itself, and nothing else of it. Errors are those of Open.
func ReadInfo(dir string, fsys durable.FS) (Info, error) {
	if fsys == nil {
		fsys = durable.OS()
	}
	list, err := fsys.ReadDir(dir)
	if err != nil {
		return Info{}, fmt.Errorf("open recording: %w", err)
	}
	live := liveMark(fsys, dir)
	for _, e := range list { // by name: the first segment that can be read tells, and no other is opened
		n := segmentNumber(e.Name)
		if n == 0 || e.Dir || live != nil && n > live.segment {
			continue
		}
		limit := e.Size
		if live != nil && n == live.segment {
			limit = min(limit, live.size)
		}
		if info := infoIn(fsys, filepath.Join(dir, e.Name), limit); info.ID != "" {
			return info, nil
		}
	}
	return Info{}, fmt.Errorf("open recording: %s: %w", dir, ErrNone)
}

// infoIn reads the record that begins a segment, the zero one when it is not whole.
func infoIn(fsys durable.FS, name string, limit int64) (info Info) {
	f, err := fsys.Open(name, false)
	if err != nil {
		return info
	}
	defer f.Close()
	_ = walk(f, limit, func(_ *walker, p place) (bool, error) {
		if p.kind == KindInfo {
			info = readInfo(f, p)
		}
		return false, nil
	})
	return info
}
