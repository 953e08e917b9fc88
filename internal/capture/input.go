package capture

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"time"

	"bienban/audio"
	"bienban/audio/device"
	"bienban/audio/record"
	"bienban/internal/fault"
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
func File(path string, realtime bool) Source {
	s := Source{Name: filepath.Base(path), Block: longBlock}
	if realtime {
		s.Block = shortBlock
	}
	s.Open = func(ctx context.Context) (Input, error) {
		src, err := audio.Open(ctx, path)
		if err != nil {
			return nil, err
		}
		return &fileInput{src: src, name: s.Name, realtime: realtime}, nil
	}
	return s
}

type fileInput struct {
	src      audio.Source
	name     string
	realtime bool
	start    time.Time
	frames   int64
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
	if !f.realtime || n == 0 {
		return n, 0, err
	}
	if f.start.IsZero() {
		f.start = time.Now()
	}
	f.frames += int64(n)
	// The last frame of a block is heard when the block's time is over.
	rate := int64(f.src.Format().Rate)
	due := f.start.Add(time.Duration(f.frames/rate)*time.Second + time.Duration(f.frames%rate)*time.Second/time.Duration(rate))
	if d := time.Until(due); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return 0, 0, ctx.Err() // it was not heard yet
		}
	}
	return n, 0, err
}

// Encoding is how raw samples are written, little-endian and interleaved.
type Encoding string

// The encodings of raw samples.
const (
	S16 Encoding = "s16le"
	S24 Encoding = "s24le"
	F32 Encoding = "f32le"
)

func (e Encoding) size() int {
	switch e {
	case S16:
		return 2
	case S24:
		return 3
	}
	return 4
}

// Raw reads samples without a header from a stream, whose end is the recording's end.
func Raw(r io.Reader, rate, channels int, enc Encoding) (Source, error) {
	f := record.Format{Rate: rate, Channels: channels, Bits: 24}
	switch enc {
	case S16:
		f.Bits = 16
	case S24, F32:
	default:
		return Source{}, fault.New(fault.Invalid, "raw samples: no encoding %q; there are s16le, s24le and f32le", enc)
	}
	return Source{Name: "standard input", Block: shortBlock, Open: func(ctx context.Context) (Input, error) {
		in := &rawInput{format: f, enc: enc, data: make(chan []byte, 4)}
		go in.read(r)
		// What begins with a file's mark is no raw sound: recording it as such would be noise, and not be noticed.
		if err := in.more(ctx); err != nil {
			if errors.Is(err, io.EOF) {
				return nil, fault.New(fault.Invalid, "standard input: there is nothing in it")
			}
			return nil, err
		}
		for _, mark := range []string{"RIFF", "RF64", "fLaC", "OggS", "ID3"} {
			if len(in.rest) >= len(mark) && string(in.rest[:len(mark)]) == mark {
				return nil, fault.New(fault.Invalid, "standard input: it is an audio file, not raw samples: give it as --input FILE")
			}
		}
		return in, nil
	}}, nil
}

type rawInput struct {
	format record.Format
	enc    Encoding
	data   chan []byte
	err    error // why data was closed
	rest   []byte
	frames int64
}

// read hands on what comes, in a goroutine that ends with the stream: a read of a pipe cannot be interrupted.
func (in *rawInput) read(r io.Reader) {
	defer close(in.data)
	for {
		buf := make([]byte, 32<<10)
		n, err := r.Read(buf)
		if n > 0 {
			in.data <- buf[:n]
		}
		if err != nil {
			in.err = err
			return
		}
	}
}

func (in *rawInput) more(ctx context.Context) error {
	select {
	case b, ok := <-in.data:
		if !ok {
			return in.err
		}
		in.rest = append(in.rest, b...)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (in *rawInput) Name() string          { return "standard input" }
func (in *rawInput) Format() record.Format { return in.format }
func (in *rawInput) Close() error          { return nil }

func (in *rawInput) Read(ctx context.Context, dst []float32) (int, int64, error) {
	size := in.enc.size() * in.format.Channels
	for len(in.rest) < size {
		err := in.more(ctx)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return 0, 0, err
		case errors.Is(err, io.EOF) && len(in.rest) == 0:
			return 0, 0, io.EOF
		case errors.Is(err, io.EOF):
			return 0, 0, &audio.DamageError{Path: "standard input", Frame: in.frames,
				Reason: fmt.Sprintf("it ends within a frame (%d bytes are left over): check --channels and --bits", len(in.rest))}
		default:
			return 0, 0, &audio.DamageError{Path: "standard input", Frame: in.frames, Reason: err.Error()}
		}
	}
	n := min(len(in.rest)/size, len(dst)/in.format.Channels)
	in.decode(dst[:n*in.format.Channels], in.rest)
	in.rest = in.rest[n*size:]
	in.frames += int64(n)
	return n, 0, nil
}

func (in *rawInput) decode(dst []float32, b []byte) {
	if in.enc == F32 {
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return
	}
	record.DecodePCM(dst[:0], b[:len(dst)*in.enc.size()], in.format.Bits)
}
