package bus

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"bienban/internal/fault"
)

// LeaseKeeper makes Leases out of a KeyValue.
//
// A lease is one key whose value names epoch, holder and a token of the
// acquisition. Taking it over and counting the epoch up is one compare-and-swap,
// so an epoch has one holder. That the holder is gone is seen by the waiting
// side: the revision has not changed for TTL on its own clock. The holder, on
// its clock, gives up a margin earlier than anybody can take over.
type LeaseKeeper struct {
	kv   KeyValue
	log  *slog.Logger
	ttl  time.Duration
	stop context.CancelFunc
	life context.Context
	held sync.WaitGroup
}

// leaseValue is a lease's value, as JSON.
type leaseValue struct {
	Epoch  uint64 `json:"epoch"`
	Holder string `json:"holder"` // "" = released
	Token  string `json:"token"`  // of the acquisition: tells our own write from another's
	Beat   uint64 `json:"beat"`   // renewals, so that every write differs
}

// NewLeaseKeeper gives leases that run out after ttl (LeaseTTL but in tests).
func NewLeaseKeeper(kv KeyValue, ttl time.Duration, log *slog.Logger) *LeaseKeeper {
	life, stop := context.WithCancel(context.Background())
	return &LeaseKeeper{kv: kv, log: log, ttl: ttl, life: life, stop: stop}
}

// Close stops renewing; what is held counts as lost at once and runs out for
// others after TTL.
func (k *LeaseKeeper) Close() {
	k.stop()
	k.held.Wait()
}

// The rhythm of a lease, as parts of its TTL: it is renewed three times before
// it runs out, watched twelve times (a release is seen within 250 ms), and
// given up by its holder a sixth (500 ms) before others may take it.
func (k *LeaseKeeper) every() time.Duration { return k.ttl / 3 }
func (k *LeaseKeeper) watch() time.Duration { return k.ttl / 12 }
func (k *LeaseKeeper) safe() time.Duration  { return k.ttl - k.ttl/6 }

// LeaseOf implements Leases.
func (k *LeaseKeeper) LeaseOf(ctx context.Context, key string) (LeaseState, error) {
	v, rev, err := k.get(ctx, key)
	return LeaseState{Holder: v.Holder, Epoch: v.Epoch, Renewed: rev}, err
}

func (k *LeaseKeeper) get(ctx context.Context, key string) (leaseValue, uint64, error) {
	var v leaseValue
	if err := CheckName(key); err != nil {
		return v, 0, err
	}
	b, rev, err := k.kv.Get(ctx, key)
	if err != nil || rev == 0 {
		return v, 0, err
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, 0, fault.New(fault.Internal, "lease %s: its value is damaged: %w", key, err)
	}
	return v, rev, nil
}

func (k *LeaseKeeper) put(ctx context.Context, key string, v leaseValue, rev uint64) (uint64, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return 0, err
	}
	try, cancel := context.WithTimeout(ctx, k.every())
	defer cancel()
	now, err := k.kv.Update(try, key, b, rev)
	if err == nil {
		return now, nil
	}
	// The write may have arrived although its answer did not, or a retry met our
	// own first write: the token tells.
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.every())
	defer cancel()
	if is, at, e := k.get(look, key); e == nil && is == v && at > rev {
		return at, nil
	}
	if ctx.Err() == nil && try.Err() != nil {
		return 0, fault.New(fault.Unavailable, "lease %s: no answer in time", key)
	}
	return 0, err
}

// Acquire implements Leases.
func (k *LeaseKeeper) Acquire(ctx context.Context, key, holder string) (Lease, error) {
	if holder == "" {
		return nil, fault.New(fault.Invalid, "lease %s: it needs a holder's name", key)
	}
	var seen uint64
	var since time.Time
	tick := time.NewTicker(k.watch())
	defer tick.Stop()
	for {
		asked := time.Now()
		v, rev, err := k.get(ctx, key)
		if err != nil {
			return nil, err
		}
		if rev != seen {
			// The wait counts from after the first answer with this revision to
			// before the question that still finds it.
			seen, since = rev, time.Now()
		}
		if rev == 0 || v.Holder == "" || v.Holder == holder || asked.Sub(since) >= k.ttl {
			l := &lease{k: k, key: key, epoch: v.Epoch + 1, v: leaseValue{Epoch: v.Epoch + 1, Holder: holder, Token: rand.Text()},
				lost: make(chan struct{}), stopped: make(chan struct{})}
			sent := time.Now()
			l.rev, err = k.put(ctx, key, l.v, rev)
			switch {
			case err == nil:
				l.sent = sent // nobody else has l yet
				k.hold(l)
				return l, nil
			case fault.CodeOf(err) != fault.Conflict:
				return nil, err
			}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-k.life.Done():
			return nil, fault.New(fault.Unavailable, "lease %s: the bus is closed", key)
		case <-tick.C:
		}
	}
}

