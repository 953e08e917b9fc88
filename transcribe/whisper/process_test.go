package whisper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

// The tests' own binary is the child, as the program itself is in real use.
const modeEnv = "BIENBAN_TEST_ENGINE"

func TestMain(m *testing.M) {
	mode := os.Getenv(modeEnv)
	if mode == "" {
		os.Exit(m.Run())
	}
	if err := childMode(mode); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func childMode(mode string) error {
	ctx := context.Background()
	switch mode {
	case "native":
		return ChildMain(ctx, os.Args[1:], os.Stdin, os.Stdout)
	case "recorded":
		e, err := recordedEngine()
		if err != nil {
			return err
		}
		return Serve(ctx, Backend{Engine: e, Detector: func() (transcribe.Detector, error) { return &level{}, nil }}, os.Stdin, os.Stdout)
	case "stuck", "slow": // the first child answers nothing; or each takes its time
		e, err := recordedEngine()
		if err != nil {
			return err
		}
		if mode == "slow" {
			e = slowed{e}
		} else if f, err := os.OpenFile(os.Args[2]+".stuck", os.O_CREATE|os.O_EXCL, 0o600); err == nil { // beside --model
			return errors.Join(f.Close(), writeJSON(os.Stdout, sayReady, 0, hello{}), sleep(time.Minute))
		}
		return Serve(ctx, Backend{Engine: e, Detector: func() (transcribe.Detector, error) { return &level{}, nil }}, os.Stdin, os.Stdout)
	case "deaf": // answers nothing, does not hear a cancel
		return errors.Join(writeJSON(os.Stdout, sayReady, 0, hello{}), sleep(time.Minute))
	case "dying": // crashes in every call
		if err := writeJSON(os.Stdout, sayReady, 0, hello{}); err != nil {
			return err
		}
		if _, err := readFrame(os.Stdin); err != nil {
			return err
		}
		return errors.New("GGML_ASSERT(false) failed")
	case "babbling":
		_, err := os.Stdout.WriteString("warning: not a frame at all, but text")
		return errors.Join(err, sleep(time.Minute))
	case "refusing":
		return errors.Join(writeJSON(os.Stdout, sayError, 0, failure{Message: "speech model x.bin: is damaged"}), errors.New("damaged"))
	}
	return fmt.Errorf("unknown mode %q", mode)
}

// slowed is an engine on a machine that is too slow for it.
type slowed struct{ transcribe.Engine }

const slowWindow = 400 * time.Millisecond

func (s slowed) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	time.Sleep(slowWindow)
	return s.Engine.Transcribe(ctx, r)
}

func sleep(d time.Duration) error { time.Sleep(d); return nil }

// recordedEngine says of each window how long it is, after a while.
func recordedEngine() (transcribe.Engine, error) {
	rec := transcribetest.Recording{Decodes: map[string]transcribe.Result{}}
	for n := 1; n <= 50; n++ {
		rec.Decodes[transcribetest.Key(transcribe.Request{PCM: numbered(n)})] = numberedResult(n)
	}
	return rec.Engine(func(transcribe.Request) error { return sleep(2 * time.Millisecond) }), nil
}

func numbered(n int) []float32 {
	pcm := make([]float32, 1600)
	for i := range pcm {
		pcm[i] = float32(n) / 100
	}
	return pcm
}

func numberedResult(n int) transcribe.Result {
	text := fmt.Sprintf("Nội dung thứ %d.", n)
	return transcribe.Result{Language: "vi", Text: text, Words: []transcribe.Word{{Text: text, End: 0.1, P: 1}}, Tokens: n}
}

// level is a detector with a memory: each frame adds to a fading sum.
type level struct {
	sum  float32
	rest []float32
}

func (l *level) Feed(_ context.Context, pcm []float32) ([]float32, error) {
	l.rest = append(l.rest, pcm...)
	var out []float32
	for ; len(l.rest) >= transcribe.DetectorFrame; l.rest = l.rest[transcribe.DetectorFrame:] {
		l.sum = 0.5*l.sum + 0.5*l.rest[0]
		out = append(out, l.sum)
	}
	return out, nil
}

func (l *level) Reset(context.Context) error { *l = level{}; return nil }
func (l *level) Close() error                { return nil }

