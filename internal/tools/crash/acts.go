package main

import (
	"fmt"
	"slices"

	"bienban/minutes"
	"bienban/minutes/desk"
)

// speakers are the people of the meeting.
var speakers = []string{"Bà Nguyễn Thị Ánh Nguyệt", "Ông Trần Đức Thắng", "Bà Lê Thị Hồng", "Ông Phạm Quốc Đạt"}

// hand is what a secretary has made and may change, by kind; and conflicts to settle.
type hand struct {
	notes, marks, attended, votes, added, points []string
	conflicts                                    []string // of hers, not settled yet
	last                                         string   // an act of hers that she may undo
	serial                                       int
}

// most is how many things of a kind she keeps: then the oldest goes first, so that
// the meeting stays as large as a meeting is.
const most = 12

// words are an act's own, by which it is known again.
func (s *secretary) words() string {
	s.serial++
	return fmt.Sprintf("lời %d của %s, đã sửa giữa chừng", s.serial, s.name)
}

// now is the place of an act: somewhere in the recording that was heard before, or none.
func (s *secretary) now() desk.Place {
	if s.dice.IntN(4) == 0 {
		return desk.Place{}
	}
	return desk.Place{Recording: s.l.heard, Sample: s.dice.Int64N(30 * desk.SampleRate)}
}

func (s *secretary) item() string { return s.l.items[s.dice.IntN(len(s.l.items))] }

func (s *secretary) speaker() string { return speakers[s.dice.IntN(len(speakers))] }

// next is her next act.
func (s *secretary) next() (desk.Kind, any) {
	if n := len(s.conflicts); n > 0 && s.dice.IntN(3) == 0 {
		id := s.conflicts[0]
		s.conflicts = s.conflicts[1:]
		return desk.KindSettle, desk.Settle{ID: id, Take: []string{"mine", "theirs"}[s.dice.IntN(2)]}
	}
	if s.last != "" && s.dice.IntN(25) == 0 {
		id := s.last
		s.last = ""
		return desk.KindUndo, desk.Undo{Act: id}
	}
	if segments := s.page.some(s.dice.IntN); len(segments) > 0 && s.dice.IntN(2) == 0 {
		return s.ofText(segments)
	}
	return s.ofDesk()
}

// ofText edits a line of the text; the next line comes behind it, if there is one.
func (s *secretary) ofText(lines []line) (desk.Kind, any) {
	g := lines[0]
	ref := desk.SegmentRef{Recording: g.recording, Segment: g.id}
	some := desk.SegmentsNamed{Recording: g.recording, Segments: []string{g.id}}
	switch n := s.dice.IntN(20); {
	case n < 3:
		if r := []rune(g.text); len(r) > 8 {
			return desk.KindSplit, desk.SplitAt{SegmentRef: ref, At: 2 + s.dice.IntN(len(r)-4)}
		}
	case n < 6:
		if len(lines) > 1 {
			some.Segments = append(some.Segments, lines[1].id)
			return desk.KindMerge, some
		}
	case n < 8:
		return desk.KindSegmentSpeaker, desk.SegmentsSpeaker{SegmentsNamed: some, Speaker: s.speaker()}
	case n < 10:
		return desk.KindSegmentItem, desk.SegmentsItem{SegmentsNamed: some, Item: s.item()}
	}
	return desk.KindText, desk.TextChanged{SegmentRef: ref, Text: s.words()}
}

// pop takes the oldest thing of a kind.
func pop(things *[]string) desk.Named {
	id := (*things)[0]
	*things = (*things)[1:]
	return desk.Named{ID: id}
}

// ofDesk is an act of the live desk.
func (s *secretary) ofDesk() (desk.Kind, any) {
	full := func(things []string) bool { return len(things) >= most }
	any := func(things []string) bool { return len(things) > 0 && s.dice.IntN(3) == 0 }
	switch s.dice.IntN(12) {
	case 0, 1, 2:
		if full(s.notes) {
			return desk.KindNoteRemoved, pop(&s.notes)
		}
		if any(s.notes) {
			return desk.KindNoteChanged, desk.NoteChanged{ID: s.notes[s.dice.IntN(len(s.notes))], Item: s.item(), Text: s.words()}
		}
		return desk.KindNote, desk.NoteMade{Item: s.item(), Text: s.words(), Place: s.now()}
	case 3:
		if full(s.marks) {
			return desk.KindMarkRemoved, pop(&s.marks)
		}
		if any(s.marks) {
			return desk.KindMarkChanged, desk.MarkChanged{ID: s.marks[s.dice.IntN(len(s.marks))], Item: s.item(), Place: s.now()}
		}
		return desk.KindMark, desk.MarkMade{Item: s.item(), Place: s.now()}
	case 4:
		return desk.KindSpeaker, desk.SpeakerMade{Person: s.speaker(), Place: s.now()}
	case 5:
		queue := slices.Clone(speakers)
		s.dice.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
		return desk.KindQueue, desk.QueueChanged{Queue: queue[:s.dice.IntN(len(queue))]}
	case 6, 7:
		if full(s.attended) {
			return desk.KindAttendanceRemoved, pop(&s.attended)
		}
		event := []string{minutes.EventArrive, minutes.EventLeave}[s.dice.IntN(2)]
		return desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: event, Count: 1, Reason: s.words()}, Place: s.now()}
	case 8:
		if full(s.votes) {
			return desk.KindVoteRemoved, pop(&s.votes)
		}
		if s.dice.IntN(2) == 0 {
			return desk.KindVoteAll, desk.VoteAll{Item: s.item(), Subject: s.words(), Place: s.now()}
		}
		return desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: s.item(), Subject: s.words(), For: 30, Against: 5, Present: 40}, Place: s.now()}
	case 9:
		if full(s.added) {
			return desk.KindItemRemoved, pop(&s.added)
		}
		return desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: s.words()}}
	case 10:
		if full(s.points) {
			return desk.KindPointClosed, pop(&s.points)
		}
		return desk.KindPoint, desk.PointAdded{Text: s.words(), Item: s.item(), Place: s.now()}
	}
	venue := s.words()
	return desk.KindHead, desk.HeadChanged{Venue: &venue}
}

// learn remembers what an act made.
func (s *secretary) learn(e *entry) {
	if e.seq == 0 || e.conflict {
		return
	}
	list := map[desk.Kind]*[]string{desk.KindNote: &s.notes, desk.KindMark: &s.marks, desk.KindAttendance: &s.attended,
		desk.KindVote: &s.votes, desk.KindVoteAll: &s.votes, desk.KindItemAdded: &s.added, desk.KindPoint: &s.points}[e.act.Kind]
	if list == nil || e.made == "" {
		return
	}
	if s.dice.IntN(4) == 0 {
		s.last = e.act.ID // to be undone, so nothing builds on it
		return
	}
	*list = append(*list, e.made)
}
