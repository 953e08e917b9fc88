package record_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/durable/durabletest"
)

var (
	hallOnce sync.Once
	hallPCM  []float32
)

// hall is the sample council meeting as one channel at 16 kHz.
func hall(t testing.TB) []float32 {
	t.Helper()
	hallOnce.Do(func() { hallPCM = decodeHall(t) })
	if len(hallPCM) == 0 {
		t.Fatal("the sample meeting could not be decoded")
	}
	return hallPCM
}

func decodeHall(t testing.TB) []float32 {
	t.Helper()
	src, err := audio.Open(context.Background(), "../../internal/casefile/cases/council-demo/mixer.flac")
	must(t, err)
	f := src.Format()
	all, err := readAll(t, src)
	must(t, err)
	mono := make([]float32, len(all)/f.Channels)
	for i := range mono {
		for c := range f.Channels {
			mono[i] += all[i*f.Channels+c] / float32(f.Channels)
		}
	}
	r, err := audio.NewResampler(f.Rate, 16000, 1)
	must(t, err)
	return r.Flush(r.Process(nil, mono))
}

// phone is how a telephone on a table hears it: narrow, with the room's echo, noise and its own loudness.
func phone(in []float32, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 2))
	out := make([]float32, len(in))
	var low, high, last float64
	for i, v := range in {
		x := float64(v)
		if i >= 1900 {
			x += 0.4 * float64(in[i-1900]) // 120 ms
		}
		if i >= 5000 {
			x += 0.2 * float64(in[i-5000])
		}
		low += 0.6 * (x - low)
		high = 0.93 * (high + low - last)
		last = low
		out[i] = float32(0.3*high + 0.002*rng.NormFloat64())
	}
	return out
}

// clip is a source of samples at hand.
type clip struct {
	pcm  []float32
	rate int
}

