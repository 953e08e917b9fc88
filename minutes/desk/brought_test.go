package desk_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// drafted are minutes of the room's meeting.
func (r *room) drafted() *minutes.Minutes {
	m := &minutes.Minutes{Meeting: *r.s.Meeting(), Evidence: []minutes.Evidence{
		{ID: "meeting", Kind: minutes.EvidenceData, Text: "x"}, {ID: "r1-s2", Kind: minutes.EvidenceSegment, Start: 5, End: 10, Text: "hai"}}}
	for _, a := range m.Meeting.Agenda {
		m.Sections = append(m.Sections, minutes.Section{Item: a.ID, Title: a.Title, Closed: a.Closed, Flags: []minutes.Flag{{Code: minutes.FlagUnfiled, Severity: transcribe.Info, Text: "câu đầu"}},
			Sentences: []minutes.Sentence{{Text: "Câu đầu.", Origin: minutes.OriginLLM, Cites: []string{"meeting"}}, {Text: "Câu hai.", Origin: minutes.OriginExtract, Cites: []string{"r1-s2"}}}})
	}
	m.Conflicts = []minutes.Conflict{{Item: m.Sections[0].Item, Text: "mở"}, {Item: m.Sections[2].Item, Text: "kín"}}
	return m
}

func brought(t *testing.T, m *minutes.Minutes) desk.MinutesBrought {
	t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return desk.MinutesBrought{File: "minutes.json", Minutes: raw}
}

func TestMinutesAreBroughtInAsVersionsAndNeitherStateNorEventHoldsTheirText(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	m := r.drafted()
	m.Sections[0].Sentences[0].Text = "Ho\u0300a Tha\u0300nh." // composed when it is kept
	for n := range 2 {
		out := r.do(desk.KindMinutes, brought(t, m))
		if out.Minutes != out.Made || !strings.Contains(out.MinutesText, "Hòa Thành") {
			t.Errorf("%q, %q: %.200s", out.Minutes, out.Made, out.MinutesText)
		}
		event, err := json.Marshal(out.Event(desk.Act{}))
		if err != nil || strings.Contains(string(event), "Thành") {
			t.Errorf("the event holds %s, %v", event, err)
		}
		if v := r.s.NewestMinutes(); len(r.s.Minutes) != n+1 || v.ID != out.Made || v.Sections != 3 || v.Stamp.By == "" {
			t.Errorf("%+v", r.s.Minutes)
		}
	}
	err := r.fails(desk.KindUndo, desk.Undo{Act: r.last()})
	wantCode(t, "undone", err, fault.Invalid)
}

func TestMinutesThatAreNotThisMeetingsAreRefused(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.do(desk.KindHead, desk.HeadChanged{Start: &minutes.Time{Time: began}})
	refused := func(what string, body any) {
		t.Helper()
		err := r.fails(desk.KindMinutes, body)
		wantCode(t, what, err, fault.Invalid)
		if len(r.s.Minutes) != 0 {
			t.Fatalf("%s: taken", what)
		}
	}
	for what, change := range map[string]func(*minutes.Minutes){
		"of no meeting": func(m *minutes.Minutes) { m.Meeting = minutes.Meeting{} },
		"of another meeting": func(m *minutes.Minutes) {
			m.Meeting.Title, m.Meeting.Start = "Kỳ họp thứ tư", minutes.Time{Time: began.AddDate(0, 1, 0)}
			for i := range m.Meeting.Agenda {
				m.Meeting.Agenda[i].Title, m.Sections[i].Title = "Việc khác", "Việc khác"
			}
		},
		"of another day under the same title": func(m *minutes.Minutes) { m.Meeting.Start = minutes.Time{Time: began.AddDate(0, 1, 0)} },
		"with an item that is not in the agenda": func(m *minutes.Minutes) {
			m.Meeting.Agenda[1].ID, m.Sections[1].Item = "i99", "i99"
			m.Meeting.Agenda[1].Title, m.Sections[1].Title = "Việc khác", "Việc khác"
		},
		"secret, where nothing secret is kept": func(m *minutes.Minutes) { m.Meeting.Secrecy = minutes.SecrecySecret },
		"with a sentence that is none":         func(m *minutes.Minutes) { m.Sections[0].Sentences[0].Text = " " },
	} {
		m := r.drafted()
		change(m)
		refused(what, brought(t, m))
	}
	for _, raw := range []string{`{}`, `[]`, `"x"`, `{"sections": 5}`, `null`} {
		refused(raw, desk.MinutesBrought{Minutes: json.RawMessage(raw)})
	}
	refused("nothing", desk.MinutesBrought{})
	big := desk.Act{ID: "act-0000000000000", Kind: desk.KindMinutes, Body: json.RawMessage(`{"minutes":"` + strings.Repeat("x", 16<<20) + `"}`)}
	wantCode(t, "too large", big.Check(), fault.Invalid)
	if _, err := r.attempt("chủ tọa", desk.Chair, desk.KindMinutes, brought(t, r.drafted())); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("by the chair: %v", err)
	}
	r.do(desk.KindMinutes, brought(t, r.drafted())) // as it is, it is taken
}

