package natsbus

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"bienban/internal/bus"
	"bienban/internal/bus/bustest"
)

// quiet is for servers that are meant to fail.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// startServer starts an embedded server that ends with the test.
func startServer(t *testing.T, o ServerOptions) *Server {
	t.Helper()
	if o.Log == nil {
		o.Log = quiet()
	}
	s, err := StartServer(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

// embedded is a hub of one embedded server, reached as other processes reach it.
type embedded struct {
	o ServerOptions
	s *Server
}

func newEmbedded(t *testing.T) *embedded {
	o := ServerOptions{Dir: t.TempDir(), Log: quiet()}
	return &embedded{o: o, s: startServer(t, o)}
}

func (h *embedded) Stop(*testing.T)    { h.s.Shutdown() }
func (h *embedded) Start(t *testing.T) { h.s = startServer(t, h.o) }

func (h *embedded) Connect(t *testing.T, l bustest.Limits) bus.Bus {
	t.Helper()
	b, err := Dial(Options{AddressFile: h.s.AddressFile(), AudioBytes: l.AudioBytes, Refuse: l.Refuse, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (h *embedded) Enqueue(t *testing.T, b bus.Bus, data []byte) { enqueue(t, b, data) }

func enqueue(t *testing.T, b bus.Bus, data []byte) {
	t.Helper()
	m := &nats.Msg{Subject: "FINALS.r", Data: data}
	if err := b.(*Bus).publish(t.Context(), "enqueue", finalsStream(), m, ""); err != nil {
		t.Fatal(err)
	}
}

// inProcess is the same reached without a socket.
type inProcess struct{ *embedded }

func (h inProcess) Connect(t *testing.T, l bustest.Limits) bus.Bus {
	t.Helper()
	b, err := h.s.Connect(Options{AudioBytes: l.AudioBytes, Refuse: l.Refuse, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cluster is three servers in this process. One serves all tests of a suite,
// one test at a time.
type cluster struct {
	turn    sync.Mutex
	opts    []ServerOptions
	servers []*Server
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{}
	ports := freePorts(t, 3)
	var routes []string
	for _, p := range ports {
		routes = append(routes, fmt.Sprintf("nats-route://127.0.0.1:%d", p))
	}
	dir := t.TempDir()
	for i, p := range ports {
		name := fmt.Sprintf("n%d", i)
		c.opts = append(c.opts, ServerOptions{Dir: filepath.Join(dir, name), Log: quiet(),
			cluster: &clusterOptions{name: name, port: p, routes: routes}})
	}
	c.servers = make([]*Server, len(c.opts))
	c.Start(t)
	t.Cleanup(func() { c.Stop(t) })
	return c
}

// freePorts finds ports that were free a moment ago.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func (c *cluster) Start(t *testing.T) {
	t.Helper()
	for i := range c.opts {
		c.startOne(t, i)
	}
}

func (c *cluster) startOne(t *testing.T, i int) {
	t.Helper()
	s, err := StartServer(context.Background(), c.opts[i])
	if err != nil {
		t.Fatal(err)
	}
	c.servers[i] = s
}

func (c *cluster) Stop(*testing.T) {
	var all sync.WaitGroup
	for _, s := range c.servers {
		all.Go(s.Shutdown)
	}
	all.Wait()
}

// forTest empties the cluster for a test, which has it alone until it ends.
func (c *cluster) forTest(t *testing.T) *cluster {
	t.Helper()
	c.turn.Lock()
	t.Cleanup(c.turn.Unlock)
	b := c.Connect(t, bustest.Limits{}).(*Bus)
	defer b.Close()
	bustest.Eventually(t, "empty the cluster", func(ctx context.Context) error {
		if err := b.Ready(ctx); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		names := b.js.StreamNames(ctx)
		for n := range names.Name() {
			if err := b.js.DeleteStream(ctx, n); err != nil {
				return err
			}
		}
		return names.Err()
	})
	return c
}

func (c *cluster) Connect(t *testing.T, l bustest.Limits) bus.Bus {
	t.Helper()
	url := ""
	for i, s := range c.servers {
		if i > 0 {
			url += ","
		}
		url += s.URL()
	}
	b, err := Dial(Options{URL: url, Replicas: 3, Timeout: 5 * time.Second, AudioBytes: l.AudioBytes, Refuse: l.Refuse, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (c *cluster) Enqueue(t *testing.T, b bus.Bus, data []byte) { enqueue(t, b, data) }

func connectTo(t *testing.T, s *Server, o Options) *Bus {
	t.Helper()
	o.Log = quiet()
	b, err := s.Connect(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}
