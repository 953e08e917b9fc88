package record_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"bienban/audio/record"
)

// told is all that a recording says of itself.
func told(r *record.Recording) string {
	return fmt.Sprintf("%+v", []any{r.Info(), r.Base(), r.Format(), r.End(), r.Live(), r.Notes(), r.Gaps(), r.Pauses(), r.Closed(), r.Erased(), r.Filled(), r.Pending()})
}

// same opens a recording from the shelf and anew, and compares them.
func same(t *testing.T, s *record.Shelf, dir, when string) {
	t.Helper()
	kept, err := s.Open(dir)
	must(t, err)
	fresh, err := record.Open(dir, nil)
	must(t, err)
	if told(kept) != told(fresh) {
		t.Errorf("%s: from the shelf\n%s\nanew\n%s", when, told(kept), told(fresh))
	}
	a, err := kept.Source(record.SourceOptions{})
	must(t, err)
	got, err := readAll(t, a)
	must(t, err)
	b, err := fresh.Source(record.SourceOptions{})
	must(t, err)
	want, err := readAll(t, b)
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: other sound from the shelf: %d samples, %d", when, len(got), len(want))
	}
}

func TestARecordingFromTheShelfIsWhatIsThereNow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	o := record.Options{ID: "r", Meeting: "Đại hội", Rate: 8000, Channels: 1, Segment: 2 * time.Second}
	var s record.Shelf
	r := create(t, dir, o, nil)
	say := func(from int64, n int) {
		must(t, r.AppendWait(ctx, ramp(from, n, 1)))
		must(t, r.Flush(ctx))
	}
	say(0, 4000)
	same(t, &s, dir, "running")
	for i := range 5 { // over several segments
		say(int64(4000+8000*i), 8000)
		same(t, &s, dir, "gone on")
	}
	must(t, r.Pause(ctx, "Lê Thị Hoa", "họp kín", time.Minute))
	same(t, &s, dir, "paused")
	must(t, r.Resume(ctx, "Lê Thị Hoa", ""))
	say(60000, 8000)
	same(t, &s, dir, "resumed")
	must(t, r.CloseStretch(ctx, 8000, 16000, "Lê Thị Hoa", "họp kín"))
	same(t, &s, dir, "a stretch closed")
	must(t, r.Erase(ctx, record.Erasure{From: 8000, To: 16000, By: [2]string{"Lê Thị Hoa", "Trần Bình"}, Reason: "họp kín"}))
	same(t, &s, dir, "a stretch erased")
	must(t, r.Close(ctx, ""))
	same(t, &s, dir, "ended")
}

// A recording that was cut off in the middle of a chunk is cut to its last whole one by the recorder that goes on with it.
func TestTheShelfFollowsARecordingThatIsGoneOnWith(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	o := record.Options{ID: "r", Rate: 8000, Channels: 1}
	var s record.Shelf
	r := create(t, dir, o, nil)
	must(t, r.AppendWait(ctx, ramp(0, 8000, 1)))
	must(t, r.Flush(ctx))
	first := filepath.Join(dir, "000001.pcm")
	cut := readFile(t, first)
	must(t, r.Close(ctx, ""))
	same(t, &s, dir, "ended")
	must(t, os.WriteFile(first, cut[:len(cut)-100], 0o600))
	must(t, os.Remove(filepath.Join(dir, "manifest.json")))
	same(t, &s, dir, "cut off")
	r = create(t, dir, o, nil)
	must(t, r.AppendWait(ctx, ramp(6400, 4000, 1)))
	must(t, r.Flush(ctx))
	same(t, &s, dir, "gone on with")
	must(t, r.Close(ctx, ""))
	same(t, &s, dir, "ended again")
}

func TestTheShelfSeesThatAnotherRecordingLiesThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	var s record.Shelf
	for _, n := range []int{16000, 16000, 4000} {
		r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1}, nil)
		must(t, r.AppendWait(ctx, ramp(int64(n), n, 1)))
		must(t, r.Close(ctx, ""))
		same(t, &s, dir, "another")
		must(t, os.RemoveAll(dir))
	}
	if _, err := s.Open(dir); err == nil {
		t.Error("a recording that was removed is opened")
	}
}

func TestTheShelfReadsWhatItKnowsOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	var s record.Shelf
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1, Segment: time.Second}, nil)
	must(t, r.AppendWait(ctx, ramp(0, 4000, 1)))
	must(t, r.Remark("Lê Thị Hoa", "here", nil))
	must(t, r.AppendWait(ctx, ramp(4000, 16000, 1)))
	must(t, r.Flush(ctx))
	_, err := s.Open(dir)
	must(t, err)
	first := filepath.Join(dir, "000001.pcm")
	b := readFile(t, first)
	clear(b[len(b)/4:]) // the remark is gone for whoever reads it now
	f, err := os.OpenFile(first, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt(b, 0)
	must(t, err)
	must(t, f.Close())
	has := func(rec *record.Recording, err error) bool {
		must(t, err)
		for _, n := range rec.Notes() {
			if n.Reason == "here" {
				return true
			}
		}
		return false
	}
	if has(record.Open(dir, nil)) || !has(s.Open(dir)) {
		t.Error("the shelf read again what it knew, or the test damaged nothing")
	}
	s.Forget(dir)
	if has(s.Open(dir)) {
		t.Error("what was forgotten is known")
	}
	must(t, r.Close(ctx, ""))
}

func TestManyReadersShareAShelf(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	var s record.Shelf
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1, Segment: time.Second}, nil)
	must(t, r.AppendWait(ctx, ramp(0, 8000, 1)))
	must(t, r.Flush(ctx))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for last := int64(0); last < 80000; {
				rec, err := s.Open(dir)
				if err != nil {
					t.Error(err)
					return
				}
				if rec.End() < last {
					t.Errorf("the end went back from %d to %d", last, rec.End())
				}
				last = rec.End()
			}
		})
	}
	for i := range 9 {
		must(t, r.AppendWait(ctx, ramp(int64(8000+8000*i), 8000, 1)))
		must(t, r.Flush(ctx))
	}
	all.Wait()
	must(t, r.Close(ctx, ""))
}

func TestWhatARecordingIsIsReadAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	if _, err := record.ReadInfo(dir, nil); err == nil {
		t.Error("no folder, no error")
	}
	must(t, os.Mkdir(dir, 0o700))
	if _, err := record.ReadInfo(dir, nil); !errors.Is(err, record.ErrNone) {
		t.Errorf("an empty folder: %v", err)
	}
	r := create(t, dir, record.Options{ID: "r", Meeting: "Đại hội", Rate: 8000, Channels: 1, Segment: time.Second}, nil)
	must(t, r.AppendWait(ctx, ramp(0, 24000, 1)))
	for _, running := range []bool{true, false} {
		got, err := record.ReadInfo(dir, nil)
		must(t, err)
		rec, err := record.Open(dir, nil)
		must(t, err)
		if got.ID != "r" || !reflect.DeepEqual(got, rec.Info()) {
			t.Errorf("%+v, opened %+v", got, rec.Info())
		}
		if running {
			must(t, r.Close(ctx, ""))
		}
	}
}

// BenchmarkOpenEightHours compares the shelf with a whole reading: 144,000 chunks.
func BenchmarkOpenEightHours(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "r")
	r := create(b, dir, record.Options{ID: "r", Rate: 8000, Channels: 1, Queue: time.Minute}, nil)
	second := ramp(0, 8000, 1)
	for range 8 * 3600 {
		must(b, r.AppendWait(ctx, second))
	}
	must(b, r.Flush(ctx))
	var s record.Shelf
	for name, open := range map[string]func(string) (*record.Recording, error){
		"anew": func(dir string) (*record.Recording, error) { return record.Open(dir, nil) }, "shelf": s.Open,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := open(dir)
				must(b, err)
			}
		})
	}
	must(b, r.Close(ctx, ""))
}
