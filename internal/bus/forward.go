package bus

import (
	"context"
	"errors"
	"io"
	"time"

	"bienban/internal/fault"
)

// forwardPause is how long Forward waits before it tries a bus again that was
// not there.
const forwardPause = 500 * time.Millisecond

// Forwarded is how far Forward has come.
type Forwarded struct {
	Position int64         // samples up to here are at the hub
	Missing  *MissingError // set when the leaf itself no longer has a stretch
	Err      error         // set while one of the two cannot be reached
}

// Forward copies a recording's audio from a leaf's own bus to the hub's, from
// where the hub's copy ends, until the recording's end or ctx's. While the hub
// is away it waits and the leaf stores; afterwards it catches up in order. Told
// is called after each chunk and each failure.
func Forward(ctx context.Context, from AudioSource, to AudioPublisher, recording string, told func(Forwarded)) error {
	if err := CheckName(recording); err != nil {
		return err
	}
	for {
		pos, err := to.AudioEnd(ctx, recording)
		if err == nil {
			err = forwardFrom(ctx, from, to, recording, pos, told)
		}
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.CodeOf(err) != fault.Unavailable:
			return err
		}
		told(Forwarded{Position: pos, Err: err})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(forwardPause):
		}
	}
}

func forwardFrom(ctx context.Context, from AudioSource, to AudioPublisher, recording string, pos int64, told func(Forwarded)) error {
	r, err := from.ReadAudio(ctx, recording, pos)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		c, err := r.Next(ctx)
		var missing *MissingError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &missing):
			told(Forwarded{Position: r.Position(), Missing: missing})
			continue
		case err != nil:
			return err
		}
		if err := to.PublishAudio(ctx, c); err != nil {
			return err
		}
		told(Forwarded{Position: c.End()})
	}
}
