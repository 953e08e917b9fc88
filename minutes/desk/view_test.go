package desk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/minutes/desk"
)

// full is a meeting with a thing of each kind, whose words tell who may see it.
func full(t *testing.T) *room {
	t.Helper()
	r := meeting(t)
	r.do(desk.KindRegister, desk.RegisterReplaced{Rows: []minutes.Delegate{{Name: "NGƯỜI-trong-danh-sách"}}})
	r.do(desk.KindMark, desk.MarkMade{Item: "i1", Place: place(0)})
	r.do(desk.KindNote, desk.NoteMade{Text: "GHI-CHÚ", Place: place(1)})
	r.do(desk.KindPoint, desk.PointAdded{Text: "GHI-CHÚ-việc"})
	r.do(desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: "i1", Subject: "CHƯA-công-bố", For: 1}, Place: place(2)})
	r.do(desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: "i1", Subject: "ĐÃ-công-bố", For: 2}, Place: place(3)})
	r.do(desk.KindPublished, desk.Result{Key: "vote:" + r.s.Votes[1].ID})
	r.do(desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventLeave, Person: "Lê Thị Bích", Reason: "NGƯỜI-ốm"}, Place: place(4)})
	r.do(desk.KindMark, desk.MarkMade{Item: "i3", Place: place(10)})
	r.do(desk.KindSpeaker, desk.SpeakerMade{Person: "KÍN-người-nói", Place: place(11)})
	r.do(desk.KindNote, desk.NoteMade{Text: "KÍN-ghi-chú", Place: place(12)})
	r.do(desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: "i3", Subject: "KÍN-biểu-quyết", For: 3}, Place: place(13)})
	r.do(desk.KindPublished, desk.Result{Key: "vote:" + r.s.Votes[2].ID})
	r.do(desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: "KÍN-nội-dung-con", Parent: "i3"}})
	r.do(desk.KindDocument, desk.DocumentSet{Document: desk.Document{Document: minutes.Document{Title: "KÍN-tài-liệu", Item: "i3"}}})
	r.do(desk.KindPaused, desk.Paused{Reason: "KÍN-lý-do", Closed: true, Place: place(20)})
	return r
}

func TestEachRoleSeesOfTheStateAndOfEachEventWhatItsPermissionsSay(t *testing.T) {
	t.Parallel()
	r := full(t)
	// Words that stand for a permission.
	words := map[string]desk.Permission{"GHI-CHÚ": desk.SeeNotes, "NGƯỜI-": desk.SeePeople, "CHƯA-công-bố": desk.SeeResults, "KÍN-": desk.SeeClosed, "u-secretary": desk.SeeHistory, "ĐÃ-công-bố": desk.See}
	hidden := []desk.Role{desk.Administrator, "x"}
	for _, role := range append(desk.MeetingRoles(), hidden...) {
		roles := desk.Roles{role}
		view := r.s.For(roles)
		if !roles.May(desk.See) {
			if view != nil {
				t.Errorf("%s sees the meeting", role)
			}
			continue
		}
		state, err := json.Marshal(view)
		if err != nil {
			t.Fatal(err)
		}
		for word, p := range words {
			if got := strings.Contains(string(state), word); got != roles.May(p) {
				t.Errorf("%s sees %s in the state: %v, want %v", role, word, got, roles.May(p))
			}
		}
		if roles.May(desk.SeePeople) == false && (len(view.People) > 0 || len(view.Members) > 0) {
			t.Errorf("%s sees people", role)
		}
		if !roles.May(desk.SeeClosed) && view.Items[2].Title != "Công tác nhân sự" {
			t.Errorf("%s does not see the closed item's title", role)
		}
		for id, d := range r.acts {
			raw, err := json.Marshal(d.body)
			if err != nil {
				t.Fatal(err)
			}
			e := desk.Event{Seq: d.seq, At: r.at, Type: string(d.kind), Body: raw}.For(r.s, roles)
			if e.Seq != d.seq {
				t.Errorf("%s: event %d has seq %d", role, d.seq, e.Seq)
			}
			for word, p := range words {
				if !roles.May(p) && word != "u-secretary" && strings.Contains(string(e.Body), word) {
					t.Errorf("%s sees %s in %s %s", role, word, d.kind, id)
				}
			}
			if !roles.May(desk.SeeHistory) && (strings.Contains(string(e.Body), `"user"`) || strings.Contains(string(e.Body), `"changes"`)) {
				t.Errorf("%s sees who did %s", role, d.kind)
			}
			if roles.May(desk.SeeHistory) && roles.May(desk.SeeClosed) && roles.May(desk.SeeNotes) && e.Type != string(d.kind) {
				t.Errorf("%s: %s is withheld", role, d.kind)
			}
		}
	}
	if got := r.s.For(desk.Roles{desk.Delegate}); len(got.Attendance) != 1 || len(got.Votes) != 1 || got.Counter != 0 {
		t.Errorf("the delegate: %+v", got)
	}
}

func TestAFinalOfAClosedItemIsWithheld(t *testing.T) {
	t.Parallel()
	r := full(t)
	final := func(start float64) desk.Event {
		raw, err := json.Marshal(map[string]any{"recording": "r1", "segments": []map[string]any{{"start": start, "end": start + 1, "text": "lời"}}})
		if err != nil {
			t.Fatal(err)
		}
		return desk.Event{Seq: 99, Type: "final", Body: raw}
	}
	for role, want := range map[desk.Role][2]string{desk.Secretary: {"final", "final"}, desk.Chair: {"final", "final"}, desk.Delegate: {desk.Withheld, desk.Withheld}} {
		open, closed := final(2).For(r.s, desk.Roles{role}), final(12).For(r.s, desk.Roles{role})
		if open.Type != want[0] || closed.Type != want[1] {
			t.Errorf("%s gets %s and %s", role, open.Type, closed.Type)
		}
	}
}
