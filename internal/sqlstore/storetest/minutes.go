package storetest

import (
	"encoding/json"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/internal/search"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// drafted are minutes of the meeting with a sentence of each item, citing what is given.
func (f *finder) drafted(word string, cites ...string) *minutes.Minutes {
	f.t.Helper()
	m := &minutes.Minutes{Meeting: *f.load("clerk").State.Meeting(), Drafted: &minutes.Drafted{}}
	for i, a := range m.Meeting.Agenda {
		t := minutes.Sentence{Text: "Câu về " + word + " của nội dung " + a.Title, Origin: minutes.OriginLLM, Cites: []string{"meeting"}}
		if i == 0 && len(cites) > 0 {
			t.Cites = cites
		}
		m.Sections = append(m.Sections, minutes.Section{Item: a.ID, Title: a.Title, Closed: a.Closed, Sentences: []minutes.Sentence{t}})
	}
	m.Evidence = append(m.Evidence, minutes.Evidence{ID: "meeting", Kind: minutes.EvidenceData, Text: m.Meeting.Title})
	return m
}

// bring brings minutes in, and gives the id of their version.
func (f *finder) bring(login string, m *minutes.Minutes) string {
	f.t.Helper()
	raw, err := json.Marshal(m)
	must(f.t, err)
	return f.do(login, desk.KindMinutes, desk.MinutesBrought{File: "minutes.json", Minutes: raw}).ID
}

var minutesTests = []finderTest{
	{"minutes are found sentence by sentence, the newest version only, and tell where they are read", func(t *testing.T, f *finder) {
		f.bring("secretary", f.drafted("kênh mương cũ"))
		second := f.bring("clerk", f.drafted("nội đồng mới"))
		f.finds("secretary", "kenh muong cu")
		found, err := f.index.Search(t.Context(), search.Query{Account: account("chair").ID, Text: "noi dong moi", Kinds: []string{search.Minutes}, Limit: 10})
		must(t, err)
		if len(found.Hits) != 3 {
			t.Fatalf("%+v", found.Hits)
		}
		items := map[string]bool{}
		for _, h := range found.Hits {
			items[h.Item] = true
			if !strings.HasSuffix(h.Ref, "-1") || h.Exact || h.Recording != "" {
				t.Errorf("%+v", h)
			}
		}
		if len(items) != 3 {
			t.Errorf("they are of the items %v", items)
		}
		if got := f.look("secretary", "nội đồng mới", search.Minutes); len(got) != 3 {
			t.Errorf("with its accents: %q", got)
		}
		for login, want := range map[string]int{"clerk": 3, "secretary": 3, "archivist": 3, "chair": 3, "delegate": 0, "screen": 0, "stranger": 0, "quản-trị": 0} {
			if got := f.look(login, "nội đồng mới"); len(got) != want {
				t.Errorf("%s finds %q", login, got)
			}
		}
		m, err := f.s.Minutes(t.Context(), viewer("chair"), f.meeting, second)
		if err != nil || len(m.Sections) != 3 || !strings.Contains(m.Sections[2].Sentences[0].Text, "nội đồng mới") {
			t.Errorf("%+v, %v", m, err)
		}
		for login, code := range map[string]fault.Code{"delegate": fault.Forbidden, "screen": fault.Forbidden, "stranger": fault.NotFound, "quản-trị": fault.NotFound} {
			_, err := f.s.Minutes(t.Context(), viewer(login), f.meeting, second)
			wantCode(t, login, err, code)
		}
		_, err = f.s.Minutes(t.Context(), viewer("chair"), f.meeting, "d99")
		wantCode(t, "no such version", err, fault.NotFound)
		if st := f.load("delegate").State; len(st.Minutes) != 0 {
			t.Errorf("a delegate sees of the minutes that %+v", st.Minutes)
		}
		events, err := f.s.Events(t.Context(), viewer("delegate"), f.meeting, 0, 1000)
		must(t, err)
		if raw, err := json.Marshal(events); err != nil || strings.Contains(string(raw), "minutes") {
			t.Errorf("a delegate hears of the minutes: %v", err)
		}
		all, err := f.s.EventsAfter(t.Context(), f.meeting, 0, 1000)
		must(t, err)
		if raw, err := json.Marshal(all); err != nil || strings.Contains(string(raw), "nội đồng mới") {
			t.Errorf("an event holds the minutes' text: %v", err)
		}
	}},
	{"minutes go with a stretch that was erased when they cite it, hold it or do not say what they rest on", func(t *testing.T, f *finder) {
		ctx := t.Context()
		must(t, f.s.AcceptFinal(ctx, timed(96000, "mở đầu zebra lộ ra"))) // s4, a word each 2 s from 6 s on
		held := f.drafted("giữ")
		held.Evidence = append(held.Evidence, minutes.Evidence{ID: "r1-s4", Kind: minutes.EvidenceSegment, Start: 6, End: 16, Text: "mở đầu zebra lộ ra"})
		bare := f.drafted("trống")
		bare.Sections[1].Sentences[0].Cites = []string{}
		beside := f.drafted("bên cạnh", "r1-s1")
		beside.Evidence = append(beside.Evidence, minutes.Evidence{ID: "r1-s1", Kind: minutes.EvidenceSegment, Start: 0, End: 2, Text: "kính thưa đại hội"})
		gone := []string{f.bring("clerk", f.drafted("trích", "r1-s4")), f.bring("clerk", held), f.bring("clerk", bare)}
		kept := f.bring("clerk", beside)
		cited := f.bring("clerk", f.drafted("zebra", "r1-s4"))
		if got := f.look("clerk", "zebra", search.Minutes); len(got) != 3 {
			t.Fatalf("before: %q", got)
		}
		must(t, f.s.Follow(ctx, "r", account("clerk").ID, []hall.Stretch{stretch(40, desk.StretchErased, 10, 12)}))
		if got := f.look("clerk", "câu về"); len(got) != 0 {
			t.Errorf("the newest was withdrawn, and there is found %q", got)
		}
		for _, v := range f.load("chair").State.Minutes {
			_, err := f.s.Minutes(ctx, viewer("chair"), f.meeting, v.ID)
			if v.ID == kept {
				if err != nil || v.Withdrawn {
					t.Errorf("what rests on other words is gone: %v", err)
				}
				continue
			}
			wantCode(t, v.ID, err, fault.NotFound)
			if !v.Withdrawn {
				t.Errorf("%s is not called withdrawn", v.ID)
			}
		}
		if n := len(f.load("chair").State.Minutes); n != len(gone)+2 || cited == kept {
			t.Errorf("%d versions are listed", n)
		}
		// The same draft is not brought back, one that was made anew is.
		for what, m := range map[string]*minutes.Minutes{"as it was": held, "without its evidence": f.drafted("zebra", "r1-s4"), "without any": bare} {
			raw, err := json.Marshal(m)
			must(t, err)
			_, err = f.try("clerk", desk.KindMinutes, f.seq("clerk"), desk.MinutesBrought{Minutes: raw})
			wantCode(t, what, err, fault.Invalid)
		}
		anew := f.drafted("dự thảo lại", "r1-s4")
		anew.Evidence = append(anew.Evidence, minutes.Evidence{ID: "r1-s4", Kind: minutes.EvidenceSegment, Start: 6.5, End: 9.5, Text: "mở đầu"})
		f.bring("clerk", anew)
		if got := f.look("clerk", "du thao lai"); len(got) != 3 {
			t.Errorf("drafted anew: %q", got)
		}
	}},
	{"a letter that no database keeps does not stop the search", func(_ *testing.T, f *finder) {
		m := f.drafted("mở")
		m.Sections[0].Sentences[0].Text, m.Sections[0].Sentences[0].Speaker = "trước\x00sau", "A\x00"
		m.Sections[0].Sentences[0].Flags = []minutes.Flag{{Code: minutes.FlagName, Severity: transcribe.Block, Text: "x\x00"}}
		f.bring("clerk", m)
		if got := f.look("clerk", "trước sau", search.Minutes); len(got) != 1 {
			f.t.Errorf("%q", got)
		}
	}},
}
