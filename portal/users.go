package portal

import (
	"net/http"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/minutes/desk"
)

func (s *Server) userRoutes() []route {
	return []route{
		{pattern: "GET /users", who: installation, permission: desk.ManageUsers, handle: (*request).users},
		{pattern: "POST /users", who: installation, permission: desk.ManageUsers, handle: (*request).addUser},
		{pattern: "GET /users/{user}", who: installation, permission: desk.ManageUsers, handle: (*request).user},
		{pattern: "POST /users/{user}", who: installation, permission: desk.ManageUsers, ends: true, handle: (*request).setUser},
	}
}

// usersPage is what users.html shows.
type usersPage struct {
	Users []accounts.Account
	New   newAccount // as sent, when it was wrong
}

func (q *request) users() error { return q.showUsers(newAccount{Language: q.language}, page{}) }

func (q *request) showUsers(f newAccount, p page) error {
	all, err := q.s.o.Accounts.Accounts(q.ctx())
	if err != nil {
		return err
	}
	p.Name, p.Title, p.Section, p.Data = "users", q.t("nav.users"), "users", usersPage{all, f}
	return q.show(p)
}

func (q *request) addUser() error {
	f, n := q.readAccount()
	_, err := q.s.o.Accounts.Add(q.ctx(), q.account.ID, n)
	switch fault.CodeOf(err) {
	case "":
		return q.done("users.added", "/users")
	case fault.Invalid, fault.Conflict:
		return q.showUsers(f, page{Status: statusOf(err), Problem: q.explain(err)})
	}
	return err
}

// userPage is what user.html shows.
type userPage struct {
	User     accounts.Account
	Sessions []accounts.Session
	Self     bool
}

func (q *request) user() error { return q.showUser(page{}) }

func (q *request) showUser(p page) error {
	u, err := q.s.o.Accounts.Account(q.ctx(), q.r.PathValue("user"))
	if err != nil {
		return err
	}
	sessions, _, err := q.s.o.Accounts.Sessions(q.ctx(), u.ID, "")
	if err != nil {
		return err
	}
	p.Name, p.Title, p.Section, p.Data = "user", u.Name, "users", userPage{u, sessions, u.ID == q.account.ID}
	return q.show(p)
}

// setUser does what one of the forms of a user's page says.
func (q *request) setUser() error {
	id := q.r.PathValue("user")
	var err error
	notice := "act.done"
	switch q.r.PostFormValue("do") {
	case "change":
		name, administrator := q.r.PostFormValue("name"), q.r.PostFormValue("administrator") != ""
		_, err = q.s.o.Accounts.Change(q.ctx(), q.account.ID, id, accounts.Change{Name: &name, Administrator: &administrator})
	case "disable", "enable":
		disabled := q.r.PostFormValue("do") == "disable"
		_, err = q.s.o.Accounts.Change(q.ctx(), q.account.ID, id, accounts.Change{Disabled: &disabled})
	case "password":
		err = q.s.o.Accounts.SetPassword(q.ctx(), q.account.ID, id, q.r.PostFormValue("password"), q.s.sessions.Token(q.ctx()))
		notice = "users.password.set"
	case "sessions":
		err = q.s.o.Accounts.EndSessions(q.ctx(), q.account.ID, id, q.s.sessions.Token(q.ctx()))
		notice = "sessions.ended"
	default:
		return errNotFound
	}
	switch fault.CodeOf(err) {
	case "":
		return q.done(notice, "/users/"+id)
	case fault.Invalid, fault.Conflict:
		return q.showUser(page{Status: http.StatusUnprocessableEntity, Problem: q.explain(err)})
	}
	return err
}
