package portal

import (
	"net/http"
	"slices"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/minutes/desk"
)

func (s *Server) memberRoutes() []route {
	return []route{
		meetingPage("/members", desk.Members, (*request).members),
		meetingForm("/members", desk.Members, (*request).setMember),
	}
}

// membersPage is what members.html shows.
type membersPage struct {
	Members []desk.Member
	Others  []accounts.Account // who can be added
	Roles   []desk.Role
}

func (q *request) membersPage() (membersPage, error) {
	d := membersPage{Members: membersByName(q.meeting.State.Members), Roles: desk.MeetingRoles()}
	all, err := q.s.o.Accounts.Accounts(q.ctx())
	if err != nil {
		return d, err
	}
	for _, a := range all {
		is := slices.ContainsFunc(d.Members, func(m desk.Member) bool { return m.User == a.ID })
		if !is && !a.Disabled {
			d.Others = append(d.Others, a)
		}
	}
	return d, nil
}

// membersByName is in the order in which a list of names is looked through.
func membersByName(of []desk.Member) []desk.Member {
	all := slices.Clone(of)
	lang.SortByName(all, func(m desk.Member) string { return m.Name })
	return all
}

func (q *request) members() error {
	d, err := q.membersPage()
	if err != nil {
		return err
	}
	return q.prepare("members", d, page{})
}

// setMember gives somebody roles in the meeting; none takes them out.
func (q *request) setMember() error {
	d, err := q.membersPage()
	if err != nil {
		return err
	}
	user, err := q.s.o.Accounts.Account(q.ctx(), q.r.PostFormValue("user"))
	if fault.CodeOf(err) == fault.NotFound {
		return q.prepare("members", d, page{Status: http.StatusUnprocessableEntity, Problem: q.t("members.who")})
	}
	if err != nil {
		return err
	}
	b := desk.MemberSet{User: user.ID, Name: user.Name}
	if q.r.PostFormValue("do") != "remove" {
		for _, r := range q.r.PostForm["role"] {
			b.Roles = append(b.Roles, desk.Role(r))
		}
		if len(b.Roles) == 0 {
			return q.prepare("members", d, page{Status: http.StatusUnprocessableEntity, Problem: q.t("members.no.role")})
		}
	}
	done, err := q.doForm(desk.KindMember, b)
	if err != nil {
		return q.again("members", d, err)
	}
	if !q.stillSees(b) {
		return q.done("act.done", "/")
	}
	return q.saved(done, "/members")
}

// stillSees says whether who has just changed their own roles may see the page again.
func (q *request) stillSees(b desk.MemberSet) bool {
	return b.User != q.account.ID || b.Roles.May(desk.Members)
}
