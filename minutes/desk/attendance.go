package desk

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"bienban/minutes"
)

// EventCounted is the hall counted: Present is how many are in it, whoever came or went.
const EventCounted = "counted"

// Quorum is who is in the hall, counted against who was summoned.
type Quorum struct {
	Summoned int  `json:"summoned"`
	Present  int  `json:"present"`
	Absent   int  `json:"absent"`
	Need     int  `json:"need"`  // so many must be present; 0 when nobody was summoned
	Met      bool `json:"met"`   // false while Need is 0
	Known    bool `json:"known"` // somebody entered a presence
}

// Present counts the hall at a moment: those at the opening, changed by the
// arrivals and leavings up to then. known is false when nobody entered any.
func (s *State) Present(at time.Time) (n int, known bool) {
	n = s.Head.Delegates.Present
	for _, e := range s.attendance() {
		if e.Clock.After(at) {
			break
		}
		n = e.after(n)
	}
	return max(n, 0), s.Head.Delegates.Present > 0 || len(s.Attendance) > 0
}

func (a AttendanceAt) after(n int) int {
	switch count := max(a.Count, 1); {
	case a.Present != nil:
		return *a.Present
	case a.Event == minutes.EventLeave:
		return n - count
	default:
		return n + count
	}
}

// attendance gives arrivals and leavings in the order of the clock.
func (s *State) attendance() []AttendanceAt {
	out := slices.Clone(s.Attendance)
	slices.SortStableFunc(out, func(a, b AttendanceAt) int { return a.Clock.Compare(b.Clock) })
	return out
}

// farAway is later than any meeting.
var farAway = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// QuorumNow counts the hall as it is.
func (s *State) QuorumNow() Quorum {
	q := Quorum{Summoned: s.Head.Delegates.Summoned}
	q.Present, q.Known = s.Present(farAway)
	q.Absent = max(q.Summoned-q.Present, 0)
	q.Need = s.quorumNeed()
	q.Met = q.Need > 0 && q.Present >= q.Need
	return q
}

// quorumNeed is how many must be present. The kinds' own rules: a congress needs
// two thirds of the delegates summoned, a people's council two thirds of its
// members; for the others more than half is taken (domain reference, section 2;
// the meeting's own rules may say otherwise: Head.Quorum).
func (s *State) quorumNeed() int {
	n := s.Head.Delegates.Summoned
	if g := quorumForm.FindStringSubmatch(s.Head.Quorum); g != nil {
		if g[2] == "" {
			return atoi(g[1])
		}
		return int(math.Ceil(float64(n) * float64(atoi(g[1])) / float64(atoi(g[2]))))
	}
	switch {
	case n == 0:
		return 0
	case s.Head.Kind == minutes.KindCongress || s.Head.Kind == minutes.KindPeoplesCouncil:
		return (2*n + 2) / 3
	}
	return n/2 + 1
}

// withoutQuorum is what is said beside a vote for which too few were in the hall. It
// is recorded all the same: what it is worth is for the meeting.
func (t *turn) withoutQuorum(at time.Time) (vi, en string) {
	n, known := t.s.Present(at)
	if need := t.s.quorumNeed(); known && n < need {
		return fmt.Sprintf("; chưa đủ số đại biểu: có mặt %d, cần %d", n, need), fmt.Sprintf("; no quorum: %d present, %d needed", n, need)
	}
	return "", ""
}

func (t *turn) attendanceData(d *AttendanceData) error {
	d.Person, d.Reason = oneLine(d.Person), oneLine(d.Reason)
	if d.Present != nil && d.Person == "" && d.Count == 0 { // nobody said who came or went, nor how many
		d.Event = EventCounted
	}
	switch {
	case d.Event == EventCounted && (d.Present == nil || d.Person != "" || d.Count > 0):
		return t.fail("attendance_counted")
	case d.Event != minutes.EventArrive && d.Event != minutes.EventLeave && d.Event != EventCounted:
		return t.fail("attendance_event", d.Event)
	case tooLong(d.Person, maxName) || tooLong(d.Reason, maxName):
		return t.fail("attendance_long", maxName)
	case d.Count < 0 || d.Count > maxThings || d.Present != nil && *d.Present < 0:
		return t.fail("attendance_count", maxThings)
	case d.Person != "" && d.Count > 1:
		return t.fail("attendance_one", clip(d.Person))
	case d.Item != "" && items.find(t.s, d.Item) == nil:
		return t.gone("item:" + d.Item)
	}
	return nil
}

// checkHall says whether at any moment more people were in the hall than were
// summoned, or more left than were there.
func (t *turn) checkHall() error {
	n, summoned := t.s.Head.Delegates.Present, t.s.Head.Delegates.Summoned
	opened := n > 0
	for _, e := range t.s.attendance() {
		n = e.after(n)
		opened = opened || e.Present != nil
		if opened && n < 0 {
			return t.fail("hall_negative")
		}
		if summoned > 0 && n > summoned {
			return t.fail("hall_full", n, summoned)
		}
	}
	return nil
}

func doAttendance(t *turn) error {
	b, err := body[AttendanceMade](t)
	if err != nil {
		return err
	}
	if err := t.attendanceData(&b.AttendanceData); err != nil {
		return err
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	if len(t.s.Attendance) >= maxThings {
		return t.fail("entries_full", maxThings)
	}
	clock := t.clock(p)
	b.Item = cmp.Or(b.Item, t.s.ItemAt(clock))
	id := t.newID("a")
	t.s.Attendance = append(t.s.Attendance, AttendanceAt{ID: id, AttendanceData: b.AttendanceData, Place: p, Clock: clock, Stamp: t.stamp()})
	t.out.Item = b.Item
	t.sayAttendance("", b.AttendanceData)
	return t.checkHall()
}

func doAttendanceChanged(t *turn) error {
	b, err := body[AttendanceChanged](t)
	if err != nil {
		return err
	}
	a := attendances.find(t.s, b.ID)
	if a == nil {
		return t.gone("attendance:" + b.ID)
	}
	if b, err = changed(t, b, AttendanceChanged{ID: b.ID, AttendanceData: a.AttendanceData}); err != nil {
		return err
	}
	if err := t.attendanceData(&b.AttendanceData); err != nil {
		return err
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	a.AttendanceData = b.AttendanceData
	if p.Recording != "" {
		a.Place, a.Clock = p, t.clock(p)
	}
	t.out.Item = b.Item
	t.sayAttendance("changed", b.AttendanceData)
	return t.checkHall()
}

func (t *turn) sayAttendance(how string, d AttendanceData) {
	who, whoEN := d.Person, d.Person
	if who == "" {
		n := strconv.Itoa(max(d.Count, 1))
		who, whoEN = n+" đại biểu", n+" delegates"
		if d.Count <= 1 {
			whoEN = n + " delegate"
		}
	}
	vi, en := who+" đến", whoEN+" arrived"
	switch d.Event {
	case minutes.EventLeave:
		vi, en = who+" rời cuộc họp", whoEN+" left"
	case EventCounted:
		vi, en = "Đếm trong hội trường: "+strconv.Itoa(*d.Present), "Counted in the hall: "+strconv.Itoa(*d.Present)
	}
	present, _ := t.s.Present(farAway)
	if how == "changed" {
		vi, en = "Sửa: "+vi, "Changed: "+en
	}
	t.say(vi+because("vi", d.Reason)+"; có mặt "+strconv.Itoa(present), en+because("en", d.Reason)+"; present "+strconv.Itoa(present))
}
