package record_test

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/unicode/norm"

	"bienban/audio/record"
	"bienban/internal/durable/durabletest"
)

func TestNothingOfAClosedPartIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		r := create(t, "/r", record.Options{ID: "r", Rate: 8000, Channels: 1}, fsys)
		feed(t, r, 0, 2)
		must(t, r.Append(ramp(16000, 300, 1))) // an unfinished chunk belongs to the open part
		must(t, r.Pause(ctx, "Nguyễn Văn An", "bàn về nhân sự", 0))
		if err := r.Pause(ctx, "Lê Thị Bình", "", 0); err == nil {
			t.Error("paused twice")
		}
		secret := make([]float32, 80000)
		for i := range secret {
			secret[i] = 0.123
		}
		for i := 0; i < len(secret); i += 400 {
			time.Sleep(50 * time.Millisecond)
			must(t, r.Append(secret[i:i+400]))
		}
		if st := r.Status(); st.Paused == nil || st.Paused.Who != "Nguyễn Văn An" || st.Position != 96300 {
			t.Errorf("%+v", st)
		}
		must(t, r.Resume(ctx, "Nguyễn Văn An", "hết phần kín"))
		must(t, r.Append(ramp(96300, 700, 1)))
		must(t, r.Close(ctx, ""))
		rep := whole(t, "/r", fsys)
		if rep.PausedSeconds != 10 || rep.Seconds != 97000.0/8000 || rep.AudioSeconds != 17000.0/8000 {
			t.Errorf("%+v", rep)
		}
		all, err := readAll(t, source(t, "/r", fsys, record.SourceOptions{}))
		must(t, err)
		if !isRamp(all[:16300], 0, 1) || !isRamp(all[96300:], 96300, 1) {
			t.Error("the open parts are not in their place")
		}
		for i, v := range all[16300:96300] {
			if v != 0 {
				t.Fatalf("frame %d of the closed part is %v", i, v)
			}
		}
		if len(get(t, fsys, "/r/000001.pcm")) > 2*17000+20*1000 {
			t.Error("the file is longer than what may be in it")
		}
		rec, err := record.Open("/r", fsys)
		must(t, err)
		p := rec.Pauses()
		if len(p) != 1 || p[0].From != 16300 || p[0].To != 96300 || p[0].Who != "Nguyễn Văn An" || p[0].Reason != "bàn về nhân sự" {
			t.Errorf("%+v", p)
		}
	})
}

func TestARecorderKilledInAClosedPartWakesInIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		o := record.Options{ID: "r", Rate: 8000, Channels: 1}
		r := create(t, "/r", o, fsys)
		feed(t, r, 0, 2)
		must(t, r.Pause(ctx, "Nguyễn Văn An", "kín", 20*time.Minute))
		feed(t, r, 16000, 3)
		must(t, r.Flush(ctx))
		after := fsys.Kill()
		killed := time.Now()
		_ = r.Close(ctx, "")
		time.Sleep(7 * time.Second)
		for range 3 { // and killed again and again before it hears anything
			r = create(t, "/r", o, after)
			if p := r.Status().Paused; p == nil || p.Who != "Nguyễn Văn An" || p.Announced != 1200 {
				t.Fatalf("it records a closed part: %+v", p)
			}
			next := after.Kill()
			_ = r.Close(ctx, "")
			after = next
		}
		r = create(t, "/r", o, after)
		feed(t, r, 0, 1)
		must(t, r.Resume(ctx, "Lê Thị Bình", ""))
		took := time.Since(killed)
		feed(t, r, 0, 1)
		must(t, r.Close(ctx, ""))
		rep := whole(t, "/r", after)
		want := 3*time.Second + took
		if rep.AudioSeconds != 3 || rep.GapSeconds != 0 || math.Abs(rep.PausedSeconds-want.Seconds()) > 0.001 {
			t.Errorf("%+v, want %v paused", rep, want)
		}
	})
}

