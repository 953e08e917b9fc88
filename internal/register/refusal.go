package register

import (
	"fmt"

	"bienban/internal/fault"
)

// refusal says why a file or a pasted text is not read, in both languages of the
// interface.
type refusal struct {
	text  Text
	cause error // of a library, in English; nil for none
}

// Error implements error, in English.
func (r *refusal) Error() string {
	if r.cause != nil {
		return r.text.EN + ": " + r.cause.Error()
	}
	return r.text.EN
}

// Unwrap gives the library's error.
func (r *refusal) Unwrap() error { return r.cause }

// In gives the line for people in a language; English for all but Vietnamese.
func (r *refusal) In(language string) string { return r.text.in(language) }

// refuse makes a refusal; both formats get the same args.
func refuse(vi, en string, args ...any) error { return refuseFor(nil, vi, en, args...) }

// refuseFor is refuse with the library's error that was met.
func refuseFor(cause error, vi, en string, args ...any) error {
	return fault.New(fault.Invalid, "%w", &refusal{say(fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)), cause})
}
