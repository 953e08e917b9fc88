package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/internal/lang"
)

// clock is the hall's time at a place: of the recording, else of the act.
func (t *turn) clock(p Place) time.Time {
	if r := recordings.find(t.s, p.Recording); r != nil && p.Recording != "" {
		return r.clock(p.Sample)
	}
	return t.act.At.UTC()
}

func (r *Recording) clock(sample int64) time.Time {
	return r.Started.Add(time.Duration(float64(sample) / SampleRate * float64(time.Second))).UTC().Truncate(time.Millisecond)
}

// ItemAt is the id of the item that the hall was at; "" before the first mark.
// Of two marks at one moment the later made holds.
func (s *State) ItemAt(clock time.Time) string {
	id, best := "", time.Time{}
	for _, m := range s.Marks {
		if !m.Clock.After(clock) && (id == "" || !m.Clock.Before(best)) {
			id, best = m.Item, m.Clock
		}
	}
	if i := s.Item(id); i != nil {
		return i.ID
	}
	return ""
}

// InClosedPart says whether the meeting was in a closed part at a moment, whatever its item.
func (s *State) InClosedPart(clock time.Time) bool {
	for _, p := range s.Pauses {
		if p.Closed && !clock.Before(p.Clock) && (p.Ended == nil || clock.Before(*p.Ended)) {
			return true
		}
	}
	return false
}

// Current is the item that was begun last; "" before the first.
func (s *State) Current() string {
	var last time.Time
	for _, m := range s.Marks {
		if m.Clock.After(last) {
			last = m.Clock
		}
	}
	return s.ItemAt(last)
}

func doMark(t *turn) error {
	b, err := body[MarkMade](t)
	if err != nil {
		return err
	}
	return t.addMark(b)
}

