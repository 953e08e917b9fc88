//go:build linux || darwin

package record_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bienban/audio/record"
)

// tone records some seconds into a folder of the machine.
func tone(t *testing.T, dir string, seconds int) {
	t.Helper()
	r, err := record.Create(dir, record.Options{ID: "r", Rate: 8000, Channels: 1}, nil)
	must(t, err)
	must(t, r.AppendWait(ctx, ramp(0, 8000*seconds, 1)))
	must(t, r.Close(ctx, ""))
}

func TestASegmentThatIsNoFileIsDamageAndHoldsNobodyUp(t *testing.T) {
	for what, put := range map[string]func(path string) error{
		"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o644) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o755) },
		"a device": func(path string) error { return os.Symlink("/dev/zero", path) },
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			tone(t, dir, 1)
			must(t, put(filepath.Join(dir, "000002.pcm")))
			within, stop := context.WithTimeout(ctx, 20*time.Second)
			defer stop()
			done := make(chan record.Report, 1)
			go func() {
				rep, err := record.Verify(within, dir, nil)
				if err != nil {
					t.Error(err)
				}
				done <- rep
			}()
			select {
			case rep := <-done:
				if rep.Whole || rep.AudioSeconds != 1 || len(rep.Problems) == 0 || !strings.Contains(rep.Problems[0].String(), "000002.pcm: the segment cannot be used: it is no file") {
					t.Errorf("%+v", rep)
				}
			case <-within.Done():
				t.Fatal("verify waits for ever")
			}
		})
	}
	// The lock and the manifest, too.
	for _, name := range []string{"lock", "manifest.json"} {
		dir := t.TempDir()
		tone(t, dir, 1)
		must(t, os.Remove(filepath.Join(dir, name)))
		must(t, syscall.Mkfifo(filepath.Join(dir, name), 0o644))
		rep, err := record.Verify(ctx, dir, nil)
		if err != nil || rep.Whole != (name == "lock") {
			t.Errorf("%s: %+v, %v", name, rep, err)
		}
	}
}

// reforge changes chunk headers of a segment from the n-th on and makes checksums and chain fit again, as somebody could
// who knows the format.
func reforge(t *testing.T, path string, n int, change func(header []byte)) {
	t.Helper()
	b := readFile(t, path)
	le := binary.LittleEndian
	prev := sha256.Sum256(b[:256])
	for off, i := 256, 0; off < len(b); i++ {
		h := b[off : off+128]
		if i >= n {
			change(h)
		}
		copy(h[80:112], prev[:])
		le.PutUint32(h[124:], crc32.Checksum(h[:124], crc32.MakeTable(crc32.Castagnoli)))
		prev = sha256.Sum256(h)
		off += 160 + int(le.Uint32(h[36:]))
	}
	must(t, os.WriteFile(path, b, 0o644))
}

func TestForgedLengthsGiveNoAbsurdSums(t *testing.T) {
	le := binary.LittleEndian
	const huge = int64(1) << 60
	for what, change := range map[string]func() func([]byte){
		"one chunk's span, and all positions behind it": func() func([]byte) {
			moved := int64(0)
			return func(h []byte) {
				le.PutUint64(h[16:], le.Uint64(h[16:])+uint64(moved))
				if moved == 0 {
					moved = huge
					le.PutUint64(h[24:], le.Uint64(h[24:])+uint64(huge))
				}
			}
		},
		"every span": func() func([]byte) {
			return func(h []byte) { le.PutUint64(h[24:], uint64(huge)) }
		},
		"an audio chunk that says an hour": func() func([]byte) {
			moved := int64(0)
			return func(h []byte) {
				le.PutUint64(h[16:], le.Uint64(h[16:])+uint64(moved))
				if moved == 0 {
					moved = 8000 * 3600
					le.PutUint64(h[24:], le.Uint64(h[24:])+uint64(moved))
				}
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			tone(t, dir, 2)
			reforge(t, filepath.Join(dir, "000001.pcm"), 4, change())
			must(t, os.Remove(filepath.Join(dir, "manifest.json"))) // its witness is gone, too
			rep, err := record.Verify(ctx, dir, nil)
			if err != nil || rep.Whole || len(rep.Problems) == 0 || rep.AudioSeconds > 2 || rep.Seconds > 3700 {
				t.Errorf("%+v, %v", rep, err)
			}
			rec, err := record.Open(dir, nil)
			if err != nil || rec.End() > 8000*3700 {
				t.Errorf("a reader finds %d frames, %v", rec.End(), err)
			}
		})
	}
}

