package record_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"bienban/audio/record"
	"bienban/internal/durable"
	"bienban/internal/durable/durabletest"
)

// script is a short recording with everything in it that is written: chunks, a rotation, a closed part, an erasure.
// It returns up to where audio was handed on, whatever then happened to the disk.
func script(fsys *durabletest.FS) (told int64) {
	short, cancel := context.WithTimeout(ctx, 10*time.Second) // on a dead disk nothing is ever confirmed
	defer cancel()
	var at atomic.Int64
	r, err := record.Create("/r", record.Options{ID: "r", Rate: 1000, Channels: 1, Segment: time.Second, KeepFree: -1,
		OnChunk: func(c record.Chunk) { at.Store(c.At + c.Span) }}, fsys)
	if err != nil {
		return 0
	}
	pos := int64(0)
	feed := func(n int) {
		for range n {
			if r.Append(ramp(pos, 100, 1)) != nil {
				return
			}
			pos += 100
			time.Sleep(100 * time.Millisecond)
		}
	}
	feed(13)
	_ = r.Pause(short, "Nguyễn Văn An", "bàn về nhân sự", 0)
	feed(5)
	_ = r.Resume(short, "Nguyễn Văn An", "")
	feed(6)
	_ = r.Erase(short, record.Erasure{From: 300, To: 500, By: [2]string{"Lê Thị Bình", "Trần Cường"}, Reason: "lộ bí mật"})
	feed(4)
	_ = r.Close(ctx, "")
	synctest.Wait()
	return at.Load()
}

// survivals are what disks make of writes that were not synced.
func survivals(rng *rand.Rand) map[string]durabletest.Survive {
	return map[string]durabletest.Survive{
		"nothing":           durabletest.Nothing,
		"a part of a write": func(n int) (int, bool) { return rng.IntN(n + 1), false },
		"sizes, not bytes":  func(int) (int, bool) { return 0, true },
		"sizes and a part":  func(n int) (int, bool) { return rng.IntN(n + 1), true },
	}
}

func TestAPowerCutAtAnyMomentLeavesAllThatWasHandedOn(t *testing.T) {
	ops := 0
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		script(fsys)
		ops = fsys.Ops()
	})
	if ops < 60 {
		t.Fatalf("the script has %d steps only", ops)
	}
	cuts := 0
	for cut := 1; cut <= ops; cut++ {
		synctest.Test(t, func(t *testing.T) {
			fsys := durabletest.New()
			fsys.CutAfter(cut)
			told := script(fsys)
			for name, s := range survivals(rand.New(rand.NewPCG(uint64(cut), 1))) {
				after := fsys.PowerCut(s)
				if !record.IsRecording("/r", after) {
					if told > 0 {
						t.Fatalf("cut %d, %s: nothing is left of %d frames", cut, name, told)
					}
					continue
				}
				cuts++
				resume(t, fmt.Sprintf("cut %d, %s survives", cut, name), after, told)
			}
		})
	}
	t.Logf("%d power cuts after which something was there", cuts)
}

// resume goes on with what a disaster left and checks that all that had been handed on is there.
func resume(t *testing.T, name string, after *durabletest.FS, told int64) {
	t.Helper()
	rep := verify(t, "/r", after)
	if told > 0 {
		if int64(rep.Seconds*1000+0.5) < told {
			t.Fatalf("%s: %v s are left, %d frames were handed on", name, rep.Seconds, told)
		}
		for _, p := range rep.Problems {
			if !strings.Contains(p.What, "erasure") { // one that was begun is the recorder's to finish
				t.Fatalf("%s: %v", name, p)
			}
		}
	}
	var again atomic.Int64
	r, err := record.Create("/r", record.Options{ID: "r", Rate: 1000, Channels: 1, KeepFree: -1,
		OnChunk: func(c record.Chunk) { again.Add(int64(c.Frames)) }}, after)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if r.Status().Paused != nil {
		must(t, r.Resume(ctx, "Nguyễn Văn An", ""))
	}
	must(t, r.Append(ramp(0, 500, 1)))
	must(t, r.Flush(ctx))
	synctest.Wait()
	must(t, r.Close(ctx, ""))
	if rep := verify(t, "/r", after); !rep.Whole {
		t.Fatalf("%s: after going on: %v", name, rep.Problems)
	}
	all, err := readAll(t, source(t, "/r", after, record.SourceOptions{To: told}))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for i, v := range all {
		if v != 0 && v != sampleAt(int64(i), 0) {
			t.Fatalf("%s: frame %d holds another sample", name, i)
		}
	}
	if n := min(told, 200); !isRamp(all[:n], 0, 1) {
		t.Fatalf("%s: the beginning is not there", name)
	}
	if again.Load() != 500 {
		t.Fatalf("%s: %d frames were recorded afterwards", name, again.Load())
	}
}

