package record_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bienban/audio/record"
)

var byTwo = [2]string{"Nguyễn Văn An", "Lê Thị Bình"}

// erasing is a recording of 3 s at rest whose second second was ordered to be erased by a process that was killed
// before it had overwritten anything.
func erasing(t *testing.T, mirror string) string {
	t.Helper()
	dir := t.TempDir()
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1, Mirror: mirror}, nil)
	must(t, r.Append(ramp(0, 24000, 1)))
	must(t, r.Close(ctx, ""))
	if mirror != "" { // the copy knows of nothing: the order itself had not come there
		must(t, os.Rename(mirror, mirror+"-away"))
		defer func() { must(t, os.Rename(mirror+"-away", mirror)) }()
	}
	first := filepath.Join(dir, "000001.pcm")
	before, err := os.ReadFile(first)
	must(t, err)
	var left *record.CopyError
	err = record.Erase(ctx, dir, nil, "", record.Erasure{From: 8000, To: 16000, By: byTwo, Reason: "lộ bí mật"})
	if err != nil && !errors.As(err, &left) {
		t.Fatal(err)
	}
	must(t, os.WriteFile(first, before, 0o600))
	second := filepath.Join(dir, "000002.pcm")
	b, err := os.ReadFile(second)
	must(t, err)
	at := bytes.LastIndex(b, []byte{'B', 'B', 'C', 'H', byte(record.KindErased), 0})
	if at < 0 {
		t.Fatal("there is no record that it was done")
	}
	must(t, os.WriteFile(second, b[:at], 0o600))
	must(t, os.Remove(filepath.Join(dir, "manifest.json")))
	return dir
}

func TestAnErasureThatWasCutOffIsFinished(t *testing.T) {
	for name, finish := range map[string]func(dir string) error{
		"by itself":       func(dir string) error { return record.Finish(ctx, dir, nil) },
		"by the next act": func(dir string) error { return record.CloseStretch(ctx, dir, nil, 0, 100, "An", "kín") },
		"by a recorder":   func(dir string) error { return reopened(t, dir) },
		"by another, wider": func(dir string) error {
			return record.Erase(ctx, dir, nil, "", record.Erasure{To: 20000, By: byTwo, Reason: "x"})
		},
	} {
		mirror := filepath.Join(t.TempDir(), "copy")
		dir := erasing(t, mirror)
		rec, err := record.Open(dir, nil)
		must(t, err)
		if p := rec.Pending(); len(p) != 1 || p[0].From != 8000 || p[0].To != 16000 {
			t.Fatalf("%s: pending before: %+v", name, p)
		}
		if rep, err := record.Verify(ctx, dir, nil); err != nil || rep.Whole || rep.PendingErasures != 1 {
			t.Errorf("%s: verify is content with an erasure that was not done: %+v, %v", name, rep, err)
		}
		must(t, finish(dir))
		rep := whole(t, dir, nil)
		if rep.PendingErasures != 0 || rep.ErasedSeconds < 1 {
			t.Errorf("%s: %+v", name, rep)
		}
		must(t, rec.Refresh())
		if p := rec.Pending(); len(p) != 0 {
			t.Errorf("%s: pending after: %+v", name, p)
		}
		if name == "by a recorder" {
			continue // one that was told of no copy
		}
		if rep := whole(t, mirror, nil); rep.ErasedSeconds < 1 || rep.PendingErasures != 0 {
			t.Errorf("%s: the copy still holds it: %+v", name, rep)
		}
	}
}

// reopened goes on with a recording until what was pending is done.
func reopened(t *testing.T, dir string) error {
	t.Helper()
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1}, nil)
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		rec, err := record.Open(dir, nil)
		if err != nil || time.Now().After(end) {
			return errors.Join(err, errors.New("it was not finished"))
		}
		if len(rec.Pending()) == 0 {
			return r.Close(ctx, "")
		}
	}
}

