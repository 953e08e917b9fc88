package portal

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"bienban/internal/fault"
	"bienban/internal/register"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// documentRoutes are the pages of the meeting's papers: what they are called, to
// which item they belong, and their words, which the search then finds. The file
// itself is read and forgotten.
func (s *Server) documentRoutes() []route {
	set := meetingForm("/documents", desk.Prepare, (*request).setDocument)
	set.upload = true
	return []route{meetingPage("/documents", desk.See, (*request).documents), set}
}

// documentsPage is what documents.html shows.
type documentsPage struct {
	Documents []documentRow
	Items     []agendaRow
	Secrecy   []string
	New       desk.Document // as sent, when it was wrong
}

// documentRow is a document with the item that it belongs to.
type documentRow struct {
	desk.Document
	Of string // "2.1 Báo cáo chính trị", "" for the whole meeting
}

func (q *request) documentsPage() documentsPage {
	st := q.meeting.State
	d := documentsPage{Items: agendaRows(st), Secrecy: q.s.secrecies()}
	for _, x := range st.Documents {
		r := documentRow{Document: x}
		if i := slices.IndexFunc(d.Items, func(a agendaRow) bool { return a.ID == x.Item }); i >= 0 && x.Item != "" {
			r.Of = d.Items[i].Number + " " + d.Items[i].Title
		}
		d.Documents = append(d.Documents, r)
	}
	return d
}

func (q *request) documents() error { return q.prepare("documents", q.documentsPage(), page{}) }

// setDocument makes, changes or removes a document. The words of a file take the
// place of those that were there; without a file they stay.
func (q *request) setDocument() error {
	d := q.documentsPage()
	name, body, err := q.uploaded("file")
	given := err == nil
	if err != nil && fault.CodeOf(err) != fault.Invalid {
		return err // too large; no file at all is no fault
	}
	id := q.r.PostFormValue("document")
	if q.r.PostFormValue("do") == "remove" {
		done, err := q.doForm(desk.KindDocumentRemoved, desk.Named{ID: id})
		if err != nil {
			return q.again("documents", d, err)
		}
		return q.saved(done, "/documents")
	}
	b := desk.DocumentSet{Document: desk.Document{ID: id, Secrecy: q.r.PostFormValue("secrecy"), Document: minutes.Document{
		Item: q.r.PostFormValue("item"), Title: strings.TrimSpace(q.r.PostFormValue("title")), Number: strings.TrimSpace(q.r.PostFormValue("number"))}}}
	wrong := func(problem string) error {
		d.New = b.Document
		return q.prepare("documents", d, page{Status: http.StatusUnprocessableEntity, Problem: problem})
	}
	if i := slices.IndexFunc(q.meeting.State.Documents, func(x desk.Document) bool { return x.ID == id }); id != "" && i >= 0 {
		b.File = q.meeting.State.Documents[i].File
	}
	if v := q.r.PostFormValue("date"); v != "" {
		day, err := time.ParseInLocation(time.DateOnly, v, q.s.zone)
		if err != nil {
			return wrong(q.t("time.wrong"))
		}
		b.Date = minutes.Time{Time: day, DateOnly: true}
	}
	if b.Secrecy != "" && !slices.Contains(d.Secrecy, b.Secrecy) {
		return wrong(q.t("head.secrecy.refused"))
	}
	if given {
		words, err := register.PlainText(name, body)
		if err != nil {
			return wrong(q.t("file.unreadable", name, q.detail(err)))
		}
		b.Text, b.File = &words, name
		if b.Title == "" {
			b.Title = strings.TrimSuffix(b.File, path.Ext(b.File))
		}
	}
	if b.Title == "" {
		return wrong(q.t("document.title.missing"))
	}
	done, err := q.doForm(desk.KindDocument, b)
	if err != nil {
		d.New = b.Document
		return q.again("documents", d, err)
	}
	return q.saved(done, "/documents")
}