func TestAKillAtAnyMomentLeavesAWholeRecording(t *testing.T) {
	for cut := 1; cut <= 80; cut += 3 {
		synctest.Test(t, func(t *testing.T) {
			fsys := durabletest.New()
			fsys.CutAfter(cut)
			told := script(fsys)
			after := fsys.Kill()
			if !record.IsRecording("/r", after) {
				return
			}
			resume(t, fmt.Sprintf("kill at step %d", cut), after, told)
		})
	}
}

func TestAFullDiskAtAnyByteEndsTheRecordingWhole(t *testing.T) {
	var size int64
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		script(fsys)
		size = fsys.Used()
	})
	const reserve = 256 << 10
	var limits []int64
	for n := int64(1); n < size; n += 97 {
		limits = append(limits, n, reserve+n)
	}
	for _, limit := range limits {
		synctest.Test(t, func(t *testing.T) {
			fsys := durabletest.New()
			fsys.Limit(limit)
			told := script(fsys)
			after := fsys.Kill()
			if !record.IsRecording("/r", after) {
				if told > 0 {
					t.Fatalf("limit %d: nothing is left", limit)
				}
				return
			}
			rep := verify(t, "/r", after)
			for _, p := range rep.Problems {
				if told > 0 && !strings.Contains(p.What, "erasure") { // one that was begun is the recorder's to finish
					t.Fatalf("limit %d: %v", limit, p)
				}
			}
			if int64(rep.Seconds*1000+0.5) < told {
				t.Fatalf("limit %d: %v s of %d frames", limit, rep.Seconds, told)
			}
		})
	}
}

func TestADiskThatFillsUpIsSaidAndTheRecordingEndsProperly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		fsys.Limit(4 << 20)
		r := create(t, "/r", record.Options{ID: "r", Rate: 16000, Channels: 1, KeepFree: 1 << 20, WarnLeft: time.Minute}, fsys)
		low, pos := false, int64(0)
		var err error
		for err == nil && pos < 16000*600 {
			time.Sleep(200 * time.Millisecond)
			err = r.Append(ramp(pos, 3200, 1))
			pos += 3200
			if st := r.Status(); st.Disk.Low && !low {
				low = true
				if st.Disk.Seconds < 55 || st.Disk.Seconds > 60 {
					t.Errorf("warned with %v s left, want about 60", st.Disk.Seconds)
				}
			}
		}
		if !errors.Is(err, record.ErrDiskFull) || !low {
			t.Fatalf("warned %v, ended with %v", low, err)
		}
		if err := r.Close(ctx, ""); !errors.Is(err, record.ErrDiskFull) {
			t.Errorf("Close = %v", err)
		}
		if st := r.Status(); !st.Disk.Full || st.Ended == "" {
			t.Errorf("%+v", st)
		}
		rep := whole(t, "/r", fsys)
		if !rep.Closed || rep.AudioSeconds < 50 || rep.OverflowSeconds != 0 {
			t.Errorf("%+v", rep)
		}
	})
}

func TestSyncsAndWritesThatFailCostNothing(t *testing.T) {
	for _, kind := range []string{"sync", "write", "syncdir", "create", "truncate"} {
		for skip := range 6 {
			for fails := 1; fails <= 3; fails++ {
				synctest.Test(t, func(t *testing.T) {
					fsys := durabletest.New()
					r := create(t, "/r", record.Options{ID: "r", Rate: 8000, Channels: 1, Segment: time.Second}, fsys)
					must(t, r.Append(ramp(0, 8000, 1)))
					must(t, r.Flush(ctx))
					list := append(make([]error, skip), syscall.EIO, syscall.EIO, syscall.EIO)[:skip+fails]
					fsys.Fail(kind, list...)
					if kind == "truncate" {
						fsys.Fail("sync", syscall.EIO)
					}
					feed(t, r, 8000, 5)
					must(t, r.Close(ctx, ""))
					st := r.Status()
					if st.Lost != 0 || st.Trouble != "" {
						t.Errorf("%s failing: %+v", kind, st)
					}
					after := fsys.PowerCut(durabletest.Nothing)
					rep := whole(t, "/r", after)
					if rep.AudioSeconds != 6 || rep.OverflowSeconds+rep.GapSeconds != 0 {
						t.Errorf("%s failing %d times after %d: %+v", kind, fails, skip, rep)
					}
					all, err := readAll(t, source(t, "/r", after, record.SourceOptions{}))
					if err != nil || !isRamp(all, 0, 1) {
						t.Errorf("%s failing: the audio is not the same (%v)", kind, err)
					}
				})
			}
		}
	}
}

