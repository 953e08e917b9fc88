package record_test

import (
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"bienban/audio/record"
)

func TestMemoryDoesNotGrowWithTheLength(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1, Segment: time.Minute, Queue: 10 * time.Second,
		OnChunk: func(record.Chunk) {}, Mirror: filepath.Join(t.TempDir(), "m")}, nil)
	second := ramp(0, 8000, 1)
	heap := func() int64 {
		must(t, r.Flush(ctx))
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	record := func(minutes int) {
		for range minutes * 60 {
			must(t, r.AppendWait(ctx, second))
		}
	}
	record(4)
	before := heap()
	record(24)
	after := heap()
	t.Logf("after 4 min %d kB, after half an hour %d kB", before>>10, after>>10)
	if after > before+before/10+100<<10 { // a segment is a line in the manifest: 200 B a minute here
		t.Errorf("%d bytes after 4 minutes, %d after half an hour", before, after)
	}
	must(t, r.Close(ctx, ""))
}

func TestADataFolderIsVerifiedAsAWhole(t *testing.T) {
	root := t.TempDir()
	if _, err := record.VerifyAll(ctx, root, nil); err == nil {
		t.Error("an empty folder is whole")
	}
	for _, name := range []string{"a", filepath.Join("b", "c")} {
		r := create(t, filepath.Join(root, name), record.Options{ID: name, Rate: 8000, Channels: 1}, nil)
		must(t, r.Append(ramp(0, 16000, 1)))
		must(t, r.Close(ctx, ""))
	}
	s, err := record.VerifyAll(ctx, root, nil)
	must(t, err)
	if !s.Whole || s.AudioSeconds != 4 || len(s.Recordings) != 2 {
		t.Errorf("%+v", s)
	}
}

// BenchmarkAppend is an hour of a mixer with 8 channels of 24 bits at 48 kHz, by the second.
func BenchmarkAppend(b *testing.B) {
	r := create(b, b.TempDir(), record.Options{ID: "r", Rate: 48000, Channels: 8, Bits: 24}, nil)
	second := ramp(0, 48000, 8)
	b.SetBytes(48000 * 8 * 3)
	for b.Loop() {
		must(b, r.AppendWait(ctx, second))
	}
	must(b, r.Flush(ctx))
	b.ReportMetric(float64(r.Status().SlowSync.Microseconds())/1000, "ms/slowest-sync")
	must(b, r.Close(ctx, ""))
}

func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	r := create(b, dir, record.Options{ID: "r", Rate: 48000, Channels: 8}, nil)
	second := ramp(0, 48000, 8)
	for range 60 {
		must(b, r.AppendWait(ctx, second))
	}
	must(b, r.Close(ctx, ""))
	b.SetBytes(48000 * 8 * 2 * 60)
	for b.Loop() {
		whole(b, dir, nil)
	}
}
