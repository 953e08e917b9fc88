package natsbus

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// Bus is one connection.
type Bus struct {
	*bus.LeaseKeeper
	o   Options
	nc  *nats.Conn
	js  jetstream.JetStream
	out *sender

	life context.Context
	stop context.CancelFunc
	once sync.Once

	mu     sync.Mutex
	link   context.Context // of the connection there is now; over while there is none
	unlink context.CancelFunc
	made   map[string]jetstream.Stream // streams known to exist
	rings  map[*listener]bool
}

var _ bus.Bus = (*Bus)(nil)

// reconnectEvery is the pause between tries to reach a server that is away.
const reconnectEvery = 250 * time.Millisecond

// pingEvery finds a dead peer (a pulled cable sends no goodbye) within three
// times as long.
const pingEvery = 2 * time.Second

// Dial connects to a server that need not be there yet: until it is, calls
// return fault.Unavailable.
func Dial(o Options) (*Bus, error) {
	switch {
	case o.AddressFile != "":
		d := addressFile(o.AddressFile)
		if a, err := d.read(); err != nil || a.Token != "" {
			return dial(o.near(), placeholderURL, nats.SetCustomDialer(d), nats.TokenHandler(d.token))
		} else if o.URL = a.URL; o.URL != "" { // written by people: it holds all
			break
		}
		return nil, fault.New(fault.Invalid, `bus: the address file names no "url"`)
	case o.URL == "":
		return nil, fault.New(fault.Invalid, "bus: no URL; give nats://host:port")
	}
	var all []string
	for _, one := range strings.Split(o.URL, ",") {
		one, domain, err := cutDomain(strings.TrimSpace(one))
		if err == nil {
			err = checkURL(one)
		}
		if err != nil {
			return nil, err
		}
		if domain != "" {
			o.domain = domain
		}
		all = append(all, one)
	}
	return dial(o, strings.Join(all, ","))
}

// cutDomain takes "?domain=NAME" off a URL. It never says a token or password.
func cutDomain(one string) (plain, domain string, err error) {
	plain, query, found := strings.Cut(one, "?")
	if !found {
		return one, "", nil
	}
	q, err := url.ParseQuery(query)
	if err != nil || len(q) != 1 || bus.CheckName(q.Get("domain")) != nil {
		return "", "", fault.New(fault.Invalid, "bus: after a URL's ? only domain=NAME can stand, the hub's JetStream domain (a ? within a password is written %%3F)")
	}
	return plain, q.Get("domain"), nil
}

// checkURL refuses what no NATS server can be reached at, which would be tried
// for ever. It never says a token or password.
func checkURL(one string) error {
	scheme, rest, found := strings.Cut(one, "://")
	if !found {
		rest = one // host:port, as NATS allows
	} else if !slices.Contains([]string{"nats", "tls", "ws", "wss"}, scheme) {
		return fault.New(fault.Invalid, "bus: a URL begins with nats://, tls://, ws:// or wss://, not %s://", scheme)
	}
	if _, after, signed := strings.Cut(rest, "@"); signed {
		rest = after
	}
	if strings.Trim(rest, "/") == "" {
		return fault.New(fault.Invalid, "bus: the URL names no host; give nats://host:port")
	}
	return nil
}

