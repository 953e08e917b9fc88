package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"bienban/audio"
	"bienban/internal/measure"
)

// joined is the clips of a collection one after the other.
type joined struct {
	pcm       []float32 // at audio.SpeechRate
	reference string
	ends      []float64 // where each clip's last sound ends, in seconds
}

// between is the silence between two clips, in samples: as between two speakers
// who wait for each other.
const between = audio.SpeechRate * 12 / 10

// join reads the clips of a collection (measure.Clips) that are in a language
// and of which it is known what is said.
func join(ctx context.Context, dir, language string) (*joined, error) {
	clips, err := measure.Clips(dir)
	if err != nil {
		return nil, err
	}
	j := &joined{}
	var said []string
	for _, c := range clips {
		if c.Language != language || c.Reference == "-" {
			continue
		}
		pcm, err := read(ctx, c.File)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		if len(j.pcm) > 0 {
			j.pcm = append(j.pcm, make([]float32, between)...)
		}
		j.ends = append(j.ends, float64(len(j.pcm)+lastSound(pcm))/audio.SpeechRate)
		j.pcm = append(j.pcm, pcm...)
		said = append(said, c.Reference)
	}
	if said == nil {
		return nil, fmt.Errorf("%s: no clip in %q with what is said in it", dir, language)
	}
	j.reference = strings.Join(said, "\n")
	return j, nil
}

func read(ctx context.Context, path string) ([]float32, error) {
	src, err := audio.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	r, err := audio.NewSpeechReader(src, audio.MixOptions{NoEnergies: true})
	if err != nil {
		return nil, err
	}
	var pcm []float32
	buf := make([]float32, audio.SpeechRate)
	for {
		n, err := r.Read(ctx, buf)
		pcm = append(pcm, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return pcm, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Clips are cut by hand, with up to a second of room noise behind the last word.
// It ends where the sound was last loud: three tenths of the way from the quietest
// twentieth of the clip to its loudest, and no more than voiceRange under that (as
// the engine finds pauses, transcribe/whisper/align.go).
const (
	voiceRange = 30                    // dB: speech is rarely more under its own peaks
	frame      = audio.SpeechRate / 50 // samples
)

// lastSound is the end of the last sound, in samples.
func lastSound(pcm []float32) int {
	levels := make([]float64, 0, len(pcm)/frame+1)
	for f := range slices.Chunk(pcm, frame) {
		sum := 1e-11
		for _, v := range f {
			sum += float64(v) * float64(v) / frame
		}
		levels = append(levels, 10*math.Log10(sum))
	}
	if len(levels) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(levels))
	floor, top := sorted[len(sorted)/20], sorted[len(sorted)*19/20]
	least := max(floor+0.3*(top-floor), top-voiceRange)
	for i, level := range slices.Backward(levels) {
		if level >= least {
			return min((i+1)*frame, len(pcm))
		}
	}
	return 0
}

// source plays them.
func (j *joined) source() audio.Source { return &memory{rest: j.pcm, all: int64(len(j.pcm))} }

// memory is sound that is in memory.
type memory struct {
	rest []float32
	all  int64
}

// Format implements audio.Source.
func (m *memory) Format() audio.Format {
	return audio.Format{Rate: audio.SpeechRate, Channels: 1, Frames: m.all, Container: "memory", Encoding: "float", Bits: 32}
}

// Read implements audio.Source.
func (m *memory) Read(ctx context.Context, dst []float32) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if len(m.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(dst, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

// Close implements audio.Source.
func (m *memory) Close() error { return nil }
