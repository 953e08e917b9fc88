package portal_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"bienban/minutes/desk"
)

// formOf is a form as a browser without scripts has it: where it goes, and what
// each of its buttons sends when nothing is typed.
type formOf struct {
	page, method, action string
	upload               bool
	fields               []fieldOf
	buttons              [][2]string // name and value; one without a name when there is none
}

type fieldOf struct {
	name, kind, value string
	required          bool
	options           []string // of a select, and of radio buttons
}

// forms reads all forms of a page.
func forms(t *testing.T, page, source string) []formOf {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	var all []formOf
	var walk func(n *html.Node, in *formOf)
	walk = func(n *html.Node, in *formOf) {
		if n.Type == html.ElementNode {
			at := attributes(n)
			_, required := at["required"]
			_, off := at["disabled"]
			switch n.Data {
			case "form":
				f := formOf{page: page, method: strings.ToUpper(at["method"]), action: at["action"], upload: at["enctype"] == "multipart/form-data"}
				for c := n.FirstChild; c != nil; c = c.NextSibling {
					walk(c, &f)
				}
				all = append(all, f)
				return
			case "input", "textarea", "select", "button":
				if in == nil {
					t.Errorf("%s: <%s name=%q> stands in no form", page, n.Data, at["name"])
					return
				}
				if off {
					break
				}
				in.add(n, at, required)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in)
		}
	}
	walk(root, nil)
	return all
}

func attributes(n *html.Node) map[string]string {
	out := map[string]string{}
	for _, a := range n.Attr {
		out[a.Key] = a.Val
	}
	return out
}

func (f *formOf) add(n *html.Node, at map[string]string, required bool) {
	one := fieldOf{name: at["name"], kind: at["type"], value: at["value"], required: required}
	switch n.Data {
	case "button":
		f.buttons = append(f.buttons, [2]string{at["name"], at["value"]})
		return
	case "textarea":
		one.kind = "textarea"
		if n.FirstChild != nil {
			one.value = n.FirstChild.Data
		}
	case "select":
		one.kind = "select"
		for _, o := range descendants(n, "option") {
			v, has := attributes(o)["value"], false
			for _, a := range o.Attr {
				has = has || a.Key == "value"
			}
			if !has && o.FirstChild != nil {
				v = o.FirstChild.Data
			}
			one.options = append(one.options, v)
			if _, chosen := attributes(o)["selected"]; chosen {
				one.value = v
			}
		}
	case "input":
		if _, checked := at["checked"]; (one.kind == "checkbox" || one.kind == "radio") && !checked {
			return
		}
	}
	if one.name != "" {
		f.fields = append(f.fields, one)
	}
}

func descendants(n *html.Node, name string) []*html.Node {
	var out []*html.Node
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == name {
			out = append(out, c)
		}
	}
	return out
}

// typed is what a person could type into a field; n tells fields apart.
func typed(f fieldOf, n int) string {
	switch {
	case f.kind == "hidden" || f.kind == "checkbox" || f.kind == "radio":
		return f.value
	case f.kind == "password" || f.name == "again":
		return password
	case f.kind == "select":
		if f.value != "" || !f.required {
			return f.value
		}
		for _, o := range f.options {
			if o != "" {
				return o
			}
		}
		return ""
	case f.value != "":
		return f.value
	case f.kind == "datetime-local":
		return "2026-03-12T08:30"
	case f.kind == "date":
		return "2026-03-12"
	case f.kind == "number":
		return "0"
	case f.name == "login":
		return fmt.Sprintf("nguoi.%d", n)
	case f.name == "quorum":
		return "2/3"
	case f.name == "planned":
		return "08:30"
	case f.name == "pasted":
		return "STT\tNội dung\tNgười trình bày\n1\tKhai mạc\tÔng An\n2\tBế mạc\t\n"
	case f.name == "q":
		return "khai mạc"
	}
	return fmt.Sprintf("Điều gì đó %d", n)
}

// send submits a form with one of its buttons, as a browser without scripts does.
func (c *client) submit(f formOf, button [2]string, n int) answer {
	c.s.t.Helper()
	values := url.Values{}
	for _, one := range f.fields {
		if one.kind != "file" {
			values.Add(one.name, typed(one, n))
		}
	}
	if button[0] != "" {
		values.Add(button[0], button[1])
	}
	action := f.action
	if action == "" {
		action = f.page
	}
	if f.method == http.MethodGet || f.method == "" {
		path, _, _ := strings.Cut(action, "?")
		return c.get(path + "?" + values.Encode())
	}
	if !f.upload {
		return c.post(action, values)
	}
	file := ""
	for _, one := range f.fields {
		if one.kind == "file" {
			file = one.name
		}
	}
	return c.upload(action, values, file, "danh sách.csv", []byte("Họ và tên,Đơn vị\nNguyễn Văn Hòa,Chi bộ 1\n,Chi bộ 2\n"))
}

