package tape

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"bienban/audio"
	"bienban/transcribe"
)

// Rate is the sound's, in Hz.
const Rate = transcribe.SampleRate

// Part is a stretch of sound that comes again and again.
type Part struct {
	Name   string
	Speech bool
	PCM    []int16
	Result transcribe.Result // what Whisper heard in it; word times in seconds of the part
}

// Tape is parts in turn, again and again.
type Tape struct {
	Parts []Part // one round
	round int64
}

// Placed is a part at its place.
type Placed struct {
	*Part
	Round    int64
	From, To int64 // in samples of the tape
}

// Lengths of the parts that are not speech, in seconds. The pauses are of
// different lengths, so that text is committed at different places of the
// detector's frames.
const (
	shortPause = 7.31
	longPause  = 41.17
	applause   = 23.5
	music      = 29.75
)

// New makes a tape of a sample of speech.
func New(sample Part) *Tape {
	sample.Speech = true
	t := &Tape{Parts: []Part{
		sample,
		{Name: "pause", PCM: room(1, samples(shortPause))},
		{Name: "applause", PCM: clapping(2, samples(applause))},
		sample,
		{Name: "long pause", PCM: room(3, samples(longPause))},
		{Name: "music", PCM: plucked(4, samples(music))},
		{Name: "pause", PCM: room(5, samples(shortPause/2))},
	}}
	for _, p := range t.Parts {
		t.round += int64(len(p.PCM))
	}
	return t
}

func samples(seconds float64) int { return int(seconds * Rate) }

// Sample reads the sample meeting's sound.
func Sample(ctx context.Context, file string) ([]int16, error) {
	src, err := audio.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if f := src.Format(); f.Channels != 1 || f.Rate != Rate {
		return nil, fmt.Errorf("%s: %d channels at %d Hz; one at %d Hz is needed, so that a capture changes no sample", file, f.Channels, f.Rate, Rate)
	}
	var out []int16
	buf := make([]float32, Rate)
	for {
		n, err := src.Read(ctx, buf)
		for _, v := range buf[:n] {
			out = append(out, toInt16(v))
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Walk calls f for each part up to end (in samples), cut there, in order.
func (t *Tape) Walk(end int64, f func(Placed)) {
	at := int64(0)
	for round := int64(0); at < end; round++ {
		for i := range t.Parts {
			if at >= end {
				return
			}
			to := min(at+int64(len(t.Parts[i].PCM)), end)
			f(Placed{Part: &t.Parts[i], Round: round, From: at, To: to})
			at = to
		}
	}
}

// Round is the length of one round in samples.
func (t *Tape) Round() int64 { return t.round }

// Reader plays the tape up to end (in samples) as signed 16-bit little-endian.
func (t *Tape) Reader(end int64) io.Reader { return &player{t: t, left: end} }

type player struct {
	t    *Tape
	left int64
	part int
	at   int
	buf  [2 * Rate / 10]byte
	rest []byte
}

func (p *player) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		if p.left == 0 {
			return 0, io.EOF
		}
		if p.at == len(p.t.Parts[p.part].PCM) {
			p.part, p.at = (p.part+1)%len(p.t.Parts), 0
		}
		pcm := p.t.Parts[p.part].PCM[p.at:]
		pcm = pcm[:min(int64(len(pcm)), int64(len(p.buf)/2), p.left)]
		for i, v := range pcm {
			binary.LittleEndian.PutUint16(p.buf[2*i:], uint16(v))
		}
		p.at += len(pcm)
		p.left -= int64(len(pcm))
		p.rest = p.buf[:2*len(pcm)]
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
