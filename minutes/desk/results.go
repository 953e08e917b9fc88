package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/internal/fault"
	"bienban/minutes"
)

// checked lets package minutes check data against the meeting as it was then:
// who is registered, which items there are, how many were in the hall.
func (t *turn) checked(at time.Time, fill func(m *minutes.Meeting)) error {
	m := t.asMeeting()
	m.Delegates.Present, _ = t.s.Present(at)
	m.Delegates.Absent = 0
	fill(&m)
	if _, err := m.Check(string(t.kind), minutes.AllowSecret()); err != nil {
		return refuse(fault.Invalid, t.kind, "data", err)
	}
	return nil
}

// asMeeting is the meeting as package minutes knows it, as far as a result needs it.
func (t *turn) asMeeting() minutes.Meeting {
	m := minutes.Meeting{Kind: t.s.Head.Kind, Language: t.s.Head.Language, Delegates: t.s.Head.Delegates, Register: t.s.Register,
		Issuer: t.s.Head.Issuer, Body: t.s.Head.Body, Superior: t.s.Head.Superior}
	for _, p := range t.s.People {
		m.People = append(m.People, p.Person)
	}
	for _, i := range t.s.Items {
		m.Agenda = append(m.Agenda, minutes.AgendaItem{ID: i.ID, Title: i.Title})
	}
	// A result may come before its item is known: OpenPoints asks for it.
	m.Agenda = append(m.Agenda, minutes.AgendaItem{ID: noItem, Title: "?"})
	return m
}

// noItem stands for the item that is not known yet.
const noItem = "?"

// prepareVote fills in what was left out of a vote and checks its figures.
func (t *turn) prepareVote(v *minutes.Vote, clock time.Time) error {
	v.Subject, v.Text = oneLine(v.Subject), strings.TrimSpace(v.Text)
	if tooLong(v.Subject, 4*maxName) || tooLong(v.Text, maxText) {
		return t.fail("vote_long", 4*maxName, maxText)
	}
	if v.Item != "" && items.find(t.s, v.Item) == nil {
		return t.gone("item:" + v.Item)
	}
	if r := v.Roll; r != nil && v.For+v.Against+v.Abstain == 0 { // only names were entered
		v.For, v.Against, v.Abstain = len(r.For), len(r.Against), len(r.Abstain)
	}
	item := v.Item
	v.Item = cmp.Or(v.Item, noItem)
	if n, known := t.s.Present(clock); known && v.Present == 0 && n >= v.For+v.Against+v.Abstain {
		v.Present = n // the base is printed as it was, whatever changes later
	}
	hall, _ := t.s.Present(clock)
	err := t.checkVote(*v, hall)
	if err == nil {
		err = t.checkRoll(*v)
	}
	if err == nil {
		err = t.checked(clock, func(m *minutes.Meeting) { m.Votes = []minutes.Vote{*v} })
	}
	v.Item = item
	return err
}

func (t *turn) figures(v minutes.Vote) (vi, en string) {
	n := strconv.Itoa
	base, baseEN := "", ""
	if v.Present > 0 {
		base, baseEN = ", có mặt "+n(v.Present), ", of "+n(v.Present)+" present"
	}
	return "tán thành " + n(v.For) + ", không tán thành " + n(v.Against) + ", không biểu quyết " + n(v.Abstain) + base,
		"for " + n(v.For) + ", against " + n(v.Against) + ", abstained " + n(v.Abstain) + baseEN
}

func (t *turn) addVote(v minutes.Vote, all bool, place Place) error {
	p, err := t.place(place)
	if err != nil {
		return err
	}
	if len(t.s.Votes) >= maxThings {
		return t.fail("votes_full", maxThings)
	}
	clock := t.clock(p)
	v.Item = cmp.Or(v.Item, t.s.ItemAt(clock))
	if all {
		n, known := t.s.Present(clock)
		if !known || n == 0 {
			return t.fail("present_unknown")
		}
		v.For, v.Present = n, n
		yes := true
		v.Passed = &yes
	}
	if err := t.prepareVote(&v, clock); err != nil {
		return err
	}
	noQuorum, noQuorumEN := t.withoutQuorum(clock)
	id := t.newID("v")
	t.s.Votes = append(t.s.Votes, Vote{ID: id, Vote: v, All: all, Place: p, Clock: clock, Stamp: t.stamp()})
	t.out.Item, t.out.Text = v.Item, v.Subject
	vi, en := t.figures(v)
	if all {
		t.say(list(": ", "Tất cả có mặt tán thành", v.Subject)+" ("+vi+")"+noQuorum, list(": ", "All present in favour", v.Subject)+" ("+en+")"+noQuorumEN)
		return nil
	}
	t.say(list(": ", "Biểu quyết", v.Subject)+" ("+vi+")"+noQuorum, list(": ", "Vote", v.Subject)+" ("+en+")"+noQuorumEN)
	return nil
}

