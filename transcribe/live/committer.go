package live

import (
	"context"
	"errors"
	"fmt"
	"math"

	"bienban/audio"
	"bienban/transcribe"
)

// Chunk is sound as it comes: PCM at 16 kHz from sample From on, and the
// energies of the microphones. Energies may run ahead of the sound, and must
// not come after it.
type Chunk struct {
	From int64
	PCM  []float32
	Rows []audio.ChannelEnergy // nil for one microphone
}

// Committer makes text of a stream of sound. It is for one goroutine at a time;
// the engine and the detector stay the caller's to close, and are used by
// nobody else meanwhile.
//
// After an error (cancelled, the engine or the detector failed for good, the
// caller's own function refused an event) a committer is done: another goes on
// from FinalUpTo.
type Committer struct {
	opts Options
	eng  *memo
	dec  *transcribe.Decoder
	det  transcribe.Detector
	emit func(Event) error

	upTo    int64     // everything before is committed
	pcm     []float32 // sound from upTo on
	rows    []audio.ChannelEnergy
	levels  levels
	learned int64 // rows that start before are in levels
	going   bool  // the detector has heard the sound from upTo on

	gate  transcribe.Gate
	fed   int64     // samples from upTo on that the detector has heard
	probs []float32 // its word on their frames
	power []float64 // and how loud these are
	heard []transcribe.Heard

	before   string // committed text, for the prompt
	votes    []Vote // while no language is settled
	failures int    // windows in a row that the engine failed
	preview  preview
	late     int64
	broken   error
}

// New makes a committer that calls emit for each event, on the goroutine that
// feeds it. An error of emit ends the committer; its event counts as not taken.
func New(eng transcribe.Engine, det transcribe.Detector, o Options, emit func(Event) error) *Committer {
	m := &memo{eng: eng}
	return &Committer{
		opts: o, eng: m, det: det, emit: emit, upTo: max(o.From, 0), before: transcribe.TailOf(o.Before, contextWords),
		dec:     transcribe.NewDecoder(m, transcribe.Options{Language: o.Language, Glossary: o.Glossary, Channels: o.Channels}),
		preview: newPreview(o),
	}
}

// FinalUpTo is the sample up to which all is committed.
func (c *Committer) FinalUpTo() int64 { return c.upTo }

// Next is the sample that Feed expects.
func (c *Committer) Next() int64 { return c.upTo + int64(len(c.pcm)) }

// Lag is how far behind the sound the committer was when it was last fed, in seconds.
func (c *Committer) Lag() float64 { return seconds(c.late) }

// Feed takes the next sound. late says how much sound there is already beyond
// this chunk, in samples: a backlog that the caller will feed next. Sound that
// was taken before is ignored; where sound is missing between the last chunk
// and this one, the hole becomes a gap. Feed returns when all that is due is done.
func (c *Committer) Feed(ctx context.Context, k Chunk, late int64) error {
	return c.run(func() error {
		c.late = max(late, 0)
		end := k.From + int64(len(k.PCM))
		if k.From > c.Next() {
			if err := c.skip(ctx, k.From, transcribe.CoveredGap, noSound); err != nil {
				return err
			}
		}
		c.take(k.Rows)
		if end <= c.Next() {
			return nil
		}
		c.preview.fed(c.late, int64(len(k.PCM)))
		c.pcm = append(c.pcm, clean(k.PCM[c.Next()-k.From:])...)
		if err := c.listen(ctx); err != nil {
			return err
		}
		return c.glance(ctx)
	})
}

// noSound is the note of a gap where the stream has a hole.
const noSound = "no sound was received"

// Skip commits what there is and accounts for the samples up to to as kind, one
// of transcribe.Covered… (paused, gap), with a note.
func (c *Committer) Skip(ctx context.Context, to int64, kind, note string) error {
	return c.run(func() error { return c.skip(ctx, to, kind, note) })
}

// Flush commits all that was fed: the sound ends here, for now.
func (c *Committer) Flush(ctx context.Context) error {
	return c.run(func() error { return c.flush(ctx) })
}

// run keeps the first error.
func (c *Committer) run(f func() error) error {
	if c.broken != nil {
		return fmt.Errorf("live text: go on with a new committer from the last commit: %w", c.broken)
	}
	c.broken = f()
	return c.broken
}

func (c *Committer) skip(ctx context.Context, to int64, kind, note string) error {
	if err := c.flush(ctx); err != nil || to <= c.upTo {
		return err
	}
	return c.commit(ctx, nil, to, []transcribe.Cover{{From: c.upTo, To: to, Kind: kind, Note: note}})
}

