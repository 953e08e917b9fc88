package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/portal/text"
)

// templates are all pages in one language, by the name of their file.
type templates struct {
	catalogue *text.Catalogue
	byFile    map[string]*template.Template
	parts     *template.Template
}

// The files of web/ that pages are made of. A page is its own file, which
// defines "content", within layout.html; files *.part.html define templates
// that every page and GET …/parts/… may use.
const (
	layoutFile = "layout.html"
	partSuffix = ".part.html"
)

// loadTemplates parses every page in every language. Texts are bound when a
// page is parsed, so that a page names a key and nothing else.
func loadTemplates(from fs.FS, all map[string]*text.Catalogue, a *assets, zone *time.Location) (map[string]*templates, error) {
	pages, err := fs.Glob(from, "*.html")
	if err != nil {
		return nil, err
	}
	out := map[string]*templates{}
	for language, c := range all {
		base := template.New("").Funcs(funcs(c, a, zone))
		for _, file := range pages {
			if file != layoutFile && !strings.HasSuffix(file, partSuffix) {
				continue
			}
			if err := parseFile(base, from, file); err != nil {
				return nil, err
			}
		}
		t := &templates{catalogue: c, byFile: map[string]*template.Template{}, parts: base}
		for _, file := range pages {
			if file == layoutFile || strings.HasSuffix(file, partSuffix) {
				continue
			}
			one := template.New("").Funcs(funcs(c, a, zone))
			if err := parseFile(one, from, file); err != nil {
				return nil, err
			}
			if one.Lookup("content") == nil {
				return nil, fmt.Errorf("portal/web/%s: it defines no \"content\"", file)
			}
			if err := needed(one, base); err != nil {
				return nil, fmt.Errorf("portal/web/%s: %w", file, err)
			}
			t.byFile[strings.TrimSuffix(file, path.Ext(file))] = one
		}
		out[language] = t
	}
	return out, nil
}

func parseFile(t *template.Template, from fs.FS, file string) error {
	b, err := fs.ReadFile(from, file)
	if err != nil {
		return err
	}
	if _, err := t.New(file).Parse(string(b)); err != nil {
		return fmt.Errorf("portal/web/%s: %w", file, err)
	}
	return nil
}

// languageName is one entry of the language switch. A language is named in
// itself, whatever the page's is.
type languageName struct{ Code, Name, Short string }

func languageNames() []languageName {
	return []languageName{{"vi", "Tiếng Việt", "VI"}, {"en", "English", "EN"}}
}

// page is what a handler shows.
type page struct {
	Name   string // file in web/ without .html
	Title  string // a text, not a key; "" in a meeting: the meeting's
	Status int    // 0 = 200
	Data   any    // the template's .Data; a struct of its own for each page

	Section string   // "meetings", "search", "users", "log", "account": which entry of the bar on top is current
	Tab     string   // of a meeting's bar: the key of the tab's text, "tab.live"
	Styles  []string // files in web/, after style.css
	Scripts []string // files in web/, after portal.js
	Texts   []string // prefixes of the texts that the scripts use
	Bare    bool     // a narrow page of one form
	Again   int      // after so many seconds a browser without scripts loads the page again; 0 = not
	Wide    bool     // the whole width of the window
	Problem string   // what went wrong, on top of the page
}

// view is what layout.html sees; pages see it too, and their own part as .Data.
type view struct {
	page
	Language string
	Here     string // path of this page, for the language switch
	Account  *accountView
	Meeting  *meetingView
	Notice   string // what was just done
	TextsFor []string
}

// accountView is who is signed in.
type accountView struct {
	ID, Name      string
	Administrator bool
	Searches      bool // there may be something to find
}

// meetingView is a meeting's own bar.
type meetingView struct {
	ID, Title, Phase, When string
	Rehearsal              bool
	Stands                 bool // the record: nothing in it is changed any more
	Tabs                   []tab
}

// tab is one entry of a meeting's bar.
type tab struct {
	Text, Path string
	Current    bool
}

// showAgain is how soon, in seconds, a page that shows what goes on is loaded again
// where scripts are off.
const showAgain = 20

// errorPage is the page of what cannot be shown.
const errorPage = "error"

