package record_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bienban/audio/record"
	"bienban/internal/durable"
	"bienban/internal/durable/durabletest"
)

func TestWhatIsAppendedIsReadBack(t *testing.T) {
	for _, bits := range []int{16, 24} {
		dir := filepath.Join(t.TempDir(), "hội trường")
		var mu sync.Mutex
		var got []record.Chunk
		r := create(t, dir, record.Options{ID: "r1", Meeting: "dai-hoi", Rate: 8000, Channels: 3, Bits: bits, Segment: time.Second,
			OnChunk: func(c record.Chunk) { mu.Lock(); got = append(got, c); mu.Unlock() }}, nil)
		for pos := int64(0); pos < 20000; pos += 700 { // chunks do not begin where appends do
			must(t, r.Append(ramp(pos, int(min(700, 20000-pos)), 3)))
		}
		must(t, r.Close(ctx, "the meeting is over"))
		rep := whole(t, dir, nil)
		if rep.AudioSeconds != 2.5 || !rep.Closed || rep.Segments != 3 || rep.ID != "r1" || rep.Meeting != "dai-hoi" {
			t.Errorf("%d bits: %+v", bits, rep)
		}
		all, err := readAll(t, source(t, dir, nil, record.SourceOptions{}))
		if err != nil || len(all) != 60000 || !isRamp(all, 0, 3) {
			t.Errorf("%d bits: read %d samples, %v", bits, len(all), err)
		}
		part, err := readAll(t, source(t, dir, nil, record.SourceOptions{From: 7999, To: 16003}))
		if err != nil || len(part) != 3*(16003-7999) || !isRamp(part, 7999, 3) {
			t.Errorf("%d bits: from 7999 on read %d samples, %v", bits, len(part), err)
		}
		mu.Lock()
		var heard []float32
		for i, c := range got {
			if i > 0 && c.Seq <= got[i-1].Seq {
				t.Errorf("chunk %d was handed on after %d", c.Seq, got[i-1].Seq)
			}
			if c.Kind == record.KindAudio {
				if c.At != int64(len(heard)/3) {
					t.Errorf("chunk %d is said to be at %d, want %d", c.Seq, c.At, len(heard)/3)
				}
				heard = record.DecodePCM(heard, c.PCM, c.Format.Bits)
			}
		}
		mu.Unlock()
		if len(heard) != 60000 || !isRamp(heard, 0, 3) {
			t.Errorf("%d bits: %d samples were handed on", bits, len(heard))
		}
	}
}

func TestTwoRecordersOnOneRecordingAreRefused(t *testing.T) {
	dir := t.TempDir()
	o := record.Options{ID: "a", Rate: 8000, Channels: 1}
	r := create(t, dir, o, nil)
	if _, err := record.Create(dir, o, nil); !errors.Is(err, durable.ErrLocked) || !strings.Contains(err.Error(), "pid=") {
		t.Errorf("the second: %v", err)
	}
	must(t, r.Close(ctx, ""))
	o.ID = "b"
	if _, err := record.Create(dir, o, nil); !errors.Is(err, record.ErrOther) {
		t.Errorf("another recording in the same folder: %v", err)
	}
	o.ID = "a"
	r = create(t, dir, o, nil)
	must(t, r.Close(ctx, ""))
	whole(t, dir, nil)
}

func TestBadOptionsAreRefused(t *testing.T) {
	for _, o := range []record.Options{
		{}, {Rate: 8000}, {Rate: 8000, Channels: 33}, {Rate: 10, Channels: 1}, {Rate: 8000, Channels: 1, Bits: 12},
		{Rate: 8000, Channels: 1, Map: []byte("{")}, {Rate: 8000, Channels: 1, Queue: time.Millisecond},
	} {
		if r, err := record.Create(t.TempDir(), o, nil); err == nil {
			t.Errorf("%+v was taken", o)
			_ = r.Close(ctx, "")
		}
	}
}

func TestNothingIsHandedOnBeforeItIsSynced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		var mu sync.Mutex
		var last int64
		r := create(t, "/r", record.Options{ID: "r", Rate: 8000, Channels: 1,
			OnChunk: func(c record.Chunk) { mu.Lock(); last = c.At + c.Span; mu.Unlock() }}, fsys)
		must(t, r.Append(ramp(0, 8000, 1)))
		must(t, r.Flush(ctx))
		release := fsys.StallSync()
		must(t, r.Append(ramp(8000, 8000, 1)))
		synctest.Wait()
		mu.Lock()
		if last != 8000 {
			t.Errorf("handed on up to %d while the sync runs, want 8000", last)
		}
		mu.Unlock()
		if live := verify(t, "/r", fsys); live.Seconds != 1 || !live.Running {
			t.Errorf("a reader sees %v s of what is not synced yet", live.Seconds)
		}
		release()
		must(t, r.Flush(ctx))
		synctest.Wait()
		mu.Lock()
		if last != 16000 {
			t.Errorf("handed on up to %d, want 16000", last)
		}
		mu.Unlock()
		must(t, r.Close(ctx, ""))
	})
}

// feed appends seconds of audio at the pace of real time.
func feed(t *testing.T, r *record.Recorder, from int64, seconds int) {
	t.Helper()
	for i := range seconds * 20 {
		time.Sleep(50 * time.Millisecond)
		must(t, r.Append(ramp(from+int64(i)*400, 400, 1)))
	}
}

func TestASlowDiskLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		fsys.SlowSync(200 * time.Millisecond)
		r := create(t, "/r", record.Options{ID: "r", Rate: 8000, Channels: 1}, fsys)
		feed(t, r, 0, 60)
		st := r.Status()
		if st.Lost != 0 || st.Waiting > 0.5 || st.Position-st.Durable > 8000*6/10 {
			t.Errorf("%+v", st)
		}
		must(t, r.Close(ctx, ""))
		if rep := whole(t, "/r", fsys); rep.AudioSeconds != 60 || rep.OverflowSeconds != 0 {
			t.Errorf("%+v", rep)
		}
	})
}

func TestADiskThatStallsCostsACountedOverflowAndNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		r := create(t, "/r", record.Options{ID: "r", Rate: 8000, Channels: 1, Queue: 5 * time.Second}, fsys)
		feed(t, r, 0, 2)
		release := fsys.StallSync()
		feed(t, r, 16000, 10)
		st := r.Status()
		if st.Lost == 0 || st.Waiting > 5.1 {
			t.Errorf("while it stalls: %+v", st)
		}
		release()
		feed(t, r, 96000, 3)
		must(t, r.Close(ctx, ""))
		rep := whole(t, "/r", fsys)
		if rep.Seconds != 15 || rep.AudioSeconds+rep.OverflowSeconds != 15 || rep.OverflowSeconds < 4 || rep.OverflowSeconds > 8 {
			t.Errorf("%+v", rep)
		}
		rec, err := record.Open("/r", fsys)
		must(t, err)
		gaps := rec.Gaps()
		if len(gaps) != 1 || gaps[0].Kind != record.KindOverflow || gaps[0].Estimated {
			t.Fatalf("gaps %+v", gaps)
		}
		all, err := readAll(t, source(t, "/r", fsys, record.SourceOptions{}))
		must(t, err)
		if !isRamp(all[:gaps[0].From], 0, 1) || !isRamp(all[gaps[0].To:], gaps[0].To, 1) {
			t.Error("what was kept is not in its place")
		}
	})
}

// removeAll removes a folder in which a recorder may just be making a file.
func removeAll(dir string) (err error) {
	for range 100 {
		if err = os.RemoveAll(dir); err == nil {
			break
		}
	}
	return err
}

func TestAFolderThatIsRemovedInMidRunIsMadeAnewAndNothingThatWasOpenIsLost(t *testing.T) {
	for _, c := range []struct {
		name   string
		remove func(dir string) error
	}{
		{"removed", removeAll},
		{"moved", func(dir string) error { return os.Rename(dir, dir+"-elsewhere") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "r")
			r := create(t, dir, record.Options{ID: "r", Rate: 16000, Channels: 1}, nil)
			must(t, r.Append(ramp(0, 16000, 1)))
			must(t, r.Flush(ctx))
			must(t, c.remove(dir))
			pos := int64(16000)
			for late := time.Now().Add(patience); r.Status().Removed == 0; {
				if time.Now().After(late) {
					t.Fatal("nobody noticed")
				}
				must(t, r.Append(ramp(pos, 320, 1)))
				pos += 320
				must(t, r.Flush(ctx))
			}
			must(t, r.Append(ramp(pos, 16000, 1)))
			pos += 16000
			must(t, r.Flush(ctx))
			if _, err := record.Create(dir, record.Options{ID: "r", Rate: 16000, Channels: 1}, nil); !errors.Is(err, durable.ErrLocked) {
				t.Errorf("another recorder may write there: %v", err)
			}
			must(t, r.Close(ctx, "hết giờ"))
			rep := whole(t, dir, nil)
			if rep.Segments != 2 || !rep.Closed {
				t.Errorf("%+v", rep)
			}
			got, err := readAll(t, source(t, dir, nil, record.SourceOptions{}))
			if err != nil || int64(len(got)) != pos || !isRamp(got, 0, 1) {
				t.Errorf("%d of %d frames, %v", len(got), pos, err)
			}
		})
	}
}

func TestACopyKeepsWhatARemovedFolderLost(t *testing.T) {
	t.Parallel()
	dir, mirror := filepath.Join(t.TempDir(), "r"), filepath.Join(t.TempDir(), "r")
	r := create(t, dir, record.Options{ID: "r", Rate: 16000, Channels: 1, Segment: time.Second, Mirror: mirror}, nil)
	pos := int64(0)
	until := func(what string, ok func(s record.Status) bool) {
		t.Helper()
		for late := time.Now().Add(patience); !ok(r.Status()); {
			if time.Now().After(late) {
				t.Fatalf("%s: %+v", what, r.Status().Mirror)
			}
			must(t, r.Append(ramp(pos, 320, 1)))
			pos += 320
			must(t, r.Flush(ctx))
		}
	}
	until("a third segment, and the copy has all", func(s record.Status) bool { return s.Segment >= "000003.pcm" && s.Mirror.Behind == 0 })
	must(t, removeAll(dir))
	until("it is noticed", func(s record.Status) bool { return s.Removed > 0 })
	until("the copy has all", func(s record.Status) bool { return s.Mirror.Behind == 0 && s.Mirror.State == "ok" })
	must(t, r.Close(ctx, "hết giờ"))
	if st := r.Status(); st.Mirror.Behind > 0 {
		t.Errorf("%+v", st.Mirror)
	}
	if rep := verify(t, dir, nil); rep.Whole {
		t.Error("two segments are lost, and it is called whole")
	}
	whole(t, mirror, nil)
	got, err := readAll(t, source(t, mirror, nil, record.SourceOptions{}))
	if err != nil || int64(len(got)) != pos || !isRamp(got, 0, 1) {
		t.Errorf("%d of %d frames, %v", len(got), pos, err)
	}
}
