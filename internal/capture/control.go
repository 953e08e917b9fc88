package capture

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// SocketName is the socket's file in a recording's folder.
const SocketName = "capture.sock"

// Times and limits of the socket.
const (
	maxLine      = 64 << 10 // of a request
	writeWait    = 2 * time.Second
	maxClients   = 32
	statusPeriod = 100 * time.Millisecond
)

// handler answers a request. Its reply's audio follows in pcm.
type handler func(ctx context.Context, r Request) (reply Reply, pcm []byte)

// server answers clients on a socket. Nothing waits for a client: one that does not read is cut off.
type server struct {
	dir    string
	path   string
	handle handler
	life   context.Context
	stop   context.CancelFunc
	all    sync.WaitGroup
	room   chan struct{}

	mu       sync.Mutex
	l        net.Listener
	watchers map[chan Status]bool
	conns    map[net.Conn]bool
}

// serve opens the socket in a folder whose lock this process holds; what lies there is of a process that died.
func serve(dir string, h handler) (*server, error) {
	l, err := listen(dir)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	s := &server{l: l, dir: dir, path: filepath.Join(dir, SocketName), handle: h, room: make(chan struct{}, maxClients),
		watchers: map[chan Status]bool{}, conns: map[net.Conn]bool{}}
	s.life, s.stop = context.WithCancel(context.Background())
	s.all.Go(func() { s.accept(l) })
	return s, nil
}

// keep opens the socket again where it was removed, as with the recording's folder.
func (s *server) keep() {
	if _, err := os.Lstat(s.path); !errors.Is(err, os.ErrNotExist) {
		return
	}
	l, err := listen(s.dir)
	if err != nil {
		return // the folder is not there yet
	}
	s.mu.Lock()
	old := s.l
	s.l = l
	s.mu.Unlock()
	_ = old.Close()
	s.all.Go(func() { s.accept(l) })
}

func listen(dir string) (net.Listener, error) {
	path := filepath.Join(dir, SocketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	short, done, err := shortPath(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "unix", filepath.Join(short, SocketName))
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // by its own path, when the server closes
	_ = os.Chmod(path, 0o600)
	return l, nil
}

func (s *server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors: later
			select {
			case <-s.life.Done():
				return
			case <-time.After(statusPeriod):
			}
			continue
		}
		select {
		case s.room <- struct{}{}:
		default:
			_ = conn.Close()
			continue
		}
		s.mu.Lock()
		s.conns[conn] = true
		s.mu.Unlock()
		s.all.Go(func() {
			defer func() { <-s.room }()
			s.talk(conn)
			s.mu.Lock()
			delete(s.conns, conn)
			s.mu.Unlock()
			_ = conn.Close()
		})
	}
}

func (s *server) talk(conn net.Conn) {
	in := bufio.NewReaderSize(conn, maxLine)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		var r Request
		if err := json.Unmarshal(line, &r); err != nil {
			if send(conn, Reply{Error: "a request must be one line of JSON: " + err.Error()}, nil) != nil {
				return
			}
			continue
		}
		if r.Cmd == "watch" {
			s.watch(conn)
			return
		}
		reply, pcm := s.handle(s.life, r)
		if send(conn, reply, pcm) != nil {
			return
		}
	}
}

func send(conn net.Conn, r Reply, pcm []byte) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return err
	}
	_, err = conn.Write(append(append(b, '\n'), pcm...))
	return err
}

func (s *server) watch(conn net.Conn) {
	ch := make(chan Status, 1)
	s.mu.Lock()
	s.watchers[ch] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, ch)
	}()
	gone := make(chan struct{})
	s.all.Go(func() { // a client that hangs up, and says nothing more
		_, _ = io.Copy(io.Discard, conn)
		close(gone)
	})
	for {
		select {
		case st := <-ch:
			if send(conn, Reply{OK: true, Status: &st}, nil) != nil || st.State == Ended {
				_ = conn.Close()
				return
			}
		case <-gone:
			return
		case <-s.life.Done():
			return
		}
	}
}

// tell gives a status to whoever watches; one that is slow gets the newest only.
func (s *server) tell(st Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ch := range s.watchers {
		select {
		case <-ch:
		default:
		}
		ch <- st
	}
}

// watched reports whether anybody watches.
func (s *server) watched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.watchers) > 0
}

// close ends all conversations. Those that watch get a moment to hear the end.
func (s *server) close() {
	deadline := time.Now().Add(writeWait)
	for s.watched() && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	s.stop()
	s.mu.Lock()
	_ = s.l.Close()
	_ = os.Remove(s.path)
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.all.Wait()
}

// longestPath is how long a socket's path may be; Linux has 108 bytes, macOS 104.
const longestPath = 100

// shortPath gives a folder a name that is short enough for a socket in it, good until done.
func shortPath(dir string) (short string, done func(), err error) {
	if len(filepath.Join(dir, SocketName)) <= longestPath {
		return dir, func() {}, nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	short = fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	if _, err := os.Stat(short); err != nil {
		_ = f.Close()
		return "", nil, fmt.Errorf("%s: the path is too long for a socket: use a shorter --data", dir)
	}
	return short, func() { _ = f.Close() }, nil
}
