package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/transcribe"
)

// Suite says how to run the tests.
type Suite struct {
	// New makes an empty store, closed when the test ends.
	New func(t testing.TB) hall.Store
}

// Run runs the whole suite.
func (s Suite) Run(t *testing.T) {
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, s.New(t))
		})
	}
	t.Run("finals in any order and number give the text that a model of them has", func(t *testing.T) {
		t.Parallel()
		s.againstModel(t)
	})
}

// Began is when the suite's recordings began.
var began = time.Date(2026, 6, 1, 8, 0, 0, 123_000_000, time.UTC)

// Recording makes the recording that tests write to.
func Recording(id string) hall.Recording {
	return hall.Recording{ID: id, Meeting: "đại-hội", Started: began, Language: "vi"}
}

// Final makes a final of one segment that fills its stretch; text tells which.
func Final(recording string, epoch uint64, from, to int64, text string) hall.Final {
	return hall.Final{Recording: recording, Epoch: epoch, From: from, To: to, Segments: []transcribe.Segment{{
		Start: float64(from) / 16000, End: float64(to) / 16000, Text: text, Channel: 2,
		Words: []transcribe.Word{{Text: text, Start: float64(from) / 16000, End: float64(to) / 16000, P: 0.9}},
	}}}
}

type test struct {
	name string
	run  func(t *testing.T, s hall.Store)
}

