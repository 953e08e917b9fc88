package desk

import (
	"encoding/json"
	"time"
)

// Kind is a kind of act, and the type of the event that it makes.
type Kind string

// Act is what a person does to a meeting.
//
// A browser sends id, kind, base and body; the server fills in the rest from
// the session and its clock.
type Act struct {
	// ID is the sender's own, 128 random bits, as 16 to 64 letters, digits, "-" or
	// "_". The same act again gives the same answer and changes nothing.
	ID string `json:"id"`
	// Kind says which of the bodies Body is.
	Kind Kind `json:"kind"`
	// Base is the number of the newest event that the person had before the eyes
	// when beginning this. What somebody changed after it is a conflict. Kinds
	// that only add something ("now") do not look at it.
	Base int64           `json:"base"`
	Body json.RawMessage `json:"body"`

	By   string    `json:"-"` // id of the user
	Name string    `json:"-"` // the user's name as shown
	At   time.Time `json:"-"` // when the server took it in
}

// Event is what an act (or a machine) did, as browsers get it. Acts of
// `bienban live` and machines' events (hall.Event…) stand in the same sequence.
type Event struct {
	Seq  int64           `json:"seq"` // from 1, without holes
	At   time.Time       `json:"at"`
	Type string          `json:"type"` // a Kind, or one of hall.Event…
	Body json.RawMessage `json:"body"` // of an act: EventBody
}

// EventBody is the body of an act's event. Its place, item and text stand on top
// so that whoever only follows the hall (`bienban live`) need not know the kinds.
type EventBody struct {
	Act  string `json:"act"` // the act's id
	By   string `json:"by"`  // the user's name as shown
	User string `json:"user,omitempty"`

	Recording string `json:"recording,omitempty"`
	Sample    int64  `json:"at"`
	Item      string `json:"item,omitempty"`
	Text      string `json:"text,omitempty"`

	Layer   string          `json:"layer,omitempty"`   // of KindAdopted
	Made    string          `json:"made,omitempty"`    // id of the thing that it made
	Body    json.RawMessage `json:"body,omitempty"`    // as sent; without a document's words
	Summary Summary         `json:"summary,omitzero"`  // one line for the log
	Changes []Change        `json:"changes,omitempty"` // of the state
	Edits   []Edit          `json:"edits,omitempty"`   // of the text
	// Conflict is set when the act met a change by somebody else: it changed
	// nothing but the list of conflicts.
	Conflict *Conflict `json:"conflict,omitempty"`
	Undoes   string    `json:"undoes,omitempty"` // id of the act that this one undid
	// Rehearsal is set for what was done in a rehearsal: it is in no record.
	Rehearsal bool `json:"rehearsal,omitempty"`
	Erased    bool `json:"erased,omitempty"` // what it said of a stretch was erased with the stretch
	Of        Kind `json:"of,omitempty"`     // of an undo or a settlement: the kind of what it did in the end
}

// Summary is one line about an act in each language of the interface.
type Summary struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// In gives the line in a language; English for all but Vietnamese.
func (s Summary) In(language string) string {
	if language == "vi" {
		return s.VI
	}
	return s.EN
}

// Change is what an act did to one thing of the state. Before and After are its
// JSON; null where the thing is not there.
type Change struct {
	Key    string          `json:"key"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Was    int64           `json:"was,omitempty"` // the event that had made it as Before says
}

// Done is the answer to an act.
type Done struct {
	Seq     int64   `json:"seq"`          // of its event
	ID      string  `json:"id,omitempty"` // of the thing that it made ("n12"), if it made one
	Summary Summary `json:"summary,omitzero"`
	// Conflict: somebody changed the same thing first. Both are kept; a page shows
	// both and a person settles it (KindSettle).
	Conflict *Conflict `json:"conflict,omitempty"`
	Again    bool      `json:"again,omitempty"` // the act was known: it changed nothing this time
}

// Conflict keeps an act that met somebody else's change.
type Conflict struct {
	ID     string          `json:"id"`  // "k7"
	Key    string          `json:"key"` // of the thing, or "segment:RECORDING/SEGMENT"
	Kind   Kind            `json:"kind"`
	Body   json.RawMessage `json:"body"`   // of the act that came second, whole
	Mine   string          `json:"mine"`   // what it would have set, as text
	Theirs string          `json:"theirs"` // what stands there now, as text
	Stamp  Stamp           `json:"stamp"`  // of the act that came second
}
