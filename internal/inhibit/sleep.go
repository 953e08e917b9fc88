package inhibit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// callWait is how long a D-Bus service may take to answer; starting one by activation takes a second or two.
const callWait = 5 * time.Second

// What is inhibited (org.freedesktop.login1, Inhibit): suspending, idle actions, and closing the lid.
const (
	what = "sleep:idle:handle-lid-switch"
	who  = "bienban"
)

// Options say where to look.
type Options struct {
	// Address of the system bus, "" for the usual one. "none" is for a machine that has none.
	Address string
	// PowerDir holds the kernel's power supplies, "" for /sys/class/power_supply.
	PowerDir string
}

// Sleep is a hold on the machine's sleep.
type Sleep struct {
	mu     sync.Mutex
	fd     *os.File
	reason string
}

// Hold asks logind not to suspend, idle or act on the lid until Release. why is shown to people by systemd-inhibit. It
// always returns a Sleep; Reason says why nothing is held, where that is so.
func Hold(ctx context.Context, o Options, why string) *Sleep {
	fd, err := hold(ctx, o, why)
	if err != nil {
		return &Sleep{reason: "sleep cannot be inhibited: " + err.Error()}
	}
	return &Sleep{fd: fd}
}

func hold(ctx context.Context, o Options, why string) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	conn, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	defer conn.Close() // the hold is the descriptor, not the connection
	var fd dbus.UnixFD
	err = conn.Object("org.freedesktop.login1", "/org/freedesktop/login1").
		CallWithContext(ctx, "org.freedesktop.login1.Manager.Inhibit", 0, what, who, why, "block").Store(&fd)
	if err != nil {
		return nil, fmt.Errorf("logind refuses or is not there: %w", err)
	}
	return os.NewFile(uintptr(fd), "logind inhibitor"), nil
}

// connect opens a connection of its own, that ends with ctx only while it is being made.
func connect(ctx context.Context, o Options) (*dbus.Conn, error) {
	if o.Address == "none" {
		return nil, errors.New("no system D-Bus")
	}
	type result struct {
		conn *dbus.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		if o.Address == "" {
			r.conn, r.err = dbus.ConnectSystemBus()
		} else {
			r.conn, r.err = dbus.Connect(o.Address)
		}
		done <- r
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("no system D-Bus: %w", r.err)
		}
		return r.conn, nil
	case <-ctx.Done():
		go func() {
			if r := <-done; r.conn != nil {
				_ = r.conn.Close()
			}
		}()
		return nil, fmt.Errorf("the system D-Bus does not answer: %w", ctx.Err())
	}
}

// Held reports whether sleep is inhibited, and why not.
func (s *Sleep) Held() (held bool, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fd != nil, s.reason
}

// Release lets the machine sleep again. Releasing twice does nothing.
func (s *Sleep) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd != nil {
		_ = s.fd.Close()
		s.fd, s.reason = nil, "released"
	}
}
