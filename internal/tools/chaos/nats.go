package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"bienban/internal/rig"
)

// natsServer builds the NATS server that others run, in the release that the
// program has within.
func natsServer(ctx context.Context, module, dir string) (string, error) {
	path := filepath.Join(dir, "nats-server")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "github.com/nats-io/nats-server/v2")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build nats-server: %w: %s", err, out)
	}
	return path, nil
}

// nats are a hub's NATS server and a leaf's, as docs/nats configures them but
// for their places.
type nats struct {
	program, dir string
	hub, leaf    string // host:port of clients
	hubLeafs     string // of the hub's leaf servers
}

func newNATS(ctx context.Context, l *lab) (*nats, error) {
	program, err := natsServer(ctx, l.place.Module, l.dir)
	if err != nil {
		return nil, err
	}
	n := &nats{program: program, dir: l.dir}
	for _, at := range []*string{&n.hub, &n.leaf, &n.hubLeafs} {
		var c net.ListenConfig
		s, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer s.Close() // together, so that they differ
		*at = s.Addr().String()
	}
	for _, name := range []string{"hub.conf", "leaf.conf"} {
		b, err := os.ReadFile(filepath.Join(l.place.Module, "docs", "nats", name))
		if err != nil {
			return nil, err
		}
		text := strings.NewReplacer("0.0.0.0:4222", n.hub, "127.0.0.1:4222", n.leaf, "0.0.0.0:7422", n.hubLeafs, "hub.example:7422", n.hubLeafs,
			"/var/lib/nats", filepath.Join(l.dir, "nats")).Replace(string(b))
		if err := os.WriteFile(filepath.Join(l.dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	for name, url := range map[string]string{"hub.json": "nats://bienban:CHANGE-ME@" + n.hub, "leaf.json": "nats://" + n.leaf + "?domain=hub"} {
		if err := os.WriteFile(filepath.Join(l.dir, name), []byte(`{"url": "`+url+`"}`), 0o600); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// start starts the hub's or the leaf's server ("hub", "leaf").
func (n *nats) start(ctx context.Context, which string) (*rig.Process, error) {
	p, err := rig.Start("nats "+which, exec.Command(n.program, "-c", filepath.Join(n.dir, which+".conf"))) //nolint:noctx // it is killed by who disturbs it
	if err != nil {
		return nil, err
	}
	if _, err := p.Until(ctx, "Server is ready"); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// address is the file that says how to reach it.
func (n *nats) address(which string) string { return filepath.Join(n.dir, which+".json") }
