package record_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"flag"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/durable"
	"bienban/internal/durable/durabletest"
)

var update = flag.Bool("update", false, "write the golden files again")

// counting is a source of keys that are known.
type counting struct{ n byte }

func (c *counting) Read(b []byte) (int, error) {
	for i := range b {
		c.n++
		b[i] = c.n
	}
	return len(b), nil
}

// tiny makes a recording of four segments with a closed part in it, always the same bytes.
func tiny(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		o := record.Options{ID: "r1", Meeting: "chi-bo", Device: "mixer", Map: []byte(`[{"channel":1,"role":"chair"}]`),
			Rate: 1000, Channels: 1, Segment: time.Second}.Seeded(&counting{})
		r := create(t, "/r", o, fsys)
		step := func(pos int64, n int) {
			must(t, r.Append(ramp(pos, n, 1)))
			time.Sleep(time.Duration(n) * time.Millisecond)
			must(t, r.Flush(ctx))
		}
		step(0, 1000)
		step(1000, 250)
		must(t, r.Pause(ctx, "Nguyễn Văn An", "nhân sự", 0))
		step(1250, 300)
		must(t, r.Resume(ctx, "Nguyễn Văn An", ""))
		step(1550, 1000)
		must(t, r.SetFormat(record.Format{Rate: 2000, Channels: 2, Bits: 24}))
		must(t, r.Append(ramp(0, 400, 2)))
		must(t, r.Close(ctx, "hết giờ"))
		list, err := fsys.ReadDir("/r")
		must(t, err)
		for _, e := range list {
			files[e.Name] = get(t, fsys, "/r/"+e.Name)
		}
	})
	return files
}

func lay(t testing.TB, files map[string][]byte) *durabletest.FS {
	t.Helper()
	fsys := durabletest.New()
	must(t, fsys.MkdirAll("/r"))
	for name, b := range files {
		put(t, fsys, "/r/"+name, b)
	}
	return fsys
}

func TestTheFormatDoesNotChangeByAccident(t *testing.T) {
	files := tiny(t)
	for name, got := range files {
		path := filepath.Join("testdata", "tiny", name)
		if *update {
			must(t, os.MkdirAll(filepath.Dir(path), 0o755))
			must(t, os.WriteFile(path, got, 0o644))
			continue
		}
		if want := readFile(t, path); !bytes.Equal(got, want) {
			t.Errorf("%s is not what docs/recording-format.md version 1 says; readers of old recordings must go on working", name)
		}
	}
	list, err := os.ReadDir(filepath.Join("testdata", "tiny"))
	must(t, err)
	if len(list) != len(files) {
		t.Errorf("%d files, want %d", len(files), len(list))
	}
	rep := whole(t, filepath.Join("testdata", "tiny"), nil)
	if rep.AudioSeconds != 2.45 || rep.PausedSeconds != 0.3 || !rep.Closed {
		t.Errorf("%+v", rep)
	}
}

func TestAnyChangedByteIsFound(t *testing.T) {
	files := tiny(t)
	for name, data := range files {
		fsys := lay(t, files)
		for i := rand.IntN(11); i < len(data); i += 11 {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << (i % 8)
			put(t, fsys, "/r/"+name, changed)
			rep, err := record.Verify(ctx, "/r", fsys)
			if err == nil && rep.Whole {
				t.Fatalf("byte %d of %s was changed unnoticed", i, name)
			}
			if !strings.HasSuffix(name, ".pcm") || i < 256 {
				continue
			}
			// The report names the file and a chunk, at or behind the changed byte's own.
			own := int64(bytes.LastIndex(data[:i+1], []byte("BBCH")))
			if p := rep.Problems[0]; p.Segment != name && p.Segment != "manifest.json" || p.Segment == name && (p.Chunk < 0 || p.Offset < own) {
				t.Fatalf("byte %d of %s (chunk at %d): reported as %v", i, name, own, p)
			}
		}
		put(t, fsys, "/r/"+name, data)
		whole(t, "/r", fsys)
	}
}

func TestWhatIsRemovedMovedOrCutIsFound(t *testing.T) {
	files := tiny(t)
	segments := []string{"000001.pcm", "000002.pcm", "000003.pcm", "000004.pcm"}
	bad := func(what string, change func(m map[string][]byte)) {
		t.Helper()
		m := map[string][]byte{}
		for k, v := range files {
			m[k] = bytes.Clone(v)
		}
		change(m)
		rep, err := record.Verify(ctx, "/r", lay(t, m))
		if err == nil && rep.Whole {
			t.Errorf("%s: unnoticed", what)
		}
	}
	for _, s := range segments {
		bad(s+" removed", func(m map[string][]byte) { delete(m, s) })
		bad(s+" emptied", func(m map[string][]byte) { m[s] = nil })
		bad(s+" lengthened", func(m map[string][]byte) { m[s] = append(m[s], 0) })
		bad(s+" lengthened by its last chunk", func(m map[string][]byte) { m[s] = append(m[s], m[s][lastChunk(m[s]):]...) })
		for n := 1; n < len(files[s]); n += 37 {
			bad(s+" cut", func(m map[string][]byte) { m[s] = m[s][:n] })
		}
		for _, o := range segments {
			if o != s {
				bad(s+" and "+o+" exchanged", func(m map[string][]byte) { m[s], m[o] = m[o], m[s] })
				bad(o+" in the place of "+s, func(m map[string][]byte) { m[s] = m[o] })
			}
		}
	}
	bad("chunks exchanged", func(m map[string][]byte) {
		b := m["000001.pcm"]
		at := bytes.LastIndex(b[:lastChunk(b)], []byte("BBCH"))
		end := lastChunk(b)
		m["000001.pcm"] = append(append(bytes.Clone(b[:at]), b[end:]...), b[at:end]...)
	})
	bad("a chunk left out", func(m map[string][]byte) {
		b := m["000001.pcm"]
		at := bytes.LastIndex(b[:lastChunk(b)], []byte("BBCH"))
		m["000001.pcm"] = append(bytes.Clone(b[:at]), b[lastChunk(b):]...)
	})
}