func TestMinutesOfAMeetingFileThatNumbersItsItemsByItselfAreTakenAndClosedAsTheAgendaSays(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	m := r.drafted()
	m.Meeting.Agenda[2].ID, m.Sections[2].Item, m.Conflicts[1].Item = "III", "III", "III"
	m.Meeting.Agenda[2].Closed, m.Sections[2].Closed = false, false
	// One item has the number that another one has here.
	m.Meeting.Agenda[0].ID, m.Meeting.Agenda[1].ID = m.Meeting.Agenda[1].ID, m.Meeting.Agenda[0].ID
	m.Sections[0].Item, m.Sections[1].Item = m.Sections[1].Item, m.Sections[0].Item
	r.do(desk.KindMinutes, brought(t, m))
	for i, x := range m.Sections {
		if of := r.s.ItemOf(x); of == nil || of.ID != r.s.Items[i].ID {
			t.Errorf("section %d is of %+v", i, of)
		}
		if got := r.s.ClosedIn(m)(x, x.Sentences[0]); got != (i == 2) {
			t.Errorf("section %d is closed: %v", i, got)
		}
	}
	r.do(desk.KindItemChanged, desk.ItemChanged{ID: r.s.Items[1].ID, ItemData: desk.ItemData{Title: "Tên mới"}})
	if of := r.s.ItemOf(minutes.Section{Item: r.s.Items[1].ID, Title: "Thông qua chương trình"}); of == nil || of.ID != r.s.Items[1].ID {
		t.Errorf("after its title was changed: %+v", of)
	}
}

func TestMinutesAreReducedToWhatARoleMaySee(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	m := r.drafted()
	r.do(desk.KindMinutes, brought(t, m))
	if r.s.MinutesFor(m, desk.Roles{desk.Delegate, desk.Screen}) != nil || r.s.MinutesFor(m, desk.Roles{desk.Chair}) != m {
		t.Error("a delegate reads them, or the chair not all")
	}
	for _, role := range []desk.Role{desk.Delegate, desk.Screen} {
		if v := r.s.For(desk.Roles{role}); len(v.Minutes) != 0 || v.Rev["minutes:"+r.s.Minutes[0].ID] != 0 {
			t.Errorf("%s sees that there are minutes", role)
		}
	}
	if v := r.s.For(desk.Roles{desk.Archivist}); len(v.Minutes) != 1 {
		t.Error("the archivist does not see them")
	}
	// A sentence is for the closed circle by its item or by what it cites.
	closed := func() (out string) {
		in := r.s.ClosedIn(m)
		for _, x := range m.Sections {
			for _, s := range x.Sentences {
				if in(x, s) {
					out += "x"
				} else {
					out += "."
				}
			}
		}
		return out
	}
	if got := closed(); got != "....xx" {
		t.Errorf("closed are %s", got)
	}
	r.s.Know([]desk.Recording{{ID: "r1", Started: began, Length: 60 * desk.SampleRate, Stretches: []desk.Stretch{{Seq: 1, Kind: desk.StretchClosed, From: 8 * desk.SampleRate, To: 9 * desk.SampleRate, At: began.Add(time.Hour)}}}})
	if got := closed(); got != ".x.xxx" {
		t.Errorf("closed afterwards are %s", got)
	}
}
