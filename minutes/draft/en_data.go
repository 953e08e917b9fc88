package draft

import (
	"fmt"
	"strings"

	"bienban/minutes"
)

func (v english) attendance(m *minutes.Meeting) string {
	d := m.Delegates
	if d.Summoned+d.Present == 0 {
		return ""
	}
	if d.Summoned == 0 {
		return fmt.Sprintf("%s present.", plural(d.Present, "member was", "members were"))
	}
	s := fmt.Sprintf("%d of the %s %s present", d.Present, plural(d.Summoned, "member", "members"), wasWere(d.Present))
	if d.Absent > 0 {
		s += fmt.Sprintf(" and %d %s absent", d.Absent, wasWere(d.Absent))
	}
	return s + "."
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (v english) event(m *minutes.Meeting, e minutes.AttendanceEvent) string {
	who := v.withTitle(m, e.Person)
	switch {
	case who == "" && e.Count > 1:
		who = plural(e.Count, "member", "members")
	case who == "":
		who = "A member"
	}
	verb := "arrived"
	if e.Event == minutes.EventLeave {
		verb = "left"
	}
	s := who + " " + verb
	if strings.Contains(who, ", ") {
		s = who + ", " + verb
	}
	if c := m.FormatClock(e.At); c != "" {
		s += " at " + c
	}
	if e.Reason != "" {
		s += " (" + e.Reason + ")"
	}
	if e.Present != nil {
		s += fmt.Sprintf("; %s present from then on", plural(*e.Present, "member was", "members were"))
	}
	return s + "."
}

// withTitle writes a name with its title: "Councillor Helen Fraser", "Daniel Osei, Town Clerk".
func (v english) withTitle(m *minutes.Meeting, name string) string {
	p := m.Person(name)
	switch {
	case p == nil || p.Title == "":
		return name
	case v.styled(p.Title):
		return p.Title + " " + p.Name
	}
	return p.Name + ", " + p.Title
}

func (v english) vote(sc *scene, vote minutes.Vote) string {
	m := sc.m
	var b strings.Builder
	fmt.Fprintf(&b, "Vote on %s", vote.Subject)
	if vote.Text != "" {
		fmt.Fprintf(&b, " (“%s”)", bare(vote.Text))
	}
	if vote.Moved != "" {
		fmt.Fprintf(&b, ", moved by %s", v.withTitle(m, vote.Moved))
		sc.introduce(vote.Moved)
	}
	if vote.Seconded != "" {
		fmt.Fprintf(&b, ", seconded by %s", v.withTitle(m, vote.Seconded))
		sc.introduce(vote.Seconded)
	}
	fmt.Fprintf(&b, ": %d in favour, %d against, %s", vote.For, vote.Against, plural(vote.Abstain, "abstention", "abstentions"))
	base, kind := m.VoteBase(vote)
	of := map[string]string{minutes.BasePresent: "present", minutes.BaseTotal: "members in all", minutes.BaseSummoned: "members in all"}[kind]
	if p := minutes.Percent(m.Language, vote.For, base); p != "" {
		fmt.Fprintf(&b, " (%s%% of the %d %s)", p, base, of)
	}
	if vote.Passed != nil {
		b.WriteString(map[bool]string{true: "; carried", false: "; not carried"}[*vote.Passed])
	}
	b.WriteString(".")
	if r := vote.Roll; r != nil {
		for _, l := range []struct {
			word  string
			names []string
		}{{"For", r.For}, {"Against", r.Against}, {"Abstained", r.Abstain}} {
			if len(l.names) > 0 {
				fmt.Fprintf(&b, " %s: %s.", l.word, strings.Join(l.names, ", "))
			}
		}
	}
	return b.String()
}

func (v english) appointment(sc *scene, a minutes.Appointment) string {
	m := sc.m
	s := "Appointment"
	if a.Decision != "" {
		s = "Decision " + a.Decision
	}
	if d := m.FormatDate(a.Date); d != "" {
		s += " of " + d
	}
	if a.Authority != "" {
		s += ", " + a.Authority
	}
	if a.Reader != "" {
		s += ", read by " + v.withTitle(m, a.Reader)
	}
	if a.Body != "" {
		s += ": " + a.Body
	}
	return s + members(a.Members, fmt.Sprintf(" (%d members)", len(a.Members))) + "."
}

// members lists the people appointed, after their number.
func members(list []minutes.Member, count string) string {
	if len(list) == 0 {
		return ""
	}
	parts := make([]string, len(list))
	for i, p := range list {
		parts[i] = p.Name
		if p.Position != "" {
			parts[i] += " (" + p.Position + ")"
		}
	}
	return count + ": " + strings.Join(parts, "; ")
}

func (v english) contribution(sc *scene, c minutes.Contribution) string {
	how := "handed in a written contribution"
	if c.Spoken {
		how = "presented a contribution"
	}
	who := v.withTitle(sc.m, c.Person)
	sc.introduce(c.Person)
	s := fmt.Sprintf("Contribution: %s %s", who, how)
	if strings.Contains(who, ", ") {
		s = fmt.Sprintf("Contribution: %s, %s", who, how)
	}
	if c.Title != "" {
		s += ", “" + c.Title + "”"
	}
	return s + "."
}

func (english) election(m *minutes.Meeting, e minutes.Election) []string {
	var parts []string
	add := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, plural(n, one, many))
		}
	}
	s := "Election: " + e.Subject
	if e.Round > 0 {
		s += fmt.Sprintf(", round %d", e.Round)
	}
	add(e.Seats, "seat", "seats")
	add(e.Nominated, "nominated", "nominated")
	add(e.Withdrawn, "withdrawn", "withdrawn")
	add(e.Issued, "ballot issued", "ballots issued")
	add(e.Returned, "returned", "returned")
	if e.Valid+e.Invalid > 0 {
		parts = append(parts, fmt.Sprintf("%d valid", e.Valid), fmt.Sprintf("%d invalid", e.Invalid))
	}
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, ", ")
	}
	out := []string{s + "."}
	for _, r := range e.Results {
		s := fmt.Sprintf("%s: %s", r.Name, plural(r.Votes, "vote", "votes"))
		if p := minutes.Percent(m.Language, r.Votes, m.Delegates.Summoned); p != "" {
			s += fmt.Sprintf(", %s%% of the %d members summoned", p, m.Delegates.Summoned)
		}
		out = append(out, s+map[bool]string{true: "; elected.", false: "; not elected."}[r.Elected])
	}
	return out
}

func (v english) action(sc *scene, a minutes.Action) string {
	s := "Action: " + bare(a.Task)
	if a.Owner != "" {
		s += " (" + v.withTitle(sc.m, a.Owner) + ")"
	}
	if d := sc.m.FormatDate(a.Due); d != "" {
		s += ", by " + d
	}
	return s + "."
}

func (english) document(sc *scene, d minutes.Document) string {
	s := "Document: " + d.Title
	if d.Number != "" {
		s += ", number " + d.Number
	}
	if day := sc.m.FormatDate(d.Date); day != "" {
		s += ", of " + day
	}
	return s + "."
}
