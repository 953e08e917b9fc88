package hall

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bienban/transcribe"
)

// Store is what the hall needs kept: which recordings there are, their text, and
// what happened in which order. internal/sqlstore implements it;
// internal/sqlstore/storetest is its conformance suite.
//
// For every method: safe for concurrent use; what it changed is on disk, power
// cut or not, when it returns nil, and not at all when it returns an error
// (except that a context that ends during the last step may leave either);
// fault.NotFound for a recording or layer that does not exist, fault.Unavailable
// when the store cannot answer now (disk full, locked for long), fault.Invalid
// for what no retry will mend. Positions are samples at 16 kHz.
type Store interface {
	Recordings
	FinalStore
	Layers
	Events
	Stretches
}

// Recordings is the list of recordings.
type Recordings interface {
	// StartRecording enters a recording, and its meeting when that is new. The
	// same one again changes nothing; another one under a known id is
	// fault.Conflict.
	StartRecording(ctx context.Context, r Recording) error
	// EndRecording notes the recording's length. The same again changes nothing;
	// another length, or one before what already is final, is fault.Conflict.
	EndRecording(ctx context.Context, id string, length int64) error
	// Recording gives one.
	Recording(ctx context.Context, id string) (Recording, error)
	// Unfinished lists the recordings that have no end yet or whose text does not
	// reach it, oldest first: what must be gone on with after a restart.
	Unfinished(ctx context.Context) ([]Recording, error)
}

// FinalStore takes in the live text.
type FinalStore interface {
	// AcceptFinal stores a stretch of text, in one transaction with the position
	// up to which the text is final and an event of type EventFinal. It accepts a
	// stretch only if it begins where the text ends and its epoch is not older
	// than the newest known. The stretch that was stored before, sent again
	// with the same content, is nil without effect. Everything else is
	// fault.Conflict wrapping a *Refused.
	AcceptFinal(ctx context.Context, f Final) error
	// RaiseEpoch makes finals of epochs before this one refused from now on (a
	// new worker has the lease), and returns the recording as it is then. An
	// older epoch than the known one changes nothing.
	RaiseEpoch(ctx context.Context, recording string, epoch uint64) (Recording, error)
}

// Layers gives and takes transcripts.
type Layers interface {
	// Transcript gives a layer's text and coverage as far as they go; layer ""
	// is the adopted one.
	Transcript(ctx context.Context, recording, layer string) (transcribe.Transcript, error)
	// NewLayer stores a whole second pass. A layer never changes: the same name
	// again is fault.Conflict. With Layer.Adopt it is adopted in the same
	// transaction, unless a person has chosen between layers.
	NewLayer(ctx context.Context, l Layer) error
	// Adopt makes a layer the one that counts, with an event of type EventAdopted
	// and an audit entry that names by.
	Adopt(ctx context.Context, recording, layer, by string) error
}

// Events is what browsers replay.
type Events interface {
	// EventsAfter lists a meeting's events with a seq above the one given, in
	// order without holes, at most limit. A meeting that is not known has none.
	EventsAfter(ctx context.Context, meeting string, seq int64, limit int) ([]Event, error)
	// AddEvent notes what a person did in a meeting (a mark, a note). id is the
	// caller's own, new for each act: the same again gives the event that is
	// there and changes nothing. fault.NotFound for a meeting that is not known.
	AddEvent(ctx context.Context, meeting, id, kind string, body json.RawMessage) (Event, error)
}

// LayerLive is the layer that AcceptFinal writes.
const LayerLive = "live"

// Recording is one recording as the store knows it.
type Recording struct {
	ID       string
	Meeting  string
	Started  time.Time // of the first sample, for people; kept to the millisecond
	Language string    // Whisper's code, "" when not known
	Outside  bool      // made of a file that was brought, not captured here

	// The rest is the store's own; StartRecording ignores it.
	FinalUpTo int64  // the live text ends here
	Epoch     uint64 // the newest known
	Length    int64  // -1 while it goes on
	Adopted   string // the layer that counts
}

