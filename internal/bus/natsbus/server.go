package natsbus

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// HubDomain is the JetStream domain of an embedded server that is no leaf.
const HubDomain = "hub"

// loopback is where clients of an embedded server connect.
const loopback = "127.0.0.1"

// leafUser is the user that leaf servers sign in as; the token is the password.
const leafUser = "leaf"

// leafRetry is how often a leaf whose hub is away tries again.
const leafRetry = 500 * time.Millisecond

// startTimeout is for recovering the streams of a large folder on a slow disk.
const startTimeout = 60 * time.Second

// ServerOptions say where an embedded server keeps its streams and what it
// listens on.
type ServerOptions struct {
	// Dir is the folder of streams; made when missing. One server at a time.
	Dir string
	// LeafListen is host:port where leaf servers of other machines may join
	// ("" = none). Port 0 picks one.
	LeafListen string
	// LeafOf is the leaf URL of a hub (Server.LeafURL) to join as a leaf; Domain
	// is then required: this leaf's own JetStream domain, not "hub".
	LeafOf string
	Domain string
	Log    *slog.Logger

	cluster *clusterOptions // for tests: a cluster within one process
}

// clusterOptions make a server a member of a cluster.
type clusterOptions struct {
	name   string   // of the server
	port   int      // for routes
	routes []string // of all members
}

// Server is a NATS server in this process.
type Server struct {
	o    ServerOptions
	s    *server.Server
	at   address
	once sync.Once
}

// StartServer starts one and returns when its streams can be used. It listens
// on the port that it had before in Dir, when that is free.
func StartServer(ctx context.Context, o ServerOptions) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.LeafOf != "" && (bus.CheckName(o.Domain) != nil || o.Domain == HubDomain) {
		return nil, fault.New(fault.Invalid, "bus: a leaf needs a domain of its own: letters, digits, \"-\", \"_\", not %q", HubDomain)
	}
	if o.Domain == "" {
		o.Domain = HubDomain
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "bus: make its folder: %w", err)
	}
	if err := repairMeta(o.Dir, o.Log); err != nil {
		return nil, fault.New(fault.Unavailable, "bus: its folder cannot be read: %w", err)
	}
	s := &Server{o: o}
	before, _ := addressFile(s.AddressFile()).read() // missing or damaged: begin anew
	if before.Token == "" {
		before.Token = rand.Text()
	}
	so, err := serverOptions(ctx, o, before)
	if err != nil {
		return nil, err
	}
	l := &serverLog{log: o.Log, fatal: make(chan string, 1)}
	if s.s, err = server.NewServer(so); err != nil {
		return nil, fault.New(fault.Invalid, "bus: %w", withoutSecret(err))
	}
	s.s.SetLoggerV2(l, false, false, false)
	started := make(chan struct{})
	go func() {
		s.s.Start()
		close(started)
	}()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.await(ctx, started, l.fatal); err != nil {
		s.Shutdown()
		return nil, err
	}
	s.at = address{URL: "nats://" + s.s.Addr().String(), Token: before.Token}
	if so.LeafNode.Port != 0 {
		u := url.URL{Scheme: "nats-leaf", User: url.UserPassword(leafUser, before.Token),
			Host: net.JoinHostPort(so.LeafNode.Host, strconv.Itoa(so.LeafNode.Port))}
		s.at.LeafURL = u.String()
	}
	if err := addressFile(s.AddressFile()).write(s.at); err != nil {
		s.Shutdown()
		return nil, fault.New(fault.Unavailable, "bus: write its address: %w", err)
	}
	return s, nil
}

// await waits until the server takes connections.
func (s *Server) await(ctx context.Context, started <-chan struct{}, fatal <-chan string) error {
	for {
		select {
		case why := <-fatal:
			return fault.New(fault.Unavailable, "bus: the embedded server does not start: %s", why)
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "bus: the embedded server is not ready: %w", ctx.Err())
		case <-started:
		case <-time.After(5 * time.Millisecond):
		}
		if s.s.ReadyForConnections(time.Millisecond) {
			return nil
		}
	}
}