// forge replaces the samples of the chunk at off and makes its own seal and checksum right again.
func forge(data []byte, off int) []byte {
	b := bytes.Clone(data)
	n := int(binary.LittleEndian.Uint32(b[off+36:]))
	key, pcm := b[off+128:off+160], b[off+160:off+160+n]
	pcm[0] ^= 1
	mac := hmac.New(sha256.New, key)
	mac.Write(pcm)
	copy(b[off+48:], mac.Sum(nil))
	binary.LittleEndian.PutUint32(b[off+124:], crc32.Checksum(b[off:off+124], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

func TestAChunkThatWasForgedIsFoundByTheNext(t *testing.T) {
	files := tiny(t)
	for _, name := range []string{"000001.pcm", "000002.pcm", "000003.pcm", "000004.pcm"} {
		for off := 256; ; {
			next := bytes.Index(files[name][off+1:], []byte("BBCH"))
			m := map[string][]byte{}
			for k, v := range files {
				m[k] = v
			}
			m[name] = forge(files[name], off)
			if rep := verify(t, "/r", lay(t, m)); rep.Whole {
				t.Errorf("%s: the chunk at byte %d was forged unnoticed", name, off)
			}
			delete(m, "manifest.json")
			if rep := verify(t, "/r", lay(t, m)); rep.Whole && (next >= 0 || name != "000004.pcm") {
				t.Errorf("%s: the chunk at byte %d was forged unnoticed where there is no manifest", name, off)
			}
			if next < 0 {
				break
			}
			off += 1 + next
		}
	}
}

func TestTheManifestIsRebuiltFromTheSegments(t *testing.T) {
	files := tiny(t)
	want := files["manifest.json"]
	delete(files, "manifest.json")
	fsys := lay(t, files)
	m, err := record.Rebuild("/r", fsys)
	must(t, err)
	if got := get(t, fsys, "/r/manifest.json"); !bytes.Equal(got, want) {
		t.Errorf("rebuilt:\n%s\nwritten by the recorder:\n%s", got, want)
	}
	if m.ID != "r1" || !m.Closed || len(m.Segments) != 4 {
		t.Errorf("%+v", m)
	}
	if _, err := record.Rebuild(t.TempDir(), nil); err == nil {
		t.Error("a manifest was made of an empty folder")
	}
}

func TestADamagedRecordingIsReadAroundTheDamage(t *testing.T) {
	dir := t.TempDir()
	r := create(t, dir, record.Options{ID: "r", Rate: 1000, Channels: 1}, nil)
	must(t, r.Append(ramp(0, 2000, 1)))
	must(t, r.Close(ctx, ""))
	file := filepath.Join(dir, "000001.pcm")
	data := readFile(t, file)
	third := 0 // the third chunk of audio: behind the info record and two others
	for range 4 {
		third += bytes.Index(data[third+1:], []byte("BBCH")) + 1
	}
	for _, at := range []int{third, third + 40, third + 130, third + 300} { // mark, header, key, samples
		changed := bytes.Clone(data)
		changed[at] ^= 4
		fsys := lay(t, map[string][]byte{"000001.pcm": changed})
		rep := verify(t, "/r", fsys)
		if rep.Whole || len(rep.Problems) != 1 || rep.Problems[0].Chunk != 3 || rep.Problems[0].Second != 0.4 || rep.Problems[0].Offset != int64(third) {
			t.Errorf("byte %d: %v", at-third, rep.Problems)
		}
		if rep.AudioSeconds < 1.79 || rep.AudioSeconds > 1.81 {
			t.Errorf("byte %d: %v s of audio", at-third, rep.AudioSeconds)
		}
		all, err := readAll(t, source(t, "/r", fsys, record.SourceOptions{}))
		if err == nil || len(all) != 2000 || !isRamp(all[:400], 0, 1) || !isRamp(all[600:], 600, 1) {
			t.Errorf("byte %d: %d frames, %v", at-third, len(all), err)
		}
	}
}

// mendChecksums makes the checksums of all headers right, so that what they say is looked at.
func mendChecksums(b []byte) {
	table := crc32.MakeTable(crc32.Castagnoli)
	if len(b) >= 256 {
		binary.LittleEndian.PutUint32(b[252:], crc32.Checksum(b[:252], table))
	}
	for off := 0; ; off++ {
		k := bytes.Index(b[off:], []byte("BBCH"))
		if k < 0 || off+k+128 > len(b) {
			return
		}
		off += k
		binary.LittleEndian.PutUint32(b[off+124:], crc32.Checksum(b[off:off+124], table))
	}
}

func FuzzReader(f *testing.F) {
	for _, name := range []string{"000001.pcm", "000004.pcm", "manifest.json"} {
		f.Add(readFile(f, filepath.Join("testdata", "tiny", name)), uint16(0), byte(0), false)
	}
	tiny := readFile(f, filepath.Join("testdata", "tiny", "000001.pcm"))
	for _, at := range []uint16{32, 38, 40, 49, 57, 260, 266, 274, 282, 288, 292, 368} { // fields of the two headers
		f.Add(tiny, at, byte(3), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, at uint16, bit byte, mend bool) {
		if len(data) > 0 {
			data = bytes.Clone(data)
			data[int(at)%len(data)] ^= bit
		}
		if mend {
			mendChecksums(data)
		}
		fsys := lay(t, map[string][]byte{"000001.pcm": data})
		if _, err := record.Verify(ctx, "/r", fsys); err != nil {
			t.Fatal(err)
		}
		rec, err := record.Open("/r", fsys)
		if err != nil {
			return
		}
		if rec.End() > 1<<20 {
			return // silence as long as a header says: right, and long
		}
		src, err := rec.Source(record.SourceOptions{})
		must(t, err)
		all, _ := readAll(t, src)
		if int64(len(all)) != rec.End()*int64(rec.Format().Channels) {
			t.Errorf("%d samples of %d frames", len(all), rec.End())
		}
		r, err := record.Create("/r", record.Options{Rate: 1000, Channels: 1, Now: func() time.Time { return time.Unix(0, 0) }}, fsys)
		if err != nil {
			return
		}
		must(t, r.Close(ctx, ""))
	})
}

var _ durable.FS = (*durabletest.FS)(nil)

func TestARecordingWhoseSegmentsAreAllRemovedIsMissed(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"kept", "gone"} {
		r := create(t, filepath.Join(root, name), record.Options{ID: name, Meeting: "họp", Rate: 8000, Channels: 1}, nil)
		must(t, r.Append(ramp(0, 8000, 1)))
		must(t, r.Close(ctx, ""))
	}
	gone := filepath.Join(root, "gone")
	must(t, os.Remove(filepath.Join(gone, "000001.pcm")))
	sum, err := record.VerifyAll(ctx, root, nil)
	if err != nil || sum.Whole || len(sum.Recordings) != 2 || sum.AudioSeconds != 1 {
		t.Errorf("%v, %+v", err, sum)
	}
	if rep := verify(t, gone, nil); rep.Whole || rep.ID != "gone" || len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0].What, "missing") {
		t.Errorf("%+v", rep)
	}
	must(t, os.Remove(filepath.Join(gone, "manifest.json")))
	if _, err := record.Verify(ctx, gone, nil); !errors.Is(err, record.ErrNone) {
		t.Errorf("a folder without anything: %v", err)
	}
}

