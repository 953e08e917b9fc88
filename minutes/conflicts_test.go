package minutes_test

import (
	"os"
	"path/filepath"
	"testing"

	"bienban/internal/casefile"
	"bienban/minutes"
)

func TestTheCasesConflictsAreFoundAndNoOthers(t *testing.T) {
	paths, err := filepath.Glob("../internal/casefile/cases/*/meeting.yaml")
	if err != nil || len(paths) < 2 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		m, _, err := minutes.ReadMeeting(path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := casefile.Decode(name, "", b)
		if err != nil {
			t.Fatal(err)
		}
		got := minutes.Conflicts(m, minutes.NewEvidence(m, c.Transcript()))
		if len(got) != len(c.Conflicts) {
			t.Errorf("%s: found %+v, want %+v", name, got, c.Conflicts)
			continue
		}
		for i, w := range c.Conflicts {
			if g := got[i]; g.Item != w.Item || g.Kind != w.Kind || g.Spoken != w.Spoken || g.Recorded != w.Recorded || len(g.Cites) < 2 {
				t.Errorf("%s: found %+v, want %+v", name, g, w)
			}
		}
	}
}

func TestAnAnnouncementIsComparedWithWhatWasEntered(t *testing.T) {
	yes, no := true, false
	vote := func(f, a, s int, passed *bool) []minutes.Vote {
		return []minutes.Vote{{Item: "1", Subject: "x", For: f, Against: a, Abstain: s, Present: f + a + s, Passed: passed}}
	}
	for _, c := range []struct {
		name, language string
		votes          []minutes.Vote
		said           []string
		want           []string
	}{
		{"the same figures", "vi", vote(143, 0, 0, nil), []string{"143/143 đại biểu tán thành, đạt 100%."}, nil},
		{"in per cent", "vi", vote(143, 0, 0, nil), []string{"Biểu quyết: 100% đại biểu tán thành."}, nil},
		{"in per cent, and not all", "vi", vote(142, 0, 1, nil), []string{"Kết quả biểu quyết: 100% đại biểu tán thành."}, []string{"công bố 100%, ghi nhận 99,3%"}},
		{"another figure", "vi", vote(19, 1, 0, nil), []string{"Có hai mươi đại biểu tán thành."}, []string{"công bố 20, ghi nhận 19"}},
		{"another figure against", "vi", vote(19, 1, 0, nil), []string{"Có 19 đại biểu tán thành, 2 đại biểu không tán thành."}, []string{"công bố 2 không tán thành, ghi nhận 1"}},
		{"a question", "en", vote(7, 1, 0, &yes), []string{"All those in favour? Those against?"}, nil},
		{"general agreement", "en", vote(8, 0, 0, &yes), []string{"That is unanimous."}, nil},
		{"unanimous against one", "en", vote(7, 1, 0, &yes), []string{"That is unanimous."}, []string{"announced unanimous, recorded 7–1"}},
		{"the other outcome", "en", vote(3, 7, 0, &no), []string{"The motion is carried."}, []string{"announced carried, recorded not carried"}},
		{"the same outcome", "en", vote(7, 3, 0, &yes), []string{"The motion as amended is carried."}, nil},
		{"the other outcome in Vietnamese", "vi", vote(12, 14, 0, &no), []string{"Nghị quyết được thông qua."}, []string{"công bố thông qua, ghi nhận không thông qua"}},
		{"a figure of the debate", "en", vote(7, 1, 0, &yes), []string{"The wall costs 54 pounds for 6 weeks."}, nil},
		{"in two segments", "en", vote(7, 1, 0, &yes), []string{"Seven in favour,", "two against."}, []string{"announced 2 against, recorded 1"}},
		{"attendance", "en", nil, []string{"Seven of the nine members are present."}, []string{"announced 7, recorded 8"}},
		{"the same attendance", "en", nil, []string{"Eight of the nine members are present."}, nil},
		{"attendance in Vietnamese", "vi", nil, []string{"Triệu tập 9, có mặt 8, vắng 2."}, []string{"công bố 2, ghi nhận 1"}},
	} {
		m := meetingIn(c.language)
		m.Votes = c.votes
		m.Delegates = minutes.Delegates{Summoned: 9, Present: 8, Absent: 1}
		if c.votes != nil {
			m.Delegates = minutes.Delegates{}
		}
		got := minutes.Conflicts(m, minutes.NewEvidence(m, say(c.language, c.said...)))
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
			continue
		}
		for i, w := range c.want {
			if got[i].Text != w {
				t.Errorf("%s: %q, want %q", c.name, got[i].Text, w)
			}
		}
	}
}

func TestWhoDebatesAnnouncesNothing(t *testing.T) {
	m := meetingIn("en")
	m.People = []minutes.Person{{Name: "Ann Lee", Title: "Councillor"}, {Name: "Bo Park", Title: "Mayor", Role: minutes.Roles{minutes.RoleChair}}}
	m.Votes = []minutes.Vote{{Item: "1", Subject: "x", For: 7, Against: 1}}
	if got := minutes.Conflicts(m, minutes.NewEvidence(m, say("en", "Ann Lee: In Dover it was 5 in favour, 3 against."))); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := minutes.Conflicts(m, minutes.NewEvidence(m, say("en", "Bo Park: 5 in favour, 3 against."))); len(got) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestABallotIsComparedWithTheElection(t *testing.T) {
	m := meetingIn("vi")
	m.Delegates = minutes.Delegates{Summoned: 145, Present: 143}
	m.Elections = []minutes.Election{{Item: "1", Subject: "Ban Chấp hành", Issued: 143, Returned: 143, Valid: 142, Invalid: 1,
		Results: []minutes.Result{{Name: "Lê Văn An", Votes: 140, Elected: true}, {Name: "Trần Thị Bình", Votes: 139, Elected: true}}}}
	said := say("vi", "Phát ra 143 phiếu, thu về 142 phiếu. Đồng chí Lê Văn An được 140 phiếu. Đồng chí Trần Thị Bình được 138 phiếu.")
	got := minutes.Conflicts(m, minutes.NewEvidence(m, said))
	if len(got) != 2 || got[0].Text != "công bố 138 (Trần Thị Bình), ghi nhận 139" || got[1].Spoken != "142" || got[1].Kind != minutes.ConflictElection {
		t.Errorf("%+v", got)
	}
}
