package hall

import (
	"bufio"
	"context"
	"io"
	"time"
)

// beatEvery is how often a worker says that it lives, beatMost after how long a
// silent one is ended. A worker that is stopped and never wakes would keep
// nothing, since its leases run out, but do nothing either.
const (
	beatEvery = time.Second
	beatMost  = 10 * time.Second
)

// Beat says once a second that this process lives, on the pipe to whoever
// supervises it, until ctx ends or nobody listens. It asks nothing else, so that
// a bus that is away is not taken for a worker that hangs.
func Beat(ctx context.Context, pipe io.Writer) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		if _, err := pipe.Write([]byte{'\n'}); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// watchBeats returns true when a child that once said that it lives says so no
// more; false when ctx or the pipe ends.
func watchBeats(ctx context.Context, pipe io.Reader) bool {
	beats := make(chan struct{})
	go func() { // it ends with the pipe
		defer close(beats)
		r := bufio.NewReader(pipe)
		for {
			if _, err := r.ReadByte(); err != nil {
				return
			}
			select {
			case beats <- struct{}{}:
			case <-ctx.Done():
				_, _ = io.Copy(io.Discard, r)
				return
			}
		}
	}()
	var late <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-late:
			return true
		case _, open := <-beats:
			if !open {
				return false
			}
			late = time.After(beatMost)
		}
	}
}