func doVote(t *turn) error {
	b, err := body[VoteMade](t)
	if err != nil {
		return err
	}
	return t.addVote(b.Vote, false, b.Place)
}

func doVoteAll(t *turn) error {
	b, err := body[VoteAll](t)
	if err != nil {
		return err
	}
	return t.addVote(minutes.Vote{Item: b.Item, Subject: b.Subject}, true, b.Place)
}

func doVoteChanged(t *turn) error {
	b, err := body[VoteChanged](t)
	if err != nil {
		return err
	}
	v := votes.find(t.s, b.ID)
	switch {
	case v == nil:
		return t.gone("vote:" + b.ID)
	case v.Published != nil:
		return t.fail("published")
	}
	if b, err = changed(t, b, VoteChanged{b.ID, v.Vote}); err != nil {
		return err
	}
	if v.All && (b.For != v.For || b.Against+b.Abstain > 0) {
		b.Passed = nil // it was all in favour that made it so
	}
	if err := t.prepareVote(&b.Vote, v.Clock); err != nil {
		return err
	}
	v.All = v.All && b.For == v.For && b.Against == 0 && b.Abstain == 0
	v.Vote = b.Vote
	t.out.Item, t.out.Text = b.Item, b.Subject
	vi, en := t.figures(b.Vote)
	t.say(list(": ", "Sửa biểu quyết", b.Subject)+" ("+vi+")", list(": ", "Changed vote", b.Subject)+" ("+en+")")
	return nil
}

func (t *turn) prepareElection(e *minutes.Election, clock time.Time) error {
	e.Subject = oneLine(e.Subject)
	if tooLong(e.Subject, 4*maxName) || len(e.Results) > maxThings {
		return t.fail("election_long", 4*maxName)
	}
	if e.Item != "" && items.find(t.s, e.Item) == nil {
		return t.gone("item:" + e.Item)
	}
	item := e.Item
	e.Item = cmp.Or(e.Item, noItem)
	hall, _ := t.s.Present(clock)
	err := t.checkElection(*e, hall)
	if err == nil {
		err = t.checked(clock, func(m *minutes.Meeting) { m.Elections = []minutes.Election{*e} })
	}
	e.Item = item
	return err
}

