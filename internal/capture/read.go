package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"bienban/audio"
	"bienban/audio/device"
	"bienban/audio/meter"
	"bienban/audio/record"
)

// Times of looking for a device that is gone, and of what is noted now and then.
const (
	retryFirst = 250 * time.Millisecond
	retryMost  = 5 * time.Second
	driftEvery = 10 * time.Minute
	// sleptLeast is the shortest sleep that is told from the error of two clocks that are read one after the other.
	sleptLeast = 100 * time.Millisecond
)

// read takes what the input gives until it ends, and looks for a device again that is gone.
func (c *capture) read(ctx context.Context) error {
	for {
		if c.in == nil {
			if err := c.reopen(ctx); err != nil {
				return err
			}
		}
		err := c.pump(ctx)
		var damage *audio.DamageError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errStalled):
			if err := c.await(ctx, err); err != nil {
				return err
			}
			continue
		case errors.Is(err, record.ErrClosed), errors.Is(err, record.ErrDiskFull), errors.Is(err, io.EOF), errors.As(err, &damage):
			return err
		case !c.cfg.Source.Live:
			return err
		}
		c.lost(err)
	}
}

// lost marks the place where a device went away.
func (c *capture) lost(err error) {
	c.missing(err, time.Now())
	c.say("%v; looking for it", "%v; đang tìm lại", err)
	c.closeInput()
}

// missing begins a gap.
func (c *capture) missing(err error, since time.Time) {
	_ = c.rec.Gap(err.Error()) // one that is closed says so at the next Append
	c.mu.Lock()
	c.gone, c.goneAt = err.Error(), since
	c.gaps++
	c.levels = nil
	c.mu.Unlock()
}

// await marks the place where an input stalled, and waits until it goes on.
func (c *capture) await(ctx context.Context, err error) error {
	in, ok := c.in.(stalling)
	if !ok {
		return err
	}
	c.missing(err, time.Now().Add(-rawStall))
	c.say("%v; waiting for it", "%v; đang chờ", err)
	if err := in.Wait(ctx); err != nil {
		return err
	}
	c.mu.Lock()
	goneFor := time.Since(c.goneAt)
	c.gapSum += goneFor
	c.gone = ""
	c.mu.Unlock()
	c.say("%s goes on after %.1f s", "%s có tín hiệu trở lại sau %.1f giây", c.in.Name(), goneFor.Seconds())
	return c.rec.Remark("capture", fmt.Sprintf("%s goes on after %.1f s", c.in.Name(), goneFor.Seconds()), nil)
}

// reopen tries again and again, ever more slowly.
func (c *capture) reopen(ctx context.Context) error {
	for wait := retryFirst; ; wait = min(2*wait, retryMost) {
		in, err := c.cfg.Source.Open(ctx)
		if err == nil {
			return c.back(in)
		}
		if errors.Is(err, device.ErrNotBuilt) {
			return err
		}
		if st := c.rec.Status(); st.Ended != "" {
			return fmt.Errorf("%w: %s", record.ErrClosed, st.Ended)
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
	}
}

// back goes on with a device that was found again, which may have another format now.
func (c *capture) back(in Input) error {
	c.in = in
	f := in.Format()
	c.mu.Lock()
	same, goneFor := f == c.format, time.Since(c.goneAt)
	c.gapSum += goneFor
	c.gone, c.device = "", in.Name()
	c.drift = device.Drift{Rate: f.Rate}
	c.mu.Unlock()
	if !same {
		if err := c.use(f); err != nil {
			return err
		}
		if err := c.rec.SetFormat(f); err != nil {
			return err
		}
		c.say("%s delivers %d channel(s) at %d Hz, %d bits now", "%s nay cho %d kênh, %d Hz, %d bit", in.Name(), f.Channels, f.Rate, f.Bits)
	}
	c.say("%s is back after %.1f s", "%s đã có lại sau %.1f giây", in.Name(), goneFor.Seconds())
	return c.rec.Device(in.Name(), fmt.Sprintf("connected again after %.1f s", goneFor.Seconds()))
}

// pump passes frames from the input to meters and recorder until one of them ends.
func (c *capture) pump(ctx context.Context) error {
	f := c.in.Format()
	buf := make([]float32, c.cfg.Source.Block(f.Rate)*f.Channels)
	start, slept := time.Now(), suspended()
	for {
		n, lost, err := c.in.Read(ctx, buf)
		if s := suspended(); c.cfg.Source.Live && s-slept >= sleptLeast {
			// The device stood still with the machine; its frames go on as if nothing had been.
			away := s - slept
			slept = s
			lost += int64(away.Seconds() * float64(f.Rate))
			_ = c.rec.Remark("capture", fmt.Sprintf("the machine slept for %.1f s", away.Seconds()), nil)
			c.say("the machine slept for %.1f s: nothing was captured meanwhile", "máy đã ngủ %.1f giây: trong lúc đó không ghi được gì", away.Seconds())
		}
		if lost > 0 {
			c.dropped(lost)
		}
		if n > 0 {
			frames := buf[:n*f.Channels]
			if err := c.take(ctx, frames, n); err != nil {
				return err
			}
			if c.cfg.Source.Live {
				c.clock(int64(n), time.Since(start))
			}
		}
		if err != nil {
			return err
		}
	}
}

// take measures and records a block. It counts as captured once it has its place in the recording: a closed part that
// begins after it was counted begins behind it.
func (c *capture) take(ctx context.Context, frames []float32, n int) error {
	now := time.Now()
	c.mu.Lock()
	c.meter.Add(frames, func(l meter.Levels) {
		c.levels = &l
		c.heard(c.machine.Levels(l, now))
	})
	c.mu.Unlock()
	var err error
	if c.cfg.Source.Live {
		err = c.rec.Append(frames)
	} else if err = c.rec.AppendWait(ctx, frames); ctx.Err() != nil {
		err = ctx.Err() // the frames were taken
	}
	if err == nil || ctx.Err() != nil {
		c.mu.Lock()
		c.captured += float64(n) / float64(c.format.Rate)
		c.mu.Unlock()
	}
	return err
}

// dropped marks frames that the device did not deliver.
func (c *capture) dropped(frames int64) {
	_ = c.rec.Lost(frames)
	c.mu.Lock()
	c.overflows++
	c.drift = device.Drift{Rate: c.format.Rate}
	c.mu.Unlock()
}

// clock measures the device's clock, and notes it now and then.
func (c *capture) clock(frames int64, at time.Duration) {
	c.mu.Lock()
	c.drift.Add(frames, at)
	ppm, known := c.drift.PPM()
	due := known && time.Since(c.driftTold) >= driftEvery
	if due {
		c.driftTold = time.Now()
	}
	c.mu.Unlock()
	if due {
		_ = c.rec.Drift(ppm, "the device's clock against the machine's, since it was opened")
	}
}
