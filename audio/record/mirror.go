package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"bienban/internal/durable"
)

// Times of the mirror.
const (
	mirrorFirst = time.Second      // pause after the first failure
	mirrorMost  = 10 * time.Second // and at most
	mirrorStall = 5 * time.Second  // without progress: it is stalled
	mirrorLook  = 20 * time.Millisecond
	mirrorWait  = 5 * time.Second // how long a closing recorder waits for it
	mirrorPiece = 256 << 10       // bytes copied at a time
)

// errRefused says that the mirror's folder is not ours to write to.
var errRefused = errors.New("the mirror's folder holds another recording")

// mirror copies what is durable to a second folder, reading it back from the first: it takes no memory however far
// it is behind, and the writer never waits for it.
type mirror struct {
	r    *Recorder
	fs   durable.FS
	dir  string
	wake chan struct{}
	quit chan struct{} // closed: finish what is there
	over chan struct{}
	drop atomic.Bool // do not finish

	tracks atomic.Bool // imports are to be compared
	again  atomic.Bool // a segment was put back: look at all of them

	mu     sync.Mutex
	want   mark
	total  int64     // bytes that there are
	have   int64     // bytes that are copied
	moved  time.Time // when that changed last, or there was nothing to do
	status string
	err    error
	erases []Pending
	rounds int // that ended with nothing left to do

	lock durable.Lock
	segs []segmentFile // of the source, as of want when they were scanned
	size map[uint32]int64
	// doubt is from where on a segment must be written again: a sync of it failed, and what was in memory then will
	// never be written though it still reads back.
	doubt map[uint32]int64
}

func newMirror(r *Recorder) *mirror {
	m := &mirror{r: r, fs: r.opts.MirrorFS, dir: r.opts.Mirror, wake: make(chan struct{}, 1), quit: make(chan struct{}),
		over: make(chan struct{}), doubt: map[uint32]int64{}, status: "catching up", moved: time.Now()}
	go m.run()
	return m
}

func (m *mirror) tell(want mark, total int64) {
	m.mu.Lock()
	if m.have >= m.total {
		m.moved = time.Now()
	}
	m.want, m.total = want, total
	m.mu.Unlock()
	m.poke()
}

func (m *mirror) poke() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// erase destroys in the copy what was erased in the recording.
func (m *mirror) erase(p Pending) {
	m.mu.Lock()
	m.erases = append(m.erases, p)
	m.mu.Unlock()
	m.poke()
}

