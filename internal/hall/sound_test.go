package hall_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bienban/audio"
	"bienban/internal/bus"
	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// patience is how long a test waits for what must come: reached only when it does not.
const patience = 2 * time.Minute

const (
	rate     = bus.SampleRate
	demoFile = "../../internal/casefile/cases/council-demo/mixer.flac"
	decodes  = "testdata/council-demo.decodes.json"
)

// demoChunks is the sample meeting as capture publishes it.
var demoChunks = sync.OnceValues(func() ([]bus.Chunk, error) {
	src, err := audio.Open(context.Background(), demoFile)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	mix, err := audio.NewSpeechReader(src, audio.MixOptions{})
	if err != nil {
		return nil, err
	}
	var out []bus.Chunk
	var rows []audio.ChannelEnergy
	buf := make([]float32, rate/5)
	for at := int64(0); ; {
		n := 0
		for n < len(buf) && err == nil {
			var m int
			m, err = mix.Read(context.Background(), buf[n:])
			n += m
		}
		rows = append(rows, mix.Energies()...)
		if n > 0 {
			c := bus.Chunk{Kind: bus.Audio, Seq: uint64(len(out)), First: at, Frames: int64(n)}
			for _, v := range buf[:n] {
				c.PCM = append(c.PCM, int16(max(math.MinInt16, min(math.MaxInt16, math.RoundToEven(float64(v)*(1<<15))))))
			}
			c.Energies = make([]float32, src.Format().Channels)
			k := 0
			for len(rows) > 0 && rows[0].Start < c.End() {
				for i, v := range rows[0].RMS {
					c.Energies[i] += v * v
				}
				rows, k = rows[1:], k+1
			}
			for i := range c.Energies {
				c.Energies[i] /= float32(max(k, 1))
			}
			out = append(out, c)
			at = c.End()
		}
		if errors.Is(err, io.EOF) {
			return append(out, bus.Chunk{Kind: bus.End, Seq: uint64(len(out)), First: at}), nil
		}
		if err != nil {
			return nil, err
		}
	}
})

// demo is those chunks under a recording's name.
func demo(t testing.TB, recording string) []bus.Chunk {
	t.Helper()
	all, err := demoChunks()
	if err != nil {
		t.Fatal(err)
	}
	out := append([]bus.Chunk(nil), all...)
	for i := range out {
		out[i].Recording = recording
	}
	return out
}

// recordedEngine replays what Whisper base answered.
func recordedEngine(t testing.TB) transcribe.Engine {
	t.Helper()
	f, err := os.Open(filepath.FromSlash(decodes))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := transcribetest.ReadRecording(f)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Engine(nil)
}
