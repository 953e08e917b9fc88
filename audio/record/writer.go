package record

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"bienban/internal/durable"
)

// link is where the chain of chunks stands.
type link struct {
	segment uint32 // number of the file
	size    int64  // its length up to here
	hash    [hashSize]byte
	seq     int64 // of the next chunk
	at      int64 // its position
	audio   int64 // position frames of audio stored so far
	begun   int64 // position at which the segment began
	format  Format
	paused  *PauseState
	pending []Pending
	end     time.Time // the clock at the end of the last stretch
}

// writer owns the files of a recording. Only its goroutine calls it.
type writer struct {
	fs     durable.FS
	dir    string
	opts   *Options
	uid    [16]byte
	made   time.Time // the recording
	base   int
	q      *queue
	lock   durable.Lock
	out    *outlet
	keep   *keeper
	mirror *mirror
	stat   *stats

	cur       durable.File // nil: the next chunk begins a segment
	work      link         // what is written
	safe      link         // what is on the disk
	todo      []item       // taken from the queue and not yet on the disk
	written   int          // of todo
	nextNum   uint32
	why       string // of the next segment
	abandoned bool   // the file before holds bytes, or files lie between, that are not part of the recording
	segments  []SegmentInfo
	held      int64       // bytes of audio in the hands of the writer
	ending    bool        // the last item is among them
	gone      atomic.Bool // the current segment has lost its name
	buf       []byte

	// What recovery found.
	resumed  bool
	reason   string // why there is a gap
	torn     int64
	lastWall time.Time // the clock at the end of what is there
}

// run writes until the last item, and returns why nothing is taken any more.
func (w *writer) run() error {
	for {
		w.todo, w.written = w.q.take(), 0
		w.held, w.ending = 0, false
		w.taken(w.todo)
		err := w.store()
		w.q.done(w.held)
		if err != nil {
			return err
		}
		if w.ending {
			return w.close(true)
		}
	}
}

// taken counts what was taken from the queue.
func (w *writer) taken(items []item) {
	for _, it := range items {
		w.held += int64(len(it.payload))
		w.ending = w.ending || it.last
	}
}

// retryFirst and retryMost bound the pauses between attempts to write to a disk that fails. Meanwhile audio gathers
// in the queue. retryEnd is how long a recording that is to end goes on trying.
const (
	retryFirst = 50 * time.Millisecond
	retryMost  = 2 * time.Second
	retryEnd   = 5 * time.Second
)

// store puts todo on the disk, however often it takes. It gives up for a full disk, or at the end.
func (w *writer) store() error {
	var ending time.Duration
	for pause := retryFirst; len(w.todo) > 0; pause = min(2*pause, retryMost) {
		err := w.try()
		if err == nil {
			w.stat.do(func(s *stats) { s.trouble = "" })
			return nil
		}
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			return w.full()
		}
		w.abandon(err)
		if w.ending {
			if ending += pause; ending > retryEnd {
				return w.give(err)
			}
		}
		time.Sleep(pause)
		if !w.ending && w.q.ending() { // else the end would wait for ever behind what cannot be written
			more := w.q.rest()
			w.taken(more)
			w.todo = append(w.todo, more...)
		}
	}
	return nil
}

// try writes what is left of todo and syncs it.
func (w *writer) try() error {
	if w.gone.Swap(false) {
		if err := w.restore(); err != nil {
			w.gone.Store(true)
			return err
		}
	}
	for w.written < len(w.todo) {
		it := &w.todo[w.written]
		if err := w.ready(it); err != nil {
			return err
		}
		if err := w.write(it); err != nil {
			return err
		}
		w.written++
	}
	return w.commit()
}

// ready sees to it that the current segment is the right one for an item.
func (w *writer) ready(it *item) error {
	why := w.why
	switch {
	case it.kind == 0:
		return nil
	case w.cur == nil:
	case it.format != w.work.format:
		why = "format"
	case it.kind == KindAudio && duration(w.work.at-w.work.begun, w.base) >= w.opts.Segment:
		why = "rotate"
	default:
		return nil
	}
	if err := w.commit(); err != nil {
		return err
	}
	return w.segment(it.format, why)
}

