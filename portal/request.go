package portal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/minutes/desk"
)

// request is one request with what its route has already found out.
type request struct {
	s        *Server
	w        http.ResponseWriter
	r        *http.Request
	language string
	account  *accounts.Account // nil when nobody is signed in
	meeting  *desk.Loaded      // on a route of a meeting that loads it
	roles    desk.Roles        // in the meeting, on a route of a meeting
}

// Sizes of what a browser may send.
const (
	formLimit   = 1 << 20  // a form or an act
	uploadLimit = 16 << 20 // a register, a programme: a route says so
)

// guard runs a route: who is it, may they, then the handler; and makes an answer of its error.
func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{s: s, w: w, r: r}
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				s.log.Error("a page has failed", "route", rt.pattern, "panic", v, "stack", string(debug.Stack()))
				q.fail(fault.New(fault.Internal, "panic"))
			}
		}()
		limit := int64(formLimit)
		if rt.upload {
			limit = uploadLimit
		}
		if rt.limit > 0 {
			limit = rt.limit
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		if err := q.enter(rt); err != nil {
			q.fail(err)
			return
		}
		if err := q.readForm(); err != nil {
			q.fail(err)
			return
		}
		if err := rt.handle(q); err != nil {
			q.fail(err)
		}
		if rt.ends {
			s.streams.ask()
		}
	})
}

// readForm reads the fields of a form, so that one that is too large or cut is
// refused: handlers take a missing field for an empty one.
func (q *request) readForm() error {
	if q.r.Method != http.MethodPost || !strings.HasPrefix(q.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil
	}
	err := q.r.ParseForm()
	var tooLarge *http.MaxBytesError
	if err == nil || errors.As(err, &tooLarge) {
		return err
	}
	return fault.New(fault.Invalid, "form: %w", err)
}

// errSignIn sends the browser to the page for signing in.
var errSignIn = fault.New(fault.Forbidden, "nobody is signed in")

// enter finds out who asks, in which language, and whether the route is for them.
func (q *request) enter(rt route) error {
	id := q.s.sessions.GetString(q.r.Context(), accounts.SessionUser)
	if id != "" {
		a, err := q.s.o.Accounts.Account(q.ctx(), id)
		switch {
		case err == nil && !a.Disabled:
			q.account = &a
		case err == nil, fault.CodeOf(err) == fault.NotFound: // gone since
			if err := q.s.sessions.Destroy(q.ctx()); err != nil {
				return err
			}
		default:
			return err
		}
	}
	own := ""
	if q.account != nil {
		own = q.account.Language
	}
	q.language = q.s.languageOf(q.r, own)
	if rt.who == anybody {
		return nil
	}
	if q.account == nil || !q.byPerson() {
		return errSignIn
	}
	switch rt.who {
	case installation:
		if !q.installationRoles().May(rt.permission) {
			return errNotFound
		}
	case ofMeeting:
		if !rt.load {
			roles, err := q.s.o.Desk.May(q.ctx(), q.viewer(), q.meetingID(), rt.permission)
			q.roles = roles
			return err
		}
		m, err := q.s.o.Desk.Load(q.ctx(), q.viewer(), q.meetingID())
		if err != nil {
			return err
		}
		if !m.Roles.May(rt.permission) {
			return fault.New(fault.Forbidden, "%s", rt.permission)
		}
		q.meeting, q.roles = m, m.Roles
	}
	return nil
}

// pageOf is the header in which a page's script says whose page it is: where somebody
// else has signed in meanwhile in this browser, nothing goes out under their name.
const pageOf = "Bienban-Account"

func (q *request) byScript() bool { return q.r.Header.Get(pageOf) != "" }

// byPerson says whether the request comes from a page of who is signed in.
func (q *request) byPerson() bool { return !q.byScript() || q.r.Header.Get(pageOf) == q.account.ID }

func (q *request) ctx() context.Context { return q.r.Context() }

// meetingID is the id in the path. It is a name to look up, never a path of a file.
func (q *request) meetingID() string { return q.r.PathValue("id") }

// viewer is who asks, for a desk.Store.
func (q *request) viewer() desk.Viewer {
	if q.account == nil {
		return desk.Viewer{}
	}
	return desk.Viewer{User: q.account.ID, Name: q.account.Name, Administrator: q.account.Administrator}
}

func (q *request) administrator() bool { return q.account != nil && q.account.Administrator }

// installationRoles are the roles that somebody has whatever the meeting.
func (q *request) installationRoles() desk.Roles {
	if q.administrator() {
		return desk.Roles{desk.Administrator}
	}
	return nil
}