func (t *turn) addMark(b MarkMade) error {
	i := items.find(t.s, b.Item)
	if i == nil {
		return t.gone("item:" + b.Item)
	}
	if i.Into != "" {
		i = t.s.Item(b.Item)
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	clock := t.clock(p)
	t.out.Item = i.ID
	t.say("Chuyển sang nội dung: "+i.Title, "Went to item: "+i.Title)
	if t.s.ItemAt(clock) == i.ID {
		return nil // two secretaries pressed the same key
	}
	if i.Skipped {
		i.Skipped, i.Why = false, ""
	}
	if next := t.s.markAfter(clock); next != nil && t.s.Item(next.Item) != nil && t.s.Item(next.Item).ID == i.ID {
		// It begins earlier than somebody marked it: two pressed the key at one moment, or this one is dated back.
		next.Place, next.Clock = p, clock
		return nil
	}
	id := t.newID("m")
	t.s.Marks = append(t.s.Marks, MarkAt{ID: id, Item: i.ID, Place: p, Clock: clock, Stamp: t.stamp()})
	return nil
}

// markAfter is the first mark after a moment, nil when there is none.
func (s *State) markAfter(clock time.Time) *MarkAt {
	var next *MarkAt
	for i := range s.Marks {
		if m := &s.Marks[i]; m.Clock.After(clock) && (next == nil || m.Clock.Before(next.Clock)) {
			next = m
		}
	}
	return next
}

func doMarkChanged(t *turn) error {
	b, err := body[MarkChanged](t)
	if err != nil {
		return err
	}
	m := marks.find(t.s, b.ID)
	if m == nil {
		return t.gone("mark:" + b.ID)
	}
	i := t.s.Item(b.Item)
	if i == nil {
		return t.gone("item:" + b.Item)
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	if p.Recording == "" {
		p = m.Place
	} else {
		m.Clock = t.clock(p)
	}
	m.Item, m.Place = i.ID, p
	t.out.Item = i.ID
	t.say("Dời mốc của nội dung: "+i.Title, "Moved the mark of item: "+i.Title)
	return nil
}

func doSpeaker(t *turn) error {
	b, err := body[SpeakerMade](t)
	if err != nil {
		return err
	}
	b.Person = oneLine(b.Person)
	if tooLong(b.Person, maxName) {
		return t.fail("name_long", maxName)
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	id := t.newID("f")
	t.s.Speakers = append(t.s.Speakers, SpeakerAt{ID: id, Person: b.Person, Place: p, Clock: t.clock(p), Stamp: t.stamp()})
	if at := slices.IndexFunc(t.s.Queue, func(n string) bool { return lang.Fold(n) == lang.Fold(b.Person) }); at >= 0 {
		t.s.Queue = slices.Delete(slices.Clone(t.s.Queue), at, at+1)
	}
	if b.Person == "" {
		t.say("Không ai đang phát biểu", "Nobody in particular has the floor")
		return nil
	}
	t.say("Phát biểu: "+b.Person, "Has the floor: "+b.Person)
	return nil
}

func doQueue(t *turn) error {
	b, err := body[QueueChanged](t)
	if err != nil {
		return err
	}
	const most = 500
	var queue []string
	for _, n := range b.Queue {
		n = oneLine(n)
		if n == "" || tooLong(n, maxName) || len(queue) >= most {
			return t.fail("queue_names", most, maxName)
		}
		queue = append(queue, n)
	}
	t.s.Queue = queue
	t.say("Danh sách chờ phát biểu: "+strings.Join(queue, ", "), "Waiting to speak: "+strings.Join(queue, ", "))
	return nil
}

func doNote(t *turn) error {
	b, err := body[NoteMade](t)
	if err != nil {
		return err
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	text, err := t.noteText(b.Text)
	if err != nil {
		return err
	}
	clock := t.clock(p)
	if b.Item == "" {
		b.Item = t.s.ItemAt(clock)
	} else if items.find(t.s, b.Item) == nil {
		return t.gone("item:" + b.Item)
	}
	if len(t.s.Notes) >= maxThings {
		return t.fail("notes_full", maxThings)
	}
	id := t.newID("n")
	t.s.Notes = append(t.s.Notes, NoteAt{ID: id, Item: b.Item, Text: text, Place: p, Clock: clock, Stamp: t.stamp()})
	t.out.Item, t.out.Text = b.Item, text
	t.say("Ghi chú: "+text, "Note: "+text)
	return nil
}

func (t *turn) noteText(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || tooLong(s, maxText) {
		return "", t.fail("note_text", maxText)
	}
	return s, nil
}

func doNoteChanged(t *turn) error {
	b, err := body[NoteChanged](t)
	if err != nil {
		return err
	}
	text, err := t.noteText(b.Text)
	if err != nil {
		return err
	}
	if b.Item != "" && items.find(t.s, b.Item) == nil {
		return t.gone("item:" + b.Item)
	}
	n := notes.find(t.s, b.ID)
	if n == nil {
		if !t.settling {
			return t.gone("note:" + b.ID)
		}
		// Taken away by somebody, kept by somebody else, and now wanted.
		t.s.Notes = append(t.s.Notes, NoteAt{ID: b.ID, Clock: t.act.At.UTC(), Stamp: t.stamp()})
		n = &t.s.Notes[len(t.s.Notes)-1]
	}
	n.Text, n.Item = text, b.Item
	t.out.Item, t.out.Text = b.Item, text
	t.say("Sửa ghi chú: "+text, "Changed note: "+text)
	return nil
}

func doPoint(t *turn) error {
	b, err := body[PointAdded](t)
	if err != nil {
		return err
	}
	text := oneLine(b.Text)
	if text == "" || tooLong(text, maxText) {
		return t.fail("point_text")
	}
	if b.Item != "" && items.find(t.s, b.Item) == nil {
		return t.gone("item:" + b.Item)
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	id := t.newID("o")
	t.s.Points = append(t.s.Points, Point{ID: id, Text: text, Item: b.Item, About: b.About, Place: p, Stamp: t.stamp()})
	t.out.Item, t.out.Text = b.Item, text
	t.say("Để lại làm sau: "+text, "Left for later: "+text)
	return nil
}

func doPointClosed(t *turn) error {
	b, err := body[Named](t)
	if err != nil {
		return err
	}
	p := points.find(t.s, b.ID)
	if p == nil {
		return t.gone("point:" + b.ID)
	}
	if p.Closed == nil {
		stamp := t.stamp()
		p.Closed = &stamp
	}
	t.say("Đã xong: "+p.Text, "Done: "+p.Text)
	return nil
}

func doRecordingFiled(t *turn) error {
	b, err := body[RecordingFiled](t)
	if err != nil {
		return err
	}
	r := recordings.find(t.s, b.Recording)
	if r == nil {
		return t.gone("recording:" + b.Recording)
	}
	if b.Session != "" && sessions.find(t.s, b.Session) == nil {
		return t.gone("session:" + b.Session)
	}
	r.Session = b.Session
	n := strconv.Itoa(1 + slices.IndexFunc(t.s.Recordings, func(x Recording) bool { return x.ID == b.Recording }))
	t.say("Xếp bản ghi âm "+n+" vào buổi", "Filed recording "+n+" under a session")
	return nil
}