var tests = []test{
	{"text, position and event come together", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		must(t, s.AcceptFinal(ctx, Final("r", 1, 0, 16000, "Kính thưa đại hội")))
		quiet := hall.Final{Recording: "r", Epoch: 1, From: 16000, To: 32000}
		must(t, s.AcceptFinal(ctx, quiet))
		mixed := Final("r", 1, 32000, 64000, "tôi xin đính chính")
		mixed.Coverage = []hall.Cover{{From: 32000, To: 40000, Kind: transcribe.CoveredPaused, Note: "phần kín"}, {From: 40000, To: 64000, Kind: transcribe.CoveredSpeech}}
		must(t, s.AcceptFinal(ctx, mixed))
		r, err := s.Recording(ctx, "r")
		must(t, err)
		if r.FinalUpTo != 64000 || r.Epoch != 1 || r.Length != -1 || r.Adopted != hall.LayerLive || !r.Started.Equal(began) {
			t.Errorf("recording: %+v", r)
		}
		tr, err := s.Transcript(ctx, "r", "")
		must(t, err)
		if len(tr.Segments) != 2 || tr.Segments[0].Text != "Kính thưa đại hội" || tr.Segments[0].ID != "s1" || tr.Segments[1].ID != "s2" ||
			tr.Segments[1].Channel != 2 || len(tr.Segments[1].Words) != 1 || tr.Language != "vi" {
			t.Errorf("transcript: %+v", tr)
		}
		want := []transcribe.Stretch{{Start: 0, End: 1, Kind: "speech"}, {Start: 1, End: 2, Kind: "non_speech"}, {Start: 2, End: 2.5, Kind: "paused", Note: "phần kín"}, {Start: 2.5, End: 4, Kind: "speech"}}
		if fmt.Sprint(tr.Coverage) != fmt.Sprint(want) {
			t.Errorf("coverage %v, want %v", tr.Coverage, want)
		}
		events, err := s.EventsAfter(ctx, "đại-hội", 0, 100)
		must(t, err)
		kinds := ""
		for i, e := range events {
			kinds += " " + e.Type
			if e.Seq != int64(i)+1 || e.Meeting != "đại-hội" || e.At.IsZero() || len(e.Body) == 0 {
				t.Errorf("event %d: %+v", i, e)
			}
		}
		if kinds != " recording_started final final final" {
			t.Errorf("events:%s", kinds)
		}
		rest, err := s.EventsAfter(ctx, "đại-hội", 2, 1)
		if err != nil || len(rest) != 1 || rest[0].Seq != 3 {
			t.Errorf("after 2, at most 1: %+v %v", rest, err)
		}
	}},
	{"a final sent again is acknowledged without effect, under any epoch", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		must(t, s.AcceptFinal(ctx, Final("r", 1, 0, 100, "một")))
		must(t, s.AcceptFinal(ctx, Final("r", 2, 100, 200, "hai")))
		must(t, s.AcceptFinal(ctx, Final("r", 1, 0, 100, "một")))
		must(t, s.AcceptFinal(ctx, Final("r", 9, 100, 200, "hai")))
		again := Final("r", 2, 100, 200, "hai")
		again.Segments[0].ID = "w7" // a worker's own ids do not matter
		must(t, s.AcceptFinal(ctx, again))
		stands(t, s, "r", 200, 2, "một hai")
		if e, err := s.EventsAfter(ctx, "đại-hội", 0, 100); err != nil || len(e) != 3 {
			t.Errorf("%d events %v, want 3", len(e), err)
		}
	}},
	{"what does not fit is refused with its reason", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		must(t, s.AcceptFinal(ctx, Final("r", 2, 0, 100, "một")))
		for _, c := range []struct {
			what string
			f    hall.Final
			want hall.Reason
		}{
			{"an older epoch", Final("r", 1, 100, 200, "hai"), hall.Stale},
			{"a hole before it", Final("r", 2, 101, 200, "hai"), hall.Ahead},
			{"other text for the same stretch", Final("r", 2, 0, 100, "khác"), hall.Behind},
			{"another stretch within the text", Final("r", 3, 0, 50, "mộ"), hall.Behind},
			{"an overlap", Final("r", 3, 50, 200, "một"), hall.Behind},
			{"an older epoch with other text", Final("r", 1, 0, 100, "khác"), hall.Stale},
		} {
			err := s.AcceptFinal(ctx, c.f)
			var why *hall.Refused
			if fault.CodeOf(err) != fault.Conflict || !errors.As(err, &why) || why.Reason != c.want || why.FinalUpTo != 100 || why.Epoch != 2 {
				t.Errorf("%s: %v, want %s", c.what, err, c.want)
			}
		}
		stands(t, s, "r", 100, 2, "một")
	}},
	{"a worker whose lease was handed over is refused before the next has written", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		must(t, s.AcceptFinal(ctx, Final("r", 1, 0, 100, "một")))
		r, err := s.RaiseEpoch(ctx, "r", 2)
		if err != nil || r.FinalUpTo != 100 || r.Epoch != 2 {
			t.Fatalf("raise: %+v %v", r, err)
		}
		if r, err = s.RaiseEpoch(ctx, "r", 1); err != nil || r.Epoch != 2 {
			t.Errorf("an older epoch lowered it: %+v %v", r, err)
		}
		var why *hall.Refused
		if err := s.AcceptFinal(ctx, Final("r", 1, 100, 200, "trễ")); !errors.As(err, &why) || why.Reason != hall.Stale {
			t.Errorf("the stalled worker: %v, want stale", err)
		}
		must(t, s.AcceptFinal(ctx, Final("r", 2, 100, 200, "hai")))
		stands(t, s, "r", 200, 2, "một hai")
	}},
	{"what no retry can mend is invalid and changes nothing", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		broken := func(change func(*hall.Final)) hall.Final {
			f := Final("r", 1, 0, 100, "một")
			change(&f)
			return f
		}
		for what, f := range map[string]hall.Final{
			"no stretch":       broken(func(f *hall.Final) { f.To = 0 }),
			"before the start": broken(func(f *hall.Final) { f.From = -1 }),
			"no epoch":         broken(func(f *hall.Final) { f.Epoch = 0 }),
			"huge epoch":       broken(func(f *hall.Final) { f.Epoch = 1 << 63 }),
			"backwards":        broken(func(f *hall.Final) { f.Segments[0].End = -1 }),
			"not in order": broken(func(f *hall.Final) {
				f.Segments = append(f.Segments, f.Segments[0])
				f.Segments[0].Start, f.Segments[0].End = 2, 2
			}),
			"a hole": broken(func(f *hall.Final) { f.Coverage = []hall.Cover{{From: 0, To: 99, Kind: "speech"}} }),
			"an overlap": broken(func(f *hall.Final) {
				f.Coverage = []hall.Cover{{From: 0, To: 60, Kind: "speech"}, {From: 50, To: 100, Kind: "gap"}}
			}),
			"unknown kind": broken(func(f *hall.Final) { f.Coverage = []hall.Cover{{From: 0, To: 100, Kind: "?"}} }),
		} {
			if err := s.AcceptFinal(ctx, f); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%s: %v, want invalid", what, err)
			}
		}
		stands(t, s, "r", 0, 0, "")
		if err := s.StartRecording(ctx, hall.Recording{ID: "a/b", Meeting: "m"}); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("a bad id: %v, want invalid", err)
		}
		if err := s.StartRecording(ctx, hall.Recording{ID: "ab"}); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("no meeting: %v, want invalid", err)
		}
		if _, err := s.EventsAfter(ctx, "đại-hội", 0, 0); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("a limit of none: %v, want invalid", err)
		}
	}},
	{"what does not exist is not found", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		_, recording := s.Recording(ctx, "x")
		_, transcript := s.Transcript(ctx, "x", "")
		_, layer := s.Transcript(ctx, "r", "second")
		_, raise := s.RaiseEpoch(ctx, "x", 1)
		for what, err := range map[string]error{
			"recording": recording, "transcript": transcript, "layer": layer, "raise": raise,
			"final": s.AcceptFinal(ctx, Final("x", 1, 0, 1, "a")), "end": s.EndRecording(ctx, "x", 1),
			"adopt": s.Adopt(ctx, "r", "second", "thư ký"), "adopt in none": s.Adopt(ctx, "x", "live", "thư ký"),
			"new layer": s.NewLayer(ctx, hall.Layer{Recording: "x", Name: "second", Coverage: []hall.Cover{{To: 1, Kind: "gap"}}}),
		} {
			if fault.CodeOf(err) != fault.NotFound {
				t.Errorf("%s: %v, want not found", what, err)
			}
		}
		if e, err := s.EventsAfter(ctx, "x", 0, 1); err != nil || len(e) != 0 {
			t.Errorf("events of no meeting: %v %v, want none", e, err)
		}
	}},
	{"a recording begins and ends once and is unfinished until its text reaches its end", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		must(t, s.StartRecording(ctx, Recording("r")))
		other := Recording("r")
		other.Meeting = "khác"
		if err := s.StartRecording(ctx, other); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("another under the same id: %v, want conflict", err)
		}
		later := Recording("r2")
		later.Started = began.Add(time.Hour)
		must(t, s.StartRecording(ctx, later))
		unfinished(t, s, "r", "r2")
		must(t, s.AcceptFinal(ctx, Final("r", 1, 0, 100, "một")))
		if err := s.EndRecording(ctx, "r", 99); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("an end before the text's: %v, want conflict", err)
		}
		must(t, s.EndRecording(ctx, "r", 200))
		must(t, s.EndRecording(ctx, "r", 200))
		if err := s.EndRecording(ctx, "r", 300); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("another end: %v, want conflict", err)
		}
		unfinished(t, s, "r", "r2")
		if err := s.AcceptFinal(ctx, Final("r", 1, 100, 201, "hai")); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("text beyond the end: %v, want invalid", err)
		}
		must(t, s.AcceptFinal(ctx, Final("r", 1, 100, 200, "hai")))
		unfinished(t, s, "r2")
		if e, err := s.EventsAfter(ctx, "đại-hội", 0, 100); err != nil || len(e) != 5 {
			t.Errorf("%d events %v, want 5", len(e), err)
		}
	}},
	{"a second pass is adopted as it is stored, where no person has chosen", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		must(t, s.AcceptFinal(ctx, Final("r", 1, 0, 16000, "bản trực tiếp")))
		must(t, s.EndRecording(ctx, "r", 16000))
		for _, step := range []struct{ layer, choose, counts string }{
			{"second", "", "second"}, {"second-1", hall.LayerLive, hall.LayerLive}, {"second-2", "", hall.LayerLive},
		} {
			must(t, s.NewLayer(ctx, hall.Layer{Recording: "r", Name: step.layer, Adopt: "máy", Segments: Final("r", 1, 0, 16000, step.layer).Segments,
				Coverage: []hall.Cover{{To: 16000, Kind: transcribe.CoveredSpeech}}}))
			if step.choose != "" {
				must(t, s.Adopt(ctx, "r", step.choose, "thư ký"))
			}
			if r, err := s.Recording(ctx, "r"); err != nil || r.Adopted != step.counts {
				t.Errorf("after %s: %s counts, %v", step.layer, r.Adopted, err)
			}
		}
		e, err := s.EventsAfter(ctx, "đại-hội", 0, 100)
		var by hall.LayerBody
		if err != nil || len(e) != 9 || e[4].Type != hall.EventAdopted || json.Unmarshal(e[4].Body, &by) != nil || by.By != "máy" {
			t.Errorf("%+v %v", e, err)
		}
	}},
	{"a second pass is a layer of its own, adopted in one act", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		start(t, s, "r")
		must(t, s.AcceptFinal(ctx, Final("r", 1, 0, 16000, "bản trực tiếp")))
		must(t, s.EndRecording(ctx, "r", 16000))
		l := hall.Layer{Recording: "r", Name: "second", Model: "small", Segments: Final("r", 1, 0, 16000, "bản lần hai").Segments,
			Coverage: []hall.Cover{{From: 0, To: 16000, Kind: transcribe.CoveredSpeech}}}
		short := l
		short.Coverage = []hall.Cover{{From: 0, To: 15999, Kind: transcribe.CoveredSpeech}}
		for what, bad := range map[string]hall.Layer{"not whole": short,
			"the live name": {Recording: "r", Name: "live", Coverage: l.Coverage}, "no coverage": {Recording: "r", Name: "x"}} {
			if err := s.NewLayer(ctx, bad); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%s: %v, want invalid", what, err)
			}
		}
		must(t, s.NewLayer(ctx, l))
		if err := s.NewLayer(ctx, l); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("the same layer again: %v, want conflict", err)
		}
		says(t, s, "", "bản trực tiếp")
		says(t, s, "second", "bản lần hai")
		if err := s.Adopt(ctx, "r", "second", ""); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("adopted by nobody: %v, want invalid", err)
		}
		must(t, s.Adopt(ctx, "r", "second", "thư ký"))
		must(t, s.Adopt(ctx, "r", "second", "thư ký"))
		says(t, s, "", "bản lần hai")
		says(t, s, hall.LayerLive, "bản trực tiếp")
		tr, err := s.Transcript(ctx, "r", "")
		if err != nil || tr.Model != "small" || tr.Segments[0].ID != "second-s1" {
			t.Errorf("%+v %v", tr, err)
		}
	}},
	{"an act of a person is an event once, however often it is sent", func(t *testing.T, s hall.Store) {
		start(t, s, "r")
		r, err := s.Recording(t.Context(), "r")
		if err != nil {
			t.Fatal(err)
		}
		body := json.RawMessage(`{"at":3200,"item":"3","by":"Trần Thị Nguyệt"}`)
		first, err := s.AddEvent(t.Context(), r.Meeting, "act-1", hall.EventMark, body)
		if err != nil || first.Type != hall.EventMark || string(first.Body) != string(body) {
			t.Fatalf("%+v %v", first, err)
		}
		again, err := s.AddEvent(t.Context(), r.Meeting, "act-1", hall.EventMark, body)
		if err != nil || again.Seq != first.Seq {
			t.Errorf("again: %+v %v", again, err)
		}
		all, err := s.EventsAfter(t.Context(), r.Meeting, first.Seq-1, 10)
		if err != nil || len(all) != 1 || string(all[0].Body) != string(body) {
			t.Errorf("events %+v %v", all, err)
		}
		if _, err := s.AddEvent(t.Context(), "nobody's", "act-2", hall.EventNote, body); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("of an unknown meeting: %v", err)
		}
		if _, err := s.AddEvent(t.Context(), r.Meeting, "act-3", hall.EventNote, json.RawMessage(`{`)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("no JSON: %v", err)
		}
	}},
	{"a recording without a language takes the first that a final knows", func(t *testing.T, s hall.Store) {
		if err := s.StartRecording(t.Context(), hall.Recording{ID: "r", Meeting: "m", Started: time.UnixMilli(0)}); err != nil {
			t.Fatal(err)
		}
		for i, language := range []string{"", "vi", "en"} {
			f := Final("r", 1, int64(i)*100, int64(i+1)*100, "nhất trí")
			f.Language = language
			if err := s.AcceptFinal(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			if r, err := s.Recording(t.Context(), "r"); err != nil || r.Language != []string{"", "vi", "vi"}[i] {
				t.Errorf("after %q: %q %v", language, r.Language, err)
			}
		}
	}},
	{"many writers at once lose nothing and number events without holes", func(t *testing.T, s hall.Store) {
		ctx := t.Context()
		const writers, each = 6, 15
		for w := range writers {
			start(t, s, fmt.Sprintf("r%d", w))
		}
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := range int64(each) {
					f := Final(fmt.Sprintf("r%d", w), 1, i*100, (i+1)*100, fmt.Sprint(i))
					for range 2 { // each is sent twice
						if err := s.AcceptFinal(ctx, f); err != nil {
							t.Errorf("writer %d final %d: %v", w, i, err)
							return
						}
					}
				}
			})
		}
		all.Wait()
		e, err := s.EventsAfter(ctx, "đại-hội", 0, 1000)
		if err != nil || len(e) != writers+writers*each {
			t.Fatalf("%d events %v, want %d", len(e), err, writers+writers*each)
		}
		for i := range e {
			if e[i].Seq != int64(i)+1 {
				t.Fatalf("event %d has number %d", i+1, e[i].Seq)
			}
		}
	}},
	{"two who send different text for one stretch: one is stored", func(t *testing.T, s hall.Store) {
		start(t, s, "r")
		var all sync.WaitGroup
		won := make(chan string, 8)
		for i := range 8 {
			all.Go(func() {
				f := Final("r", uint64(i%2+1), 0, 100, fmt.Sprint("bản ", i))
				if err := s.AcceptFinal(t.Context(), f); err == nil {
					won <- f.Segments[0].Text
				} else if fault.CodeOf(err) != fault.Conflict {
					t.Errorf("%v, want conflict", err)
				}
			})
		}
		all.Wait()
		if len(won) != 1 {
			t.Fatalf("%d were accepted", len(won))
		}
		says(t, s, "", <-won)
	}},
	{"a context that has ended changes nothing", func(t *testing.T, s hall.Store) {
		start(t, s, "r")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.AcceptFinal(ctx, Final("r", 1, 0, 100, "một")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want canceled", err)
		}
		stands(t, s, "r", 0, 0, "")
	}},
}

