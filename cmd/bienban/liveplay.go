package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"bienban/audio/device"
	"bienban/internal/capture"
	"bienban/internal/fault"
)

// playSeconds is how much is played back.
const playSeconds = 10

// errNoPlayer says that nothing here can make sound.
var errNoPlayer = errors.New("neither a sound output nor a player (aplay, paplay) is here")

// lastSeconds reads the newest seconds of a recording from the disk: through the
// capture that runs on it, which knows its microphones, else by itself.
func lastSeconds(ctx context.Context, dir string) (capture.Audio, []byte, error) {
	c, err := capture.Connect(ctx, dir)
	if err == nil {
		defer c.Close()
		var a capture.Audio
		var pcm []byte
		if a, pcm, err = c.Last(ctx, playSeconds); err == nil {
			return a, pcm, nil
		}
	}
	if fault.CodeOf(err) != fault.Unavailable {
		return capture.Audio{}, nil, err
	}
	return capture.ReadLast(ctx, dir, playSeconds)
}

// play makes sound of one channel of 16-bit samples, and returns when it has
// sounded or ctx ends.
func play(ctx context.Context, rate int, pcm []byte) error {
	samples := make([]int16, len(pcm)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(pcm[2*i:]))
	}
	err := device.Play(ctx, rate, samples)
	if err == nil || ctx.Err() != nil {
		return nil //nolint:nilerr // who listened has heard enough
	}
	for _, p := range [][]string{
		{"aplay", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", strconv.Itoa(rate), "-"},
		{"paplay", "--raw", "--format=s16le", "--channels=1", "--rate=" + strconv.Itoa(rate)},
	} {
		path, missing := exec.LookPath(p[0])
		if missing != nil {
			continue
		}
		c := exec.CommandContext(ctx, path, p[1:]...)
		in, failed := c.StdinPipe()
		if failed == nil {
			failed = c.Start()
		}
		if failed == nil {
			_, _ = in.Write(pcm) // a player that dies says so by its exit
			_ = in.Close()
			failed = c.Wait()
		}
		if failed == nil || ctx.Err() != nil {
			return nil //nolint:nilerr // as above
		}
		err = fmt.Errorf("%w; %s: %w", err, p[0], failed)
	}
	if errors.Is(err, device.ErrNoOutput) || errors.Is(err, device.ErrNotBuilt) {
		return fmt.Errorf("%w (%w)", errNoPlayer, err)
	}
	return err
}

// liveSaid is how playing goes: what is heard, its end (done), or why not.
type liveSaid struct {
	audio capture.Audio
	done  bool
	err   error
}

// livePlayer plays back beside the view, one stretch at a time.
type livePlayer struct {
	said chan liveSaid
	end  context.CancelFunc // of what is being played
	over chan struct{}
}

// playWait bounds the reading: a disk that hangs must not hold the key.
const playWait = 8 * time.Second

// toggle plays, or stops what is being played.
func (p *livePlayer) toggle(ctx context.Context, v *liveView) {
	if p.end != nil {
		select {
		case <-p.over:
		default:
			p.end()
			return
		}
	}
	dir := v.folder()
	ctx, p.end = context.WithCancel(ctx)
	over := make(chan struct{})
	p.over = over
	go func() {
		defer close(over)
		tell := func(s liveSaid) {
			select {
			case p.said <- s:
			case <-ctx.Done():
				if s.done { // stopped by the key: the view must know
					select {
					case p.said <- s:
					default:
					}
				}
			}
		}
		read, stop := context.WithTimeout(ctx, playWait)
		audio, pcm, err := lastSeconds(read, dir)
		stop()
		if err != nil {
			tell(liveSaid{done: true, err: err})
			return
		}
		tell(liveSaid{audio: audio})
		tell(liveSaid{audio: audio, done: true, err: play(ctx, audio.Rate, pcm)})
	}()
}

// stop ends what is being played.
func (p *livePlayer) stop() {
	if p.end != nil {
		p.end()
		<-p.over
	}
}