func TestARecorderKilledAfterAClosedPartWakesRecording(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		o := record.Options{ID: "r", Rate: 8000, Channels: 1}
		r := create(t, "/r", o, fsys)
		feed(t, r, 0, 1)
		must(t, r.Pause(ctx, "Nguyễn Văn An", "kín", 0))
		feed(t, r, 0, 1)
		must(t, r.Resume(ctx, "Nguyễn Văn An", ""))
		feed(t, r, 16000, 1)
		must(t, r.Flush(ctx))
		after := fsys.Kill()
		_ = r.Close(ctx, "")
		r = create(t, "/r", o, after)
		if p := r.Status().Paused; p != nil {
			t.Errorf("it is paused: %+v", p)
		}
		feed(t, r, 0, 1)
		must(t, r.Close(ctx, ""))
		if rep := whole(t, "/r", after); rep.AudioSeconds != 3 || rep.PausedSeconds != 1 {
			t.Errorf("%+v", rep)
		}
	})
}

func TestAGapIsAsLongAsTheClockSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		o := record.Options{ID: "r", Rate: 8000, Channels: 1}
		r := create(t, "/r", o, fsys)
		began := time.Now()
		feed(t, r, 0, 2)
		must(t, r.Gap("the mixer was unplugged"))
		time.Sleep(90 * time.Second)
		if r.Status().Gap == "" {
			t.Error("the status does not say that nothing is captured")
		}
		feed(t, r, 16000+90*8000, 2)
		must(t, r.Device("mixer 2", "it was plugged in again"))
		must(t, r.Flush(ctx))
		after := fsys.Kill() // and the recorder is gone for ten minutes
		_ = r.Close(ctx, "")
		time.Sleep(10 * time.Minute)
		r = create(t, "/r", o, after)
		from := int64(94+600)*8000 + int64(5*8000) // Close went on trying for a while
		feed(t, r, from, 1)
		must(t, r.Close(ctx, ""))
		rep := whole(t, "/r", after)
		if rep.AudioSeconds != 5 || rep.GapSeconds < 690 || rep.GapSeconds > 700 {
			t.Errorf("%+v", rep)
		}
		rec, err := record.Open("/r", after)
		must(t, err)
		g := rec.Gaps()
		if len(g) != 2 || !g[0].Estimated || g[0].To-g[0].From != 90*8000 || g[0].Reason != "the mixer was unplugged" || !strings.Contains(g[1].Reason, "killed") {
			t.Errorf("%+v", g)
		}
		for _, sec := range []int64{1, 50, 93} {
			if w, err := rec.WallAt(sec * 8000); err != nil || w.Sub(began) != time.Duration(sec)*time.Second {
				t.Errorf("second %d was at %v (%v)", sec, w.Sub(began), err)
			}
		}
		if _, err := rec.WallAt(rec.End()); err == nil {
			t.Error("a time was given for what is behind the end")
		}
		all, err := readAll(t, source(t, "/r", after, record.SourceOptions{From: 16000 + 90*8000, To: 32000 + 90*8000}))
		if err != nil || !isRamp(all, 16000+90*8000, 1) {
			t.Errorf("what follows the gap is not in its place (%v)", err)
		}
	})
}

func TestFramesThatTheDeviceDroppedAreCounted(t *testing.T) {
	dir := t.TempDir()
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1}, nil)
	must(t, r.Append(ramp(0, 1000, 1)))
	must(t, r.Lost(4000))
	must(t, r.Append(ramp(5000, 1000, 1)))
	must(t, r.Drift(-37.5, "10 min"))
	must(t, r.Close(ctx, ""))
	if rep := whole(t, dir, nil); rep.OverflowSeconds != 0.5 || rep.AudioSeconds != 0.25 {
		t.Errorf("%+v", rep)
	}
	all, err := readAll(t, source(t, dir, nil, record.SourceOptions{}))
	if err != nil || !isRamp(all[5000:], 5000, 1) || !isRamp(all[:1000], 0, 1) {
		t.Errorf("not in its place: %v", err)
	}
}

func TestSamplesThatAreNotNumbersBecomeSilenceAndAreCounted(t *testing.T) {
	dir := t.TempDir()
	r := create(t, dir, record.Options{ID: "r", Rate: 1000, Channels: 2}, nil)
	frames := ramp(0, 1000, 2)
	frames[10], frames[11], frames[1500] = float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))
	frames[20], frames[21] = 7, -7 // clipping is not that
	must(t, r.Append(frames))
	must(t, r.Close(ctx, ""))
	if rep := whole(t, dir, nil); rep.BadSamples != 3 {
		t.Errorf("%d bad samples, want 3", rep.BadSamples)
	}
	if st := r.Status(); st.Bad != 3 {
		t.Errorf("status says %d", st.Bad)
	}
	all, err := readAll(t, source(t, dir, nil, record.SourceOptions{}))
	must(t, err)
	if all[10] != 0 || all[1500] != 0 || all[20] != 32767.0/32768 || all[21] != -1 {
		t.Errorf("%v %v %v %v", all[10], all[1500], all[20], all[21])
	}
}

