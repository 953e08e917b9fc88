package record

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"bienban/internal/durable"
)

// Recording reads a recording, closed or running. It takes no lock and writes nothing, so that no reader can disturb
// the recorder; of a running one it sees what was synced. Memory is bounded by the number of segments and records.
// It is for one goroutine at a time; open as many as needed.
type Recording struct {
	fs    durable.FS
	dir   string
	info  Info
	base  int
	form  Format // of the first segment: what sources yield
	end   int64
	live  bool
	segs  []segmentFile
	notes []Note
	seen  map[uint32]int64 // how far each segment's records were read
	lacks []Stretch        // what no segment tells of any more
}

// IsRecording reports whether a folder holds a recording.
func IsRecording(dir string, fsys durable.FS) bool {
	if fsys == nil {
		fsys = durable.OS()
	}
	list, err := fsys.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range list {
		if !e.Dir && segmentNumber(e.Name) > 0 {
			return true
		}
	}
	return false
}

// Open reads what a folder holds now. Errors: ErrNone, or those of the file system. Damage is no error here: what is
// whole can be read; see Damage and Verify.
func Open(dir string, fsys durable.FS) (*Recording, error) {
	if fsys == nil {
		fsys = durable.OS()
	}
	r := &Recording{fs: fsys, dir: dir, seen: map[uint32]int64{}}
	if err := r.Refresh(); err != nil {
		return nil, err
	}
	return r, nil
}

// Refresh looks at what has come since. It reads only what is new.
func (r *Recording) Refresh() error {
	live := liveMark(r.fs, r.dir)
	segs, err := scan(r.fs, r.dir, live, r.segs...)
	if err != nil {
		return fmt.Errorf("open recording: %w", err)
	}
	r.segs, r.live = nil, live != nil
	for _, s := range segs {
		if s.broken == nil && !s.stray {
			r.segs = append(r.segs, s)
		}
	}
	if len(r.segs) == 0 {
		return fmt.Errorf("open recording: %s: %w", r.dir, ErrNone)
	}
	r.base, r.form = r.segs[0].head.base, r.segs[0].head.format
	for i := range r.segs {
		if err := r.read(&r.segs[i], i == len(r.segs)-1); err != nil {
			return fmt.Errorf("open recording: %w", err)
		}
	}
	return nil
}

// read goes through what is new in a segment.
func (r *Recording) read(s *segmentFile, last bool) error {
	from, known := r.seen[s.number]
	if known && from >= s.limit {
		return nil
	}
	f, err := r.fs.Open(filepath.Join(r.dir, s.name), false)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := openSegment(f, s.limit)
	if err != nil {
		return err
	}
	if s.head.at > r.end {
		r.lacks = append(r.lacks, Stretch{From: r.end, To: s.head.at, Reason: "missing in the recording's folder"})
		r.end = s.head.at
	}
	if known {
		w.off, w.at, w.seq = from, r.end, -1 // the chain is Verify's business
	}
	for {
		p, err := w.next()
		var d *damage
		if errors.As(err, &d) {
			if d.torn && last {
				r.seen[s.number] = d.off
				return nil
			}
			continue
		}
		if err != nil {
			r.seen[s.number] = w.off
			return ignoreEOF(err)
		}
		r.end = max(r.end, p.at+p.span)
		if p.kind == KindAudio {
			continue
		}
		if p.kind == KindInfo {
			i := readInfo(f, p)
			if r.info.ID == "" {
				r.info = i
			}
			if i.Mirror != "" {
				r.info.Mirror = i.Mirror
			}
			continue
		}
		n, err := noteOf(f, p)
		if err != nil {
			return err
		}
		r.addNote(n)
	}
}

// addNote keeps a record; what a long pause or outage leaves every second is one.
func (r *Recording) addNote(n Note) {
	if k := len(r.notes); k > 0 && n.Span > 0 {
		p := &r.notes[k-1]
		if p.Kind == n.Kind && p.Kind == KindPaused && p.At+p.Span == n.At {
			p.Span += n.Span
			p.Estimated = p.Estimated || n.Estimated
			return
		}
	}
	r.notes = append(r.notes, n)
}

// Info returns what the recording is: what was noted when it began, and where its newest copy lies.
func (r *Recording) Info() Info { return r.info }

// Base returns the rate of its positions, in Hz.
func (r *Recording) Base() int { return r.base }

// Format returns how its first segment is stored; sources yield its rate and channels throughout.
func (r *Recording) Format() Format { return r.form }

// End returns the position behind the last chunk.
func (r *Recording) End() int64 { return r.end }

// Live reports whether a recorder runs on it.
func (r *Recording) Live() bool { return r.live }

// Notes returns all records in order.
func (r *Recording) Notes() []Note { return append([]Note(nil), r.notes...) }

