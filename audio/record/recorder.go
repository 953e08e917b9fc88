package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"bienban/internal/durable"
)

// Recorder records into one folder. Its methods may be called from any goroutine; those that take audio never wait
// for the disk (AppendWait excepted).
type Recorder struct {
	fs   durable.FS
	dir  string
	opts Options
	base int // rate of positions
	q    *queue
	w    *writer
	stat *stats
	keep *keeper
	mirr *mirror
	out  *outlet
	over chan struct{} // closed when all is written and the lock is free

	importing sync.Mutex // one import at a time

	mu      sync.Mutex // guards what follows: what has come in and is not queued
	format  Format
	in      int64 // frames since the format began, for exact positions
	pos     int64 // position behind all that was taken
	part    []byte
	partBad int
	partAt  time.Time // the clock at the first frame of part
	end     time.Time // the clock at the end of what was taken last
	gap     string    // a stretch is missing since end, and why; "" for none
	paused  *PauseState
	away    int64 // frames of the pause that are not queued yet
	awayAt  time.Time
	lost    int64 // position frames dropped that are not queued yet
	lostAt  time.Time
	clock   clockWatch
	stopped error // why nothing is taken any more
}

// Create begins a recording in a folder, or goes on with the one that lies there (after a crash, a power cut or a
// proper end): it cuts an unfinished last chunk off and never changes what is whole. The time until the first Append
// becomes a gap, by the clock. A nil fsys is the machine's file system.
//
// On an error a folder that it made is gone again.
//
// Errors: durable.ErrLocked when another recorder has it, ErrOther, *RoomError on a disk that is nearly full, bad
// options, and those of the file system.
func Create(dir string, o Options, fsys durable.FS) (*Recorder, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	if fsys == nil {
		fsys = durable.OS()
	}
	if o.MirrorFS == nil {
		o.MirrorFS = fsys
	}
	if err := o.room(dir, fsys); err != nil {
		return nil, err
	}
	_, err := fsys.ReadDir(dir)
	made := errors.Is(err, fs.ErrNotExist)
	if err := fsys.MkdirAll(dir); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	lock, err := fsys.Lock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	r, err := open(dir, o, fsys, lock)
	if err != nil {
		if made { // nobody else knows of it yet
			_ = fsys.Remove(filepath.Join(dir, lockName))
			_ = fsys.Remove(dir)
		}
		_ = lock.Unlock()
		return nil, err
	}
	return r, nil
}

// lockName is the lock file in a recording's folder.
const lockName = "lock"

func open(dir string, o Options, fsys durable.FS, lock durable.Lock) (*Recorder, error) {
	w, err := newWriter(fsys, dir, &o)
	if err != nil {
		return nil, err
	}
	r := &Recorder{fs: fsys, dir: dir, opts: o, q: newQueue(), w: w, stat: w.stat, over: make(chan struct{}),
		base: w.base, format: o.format(), pos: w.safe.at, paused: w.safe.paused, end: w.lastWall}
	if w.resumed && !o.maintain {
		r.gap = w.reason
	}
	w.q, w.lock = r.q, lock
	r.out = newOutlet(o.OnChunk, w.stat)
	w.out = r.out
	r.keep = newKeeper(r)
	w.keep = r.keep
	pending := w.safe.pending
	if err := w.begin(); err != nil {
		r.keep.stop()
		r.out.stop()
		return nil, err
	}
	if o.Mirror != "" { // only now: of a recording that could not be begun there is nothing to copy
		r.mirr = newMirror(r)
		w.mirror = r.mirr
		w.marked()
	}
	go r.run()
	if o.maintain {
		return r, nil // who opened it finishes them, and waits for it
	}
	for _, p := range pending {
		go func() { _ = r.finish(context.Background(), p) }() // what fails stays pending, and Verify says so
	}
	return r, nil
}