// serverOptions are the library's for ours.
func serverOptions(ctx context.Context, o ServerOptions, before address) (*server.Options, error) {
	so := &server.Options{
		ServerName:             "bienban-" + o.Domain,
		Host:                   loopback,
		Port:                   server.RANDOM_PORT,
		NoSigs:                 true,
		JetStream:              true,
		JetStreamDomain:        o.Domain,
		StoreDir:               o.Dir,
		SyncAlways:             true,
		JetStreamMaxMemory:     64 << 20, // only readers' states are in memory
		DisableJetStreamBanner: true,
		Authorization:          before.Token,
	}
	if u, err := url.Parse(before.URL); err == nil {
		if p, err := strconv.Atoi(u.Port()); err == nil && portFree(ctx, loopback, p) {
			so.Port = p
		}
	}
	if o.LeafListen != "" {
		host, port, err := net.SplitHostPort(o.LeafListen)
		p, e := strconv.Atoi(port)
		if err != nil || e != nil || host == "" {
			return nil, fault.New(fault.Invalid, "bus: leaf address %q: give host:port", o.LeafListen)
		}
		if p == 0 {
			if u, err := url.Parse(before.LeafURL); err == nil {
				if q, err := strconv.Atoi(u.Port()); err == nil && portFree(ctx, host, q) {
					p = q
				}
			}
		}
		if p == 0 {
			p = server.RANDOM_PORT
		}
		so.LeafNode.Host, so.LeafNode.Port = host, p
		so.LeafNode.Username, so.LeafNode.Password = leafUser, before.Token
	}
	if o.LeafOf != "" {
		u, err := url.Parse(o.LeafOf)
		if err != nil || u.Host == "" {
			return nil, fault.New(fault.Invalid, "bus: the hub's leaf URL is none; it looks like nats-leaf://user:password@host:port")
		}
		so.LeafNode.Remotes = []*server.RemoteLeafOpts{{URLs: []*url.URL{u}}}
		so.LeafNode.ReconnectInterval = leafRetry
	}
	if c := o.cluster; c != nil {
		so.ServerName = c.name
		so.Cluster.Name, so.Cluster.Host, so.Cluster.Port = "bienban", loopback, c.port
		for _, r := range c.routes {
			u, err := url.Parse(r)
			if err != nil {
				return nil, fault.New(fault.Invalid, "bus: route: %w", err)
			}
			so.Routes = append(so.Routes, u)
		}
	}
	return so, nil
}

// portFree tells whether the port can be listened on.
func portFree(ctx context.Context, host string, port int) bool {
	if port <= 0 {
		return false
	}
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// AddressFile is where other processes of this user find the server
// (Options.AddressFile).
func (s *Server) AddressFile() string { return filepath.Join(s.o.Dir, AddressName) }

// AddressName is the name of that file in ServerOptions.Dir.
const AddressName = "address.json"

// URL is where clients on this machine connect, token included: a secret.
func (s *Server) URL() string {
	u, err := url.Parse(s.at.URL)
	if err != nil {
		return ""
	}
	u.User = url.User(s.at.Token)
	return u.String()
}

// LeafURL is where leaf servers join, "" when they may not: a secret.
func (s *Server) LeafURL() string { return s.at.LeafURL }

// Connect gives a connection to this server without a socket.
func (s *Server) Connect(o Options) (*Bus, error) {
	b, err := dial(o, s.at.URL, nats.InProcessServer(s.s), nats.Token(s.at.Token))
	if err != nil {
		return nil, err
	}
	if s.o.Domain != HubDomain && (o.Domain == "" || o.Domain == s.o.Domain) {
		b.subject = s.o.Domain + "."
	}
	return b, nil
}

// Shutdown stops the server and waits for it. What was acknowledged is on disk.
func (s *Server) Shutdown() {
	s.once.Do(func() {
		s.s.Shutdown()
		s.s.WaitForShutdown()
	})
}

// serverLog passes the server's log on and keeps why it could not start: the
// library would otherwise end the process.
type serverLog struct {
	log   *slog.Logger
	fatal chan string
}

func (l *serverLog) Noticef(f string, v ...any) {
	l.log.Debug("bus server", "msg", fmt.Sprintf(f, v...))
}
func (l *serverLog) Warnf(f string, v ...any) { l.log.Warn("bus server", "msg", fmt.Sprintf(f, v...)) }
func (l *serverLog) Errorf(f string, v ...any) {
	l.log.Error("bus server", "msg", fmt.Sprintf(f, v...))
}
func (l *serverLog) Debugf(string, ...any) {}
func (l *serverLog) Tracef(string, ...any) {}
func (l *serverLog) Fatalf(f string, v ...any) {
	why := fmt.Sprintf(f, v...)
	l.log.Error("bus server", "msg", why)
	select {
	case l.fatal <- why:
	default:
	}
}
