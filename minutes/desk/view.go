package desk

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/transcribe"
)

// For reduces a state to what the roles may see. It gives nil to who may not see
// the meeting. What is taken out leaves nothing behind by which one could tell
// that it is there, a closed item's title excepted.
func (s *State) For(roles Roles) *State {
	if !roles.May(See) {
		return nil
	}
	v := s.copy()
	v.Before, v.Made = nil, nil
	if !roles.May(SeeNotes) {
		v.Notes, v.Points, v.Actions, v.Glossary = nil, nil, nil, nil
		v.Counter = 0 // it would count what is hidden
	}
	if !roles.May(EditText) {
		v.Conflicts = nil
	}
	if !roles.May(SeePeople) {
		v.Register, v.Channels, v.People, v.Members, v.Signers = nil, nil, nil, nil, nil
		for i := range v.Attendance { // the hall is counted, nobody named
			a := &v.Attendance[i]
			a.Person, a.Reason, a.Item = "", "", ""
		}
	}
	if !roles.May(SeeResults) {
		v.Votes = slices.DeleteFunc(v.Votes, func(x Vote) bool { return x.Published == nil })
		v.Elections = slices.DeleteFunc(v.Elections, func(x Election) bool { return x.Published == nil })
		v.Appointments, v.Contributions = nil, nil
	}
	if !roles.May(SeeMinutes) {
		v.Minutes = nil
	}
	if !roles.May(SeeClosed) {
		v.withoutClosed(s)
	}
	if !roles.May(SeeHistory) {
		v.withoutHistory()
	}
	if !roles.May(SeeTranscript) { // nothing of what was said is seen: nor what of it was taken away
		v.withoutStretches()
	}
	things := v.things()
	maps.DeleteFunc(v.Rev, func(key string, _ int64) bool { return things[key] == nil })
	return v
}

// withoutClosed takes out what belongs to closed items of s, and why parts were
// closed.
func (s *State) withoutClosed(all *State) {
	closed, shut := all.ClosedItem, all.InClosedPart
	s.Items = slices.DeleteFunc(s.Items, func(i Item) bool { return i.Parent != "" && closed(i.Parent) })
	for i := range s.Items {
		if x := &s.Items[i]; closed(x.ID) {
			*x = Item{ID: x.ID, ItemData: ItemData{Title: x.Title, Session: x.Session, Closed: true}, Skipped: x.Skipped, Into: x.Into, Rank: x.Rank}
		}
	}
	s.Notes = slices.DeleteFunc(s.Notes, func(x NoteAt) bool { return closed(x.Item) || shut(x.Clock) })
	s.Points = slices.DeleteFunc(s.Points, func(x Point) bool { return closed(x.Item) })
	s.Votes = slices.DeleteFunc(s.Votes, func(x Vote) bool { return closed(x.Item) })
	s.Elections = slices.DeleteFunc(s.Elections, func(x Election) bool { return closed(x.Item) })
	s.Appointments = slices.DeleteFunc(s.Appointments, func(x Appointment) bool { return closed(x.Item) })
	s.Contributions = slices.DeleteFunc(s.Contributions, func(x Contribution) bool { return closed(x.Item) })
	s.Actions = slices.DeleteFunc(s.Actions, func(x Action) bool { return closed(x.Item) })
	s.Documents = slices.DeleteFunc(s.Documents, func(x Document) bool {
		return closed(x.Item) || x.Secrecy != "" && x.Secrecy != minutes.SecrecyNormal
	})
	s.Speakers = slices.DeleteFunc(s.Speakers, func(x SpeakerAt) bool { return closed(all.ItemAt(x.Clock)) || shut(x.Clock) })
	s.Conflicts = nil
	s.withoutStretches()
	for i := range s.Attendance {
		if x := &s.Attendance[i]; closed(x.Item) {
			x.Item, x.Reason = "", ""
		}
	}
	if closed(all.Current()) || s.Phase == ClosedPart {
		s.Queue = nil
	}
	for i := range s.Pauses {
		if x := &s.Pauses[i]; x.Closed {
			x.Reason = ""
		}
	}
	for i := range s.Passages {
		if x := &s.Passages[i]; x.From == ClosedPart || x.To == ClosedPart {
			x.Reason = ""
		}
	}
}

// withoutStretches takes out what was closed, erased or filled afterwards, and who wants
// what erased.
func (s *State) withoutStretches() {
	s.Erasures = nil
	for i := range s.Recordings {
		s.Recordings[i].Stretches = nil
	}
}

// withoutHistory takes out who did what.
func (s *State) withoutHistory() {
	var none Stamp
	for i := range s.Marks {
		s.Marks[i].Stamp = none
	}
	for i := range s.Speakers {
		s.Speakers[i].Stamp = none
	}
	for i := range s.Notes {
		s.Notes[i].Stamp = none
	}
	for i := range s.Attendance {
		s.Attendance[i].Stamp = none
	}
	for i := range s.Votes {
		x := &s.Votes[i]
		if x.Stamp = none; x.Published != nil {
			x.Published = &none
		}
	}
	for i := range s.Elections {
		x := &s.Elections[i]
		if x.Stamp = none; x.Published != nil {
			x.Published = &none
		}
	}
	for i := range s.Pauses {
		x := &s.Pauses[i]
		if x.Stamp = none; x.EndBy != nil {
			x.EndBy = &none
		}
	}
	for i := range s.Passages {
		s.Passages[i].Stamp = none
	}
	for i := range s.Minutes {
		s.Minutes[i].Stamp = none
	}
}

