//go:build linux

package inhibit_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"bienban/internal/inhibit"
)

// startBus runs a real D-Bus daemon of its own.
func startBus(t *testing.T) (address string, conn *dbus.Conn) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed")
	}
	config := filepath.Join(t.TempDir(), "bus.conf")
	dir := t.TempDir()
	err = os.WriteFile(config, []byte(`<busconfig><type>session</type><keep_umask/><listen>unix:dir=`+dir+`</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(daemon, "--nofork", "--nopidfile", "--print-address", "--config-file="+config)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(line)
	if conn, err = dbus.Connect(address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return address, conn
}

func own(t *testing.T, conn *dbus.Conn, name string) {
	t.Helper()
	if r, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%v, %v", r, err)
	}
}

// logind answers Inhibit as systemd's does: with the writing end of a pipe whose other end tells when it is let go.
type logind struct {
	asked chan []string // what, who, why, mode
	lock  chan *os.File
}

func (l *logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	l.asked <- []string{what, who, why, mode}
	var p [2]int
	if err := syscall.Pipe2(p[:], syscall.O_CLOEXEC); err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.lock <- os.NewFile(uintptr(p[0]), "lock")
	fd := p[1]
	time.AfterFunc(time.Second, func() { _ = syscall.Close(fd) }) // our copy; the message has its own by then
	return dbus.UnixFD(fd), nil
}

func TestLogindIsAskedToHoldSleepAndLidUntilRelease(t *testing.T) {
	address, conn := startBus(t)
	l := &logind{make(chan []string, 1), make(chan *os.File, 1)}
	if err := conn.Export(l, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"); err != nil {
		t.Fatal(err)
	}
	own(t, conn, "org.freedesktop.login1")
	s := inhibit.Hold(context.Background(), inhibit.Options{Address: address}, "a meeting is being recorded")
	if held, reason := s.Held(); !held || reason != "" {
		t.Fatalf("%v, %q", held, reason)
	}
	want := []string{"sleep:idle:handle-lid-switch", "bienban", "a meeting is being recorded", "block"}
	if asked := <-l.asked; strings.Join(asked, "|") != strings.Join(want, "|") {
		t.Errorf("asked %q", asked)
	}
	lock := <-l.lock
	gone := make(chan struct{})
	go func() {
		_, _ = lock.Read(make([]byte, 1)) // returns when nobody holds the other end
		close(gone)
	}()
	s.Release()
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("sleep is still held after Release")
	}
	if held, _ := s.Held(); held {
		t.Error("Held after Release")
	}
}

func TestABusWithoutLogindOrUPowerGivesReasons(t *testing.T) {
	address, _ := startBus(t)
	o := inhibit.Options{Address: address, PowerDir: t.TempDir()}
	s := inhibit.Hold(context.Background(), o, "a test")
	if held, reason := s.Held(); held || !strings.Contains(reason, "logind") {
		t.Errorf("%v, %q", held, reason)
	}
	if p := inhibit.ReadPower(context.Background(), o); p.Known || !strings.Contains(p.Reason, "UPower") {
		t.Errorf("%+v", p)
	}
}

// properties answers org.freedesktop.DBus.Properties.Get.
type properties struct {
	mu  sync.Mutex
	all map[string]any
}

func (p *properties) set(name string, v any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = map[string]any{}
	}
	p.all[name] = v
}

func (p *properties) Get(_, name string) (dbus.Variant, *dbus.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok := p.all[name]
	if !ok {
		return dbus.Variant{}, dbus.MakeFailedError(os.ErrNotExist)
	}
	return dbus.MakeVariant(v), nil
}

func TestUPowerTellsMainsAndBattery(t *testing.T) {
	address, conn := startBus(t)
	root, battery := &properties{}, &properties{}
	for path, p := range map[dbus.ObjectPath]*properties{"/org/freedesktop/UPower": root, "/org/freedesktop/UPower/devices/DisplayDevice": battery} {
		if err := conn.Export(p, path, "org.freedesktop.DBus.Properties"); err != nil {
			t.Fatal(err)
		}
	}
	own(t, conn, "org.freedesktop.UPower")
	o := inhibit.Options{Address: address, PowerDir: t.TempDir()}

	root.set("OnBattery", true)
	battery.set("IsPresent", true)
	battery.set("Percentage", 17.5)
	battery.set("TimeToEmpty", int64(1800))
	want := inhibit.Power{Known: true, OnBattery: true, Charge: 17.5, Minutes: 30, Source: "upower"}
	if got := inhibit.ReadPower(context.Background(), o); got != want {
		t.Errorf("%+v, not %+v", got, want)
	}
	root.set("OnBattery", false)
	battery.set("IsPresent", false)
	want = inhibit.Power{Known: true, Charge: -1, Source: "upower"}
	if got := inhibit.ReadPower(context.Background(), o); got != want {
		t.Errorf("%+v, not %+v", got, want)
	}
	root.set("OnBattery", "often")
	if got := inhibit.ReadPower(context.Background(), o); got.Known {
		t.Errorf("%+v", got)
	}
}

func TestADeadBusDoesNotHangTheCaller(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path) // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	s := inhibit.Hold(ctx, inhibit.Options{Address: "unix:path=" + path}, "a test")
	if held, reason := s.Held(); held || !strings.Contains(reason, "does not answer") {
		t.Errorf("%v, %q", held, reason)
	}
}
