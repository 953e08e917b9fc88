package natsbus

import (
	"slices"
	"testing"
	"time"

	"bienban/internal/bus/bustest"
	"bienban/internal/host"
)

// BenchmarkPublish is one chunk of 200 ms to an embedded server that syncs
// before it acknowledges; it prints percentiles and the machine's load.
func BenchmarkPublish(b *testing.B) {
	s, err := StartServer(b.Context(), ServerOptions{Dir: b.TempDir(), Log: quiet()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Shutdown()
	for name, connect := range map[string]func() (*Bus, error){
		"in-process": func() (*Bus, error) { return s.Connect(Options{Log: quiet()}) },
		"loopback":   func() (*Bus, error) { return Dial(Options{AddressFile: s.AddressFile(), Log: quiet()}) },
	} {
		b.Run(name, func(b *testing.B) {
			c, err := connect()
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			for c.Ready(b.Context()) != nil {
				continue
			}
			if err := c.PublishAudio(b.Context(), bustest.Chunk(name, 0)); err != nil {
				b.Fatal(err)
			}
			took := make([]time.Duration, 0, b.N)
			b.ResetTimer()
			for i := range b.N {
				k := bustest.Chunk(name, i+1)
				begin := time.Now()
				if err := c.PublishAudio(b.Context(), k); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begin))
			}
			b.StopTimer()
			slices.Sort(took)
			at := func(q float64) float64 {
				return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
			}
			b.ReportMetric(at(0.5), "p50-ms")
			b.ReportMetric(at(0.99), "p99-ms")
			b.ReportMetric(at(1), "max-ms")
			b.Logf("load %.2f", host.Load())
		})
	}
}

// BenchmarkCatchUp is what a worker reads that begins an hour late.
func BenchmarkCatchUp(b *testing.B) {
	s, err := StartServer(b.Context(), ServerOptions{Dir: b.TempDir(), Log: quiet()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Shutdown()
	c, err := s.Connect(Options{Log: quiet()})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	const n = 2000
	for i := range n {
		if err := c.PublishAudio(b.Context(), bustest.Chunk("r", i)); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(n * bustest.Frames * 2)
	for b.Loop() {
		r, err := c.ReadAudio(b.Context(), "r", 0)
		if err != nil {
			b.Fatal(err)
		}
		for range n {
			if _, err := r.Next(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		if r.Position() != n*bustest.Frames {
			b.Fatal("not all was read")
		}
		_ = r.Close()
	}
	b.ReportMetric(float64(n)*0.2*float64(b.N)/b.Elapsed().Seconds(), "audio-s/s")
}
