package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bienban/internal/fault"
	"bienban/minutes"
)

// Input is what Apply needs beside state and act.
type Input struct {
	// Seq is the number that the act's event will have.
	Seq int64
	// Text is what acts on the text need: the recording's segments and edits that
	// Act.Needs names.
	Text Source
	// Secret says that the installation may hold secret meetings and documents.
	Secret bool
	// Undone is the event of the act that KindUndo names; nil when there is none.
	Undone *EventBody
	// UndoneSeq and UndoneKind belong to it.
	UndoneSeq  int64
	UndoneKind Kind
}

// Output is what an act did.
type Output struct {
	State    *State // the next one; the one given is unchanged
	Changes  []Change
	Edits    []Edit
	Made     string // id of the thing that it made
	Place    Place
	Item     string // that the act is about, for the event
	Text     string
	Summary  Summary
	Conflict *Conflict
	Undoes   string // id of the act that was undone
	Of       Kind   // of an undo or a settlement: the kind of what it did in the end
	// Document and DocumentText are set when a document's words came with the act.
	Document     string
	DocumentText *string
	// Minutes and MinutesText are set when minutes came with the act: the id of their
	// version and minutes.json.
	Minutes     string
	MinutesText string
	// Adopt is set by KindAdopted: the store makes this layer count.
	Adopt *LayerAdopted
}

// Limits on what one act may carry. They are far above what people do, and keep
// a hostile sender from filling a store's row.
const (
	maxBody   = 4 << 20 // bytes; a register of 20,000 rows
	maxText   = 20_000  // runes of one text
	maxName   = 500     // runes of a name or a title
	maxThings = 20_000  // of one kind in a meeting
	maxBulk   = 20_000  // segments in one act
)

var actID = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// Check says what is wrong with an act's form, before anything is loaded.
func (a Act) Check() error {
	if err := a.CheckID(); err != nil {
		return err
	}
	switch _, known := rules()[a.Kind]; {
	case !known:
		return refuse(fault.Invalid, "act", "kind_unknown", a.Kind)
	case len(a.Body) > a.Kind.most():
		return refuse(fault.Invalid, a.Kind, "body_large", a.Kind.most())
	case !utf8.Valid(a.Body):
		return refuse(fault.Invalid, a.Kind, "body_utf8")
	case a.Base < 0:
		return refuse(fault.Invalid, a.Kind, "base_negative", a.Base)
	}
	return nil
}

// most is how many bytes the body of an act of a kind may have.
func (k Kind) most() int {
	if k == KindMinutes {
		return maxMinutes
	}
	return maxBody
}

// Permission is what an act's kind needs; "" for an unknown kind. An undo or a
// settlement needs, besides, what the act behind it needs (Apply's roles).
func (k Kind) Permission() Permission { return rules()[k].permission }

// Apply gives the state after an act, and what it changed. roles are those of who
// does it. It reads no clock: the act carries its time.
//
// Errors: fault.Forbidden for what the roles do not permit, fault.Locked for what
// the phase does not allow, fault.Invalid for what no retry will mend,
// fault.Conflict for an undo that others have built on.
func Apply(s *State, a Act, roles Roles, in Input) (*Output, error) {
	r, known := rules()[a.Kind]
	if !known {
		return nil, refuse(fault.Invalid, "act", "kind_unknown", a.Kind)
	}
	if err := allowed(s, a.Kind, r, roles); err != nil {
		return nil, err
	}
	if a.Base >= in.Seq {
		return nil, refuse(fault.Invalid, a.Kind, "base_newer", a.Base)
	}
	return run(s, a, r, roles, in, a.Base)
}

// allowed says whether these roles may do the kind in the meeting's phase.
func allowed(s *State, k Kind, r rule, roles Roles) error {
	if !roles.May(r.permission) {
		return refuse(fault.Forbidden, k, "role")
	}
	if !s.Phase.Allows(k) {
		return refuse(fault.Locked, k, "phase", s.Phase.Name())
	}
	return nil
}

// run applies an allowed act; base is the newest event that its sender knew.
func run(s *State, a Act, r rule, roles Roles, in Input, base int64) (*Output, error) {
	t := &turn{old: s, s: s.copy(), act: a, kind: a.Kind, roles: roles, in: in, base: base, now: r.how&now != 0}
	err := r.do(t)
	var gone *goneError
	switch {
	case errors.As(err, &gone):
		return t.conflict(gone.key)
	case err != nil:
		return nil, err
	}
	if len(t.out.Changes) == 0 { // a rehearsal's end has set them already
		if t.out.Changes, err = diff(s, t.s); err != nil {
			return nil, fault.New(fault.Internal, "act %s: %w", a.Kind, err)
		}
	}
	if key := t.met(); key != "" {
		return t.conflict(key)
	}
	for i := range t.out.Changes {
		c := &t.out.Changes[i]
		c.Was = s.made(c.Key)
		t.s.Rev[c.Key] = in.Seq
		delete(t.s.Made, c.Key)
		if seq, back := t.back[c.Key]; back {
			if t.s.Made == nil {
				t.s.Made = map[string]int64{}
			}
			t.s.Made[c.Key] = seq
		}
	}
	t.s.Seq = in.Seq
	t.out.State = t.s
	return &t.out, nil
}

// turn is one act being applied.
type turn struct {
	old, s *State // before, and the copy that is changed
	act    Act
	kind   Kind // of the act that is being done: under a settlement the one settled
	roles  Roles
	in     Input
	base   int64
	now    bool // the kind only adds: it meets nobody's change
	// settling: a person has decided that this act, which met another's change, is
	// wanted after all.
	settling bool
	back     map[string]int64 // of an undo: which event had made what it brings back
	out      Output
}