func TestAnErasureThatIsFinishedSaysOfACopyThatIsAway(t *testing.T) {
	mirror := filepath.Join(t.TempDir(), "copy")
	dir := erasing(t, mirror)
	must(t, os.RemoveAll(mirror))
	var left *record.CopyError
	if err := record.Finish(ctx, dir, nil); !errors.As(err, &left) || left.Folder != mirror {
		t.Errorf("%v", err)
	}
	if rep := whole(t, dir, nil); rep.ErasedSeconds < 1 || rep.PendingErasures != 0 {
		t.Errorf("%+v", rep)
	}
}

func TestFinishingChangesNothingWhereNothingIsPending(t *testing.T) {
	dir := t.TempDir()
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1}, nil)
	must(t, r.Append(ramp(0, 8000, 1)))
	must(t, r.Close(ctx, ""))
	must(t, record.Finish(ctx, dir, nil))
	if all, err := filepath.Glob(filepath.Join(dir, "*.pcm")); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestTheCopyIsErasedWhereverTheRecordingWasCopiedTo(t *testing.T) {
	dir, mirror := filepath.Join(t.TempDir(), "r"), filepath.Join(t.TempDir(), "m")
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1, Mirror: mirror}, nil)
	must(t, r.Append(ramp(0, 24000, 1)))
	must(t, r.Close(ctx, ""))
	e := record.Erasure{From: 8000, To: 16000, By: byTwo, Reason: "lộ bí mật"}
	away := mirror + "-away"
	must(t, os.Rename(mirror, away))
	var left *record.CopyError
	if err := record.Erase(ctx, dir, nil, "", e); !errors.As(err, &left) || left.Folder != mirror {
		t.Fatalf("a copy that cannot be reached: %v", err)
	}
	if rep := whole(t, dir, nil); rep.ErasedSeconds != 1 {
		t.Errorf("the recording itself: %+v", rep)
	}
	if _, err := os.Stat(mirror); err == nil {
		t.Error("a folder was made where the copy's drive hung")
	}
	must(t, os.Rename(away, mirror))
	if rep := whole(t, mirror, nil); rep.ErasedSeconds != 0 {
		t.Errorf("the copy before: %+v", rep)
	}
	must(t, record.Erase(ctx, dir, nil, "", e)) // again: the copy follows, without being named
	if rep := whole(t, mirror, nil); rep.ErasedSeconds != 1 || rep.PendingErasures != 0 {
		t.Errorf("the copy after: %+v", rep)
	}
}

func TestWhatOnlyAnImportHoldsIsErasedToo(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	r := create(t, dir, record.Options{ID: "r", Rate: 8000, Channels: 1, Now: func() time.Time { return now }}, nil)
	append1 := func(from int64) {
		now = now.Add(time.Second)
		must(t, r.Append(ramp(from, 8000, 1)))
	}
	append1(0)
	must(t, r.Gap("unplugged"))
	now = now.Add(4 * time.Second)
	append1(8000)
	must(t, r.Close(ctx, ""))
	if _, err := record.Import(ctx, dir, opener(make([]float32, 16000*8), 8000), record.ImportOptions{
		At: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), Origin: "điện thoại", Who: "Cúc"}, nil); err != nil {
		t.Fatal(err)
	}
	rec, err := record.Open(dir, nil)
	must(t, err)
	if f := rec.Filled(); len(f) != 1 || f[0].Reason != "điện thoại" || f[0].Who != "Cúc" || f[0].From != 8000 || f[0].To != 40000 {
		t.Errorf("%+v", f)
	}
	must(t, record.Erase(ctx, dir, nil, "", record.Erasure{From: 16000, To: 24000, By: byTwo, Reason: "x"}))
	rep := whole(t, dir, nil)
	if rep.ErasedSeconds != 0 || rep.PendingErasures != 0 || len(rep.Imports) != 1 || rep.Imports[0].ErasedSeconds < 1 {
		t.Errorf("%+v", rep)
	}
	if err := record.Erase(ctx, dir, nil, "", record.Erasure{From: 900000, To: 900001, By: byTwo, Reason: "x"}); err == nil {
		t.Error("a stretch that is nowhere was erased")
	}
}
