package desk

import "bienban/minutes"

// checkVote refuses a vote's figures that cannot be, in words of both languages.
// minutes.Meeting.Check would find them too, in English. hall is how many were
// present then, 0 when nobody knows.
func (t *turn) checkVote(v minutes.Vote, hall int) error {
	summoned := t.s.Head.Delegates.Summoned
	total := v.Total
	if total == 0 {
		total = summoned
	}
	limit, of := total, "votes_summoned"
	if hall > 0 {
		limit, of = hall, "votes_present"
	}
	if v.Present > 0 {
		limit, of = v.Present, "votes_present"
	}
	cast := v.For + v.Against + v.Abstain
	switch {
	case min(v.For, v.Against, v.Abstain, v.Present, v.Total) < 0:
		return t.fail("figure_negative")
	case v.Total > 0 && summoned > 0 && v.Total > summoned:
		return t.fail("total_summoned", v.Total, summoned)
	case total > 0 && v.Present > total:
		return t.fail("present_summoned", v.Present, total)
	case hall > 0 && v.Present > hall:
		return t.fail("present_hall", v.Present, hall)
	case limit > 0 && cast > limit:
		return t.fail(Reason(of), v.For, v.Against, v.Abstain, cast, limit)
	case v.Passed != nil && *v.Passed && v.For < v.Against:
		return t.fail("passed_fewer", v.For, v.Against)
	}
	return nil
}

// checkRoll looks at the names of a vote and at who moved it.
func (t *turn) checkRoll(v minutes.Vote) error {
	for _, name := range []string{v.Moved, v.Seconded} {
		if err := t.registered(name, false); err != nil {
			return err
		}
	}
	if v.Roll == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, side := range []struct {
		names []string
		count int
	}{{v.Roll.For, v.For}, {v.Roll.Against, v.Against}, {v.Roll.Abstain, v.Abstain}} {
		for i, name := range side.names {
			if name == "" {
				return t.fail("candidate_name", i+1)
			}
			if err := t.registered(name, false); err != nil {
				return err
			}
			if seen[name] {
				return t.fail("candidate_twice", clip(name))
			}
			seen[name] = true
		}
		if len(side.names) != side.count {
			return t.fail("roll_count", len(side.names), side.count)
		}
	}
	return nil
}

// registered refuses a name that is neither of the people nor of the register; orBody
// lets an office's and a body's name pass.
func (t *turn) registered(name string, orBody bool) error {
	m := t.asMeeting()
	if name == "" || m.Known(name) || orBody && m.KnownOrBody(name) {
		return nil
	}
	return t.fail("person_unknown", clip(name))
}

// belongs refuses an item that is not there, or none where one is needed.
func (t *turn) belongs(item string, needed bool) error {
	switch {
	case item == "" && needed:
		return t.fail("item_needed")
	case item != "" && items.find(t.s, item) == nil:
		return t.gone("item:" + item)
	}
	return nil
}

// checkElection is checkVote for an election: ballots issued ≥ returned ≥ valid +
// invalid, nobody named twice or with more votes than there are ballots.
func (t *turn) checkElection(e minutes.Election, hall int) error {
	summoned := t.s.Head.Delegates.Summoned
	switch {
	case min(e.Seats, e.Nominated, e.Withdrawn, e.Round, e.Issued, e.Returned, e.Valid, e.Invalid) < 0:
		return t.fail("figure_negative")
	case hall > 0 && e.Issued > hall:
		return t.fail("ballots_present", e.Issued, hall)
	case summoned > 0 && e.Issued > summoned:
		return t.fail("ballots_summoned", e.Issued, summoned)
	case e.Issued > 0 && e.Returned > e.Issued:
		return t.fail("ballots_returned", e.Returned, e.Issued)
	case e.Returned > 0 && e.Valid+e.Invalid > e.Returned:
		return t.fail("ballots_valid", e.Valid, e.Invalid, e.Returned)
	case e.Nominated > 0 && e.Withdrawn > e.Nominated:
		return t.fail("withdrawn", e.Withdrawn, e.Nominated)
	}
	ballots := e.Valid
	if ballots == 0 {
		ballots = e.Returned - e.Invalid
	}
	if ballots <= 0 {
		ballots = summoned
	}
	elected, seen := 0, map[string]bool{}
	for i, r := range e.Results {
		switch {
		case r.Name == "":
			return t.fail("candidate_name", i+1)
		case seen[r.Name]:
			return t.fail("candidate_twice", clip(r.Name))
		case r.Votes < 0:
			return t.fail("figure_negative")
		case ballots > 0 && r.Votes > ballots:
			return t.fail("candidate_votes", clip(r.Name), r.Votes, ballots)
		}
		seen[r.Name] = true
		if r.Elected {
			elected++
		}
	}
	if e.Seats > 0 && elected > e.Seats {
		return t.fail("elected_seats", elected, e.Seats)
	}
	return nil
}