func TestATornEndIsCutAtAnyByte(t *testing.T) {
	dir := t.TempDir()
	r := create(t, dir, record.Options{ID: "r", Rate: 1000, Channels: 1}, nil)
	must(t, r.Append(ramp(0, 1000, 1)))
	must(t, r.Close(ctx, ""))
	file := filepath.Join(dir, "000001.pcm")
	data := readFile(t, file)
	end := lastChunk(data)        // the end record
	last := lastChunk(data[:end]) // the last chunk of audio
	for n := last; n <= end; n++ {
		if n > last+2 && n < end-2 && rand.IntN(4) > 0 && os.Getenv("RECORD_KILLS") == "" {
			continue // all of them take long under the race detector
		}
		fsys := durabletest.New()
		must(t, fsys.MkdirAll("/r"))
		put(t, fsys, "/r/000001.pcm", data[:n])
		want := 0.8
		if n == end {
			want = 1
		}
		rep := whole(t, "/r", fsys)
		if rep.Seconds != want || rep.Closed || rep.TornBytes != int64(n-last)%int64(end-last) {
			t.Fatalf("cut %d bytes into the last chunk: %+v", n-last, rep)
		}
		synctest.Test(t, func(t *testing.T) { // its clock is long past the recording's end
			r := create(t, "/r", record.Options{ID: "r", Rate: 1000, Channels: 1}, fsys)
			must(t, r.Append(ramp(0, 200, 1)))
			must(t, r.Close(ctx, ""))
		})
		if rep := whole(t, "/r", fsys); rep.AudioSeconds < want+0.1999 || rep.AudioSeconds > want+0.2001 {
			t.Fatalf("cut %d bytes into the last chunk: then %+v", n-last, rep)
		}
		if got := get(t, fsys, "/r/000001.pcm"); string(got) != string(data[:len(got)]) {
			t.Fatal("kept bytes were changed")
		}
	}
}

func TestNoRecordingBeginsOnADiskThatIsNearlyFull(t *testing.T) {
	for _, c := range []struct {
		what   string
		limit  int64
		refuse bool
	}{
		{"less than is kept free", record.KeepFree - 1, true},
		{"hardly more than is kept free", record.KeepFree + record.StartRoom - 1, true},
		{"enough to begin", record.KeepFree + record.StartRoom, false},
		{"a disk that does not tell", -1, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			fsys := durabletest.New()
			fsys.Limit(c.limit)
			r, err := record.Create("/data/r", record.Options{ID: "r", Rate: 16000, Channels: 1}, fsys)
			var room *record.RoomError
			if errors.As(err, &room) != c.refuse || err != nil && !c.refuse {
				t.Fatalf("refused with %v", err)
			}
			if !c.refuse {
				if err := r.Close(ctx, ""); err != nil {
					t.Error(err)
				}
				return
			}
			if room.Free != c.limit || room.Need != record.KeepFree+record.StartRoom || !strings.Contains(err.Error(), "33.8 MiB are needed") {
				t.Errorf("%v", err)
			}
			if list, err := fsys.ReadDir("/data/r"); err == nil {
				t.Errorf("it left a folder with %v", list)
			}
		})
	}
}

func TestARecordingThatCannotBeginLeavesNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	fsys := failing{durable.OS()}
	if _, err := record.Create(dir, record.Options{ID: "r", Rate: 16000, Channels: 1, Mirror: filepath.Join(t.TempDir(), "m")}, fsys); err == nil {
		t.Fatal("it began")
	}
	if list, err := os.ReadDir(dir); err == nil {
		t.Errorf("it left a folder with %v", list)
	}
	// One that lay there before stays.
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := record.Create(dir, record.Options{ID: "r", Rate: 16000, Channels: 1}, fsys); err == nil {
		t.Fatal("it began")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("a folder of somebody else is gone: %v", err)
	}
}

// failing is a file system that makes no segment.
type failing struct{ durable.FS }

func (f failing) Create(path string) (durable.File, error) {
	if strings.HasSuffix(path, ".pcm") {
		return nil, syscall.ENOSPC
	}
	return f.FS.Create(path)
}