// may says whether who asks has a permission in the route's meeting.
func (q *request) may(p desk.Permission) bool { return q.roles.May(p) }

// t gives a text in the language of the answer.
func (q *request) t(key string, values ...any) string { return q.catalogue().Text(key, values...) }

// wantsJSON tells a script from a page.
func (q *request) wantsJSON() bool {
	return strings.HasPrefix(q.r.Header.Get("Content-Type"), "application/json") ||
		strings.Contains(q.r.Header.Get("Accept"), "application/json")
}

// json answers a script.
func (q *request) json(status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	q.write(status, "application/json", append(b, '\n'))
	return nil
}

// redirect sends the browser to a page of this server, after a form.
func (q *request) redirect(path string) error {
	q.w.Header().Set("Location", path)
	q.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// within tells whether a path leads to a page of this server and nowhere else.
// A browser takes "//host" and "/\host" for another server.
func within(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n\x00") {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && !strings.HasPrefix(u.Path, "//")
}

// next is where a form wants to go on: the value given, if within, else "/".
func next(path string) string {
	if within(path) {
		return path
	}
	return "/"
}

// back is the page that a form's answer belongs to, for the language switch.
func (q *request) back() string {
	if u, err := url.Parse(q.r.Referer()); err == nil && u.Host == q.r.Host && within(u.RequestURI()) {
		return u.RequestURI()
	}
	return "/"
}

// problem is an error as people read it.
type problem struct {
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
}

// errorData is what error.html shows.
type errorData struct {
	Text      string
	SignedOut bool // what was sent can be sent again: whoever signs in elsewhere loads this page again
}

// refusal is an error that people read as a text of the catalogue, in the page's language.
type refusal string

func (r refusal) Error() string { return string(r) }

// In gives the text, which is in the language of who asked.
func (r refusal) In(string) string { return string(r) }

// refuse makes the error of what is not done, and why.
func (q *request) refuse(code fault.Code, key string, values ...any) error {
	return fault.New(code, "%w", refusal(strings.TrimSpace(q.t(key, values...))))
}

// explain makes a line for people of an error. What desk and register say in both
// languages stands as it is; of all else people learn the code's text.
func (q *request) explain(err error) string {
	if errors.Is(err, errSignIn) {
		return q.t("error.signed_out")
	}
	var both interface{ In(language string) string }
	if errors.As(err, &both) {
		return both.In(q.language)
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return q.t("error.too_large", tooLarge.Limit>>20)
	}
	if code := fault.CodeOf(err); code == fault.Invalid || code == fault.Locked {
		return strings.TrimSpace(q.t("error."+string(code)) + " " + q.detail(err))
	}
	return q.t("error." + string(fault.CodeOf(err)))
}

// detail is what an error says beyond its code. What says it in both languages
// says it in the page's; the rest is English, for a reader of the English page.
func (q *request) detail(err error) string {
	var both interface{ In(language string) string }
	if errors.As(err, &both) {
		return both.In(q.language)
	}
	if q.language == "vi" || err == nil {
		return ""
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// fail answers an error: a page for people, JSON for a script, and the page for
// signing in where that is what is missing.
func (q *request) fail(err error) {
	if q.language == "" {
		q.language = q.s.languageOf(q.r, "")
	}
	status := statusOf(err)
	if errors.Is(err, errSignIn) {
		if q.r.Method == http.MethodGet && !q.wantsJSON() && !q.byScript() {
			_ = q.redirect("/login?next=" + url.QueryEscape(q.r.URL.RequestURI()))
			return
		}
		status = http.StatusUnauthorized
	}
	if status >= http.StatusInternalServerError && q.ctx().Err() == nil {
		q.s.log.Error("a request has failed", "route", q.r.Pattern, "error", err)
	}
	q.meeting = nil // what is refused shows nothing of the meeting
	if q.wantsJSON() {
		if err := q.json(status, problem{fault.CodeOf(err), q.explain(err)}); err == nil {
			return
		}
	}
	d := errorData{Text: q.explain(err), SignedOut: errors.Is(err, errSignIn)}
	p := page{Name: errorPage, Title: q.t("error.title." + string(fault.CodeOf(err))), Status: status, Bare: true, Data: d}
	if d.SignedOut {
		p.Title = q.t("error.title.signed_out")
	}
	if err := q.show(p); err != nil {
		q.s.log.Error("the page of an error cannot be shown", "error", err)
		http.Error(q.w, http.StatusText(status), status)
	}
}
