package minutes

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

func startsUpper(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.IsUpper(r)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// figure is a count under its key.
type figure struct {
	key string
	n   int
}

func (c *checker) notNegative(path string, figures ...figure) error {
	for _, f := range figures {
		if f.n < 0 {
			return c.fail(join(path, f.key), "%d: a count cannot be negative", f.n)
		}
	}
	return nil
}

func (c *checker) attendance() error {
	d := c.m.Delegates
	if err := c.notNegative("delegates", figure{"summoned", d.Summoned}, figure{"present", d.Present}, figure{"absent", d.Absent}); err != nil {
		return err
	}
	if d.Summoned > 0 && d.Present+d.Absent > d.Summoned {
		return c.fail("delegates", "%d present and %d absent are more than the %d summoned", d.Present, d.Absent, d.Summoned)
	}
	for i, e := range c.m.AttendanceEvents {
		at := func(key string) string { return indexed("attendance_events", i, key) }
		if e.Event == "" {
			return c.fail(at("event"), "missing: write arrive or leave")
		}
		if err := c.oneOf(at("event"), e.Event, events); err != nil {
			return err
		}
		if err := first(c.moment(at, e.T, e.At), c.session(at("session"), e.Session),
			c.item(at("item"), e.Item, false), c.person(at("person"), e.Person)); err != nil {
			return err
		}
		if err := c.notNegative(at(""), figure{"count", e.Count}); err != nil {
			return err
		}
		if e.Person != "" && e.Count > 1 {
			return c.fail(at("count"), "%d people, but one is named: leave out count or person", e.Count)
		}
		if e.Present != nil {
			if err := c.notNegative(at(""), figure{"present", *e.Present}); err != nil {
				return err
			}
			if d.Summoned > 0 && *e.Present > d.Summoned {
				return c.fail(at("present"), "%d in the hall are more than the %d summoned", *e.Present, d.Summoned)
			}
		}
	}
	if _, steps := c.m.presence(); len(steps) > 0 && d.Present > 0 {
		for _, s := range steps {
			if s.present < 0 {
				return c.fail(indexed("attendance_events", s.event, "event"), "more people leave than were present")
			}
			if d.Summoned > 0 && s.present > d.Summoned {
				return c.fail(indexed("attendance_events", s.event, "event"), "with this, %d are in the hall, more than the %d summoned", s.present, d.Summoned)
			}
		}
	}
	return nil
}

// moment checks t and at of a mark, a note or an event.
func (c *checker) moment(at func(string) string, t *float64, when Time) error {
	if t != nil && *t < 0 {
		return c.fail(at("t"), "%v: seconds from the recording's first sample cannot be negative", *t)
	}
	if when.DateOnly {
		return c.fail(at("at"), "%s has no clock: write it as 2025-08-18T07:30:00+07:00", when)
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) marks() error {
	for i, k := range c.m.Marks {
		at := func(key string) string { return indexed("marks", i, key) }
		if k.T == nil && k.At.IsZero() {
			return c.fail(at(""), "has neither t (seconds of the recording) nor at (a time)")
		}
		if err := first(c.item(at("item"), k.Item, true), c.moment(at, k.T, k.At), c.session(at("session"), k.Session)); err != nil {
			return err
		}
		if k.T == nil && c.m.sessionStart(k.Session).IsZero() {
			return c.fail(at("at"), "needs the meeting's start: a time says nothing about the recording without it")
		}
	}
	return nil
}

func (c *checker) votes() error {
	for i := range c.m.Votes {
		v := &c.m.Votes[i]
		at := func(key string) string { return indexed("votes", i, key) }
		if err := first(
			c.item(at("item"), v.Item, true), c.person(at("moved"), v.Moved), c.person(at("seconded"), v.Seconded),
			c.notNegative(at(""), figure{"for", v.For}, figure{"against", v.Against}, figure{"abstain", v.Abstain},
				figure{"present", v.Present}, figure{"total", v.Total}),
			c.roll(at, v),
		); err != nil {
			return err
		}
		total, totalWord := v.Total, "total"
		if total == 0 {
			total, totalWord = c.m.Delegates.Summoned, "summoned"
		}
		if v.Total > 0 && c.m.Delegates.Summoned > 0 && v.Total > c.m.Delegates.Summoned {
			return c.fail(at("total"), "%d is more than the %d summoned", v.Total, c.m.Delegates.Summoned)
		}
		if total > 0 && v.Present > total {
			return c.fail(at("present"), "%d present are more than the %s, %d", v.Present, totalWord, total)
		}
		hall, known := c.m.presenceBound(v.Item)
		if known && v.Present > hall {
			return c.fail(at("present"), "%d present are more than the %d in the hall by delegates and attendance_events", v.Present, hall)
		}
		limit, word := v.Present, "present"
		if limit == 0 && known {
			limit, word = hall, "present"
		} else if limit == 0 {
			limit, word = total, totalWord
		}
		if cast := v.For + v.Against + v.Abstain; limit > 0 && cast > limit {
			return c.fail(at(""), "for %d + against %d + abstain %d = %d are more than the %d %s", v.For, v.Against, v.Abstain, cast, limit, word)
		}
		if v.Passed != nil && *v.Passed && v.For < v.Against {
			return c.fail(at("passed"), "true, but %d for are fewer than %d against", v.For, v.Against)
		}
	}
	return nil
}

// roll checks a vote by name against its counts. Where only names were
// entered, the counts are theirs.
func (c *checker) roll(at func(string) string, v *Vote) error {
	if v.Roll == nil {
		return nil
	}
	seen := map[string]string{}
	lists := []struct {
		key   string
		names []string
		count *int
	}{{"for", v.Roll.For, &v.For}, {"against", v.Roll.Against, &v.Against}, {"abstain", v.Roll.Abstain, &v.Abstain}}
	counted := v.For+v.Against+v.Abstain > 0
	for _, l := range lists {
		path := at("roll." + l.key)
		for j, name := range l.names {
			if name == "" {
				return c.fail(indexed(path, j, ""), "is empty")
			}
			if err := c.person(indexed(path, j, ""), name); err != nil {
				return err
			}
			if other, twice := seen[name]; twice {
				return c.fail(indexed(path, j, ""), "%s has voted already, under %s", clip(name), other)
			}
			seen[name] = l.key
		}
		if !counted {
			*l.count = len(l.names)
		} else if len(l.names) != *l.count {
			return c.fail(path, "%d names, but the count of %s is %d", len(l.names), l.key, *l.count)
		}
	}
	return nil
}

func (c *checker) elections() error {
	summoned := c.m.Delegates.Summoned
	for i, e := range c.m.Elections {
		at := func(key string) string { return indexed("elections", i, key) }
		if err := first(c.item(at("item"), e.Item, true), c.notNegative(at(""),
			figure{"seats", e.Seats}, figure{"nominated", e.Nominated}, figure{"withdrawn", e.Withdrawn}, figure{"round", e.Round},
			figure{"issued", e.Issued}, figure{"returned", e.Returned}, figure{"valid", e.Valid}, figure{"invalid", e.Invalid})); err != nil {
			return err
		}
		switch {
		case summoned > 0 && e.Issued > summoned:
			return c.fail(at("issued"), "%d ballots are more than the %d summoned", e.Issued, summoned)
		case e.Issued > 0 && e.Returned > e.Issued:
			return c.fail(at("returned"), "%d ballots are more than the %d issued", e.Returned, e.Issued)
		case e.Returned > 0 && e.Valid+e.Invalid > e.Returned:
			return c.fail(at("valid"), "%d valid and %d invalid ballots are more than the %d returned", e.Valid, e.Invalid, e.Returned)
		case e.Nominated > 0 && e.Withdrawn > e.Nominated:
			return c.fail(at("withdrawn"), "%d are more than the %d nominated", e.Withdrawn, e.Nominated)
		}
		limit, word := e.Valid, "valid ballots"
		if limit == 0 {
			limit, word = e.Returned-e.Invalid, "ballots returned"
		}
		if limit <= 0 {
			limit, word = summoned, "summoned"
		}
		elected, seen := 0, map[string]bool{}
		for j, r := range e.Results {
			path := indexed(at("results"), j, "")
			if r.Name == "" {
				return c.fail(join(path, "name"), "missing")
			}
			if seen[r.Name] {
				return c.fail(join(path, "name"), "%q is given twice", clip(r.Name))
			}
			seen[r.Name] = true
			if err := c.notNegative(path, figure{"votes", r.Votes}); err != nil {
				return err
			}
			if limit > 0 && r.Votes > limit {
				return c.fail(join(path, "votes"), "%d votes are more than the %d %s", r.Votes, limit, word)
			}
			if r.Elected {
				elected++
			}
		}
		if e.Seats > 0 && elected > e.Seats {
			return c.fail(at("results"), "%d are elected to %d seats", elected, e.Seats)
		}
	}
	return nil
}

// rest checks appointments, contributions, notes, actions and documents.
func (c *checker) rest() error {
	m := c.m
	for i, a := range m.Appointments {
		at := func(key string) string { return indexed("appointments", i, key) }
		if err := first(c.item(at("item"), a.Item, true), c.personOrBody(at("reader"), a.Reader)); err != nil {
			return err
		}
		for j, p := range a.Members {
			if p.Name == "" {
				return c.fail(indexed(at("members"), j, "name"), "missing")
			}
		}
	}
	for i, k := range m.Contributions {
		at := func(key string) string { return indexed("contributions", i, key) }
		if k.Person == "" {
			return c.fail(at("person"), "missing")
		}
		if err := first(c.item(at("item"), k.Item, true), c.personOrBody(at("person"), k.Person)); err != nil {
			return err
		}
	}
	for i, n := range m.Notes {
		at := func(key string) string { return indexed("notes", i, key) }
		if n.Text == "" {
			return c.fail(at("text"), "missing")
		}
		if err := first(c.item(at("item"), n.Item, false), c.moment(at, n.T, n.At), c.session(at("session"), n.Session),
			c.personOrBody(at("by"), n.By)); err != nil {
			return err
		}
	}
	for i, a := range m.Actions {
		at := func(key string) string { return indexed("actions", i, key) }
		if a.Task == "" {
			return c.fail(at("task"), "missing")
		}
		if err := first(c.item(at("item"), a.Item, true), c.personOrBody(at("owner"), a.Owner)); err != nil {
			return err
		}
	}
	for i, d := range m.Documents {
		if d.Title == "" {
			return c.fail(indexed("documents", i, "title"), "missing")
		}
		if err := c.item(indexed("documents", i, "item"), d.Item, false); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) signers() error {
	for i, s := range c.m.Signers {
		at := func(key string) string { return indexed("signers", i, key) }
		if s.Person == "" {
			return c.fail(at("person"), "missing")
		}
		if err := first(c.person(at("person"), s.Person), c.oneOf(at("side"), s.Side, sides)); err != nil {
			return err
		}
	}
	if i := slices.Index(c.m.Recipients, ""); i >= 0 {
		return c.fail(indexed("recipients", i, ""), "is empty")
	}
	return nil
}
