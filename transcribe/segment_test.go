package transcribe

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"
)

// aWindow is a window of words that stand end to end from its start, heard as
// the given stretches of seconds.
func aWindow(sec float64, stretches ...[2]float64) *window {
	w := &window{span: span{0, samples(sec)}}
	for _, s := range stretches {
		w.heard = append(w.heard, heard{span{samples(s[0]), samples(s[1])}, 0.9})
	}
	w.turns = turnsOf(w.heard, nil, nil)
	return w
}

// timed are words with their times in seconds.
func timed(text string, times ...float64) []token {
	var out []token
	for i, word := range strings.Fields(text) {
		out = append(out, token{text: word, p: 0.9, span: span{samples(times[i]), samples(times[i] + 0.3)}})
	}
	return out
}

func texts(segs []placed) []string {
	var out []string
	for _, s := range segs {
		out = append(out, s.Text)
	}
	return out
}

func TestASegmentIsASentenceOrTwo(t *testing.T) {
	text := "We have a quorum. Item two, the minutes. Are there any corrections to them? None."
	var at []float64
	for i := range strings.Fields(text) {
		at = append(at, 0.4*float64(i))
	}
	w := aWindow(8, [2]float64{0, 7})
	got := texts(segmentsOf(guard(timed(text, at...), sure), w, w.turns, nil))
	want := "We have a quorum. Item two, the minutes.|Are there any corrections to them?|None."
	if strings.Join(got, "|") != want {
		t.Errorf("segments %q", got)
	}
}

