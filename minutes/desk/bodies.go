package desk

import "bienban/minutes"

// Created makes a meeting. Without an agenda it has none yet; a programme
// template (templates/programmes) or a pasted table (internal/register) gives one.
type Created struct {
	// Meeting, when given, is the id of a meeting that was recorded before it was
	// made here; only an administrator takes one over.
	Meeting string `json:"meeting,omitempty"`

	Head Head `json:"head"`
	// Agenda's Parent is the place of the parent in this list, from 1 ("2"), and
	// Session the place of the session in Sessions.
	Agenda   []ItemData `json:"agenda,omitempty"`
	People   []Person   `json:"people,omitempty"`
	Clerk    string     `json:"clerk"` // id of the user who becomes the first clerk
	Name     string     `json:"name"`  // of that user
	Sessions []Session  `json:"sessions,omitempty"`
}

// Nothing is the body of kinds that need none.
type Nothing struct{}

// Named names one thing by its id.
type Named struct {
	ID     string `json:"id"`
	Reason string `json:"reason,omitempty"`
}

// HeadChanged sets what is not nil.
type HeadChanged struct {
	Language   *string            `json:"language,omitempty"`
	Title      *string            `json:"title,omitempty"`
	Superior   *string            `json:"superior,omitempty"`
	Issuer     *string            `json:"issuer,omitempty"`
	Body       *string            `json:"body,omitempty"`
	Place      *string            `json:"place,omitempty"`
	Venue      *string            `json:"venue,omitempty"`
	Number     *string            `json:"number,omitempty"`
	Start      *minutes.Time      `json:"start,omitempty"`
	End        *minutes.Time      `json:"end,omitempty"`
	Secrecy    *string            `json:"secrecy,omitempty"`
	Delegates  *minutes.Delegates `json:"delegates,omitempty"`
	Form       *string            `json:"form,omitempty"`
	Switches   *map[string]string `json:"switches,omitempty"`
	Recipients *[]string          `json:"recipients,omitempty"`
	Quorum     *string            `json:"quorum,omitempty"`
}

// MemberSet gives a user these roles; none takes the user out.
type MemberSet struct {
	User  string `json:"user"`
	Name  string `json:"name"`
	Roles Roles  `json:"roles"`
}

// SessionSet makes or changes a session. Without an id it is a new one.
type SessionSet struct{ Session }

// AgendaReplaced sets the whole agenda; only while nothing refers to the old one.
type AgendaReplaced struct {
	Items []ItemData `json:"items"` // Parent as in Created
}

// ItemAdded adds an item behind another one.
type ItemAdded struct {
	ItemData
	After string `json:"after,omitempty"` // id; "" = at the end (of its parent's); "^" = first
	// Place, when given, marks the item as begun there as well ("added and now").
	Begins *Place `json:"begins,omitempty"`
}

// ItemChanged sets all that people enter of an item.
type ItemChanged struct {
	ID string `json:"id"`
	ItemData
}

// ItemMoved moves an item and its sub-items behind another one.
type ItemMoved struct {
	ID     string `json:"id"`
	After  string `json:"after,omitempty"` // "" = to the end; "^" = to the front
	Parent string `json:"parent,omitempty"`
}

// ItemSkipped says that an item is not dealt with, or is after all.
type ItemSkipped struct {
	ID      string `json:"id"`
	Skipped bool   `json:"skipped"`
	Reason  string `json:"reason,omitempty"`
}

// ItemsMerged deals with items as one: what is filed under From counts as filed under Into.
type ItemsMerged struct {
	Into string   `json:"into"`
	From []string `json:"from"`
}

// PersonSet makes or changes a person. Without an id it is a new one.
type PersonSet struct{ Person }

// RegisterReplaced sets the register (internal/register reads one). With Summoned
// the number of summoned is set to that of the rows that are no alternates.
type RegisterReplaced struct {
	Rows     []minutes.Delegate `json:"rows"`
	Summoned bool               `json:"summoned,omitempty"`
}