// failer is what stands needs of a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func must(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func start(t testing.TB, s hall.Store, id string) {
	t.Helper()
	must(t, s.StartRecording(context.Background(), Recording(id)))
}

// stands checks a recording's position, epoch and text.
func stands(t failer, s hall.Store, id string, upTo int64, epoch uint64, text string) {
	t.Helper()
	ctx := context.Background()
	r, err := s.Recording(ctx, id)
	must(t, err)
	tr, err := s.Transcript(ctx, id, hall.LayerLive)
	must(t, err)
	got := ""
	for i, g := range tr.Segments {
		if i > 0 {
			got += " "
		}
		got += g.Text
	}
	if r.FinalUpTo != upTo || r.Epoch != epoch || got != text {
		t.Fatalf("final up to %d, epoch %d, text %q; want %d, %d, %q", r.FinalUpTo, r.Epoch, got, upTo, epoch, text)
	}
	covered := 0.0
	for _, c := range tr.Coverage {
		if c.Start != covered {
			t.Fatalf("coverage has a hole at %v s: %v", covered, tr.Coverage)
		}
		covered = c.End
	}
	if covered != float64(upTo)/16000 {
		t.Fatalf("coverage ends at %v s, the text at %v s", covered, float64(upTo)/16000)
	}
}

func says(t *testing.T, s hall.Store, layer, text string) {
	t.Helper()
	tr, err := s.Transcript(t.Context(), "r", layer)
	must(t, err)
	if len(tr.Segments) != 1 || tr.Segments[0].Text != text {
		t.Errorf("layer %q: %+v, want %q", layer, tr.Segments, text)
	}
}

func unfinished(t *testing.T, s hall.Store, want ...string) {
	t.Helper()
	all, err := s.Unfinished(t.Context())
	must(t, err)
	var got []string
	for _, r := range all {
		got = append(got, r.ID)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("unfinished %v, want %v", got, want)
	}
}
