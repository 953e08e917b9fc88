package capture

import (
	"context"
	"errors"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/fault"
)

var twoPeople = [2]string{"Nguyễn Văn An", "Lê Thị Bình"}

func TestAStretchIsClosedAndErasedWhileTheHallIsRecorded(t *testing.T) {
	t.Parallel()
	mirror := t.TempDir()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source(), Mirror: mirror})
	c, ctx := h.client(), context.Background()
	p.blocks <- block{frames: ramp(0, 3200, 2)}
	p.blocks <- block{frames: ramp(3200, 3200, 2)}
	h.until(func(s Status) bool { return s.Captured > 0.03 })
	for i := range 100 {
		p.blocks <- block{frames: ramp(320*i, 320, 2)}
	}
	h.until(func(s Status) bool { return s.Durable >= 2 })

	for what, err := range map[string]error{
		"closed by nobody":       c.CloseStretch(ctx, 0, 1, " ", "kín"),
		"closed without reason":  c.CloseStretch(ctx, 0, 1, "An", ""),
		"nowhere":                c.CloseStretch(ctx, 900, 901, "An", "kín"),
		"backwards":              c.CloseStretch(ctx, 1, 0.5, "An", "kín"),
		"erased by one":          c.Erase(ctx, 0, 1, [2]string{"Nguyễn Văn An", " nguyễn văn an"}, "lộ bí mật"),
		"erased by nobody":       c.Erase(ctx, 0, 1, [2]string{"Nguyễn Văn An", ""}, "lộ bí mật"),
		"erased without reason":  c.Erase(ctx, 0, 1, twoPeople, " "),
		"imported by nobody":     second(c.Import(ctx, "/none.flac", "x", "", time.Time{})),
		"imported what is none":  second(c.Import(ctx, "/none.flac", "x", "An", time.Time{})),
		"imported from anywhere": second(c.Import(ctx, "none.flac", "x", "An", time.Time{})),
	} {
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want invalid", what, err)
		}
	}
	if rec := opened(t, h.dir); len(rec.Closed())+len(rec.Erased()) != 0 {
		t.Errorf("what was refused was done: %+v, %+v", rec.Closed(), rec.Erased())
	}

	if err := CloseStretch(ctx, h.dir, 0.5, 1, "Trần Thị Lan", "bàn về nhân sự"); err != nil {
		t.Fatal(err)
	}
	if err := Erase(ctx, h.dir, "", 1.1, 1.5, twoPeople, "lộ bí mật"); err != nil {
		t.Fatal(err)
	}
	rec := opened(t, h.dir)
	if got := rec.Closed(); len(got) != 1 || got[0].From != 8000 || got[0].To != 16000 || got[0].Who != "Trần Thị Lan" {
		t.Errorf("%+v", got)
	}
	if got := rec.Erased(); len(got) != 1 || got[0].From > 17600 || got[0].To < 24000 || got[0].Who != "Nguyễn Văn An, Lê Thị Bình" {
		t.Errorf("%+v", got)
	}
	if rep, err := record.Verify(ctx, filepath.Join(mirror, "m"), nil); err != nil || rep.ErasedSeconds < 0.4 {
		t.Errorf("the copy was not erased when the answer came: %+v, %v", rep, err)
	}
	p.blocks <- block{frames: ramp(0, 3200, 2)} // and it goes on
	h.stop()
	if rep, err := record.Verify(ctx, h.dir, nil); err != nil || !rep.Whole || rep.PendingErasures != 0 {
		t.Errorf("%+v, %v", rep, err)
	}
	// At rest the same words do the same.
	if err := CloseStretch(ctx, h.dir, 0, 0.2, "An", "kín"); err != nil {
		t.Error(err)
	}
	if err := Erase(ctx, h.dir, "", 0, 0.2, [2]string{"An", "an"}, "kín"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("erased at rest by one: %v", err)
	}
	if err := Erase(ctx, h.dir, "", 0, 0.2, twoPeople, "kín"); err != nil {
		t.Error(err)
	}
	for _, dir := range []string{h.dir, filepath.Join(mirror, "m")} {
		rec := opened(t, dir)
		if n := len(rec.Erased()); n != 2 {
			t.Errorf("%s: %d erasures", dir, n)
		}
	}
	if err := CloseStretch(ctx, t.TempDir(), 0, 1, "An", "kín"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("where there is no recording: %v", err)
	}
}

func second(_ *record.ImportRecord, err error) error { return err }

