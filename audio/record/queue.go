package record

import (
	"sync"
	"time"
)

// item is what waits for the disk.
type item struct {
	kind    Kind
	format  Format
	span    int64 // frames of the base rate
	frames  int
	bad     int
	wall    time.Time
	payload []byte
	note    *Note      // of a record: written as its payload by the writer
	done    chan error // of somebody who waits, else nil; has room for one
	last    bool       // nothing comes after it
}

// queue holds items between who records and the writer. It is bounded by bytes of audio; records always fit, for they
// are few and say what happened.
type queue struct {
	mu    sync.Mutex
	items []item
	bytes int64 // of audio in items and taken but not yet done
	more  chan struct{}
	room  chan struct{} // closed when room was made, and replaced
}

func newQueue() *queue {
	return &queue{more: make(chan struct{}, 1), room: make(chan struct{})}
}

// put adds an item unless it is audio and the queue holds limit bytes already.
func (q *queue) put(it item, limit int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := int64(len(it.payload))
	if it.kind == KindAudio && q.bytes > 0 && q.bytes+n > limit {
		return false
	}
	q.bytes += n
	q.items = append(q.items, it)
	select {
	case q.more <- struct{}{}:
	default:
	}
	return true
}

// take waits for items and takes all there are: on a slow disk they gather while a sync runs, so that one sync
// serves them all.
func (q *queue) take() []item {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			items := q.items
			q.items = nil
			q.mu.Unlock()
			return items
		}
		q.mu.Unlock()
		<-q.more
	}
}

// rest takes what is there without waiting.
func (q *queue) rest() []item {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}

// done makes room for n bytes.
func (q *queue) done(n int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= n
	close(q.room)
	q.room = make(chan struct{})
}

// waiting returns how many bytes are held and a channel that is closed when that falls.
func (q *queue) waiting() (int64, <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes, q.room
}

// ending reports whether the last item waits.
func (q *queue) ending() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) > 0 && q.items[len(q.items)-1].last
}
