package desk

import (
	"time"

	"bienban/transcribe"
)

// Edit is what one act did to one segment of one recording: a row of history.
// The newest edit of a segment says all that differs from the machine's text.
type Edit struct {
	Seq       int64     `json:"seq"`
	Act       string    `json:"act"`
	Kind      Kind      `json:"kind"`
	By        string    `json:"by"`   // id of the user
	Name      string    `json:"name"` // as shown then
	At        time.Time `json:"at"`
	Recording string    `json:"recording"`
	Segment   string    `json:"segment"`          // id, or "gap:FROM-TO" for a stretch without one
	Undoes    string    `json:"undoes,omitempty"` // id of the act that this one undid
	Before    *Overlay  `json:"before"`           // nil: the machine's own
	After     *Overlay  `json:"after"`            // nil: again the machine's own
}

// Overlay is all that people changed of a segment; what is nil is the machine's.
type Overlay struct {
	Text      *string                   `json:"text,omitempty"`
	Speaker   *string                   `json:"speaker,omitempty"`
	Item      *string                   `json:"item,omitempty"`
	Start     *float64                  `json:"start,omitempty"` // seconds; moved by split and merge
	End       *float64                  `json:"end,omitempty"`
	Origin    string                    `json:"origin,omitempty"`    // split off from that segment of the machine's
	Into      string                    `json:"into,omitempty"`      // merged into that segment, which holds the words
	Joined    []string                  `json:"joined,omitempty"`    // merged into this one
	Dismissed *transcribe.Act           `json:"dismissed,omitempty"` // by whom and why
	Kept      bool                      `json:"kept,omitempty"`      // a guard struck it and a person says it was said
	Resolved  map[string]transcribe.Act `json:"resolved,omitempty"`  // flag's code → who and why
	Chosen    string                    `json:"chosen,omitempty"`    // after an adoption: "old" or "new"
	From      int64                     `json:"from,omitempty"`      // of a stretch, in samples
	To        int64                     `json:"to,omitempty"`
}

// Layer is a machine's transcript of a recording under its name.
type Layer struct {
	Name       string
	Transcript transcribe.Transcript
}

// Sheet is what is shown of one recording: machine layers with people's edits.
type Sheet struct {
	Recording string `json:"recording"`
	// Transcript is the fold: segments with people's words, speakers and items.
	Transcript transcribe.Transcript `json:"transcript"`
	// Rev is the seq of each touched segment's newest edit.
	Rev map[string]int64 `json:"rev,omitempty"`
	// Dismissed names segments that a person dismissed, with who and why; in the
	// transcript they are struck.
	Dismissed map[string]transcribe.Act `json:"dismissed,omitempty"`
	// Touched names the shown segments that people changed.
	Touched map[string]bool `json:"touched,omitempty"`
	// Heard is the machine's text of the segments whose text people changed.
	Heard map[string]string `json:"heard,omitempty"`
	// Looked names segments of which a person said that no name is misheard there
	// (FlagNear resolved).
	Looked map[string]bool `json:"looked,omitempty"`
	// Asks names touched segments of an earlier layer that differ from the
	// adopted one, with the adopted one's text there: LayerChosen answers.
	Asks map[string]string `json:"asks,omitempty"`
}
