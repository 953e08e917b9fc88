package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"bienban/audio"
	"bienban/internal/durable"
)

// SourceOptions choose what a source yields.
type SourceOptions struct {
	From, To int64 // positions; To 0 is the end
	// Follow waits for more while the recording runs.
	Follow bool
	// Closed also yields what was closed afterwards; otherwise that is silence.
	Closed bool
	// Fill takes what is missing from imported tracks.
	Fill bool
}

// Source yields a recording as it is heard: frame k of it is position From+k, in the recording's first format.
// What is missing, paused, closed or erased is silence there; Gaps and its like tell which. A chunk that is broken and a
// segment that was removed are silence too, and the source ends with an *audio.DamageError.
type Source struct {
	r    *Recording
	o    SourceOptions
	pos  int64 // of the next frame to give
	size int64 // -1: not known

	seg     int // index in r.segs of the open segment, -1 for none
	num     uint32
	file    durable.File
	w       *walker
	have    []float32 // decoded frames that were not given, the first at havePos
	havePos int64
	buf     []byte
	conv    *converter
	closed  []Stretch
	fill    []*filler
	broken  error
	bad     int
	end     error
}

var _ audio.Source = (*Source)(nil)

// OpenSource opens a recording's folder as a source from beginning to end, with what imports fill.
func OpenSource(dir string) (*Source, error) {
	r, err := Open(dir, nil)
	if err != nil {
		return nil, err
	}
	return r.Source(SourceOptions{Fill: true})
}

// Source returns a source of the recording. The Recording must not be used meanwhile.
func (r *Recording) Source(o SourceOptions) (*Source, error) {
	if o.From < 0 || o.To < 0 || o.To > 0 && o.To < o.From || o.From > r.end && !o.Follow {
		return nil, fmt.Errorf("read recording: positions %d to %d are not within its %d frames", o.From, o.To, r.end)
	}
	s := &Source{r: r, o: o, pos: o.From, size: -1, seg: -1}
	if !o.Follow {
		if s.o.To == 0 || s.o.To > r.end {
			s.o.To = r.end
		}
		s.size = s.o.To - s.o.From
	} else if o.To > 0 {
		s.size = o.To - o.From
	}
	if !o.Closed {
		s.closed = r.Closed()
	}
	if o.Fill {
		if err := s.openFills(); err != nil {
			return nil, err
		}
	}
	s.seek(o.From)
	s.lacks()
	return s, nil
}

// lacks remembers what is missing within what is to be given.
func (s *Source) lacks() {
	if s.o.Follow {
		return
	}
	say := func(at int64, frames int64, what string) {
		if s.broken == nil {
			s.broken = &audio.DamageError{Path: s.r.dir, Frame: at, Reason: fmt.Sprintf("%.1f s %s", float64(frames)/float64(s.r.base), what)}
		}
	}
	for _, m := range s.r.lacks {
		if from, to := max(m.From, s.o.From), min(m.To, s.o.To); from < to {
			say(from, to-from, m.Reason)
		}
	}
	if s.o.To == s.r.end && !s.r.live {
		if n := s.r.cut(); n > 0 {
			say(s.r.end, n, "missing at the end")
		}
	}
}

// Format implements audio.Source.
func (s *Source) Format() audio.Format {
	return audio.Format{Rate: s.r.base, Channels: s.r.form.Channels, Frames: s.size, Container: "bienban", Encoding: "pcm", Bits: s.r.form.Bits}
}

// seek finds the segment that holds a position.
func (s *Source) seek(pos int64) {
	s.seg = 0
	for i := range s.r.segs {
		if s.r.segs[i].head.at <= pos {
			s.seg = i
		}
	}
	// Segments that hold no stretch share their position with the next; begin with the first of them.
	for s.seg > 0 && s.r.segs[s.seg].head.at == s.r.segs[s.seg-1].head.at {
		s.seg--
	}
	s.num = s.r.segs[s.seg].number
}

// Read implements audio.Source.
func (s *Source) Read(ctx context.Context, dst []float32) (int, error) {
	ch := s.r.form.Channels
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if len(dst) == 0 || len(dst)%ch != 0 {
		return 0, fmt.Errorf("read recording: a buffer of %d samples does not hold whole frames of %d channels", len(dst), ch)
	}
	if s.end != nil {
		return 0, s.end
	}
	want := int64(len(dst) / ch)
	if s.o.To > 0 {
		want = min(want, s.o.To-s.pos)
	}
	for want > 0 {
		if n := s.give(dst, want); n > 0 {
			return int(n), nil
		}
		if err := s.load(ctx); err != nil {
			if !errors.Is(err, io.EOF) {
				return 0, err
			}
			break
		}
	}
	if want > 0 && s.o.To > 0 && !s.o.Follow {
		// What the segments no longer tell (a damaged end in the middle) is silence, so that times stay right.
		n := want
		clear(dst[:n*int64(ch)])
		s.pos += n
		return int(n), nil
	}
	s.end = io.EOF
	if s.broken != nil {
		s.end = s.broken
	}
	return 0, s.end
}

// give hands out decoded frames, silence in front of them.
func (s *Source) give(dst []float32, want int64) int64 {
	ch := int64(s.r.form.Channels)
	if len(s.have) == 0 {
		return 0
	}
	if skip := s.pos - s.havePos; skip > 0 { // before where we begin
		skip = min(skip, int64(len(s.have))/ch)
		s.have, s.havePos = s.have[skip*ch:], s.havePos+skip
		if len(s.have) == 0 {
			return 0
		}
	}
	if lead := s.havePos - s.pos; lead > 0 {
		n := min(want, lead)
		clear(dst[:n*ch])
		s.pos += n
		return n
	}
	n := min(want, int64(len(s.have))/ch)
	copy(dst[:n*ch], s.have)
	s.have, s.havePos = s.have[n*ch:], s.havePos+n
	for _, c := range s.closed {
		silence(dst, int(ch), s.pos, n, c.From, c.To)
	}
	s.pos += n
	return n
}