// flush commits up to the last sample.
func (c *Committer) flush(ctx context.Context) error {
	if err := c.listen(ctx); err != nil {
		return err
	}
	end := c.Next()
	if rest := c.pcm[c.fed:]; len(rest) > 0 {
		probs, err := c.ask(ctx, append(append([]float32(nil), rest...), make([]float32, transcribe.DetectorFrame-len(rest))...))
		if err != nil {
			return err
		}
		c.hear(probs[0])
	}
	if h, ok := c.gate.Flush(); ok {
		c.add(h)
	}
	if end == c.upTo {
		return nil
	}
	if len(c.heard) == 0 {
		return c.commit(ctx, nil, end, nil)
	}
	return c.final(ctx, c.heard, min(c.heard[len(c.heard)-1].To+pad, end), end, "")
}

// now is the position up to which the detector has heard.
func (c *Committer) now() int64 { return c.upTo + c.fed }

// listen lets the detector hear what it has not, and commits what is due. The
// decisions are made frame by frame, so that they do not depend on chunks.
func (c *Committer) listen(ctx context.Context) error {
	for {
		n := min((int64(len(c.pcm))-c.fed)/transcribe.DetectorFrame*transcribe.DetectorFrame, batch)
		if n == 0 {
			return nil
		}
		probs, err := c.ask(ctx, c.pcm[c.fed:c.fed+n])
		if err != nil {
			return err
		}
		for _, p := range probs {
			c.hear(p)
			done, err := c.due(ctx)
			if err != nil {
				return err
			}
			if done {
				break // the detector begins anew behind the commit
			}
			if err := c.paused(ctx); err != nil {
				return err
			}
		}
	}
}

// hear takes the detector's word on one frame.
func (c *Committer) hear(p float32) {
	c.power = append(c.power, power(c.pcm[c.fed:min(c.fed+transcribe.DetectorFrame, int64(len(c.pcm)))]))
	c.fed += transcribe.DetectorFrame
	c.probs = append(c.probs, p)
	if h, ok := c.gate.Push(p); ok {
		c.add(h)
	}
}

// add keeps a stretch of speech; the gate counts from upTo.
func (c *Committer) add(h transcribe.Heard) {
	h.From, h.To = c.upTo+h.From, min(c.upTo+h.To, c.Next())
	if c.rms(h.From, h.To) >= silenceRMS {
		c.heard = append(c.heard, h)
	}
}

// current is the stretch of speech that is going on.
func (c *Committer) current() (transcribe.Heard, bool) {
	h, ok := c.gate.Current()
	h.From, h.To = c.upTo+h.From, c.upTo+h.To
	return h, ok && c.rms(h.From, h.To) >= silenceRMS
}

// rms is the level of whole frames that the detector has heard.
func (c *Committer) rms(from, to int64) float64 {
	const frame = transcribe.DetectorFrame
	first, last := (from-c.upTo)/frame, min((to-c.upTo+frame-1)/frame, int64(len(c.power)))
	if first >= last {
		return 0
	}
	var sum float64
	for _, p := range c.power[first:last] {
		sum += p
	}
	return math.Sqrt(sum / float64(last-first))
}

// power is the mean square of a frame.
func power(pcm []float32) float64 {
	var sum float64
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return sum / transcribe.DetectorFrame
}

// ask asks the detector about the frames after those it has heard. When it
// fails it is begun anew: it hears again what it has heard since the last
// commit, which brings it to the same state.
func (c *Committer) ask(ctx context.Context, pcm []float32) ([]float32, error) {
	probs, err := c.feed(ctx, pcm, c.going)
	if err != nil && ctx.Err() == nil {
		first := err
		if probs, err = c.feed(ctx, pcm, false); err != nil {
			err = fmt.Errorf("%w (and before: %w)", err, first)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("speech detector: %w", err)
	}
	c.going = true
	return probs, nil
}

// feed asks once; going says that the detector has heard what is before.
func (c *Committer) feed(ctx context.Context, pcm []float32, going bool) ([]float32, error) {
	if !going {
		if err := c.det.Reset(ctx); err != nil {
			return nil, err
		}
		if c.fed > 0 {
			if _, err := c.det.Feed(ctx, c.pcm[:min(c.fed, int64(len(c.pcm)))]); err != nil {
				return nil, err
			}
		}
	}
	probs, err := c.det.Feed(ctx, pcm)
	if err == nil && len(probs) != len(pcm)/transcribe.DetectorFrame {
		err = errors.New("it answered for another number of frames than it was given")
	}
	return probs, err
}

// clean replaces what is no number by silence: a broken driver's, which would
// stay in every filter behind.
func clean(pcm []float32) []float32 {
	for i, v := range pcm {
		if v-v != 0 { // NaN or infinite
			out := append([]float32(nil), pcm...)
			for j := i; j < len(out); j++ {
				if out[j]-out[j] != 0 {
					out[j] = 0
				}
			}
			return out
		}
	}
	return pcm
}