func TestAWindowWithoutWordsHasNoSegments(t *testing.T) {
	w := &window{span: span{0, 3 * SampleRate}}
	turns := []turn{{channel: 0, span: span{0, SampleRate}}, {channel: 1, span: span{SampleRate, 2 * SampleRate}}}
	if got := segmentsOf(nil, w, turns, nil); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

func TestALongPauseEndsASegment(t *testing.T) {
	w := aWindow(8, [2]float64{0, 1.2}, [2]float64{4, 6})
	segs := segmentsOf(guard(timed("the estimate is forty thousand", 0, 0.4, 0.8, 4.2, 4.8), sure), w, w.turns, nil)
	if got := strings.Join(texts(segs), "|"); got != "the estimate is|forty thousand" {
		t.Fatalf("segments %q", got)
	}
	if segs[0].End > 1.4 || segs[1].Start < 3.8 {
		t.Errorf("the pause is in a segment: %g, %g", segs[0].End, segs[1].Start)
	}
}

func TestSpeechWithoutFullStopsIsCutAtPauses(t *testing.T) {
	var text []string
	var at []float64
	var stretches [][2]float64
	for i := range 60 {
		text = append(text, "và")
		start := float64(i)*0.4 + float64(i/10)*0.4
		at = append(at, start)
		if i%10 == 0 {
			stretches = append(stretches, [2]float64{start, start + 4})
		}
	}
	w := aWindow(28, stretches...)
	segs := segmentsOf([]piece{{tokens: timed(strings.Join(text, " "), at...)}}, w, w.turns, nil)
	if len(segs) < 2 {
		t.Fatalf("%d segment", len(segs))
	}
	for _, s := range segs {
		if n := len(s.Words); n%10 != 0 {
			t.Errorf("a segment of %d words is not cut at a pause", n)
		}
	}
}

func TestStruckTextIsASegmentOfItsOwn(t *testing.T) {
	w := aWindow(8, [2]float64{0, 5})
	segs := segmentsOf(guard(timed("It is closed. Thanks for watching. Good night.", 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5), sure), w, w.turns, nil)
	if got := strings.Join(texts(segs), "|"); got != "It is closed.|Thanks for watching.|Good night." {
		t.Fatalf("segments %q", got)
	}
	if segs[0].Struck || !segs[1].Struck || segs[2].Struck {
		t.Error("not the middle one is struck")
	}
}

func TestAChangeOfMicrophoneFallsAtTheEndOfASentence(t *testing.T) {
	w := aWindow(8, [2]float64{0, 2}, [2]float64{2.6, 5})
	turns := []turn{{span{0, samples(2)}, 1, false}, {span{samples(2.6), samples(5)}, 2, true}}
	// The engine puts the first speaker's last word past the change.
	segs := segmentsOf(guard(timed("the attendance please. Thank you Mayor", 0.5, 1.5, 2.5, 3.2, 3.6, 4), sure), w, turns,
		map[int][]string{1: {"Margaret Doyle"}, 2: {"Daniel Osei", "Priya Nair"}})
	if got := strings.Join(texts(segs), "|"); got != "the attendance please.|Thank you Mayor" {
		t.Fatalf("segments %q", got)
	}
	if segs[0].Speaker != "Margaret Doyle" || segs[0].Channel != 1 || segs[1].Speaker != "" || segs[1].Channel != 2 {
		t.Errorf("speakers %+v, %+v", segs[0].Segment, segs[1].Segment)
	}
	if len(segs[1].Flags) != 1 || segs[1].Flags[0].Code != FlagSpeakerMixed {
		t.Errorf("flags %+v, want a doubtful speaker", segs[1].Flags)
	}
	if segs[0].End > 2.2 || segs[1].Start < 2.4 {
		t.Errorf("times %g, %g: want the edges of the turns", segs[0].End, segs[1].Start)
	}
}

func TestUnsureWordsAreFlagged(t *testing.T) {
	w := aWindow(3, [2]float64{0, 2})
	ts := timed("biểu quyết", 0.1, 0.6)
	ts[0].p, ts[1].p = 0.2, 0.5
	segs := segmentsOf(guard(ts, sure), w, w.turns, nil)
	if len(segs) != 1 || len(segs[0].Flags) != 1 || segs[0].Flags[0].Code != FlagLowConfidence || segs[0].Flags[0].Severity != Info {
		t.Errorf("%+v", segs)
	}
}

func TestWordsKeepTheirSpacing(t *testing.T) {
	w := aWindow(4, [2]float64{0, 3})
	for name, c := range map[string]struct {
		r    Result
		want string
	}{
		"English":          {Result{Text: " It's 6:36 p.m., Mayor.", Words: []Word{{Text: "It's"}, {Text: "6:36"}, {Text: "p.m.,"}, {Text: "Mayor."}}}, "It's 6:36 p.m., Mayor."},
		"Chinese":          {Result{Text: "会议开始。", Words: []Word{{Text: "会议"}, {Text: "开始"}, {Text: "。"}}}, "会议开始。"},
		"loose marks":      {Result{Text: "Vâng, đúng.", Words: []Word{{Text: "Vâng"}, {Text: ","}, {Text: "đúng"}, {Text: "."}}}, "Vâng, đúng."},
		"no words":         {Result{Text: " Xin  chào.\n"}, "Xin chào."},
		"words of another": {Result{Text: "x y", Words: []Word{{Text: "a"}, {Text: "b"}}}, "a b"},
		"decomposed":       {Result{Text: "Đa\u0323i ho\u0323\u0302i", Words: []Word{{Text: "Đa\u0323i"}, {Text: "ho\u0323\u0302i"}}}, "Đại hội"},
		"nothing":          {Result{Text: "  "}, ""},
	} {
		if got := textOf(tokensFrom(c.r, w)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAWindowIsHalvedAtItsLongestPause(t *testing.T) {
	w := aWindow(20, [2]float64{0.5, 6}, [2]float64{6.2, 9}, [2]float64{10, 19})
	w.pcm = make([]float32, w.len())
	a, b, ok := halve(*w)
	if !ok || a.to != b.from || a.to < samples(9) || a.to > samples(10) || len(a.heard) != 2 || len(b.heard) != 1 ||
		int64(len(a.pcm)) != a.len() || int64(len(b.pcm)) != b.len() || len(a.turns) != 2 || len(b.turns) != 1 {
		t.Errorf("halves %v and %v (%v)", a.span, b.span, ok)
	}
	if _, _, ok := halve(*aWindow(7, [2]float64{0, 7})); ok {
		t.Error("seven seconds are halved")
	}
}

func TestTextThatDoesNotFitIsDecodedInHalves(t *testing.T) {
	script := talk(60)
	eng := &burstEngine{after: func(_ int, r Request, res Result) Result {
		if len(r.PCM) > int(samples(12)) {
			n := len(res.Words) / 2 // the rest did not fit
			res.Words, res.Tokens = res.Words[:n], fullTokens
		}
		return res
	}}
	tr := mustFile(t, writeWAV(t, script), eng, Options{Language: "vi"})
	got := heardWords(tr)
	if len(got) != len(script) {
		t.Fatalf("%d words of %d", len(got), len(script))
	}
	for i := range got {
		if got[i].Text != script[i].text() {
			t.Fatalf("word %d: %q, want %q", i, got[i].Text, script[i].text())
		}
	}
}

// TestThreeHoursDoNotDriftOrFillMemory plays three hours from a generator.
func TestThreeHoursDoNotDriftOrFillMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute under the race detector")
	}
	// A word each 6 s keeps the engine's part of the time small.
	var script []said
	for i := range 1800 {
		script = append(script, said{(i*i + i/7) % len(vocabulary), 6*float64(i) + 0.7}, said{(i*3 + i/11) % len(vocabulary), 6*float64(i) + 1.2})
	}
	src := &scriptSound{script: script, end: samples(length(script))}
	var start, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&start)
	most := uint64(0)
	calls := 0
	o := Options{Language: "vi", Progress: func(Progress) {
		if calls++; calls%100 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
	}}
	j := newJob(&burstEngine{}, o)
	j.every = time.Hour
	identified := make(chan error, 1)
	identified <- nil
	tr, err := j.run(context.WithoutCancel(t.Context()), &listener{src: src, det: &levelDetector{}, pack: newPacker(fileLimits())}, identified)
	if err != nil {
		t.Fatal(err)
	}
	got := heardWords(tr)
	if len(got) != len(script) {
		t.Fatalf("%d words of %d", len(got), len(script))
	}
	for i, s := range script {
		if d := got[i].Start - s.at; d > 0.05 || d < -0.05 {
			t.Fatalf("word %d is %.3f s off at %.0f s", i, d, s.at)
		}
	}
	if grown := int64(most) - int64(start.HeapAlloc); grown > 20<<20 {
		t.Errorf("three hours take %d MB", grown>>20)
	}
	checkLedger(t, tr.Coverage, tr.Audio.Seconds)
}
