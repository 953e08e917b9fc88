package desk

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/transcribe"
)

// Kinds of a stretch.
const (
	StretchClosed = "closed" // its sound and text are for the closed circle, and in no record
	StretchErased = "erased" // they are gone for good
	StretchFilled = "filled" // another device's sound stands where the hall's is missing
)

// Stretch is a part of a recording that people closed, erased or filled afterwards.
// The recording is what says so; the store has it from there.
type Stretch struct {
	Seq    int64     `json:"seq"` // number of its record in the recording
	Kind   string    `json:"kind"`
	From   int64     `json:"from"` // samples
	To     int64     `json:"to"`
	Who    string    `json:"who"`
	Reason string    `json:"reason"` // of what was filled: where its sound is from
	At     time.Time `json:"at"`
}

// Erasure is a stretch that somebody asked to be erased. It is ordered once another
// person has confirmed it, and done once the recording says so (State.Done).
type Erasure struct {
	ID        string `json:"id"`
	Recording string `json:"recording"`
	From      int64  `json:"from"` // samples
	To        int64  `json:"to"`
	Reason    string `json:"reason"`
	Asked     Stamp  `json:"asked"`
	Confirmed *Stamp `json:"confirmed,omitempty"`
	Refused   *Stamp `json:"refused,omitempty"` // or taken back by who had asked
	Why       string `json:"why,omitempty"`     // of the refusal
}

// By names the two people of a confirmed order as its record does: by their names, told
// apart where both have the same.
func (e Erasure) By() [2]string {
	a, b := e.Asked.Name, e.Confirmed.Name
	if lang.Fold(a) == lang.Fold(b) {
		a, b = a+" ("+e.Asked.By+")", b+" ("+e.Confirmed.By+")"
	}
	return [2]string{a, b}
}

// Open says whether the order waits for another person's word.
func (e Erasure) Open() bool { return e.Confirmed == nil && e.Refused == nil }

// Done says whether a confirmed order was carried out: the recording says that all of it
// is erased.
func (s *State) Done(e Erasure) bool {
	if e.Confirmed == nil {
		return false
	}
	at := e.From
	for _, x := range s.StretchesOf(e.Recording, StretchErased) {
		if x.From <= at {
			at = max(at, x.To)
		}
	}
	r := recordings.find(s, e.Recording)
	return at >= e.To || r != nil && r.Length >= 0 && at >= r.Length
}

// Ordered lists the erasures that two people decided and that are not carried out.
func (s *State) Ordered() []Erasure {
	return slices.DeleteFunc(slices.Clone(s.Erasures), func(e Erasure) bool { return e.Confirmed == nil || s.Done(e) })
}

// StretchesOf lists the stretches of some kinds of a recording by where they begin.
func (s *State) StretchesOf(recording string, kinds ...string) []Stretch {
	r := recordings.find(s, recording)
	if r == nil {
		return nil
	}
	all := slices.DeleteFunc(slices.Clone(r.Stretches), func(x Stretch) bool { return !slices.Contains(kinds, x.Kind) })
	slices.SortStableFunc(all, func(a, b Stretch) int { return int(max(-1, min(1, a.From-b.From))) })
	return all
}

// closedAt says whether a segment reaches into what was closed or erased afterwards.
func (s *State) closedAt(recording string, g transcribe.Segment) bool {
	return slices.ContainsFunc(s.StretchesOf(recording, StretchClosed, StretchErased), func(x Stretch) bool {
		from, to := x.Seconds()
		return g.Start < to && from < g.End
	})
}

// ClosedSegment says whether a segment's text is for the closed circle: by its item, or
// because it reaches into a stretch that was closed.
func (s *State) ClosedSegment(recording string, g transcribe.Segment) bool {
	return s.ClosedItem(g.Item) || s.closedAt(recording, g)
}

// Seconds gives the stretch in seconds of its recording.
func (x Stretch) Seconds() (from, to float64) {
	return float64(x.From) / SampleRate, float64(x.To) / SampleRate
}

// wordSlack is by how much a word's time may be off, in seconds: what a word says of a
// stretch goes with it even if its time says that it was said beside it. Whisper's word
// times are right to 200 ms (docs/measurements.md).
const wordSlack = 0.2

