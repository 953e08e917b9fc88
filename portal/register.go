package portal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/register"
	"bienban/minutes"
	"bienban/minutes/desk"
)

func (s *Server) registerRoutes() []route {
	preview := meetingForm("/register", desk.Prepare, (*request).previewRegister)
	take := meetingForm("/register/taken", desk.Prepare, (*request).takeRegister)
	words := meetingForm("/glossary/document", desk.Prepare, (*request).documentWords)
	preview.upload, take.upload, words.upload = true, true, true
	return []route{
		meetingPage("/register", desk.SeePeople, (*request).register),
		meetingPage("/register.csv", desk.SeePeople, (*request).registerFile),
		meetingPage("/register/sample.xlsx", desk.Prepare, (*request).registerSample),
		preview, take, words,
		meetingForm("/agenda/pasted", desk.Prepare, (*request).pasteAgenda),
	}
}

// registerPage is what register.html shows: the register as it is, and a file
// before it is taken over.
type registerPage struct {
	Rows    delegateTable
	Columns []register.Known // that a file may have

	File     string // that is previewed, "" for none
	Preview  *register.Preview
	New      delegateTable // its good rows
	Taken    string        // the same as JSON, which the form sends back
	Summoned bool
	Bad      []register.Row
	Remarks  []register.Row
}

// delegateTable is delegates with the columns in which any of them has something.
type delegateTable struct {
	Heads []string
	Rows  [][]string
}

func (q *request) delegates(all []minutes.Delegate) delegateTable {
	t := delegateTable{Rows: make([][]string, len(all))}
	for _, k := range register.Columns() {
		if !slices.ContainsFunc(all, func(d minutes.Delegate) bool { return k.Value(d, q.language) != "" }) {
			continue
		}
		t.Heads = append(t.Heads, k.In(q.language))
		for i, d := range all {
			t.Rows[i] = append(t.Rows[i], k.Value(d, q.language))
		}
	}
	return t
}

func (q *request) registerPage() registerPage {
	return registerPage{Rows: q.delegates(q.meeting.State.Register), Columns: register.Columns()}
}

// propose puts rows on the page that can be taken over.
func (d *registerPage) propose(q *request, file string, rows []minutes.Delegate, summoned bool) error {
	taken, err := json.Marshal(rows)
	d.File, d.New, d.Taken, d.Summoned = file, q.delegates(rows), string(taken), summoned
	return err
}

func (q *request) register() error { return q.prepare("register", q.registerPage(), page{}) }

