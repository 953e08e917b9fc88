package transcribe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/audio"
	"bienban/internal/fault"
)

var errCrash = errors.New("engine: process ended")

func TestAnEngineThatCrashesOnceChangesNothing(t *testing.T) {
	path := writeWAV(t, talk(60))
	o := Options{Language: "vi"}
	eng := &burstEngine{}
	want := asJSON(t, mustFile(t, path, eng, o))
	for crash := range eng.calls {
		crashes := &burstEngine{before: func(call int, _ Request) error {
			if call == crash {
				return errCrash
			}
			return nil
		}}
		if got := asJSON(t, mustFile(t, path, crashes, o)); got != want {
			t.Errorf("crash at call %d: another transcript", crash)
		}
		if crashes.calls != eng.calls+1 {
			t.Errorf("crash at call %d: %d calls, want %d", crash, crashes.calls, eng.calls+1)
		}
	}
}

func TestAWindowThatCannotBeDecodedIsAGapAndTheRestGoesOn(t *testing.T) {
	script := talk(60)
	path := writeWAV(t, script)
	all := len(heardWords(mustFile(t, path, &burstEngine{}, Options{Language: "vi"})))
	bad := &burstEngine{before: func(call int, _ Request) error {
		if call == 1 || call == 2 {
			return errCrash
		}
		return nil
	}}
	tr := mustFile(t, path, bad, Options{Language: "vi"})
	got := heardWords(tr)
	if len(got) == 0 || len(got) >= all {
		t.Fatalf("%d words of %d", len(got), all)
	}
	checkLedger(t, tr.Coverage, tr.Audio.Seconds)
	lost := 0.0
	for _, s := range tr.Coverage {
		if s.Kind == CoveredGap {
			lost += s.End - s.Start
			if s.Note != engineFailed {
				t.Errorf("gap says %q", s.Note)
			}
		}
	}
	if want := float64(all-len(got)) * burstLength; lost < want {
		t.Errorf("gaps of %.1f s for %.1f s of lost words", lost, want)
	}
	if len(tr.Flags) != 1 || tr.Flags[0].Code != FlagGap || !tr.Flags[0].Open() {
		t.Errorf("flags %+v, want one open gap", tr.Flags)
	}
}

