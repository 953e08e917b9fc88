package hall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"sync/atomic"
	"time"

	"bienban/audio"
	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/transcribe"
	"bienban/transcribe/live"
)

// hearing is one turn of a worker with a recording, under one lease.
type hearing struct {
	s     *stream
	lease bus.Lease
	work  Work
	c     *live.Committer

	newest atomic.Int64 // the bus has the sound up to here
	heard  atomic.Int64
	final  atomic.Int64
}

// ahead is how many chunks are read ahead of the engine: 20 s of 200 ms, the
// longest window and its decode.
const ahead = 100

// lagEvery is how often a worker says how it keeps up.
const lagEvery = time.Second

// errBroke says that a stretch of sound made our own code fail: another try
// would end as this one.
var errBroke = errors.New("hearing broke down")

// run is hear, for which no sound may be the end of the whole worker.
func (h *hearing) run(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w between samples %d and %d: %v\n%s", errBroke, h.final.Load(), h.heard.Load(), r, debug.Stack())
		}
	}()
	return h.hear(ctx)
}

// brokeMost is how often a stretch is tried that breaks hearing. Then people
// see a gap there, and the rest of the meeting has its text.
const brokeMost = 3

// leaveGap hands in a gap where hearing broke time and again.
func (h *hearing) leaveGap(ctx context.Context, to int64) error {
	from := h.work.FinalUpTo
	if h.work.Length >= 0 {
		to = min(to, h.work.Length)
	}
	if to <= from {
		return nil
	}
	h.s.log.Error("leaving a gap where hearing broke", "from", from, "to", to)
	err := h.hand(ctx, live.Event{FromSample: from, ToSample: to, Language: h.work.Language,
		Coverage: []transcribe.Cover{{From: from, To: to, Kind: transcribe.CoveredGap, Note: "hearing broke down"}}})
	if err == nil {
		h.work.FinalUpTo, h.work.Before = to, ""
	}
	return err
}

// hear hears until the text is complete (errComplete) or something ends it.
func (h *hearing) hear(ctx context.Context) error {
	s := h.s
	if err := Ask(ctx, s.w.Bus, AskBegin, BeginBody{Recording: s.id, Epoch: h.lease.Epoch()}, &h.work); err != nil {
		return err
	}
	if h.done() {
		return errComplete
	}
	s.told(h.work.Task)
	log := s.log
	if s.ended != nil { // each epoch says why there is another
		log = log.With("after", s.ended)
	}
	log.Info("hearing begins", "epoch", h.lease.Epoch(), "from", h.work.FinalUpTo)
	if to, broke := s.broke(h.work.FinalUpTo); broke {
		if err := h.leaveGap(ctx, to); err != nil {
			return err
		}
	}
	det := s.w.Detector()
	defer det.Close()
	h.c = live.New(s.queue.engine(func() bool { return s.state().Live }), det, live.Options{
		From: h.work.FinalUpTo, Before: h.work.Before, Language: h.work.Language,
		Glossary: h.work.Glossary, Channels: h.work.Channels,
	}, func(e live.Event) error { return h.emit(ctx, e) })
	h.c.Recall(h.work.Votes)
	h.final.Store(h.work.FinalUpTo)
	h.heard.Store(h.work.FinalUpTo)

	reading, stop := context.WithCancel(ctx)
	told := make(chan struct{})
	go func() {
		defer close(told)
		h.tellLag(reading)
	}()
	sound := make(chan heardChunk, ahead)
	go h.read(reading, live.HistoryFrom(h.work.FinalUpTo), sound)
	defer func() {
		stop()
		for range sound {
			// The reader ends with the channel.
		}
		<-told
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case k := <-sound:
			end, err := h.take(ctx, k)
			if err != nil {
				return err
			}
			if end {
				return h.finish(ctx)
			}
		}
	}
}

// done says that nothing is left to hear.
func (h *hearing) done() bool { return h.work.Length >= 0 && h.work.FinalUpTo >= h.work.Length }

// heardChunk is what the reader hands on: a chunk, a stretch that the bus does
// not have, the end, or an error that no retry mends.
type heardChunk struct {
	chunk   bus.Chunk
	missing *bus.MissingError
	err     error
}

// read reads ahead, so that the bus is never what the engine waits for.
func (h *hearing) read(ctx context.Context, from int64, out chan<- heardChunk) {
	defer close(out)
	send := func(k heardChunk) bool {
		select {
		case out <- k:
			return true
		case <-ctx.Done():
			return false
		}
	}
	var r bus.AudioReader
	defer func() {
		if r != nil {
			_ = r.Close()
		}
	}()
	for ctx.Err() == nil {
		var err error
		if r == nil {
			if r, err = h.s.w.Bus.ReadAudio(ctx, h.s.id, from); err != nil {
				r = nil
			}
		}
		var k bus.Chunk
		if err == nil {
			k, err = r.Next(ctx)
		}
		var missing *bus.MissingError
		switch {
		case err == nil:
			h.know(k.End())
			if !send(heardChunk{chunk: k}) {
				return
			}
		case errors.As(err, &missing):
			if !send(heardChunk{missing: missing}) {
				return
			}
		case errors.Is(err, io.EOF):
			send(heardChunk{err: io.EOF})
			return
		case fault.CodeOf(err) == fault.Unavailable:
			_ = pause(ctx, retryPause, nil)
		default:
			send(heardChunk{err: err})
			return
		}
	}
}

func (h *hearing) know(end int64) {
	for {
		was := h.newest.Load()
		if end <= was || h.newest.CompareAndSwap(was, end) {
			return
		}
	}
}

