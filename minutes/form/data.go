package form

import (
	"reflect"
	"strconv"
	"strings"

	"bienban/minutes"
)

// indexCites finds which data the sentences already tell, so that no vote,
// election or task is printed twice: what a sentence rendered from data, or
// written by a person, cites; and a vote whose figures stand in a machine's
// sentence that cites it.
func (b *builder) indexCites() {
	b.told = map[string]bool{}
	for _, s := range b.m.Sections {
		if s.Closed && b.copy == Public {
			continue
		}
		for _, t := range s.Sentences {
			for _, id := range t.Cites {
				if t.Origin == minutes.OriginData || t.Origin == minutes.OriginPerson || b.holdsVote(id, t.Text) {
					b.told[id] = true
				}
			}
		}
	}
}

func (b *builder) holdsVote(id, text string) bool {
	kind, n, ok := strings.Cut(id, ":")
	i, err := strconv.Atoi(n)
	if !ok || kind != "vote" || err != nil || i < 1 || i > len(b.m.Meeting.Votes) {
		return false
	}
	v := b.m.Meeting.Votes[i-1]
	numbers := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	for _, n := range []int{v.For, v.Against, v.Abstain} {
		if n > 0 && !contains(numbers, strconv.Itoa(n)) {
			return false
		}
	}
	return v.For+v.Against+v.Abstain > 0
}

func citesKind(cites []string, kind string) bool {
	for _, c := range cites {
		if strings.HasPrefix(c, kind+":") {
			return true
		}
	}
	return false
}

// data adds what people entered for the item and no sentence tells.
func (b *builder) data(s *minutes.Section) {
	m := &b.m.Meeting
	for i, e := range m.AttendanceEvents {
		if e.Item == s.Item && !b.told[id("attendance", i)] {
			b.fact(id("attendance", i), roleBody, b.event(e))
		}
	}
	for i, c := range m.Contributions {
		if c.Item == s.Item && !b.told[id("contribution", i)] {
			b.fact(id("contribution", i), roleBody, b.contribution(c))
		}
	}
	for i, a := range m.Appointments {
		if a.Item == s.Item && !b.told[id("appointment", i)] {
			b.appointment(id("appointment", i), a)
		}
	}
	for i, e := range m.Elections {
		if e.Item == s.Item && !b.told[id("election", i)] {
			b.election(id("election", i), e)
		}
	}
	for _, v := range b.votesOf(s) {
		b.vote(v.id, v.Vote)
	}
	for i, a := range m.Actions {
		if a.Item == s.Item && !b.told[id("action", i)] {
			b.fact(id("action", i), roleBody, b.action(a))
		}
	}
}

func id(kind string, i int) string { return kind + ":" + strconv.Itoa(i+1) }

func (b *builder) fact(id, role, text string) {
	b.add(&paragraph{style: "body", role: role, runs: []run{{text: sentence(text), cites: []string{id}}}})
}

// item adds one of a list below a fact.
func (b *builder) item(text string) {
	b.add(&paragraph{style: "body", role: roleBody, list: true, runs: []run{{text: "- " + text}}})
}

type heldVote struct {
	minutes.Vote
	id string
}

// votesOf gives the item's votes that are not told yet. The section's own list
// counts where it has one; each of its votes is known by its place among the
// meeting's.
func (b *builder) votesOf(s *minutes.Section) []heldVote {
	var all []heldVote
	for i, v := range b.m.Meeting.Votes {
		if v.Item == s.Item {
			all = append(all, heldVote{v, id("vote", i)})
		}
	}
	if len(s.Votes) > 0 {
		var own []heldVote
		taken := make([]bool, len(all))
		for _, v := range s.Votes {
			h := heldVote{Vote: v}
			for i := range all {
				w := v
				w.Item = all[i].Item // another program may leave it out here
				if !taken[i] && reflect.DeepEqual(w, all[i].Vote) {
					taken[i], h.id = true, all[i].id
					break
				}
			}
			own = append(own, h)
		}
		all = own
	}
	return keep(all, func(h heldVote, _ int) bool { return !b.told[h.id] })
}

