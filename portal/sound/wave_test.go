package sound_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"bienban/audio/record"
	"bienban/internal/fault"
	"bienban/portal/sound"
)

// tone is a sine whose amplitude tells where it is: second n has 0.1·(n+1).
func tone(rate, channels int, from, frames int) []float32 {
	out := make([]float32, frames*channels)
	for i := range frames {
		at := from + i
		v := 0.1 * float64(at/rate+1) * math.Sin(2*math.Pi*440*float64(at)/float64(rate))
		for c := range channels {
			out[i*channels+c] = float32(v)
		}
	}
	return out
}

// hall is a recorder that has taken seconds of tone; it still runs.
func hall(t *testing.T, rate, channels, seconds int) (string, *record.Recorder) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "hall")
	r, err := record.Create(dir, record.Options{ID: "hall", Meeting: "m", Rate: rate, Channels: channels, Bits: 16}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(context.Background(), "test") })
	for s := range seconds {
		if err := r.AppendWait(t.Context(), tone(rate, channels, s*rate, rate)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dir, r
}

func open(t *testing.T, dir string, from, to int64, silent ...sound.Span) *sound.Wave {
	t.Helper()
	w, err := sound.Open(t.Context(), nil, dir, from, to, silent)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// loudness is the root mean square of samples from second a to second b.
func loudness(wav []byte, a, b float64) float64 {
	sum, n := 0.0, 0
	for i := int(a * sound.Rate); i < int(b*sound.Rate); i++ {
		v := float64(int16(binary.LittleEndian.Uint16(wav[44+2*i:]))) / 32768
		sum += v * v
		n++
	}
	return math.Sqrt(sum / float64(n))
}

func TestARecordingThatGoesOnIsHeardAsFarAsItIsStored(t *testing.T) {
	for _, f := range []struct{ rate, channels int }{{16000, 1}, {48000, 1}, {44100, 2}} {
		dir, r := hall(t, f.rate, f.channels, 3)
		w := open(t, dir, 0, 0)
		wav, err := io.ReadAll(w)
		if err != nil {
			t.Fatal(err)
		}
		if want := 44 + 2*3*sound.Rate; len(wav) != want || w.Size() != int64(want) {
			t.Fatalf("%d Hz: %d bytes (announced %d), want %d", f.rate, len(wav), w.Size(), want)
		}
		if string(wav[:4]) != "RIFF" || binary.LittleEndian.Uint32(wav[40:]) != uint32(len(wav)-44) || binary.LittleEndian.Uint32(wav[4:]) != uint32(len(wav)-8) {
			t.Errorf("%d Hz: the header does not fit", f.rate)
		}
		for s := range 3 {
			want := 0.1 * float64(s+1) / math.Sqrt2
			if got := loudness(wav, float64(s)+0.2, float64(s)+0.8); math.Abs(got-want) > 0.01 {
				t.Errorf("%d Hz: second %d is as loud as %.3f, want %.3f", f.rate, s, got, want)
			}
		}
		if err := r.AppendWait(t.Context(), tone(f.rate, f.channels, 3*f.rate, f.rate)); err != nil {
			t.Fatal(err)
		}
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := open(t, dir, 0, 0).Size(); got != 44+2*4*sound.Rate {
			t.Errorf("%d Hz: a second later %d bytes", f.rate, got)
		}
	}
}

func TestEachPartIsTheSameWhereverReadingBegins(t *testing.T) {
	dir, _ := hall(t, 48000, 1, 4)
	whole, err := io.ReadAll(open(t, dir, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, dir, 0, 0)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		at := rng.IntN(len(whole) - 1)
		n := 1 + rng.IntN(min(50000, len(whole)-at))
		if _, err := w.Seek(int64(at), io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, n)
		if _, err := io.ReadFull(w, got); err != nil {
			t.Fatal(err)
		}
		if at < 44 {
			at, got = 44, got[min(44-at, len(got)):]
		}
		// The resampler begins anew at each place: nearly the same, to -60 dB.
		for i := at % 2; i+1 < len(got); i += 2 {
			a, b := int16(binary.LittleEndian.Uint16(whole[at+i:])), int16(binary.LittleEndian.Uint16(got[i:]))
			if d := int(a) - int(b); d > 33 || d < -33 {
				t.Fatalf("byte %d: %d, read from there %d", at+i, a, b)
			}
		}
	}
}

func TestWhatMayNotBeHeardIsSilenceOfItsLength(t *testing.T) {
	dir, r := hall(t, 16000, 1, 4)
	if err := r.CloseStretch(t.Context(), 3*16000, 3*16000+8000, "chair", "names of people"); err != nil {
		t.Fatal(err)
	}
	wav, err := io.ReadAll(open(t, dir, 0, 0, sound.Span{From: sound.Rate, To: 2 * sound.Rate}))
	if err != nil {
		t.Fatal(err)
	}
	if len(wav) != 44+2*4*sound.Rate {
		t.Fatalf("%d bytes", len(wav))
	}
	for _, part := range []struct {
		from, to float64
		silent   bool
	}{{0, 1, false}, {1, 2, true}, {2, 3, false}, {3, 3.5, true}, {3.6, 4, false}} {
		if got := loudness(wav, part.from, part.to); (got == 0) != part.silent {
			t.Errorf("from %.1f to %.1f s: loudness %.3f, silent must be %v", part.from, part.to, got, part.silent)
		}
	}
}

func TestAPausedPartIsSilence(t *testing.T) {
	dir, r := hall(t, 16000, 1, 1)
	if err := r.Pause(t.Context(), "chair", "closed part", 0); err != nil {
		t.Fatal(err)
	}
	if err := r.AppendWait(t.Context(), tone(16000, 1, 16000, 16000)); err != nil {
		t.Fatal(err)
	}
	if err := r.Resume(t.Context(), "chair", ""); err != nil {
		t.Fatal(err)
	}
	if err := r.AppendWait(t.Context(), tone(16000, 1, 32000, 16000)); err != nil {
		t.Fatal(err)
	}
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	wav, err := io.ReadAll(open(t, dir, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if a, b, c := loudness(wav, 0, 0.9), loudness(wav, 1.05, 1.95), loudness(wav, 2.1, 2.9); a == 0 || b != 0 || c == 0 {
		t.Errorf("before %.3f, closed %.3f, after %.3f", a, b, c)
	}
}

func TestABrowserMayAskForAnyRange(t *testing.T) {
	dir, _ := hall(t, 16000, 1, 2)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w, err := sound.Open(r.Context(), nil, dir, 8000, 24000, nil)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusNotFound)
			return
		}
		defer w.Close()
		rw.Header().Set("Content-Type", "audio/wav")
		http.ServeContent(rw, r, "", time.Time{}, w)
	}))
	defer srv.Close()
	get := func(ranged string) (*http.Response, []byte) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if ranged != "" {
			req.Header.Set("Range", ranged)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, b
	}
	_, whole := get("")
	if len(whole) != 44+2*16000 {
		t.Fatalf("%d bytes", len(whole))
	}
	for _, c := range []struct {
		ranged   string
		status   int
		from, to int
	}{
		{"bytes=0-43", 206, 0, 44}, {"bytes=45-46", 206, 45, 47}, {"bytes=44-", 206, 44, len(whole)},
		{"bytes=-10", 206, len(whole) - 10, len(whole)}, {"bytes=99999999-", 416, 0, 0},
	} {
		res, b := get(c.ranged)
		if res.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", c.ranged, res.StatusCode, c.status)
		}
		if c.status == 206 && !bytes.Equal(b, whole[c.from:c.to]) {
			t.Errorf("%s: %d bytes that are not those of the whole", c.ranged, len(b))
		}
	}
}