func doElection(t *turn) error {
	b, err := body[ElectionMade](t)
	if err != nil {
		return err
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	clock := t.clock(p)
	b.Item = cmp.Or(b.Item, t.s.ItemAt(clock))
	if err := t.prepareElection(&b.Election, clock); err != nil {
		return err
	}
	id := t.newID("e")
	t.s.Elections = append(t.s.Elections, Election{ID: id, Election: b.Election, Place: p, Clock: clock, Stamp: t.stamp()})
	t.out.Item, t.out.Text = b.Item, b.Subject
	t.say(list(": ", "Bầu cử", b.Subject), list(": ", "Election", b.Subject))
	return nil
}

func doElectionChanged(t *turn) error {
	b, err := body[ElectionChanged](t)
	if err != nil {
		return err
	}
	e := elections.find(t.s, b.ID)
	switch {
	case e == nil:
		return t.gone("election:" + b.ID)
	case e.Published != nil:
		return t.fail("published")
	}
	if b, err = changed(t, b, ElectionChanged{b.ID, e.Election}); err != nil {
		return err
	}
	if err := t.prepareElection(&b.Election, e.Clock); err != nil {
		return err
	}
	e.Election = b.Election
	t.out.Item, t.out.Text = b.Item, b.Subject
	t.say(list(": ", "Sửa bầu cử", b.Subject), list(": ", "Changed election", b.Subject))
	return nil
}

func doResultRemoved(name string) func(*turn) error {
	return func(t *turn) error {
		b, err := body[Named](t)
		if err != nil {
			return err
		}
		if v := votes.find(t.s, b.ID); name == "vote" && v != nil && v.Published != nil {
			return t.fail("published")
		}
		if e := elections.find(t.s, b.ID); name == "election" && e != nil && e.Published != nil {
			return t.fail("published")
		}
		if name == "vote" {
			return removed("vote", "biểu quyết", "vote")(t)
		}
		return removed("election", "bầu cử", "election")(t)
	}
}

// result gives what a key names: where its publication is noted, and its subject.
func (t *turn) result(key string) (published **Stamp, subject string, err error) {
	name, id, _ := strings.Cut(key, ":")
	switch name {
	case "vote":
		if v := votes.find(t.s, id); v != nil {
			t.out.Item = v.Item
			return &v.Published, v.Subject, nil
		}
	case "election":
		if e := elections.find(t.s, id); e != nil {
			t.out.Item = e.Item
			return &e.Published, e.Subject, nil
		}
	default:
		return nil, "", t.fail("result_key", key)
	}
	return nil, "", t.gone(key)
}

func doPublished(t *turn) error {
	b, err := body[Result](t)
	if err != nil {
		return err
	}
	p, subject, err := t.result(b.Key)
	if err != nil {
		return err
	}
	if *p == nil {
		stamp := t.stamp()
		*p = &stamp
	}
	t.say("Công bố kết quả: "+subject, "Published the result: "+subject)
	return nil
}

func doUnpublished(t *turn) error {
	b, err := body[Result](t)
	if err != nil {
		return err
	}
	p, subject, err := t.result(b.Key)
	if err != nil {
		return err
	}
	*p = nil
	t.say("Thu lại kết quả đã công bố: "+subject, "Withdrew the published result: "+subject)
	return nil
}

func doAppointment(t *turn) error {
	b, err := body[AppointmentSet](t)
	if err != nil {
		return err
	}
	a := b.Appointment
	if err := cmp.Or(t.belongs(a.Item, true), t.registered(a.Reader, true)); err != nil {
		return err
	}
	for i, m := range a.Members {
		if m.Name == "" {
			return t.fail("candidate_name", i+1)
		}
	}
	if err := t.checked(farAway, func(m *minutes.Meeting) { m.Appointments = []minutes.Appointment{a.Appointment} }); err != nil {
		return err
	}
	return set(t, "appointment", appointments, &a, &a.ID, a.Item, "Quyết định chỉ định: "+a.Decision, "Appointment: "+a.Decision)
}

func doContribution(t *turn) error {
	b, err := body[ContributionSet](t)
	if err != nil {
		return err
	}
	c := b.Contribution
	if c.Person == "" {
		return t.fail("person_name")
	}
	if err := cmp.Or(t.belongs(c.Item, true), t.registered(c.Person, true)); err != nil {
		return err
	}
	if err := t.checked(farAway, func(m *minutes.Meeting) { m.Contributions = []minutes.Contribution{c.Contribution} }); err != nil {
		return err
	}
	what := list(", ", c.Person, c.Title)
	return set(t, "contribution", contributions, &c, &c.ID, c.Item, "Tham luận: "+what, "Contribution: "+what)
}

func doAction(t *turn) error {
	b, err := body[ActionSet](t)
	if err != nil {
		return err
	}
	a := b.Action
	if a.Task == "" {
		return t.fail("task_text")
	}
	if err := cmp.Or(t.belongs(a.Item, true), t.registered(a.Owner, true)); err != nil {
		return err
	}
	if err := t.checked(farAway, func(m *minutes.Meeting) { m.Actions = []minutes.Action{a.Action} }); err != nil {
		return err
	}
	what := list(": ", a.Owner, a.Task)
	return set(t, "action", actions, &a, &a.ID, a.Item, "Giao việc: "+what, "Task: "+what)
}

func doDocument(t *turn) error {
	b, err := body[DocumentSet](t)
	if err != nil {
		return err
	}
	d := b.Document
	const most = 2 << 20 // bytes of plain text: a book
	if !slices.Contains(secrecies, d.Secrecy) || b.Text != nil && len(*b.Text) > most {
		return t.fail("document_form", most)
	}
	if d.Secrecy == minutes.SecrecySecret && !t.in.Secret {
		return t.fail("secret_document")
	}
	if d.Title == "" {
		return t.fail("document_title")
	}
	if err := t.belongs(d.Item, false); err != nil {
		return err
	}
	if err := t.checked(farAway, func(m *minutes.Meeting) { m.Documents = []minutes.Document{d.Document} }); err != nil {
		return err
	}
	if err := set(t, "document", documents, &d, &d.ID, d.Item, "Tài liệu: "+d.Title, "Document: "+d.Title); err != nil {
		return err
	}
	if b.Text != nil {
		t.out.Document, t.out.DocumentText = d.ID, b.Text
	}
	return nil
}

// secrecies are those of a meeting and of a document; "" is normal.
var secrecies = []string{"", minutes.SecrecyNormal, minutes.SecrecyInternal, minutes.SecrecySecret}

// set puts a thing in its list: a new one without an id, else in the place of the old.
func set[T any](t *turn, name string, h shelfOf[T], v *T, id *string, item, vi, en string) error {
	t.out.Item = item
	if *id != "" {
		old := h.find(t.s, *id)
		if old == nil {
			return t.gone(name + ":" + *id)
		}
		*old = *v
		t.say(vi, en)
		return nil
	}
	p := h.list(t.s)
	if len(*p) >= maxThings {
		return t.fail("things_full", maxThings)
	}
	*id = t.newID(letters[name])
	*p = append(*p, *v)
	t.say(vi, en)
	return nil
}

// letters begin the ids of things set by one act for new and old.
var letters = map[string]string{"appointment": "q", "contribution": "c", "action": "t", "document": "d"}
