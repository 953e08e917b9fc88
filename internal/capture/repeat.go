package capture

import (
	"context"
	"errors"
	"io"
	"time"

	"bienban/audio"
)

// repeatPause parts two rounds of a file that is repeated, as a hall is quiet between two meetings; shorter than the
// 10 s after which a silent channel counts as dead.
const repeatPause = 5 * time.Second

// repeated is a file that is begun anew when it ends, after repeatPause of silence, until it has lasted for a length.
// The last round is whole. A file that is damaged, empty or another one meanwhile ends it.
type repeated struct {
	Input
	open    func(context.Context) (Input, error)
	length  int64 // all are in frames
	given   int64
	round   int64 // of it in the round that goes on
	silence int64 // still to be given before the next round
}

func (r *repeated) Read(ctx context.Context, dst []float32) (int, int64, error) {
	f := r.Format()
	if r.silence == 0 {
		n, lost, err := r.Input.Read(ctx, dst)
		r.given, r.round = r.given+int64(n), r.round+int64(n)
		if !errors.Is(err, io.EOF) || n > 0 || r.round == 0 || r.given >= r.length {
			return n, lost, err
		}
		next, err := r.open(ctx)
		if err != nil {
			return 0, 0, err
		}
		_ = r.Input.Close() // all of it was read
		r.Input, r.round, r.silence = next, 0, int64(repeatPause.Seconds()*float64(f.Rate))
		if next.Format() != f {
			return 0, 0, &audio.DamageError{Path: next.Name(), Frame: r.given, Reason: "the file is another one now"}
		}
	}
	n := int(min(r.silence, int64(len(dst)/f.Channels)))
	clear(dst[:n*f.Channels])
	r.given, r.silence = r.given+int64(n), r.silence-int64(n)
	return n, 0, nil
}