func TestWhatIsNotThereIsRefused(t *testing.T) {
	dir, _ := hall(t, 16000, 1, 1)
	for _, c := range []struct {
		name     string
		dir      string
		from, to int64
		code     fault.Code
	}{
		{"no recording", t.TempDir(), 0, 0, fault.NotFound},
		{"no folder", filepath.Join(t.TempDir(), "none"), 0, 0, fault.NotFound},
		{"beyond its end", dir, 0, 16001, fault.Invalid},
		{"backwards", dir, 10, 5, fault.Invalid},
		{"before its beginning", dir, -1, 5, fault.Invalid},
	} {
		if _, err := sound.Open(t.Context(), nil, c.dir, c.from, c.to, nil); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %v", c.name, err, c.code)
		}
	}
}

func TestASecondOfALongRecordingIsThereAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("20 minutes of sound are made")
	}
	dir, r := hall(t, 16000, 1, 1)
	minute := tone(16000, 1, 0, 60*16000)
	for range 20 {
		if err := r.AppendWait(t.Context(), minute); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w := open(t, dir, 0, 0)
	if _, err := w.Seek(44+2*1000*sound.Rate, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(w, make([]byte, 2*sound.Rate)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 2*time.Second { // 0.05 s on an idle machine
		t.Errorf("it took %v", took)
	} else {
		t.Log(took)
	}
}
