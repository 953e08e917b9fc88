package desk

import (
	"time"

	"bienban/minutes"
)

// State is a meeting as of its event number Seq. It is one JSON document; people's
// edits of the text are not in it (Edit).
//
// Every thing in it has a key ("head.title", "item:i3", "note:n12", …) by which
// Rev says in which event it last changed, and by which an undo restores it.
type State struct {
	ID      string           `json:"id"`
	Seq     int64            `json:"seq"`     // of the event that made this state
	Counter int64            `json:"counter"` // newest number given to a thing; never goes back
	Rev     map[string]int64 `json:"rev"`     // key → seq of its newest change
	// Made is for a thing that an undo brought back: the event that had made it so
	// before. Of every other thing that is Rev.
	Made      map[string]int64 `json:"made,omitempty"`
	Phase     Phase            `json:"phase"`
	Rehearsal bool             `json:"rehearsal,omitempty"`
	Head      Head             `json:"head"`

	Members       []Member           `json:"members,omitempty"`
	Sessions      []Session          `json:"sessions,omitempty"`
	Items         []Item             `json:"items,omitempty"` // in the agenda's order, sub-items behind their parent
	People        []Person           `json:"people,omitempty"`
	Register      []minutes.Delegate `json:"register,omitempty"`
	Glossary      []string           `json:"glossary,omitempty"`
	Channels      []Channel          `json:"channels,omitempty"`
	Documents     []Document         `json:"documents,omitempty"`
	Signers       []minutes.Signer   `json:"signers,omitempty"`
	Recordings    []Recording        `json:"recordings,omitempty"` // in the order of their start
	Marks         []MarkAt           `json:"marks,omitempty"`      // in the order in which they were made
	Speakers      []SpeakerAt        `json:"speakers,omitempty"`
	Queue         []string           `json:"queue,omitempty"` // names, the next one first
	Notes         []NoteAt           `json:"notes,omitempty"`
	Attendance    []AttendanceAt     `json:"attendance,omitempty"`
	Votes         []Vote             `json:"votes,omitempty"`
	Elections     []Election         `json:"elections,omitempty"`
	Appointments  []Appointment      `json:"appointments,omitempty"`
	Contributions []Contribution     `json:"contributions,omitempty"`
	Actions       []Action           `json:"actions,omitempty"`
	Pauses        []Pause            `json:"pauses,omitempty"`
	Points        []Point            `json:"points,omitempty"`
	Conflicts     []Conflict         `json:"conflicts,omitempty"` // not settled yet
	Passages      []Passage          `json:"passages,omitempty"`  // the phases gone through
	Erasures      []Erasure          `json:"erasures,omitempty"`  // asked for, in that order
	Minutes       []MinutesVersion   `json:"minutes,omitempty"`   // brought in, in that order

	// Before is the meeting as it was when the rehearsal began: what discarding
	// it brings back. Nil unless Rehearsal.
	Before *State `json:"before,omitempty"`
}

// Head is what the meeting is. Each field has a key of its own: "head." and its
// JSON name.
type Head struct {
	Kind       string            `json:"kind"` // minutes.Kind…
	Language   string            `json:"language"`
	Title      string            `json:"title"`
	Superior   string            `json:"superior,omitempty"`
	Issuer     string            `json:"issuer,omitempty"`
	Body       string            `json:"body,omitempty"`
	Place      string            `json:"place,omitempty"`
	Venue      string            `json:"venue,omitempty"`
	Number     string            `json:"number,omitempty"`
	Start      minutes.Time      `json:"start,omitzero"`
	End        minutes.Time      `json:"end,omitzero"`
	Secrecy    string            `json:"secrecy,omitempty"` // minutes.Secrecy…; "" = normal
	Delegates  minutes.Delegates `json:"delegates,omitzero"`
	Form       string            `json:"form,omitempty"`
	Switches   map[string]string `json:"switches,omitempty"`
	Recipients []string          `json:"recipients,omitempty"`
	// Quorum is the share of the summoned that must be present, "2/3", or a number
	// of members, "5"; "" = as the kind's rule has it (State.Quorum).
	Quorum string `json:"quorum,omitempty"`
}

// Member is a user with roles in this meeting.
type Member struct {
	User  string `json:"user"` // id
	Name  string `json:"name"`
	Roles Roles  `json:"roles"`
}

// Session (buổi) is one sitting.
type Session struct {
	ID        string       `json:"id"`
	Name      string       `json:"name,omitempty"` // "Phiên trù bị"
	Start     minutes.Time `json:"start,omitzero"`
	End       minutes.Time `json:"end,omitzero"`
	Place     string       `json:"place,omitempty"`
	Presiding []string     `json:"presiding,omitempty"`
}

// Item is an item of the agenda.
type Item struct {
	ID string `json:"id"`
	ItemData
	Skipped bool   `json:"skipped,omitempty"`
	Why     string `json:"why,omitempty"`  // of the skipping
	Into    string `json:"into,omitempty"` // merged into that item: it holds all that was filed here
	Live    bool   `json:"live,omitempty"` // added while the meeting ran
	// Rank orders an item among its parent's: State.Items is kept in that order.
	Rank float64 `json:"rank"`
}