// registerFile is the register as a spreadsheet, in which no cell is a formula.
func (q *request) registerFile() error {
	var b bytes.Buffer
	if err := register.WriteCSV(&b, q.language, q.meeting.State.Register); err != nil {
		return err
	}
	q.w.Header().Set("Content-Disposition", `attachment; filename="register.csv"`)
	q.write(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// registerSample is a workbook to fill in, in the reader's language.
func (q *request) registerSample() error {
	var b bytes.Buffer
	if err := register.WriteSample(&b, q.language); err != nil {
		return err
	}
	q.w.Header().Set("Content-Disposition", `attachment; filename="register-sample.xlsx"`)
	q.write(http.StatusOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes())
	return nil
}

// uploaded gives a form's file. Its name is only shown and tells the format.
func (q *request) uploaded(field string) (name string, body []byte, err error) {
	f, h, err := q.r.FormFile(field)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return "", nil, err
	}
	if err != nil {
		return "", nil, fault.New(fault.Invalid, "%s: %w", field, err)
	}
	defer f.Close()
	body, err = io.ReadAll(f)
	return path.Base(strings.ReplaceAll(h.Filename, `\`, "/")), body, err // as a browser of Windows once sent it, too
}

// previewRegister shows what a file holds, naming each line that is not taken.
func (q *request) previewRegister() error {
	d := q.registerPage()
	wrong := func(problem string) error {
		return q.prepare("register", d, page{Status: http.StatusUnprocessableEntity, Problem: problem})
	}
	name, body, err := q.uploaded("file")
	if fault.CodeOf(err) == fault.Invalid {
		return wrong(q.t("register.no.file"))
	}
	if err != nil {
		return err
	}
	p, err := register.Read(name, body)
	if fault.CodeOf(err) == fault.Invalid {
		return wrong(q.t("file.unreadable", name, q.detail(err)))
	}
	if err != nil {
		return err
	}
	d.Preview = p
	for _, r := range p.Rows {
		switch {
		case r.Refused():
			d.Bad = append(d.Bad, r)
		case len(r.Problems) > 0:
			d.Remarks = append(d.Remarks, r)
		}
	}
	if err := d.propose(q, name, p.Delegates(), true); err != nil {
		return err
	}
	return q.prepare("register", d, page{})
}

// takeRegister puts the rows of a preview in the register's place. They come back
// from the browser and are checked like any act's.
func (q *request) takeRegister() error {
	b := desk.RegisterReplaced{Summoned: q.r.FormValue("summoned") != ""}
	if err := json.Unmarshal([]byte(q.r.FormValue("rows")), &b.Rows); err != nil {
		return fault.New(fault.Invalid, "rows: %w", err)
	}
	d, err := q.doForm(desk.KindRegister, b)
	if err != nil {
		again := q.registerPage() // with what was to be taken: nobody uploads it anew
		if err := again.propose(q, cmp.Or(q.r.FormValue("file"), q.t("register.file")), b.Rows, b.Summoned); err != nil {
			return err
		}
		return q.again("register", again, err)
	}
	return q.saved(d, "/register")
}

// documentWords suggests words of a document for the glossary. The document is
// read and forgotten.
func (q *request) documentWords() error {
	d := glossaryPage{Words: q.meeting.State.Glossary}
	name, body, err := q.uploaded("file")
	if fault.CodeOf(err) == fault.Invalid {
		return q.prepare("glossary", d, page{Status: http.StatusUnprocessableEntity, Problem: q.t("register.no.file")})
	}
	if err != nil {
		return err
	}
	plain, err := register.PlainText(name, body)
	if fault.CodeOf(err) == fault.Invalid {
		return q.prepare("glossary", d, page{Status: http.StatusUnprocessableEntity, Problem: q.t("file.unreadable", name, q.detail(err))})
	}
	if err != nil {
		return err
	}
	var lines []string
	for _, t := range register.Terms(plain) {
		lines = append(lines, t.Text)
	}
	d.Added, d.Suggested = strings.Join(lines, "\n"), len(lines)
	return q.prepare("glossary", d, page{})
}

// pasteAgenda reads a table out of Word: first it shows what it would make of it,
// then it puts that in place of the agenda.
func (q *request) pasteAgenda() error {
	d := q.agendaPage()
	d.Pasted = q.r.PostFormValue("pasted")
	a, err := register.ReadAgenda(d.Pasted)
	if fault.CodeOf(err) == fault.Invalid || err == nil && len(a.Items) == 0 {
		return q.showAgenda(d, page{Status: http.StatusUnprocessableEntity, Problem: cmp.Or(q.detail(err), q.t("agenda.paste.nothing"))})
	}
	if err != nil {
		return err
	}
	d.Preview, d.Lines = previewRows(a.Items), a.Problems
	if q.r.PostFormValue("do") != "replace" {
		return q.showAgenda(d, page{})
	}
	done, err := q.doForm(desk.KindAgenda, desk.AgendaReplaced{Items: a.Items})
	switch fault.CodeOf(err) {
	case "":
		return q.saved(done, "/agenda#main")
	case fault.Invalid, fault.Conflict, fault.Locked:
		return q.showAgenda(d, page{Status: statusOf(err), Problem: q.explain(err)})
	}
	return err
}

// previewRows numbers items that are not in a meeting yet.
func previewRows(items []desk.ItemData) []agendaRow {
	var st desk.State
	for i, it := range items {
		st.Items = append(st.Items, desk.Item{ID: numbered(i), ItemData: it})
	}
	return agendaRows(&st)
}