// goneError says that a thing was there when the sender looked and is not now.
type goneError struct{ key string }

func (e *goneError) Error() string { return e.key + " is gone" }

// met gives the key of the first thing that the act would change and that
// somebody changed after base; "" when there is none.
func (t *turn) met() string {
	if t.now {
		return ""
	}
	for _, c := range t.out.Changes {
		if t.old.Rev[c.Key] > t.base {
			return c.Key
		}
	}
	return t.metEdit()
}

// stamp is who does the act, and when.
func (t *turn) stamp() Stamp { return Stamp{By: t.act.By, Name: t.act.Name, At: t.act.At.UTC()} }

// newID gives the id of a new thing.
func (t *turn) newID(letter string) string {
	t.s.Counter++
	t.out.Made = letter + strconv.FormatInt(t.s.Counter, 10)
	return t.out.Made
}

func (t *turn) say(vi, en string) { t.out.Summary = Summary{VI: clip(vi), EN: clip(en)} }

// gone is the error for a thing that is not there: a conflict when somebody took
// it away meanwhile, else a wrong id.
func (t *turn) gone(key string) error {
	if t.old.Rev[key] > t.base {
		return &goneError{key}
	}
	return refuse(fault.NotFound, t.kind, "missing", nameOf(key))
}

// body reads the act's body strictly into v; all text becomes NFC.
func body[T any](t *turn) (T, error) {
	var v T
	d := json.NewDecoder(bytes.NewReader(t.sent()))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, t.fail("body_form", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return v, t.fail("body_more")
	}
	minutes.ToNFC(&v)
	return v, nil
}

// sent is the act's body; one that is left out is empty.
func (t *turn) sent() []byte {
	if len(bytes.TrimSpace(t.act.Body)) == 0 {
		return []byte("{}")
	}
	return t.act.Body
}

// changed completes the body of a change by what is changed: a field that the body leaves
// out stays as it is. A form has fields for some of it only, and what it has none for is
// not to be lost. A field that the body has is taken whole: decoded over the old one, a
// list's new lines would keep what the old lines had and they leave out.
func changed[T any](t *turn, b, now T) (T, error) {
	var stays, sent map[string]json.RawMessage
	raw, err := json.Marshal(now)
	if err = errors.Join(err, json.Unmarshal(raw, &stays), json.Unmarshal(t.sent(), &sent)); err != nil {
		return b, fmt.Errorf("desk: what is changed: %w", err)
	}
	for field := range sent { // the decoder takes them in any case
		maps.DeleteFunc(stays, func(is string, _ json.RawMessage) bool { return strings.EqualFold(is, field) })
	}
	if raw, err = json.Marshal(stays); err == nil {
		err = json.Unmarshal(raw, &b)
	}
	return b, err
}

// place checks a place and says which time the hall's clock had there. "now" is
// the act's own time when nothing is recorded.
func (t *turn) place(p Place) (Place, error) {
	if p.Recording == "" {
		if p.Sample != 0 {
			return p, t.fail("place_sample", p.Sample)
		}
		p.Age = 0
		return p, nil
	}
	i := slices.IndexFunc(t.s.Recordings, func(r Recording) bool { return r.ID == p.Recording })
	if i < 0 {
		return p, t.fail("place_recording", p.Recording)
	}
	const oldest = 60_000 // ms: what is older is no "now"
	if p.Sample < 0 || p.Sample > maxSample || p.Age < 0 || p.Age > oldest {
		return p, t.fail("place_none", p.Sample, p.Age)
	}
	p.Sample += p.Age * SampleRate / 1000
	p.Age = 0
	if l := t.s.Recordings[i].Length; l >= 0 {
		p.Sample = min(p.Sample, l)
	}
	t.out.Place = p
	return p, nil
}

// maxSample bounds a place: a year.
const maxSample = 366 * 24 * 3600 * SampleRate

// clip shortens a text for one line.
func clip(s string) string {
	const most = 160
	b := []rune(oneLine(s))
	if len(b) > most {
		return string(b[:most-1]) + "…"
	}
	return string(b)
}

// CheckID says whether an act's id has the form of one.
func (a Act) CheckID() error {
	if !actID.MatchString(a.ID) {
		return refuse(fault.Invalid, "act", "act_id")
	}
	return nil
}

// Undoes is the id of the act that this one undoes; "" for other kinds.
func (a Act) Undoes() string {
	var b Undo
	if a.Kind != KindUndo || json.Unmarshal(a.Body, &b) != nil {
		return ""
	}
	return b.Act
}

// Event is the body of the act's event.
func (o *Output) Event(a Act) EventBody {
	b := EventBody{Act: a.ID, By: a.Name, User: a.By, Recording: o.Place.Recording, Sample: o.Place.Sample, Item: o.Item, Text: o.Text,
		Made: o.Made, Body: a.Body, Summary: o.Summary, Changes: o.Changes, Edits: o.Edits, Conflict: o.Conflict, Undoes: o.Undoes, Of: o.Of,
		Rehearsal: o.State != nil && o.State.Rehearsal}
	if o.Adopt != nil {
		b.Recording, b.Layer = o.Adopt.Recording, o.Adopt.Layer
	}
	if o.DocumentText != nil || o.MinutesText != "" { // it is kept elsewhere
		b.Body = nil
	}
	return b
}
