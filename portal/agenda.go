package portal

import (
	"slices"
	"strconv"

	"bienban/internal/fault"
	"bienban/internal/register"
	"bienban/minutes/desk"
)

func (s *Server) agendaRoutes() []route {
	return []route{
		meetingPage("/agenda", desk.See, (*request).agenda),
		meetingForm("/agenda", desk.Prepare, (*request).setAgenda),
		{pattern: "GET /m/{id}/parts/agenda", who: ofMeeting, permission: desk.See, load: true, handle: (*request).agendaPart},
	}
}

// agendaRow is an item with its number and its place among its siblings.
type agendaRow struct {
	desk.Item
	Number      string // "2.1"
	Depth       int
	First, Last bool   // among its siblings
	Before      string // the sibling before it: it can become a part of that one
	IntoTitle   string // title of the item that it was merged into
}

// agendaRows numbers the items: parts of an item have its number and their own.
func agendaRows(st *desk.State) []agendaRow {
	var rows []agendaRow
	var walk func(parent, prefix string, depth int)
	walk = func(parent, prefix string, depth int) {
		var of []desk.Item
		for _, it := range st.Items {
			if it.Parent == parent {
				of = append(of, it)
			}
		}
		for i, it := range of {
			r := agendaRow{Item: it, Number: prefix + strconv.Itoa(i+1), Depth: depth, First: i == 0, Last: i == len(of)-1}
			if i > 0 {
				r.Before = of[i-1].ID
			}
			if into := st.Item(it.Into); into != nil {
				r.IntoTitle = into.Title
			}
			rows = append(rows, r)
			walk(it.ID, r.Number+".", depth+1)
		}
	}
	walk("", "", 0)
	return rows
}

// agendaPage is what agenda.html shows.
type agendaPage struct {
	ID       string
	Base     int64
	May      bool
	Rows     []agendaRow
	Sessions []desk.Session
	People   []string
	Pasted   string             // as sent
	Preview  []agendaRow        // of what was pasted
	Lines    []register.Problem // what is doubtful in it
}

func (q *request) agendaPage() agendaPage {
	st := q.meeting.State
	d := agendaPage{ID: st.ID, Base: q.meeting.Seq, May: q.may(desk.Prepare), Rows: agendaRows(st), Sessions: st.Sessions}
	for _, p := range st.People {
		d.People = append(d.People, p.Name)
	}
	return d
}

func (q *request) agenda() error { return q.showAgenda(q.agendaPage(), page{}) }

func (q *request) showAgenda(d agendaPage, p page) error {
	p.Scripts, p.Texts = []string{"agenda.js"}, []string{"js.agenda."}
	return q.prepare("agenda", d, p)
}

func (q *request) agendaPart() error { return q.part("agenda-rows", q.agendaPage()) }

// setAgenda does what one button of the agenda says.
func (q *request) setAgenda() error {
	st, id := q.meeting.State, q.r.PostFormValue("item")
	data := desk.ItemData{Title: q.r.PostFormValue("title"), Presenter: q.r.PostFormValue("presenter"), Planned: q.r.PostFormValue("planned"),
		Session: q.r.PostFormValue("in"), Closed: q.r.PostFormValue("closed") != "", Parent: q.r.PostFormValue("parent")}
	var d desk.Done
	var err error
	switch what := q.r.PostFormValue("do"); what {
	case "add":
		d, err = q.doForm(desk.KindItemAdded, desk.ItemAdded{ItemData: data})
		id = d.ID
	case "change":
		d, err = q.doForm(desk.KindItemChanged, desk.ItemChanged{ID: id, ItemData: data})
	case "remove":
		d, err = q.doForm(desk.KindItemRemoved, desk.Named{ID: id})
	case "merge":
		into := q.r.PostFormValue("into")
		d, err = q.doForm(desk.KindItemsMerged, desk.ItemsMerged{Into: into, From: []string{id}})
		id = into
	case "skip", "unskip":
		d, err = q.doForm(desk.KindItemSkipped, desk.ItemSkipped{ID: id, Skipped: what == "skip", Reason: q.r.PostFormValue("reason")})
	default:
		to, ok := moved(st, id, what)
		if !ok {
			return q.redirect("/m/" + st.ID + "/agenda")
		}
		d, err = q.doForm(desk.KindItemMoved, to)
	}
	switch fault.CodeOf(err) {
	case "":
	case fault.Invalid, fault.Conflict, fault.Locked:
		return q.showAgenda(q.agendaPage(), page{Status: statusOf(err), Problem: q.explain(err)})
	default:
		return err
	}
	return q.saved(d, "/agenda#"+id)
}

// moved says where an item goes: one up or down among its siblings, or one level
// in (a part of the sibling before it) or out.
func moved(st *desk.State, id, how string) (desk.ItemMoved, bool) {
	it := st.Item(id)
	if it == nil {
		return desk.ItemMoved{}, false
	}
	var of []string // siblings
	for _, x := range st.Items {
		if x.Parent == it.Parent {
			of = append(of, x.ID)
		}
	}
	i := slices.Index(of, id)
	m := desk.ItemMoved{ID: id, Parent: it.Parent}
	switch {
	case how == "up" && i == 1:
		m.After = "^"
	case how == "up" && i > 1:
		m.After = of[i-2]
	case how == "down" && i >= 0 && i < len(of)-1:
		m.After = of[i+1]
	case how == "in" && i > 0:
		m.Parent = of[i-1]
	case how == "out" && it.Parent != "":
		parent := st.Item(it.Parent)
		if parent == nil {
			return m, false
		}
		m.After, m.Parent = parent.ID, parent.Parent
	default:
		return m, false
	}
	return m, true
}

// numbered is the place of an item in a list, from 1, as desk.ItemData.Parent names it.
func numbered(i int) string { return strconv.Itoa(i + 1) }
