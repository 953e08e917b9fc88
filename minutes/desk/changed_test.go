package desk_test

import (
	"encoding/json"
	"testing"

	"bienban/minutes"
	"bienban/minutes/desk"
)

// changed is an act's body as a form sends it: only the fields that it has.
type changed map[string]any

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	g, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	w, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(g) != string(w) {
		t.Errorf("%s:\n%s, want\n%s", what, g, w)
	}
}

func TestWhatAFormHasNoFieldForStays(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	yes := true
	vote := minutes.Vote{Item: "i1", Subject: "Quy chế", Text: "Toàn văn", Moved: "Nguyễn Hòa", Seconded: "Lê Thị Bích", For: 2, Present: 100, Total: 150, Passed: &yes,
		Roll: &minutes.Roll{For: []string{"Nguyễn Hòa", "Lê Thị Bích"}}}
	r.do(desk.KindVote, desk.VoteMade{Vote: vote})
	r.do(desk.KindVoteChanged, changed{"id": r.s.Votes[0].ID, "subject": "Quy chế làm việc", "for": 2, "against": 0, "abstain": 0, "item": "i2"})
	vote.Subject, vote.Item = "Quy chế làm việc", "i2"
	same(t, "a vote", r.s.Votes[0].Vote, vote)
	r.do(desk.KindVoteChanged, changed{"id": r.s.Votes[0].ID, "for": 0, "against": 1, "passed": nil, "Roll": changed{"against": []string{"Nguyễn Hòa"}}})
	vote.For, vote.Against, vote.Passed, vote.Roll = 0, 1, nil, &minutes.Roll{Against: []string{"Nguyễn Hòa"}} // nobody of who was for it before
	same(t, "a vote's new roll", r.s.Votes[0].Vote, vote)

	election := minutes.Election{Item: "i1", Subject: "Ban Chấp hành", Seats: 1, Nominated: 3, Withdrawn: 1, Round: 2, Issued: 140, Returned: 140, Valid: 139, Invalid: 1,
		Results: []minutes.Result{{Name: "Nguyễn Hòa", Votes: 100, Elected: true}, {Name: "Lê Thị Bích", Votes: 39}}}
	r.do(desk.KindElection, desk.ElectionMade{Election: election})
	r.do(desk.KindElectionChanged, changed{"id": r.s.Elections[0].ID, "subject": "Bầu Bí thư"})
	election.Subject = "Bầu Bí thư"
	same(t, "an election", r.s.Elections[0].Election, election)
	r.do(desk.KindElectionChanged, changed{"id": r.s.Elections[0].ID, "results": []changed{{"name": "Lê Thị Bích", "votes": 39}}})
	election.Results = []minutes.Result{{Name: "Lê Thị Bích", Votes: 39}} // nothing of who stood there before
	same(t, "an election's new results", r.s.Elections[0].Election, election)

	left := desk.AttendanceData{Event: minutes.EventLeave, Count: 5, Item: "i1"}
	r.do(desk.KindAttendance, desk.AttendanceMade{AttendanceData: left})
	r.do(desk.KindAttendanceChanged, changed{"id": r.s.Attendance[0].ID, "person": "", "reason": "đi công tác"})
	left.Reason = "đi công tác"
	same(t, "who left", r.s.Attendance[0].AttendanceData, left)
	if q := r.s.QuorumNow(); q.Present != 138 {
		t.Errorf("%d are present", q.Present)
	}
}

func TestAllInFavourIsCarriedOnlyWhileAllAre(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.do(desk.KindVoteAll, desk.VoteAll{Item: "i1"})
	r.do(desk.KindVoteChanged, changed{"id": r.s.Votes[0].ID, "subject": "Quy chế"})
	if v := r.s.Votes[0]; !v.All || v.Passed == nil || !*v.Passed {
		t.Errorf("with a subject: %+v", v)
	}
	r.do(desk.KindVoteChanged, changed{"id": r.s.Votes[0].ID, "for": 20, "against": 123})
	if v := r.s.Votes[0]; v.All || v.Passed != nil {
		t.Errorf("with 123 against: %+v", v)
	}
}
