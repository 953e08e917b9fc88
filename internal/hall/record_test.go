//go:build whisper

package hall_test

import (
	"context"
	"flag"
	"os"
	"testing"

	"bienban/internal/bus"
	"bienban/models"
	"bienban/transcribe/live"
	"bienban/transcribe/transcribetest"
	"bienban/transcribe/whisper"
)

var again = flag.Bool("update", false, "ask Whisper again what it hears in the sample meeting")

// TestMain lets this binary be the engine's process.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "engine" {
		if err := engineProcess(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestTheRecordedAnswersAreWhispers makes the recording that the other tests
// replay; without -update it only says where it comes from.
func TestTheRecordedAnswersAreWhispers(t *testing.T) {
	if !*again {
		t.Skip("run with -update to ask again")
	}
	catalogue, err := models.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	m, err := catalogue.Find("base")
	if err != nil {
		t.Fatal(err)
	}
	path, err := models.NewStore(os.Getenv("BIENBAN_MODELS")).Path(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	eng, err := whisper.Start(t.Context(), whisper.Options{Model: path})
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	rec := transcribetest.NewRecorder(eng)
	c := live.New(rec, transcribetest.Loud{}, live.Options{Language: "en", NoProvisional: true}, func(e live.Event) error {
		t.Log(e.FromSample, e.ToSample, e.Text)
		return nil
	})
	for _, k := range demo(t, "r") {
		if k.Kind != bus.Audio {
			continue
		}
		if err := c.Feed(t.Context(), soundOf(k), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(decodes)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := rec.Recording().Write(f); err != nil {
		t.Fatal(err)
	}
}

func engineProcess() error {
	return whisper.ChildMain(context.Background(), os.Args[2:], os.Stdin, os.Stdout)
}

func soundOf(k bus.Chunk) live.Chunk {
	out := live.Chunk{From: k.First, PCM: make([]float32, len(k.PCM))}
	for i, v := range k.PCM {
		out.PCM[i] = float32(v) / 32768
	}
	return out
}
