package capture

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/fault"
)

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

// rawStall is how long a stream may deliver nothing, and be that far behind the clock, before that is a gap: as long as a
// device may.
const rawStall = 2 * time.Second

// errStalled says that a stream goes on and delivers nothing. Its Input is waited for; it need not be opened again.
var errStalled = errors.New("standard input delivers nothing")

// stalling is an input that can say errStalled.
type stalling interface {
	// Wait returns when there is something to read again, or an end; its error is ctx's.
	Wait(ctx context.Context) error
}

// Raw reads samples without a header from a stream, whose end is the recording's end. A stream that comes faster than
// sound does may rest; one that falls behind the clock while nothing comes has stalled.
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
		in := &rawInput{format: f, enc: enc, data: make(chan []byte, 4), start: time.Now()}
		go in.read(r)
		// A hall's recording begins when it is told to, also when its sound does not come yet.
		switch err := in.more(ctx); {
		case errors.Is(err, errStalled):
		case errors.Is(err, io.EOF):
			return nil, fault.New(fault.Invalid, "standard input: there is nothing in it")
		case err != nil:
			return nil, err
		}
		return in, in.marked()
	}}, nil
}

type rawInput struct {
	format record.Format
	enc    Encoding
	data   chan []byte
	err    error // why data was closed
	rest   []byte
	frames int64
	start  time.Time // when it was opened
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

// marked refuses a stream that begins with a file's mark: it is no raw sound, and recording it as such would be noise and
// not be noticed.
func (in *rawInput) marked() error {
	if in.frames > 0 {
		return nil
	}
	for _, mark := range []string{"RIFF", "RF64", "fLaC", "OggS", "ID3"} {
		if len(in.rest) >= len(mark) && string(in.rest[:len(mark)]) == mark {
			return fault.New(fault.Invalid, "standard input: it is an audio file, not raw samples: give it as --input FILE")
		}
	}
	return nil
}

// more waits for data, until that is a stall.
func (in *rawInput) more(ctx context.Context) error {
	behind := time.Since(in.start) - time.Duration(float64(in.frames)/float64(in.format.Rate)*float64(time.Second))
	t := time.NewTimer(max(rawStall, rawStall-behind))
	defer t.Stop()
	select {
	case b, ok := <-in.data:
		return in.got(b, ok)
	case <-t.C:
		return errStalled
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (in *rawInput) got(b []byte, ok bool) error {
	if !ok {
		return in.err
	}
	in.rest = append(in.rest, b...)
	return nil
}

// Wait implements stalling.
func (in *rawInput) Wait(ctx context.Context) error {
	select {
	case b, ok := <-in.data:
		_ = in.got(b, ok) // an end is Read's to tell
		// What did not come is a gap now; from here on the stream is measured anew.
		in.start = time.Now().Add(-time.Duration(float64(in.frames) / float64(in.format.Rate) * float64(time.Second)))
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
		case ctx.Err() != nil, errors.Is(err, errStalled):
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
	if err := in.marked(); err != nil { // it began late
		return 0, 0, err
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
