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

	"bienban/internal/fault"
)

// loopback is where clients of an embedded server connect.
const loopback = "127.0.0.1"

// startTimeout is for recovering the streams of a large folder on a slow disk.
const startTimeout = 60 * time.Second

// ServerOptions say where an embedded server keeps its streams.
type ServerOptions struct {
	// Dir is the folder of streams; made when missing. One server at a time.
	Dir string
	Log *slog.Logger

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

// storeMost is more than all streams' own bounds. The library's default is three
// quarters of what the disk has free when the server starts: started on a disk
// that is nearly full it would refuse every stream for as long as it lives.
const storeMost = 1 << 40

// serverOptions are the library's for ours.
func serverOptions(ctx context.Context, o ServerOptions, before address) (*server.Options, error) {
	so := &server.Options{
		ServerName:             "bienban",
		Host:                   loopback,
		Port:                   server.RANDOM_PORT,
		NoSigs:                 true,
		JetStream:              true,
		StoreDir:               o.Dir,
		SyncAlways:             true,
		JetStreamMaxMemory:     64 << 20, // only readers' states are in memory
		JetStreamMaxStore:      storeMost,
		DisableJetStreamBanner: true,
		Authorization:          before.Token,
	}
	if u, err := url.Parse(before.URL); err == nil {
		if p, err := strconv.Atoi(u.Port()); err == nil && portFree(ctx, loopback, p) {
			so.Port = p
		}
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

// Connect gives a connection to this server without a socket.
func (s *Server) Connect(o Options) (*Bus, error) {
	return dial(o.near(), s.at.URL, nats.InProcessServer(s.s), nats.Token(s.at.Token))
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
