package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"bienban/audio/record"
	"bienban/internal/capture"
	"bienban/internal/durable/durabletest"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
)

// raw makes a capture's source of sound.
func raw(from io.Reader) (capture.Source, error) { return capture.Raw(from, tape.Rate, 1, capture.S16) }

// slowDisk records on a disk that takes 200 ms for each sync.
func slowDisk(ctx context.Context, l *lab) (row, error) {
	t, err := l.sound(ctx)
	if err != nil {
		return row{}, err
	}
	fsys := durabletest.New()
	length := int64(l.steady.Seconds()) * tape.Rate
	src, err := raw(&live{from: t.Reader(length)})
	if err != nil {
		return row{}, err
	}
	fsys.SlowSync(200 * time.Millisecond)
	r := row{moments: 1, recovery: -1}
	root := filepath.Join(l.dir, "recordings")
	most := 0.0
	watching, unwatch := context.WithCancel(ctx)
	defer unwatch()
	if err := os.MkdirAll(filepath.Join(root, meeting), 0o755); err != nil { // for the socket
		return r, err
	}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		h := rig.Hall{Data: l.dir}
		_, _ = h.Status(watching, meeting, func(s capture.Status) bool {
			most = max(most, s.Seconds-s.Durable)
			return s.State == capture.Ended
		})
	}()
	res, err := capture.Run(ctx, capture.Config{Root: root, Meeting: meeting, Source: src, FS: fsys})
	unwatch()
	<-watched
	if err != nil {
		return r, err
	}
	rep, err := record.Verify(ctx, res.Folder, fsys)
	if err != nil {
		return r, err
	}
	r.lost = float64(length)/tape.Rate - rep.AudioSeconds
	r.note = fmt.Sprintf("at most %.2f s waited for the disk", most)
	if !rep.Whole || r.lost != 0 || most > lostMost {
		return r, fmt.Errorf("%.2f s are missing, %.2f s waited (%v)", r.lost, most, rep.Problems)
	}
	return r, nil
}

// fullDisk fills a real small disk (where this process may mount one, else the
// twin of the file layer): capture must end cleanly and say so.
func fullDisk(ctx context.Context, l *lab) (row, error) {
	t, err := l.sound(ctx)
	if err != nil {
		return row{}, err
	}
	r := row{moments: 1, recovery: -1, lost: -1}
	const size = 36 << 20 // a recorder leaves 32 MB of a disk free
	small := filepath.Join(l.dir, "small")
	unmount, err := mountSmall(small, size)
	if err != nil {
		r.note = "by the file layer: " + err.Error()
		return r, fullTwin(ctx, t, filepath.Join(l.dir, "twin"), size)
	}
	defer unmount()
	h := rig.Hall{Program: l.place.Program, Data: small}
	p, err := h.Capture(meeting, t.Reader(1<<40))
	if err != nil {
		return r, err
	}
	defer p.Kill()
	select {
	case <-p.Over():
	case <-time.After(patience):
		return r, fmt.Errorf("capture goes on for ever on a full disk:\n%s", p.Said())
	case <-ctx.Done():
		return r, ctx.Err()
	}
	rep, err := whole(ctx, filepath.Join(h.Recordings(), meeting))
	if err != nil {
		return r, err
	}
	r.note = fmt.Sprintf("%.1f s on %d MB, then: %s", rep.AudioSeconds, size>>20, lastLine(p.Said()))
	if p.Code() != 1 || !strings.Contains(p.Said(), "full") || !rep.Closed {
		return r, fmt.Errorf("exit %d, ended properly: %v:\n%s", p.Code(), rep.Closed, p.Said())
	}
	return r, nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

func fullTwin(ctx context.Context, t *tape.Tape, root string, size int64) error {
	fsys := durabletest.New()
	fsys.Limit(size)
	src, err := raw(t.Reader(1 << 40))
	if err != nil {
		return err
	}
	res, err := capture.Run(ctx, capture.Config{Root: root, Meeting: meeting, Source: src, FS: fsys})
	if !errors.Is(err, record.ErrDiskFull) {
		return fmt.Errorf("a full disk was answered by: %w", err)
	}
	rep, err := record.Verify(ctx, res.Folder, fsys)
	if err == nil && (!rep.Whole || !rep.Closed) {
		err = fmt.Errorf("whole %v, ended properly %v (%v)", rep.Whole, rep.Closed, rep.Problems)
	}
	return err
}

// cuts runs a package's own test of power cuts: the twin of the file layer stands
// on a clock that it has to itself, so that the power can go before every call.
func cuts(pkg, test string) func(ctx context.Context, l *lab) (row, error) {
	return func(ctx context.Context, l *lab) (row, error) {
		r := row{lost: 0, recovery: -1, note: "by go test " + pkg}
		cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-v", "-run", "^"+test+"$", pkg)
		cmd.Dir = l.place.Module
		cmd.Env = append(os.Environ(), "BIENBAN_POWER_CUTS="+strconv.Itoa(l.moments))
		out, err := cmd.CombinedOutput()
		if err != nil {
			return r, fmt.Errorf("%w:\n%s", err, out)
		}
		found := regexp.MustCompile(`(\d+) power cuts`).FindSubmatch(out)
		if found == nil {
			return r, fmt.Errorf("it does not say how many power cuts there were:\n%s", out)
		}
		r.moments, err = strconv.Atoi(string(found[1]))
		return r, err
	}
}
