package portal

import (
	"slices"

	"bienban/minutes/desk"
)

// nowView is what goes on in a meeting for whoever may see it, the hall screen and
// delegates included: the item that is under way, and what was published. What is only
// recorded is not in it.
type nowView struct {
	Follow  int64 // the newest event, while more may come; 0 when the meeting is over
	Item    *liveItem
	Results []liveResult // the newest first
}

func (q *request) now() nowView {
	st := q.meeting.State
	var side liveSide
	side.results(st, q.language)
	d := nowView{Results: slices.DeleteFunc(side.Results, func(r liveResult) bool { return r.Published == nil })}
	if st.Phase == desk.Prepared || st.Phase.Live() {
		d.Follow = q.meeting.Seq
	}
	if st.Phase.Live() {
		side.agenda(st)
		d.Item = side.Current
	}
	return d
}

// nowPart is GET /m/{id}/parts/now.
func (q *request) nowPart() error { return q.part("now", q.now()) }

// nowRoute is the part of the overview that changes while the meeting goes on.
func nowRoute() route { return meetingPage("/parts/now", desk.See, (*request).nowPart) }
