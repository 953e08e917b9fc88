package microphone_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bienban/audio/record"
	"bienban/internal/fault"
	"bienban/portal/microphone"
)

const meeting = "Họp Đảng ủy tháng 8"

func streams(t *testing.T, root string) *microphone.Streams {
	t.Helper()
	return microphone.New(root, nil, slog.New(slog.DiscardHandler))
}

// heard is sample n of a microphone: each is told from its neighbours.
func heard(n int64) int16 { return int16(n*7919%20000 - 10000) }

func part(at int64, n, rate int) microphone.Part {
	p := microphone.Part{At: at, Rate: rate, Heard: time.Now(), Label: "Micrô của thư ký"}
	for i := range int64(n) {
		p.PCM = binary.LittleEndian.AppendUint16(p.PCM, uint16(heard(at+i)))
	}
	return p
}

func take(t *testing.T, s *microphone.Streams, stream string, p microphone.Part) microphone.State {
	t.Helper()
	st, err := s.Take(t.Context(), meeting, stream, p)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func end(t *testing.T, s *microphone.Streams, stream string) {
	t.Helper()
	if err := s.End(t.Context(), meeting, stream, "Trần Thị Bình"); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, root, id string) *record.Recording {
	t.Helper()
	rec, err := record.Open(filepath.Join(root, id), nil)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// stored reads a recording back as samples.
func stored(t *testing.T, rec *record.Recording) []int16 {
	t.Helper()
	src, err := rec.Source(record.SourceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var out []int16
	buf := make([]float32, 4096)
	for {
		n, err := src.Read(t.Context(), buf)
		for _, v := range buf[:n] {
			out = append(out, int16(math.RoundToEven(float64(v)*32768)))
		}
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// same says that a recording holds samples from to to of the microphone.
func same(t *testing.T, got []int16, from, to int64) {
	t.Helper()
	for n := from; n < to; n++ {
		if got[n] != heard(n) {
			t.Fatalf("sample %d is %d, want %d", n, got[n], heard(n))
		}
	}
}

func TestAMicrophonesSoundIsInItsRecordingToTheSample(t *testing.T) {
	for _, rate := range []int{16000, 44100, 48000} {
		root := t.TempDir()
		s := streams(t, root)
		at := int64(0)
		var st microphone.State
		for _, n := range []int{rate, 1, 479, rate / 3, 3 * rate} {
			st = take(t, s, "a1", part(at, n, rate))
			at += int64(n)
			if st.Taken != at || st.Stored < at-int64(rate/5) || st.Stored > at {
				t.Fatalf("%d Hz: %d stored, %d taken of %d", rate, st.Stored, st.Taken, at)
			}
		}
		end(t, s, "a1")
		rec := open(t, root, st.Recording)
		if rec.Base() != rate || rec.Format().Channels != 1 || rec.Info().Meeting != meeting {
			t.Errorf("%d Hz: %v, meeting %q", rate, rec.Format(), rec.Info().Meeting)
		}
		got := stored(t, rec)
		if int64(len(got)) != at || len(rec.Gaps()) > 0 {
			t.Fatalf("%d Hz: %d samples, want %d; gaps %v", rate, len(got), at, rec.Gaps())
		}
		same(t, got, 0, at)
		if now, err := s.State(meeting, "a1"); err != nil || !now.Ended || now.Stored != at {
			t.Errorf("afterwards: %+v, %v", now, err)
		}
	}
}

func TestWhatComesTwiceIsThereOnce(t *testing.T) {
	root := t.TempDir()
	s := streams(t, root)
	take(t, s, "a", part(0, 16000, 16000))
	take(t, s, "a", part(0, 16000, 16000))          // the answer was lost
	st := take(t, s, "a", part(8000, 16000, 16000)) // half of it is new
	if again := take(t, s, "a", part(100, 5, 16000)); st.Taken != 24000 || again.Taken != 24000 {
		t.Fatalf("%+v, then %+v", st, again)
	}
	end(t, s, "a")
	got := stored(t, open(t, root, st.Recording))
	if len(got) != 24000 {
		t.Fatalf("%d samples", len(got))
	}
	same(t, got, 0, 24000)
}

func TestManyTabsOfOneStreamDoNotDoubleIt(t *testing.T) {
	root := t.TempDir()
	s := streams(t, root)
	st := take(t, s, "a", part(0, 1600, 16000))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for at := int64(0); at < 32000; at += 1600 {
				_, err := s.Take(t.Context(), meeting, "a", part(at, 1600, 16000))
				if err != nil && fault.CodeOf(err) != fault.Conflict {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	end(t, s, "a")
	got := stored(t, open(t, root, st.Recording))
	if len(got) != 32000 {
		t.Fatalf("%d samples", len(got))
	}
	same(t, got, 0, 32000)
}

func TestAPartThatDoesNotJoinIsRefusedAndTellsWhereToGoOn(t *testing.T) {
	s := streams(t, t.TempDir())
	take(t, s, "a", part(0, 16000, 16000))
	for name, p := range map[string]microphone.Part{"later": part(16001, 100, 16000), "another rate": part(16000, 100, 48000)} {
		st, err := s.Take(t.Context(), meeting, "a", p)
		if fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%s: %v", name, err)
		}
		if name == "later" && st.Taken != 16000 {
			t.Errorf("%s: %+v", name, st)
		}
	}
	end(t, s, "a")
	if _, err := s.Take(t.Context(), meeting, "a", part(16000, 100, 16000)); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("after the end: %v", err)
	}
}

func TestWhatTheBrowserLostIsAGapOfItsLength(t *testing.T) {
	root := t.TempDir()
	s := streams(t, root)
	take(t, s, "a", part(0, 16000, 16000))
	p := part(40000, 16000, 16000)
	p.Lost = 24000
	st := take(t, s, "a", p)
	end(t, s, "a")
	rec := open(t, root, st.Recording)
	gaps := rec.Gaps()
	if len(gaps) != 1 || gaps[0].From != 16000 || gaps[0].To != 40000 || gaps[0].Estimated {
		t.Fatalf("gaps %+v", gaps)
	}
	got := stored(t, rec)
	if len(got) != 56000 {
		t.Fatalf("%d samples", len(got))
	}
	same(t, got, 0, 16000)
	same(t, got, 40000, 56000)
}

// image copies a recording's folder as a kill leaves it.
func image(t *testing.T, root string) string {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Type()&os.ModeSocket != 0 || d.Name() == "reserve" {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, rel)), 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func TestAfterAKillTheBrowserGoesOnWhereTheDiskEndsAndNothingIsMissing(t *testing.T) {
	root := t.TempDir()
	s := streams(t, root)
	before := take(t, s, "a", part(0, 48000+1234, 48000)) // ends within a chunk
	dead := image(t, root)
	end(t, s, "a")

	s = streams(t, dead)
	now, err := s.State(meeting, "a")
	if err != nil || now.Stored < before.Stored || now.Taken != now.Stored || now.Ended {
		t.Fatalf("%+v, %v; %d were reported as stored", now, err, before.Stored)
	}
	st := take(t, s, "a", part(now.Taken, 96000, 48000))
	end(t, s, "a")
	rec := open(t, dead, st.Recording)
	if len(rec.Gaps()) > 0 {
		t.Errorf("gaps %+v", rec.Gaps())
	}
	got := stored(t, rec)
	if int64(len(got)) != now.Taken+96000 {
		t.Fatalf("%d samples, want %d", len(got), now.Taken+96000)
	}
	same(t, got, 0, int64(len(got)))
}

func TestAStreamThatNobodyWentOnWithCanBeEnded(t *testing.T) {
	root := t.TempDir()
	s := streams(t, root)
	take(t, s, "a", part(0, 32000, 16000))
	dead := image(t, root)
	end(t, s, "a")
	s = streams(t, dead)
	end(t, s, "a")
	if st, err := s.State(meeting, "a"); err != nil || !st.Ended || st.Stored < 28800 {
		t.Errorf("%+v, %v", st, err)
	}
	if err := s.End(t.Context(), meeting, "never", "x"); err != nil {
		t.Errorf("ending what never was: %v", err)
	}
}

func TestAllMicrophonesOfAMeetingEndTogetherAndNoOther(t *testing.T) {
	root := t.TempDir()
	s := streams(t, root)
	take(t, s, "a", part(0, 16000, 16000))
	take(t, s, "b", part(0, 16000, 16000))
	if _, err := s.Take(t.Context(), "another", "c", part(0, 16000, 16000)); err != nil {
		t.Fatal(err)
	}
	if err := s.EndAll(t.Context(), meeting, "clerk"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a": true, "b": true} {
		if st, err := s.State(meeting, name); err != nil || st.Ended != want {
			t.Errorf("%s: %+v, %v", name, st, err)
		}
	}
	if st, err := s.State("another", "c"); err != nil || st.Ended {
		t.Errorf("another meeting's: %+v, %v", st, err)
	}
	if err := s.End(context.Background(), "another", "c", "x"); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoSoundIsRefusedBeforeAnythingIsMade(t *testing.T) {
	root := t.TempDir()
	s := streams(t, root)
	odd := part(0, 10, 16000)
	odd.PCM = odd.PCM[:19]
	lost := part(5, 10, 16000)
	lost.Lost = 6
	for name, c := range map[string]struct {
		stream string
		part   microphone.Part
	}{
		"half a sample":     {"a", odd},
		"no sample":         {"a", microphone.Part{Rate: 16000}},
		"too much":          {"a", part(0, microphone.MostFrames+1, 16000)},
		"a rate of nothing": {"a", part(0, 10, 10)},
		"before the first":  {"a", part(-1, 10, 16000)},
		"more lost than is": {"a", lost},
		"a path":            {"../../etc", part(0, 10, 16000)},
		"no name":           {"", part(0, 10, 16000)},
		"a long name":       {strings.Repeat("a", 33), part(0, 10, 16000)},
	} {
		if _, err := s.Take(t.Context(), meeting, c.stream, c.part); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := os.ReadDir(root); err != nil || len(list) > 0 {
		t.Errorf("%v, %v", list, err)
	}
	if st, err := s.State(meeting, "a"); err != nil || st.Stored != 0 || st.Ended {
		t.Errorf("a stream that is new: %+v, %v", st, err)
	}
}
