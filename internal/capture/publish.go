package capture

import (
	"context"
	"errors"
	"sync"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/durable"
)

// Times of publishing.
const (
	pubRetryFirst = 200 * time.Millisecond
	pubRetryMost  = 5 * time.Second
	// pubLook is how often the recording is looked at when nobody says that something is new.
	pubLook = 250 * time.Millisecond
	// pubChunk is the longest chunk with sound, in samples: 200 ms, also when the publisher catches up. A chunk's energies
	// are its mean, and who speaks is told by them.
	pubChunk = bus.SampleRate / 5
	// pubWait is how long an ending capture waits for a bus that takes nothing. What is not published then, readers
	// take from the recording.
	pubWait = 5 * time.Second
)

// publisher reads the recording as it grows and puts it on the bus: the mix at 16 kHz and each channel's energy, pauses
// and gaps in their places. It holds nothing in memory for a bus that is away: the recording is the queue. When the bus
// is back, it goes on where the bus's copy ends, however that came about.
type publisher struct {
	bus  bus.AudioPublisher
	name string
	dir  string
	fs   durable.FS
	m    *Map
	wake chan struct{}
	over chan struct{}
	left func() // says how much the bus lacks at the end

	// Of the goroutine that publishes.
	rec  *record.Recording
	pos  int64 // in frames of the recording's base rate: what lies before is on the bus
	time audio.Position
	out  []int16               // mixed and not published
	at   int64                 // 16 kHz position of out
	rows []audio.ChannelEnergy // energies that may still be needed
	base int64                 // 16 kHz position from which rows count

	mu       sync.Mutex
	ended    bool
	end16    int64     // published up to here
	progress time.Time // when that last moved
	refused  int64
	failures int64
	trouble  string
	since    time.Time // of the trouble
}

func newPublisher(c *capture) *publisher {
	p := &publisher{bus: c.cfg.Bus, name: c.name, dir: c.dir, fs: c.cfg.FS, m: c.cfg.Map,
		wake: make(chan struct{}, 1), over: make(chan struct{}), progress: time.Now()}
	p.left = func() {
		r := c.rec.Status()
		c.say("the bus does not answer: it lacks %.1f s of %s, which its folder has", "máy chủ không trả lời: còn thiếu %.1f giây của %s; thư mục của bản ghi có đủ", p.status(float64(r.Durable)/float64(r.Base)).Lag, c.name)
	}
	return p
}

// poke says that something new is on the disk.
func (p *publisher) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// finish says that the recording is complete, and waits until it is published or the bus takes nothing any more.
func (p *publisher) finish() {
	p.mu.Lock()
	p.ended, p.progress = true, time.Now()
	p.mu.Unlock()
	p.poke()
	t := time.NewTicker(pubLook)
	defer t.Stop()
	for {
		select {
		case <-p.over:
			return
		case <-t.C:
			p.mu.Lock()
			stuck := time.Since(p.progress) > pubWait
			p.mu.Unlock()
			if stuck {
				p.left()
				return
			}
		}
	}
}

func (p *publisher) status(durableSeconds float64) BusStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := BusStatus{Published: float64(p.end16) / bus.SampleRate, Refused: p.refused, Failures: p.failures, Error: p.trouble}
	s.Lag = max(0, durableSeconds-s.Published)
	if p.trouble != "" {
		s.Away = time.Since(p.since).Seconds()
	}
	return s
}

// run publishes until the recording's end is on the bus or ctx ends.
func (p *publisher) run(ctx context.Context) {
	defer close(p.over)
	if p.open(ctx) != nil || p.join(ctx) != nil {
		return
	}
	for ctx.Err() == nil {
		last := p.isEnded() // before looking, so that nothing can come after it
		if err := p.rec.Refresh(); err != nil {
			p.fail(err)
			if p.sleep(ctx, pubLook) != nil {
				return
			}
			continue
		}
		kind, to := p.next()
		var err error
		switch {
		case kind == bus.Audio && to > p.pos:
			err = p.sound(ctx)
		case kind != bus.Audio:
			err = p.blank(ctx, kind, to)
		case last:
			if err = p.publish(ctx, bus.Chunk{Kind: bus.End, First: p.at}); err == nil {
				return
			}
		default:
			err = p.wait(ctx)
		}
		if errors.Is(err, errBehind) {
			err = p.join(ctx)
		}
		if err != nil {
			return
		}
	}
}

