package natsbus

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// sender passes notices on so that Send itself never waits for a socket.
type sender struct {
	queue   chan *nats.Msg
	dropped atomic.Uint64
	done    chan struct{}
}

// sendQueue is how many notices may wait for a socket that is slow: some
// seconds of meters and provisional text.
const sendQueue = 256

// reportAfter is how soon drops are logged, and reportEvery how often while they go on: a server that is away for hours
// must not hide all else.
const (
	reportAfter = time.Second
	reportEvery = time.Minute
)

// startSender sends with publish until life ends.
func startSender(life context.Context, publish func(*nats.Msg) error, log *slog.Logger) *sender {
	s := &sender{queue: make(chan *nats.Msg, sendQueue), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		tick := time.NewTicker(reportAfter)
		defer tick.Stop()
		var told uint64
		var at time.Time
		for {
			select {
			case <-life.Done():
				return
			case m := <-s.queue:
				if publish(m) != nil {
					s.dropped.Add(1)
				}
			case <-tick.C:
				if n := s.dropped.Load(); n > told && time.Since(at) >= reportEvery {
					log.Info("notices could not be sent", "dropped", n-told) // transient: the next one tells the same
					told, at = n, time.Now()
				}
			}
		}
	}()
	return s
}

func (s *sender) wait() { <-s.done }

// Send implements bus.Notices.
func (b *Bus) Send(subject string, data []byte) {
	if !bus.ValidSubject(subject) {
		b.out.dropped.Add(1)
		return
	}
	select {
	case b.out.queue <- &nats.Msg{Subject: "NOTICE." + subject, Data: append([]byte(nil), data...)}:
	default:
		b.out.dropped.Add(1)
	}
}

type listener struct {
	*bus.Ring
	b   *Bus
	sub *nats.Subscription
}

// Listen implements bus.Notices.
func (b *Bus) Listen(ctx context.Context, subject string, depth int) (bus.Listener, error) {
	if !bus.ValidPattern(subject) {
		return nil, fault.New(fault.Invalid, "subject %q: words separated by dots, \"*\" or a last \">\"", subject)
	}
	l := &listener{Ring: bus.NewRing(subject, depth, b.o.Log), b: b}
	var err error
	l.sub, err = b.nc.Subscribe("NOTICE."+subject, func(m *nats.Msg) {
		l.Ring.Put(bus.Notice{Subject: m.Subject[len("NOTICE."):], Data: m.Data})
	})
	if err == nil {
		// The server must know of it before we return, else what is sent next is missed.
		in, cancel := b.within(ctx)
		defer cancel()
		err = b.nc.FlushWithContext(in)
	}
	if err != nil {
		_ = l.Ring.Close()
		if l.sub != nil {
			_ = l.sub.Unsubscribe()
		}
		return nil, b.fail(ctx, "listen to "+subject, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rings == nil {
		_ = l.Ring.Close()
		return l, nil
	}
	b.rings[l] = true
	return l, nil
}

// Close implements bus.Listener.
func (l *listener) Close() error {
	l.b.mu.Lock()
	delete(l.b.rings, l)
	l.b.mu.Unlock()
	_ = l.sub.Unsubscribe() // fails only when the connection is closed, which ends it too
	return l.Ring.Close()
}
