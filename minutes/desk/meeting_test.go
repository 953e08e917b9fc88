package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/templates/programmes"
)

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func TestEachProgrammeMakesAMeeting(t *testing.T) {
	t.Parallel()
	all, err := programmes.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		r := newRoom(t, desk.Begin(p))
		checkAgenda(t, r.s)
		if len(r.s.Items) != len(p.Lines()) || len(r.s.Sessions) != len(p.Sessions) || r.s.Phase != desk.Prepared {
			t.Errorf("%s: %d items, %d sessions, %s", p.Name, len(r.s.Items), len(r.s.Sessions), r.s.Phase)
		}
		if _, err := r.s.Meeting().Check(p.Name); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
}

func TestAVoteIsNeverMoreThanThoseWhoAreThere(t *testing.T) {
	t.Parallel()
	vote := func(yes, no, abstain, present int) desk.VoteMade {
		return desk.VoteMade{Vote: minutes.Vote{Item: "i1", Subject: "Chương trình", For: yes, Against: no, Abstain: abstain, Present: present}}
	}
	r := meeting(t)
	for what, b := range map[string]any{
		"more votes than present":          vote(143, 1, 0, 0),
		"more votes than the present said": vote(100, 1, 0, 100),
		"more present than in the hall":    vote(100, 0, 0, 144),
		"a negative count":                 vote(-1, 0, 0, 0),
		"an item that is not":              desk.VoteMade{Vote: minutes.Vote{Item: "i9", For: 1}},
		"a mover nobody knows":             desk.VoteMade{Vote: minutes.Vote{Item: "i1", For: 1, Moved: "Trần Văn Không"}},
	} {
		if err := r.fails(desk.KindVote, b); fault.CodeOf(err) != fault.Invalid && fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(r.s.Votes) != 0 {
		t.Fatalf("recorded %+v", r.s.Votes)
	}
	out := r.do(desk.KindVote, vote(140, 2, 1, 0))
	if v := r.s.Votes[0]; v.Present != 143 || out.Made != v.ID || !strings.Contains(out.Summary.VI, "có mặt 143") || !strings.Contains(out.Summary.EN, "of 143 present") {
		t.Errorf("the base is not printed: %+v %+v", v, out.Summary)
	}
	// Two leave: all in favour are 141 from then on, and the vote before keeps its base.
	r.do(desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventLeave, Count: 2, Reason: "việc gia đình"}})
	out = r.do(desk.KindVoteAll, desk.VoteAll{Item: "i1"})
	if v := r.s.Votes[1]; v.For != 141 || v.Present != 141 || !v.All || v.Passed == nil || !*v.Passed {
		t.Errorf("all in favour: %+v", v)
	}
	wantCode(t, "more than are left in the hall", r.fails(desk.KindVote, vote(140, 0, 0, 142)), fault.Invalid)
	backdated := vote(142, 1, 0, 143)
	backdated.Place = place(0)
	r.do(desk.KindUndo, desk.Undo{Act: func() string { r.do(desk.KindVote, backdated); return r.last() }()})
	r.do(desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventArrive, Count: 6}})
	r.do(desk.KindVote, vote(147, 0, 0, 0))
	r.do(desk.KindVoteRemoved, desk.Named{ID: r.s.Votes[2].ID})
	points := fmt.Sprint(r.s.OpenPoints())
	if !strings.Contains(points, "vote:"+out.Made) || !strings.Contains(points, "Ghi nội dung biểu quyết") {
		t.Errorf("nothing asks for the subject: %s", points)
	}
	wantCode(t, "closing with a vote on nothing", r.fails(desk.KindPhase, desk.PhaseChanged{To: desk.Closed}), fault.Locked)
	r.do(desk.KindVoteChanged, desk.VoteChanged{ID: out.Made, Vote: minutes.Vote{Item: "i2", Subject: "Quy chế", For: 141}})
	r.do(desk.KindPublished, desk.Result{Key: "vote:" + out.Made})
	wantCode(t, "changing what is published", r.fails(desk.KindVoteChanged, desk.VoteChanged{ID: out.Made, Vote: minutes.Vote{Item: "i2", For: 1}}), fault.Invalid)
	wantCode(t, "taking away what is published", r.fails(desk.KindVoteRemoved, desk.Named{ID: out.Made}), fault.Invalid)
	r.do(desk.KindUnpublished, desk.Result{Key: "vote:" + out.Made})
	r.do(desk.KindVoteRemoved, desk.Named{ID: out.Made})
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.Closed})
}

