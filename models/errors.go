package models

import (
	"fmt"
	"strings"

	"bienban/internal/fault"
)

// UnknownModelError says that the catalogue has no such id (exit code 2).
type UnknownModelError struct {
	ID    string
	Known []string
}

// Error lists what there is.
func (e *UnknownModelError) Error() string {
	return fmt.Sprintf("unknown model %q: known are %s", e.ID, strings.Join(e.Known, ", "))
}

// Unwrap gives the code.
func (e *UnknownModelError) Unwrap() error { return fault.New(fault.Invalid, "unknown model") }

// MissingModelError says that a model is in the catalogue but not in the store.
type MissingModelError struct {
	ID   string
	Size int64 // bytes to fetch
}

// Error names the command that fetches it.
func (e *MissingModelError) Error() string {
	return fmt.Sprintf("model %s is not installed: get it with `bienban models pull %s` (%s)", e.ID, e.ID, Bytes(e.Size))
}

// Unwrap gives the code.
func (e *MissingModelError) Unwrap() error { return fault.New(fault.Unavailable, "missing model") }

// HashError says that a file is not what the catalogue promises (exit code 2).
type HashError struct {
	ID, Path  string
	Got, Want string // SHA-256, hex
	Advice    string // what to do
}

// Error is one line.
func (e *HashError) Error() string {
	return fmt.Sprintf("model %s: %s has SHA-256 %s, want %s: %s", e.ID, e.Path, e.Got, e.Want, e.Advice)
}

// Unwrap gives the code.
func (e *HashError) Unwrap() error { return fault.New(fault.Invalid, "wrong SHA-256") }

// SizeError says that a file was cut, or is another one (exit code 2).
type SizeError struct {
	ID, Path  string
	Got, Want int64 // bytes
}

// Error is one line.
func (e *SizeError) Error() string {
	return fmt.Sprintf("model %s: %s is damaged: it has %d bytes, not %d: `bienban models pull %s` fetches it again", e.ID, e.Path, e.Got, e.Want, e.ID)
}

// Unwrap gives the code.
func (e *SizeError) Unwrap() error { return fault.New(fault.Invalid, "wrong size") }

// SpaceError says that the disk cannot hold the model.
type SpaceError struct {
	ID, Dir      string
	Needed, Free int64 // bytes
}

// Error gives both figures.
func (e *SpaceError) Error() string {
	return fmt.Sprintf("model %s needs %s free in %s, there are %s: free some space or set BIENBAN_MODELS to another disk",
		e.ID, Bytes(e.Needed), e.Dir, Bytes(e.Free))
}

// Unwrap gives the code.
func (e *SpaceError) Unwrap() error { return fault.New(fault.Unavailable, "disk full") }

// Bytes writes a size for people, in decimal units: "148 MB".
func Bytes(n int64) string {
	switch {
	case n >= 10e9:
		return fmt.Sprintf("%.0f GB", float64(n)/1e9)
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
}