// Redact takes out of a segment what was said in a stretch, in seconds. Where the words'
// times are not known all of its text goes. touched says whether anything did.
func Redact(g transcribe.Segment, from, to float64) (_ transcribe.Segment, touched bool) {
	from, to = from-wordSlack, to+wordSlack
	if g.End <= from || g.Start >= to || g.Text == "" {
		return g, false
	}
	tokens := strings.Fields(g.Text)
	var kept []transcribe.Word
	var text []string
	if len(tokens) == len(g.Words) {
		for i, w := range g.Words {
			if w.End <= from || w.Start >= to {
				kept, text = append(kept, w), append(text, tokens[i])
			}
		}
		if len(text) == len(tokens) {
			return g, false
		}
	}
	g.Text, g.Words, g.Flags = strings.Join(text, " "), kept, nil // a flag may quote what is gone
	if n := len(kept); n > 0 {
		g.Start, g.End = kept[0].Start, kept[n-1].End
	}
	return g, true
}

// withoutStretch takes what was closed or erased out of a sheet, and says so in its
// ledger.
func (sh *Sheet) withoutStretch(x Stretch, note string) {
	from, to := x.Seconds()
	segments := make([]transcribe.Segment, 0, len(sh.Transcript.Segments))
	sh.Asks = maps.Clone(sh.Asks)
	for _, g := range sh.Transcript.Segments {
		r, touched := Redact(g, from, to)
		if touched {
			delete(sh.Asks, g.ID)
			g = r
		}
		if g.Text == "" && (touched || g.Start < to && from < g.End) { // nothing is left, or was since before
			continue
		}
		segments = append(segments, g)
	}
	sh.Transcript.Segments = segments
	sh.Transcript.Coverage = over(sh.Transcript.Coverage, from, to, transcribe.CoveredPaused, note)
}

// doErasureAsked asks for a stretch to be erased.
func doErasureAsked(t *turn) error {
	b, err := body[ErasureAsked](t)
	if err != nil {
		return err
	}
	r := recordings.find(t.s, b.Recording)
	if r == nil {
		return t.gone("recording:" + b.Recording)
	}
	b.Reason = oneLine(b.Reason)
	switch {
	case b.From < 0 || b.To <= b.From || b.To > maxSample || r.Length >= 0 && b.From >= r.Length:
		return t.fail("stretch", b.From, b.To)
	case b.Reason == "" || tooLong(b.Reason, maxName):
		return t.fail("erasure_reason", maxName)
	case len(t.s.Erasures) >= maxThings:
		return t.fail("things_full", maxThings)
	}
	if r.Length >= 0 {
		b.To = min(b.To, r.Length)
	}
	id := t.newID("x")
	t.s.Erasures = append(t.s.Erasures, Erasure{ID: id, Recording: b.Recording, From: b.From, To: b.To, Reason: b.Reason, Asked: t.stamp()})
	t.out.Place = Place{Recording: b.Recording, Sample: b.From}
	t.say("Đề nghị xóa một đoạn ghi âm: "+b.Reason, "Asked to erase a stretch of the recording: "+b.Reason)
	return nil
}

// doErasureConfirmed orders it, by another person's word.
func doErasureConfirmed(t *turn) error {
	b, err := body[Named](t)
	if err != nil {
		return err
	}
	e := erasures.find(t.s, b.ID)
	switch {
	case e == nil:
		return t.gone("erasure:" + b.ID)
	case e.Confirmed != nil:
		return nil // two people pressed the same button: it is ordered
	case e.Refused != nil:
		return refuse(fault.Locked, t.kind, "erasure_refused")
	case e.Asked.By == t.act.By:
		return refuse(fault.Forbidden, t.kind, "erasure_self")
	}
	by := t.stamp()
	e.Confirmed = &by
	t.out.Place = Place{Recording: e.Recording, Sample: e.From}
	t.say("Đồng ý xóa một đoạn ghi âm: "+e.Reason, "Confirmed that a stretch of the recording be erased: "+e.Reason)
	return nil
}

// doErasureRefused refuses it, or takes it back.
func doErasureRefused(t *turn) error {
	b, err := body[Named](t)
	if err != nil {
		return err
	}
	e := erasures.find(t.s, b.ID)
	switch {
	case e == nil:
		return t.gone("erasure:" + b.ID)
	case e.Refused != nil:
		return nil
	case e.Confirmed != nil:
		return refuse(fault.Locked, t.kind, "erasure_confirmed")
	}
	by := t.stamp()
	e.Refused, e.Why = &by, oneLine(b.Reason)
	t.out.Place = Place{Recording: e.Recording, Sample: e.From}
	t.say("Không xóa đoạn ghi âm: "+e.Reason, "The stretch of the recording is not erased: "+e.Reason)
	return nil
}

