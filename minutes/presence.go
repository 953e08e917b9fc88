package minutes

import (
	"slices"
	"strconv"
	"strings"
)

// step is the hall after one attendance event.
type step struct {
	event   int // its index in attendance_events
	pos     int // index of the agenda item during which it happened; -1 = not known
	present int
}

// presence follows the hall from the opening through the attendance events, in
// the order in which they are entered.
func (m *Meeting) presence() (opening int, steps []step) {
	now := m.Delegates.Present
	opening = now
	for i, e := range m.AttendanceEvents {
		switch {
		case e.Present != nil:
			now = *e.Present
		case e.Event == EventLeave:
			now -= e.People()
		default:
			now += e.People()
		}
		steps = append(steps, step{event: i, pos: m.position(e), present: now})
	}
	return opening, steps
}

// People is how many came or went: one, unless the event counts them.
func (e AttendanceEvent) People() int { return max(e.Count, 1) }

// position is the agenda index of the item during which an event happened.
func (m *Meeting) position(e AttendanceEvent) int {
	byID := func(id string) int {
		return slices.IndexFunc(m.Agenda, func(a AgendaItem) bool { return a.ID == id })
	}
	if e.Item != "" {
		return byID(e.Item)
	}
	at, ok := m.seconds(e.T, e.At, e.Session)
	if !ok {
		return -1
	}
	pos, last := -1, 0.0
	for _, k := range m.Marks {
		if k.Session != e.Session {
			continue
		}
		if t, ok := m.seconds(k.T, k.At, k.Session); ok && t <= at && (pos < 0 || t >= last) {
			pos, last = byID(k.Item), t
		}
	}
	return pos
}

// Presence is how many were in the hall when the item ended: delegates.present
// changed by the attendance events up to then. Events that nothing places in
// the agenda are left out. It is 0 when nobody entered a presence.
func (m *Meeting) Presence(item string) int {
	now, steps := m.presence()
	at := slices.IndexFunc(m.Agenda, func(a AgendaItem) bool { return a.ID == item })
	for _, s := range steps {
		if s.pos >= 0 && s.pos <= at {
			now = s.present
		}
	}
	return max(now, 0)
}

// presenceBound is the most that can have been in the hall at any moment of
// the item; known is false when nobody entered a presence.
func (m *Meeting) presenceBound(item string) (most int, known bool) {
	now, steps := m.presence()
	if now == 0 && len(steps) == 0 {
		return 0, false
	}
	at := slices.IndexFunc(m.Agenda, func(a AgendaItem) bool { return a.ID == item })
	visits := 0
	for _, k := range m.Marks {
		if k.Item == item {
			visits++
		}
	}
	for _, s := range steps {
		if s.pos >= 0 && s.pos < at {
			now = s.present
		}
	}
	most = now
	for _, s := range steps {
		if s.pos < 0 || s.pos == at || visits > 1 {
			most = max(most, s.present)
		}
	}
	if visits > 1 {
		most = max(most, m.Delegates.Present)
	}
	return most, most > 0
}

// What a percentage of a vote is of.
const (
	BasePresent  = "present"
	BaseTotal    = "total"
	BaseSummoned = "summoned"
)

// VoteBase is the number that a vote's percentages are of, and which it is:
// the present entered with the vote, else those in the hall at its item, else
// the total, else the summoned. It is 0 and "" when none was entered.
func (m *Meeting) VoteBase(v Vote) (n int, base string) {
	if v.Present > 0 {
		return v.Present, BasePresent
	}
	if n := m.Presence(v.Item); n > 0 && n >= v.For+v.Against+v.Abstain {
		return n, BasePresent
	}
	if v.Total > 0 {
		return v.Total, BaseTotal
	}
	if m.Delegates.Summoned > 0 {
		return m.Delegates.Summoned, BaseSummoned
	}
	return 0, ""
}

// VoteTotal is how many have a vote at all: the total entered with the vote,
// else the summoned; 0 when not entered.
func (m *Meeting) VoteTotal(v Vote) int {
	if v.Total > 0 {
		return v.Total
	}
	return m.Delegates.Summoned
}

// Outcome says whether a vote carried, and whether that can be said.
//
// What people entered (passed) holds. Without it: a town council carries by
// more for than against; every other kind by more than half of all who have a
// vote (the Party's statutes and the law on local government count members,
// not those present), or of those present when the total is not entered. A
// vote with no figure at all has no outcome.
func (m *Meeting) Outcome(v Vote) (carried, known bool) {
	if v.Passed != nil {
		return *v.Passed, true
	}
	if v.For+v.Against+v.Abstain == 0 {
		return false, false
	}
	if m.Kind == KindCouncil {
		return v.For > v.Against, true
	}
	n := m.VoteTotal(v)
	if n == 0 {
		n, _ = m.VoteBase(v)
	}
	if n == 0 {
		return v.For > v.Against, true
	}
	return 2*v.For > n, true
}

// Percent writes n of base in hundredths of a percent, rounded half up, without
// zeros at the end, with the decimal mark of the language ("99,3"; no % sign).
// It is "" for a base of 0.
func Percent(language string, n, base int) string {
	if base <= 0 || n < 0 {
		return ""
	}
	h := (int64(n)*20000 + int64(base)) / (2 * int64(base))
	s := strconv.FormatInt(h/100, 10)
	if f := h % 100; f > 0 {
		mark := ","
		if language == "en" {
			mark = "."
		}
		s += mark + strings.TrimRight(strconv.FormatInt(100+f, 10)[1:], "0")
	}
	return s
}
