package membus

import (
	"context"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// Send implements bus.Notices.
func (b *Bus) Send(subject string, data []byte) {
	if b.lock(context.Background()) != nil {
		return
	}
	defer b.h.mu.Unlock()
	for r, pattern := range b.h.rings {
		if bus.Matches(pattern, subject) {
			r.Put(bus.Notice{Subject: subject, Data: append([]byte(nil), data...)})
		}
	}
}

// Listen implements bus.Notices.
func (b *Bus) Listen(ctx context.Context, subject string, depth int) (bus.Listener, error) {
	if !bus.ValidPattern(subject) {
		return nil, fault.New(fault.Invalid, "subject %q: words separated by dots, \"*\" or a last \">\"", subject)
	}
	if err := b.lock(ctx); err != nil {
		return nil, err
	}
	defer b.h.mu.Unlock()
	r := bus.NewRing(subject, depth, b.h.o.Log)
	b.h.rings[r], b.rings[r] = subject, true
	return &listener{Ring: r, b: b}, nil
}

type listener struct {
	*bus.Ring
	b *Bus
}

// Close implements bus.Listener.
func (l *listener) Close() error {
	l.b.h.mu.Lock()
	delete(l.b.h.rings, l.Ring)
	delete(l.b.rings, l.Ring)
	l.b.h.mu.Unlock()
	return l.Ring.Close()
}