// write appends an item to the current segment.
func (w *writer) write(it *item) error {
	if it.kind == 0 {
		return nil
	}
	data := it.payload
	if it.note != nil {
		data = marshal(it.note)
		it.note.Seq = w.work.seq // for whoever waits for it
	}
	if err := w.chunk(it.kind, it.span, it.frames, it.bad, it.wall, data); err != nil {
		return err
	}
	if it.span > 0 {
		w.work.end = it.wall.Add(duration(it.span, w.base))
	}
	switch it.kind {
	case KindAudio:
		w.work.audio += it.span
	case KindPauseBegin:
		w.work.paused = &PauseState{Who: it.note.Who, Reason: it.note.Reason, At: w.work.at, Since: it.wall, Announced: it.note.Announced}
	case KindPauseEnd:
		w.work.paused = nil
	case KindErase:
		w.work.pending = append(slices.Clone(w.work.pending), pendingOf(it.note))
	case KindErased:
		w.work.pending = slices.DeleteFunc(slices.Clone(w.work.pending), func(p Pending) bool { return p.Erase == it.note.Erase })
	}
	return nil
}

// chunk writes one chunk behind the last one.
func (w *writer) chunk(kind Kind, span int64, frames, bad int, wall time.Time, data []byte) error {
	h := chunkHeader{kind: kind, seq: w.work.seq, at: w.work.at, span: span, frames: frames, bytes: len(data),
		wall: wall.UnixNano(), bad: uint32(bad), prev: w.work.hash}
	if cap(w.buf) < chunkOverhead {
		w.buf = make([]byte, chunkOverhead)
	}
	b := w.buf[:chunkOverhead]
	key := b[chunkHeaderSize:]
	if err := readFull(w.opts.random, key); err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	h.mac = seal(key, data)
	h.encode(b)
	b = append(b, data...)
	w.buf = b[:0]
	if _, err := w.cur.WriteAt(b, w.work.size); err != nil {
		return err
	}
	w.work.hash = sha256.Sum256(b[:chunkHeaderSize])
	w.work.size += h.size()
	w.work.seq++
	w.work.at += span
	return nil
}

// commit syncs what is written and hands it on.
func (w *writer) commit() error {
	if w.cur != nil && w.work.size != w.safe.size {
		start := time.Now()
		err := w.cur.Sync()
		took := time.Since(start)
		w.stat.do(func(s *stats) { s.syncs++; s.slow = max(s.slow, took) })
		if err != nil {
			return err
		}
	}
	seq, at := w.safe.seq, w.safe.at
	w.safe = w.work
	w.marked()
	for i := range w.todo[:w.written] {
		it := &w.todo[i]
		if it.kind != 0 {
			data := it.payload
			if it.note != nil {
				data = marshal(it.note)
			}
			w.out.send(Chunk{Kind: it.kind, Seq: seq, At: at, Span: it.span, Frames: it.frames, Format: it.format,
				Base: w.base, Wall: it.wall, PCM: data})
			seq, at = seq+1, at+it.span
			w.stat.do(func(s *stats) { s.bad += int64(it.bad) })
		}
		if it.done != nil {
			it.done <- nil
		}
	}
	w.todo, w.written = w.todo[w.written:], 0
	return nil
}

// marked tells the others how far the recording is safe.
func (w *writer) marked() {
	w.stat.do(func(s *stats) { s.durable, s.segment = w.safe.at, segmentName(w.safe.segment) })
	// Readers in other processes look here, so that they never use what a power cut would take back.
	_ = w.lock.Mark(markText(w.safe.segment, w.safe.size))
	if w.keep.due(w.safe.segment) {
		w.keep.tell(w.manifest(false))
	}
	if w.mirror != nil {
		w.mirror.tell(mark{w.safe.segment, w.safe.size}, w.total())
	}
}

