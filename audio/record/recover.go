package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bienban/internal/durable"
)

func pid() int { return os.Getpid() }

func readFull(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	return err
}

// newWriter finds out where a recording stands. It changes nothing but to put the remains of a segment that was
// never begun out of the way.
func newWriter(fsys durable.FS, dir string, o *Options) (*writer, error) {
	w := &writer{fs: fsys, dir: dir, opts: o, base: o.Rate, nextNum: 1, why: "start", stat: &stats{}}
	w.stat.disk.Free = -1
	segs, err := scan(fsys, dir, nil)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	var tail *tailState
	for len(segs) > 0 && tail == nil {
		s := segs[len(segs)-1]
		w.nextNum = max(w.nextNum, s.number+1)
		if s.broken == nil {
			if tail, err = readTail(fsys, dir, s, vouched(fsys, dir)); err != nil {
				return nil, fmt.Errorf("record: %s: %w", s.name, err)
			}
			if tail != nil {
				break
			}
		}
		// Nothing in it is whole: power went while it was made. Its bytes are kept under another name.
		old := filepath.Join(dir, s.name)
		if err := fsys.Rename(old, strings.TrimSuffix(old, ext)+".torn"); err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
		w.abandoned = true
		segs = segs[:len(segs)-1]
	}
	if tail == nil {
		w.made = o.Now()
		w.safe.format = o.format()
		w.work = w.safe
		if err := readFull(o.random, w.uid[:]); err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
		return w, nil
	}
	if o.ID != "" && tail.info.ID != "" && o.ID != tail.info.ID {
		return nil, fmt.Errorf("record: %s: %w (%s, not %s)", dir, ErrOther, tail.info.ID, o.ID)
	}
	o.ID = tail.info.ID
	if o.Meeting == "" {
		o.Meeting = tail.info.Meeting
	}
	if o.Device == "" {
		o.Device = tail.info.Device
	}
	if len(o.Map) == 0 {
		o.Map = tail.info.Map
	}
	w.uid, w.base, w.made = tail.head.uid, tail.head.base, tail.info.Created
	w.safe, w.work = tail.link, tail.link
	w.why, w.resumed, w.reason, w.torn, w.lastWall = "reopen", true, tail.reason, tail.torn, tail.link.end
	w.abandoned = w.abandoned || tail.keep
	if tail.torn > 0 && !tail.keep {
		w.abandoned = !w.cut(filepath.Join(dir, segs[len(segs)-1].name)) || w.abandoned
	}
	for _, s := range segs {
		if s.broken == nil && !s.stray {
			w.segments = append(w.segments, infoOf(&s.head, s.limit))
		}
	}
	return w, nil
}

// cut removes an unfinished chunk from the end of a file.
func (w *writer) cut(path string) bool {
	f, err := w.fs.Open(path, true)
	if err != nil {
		return false
	}
	defer f.Close()
	return f.Truncate(w.safe.size) == nil && f.Sync() == nil
}

// begin makes the first segment of this run.
func (w *writer) begin() error {
	err := w.segment(w.opts.format(), w.why)
	if err != nil {
		return fmt.Errorf("record: begin a segment: %w", err)
	}
	return nil
}

// tailState is what the last segment of a recording says about the whole.
type tailState struct {
	head   segmentHeader
	info   Info
	link   link
	reason string // why there is a gap behind it
	torn   int64  // bytes behind the last whole chunk
	keep   bool   // these hold whole chunks, so they must not be cut off
	ended  bool   // properly
}

// provenTail is how many chunks at the end are checked against their hashes: more than can ever have waited for a
// sync (51 s). What lies before was synced.
const provenTail = 256