// errBehind says that the bus has less of the recording than it had: its disk was lost, or another took its place.
var errBehind = errors.New("the bus lacks what it had")

func (p *publisher) isEnded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// open opens the recording, once there is one.
func (p *publisher) open(ctx context.Context) error {
	for {
		rec, err := record.Open(p.dir, p.fs)
		if err == nil {
			p.rec, p.time = rec, audio.Position{Rate: rec.Base()}
			return nil
		}
		if err := p.wait(ctx); err != nil {
			return err
		}
	}
}

// join asks the bus how much it has, and goes on from there.
func (p *publisher) join(ctx context.Context) error {
	var end int64
	err := p.patiently(ctx, func(ctx context.Context) (err error) {
		end, err = p.bus.AudioEnd(ctx, p.name)
		return err
	})
	if err != nil {
		return err
	}
	p.pos = p.time.Source(end)
	p.at = end
	p.published(end)
	return nil
}

// next tells what lies at the position: sound up to where it ends so far, or a stretch without.
func (p *publisher) next() (kind bus.Kind, to int64) {
	to = p.rec.End()
	look := func(all []record.Stretch, k bus.Kind) bool {
		for _, s := range all {
			switch {
			case s.From <= p.pos && p.pos < s.To:
				kind, to = k, s.To
				return true
			case p.pos < s.From && s.From < to && s.From < s.To:
				to = s.From
			}
		}
		return false
	}
	if !look(p.rec.Pauses(), bus.Paused) {
		look(append(p.rec.Gaps(), p.rec.Missing()...), bus.Gap)
	}
	return kind, to
}

// blank publishes a stretch without sound.
func (p *publisher) blank(ctx context.Context, kind bus.Kind, to int64) error {
	end := p.time.Speech(to)
	if end > p.at {
		if err := p.publish(ctx, bus.Chunk{Kind: kind, First: p.at, Frames: end - p.at}); err != nil {
			return err
		}
	}
	p.pos, p.at = to, end
	return nil
}

// sound mixes and publishes from the position on, until something that is not sound comes or the recording ends.
func (p *publisher) sound(ctx context.Context) error {
	r := &runSource{p: p}
	defer r.Close()
	warm := p.warmUp()
	used, gain, _, err := p.m.fit(p.rec.Format().Channels)
	if err != nil { // the map fitted at the start; a format that came later may have fewer channels
		used, gain = nil, nil
	}
	mix, err := audio.NewSpeechReader(r, mixOf(used, gain))
	if err != nil {
		return err
	}
	r.dry = func() error { return p.flush(ctx, mix) }
	buf := make([]float32, audio.EnergyHop)
	for {
		n, err := mix.Read(ctx, buf)
		skip := min(int64(n), warm)
		if warm -= skip; skip > 0 && warm == 0 {
			p.rows = append(p.rows, mix.Energies()...)
			p.energies(p.at) // they are of what is on the bus
		}
		for _, v := range buf[skip:n] {
			p.out = append(p.out, sample(v))
		}
		if len(p.out) >= pubChunk {
			if err := p.flush(ctx, mix); err != nil {
				return err
			}
		}
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, errBehind) {
			return err
		}
		// Resampling rounds; the chunks must meet what comes next to the sample.
		want := int(p.time.Speech(p.pos) - p.at)
		for len(p.out) < want {
			p.out = append(p.out, 0)
		}
		p.out = p.out[:max(0, want)]
		err = p.flush(ctx, mix)
		p.at = p.time.Speech(p.pos)
		if r.failed != nil {
			p.fail(r.failed)
		}
		return err
	}
}