// show renders a page whole before the first byte leaves, so that a template
// that fails is a proper error.
func (q *request) show(p page) error {
	t := q.s.templates[q.language]
	one := t.byFile[p.Name]
	if one == nil {
		return fmt.Errorf("portal/web/%s.html: no such page", p.Name)
	}
	v := view{page: p, Language: q.language, Here: q.r.URL.RequestURI(), TextsFor: p.Texts, Notice: q.takeNotice()}
	if q.account != nil {
		v.Account = &accountView{ID: q.account.ID, Name: q.account.Name, Administrator: q.administrator(), Searches: q.searches()}
	}
	if q.meeting != nil {
		v.Meeting = q.meetingBar(p.Tab)
		if v.Title == "" {
			v.Title = v.Meeting.Title
		}
	}
	if q.r.Method != http.MethodGet && q.r.Method != http.MethodHead {
		v.Here = q.back()
	}
	if p.Name == errorPage {
		v.Here = "/" // the address must not be in an answer that is the same for all that is not there
	}
	var b bytes.Buffer
	if err := one.ExecuteTemplate(&b, "layout", v); err != nil {
		return err
	}
	q.write(p.Status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// part renders one named template of a *.part.html file.
func (q *request) part(name string, data any) error {
	var b bytes.Buffer
	if err := q.s.templates[q.language].parts.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	q.write(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// write sends an answer whole, with its length.
func (q *request) write(status int, kind string, body []byte) {
	if status == 0 {
		status = http.StatusOK
	}
	h := q.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	q.w.WriteHeader(status)
	if q.r.Method != http.MethodHead {
		_, _ = q.w.Write(body) // a browser that went away is no error
	}
}

// funcs are what a template may call.
func funcs(c *text.Catalogue, a *assets, zone *time.Location) template.FuncMap {
	return template.FuncMap{
		// t gives a text by its key, with its values.
		"t": c.Text,
		// n gives the text for a number of things: key.one or key.other.
		"n": c.Count,
		// texts gives all texts under the prefixes, for a script.
		"texts": func(prefixes []string) map[string]string { return c.Under(prefixes...) },
		// asset gives the address of a file of web/.
		"asset":     a.path,
		"languages": languageNames,
		// Times, as the page's language writes them.
		"day":     func(v any) string { return formatTime(c, v, "format.day", zone) },
		"moment":  func(v any) string { return formatTime(c, v, "format.moment", zone) },
		"hour":    func(v any) string { return formatTime(c, v, "format.hour", zone) },
		"input":   inputTime,
		"isoDay":  inputDay,
		"has":     func(list []string, one string) bool { return slices.Contains(list, one) },
		"hasRole": func(of desk.Roles, r desk.Role) bool { return of.Has(r) },
		// dict makes a map for a template that needs more than one value.
		"dict": func(pairs ...any) (map[string]any, error) {
			if len(pairs)%2 != 0 {
				return nil, fmt.Errorf("dict wants pairs")
			}
			m := map[string]any{}
			for i := 0; i < len(pairs); i += 2 {
				k, ok := pairs[i].(string)
				if !ok {
					return nil, fmt.Errorf("dict: a key must be a string")
				}
				m[k] = pairs[i+1]
			}
			return m, nil
		},
		// browser names a browser as people do; host leaves out the port.
		"browser": func(agent string) string { return browserName(c, agent) },
		"host": func(address string) string {
			if a, err := netip.ParseAddrPort(address); err == nil {
				return a.Addr().Unmap().String()
			}
			return address
		},
		"add": func(a, b int) int { return a + b },
		// json writes a value for a data-… attribute that a script reads.
		"json": func(v any) (string, error) { b, err := json.Marshal(v); return string(b), err },
		// clockAt writes seconds of a recording as 1:02:03.
		"clockAt": clockOf,
		// decimal writes a number's point as the page's language does.
		"decimal": func(number string) string { return strings.Replace(number, ".", c.Text("format.decimal"), 1) },
		// both gives the text of the page's language.
		"both": func(vi, en string) string {
			if c.Language == "vi" {
				return vi
			}
			return en
		},
		// newID makes the id of an act.
		"newID": newID,
		// listed writes a time that a list has as text.
		"listed": func(s string) string {
			v, err := minutes.ParseTime(s)
			if err != nil {
				return s
			}
			return formatTime(c, v, "format.moment", zone)
		},
	}
}

// browserName makes "Firefox, Windows" of what a browser calls itself. The order
// matters: each of them claims to be those below it.
func browserName(c *text.Catalogue, agent string) string {
	find := func(pairs ...[2]string) string {
		for _, p := range pairs {
			if strings.Contains(agent, p[0]) {
				return p[1]
			}
		}
		return ""
	}
	name := find([2]string{"Edg/", "Edge"}, [2]string{"coc_coc", "Cốc Cốc"}, [2]string{"OPR/", "Opera"}, [2]string{"Firefox/", "Firefox"},
		[2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"})
	system := find([2]string{"Android", "Android"}, [2]string{"iPad", "iPad"}, [2]string{"iPhone", "iPhone"}, [2]string{"Windows", "Windows"},
		[2]string{"Mac OS", "macOS"}, [2]string{"CrOS", "ChromeOS"}, [2]string{"Linux", "Linux"})
	switch {
	case name == "" && system == "":
		return c.Text("browser.unknown")
	case name == "" || system == "":
		return name + system
	}
	return name + ", " + system
}
