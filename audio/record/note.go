package record

import (
	"encoding/json"
	"time"
)

// Note is what a chunk that is not audio says. Its JSON form is the chunk's payload; fields that a kind does not use
// are left out.
type Note struct {
	Kind Kind      `json:"-"`
	Seq  int64     `json:"-"`
	At   int64     `json:"-"` // position, in frames of the recording's base rate
	Span int64     `json:"-"` // length, in the same
	Wall time.Time `json:"-"` // the machine's clock then

	Who    string `json:"who,omitempty"`    // the person, or the part of the program
	Reason string `json:"reason,omitempty"` // why, in words

	Announced float64 `json:"announced,omitempty"` // pause-begin: how many seconds it is to last

	Estimated bool `json:"estimated,omitempty"` // gap: its length is the clock's, not counted

	From     int64    `json:"from,omitempty"`      // closed, erase: position of the stretch
	To       int64    `json:"to,omitempty"`        // its end
	By       []string `json:"by,omitempty"`        // erase: the two people
	FirstSeq int64    `json:"first_seq,omitempty"` // erase: the chunks that it covers, both included
	LastSeq  int64    `json:"last_seq,omitempty"`
	Erase    int64    `json:"erase,omitempty"` // erased: sequence number of its erase record

	Device string  `json:"device,omitempty"`
	PPM    float64 `json:"ppm,omitempty"`     // drift: how much faster the device's clock is, in millionths
	StepMS int64   `json:"step_ms,omitempty"` // clock: by how much the machine's clock jumped

	Import *ImportRecord   `json:"import,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"` // note: whatever its writer needs
}

// Info is the payload of the record that begins each segment: enough to go on from the last segment alone.
type Info struct {
	ID      string          `json:"id"`
	Meeting string          `json:"meeting,omitempty"`
	Device  string          `json:"device,omitempty"`
	Origin  string          `json:"origin,omitempty"`  // the file that it was made of; "" for what was captured here
	Mirror  string          `json:"mirror,omitempty"`  // folder of the copy that is kept from here on
	Map     json.RawMessage `json:"map,omitempty"`     // channel map, as given
	Created time.Time       `json:"created"`           // of the recording
	End     time.Time       `json:"end,omitzero"`      // the clock at the end of what the segments before hold
	Why     string          `json:"why"`               // start, rotate, format, reopen or failure
	Torn    int64           `json:"torn,omitempty"`    // reopen: bytes of an unfinished chunk that were cut off
	Paused  *PauseState     `json:"paused,omitempty"`  // a closed part is going on
	Pending []Pending       `json:"pending,omitempty"` // erasures that are not done yet
}

// PauseState says who paused the recording, since when and why.
type PauseState struct {
	Who    string    `json:"who"`
	Reason string    `json:"reason"`
	At     int64     `json:"at"` // position
	Since  time.Time `json:"since"`
	// Announced is how many seconds it is to last, 0 when that was not said.
	Announced float64 `json:"announced,omitempty"`
}

// Pending is an erasure that was ordered and is not known to be done.
type Pending struct {
	Erase    int64    `json:"erase"` // sequence number of its record
	FirstSeq int64    `json:"first_seq"`
	LastSeq  int64    `json:"last_seq"`
	From     int64    `json:"from"`
	To       int64    `json:"to"`
	By       []string `json:"by"`
	Reason   string   `json:"reason"`
}

func pendingOf(n *Note) Pending {
	return Pending{n.Seq, n.FirstSeq, n.LastSeq, n.From, n.To, n.By, n.Reason}
}
