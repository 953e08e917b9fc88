//go:build whisper

package whisper

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bienban/audio"
	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

// weights finds installed models, as package models stores them.
func weights(t testing.TB) (model, vad string) {
	t.Helper()
	dir := os.Getenv("BIENBAN_MODELS")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skip("no cache folder for models: set BIENBAN_MODELS")
		}
		dir = filepath.Join(cache, "bienban", "models")
	}
	model, vad = filepath.Join(dir, "ggml-base.bin"), filepath.Join(dir, "ggml-silero-v6.2.0.bin")
	for _, path := range []string{model, vad} {
		if _, err := os.Stat(path); err != nil {
			t.Skip("needs the models base and silero; get them with: bin/bienban models pull base silero")
		}
	}
	return model, vad
}

func startNative(t testing.TB, change func(*Options)) *Process {
	t.Helper()
	model, vad := weights(t)
	o := Options{Command: []string{os.Args[0]}, Model: model, VAD: vad, Env: []string{modeEnv + "=native"}}
	if change != nil {
		change(&o)
	}
	p, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// demo is the council meeting that the repository carries.
var demo = sync.OnceValues(func() ([]float32, error) {
	src, err := audio.Open(context.Background(), "../../internal/casefile/cases/council-demo/audio.flac")
	if err != nil {
		return nil, err
	}
	defer func() { _ = src.Close() }()
	var out []float32
	buf := make([]float32, transcribe.SampleRate)
	for {
		n, err := src.Read(context.Background(), buf)
		out = append(out, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
	}
})

func clip(t testing.TB, from, to float64) []float32 {
	t.Helper()
	pcm, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	return pcm[int(from*transcribe.SampleRate):int(to*transcribe.SampleRate)]
}

const glossary = "Alder Creek, Mill Street, Lindqvist, Osei, footbridge, weir, resurfacing"

var council = []struct {
	from, to float64
	text     string
}{
	{10.5, 18.1, "Thank you, Mayor. Eight of the nine members are present. Councillor Peter Walsh has sent his apologies. We have a quorum."},
	{18.1, 26.9, "Item 2, the minutes of the meeting of the 12th of February. Are there any corrections? There are none. The minutes are approved without amendment."},
}

func TestWhisperInItsProcessIsAnEngine(t *testing.T) {
	var samples []transcribetest.Sample
	for _, c := range council {
		// Whisper base spells "Councillor" the American way, and skips or mishears
		// a few words at some lengths of the audio context.
		samples = append(samples, transcribetest.Sample{PCM: clip(t, c.from, c.to), Language: "en", Text: c.text, MaxWER: 0.3, Prompt: glossary})
	}
	for _, lanes := range []int{1, 2} {
		t.Run(strconv.Itoa(lanes), func(t *testing.T) {
			p := startNative(t, func(o *Options) { o.Lanes = lanes })
			transcribetest.Engine(t, func(*testing.T) transcribe.Engine { return p }, samples...)
		})
	}
}

func TestSileroInItsProcessIsADetector(t *testing.T) {
	p := startNative(t, func(o *Options) { o.Model = "" })
	transcribetest.Detector(t, func(*testing.T) transcribe.Detector { return p.Detector() }, clip(t, 0, 40))
}

// turns reads when each speaker of the council meeting begins and ends.
func turns(t *testing.T) (out [][2]float64) {
	t.Helper()
	f, err := os.Open("../../internal/casefile/cases/council-demo/turns.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		from, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			continue // the heading
		}
		to, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, [2]float64{from, to})
	}
	return out
}

// loud is where the voice of a turn begins and ends: the demo's noise stays
// under a level of 0.01, 40 dB below full scale.
func loud(pcm []float32, start float64) (from, to float64) {
	from = -1
	for i, x := range pcm {
		if x > 0.01 || x < -0.01 {
			to = start + float64(i)/transcribe.SampleRate
			if from < 0 {
				from = to
			}
		}
	}
	return from, to
}

func TestWordsBeginAndEndWithTheTurnsOfTheSpeakers(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes two minutes of sound")
	}
	p := startNative(t, nil)
	all := turns(t)
	// Two turns a window, cut in the pauses, so that a boundary lies inside.
	for i := 0; i+1 < len(all); i += 2 {
		from, to := all[i][0]-0.4, all[i+1][1]+0.4
		pcm := clip(t, from, to)
		res, err := p.Transcribe(t.Context(), transcribe.Request{PCM: pcm, Language: "en", Prompt: glossary, AudioContext: min(1500, len(pcm)*50/transcribe.SampleRate+128)})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Words) == 0 {
			t.Fatalf("turns %d and %d: no words", i, i+1)
		}
		// The voice of the demo is silent for up to 0.4 s at either end of a turn.
		near := func(what string, want, slack float64, of func(transcribe.Word) float64) {
			best := math.Inf(1)
			for _, w := range res.Words {
				if d := of(w) + from - want; math.Abs(d) < math.Abs(best) {
					best = d
				}
			}
			if math.Abs(best) > slack {
				t.Errorf("turn %d: no word %s at %.2f s; the nearest is %+.2f s away\n%s", i, what, want, best, res.Text)
			}
		}
		for _, turn := range all[i : i+2] {
			from, to := loud(clip(t, turn[0], turn[1]), turn[0])
			near("begins", from, 0.15, func(w transcribe.Word) float64 { return w.Start })
			near("ends", to, 0.15, func(w transcribe.Word) float64 { return w.End })
		}
	}
}

func TestTheRealEngineSurvivesBeingKilledWhileItDecodes(t *testing.T) {
	p := startNative(t, nil)
	r := transcribe.Request{PCM: clip(t, council[0].from, council[0].to), Language: "en", AudioContext: 450}
	want, err := p.Transcribe(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		time.AfterFunc(time.Duration(40+150*i)*time.Millisecond, func() {
			if pid := p.PID(); pid != 0 {
				_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended just now
			}
		})
		got, err := p.Transcribe(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if got.Text != want.Text || len(got.Words) != len(want.Words) {
			t.Errorf("after a kill: %q, want %q", got.Text, want.Text)
		}
	}
}

func TestADamagedModelIsAnErrorThatNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ggml-cut.bin")
	if err := os.WriteFile(path, []byte("lmgg, and no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{"speech model": {Model: path}, "speech detection model": {VAD: path}} {
		o.Command, o.Env = []string{os.Args[0]}, []string{modeEnv + "=native"}
		p, err := Start(t.Context(), o)
		if err == nil {
			_ = p.Close()
		}
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkDetector shows the cost of speech detection, of which a second of
// sound has 31 frames.
func BenchmarkDetector(b *testing.B) {
	p := startNative(b, func(o *Options) { o.Model = "" })
	d := p.Detector()
	pcm := clip(b, 0, 16)
	for b.Loop() {
		if _, err := d.Feed(b.Context(), pcm); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/16*100, "%realtime")
}
