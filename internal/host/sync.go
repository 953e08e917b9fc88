package host

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bienban/internal/durable"
)

// Sync is how long a folder's disk takes to make a chunk of sound durable.
type Sync struct {
	Usual time.Duration // the median
	Worst time.Duration
	Times int
}

// Constants of measuring a disk.
const (
	// chunkBytes is 200 ms of two channels at 48 kHz and 16 bits: what capture writes at once.
	chunkBytes = 48000 / 5 * 2 * 2
	syncTimes  = 25
	// syncMost ends the measuring of a disk that is slow beyond doubt.
	syncMost = 5 * time.Second
)

// MeasureSync writes chunks into a new file of a folder, each synced as capture does, and removes it.
//
// Errors: those of the file system.
func MeasureSync(ctx context.Context, fsys durable.FS, dir string) (s Sync, err error) {
	path := filepath.Join(dir, ".bienban-sync-"+rand.Text())
	f, err := fsys.Create(path)
	if err != nil {
		return s, err
	}
	defer func() {
		_ = f.Close()
		if e := fsys.Remove(path); err == nil {
			err = e
		}
	}()
	data := make([]byte, chunkBytes)
	_, _ = rand.Read(data) // never fails; a disk that compresses gains nothing
	var took []time.Duration
	begin := time.Now()
	for i := range syncTimes {
		start := time.Now()
		if _, err := f.WriteAt(data, int64(i)*chunkBytes); err != nil {
			return s, err
		}
		if err := f.Sync(); err != nil {
			return s, err
		}
		took = append(took, time.Since(start))
		if ctx.Err() != nil {
			return s, ctx.Err()
		}
		if time.Since(begin) > syncMost {
			break
		}
	}
	slices.Sort(took)
	return Sync{Usual: took[len(took)/2], Worst: took[len(took)-1], Times: len(took)}, nil
}

// Existing is the folder itself, or the nearest above it that exists.
func Existing(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && info.IsDir():
			return dir, nil
		case err != nil && !errors.Is(err, os.ErrNotExist):
			return "", err
		case filepath.Dir(dir) == dir:
			return "", os.ErrNotExist
		}
		dir = filepath.Dir(dir)
	}
}
