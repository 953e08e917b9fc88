package record

import (
	"path/filepath"
	"sync"
	"time"

	"bienban/internal/durable"
)

// Times of the keeper.
const (
	diskEvery     = time.Second      // looks at the free space
	manifestEvery = 10 * time.Second // at most; segments are what counts
	// reserveSize is what a full disk gives back for the end of the recording and its manifest.
	reserveSize = 256 << 10
)

// keeper does what may be slow and must not hold up the writer: it watches the free space and writes the manifest.
type keeper struct {
	r    *Recorder
	quit chan struct{}
	over chan struct{}
	wake chan struct{}

	mu       sync.Mutex
	manifest *Manifest // to be written, nil when done
	segment  uint32    // that the last one told of
	at       time.Time // when
	released bool      // the reserve was given back
	rescues  []rescue  // segments that have lost their names
}

func newKeeper(r *Recorder) *keeper {
	k := &keeper{r: r, quit: make(chan struct{}), over: make(chan struct{}), wake: make(chan struct{}, 1)}
	go k.run()
	return k
}

func (k *keeper) run() {
	defer close(k.over)
	k.reserve()
	tick := time.NewTicker(diskEvery)
	defer tick.Stop()
	for {
		k.look()
		if !k.r.opts.maintain && k.gone() {
			k.r.w.gone.Store(true)
		}
		k.putBack()
		k.save()
		select {
		case <-tick.C:
		case <-k.wake:
		case <-k.quit:
			k.release()
			k.putBack()
			k.save()
			return
		}
	}
}

func (k *keeper) stop() {
	close(k.quit)
	<-k.over
}

// due reports whether a manifest is worth making now.
func (k *keeper) due(segment uint32) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return segment != k.segment || time.Since(k.at) >= manifestEvery
}

func (k *keeper) tell(m *Manifest) {
	k.mu.Lock()
	k.manifest, k.at = m, time.Now()
	if n := len(m.Segments); n > 0 {
		k.segment = segmentNumber(m.Segments[n-1].File)
	}
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// last leaves the last manifest, which stop writes.
func (k *keeper) last(m *Manifest) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.manifest = m
}

// save writes the manifest. One that fails is written again with the next: it can be rebuilt from the segments.
func (k *keeper) save() {
	k.mu.Lock()
	m := k.manifest
	k.manifest = nil
	k.mu.Unlock()
	if m == nil {
		return
	}
	_ = durable.WriteFile(k.r.fs, filepath.Join(k.r.dir, manifestName), m.encode())
}

// look watches the free space, and stops the recording while it can still be ended properly.
func (k *keeper) look() {
	free, err := k.r.fs.Free(k.r.dir)
	if err != nil {
		free = -1
	}
	k.r.mu.Lock()
	rate := k.r.format.bytesPerSecond()
	k.r.mu.Unlock()
	d := DiskState{Free: free}
	if free >= 0 {
		left := float64(free-k.r.opts.KeepFree) / float64(rate)
		d.Seconds = max(0, left)
		d.Low = left < k.r.opts.WarnLeft.Seconds()
		d.Full = left <= 0 && !k.r.opts.maintain
	}
	k.r.stat.do(func(s *stats) { d.Full = d.Full || s.disk.Full; s.disk = d })
	if d.Full {
		k.r.halt(ErrDiskFull, FullReason)
	}
}

// reserve takes a little room that release gives back.
func (k *keeper) reserve() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.released || k.r.opts.maintain {
		return
	}
	f, err := k.r.fs.Create(filepath.Join(k.r.dir, reserveName))
	if err != nil {
		return // there is one, or no room: then there is nothing to give back
	}
	_, err = f.WriteAt(make([]byte, reserveSize), 0)
	if err == nil {
		_ = f.Sync() // so that the room is really taken where the disk allocates late
	}
	_ = f.Close()
}

func (k *keeper) release() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.released = true
	_ = k.r.fs.Remove(filepath.Join(k.r.dir, reserveName))
}
