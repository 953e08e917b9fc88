package accounts

import (
	"fmt"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// limit is how many failures are free and how long one waits after more.
type limit struct {
	free   int
	first  time.Duration // wait after the first that is not; each further one doubles it
	most   time.Duration
	forget time.Duration // one failure is forgotten after each such time
}

// A name waits a minute at most, for whoever guesses must not be able to lock its
// owner out for long: 1,500 guesses a day. An address waits longer, but has more
// attempts free: a whole hall may sit behind one.
var (
	byName    = limit{free: 5, first: time.Second, most: time.Minute, forget: 10 * time.Minute}
	byAddress = limit{free: 25, first: time.Second, most: 15 * time.Minute, forget: time.Minute}
)

// slots is how many counters there are of each kind. Two names or addresses that
// fall into one share it: at worst somebody waits for another's failures. A table
// that drops entries could be flushed by whoever wants his own forgotten.
const slots = 1 << 14

// throttle counts failed attempts. All methods may be called at once.
type throttle struct {
	mu    sync.Mutex
	now   func() time.Time
	seed  maphash.Seed // secret, so that nobody can choose whom he shares with
	names [slots]counter
	addrs [slots]counter
}

// counter is one slot: 32 bytes.
type counter struct {
	failures int
	seen     int64 // Unix nanoseconds, as until
	until    int64
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, seed: maphash.MakeSeed()}
}

// attempt books a failure ahead, so that attempts at the same time count, and
// says how long one has to wait instead; 0 lets it happen.
func (t *throttle) attempt(login, address string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now().UnixNano()
	name, addr := t.slot(&t.names, login), t.slot(&t.addrs, network(address))
	if wait = time.Duration(max(name.until, addr.until) - now); wait > 0 {
		return wait
	}
	name.fail(now, byName)
	addr.fail(now, byAddress)
	return 0
}

// succeeded takes back what attempt booked, and forgets the name's failures. The
// address's stay: whoever knows one password may be guessing others.
func (t *throttle) succeeded(login, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*t.slot(&t.names, login) = counter{}
	addr := t.slot(&t.addrs, network(address))
	addr.failures, addr.until = max(0, addr.failures-1), 0
}

// undone takes back what attempt booked when nothing came of it.
func (t *throttle) undone(login, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range []*counter{t.slot(&t.names, login), t.slot(&t.addrs, network(address))} {
		c.failures, c.until = max(0, c.failures-1), 0
	}
}

func (t *throttle) slot(of *[slots]counter, key string) *counter {
	return &of[maphash.String(t.seed, key)%slots]
}

func (c *counter) fail(now int64, l limit) {
	c.failures = max(0, c.failures-int((now-c.seen)/int64(l.forget))) + 1
	c.seen = now
	over := c.failures - l.free
	if over <= 0 {
		return
	}
	wait := l.first
	for range over - 1 {
		if wait = min(2*wait, l.most); wait == l.most {
			break
		}
	}
	c.until = now + int64(wait)
}

// network is what counts as one address: of IPv6 the /64 that one customer has.
func network(address string) string {
	if p, err := netip.ParseAddrPort(address); err == nil {
		address = p.Addr().String()
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}

// Wait says that there were too many failed attempts, and how long to wait.
type Wait struct{ For time.Duration }

// Error implements error.
func (w *Wait) Error() string { return w.In("en") }

// In gives the text in a language.
func (w *Wait) In(language string) string {
	seconds := int((w.For + time.Second - 1) / time.Second)
	if language == "vi" {
		return fmt.Sprintf("Đã thử sai quá nhiều lần. Hãy thử lại sau %d giây.", seconds)
	}
	if seconds == 1 {
		return "Too many failed attempts. Try again in 1 second."
	}
	return fmt.Sprintf("Too many failed attempts. Try again in %d seconds.", seconds)
}