// warmUp makes the mix begin before the position, so that it is, to the sample, what one that never stopped would have
// made: where a text was begun again the same sound is heard. It returns how many samples are to be left out.
func (p *publisher) warmUp() (skip int64) {
	var from int64 // where the sound begins that the position is in
	for _, all := range [][]record.Stretch{p.rec.Pauses(), p.rec.Gaps(), p.rec.Missing()} {
		for _, s := range all {
			if s.To <= p.pos {
				from = max(from, s.To)
			}
		}
	}
	at := p.time.Speech(from)
	if periods := (p.at - at - mixMemory) / audio.MixPeriod; periods > 0 {
		at += periods * audio.MixPeriod
		from += periods * int64(p.rec.Base()) * audio.MixPeriod / bus.SampleRate
	}
	skip = p.at - at
	if skip <= 0 {
		at, from, skip = p.at, p.pos, 0
	}
	p.base, p.rows, p.out, p.pos = at, nil, nil, from
	return skip
}

// mixMemory is how much sound before a place decides how it is mixed, in samples: the mix leans to the microphone of
// whoever spoke last, and keeps leaning there while nobody speaks.
const mixMemory = 60 * bus.SampleRate

// flush publishes what has been mixed.
func (p *publisher) flush(ctx context.Context, mix *audio.SpeechReader) error {
	p.rows = append(p.rows, mix.Energies()...)
	if len(p.out) == 0 {
		return nil
	}
	c := bus.Chunk{Kind: bus.Audio, First: p.at, Frames: int64(len(p.out)), PCM: p.out}
	c.Energies = p.energies(c.End())
	if err := p.publish(ctx, c); err != nil {
		return err
	}
	p.at, p.out = c.End(), nil
	return nil
}

// energies is the mean square of each channel over what comes before a position and was not published yet.
func (p *publisher) energies(to int64) []float32 {
	var sum []float32
	n := 0
	rest := p.rows[:0]
	for _, row := range p.rows {
		if row.Start+p.base >= to {
			rest = append(rest, row)
			continue
		}
		if sum == nil {
			sum = make([]float32, len(row.RMS))
		}
		for i, v := range row.RMS {
			sum[i] += v * v
		}
		n++
	}
	p.rows = rest
	for i := range sum {
		sum[i] /= float32(n)
	}
	return sum
}

// publish puts a chunk on the bus, again and again until it is there. A full stream's refusal ends it: readers take the
// stretch from the recording. After a failure the bus may be another than it was: errBehind when it has less.
func (p *publisher) publish(ctx context.Context, c bus.Chunk) error {
	c.Recording = p.name
	c.Seq = uint64(c.First / (bus.SampleRate / 5)) // of 200 ms
	failed := false
	err := p.patiently(ctx, func(ctx context.Context) error {
		if failed {
			switch end, err := p.bus.AudioEnd(ctx, p.name); {
			case err != nil:
				return err
			case end < c.First:
				return errBehind
			case end >= c.End() && c.Kind != bus.End:
				return nil // it was stored, and only its answer was lost
			}
		}
		err := p.bus.PublishAudio(ctx, c)
		failed = err != nil
		if errors.Is(err, bus.ErrFull) {
			p.mu.Lock()
			p.refused++
			p.mu.Unlock()
			return nil
		}
		return err
	})
	if err == nil {
		p.published(c.End())
	}
	return err
}

func (p *publisher) published(end int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end16, p.progress, p.trouble = end, time.Now(), ""
}

func (p *publisher) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trouble == "" {
		p.since = time.Now()
	}
	p.failures++
	p.trouble = err.Error()
}

// patiently repeats a call until it succeeds, is behind or ctx ends.
func (p *publisher) patiently(ctx context.Context, call func(context.Context) error) error {
	for wait := pubRetryFirst; ; wait = min(2*wait, pubRetryMost) {
		err := call(ctx)
		if err == nil || errors.Is(err, errBehind) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.fail(err)
		if err := p.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (p *publisher) sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait returns when something may be new.
func (p *publisher) wait(ctx context.Context) error {
	t := time.NewTimer(pubLook)
	defer t.Stop()
	select {
	case <-p.wake:
		return nil
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