// total is how many bytes of segments there are.
func (w *writer) total() int64 {
	n := w.safe.size
	for _, s := range w.segments[:max(0, len(w.segments)-1)] {
		n += s.Size
	}
	return n
}

// segment begins a new file. All before it is on the disk.
func (w *writer) segment(f Format, why string) (err error) {
	w.work = w.safe
	var file durable.File
	var name string
	for {
		name = filepath.Join(w.dir, segmentName(w.nextNum))
		file, err = w.fs.Create(name)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
		w.nextNum++
		w.abandoned = true
	}
	if errors.Is(err, fs.ErrNotExist) { // the folder was removed, and nobody has noticed yet
		if err = w.restore(); err == nil {
			file, err = w.fs.Create(name)
		}
	}
	if err != nil {
		return err
	}
	if w.cur != nil {
		_ = w.cur.Close() // synced
		w.cur = nil
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			_ = w.fs.Remove(name)
			w.cur, w.work, w.abandoned = nil, w.safe, true // it may still be there after a power cut
			w.nextNum++
		}
	}()
	now := w.opts.Now()
	head := segmentHeader{number: w.nextNum, uid: w.uid, format: f, base: w.base, abandoned: w.abandoned,
		firstSeq: w.safe.seq, at: w.safe.at, wall: now.UnixNano(), prevNum: w.safe.segment, prevSize: w.safe.size,
		audioIn: w.safe.audio, prev: w.safe.hash}
	b := head.encode()
	if _, err := file.WriteAt(b, 0); err != nil {
		return err
	}
	w.cur = file
	w.work.segment, w.work.size, w.work.hash = w.nextNum, segmentHeaderSize, sha256.Sum256(b)
	w.work.begun, w.work.format = w.safe.at, f
	info := Info{ID: w.opts.ID, Meeting: w.opts.Meeting, Device: w.opts.Device, Origin: w.opts.Origin, Mirror: w.opts.Mirror, Map: w.opts.Map, Created: w.made, End: w.safe.end,
		Why: why, Torn: w.torn, Paused: w.safe.paused, Pending: w.safe.pending}
	if err := w.chunk(KindInfo, 0, 0, 0, now, marshal(info)); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := w.fs.SyncDir(w.dir); err != nil {
		return err
	}
	if n := len(w.segments); n > 0 {
		w.segments[n-1].Size = w.safe.size
	}
	w.segments = append(w.segments, infoOf(&head, w.work.size))
	w.safe, w.abandoned, w.torn, w.why = w.work, false, 0, "failure"
	w.nextNum++
	w.marked()
	return nil
}

// abandon leaves the current segment after a write or sync that failed. What was not synced must be taken as lost
// there, so the next attempt writes it again, to a new file.
func (w *writer) abandon(err error) {
	w.stat.do(func(s *stats) { s.failures++; s.trouble = err.Error() })
	w.work, w.written = w.safe, 0
	if w.cur == nil {
		return
	}
	if w.cur.Truncate(w.safe.size) != nil || w.cur.Sync() != nil {
		w.abandoned = true
	}
	_ = w.cur.Close()
	w.cur = nil
}

// refuse tells whoever waits for an item that it will never be on the disk.
func (w *writer) refuse(it item, err error) {
	if it.kind == KindAudio {
		w.stat.overflow(it.span)
	}
	if it.done != nil {
		it.done <- err
	}
}

// give ends a recording whose disk does not come back.
func (w *writer) give(err error) error {
	err = fmt.Errorf("record: the end could not be written: %w", err)
	for _, it := range w.todo {
		w.refuse(it, err)
	}
	w.todo = nil
	return err
}

// close closes the last segment; ended says that its end is in it.
func (w *writer) close(ended bool) error {
	if w.cur != nil {
		_ = w.cur.Close()
		w.cur = nil
	}
	w.keep.last(w.manifest(ended))
	if !ended {
		return ErrDiskFull
	}
	return ErrClosed
}