// run is the goroutine that owns the recording.
func (r *Recorder) run() {
	defer close(r.over)
	err := r.w.run()
	r.mu.Lock()
	if r.stopped == nil || !errors.Is(err, ErrClosed) {
		r.stopped = err
	}
	r.mu.Unlock()
	for _, it := range r.q.rest() {
		r.w.refuse(it, err)
	}
	r.q.done(0)
	r.keep.stop()
	r.out.stop()
	if r.mirr != nil {
		r.mirr.stop(mirrorWait)
	}
	_ = r.w.lock.Unlock()
}

// Append takes whole frames, interleaved, samples in [-1, 1]. It returns at once: OnChunk and Flush tell when they
// are on the disk. What finds the queue full is counted and marked as an overflow, not an error.
//
// Errors: ErrClosed or ErrDiskFull (wrapped) when nothing is taken any more; a bad length.
func (r *Recorder) Append(frames []float32) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.append(frames)
}

// AppendWait is Append for a source that can wait (a file): it returns when there is room again. A cancelled ctx
// returns its error, with the frames taken.
func (r *Recorder) AppendWait(ctx context.Context, frames []float32) error {
	if err := r.Append(frames); err != nil {
		return err
	}
	for {
		n, room := r.q.waiting()
		if n <= r.limit()/2 {
			return nil
		}
		select {
		case <-room:
		case <-r.over:
			return r.stopError()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *Recorder) limit() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.queueLimit()
}

func (r *Recorder) queueLimit() int64 {
	return int64(r.opts.Queue/time.Millisecond) * int64(r.format.Rate) / 1000 * int64(r.format.frameSize())
}

func (r *Recorder) stopError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

func (r *Recorder) append(frames []float32) error {
	if r.stopped != nil {
		return r.stopped
	}
	ch := r.format.Channels
	if len(frames)%ch != 0 {
		return fmt.Errorf("record: %d samples are not whole frames of %d channels", len(frames), ch)
	}
	if len(frames) == 0 {
		return nil
	}
	now := r.opts.Now()
	first := now.Add(-r.long(int64(len(frames) / ch)))
	r.watchClock(now)
	r.closeGap(first)
	r.end = now
	if r.paused != nil {
		r.skip(int64(len(frames)/ch), first)
		return nil
	}
	for len(frames) > 0 {
		if len(r.part) == 0 {
			r.partAt = now.Add(-r.long(int64(len(frames) / ch)))
		}
		have := len(r.part) / r.format.frameSize()
		n := min(len(frames)/ch, r.format.chunkFrames()-have)
		var bad int
		r.part, bad = encodePCM(r.part, frames[:n*ch], r.format.Bits)
		r.partBad += bad
		frames = frames[n*ch:]
		if have+n == r.format.chunkFrames() {
			r.flushPart()
		}
	}
	return nil
}

// long is how long n frames of the format take.
func (r *Recorder) long(n int64) time.Duration { return duration(n, r.format.Rate) }

func duration(n int64, rate int) time.Duration {
	k := int64(rate)
	return time.Duration(n/k)*time.Second + time.Duration(n%k)*time.Second/time.Duration(k)
}

// flushPart queues what has gathered, as one chunk.
func (r *Recorder) flushPart() {
	if len(r.part) == 0 {
		return
	}
	n := len(r.part) / r.format.frameSize()
	it := item{kind: KindAudio, format: r.format, frames: n, bad: r.partBad, wall: r.partAt, payload: r.part}
	it.span = r.advance(int64(n))
	r.part, r.partBad = make([]byte, 0, cap(r.part)), 0
	limit := r.queueLimit()
	if held, _ := r.q.waiting(); r.lost > 0 && held+int64(len(it.payload)) <= limit/2 {
		r.flushLost() // only when there is room again for a while: one record for one bad time
	}
	if r.lost > 0 || !r.q.put(it, limit) {
		if r.lost == 0 {
			r.lostAt = it.wall
		}
		r.lost += it.span
		r.stat.overflow(it.span)
	}
}

// advance moves the position by n frames of the format and returns by how much.
func (r *Recorder) advance(n int64) int64 {
	s := span(r.in, n, r.format.Rate, r.base)
	r.in += n
	r.pos += s
	return s
}

func (r *Recorder) flushLost() {
	if r.lost == 0 {
		return
	}
	r.q.put(item{kind: KindOverflow, format: r.format, span: r.lost, wall: r.lostAt,
		note: &Note{Reason: "the disk did not keep up"}}, 0)
	r.lost = 0
}

// skip counts frames of a closed part.
func (r *Recorder) skip(n int64, first time.Time) {
	if r.away == 0 {
		r.awayAt = first
	}
	r.away += n
	if r.away >= int64(r.format.Rate) {
		r.flushAway()
	}
}

func (r *Recorder) flushAway() {
	if r.away == 0 {
		return
	}
	r.q.put(item{kind: KindPaused, format: r.format, span: r.advance(r.away), wall: r.awayAt, note: &Note{}}, 0)
	r.away = 0
}

// closeGap queues the stretch that is missing, up to a time. While paused it is part of the pause: a recorder that
// died in a closed part wakes in it.
func (r *Recorder) closeGap(until time.Time) {
	if r.gap == "" {
		return
	}
	n := int64(0)
	why := r.gap
	d := until.Sub(r.end)
	if !r.end.IsZero() && d > longest/2 { // the clock was wrong before or is wrong now (1970): a second stands for what nobody knows
		d, why = time.Second, why+"; the clock does not tell for how long"
	}
	if !r.end.IsZero() && d > 0 {
		n = int64(d/time.Second)*int64(r.base) + int64(d%time.Second)*int64(r.base)/int64(time.Second)
	}
	it := item{kind: KindGap, format: r.format, span: n, wall: r.end, note: &Note{Reason: why, Estimated: true}}
	if r.paused != nil {
		it.kind = KindPaused
	}
	r.gap, r.end = "", until
	if n > 0 {
		r.pos += n
		r.q.put(it, 0)
	}
}

// settle queues all that has come in, so that a record lands in its place.
func (r *Recorder) settle() {
	r.flushPart()
	r.flushLost()
	r.flushAway()
}

// record queues a record behind all that has come in, and waits until it is on the disk.
func (r *Recorder) record(ctx context.Context, change func() (item, error)) error {
	r.mu.Lock()
	if r.stopped != nil {
		defer r.mu.Unlock()
		return r.stopped
	}
	r.settle()
	it, err := change()
	if err != nil {
		r.mu.Unlock()
		return err
	}
	it.done = make(chan error, 1)
	it.format = r.format
	if it.wall.IsZero() {
		it.wall = r.opts.Now()
	}
	r.q.put(it, 0)
	r.mu.Unlock()
	select {
	case err := <-it.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Flush waits until all frames taken so far are on the disk.
func (r *Recorder) Flush(ctx context.Context) error {
	return r.record(ctx, func() (item, error) { return item{}, nil })
}

// Close ends the recording properly, waits until it is on the disk and lets the folder go. why is for people.
// When ctx ends first the recorder goes on closing behind it. Closing again returns how it ended.
func (r *Recorder) Close(ctx context.Context, why string) error {
	r.halt(ErrClosed, why)
	select {
	case <-r.over:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := r.stopError(); !errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

// halt queues the end of the recording; err is what later calls get.
func (r *Recorder) halt(err error, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped != nil {
		return
	}
	r.settle()
	if r.gap != "" && r.started() {
		r.closeGap(r.opts.Now())
	}
	r.stopped = err
	r.q.put(item{kind: KindEnd, format: r.format, wall: r.opts.Now(), note: &Note{Reason: why}, last: true}, 0)
}

// started reports whether anything was captured in this run: opening a recording only to note something in it does
// not make the time since it ended a gap.
func (r *Recorder) started() bool { return !r.w.resumed || r.end.After(r.w.lastWall) }

// Position returns the position behind all frames taken, in frames of Base.
func (r *Recorder) Position() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pos + span(r.in, int64(len(r.part)/r.format.frameSize())+r.away, r.format.Rate, r.base)
}

// Base returns the rate of positions, in Hz.
func (r *Recorder) Base() int { return r.base }

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte("{}") // cannot be: our own types, and a map that Options has checked
	}
	return b
}