func TestAnElectionHoldsToItsBallots(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	e := minutes.Election{Item: "i3", Subject: "Bầu Ban Chấp hành", Seats: 1, Issued: 143, Returned: 143, Valid: 142, Invalid: 1,
		Results: []minutes.Result{{Name: "Nguyễn Hòa", Votes: 140, Elected: true}, {Name: "Lê Thị Bích", Votes: 2}}}
	for what, change := range map[string]func(x *minutes.Election){
		"more ballots than present": func(x *minutes.Election) { x.Issued = 144 },
		"more valid than returned":  func(x *minutes.Election) { x.Valid = 150 },
		"more votes than valid":     func(x *minutes.Election) { x.Results = []minutes.Result{{Name: "Nguyễn Hòa", Votes: 143}} },
		"more elected than seats": func(x *minutes.Election) {
			x.Results = []minutes.Result{{Name: "a", Elected: true}, {Name: "b", Elected: true}}
		},
	} {
		x := e
		change(&x)
		wantCode(t, what, r.fails(desk.KindElection, desk.ElectionMade{Election: x}), fault.Invalid)
	}
	listed := e // before the ballots are counted
	listed.Results = []minutes.Result{{Name: "Nguyễn Hòa"}, {Name: "Lê Thị Bích"}}
	before := r.do(desk.KindElection, desk.ElectionMade{Election: listed})
	if points := fmt.Sprint(r.s.OpenPoints()); !strings.Contains(points, "election:"+before.Made+" {Ghi số phiếu") {
		t.Errorf("nothing asks for the figures of those who stand: %s", points)
	}
	r.do(desk.KindElectionRemoved, desk.Named{ID: before.Made})
	out := r.do(desk.KindElection, desk.ElectionMade{Election: e})
	r.do(desk.KindPublished, desk.Result{Key: "election:" + out.Made})
	if r.s.Elections[0].Published == nil {
		t.Error("not published")
	}
}

func TestQuorumFollowsArrivalsAndLeavings(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	if q := r.s.QuorumNow(); q.Need != 100 || !q.Met || q.Absent != 7 {
		t.Errorf("at the opening %+v", q)
	}
	five := "5"
	r.do(desk.KindHead, desk.HeadChanged{Quorum: &five})
	if q := r.s.QuorumNow(); q.Need != 5 {
		t.Errorf("a number of members: %+v", q)
	}
	share := "3/4"
	r.do(desk.KindHead, desk.HeadChanged{Quorum: &share})
	leave := func(n int) desk.AttendanceMade {
		return desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventLeave, Count: n}}
	}
	r.do(desk.KindAttendance, leave(30))
	if q := r.s.QuorumNow(); q.Need != 113 || !q.Met || q.Present != 113 {
		t.Errorf("at the edge %+v", q)
	}
	r.do(desk.KindAttendance, leave(1))
	if r.s.QuorumNow().Met {
		t.Error("112 of 150 are three quarters")
	}
	wantCode(t, "more leave than are there", r.fails(desk.KindAttendance, leave(113)), fault.Invalid)
	arrive := desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventArrive, Count: 39}}
	wantCode(t, "more come than were summoned", r.fails(desk.KindAttendance, arrive), fault.Invalid)
	bad := "4/3"
	wantCode(t, "a share above all", r.fails(desk.KindHead, desk.HeadChanged{Quorum: &bad}), fault.Invalid)
}

