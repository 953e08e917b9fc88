package record

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"bienban/audio"
)

// filler reads what an import has for gaps, in the recording's own rate and channels.
type filler struct {
	track *Recording
	fills []Fill
	base  int
	ch    int

	src  *Source // nil: nothing is being read
	conv *audio.Resampler
	pos  int64 // position of the next frame in have
	have []float32
	buf  []float32
	mix  []float32
	over bool
}

// openFills opens the tracks of all imports.
func (s *Source) openFills() error {
	for _, n := range s.r.notes {
		if n.Kind != KindImport || n.Import == nil || !validTrack(n.Import.Track) {
			continue
		}
		t, err := Open(filepath.Join(s.r.dir, filepath.FromSlash(n.Import.Track)), s.r.fs)
		if errors.Is(err, ErrNone) {
			continue // Verify says so
		}
		if err != nil {
			return err
		}
		s.fill = append(s.fill, &filler{track: t, fills: n.Import.Fills, base: s.r.base, ch: s.r.form.Channels})
	}
	return nil
}

// read puts what the import has of the frames from position at on into dst.
func (f *filler) read(ctx context.Context, dst []float32, at int64) error {
	n := int64(len(dst) / f.ch)
	for _, l := range f.fills {
		from, to := max(at, l.From), min(at+n, l.To)
		if from >= to {
			continue
		}
		if f.src == nil || f.pos != from {
			if err := f.seek(from); err != nil {
				return err
			}
		}
		if err := f.take(ctx, dst[(from-at)*int64(f.ch):(to-at)*int64(f.ch)]); err != nil {
			return err
		}
	}
	return nil
}

// seek begins to read at a position.
func (f *filler) seek(pos int64) error {
	f.close()
	src, err := f.track.Source(SourceOptions{From: min(scale(pos, f.track.base, f.base), f.track.end)})
	if err != nil {
		return err
	}
	f.src, f.pos, f.have, f.over, f.conv = src, pos, f.have[:0], false, nil
	if f.track.base != f.base {
		f.conv, err = audio.NewResampler(f.track.base, f.base, f.ch)
	}
	return err
}

// take fills dst, with silence where the track ends.
func (f *filler) take(ctx context.Context, dst []float32) error {
	c := f.track.form.Channels
	if f.buf == nil {
		f.buf = make([]float32, 4096*c)
	}
	for len(f.have) < len(dst) && !f.over {
		n, err := f.src.Read(ctx, f.buf)
		var damaged *audio.DamageError
		if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &damaged) {
			return err
		}
		f.mix = spread(f.mix[:0], f.buf[:n*c], c, f.ch)
		f.over = err != nil
		switch {
		case f.conv == nil:
			f.have = append(f.have, f.mix...)
		case f.over:
			f.have = f.conv.Flush(f.have)
		default:
			f.have = f.conv.Process(f.have, f.mix)
		}
	}
	k := copy(dst, f.have)
	f.have = f.have[:copy(f.have, f.have[k:])]
	f.pos += int64(len(dst) / f.ch)
	return nil
}

func (f *filler) close() {
	if f.src != nil {
		_ = f.src.Close()
		f.src = nil
	}
}