func (c *clip) Format() audio.Format {
	return audio.Format{Rate: c.rate, Channels: 1, Frames: int64(len(c.pcm)), Encoding: "pcm", Bits: 16}
}
func (c *clip) Read(_ context.Context, dst []float32) (int, error) {
	n := copy(dst, c.pcm)
	c.pcm = c.pcm[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
func (c *clip) Close() error { return nil }

func opener(pcm []float32, rate int) func(context.Context) (audio.Source, error) {
	return func(context.Context) (audio.Source, error) { return &clip{pcm, rate}, nil }
}

// play appends a stretch of the hall at the pace of real time.
func play(t *testing.T, r *record.Recorder, pcm []float32) {
	t.Helper()
	for len(pcm) > 0 {
		n := min(3200, len(pcm))
		time.Sleep(time.Duration(n) * time.Second / 16000)
		must(t, r.Append(pcm[:n]))
		pcm = pcm[n:]
	}
}

func TestAPhonesRecordingFillsTheGap(t *testing.T) {
	pcm := hall(t)
	const sec = 16000
	for _, tc := range []struct {
		name     string
		begins   float64       // second of the meeting at which the phone was started
		off      time.Duration // of the phone's clock
		noClock  bool
		estimate float64 // by how many seconds the gap was longer than the clock said
		running  bool
	}{
		{name: "clock right", begins: 7.35},
		{name: "clock 80 s slow", begins: 12.123, off: -80 * time.Second},
		{name: "no clock", begins: 3.4567, noClock: true, running: true},
		{name: "gap longer than its estimate", begins: 7.35, off: 40 * time.Second, estimate: 1.7},
	} {
		synctest.Test(t, func(t *testing.T) {
			fsys := durabletest.New()
			r := create(t, "/r", record.Options{ID: "r", Rate: 16000, Channels: 1, Segment: 20 * time.Second}, fsys)
			began := time.Now()
			play(t, r, pcm[:40*sec])
			must(t, r.Gap("the mixer was unplugged"))
			time.Sleep(12 * time.Second)
			behind := 52*sec + int(tc.estimate*sec)
			play(t, r, pcm[behind:80*sec])
			must(t, r.Pause(ctx, "An", "kín", 0))
			play(t, r, pcm[80*sec:90*sec])
			must(t, r.Resume(ctx, "An", ""))
			play(t, r, pcm[90*sec:110*sec])
			must(t, r.Flush(ctx))

			heard := phone(pcm[int(tc.begins*sec):115*sec], 1)
			res, err := audio.NewResampler(16000, 11025, 1)
			must(t, err)
			heard = res.Flush(res.Process(nil, heard))
			o := record.ImportOptions{Origin: "điện thoại của thư ký", Who: "Lê Thị Bình"}
			if !tc.noClock {
				o.At = began.Add(time.Duration(tc.begins*float64(time.Second)) + tc.off)
			}
			var rec *record.ImportRecord
			if tc.running {
				rec, err = r.Import(ctx, opener(heard, 11025), o)
				must(t, err)
				must(t, r.Close(ctx, ""))
			} else {
				must(t, r.Close(ctx, ""))
				rec, err = record.Import(ctx, "/r", opener(heard, 11025), o, fsys)
				must(t, err)
			}
			if len(rec.Fills) != 1 || rec.Fills[0].From != 40*sec || rec.Fills[0].To != 52*sec {
				t.Fatalf("%s: %+v", tc.name, rec)
			}
			f := rec.Fills[0]
			t.Logf("%s: off by %.1f ms, by the audio %s the gap, correlation %.2f, gap off by %.0f ms", tc.name, f.LagMS-tc.begins*1000, f.By, f.Score, f.OffMS)
			if d := math.Abs(f.LagMS - tc.begins*1000); d > 50 {
				t.Errorf("%s: aligned %v ms off", tc.name, d)
			}
			if d := math.Abs(f.OffMS - tc.estimate*1000); d > 50 {
				t.Errorf("%s: the gap is said to be %v ms longer, want %v", tc.name, f.OffMS, tc.estimate*1000)
			}
			rep := whole(t, "/r", fsys)
			if len(rep.Imports) != 1 || math.Abs(rep.Imports[0].AudioSeconds-12) > 0.01 {
				t.Errorf("%s: the track holds more than the gap: %+v", tc.name, rep.Imports)
			}
			all, err := readAll(t, source(t, "/r", fsys, record.SourceOptions{Fill: true}))
			must(t, err)
			shut := 80*sec - int(tc.estimate*sec) // the gap is kept as long as the clock said
			for i, v := range all[shut : shut+10*sec] {
				if v != 0 {
					t.Fatalf("%s: frame %d of the closed part is heard", tc.name, i)
				}
			}
			if c := similar(all[41*sec:51*sec], pcm[41*sec:51*sec]); c < 0.5 {
				t.Errorf("%s: what fills the gap correlates by %.2f with what was said", tc.name, c)
			}
			bare, err := readAll(t, source(t, "/r", fsys, record.SourceOptions{}))
			must(t, err)
			for i, v := range bare {
				if (i < 40*sec || i >= 52*sec) && v != all[i] {
					t.Fatalf("%s: frame %d is the import's, not the hall's", tc.name, i)
				}
			}
			if _, err := record.Import(ctx, "/r", opener(heard, 11025), o, fsys); !errors.Is(err, record.ErrNothingToFill) {
				t.Errorf("%s: imported again: %v", tc.name, err)
			}
			must(t, record.Erase(ctx, "/r", fsys, "", record.Erasure{From: 38 * sec, To: 45 * sec, By: [2]string{"An", "Bình"}, Reason: "kín"}))
			rep = whole(t, "/r", fsys)
			if rep.ErasedSeconds != 2 || math.Abs(rep.Imports[0].ErasedSeconds-5) > 0.3 {
				t.Errorf("%s: erased %v s, in the import %v s", tc.name, rep.ErasedSeconds, rep.Imports[0].ErasedSeconds)
			}
		})
	}
}

// similar is the best correlation of two signals within 10 ms.
func similar(a, b []float32) float64 {
	best := 0.0
	for lag := -160; lag <= 160; lag++ {
		var xy, xx, yy float64
		for i := 200; i < len(a)-200; i += 5 {
			x, y := float64(a[i]), float64(b[i+lag])
			xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
		}
		best = max(best, math.Abs(xy)/math.Sqrt(xx*yy+1e-12))
	}
	return best
}

func TestOtherSpeechIsNotTakenForTheSame(t *testing.T) {
	pcm := hall(t)
	const sec = 16000
	synctest.Test(t, func(t *testing.T) {
		fsys := durabletest.New()
		r := create(t, "/r", record.Options{ID: "r", Rate: 16000, Channels: 1}, fsys)
		began := time.Now()
		play(t, r, pcm[:20*sec])
		must(t, r.Gap("unplugged"))
		time.Sleep(5 * time.Second)
		play(t, r, pcm[25*sec:55*sec])
		must(t, r.Close(ctx, ""))
		other := opener(phone(pcm[60*sec:120*sec], 3), 16000)
		if rec, err := record.Import(ctx, "/r", other, record.ImportOptions{Origin: "other"}, fsys); !errors.Is(err, record.ErrNotAligned) {
			t.Errorf("%+v, %v", rec, err)
		}
		// With a time given people may know better, and the record says by what it was placed.
		rec, err := record.Import(ctx, "/r", other, record.ImportOptions{Origin: "other", At: began}, fsys)
		if err != nil || len(rec.Fills) != 1 || rec.Fills[0].By != "clock" {
			t.Errorf("%+v, %v", rec, err)
		}
		late := opener(phone(pcm[60*sec:61*sec], 3), 16000)
		if _, err := record.Import(ctx, "/r", late, record.ImportOptions{Origin: "late", At: began.Add(time.Hour)}, fsys); !errors.Is(err, record.ErrNothingToFill) {
			t.Errorf("an hour late: %v", err)
		}
	})
}
