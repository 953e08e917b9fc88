package membus

import (
	"context"
	"slices"
	"sync"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

var noTime time.Time

// PublishFinal implements bus.FinalPublisher.
func (b *Bus) PublishFinal(ctx context.Context, f bus.Final) error {
	data, err := bus.EncodeFinal(f)
	if err != nil {
		return err
	}
	return b.Enqueue(ctx, data)
}

// Enqueue puts raw bytes into the queue of finals: for tests of what a reader
// does with a message that is none.
func (b *Bus) Enqueue(ctx context.Context, data []byte) error {
	if err := b.lock(ctx); err != nil {
		return err
	}
	defer b.h.mu.Unlock()
	b.h.finals = append(b.h.finals, &item{data: data})
	b.h.signal()
	return nil
}

// Finals implements bus.FinalSource.
func (b *Bus) Finals(ctx context.Context) (bus.FinalReader, error) {
	if err := b.lock(ctx); err != nil {
		return nil, err
	}
	b.h.mu.Unlock()
	return &finals{b: b, end: make(chan struct{})}, nil
}

// Buried implements bus.FinalSource.
func (b *Bus) Buried(ctx context.Context, limit int) ([]bus.Buried, error) {
	if err := b.lock(ctx); err != nil {
		return nil, err
	}
	defer b.h.mu.Unlock()
	return slices.Clone(b.h.buried[:min(limit, len(b.h.buried))]), nil
}

type finals struct {
	b    *Bus
	once sync.Once
	end  chan struct{}
}

// Next implements bus.FinalReader.
func (r *finals) Next(ctx context.Context) (bus.Delivery, error) {
	if err := r.b.lock(ctx); err != nil {
		return nil, err
	}
	defer r.b.h.mu.Unlock()
	for {
		if err := r.b.usable(); err != nil {
			return nil, err
		}
		now, soonest := time.Now(), noTime
		for _, it := range r.b.h.finals {
			free := it.ready
			if it.holder != nil {
				free = it.deadline
			}
			if free.After(now) {
				if soonest.IsZero() || free.Before(soonest) {
					soonest = free
				}
				continue
			}
			it.attempt++
			it.holder, it.deadline = r, now.Add(bus.RedeliverAfter)
			f, err := bus.DecodeFinal(it.data)
			if err != nil {
				r.bury(it, err.Error())
				r.b.h.o.Log.Error("buried a message that is no final", "err", err)
				// The list has changed; look again from its start.
				soonest = now
				break
			}
			return &delivery{r: r, it: it, f: f, attempt: it.attempt}, nil
		}
		if soonest.Equal(now) {
			continue
		}
		if err := r.b.wait(ctx, r.end, soonest); err != nil {
			return nil, err
		}
	}
}

// bury moves an item to the buried. The caller holds h.mu.
func (r *finals) bury(it *item, reason string) {
	r.b.h.buried = append(r.b.h.buried, bus.Buried{Reason: reason, At: time.Now(), Data: it.data})
	r.remove(it)
}

// remove takes an item out of the queue. The caller holds h.mu.
func (r *finals) remove(it *item) {
	r.b.h.finals = slices.DeleteFunc(r.b.h.finals, func(o *item) bool { return o == it })
}

// Close implements bus.FinalReader.
func (r *finals) Close() error {
	r.once.Do(func() {
		close(r.end)
		r.b.h.mu.Lock()
		defer r.b.h.mu.Unlock()
		for _, it := range r.b.h.finals {
			if it.holder == r {
				it.holder, it.ready = nil, noTime
			}
		}
		r.b.h.signal()
	})
	return nil
}

type delivery struct {
	r       *finals
	it      *item
	f       bus.Final
	attempt int
}

// Final implements bus.Delivery.
func (d *delivery) Final() bus.Final { return d.f }

// Attempt implements bus.Delivery.
func (d *delivery) Attempt() int { return d.attempt }

// answer does act if the item is still this delivery's.
func (d *delivery) answer(ctx context.Context, act func()) error {
	if err := d.r.b.lock(ctx); err != nil {
		return err
	}
	defer d.r.b.h.mu.Unlock()
	if d.it.holder != d.r || d.it.attempt != d.attempt {
		return fault.New(fault.Conflict, "final %s: it was delivered again meanwhile", d.f.ID())
	}
	act()
	d.r.b.h.signal()
	return nil
}

// Ack implements bus.Delivery.
func (d *delivery) Ack(ctx context.Context) error {
	return d.answer(ctx, func() { d.r.remove(d.it) })
}

// Nak implements bus.Delivery.
func (d *delivery) Nak(ctx context.Context, pause time.Duration) error {
	return d.answer(ctx, func() { d.it.holder, d.it.ready = nil, time.Now().Add(pause) })
}

// Bury implements bus.Delivery.
func (d *delivery) Bury(ctx context.Context, reason string) error {
	return d.answer(ctx, func() { d.r.bury(d.it, reason) })
}
