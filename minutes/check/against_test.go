package check_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bienban/internal/casefile"
	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/check"
	"bienban/minutes/draft"
)

// drafted gives a case's meeting and its draft by rule, as minutes.json would hold it.
func drafted(t *testing.T, name string) (*minutes.Meeting, *minutes.Minutes) {
	t.Helper()
	dir := filepath.Join("..", "..", "internal", "casefile", "cases", name)
	m, _, err := minutes.ReadMeeting(filepath.Join(dir, "meeting.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := casefile.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	mins, err := draft.Draft(context.Background(), m, c.Transcript(), draft.Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "minutes.json")
	var b bytes.Buffer
	if err := minutes.WriteMinutes(&b, mins); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if mins, err = minutes.ReadMinutes(path); err != nil {
		t.Fatal(err)
	}
	return m, mins
}

func TestADraftAgreesWithItsMeeting(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("..", "..", "internal", "casefile", "cases", "*", "meeting.yaml"))
	if err != nil || len(dirs) < 8 {
		t.Fatalf("%d cases, %v", len(dirs), err)
	}
	for _, file := range dirs {
		name := filepath.Base(filepath.Dir(file))
		m, mins := drafted(t, name)
		if found, err := check.Against(mins, m); err != nil || len(found) > 0 {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

func TestWhatMinutesCarryOfTheMeetingIsHeldToIt(t *testing.T) {
	for _, c := range []struct {
		name, item, code string
		change           func(*minutes.Minutes)
	}{
		{"sides of a vote swapped", "m9", minutes.FlagVote, func(m *minutes.Minutes) {
			v := &m.Sections[8].Votes[0]
			v.For, v.Against = v.Against, v.For
		}},
		{"a vote left out", "m2", minutes.FlagVote, func(m *minutes.Minutes) { m.Sections[1].Votes = nil }},
		{"a closed mark removed", "m5", minutes.FlagClosedBounds, func(m *minutes.Minutes) { m.Sections[4].Closed = false }},
		{"a title changed", "m3", minutes.FlagName, func(m *minutes.Minutes) { m.Sections[2].Title = "Báo cáo kinh tế" }},
		{"a section left out", "m7", minutes.FlagCitation, func(m *minutes.Minutes) { m.Sections = slices.Delete(m.Sections, 6, 7) }},
		{"a section of no item", "x", minutes.FlagCitation, func(m *minutes.Minutes) { m.Sections = append(m.Sections, minutes.Section{Item: "x"}) }},
		{"the recorded votes changed", "", minutes.FlagVote, func(m *minutes.Minutes) { m.Meeting.Votes[0].For = 1 }},
		{"a person renamed", "", minutes.FlagName, func(m *minutes.Minutes) { m.Meeting.People[0].Name = "Võ Trường Sơn" }},
		{"the attendance changed", "", minutes.FlagNumber, func(m *minutes.Minutes) { m.Meeting.Delegates.Present-- }},
	} {
		m, mins := drafted(t, "dai-hoi-thanh-loc")
		c.change(mins)
		found, err := check.Against(mins, m)
		if err != nil || len(found) != 1 || found[0].Item != c.item || found[0].Flag.Code != c.code {
			t.Errorf("%s: %+v, %v", c.name, found, err)
		}
	}
}

func TestMinutesOfAnotherMeetingAreOneError(t *testing.T) {
	m, _ := drafted(t, "council-demo")
	_, mins := drafted(t, "council-planning")
	found, err := check.Against(mins, m)
	if fault.CodeOf(err) != fault.Invalid || found != nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "Brackwater") {
		t.Errorf("%v, %v", found, err)
	}
}
