package record

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"bienban/internal/durable"
)

// Erase is Recorder.Erase for a recording that is not running. mirror is the folder of its copy; "" for the one that it
// was recorded with, if any.
func Erase(ctx context.Context, dir string, fsys durable.FS, mirror string, e Erasure) error {
	rec, err := Open(dir, fsys)
	if err != nil {
		return err
	}
	mirror, away := copyOf(rec, dir, mirror, fsys)
	err = with(ctx, dir, fsys, mirror, "a stretch was erased", func(r *Recorder) error { return r.Erase(ctx, e) })
	if err != nil {
		return err
	}
	return away
}

// copyOf is the folder of a recording's copy, "" for none: mirror, or where the recording says. A copy that is not there
// is a *CopyError.
func copyOf(rec *Recording, dir, mirror string, fsys durable.FS) (string, error) {
	if mirror == "" {
		mirror = rec.Info().Mirror
	}
	if mirror == "" || filepath.Clean(mirror) == filepath.Clean(dir) { // this is the copy
		return "", nil
	}
	if !IsRecording(mirror, fsys) { // its drive is not there: a folder made now would be no copy
		return "", &CopyError{mirror, ErrNone}
	}
	return mirror, nil
}

// Finish carries out the erasures of a recording that is not running that were ordered and not finished, in its copy too.
// Without any it changes nothing. A copy that cannot be reached is a *CopyError; all else is done then.
func Finish(ctx context.Context, dir string, fsys durable.FS) error {
	rec, err := Open(dir, fsys)
	if err != nil || len(rec.Pending()) == 0 {
		return err
	}
	mirror, away := copyOf(rec, dir, "", fsys)
	err = with(ctx, dir, fsys, mirror, "an erasure was finished", func(r *Recorder) error { return r.copyFollows(ctx) })
	if err != nil {
		return err
	}
	return away
}

// CloseStretch is Recorder.CloseStretch for a recording that is not running.
func CloseStretch(ctx context.Context, dir string, fsys durable.FS, from, to int64, who, reason string) error {
	return with(ctx, dir, fsys, "", "a stretch was closed", func(r *Recorder) error { return r.CloseStretch(ctx, from, to, who, reason) })
}

// with opens a recording to add records to it, without recording. What was ordered to be erased and is not is done first,
// in the copy too, where it is there.
func with(ctx context.Context, dir string, fsys durable.FS, mirror, why string, f func(*Recorder) error) error {
	rec, err := Open(dir, fsys)
	if err != nil {
		return err
	}
	if mirror == "" && len(rec.Pending()) > 0 {
		mirror, _ = copyOf(rec, dir, "", fsys)
	}
	last := rec.segs[len(rec.segs)-1].head.format
	r, err := Create(dir, Options{Rate: last.Rate, Channels: last.Channels, Bits: last.Bits, Mirror: mirror, maintain: true}, fsys)
	if err != nil {
		return fmt.Errorf("%w; ask the recorder that runs on it", err)
	}
	for _, p := range rec.Pending() {
		if err = r.finish(ctx, p); err != nil {
			break
		}
	}
	if err == nil {
		err = f(r)
	}
	return errors.Join(err, r.Close(ctx, why))
}
