package capture

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bienban/audio/alarm"
)

// seconds of raw samples at 16 kHz, one channel, 16 bits.
func seconds(n float64) []byte { return make([]byte, 2*int(n*16000)) }

func TestStandardInputThatStallsIsAGapAndAnAlarmAndGoesOn(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	src, err := Raw(r, 16000, 1, S16)
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, Config{Source: src})
	if _, err := w.Write(seconds(0.5)); err != nil {
		t.Fatal(err)
	}
	st := h.until(func(s Status) bool { return has(s, alarm.Nothing) })
	if st.State != Reconnecting || st.Gaps != 1 || !has(st, alarm.Device) || st.GapSeconds < 2 {
		t.Errorf("%+v", st)
	}
	if _, err := w.Write(seconds(0.5)); err != nil {
		t.Fatal(err)
	}
	st = h.until(func(s Status) bool {
		return s.State == Recording && !has(s, alarm.Nothing) && s.Durable >= s.GapSeconds+0.4
	})
	if has(st, alarm.Device) {
		t.Errorf("%+v", st.Alarms)
	}
	_ = w.Close()
	<-h.done
	if h.err != nil {
		t.Fatal(h.err)
	}
	rep := verified(t, h.dir)
	if rep.AudioSeconds != 1 || rep.GapSeconds < 4 || rep.GapSeconds > 10 {
		t.Errorf("%+v", rep)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	said := strings.Join(h.said, "\n")
	for _, want := range []string{"standard input delivers nothing; waiting for it", "standard input goes on after"} {
		if strings.Count(said, want) != 1 {
			t.Errorf("it says %q:\n%s", want, said)
		}
	}
}

func TestWhatDoesNotComeFromTheBeginningIsRecordedAsMissing(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	src, err := Raw(r, 16000, 1, S16)
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, Config{Source: src})
	h.until(func(s Status) bool { return s.State == Reconnecting && s.GapSeconds >= 4 })
	_, _ = w.Write(seconds(0.5))
	_ = w.Close()
	<-h.done
	if rep := verified(t, h.dir); h.err != nil || rep.AudioSeconds != 0.5 || rep.GapSeconds < 1 {
		t.Errorf("%+v, %v", rep, h.err)
	}
}

func TestAFileThatComesLateIsNoRawSound(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	src, err := Raw(r, 16000, 1, S16)
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, Config{Source: src})
	h.until(func(s Status) bool { return s.State == Reconnecting })
	_, _ = w.Write(append([]byte("RIFF"), seconds(1)...))
	<-h.done
	if h.err == nil || h.res.Captured > 0 {
		t.Errorf("%+v, %v", h.res, h.err)
	}
}

func TestAStreamThatIsAheadOfTheClockMayRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		src, err := Raw(r, 16000, 1, S16)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = w.Write(seconds(10)) }() // at once, as from a file
		in, err := src.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		buf, got := make([]float32, 16000), 0
		for got < 160000 {
			n, _, err := in.Read(t.Context(), buf)
			if err != nil {
				t.Fatal(err)
			}
			got += n
		}
		opened := time.Now()
		if _, _, err := in.Read(t.Context(), buf); !errors.Is(err, errStalled) || time.Since(opened) != 12*time.Second {
			t.Errorf("%v after %v, want a stall 2 s behind the clock", err, time.Since(opened))
		}
		// Pieces of 4 s, each when it is over, are no stall either.
		go func() {
			for range 3 {
				time.Sleep(4 * time.Second)
				_, _ = w.Write(seconds(4))
			}
			_ = w.Close()
		}()
		if err := in.(stalling).Wait(context.Background()); err != nil {
			t.Fatal(err)
		}
		for got = 0; got < 3*64000; {
			n, _, err := in.Read(t.Context(), buf)
			if err != nil {
				t.Fatalf("%v after %d frames", err, got)
			}
			got += n
		}
		if _, _, err := in.Read(t.Context(), buf); !errors.Is(err, io.EOF) {
			t.Errorf("%v, want the end", err)
		}
	})
}
