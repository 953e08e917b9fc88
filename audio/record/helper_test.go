package record_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/durable"
)

// patience is how long a test waits for what must come: reached only when it does not.
const patience = 2 * time.Minute

// ramp makes n frames whose samples tell their position and channel exactly in 16 bits.
func ramp(from int64, n, channels int) []float32 {
	b := make([]float32, 0, n*channels)
	for i := range n {
		for c := range channels {
			b = append(b, sampleAt(from+int64(i), c))
		}
	}
	return b
}

func sampleAt(pos int64, channel int) float32 {
	return float32(int16(uint16(pos*7+int64(channel)*1000+1))) / (1 << 15)
}

func create(t testing.TB, dir string, o record.Options, fsys durable.FS) *record.Recorder {
	t.Helper()
	r, err := record.Create(dir, o, fsys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, dir string, fsys durable.FS) record.Report {
	t.Helper()
	rep, err := record.Verify(context.Background(), dir, fsys)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func whole(t testing.TB, dir string, fsys durable.FS) record.Report {
	t.Helper()
	rep := verify(t, dir, fsys)
	if !rep.Whole {
		t.Fatalf("not whole: %v", rep.Problems)
	}
	return rep
}

// readAll reads a source to its end; err is what it ended with, nil for io.EOF.
func readAll(t testing.TB, src audio.Source) ([]float32, error) {
	t.Helper()
	defer src.Close()
	var all []float32
	buf := make([]float32, 1000*src.Format().Channels)
	for {
		n, err := src.Read(context.Background(), buf)
		all = append(all, buf[:n*src.Format().Channels]...)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

func source(t testing.TB, dir string, fsys durable.FS, o record.SourceOptions) *record.Source {
	t.Helper()
	r, err := record.Open(dir, fsys)
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.Source(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// isRamp reports whether frames hold the ramp from a position on.
func isRamp(frames []float32, from int64, channels int) bool {
	for i, v := range frames {
		if v != sampleAt(from+int64(i/channels), i%channels) {
			return false
		}
	}
	return true
}

var ctx = context.Background()

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

// lastChunk finds where the last chunk in a segment begins.
func lastChunk(data []byte) int { return bytes.LastIndex(data, []byte("BBCH")) }

func put(t testing.TB, fsys durable.FS, path string, data []byte) {
	t.Helper()
	_ = fsys.Remove(path)
	f, err := fsys.Create(path)
	must(t, err)
	_, err = f.WriteAt(data, 0)
	must(t, err)
	must(t, f.Sync())
	must(t, fsys.SyncDir(filepath.Dir(path)))
}

func get(t testing.TB, fsys durable.FS, path string) []byte {
	t.Helper()
	b, err := durable.ReadFile(fsys, path, 1<<30)
	must(t, err)
	return b
}
