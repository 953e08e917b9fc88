package record

import (
	"context"
	"errors"
	"fmt"

	"bienban/internal/durable"
)

// Erase is Recorder.Erase for a recording that is not running. mirror is the folder of its copy, "" for none.
func Erase(ctx context.Context, dir string, fsys durable.FS, mirror string, e Erasure) error {
	return with(ctx, dir, fsys, mirror, "a stretch was erased", func(r *Recorder) error { return r.Erase(ctx, e) })
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
	err = f(r)
	return errors.Join(err, r.Close(ctx, why))
}