func TestAnotherFormatBeginsASegmentAndKeepsTheTime(t *testing.T) {
	dir := t.TempDir()
	r := create(t, dir, record.Options{ID: "r", Rate: 16000, Channels: 2}, nil)
	tone := func(rate, channels, n int) []float32 {
		b := make([]float32, 0, n*channels)
		for i := range n {
			v := float32(0.5 * math.Sin(2*math.Pi*200*float64(i)/float64(rate)))
			for range channels {
				b = append(b, v)
			}
		}
		return b
	}
	must(t, r.Append(tone(16000, 2, 16000)))
	must(t, r.SetFormat(record.Format{Rate: 44100, Channels: 1, Bits: 24}))
	must(t, r.Append(tone(44100, 1, 44100)))
	must(t, r.SetFormat(record.Format{Rate: 16000, Channels: 4, Bits: 16}))
	must(t, r.Append(tone(16000, 4, 16000)))
	if err := r.SetFormat(record.Format{Rate: 16000, Channels: 99, Bits: 16}); err == nil {
		t.Error("99 channels were taken")
	}
	if err := r.Append(make([]float32, 3)); err == nil {
		t.Error("three quarters of a frame were taken")
	}
	must(t, r.Close(ctx, ""))
	rep := whole(t, dir, nil)
	if rep.Seconds != 3 || rep.Segments != 3 {
		t.Errorf("%+v", rep)
	}
	all, err := readAll(t, source(t, dir, nil, record.SourceOptions{}))
	if err != nil || len(all) != 2*48000 {
		t.Fatalf("%d samples, %v", len(all), err)
	}
	for sec := range 3 {
		var a, b float64
		for i := sec*16000 + 1000; i < (sec+1)*16000-1000; i++ {
			a += float64(all[2*i]) * float64(all[2*i])
			b += float64(all[2*i+1]) * float64(all[2*i+1])
		}
		if rms := math.Sqrt(a / 14000); math.Abs(rms-0.3535) > 0.005 || math.Abs(a-b) > 1e-3 {
			t.Errorf("second %d: level %v, channels differ by %v", sec, rms, a-b)
		}
	}
}

func TestAClosedStretchIsSilentUnlessAskedFor(t *testing.T) {
	dir := t.TempDir()
	o := record.Options{ID: "r", Rate: 8000, Channels: 1}
	r := create(t, dir, o, nil)
	must(t, r.Append(ramp(0, 24000, 1)))
	if err := r.CloseStretch(ctx, 8000, 99999, "An", "kín"); err == nil {
		t.Error("a stretch beyond the end was closed")
	}
	must(t, r.CloseStretch(ctx, 8000, 12000, "Nguyễn Văn An", "bàn về nhân sự"))
	must(t, r.Close(ctx, ""))
	rep := whole(t, dir, nil)
	if rep.AudioSeconds != 3 {
		t.Errorf("%+v", rep)
	}
	all, err := readAll(t, source(t, dir, nil, record.SourceOptions{Closed: true}))
	if err != nil || !isRamp(all, 0, 1) {
		t.Errorf("it was not kept: %v", err)
	}
	all, err = readAll(t, source(t, dir, nil, record.SourceOptions{}))
	if err != nil || !isRamp(all[:8000], 0, 1) || !isRamp(all[12000:], 12000, 1) {
		t.Errorf("what is around it changed: %v", err)
	}
	for _, v := range all[8000:12000] {
		if v != 0 {
			t.Fatal("a closed stretch is heard")
		}
	}
	must(t, record.CloseStretch(ctx, dir, nil, 0, 100, "An", "kín"))
	rec, err := record.Open(dir, nil)
	must(t, err)
	if c := rec.Closed(); len(c) != 2 || c[1].Who != "Nguyễn Văn An" || c[1].Reason != "bàn về nhân sự" || rec.End() != 24000 {
		t.Errorf("%+v, end %d", c, rec.End())
	}
	whole(t, dir, nil)
}