// erased waits until the copy has no stretch that was to be erased, for at most mirrorStall without progress.
func (m *mirror) erased(ctx context.Context) error {
	m.mu.Lock()
	from := m.rounds
	m.mu.Unlock()
	m.poke()
	tick := time.NewTicker(mirrorLook)
	defer tick.Stop()
	have, since := int64(-1), time.Now()
	for {
		m.mu.Lock()
		done, now, err := m.rounds > from, m.have, m.err
		m.mu.Unlock()
		if done {
			return nil
		}
		if now > have {
			have, since = now, time.Now()
		}
		if time.Since(since) > mirrorStall {
			return errors.Join(errors.New("it does not answer"), err)
		}
		if err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-m.over:
			return errors.Join(errors.New("it is not written to any more"), err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (m *mirror) state() *MirrorState {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &MirrorState{Folder: m.dir, Behind: max(0, m.total-m.have), State: m.status}
	if m.err != nil {
		s.Error, s.Cause = m.err.Error(), causeOf(m.err)
	}
	if m.err == nil && s.Behind > 0 && time.Since(m.moved) > mirrorStall {
		s.State, s.Cause = "stalled", MirrorStalled
	}
	return s
}

// stop lets the mirror finish, for at most wait.
func (m *mirror) stop(wait time.Duration) {
	close(m.quit)
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-m.over:
	case <-t.C:
		m.drop.Store(true)
	}
}

func (m *mirror) run() {
	defer close(m.over)
	defer func() {
		if m.lock != nil {
			_ = m.lock.Unlock()
		}
	}()
	pause := mirrorFirst
	for {
		err := m.round()
		m.mu.Lock()
		m.err = err
		if err == nil && len(m.erases) == 0 && !m.tracks.Load() {
			m.rounds++
		}
		switch {
		case err == nil && m.have >= m.total:
			m.status = "ok"
		case err == nil:
			m.status = "catching up"
		case errors.Is(err, errRefused):
			m.status = "refused"
		default:
			m.status = "failing"
		}
		m.mu.Unlock()
		if errors.Is(err, errRefused) || m.drop.Load() {
			return
		}
		select {
		case <-m.quit:
			if err != nil {
				m.size = nil
			}
			if err = m.round(); err == nil { // what came meanwhile
				m.finish()
			}
			return
		default:
		}
		if err == nil {
			pause = mirrorFirst
			select {
			case <-m.wake:
			case <-m.quit:
			}
			continue
		}
		m.size = nil // look again at what is there
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-m.quit:
		}
		t.Stop()
		pause = min(2*pause, mirrorMost)
	}
}

// round copies all there is to copy.
func (m *mirror) round() error {
	if m.size == nil {
		if err := m.connect(); err != nil {
			return err
		}
	}
	m.mu.Lock()
	want, erases := m.want, m.erases
	m.mu.Unlock()
	if want.segment == 0 {
		return nil
	}
	if n := len(m.segs); m.again.Swap(false) || n == 0 || m.segs[n-1].number != want.segment {
		segs, err := scan(m.r.fs, m.r.dir, &want)
		if err != nil {
			return err
		}
		m.segs = segs
	}
	have := m.alone()
	for i := range m.segs {
		s := &m.segs[i]
		if s.broken != nil || s.stray {
			continue
		}
		if s.number == want.segment {
			s.limit = want.size
		}
		if err := m.copy(s, have); err != nil || m.drop.Load() {
			return err
		}
		have += s.limit
		m.mu.Lock()
		m.have = max(m.have, have)
		m.mu.Unlock()
	}
	for _, p := range erases {
		if err := overwrite(context.Background(), m.r.fs, m.r.dir, m.fs, m.dir, p); err != nil {
			return err
		}
		m.mu.Lock()
		m.erases = m.erases[1:]
		m.mu.Unlock()
		m.tracks.Store(true)
	}
	if m.tracks.Swap(false) {
		return m.copyTracks()
	}
	return nil
}

// alone is how many bytes the mirror has of segments that the recording has lost: they count as copied.
func (m *mirror) alone() (n int64) {
	for number, size := range m.size {
		if !slices.ContainsFunc(m.segs, func(s segmentFile) bool { return s.number == number }) {
			n += size
		}
	}
	return n
}

// connect finds out what the mirror holds.
func (m *mirror) connect() error {
	if m.lock == nil {
		if err := m.fs.MkdirAll(m.dir); err != nil {
			return err
		}
		lock, err := m.fs.Lock(filepath.Join(m.dir, lockName))
		if err != nil {
			return err
		}
		m.lock = lock
	}
	// A folder that was there and is not any more went with its drive. It is not made anew: where the drive hung is now
	// the first drive, and a second copy there would be none.
	there, err := scan(m.fs, m.dir, nil)
	if apart := m.r.opts.MirrorApart; errors.Is(err, fs.ErrNotExist) && apart != nil && apart() {
		// Another drive hangs there: one that was plugged in after the start, or in the place of one that broke.
		_ = m.lock.Unlock()
		m.lock, m.doubt = nil, map[uint32]int64{}
		return m.connect()
	}
	if err != nil {
		return fmt.Errorf("the mirror's folder is away: %w", err)
	}
	size := map[uint32]int64{}
	last := uint32(0)
	for _, s := range there {
		if s.broken == nil && s.head.uid != m.r.w.uid {
			return fmt.Errorf("%s: %w", m.dir, errRefused)
		}
		size[s.number], last = s.size, s.number
	}
	for n, off := range m.doubt {
		if have, ok := size[n]; ok {
			size[n] = min(have, off)
		}
	}
	if last > 0 {
		// Only the last one can have an end that was not synced.
		if size[last], err = m.common(last, size[last]); err != nil {
			return err
		}
		if err := m.old(); err != nil {
			return err
		}
	}
	m.size, m.segs = size, nil
	m.tracks.Store(true)
	return nil
}

// old destroys in the copy what was erased while it was away.
func (m *mirror) old() error {
	var all []Pending
	err := eachChunk(m.r.fs, m.r.dir, liveMark(m.r.fs, m.r.dir), 0, func(_ segmentFile, f durable.File, p place) (bool, error) {
		if p.kind == KindErase {
			n, err := noteOf(f, p)
			all = append(all, pendingOf(&n))
			return true, err
		}
		return !m.drop.Load(), nil
	})
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.erases = append(all, m.erases...)
	m.mu.Unlock()
	return nil
}

// common returns how many bytes of a segment are the same here and there.
func (m *mirror) common(number uint32, n int64) (int64, error) {
	src, err := m.r.fs.Open(filepath.Join(m.r.dir, segmentName(number)), false)
	if errors.Is(err, fs.ErrNotExist) {
		removed := 0
		m.r.stat.do(func(s *stats) { removed = s.removed })
		if removed > 0 { // the copy has what was lost with the folder
			return n, nil
		}
		return 0, fmt.Errorf("%s: %w", m.dir, errRefused)
	}
	if err != nil {
		return 0, err
	}
	defer src.Close()
	dst, err := m.fs.Open(filepath.Join(m.dir, segmentName(number)), false)
	if err != nil {
		return 0, err
	}
	defer dst.Close()
	a, b := make([]byte, mirrorPiece), make([]byte, mirrorPiece)
	for off := int64(0); off < n && !m.drop.Load(); off += mirrorPiece {
		k := min(n-off, mirrorPiece)
		i, err := src.ReadAt(a[:k], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		j, err := dst.ReadAt(b[:k], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if int64(i) != k || int64(j) != k || !bytes.Equal(a[:k], b[:k]) {
			return off, nil
		}
	}
	return n, nil
}

// copy brings one segment up to its limit. before is how many bytes lie in front of it.
func (m *mirror) copy(s *segmentFile, before int64) error {
	off, known := m.size[s.number]
	if known && off == s.limit {
		return nil
	}
	src, err := m.r.fs.Open(filepath.Join(m.r.dir, s.name), false)
	if err != nil {
		return err
	}
	defer src.Close()
	path := filepath.Join(m.dir, s.name)
	var dst durable.File
	if known {
		dst, err = m.fs.Open(path, true)
	} else {
		dst, err = m.fs.Create(path)
	}
	if err != nil {
		return err
	}
	defer dst.Close()
	if n, err := dst.Size(); err != nil {
		return err
	} else if n > min(off, s.limit) {
		off = min(off, s.limit)
		if err := dst.Truncate(off); err != nil {
			return err
		}
	}
	b := make([]byte, mirrorPiece)
	for off < s.limit && !m.drop.Load() {
		n, err := src.ReadAt(b[:min(int64(len(b)), s.limit-off)], off)
		if n == 0 && err != nil {
			return err
		}
		if _, err := dst.WriteAt(b[:n], off); err != nil {
			return err
		}
		off += int64(n)
		m.mu.Lock()
		m.have, m.moved = max(m.have, before+off), time.Now()
		m.mu.Unlock()
	}
	if err := dst.Sync(); err != nil {
		m.doubt[s.number] = m.size[s.number]
		return err
	}
	delete(m.doubt, s.number)
	if !known {
		if err := m.fs.SyncDir(m.dir); err != nil {
			return err
		}
	}
	m.size[s.number] = off
	return nil
}

// finish copies the manifest.
func (m *mirror) finish() {
	b, err := durable.ReadFile(m.r.fs, filepath.Join(m.r.dir, manifestName), manifestLimit)
	if err == nil {
		_ = durable.WriteFile(m.fs, filepath.Join(m.dir, manifestName), b)
	}
}
