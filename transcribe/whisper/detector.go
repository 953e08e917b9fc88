package whisper

import (
	"context"
	"errors"
	"math"

	"bienban/transcribe"
)

// warmup is how much sound a detector keeps to bring a new child to the state
// of one that crashed: Silero's memory (an LSTM) fades within a few seconds.
const warmup = 8 * transcribe.SampleRate

// feedMost bounds one call to the child: 16 s of sound.
const feedMost = 500 * transcribe.DetectorFrame

// detector is one stream of a Process.
type detector struct {
	process *Process
	stream  uint32
	child   *child    // the one that has this stream's state
	past    []float32 // whole frames already answered, the last warmup samples
	rest    []float32 // less than a frame
}

// Detector opens a stream of its own. It must be closed before the Process
// when that is to live on. A crash of the child in the middle of a stream is
// not seen by the caller, except as a pause: the last seconds are fed again.
func (p *Process) Detector() transcribe.Detector {
	return &detector{process: p, stream: p.streams.Add(1)}
}

// Feed returns a probability of speech for each frame that pcm completes.
// After an error the same pcm may be fed again.
func (d *detector) Feed(ctx context.Context, pcm []float32) ([]float32, error) {
	all := append(d.rest[:len(d.rest):len(d.rest)], pcm...)
	whole := len(all) / transcribe.DetectorFrame * transcribe.DetectorFrame
	probs := make([]float32, 0, whole/transcribe.DetectorFrame)
	before := d.past
	for at := 0; at < whole; at += feedMost {
		part := all[at:min(at+feedMost, whole)]
		p, err := d.feed(ctx, part)
		if err != nil {
			d.past, d.child = before, nil // as if this call had not been
			return nil, err
		}
		probs = append(probs, p...)
		d.past = append(d.past, part...)
	}
	if over := len(d.past) - warmup; over > warmup { // move rarely
		d.past = append(d.past[:0], d.past[over:]...)
	}
	d.rest = append([]float32(nil), all[whole:]...)
	return probs, nil
}

// feed asks for whole frames, from a new child once when there is need.
func (d *detector) feed(ctx context.Context, part []float32) ([]float32, error) {
	probs, err := d.try(ctx, part)
	var crash *CrashError
	if errors.As(err, &crash) {
		d.process.opts.Log.Warn("speech detector crashed; feeding its last seconds again", "error", err)
		return d.try(ctx, part)
	}
	return probs, err
}

func (d *detector) try(ctx context.Context, part []float32) ([]float32, error) {
	c, err := d.process.running(ctx)
	if err != nil {
		return nil, err
	}
	if c != d.child {
		// Also after a call that was cut short: nobody knows what was heard.
		if _, err := d.ask(ctx, c, askReset, nil); err != nil {
			return nil, err
		}
		if past := d.past[max(0, len(d.past)-warmup):]; len(past) > 0 {
			if _, err := d.ask(ctx, c, askFeed, past); err != nil {
				return nil, err
			}
		}
	}
	d.child = nil
	f, err := d.ask(ctx, c, askFeed, part)
	if err != nil {
		return nil, err
	}
	probs, err := floats(f.payload)
	if err != nil {
		return nil, err
	}
	if len(probs) != len(part)/transcribe.DetectorFrame {
		return nil, errors.New("speech detector: it answered for another number of frames than it was given")
	}
	for _, p := range probs {
		if math.IsNaN(float64(p)) {
			return nil, errors.New("speech detector: a probability that is no number; is the sound one?")
		}
	}
	d.child = c
	return probs, nil
}

func (d *detector) ask(ctx context.Context, c *child, k kind, pcm []float32) (frame, error) {
	return c.call(ctx, d.process.calls.Add(1), k, packStream(d.stream, pcm), d.process.hangAfter())
}

// Reset begins a new stream.
func (d *detector) Reset(context.Context) error {
	d.child, d.past, d.rest = nil, nil, nil // the child is reset by the next Feed
	return nil
}

// Close gives the stream back to the child.
func (d *detector) Close() error {
	c := d.child
	d.child = nil
	if c == nil || c.ended() {
		return nil
	}
	_, err := d.ask(context.Background(), c, askClose, nil)
	return err
}