func TestADetectorThatCrashesHearsAgainAndNothingIsLost(t *testing.T) {
	path := writeWAV(t, talk(60))
	det := &levelDetector{}
	want, err := File(t.Context(), path, &burstEngine{}, det, Options{Language: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []int{1, 2, det.calls / 2, det.calls} {
		got, err := File(t.Context(), path, &burstEngine{}, &levelDetector{failAt: call}, Options{Language: "vi"})
		if err != nil {
			t.Fatalf("crash at call %d: %v", call, err)
		}
		if asJSON(t, got) != asJSON(t, want) {
			t.Errorf("crash at call %d: another transcript", call)
		}
	}
}

func TestALoopIsDecodedAgainWithoutItsPrompt(t *testing.T) {
	script := talk(40)
	path := writeWAV(t, script)
	loops := &burstEngine{after: func(_ int, r Request, res Result) Result {
		if r.Prompt != "" { // the prompt made it loop
			res.Text = strings.TrimSpace(strings.Repeat("and so on ", 30))
			res.Words = nil
		}
		return res
	}}
	tr := mustFile(t, path, loops, Options{Language: "en", Glossary: []string{"weir"}})
	if got := len(heardWords(tr)); got != len(script) {
		t.Errorf("%d words of %d", got, len(script))
	}
	for _, s := range tr.Segments {
		if strings.Contains(s.Text, "and so on") {
			t.Errorf("the loop is in the text: %q", s.Text)
		}
	}
}

func TestALoopThatStaysIsStruck(t *testing.T) {
	path := writeWAV(t, talk(8))
	loops := &burstEngine{after: func(_ int, _ Request, res Result) Result {
		res.Text, res.Words = strings.TrimSpace(strings.Repeat("và như vậy ", 30)), nil
		return res
	}}
	tr := mustFile(t, path, loops, Options{Language: "vi"})
	if got := tr.Speech(); got != "" {
		t.Errorf("speech %q", got)
	}
	struck := false
	for _, s := range tr.Segments {
		struck = struck || s.Struck && s.Flags[0].Code == FlagRepetition
	}
	if !struck {
		t.Error("nothing is struck as a loop")
	}
	if loops.calls > 5 {
		t.Errorf("%d decodes of one window", loops.calls)
	}
}

func TestAWindowThatTheDecoderLeftEarlyIsDecodedInHalves(t *testing.T) {
	script := talk(80)
	early := 0
	eng := &burstEngine{after: func(call int, _ Request, res Result) Result {
		if n := len(res.Words); n > 15 && call >= 2 && early < 1 { // the pace is known by then
			early++
			res.Words = res.Words[:n/3]
			res.Text = ""
			for _, w := range res.Words {
				res.Text += " " + w.Text
			}
		}
		return res
	}}
	tr := mustFile(t, writeWAV(t, script), eng, Options{Language: "vi"})
	if early != 1 {
		t.Fatalf("the decoder left %d times, want 1", early)
	}
	if got := len(heardWords(tr)); got != len(script) {
		t.Errorf("%d words of %d", got, len(script))
	}
}

func TestAnEchoOfThePromptIsNotText(t *testing.T) {
	glossary := []string{"Alder Creek", "Mill Street", "Lindqvist", "Osei"}
	script := talk(12)
	echo := &burstEngine{after: func(_ int, r Request, res Result) Result {
		if strings.Contains(r.Prompt, "Alder Creek") {
			res.Text, res.Words = "Alder Creek, Mill Street, Lindqvist, Osei.", nil
		}
		return res
	}}
	tr := mustFile(t, writeWAV(t, script), echo, Options{Language: "en", Glossary: glossary})
	if strings.Contains(tr.Speech(), "Alder") || len(heardWords(tr)) != len(script) {
		t.Errorf("speech %q", tr.Speech())
	}
}

func TestACheckpointOfAnotherRunIsRefused(t *testing.T) {
	path := writeWAV(t, talk(40))
	state := filepath.Join(t.TempDir(), "state.json")
	o := Options{Language: "vi", Model: "base", Checkpoint: state}
	ctx, cancel := context.WithCancel(t.Context())
	stop := &burstEngine{before: func(call int, _ Request) error {
		if call == 1 {
			cancel()
		}
		return nil
	}}
	if _, err := File(ctx, path, stop, &levelDetector{}, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	o.Resume = true
	try := func(name, path string, o Options, want string) {
		t.Helper()
		_, err := File(t.Context(), path, &burstEngine{}, &levelDetector{}, o)
		if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line with %q", name, err, want)
		}
	}
	try("another file", writeWAV(t, talk(41)), o, "another audio file")
	model := o
	model.Model = "small"
	try("another model", path, model, "another model")
	words := o
	words.Glossary = []string{"Đảng bộ"}
	try("another glossary", path, words, "glossary")
	for name, b := range map[string][]byte{
		"cut":    whole[:len(whole)/2],
		"empty":  {},
		"edited": []byte(strings.Replace(string(whole), `"w":"`, `"w":"x`, 1)),
		"other":  []byte(`{"language":"vi","segments":[]}`),
	} {
		if err := os.WriteFile(state, b, 0o600); err != nil {
			t.Fatal(err)
		}
		try(name, path, o, "damaged")
	}
	none := o
	none.Checkpoint = ""
	try("no checkpoint", path, none, "checkpoint")
}

func TestWhereThereIsNoCheckpointResumeStartsAfresh(t *testing.T) {
	path := writeWAV(t, talk(10))
	want := asJSON(t, mustFile(t, path, &burstEngine{}, Options{Language: "vi"}))
	got := mustFile(t, path, &burstEngine{}, Options{Language: "vi", Resume: true, Checkpoint: filepath.Join(t.TempDir(), "none")})
	if asJSON(t, got) != want {
		t.Error("another transcript")
	}
}

func TestACheckpointThatCannotBeWrittenIsAnErrorWithWhatWasDone(t *testing.T) {
	path := writeWAV(t, talk(30))
	o := Options{Language: "vi", Checkpoint: filepath.Join(t.TempDir(), "no", "folder", "x")}
	ctx, cancel := context.WithCancel(t.Context())
	eng := &burstEngine{before: func(call int, _ Request) error {
		if call == 1 {
			cancel()
		}
		return nil
	}}
	tr, err := File(ctx, path, eng, &levelDetector{}, o)
	if !errors.Is(err, os.ErrNotExist) || tr == nil || len(tr.Segments) == 0 {
		t.Errorf("%v, %v", tr, err)
	}
}

func TestACutFileIsTranscribedToItsEndAndFlagged(t *testing.T) {
	script := talk(30)
	path := writeWAV(t, script)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	tr := mustFile(t, path, &burstEngine{}, Options{Language: "vi"})
	if len(tr.Flags) == 0 || tr.Flags[0].Code != FlagDamaged || !tr.Flags[0].Open() {
		t.Fatalf("flags %+v", tr.Flags)
	}
	want := 0
	for _, s := range script {
		if s.at+burstLength < length(script)*2/3-0.1 {
			want++
		}
	}
	if got := len(heardWords(tr)); got < want || got > want+1 {
		t.Errorf("%d words, want %d", got, want)
	}
	checkLedger(t, tr.Coverage, tr.Audio.Seconds)
}

func TestWhatIsNoAudioIsBadInput(t *testing.T) {
	var format *audio.FormatError
	if _, err := File(t.Context(), filepath.Join(t.TempDir(), "none.wav"), &burstEngine{}, &levelDetector{}, Options{}); !errors.As(err, &format) {
		t.Errorf("missing file: %v", err)
	}
}
