package portal

import (
	"errors"
	"net/http"
	"strings"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/portal/text"
)

func (s *Server) accountRoutes() []route {
	return []route{
		{pattern: "GET /setup/{token}", who: anybody, handle: (*request).setup},
		{pattern: "POST /setup/{token}", who: anybody, handle: (*request).setUp},
		{pattern: "GET /login", who: anybody, handle: (*request).login},
		{pattern: "POST /login", who: anybody, handle: (*request).signIn},
		{pattern: "POST /logout", who: anybody, ends: true, handle: (*request).signOut},
		{pattern: "POST /language", who: anybody, handle: (*request).chooseLanguage},
		{pattern: "GET /account", who: signedIn, handle: (*request).self},
		{pattern: "POST /account", who: signedIn, handle: (*request).setSelf},
		{pattern: "POST /account/password", who: signedIn, ends: true, handle: (*request).setOwnPassword},
		{pattern: "POST /account/sessions", who: signedIn, ends: true, handle: (*request).endOwnSessions},
	}
}

// address is the browser's, as the server sees it. Headers of a proxy are not
// believed: anybody can send them.
func (q *request) address() string { return q.r.RemoteAddr }

// enterAs signs the browser in. The token of its session is made anew, so that
// one that somebody else had planted is worth nothing.
func (q *request) enterAs(a accounts.Account) error {
	m, ctx := q.s.sessions, q.ctx()
	if err := m.RenewToken(ctx); err != nil {
		return err
	}
	m.Put(ctx, accounts.SessionUser, a.ID)
	m.Put(ctx, accounts.SessionAddress, q.address())
	m.Put(ctx, accounts.SessionAgent, clip(q.r.UserAgent(), 200))
	return nil
}

// clip cuts a text at n bytes, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return strings.ToValidUTF8(s, "")
	}
	return strings.ToValidUTF8(s[:n], "")
}

// newAccount is the form of an account, as setup.html and users.html show it.
type newAccount struct {
	Login, Name, Language string
	Administrator         bool
}

func (q *request) readAccount() (newAccount, accounts.New) {
	f := newAccount{Login: strings.TrimSpace(q.r.PostFormValue("login")), Name: strings.TrimSpace(q.r.PostFormValue("name")),
		Language: q.r.PostFormValue("language"), Administrator: q.r.PostFormValue("administrator") != ""}
	if !text.Supported(f.Language) {
		f.Language = ""
	}
	return f, accounts.New{Login: f.Login, Name: f.Name, Language: f.Language, Administrator: f.Administrator, Password: q.r.PostFormValue("password")}
}

// setup is GET /setup/{token}: the page behind the one-time link.
func (q *request) setup() error {
	if err := q.s.o.Accounts.CheckSetup(q.ctx(), q.r.PathValue("token")); err != nil {
		return err
	}
	return q.show(page{Name: "setup", Title: q.t("setup.title"), Bare: true, Data: newAccount{}})
}

func (q *request) setUp() error {
	f, n := q.readAccount()
	again := func(problem string) error {
		return q.show(page{Name: "setup", Title: q.t("setup.title"), Bare: true, Data: f, Status: http.StatusUnprocessableEntity, Problem: problem})
	}
	if err := q.s.o.Accounts.CheckSetup(q.ctx(), q.r.PathValue("token")); err != nil {
		return err
	}
	if n.Password != q.r.PostFormValue("again") {
		return again(q.t("password.differ"))
	}
	n.Language = q.language
	a, err := q.s.o.Accounts.Setup(q.ctx(), q.r.PathValue("token"), n)
	if fault.CodeOf(err) == fault.Invalid {
		return again(q.explain(err))
	}
	if err != nil {
		return err
	}
	if err := q.enterAs(a); err != nil {
		return err
	}
	return q.done("setup.done", "/")
}

// loginPage is what login.html shows.
type loginPage struct{ Login, Next string }

