package live

import (
	"context"
	"errors"
	"strings"
	"testing"

	"bienban/transcribe"
)

func TestEveryWordIsCommittedOnceInOrder(t *testing.T) {
	for name, pause := range map[string]func(int) float64{"with pauses": usual, "without a pause": unbroken} {
		t.Run(name, func(t *testing.T) {
			script := talk(90, pause)
			k := render(script)
			events := listenTo(t, &hearer{}, &ears{}, Options{Language: "vi"}, k, 1600)
			sound(t, events, 0, int64(len(k.PCM)))
			if got, want := textsOf(events), words(script); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestSpeechIsCommittedSoonAfterItsEnd(t *testing.T) {
	script := talk(8, unbroken)
	k := render(script)
	end := script[7].at + burst
	var fed int64
	var late []int64
	c := New(&hearer{}, &ears{}, Options{Language: "vi"}, func(e Event) error {
		if e.Type == Committed && e.Text != "" {
			late = append(late, fed-end)
		}
		return nil
	})
	for at := int64(0); at+1600 <= int64(len(k.PCM)); at += 1600 {
		fed = at + 1600
		if err := c.Feed(t.Context(), k.part(at, fed), 0); err != nil {
			t.Fatal(err)
		}
	}
	if len(late) != 1 || late[0] > silence+transcribe.DetectorFrame+1600 {
		t.Errorf("committed %v samples after the end of speech, want once within %d", late, silence+transcribe.DetectorFrame+1600)
	}
}

func TestChunksDoNotMatter(t *testing.T) {
	k := render(talk(45, usual))
	o := Options{Language: "vi", NoProvisional: true}
	want := committed(listenTo(t, &hearer{}, &ears{}, o, k, 1600))
	for _, size := range []int64{777, 16000, int64(len(k.PCM))} {
		equal(t, "commits", committed(listenTo(t, &hearer{}, &ears{}, o, k, size)), want)
	}
}

func TestProvisionalWorkChangesNoCommit(t *testing.T) {
	k := render(talk(90, unbroken))
	want := committed(listenTo(t, &hearer{}, &ears{}, Options{Language: "vi", NoProvisional: true}, k, 1600))
	equal(t, "commits", committed(listenTo(t, &hearer{}, &ears{}, Options{Language: "vi"}, k, 1600)), want)
}

func TestAnotherCommitterGoesOnFromAnyCommit(t *testing.T) {
	for name, pause := range map[string]func(int) float64{"with pauses": usual, "without a pause": unbroken} {
		t.Run(name, func(t *testing.T) {
			k := render(talk(64, pause))
			o := Options{Language: "vi", Channels: map[int][]string{1: {"Nguyễn Thị Hòa"}, 2: {"Trần Văn Bình"}}}
			whole := committed(listenTo(t, &hearer{}, &ears{}, o, k, 1600))
			if len(whole) < 3 {
				t.Fatalf("only %d commits", len(whole))
			}
			for i := range whole {
				o := o
				o.From = whole[i].ToSample
				o.Before = ContextOf(segmentsOf(whole[:i+1]))
				rest := k.part(HistoryFrom(o.From), int64(len(k.PCM)))
				o.NoProvisional = true
				equal(t, "commits after the hand-over", committed(listenTo(t, &hearer{}, &ears{}, o, rest, 8000)), whole[i+1:])
			}
		})
	}
}

func TestThePromptIsTheSameAfterAHandOver(t *testing.T) {
	k := render(talk(60, usual))
	prompts := func(o Options, k Chunk) (out []string, events []Event) {
		e := &hearer{before: func(_ int, r transcribe.Request) error { out = append(out, r.Prompt); return nil }}
		o.NoProvisional = true
		o.Glossary = []string{"hợp tác xã Phước Hậu"}
		return out, listenTo(t, e, &ears{}, o, k, 1600)
	}
	all, events := prompts(Options{Language: "vi"}, k)
	events = committed(events)
	var upTo int
	for i, e := range events[:len(events)/2] {
		if e.Text != "" {
			upTo++
		}
		after, _ := prompts(Options{Language: "vi", From: e.ToSample, Before: ContextOf(segmentsOf(events[:i+1]))}, k.part(0, int64(len(k.PCM))))
		equal(t, "prompts", after, all[upTo:])
	}
	for events[len(events)-1].Text == "" {
		events = events[:len(events)-1]
	}
	before := segmentsOf(events[:len(events)-1])
	if got, want := all[len(all)-1], "hợp tác xã Phước Hậu. "+ContextOf(before); got != want || len(strings.Fields(want)) < 40 {
		t.Errorf("the last prompt is\n%q, want\n%q", got, want)
	}
}

func TestSpeakersAreThoseOfTheLoudestMicrophone(t *testing.T) {
	script := talk(60, usual)
	events := listenTo(t, &hearer{}, &ears{}, Options{Language: "vi", Channels: map[int][]string{1: {"Hòa"}, 2: {"Bình"}}}, render(script), 1600)
	at := 0
	for _, s := range segmentsOf(events) {
		for range s.Words {
			if s.Channel != script[at].mic+1 || s.Speaker != []string{"Hòa", "Bình"}[script[at].mic] {
				t.Fatalf("word %d was said by %d, segment %q has channel %d, %q", at, script[at].mic+1, s.Text, s.Channel, s.Speaker)
			}
			at++
		}
	}
}

func TestNobodyIsAskedAboutSilence(t *testing.T) {
	hum := make([]float32, 60*rate)
	for i := range hum {
		hum[i] = 0.004 * float32(i%320-160) / 160
	}
	for name, c := range map[string]struct {
		pcm []float32
		det transcribe.Detector
	}{
		"digital silence": {make([]float32, 60*rate), &ears{}},
		"digital silence that a detector calls speech": {make([]float32, 60*rate), constant(0.9)},
		"hum":                          {hum, &ears{}},
		"noise between the thresholds": {hum, constant(0.45)},
	} {
		t.Run(name, func(t *testing.T) {
			e := &hearer{}
			events := listenTo(t, e, c.det, Options{}, Chunk{PCM: c.pcm}, 1600)
			sound(t, events, 0, int64(len(c.pcm)))
			if e.calls > 0 || textsOf(events) != "" {
				t.Errorf("%d decodes, text %q", e.calls, textsOf(events))
			}
			for _, e := range events {
				if e.Type != Committed || len(e.Coverage) != 1 || e.Coverage[0].Kind != transcribe.CoveredNonSpeech {
					t.Errorf("event %+v", e)
				}
				if e.ToSample-e.FromSample > 2*quiet {
					t.Errorf("%d samples of silence in one commit: whoever goes on has much to hear again", e.ToSample-e.FromSample)
				}
			}
		})
	}
}

type constant float32

func (d constant) Feed(_ context.Context, pcm []float32) ([]float32, error) {
	out := make([]float32, len(pcm)/transcribe.DetectorFrame)
	for i := range out {
		out[i] = float32(d)
	}
	return out, nil
}
func (constant) Reset(context.Context) error { return nil }
func (constant) Close() error                { return nil }

func TestAWindowIsDecodedAgainWhenTheEngineFails(t *testing.T) {
	script := talk(30, usual)
	k := render(script)
	e := &hearer{before: func(call int, _ transcribe.Request) error {
		if call%2 == 1 {
			return errors.New("engine: process ended")
		}
		return nil
	}}
	if got, want := textsOf(listenTo(t, e, &ears{}, Options{Language: "vi", NoProvisional: true}, k, 1600)), words(script); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestAWindowThatTheEngineCannotDecodeIsAGap(t *testing.T) {
	script := talk(27, usual)
	k := render(script)
	e := &hearer{before: func(_ int, r transcribe.Request) error {
		for _, v := range r.PCM {
			if v == (float32(script[10].word)+1)*burstStep && len(r.PCM) > 0 {
				return errors.New("engine: cannot")
			}
		}
		return nil
	}}
	events := listenTo(t, e, &ears{}, Options{Language: "vi"}, k, 1600)
	sound(t, events, 0, int64(len(k.PCM)))
	gaps, texts := 0, 0
	for _, e := range committed(events) {
		if e.Gap() {
			gaps++
			if e.Text != "" {
				t.Errorf("a gap has text: %q", e.Text)
			}
		} else if e.Text != "" {
			texts++
		}
	}
	if gaps == 0 || texts == 0 {
		t.Errorf("%d gaps and %d texts", gaps, texts)
	}
}

func TestAnEngineThatFailsForGoodEndsTheCommitter(t *testing.T) {
	k := render(talk(60, usual))
	dead := errors.New("engine: no such file")
	e := &hearer{before: func(int, transcribe.Request) error { return dead }}
	commits := 0
	c := New(e, &ears{}, Options{Language: "vi"}, func(Event) error { commits++; return nil })
	err := c.Feed(t.Context(), k, 0)
	if !errors.Is(err, dead) || commits != failuresMost-1 {
		t.Errorf("%v after %d commits, want the engine's error after %d", err, commits, failuresMost-1)
	}
	if again := c.Feed(t.Context(), Chunk{From: c.Next(), PCM: make([]float32, 1600)}, 0); !errors.Is(again, dead) {
		t.Errorf("a committer that is done took more: %v", again)
	}
}

func TestADetectorThatFailsHearsTheStretchAgain(t *testing.T) {
	k := render(talk(60, usual))
	o := Options{Language: "vi", NoProvisional: true}
	want := committed(listenTo(t, &hearer{}, &ears{}, o, k, 1600))
	det := &ears{fail: func(call int) error {
		if call%7 == 6 {
			return errors.New("detector: process ended")
		}
		return nil
	}}
	equal(t, "commits", committed(listenTo(t, &hearer{}, det, o, k, 1600)), want)
	c := New(&hearer{}, &ears{fail: func(int) error { return errors.New("no detector") }}, o, func(Event) error { return nil })
	if err := c.Feed(t.Context(), k, 0); err == nil || !strings.Contains(err.Error(), "speech detector") {
		t.Errorf("a detector that is gone: %v", err)
	}
}

func TestACancelledFeedCommitsNothingMoreAndAnotherGoesOn(t *testing.T) {
	k := render(talk(60, usual))
	o := Options{Language: "vi", NoProvisional: true}
	want := committed(listenTo(t, &hearer{}, &ears{}, o, k, 1600))
	for stop := 1; ; stop++ {
		ctx, cancel := context.WithCancel(t.Context())
		e := &hearer{before: func(call int, _ transcribe.Request) error {
			if call == stop {
				cancel()
			}
			return nil
		}}
		var events []Event
		c := New(e, &ears{}, o, func(e Event) error { events = append(events, e); return nil })
		err := c.Feed(ctx, k, 0)
		cancel()
		if err == nil && stop > 5 {
			return // it needed fewer decodes
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled at decode %d: %v", stop, err)
		}
		events = committed(events)
		o := o
		o.From, o.Before = c.FinalUpTo(), ContextOf(segmentsOf(events))
		events = append(events, committed(listenTo(t, &hearer{}, &ears{}, o, k, 8000))...)
		equal(t, "commits", events, want)
	}
}

func TestARefusedEventIsNotTaken(t *testing.T) {
	k := render(talk(30, usual))
	refused := errors.New("another worker has the lease")
	n := 0
	c := New(&hearer{}, &ears{}, Options{Language: "vi", NoProvisional: true}, func(Event) error {
		if n++; n == 2 {
			return refused
		}
		return nil
	})
	if err := c.Feed(t.Context(), k, 0); !errors.Is(err, refused) {
		t.Fatalf("got %v", err)
	}
	first := committed(listenTo(t, &hearer{}, &ears{}, Options{Language: "vi"}, k, 1600))[0]
	if c.FinalUpTo() != first.ToSample {
		t.Errorf("final up to %d, want %d", c.FinalUpTo(), first.ToSample)
	}
}

func TestLoopsAreStruckAndNotBuiltOn(t *testing.T) {
	script := talk(60, usual)
	k := render(script)
	loops := 0
	var prompts []string
	e := &hearer{
		before: func(_ int, r transcribe.Request) error { prompts = append(prompts, r.Prompt); return nil },
		after: func(_ int, r transcribe.Request, res transcribe.Result) transcribe.Result {
			if n := len(res.Words); n > 3 && loops < 12 {
				loops++
				for i := range res.Words {
					res.Words[i].Text = "xin"
				}
				for len(res.Words) < 30 {
					res.Words = append(res.Words, res.Words[n-1])
				}
				res.Text = strings.TrimSpace(strings.Repeat("xin ", len(res.Words)))
			}
			return res
		},
	}
	events := listenTo(t, e, &ears{}, Options{Language: "vi", NoProvisional: true}, k, 1600)
	sound(t, events, 0, int64(len(k.PCM)))
	if strings.Contains(textsOf(events), "xin xin") {
		t.Errorf("a loop was committed: %s", textsOf(events))
	}
	for _, p := range prompts {
		if strings.Contains(p, "xin") {
			t.Errorf("a loop is in the prompt %q", p)
		}
	}
	if loops == 0 {
		t.Error("nothing looped")
	}
}

func TestAShortSoundThatIsHardlySpeechIsStruck(t *testing.T) {
	for name, c := range map[string]struct {
		said     int
		noSpeech float64
		score    float64
		want     bool
	}{
		"a cough":                          {1, 0.58, -1.1, false},
		"a short answer":                   {1, 0.3, -0.7, true},
		"an answer that is hard to hear":   {1, 0.2, -1.4, true},
		"as doubtful, but long":            {6, 0.58, -1.1, true},
		"nobody, by the engine's own word": {6, 0.8, -1.4, false},
	} {
		t.Run(name, func(t *testing.T) {
			script := talk(c.said, unbroken)
			e := &hearer{after: func(_ int, r transcribe.Request, res transcribe.Result) transcribe.Result {
				res.NoSpeech, res.AvgLogProb = c.noSpeech, c.score
				if r.Temperature > 0 && len(r.PCM) < heatLeast {
					t.Errorf("%d samples were decoded with heat", len(r.PCM))
				}
				return res
			}}
			k := render(script)
			events := listenTo(t, e, &ears{}, Options{Language: "vi"}, k, 1600)
			sound(t, events, 0, int64(len(k.PCM)))
			if got := textsOf(events); (got == words(script)) != c.want || !c.want && got != "" {
				t.Errorf("got %q", got)
			}
			for _, e := range committed(events) {
				for _, cover := range e.Coverage {
					if !c.want && cover.Kind == transcribe.CoveredSpeech {
						t.Errorf("struck text counts as speech: %+v", e.Coverage)
					}
				}
			}
			if n := len(segmentsOf(events)); n == 0 {
				t.Error("what was struck is not kept")
			}
		})
	}
}

func TestTheContextBeginsAnewAfterALoop(t *testing.T) {
	flag := func(code string) []transcribe.Flag { return []transcribe.Flag{{Code: code}} }
	seg := func(text string, struck bool, flags []transcribe.Flag) transcribe.Segment {
		return transcribe.Segment{Text: text, Struck: struck, Flags: flags}
	}
	for name, c := range map[string]struct {
		segs []transcribe.Segment
		want string
	}{
		"nothing":                   {nil, ""},
		"text":                      {[]transcribe.Segment{seg("Kính thưa đại hội.", false, nil), seg("Tôi xin báo cáo.", false, nil)}, "Kính thưa đại hội. Tôi xin báo cáo."},
		"struck text is left out":   {[]transcribe.Segment{seg("a b.", false, nil), seg("Hãy subscribe", true, flag(transcribe.FlagBoilerplate))}, "a b."},
		"a loop":                    {[]transcribe.Segment{seg("a b.", false, nil), seg("x x x", true, flag(transcribe.FlagRepetition)), seg("c.", false, nil)}, "c."},
		"an echo of the prompt":     {[]transcribe.Segment{seg("a b.", false, nil), seg("y", false, flag(transcribe.FlagPromptEcho))}, ""},
		"other doubts do not count": {[]transcribe.Segment{seg("a b.", false, flag(transcribe.FlagLowConfidence))}, "a b."},
		"only the end is kept":      {[]transcribe.Segment{seg(strings.Repeat("a ", 70)+"b", false, nil)}, strings.Repeat("a ", contextWords-1) + "b"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ContextOf(c.segs); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSpeechWithoutPauseOrAgreementIsCutWithAFlag(t *testing.T) {
	k := render(talk(60, unbroken))
	e := &hearer{after: func(call int, _ transcribe.Request, res transcribe.Result) transcribe.Result {
		for i := range res.Words {
			res.Words[i].Text += string(rune('a' + call%7)) // never twice the same
		}
		res.Text = ""
		return res
	}}
	events := listenTo(t, e, &ears{}, Options{Language: "vi", NoProvisional: true}, k, 1600)
	sound(t, events, 0, int64(len(k.PCM)))
	flagged := 0
	for _, s := range segmentsOf(events) {
		for _, f := range s.Flags {
			if f.Code == FlagCut {
				flagged++
			}
		}
	}
	if flagged == 0 {
		t.Error("no flag")
	}
	for _, e := range events {
		if e.ToSample-e.FromSample > most+pad+quiet {
			t.Errorf("%.1f s without a commit", seconds(e.ToSample-e.FromSample))
		}
	}
}

func TestAHoleInTheSoundIsAGap(t *testing.T) {
	k := render(talk(30, usual))
	end := int64(len(k.PCM))
	a, b := k.part(0, end/3), k.part(end/3+20000, end)
	var events []Event
	c := New(&hearer{}, &ears{}, Options{Language: "vi"}, func(e Event) error { events = append(events, e); return nil })
	for _, k := range []Chunk{a, b, b} { // what comes again is ignored
		if err := c.Feed(t.Context(), k, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Skip(t.Context(), end+rate, transcribe.CoveredPaused, "closed part"); err != nil {
		t.Fatal(err)
	}
	sound(t, events, 0, end+rate)
	var kinds []string
	for _, e := range committed(events) {
		for _, c := range e.Coverage {
			if c.Note == noSound && (c.From != end/3 || c.To != end/3+20000) {
				t.Errorf("the gap is %+v", c)
			}
			if c.Note == noSound || c.Kind == transcribe.CoveredPaused {
				kinds = append(kinds, c.Kind)
			}
		}
	}
	equal(t, "kinds", kinds, []string{transcribe.CoveredGap, transcribe.CoveredPaused})
}

func TestUnderLoadProvisionalWorkIsLeftOutAndNoCommitChanges(t *testing.T) {
	k := render(talk(90, unbroken))
	o := Options{Language: "vi"}
	want := listenTo(t, &hearer{}, &ears{}, o, k, 1600)
	var got []Event
	c := New(&hearer{}, &ears{}, o, func(e Event) error { got = append(got, e); return nil })
	end := int64(len(k.PCM))
	for at := int64(0); at < end; at += 1600 {
		if err := c.Feed(t.Context(), k.part(at, min(at+1600, end)), 5*rate); err != nil {
			t.Fatal(err)
		}
		if c.Lag() != 5 {
			t.Fatalf("lag %g s, want 5", c.Lag())
		}
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(committed(got)) {
		t.Error("there was provisional text at a lag of 5 s")
	}
	if c.preview.step != int64(StepMost.Seconds()*rate) {
		t.Errorf("the step is %d samples", c.preview.step)
	}
	for i := range got {
		got[i].Lag = 0
	}
	equal(t, "commits", got, committed(want))
}

func TestTextThatLastsIsDecodedWithCareAndOnce(t *testing.T) {
	k := render(talk(8, unbroken))
	var asked []transcribe.Request
	e := &hearer{before: func(_ int, r transcribe.Request) error { asked = append(asked, r); return nil }}
	events := listenTo(t, e, &ears{}, Options{Language: "vi"}, k, 1600)
	careful := 0
	for i, r := range asked {
		if r.Beam > 1 {
			careful++
		} else if i == len(asked)-1 {
			t.Error("the last decode was a quick one")
		}
		if r.AudioContext%positionsStep != 0 && r.AudioContext != positionsMost || r.AudioContext*rate/50 < len(r.PCM) {
			t.Errorf("%d positions for %d samples", r.AudioContext, len(r.PCM))
		}
	}
	if careful != 1 || len(asked) < 3 {
		t.Errorf("%d of %d decodes were careful, want one: that of the pause is the final one", careful, len(asked))
	}
	if last := events[len(events)-2]; last.Type != Committed || last.Text == "" {
		t.Errorf("the last event but silence is %+v", last)
	}
}

func TestProvisionalTextSaysWhatIsStable(t *testing.T) {
	script := talk(20, unbroken)
	events := listenTo(t, &hearer{}, &ears{}, Options{Language: "vi"}, render(script), 1600)
	most := 0
	for _, e := range events {
		if e.Type != Provisional {
			continue
		}
		fields := strings.Fields(e.Text)
		if got := strings.Join(fields[:e.Stable], " "); !strings.HasPrefix(words(script), got) {
			t.Errorf("stable %q was not said", got)
		}
		most = max(most, e.Stable)
	}
	if most < 10 {
		t.Errorf("at most %d words were stable", most)
	}
}

func TestTheLanguageSettlesOnceTwoWindowsAgree(t *testing.T) {
	var asked []string
	e := &hearer{
		before: func(_ int, r transcribe.Request) error { asked = append(asked, r.Language); return nil },
		after: func(call int, _ transcribe.Request, res transcribe.Result) transcribe.Result {
			res.Language = "vi"
			if call == 1 {
				res.Language = "en"
			}
			return res
		},
	}
	events := listenTo(t, e, &ears{}, Options{NoProvisional: true}, render(talk(40, usual)), 1600)
	if last := events[len(events)-1]; last.Language != "vi" {
		t.Errorf("language %q", last.Language)
	}
	if len(asked) < 4 || asked[0] != "" || asked[2] != "" || asked[len(asked)-1] != "vi" {
		t.Errorf("asked for %q", asked)
	}
}

func TestSamplesThatAreNoNumberBecomeSilence(t *testing.T) {
	script := talk(12, usual)
	k := render(script)
	nan := k
	nan.PCM = append([]float32(nil), k.PCM...)
	zero := float32(0)
	for i := range 100 {
		nan.PCM[i] = zero / zero
	}
	if got, want := textsOf(listenTo(t, &hearer{}, &ears{}, Options{Language: "vi"}, nan, 1600)), words(script); got != want {
		t.Errorf("got %s", got)
	}
}
