package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// shelf is one kind of things of the state, each under the key "name:id".
type shelf interface {
	// each calls f with every thing; v is a pointer to it.
	each(s *State, f func(id string, v any))
	// put sets a thing from JSON; nil removes it.
	put(s *State, id string, raw json.RawMessage) error
	// own gives s a list of its own, so that changing it changes no other state.
	own(s *State)
}

type shelfOf[T any] struct {
	list func(*State) *[]T
	id   func(*T) string
}

func (h shelfOf[T]) each(s *State, f func(string, any)) {
	list := *h.list(s)
	for i := range list {
		f(h.id(&list[i]), &list[i])
	}
}

// find gives the thing of that id, nil when there is none.
func (h shelfOf[T]) find(s *State, id string) *T {
	list := *h.list(s)
	for i := range list {
		if h.id(&list[i]) == id {
			return &list[i]
		}
	}
	return nil
}

func (h shelfOf[T]) own(s *State) { p := h.list(s); *p = slices.Clone(*p) }

func (h shelfOf[T]) put(s *State, id string, raw json.RawMessage) error {
	p := h.list(s)
	at := slices.IndexFunc(*p, func(v T) bool { return h.id(&v) == id })
	if raw == nil {
		if at >= 0 {
			*p = slices.Delete(*p, at, at+1)
		}
		return nil
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	if at >= 0 {
		(*p)[at] = v
		return nil
	}
	*p = append(*p, v)
	return nil
}

// The lists of the state. Recordings are the store's list; people change only how
// they are filed.
var (
	members       = shelfOf[Member]{func(s *State) *[]Member { return &s.Members }, func(v *Member) string { return v.User }}
	sessions      = shelfOf[Session]{func(s *State) *[]Session { return &s.Sessions }, func(v *Session) string { return v.ID }}
	items         = shelfOf[Item]{func(s *State) *[]Item { return &s.Items }, func(v *Item) string { return v.ID }}
	people        = shelfOf[Person]{func(s *State) *[]Person { return &s.People }, func(v *Person) string { return v.ID }}
	documents     = shelfOf[Document]{func(s *State) *[]Document { return &s.Documents }, func(v *Document) string { return v.ID }}
	recordings    = shelfOf[Recording]{func(s *State) *[]Recording { return &s.Recordings }, func(v *Recording) string { return v.ID }}
	marks         = shelfOf[MarkAt]{func(s *State) *[]MarkAt { return &s.Marks }, func(v *MarkAt) string { return v.ID }}
	speakers      = shelfOf[SpeakerAt]{func(s *State) *[]SpeakerAt { return &s.Speakers }, func(v *SpeakerAt) string { return v.ID }}
	notes         = shelfOf[NoteAt]{func(s *State) *[]NoteAt { return &s.Notes }, func(v *NoteAt) string { return v.ID }}
	attendances   = shelfOf[AttendanceAt]{func(s *State) *[]AttendanceAt { return &s.Attendance }, func(v *AttendanceAt) string { return v.ID }}
	votes         = shelfOf[Vote]{func(s *State) *[]Vote { return &s.Votes }, func(v *Vote) string { return v.ID }}
	elections     = shelfOf[Election]{func(s *State) *[]Election { return &s.Elections }, func(v *Election) string { return v.ID }}
	appointments  = shelfOf[Appointment]{func(s *State) *[]Appointment { return &s.Appointments }, func(v *Appointment) string { return v.ID }}
	contributions = shelfOf[Contribution]{func(s *State) *[]Contribution { return &s.Contributions }, func(v *Contribution) string { return v.ID }}
	actions       = shelfOf[Action]{func(s *State) *[]Action { return &s.Actions }, func(v *Action) string { return v.ID }}
	pauses        = shelfOf[Pause]{func(s *State) *[]Pause { return &s.Pauses }, func(v *Pause) string { return v.ID }}
	points        = shelfOf[Point]{func(s *State) *[]Point { return &s.Points }, func(v *Point) string { return v.ID }}
	conflicts     = shelfOf[Conflict]{func(s *State) *[]Conflict { return &s.Conflicts }, func(v *Conflict) string { return v.ID }}
	passages      = shelfOf[Passage]{func(s *State) *[]Passage { return &s.Passages }, func(v *Passage) string { return v.ID }}
	erasures      = shelfOf[Erasure]{func(s *State) *[]Erasure { return &s.Erasures }, func(v *Erasure) string { return v.ID }}
	drafts        = shelfOf[MinutesVersion]{func(s *State) *[]MinutesVersion { return &s.Minutes }, func(v *MinutesVersion) string { return v.ID }}
	glossary      = shelfOf[string]{func(s *State) *[]string { return &s.Glossary }, func(v *string) string { return *v }}
)

// shelves are all lists by the name in their keys.
func shelves() map[string]shelf {
	return map[string]shelf{
		"member":       members,
		"session":      sessions,
		"item":         items,
		"person":       people,
		"document":     documents,
		"recording":    recordings,
		"mark":         marks,
		"speaker":      speakers,
		"note":         notes,
		"attendance":   attendances,
		"vote":         votes,
		"election":     elections,
		"appointment":  appointments,
		"contribution": contributions,
		"action":       actions,
		"pause":        pauses,
		"point":        points,
		"conflict":     conflicts,
		"passage":      passages,
		"erasure":      erasures,
		"minutes":      drafts,
		"glossary":     glossary,
	}
}

// fields gives pointers to what is one thing in itself, by its key.
func (s *State) fields() map[string]any {
	out := map[string]any{
		"phase": &s.Phase, "rehearsal": &s.Rehearsal,
		"register": &s.Register, "channels": &s.Channels, "signers": &s.Signers, "queue": &s.Queue,
	}
	head := reflect.ValueOf(&s.Head).Elem()
	for i := range head.NumField() {
		name, _, _ := strings.Cut(head.Type().Field(i).Tag.Get("json"), ",")
		out["head."+name] = head.Field(i).Addr().Interface()
	}
	return out
}

// copy gives a state that can be changed without changing s: lists are its own.
// What hangs in an element (a list of roles) is shared and is replaced, never
// written to.
func (s *State) copy() *State {
	next := *s
	for _, h := range shelves() {
		h.own(&next)
	}
	next.Made = maps.Clone(s.Made)
	next.Rev = make(map[string]int64, len(s.Rev)+4)
	for k, v := range s.Rev {
		next.Rev[k] = v
	}
	return &next
}

// made is the event that made a thing as it stands.
func (s *State) made(key string) int64 {
	if seq, back := s.Made[key]; back {
		return seq
	}
	return s.Rev[key]
}

// things gives a pointer to each thing by its key.
func (s *State) things() map[string]any {
	out := s.fields()
	for name, h := range shelves() {
		h.each(s, func(id string, v any) { out[name+":"+id] = v })
	}
	return out
}

// diff lists what differs, in the order of keys.
func diff(before, after *State) ([]Change, error) {
	old, now := before.things(), after.things()
	var out []Change
	add := func(key string, a, b any) error {
		c := Change{Key: key}
		var err error
		if c.Before, err = raw(a); err != nil {
			return err
		}
		if c.After, err = raw(b); err != nil {
			return err
		}
		out = append(out, c)
		return nil
	}
	for key, b := range now {
		a := old[key]
		if a != nil && reflect.DeepEqual(a, b) {
			continue
		}
		if err := add(key, a, b); err != nil {
			return nil, err
		}
	}
	for key, a := range old {
		if now[key] == nil {
			if err := add(key, a, nil); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return strings.Compare(a.Key, b.Key) })
	return slices.DeleteFunc(out, func(c Change) bool { return bytes.Equal(c.Before, c.After) }), nil
}

func raw(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// put sets the thing under a key from JSON; nil removes it or empties the field.
func (s *State) put(key string, v json.RawMessage) error {
	if name, id, ok := strings.Cut(key, ":"); ok {
		h, known := shelves()[name]
		if !known {
			return fmt.Errorf("no thing has the key %q", key)
		}
		return h.put(s, id, v)
	}
	f, ok := s.fields()[key]
	if !ok {
		return fmt.Errorf("no thing has the key %q", key)
	}
	p := reflect.ValueOf(f).Elem()
	p.SetZero()
	if v == nil {
		return nil
	}
	return json.Unmarshal(v, f)
}

// Know tells a state of the meeting's recordings, which are the store's to list.
// A new one belongs to the session during which it began, and to the rehearsal
// while there is one.
func (s *State) Know(all []Recording) {
	for _, r := range all {
		if known := recordings.find(s, r.ID); known != nil {
			known.Length, known.Adopted, known.Outside, known.Stretches = r.Length, r.Adopted, r.Outside, r.Stretches
			continue
		}
		r.Rehearsal = s.Rehearsal
		r.Session = s.sessionAt(r.Started)
		s.Recordings = append(s.Recordings, r)
	}
	slices.SortStableFunc(s.Recordings, func(a, b Recording) int { return a.Started.Compare(b.Started) })
}

// sessionAt is the session that goes on at a time: the last that has begun, with
// half an hour's grace for who switches on early; the first before that.
func (s *State) sessionAt(t time.Time) string {
	const early = 30 * time.Minute
	id, began := "", time.Time{}
	for _, x := range s.Sessions {
		if id == "" {
			id = x.ID
		}
		if !x.Start.IsZero() && !x.Start.After(t.Add(early)) && !x.Start.Before(began) {
			id, began = x.ID, x.Start.Time
		}
	}
	return id
}
