package desk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/minutes"
)

// MinutesVersion says of minutes that somebody brought in who did it and when. Their
// text is kept beside the state (Store.Minutes). The newest version counts.
type MinutesVersion struct {
	ID       string `json:"id"` // "d12"
	File     string `json:"file,omitempty"`
	Sections int    `json:"sections"`
	Stamp    Stamp  `json:"stamp"`
	// Withdrawn: a stretch of a recording that they rest on was erased, and their
	// text with it.
	Withdrawn bool `json:"withdrawn,omitempty"`
}

// MinutesBrought brings in minutes as `bienban draft` writes them (minutes.json).
type MinutesBrought struct {
	File    string          `json:"file,omitempty"` // its name, as shown
	Minutes json.RawMessage `json:"minutes"`
}

const (
	// maxMinutes bounds minutes in bytes: 20 hours of speech with all their evidence
	// are about 8 MB.
	maxMinutes = 16 << 20
	// maxVersions bounds how often minutes are brought in: somebody does it by hand.
	maxVersions = 500
)

// doMinutes takes in minutes of this meeting.
func doMinutes(t *turn) error {
	b, err := body[MinutesBrought](t)
	if err != nil {
		return err
	}
	b.File = clip(b.File)
	switch {
	case t.s.Rehearsal:
		return refuse(fault.Locked, t.kind, "minutes_rehearsal")
	case len(t.s.Minutes) >= maxVersions:
		return t.fail("things_full", maxVersions)
	}
	var options []minutes.ReadOption
	if t.in.Secret {
		options = append(options, minutes.AllowSecret())
	}
	m, err := minutes.DecodeMinutes("minutes.json", b.Minutes, options...)
	if err != nil {
		return t.fail("minutes_form", err)
	}
	if err := t.ofThisMeeting(m); err != nil {
		return err
	}
	if t.s.restsOnErased(m) {
		return t.fail("minutes_erased")
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return fault.New(fault.Internal, "minutes: %w", err)
	}
	v := MinutesVersion{ID: t.newID("d"), File: b.File, Sections: len(m.Sections), Stamp: t.stamp()}
	t.s.Minutes = append(t.s.Minutes, v)
	t.out.MinutesText, t.out.Minutes = string(raw), v.ID
	t.say(fmt.Sprintf("Đưa biên bản vào, bản %d", len(t.s.Minutes)), fmt.Sprintf("Brought in minutes, version %d", len(t.s.Minutes)))
	return nil
}

// ofThisMeeting refuses minutes of another meeting, also of another sitting under the
// same title, and those that do not say of which they are.
func (t *turn) ofThisMeeting(m *minutes.Minutes) error {
	if m.Meeting.Title == "" {
		return t.fail("minutes_unnamed")
	}
	meeting := t.s.Meeting()
	day := func(x minutes.Time) string {
		if x.IsZero() {
			return ""
		}
		return x.Format(time.DateOnly)
	}
	a, b := day(m.Meeting.Start), day(meeting.Start)
	if a != "" && b != "" && a != b || lang.Fold(m.Meeting.Title) != lang.Fold(meeting.Title) && !(a != "" && a == b && lang.Fold(m.Meeting.Issuer) == lang.Fold(meeting.Issuer)) {
		return t.fail("minutes_another", clip(m.Meeting.Title), a, clip(meeting.Title), b)
	}
	for _, x := range m.Sections {
		if t.s.ItemOf(x) == nil {
			return t.fail("minutes_item", clip(cmp.Or(x.Title, x.Item)))
		}
	}
	return nil
}

// ItemOf is the item that a section of minutes is of: of its id and title, else of its
// title alone, since a meeting file numbers its items by itself, else of its id, where
// the title was changed since. Nil when the agenda has none.
func (s *State) ItemOf(x minutes.Section) *Item {
	title := lang.Fold(x.Title)
	i := items.find(s, x.Item)
	if i == nil || lang.Fold(i.Title) != title {
		if at := slices.IndexFunc(s.Items, func(i Item) bool { return title != "" && lang.Fold(i.Title) == title }); at >= 0 {
			i = &s.Items[at]
		}
	}
	if i == nil {
		return nil
	}
	return s.Item(i.ID) // it may be merged into another one
}

// citedFrom names the evidence of minutes that was said in stretches of some kinds, by
// its time: on the line of all recordings (Assemble), and on a recording's own, as a
// draft has it that was made of one recording.
func (s *State) citedFrom(m *minutes.Minutes, kinds ...string) map[string]bool {
	const rounding = 0.05 // seconds: lengths and words' times are rounded apart
	out := map[string]bool{}
	for _, p := range newLine(s, nil) {
		for _, x := range s.StretchesOf(p.ID, kinds...) {
			from, to := x.Seconds()
			from, to = from-wordSlack+rounding, to+wordSlack-rounding
			for _, e := range m.Evidence {
				own, line := e.Start < to && from < e.End, e.Start-p.offset < to && from < e.End-p.offset
				if e.Kind == minutes.EvidenceSegment && (own || line) {
					out[e.ID] = true
				}
			}
		}
	}
	return out
}

