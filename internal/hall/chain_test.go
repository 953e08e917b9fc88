package hall_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bienban/internal/bus"
	"bienban/internal/bus/membus"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

// mortal is a process that can be killed: from then on nothing that it does
// has an effect, and it notices nothing.
type mortal struct {
	mu    sync.Mutex
	steps int
	at    int // dies in this step; 0 = not
	dead  bool
	died  chan struct{}
	conn  *membus.Bus
	kinds map[string]int
}

// step counts what the process does. It returns false, when ctx has ended, for
// a process that is dead.
func (m *mortal) step(ctx context.Context, kind string) bool {
	m.mu.Lock()
	m.steps++
	m.kinds[kind]++
	if m.steps == m.at && !m.dead {
		m.dead = true
		close(m.died)
		go m.conn.Close()
	}
	dead := m.dead
	m.mu.Unlock()
	if dead {
		<-ctx.Done()
	}
	return !dead
}

func (m *mortal) isDead() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}

// mortalBus is the bus as such a process sees it.
type mortalBus struct {
	*membus.Bus
	m *mortal
}

func (b mortalBus) Send(subject string, data []byte) {
	if !b.m.isDead() {
		b.Bus.Send(subject, data)
	}
}

func (b mortalBus) Acquire(ctx context.Context, key, holder string) (bus.Lease, error) {
	l, err := b.Bus.Acquire(ctx, key, holder)
	if !b.m.step(ctx, "acquire") {
		return nil, ctx.Err()
	}
	return mortalLease{l, b.m}, err
}

type mortalLease struct {
	bus.Lease
	m *mortal
}

func (l mortalLease) Release(ctx context.Context) error {
	if l.m.isDead() {
		return nil
	}
	return l.Lease.Release(ctx)
}

func (b mortalBus) PublishFinal(ctx context.Context, f bus.Final) error {
	if !b.m.step(ctx, "before a final") {
		return ctx.Err()
	}
	err := b.Bus.PublishFinal(ctx, f)
	if !b.m.step(ctx, "after a final") {
		return ctx.Err()
	}
	return err
}

func (b mortalBus) Finals(ctx context.Context) (bus.FinalReader, error) {
	r, err := b.Bus.Finals(ctx)
	if !b.m.step(ctx, "open") {
		return nil, ctx.Err()
	}
	return mortalFinals{r, b.m}, err
}

type mortalFinals struct {
	bus.FinalReader
	m *mortal
}

