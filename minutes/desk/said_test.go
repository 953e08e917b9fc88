package desk_test

import (
	"fmt"
	"testing"
	"time"

	"bienban/minutes"
	"bienban/minutes/desk"
)

func TestWhoSpokeEarlierDoesNotHaveTheFloorNow(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.do(desk.KindSpeaker, desk.SpeakerMade{Person: "Nguyễn Hòa", Place: place(20)})
	r.do(desk.KindSpeaker, desk.SpeakerMade{Person: "Lê Thị Bích", Place: place(5)}) // entered afterwards
	if f := r.s.SpeakerNow(); f == nil || f.Person != "Nguyễn Hòa" || f.Sample != 20*desk.SampleRate {
		t.Errorf("%+v", f)
	}
}

func TestWhatIsDoneInARehearsalSaysSo(t *testing.T) {
	t.Parallel()
	r := newRoom(t, desk.Created{Agenda: []desk.ItemData{{Title: "Khai mạc"}}})
	said := func(kind desk.Kind, body any) bool {
		out := r.do(kind, body)
		return out.Event(desk.Act{}).Rehearsal
	}
	got := []bool{said(desk.KindNote, desk.NoteMade{Text: "trước"}), said(desk.KindRehearsal, desk.Nothing{}), said(desk.KindPhase, desk.PhaseChanged{To: desk.Running}),
		said(desk.KindNote, desk.NoteMade{Text: "thử"}), said(desk.KindRehearsalDiscarded, desk.Nothing{}), said(desk.KindNote, desk.NoteMade{Text: "sau"})}
	if want := "[false true true true false false]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestASessionIsSaidOnThePeoplesClock(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	at := minutes.Time{Time: time.Date(2026, 6, 2, 7, 30, 0, 0, time.FixedZone("", 7*3600))}
	if out := r.do(desk.KindSession, desk.SessionSet{Session: desk.Session{Start: at}}); out.Summary.EN != "Set the session: 2 June 2026, 07:30" || out.Summary.VI != "Đặt buổi họp: 07:30 02/06/2026" {
		t.Errorf("%+v", out.Summary)
	}
}
