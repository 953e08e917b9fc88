package capture

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"bienban/audio"
	"bienban/audio/device"
	"bienban/audio/record"
)

// Input delivers frames. It is for one goroutine at a time.
type Input interface {
	Name() string
	Format() record.Format
	// Read fills dst with whole frames, and tells how many were lost in front of them. io.EOF is the end, an
	// *audio.DamageError the end of what could be read; other errors but ctx's mean that the device is gone.
	Read(ctx context.Context, dst []float32) (frames int, lost int64, err error)
	Close() error
}

// Source is where the audio comes from.
type Source struct {
	Name string
	Open func(ctx context.Context) (Input, error)
	// Live says that it is a device: it cannot wait, may go away, and is opened again then.
	Live bool
	// Block is how many frames are asked for at once.
	Block func(rate int) int
}

const blocksPerSecond = 50 // of a device or a file at the pace of real time: 20 ms

func shortBlock(rate int) int { return max(1, rate/blocksPerSecond) }
func longBlock(rate int) int  { return max(1, rate/10) }

// openWait is how long opening a device may take; looking for all devices takes up to a second each time.
const openWait = 15 * time.Second

// Device is a sound device.
func Device(w device.Want) Source {
	type result struct {
		s   *device.Stream
		err error
	}
	var pending chan result // of an opening that was not waited for: a driver that hangs must not hang capture
	open := func(ctx context.Context) (Input, error) {
		if pending == nil {
			ch := make(chan result, 1)
			go func() {
				s, err := device.Open(w)
				ch <- result{s, err}
			}()
			pending = ch
		}
		t := time.NewTimer(openWait)
		defer t.Stop()
		select {
		case r := <-pending:
			pending = nil
			if r.err != nil {
				return nil, r.err
			}
			return deviceInput{r.s}, nil
		case <-t.C:
			return nil, fmt.Errorf("%w: its driver does not answer", device.ErrGone)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return Source{Name: w.Device, Live: true, Block: shortBlock, Open: open}
}

type deviceInput struct{ *device.Stream }

func (d deviceInput) Format() record.Format {
	return record.Format{Rate: d.Rate(), Channels: d.Channels(), Bits: d.Bits()}
}

// File is a recording that audio.Open reads, as fast as it can be stored or at the pace of real time.
func File(path string, realtime bool) Source { return Repeated(path, realtime, 0) }

// Repeated is File that is begun anew when it ends, after some seconds of silence, until it has lasted for a length.
func Repeated(path string, realtime bool, length time.Duration) Source {
	s := Source{Name: filepath.Base(path), Block: longBlock}
	if realtime {
		s.Block = shortBlock
	}
	once := func(ctx context.Context) (Input, error) {
		src, err := audio.Open(ctx, path)
		if err != nil {
			return nil, err
		}
		return &fileInput{src: src, name: s.Name}, nil
	}
	s.Open = func(ctx context.Context) (Input, error) {
		in, err := once(ctx)
		if err != nil {
			return nil, err
		}
		if length > 0 {
			in = &repeated{Input: in, open: once, length: int64(length.Seconds() * float64(in.Format().Rate))}
		}
		if realtime {
			in = &paced{Input: in}
		}
		return in, nil
	}
	return s
}

type fileInput struct {
	src  audio.Source
	name string
}

func (f *fileInput) Name() string { return f.name }
func (f *fileInput) Close() error { return f.src.Close() }

// Format keeps 16 bits for what has no more.
func (f *fileInput) Format() record.Format {
	a := f.src.Format()
	r := record.Format{Rate: a.Rate, Channels: a.Channels, Bits: 16}
	if a.Bits > 16 || a.Encoding == "float" {
		r.Bits = 24
	}
	return r
}

func (f *fileInput) Read(ctx context.Context, dst []float32) (int, int64, error) {
	n, err := f.src.Read(ctx, dst)
	return n, 0, err
}

// paced gives frames when they would be heard.
type paced struct {
	Input
	start  time.Time
	frames int64
}

func (p *paced) Read(ctx context.Context, dst []float32) (int, int64, error) {
	n, lost, err := p.Input.Read(ctx, dst)
	if n == 0 {
		return n, lost, err
	}
	if p.start.IsZero() {
		p.start = time.Now()
	}
	p.frames += int64(n)
	// The last frame of a block is heard when the block's time is over.
	rate := int64(p.Format().Rate)
	due := p.start.Add(time.Duration(p.frames/rate)*time.Second + time.Duration(p.frames%rate)*time.Second/time.Duration(rate))
	if d := time.Until(due); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return 0, 0, ctx.Err() // it was not heard yet
		}
	}
	return n, lost, err
}
