// Package fault holds the few error codes that the whole program shares.
//
// A code says what kind of thing went wrong, so that one table can map it to
// an exit code (cmd/bienban) and, later, to an HTTP status (portal). The
// message is one line: what was wrong with which file or field, and what to do.
//
// The package does not translate, log or decide; it only carries.
package fault

import (
	"errors"
	"fmt"
)

// Code is the kind of an error.
type Code string

// The codes. Everything that carries none of them is Internal.
const (
	Invalid     Code = "invalid"     // wrong usage or bad input: the caller can mend it
	NotFound    Code = "not_found"   // no such thing, or none that the caller may see
	Conflict    Code = "conflict"    // somebody else changed it first
	Locked      Code = "locked"      // a state that forbids the change (signed, archived)
	Forbidden   Code = "forbidden"   // the caller may see it but not do this
	Unavailable Code = "unavailable" // a part that is needed is not there now (model, server, disk)
	Internal    Code = "internal"    // our own fault, or the machine's
)

// Error is an error with a code.
type Error struct {
	Code Code
	err  error // the message for people, one line, with its cause if it has one
}

// Error implements error.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap gives the message and, through it, the cause.
func (e *Error) Unwrap() error { return e.err }

// New makes an error of the given code; format and args are fmt.Errorf's, so
// a %w verb keeps the cause.
func New(code Code, format string, args ...any) error {
	return &Error{Code: code, err: fmt.Errorf(format, args...)}
}

// CodeOf gives the code of the outermost Error in err's chain, Internal when
// there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
