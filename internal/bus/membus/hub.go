package membus

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// Options say how much audio a hub keeps and where it logs.
type Options struct {
	AudioBytes int64 // of sound, for each recording; 0 = no limit
	Refuse     bool  // refuse what does not fit instead of dropping the oldest
	Log        *slog.Logger
}

// Hub is what all connections share.
type Hub struct {
	o Options

	mu      sync.Mutex
	down    bool
	changed chan struct{} // closed and replaced on every change
	streams map[string]*stream
	keys    map[string]entry
	rev     uint64
	finals  []*item
	buried  []bus.Buried
	rings   map[*bus.Ring]string // listener → its pattern
}

// stream is the audio of one recording; chunks[0] has number first.
type stream struct {
	first  int
	chunks []bus.Chunk
	bytes  int64
	end    int64
}

type entry struct {
	value []byte
	rev   uint64
}

// item is one message in the queue of finals.
type item struct {
	data     []byte
	attempt  int
	ready    time.Time // not before
	holder   *finals   // who has it now
	deadline time.Time // when it is taken away from the holder
}

// New makes a hub that is up.
func New(o Options) *Hub {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Hub{o: o, changed: make(chan struct{}), streams: map[string]*stream{}, keys: map[string]entry{}, rings: map[*bus.Ring]string{}}
}

// Stop makes every call fail with fault.Unavailable until Start; what is stored stays.
func (h *Hub) Stop() { h.set(true) }

// Start ends what Stop began.
func (h *Hub) Start() { h.set(false) }

func (h *Hub) set(down bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = down
	h.signal()
}

// signal wakes all who wait. The caller holds mu.
func (h *Hub) signal() {
	close(h.changed)
	h.changed = make(chan struct{})
}

// Connect gives one more connection.
func (h *Hub) Connect() *Bus {
	b := &Bus{h: h, closed: make(chan struct{}), rings: map[*bus.Ring]bool{}}
	b.LeaseKeeper = bus.NewLeaseKeeper(b, bus.LeaseTTL, h.o.Log)
	return b
}

// Bus is one connection to a Hub.
type Bus struct {
	*bus.LeaseKeeper
	h      *Hub
	once   sync.Once
	closed chan struct{}
	rings  map[*bus.Ring]bool // guarded by h.mu
}

var _ bus.Bus = (*Bus)(nil)

// lock takes the hub's lock if the bus can be used; the caller unlocks when err is nil.
func (b *Bus) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.h.mu.Lock()
	err := b.usable()
	if err != nil {
		b.h.mu.Unlock()
	}
	return err
}

// usable says why the bus cannot be used. The caller holds h.mu.
func (b *Bus) usable() error {
	select {
	case <-b.closed:
		return fault.New(fault.Unavailable, "bus: the connection is closed")
	default:
	}
	if b.h.down {
		return fault.New(fault.Unavailable, "bus: not reachable")
	}
	return nil
}

// wait waits for a change, or for the time until (zero: no limit). The caller
// holds h.mu, which is given up while waiting and held again afterwards.
func (b *Bus) wait(ctx context.Context, end <-chan struct{}, until time.Time) error {
	changed := b.h.changed
	var late <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until))
		defer t.Stop()
		late = t.C
	}
	b.h.mu.Unlock()
	defer b.h.mu.Lock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-end:
		return fault.New(fault.Unavailable, "bus: this reader is closed")
	case <-b.closed:
		return fault.New(fault.Unavailable, "bus: the connection is closed")
	case <-changed:
	case <-late:
	}
	return nil
}

// Ready implements bus.Bus.
func (b *Bus) Ready(ctx context.Context) error {
	err := b.lock(ctx)
	if err == nil {
		b.h.mu.Unlock()
	}
	return err
}

// Close implements bus.Bus.
func (b *Bus) Close() error {
	b.once.Do(func() {
		close(b.closed)
		b.LeaseKeeper.Close()
		b.h.mu.Lock()
		rings := b.rings
		b.rings = nil
		for r := range rings {
			delete(b.h.rings, r)
		}
		b.h.mu.Unlock()
		for r := range rings {
			_ = r.Close()
		}
	})
	return nil
}

// Get implements bus.KeyValue.
func (b *Bus) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	if err := b.lock(ctx); err != nil {
		return nil, 0, err
	}
	defer b.h.mu.Unlock()
	e := b.h.keys[key]
	return e.value, e.rev, nil
}

// Update implements bus.KeyValue.
func (b *Bus) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if err := b.lock(ctx); err != nil {
		return 0, err
	}
	defer b.h.mu.Unlock()
	if b.h.keys[key].rev != revision {
		return 0, fault.New(fault.Conflict, "key %s: changed meanwhile", key)
	}
	b.h.rev++
	b.h.keys[key] = entry{value, b.h.rev}
	return b.h.rev, nil
}
