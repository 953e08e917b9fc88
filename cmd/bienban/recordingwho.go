package main

import (
	"context"
	"slices"
	"strings"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/internal/sqlstore"
	"bienban/minutes/desk"
)

// store is the installation's database, as the commands about recordings use it.
type store = *sqlstore.Store

// decider is somebody with roles in a meeting.
type decider struct {
	id    string // of the account, else the name folded
	login string // "" without accounts
	name  string
	roles desk.Roles
}

// deciders are all of a meeting.
type deciders []decider

// deciders gives the people of a recording's meeting with their roles: the portal's members,
// else the people of a meeting file.
func (e *env) deciders(ctx context.Context, r *openedRecording, meeting string) (deciders, error) {
	if r.store != nil {
		st, err := r.store.MeetingState(ctx, r.meeting)
		switch fault.CodeOf(err) {
		case "":
			return membersOf(ctx, r.store, st)
		case fault.NotFound: // recorded, and not prepared in the portal
		default:
			return nil, err
		}
	}
	if meeting == "" {
		return nil, fault.New(fault.Invalid, "--meeting is missing: no portal knows the meeting %q; name the file that says who its chair, secretaries and clerk are", r.meeting)
	}
	m, err := e.readMeeting(meeting)
	if err != nil {
		return nil, err
	}
	var all deciders
	for _, p := range m.People {
		all = append(all, decider{id: lang.Fold(p.Name), name: p.Name, roles: desk.RolesOf(p)})
	}
	return all, nil
}

func membersOf(ctx context.Context, s store, st *desk.State) (deciders, error) {
	known, err := accounts.NewService(s).Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var all deciders
	for _, m := range st.Members {
		i := slices.IndexFunc(known, func(a accounts.Account) bool { return a.ID == m.User && !a.Disabled })
		if i >= 0 {
			all = append(all, decider{id: m.User, login: known[i].Login, name: known[i].Name, roles: m.Roles})
		}
	}
	return all, nil
}

// one finds somebody by name, or by the name to sign in with, who may do it.
func (all deciders) one(flag, name string, p desk.Permission) (decider, error) {
	key := lang.Fold(strings.Join(strings.Fields(name), " "))
	var found deciders
	for _, d := range all {
		if d.login != "" && d.login == strings.TrimSpace(name) {
			found = deciders{d}
			break
		}
		if lang.Fold(d.name) == key {
			found = append(found, d)
		}
	}
	switch {
	case len(found) == 0:
		return decider{}, fault.New(fault.Invalid, "%s %s: nobody of that name belongs to the meeting", flag, name)
	case len(found) > 1:
		return decider{}, fault.New(fault.Invalid, "%s %s: several people are called so: give the name to sign in with", flag, name)
	case !found[0].roles.May(p):
		return decider{}, fault.New(fault.Invalid, "%s %s: the person's role in the meeting does not permit it (%s)", flag, name, p)
	}
	return found[0], nil
}

// two finds the two people of an erasure, as its record names them.
func (all deciders) two(a, b string) (by [2]string, err error) {
	x, err := all.one("--a", a, desk.Erase)
	if err != nil {
		return by, err
	}
	y, err := all.one("--b", b, desk.Erase)
	if err != nil {
		return by, err
	}
	if x.id == y.id {
		return by, fault.New(fault.Invalid, "--a %s --b %s: are one person; two different people must decide it", a, b)
	}
	return desk.Erasure{Asked: desk.Stamp{By: x.login, Name: x.name}, Confirmed: &desk.Stamp{By: y.login, Name: y.name}}.By(), nil
}
