package natsbus

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// Limits of the queue: about 100 hours of text that nobody took in.
const (
	queueBytes  = 1 << 30
	buriedBytes = 64 << 20
)

func finalsStream() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: "FINALS", Subjects: []string{"FINALS.*"},
		Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew, MaxBytes: queueBytes, Duplicates: dedupe,
	}
}

func buriedStream() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: "BURIED", Subjects: []string{"BURIED"},
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, MaxBytes: buriedBytes, Duplicates: dedupe,
	}
}

// PublishFinal implements bus.FinalPublisher.
func (b *Bus) PublishFinal(ctx context.Context, f bus.Final) error {
	data, err := bus.EncodeFinal(f)
	if err != nil {
		return err
	}
	m := &nats.Msg{Subject: "FINALS." + f.Recording, Data: data}
	return b.publish(ctx, "publish final "+f.ID(), finalsStream(), m, f.ID())
}

// Finals implements bus.FinalSource.
func (b *Bus) Finals(context.Context) (bus.FinalReader, error) {
	life, stop := context.WithCancel(b.life)
	return &finals{b: b, life: life, stop: stop, out: map[*delivery]bool{}}, nil
}

// finals reads the work queue through its one durable consumer, one message a
// request: what waits here unread would run out of its time.
type finals struct {
	b    *Bus
	life context.Context
	stop context.CancelFunc

	cons  jetstream.Consumer
	batch *batch
	away  <-chan struct{}

	mu  sync.Mutex
	out map[*delivery]bool // handed out, not answered
}

func (r *finals) open(ctx context.Context) error {
	in, cancel := r.b.within(ctx)
	defer cancel()
	r.away = r.b.away()
	c := finalsStream()
	if err := r.b.ensure(in, c); err != nil {
		return err
	}
	var cons jetstream.Consumer
	err := r.b.patient(in, func(ctx context.Context) (err error) {
		cons, err = r.b.js.CreateOrUpdateConsumer(ctx, c.Name, jetstream.ConsumerConfig{
			Durable: "ingest", AckPolicy: jetstream.AckExplicitPolicy, AckWait: bus.RedeliverAfter,
			DeliverPolicy: jetstream.DeliverAllPolicy, MaxDeliver: -1, MaxAckPending: 1000,
		})
		return err
	})
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		r.b.forget(c.Name)
	}
	r.cons = cons
	return err
}

// Next implements bus.FinalReader.
func (r *finals) Next(ctx context.Context) (bus.Delivery, error) {
	const what = "read finals"
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r.life.Err() != nil {
			return nil, fault.New(fault.Unavailable, "bus: %s: the reader is closed", what)
		}
		if r.batch == nil {
			if r.cons == nil {
				if err := r.open(ctx); err != nil {
					r.cons = nil
					return nil, r.b.fail(ctx, what, err)
				}
			}
			var err error
			if r.batch, err = fetch(r.life, r.cons, 1); err != nil {
				r.cons, r.batch = nil, nil
				return nil, r.b.fail(ctx, what, err)
			}
		}
		var m jetstream.Msg
		var open bool
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.life.Done():
			continue
		case <-r.away:
			r.batch.cancel()
			r.cons, r.batch = nil, nil
			return nil, fault.New(fault.Unavailable, "bus: %s: the connection was cut", what)
		case m, open = <-r.batch.Messages():
		}
		if !open {
			err := r.batch.end()
			r.batch = nil
			if err != nil {
				r.cons = nil
				return nil, r.b.fail(ctx, what, err)
			}
			continue
		}
		d := &delivery{r: r, m: m}
		if meta, err := m.Metadata(); err == nil {
			d.attempt = int(meta.NumDelivered)
		}
		f, err := bus.DecodeFinal(m.Data())
		if err != nil {
			r.b.o.Log.Error("buried a message that is no final", "err", err)
			if err := d.Bury(ctx, err.Error()); err != nil {
				return nil, err
			}
			continue
		}
		d.f = f
		r.mu.Lock()
		r.out[d] = true
		r.mu.Unlock()
		return d, nil
	}
}

// Close implements bus.FinalReader. A final that is on its way here is
// delivered again after bus.RedeliverAfter.
func (r *finals) Close() error {
	r.stop()
	r.mu.Lock()
	out := r.out
	r.out = nil
	r.mu.Unlock()
	for d := range out {
		_ = d.m.Nak() // best effort: without it the final only comes later
	}
	return nil
}

type delivery struct {
	r       *finals
	m       jetstream.Msg
	f       bus.Final
	attempt int
}

// Final implements bus.Delivery.
func (d *delivery) Final() bus.Final { return d.f }

// Attempt implements bus.Delivery.
func (d *delivery) Attempt() int { return d.attempt }

func (d *delivery) answered() {
	d.r.mu.Lock()
	delete(d.r.out, d)
	d.r.mu.Unlock()
}

// Ack implements bus.Delivery.
func (d *delivery) Ack(ctx context.Context) error {
	d.answered()
	in, cancel := d.r.b.within(ctx)
	defer cancel()
	return d.r.b.fail(ctx, "acknowledge final "+d.f.ID(), d.m.DoubleAck(in))
}

// Nak implements bus.Delivery.
func (d *delivery) Nak(ctx context.Context, pause time.Duration) error {
	d.answered()
	if pause <= 0 {
		return d.r.b.fail(ctx, "give back final "+d.f.ID(), d.m.Nak())
	}
	return d.r.b.fail(ctx, "give back final "+d.f.ID(), d.m.NakWithDelay(pause))
}

// buriedMessage is how a buried message is stored.
type buriedMessage struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	Data   []byte    `json:"data"`
}

// Bury implements bus.Delivery. It is stored before it is taken out of the
// queue; a crash in between buries it twice.
func (d *delivery) Bury(ctx context.Context, reason string) error {
	d.answered()
	data, err := json.Marshal(buriedMessage{Reason: reason, At: time.Now().UTC(), Data: d.m.Data()})
	if err != nil {
		return err
	}
	id := ""
	if meta, err := d.m.Metadata(); err == nil {
		id = meta.Timestamp.Format(time.RFC3339Nano)
	}
	if err := d.r.b.publish(ctx, "bury a final", buriedStream(), &nats.Msg{Subject: "BURIED", Data: data}, id); err != nil {
		return err
	}
	return d.r.b.fail(ctx, "bury a final", d.m.TermWithReason(reason))
}

// Buried implements bus.FinalSource.
func (b *Bus) Buried(ctx context.Context, limit int) ([]bus.Buried, error) {
	in, cancel := b.within(ctx)
	defer cancel()
	s, err := b.js.Stream(in, "BURIED")
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, b.fail(ctx, "list what is buried", err)
	}
	var all []bus.Buried
	st := s.CachedInfo().State
	for seq := max(st.FirstSeq, 1); seq <= st.LastSeq && len(all) < limit; seq++ {
		m, err := s.GetMsg(in, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return nil, b.fail(ctx, "list what is buried", err)
		}
		var v buriedMessage
		if err := json.Unmarshal(m.Data, &v); err != nil {
			v = buriedMessage{Reason: "damaged: " + err.Error(), At: m.Time, Data: m.Data}
		}
		all = append(all, bus.Buried(v))
	}
	return all, nil
}