func dial(o Options, where string, more ...nats.Option) (*Bus, error) {
	o = o.withDefaults()
	life, stop := context.WithCancel(context.Background())
	b := &Bus{o: o, life: life, stop: stop, made: map[string]jetstream.Stream{}, rings: map[*listener]bool{}}
	b.link, b.unlink = context.WithCancel(life)
	b.unlink()
	opts := append([]nats.Option{
		nats.Name(o.Name),
		nats.Timeout(o.Timeout),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectEvery),
		nats.ReconnectJitter(reconnectEvery/5, reconnectEvery/5),
		nats.IgnoreAuthErrorAbort(), // a restarted server has a new token in its address file
		// Nothing is kept while disconnected: a publisher must learn at once.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(pingEvery),
		nats.MaxPingsOutstanding(2),
		nats.FlusherTimeout(o.Timeout),
		nats.ConnectHandler(func(*nats.Conn) { b.connected(true) }),
		nats.ReconnectHandler(func(*nats.Conn) { b.connected(true) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			b.connected(false)
			if err != nil {
				o.Log.Info("bus disconnected", "err", err) // it is connected again by itself; who needs it says that it is away
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) {
			subject := ""
			if s != nil {
				subject = s.Subject
			}
			o.Log.Warn("bus", "subject", subject, "err", err)
		}),
	}, more...)
	nc, err := nats.Connect(where, opts...)
	if err != nil {
		stop()
		return nil, fault.New(fault.Invalid, "bus: %w", withoutSecret(err))
	}
	b.nc = nc
	if nc.IsConnected() {
		b.connected(true)
	}
	if o.domain != "" {
		b.js, err = jetstream.NewWithDomain(nc, o.domain, jetstream.WithDefaultTimeout(o.Timeout))
	} else {
		b.js, err = jetstream.New(nc, jetstream.WithDefaultTimeout(o.Timeout))
	}
	if err != nil {
		nc.Close()
		stop()
		return nil, fault.New(fault.Invalid, "bus: domain %q: %w", o.domain, err)
	}
	b.LeaseKeeper = bus.NewLeaseKeeper(kvStore{b}, bus.LeaseTTL, o.Log)
	b.out = startSender(life, nc.PublishMsg, o.Log)
	return b, nil
}

// withoutSecret keeps a URL's password or token out of an error.
func withoutSecret(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// connected notes whether there is a connection.
func (b *Bus) connected(yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !yes:
		b.unlink()
	case b.link.Err() != nil:
		b.link, b.unlink = context.WithCancel(b.life)
	}
}

// away is closed when the connection that is there now is cut.
func (b *Bus) away() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.link.Done()
}

// within bounds a call by ctx, Timeout and the connection: the library would
// wait for an answer that cannot come any more. The error of its end is worked
// out by fail.
func (b *Bus) within(ctx context.Context) (context.Context, context.CancelFunc) {
	b.mu.Lock()
	link := b.link
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, b.o.Timeout)
	stop := context.AfterFunc(link, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// Error codes of the server that say that there is no room.
const (
	errStoreFailed          = 10077 // "maximum bytes exceeded" and the like
	errInsufficientStorage  = 10047
	errNoSpace              = 10023 // insufficient resources
	errMessageBeyondMaximum = 10054
)

// fail turns an error of the library into one of ours.
func (b *Bus) fail(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if e := ctx.Err(); e != nil {
		return e
	}
	var api *jetstream.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode {
		case errStoreFailed, errInsufficientStorage, errNoSpace:
			return fault.New(fault.Unavailable, "bus: %s: %w (%s)", what, bus.ErrFull, api.Description)
		case errMessageBeyondMaximum:
			return fault.New(fault.Invalid, "bus: %s: %w", what, err)
		}
	}
	if errors.Is(err, nats.ErrMaxPayload) {
		return fault.New(fault.Invalid, "bus: %s: %w", what, err)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return fault.New(fault.Unavailable, "bus: %s: no connection", what)
	case errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "bus: %s: no answer within %v", what, b.o.Timeout)
	}
	return fault.New(fault.Unavailable, "bus: %s: %w", what, err)
}

// Ready implements bus.Bus.
func (b *Bus) Ready(ctx context.Context) error {
	c, cancel := b.within(ctx)
	defer cancel()
	_, err := b.js.AccountInfo(c)
	return b.fail(ctx, "not ready", err)
}

// Close implements bus.Bus.
func (b *Bus) Close() error {
	b.once.Do(func() {
		b.LeaseKeeper.Close()
		b.stop()
		b.out.wait()
		b.nc.Close()
		b.mu.Lock()
		rings := b.rings
		b.rings = nil
		b.mu.Unlock()
		for l := range rings {
			_ = l.Ring.Close()
		}
	})
	return nil
}

