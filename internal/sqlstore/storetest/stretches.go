package storetest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// timed is a final of two seconds a word.
func timed(from int64, text string) hall.Final {
	f := hall.Final{Recording: "r", Epoch: 1, From: from, To: from}
	g := transcribe.Segment{Start: float64(from) / 16000, Text: text}
	for _, w := range strings.Fields(text) {
		at := float64(f.To) / 16000
		g.Words = append(g.Words, transcribe.Word{Text: w, Start: at + 0.5, End: at + 1.5, P: 0.9})
		f.To += 32000
	}
	g.End = float64(f.To) / 16000
	f.Segments = []transcribe.Segment{g}
	return f
}

// stretch is one of the recording "r", in seconds.
func stretch(seq int64, kind string, from, to int64) hall.Stretch {
	return hall.Stretch{Seq: seq, Kind: kind, From: from * 16000, To: to * 16000, Who: "Nguyễn Văn An, Lê Thị Bình", Reason: "lộ bí mật", At: began.Add(time.Hour)}
}

// The recording has three finals of two seconds before what is said here.
var stretchTests = []finderTest{
	{"what was erased is found, read and replayed by nobody", func(t *testing.T, f *finder) {
		ctx := t.Context()
		must(t, f.s.AcceptFinal(ctx, timed(96000, "mở đầu zebra lộ ra cuối cùng"))) // a word each 2 s from 6 s on
		must(t, f.s.AcceptFinal(ctx, timed(96000+7*32000, "toàn bộ zebra kín")))    // from 20 s on
		// People's edits, one on each line, an act of two lines, and two who met.
		f.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: ref("s4"), Text: "Mở đầu Zebra lộ ra, cuối cùng."})
		base := f.seq("clerk")
		f.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: ref("s5"), Text: "toàn bộ zebra thật kín"})
		if d, err := f.try("clerk", desk.KindText, base, desk.TextChanged{SegmentRef: ref("s5"), Text: "toàn bộ zebra rất kín"}); err != nil || d.Conflict == nil {
			t.Fatalf("%+v, %v", d, err)
		}
		must(t, f.s.NewLayer(ctx, hall.Layer{Recording: "r", Name: "second", Model: "m", Coverage: []hall.Cover{{To: 28 * 16000, Kind: transcribe.CoveredSpeech}},
			Segments: timed(96000, "bản hai zebra khác").Segments}))
		f.do("secretary", desk.KindNote, desk.NoteMade{Text: "ghi chú riêng", Place: desk.Place{Recording: "r", Sample: 170000}})
		if len(f.look("secretary", "zebra")) == 0 {
			t.Fatal("nothing is found before")
		}

		// Erased: 10 to 14 s (the words zebra and lộ), and 20 to 28 s (a whole line).
		all := []hall.Stretch{stretch(40, desk.StretchErased, 10, 14), stretch(42, desk.StretchErased, 20, 28)}
		must(t, f.s.Follow(ctx, "r", account("clerk").ID, all))
		seq := f.seq("clerk")
		must(t, f.s.Follow(ctx, "r", account("clerk").ID, all))
		if f.seq("clerk") != seq {
			t.Error("the same again made an event")
		}

		f.finds("secretary", "zebra")
		f.finds("secretary", "toàn bộ")
		if got := f.look("secretary", "cuối cùng"); len(got) != 1 {
			t.Errorf("what was said beside it is not found any more: %q", got)
		}
		if got := f.text("secretary"); strings.Contains(strings.ToLower(got), "zebra") || strings.Contains(got, "toàn bộ") || !strings.Contains(got, "Mở đầu") || !strings.Contains(got, "cuối cùng.") {
			t.Errorf("the text is %q", got)
		}
		second, err := f.s.Transcript(ctx, "r", "second")
		must(t, err)
		events, err := f.s.EventsAfter(ctx, f.meeting, 0, 10_000)
		must(t, err)
		edits, err := f.s.Edits(ctx, viewer("clerk"), f.meeting, "r", "")
		must(t, err)
		raw, err := json.Marshal([]any{second, events, edits, f.load("clerk").State})
		must(t, err)
		if got := strings.ToLower(string(raw)); strings.Contains(got, "zebra") || strings.Contains(got, "thật kín") || strings.Contains(got, "rất kín") {
			t.Errorf("it is still kept: …%s…", around(got, "zebra"))
		}
		if !strings.Contains(string(raw), "bản hai") || !strings.Contains(string(raw), "ghi chú riêng") {
			t.Error("what was said beside it, or a note, is gone too")
		}
		st := f.load("clerk").State
		if len(st.Conflicts) != 0 {
			t.Errorf("%+v", st.Conflicts)
		}
		if x := st.StretchesOf("r", desk.StretchErased); len(x) != 2 || x[0].Who != "Nguyễn Văn An, Lê Thị Bình" || x[0].Reason != "lộ bí mật" || x[0].From != 160000 {
			t.Errorf("%+v", x)
		}
		sh, err := f.s.Sheet(ctx, viewer("clerk"), f.meeting, "r")
		must(t, err)
		gone := 0.0
		for _, c := range sh.Transcript.Coverage {
			if c.Note == desk.StretchErased {
				gone += c.End - c.Start
			}
		}
		if gone != 12 {
			t.Errorf("the ledger says of %v s that they were erased, want 12", gone)
		}
		// The line that was edited can be edited on, and what stands is undone to what is left.
		f.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: ref("s4"), Text: "Mở đầu, cuối cùng."})
	}},
	{"text that comes after its sound was erased loses it, too", func(t *testing.T, f *finder) {
		ctx := t.Context()
		must(t, f.s.Follow(ctx, "r", "recorder", []hall.Stretch{stretch(9, desk.StretchErased, 10, 12)}))
		late := timed(96000, "mở đầu zebra cuối")
		must(t, f.s.AcceptFinal(ctx, late))
		must(t, f.s.AcceptFinal(ctx, late)) // delivered again
		must(t, f.s.NewLayer(ctx, hall.Layer{Recording: "r", Name: "second", Coverage: []hall.Cover{{To: 14 * 16000, Kind: transcribe.CoveredSpeech}}, Segments: late.Segments}))
		f.finds("secretary", "zebra")
		if got := f.text("secretary"); strings.Contains(got, "zebra") || !strings.Contains(got, "mở đầu cuối") {
			t.Errorf("%q", got)
		}
		second, err := f.s.Transcript(ctx, "r", "second")
		must(t, err)
		if got := second.Segments[0].Text; got != "mở đầu cuối" {
			t.Errorf("the second layer has %q", got)
		}
	}},
	{"what was closed is noted with who and why, and filled with where from", func(t *testing.T, f *finder) {
		ctx := t.Context()
		must(t, f.s.AcceptFinal(ctx, timed(96000, "một zebra kín hai")))
		filled := stretch(12, desk.StretchFilled, 0, 1)
		filled.Reason = "điện thoại.m4a"
		two := stretch(12, desk.StretchFilled, 2, 3) // one import may fill two gaps
		must(t, f.s.Follow(ctx, "r", "recorder", []hall.Stretch{stretch(7, desk.StretchClosed, 8, 12), filled, two}))
		st := f.load("chair").State
		if x := st.StretchesOf("r", desk.StretchClosed, desk.StretchFilled); len(x) != 3 || x[0].Reason != "điện thoại.m4a" || x[2].Kind != desk.StretchClosed {
			t.Errorf("%+v", x)
		}
		if got := f.look("secretary", "zebra"); len(got) != 1 {
			t.Errorf("the closed circle finds %q", got)
		}
		events, err := f.s.Events(ctx, viewer("delegate"), f.meeting, 0, 1000)
		must(t, err)
		if raw, err := json.Marshal(events); err != nil || strings.Contains(string(raw), "zebra") || strings.Contains(string(raw), "lộ bí mật") {
			t.Errorf("a delegate gets %s, %v", raw, err)
		}
		events, err = f.s.Events(ctx, viewer("secretary"), f.meeting, 0, 1000)
		must(t, err)
		n := 0
		for _, e := range events {
			if e.Type == hall.EventStretches {
				n++
			}
		}
		if n != 3 {
			t.Errorf("%d events, want 3", n)
		}
	}},
	{"a stretch of no recording, or that is none, is refused", func(t *testing.T, f *finder) {
		ctx := t.Context()
		wantCode(t, "of no recording", f.s.Follow(ctx, "none", "x", []hall.Stretch{stretch(1, desk.StretchClosed, 0, 1)}), fault.NotFound)
		wantCode(t, "backwards", f.s.Follow(ctx, "r", "x", []hall.Stretch{stretch(1, desk.StretchClosed, 2, 1)}), fault.Invalid)
		wantCode(t, "of no kind", f.s.Follow(ctx, "r", "x", []hall.Stretch{stretch(1, "hidden", 0, 1)}), fault.Invalid)
	}},
	{"a recording that was brought is known as such", func(t *testing.T, f *finder) {
		ctx := t.Context()
		must(t, f.s.StartRecording(ctx, hall.Recording{ID: "r2", Meeting: f.meeting, Started: began.Add(time.Hour), Outside: true}))
		for _, r := range f.load("clerk").State.Recordings {
			if r.Outside != (r.ID == "r2") {
				t.Errorf("%s: %v", r.ID, r.Outside)
			}
		}
	}},
}

// around is what stands beside a word.
func around(text, word string) string {
	at := strings.Index(text, word)
	if at < 0 {
		return ""
	}
	return text[max(0, at-150):min(len(text), at+150)]
}
