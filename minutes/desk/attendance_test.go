package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bienban/minutes"
	"bienban/minutes/desk"
)

func TestTheHallThatIsCountedNamesNobodyAndCountsInTheRecord(t *testing.T) {
	t.Parallel()
	r := meeting(t) // 143 are present
	counted := func(n int) desk.AttendanceMade {
		return desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventArrive, Present: &n}}
	}
	left := func(n int) desk.AttendanceMade {
		return desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventLeave, Count: n}}
	}
	var said []string
	for _, b := range []desk.AttendanceMade{counted(140), counted(140), left(5), counted(138)} {
		said = append(said, r.do(desk.KindAttendance, b).Summary.EN)
	}
	want := []string{"Counted in the hall: 140; present 140", "Counted in the hall: 140; present 140", "5 delegates left; present 135", "Counted in the hall: 138; present 138"}
	if fmt.Sprint(said) != fmt.Sprint(want) {
		t.Errorf("said %q", said)
	}
	for _, p := range r.s.OpenPoints() {
		if strings.HasPrefix(p.Key, "attendance:") {
			t.Errorf("asks for a name: %+v", p)
		}
	}
	m := r.s.Meeting()
	var got []string
	for _, e := range m.AttendanceEvents {
		got = append(got, fmt.Sprint(e.Event, " ", e.Count, " → ", *e.Present))
	}
	if want := "[leave 3 → 140 leave 5 → 135 arrive 3 → 138]"; fmt.Sprint(got) != want {
		t.Errorf("in the record %v, want %s", got, want)
	}
	if _, err := m.Check("meeting"); err != nil {
		t.Error(err)
	}
	for what, d := range map[string]desk.AttendanceData{
		"a count without a number": {Event: desk.EventCounted},
		"a count of somebody":      {Event: desk.EventCounted, Person: "Lê Thị Bích", Present: new(138)},
	} {
		if err := r.fails(desk.KindAttendance, desk.AttendanceMade{AttendanceData: d}); !strings.Contains(err.Error(), "count of the hall") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTheFirstCountOfAHallThatNobodyCountedIsItsOpening(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.do(desk.KindHead, desk.HeadChanged{Delegates: &minutes.Delegates{Summoned: 145}})
	r.do(desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Present: new(140)}})
	if m := r.s.Meeting(); m.Delegates.Present != 140 || len(m.AttendanceEvents) != 0 {
		t.Errorf("%+v, %+v", m.Delegates, m.AttendanceEvents)
	}
}

func TestAMeetingEndsWhenItWasClosedTheLastTime(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	planned := minutes.Time{Time: began.Add(3 * time.Hour)}
	r.do(desk.KindHead, desk.HeadChanged{End: &planned})
	closed := func(after time.Duration) time.Time {
		r.at = began.Add(after)
		r.do(desk.KindPhase, desk.PhaseChanged{To: desk.Closed})
		return r.at
	}
	end := func() time.Time { return r.s.Meeting().End.Time }
	if at := closed(time.Hour); !end().Equal(at) {
		t.Errorf("ends at %v, closed at %v", end(), at)
	}
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	if at := closed(2 * time.Hour); !end().Equal(at) {
		t.Errorf("ends at %v, closed again at %v", end(), at)
	}
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.InReview})
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.Closed})
	entered := minutes.Time{Time: began.Add(90 * time.Minute)}
	r.do(desk.KindHead, desk.HeadChanged{End: &entered})
	if !end().Equal(entered.Time) {
		t.Errorf("ends at %v, a person entered %v", end(), entered)
	}
}

func TestAVoteWithoutAQuorumIsRecordedAndSaysSo(t *testing.T) {
	t.Parallel()
	r := meeting(t) // 143 of 150, of whom 100 are needed
	if out := r.do(desk.KindVoteAll, desk.VoteAll{Item: "i1", Subject: "Quy chế"}); strings.Contains(out.Summary.EN+out.Summary.VI, "need") {
		t.Errorf("with a quorum: %+v", out.Summary)
	}
	r.do(desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventLeave, Count: 50}})
	for _, out := range []*desk.Output{
		r.do(desk.KindVoteAll, desk.VoteAll{Item: "i1", Subject: "Quy chế"}),
		r.do(desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: "i1", Subject: "Quy chế", For: 90, Against: 3}}),
	} {
		if !strings.HasSuffix(out.Summary.EN, "; no quorum: 93 present, 100 needed") || !strings.HasSuffix(out.Summary.VI, "; chưa đủ số đại biểu: có mặt 93, cần 100") {
			t.Errorf("%+v", out.Summary)
		}
	}
}