// upload sends a form with a file; one without a name of its field sends none.
func (c *client) upload(path string, values url.Values, field, name string, body []byte) answer {
	t := c.s.t
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, all := range values {
		for _, v := range all {
			if err := w.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if field != "" {
		part, err := w.CreateFormFile(field, name)
		if err == nil {
			_, err = part.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.s.http.URL+path, &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	res, err := c.http.Do(r)
	if err != nil {
		t.Fatalf("POST %s: %v", path, err)
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{t: t, what: "POST " + path, status: res.StatusCode, header: res.Header, body: string(all)}
}

// TestEveryFormOfPreparingAndOfTheInstallationWorksWithoutScripts walks the pages as
// a browser without scripts: each form, each of its buttons, with what a person could
// type. It must lead on, or say on the page what is wrong.
func TestEveryFormOfPreparingAndOfTheInstallationWorksWithoutScripts(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting
	admin, clerk := s.client("admin"), s.client("clerk")
	// Something of each kind, so that there is a form to change it and to remove it.
	for path, form := range map[string]url.Values{
		"/people":    {"name": {"Lê Thị Bích"}, "role": {"chair"}, "do": {"set"}},
		"/sessions":  {"start": {"2026-03-12T07:30"}, "do": {"set"}},
		"/glossary":  {"add": {"Hòa Thành"}},
		"/channels":  {"number": {"1"}, "label": {"Bục"}, "use": {"lectern"}, "person": {""}},
		"/documents": {"title": {"Báo cáo chính trị"}, "do": {"set"}},
	} {
		clerk.post(at+path, form).is(http.StatusSeeOther)
	}
	pages := []struct {
		who  *client
		path string
	}{
		{clerk, "/"}, {clerk, "/meetings/new"}, {clerk, "/meetings/new?kind=dai-hoi"}, {admin, "/meetings/new?kind=council"},
		{clerk, at + "/head"}, {clerk, at + "/sessions"}, {clerk, at + "/agenda"}, {clerk, at + "/people"}, {clerk, at + "/register"}, {clerk, at + "/documents"}, {clerk, at + "/minutes"},
		{clerk, at + "/glossary"}, {clerk, at + "/channels"}, {clerk, at + "/members"}, {clerk, at + "/history"}, {clerk, at},
		{clerk, "/search?q=x"}, {admin, "/log"}, {admin, "/users"}, {admin, "/users/" + s.users[without].ID}, {clerk, "/account"},
	}
	asked := map[string]bool{}
	sent := 0
	for _, p := range pages {
		source := p.who.get(p.path).is(http.StatusOK).body
		for _, f := range forms(t, p.path, source) {
			f.action, _, _ = strings.Cut(f.action, "#") // a place on the page is no part of what is asked
			if f.action == "/logout" || f.action == "/account/sessions" {
				continue // they end what goes on; security_test.go has them
			}
			if len(f.buttons) == 0 {
				t.Errorf("%s: the form to %s has no button: nobody can send it without a script", p.path, f.action)
			}
			for _, b := range f.buttons {
				sent++
				if f.method != http.MethodGet && f.action != "" {
					asked[f.action] = true
				}
				a := p.who.submit(f, b, sent)
				what := fmt.Sprintf("%s: form to %s, button %s=%s", p.path, f.action, b[0], b[1])
				switch {
				case f.method == http.MethodGet && a.status == http.StatusOK:
				case a.status == http.StatusSeeOther && portalPath(a.header.Get("Location")):
				case strings.HasSuffix(f.action, "/register") || strings.HasSuffix(f.action, "/glossary/document") || strings.HasSuffix(f.action, "/agenda/pasted"),
					f.action == "/meetings/new" && b[0] == "" && slices.ContainsFunc(f.fields, func(x fieldOf) bool { return x.name == "do" && x.value == "kind" }):
					a.is(http.StatusOK) // a preview
				case slices.Contains([]int{http.StatusUnprocessableEntity, http.StatusConflict, http.StatusLocked}, a.status) && strings.Contains(a.body, `role="alert"`):
				default:
					t.Errorf("%s: status %d, to %q: %.200s", what, a.status, a.header.Get("Location"), a.body)
				}
			}
		}
	}
	for _, row := range s.server.RouteTable() { // that no page's forms were left out
		method, path := filled(row.Pattern, s.meeting)
		within := func(parts ...string) bool {
			return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(path, p) })
		}
		if method != http.MethodPost || within("/acts", "/stretches", "/erasures", "/live", "/review", "/microphone", "/import", "/capture", "/sound", "/setup", "/login", "/logout", "/sessions", "/parts", "/register/taken") {
			continue
		}
		path = strings.Replace(path, "/users/u1", "/users/"+s.users[without].ID, 1)
		if !asked[path] {
			t.Errorf("no page has a form to %s", row.Pattern)
		}
	}
	if sent < 60 {
		t.Errorf("only %d forms were sent: are they there?", sent)
	}
	// What was done stands in the log, each act in words.
	log := admin.get("/log").is(http.StatusOK).body
	if strings.Contains(log, "⟦") {
		t.Error("the log shows a code for an act")
	}
}

func portalPath(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//")
}

func TestAWholeLifeOfAMeetingGoesByFormsAlone(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting
	clerk, archivist := s.client("clerk"), s.client("archivist")
	for _, p := range []url.Values{{"name": {"Trần Văn Bình"}, "role": {"chair"}, "do": {"set"}}, {"name": {"Nguyễn Văn An"}, "role": {"secretary"}, "do": {"set"}}} {
		clerk.post(at+"/people", p).is(http.StatusSeeOther)
	}
	// press finds the button of the overview that leads to a phase, and presses it.
	press := func(who *client, to desk.Phase) {
		t.Helper()
		for _, f := range forms(t, at, who.get(at).is(http.StatusOK).body) {
			for _, one := range f.fields {
				if one.name == "to" && one.value == string(to) {
					if len(f.buttons) == 0 {
						t.Fatalf("the step to %s cannot be taken", to)
					}
					who.submit(f, f.buttons[0], 1).is(http.StatusSeeOther)
					return
				}
			}
		}
		t.Fatalf("no button leads to %s", to)
	}
	for _, to := range []desk.Phase{desk.Running, desk.Recess, desk.Running, desk.Closed, desk.InReview, desk.Approved, desk.Signed} {
		press(clerk, to)
	}
	clerk.post(at+"/agenda", url.Values{"title": {"Sau khi ký"}, "do": {"add"}}).is(http.StatusLocked)
	press(archivist, desk.Archived)
	m, err := s.store.Load(t.Context(), desk.Viewer{User: s.users["clerk"].ID}, s.meeting)
	if err != nil || m.State.Phase != desk.Archived || len(m.State.Items) != 2 {
		t.Errorf("%v, %v", m.State.Phase, err)
	}
}

func TestItemsAreSkippedWithAReasonAndMergedOnTheAgendasPage(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting + "/agenda"
	clerk := s.client("clerk")
	st := func() *desk.State {
		m, err := s.store.Load(t.Context(), desk.Viewer{User: s.users["clerk"].ID}, s.meeting)
		if err != nil {
			t.Fatal(err)
		}
		m.State.Seq = m.Seq // what a page would have before the eyes
		return m.State
	}
	post := func(status int, form url.Values) {
		t.Helper()
		form.Set("base", strconv.FormatInt(st().Seq, 10))
		clerk.post(at, form).is(status)
	}
	first, second := st().Items[0].ID, st().Items[1].ID
	post(http.StatusSeeOther, url.Values{"item": {first}, "reason": {"hết giờ"}, "do": {"skip"}})
	if it := st().Item(first); !it.Skipped || it.Why != "hết giờ" {
		t.Errorf("%+v", it)
	}
	post(http.StatusSeeOther, url.Values{"item": {first}, "do": {"unskip"}})
	post(http.StatusUnprocessableEntity, url.Values{"item": {second}, "into": {second}, "do": {"merge"}})
	post(http.StatusSeeOther, url.Values{"item": {second}, "into": {first}, "do": {"merge"}})
	if it := st().Items[1]; it.ID != second || it.Into != first {
		t.Errorf("%+v", it)
	}
	if body := clerk.get(at).body; !strings.Contains(body, "gộp vào: Một") {
		t.Error("the agenda does not say what was merged")
	}
}