// WallAt returns the machine's clock at a position, as the recorder noted it for the chunk that holds it.
func (r *Recording) WallAt(pos int64) (wall time.Time, err error) {
	err = eachChunk(r.fs, r.dir, liveMark(r.fs, r.dir), pos, func(_ segmentFile, _ durable.File, p place) (bool, error) {
		if p.at <= pos && pos < p.at+p.span {
			wall = time.Unix(0, p.wall).Add(duration(pos-p.at, r.base))
		}
		return wall.IsZero(), nil
	})
	if err == nil && wall.IsZero() {
		err = fmt.Errorf("read recording: nothing is known of position %d", pos)
	}
	return wall, err
}

// Stretch is a part of a recording, in frames of Base.
type Stretch struct {
	From, To  int64
	Kind      Kind // gap, overflow, paused, closed, erase or import
	Who       string
	Reason    string
	Estimated bool // its length is the clock's
	Wall      time.Time
}

// Gaps returns what is missing: gaps and overflows.
func (r *Recording) Gaps() []Stretch {
	var all []Stretch
	for _, n := range r.notes {
		if (n.Kind == KindGap || n.Kind == KindOverflow) && n.Span > 0 {
			all = append(all, Stretch{n.At, n.At + n.Span, n.Kind, n.Who, n.Reason, n.Estimated, n.Wall})
		}
	}
	return all
}

// Missing returns what was recorded and is not there: segments that were removed, or whose rest cannot be read. What is
// missing at the end is not among it; a source that reaches the end says so.
func (r *Recording) Missing() []Stretch { return slices.Clone(r.lacks) }

// cut says how many frames the manifest knows of behind the end of the segments: the end was cut off.
func (r *Recording) cut() int64 {
	m, err := readManifest(r.fs, r.dir)
	if err != nil || m.UID != hex.EncodeToString(r.segs[0].head.uid[:]) || m.Base != r.base {
		return 0
	}
	return max(0, m.Position-r.end)
}

// Pauses returns the closed parts, with who began them and why. One that goes on ends at End.
func (r *Recording) Pauses() []Stretch {
	var all []Stretch
	open := false
	for _, n := range r.notes {
		switch n.Kind {
		case KindPauseBegin:
			all = append(all, Stretch{From: n.At, To: n.At, Kind: KindPaused, Who: n.Who, Reason: n.Reason, Wall: n.Wall})
			open = true
		case KindPaused:
			if len(all) > 0 && open {
				all[len(all)-1].To = n.At + n.Span
				all[len(all)-1].Estimated = all[len(all)-1].Estimated || n.Estimated
			}
		case KindPauseEnd:
			open = false
		}
	}
	return all
}

// Closed returns the stretches that were closed afterwards, Erased those that were erased, by position.
func (r *Recording) Closed() []Stretch { return r.marked(KindClosed) }

// Erased returns the stretches that were ordered to be erased.
func (r *Recording) Erased() []Stretch { return r.marked(KindErase) }

func (r *Recording) marked(kind Kind) []Stretch {
	var all []Stretch
	for _, n := range r.notes {
		if n.Kind == kind {
			s := Stretch{From: n.From, To: n.To, Kind: kind, Who: n.Who, Reason: n.Reason, Wall: n.Wall}
			if len(n.By) == 2 {
				s.Who = n.By[0] + ", " + n.By[1]
			}
			all = append(all, s)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].From < all[j].From })
	return all
}

// Filled returns what imports fill, with who brought them and, as the reason, from where.
func (r *Recording) Filled() []Stretch {
	var all []Stretch
	for _, n := range r.notes {
		if n.Kind != KindImport || n.Import == nil {
			continue
		}
		for _, f := range n.Import.Fills {
			all = append(all, Stretch{From: f.From, To: f.To, Kind: KindImport, Who: n.Who, Reason: n.Import.Origin, Wall: n.Wall})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].From < all[j].From })
	return all
}

// Pending returns the erasures that were ordered and are not known to be done: whoever did them was killed.
func (r *Recording) Pending() []Pending {
	var all []Pending
	for _, n := range r.notes {
		switch n.Kind {
		case KindErase:
			all = append(all, pendingOf(&n))
		case KindErased:
			all = slices.DeleteFunc(all, func(p Pending) bool { return p.Erase == n.Erase })
		}
	}
	return all
}

// follow waits for more than there was, up to position end, and reports whether the recording still runs.
func (r *Recording) follow(ctx context.Context, end int64) (bool, error) {
	t := time.NewTicker(followEvery)
	defer t.Stop()
	for {
		running := r.live
		if err := r.Refresh(); err != nil {
			return false, err
		}
		if r.end > end || !running && !r.live {
			return r.live || r.end > end, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-t.C:
		}
	}
}

// followEvery is how often a follower looks: half a chunk.
const followEvery = 100 * time.Millisecond