func TestAnErasedStretchIsGoneAndTheRestVerifies(t *testing.T) {
	for _, running := range []bool{true, false} {
		dir := filepath.Join(t.TempDir(), "r")
		mirror := filepath.Join(t.TempDir(), "m")
		o := record.Options{ID: "r", Rate: 8000, Channels: 1, Segment: time.Second, Mirror: mirror}
		r := create(t, dir, o, nil)
		must(t, r.Append(ramp(0, 40000, 1)))
		must(t, r.Flush(ctx))
		e := record.Erasure{From: 12000, To: 20100, By: [2]string{"Nguyễn Văn An", "Lê Thị Bình"}, Reason: "lộ bí mật"}
		for _, bad := range []record.Erasure{
			{From: 12000, To: 20100, By: [2]string{"Nguyễn Văn An", "nguyễn  văn an "}, Reason: "x"},
			{From: 12000, To: 20100, By: [2]string{"Nguyễn Văn An", norm.NFD.String("Nguyễn Văn An")}, Reason: "x"},
			{From: 12000, To: 20100, By: [2]string{"Nguyễn Văn An", ""}, Reason: "x"},
			{From: 12000, To: 20100, By: e.By},
			{From: 12000, To: 12000, By: e.By, Reason: "x"},
			{From: 900000, To: 900001, By: e.By, Reason: "x"},
		} {
			if err := r.Erase(ctx, bad); err == nil {
				t.Errorf("%+v was obeyed", bad)
			}
		}
		if running {
			must(t, r.Erase(ctx, e))
			must(t, r.Append(ramp(40000, 8000, 1)))
			must(t, r.Close(ctx, ""))
		} else {
			must(t, r.Append(ramp(40000, 8000, 1)))
			must(t, r.Close(ctx, ""))
			whole(t, mirror, nil)
			must(t, record.Erase(ctx, dir, nil, mirror, e))
		}
		for _, d := range []string{dir, mirror} {
			rep := whole(t, d, nil)
			if rep.ErasedSeconds != 1.2 || rep.AudioSeconds != 4.8 || rep.PendingErasures != 0 || rep.Seconds != 6 {
				t.Errorf("%s (running %v): %+v", d, running, rep)
			}
			all, err := readAll(t, source(t, d, nil, record.SourceOptions{Closed: true}))
			if err != nil || !isRamp(all[:11200], 0, 1) || !isRamp(all[20800:], 20800, 1) {
				t.Errorf("what is around it changed: %v", err)
			}
			for _, v := range all[11200:20800] {
				if v != 0 {
					t.Fatal("something is left")
				}
			}
		}
		rec, err := record.Open(dir, nil)
		must(t, err)
		if got := rec.Erased(); len(got) != 1 || got[0].From != 11200 || got[0].To != 20800 || got[0].Who != "Nguyễn Văn An, Lê Thị Bình" || got[0].Reason != "lộ bí mật" {
			t.Errorf("%+v", got)
		}
	}
}

func TestAFollowerHearsAllAndASlowReaderHarmsNothing(t *testing.T) {
	dir := t.TempDir()
	var mu sync.Mutex
	block := make(chan struct{})
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1, Segment: time.Second,
		OnChunk: func(record.Chunk) { <-block }}, nil) // one that never takes a chunk
	must(t, r.Append(ramp(0, 1600, 1)))
	must(t, r.Flush(ctx))
	rec, err := record.Open(dir, nil)
	must(t, err)
	src, err := rec.Source(record.SourceOptions{Follow: true})
	must(t, err)
	var heard []float32
	done := make(chan error, 1)
	go func() {
		all, err := readAll(t, src)
		mu.Lock()
		heard = all
		mu.Unlock()
		done <- err
	}()
	for pos := int64(1600); pos < 400000; pos += 1600 {
		must(t, r.AppendWait(ctx, ramp(pos, 1600, 1)))
	}
	must(t, r.Flush(ctx))
	if st := r.Status(); st.Missed == 0 || st.Lost != 0 {
		t.Errorf("%+v", st)
	}
	close(block)
	must(t, r.Close(ctx, ""))
	must(t, <-done)
	mu.Lock()
	defer mu.Unlock()
	if len(heard) != 400000 || !isRamp(heard, 0, 1) {
		t.Errorf("the follower heard %d frames", len(heard))
	}
	whole(t, dir, nil)
}

