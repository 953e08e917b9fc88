package record

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"bienban/internal/durable"
)

// StartRoom is how many bytes must be free beyond Options.KeepFree for a recording to begin: one that ends for want of
// room before it has a minute of one channel at 16 kHz is of no use, and looks like one that is.
const StartRoom = 60 * 16000 * 2

// KeepFree is the default of Options.KeepFree, in bytes: room for a system and a store that must go on when the disk
// is full of sound.
const KeepFree = 32 << 20

// RoomError says that a disk has too little room for a recording to begin.
type RoomError struct {
	Folder string // on that disk
	Free   int64  // bytes that may be written there
	Need   int64  // bytes that must be free
}

func (e *RoomError) Error() string {
	return fmt.Sprintf("no recording can begin: the disk of %s has %.1f MiB free, at least %.1f MiB are needed", e.Folder, mebi(e.Free), mebi(e.Need))
}

func mebi(n int64) float64 { return float64(n) / (1 << 20) }

// RoomFor looks whether a recording could begin in a folder, which need not be there yet: nil, or a *RoomError. A disk
// that does not tell has room. A nil fsys is the machine's file system.
func RoomFor(dir string, fsys durable.FS) error {
	if fsys == nil {
		fsys = durable.OS()
	}
	o := Options{KeepFree: KeepFree}
	return o.room(dir, fsys)
}

// room is RoomFor with what these options keep free.
func (o *Options) room(dir string, fsys durable.FS) error {
	if o.KeepFree < 0 || o.maintain {
		return nil
	}
	there := filepath.Clean(dir)
	free, err := fsys.Free(there)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(there) != there {
		there = filepath.Dir(there)
		free, err = fsys.Free(there)
	}
	if need := o.KeepFree + StartRoom; err == nil && free >= 0 && free < need {
		return &RoomError{Folder: there, Free: free, Need: need}
	}
	return nil
}