// demo is the sample meeting's sound, and its samples.
func demo(t *testing.T) (file string, pcm []float32) {
	t.Helper()
	file = filepath.Join("..", "casefile", "cases", "council-demo", "audio.flac")
	src, err := audio.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if f := src.Format(); f.Rate != 16000 || f.Channels != 1 {
		t.Fatalf("the sample is %d Hz with %d channels", f.Rate, f.Channels)
	}
	buf := make([]float32, 16000)
	for {
		n, err := src.Read(t.Context(), buf)
		pcm = append(pcm, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return file, pcm
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestARecordersFileFillsTheGapOfAHallThatIsStillRecorded(t *testing.T) {
	t.Parallel()
	file, pcm := demo(t)
	ctx := t.Context()
	p := newPlug(record.Format{Rate: 16000, Channels: 1, Bits: 16})
	clock := &frameClock{at: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)} // the hall's time goes on by what is heard
	h := start(t, Config{Source: clock.source(p.source()), Now: clock.now})
	c := h.client()
	feed := func(from, to int) { // seconds
		for at := from * 16000; at < to*16000; at += 320 {
			p.blocks <- block{frames: pcm[at : at+320]}
			if at%160000 == 0 { // faster than a hall, not than the disk
				h.until(func(s Status) bool { return len(p.blocks) == 0 && s.Record.Waiting < 1 })
			}
		}
		h.until(func(s Status) bool { return len(p.blocks) == 0 && s.Durable >= float64(to)-0.5 })
	}
	if _, err := c.Import(ctx, mustAbs(t, file), "máy ghi âm", "Cúc", time.Time{}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a file for a recording that lacks nothing: %v", err)
	}
	feed(0, 40)
	p.blocks <- block{err: errUnplugged}
	h.until(func(s Status) bool { return s.Gaps == 1 && s.State == Recording })
	clock.mu.Lock()
	clock.at = clock.at.Add(52 * time.Second) // the device was away for 12 s
	clock.mu.Unlock()
	feed(52, 80)
	i := ImportSource{File: file, Name: "máy ghi âm", Who: "Lê Thị Cúc"}
	got, err := Fill(ctx, h.dir, i)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Fills) != 1 || math.Abs(got.Fills[0].LagMS) > 50 || got.Fills[0].By == "clock" || got.Fills[0].Score < 0.5 {
		t.Fatalf("aligned by the running recording: %+v", got.Fills)
	}
	if f := got.Fills[0]; f.From < 39*16000 || f.To > 53*16000 || f.To-f.From < 11*16000 {
		t.Errorf("filled from %d to %d", f.From, f.To)
	}
	if st, err := c.Status(ctx); err != nil || st.State != Recording {
		t.Errorf("it does not record any more: %+v, %v", st.State, err)
	}
	feed(80, 81)
	if _, err := Fill(ctx, h.dir, i); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), record.ErrNothingToFill.Error()) {
		t.Errorf("imported again: %v", err)
	}
	h.stop()
	rec := opened(t, h.dir)
	if f := rec.Filled(); len(f) != 1 || f[0].Who != "Lê Thị Cúc" || f[0].Reason != "máy ghi âm" {
		t.Errorf("%+v", f)
	}
	if rep, err := record.Verify(ctx, h.dir, nil); err != nil || !rep.Whole || len(rep.Imports) != 1 || rep.Imports[0].AudioSeconds < 11 {
		t.Errorf("%+v, %v", rep, err)
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func TestAnImportedRecordingBeginsWhenItsDeviceSaid(t *testing.T) {
	t.Parallel()
	root, at := t.TempDir(), time.Date(2026, 11, 20, 7, 30, 0, 0, time.UTC)
	file, _ := demo(t)
	i := Imports{Root: root}
	if err := i.Import(t.Context(), "Đại hội", "", ImportSource{File: file, Name: "điện thoại.flac", Who: "Cúc", At: at}); err != nil {
		t.Fatal(err)
	}
	dirs, err := filepath.Glob(filepath.Join(root, "*-import-*"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("%v, %v", dirs, err)
	}
	rec := opened(t, dirs[0])
	if got := rec.Info(); !got.Created.Equal(at) || got.Origin != "điện thoại.flac" {
		t.Errorf("%+v", got)
	}
	wall, err := rec.WallAt(int64(100 * rec.Base()))
	if d := wall.Sub(at.Add(100 * time.Second)); err != nil || d.Abs() > time.Second {
		t.Errorf("100 s into it the clock is %v off, %v", d, err)
	}
	if len(rec.Gaps()) != 0 {
		t.Errorf("%+v", rec.Gaps())
	}
}