// cites lists all ids that a draft names: each sentence's, those of flags and of
// conflicts.
func cites(m *minutes.Minutes) []string {
	var out []string
	flags := func(all []minutes.Flag) {
		for _, f := range all {
			out = append(out, f.Cites...)
		}
	}
	flags(m.Flags)
	for _, c := range m.Conflicts {
		out = append(out, c.Cites...)
	}
	for _, x := range m.Sections {
		flags(x.Flags)
		for _, t := range x.Sentences {
			out = append(out, t.Cites...)
			flags(t.Flags)
		}
	}
	return out
}

var (
	// ofRecording is what Assemble puts before a segment's id.
	ofRecording = regexp.MustCompile(`^r[0-9]+-`)
	// ofSegment is the form of a segment's id.
	ofSegment = regexp.MustCompile(`^(?:.+-)?s[0-9]+(?:\..*)?$`)
)

// restsOnErased says whether minutes that are brought in may hold what was said in a
// stretch that is erased: they were drafted before that, or do not show of what.
func (s *State) restsOnErased(m *minutes.Minutes) bool {
	if !slices.ContainsFunc(s.Recordings, func(r Recording) bool { return len(s.StretchesOf(r.ID, StretchErased)) > 0 }) {
		return false
	}
	if len(s.citedFrom(m, StretchErased)) > 0 || unfounded(m) {
		return true
	}
	shown := map[string]bool{}
	for _, e := range m.Evidence {
		shown[e.ID] = true
	}
	return slices.ContainsFunc(cites(m), func(id string) bool { return !shown[id] && ofSegment.MatchString(id) })
}

// unfounded says whether a sentence that a machine wrote does not say what it rests on.
func unfounded(m *minutes.Minutes) bool {
	for _, x := range m.Sections {
		for _, t := range x.Sentences {
			if len(t.Cites) == 0 && (t.Origin == minutes.OriginLLM || t.Origin == minutes.OriginExtract) {
				return true
			}
		}
	}
	return false
}

// LosesMinutes says whether minutes that are kept must go with stretches that were
// erased: they cite or hold a segment that lost its text, or what was said in the
// stretch's time, or do not show what they rest on. Which recording a cited segment is
// of is not looked at: recordings that came since would have shifted the numbers.
func (s *State) LosesMinutes(m *minutes.Minutes, segments map[string]bool) bool {
	gone := map[string]bool{}
	for id := range segments {
		gone[root(id)] = true
	}
	ids := cites(m)
	for _, e := range m.Evidence {
		ids = append(ids, e.ID)
	}
	return unfounded(m) || len(s.citedFrom(m, StretchErased)) > 0 ||
		slices.ContainsFunc(ids, func(id string) bool { return gone[root(ofRecording.ReplaceAllString(id, ""))] })
}

// WithoutMinutes is a state in which versions of the minutes are withdrawn.
func (s *State) WithoutMinutes(ids []string) *State {
	v := s.copy()
	for i := range v.Minutes {
		if slices.Contains(ids, v.Minutes[i].ID) {
			v.Minutes[i].Withdrawn = true
		}
	}
	if v.Before != nil {
		v.Before = v.Before.WithoutMinutes(ids)
	}
	return v
}

// NewestMinutes is the version that counts, nil when there is none.
func (s *State) NewestMinutes() *MinutesVersion {
	if n := len(s.Minutes); n > 0 {
		return &s.Minutes[n-1]
	}
	return nil
}

// ClosedIn gives a function that says whether a sentence of minutes is for the closed
// circle: by its item, or by what it cites.
func (s *State) ClosedIn(m *minutes.Minutes) func(x minutes.Section, t minutes.Sentence) bool {
	closed := s.citedFrom(m, StretchClosed, StretchErased)
	return func(x minutes.Section, t minutes.Sentence) bool {
		return s.closedSection(x) || slices.ContainsFunc(t.Cites, func(id string) bool { return closed[id] })
	}
}

func (s *State) closedSection(x minutes.Section) bool {
	i := s.ItemOf(x)
	return x.Closed || i == nil || s.ClosedItem(i.ID)
}

// MinutesFor reduces minutes to what the roles may see; s is the whole state. It gives
// nil to who may not see minutes. Without SeeClosed a closed item keeps its title, as in
// a public copy, and the meeting's data and the evidence are left out.
func (s *State) MinutesFor(m *minutes.Minutes, roles Roles) *minutes.Minutes {
	if !roles.May(SeeMinutes) {
		return nil
	}
	if roles.May(SeeClosed) {
		return m
	}
	closed := s.ClosedIn(m)
	v := &minutes.Minutes{Meeting: minutes.Meeting{Title: m.Meeting.Title, Language: m.Meeting.Language, Start: m.Meeting.Start}, Drafted: m.Drafted,
		Sections: []minutes.Section{}, Conflicts: []minutes.Conflict{}}
	open := map[string]bool{}
	for _, x := range m.Sections {
		if i := s.ItemOf(x); i != nil && i.Parent != "" && s.ClosedItem(i.Parent) {
			continue // the title of a part of a closed item is not public
		}
		if s.closedSection(x) {
			x = minutes.Section{Item: x.Item, Title: x.Title, Closed: true}
		}
		open[x.Item] = !x.Closed
		x.Flags = nil // they may quote any of the sentences
		x.Sentences = slices.DeleteFunc(slices.Clone(x.Sentences), func(t minutes.Sentence) bool { return closed(x, t) })
		v.Sections = append(v.Sections, x)
	}
	for _, c := range m.Conflicts {
		if open[c.Item] {
			v.Conflicts = append(v.Conflicts, c)
		}
	}
	return v
}
