package natsbus

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"bienban/internal/bus/bustest"
	"bienban/internal/fault"
)

// plainServer is a NATS server as others run one.
func plainServer(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	o.Host, o.NoLog, o.NoSigs = "127.0.0.1", true, true
	s, err := server.NewServer(&o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(startTimeout) {
		t.Fatal("the server does not start")
	}
	return s
}

// TestALeafWithoutStreamsLeadsToItsHubs is how the program is connected on a
// machine away from the hub (docs/capture.md).
func TestALeafWithoutStreamsLeadsToItsHubs(t *testing.T) {
	t.Parallel()
	ctx := bustest.Context(t)
	port := freePorts(t, 1)[0]
	o := server.Options{ServerName: "hub", Port: server.RANDOM_PORT, JetStream: true, JetStreamDomain: "hub", StoreDir: t.TempDir(), SyncAlways: true,
		Username: "bienban", Password: "geheim"}
	o.LeafNode.Host, o.LeafNode.Port = "127.0.0.1", port
	hub := plainServer(t, o)
	lo := server.Options{ServerName: "leaf", Port: server.RANDOM_PORT}
	lo.LeafNode.Remotes = []*server.RemoteLeafOpts{{URLs: []*url.URL{{
		Scheme: "nats-leaf", User: url.UserPassword("bienban", "geheim"), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}}}}
	leaf := plainServer(t, lo)

	file := filepath.Join(t.TempDir(), "bus.json")
	if err := os.WriteFile(file, []byte(`{"url": "`+leaf.ClientURL()+`?domain=hub"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	far, err := Dial(Options{AddressFile: file, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	bustest.Eventually(t, "a chunk through the leaf", func(ctx context.Context) error { return far.PublishAudio(ctx, bustest.Chunk("r", 0)) })

	near, err := Dial(Options{URL: "nats://bienban:geheim@" + hub.Addr().String(), Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	bustest.Eventually(t, "the hub", near.Ready)
	if end, err := near.AudioEnd(ctx, "r"); err != nil || end != bustest.Frames {
		t.Errorf("the hub has %d samples: %v", end, err)
	}
	l, err := near.Listen(ctx, "meter.r", 4)
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "a notice through the leaf", func(ctx context.Context) error {
		far.Send("meter.r", []byte("-20 dB"))
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		_, err := l.Next(short)
		return err
	})
	hub.Shutdown()
	hub.WaitForShutdown()
	if err := far.PublishAudio(ctx, bustest.Chunk("r", 1)); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("with the hub away: %v", err)
	}
	if err := os.WriteFile(file, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(Options{AddressFile: file}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a file that names no address: %v", err)
	}
}