func (b *builder) vote(id string, v minutes.Vote) {
	m := &b.m.Meeting
	if v.Text != "" {
		b.fact(id, roleVote, b.label("vote_text", "text", strings.TrimRight(squeeze(v.Text), ".")))
	}
	var parts []string
	if v.Moved != "" {
		parts = append(parts, b.label("vote_moved", "moved", squeeze(v.Moved)))
	}
	if v.Seconded != "" {
		parts = append(parts, b.label("vote_seconded", "seconded", squeeze(v.Seconded)))
	}
	if v.For+v.Against+v.Abstain == 0 {
		parts = append(parts, sentence(b.label("vote_plain", "subject", squeeze(v.Subject))))
		b.fact(id, roleVote, strings.Join(append(parts, b.outcome(v)...), " "))
		return
	}
	figures := b.label("vote", "subject", squeeze(v.Subject), "for", b.w.count(v.For), "against", b.w.count(v.Against), "abstain", b.w.count(v.Abstain))
	var bases []string
	base, what := m.VoteBase(v)
	if what == minutes.BasePresent {
		bases = append(bases, b.label("vote_present", "members", b.members(), "percent", b.w.percent(v.For, base), "base", b.w.count(base)))
	}
	if total := m.VoteTotal(v); total > 0 {
		bases = append(bases, b.label("vote_total", "members", b.members(), "percent", b.w.percent(v.For, total), "base", b.w.count(total)))
	}
	if len(bases) > 0 {
		figures += "; " + strings.Join(bases, b.labels["comma"])
	}
	parts = append(parts, sentence(figures))
	b.fact(id, roleVote, strings.Join(append(parts, b.outcome(v)...), " "))
	if v.Roll != nil {
		b.roll(id, "roll_for", v.Roll.For)
		b.roll(id, "roll_against", v.Roll.Against)
		b.roll(id, "roll_abstain", v.Roll.Abstain)
	}
}

// members is what those who have a vote are called at a meeting of this kind.
func (b *builder) members() string { return b.values["members"] }

func (b *builder) outcome(v minutes.Vote) []string {
	switch carried, known := b.m.Meeting.Outcome(v); {
	case !known:
		return nil
	case carried:
		return []string{b.labels["vote_passed"]}
	}
	return []string{b.labels["vote_failed"]}
}

func (b *builder) roll(id, label string, names []string) {
	if len(names) == 0 {
		return
	}
	b.fact(id, roleVote, b.label(label, "names", b.join(names)))
}

func (b *builder) join(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, squeeze(s))
	}
	return strings.Join(out, b.labels["comma"])
}

// election prints the ballot's figures, then the result of every name.
// Percentages are of delegates summoned, as the Party's rules on elections
// have it; the base stands beside them.
func (b *builder) election(id string, e minutes.Election) {
	base := b.m.Meeting.Delegates.Summoned
	var parts []string
	add := func(label string, n int) {
		if n > 0 {
			parts = append(parts, b.label(label, "n", b.w.count(n)))
		}
	}
	if e.Round > 1 {
		add("election_round", e.Round)
	}
	add("election_seats", e.Seats)
	add("election_list", e.Nominated)
	add("election_left", e.Withdrawn)
	if e.Issued > 0 {
		parts = append(parts, b.label("election_ballots", "issued", b.w.count(e.Issued), "returned", b.w.count(e.Returned),
			"valid", b.w.count(e.Valid), "invalid", b.w.count(e.Invalid)))
	}
	text := b.label("election", "subject", squeeze(e.Subject))
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, b.labels["comma"])
	}
	text = sentence(text)
	if base > 0 && len(e.Results) > 0 {
		text += " " + sentence(b.label("election_base", "members", b.members(), "base", b.w.count(base)))
	}
	b.fact(id, roleVote, text)
	if len(e.Results) == 0 {
		return
	}
	t := &table{columns: []column{
		{title: b.labels["election_name"], share: 0.43, align: "left"},
		{title: b.labels["election_votes"], share: 0.16, align: "right"},
		{title: b.labels["election_percent"], share: 0.16, align: "right"},
		{title: b.labels["election_result"], share: 0.25, align: "left"},
	}}
	for _, r := range e.Results {
		won := b.labels["election_no"]
		if r.Elected {
			won = b.labels["election_yes"]
		}
		t.rows = append(t.rows, []string{squeeze(r.Name), b.w.count(r.Votes), b.w.percent(r.Votes, base), won})
	}
	b.add(t)
}