// hold starts renewing a lease just taken.
func (k *LeaseKeeper) hold(l *lease) {
	ctx, cancel := context.WithCancel(k.life)
	l.cancel = cancel
	l.mu.Lock()
	l.alarm = time.AfterFunc(k.safe()-time.Since(l.sent), l.end)
	l.mu.Unlock()
	k.held.Add(1)
	go func() {
		defer k.held.Done()
		defer close(l.stopped)
		defer cancel()
		l.renew(ctx)
	}()
}

// lease is a lease held. Its renewing goroutine owns v.Beat and rev.
type lease struct {
	k       *LeaseKeeper
	key     string
	epoch   uint64 // that of v, for everybody
	v       leaseValue
	rev     uint64
	cancel  context.CancelFunc
	stopped chan struct{} // closed when the goroutine has ended
	lost    chan struct{}

	mu    sync.Mutex
	sent  time.Time   // when the last write that succeeded was sent
	alarm *time.Timer // ends the lease when no renewal succeeds, even if one hangs
	over  bool
}

func (l *lease) Key() string           { return l.key }
func (l *lease) Epoch() uint64         { return l.epoch }
func (l *lease) Lost() <-chan struct{} { return l.lost }

// Valid implements Lease.
func (l *lease) Valid() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.over && time.Since(l.sent) < l.k.safe()
}

// renew runs until the lease is lost or ctx ends.
func (l *lease) renew(ctx context.Context) {
	defer l.end()
	pause := l.k.every()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.lost:
			if ctx.Err() == nil {
				l.k.log.Warn("lease lost: it could not be renewed in time", "key", l.key, "epoch", l.v.Epoch)
			}
			return
		case <-time.After(pause):
		}
		next := l.v
		next.Beat++
		sent := time.Now()
		rev, err := l.k.put(ctx, l.key, next, l.rev)
		switch {
		case err == nil:
			l.v, l.rev = next, rev
			l.renewed(sent)
			pause = l.k.every()
		case fault.CodeOf(err) == fault.Conflict:
			// Our write of the round before may have arrived after all.
			if v, rev, e := l.k.get(ctx, l.key); e == nil && v.Token == l.v.Token && v.Holder != "" {
				l.v, l.rev = v, rev
				pause = 0
				continue
			}
			l.k.log.Warn("lease lost: another has taken it", "key", l.key, "epoch", l.v.Epoch)
			return
		default:
			pause = l.k.watch()
		}
	}
}

// renewed notes a write that succeeded. One that hung until after the lease
// was given up does not bring it back.
func (l *lease) renewed(sent time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.sent = sent
		l.alarm.Reset(l.k.safe() - time.Since(sent))
	}
}

func (l *lease) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.over = true
		l.alarm.Stop()
		close(l.lost)
	}
}

// Check implements Lease.
func (l *lease) Check(ctx context.Context) error {
	v, _, err := l.k.get(ctx, l.key)
	if err != nil {
		return err
	}
	if v.Epoch != l.epoch || v.Holder == "" {
		return fault.New(fault.Conflict, "lease %s: epoch %d is over, the newest is %d of %q", l.key, l.epoch, v.Epoch, v.Holder)
	}
	return nil
}

// Release implements Lease.
func (l *lease) Release(ctx context.Context) error {
	l.cancel()
	l.end()
	<-l.stopped
	free := l.v
	free.Holder, free.Beat = "", free.Beat+1
	_, err := l.k.put(ctx, l.key, free, l.rev)
	if fault.CodeOf(err) == fault.Conflict {
		return nil // lost already
	}
	return err
}
