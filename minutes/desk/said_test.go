package desk_test

import (
	"errors"
	"fmt"
	"strings"
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

func TestWhatIsNotedInAClosedPartIsInNoRecordUnderAnOpenItem(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	note := func(text string) { r.do(desk.KindNote, desk.NoteMade{Text: text}) }
	r.do(desk.KindMark, desk.MarkMade{Item: "i1"})
	note("công khai")
	r.do(desk.KindPaused, desk.Paused{Reason: "Họp kín", Closed: true})
	note("kín")
	r.do(desk.KindMark, desk.MarkMade{Item: "i3"}) // a closed item: its notes are left out of copies by it
	note("kín, trong nội dung kín")
	r.do(desk.KindResumed, desk.Resumed{})
	r.do(desk.KindMark, desk.MarkMade{Item: "i2"})
	note("công khai lại")
	m, _, remarks := desk.Assemble(r.s, nil)
	var got []string
	for _, n := range m.Notes {
		got = append(got, n.Text)
	}
	if want := "[công khai kín, trong nội dung kín công khai lại]"; fmt.Sprint(got) != want || len(remarks) != 1 || remarks[0].EN != "A note of a closed part, under an item that is not closed: kín" {
		t.Errorf("notes %v, want %s; remarks %+v", got, want, remarks)
	}
}

func TestAnUndoThatIsUndoneSaysThatItIsDoneAgain(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.do(desk.KindNote, desk.NoteMade{Text: "Mai Thị Ất xin phát biểu"})
	first := r.do(desk.KindUndo, desk.Undo{Act: r.last()}).Summary
	if !strings.HasPrefix(first.VI, "Hoàn tác: ") || !strings.HasPrefix(first.EN, "Undone: ") {
		t.Fatalf("%+v", first)
	}
	of := desk.Summary{VI: strings.TrimPrefix(first.VI, "Hoàn tác: "), EN: strings.TrimPrefix(first.EN, "Undone: ")}
	for _, want := range []desk.Summary{{VI: "Làm lại: " + of.VI, EN: "Done again: " + of.EN}, first, {VI: "Làm lại: " + of.VI, EN: "Done again: " + of.EN}} {
		if got := r.do(desk.KindUndo, desk.Undo{Act: r.last()}).Summary; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestOneSegmentIsSaidInTheSingular(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("câu một", "câu hai")
	for n, want := range map[int]string{1: "Speaker of 1 segment: Hòa", 2: "Speaker of 2 segments: Hòa"} {
		var ids []string
		for _, g := range r.sheet().Transcript.Segments[:n] {
			ids = append(ids, g.ID)
		}
		out := r.do(desk.KindSegmentSpeaker, desk.SegmentsSpeaker{SegmentsNamed: desk.SegmentsNamed{Recording: "r1", Segments: ids}, Speaker: "Hòa"})
		if out.Summary.EN != want {
			t.Errorf("%q, want %q", out.Summary.EN, want)
		}
	}
}

func TestARoleThatThereIsNotIsNamedAndNoOther(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	var why *desk.Refusal
	err := r.fails(desk.KindPerson, desk.PersonSet{Person: desk.Person{Person: minutes.Person{Name: "Lê Ất", Role: minutes.Roles{minutes.RoleSecretary, "captain"}}}})
	if !errors.As(err, &why) || why.In("en") != "There is no such role in a meeting: captain." || why.In("vi") != "Không có vai trò này trong cuộc họp: captain." {
		t.Errorf("%v", err)
	}
}
