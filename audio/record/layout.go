package record

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"bienban/internal/durable"
)

func segmentName(n uint32) string { return fmt.Sprintf("%06d%s", n, ext) }

// segmentNumber is the inverse of segmentName, 0 for other names.
func segmentNumber(name string) uint32 {
	digits, ok := strings.CutSuffix(name, ext)
	if !ok || len(digits) < 6 {
		return 0
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || segmentName(uint32(n)) != name {
		return 0
	}
	return uint32(n)
}

// segmentFile is a segment as it lies in a folder.
type segmentFile struct {
	name   string
	number uint32
	size   int64 // of the file
	limit  int64 // how much of it belongs to the recording
	head   segmentHeader
	broken error // its header cannot be used
	stray  bool  // the chain goes around it
}

// scan lists the segments of a folder in order, and how much of each counts. mark, when not nil, is how far a
// recorder that lives has synced: nothing beyond it counts. Headers never change, so those that are known already
// are not read again.
func scan(fsys durable.FS, dir string, mark *mark, known ...segmentFile) ([]segmentFile, error) {
	list, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []segmentFile
	for _, e := range list {
		n := segmentNumber(e.Name)
		if n == 0 || mark != nil && n > mark.segment {
			continue
		}
		s := segmentFile{name: e.Name, number: n, size: e.Size, limit: e.Size}
		i := slices.IndexFunc(known, func(k segmentFile) bool { return k.number == n && k.broken == nil })
		if e.Dir {
			s.broken = fmt.Errorf("%w: a folder", durable.ErrNotFile)
		} else if i >= 0 {
			s.head = known[i].head
		} else if err := s.readHead(fsys, dir); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].number < all[j].number })
	last := -1 // the last good one
	for i := range all {
		s := &all[i]
		if s.broken != nil {
			continue
		}
		if last >= 0 && all[last].head.uid != s.head.uid {
			s.broken = errors.New("it belongs to another recording")
			continue
		}
		if s.number != s.head.number {
			s.broken = fmt.Errorf("it is segment %d under another's name", s.head.number)
			continue
		}
		for k := i - 1; k >= 0; k-- {
			if all[k].number == s.head.prevNum {
				all[k].limit = min(all[k].size, s.head.prevSize)
				break
			}
			all[k].stray = s.head.abandoned && all[k].number > s.head.prevNum
		}
		last = i
	}
	if mark != nil && len(all) > 0 {
		if s := &all[len(all)-1]; s.number == mark.segment {
			s.limit = min(s.limit, mark.size)
		}
	}
	return all, nil
}

func (s *segmentFile) readHead(fsys durable.FS, dir string) error {
	f, err := fsys.Open(filepath.Join(dir, s.name), false)
	if errors.Is(err, durable.ErrNotFile) {
		s.broken = err
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if s.size, err = f.Size(); err != nil {
		return err
	}
	s.limit = s.size
	w, err := openSegment(f, s.size)
	switch {
	case err == nil:
		s.head = w.head
	case errors.Is(err, errTorn):
		s.broken = errTorn
	default:
		s.broken = err
	}
	return nil
}

// mark is how far a living recorder has synced.
type mark struct {
	segment uint32
	size    int64
}

func markText(segment uint32, size int64) string {
	return fmt.Sprintf("pid=%d segment=%d size=%d", pid(), segment, size)
}

// liveMark reads the mark of a recording's owner, nil when none lives.
func liveMark(fsys durable.FS, dir string) *mark {
	text, held, err := fsys.Held(filepath.Join(dir, lockName))
	if err != nil || !held {
		return nil
	}
	var p int
	m := &mark{}
	if _, err := fmt.Sscanf(text, "pid=%d segment=%d size=%d", &p, &m.segment, &m.size); err != nil {
		return &mark{segment: math.MaxUint32} // it is just beginning and has not written: all that lies there counts
	}
	return m
}