// RolesOf gives the roles that a person of a meeting has by what the meeting's own data
// call the person: for acts that are done where there are no accounts.
func RolesOf(p minutes.Person) Roles {
	var out Roles
	for role, is := range map[Role][]string{
		Chair:     {minutes.RoleChair, minutes.RolePresidium},
		Secretary: {minutes.RoleSecretary, minutes.RoleHeadSecretary},
		Clerk:     {minutes.RoleClerk},
	} {
		if slices.ContainsFunc(is, p.Role.Has) {
			out = append(out, role)
		}
	}
	slices.Sort(out)
	return out
}

// Erase takes out of a sheet what is left of a stretch whose text was destroyed, and says
// so in its ledger.
func (sh *Sheet) Erase(x Stretch) { sh.withoutStretch(x, StretchErased) }

// Redacted is an overlay without what it says of a stretch, in seconds; machine holds the
// machine's segments as they were before any of them lost its text.
func (o *Overlay) Redacted(segment string, machine map[string]transcribe.Segment, from, to float64) (_ *Overlay, touched bool) {
	if o == nil || o.Text == nil && len(o.Joined) == 0 && o.Origin == "" {
		return o, false // its words are the machine's
	}
	g, known := machine[segment]
	if !known {
		g = machine[root(segment)]
	}
	timed := len(g.Words) > 0
	shown := overlaid(g, o, machine)
	if !timed {
		shown.Words = nil // words that only a person's text has are placed by guessing
	}
	shown, touched = Redact(shown, from, to)
	if !touched {
		return o, false
	}
	c := o.clone()
	c.Text = &shown.Text
	return c, true
}

// Redacted is an event's body without what it says of a stretch, in seconds: the text of
// the segments named. Who did what kind of thing when, and where, stays.
func (b EventBody) Redacted(recording string, segments map[string]bool, machine map[string]transcribe.Segment, from, to float64) (_ EventBody, touched bool) {
	names := func(key string) bool {
		of, segment, ok := strings.Cut(strings.TrimPrefix(key, "segment:"), "/")
		return ok && of == recording && (segments[segment] || segments[root(segment)])
	}
	conflict := func(raw json.RawMessage) bool {
		var c Conflict
		return json.Unmarshal(raw, &c) == nil && names(c.Key)
	}
	touched = b.Conflict != nil && names(b.Conflict.Key)
	for _, c := range b.Changes {
		touched = touched || strings.HasPrefix(c.Key, "conflict:") && (conflict(c.Before) || conflict(c.After))
	}
	edits := slices.Clone(b.Edits)
	for i, e := range edits {
		if e.Recording != recording || !segments[e.Segment] && !segments[root(e.Segment)] {
			continue
		}
		touched = true
		edits[i].Before, _ = e.Before.Redacted(e.Segment, machine, from, to)
		edits[i].After, _ = e.After.Redacted(e.Segment, machine, from, to)
	}
	if !touched {
		return b, false
	}
	b.Edits, b.Erased = edits, true
	b.Body, b.Text, b.Conflict = nil, "", nil
	b.Summary = Summary{VI: "Sửa lời trong một đoạn đã xóa", EN: "Changed text of a stretch that was erased"}
	b.Changes = slices.DeleteFunc(slices.Clone(b.Changes), func(c Change) bool {
		return strings.HasPrefix(c.Key, "conflict:") && (conflict(c.Before) || conflict(c.After))
	})
	return b, true
}

// WithoutText is a state without conflicts over the segments named, whose texts are to be
// gone.
func (s *State) WithoutText(recording string, segments map[string]bool) (_ *State, touched bool) {
	v := s.copy()
	v.Conflicts = slices.DeleteFunc(v.Conflicts, func(c Conflict) bool {
		of, segment, ok := strings.Cut(strings.TrimPrefix(c.Key, "segment:"), "/")
		gone := ok && of == recording && (segments[segment] || segments[root(segment)])
		if gone {
			delete(v.Rev, "conflict:"+c.ID)
		}
		return gone
	})
	if v.Before != nil {
		var within bool
		v.Before, within = v.Before.WithoutText(recording, segments)
		touched = within
	}
	return v, touched || len(v.Conflicts) != len(s.Conflicts)
}