// Final is the text of the stretch From up to To (not included).
type Final struct {
	Recording string
	Epoch     uint64
	From, To  int64
	Segments  []transcribe.Segment // in order; times are seconds of the recording; ids are given by the store
	// Coverage accounts for the whole stretch, in order, without overlap or hole.
	// Without any, the stretch counts as speech when it has text that is not
	// struck, else as non-speech.
	Coverage []Cover
	// Language is Whisper's code of what is spoken once the worker knows it, else
	// ""; a recording without one takes it.
	Language string
}

// Cover is one entry of the coverage ledger, in samples.
type Cover struct {
	From int64  `json:"from"`
	To   int64  `json:"to"`
	Kind string `json:"kind"` // one of transcribe.Covered…
	Note string `json:"note,omitempty"`
}

// Layer is a machine's transcript of a whole recording.
type Layer struct {
	Recording string
	Name      string // "second", …: ASCII letters, digits, "-"; not LayerLive
	Model     string
	Segments  []transcribe.Segment
	Coverage  []Cover // from sample 0 on
	// Adopt names who adopts it as it is stored; "" for nobody.
	Adopt string `json:"-"`
}

// Event types.
const (
	EventStarted = "recording_started" // body: RecordingBody
	EventEnded   = "recording_ended"   // body: RecordingBody
	EventFinal   = "final"             // body: FinalBody
	EventLayer   = "layer_added"       // body: LayerBody
	EventAdopted = "layer_adopted"     // body: LayerBody
	EventMark    = "mark"              // body: ActBody; an agenda item begins
	EventNote    = "note"              // body: ActBody
	EventPaused  = "paused"            // body: ActBody; a closed part begins
	EventLonger  = "pause_longer"      // body: ActBody; the closed part that goes on was announced anew
	EventResumed = "resumed"           // body: ActBody
)

// Event is something that happened in a meeting.
type Event struct {
	Meeting string
	Seq     int64 // from 1, without holes
	At      time.Time
	Type    string
	Body    json.RawMessage
}

// RecordingBody is an event's body.
type RecordingBody struct {
	Recording string `json:"recording"`
	Length    int64  `json:"length,omitempty"`
}

// FinalBody is an event's body.
type FinalBody struct {
	Recording string               `json:"recording"`
	From      int64                `json:"from"`
	To        int64                `json:"to"`
	Segments  []transcribe.Segment `json:"segments"`
	Coverage  []Cover              `json:"coverage"`
	Erased    bool                 `json:"erased,omitempty"` // some of its text was erased afterwards
}

// LayerBody is an event's body.
type LayerBody struct {
	Recording string `json:"recording"`
	Layer     string `json:"layer"`
	By        string `json:"by,omitempty"`
}

// ActBody is the body of an event that a person caused.
type ActBody struct {
	Recording string `json:"recording,omitempty"`
	At        int64  `json:"at"` // the place in the recording, in samples; not when it was entered
	By        string `json:"by,omitempty"`
	Item      string `json:"item,omitempty"`    // mark: the agenda item's id
	Text      string `json:"text,omitempty"`    // note; paused and resumed: why
	Minutes   int    `json:"minutes,omitempty"` // paused and longer: how long from now on was announced; 0 = not said
}

// Reason is why a final is refused.
type Reason string

// Reasons of a refusal.
const (
	Stale  Reason = "stale"  // its epoch is over: for good
	Ahead  Reason = "ahead"  // what lies before it is not there yet: try again later
	Behind Reason = "behind" // the stretch already has other text: for good
)

// Refused says why a final was not accepted, and where the recording stands.
type Refused struct {
	Reason    Reason
	FinalUpTo int64
	Epoch     uint64
}

// Error implements error.
func (r *Refused) Error() string {
	return fmt.Sprintf("%s: text is final up to sample %d, the newest epoch is %d", r.Reason, r.FinalUpTo, r.Epoch)
}