// ensure makes the stream unless it is known to exist, and gives one that is
// there the limits wanted now.
func (b *Bus) ensure(ctx context.Context, c jetstream.StreamConfig) error {
	b.mu.Lock()
	_, made := b.made[c.Name]
	b.mu.Unlock()
	if made {
		return nil
	}
	c.Replicas = b.o.Replicas
	c.Storage = jetstream.FileStorage
	var s jetstream.Stream
	err := b.patient(ctx, func(ctx context.Context) (err error) {
		s, err = b.js.Stream(ctx, c.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			s, err = b.create(ctx, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	if is := s.CachedInfo().Config; c.MaxBytes != 0 && is.MaxBytes != c.MaxBytes || is.MaxAge != c.MaxAge || is.Discard != c.Discard {
		if s, err = b.js.UpdateStream(ctx, c); err != nil {
			return err
		}
	}
	b.mu.Lock()
	b.made[c.Name] = s
	b.mu.Unlock()
	return nil
}

// create makes the stream.
func (b *Bus) create(ctx context.Context, c jetstream.StreamConfig) (jetstream.Stream, error) {
	s, err := b.js.CreateStream(ctx, c)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return b.js.Stream(ctx, c.Name) // another made it meanwhile
	}
	return s, err
}

// patient asks until there is an answer: a cluster leaves a question unanswered
// while a stream elects its leader, so each try is short. Only for what may be
// done twice.
func (b *Bus) patient(ctx context.Context, ask func(ctx context.Context) error) error {
	for {
		try, cancel := context.WithTimeout(ctx, b.o.Timeout/5)
		err := ask(try)
		timedOut := try.Err() != nil
		cancel()
		if err == nil || !timedOut || ctx.Err() != nil {
			return err
		}
	}
}

// forget makes the next use look again whether the stream exists.
func (b *Bus) forget(name string) {
	b.mu.Lock()
	delete(b.made, name)
	b.mu.Unlock()
}

// stream does ask with a stream that ensure has found.
func (b *Bus) stream(ctx context.Context, name string, ask func(context.Context, jetstream.Stream) (*jetstream.RawStreamMsg, error)) (*jetstream.RawStreamMsg, error) {
	b.mu.Lock()
	s := b.made[name]
	b.mu.Unlock()
	if s == nil {
		return nil, jetstream.ErrStreamNotFound
	}
	var m *jetstream.RawStreamMsg
	err := b.patient(ctx, func(ctx context.Context) (err error) {
		m, err = ask(ctx, s)
		return err
	})
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		b.forget(name)
	}
	return m, err
}

// electionPause is how long to wait before asking again a stream that nobody
// answers for.
const electionPause = 50 * time.Millisecond

// store puts m in the stream, making that when needed, and waits for the
// acknowledgement. Errors are the library's.
func (b *Bus) store(ctx context.Context, c jetstream.StreamConfig, m *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	ctx, cancel := b.within(ctx)
	defer cancel()
	opts = append(opts, jetstream.WithExpectStream(c.Name), jetstream.WithRetryAttempts(0))
	for again := false; ; again = true {
		if err := b.ensure(ctx, c); err != nil {
			return nil, err
		}
		ack, err := b.js.PublishMsg(ctx, m, opts...)
		if !errors.Is(err, jetstream.ErrNoStreamResponse) || again && b.o.Replicas == 1 {
			return ack, err
		}
		// The stream is gone, or its server is, or (in a cluster) it elects its
		// leader: looking tells which.
		b.forget(c.Name)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(electionPause):
		}
	}
}

// publish is store for what is deduplicated by an id, with our errors.
func (b *Bus) publish(ctx context.Context, what string, c jetstream.StreamConfig, m *nats.Msg, id string) error {
	_, err := b.store(ctx, c, m, jetstream.WithMsgID(id))
	return b.fail(ctx, what, err)
}

// placeholderURL stands for "whatever the address file says" with the client
// library, which wants a URL.
const placeholderURL = "nats://address.file:4222"

var _ nats.CustomDialer = addressFile("")

// dialTimeout bounds one try to connect on the loopback interface.
const dialTimeout = 2 * time.Second

// Dial implements nats.CustomDialer: the address is read anew each time.
func (f addressFile) Dial(network, _ string) (net.Conn, error) {
	a, err := f.read()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return nil, withoutSecret(err)
	}
	d := net.Dialer{Timeout: dialTimeout}
	return d.Dial(network, u.Host)
}

// token is read anew with each connection; "" makes the server refuse it and
// the client try again.
func (f addressFile) token() string {
	a, err := f.read()
	if err != nil {
		return ""
	}
	return a.Token
}
