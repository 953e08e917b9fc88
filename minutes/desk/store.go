package desk

import (
	"context"
	"time"

	"bienban/minutes"
)

// Viewer is who asks: a user of the installation, or the installation's own
// terminal.
type Viewer struct {
	User          string // id
	Name          string // as shown
	Administrator bool
}

// Listed is a meeting in a person's list.
type Listed struct {
	ID        string
	Title     string
	Kind      string
	Phase     Phase
	Rehearsal bool
	Start     string // minutes.Time as text
	Roles     Roles
	Changed   time.Time
}

// Loaded is a meeting as one person may see it.
type Loaded struct {
	State *State // reduced to what the roles may see (State.For)
	Roles Roles
	Seq   int64 // of the meeting's newest event, machines' included
}

// Store keeps meetings. internal/sqlstore implements it;
// internal/sqlstore/storetest has its conformance suite.
//
// For every method: the permission is part of the query that loads the meeting.
// Whoever may not see a meeting gets the same fault.NotFound as for one that does
// not exist; who may see it and may not do the act gets fault.Forbidden. What is
// answered without an error is on disk.
type Store interface {
	// Create makes a meeting with a new random id of 128 bits. The viewer must be
	// an administrator or have been made a clerk anywhere. act is the id of the
	// act: the same again gives the same meeting.
	Create(ctx context.Context, by Viewer, act string, c Created) (meeting string, err error)
	// Mine lists the meetings in which the viewer has a role, newest change first.
	Mine(ctx context.Context, v Viewer) ([]Listed, error)
	// MayAnywhere says whether one of the viewer's roles, whatever the meeting, permits it.
	MayAnywhere(ctx context.Context, v Viewer, p Permission) (bool, error)
	// Load gives a meeting as the viewer may see it.
	Load(ctx context.Context, v Viewer, meeting string) (*Loaded, error)
	// Do applies an act: permission, Apply, state, edits, event and audit entry in
	// one transaction. An act that met somebody else's change is no error:
	// Done.Conflict says so, and both are kept.
	Do(ctx context.Context, v Viewer, meeting string, a Act) (Done, error)
	// Events lists events after a seq, in order, each reduced to what the viewer
	// may see: what is withheld keeps its seq, with the type "withheld".
	Events(ctx context.Context, v Viewer, meeting string, after int64, limit int) ([]Event, error)
	// Sheet gives a recording's shown text; closed parts only to who may see them.
	Sheet(ctx context.Context, v Viewer, meeting, recording string) (*Sheet, error)
	// Minutes gives minutes that were brought in, by their version, reduced to what the
	// viewer may see (State.MinutesFor). fault.NotFound: there is no such version, or it
	// was withdrawn.
	Minutes(ctx context.Context, v Viewer, meeting, version string) (*minutes.Minutes, error)
	// Edits lists the edits of a recording in order; segment "" = of all.
	Edits(ctx context.Context, v Viewer, meeting, recording, segment string) ([]Edit, error)
	// Members lists who has which role.
	Members(ctx context.Context, v Viewer, meeting string) ([]Member, error)
	// May says whether the viewer has a permission in a meeting: fault.NotFound,
	// fault.Forbidden or nil. For what is no act: sound, capture, export.
	May(ctx context.Context, v Viewer, meeting string, p Permission) (Roles, error)
}
