package transcribe

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bienban/audio"
)

// sound is what the pipeline hears: audio.SpeechReader.
type sound interface {
	Read(ctx context.Context, pcm []float32) (int, error)
	Energies() []audio.ChannelEnergy
}

// listener reads a sound, asks the detector, and packs windows. It runs ahead
// of decoding by what its channel holds and no more.
type listener struct {
	src    sound
	det    Detector
	pack   *packer
	levels *audio.Levels // nil for one channel
	tail   []float32     // sound before the current read, to warm up a detector that was reset
	total  int64         // samples read
}

// readFrames is how much sound the detector gets at once: about a second, so
// that a call into another process costs little.
const readFrames = 32

// warmUp is how much sound a restarted detector hears again before its word
// counts: its memory fades within a second or two.
const warmUp = 64 * DetectorFrame

// run sends each window to out, in order. It returns what the sound ended
// with: nil at its end, else the error.
func (l *listener) run(ctx context.Context, out chan<- window) error {
	if err := l.det.Reset(ctx); err != nil {
		return fmt.Errorf("speech detector: %w", err)
	}
	buf := make([]float32, readFrames*DetectorFrame)
	for {
		n, err := l.fill(ctx, buf)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if n > 0 {
			if err := l.hear(ctx, buf[:n], out); err != nil {
				return err
			}
		}
		if err != nil {
			// What is whole is transcribed, whatever the end.
			if e := l.send(ctx, l.pack.flush(), out); e != nil {
				return e
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// fill reads until buf is full or the sound ends.
func (l *listener) fill(ctx context.Context, buf []float32) (int, error) {
	n := 0
	for n < len(buf) {
		m, err := l.src.Read(ctx, buf[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (l *listener) hear(ctx context.Context, pcm []float32, out chan<- window) error {
	probs, err := l.feed(ctx, pcm)
	if err != nil {
		return err
	}
	var rows []audio.ChannelEnergy
	if energies := l.src.Energies(); l.levels != nil {
		rows = energies
		l.levels.Add(rows)
	}
	l.total += int64(len(pcm))
	return l.send(ctx, l.pack.push(pcm, probs, rows), out)
}

// feed asks the detector; when it fails it is reset, hears the last seconds
// again and is asked once more.
func (l *listener) feed(ctx context.Context, pcm []float32) ([]float32, error) {
	probs, err := l.det.Feed(ctx, pcm)
	if err != nil && ctx.Err() == nil {
		first := err
		if err = l.det.Reset(ctx); err == nil && len(l.tail) > 0 {
			_, err = l.det.Feed(ctx, l.tail)
		}
		if err == nil {
			probs, err = l.det.Feed(ctx, pcm)
		}
		if err != nil {
			err = fmt.Errorf("%w (and before: %w)", err, first)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("speech detector: %w", err)
	}
	if want := len(pcm) / DetectorFrame; len(probs) != want {
		return nil, fmt.Errorf("speech detector: gave %d probabilities for %d frames", len(probs), want)
	}
	l.tail = append(l.tail, pcm...)
	if drop := len(l.tail) - warmUp; drop > 0 {
		l.tail = append(l.tail[:0], l.tail[drop:]...)
	}
	return probs, nil
}

func (l *listener) send(ctx context.Context, ws []window, out chan<- window) error {
	for i := range ws {
		w := &ws[i]
		w.turns = turnsOf(w.heard, w.rows, l.levels)
		w.rows = nil
		select {
		case out <- *w:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
