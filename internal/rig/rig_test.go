package rig

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"bienban/transcribe"
)

func ledger(entries ...transcribe.Stretch) transcribe.Transcript {
	return transcribe.Transcript{Coverage: entries}
}

func TestWhatIsNotAccountedForIsFound(t *testing.T) {
	speech := func(from, to float64) transcribe.Stretch {
		return transcribe.Stretch{Start: from, End: to, Kind: transcribe.CoveredSpeech}
	}
	gap := transcribe.Stretch{Start: 2, End: 3, Kind: transcribe.CoveredGap}
	doubled := ledger(speech(0, 5))
	doubled.Segments = []transcribe.Segment{{Start: 0, End: 2, Text: "một"}, {Start: 1.5, End: 3, Text: "hai"}}
	for name, c := range map[string]struct {
		t     transcribe.Transcript
		gaps  bool
		wrong string
	}{
		"whole":              {ledger(speech(0, 2), speech(2, 5)), false, ""},
		"a hole":             {ledger(speech(0, 2), speech(2.5, 5)), false, "behind 2.000"},
		"an overlap":         {ledger(speech(0, 2), speech(1, 5)), false, "behind 2.000"},
		"the end is lacking": {ledger(speech(0, 4)), false, "ends at 4.000"},
		"a gap":              {ledger(speech(0, 2), gap, speech(3, 5)), false, "a gap from 2.000"},
		"a gap that may be":  {ledger(speech(0, 2), gap, speech(3, 5)), true, ""},
		"doubled text":       {doubled, false, "within the one before"},
	} {
		err := Accounted(c.t, 5, c.gaps)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v, want %q", name, err, c.wrong)
		}
	}
}

func TestAnotherTextIsFound(t *testing.T) {
	a := transcribe.Transcript{Segments: []transcribe.Segment{{Start: 0, End: 1, Text: "biểu quyết"}}}
	for name, change := range map[string]func(*transcribe.Transcript){
		"word":    func(t *transcribe.Transcript) { t.Segments[0].Text = "biểu" },
		"time":    func(t *transcribe.Transcript) { t.Segments[0].End = 1.1 },
		"doubled": func(t *transcribe.Transcript) { t.Segments = append(t.Segments, t.Segments[0]) },
		"missing": func(t *transcribe.Transcript) { t.Segments = nil },
	} {
		b := transcribe.Transcript{Segments: append([]transcribe.Segment(nil), a.Segments...)}
		change(&b)
		if Same(b, a) == nil {
			t.Errorf("%s: not found", name)
		}
	}
	if err := Same(a, a); err != nil {
		t.Error(err)
	}
}

func TestAProcessIsHeardAndKilledWithItsGroup(t *testing.T) {
	p, err := Start("shell", exec.Command("sh", "-c", `sleep 600 & echo child $! >&2; echo two >&2; wait`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	child, err := p.Until(ctx, `child (\d+)`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Until(ctx, "two"); err != nil {
		t.Fatal(err)
	}
	if Memory(p.PID()) == 0 || len(Children(p.PID())) != 1 {
		t.Errorf("memory %d, children %v", Memory(p.PID()), Children(p.PID()))
	}
	p.Kill()
	if _, err := p.Until(ctx, "never"); err == nil || !strings.Contains(err.Error(), "ended without saying") {
		t.Errorf("what was never said: %v", err)
	}
	if p.Code() != -1 || !Gone(p.PID()) {
		t.Errorf("code %d", p.Code())
	}
	number, err := strconv.Atoi(child)
	if err != nil {
		t.Fatal(err)
	}
	for !Gone(number) && ctx.Err() == nil {
		time.Sleep(time.Millisecond) // init takes it
	}
	if ctx.Err() != nil {
		t.Errorf("process %s outlives its group", child)
	}
	ended, err := Start("true", exec.Command("true"))
	if err != nil {
		t.Fatal(err)
	}
	<-ended.Over()
	ended.Kill() // nothing to kill
	if code, err := ended.Stop(ctx); code != 0 || err != nil {
		t.Errorf("%d %v", code, err)
	}
}

func TestAProcessThatEndsOtherwiseThanCleanlyIsTold(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	for code, wrong := range map[string]string{"0": "", "4": "shell ended with 4:\nready"} {
		p, err := Start("shell", exec.Command("sh", "-c", `trap "exit `+code+`" TERM; echo ready; while :; do sleep 0.01; done`))
		if err != nil {
			t.Fatal(err)
		}
		defer p.Kill()
		if _, err := p.Until(ctx, "ready"); err != nil {
			t.Fatal(err)
		}
		if err := p.End(ctx); err == nil && wrong != "" || err != nil && err.Error() != wrong {
			t.Errorf("code %s: %v", code, err)
		}
	}
}

func TestAPlaceIsThrownAwayWithAllThatIsInIt(t *testing.T) {
	p, err := Enter(t.Context(), "test", "built", false)
	if err != nil {
		t.Fatal(err)
	}
	if p.Program != "built" {
		t.Errorf("the program is %q", p.Program)
	}
	for _, path := range []string{p.Sample("audio.flac"), p.Tape(), p.Dir} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	p.Leave()
	if _, err := os.Stat(p.Dir); !os.IsNotExist(err) {
		t.Errorf("it stays: %v", err)
	}
	if a, b := Seed(0), Seed(0); Seed(7) != 7 || a == b {
		t.Error("a seed that was asked for is another, or one that was not is the same")
	}
}
