package bustest

import (
	"context"
	"testing"
	"time"

	"bienban/internal/bus"
)

// Limits are those of the audio streams that a connection makes.
type Limits struct {
	AudioBytes int64 // 0 = the implementation's default
	Refuse     bool
}

// Hub is one bus under test, empty at first. Connections are closed by the suite.
type Hub interface {
	// Connect gives one more connection.
	Connect(t *testing.T, l Limits) bus.Bus
	// Enqueue puts raw bytes into the queue of finals.
	Enqueue(t *testing.T, b bus.Bus, data []byte)
	// Stop takes the hub away, keeping what it stored; Start brings it back.
	Stop(t *testing.T)
	Start(t *testing.T)
}

// Suite says how to run the tests.
type Suite struct {
	// New makes an empty hub for one test.
	New func(t *testing.T, l Limits) Hub
}

// Run runs the whole suite.
func (s Suite) Run(t *testing.T) {
	s.RunUp(t)
	s.group(t, "outage", outageTests)
}

// RunUp runs what needs no Stop and Start.
func (s Suite) RunUp(t *testing.T) {
	s.group(t, "audio", audioTests)
	s.group(t, "leases", leaseTests)
	s.group(t, "finals", finalTests)
	s.group(t, "notices", noticeTests)
}

func (s Suite) group(t *testing.T, name string, tests []test) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		for _, c := range tests {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, s.New(t, c.limits))
			})
		}
	})
}

type test struct {
	name   string
	limits Limits
	run    func(t *testing.T, h Hub)
}

// wait bounds every step of the suite; machines may be busy.
const wait = 30 * time.Second

// connect gives a connection that is up, closed when the test ends.
func connect(t *testing.T, h Hub, l Limits) bus.Bus {
	t.Helper()
	b := h.Connect(t, l)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	Eventually(t, "ready", func(ctx context.Context) error { return b.Ready(ctx) })
	return b
}

// Context ends with the test, or when the test takes too long.
func Context(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	t.Cleanup(cancel)
	return ctx
}

// Eventually calls f until it returns nil.
func Eventually(t *testing.T, what string, f func(ctx context.Context) error) {
	t.Helper()
	ctx := Context(t)
	for {
		err := f(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: still fails: %v", what, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Frames is the length of a test chunk: 200 ms.
const Frames = 3200

// Chunk makes the chunk number i of a recording; its sound tells its number.
func Chunk(recording string, i int) bus.Chunk {
	c := bus.Chunk{Recording: recording, Seq: uint64(i), First: int64(i) * Frames, Frames: Frames,
		Energies: []float32{0.5, float32(i)}, PCM: make([]int16, Frames)}
	for k := range c.PCM {
		c.PCM[k] = int16(i*7 + k)
	}
	return c
}

// EndOf makes the chunk that ends a recording of n chunks.
func EndOf(recording string, n int) bus.Chunk {
	return bus.Chunk{Recording: recording, Kind: bus.End, Seq: uint64(n), First: int64(n) * Frames}
}

// Final makes the final number i of a recording under an epoch.
func Final(recording string, epoch uint64, i int) bus.Final {
	return bus.Final{Recording: recording, Epoch: epoch, From: int64(i) * 1000, To: int64(i+1) * 1000, Payload: []byte("biên bản, đoạn văn bản cuối")}
}