// startMode starts this binary as a child of one of the modes.
func startMode(t *testing.T, mode string, change func(*Options)) (*Process, error) {
	t.Helper()
	model := filepath.Join(t.TempDir(), "model.bin")
	if err := os.WriteFile(model, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Command: []string{os.Args[0]}, Model: model, VAD: model, Env: []string{modeEnv + "=" + mode}}
	if change != nil {
		change(&o)
	}
	p, err := Start(t.Context(), o)
	if p != nil {
		t.Cleanup(func() {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return p, err
}

func mustStart(t *testing.T, mode string, change func(*Options)) *Process {
	t.Helper()
	p, err := startMode(t, mode, change)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNoWindowIsLostOrDoubledWhenTheChildIsKilledAtAnyMoment(t *testing.T) {
	p := mustStart(t, "recorded", nil)
	stop := make(chan struct{})
	killed := make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-stop:
				killed <- n
				return
			case <-time.After(time.Duration(rand.IntN(60)+20) * time.Millisecond):
				if pid := p.PID(); pid != 0 && syscall.Kill(pid, syscall.SIGKILL) == nil {
					n++
				}
			}
		}
	}()
	crashes := 0
	for n := 1; n <= 50; n++ {
		res, err := p.Transcribe(t.Context(), transcribe.Request{PCM: numbered(n), Language: "vi"})
		for err != nil { // killed twice during one window: the caller may ask again
			var crash *CrashError
			if !errors.As(err, &crash) {
				t.Fatalf("window %d: %v, want a *CrashError", n, err)
			}
			crashes++
			res, err = p.Transcribe(t.Context(), transcribe.Request{PCM: numbered(n), Language: "vi"})
		}
		if want := numberedResult(n); !reflect.DeepEqual(res, want) {
			t.Fatalf("window %d: %+v, want %+v", n, res, want)
		}
	}
	close(stop)
	if n := <-killed; n == 0 {
		t.Error("the child was never killed: this test has shown nothing")
	} else {
		t.Logf("killed %d times, %d errors reached the caller", n, crashes)
	}
}

func TestADetectorGoesOnWhereItWasAfterACrash(t *testing.T) {
	p := mustStart(t, "recorded", nil)
	pcm := make([]float32, 30*transcribe.DetectorFrame)
	for i := range pcm {
		pcm[i] = rand.Float32()
	}
	want, err := (&level{}).Feed(t.Context(), pcm)
	if err != nil {
		t.Fatal(err)
	}
	d := p.Detector()
	var got []float32
	for at := 0; at < len(pcm); at += 1000 {
		if at%5000 == 0 && p.PID() != 0 {
			if err := syscall.Kill(p.PID(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		probs, err := d.Feed(t.Context(), pcm[at:min(at+1000, len(pcm))])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, probs...)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("with crashes:\n%v\nwithout:\n%v", got, want)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatGoesWrongInAChildIsSaid(t *testing.T) {
	window := transcribe.Request{PCM: numbered(1)}
	t.Run("a crash carries the last words of native code", func(t *testing.T) {
		_, err := mustStart(t, "dying", nil).Transcribe(t.Context(), window)
		var crash *CrashError
		if !errors.As(err, &crash) || !strings.Contains(err.Error(), "GGML_ASSERT(false) failed") {
			t.Errorf("%v", err)
		}
	})
	t.Run("a hang ends", func(t *testing.T) {
		p := mustStart(t, "deaf", func(o *Options) { o.HangAfter = 20 * time.Millisecond })
		_, err := p.Transcribe(t.Context(), window)
		var crash *CrashError
		if !errors.As(err, &crash) || !strings.Contains(err.Error(), "no answer for 200ms") {
			t.Errorf("%v", err)
		}
	})
	t.Run("a window on which the engine hung is decoded again by another", func(t *testing.T) {
		p := mustStart(t, "stuck", func(o *Options) { o.HangAfter = 300 * time.Millisecond })
		first := p.PID()
		got, err := p.Transcribe(t.Context(), window)
		if err != nil || got.Text != numberedResult(1).Text || p.PID() == first {
			t.Errorf("%q, %v; child %d, then %d", got.Text, err, first, p.PID())
		}
	})
	t.Run("a machine that is only slow loses no window, and is not taken for hung twice", func(t *testing.T) {
		p := mustStart(t, "slow", func(o *Options) { o.HangAfter = slowWindow / 2 })
		var pids []int
		for range 3 {
			got, err := p.Transcribe(t.Context(), window)
			if err != nil || got.Text != numberedResult(1).Text {
				t.Fatalf("%q, %v", got.Text, err)
			}
			pids = append(pids, p.PID())
		}
		if pids[0] != pids[1] || pids[1] != pids[2] {
			t.Errorf("children %v", pids)
		}
	})
	t.Run("cancelling ends a child that does not listen, within a second", func(t *testing.T) {
		p := mustStart(t, "deaf", nil)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		start := time.Now()
		if _, err := p.Transcribe(ctx, window); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("it took %s", took)
		}
	})
	t.Run("a child that babbles is no engine", func(t *testing.T) {
		if _, err := startMode(t, "babbling", nil); err == nil || !strings.Contains(err.Error(), "length") {
			t.Errorf("%v", err)
		}
	})
	t.Run("an error of loading is the error of Start", func(t *testing.T) {
		if _, err := startMode(t, "refusing", nil); err == nil || err.Error() != "speech model x.bin: is damaged" {
			t.Errorf("%v", err)
		}
	})
	t.Run("an error of a call leaves the child alive", func(t *testing.T) {
		p := mustStart(t, "recorded", nil)
		pid := p.PID()
		if _, err := p.Transcribe(t.Context(), transcribe.Request{PCM: []float32{1}}); err == nil || !strings.Contains(err.Error(), "record again") {
			t.Errorf("%v", err)
		}
		if _, err := p.Transcribe(t.Context(), window); err != nil || p.PID() != pid {
			t.Errorf("%v; pid %d, then %d", err, pid, p.PID())
		}
	})
	t.Run("a closed process says so", func(t *testing.T) {
		p := mustStart(t, "recorded", nil)
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Transcribe(t.Context(), window); err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("%v", err)
		}
	})
}

func TestCallsThatNoRetryCanMendAreRefused(t *testing.T) {
	p := mustStart(t, "recorded", nil)
	for want, r := range map[string]transcribe.Request{
		"no samples":     {},
		"at most 30 s":   {PCM: make([]float32, maxSamples+1)},
		"audio context":  {PCM: numbered(1), AudioContext: 1501},
		"beam":           {PCM: numbered(1), Beam: 9},
		"temperature":    {PCM: numbered(1), Temperature: -1},
		"Whisper reads ": {PCM: numbered(1), Prompt: strings.Repeat("đ", maxHeader)},
	} {
		if _, err := p.Transcribe(t.Context(), r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	for want, change := range map[string]func(*Options){
		"no model given":     func(o *Options) { o.Model, o.VAD = "", "" },
		"models pull":        func(o *Options) { o.Model = "/nonexistent/ggml.bin" },
		"is a folder":        func(o *Options) { o.VAD = t.TempDir() },
		"the command is emp": func(o *Options) { o.Command = []string{} },
		"threads":            func(o *Options) { o.Threads = -1 },
		"-1 lanes":           func(o *Options) { o.Lanes = -1 },
		"17 lanes":           func(o *Options) { o.Lanes = 17 },
		"no such file":       func(o *Options) { o.Command = []string{"/nonexistent/program"} },
	} {
		if _, err := startMode(t, "recorded", change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	if !built {
		if _, err := startMode(t, "recorded", func(o *Options) { o.Command = nil }); !errors.Is(err, ErrNotBuilt) {
			t.Errorf("without the build tag: %v, want ErrNotBuilt", err)
		}
		if err := ChildMain(t.Context(), nil, strings.NewReader(""), &bytes.Buffer{}); !errors.Is(err, ErrNotBuilt) {
			t.Errorf("without the build tag: %v, want ErrNotBuilt", err)
		}
	}
}

func TestTheChildEndsWhenItsPipeCloses(t *testing.T) {
	e, err := recordedEngine()
	if err != nil {
		t.Fatal(err)
	}
	var in, out bytes.Buffer
	payload, err := packRequest(transcribe.Request{PCM: numbered(4)})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []frame{{'?', 1, packStream(9, nil)}, {askReset, 2, packStream(9, nil)}, {askDecode, 3, payload}} {
		if err := writeFrame(&in, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := Serve(t.Context(), Backend{Engine: e}, &in, &out); err != nil {
		t.Fatal(err)
	}
	kinds := map[uint32]kind{}
	for out.Len() > 0 {
		f, err := readFrame(&out)
		if err != nil {
			t.Fatal(err)
		}
		kinds[f.id] = f.kind
	}
	if kinds[0] != sayReady || kinds[1] != sayError || kinds[2] != sayError {
		t.Errorf("answers: %v", kinds)
	}
}
