package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bienban/minutes"
	"bienban/minutes/desk"
)

func (s *Server) peopleRoutes() []route {
	return []route{
		meetingPage("/people", desk.SeePeople, (*request).people),
		meetingForm("/people", desk.Prepare, (*request).setPerson),
	}
}

// personRoles are the roles that a person may have in the record, in the order in
// which the page shows them.
func personRoles() []string {
	return []string{minutes.RoleChair, minutes.RolePresidium, minutes.RoleSecretary, minutes.RoleHeadSecretary, minutes.RoleClerk,
		minutes.RoleVerification, minutes.RoleTeller, minutes.RoleSuperior, minutes.RoleGuest}
}

// peoplePage is what people.html shows.
type peoplePage struct {
	People []desk.Person
	Roles  []string
	New    desk.Person // as sent, when it was wrong
}

func (q *request) people() error {
	return q.prepare("people", peoplePage{People: q.meeting.State.People, Roles: personRoles()}, page{})
}

// setPerson makes, changes or removes somebody who may speak.
func (q *request) setPerson() error {
	d := peoplePage{People: q.meeting.State.People, Roles: personRoles()}
	id := q.r.PostFormValue("person")
	if q.r.PostFormValue("do") == "remove" {
		done, err := q.doForm(desk.KindPersonRemoved, desk.Named{ID: id})
		if err != nil {
			return q.again("people", d, err)
		}
		return q.saved(done, "/people")
	}
	p := desk.Person{ID: id, Person: minutes.Person{Name: strings.TrimSpace(q.r.PostFormValue("name")), Title: q.r.PostFormValue("title"),
		Unit: q.r.PostFormValue("unit"), Role: slices.Clone(q.r.PostForm["role"])}}
	if v := strings.TrimSpace(q.r.PostFormValue("channel")); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			d.New = p
			return q.prepare("people", d, page{Status: http.StatusUnprocessableEntity, Problem: q.t("number.wrong")})
		}
		p.Channel = n
	}
	done, err := q.doForm(desk.KindPerson, desk.PersonSet{Person: p})
	if err != nil {
		d.New = p
		return q.again("people", d, err)
	}
	return q.saved(done, "/people")
}
