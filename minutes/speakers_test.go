package minutes_test

import (
	"testing"

	"bienban/minutes"
	"bienban/transcribe"
)

func TestWhoIsCalledSpeaksNextAtASharedMicrophone(t *testing.T) {
	m := &minutes.Meeting{Kind: minutes.KindCouncil, Language: "en", People: []minutes.Person{
		{Name: "Margaret Doyle", Title: "Mayor", Role: minutes.Roles{minutes.RoleChair}, Channel: 1},
		{Name: "Daniel Osei", Title: "Town Clerk", Role: minutes.Roles{minutes.RoleSecretary}, Channel: 2},
		{Name: "Priya Nair", Title: "Director of Works", Channel: 2},
		{Name: "Helen Fraser", Title: "Councillor", Channel: 3},
		{Name: "Robert Lindqvist", Title: "Councillor", Channel: 3},
	}}
	seg := func(id string, at float64, channel int, text string) transcribe.Segment {
		return transcribe.Segment{ID: id, Start: at, End: at + 3, Channel: channel, Text: text}
	}
	tr := &transcribe.Transcript{Language: "en", Segments: []transcribe.Segment{
		seg("a", 0, 1, "Good evening. Mister Osei, the attendance please."),
		seg("b", 4, 2, "Thank you, Mayor."),
		seg("c", 7.2, 2, "Eight of the nine are present."),
		seg("d", 11, 1, "I invite the Director of Works to report."),
		seg("e", 15, 2, "The inspection found rot."),
		seg("f", 19, 3, "I move that we approve it."),
		seg("g", 23, 1, "Item four. Councillor Linquist."),
		seg("h", 27, 3, "Residents have asked for Saturdays."),
		seg("i", 31, 1, "Thank you. Any objection?"),
		seg("j", 35, 3, "None from me."),
		seg("k", 39, 1, "I ask Councillor Fraser and Councillor Lindqvist to confer."),
		seg("l", 43, 3, "We will."),
	}}
	minutes.AssignSpeakers(m, tr)
	want := []string{"Margaret Doyle", "Daniel Osei", "Daniel Osei", "Margaret Doyle", "Priya Nair", "", "Margaret Doyle", "Robert Lindqvist",
		"Margaret Doyle", "", "Margaret Doyle", ""}
	for i, w := range want {
		if got := tr.Segments[i].Speaker; got != w {
			t.Errorf("%s is by %q, want %q", tr.Segments[i].ID, got, w)
		}
	}
	if f := tr.Segments[7].Flags; len(f) != 1 || f[0].Code != minutes.FlagSpeakerSuggested || f[0].Severity != transcribe.Info || f[0].Cites[0] != "g" {
		t.Errorf("flags of h: %+v", f)
	}
	if len(tr.Segments[0].Flags) != 0 || len(tr.Segments[2].Flags) != 0 {
		t.Error("a speaker known by microphone, or a turn that goes on, is flagged")
	}
}

func TestWhoMovesIsTakenFromTheRecordedVote(t *testing.T) {
	m := &minutes.Meeting{Language: "en", Agenda: []minutes.AgendaItem{{ID: "1", Title: "A"}}, People: []minutes.Person{
		{Name: "Helen Fraser", Title: "Councillor", Channel: 3}, {Name: "Robert Lindqvist", Title: "Councillor", Channel: 3}},
		Votes: []minutes.Vote{{Item: "1", Subject: "x", Moved: "Helen Fraser", Seconded: "Robert Lindqvist"}}}
	tr := &transcribe.Transcript{Language: "en", Segments: []transcribe.Segment{
		{ID: "a", Start: 0, End: 1, Channel: 3, Item: "1", Text: "I move that we pay."},
		{ID: "b", Start: 2, End: 3, Channel: 3, Item: "1", Text: "I second the motion."},
		{ID: "c", Start: 20, End: 23, Channel: 3, Item: "1", Text: "How much is it?"},
	}}
	minutes.AssignSpeakers(m, tr)
	for i, w := range []string{"Helen Fraser", "Robert Lindqvist", ""} {
		if got := tr.Segments[i].Speaker; got != w {
			t.Errorf("%s is by %q, want %q", tr.Segments[i].ID, got, w)
		}
	}
}

func TestWithoutMicrophonesOnlyTheAnswerIsNamed(t *testing.T) {
	m := &minutes.Meeting{Kind: minutes.KindCongress, Language: "vi", People: []minutes.Person{
		{Name: "Lê Quốc Khánh", Title: "Bí thư Đảng ủy phường", Role: minutes.Roles{minutes.RoleChair}},
		{Name: "Huỳnh Văn Lộc", Title: "Bí thư Chi bộ khóm 3"},
		{Name: "Võ Thị Kim Loan", Title: "Hiệu trưởng"},
	}}
	tr := &transcribe.Transcript{Language: "vi", Segments: []transcribe.Segment{
		{ID: "a", Start: 0, End: 3, Text: "Mời đồng chí Huỳnh Văn Lộc, Bí thư Chi bộ khóm ba."},
		{ID: "b", Start: 4, End: 9, Text: "Chi bộ khóm ba đề nghị phường sớm khắc phục."},
		{ID: "c", Start: 10, End: 12, Text: "Cảm ơn đồng chí Lộc."},
		{ID: "d", Start: 13, End: 15, Text: "Ý kiến của đồng chí Loan rất đúng."},
		{ID: "e", Start: 16, End: 18, Text: "Tôi đồng ý."},
	}}
	minutes.AssignSpeakers(m, tr)
	for i, w := range []string{"", "Huỳnh Văn Lộc", "", "", ""} {
		if got := tr.Segments[i].Speaker; got != w {
			t.Errorf("%s is by %q, want %q", tr.Segments[i].ID, got, w)
		}
	}
}

func TestASpeakerWhoIsKnownStays(t *testing.T) {
	m := &minutes.Meeting{Language: "en", People: []minutes.Person{{Name: "Ann Lee", Title: "Mayor", Role: minutes.Roles{minutes.RoleChair}}, {Name: "Bo Park", Title: "Clerk"}}}
	tr := &transcribe.Transcript{Language: "en", Segments: []transcribe.Segment{
		{ID: "a", Start: 0, End: 1, Speaker: "Ann Lee", Text: "I call on Bo Park."},
		{ID: "b", Start: 2, End: 3, Speaker: "Cy Dent", Text: "Wait."},
	}}
	minutes.AssignSpeakers(m, tr)
	if tr.Segments[1].Speaker != "Cy Dent" || len(tr.Segments[1].Flags) != 0 {
		t.Errorf("%+v", tr.Segments[1])
	}
}
