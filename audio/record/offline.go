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
	if mirror == "" {
		mirror = rec.Info().Mirror
	}
	if filepath.Clean(mirror) == filepath.Clean(dir) { // this is the copy
		mirror = ""
	}
	var away error
	if mirror != "" && !IsRecording(mirror, fsys) { // its drive is not there: a folder made now would be no copy
		away, mirror = &CopyError{mirror, ErrNone}, ""
	}
	err = with(ctx, dir, fsys, mirror, "a stretch was erased", func(r *Recorder) error { return r.Erase(ctx, e) })
	if err != nil {
		return err
	}
	return away
}

// Finish carries out the erasures of a recording that is not running that were ordered and not finished. Without any it
// changes nothing.
func Finish(ctx context.Context, dir string, fsys durable.FS) error {
	rec, err := Open(dir, fsys)
	if err != nil || len(rec.Pending()) == 0 {
		return err
	}
	return with(ctx, dir, fsys, "", "an erasure was finished", func(*Recorder) error { return nil })
}

// CloseStretch is Recorder.CloseStretch for a recording that is not running.
func CloseStretch(ctx context.Context, dir string, fsys durable.FS, from, to int64, who, reason string) error {
	return with(ctx, dir, fsys, "", "a stretch was closed", func(r *Recorder) error { return r.CloseStretch(ctx, from, to, who, reason) })
}

// with opens a recording to add records to it, without recording.
func with(ctx context.Context, dir string, fsys durable.FS, mirror, why string, f func(*Recorder) error) error {
	rec, err := Open(dir, fsys)
	if err != nil {
		return err
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
