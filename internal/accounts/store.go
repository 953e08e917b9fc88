package accounts

import (
	"context"
	"time"
)

// Store keeps accounts and sessions. internal/sqlstore implements it;
// internal/sqlstore/storetest has its conformance suite.
//
// For every method: safe for concurrent use; what it changed is on disk, with
// its audit entry, when it returns nil; fault.NotFound for an account that does
// not exist. by is the id of the account that does it, or Terminal.
type Store interface {
	Accounts
	SessionKeeper
}

// Accounts keeps accounts.
type Accounts interface {
	// AddAccount adds one; a login that is taken is fault.Conflict.
	AddAccount(ctx context.Context, by string, a Account, hash string) error
	// AddFirstAdministrator adds one; when an administrator is there who can sign
	// in it is fault.NotFound, for nothing is to be set up. It is its own actor.
	AddFirstAdministrator(ctx context.Context, a Account, hash string) error
	// HasAdministrator says whether an administrator is there who can sign in.
	HasAdministrator(ctx context.Context) (bool, error)
	// Account gives one by its id.
	Account(ctx context.Context, id string) (Account, error)
	// AccountByLogin gives one, with the hash of its password.
	AccountByLogin(ctx context.Context, login string) (a Account, hash string, err error)
	// Accounts lists all, by login.
	Accounts(ctx context.Context) ([]Account, error)
	// ChangeAccount changes one. Disabling it ends its sessions. What would leave
	// no administrator who can sign in is fault.Conflict.
	ChangeAccount(ctx context.Context, by, id string, c Change) (Account, error)
	// SetPassword replaces a password and ends all sessions of the account but
	// those named by id in keep.
	SetPassword(ctx context.Context, by, id, hash string, keep []string) error
	// Rehash replaces the hash was by one of the same password, if it still is
	// the account's.
	Rehash(ctx context.Context, id, was, hash string) error
	// NoteSignIn enters in the audit log that somebody signed in from an address.
	NoteSignIn(ctx context.Context, id, address string) error
}

// SessionKeeper keeps browsers' sessions.
type SessionKeeper interface {
	// Session gives a session and its data: nil when it is not known, has ended or
	// expired, or its account is disabled.
	Session(ctx context.Context, id string) (s *Session, data []byte, err error)
	// SaveSession makes or changes a session. One that has ended stays ended, and
	// one of a disabled account is not made; both silently.
	SaveSession(ctx context.Context, s Session, data []byte) error
	// DropSession ends a session at its own wish (sign-out, a new token).
	DropSession(ctx context.Context, id string) error
	// Sessions lists somebody's sessions that go on, last seen first.
	Sessions(ctx context.Context, account string) ([]Session, error)
	// EndSessions ends those sessions of an account that are named by id; all
	// but keep when ids is nil.
	EndSessions(ctx context.Context, by, account string, ids, keep []string) error
}

// Session is one browser that is signed in.
type Session struct {
	ID      string // SHA-256 of the browser's token, in hex; no use as a token
	Account string // "" before sign-in
	Made    time.Time
	Seen    time.Time
	Expires time.Time
	Address string // where it was seen last
	Agent   string // what the browser calls itself
}