// For reduces a sheet to what the roles may see; s is the whole state. It gives nil
// to who may not read what was said. The sheet's segments must be filed (File).
func (sh *Sheet) For(s *State, roles Roles) *Sheet {
	if !roles.May(SeeTranscript) {
		return nil
	}
	if roles.May(SeeClosed) {
		return sh
	}
	v := *sh
	v.Heard, v.Looked = maps.Clone(sh.Heard), maps.Clone(sh.Looked)
	v.Rev, v.Touched, v.Asks, v.Dismissed = maps.Clone(sh.Rev), maps.Clone(sh.Touched), maps.Clone(sh.Asks), maps.Clone(sh.Dismissed)
	v.Transcript.Segments = slices.Clone(sh.Transcript.Segments)
	v.Transcript.Suggestions = nil
	kept := map[string]bool{}
	v.Transcript.Segments = slices.DeleteFunc(v.Transcript.Segments, func(g transcribe.Segment) bool {
		if s.ClosedItem(g.Item) {
			v.Transcript.Coverage = over(v.Transcript.Coverage, g.Start, g.End, transcribe.CoveredPaused, "")
			return true
		}
		return false
	})
	for _, x := range s.StretchesOf(sh.Recording, StretchClosed, StretchErased) {
		v.withoutStretch(x, "")
	}
	for _, g := range v.Transcript.Segments {
		kept[g.ID] = true
	}
	drop := func(id string) bool { return !kept[id] && !strings.HasPrefix(id, "gap:") }
	maps.DeleteFunc(v.Rev, func(id string, _ int64) bool { return drop(id) })
	maps.DeleteFunc(v.Touched, func(id string, _ bool) bool { return drop(id) })
	maps.DeleteFunc(v.Asks, func(id string, _ string) bool { return drop(id) })
	maps.DeleteFunc(v.Heard, func(id string, _ string) bool { return drop(id) })
	maps.DeleteFunc(v.Looked, func(id string, _ bool) bool { return drop(id) })
	maps.DeleteFunc(v.Dismissed, func(id string, _ transcribe.Act) bool { return drop(id) })
	return &v
}

// Withheld is the type of an event that is there and not for the viewer.
const Withheld = "withheld"

// The machines' events (package hall), by what one must be permitted to see them.
var machineEvents = map[string]Permission{
	"recording_started": See, "recording_ended": See,
	"final": SeeTranscript, "layer_added": SeeTranscript, "recording_stretches": SeeClosed,
}

// sees is the permission without which an act of a kind is withheld.
func (k Kind) sees() Permission {
	switch k {
	case KindRegister, KindPerson, KindPersonRemoved, KindChannels, KindSigners, KindMember:
		return SeePeople
	case KindGlossary:
		return SeeNotes
	case KindUndo, KindSettle, KindRehearsalDiscarded:
		return SeeHistory
	case KindAppointment, KindAppointmentRemoved, KindContribution, KindContributionRemoved:
		return SeeResults
	case KindCreated:
		return See
	case KindMinutes:
		return SeeMinutes
	case KindErasureAsked, KindErasureConfirmed, KindErasureRefused:
		return SeeClosed
	}
	switch k.Permission() {
	case Note:
		return SeeNotes
	case EditText, Adopt:
		return SeeTranscript
	case Attend:
		return SeePeople
	case RecordResult:
		return SeeResults
	case "":
		return SeeHistory // a kind of a newer program
	}
	return See
}

// For reduces an event to what the roles may see; s is the whole state. What is
// withheld keeps its number: a page that shows numbers or counts asks again.
func (e Event) For(s *State, roles Roles) Event {
	withheld := Event{Seq: e.Seq, At: e.At, Type: Withheld, Body: json.RawMessage(`{}`)}
	if p, machine := machineEvents[e.Type]; machine {
		if !roles.May(p) || e.Type == "final" && !roles.May(SeeClosed) && s.finalIsClosed(e.Body) {
			return withheld
		}
		return e
	}
	var b EventBody
	if json.Unmarshal(e.Body, &b) != nil || !roles.May(Kind(e.Type).sees()) {
		return withheld
	}
	if b.Conflict != nil && !roles.May(EditText) {
		return withheld
	}
	if !roles.May(SeeClosed) {
		switch k := Kind(e.Type); {
		case k == KindPaused || k == KindResumed || k == KindPhase || k == KindDocument || k == KindItemsMerged:
			return withheld // why a part is closed; a secret document
		case s.ClosedItem(b.Item) && k != KindMark && k != KindMarkChanged && k != KindItemSkipped:
			return withheld
		case k == KindSpeaker && s.ClosedItem(s.ItemAt(e.At)):
			return withheld
		}
	}
	if roles.May(SeeHistory) {
		return e
	}
	b = EventBody{Act: b.Act, Recording: b.Recording, Sample: b.Sample, Item: b.Item, Text: b.Text, Summary: b.Summary}
	raw, err := json.Marshal(b)
	if err != nil {
		return withheld
	}
	e.Body = raw
	return e
}

// finalIsClosed says whether a final has text of a closed item.
func (s *State) finalIsClosed(raw json.RawMessage) bool {
	var b struct {
		Recording string               `json:"recording"`
		Segments  []transcribe.Segment `json:"segments"`
	}
	if json.Unmarshal(raw, &b) != nil {
		return true
	}
	return slices.ContainsFunc(b.Segments, func(g transcribe.Segment) bool {
		return s.ClosedItem(s.itemOf(b.Recording, g)) || s.closedAt(b.Recording, g)
	})
}

// PersonAt gives the person of a name; nil when nobody of that name is among the
// people.
func (s *State) PersonAt(name string) *Person {
	key := lang.Fold(name)
	for i := range s.People {
		if lang.Fold(s.People[i].Name) == key {
			return &s.People[i]
		}
	}
	return nil
}
