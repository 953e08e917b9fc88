package portal

import (
	"net/http"

	"bienban/minutes/desk"
)

func (s *Server) meetingRoutes() []route {
	return []route{
		{pattern: "GET /{$}", who: signedIn, handle: (*request).meetings},
		{pattern: "POST /m/{id}/acts", who: ofMeeting, permission: desk.See, handle: (*request).acts},
	}
}

// meetingsPage is what meetings.html shows.
type meetingsPage struct {
	Live, Open, Past []desk.Listed
	MayCreate        bool
	Others           bool // for an administrator without a meeting: there are accounts besides their own
}

// meetings is GET /: the meetings in which one has a role.
func (q *request) meetings() error {
	all, err := q.s.o.Desk.Mine(q.ctx(), q.viewer())
	if err != nil {
		return err
	}
	d := meetingsPage{MayCreate: q.mayCreate(all)}
	for _, m := range all {
		switch m.Phase {
		case desk.Running, desk.Recess, desk.ClosedPart:
			d.Live = append(d.Live, m)
		case desk.Signed, desk.Archived:
			d.Past = append(d.Past, m)
		default:
			d.Open = append(d.Open, m)
		}
	}
	if len(all) == 0 && q.administrator() {
		people, err := q.s.o.Accounts.Accounts(q.ctx())
		if err != nil {
			return err
		}
		d.Others = len(people) > 1
	}
	return q.show(page{Name: "meetings", Title: q.t("nav.meetings"), Section: "meetings", Data: d})
}

// mayCreate says whether the button for a new meeting is shown; the store decides.
func (q *request) mayCreate(mine []desk.Listed) bool {
	if q.installationRoles().May(desk.CreateMeeting) {
		return true
	}
	for _, m := range mine {
		if m.Roles.May(desk.CreateMeeting) {
			return true
		}
	}
	return false
}

// chooseLanguage is POST /language: remembered in this browser, and by the account.
func (q *request) chooseLanguage() error {
	l := q.r.PostFormValue("language")
	known := false
	for _, one := range languageNames() {
		known = known || one.Code == l
	}
	if !known {
		return errNotFound
	}
	http.SetCookie(q.w, &http.Cookie{Name: languageCookie, Value: l, Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: q.s.o.Secure, SameSite: http.SameSiteLaxMode})
	if q.account != nil && q.account.Language != l {
		if err := q.s.o.Accounts.SetLanguage(q.ctx(), q.account.ID, l); err != nil {
			return err
		}
	}
	return q.redirect(next(q.r.PostFormValue("next")))
}
