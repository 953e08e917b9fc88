//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startWait bounds the start of a server, on a machine that is busy.
const startWait = time.Minute

// errNone says that PostgreSQL is not installed.
var errNone = errors.New("PostgreSQL is not installed (scripts/system.sh test does it)")

// server is this process's server.
var server = sync.OnceValues(start)

// running is a server that runs.
type running struct {
	dir  string    // it lives here
	open io.Writer // while this is, it runs

	lock     *sync.Mutex // one copy at a time: a database that is being copied has no other reader
	prepared map[string]bool
}

// URL makes an empty database and returns where it is. It is dropped when the test
// ends. Without PostgreSQL on this machine the test is skipped, aloud.
func URL(t testing.TB) string {
	t.Helper()
	s := started(t)
	name := "t" + strings.ToLower(rand.Text())
	do(t, s.dir, "CREATE DATABASE "+name)
	t.Cleanup(func() { do(t, s.dir, "DROP DATABASE "+name+" WITH (FORCE)") })
	return where(s.dir, name)
}

// started is the server, or the test's end.
func started(t testing.TB) running {
	t.Helper()
	s, err := server()
	if errors.Is(err, errNone) {
		fmt.Fprintf(os.Stderr, "!!! NOT TESTED ON POSTGRESQL: %s: %v\n", t.Name(), err)
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func where(dir, database string) string {
	q := url.Values{"host": {dir}, "user": {owner}}
	return "postgres:///" + database + "?" + q.Encode()
}

// Copy is URL for a database that begins as prepare leaves one. prepare runs once
// in this process for each name, and must leave no connection open.
func Copy(t testing.TB, name string, prepare func(url string) error) string {
	t.Helper()
	s := started(t)
	s.lock.Lock()
	defer s.lock.Unlock()
	from := "prepared_" + name
	if !s.prepared[name] {
		do(t, s.dir, "CREATE DATABASE "+from)
		if err := prepare(where(s.dir, from)); err != nil {
			t.Fatal(err)
		}
		s.prepared[name] = true
	}
	to := "t" + strings.ToLower(rand.Text())
	do(t, s.dir, "CREATE DATABASE "+to+" TEMPLATE "+from)
	t.Cleanup(func() { do(t, s.dir, "DROP DATABASE "+to+" WITH (FORCE)") })
	return where(s.dir, to)
}

// owner is the name of the server's superuser.
const owner = "bienban"

func do(t testing.TB, dir, query string) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), startWait)
	defer stop()
	c, err := pgx.Connect(ctx, where(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // the work is done by then
	if _, err := c.Exec(ctx, query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// keeper runs the server until its input ends, which it does with the test
// process; then it removes the folder.
const keeper = `trap '' INT
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c shared_buffers=32MB -c max_connections=200 >"$2/log" 2>&1 </dev/null &
cat >/dev/null
kill -QUIT $!
wait
rm -rf "$2"`

// start makes a cluster and starts a server on it.
func start() (running, error) {
	bin := programs()
	if bin == "" {
		return running{}, errNone
	}
	// Not in the test's own folder: its name may be too long for a socket, and
	// root's are closed to others.
	dir, err := os.MkdirTemp("", "bb-pg-")
	if err != nil {
		return running{}, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return running{}, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", owner, "--no-sync", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions") //nolint:noctx // it ends by itself
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		_ = os.RemoveAll(dir)
		return running{}, fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	run := exec.Command("sh", "-c", keeper, "sh", bin, dir) //nolint:noctx // it ends when its pipe closes
	run.Dir, run.SysProcAttr = dir, as
	open, err := run.StdinPipe()
	if err != nil {
		return running{}, err
	}
	if err := run.Start(); err != nil {
		return running{}, err
	}
	return running{dir: dir, open: open, lock: &sync.Mutex{}, prepared: map[string]bool{}}, answers(dir)
}

// answers waits until the server does.
func answers(dir string) error {
	ctx, stop := context.WithTimeout(context.Background(), startWait)
	defer stop()
	for {
		c, err := pgx.Connect(ctx, where(dir, "postgres"))
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return fmt.Errorf("PostgreSQL does not start: %w: %s", err, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// programs is the folder of the newest PostgreSQL's programs, "" for none.
func programs() string {
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian's place
	slices.SortFunc(all, func(a, b string) int { return version(a) - version(b) })
	if n := len(all); n > 0 {
		return filepath.Dir(all[n-1])
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			return filepath.Dir(p)
		}
	}
	return ""
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// unprivileged gives dir to a user that the server may run as, when this is root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{Setpgid: true}, nil
	}
	u, err := user.Lookup("postgres") // Debian's package makes it
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	// Setpgid: an interrupt at the terminal is not for the server.
	return &syscall.SysProcAttr{Setpgid: true, Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, int(uid), int(gid))
}