// readTail walks through the last segment, nil when not even its first record is whole. sure is the number of chunks
// that the manifest vouches for: what is broken among them is damage, and stays; what is broken behind them was never
// synced, and the recording ends in front of it.
func readTail(fsys durable.FS, dir string, s segmentFile, sure int64) (*tailState, error) {
	f, err := fsys.Open(filepath.Join(dir, s.name), false)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	first, err := survey(f, s.limit)
	if err != nil {
		return nil, err
	}
	t := &tailState{head: s.head, reason: killed}
	t.link = link{segment: s.number, audio: s.head.audioIn, begun: s.head.at, format: s.head.format,
		size: segmentHeaderSize, seq: s.head.firstSeq, at: s.head.at}
	i, buf := 0, []byte(nil)
	err = walkAll(f, s.limit, func(w *walker, p place, d *damage) (bool, error) {
		doubt := !first.ended && w.seq > sure && i >= first.count-provenTail
		if d != nil {
			t.keep = doubt && !d.torn
			return !t.keep && !d.torn, nil
		}
		i++
		if i == 1 || doubt || p.kind >= KindInfo {
			key, data, whole, err := payload(f, p, buf)
			if err != nil {
				return false, err
			}
			buf = key[:0]
			if !whole && isZero(key) && isZero(data) {
				whole = slices.ContainsFunc(first.erased, func(n Note) bool { return n.FirstSeq <= p.seq && p.seq <= n.LastSeq })
			}
			if !whole && doubt {
				t.keep = i < first.count
				return false, nil
			}
			if whole {
				t.apply(p, data)
			}
		}
		t.ended = p.kind == KindEnd
		t.link.size, t.link.hash, t.link.seq, t.link.at = w.off, w.hash, w.seq, w.at
		if p.kind == KindAudio {
			t.link.audio += p.span
		}
		if p.span > 0 {
			t.link.end = time.Unix(0, p.wall).Add(duration(p.span, s.head.base))
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	if t.link.seq == s.head.firstSeq {
		return nil, nil
	}
	t.torn = s.limit - t.link.size
	return t, nil
}

const killed = "the recorder was killed or lost power"

// overview is what a first look at a segment finds.
type overview struct {
	count  int    // good headers
	ended  bool   // the last one is the recording's end, and whole
	erased []Note // erase records
}

func survey(f durable.File, limit int64) (o overview, err error) {
	err = walk(f, limit, func(w *walker, p place) (bool, error) {
		o.count++
		o.ended = false
		switch p.kind {
		case KindErase:
			n, err := noteOf(f, p)
			if len(n.By) == 2 {
				o.erased = append(o.erased, n)
			}
			return true, err
		case KindEnd:
			_, _, whole, err := payload(f, p, nil)
			o.ended = whole && w.off == limit
			return true, err
		}
		return true, nil
	})
	return o, err
}

// apply takes over what a record says.
func (t *tailState) apply(p place, data []byte) {
	n := Note{Seq: p.seq}
	if p.kind == KindInfo {
		if json.Unmarshal(data, &t.info) == nil {
			t.link.paused, t.link.pending, t.link.end = t.info.Paused, t.info.Pending, t.info.End
		}
		return
	}
	if p.kind == KindAudio || json.Unmarshal(data, &n) != nil {
		return
	}
	wall := time.Unix(0, p.wall)
	t.reason = killed
	switch p.kind {
	case KindPauseBegin:
		t.link.paused = &PauseState{Who: n.Who, Reason: n.Reason, At: p.at, Since: wall, Announced: n.Announced}
	case KindPauseEnd:
		t.link.paused = nil
	case KindErase:
		t.link.pending = append(t.link.pending, pendingOf(&n))
	case KindErased:
		t.link.pending = slices.DeleteFunc(t.link.pending, func(q Pending) bool { return q.Erase == n.Erase })
	case KindEnd:
		t.reason = "the recorder was stopped: " + n.Reason
	}
}

// walk calls f for each good chunk of a segment's first limit bytes until it returns false.
func walk(file durable.File, limit int64, f func(*walker, place) (bool, error)) error {
	return walkAll(file, limit, func(w *walker, p place, d *damage) (bool, error) {
		if d == nil {
			return f(w, p)
		}
		return true, nil
	})
}

// walkAll is walk that also tells of damage.
func walkAll(file durable.File, limit int64, f func(*walker, place, *damage) (bool, error)) error {
	w, err := openSegment(file, limit)
	if err != nil {
		return err
	}
	for {
		p, err := w.next()
		var d *damage
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.As(err, &d):
			return err
		}
		if more, err := f(w, p, d); err != nil || !more {
			return err
		}
	}
}

// noteOf reads a record. One that is broken gives an empty note: what reports it is Verify.
func noteOf(f durable.File, p place) (Note, error) {
	n := Note{Kind: p.kind, Seq: p.seq, At: p.at, Span: p.span, Wall: time.Unix(0, p.wall)}
	_, data, whole, err := payload(f, p, nil)
	if err != nil {
		return n, err
	}
	if whole && p.kind != KindInfo {
		_ = json.Unmarshal(data, &n)
	}
	return n, nil
}

// readInfo reads an info record, the zero one when it is broken.
func readInfo(f durable.File, p place) (info Info) {
	if _, data, whole, err := payload(f, p, nil); err == nil && whole {
		_ = json.Unmarshal(data, &info)
	}
	return info
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// vouched is how many chunks the manifest knows to be on the disk, 0 without one.
func vouched(fsys durable.FS, dir string) int64 {
	if m, err := readManifest(fsys, dir); err == nil {
		return m.NextSeq
	}
	return 0
}