func (b *builder) appointment(id string, a minutes.Appointment) {
	text := b.label("appointment", "decision", squeeze(a.Decision))
	if !a.Date.IsZero() {
		text += " " + b.label("appointment_date", "date", strings.TrimPrefix(b.w.date(a.Date), "ngày "))
	}
	if a.Authority != "" {
		text += " " + b.label("appointment_by", "authority", squeeze(a.Authority))
	}
	if a.Reader != "" {
		text += b.labels["comma"] + b.label("appointment_reader", "reader", squeeze(a.Reader))
	}
	b.fact(id, roleBody, text)
	if len(a.Members) == 0 {
		return
	}
	if a.Body != "" {
		b.fact(id, roleBody, b.label("appointment_body", "body", squeeze(a.Body))+":")
	}
	for i, m := range a.Members {
		end := ";"
		if i == len(a.Members)-1 {
			end = "."
		}
		text := squeeze(m.Name)
		if m.Position != "" {
			text += b.labels["comma"] + squeeze(m.Position)
		}
		b.item(text + end)
	}
}

func (b *builder) contribution(c minutes.Contribution) string {
	person := squeeze(c.Person)
	if p := b.m.Meeting.Person(c.Person); p != nil && p.Title != "" {
		person += b.labels["comma"] + squeeze(p.Title) + b.labels["comma"]
		person = strings.TrimRight(person, " ")
	}
	name := "contribution_written"
	if c.Spoken {
		name = "contribution_spoken"
	}
	text := b.label(name, "person", person)
	if c.Title != "" {
		text += " " + b.label("contribution_title", "title", squeeze(c.Title))
	}
	return text
}

func (b *builder) event(e minutes.AttendanceEvent) string {
	name := "arrive"
	if e.Event == "leave" {
		name = "leave"
	}
	who := squeeze(e.Person)
	if who == "" {
		who = b.label("event_people", "n", b.w.count(e.People()))
	}
	text := b.label(name, "person", who)
	if !e.At.IsZero() && !e.At.DateOnly {
		text += " " + b.label("event_at", "clock", b.w.clock(e.At))
	}
	if e.Reason != "" {
		text += b.labels["comma"] + b.label("event_reason", "reason", squeeze(e.Reason))
	}
	if e.Present != nil {
		text += b.labels["comma"] + b.label("event_present", "n", b.w.count(*e.Present))
	}
	return text
}

func (b *builder) action(a minutes.Action) string {
	text := b.label("action", "task", strings.TrimRight(squeeze(a.Task), "."))
	var parts []string
	if a.Owner != "" {
		parts = append(parts, b.label("action_owner", "owner", squeeze(a.Owner)))
	}
	if !a.Due.IsZero() {
		parts = append(parts, b.label("action_due", "due", b.w.date(a.Due)))
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, "; ") + ")"
	}
	return text
}

// actions is the table of all tasks at the end of the items.
func (b *builder) actions() {
	t := &table{columns: []column{
		{title: b.labels["actions_item"], share: 0.10, align: "left"},
		{title: b.labels["actions_task"], share: 0.46, align: "left"},
		{title: b.labels["actions_owner"], share: 0.23, align: "left"},
		{title: b.labels["actions_due"], share: 0.21, align: "left"},
	}}
	for _, s := range b.m.Sections {
		for _, a := range b.m.Meeting.Actions {
			if a.Item != s.Item {
				continue
			}
			due := ""
			if !a.Due.IsZero() {
				due = b.w.date(a.Due)
			}
			t.rows = append(t.rows, []string{squeeze(a.Item), squeeze(a.Task), squeeze(a.Owner), due})
		}
	}
	if len(t.rows) == 0 {
		return
	}
	b.add(&heading{level: 1, text: b.labels["actions"]})
	b.add(t)
}