func TestASegmentThatIsMissingIsDamageForWhoeverReads(t *testing.T) {
	files := tiny(t) // segments at 0, 1000, 2000 or behind, and the end at 2750
	for _, c := range []struct {
		name     string
		without  string
		from, to int64 // what is missing; 0, 0: nothing that a later segment tells of
		says     string
	}{
		{"the first", "000001.pcm", 0, 1000, "1.0 s missing in the recording's folder"},
		{"one within", "000002.pcm", 1000, 2150, "1.1 s missing in the recording's folder"},
		{"the last", "000004.pcm", 0, 0, "0.2 s missing at the end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := lay(t, files)
			must(t, fsys.Remove("/r/"+c.without))
			r, err := record.Open("/r", fsys)
			must(t, err)
			lacks := r.Missing()
			if want := c.to > 0; want != (len(lacks) == 1) || want && (lacks[0].From != c.from || lacks[0].To != c.to) {
				t.Errorf("missing: %+v", lacks)
			}
			_, err = readAll(t, source(t, "/r", fsys, record.SourceOptions{}))
			var damage *audio.DamageError
			if !errors.As(err, &damage) || damage.Reason != c.says {
				t.Errorf("read to the end: %v", err)
			}
			// What is whole within is given as such.
			if frames, err := readAll(t, source(t, "/r", fsys, record.SourceOptions{From: r.End() - 100, To: r.End() - 50})); err != nil || len(frames) != 50 {
				t.Errorf("%d frames, %v", len(frames), err)
			}
		})
	}
	if r, err := record.Open("/r", lay(t, files)); err != nil || len(r.Missing()) > 0 {
		t.Errorf("a whole recording lacks %+v, %v", r.Missing(), err)
	}
}
