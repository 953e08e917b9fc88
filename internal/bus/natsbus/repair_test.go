package natsbus

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bienban/internal/bus/bustest"
)

// A server killed between the two files of a stream's description must neither
// lose the stream nor, worse, take chunks into one that it will lose.
func TestAStreamWhoseChecksumIsMissingOrOldKeepsItsChunks(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(sum string) error{
		"missing": os.Remove,
		"old":     func(sum string) error { return os.WriteFile(sum, []byte("00112233445566778899"), 0o600) },
		"empty":   func(sum string) error { return os.WriteFile(sum, nil, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := bustest.Context(t)
			o := ServerOptions{Dir: filepath.Join(t.TempDir(), "hội trường [1]*")}
			n := 0
			// Twice: the loss shows at the restart after the one that follows the kill.
			for range 2 {
				s := startServer(t, o)
				b := connectTo(t, s, Options{})
				if end, err := b.AudioEnd(ctx, "r"); err != nil || end != int64(n)*bustest.Frames {
					t.Fatalf("the stream ends at %d %v, want %d", end, err, n*bustest.Frames)
				}
				for range 3 {
					if err := b.PublishAudio(ctx, bustest.Chunk("r", n)); err != nil {
						t.Fatal(err)
					}
					n++
				}
				if err := b.PublishFinal(ctx, bustest.Final("r", 1, n)); err != nil {
					t.Fatal(err)
				}
				q, err := b.Finals(ctx)
				if err != nil {
					t.Fatal(err)
				}
				d, err := q.Next(ctx)
				if err != nil || d.Ack(ctx) != nil {
					t.Fatal(err)
				}
				_ = b.Close()
				s.Shutdown()
				streams := filepath.Join(o.Dir, "jetstream", "$G", "streams")
				for _, sum := range []string{filepath.Join(streams, "AUDIO_r", "meta.sum"), filepath.Join(streams, "FINALS", "meta.sum"), filepath.Join(streams, "FINALS", "obs", "ingest", "meta.sum")} {
					if err := spoil(sum); err != nil {
						t.Fatal(err)
					}
				}
			}
			b := connectTo(t, startServer(t, o), Options{})
			r, err := b.ReadAudio(ctx, "r", 0)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for i := range n {
				if c, err := r.Next(ctx); err != nil || c.First != int64(i)*bustest.Frames {
					t.Fatalf("chunk %d: %d %v", i, c.First, err)
				}
			}
		})
	}
}

func TestADescriptionOfAnotherStreamIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := filepath.Join(dir, "jetstream", "$G", "streams", "AUDIO_r")
	if err := os.MkdirAll(at, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "meta.inf"), []byte(`{"name":"AUDIO_other"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := repairMeta(dir, quiet()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(at, "meta.sum")); err == nil {
		t.Error("it was vouched for")
	}
}

func TestACallUnderWayWhenTheHubDiesIsToldAtOnce(t *testing.T) {
	t.Parallel()
	h := newEmbedded(t)
	b, err := Dial(Options{AddressFile: h.s.AddressFile(), Timeout: 20 * time.Second, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	bustest.Eventually(t, "ready", b.Ready)
	done := make(chan time.Duration, 1)
	go func() {
		for {
			begin := time.Now()
			if b.PublishAudio(t.Context(), bustest.Chunk("r", 0)) != nil {
				done <- time.Since(begin)
				return
			}
		}
	}()
	h.Stop(t)
	if d := <-done; d > 5*time.Second {
		t.Errorf("it waited %v for an answer that could not come", d)
	}
}