func (r mortalFinals) Next(ctx context.Context) (bus.Delivery, error) {
	d, err := r.FinalReader.Next(ctx)
	if !r.m.step(ctx, "delivery") {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return mortalDelivery{d, r.m}, nil
}

type mortalDelivery struct {
	bus.Delivery
	m *mortal
}

func (d mortalDelivery) Ack(ctx context.Context) error {
	if !d.m.step(ctx, "before ack") {
		return ctx.Err()
	}
	err := d.Delivery.Ack(ctx)
	if !d.m.step(ctx, "after ack") {
		return ctx.Err()
	}
	return err
}

// mortalStore dies between a commit and what follows it, too.
type mortalStore struct {
	hall.Store
	m *mortal
}

func (s mortalStore) AcceptFinal(ctx context.Context, f hall.Final) error {
	if !s.m.step(ctx, "before commit") {
		return ctx.Err()
	}
	err := s.Store.AcceptFinal(ctx, f)
	if !s.m.step(ctx, "after commit") {
		return ctx.Err()
	}
	return err
}

func (s mortalStore) RaiseEpoch(ctx context.Context, recording string, epoch uint64) (hall.Recording, error) {
	if !s.m.step(ctx, "before epoch") {
		return hall.Recording{}, ctx.Err()
	}
	r, err := s.Store.RaiseEpoch(ctx, recording, epoch)
	if !s.m.step(ctx, "after epoch") {
		return r, ctx.Err()
	}
	return r, err
}

// plan says in which step each life of a process is killed; after the last it lives.
type plan struct{ worker, serve []int }

// outcome is what is left in the end.
type outcome struct {
	text          transcribe.Transcript
	upTo          int64
	epoch         uint64
	finals        int
	worker, serve map[string]int // steps of the last life, by kind
	workerSteps   int
	serveSteps    int
}

// lives runs one process in life after life.
func lives(ctx context.Context, hub *membus.Hub, kills []int, run func(ctx context.Context, m *mortal)) *mortal {
	for i := 0; ; i++ {
		m := &mortal{died: make(chan struct{}), conn: hub.Connect(), kinds: map[string]int{}}
		if i < len(kills) {
			m.at = kills[i]
		}
		life, end := context.WithCancel(ctx)
		over := make(chan struct{})
		go func() {
			defer close(over)
			run(life, m)
		}()
		select {
		case <-m.died:
		case <-ctx.Done():
		}
		end()
		<-over
		_ = m.conn.Close()
		if ctx.Err() != nil {
			return m
		}
	}
}

// chain runs the sample meeting from the bus to the store, in a world whose
// clock stands still while anybody works.
func chain(t *testing.T, p plan) (out outcome) {
	t.Helper()
	const id = "council-demo"
	chunks := demo(t, id)
	engine := recordedEngine(t)
	path := filepath.Join(t.TempDir(), "bienban.db")
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		hub := membus.New(membus.Options{Log: quiet()})
		look, err := sqlstore.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		defer look.Close()
		if err := look.StartRecording(ctx, hall.Recording{ID: id, Meeting: "walter-creek", Started: time.Now(), Language: "en"}); err != nil {
			t.Fatal(err)
		}
		mic := hub.Connect()
		defer mic.Close()
		for _, c := range chunks {
			if err := mic.PublishAudio(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		length := chunks[len(chunks)-1].First
		if err := look.EndRecording(ctx, id, length); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		all.Go(func() {
			m := lives(ctx, hub, p.worker, func(ctx context.Context, m *mortal) {
				w := hall.Worker{Name: "w", Bus: mortalBus{m.conn, m}, Engine: engine, Log: quiet(),
					Detector: func() transcribe.Detector { return transcribetest.Loud{} }}
				_ = w.Run(ctx)
			})
			out.worker, out.workerSteps = m.kinds, m.steps
		})
		all.Go(func() {
			m := lives(ctx, hub, p.serve, func(ctx context.Context, m *mortal) {
				s, err := sqlstore.Open(ctx, path)
				if err != nil {
					return
				}
				defer s.Close()
				b, store := mortalBus{m.conn, m}, mortalStore{s, m}
				var parts sync.WaitGroup
				parts.Go(func() { _ = (&hall.Desk{Bus: b, Store: store, Root: t.TempDir(), Log: quiet()}).Run(ctx) })
				parts.Go(func() { _ = (&hall.Ingester{Bus: b, Store: store, Log: quiet()}).Run(ctx) })
				parts.Wait()
			})
			out.serve, out.serveSteps = m.kinds, m.steps
		})
		begin := time.Now()
		for {
			r, err := look.Recording(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if out.upTo, out.epoch = r.FinalUpTo, r.Epoch; r.FinalUpTo == length {
				break
			}
			if time.Since(begin) > 10*time.Minute {
				t.Errorf("after 10 minutes the text is final up to %d of %d", r.FinalUpTo, length)
				break
			}
			time.Sleep(100 * time.Millisecond) // of the bubble's clock
		}
		if out.text, err = look.Transcript(ctx, id, hall.LayerLive); err != nil {
			t.Fatal(err)
		}
		events, err := look.EventsAfter(ctx, "walter-creek", 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Type == hall.EventFinal {
				out.finals++
			}
		}
		stop()
		all.Wait()
	})
	return out
}

// same compares what two runs left.
func same(t *testing.T, got, want outcome) {
	t.Helper()
	if got.upTo != want.upTo || got.finals != want.finals {
		t.Errorf("%d finals up to %d, want %d up to %d", got.finals, got.upTo, want.finals, want.upTo)
	}
	if !reflect.DeepEqual(got.text, want.text) {
		t.Errorf("the transcript is another one:\n got %q\nwant %q", got.text.Speech(), want.text.Speech())
	}
}

func TestASampleMeetingBecomesTheTextThatWhisperHears(t *testing.T) {
	got := chain(t, plan{})
	if len(got.text.Segments) < 20 || got.finals < 20 || got.epoch != 1 {
		t.Fatalf("%d segments, %d finals, epoch %d", len(got.text.Segments), got.finals, got.epoch)
	}
	at := 0.0
	for _, c := range got.text.Coverage {
		if c.Start != at {
			t.Errorf("coverage: %v to %v s does not join at %v", c.Start, c.End, at)
		}
		if c.Kind == transcribe.CoveredGap {
			t.Errorf("a gap from %v to %v s", c.Start, c.End)
		}
		at = c.End
	}
	if want := float64(got.upTo) / rate; at != want {
		t.Errorf("coverage ends at %v s, want %v", at, want)
	}
	speakers := map[int]bool{}
	for _, s := range got.text.Segments {
		speakers[s.Channel] = true
	}
	if len(speakers) < 3 {
		t.Errorf("only channels %v speak", speakers)
	}
}

// moments is at how many moments each is killed.
func moments(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("BIENBAN_TEST_KILLS")); err == nil {
		return n
	}
	if testing.Short() {
		return 4
	}
	return 10
}

func TestKillingWorkerOrIngesterChangesNothing(t *testing.T) {
	want := chain(t, plan{})
	const perRun = 5
	dice := rand.New(rand.NewPCG(4, uint64(moments(t))))
	some := func(n int) (out []int) {
		for range n {
			out = append(out, 1+dice.IntN(12))
		}
		return out
	}
	for _, c := range []struct {
		name          string
		worker, serve bool
	}{{"worker", true, false}, {"ingester", false, true}, {"both", true, true}} {
		for n := 0; n < moments(t); n += perRun {
			var p plan
			if c.worker {
				p.worker = some(perRun)
			}
			if c.serve {
				p.serve = some(perRun)
			}
			t.Run(fmt.Sprintf("%s %v %v", c.name, p.worker, p.serve), func(t *testing.T) {
				got := chain(t, p)
				same(t, got, want)
				if c.worker && got.epoch != perRun+1 {
					t.Errorf("epoch %d after %d kills of the worker", got.epoch, perRun)
				}
			})
		}
	}
}