func (q *request) login() error {
	to := next(q.r.URL.Query().Get("next"))
	if q.account != nil {
		return q.redirect(to)
	}
	return q.show(page{Name: "login", Title: q.t("login.title"), Bare: true, Data: loginPage{Next: to}})
}

func (q *request) signIn() error {
	d := loginPage{Login: strings.TrimSpace(q.r.PostFormValue("login")), Next: next(q.r.PostFormValue("next"))}
	a, err := q.s.o.Accounts.SignIn(q.ctx(), d.Login, q.r.PostFormValue("password"), q.address())
	if fault.CodeOf(err) == fault.Forbidden {
		status := http.StatusUnauthorized
		var wait *accounts.Wait
		if errors.As(err, &wait) {
			status = http.StatusTooManyRequests
		}
		return q.show(page{Name: "login", Title: q.t("login.title"), Bare: true, Data: d, Status: status, Problem: q.explain(err)})
	}
	if err != nil {
		return err
	}
	if err := q.enterAs(a); err != nil {
		return err
	}
	return q.redirect(d.Next)
}

func (q *request) signOut() error {
	if err := q.s.sessions.Destroy(q.ctx()); err != nil {
		return err
	}
	return q.redirect("/login")
}

// accountPage is what account.html shows.
type accountPage struct {
	Account  accounts.Account
	Sessions []accounts.Session
	Current  string // id of this browser's session
}

func (q *request) self() error { return q.showSelf(page{}) }

func (q *request) showSelf(p page) error {
	all, current, err := q.s.o.Accounts.Sessions(q.ctx(), q.account.ID, q.s.sessions.Token(q.ctx()))
	if err != nil {
		return err
	}
	p.Name, p.Title, p.Section = "account", q.t("account.title"), "account"
	p.Data = accountPage{Account: *q.account, Sessions: all, Current: current}
	return q.show(p)
}

func (q *request) setSelf() error {
	name := q.r.PostFormValue("name")
	_, err := q.s.o.Accounts.Change(q.ctx(), q.account.ID, q.account.ID, accounts.Change{Name: &name})
	if fault.CodeOf(err) == fault.Invalid {
		return q.showSelf(page{Status: http.StatusUnprocessableEntity, Problem: q.explain(err)})
	}
	if err != nil {
		return err
	}
	return q.done("act.done", "/account")
}

// setOwnPassword wants the old password too: a browser left open must not be
// enough to take an account over. Guessing it is throttled as at sign-in.
func (q *request) setOwnPassword() error {
	wrong := func(problem string) error {
		return q.showSelf(page{Status: http.StatusUnprocessableEntity, Problem: problem})
	}
	password := q.r.PostFormValue("password")
	if password != q.r.PostFormValue("again") {
		return wrong(q.t("password.differ"))
	}
	if _, err := accounts.CheckPassword(password, q.account.Login, q.account.Name); err != nil {
		return wrong(q.explain(err))
	}
	if _, err := q.s.o.Accounts.SignIn(q.ctx(), q.account.Login, q.r.PostFormValue("old"), q.address()); err != nil {
		var wait *accounts.Wait
		switch {
		case errors.As(err, &wait):
			return wrong(q.explain(err))
		case fault.CodeOf(err) == fault.Forbidden:
			return wrong(q.t("password.old.wrong"))
		}
		return err
	}
	if err := q.s.o.Accounts.SetPassword(q.ctx(), q.account.ID, q.account.ID, password, q.s.sessions.Token(q.ctx())); err != nil {
		return err
	}
	return q.done("password.done", "/account")
}

// endOwnSessions ends one of one's own sessions, or all but this browser's.
func (q *request) endOwnSessions() error {
	var err error
	if id := q.r.PostFormValue("session"); id != "" {
		err = q.s.o.Accounts.EndSession(q.ctx(), q.account.ID, q.account.ID, id)
	} else {
		err = q.s.o.Accounts.EndSessions(q.ctx(), q.account.ID, q.account.ID, q.s.sessions.Token(q.ctx()))
	}
	if err != nil {
		return err
	}
	return q.done("sessions.ended", "/account")
}