func TestAFollowerCanBeCalledOff(t *testing.T) {
	dir := t.TempDir()
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1}, nil)
	rec, err := record.Open(dir, nil)
	must(t, err)
	src, err := rec.Source(record.SourceOptions{Follow: true})
	must(t, err)
	off, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if n, err := src.Read(off, make([]float32, 100)); n != 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%d, %v", n, err)
	}
	must(t, src.Close())
	must(t, r.Close(ctx, ""))
}

func TestAMirrorNeverHoldsUpTheRecording(t *testing.T) {
	for name, harm := range map[string]func(m *durabletest.FS) (mend func()){
		"well":    func(*durabletest.FS) func() { return func() {} },
		"slow":    func(m *durabletest.FS) func() { m.SlowSync(3 * time.Second); return func() { m.SlowSync(0) } },
		"stalled": func(m *durabletest.FS) func() { return m.StallSync() },
		"full":    func(m *durabletest.FS) func() { m.Limit(20000); return func() { m.Limit(-1) } },
		"failing": func(m *durabletest.FS) func() {
			for range 2 {
				m.Fail("write", syscall.EIO)
				m.Fail("sync", syscall.EIO)
			}
			return func() {}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			fsys, mfs := durabletest.New(), durabletest.New()
			r := create(t, "/r", record.Options{ID: "r", Rate: 8000, Channels: 1, Segment: 5 * time.Second, Mirror: "/m", MirrorFS: mfs}, fsys)
			feed(t, r, 0, 2)
			mend := harm(mfs)
			feed(t, r, 16000, 20)
			st := r.Status()
			if st.Lost != 0 || st.Waiting > 0.3 {
				t.Errorf("%s: %+v", name, st)
			}
			cause := map[string]record.MirrorCause{"stalled": record.MirrorStalled, "full": record.MirrorFull}[name]
			if cause != "" && (st.Mirror.State == "ok" || st.Mirror.Behind == 0) || st.Mirror.Cause != cause {
				t.Errorf("%s: the status says %+v", name, st.Mirror)
			}
			mend()
			feed(t, r, 22*8000, 40)
			must(t, r.Flush(ctx))
			time.Sleep(time.Second)
			if st := r.Status(); st.Mirror.State != "ok" || st.Mirror.Behind != 0 {
				t.Errorf("%s: after it was mended: %+v", name, st.Mirror)
			}
			must(t, r.Close(ctx, ""))
			whole(t, "/r", fsys)
			rep := whole(t, "/m", mfs.PowerCut(durabletest.Nothing))
			if rep.AudioSeconds != 62 || !rep.Closed {
				t.Errorf("%s: the mirror has %+v", name, rep)
			}
		})
	}
}

func TestAMirrorThatNeverComesBackDoesNotHoldUpTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys, mfs := durabletest.New(), durabletest.New()
		release := mfs.StallSync()
		r := create(t, "/r", record.Options{ID: "r", Rate: 8000, Channels: 1, Mirror: "/m", MirrorFS: mfs}, fsys)
		feed(t, r, 0, 12)
		if st := r.Status().Mirror; st.State != "stalled" {
			t.Errorf("%+v", st)
		}
		start := time.Now()
		must(t, r.Close(ctx, ""))
		if d := time.Since(start); d > 6*time.Second {
			t.Errorf("closing took %v", d)
		}
		whole(t, "/r", fsys)
		release()
	})
}

func TestAMirrorOfAnotherRecordingIsNotTouched(t *testing.T) {
	m := t.TempDir()
	r := create(t, m, record.Options{ID: "old", Rate: 8000, Channels: 1}, nil)
	must(t, r.Append(ramp(0, 8000, 1)))
	must(t, r.Close(ctx, ""))
	before := readFile(t, filepath.Join(m, "000001.pcm"))
	r = create(t, t.TempDir(), record.Options{ID: "new", Rate: 8000, Channels: 1, Mirror: m}, nil)
	must(t, r.Append(ramp(0, 8000, 1)))
	must(t, r.Close(ctx, ""))
	if st := r.Status().Mirror; st.State != "refused" || st.Cause != record.MirrorOther || st.Error == "" {
		t.Errorf("%+v", st)
	}
	if string(readFile(t, filepath.Join(m, "000001.pcm"))) != string(before) {
		t.Error("it was overwritten")
	}
	whole(t, m, nil)
}

