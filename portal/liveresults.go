package portal

import (
	"fmt"
	"slices"
	"strings"

	"bienban/minutes"
	"bienban/minutes/desk"
)

// results lists votes and elections, the newest first.
func (d *liveSide) results(st *desk.State, language string) {
	for i := range st.Votes {
		v := &st.Votes[i]
		r := liveResult{Key: "vote:" + v.ID, ID: v.ID, Kind: "vote", Vote: v, ItemTitle: titleOf(st, "item:"+v.Item), Clock: v.Clock, Published: v.Published}
		m := minutes.Meeting{Kind: st.Head.Kind, Language: language, Delegates: st.Head.Delegates}
		m.Delegates.Present, _ = st.Present(v.Clock)
		r.Base, r.BaseKind = m.VoteBase(v.Vote)
		r.Share = minutes.Percent(language, v.For, r.Base)
		if carried, known := m.Outcome(v.Vote); known {
			r.Outcome = map[bool]string{true: "carried", false: "lost"}[carried]
		}
		d.Results = append(d.Results, r)
	}
	for i := range st.Elections {
		e := &st.Elections[i]
		r := liveResult{Key: "election:" + e.ID, ID: e.ID, Kind: "election", Election: e, ItemTitle: titleOf(st, "item:"+e.Item), Clock: e.Clock,
			Published: e.Published, Base: st.Head.Delegates.Summoned, BaseKind: minutes.BaseSummoned}
		var lines []string
		for _, b := range e.Results {
			r.Ballots = append(r.Ballots, liveBallot{b, minutes.Percent(language, b.Votes, r.Base)})
			line := fmt.Sprintf("%s; %d", b.Name, b.Votes)
			if b.Elected {
				line += "; x"
			}
			lines = append(lines, line)
		}
		r.Entered = strings.Join(lines, "\n")
		d.Results = append(d.Results, r)
	}
	slices.SortStableFunc(d.Results, func(a, b liveResult) int { return b.Clock.Compare(a.Clock) })
}

// points lists what is left for later: what people left, and what the state lacks.
func (d *liveSide) points(st *desk.State, language string) {
	for _, p := range st.OpenPoints() {
		row := livePoint{Key: p.Key, What: p.What.In(language), Text: p.Text, At: d.whereToMend(p.Key)}
		if own, is := strings.CutPrefix(p.Key, "point:"); is {
			row.Own = own
			if i := slices.IndexFunc(st.Points, func(x desk.Point) bool { return x.ID == own }); i >= 0 {
				row.Clock, row.By = st.Points[i].Stamp.At, st.Points[i].Stamp.Name
			}
		}
		d.Points = append(d.Points, row)
	}
}

// whereToMend is the part of the page that has what an open point is about, by its
// id; for the meeting's own data a page.
func (d *liveSide) whereToMend(key string) string {
	name, id, _ := strings.Cut(key, ":")
	switch name {
	case "vote", "election":
		return "#r-" + id
	case "attendance":
		return "#att-" + id
	case "note":
		return "#note-" + id
	case "conflict":
		return "#k-" + id
	case "item":
		return "#item-" + id
	case "head.delegates":
		return "/m/" + d.ID + "/head"
	}
	return ""
}

// logged is how many acts the desk lists: about what two secretaries do in ten minutes.
const logged = 30

// log lists the newest acts, and which of them can be undone.
func (d *liveSide) log(q *request) error {
	events, err := q.s.o.Desk.Events(q.ctx(), q.viewer(), d.ID, max(0, d.Seq-4*logged), 4*logged)
	if err != nil {
		return err
	}
	undone := map[string]bool{}
	for _, e := range slices.Backward(events) {
		b, is := eventBody(e)
		if !is || b.Act == "" {
			continue
		}
		if b.Undoes != "" {
			undone[b.Undoes] = true
		}
		text := b.Summary.In(q.language)
		if text == "" {
			continue
		}
		row := liveLogged{Seq: e.Seq, At: e.At, By: b.By, Text: text}
		if b.Conflict == nil && !undone[b.Act] && canUndo(e.Type) {
			row.Act = b.Act
		}
		if d.Log = append(d.Log, row); len(d.Log) == logged {
			return nil
		}
	}
	return nil
}

// canUndo says whether a button offers to take such an act back. Others have an
// opposite of their own (desk's rules call them final).
func canUndo(kind string) bool {
	switch desk.Kind(kind) {
	case desk.KindPhase, desk.KindRehearsal, desk.KindRehearsalDiscarded, desk.KindPaused, desk.KindResumed, desk.KindPublished,
		desk.KindUnpublished, desk.KindAdopted, desk.KindUndo, desk.KindSettle, desk.KindCreated:
		return false
	}
	return true
}

// titleOf names the thing of a key, as people know it.
func titleOf(st *desk.State, key string) string {
	name, id, _ := strings.Cut(key, ":")
	switch name {
	case "item":
		if i := st.Item(id); i != nil {
			return i.Title
		}
	case "note":
		for _, n := range st.Notes {
			if n.ID == id {
				return n.Text
			}
		}
	case "vote":
		for _, v := range st.Votes {
			if v.ID == id {
				return v.Subject
			}
		}
	case "election":
		for _, e := range st.Elections {
			if e.ID == id {
				return e.Subject
			}
		}
	}
	return ""
}