// ItemData is what people enter of an item.
type ItemData struct {
	Title     string `json:"title"`
	Presenter string `json:"presenter,omitempty"`
	Planned   string `json:"planned,omitempty"` // "07:30", or minutes like "15'": as entered
	Parent    string `json:"parent,omitempty"`  // id of the item that it is a part of
	Session   string `json:"session,omitempty"`
	Closed    bool   `json:"closed,omitempty"` // its content is for the closed circle
}

// Person is somebody who may speak.
type Person struct {
	ID string `json:"id"`
	minutes.Person
}

// Channel says what a microphone is for.
type Channel struct {
	Number int    `json:"number"` // from 1
	Label  string `json:"label,omitempty"`
	Use    string `json:"use,omitempty"`    // chair, lectern, floor, other
	Person string `json:"person,omitempty"` // name of who sits there
}

// Document is a paper of the meeting.
type Document struct {
	ID string `json:"id"`
	minutes.Document
	Secrecy string `json:"secrecy,omitempty"`
}

// Recording is a recording of the meeting. The list is the store's: acts file
// recordings under sessions, they make none.
type Recording struct {
	ID        string    `json:"id"`
	Started   time.Time `json:"started"`           // of its first sample
	Length    int64     `json:"length"`            // samples; -1 while it goes on
	Session   string    `json:"session,omitempty"` // id
	Rehearsal bool      `json:"rehearsal,omitempty"`
	Outside   bool      `json:"outside,omitempty"`   // imported, not recorded here
	Adopted   string    `json:"adopted,omitempty"`   // the layer that counts
	Stretches []Stretch `json:"stretches,omitempty"` // closed, erased or filled afterwards
}

// MarkAt says where an item begins.
type MarkAt struct {
	ID   string `json:"id"`
	Item string `json:"item"`
	Place
	Clock time.Time `json:"clock"` // the hall's time at the place
	Stamp Stamp     `json:"stamp"`
}

// SpeakerAt says from where on somebody has the floor.
type SpeakerAt struct {
	ID     string `json:"id"`
	Person string `json:"person"` // name; "" = nobody in particular
	Place
	Clock time.Time `json:"clock"`
	Stamp Stamp     `json:"stamp"`
}

// NoteAt is a note; a sentence of the minutes may cite it.
type NoteAt struct {
	ID   string `json:"id"`
	Item string `json:"item,omitempty"`
	Text string `json:"text"`
	Place
	Clock time.Time `json:"clock"`
	Stamp Stamp     `json:"stamp"`
}

// AttendanceAt is somebody arriving or leaving.
type AttendanceAt struct {
	ID string `json:"id"`
	AttendanceData
	Place
	Clock time.Time `json:"clock"`
	Stamp Stamp     `json:"stamp"`
}

// AttendanceData is what people enter of an arrival or a leaving.
type AttendanceData struct {
	Event   string `json:"event"` // minutes.EventArrive, EventLeave or EventCounted
	Person  string `json:"person,omitempty"`
	Count   int    `json:"count,omitempty"` // how many, when nobody is named; 0 = 1
	Reason  string `json:"reason,omitempty"`
	Item    string `json:"item,omitempty"`
	Present *int   `json:"present,omitempty"` // counted in the hall from then on
}

// Vote is a vote; figures are people's.
type Vote struct {
	ID string `json:"id"`
	minutes.Vote
	All bool `json:"all,omitempty"` // "all present in favour", in one act
	Place
	Clock     time.Time `json:"clock"`
	Stamp     Stamp     `json:"stamp"`
	Published *Stamp    `json:"published,omitempty"`
}

// Election is an election by ballot.
type Election struct {
	ID string `json:"id"`
	minutes.Election
	Place
	Clock     time.Time `json:"clock"`
	Stamp     Stamp     `json:"stamp"`
	Published *Stamp    `json:"published,omitempty"`
}

// Appointment is a decision read out.
type Appointment struct {
	ID string `json:"id"`
	minutes.Appointment
}

// Contribution is a paper read or handed in.
type Contribution struct {
	ID string `json:"id"`
	minutes.Contribution
}

// Action is a task.
type Action struct {
	ID string `json:"id"`
	minutes.Action
}

// Pause is a stretch that is not recorded.
type Pause struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	Closed bool   `json:"closed,omitempty"` // a closed part; else a break
	// Minutes is how long it was set to last, 0 when not set: the desk warns then.
	Minutes int `json:"minutes,omitempty"`
	Place
	Clock time.Time  `json:"clock"`
	Stamp Stamp      `json:"stamp"`
	Ended *time.Time `json:"ended,omitempty"`
	EndBy *Stamp     `json:"end_by,omitempty"`
}

// Point is something left for later, by a person. OpenPoints adds what the state
// itself lacks.
type Point struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	Item  string `json:"item,omitempty"`
	About string `json:"about,omitempty"` // key of the thing it is about
	Place
	Stamp  Stamp  `json:"stamp"`
	Closed *Stamp `json:"closed,omitempty"`
}

// Passage is a step from one phase to another that was made.
type Passage struct {
	ID     string `json:"id"`
	From   Phase  `json:"from"`
	To     Phase  `json:"to"`
	Reason string `json:"reason,omitempty"`
	Place
	Stamp Stamp `json:"stamp"`
}
