package audit

import "slices"

// What is done to accounts. What is done in a meeting has the name of its act
// (minutes/desk.Kind).
const (
	AccountAdded     = "account_added"
	AccountChanged   = "account_changed"
	PasswordChanged  = "password_changed"
	PasswordRehashed = "password_rehashed" // the same password, kept with today's parameters
	SignedIn         = "signed_in"
	SessionEnded     = "session_ended"
)

var accountActions = []string{AccountAdded, AccountChanged, PasswordChanged, PasswordRehashed, SignedIn, SessionEnded}

// AccountActions lists what can be done to accounts.
func AccountActions() []string { return slices.Clone(accountActions) }
