package record

import (
	"sync"
	"time"
)

// Status is how a recording does at one moment.
type Status struct {
	ID       string `json:"id"`
	Segment  string `json:"segment"` // file that is written
	Position int64  `json:"position"`
	Durable  int64  `json:"durable"` // position up to which all is on the disk
	Base     int    `json:"base"`    // rate of the positions, in Hz
	Format   Format `json:"format"`

	Paused  *PauseState `json:"paused,omitempty"`
	Gap     string      `json:"gap,omitempty"` // why nothing is captured just now
	Waiting float64     `json:"waiting"`       // seconds of audio that wait for the disk
	Lost    int64       `json:"lost"`          // frames of the base rate dropped since the start
	Bad     int64       `json:"bad"`           // samples that were not numbers and became 0
	Missed  int64       `json:"missed"`        // chunks that OnChunk was too slow for

	Syncs    int64         `json:"syncs"`
	SlowSync time.Duration `json:"slow_sync"`         // the longest
	Failures int64         `json:"failures"`          // writes or syncs that failed and were repeated
	Trouble  string        `json:"trouble,omitempty"` // why writing fails just now
	Removed  int           `json:"removed,omitempty"` // times that the folder was removed while it was recorded into

	Disk   DiskState    `json:"disk"`
	Mirror *MirrorState `json:"mirror,omitempty"`

	Ended string `json:"ended,omitempty"` // why nothing is taken any more
}

// DiskState is the room that is left.
type DiskState struct {
	Free    int64   `json:"free"`    // bytes, -1 when not known
	Seconds float64 `json:"seconds"` // of audio that still fit, at the format's rate
	Low     bool    `json:"low"`     // fewer than Options.WarnLeft
	Full    bool    `json:"full"`    // the recording was stopped for it
}

// MirrorState is how the copy does.
type MirrorState struct {
	Folder string `json:"folder"`
	Behind int64  `json:"behind"` // bytes that it lacks
	// State is "ok", "catching up", "stalled" (a call has not returned for mirrorStall), "failing" (see Error; it
	// goes on trying) or "refused" (the folder holds something else).
	State string `json:"state"`
	// Cause is why, while State is stalled, failing or refused.
	Cause MirrorCause `json:"cause,omitempty"`
	Error string      `json:"error,omitempty"` // the system's words
}

// stats is what the goroutines of a recorder tell each other's status.
type stats struct {
	mu       sync.Mutex
	segment  string
	durable  int64
	lost     int64
	bad      int64
	missed   int64
	syncs    int64
	slow     time.Duration
	failures int64
	trouble  string
	removed  int
	disk     DiskState
}

func (s *stats) do(f func(*stats)) { s.mu.Lock(); defer s.mu.Unlock(); f(s) }

func (s *stats) overflow(n int64) { s.do(func(s *stats) { s.lost += n }) }

// Status returns how the recording does. It never waits for the disk.
func (r *Recorder) Status() Status {
	pos := r.Position()
	held, _ := r.q.waiting()
	r.mu.Lock()
	st := Status{ID: r.opts.ID, Position: pos, Base: r.base, Format: r.format, Gap: r.gap,
		Waiting: float64(held) / float64(r.format.Rate*r.format.frameSize())}
	if r.paused != nil {
		p := *r.paused
		st.Paused = &p
	}
	if r.stopped != nil {
		st.Ended = r.stopped.Error()
	}
	r.mu.Unlock()
	r.stat.do(func(s *stats) {
		st.Segment, st.Durable, st.Lost, st.Bad, st.Missed = s.segment, s.durable, s.lost, s.bad, s.missed
		st.Syncs, st.SlowSync, st.Failures, st.Trouble, st.Removed, st.Disk = s.syncs, s.slow, s.failures, s.trouble, s.removed, s.disk
	})
	if r.mirr != nil {
		st.Mirror = r.mirr.state()
	}
	return st
}

// outlet hands durable chunks to OnChunk from a goroutine of its own, through a ring that forgets.
type outlet struct {
	ch   chan Chunk
	over chan struct{}
	stat *stats
}

// outletSize is how many chunks OnChunk may be behind: 30 s.
const outletSize = 30 * chunksPerSecond

func newOutlet(f func(Chunk), stat *stats) *outlet {
	o := &outlet{stat: stat, over: make(chan struct{})}
	if f == nil {
		close(o.over)
		return o
	}
	o.ch = make(chan Chunk, outletSize)
	go func() {
		defer close(o.over)
		for c := range o.ch {
			f(c)
		}
	}()
	return o
}

func (o *outlet) send(c Chunk) {
	if o.ch == nil {
		return
	}
	select {
	case o.ch <- c:
	default:
		o.stat.do(func(s *stats) { s.missed++ })
	}
}

// outletWait is how long a closing recorder waits for OnChunk to take what is left.
const outletWait = 2 * time.Second

func (o *outlet) stop() {
	if o.ch != nil {
		close(o.ch)
	}
	t := time.NewTimer(outletWait)
	defer t.Stop()
	select {
	case <-o.over:
	case <-t.C:
	}
}