// GlossaryChanged adds and removes words.
type GlossaryChanged struct {
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// ChannelsSet says what each microphone is for.
type ChannelsSet struct {
	Channels []Channel `json:"channels"`
}

// DocumentSet makes or changes a document. Without an id it is a new one. Text is
// its words, for search; they are kept beside the state, nil leaves them.
type DocumentSet struct {
	Document
	Text *string `json:"text,omitempty"`
}

// SignersSet sets who signs.
type SignersSet struct {
	Signers []minutes.Signer `json:"signers"`
}

// PhaseChanged goes to another phase.
type PhaseChanged struct {
	To     Phase  `json:"to"`
	Reason string `json:"reason,omitempty"`
	Place
}

// MarkMade says that an item begins at a place: now, or backdated.
type MarkMade struct {
	Item string `json:"item"`
	Place
}

// MarkChanged drags a mark, or gives it another item.
type MarkChanged struct {
	ID   string `json:"id"`
	Item string `json:"item"`
	Place
}

// SpeakerMade gives somebody the floor from a place on; who stood first in the
// queue under that name leaves it.
type SpeakerMade struct {
	Person string `json:"person"`
	Place
}

// QueueChanged sets the queue; two people who both change it meet in a conflict.
type QueueChanged struct {
	Queue []string `json:"queue"`
}

// NoteMade writes a note. Without an item it goes to the current one.
type NoteMade struct {
	Item string `json:"item,omitempty"`
	Text string `json:"text"`
	Place
}

// NoteChanged sets a note's text and item.
type NoteChanged struct {
	ID   string `json:"id"`
	Item string `json:"item,omitempty"`
	Text string `json:"text"`
}

// Paused begins a stretch that is not recorded. A closed part changes the phase
// to ClosedPart, a break to Recess.
type Paused struct {
	Reason  string `json:"reason"`
	Closed  bool   `json:"closed,omitempty"`
	Minutes int    `json:"minutes,omitempty"`
	Place
}

// Resumed ends the pause.
type Resumed struct {
	Reason string `json:"reason,omitempty"`
	Place
}

// PointAdded leaves something for later.
type PointAdded struct {
	Text  string `json:"text"`
	Item  string `json:"item,omitempty"`
	About string `json:"about,omitempty"`
	Place
}

// RecordingFiled files a recording under a session.
type RecordingFiled struct {
	Recording string `json:"recording"`
	Session   string `json:"session"`
}

// AttendanceMade is somebody arriving or leaving now.
type AttendanceMade struct {
	AttendanceData
	Place
}

// AttendanceChanged corrects it; what it leaves out stays.
type AttendanceChanged struct {
	ID string `json:"id"`
	AttendanceData
	Place
}

// VoteMade records a vote.
type VoteMade struct {
	minutes.Vote
	Place
}

// VoteAll records that all present are in favour, in one act. The base is
// quorum's present now; Subject may follow later (OpenPoints asks for it).
type VoteAll struct {
	Item    string `json:"item,omitempty"` // "" = the current one
	Subject string `json:"subject,omitempty"`
	Place
}

// VoteChanged sets a vote's data, what it leaves out stays; one that is published must be withdrawn first.
type VoteChanged struct {
	ID string `json:"id"`
	minutes.Vote
}

// ElectionMade records an election.
type ElectionMade struct {
	minutes.Election
	Place
}

// ElectionChanged sets an election's data, what it leaves out stays; one that is published must be withdrawn first.
type ElectionChanged struct {
	ID string `json:"id"`
	minutes.Election
}

// Result names a vote or an election by its key ("vote:v3", "election:e4").
type Result struct {
	Key string `json:"key"`
}

// AppointmentSet makes or changes one. Without an id it is new.
type AppointmentSet struct{ Appointment }

// ContributionSet makes or changes one. Without an id it is new.
type ContributionSet struct{ Contribution }

// ActionSet makes or changes one. Without an id it is new.
type ActionSet struct{ Action }

// ErasureAsked asks for a stretch of a recording to be erased.
type ErasureAsked struct {
	Recording string `json:"recording"`
	From      int64  `json:"from"` // samples
	To        int64  `json:"to"`
	Reason    string `json:"reason"`
}

// Undo names the act to undo by its id.
type Undo struct {
	Act string `json:"act"`
}

// Settle ends a conflict. Take "mine" applies the act that came second after
// all, "theirs" leaves what stands. A text of the settler's own may follow as an
// ordinary act.
type Settle struct {
	ID   string `json:"id"`
	Take string `json:"take"` // "mine" or "theirs"
}
