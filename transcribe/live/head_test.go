package live

import (
	"strings"
	"testing"

	"bienban/transcribe"
)

func TestProvisionalTextOfLongSpeechIsWholeAndDecodesItsEndOnly(t *testing.T) {
	script := talk(22, unbroken) // ten seconds
	k := render(script)
	var longest int64
	e := &hearer{before: func(_ int, r transcribe.Request) error {
		if r.Beam == 1 {
			longest = max(longest, int64(len(r.PCM)))
		}
		return nil
	}}
	events := listenTo(t, e, &ears{}, Options{Language: "vi"}, k, 1600)
	sound(t, events, 0, int64(len(k.PCM)))
	if longest > 5*rate {
		t.Errorf("a quick decode of %.1f s", seconds(longest))
	}
	shown := 0
	for _, ev := range events {
		if ev.Type != Provisional {
			continue
		}
		shown++
		// All that was said up to there, but for the word that is being said.
		var said []string
		for _, w := range script {
			if w.at+burst <= ev.ToSample {
				said = append(said, vocabulary[w.word])
			}
		}
		text, _, _ := strings.Cut(ev.Text, "<") // what is being said
		got := strings.Fields(text)
		if len(got) < len(said) || strings.Join(got[:len(said)], " ") != strings.Join(said, " ") || len(got) > len(said)+1 {
			t.Errorf("up to %.2f s: shown %q, said %q", seconds(ev.ToSample), got, said)
		}
	}
	if shown < 6 {
		t.Errorf("%d provisional texts in ten seconds", shown)
	}
}

func TestWhenSomebodyStopsWordsThatNothingShowsComeQuicklyFirst(t *testing.T) {
	k := render(talk(8, unbroken))
	type step struct {
		beam int
		to   int64
	}
	for _, size := range []int64{1600, 3200, 8000} { // also when the silence that commits ends in the same chunk
		for first := int64(0); first < size; first += 700 { // wherever in it he stops
			var asked []step
			var c *Committer
			e := &hearer{before: func(_ int, r transcribe.Request) error {
				asked = append(asked, step{r.Beam, c.Next()})
				return nil
			}}
			var events []Event
			// So long a step that nothing is shown while he speaks.
			c = New(e, &ears{}, Options{Language: "vi", Step: StepMost}, func(ev Event) error { events = append(events, ev); return nil })
			if err := c.Feed(t.Context(), k.part(0, first), 0); err != nil {
				t.Fatal(err)
			}
			feedAll(t, c, k.part(first, int64(len(k.PCM))), size)
			if len(asked) != 2 || asked[0].beam != 1 || asked[1].beam != carefulBeam {
				t.Fatalf("chunks of %d from %d: asked %+v, want once quickly, then once with care", size, first, asked)
			}
			if events[0].Type != Provisional || events[0].Text != textsOf(events) {
				t.Errorf("chunks of %d from %d: first event %s %q, committed %q", size, first, events[0].Type, events[0].Text, textsOf(events))
			}
		}
	}
}

func TestALoopInProvisionalTextIsTriedOnceMoreWithoutWhatWasSaid(t *testing.T) {
	script := talk(24, usual)
	var before []string
	e := &hearer{after: func(_ int, r transcribe.Request, res transcribe.Result) transcribe.Result {
		if r.Beam > 1 || res.Text == "" {
			return res
		}
		before = append(before, r.Prompt)
		if r.Prompt != "" { // the context makes it loop
			res.Text = strings.Repeat("và như vậy ", 12)
			res.Words = nil
		}
		return res
	}}
	events := listenTo(t, e, &ears{}, Options{Language: "vi"}, render(script), 1600)
	retried := 0
	for i, p := range before {
		if p == "" && i > 0 && before[i-1] != "" {
			retried++
		}
	}
	shown := 0
	for _, ev := range events {
		if strings.Contains(ev.Text, "và như vậy") {
			t.Errorf("%s text is a loop: %q", ev.Type, ev.Text)
		}
		if ev.Type == Provisional && ev.FromSample > 0 {
			shown++
		}
	}
	if retried == 0 || shown == 0 {
		t.Errorf("%d tries without what was said, %d texts shown behind the first commit", retried, shown)
	}
	if got := textsOf(events); got != words(script) {
		t.Errorf("committed %q", got)
	}
}

func TestAShortSoundWithMoreWordsThanCanBeSaidIsNoText(t *testing.T) {
	long := "để không biết hãy theo dõi để không bỏ lỡ những gì hấp dẫn hơn"
	for name, c := range map[string]struct {
		words int
		text  string
		want  string
	}{
		"half a second, fifteen words": {1, long, ""},
		"half a second, two words":     {1, "đồng ý", "đồng ý"},
		"three seconds, fifteen words": {7, long, long},
	} {
		e := &hearer{after: func(_ int, r transcribe.Request, res transcribe.Result) transcribe.Result {
			res.Text, res.Words = c.text, nil
			return res
		}}
		events := listenTo(t, e, &ears{}, Options{Language: "vi"}, render(talk(c.words, unbroken)), 1600)
		if got := textsOf(events); got != c.want {
			t.Errorf("%s: committed %q", name, got)
		}
	}
}