func TestMarksAreMadeBackdatedDraggedAndUndone(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.do(desk.KindMark, desk.MarkMade{Item: "i1", Place: place(10)})
	r.do(desk.KindMark, desk.MarkMade{Item: "i2", Place: place(100)})
	r.do(desk.KindMark, desk.MarkMade{Item: "i2", Place: place(101)}) // the other secretary's key
	if len(r.s.Marks) != 2 || r.s.Current() != "i2" {
		t.Fatalf("marks %+v, current %s", r.s.Marks, r.s.Current())
	}
	r.do(desk.KindMark, desk.MarkMade{Item: "i3", Place: place(50)})
	at := func(s float64) string { return r.s.ItemAt(began.Add(time.Duration(s * float64(time.Second)))) }
	if at(49) != "i1" || at(51) != "i3" || at(100) != "i2" || at(9) != "" {
		t.Errorf("backdated: %s %s %s %q", at(49), at(51), at(100), at(9))
	}
	r.do(desk.KindMarkChanged, desk.MarkChanged{ID: r.s.Marks[2].ID, Item: "i3", Place: place(120)})
	if at(110) != "i2" || at(121) != "i3" {
		t.Errorf("dragged: %s %s", at(110), at(121))
	}
	r.do(desk.KindUndo, desk.Undo{Act: r.last()})
	if at(51) != "i3" || r.s.Current() != "i2" {
		t.Errorf("undone: %s %s", at(51), r.s.Current())
	}
	// "now" counts on from what the browser last heard.
	p := place(200)
	p.Age = 1500
	r.do(desk.KindMark, desk.MarkMade{Item: "i1", Place: p})
	if got := r.s.Marks[3].Sample; got != 201.5*desk.SampleRate {
		t.Errorf("now is at %v s", float64(got)/desk.SampleRate)
	}
	wantCode(t, "a place in no recording", r.fails(desk.KindMark, desk.MarkMade{Item: "i1", Place: desk.Place{Recording: "x"}}), fault.Invalid)
	wantCode(t, "a now of an hour ago", r.fails(desk.KindMark, desk.MarkMade{Item: "i1", Place: desk.Place{Recording: "r1", Age: 3_600_000}}), fault.Invalid)
	r.do(desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: "Phát sinh"}, After: "i1", Begins: &desk.Place{Recording: "r1", Sample: 5_000_000}})
	if i := r.s.Items[1]; i.Title != "Phát sinh" || !i.Live || r.s.Current() != i.ID {
		t.Errorf("added and begun: %+v, current %s", i, r.s.Current())
	}
	wantCode(t, "taking away an item that was begun", r.fails(desk.KindItemRemoved, desk.Named{ID: "i1"}), fault.Invalid)
	r.do(desk.KindItemSkipped, desk.ItemSkipped{ID: "i3", Skipped: true, Reason: "hoãn"})
	r.do(desk.KindItemsMerged, desk.ItemsMerged{Into: "i1", From: []string{"i2"}})
	if r.s.Item("i2").ID != "i1" || at(100) != "i1" {
		t.Errorf("merged: %s %s", r.s.Item("i2").ID, at(100))
	}
	wantCode(t, "merging a closed item into an open one", r.fails(desk.KindItemsMerged, desk.ItemsMerged{Into: "i1", From: []string{"i3"}}), fault.Invalid)
}

func TestAMeetingGoesThroughItsPhases(t *testing.T) {
	t.Parallel()
	r := newRoom(t, desk.Created{})
	wantCode(t, "opening without an agenda", r.fails(desk.KindPhase, desk.PhaseChanged{To: desk.Running}), fault.Locked)
	if st := r.s.Steps(secretary); len(st) != 1 || !st[0].May || len(st[0].Missing) != 1 {
		t.Errorf("steps %+v", st)
	}
	r = meeting(t)
	r.do(desk.KindPaused, desk.Paused{Reason: "nhân sự", Closed: true, Minutes: 20, Place: place(60)})
	if r.s.Phase != desk.ClosedPart || r.s.Pauses[0].Ended != nil {
		t.Errorf("paused: %s %+v", r.s.Phase, r.s.Pauses)
	}
	r.do(desk.KindResumed, desk.Resumed{Place: place(90)})
	if r.s.Phase != desk.Running || r.s.Pauses[0].Ended == nil {
		t.Errorf("resumed: %s %+v", r.s.Phase, r.s.Pauses)
	}
	wantCode(t, "a pause without a reason", r.fails(desk.KindPaused, desk.Paused{}), fault.Invalid)
	wantCode(t, "undoing a pause", r.fails(desk.KindUndo, desk.Undo{Act: "act-0000000000006"}), fault.Invalid)
	r.do(desk.KindPoint, desk.PointAdded{Text: "hỏi lại số đảng viên"})
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.Closed})
	wantCode(t, "a vote after the end in one key", r.fails(desk.KindVoteAll, desk.VoteAll{}), fault.Locked)
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.InReview})
	wantCode(t, "approving with an open point", r.fails(desk.KindPhase, desk.PhaseChanged{To: desk.Approved}), fault.Forbidden)
	chair := func(to desk.Phase) error {
		r.n++
		_, err := r.send(fmt.Sprintf("act-%013d", r.n), "u-chair", desk.Roles{desk.Chair}, desk.KindPhase, r.s.Seq, desk.PhaseChanged{To: to})
		return err
	}
	wantCode(t, "the chair, with an open point", chair(desk.Approved), fault.Locked)
	r.do(desk.KindPointClosed, desk.Named{ID: r.s.Points[0].ID})
	wantCode(t, "the chair approves", chair(desk.Approved), "")
	wantCode(t, "editing what is approved", r.fails(desk.KindNote, desk.NoteMade{Text: "x"}), fault.Locked)
	wantCode(t, "the chair signs", chair(desk.Signed), "")
	wantCode(t, "back from signed", chair(desk.InReview), fault.Locked)
	wantCode(t, "the chair archives", chair(desk.Archived), fault.Forbidden)
	if len(r.s.Passages) != 7 {
		t.Errorf("%d passages", len(r.s.Passages))
	}
}

func TestARehearsalLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	r := newRoom(t, desk.Created{Agenda: []desk.ItemData{{Title: "Khai mạc"}}})
	r.do(desk.KindNote, desk.NoteMade{Text: "ghi trước"})
	before := ignoring(t, r.s)
	r.do(desk.KindRehearsal, desk.Nothing{})
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	r.record("thử", 0)
	r.do(desk.KindMark, desk.MarkMade{Item: r.s.Items[0].ID, Place: desk.Place{Recording: "thử", Sample: 5}})
	r.do(desk.KindNote, desk.NoteMade{Text: "ghi thử"})
	r.do(desk.KindMember, desk.MemberSet{User: "u-x", Name: "X", Roles: desk.Roles{desk.Delegate}})
	if !r.s.Rehearsal || r.s.For(secretary).Before != nil {
		t.Error("not marked as a rehearsal, or its kept state is shown")
	}
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.Closed})
	wantCode(t, "reviewing a rehearsal", r.fails(desk.KindPhase, desk.PhaseChanged{To: desk.InReview}), fault.Locked)
	r.do(desk.KindRehearsalDiscarded, desk.Nothing{})
	after := ignoring(t, r.s)
	if len(after.Members) != 2 || len(after.Recordings) != 1 || !after.Recordings[0].Rehearsal {
		t.Errorf("members %+v, recordings %+v", after.Members, after.Recordings)
	}
	after.Members, after.Recordings = before.Members, before.Recordings
	if !sameThings(after, before) {
		t.Errorf("left: %+v", after)
	}
	m, tr, _ := desk.Assemble(r.s, []*desk.Sheet{{Recording: "thử", Transcript: transcript("s", "nói thử")}})
	if len(tr.Segments) != 0 || len(m.Marks) != 0 {
		t.Error("the rehearsal is in the record")
	}
}

func TestTwoPeopleOnOneThingBothStay(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.do(desk.KindNote, desk.NoteMade{Text: "bản đầu", Place: place(5)})
	note := r.s.Notes[0].ID
	base := r.s.Seq
	r.do(desk.KindNoteChanged, desk.NoteChanged{ID: note, Text: "bản của người thứ nhất"})
	out, err := r.send("second-person-01", "u-clerk", secretary, desk.KindNoteChanged, base, desk.NoteChanged{ID: note, Text: "bản của người thứ hai"})
	if err != nil || out.Conflict == nil || out.Conflict.Mine != "bản của người thứ hai" || out.Conflict.Theirs != "bản của người thứ nhất" {
		t.Fatalf("%+v %v", out, err)
	}
	if r.s.Notes[0].Text != "bản của người thứ nhất" {
		t.Errorf("it was written over: %q", r.s.Notes[0].Text)
	}
	// Another thing in the same moment is no conflict.
	venue := "Hội trường A"
	if out, err := r.send("second-person-02", "u-clerk", secretary, desk.KindHead, base, desk.HeadChanged{Venue: &venue}); err != nil || out.Conflict != nil {
		t.Errorf("another field: %+v %v", out, err)
	}
	r.do(desk.KindSettle, desk.Settle{ID: r.s.Conflicts[0].ID, Take: "mine"})
	if r.s.Notes[0].Text != "bản của người thứ hai" || len(r.s.Conflicts) != 0 {
		t.Errorf("settled: %+v", r.s.Notes)
	}
	// One takes a note away while another one writes on it.
	base = r.s.Seq
	r.do(desk.KindNoteRemoved, desk.Named{ID: note})
	out, err = r.send("second-person-03", "u-clerk", secretary, desk.KindNoteChanged, base, desk.NoteChanged{ID: note, Text: "viết tiếp"})
	if err != nil || out.Conflict == nil || out.Conflict.Mine != "viết tiếp" {
		t.Fatalf("%+v %v", out, err)
	}
	r.do(desk.KindSettle, desk.Settle{ID: r.s.Conflicts[0].ID, Take: "mine"})
	if len(r.s.Notes) != 1 || r.s.Notes[0].Text != "viết tiếp" {
		t.Errorf("brought back: %+v", r.s.Notes)
	}
}
