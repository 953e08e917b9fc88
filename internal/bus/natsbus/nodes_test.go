package natsbus

import (
	"context"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/bus/bustest"
)

// TestAClusterGoesOnWithoutOneServer takes each server away in turn, the
// streams' leaders among them.
func TestAClusterGoesOnWithoutOneServer(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	b := c.Connect(t, bustest.Limits{}).(*Bus)
	defer b.Close()
	bustest.Eventually(t, "ready", b.Ready)
	r, err := b.ReadAudio(t.Context(), "r", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	publish := func(count int) {
		t.Helper()
		for range count {
			bustest.Eventually(t, "publish", func(ctx context.Context) error { return b.PublishAudio(ctx, bustest.Chunk("r", n)) })
			n++
		}
	}
	read := 0
	follow := func() {
		t.Helper()
		for ; read < n; read++ {
			var k bus.Chunk
			bustest.Eventually(t, "read", func(ctx context.Context) (err error) { k, err = r.Next(ctx); return err })
			if k.First != int64(read)*bustest.Frames {
				t.Fatalf("got sample %d, want chunk %d", k.First, read)
			}
		}
	}
	publish(5)
	follow()
	for i := range c.servers {
		c.servers[i].Shutdown()
		begin := time.Now()
		publish(5)
		t.Logf("without server %d: went on after %v", i, time.Since(begin).Round(time.Millisecond))
		follow()
		c.startOne(t, i)
		bustest.Eventually(t, "the stream has three copies again", func(ctx context.Context) error {
			s, err := b.js.Stream(ctx, "AUDIO_r")
			if err != nil {
				return err
			}
			for _, p := range s.CachedInfo().Cluster.Replicas {
				if !p.Current || p.Offline {
					return context.DeadlineExceeded
				}
			}
			return nil
		})
	}
}
