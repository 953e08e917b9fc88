package portal

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"bienban/minutes/desk"
)

// historyRoutes are the pages of who did what in a meeting, from its events: they
// are reduced to what who asks may see before they come here.
func (s *Server) historyRoutes() []route {
	return []route{meetingPage("/history", desk.SeeHistory, (*request).history)}
}

const (
	// actsAtOnce is how many acts a page of the history has.
	actsAtOnce = 100
	// eventsAtOnce is how many events are read at a time: machines' events stand
	// between the acts.
	eventsAtOnce = 500
	// mostWindows bounds how often a page reads on where little is found; the page
	// then has fewer acts, and goes on behind them.
	mostWindows = 40
)

// historyPage is what history.html shows.
type historyPage struct {
	Acts   []actRow
	Filter logFilter
	People []desk.Member
	Older  string // address of what came before, "" for nothing
}

// actRow is one act of somebody.
type actRow struct {
	Seq      int64
	At       time.Time
	By       string
	What     string // the kind of act in words
	Line     string // what exactly it did
	Conflict bool   // it met somebody else's change
	// Rehearsal says that it was done in one, and is in no record.
	Rehearsal bool
}

func (q *request) history() error {
	var d historyPage
	var p page
	f, from, until, err := q.readFilter()
	if d.Filter = f; err != nil {
		p.Problem, p.Status = q.t("log.day.wrong"), http.StatusUnprocessableEntity
	}
	end, err := strconv.ParseInt(q.r.URL.Query().Get("before"), 10, 64)
	if err != nil || end < 1 || end > q.meeting.Seq {
		end = q.meeting.Seq + 1
	}
	d.People = membersByName(q.meeting.State.Members)
	for range mostWindows {
		if end <= 1 || len(d.Acts) >= actsAtOnce {
			break
		}
		after := max(0, end-1-eventsAtOnce)
		events, err := q.s.o.Desk.Events(q.ctx(), q.viewer(), q.meetingID(), after, int(end-1-after))
		if err != nil {
			return err
		}
		end = after + 1
		for _, e := range slices.Backward(events) {
			if !from.IsZero() && e.At.Before(from) {
				end = 0 // all that follows is older
				break
			}
			if r, ok := q.actRow(e); ok && (until.IsZero() || e.At.Before(until)) && (f.Who == "" || r.user == f.Who) {
				d.Acts = append(d.Acts, r.actRow)
			}
			if len(d.Acts) >= actsAtOnce {
				end = e.Seq
				break
			}
		}
	}
	if end > 1 {
		d.Older = "/m/" + q.meetingID() + "/history?" + f.Query() + "&before=" + strconv.FormatInt(end, 10)
	}
	return q.prepare("history", d, p)
}

// actOf is a row with the id of who did it.
type actOf struct {
	actRow
	user string
}

// actRow makes a row of an event; false for what no person did.
func (q *request) actRow(e desk.Event) (actOf, bool) {
	var b desk.EventBody
	if json.Unmarshal(e.Body, &b) != nil || b.By == "" && b.User == "" {
		return actOf{}, false
	}
	return actOf{actRow{e.Seq, e.At, b.By, q.action(e.Type), b.Summary.In(q.language), b.Conflict != nil, b.Rehearsal}, b.User}, true
}
