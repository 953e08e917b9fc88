package record

import (
	"errors"
	"io/fs"
	"syscall"

	"bienban/internal/durable"
)

// MirrorCause is why a copy is not written.
type MirrorCause string

// The causes.
const (
	MirrorFull     MirrorCause = "full"            // its drive
	MirrorDenied   MirrorCause = "denied"          // the user may not write there
	MirrorReadOnly MirrorCause = "read_only"       // its drive
	MirrorAway     MirrorCause = "away"            // its folder, mostly with its drive
	MirrorNoFolder MirrorCause = "no_folder"       // a file lies in its place
	MirrorOther    MirrorCause = "other_recording" // its folder holds one
	MirrorInUse    MirrorCause = "in_use"          // another process writes it
	MirrorBroken   MirrorCause = "broken"          // its drive reports errors
	MirrorStalled  MirrorCause = "stalled"         // its drive does not answer
	MirrorUnknown  MirrorCause = "unknown"
)

// mirrorCauses are tried in order: the system's words for each.
func mirrorCauses() []struct {
	cause MirrorCause
	is    []error
} {
	return []struct {
		cause MirrorCause
		is    []error
	}{
		{MirrorOther, []error{errRefused}},
		{MirrorInUse, []error{durable.ErrLocked}},
		{MirrorFull, []error{syscall.ENOSPC, syscall.EDQUOT}},
		{MirrorReadOnly, []error{syscall.EROFS}},
		{MirrorDenied, []error{fs.ErrPermission}},
		{MirrorNoFolder, []error{syscall.ENOTDIR, fs.ErrExist}},
		{MirrorAway, []error{fs.ErrNotExist, syscall.ENODEV, syscall.ENXIO}},
		{MirrorBroken, []error{syscall.EIO}},
	}
}

func causeOf(err error) MirrorCause {
	for _, c := range mirrorCauses() {
		for _, is := range c.is {
			if errors.Is(err, is) {
				return c.cause
			}
		}
	}
	return MirrorUnknown
}