// The mirror's drive goes and comes back. Where it hung the folder must not be made anew: that would be on the first drive.
func TestAMirrorWhoseDriveGoesIsNotMadeAnewOnTheFirst(t *testing.T) {
	drive := t.TempDir()
	m, away := filepath.Join(drive, "m"), filepath.Join(drive, "away")
	main := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := create(t, main, record.Options{ID: "r", Rate: 8000, Channels: 1, Mirror: m}, nil)
		for i, step := range []struct {
			state    string
			from, to string // what happens to the drive first
		}{{"ok", "", ""}, {"failing", m, away}, {"ok", away, m}} {
			if step.from != "" {
				must(t, os.Rename(step.from, step.to))
			}
			must(t, r.Append(ramp(int64(i)*8000, 8000, 1)))
			time.Sleep(time.Minute) // it looks again and again
			if st := r.Status().Mirror; st.State != step.state || (st.Cause == record.MirrorAway) != (step.state == "failing") {
				t.Errorf("step %d: %+v", i, st)
			}
			if _, err := os.Stat(m); errors.Is(err, fs.ErrNotExist) != (step.state == "failing") {
				t.Errorf("step %d: %v", i, err)
			}
		}
		must(t, r.Close(ctx, ""))
	})
	if a, b := whole(t, main, nil), whole(t, m, nil); a.Chunks != b.Chunks || !b.Closed {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestAMirrorCatchesUpAfterARestart(t *testing.T) {
	fsys, mfs := durabletest.New(), durabletest.New()
	o := record.Options{ID: "r", Rate: 8000, Channels: 1, Segment: time.Second, Mirror: "/m", MirrorFS: mfs}
	r := create(t, "/r", o, fsys)
	must(t, r.Append(ramp(0, 20000, 1)))
	must(t, r.Close(ctx, ""))
	o.Mirror = "" // the drive is away
	r = create(t, "/r", o, fsys)
	must(t, r.Append(ramp(20000, 20000, 1)))
	must(t, r.Erase(ctx, record.Erasure{From: 0, To: 1600, By: [2]string{"An", "Bình"}, Reason: "kín"}))
	must(t, r.Close(ctx, ""))
	o.Mirror = "/m"
	r = create(t, "/r", o, fsys)
	must(t, r.Append(ramp(40000, 8000, 1)))
	must(t, r.Close(ctx, ""))
	a, b := whole(t, "/r", fsys), whole(t, "/m", mfs)
	if a.AudioSeconds != b.AudioSeconds || a.Chunks != b.Chunks || b.ErasedSeconds != 0.2 {
		t.Errorf("%+v\n%+v", a, b)
	}
}

// A drive that is mounted after the start, or another in the place of one that broke, gets a copy from the beginning.
func TestAMirrorIsMadeAnewOnAnotherDrive(t *testing.T) {
	drive, main := t.TempDir(), t.TempDir()
	m := filepath.Join(drive, "m")
	synctest.Test(t, func(t *testing.T) {
		var apart atomic.Bool
		r := create(t, main, record.Options{ID: "r", Rate: 8000, Channels: 1, Mirror: m, MirrorApart: apart.Load}, nil)
		must(t, r.Append(ramp(0, 8000, 1)))
		time.Sleep(time.Minute)
		must(t, os.Rename(m, m+"-before"))
		must(t, r.Append(ramp(8000, 8000, 1)))
		time.Sleep(time.Minute)
		if st := r.Status().Mirror; st.State != "failing" {
			t.Errorf("on the first drive: %+v", st)
		}
		apart.Store(true)
		time.Sleep(time.Minute)
		if st := r.Status().Mirror; st.State != "ok" {
			t.Errorf("on another drive: %+v", st)
		}
		must(t, r.Append(ramp(16000, 8000, 1)))
		must(t, r.Close(ctx, ""))
	})
	if a, b := whole(t, main, nil), whole(t, m, nil); a.Chunks != b.Chunks || b.AudioSeconds != 3 || !b.Closed {
		t.Errorf("%+v\n%+v", a, b)
	}
}
