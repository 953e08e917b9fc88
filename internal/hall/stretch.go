package hall

import (
	"context"
	"time"
)

// Stretches makes the store follow what people did to a recording afterwards.
type Stretches interface {
	// Follow makes the store know the stretches that a recording says were closed,
	// erased or filled afterwards; actor is who caused it, for the audit log. Each
	// that is new has an event of type EventStretches and an audit entry in the
	// same transaction. With one that was erased goes all its text, in every layer,
	// in people's edits, in events, in the state and in the index; text that comes
	// later loses it before it is stored. The same again changes nothing.
	Follow(ctx context.Context, recording, actor string, all []Stretch) error
}

// EventStretches says that a stretch was closed, erased or filled; body: StretchBody.
const EventStretches = "recording_stretches"

// Stretch is a part of a recording that was closed, erased or filled afterwards.
type Stretch struct {
	Seq    int64     `json:"seq"` // number of its record in the recording
	Kind   string    `json:"kind"`
	From   int64     `json:"from"` // samples
	To     int64     `json:"to"`
	Who    string    `json:"who"`
	Reason string    `json:"reason"` // of what was filled: where its sound is from
	At     time.Time `json:"at"`
}

// StretchBody is an event's body.
type StretchBody struct {
	Recording string `json:"recording"`
	Stretch
}