// take feeds what was read. It returns true at the recording's end.
func (h *hearing) take(ctx context.Context, k heardChunk) (bool, error) {
	switch {
	case k.missing != nil:
		return false, h.missing(ctx, k.missing.From, k.missing.To)
	case errors.Is(k.err, io.EOF):
		return true, nil
	case k.err != nil:
		return false, k.err
	}
	return false, h.feed(ctx, k.chunk)
}

// missing hears a stretch from the segments. Without them this worker cannot
// go on, and lets another try.
func (h *hearing) missing(ctx context.Context, from, to int64) error {
	h.s.log.Info("reading from the segments what the bus does not have", "from", from, "to", to)
	err := capture.ReadChunks(ctx, h.work.Folder, from, to, func(c bus.Chunk) error { return h.feed(ctx, c) })
	if err != nil {
		return fmt.Errorf("samples %d to %d: the bus does not have them, and the segments: %w", from, to, err)
	}
	return nil
}

func (h *hearing) feed(ctx context.Context, c bus.Chunk) error {
	if !h.lease.Valid() {
		return errLost
	}
	defer func() { h.heard.Store(max(h.heard.Load(), c.End())) }()
	switch c.Kind {
	case bus.Paused, bus.Gap:
		if c.End() <= h.c.FinalUpTo() {
			return nil
		}
		if c.Kind == bus.Paused {
			return h.c.Skip(ctx, c.End(), transcribe.CoveredPaused, "closed part")
		}
		return h.c.Skip(ctx, c.End(), transcribe.CoveredGap, "nothing was recorded")
	case bus.End:
		return nil
	}
	k := live.Chunk{From: c.First, PCM: make([]float32, len(c.PCM)), Rows: rows(c)}
	for i, v := range c.PCM {
		k.PCM[i] = float32(v) / -math.MinInt16
	}
	return h.c.Feed(ctx, k, h.newest.Load()-c.End())
}

// rows spreads a chunk's energies over it, on the grid of all energies.
func rows(c bus.Chunk) []audio.ChannelEnergy {
	if len(c.Energies) < 2 {
		return nil
	}
	rms := make([]float32, len(c.Energies))
	for i, e := range c.Energies {
		rms[i] = float32(math.Sqrt(float64(e)))
	}
	var out []audio.ChannelEnergy
	for at := (c.First + audio.EnergyHop - 1) / audio.EnergyHop * audio.EnergyHop; at < c.End(); at += audio.EnergyHop {
		out = append(out, audio.ChannelEnergy{Start: at, RMS: rms})
	}
	return out
}

// finish commits the rest. The bus's end and the store's may differ when sound
// came after the bus was told the end; what is left is on the disk.
func (h *hearing) finish(ctx context.Context) error {
	for {
		if t := h.s.state(); t.Length > h.c.Next() {
			if err := h.missing(ctx, h.c.Next(), t.Length); err != nil {
				return err
			}
		}
		if err := h.c.Flush(ctx); err != nil {
			return err
		}
		if t := h.s.state(); t.Length >= 0 && t.FinalUpTo >= t.Length {
			return errComplete
		}
		var tasks []Task
		if err := Ask(ctx, h.s.w.Bus, AskTasks, nil, &tasks); err != nil {
			return err
		}
		found := false
		for _, t := range tasks {
			if t.Recording == h.s.id {
				h.s.told(t)
				found = true
			}
		}
		if !found {
			return errComplete
		}
		if err := pause(ctx, askAgain, nil); err != nil {
			return err
		}
	}
}

// emit hands an event on: text that is final through the queue, until it is
// stored there; the other to whoever looks.
func (h *hearing) emit(ctx context.Context, e live.Event) error {
	said := Said{Recording: h.s.id, Type: string(e.Type), Epoch: h.lease.Epoch(), From: e.FromSample, To: e.ToSample, Text: e.Text, Lag: e.Lag}
	if e.Type == live.Committed {
		if err := h.hand(ctx, e); err != nil {
			return err
		}
	}
	h.s.w.Bus.Send(LiveSubject(h.s.id), marshal(said))
	return nil
}

func (h *hearing) hand(ctx context.Context, e live.Event) error {
	p, err := json.Marshal(payload{Segments: e.Segments, Coverage: e.Coverage, Language: e.Language})
	if err != nil {
		return err
	}
	f := bus.Final{Recording: h.s.id, Epoch: h.lease.Epoch(), From: e.FromSample, To: e.ToSample, Payload: p}
	for {
		if !h.lease.Valid() {
			return errLost
		}
		err := h.s.w.Bus.PublishFinal(ctx, f)
		switch {
		case err == nil:
			h.s.hand(f.To)
			h.final.Store(f.To)
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.CodeOf(err) != fault.Unavailable:
			return err
		}
		if err := pause(ctx, retryPause, nil); err != nil {
			return err
		}
	}
}

// tellLag says once a second how far hearing has come.
func (h *hearing) tellLag(ctx context.Context) {
	tick := time.NewTicker(lagEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if end, err := h.s.w.Bus.AudioEnd(ctx, h.s.id); err == nil {
			h.know(end)
		}
		lag := max(0, h.newest.Load()-h.heard.Load())
		h.s.w.Bus.Send(LagSubject(h.s.id), marshal(Lag{
			Recording: h.s.id, Worker: h.s.w.Name, Epoch: h.lease.Epoch(), Lag: float64(lag) / bus.SampleRate,
			Heard: float64(h.heard.Load()) / bus.SampleRate, Final: float64(h.final.Load()) / bus.SampleRate,
		}))
	}
}