// A note's payload is sealed with a key that lies beside it.
func TestAForgedClosedPartIsDamage(t *testing.T) {
	dir := t.TempDir()
	r, err := record.Create(dir, record.Options{ID: "r", Rate: 8000, Channels: 1}, nil)
	must(t, err)
	must(t, r.AppendWait(ctx, ramp(0, 16000, 1)))
	must(t, r.CloseStretch(ctx, 8000, 16000, "An", "kín"))
	must(t, r.Close(ctx, ""))
	path := filepath.Join(dir, "000001.pcm")
	b := readFile(t, path)
	at := bytes.Index(b, []byte(`"to":16000`))
	copy(b[at:], `"to":99999`)
	off := bytes.LastIndex(b[:at], []byte("BBCH"))
	n := int(binary.LittleEndian.Uint32(b[off+36:]))
	mac := hmac.New(sha256.New, b[off+128:off+160])
	mac.Write(b[off+160 : off+160+n])
	copy(b[off+48:off+80], mac.Sum(nil))
	must(t, os.WriteFile(path, b, 0o644))
	reforge(t, path, 0, func([]byte) {})
	must(t, os.Remove(filepath.Join(dir, "manifest.json")))
	rep, err := record.Verify(ctx, dir, nil)
	if err != nil || len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0].What, "frames 8000 to 99999") {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestAForgedManifestIsDamage(t *testing.T) {
	for from, to := range map[string]string{
		`"position": 8000`: `"position": 9000000000000000000`,
		`"audio": 8000`:    `"audio": 80000`,
		`"next_seq": 7`:    `"next_seq": -7`,
	} {
		dir := t.TempDir()
		tone(t, dir, 1)
		path := filepath.Join(dir, "manifest.json")
		b := readFile(t, path)
		forged := bytes.Replace(b, []byte(from), []byte(to), 1)
		if bytes.Equal(b, forged) {
			t.Fatalf("no %s in %s", from, b)
		}
		must(t, os.WriteFile(path, forged, 0o644))
		rep, err := record.Verify(ctx, dir, nil)
		if err != nil || rep.Whole || rep.AudioSeconds != 1 || !strings.Contains(rep.Problems[0].What, "cannot be") {
			t.Errorf("%s: %+v, %v", to, rep, err)
		}
		// Alone it is no witness of a recording with so and so many chunks.
		must(t, os.Remove(filepath.Join(dir, "000001.pcm")))
		if rep, err := record.Verify(ctx, dir, nil); err == nil {
			t.Errorf("%s alone: %+v", to, rep)
		}
	}
}

func TestAClockThatWasSetByDecadesMakesNoGapOfDecades(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(1970, 1, 1, 0, 1, 0, 0, time.UTC) // a machine without a battery for its clock
	o := record.Options{ID: "r", Rate: 8000, Channels: 1, Now: func() time.Time { return now }}
	r, err := record.Create(dir, o, nil)
	must(t, err)
	must(t, r.AppendWait(ctx, ramp(0, 8000, 1)))
	must(t, r.Flush(ctx))
	must(t, r.Gap("the device is gone"))
	now = time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	must(t, r.AppendWait(ctx, ramp(8000, 8000, 1)))
	must(t, r.Close(ctx, ""))
	rep := whole(t, dir, nil)
	if rep.AudioSeconds != 2 || rep.GapSeconds != 1 || rep.Seconds != 3 {
		t.Errorf("%+v", rep)
	}
}