// silence clears the part of n frames from pos on that lies between from and to.
func silence(dst []float32, ch int, pos, n, from, to int64) {
	a, b := max(from, pos)-pos, min(to, pos+n)-pos
	if a < b {
		clear(dst[a*int64(ch) : b*int64(ch)])
	}
}

// load decodes the next chunk that yields frames.
func (s *Source) load(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.w == nil {
			if err := s.openSegment(); err != nil {
				return err
			}
		}
		p, err := s.w.next()
		var d *damage
		switch {
		case errors.Is(err, io.EOF), errors.As(err, &d) && d.torn:
			if err := s.nextSegment(ctx, d); err != nil {
				return err
			}
			continue
		case d != nil:
			s.damaged(d.what)
			continue
		case err != nil:
			return err
		}
		if p.at+p.span <= s.pos && p.span > 0 || p.span == 0 {
			continue
		}
		if s.o.To > 0 && p.at >= s.o.To {
			return io.EOF
		}
		if err := s.decode(ctx, p); err != nil {
			return err
		}
		if len(s.have) > 0 {
			return nil
		}
	}
}

func (s *Source) openSegment() error {
	sf := s.r.segs[s.seg]
	f, err := s.r.fs.Open(filepath.Join(s.r.dir, sf.name), false)
	if err != nil {
		return err
	}
	w, err := openSegment(f, sf.limit)
	if err != nil {
		_ = f.Close()
		return err
	}
	s.file, s.w, s.num = f, w, sf.number
	return nil
}

// nextSegment goes on behind the end of what was known of a segment.
func (s *Source) nextSegment(ctx context.Context, d *damage) error {
	at := s.w.off
	if d != nil {
		at = d.off
	}
	for {
		for i := range s.r.segs {
			if s.r.segs[i].number != s.num {
				continue
			}
			switch {
			case s.r.segs[i].limit > s.w.limit: // it has grown
				s.w.limit, s.w.off = s.r.segs[i].limit, at
				return nil
			case i+1 < len(s.r.segs):
				if d != nil {
					s.damaged(d.what)
				}
				_ = s.file.Close()
				s.seg, s.file, s.w = i+1, nil, nil
				return nil
			}
		}
		if !s.o.Follow {
			return io.EOF
		}
		more, err := s.r.follow(ctx, s.r.end)
		if err != nil {
			return err
		}
		if !s.o.Closed {
			s.closed = s.r.Closed()
		}
		if !more {
			s.o.Follow = false
		}
	}
}

func (s *Source) damaged(what string) {
	s.bad++
	if s.broken == nil {
		s.broken = &audio.DamageError{Path: filepath.Join(s.r.dir, segmentName(s.num)), Frame: s.w.at, Reason: what}
	}
}

// decode turns one chunk into frames of the recording's first format.
func (s *Source) decode(ctx context.Context, p place) error {
	s.havePos = p.at
	if p.kind != KindAudio {
		return s.blank(ctx, p)
	}
	key, data, whole, err := payload(s.file, p, s.buf)
	if err != nil {
		return err
	}
	s.buf = key[:0]
	if !whole {
		if !isZero(key) || !isZero(data) {
			s.damaged(fmt.Sprintf("chunk %d is not what was recorded", p.seq))
		}
		return s.blank(ctx, place{chunkHeader: chunkHeader{at: p.at, span: p.span}})
	}
	f := s.w.head.format
	if s.conv == nil || s.conv.from != f {
		c, err := newConverter(f, Format{s.r.base, s.r.form.Channels, s.r.form.Bits})
		if err != nil {
			return err
		}
		s.conv = c
	}
	s.have = s.conv.run(s.have[:0], data, p.span)
	return nil
}

// blankMost bounds the silence that is made at a time.
const blankMost = 1 << 16

// blank makes silence, or what an import has, of a stretch without audio. A long one is made in pieces: the walker
// is put back in front of it.
func (s *Source) blank(ctx context.Context, p place) error {
	if s.conv != nil {
		s.conv.reset()
	}
	ch := s.r.form.Channels
	from := max(p.at, s.pos)
	n := min(p.at+p.span-from, blankMost)
	s.havePos = from
	s.have = append(s.have[:0], make([]float32, n*int64(ch))...)
	if p.kind == KindGap || p.kind == KindOverflow {
		for _, f := range s.fill {
			if err := f.read(ctx, s.have, from); err != nil {
				return err
			}
		}
	}
	if from+n < p.at+p.span && p.kind != 0 {
		s.w.off -= p.size()
		s.w.resume(p.chunkHeader)
	} else if p.kind == 0 && from+n < p.at+p.span {
		s.have = append(s.have, make([]float32, (p.at+p.span-from-n)*int64(ch))...)
	}
	return nil
}

// Close implements audio.Source.
func (s *Source) Close() error {
	for _, f := range s.fill {
		f.close()
	}
	s.fill = nil
	if s.file != nil {
		_ = s.file.Close()
		s.file, s.w = nil, nil
	}
	if s.end == nil {
		s.end = errors.New("read recording: it was closed")
	}
	return nil
}
