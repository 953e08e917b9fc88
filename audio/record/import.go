package record

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bienban/audio"
	"bienban/internal/durable"
)

// ImportOptions say what is imported.
type ImportOptions struct {
	// At is when its first frame was recorded by its own clock, zero when that is not known. Within is how far that
	// clock may be off, default 2 min; without At the whole recording is searched.
	At     time.Time
	Within time.Duration
	Origin string // the device or file, for people
	Who    string // who brings it
	Now    func() time.Time
}

// ImportRecord is what an import left in the recording.
type ImportRecord struct {
	Track   string `json:"track"` // folder of its audio, a recording of its own, below this one
	Origin  string `json:"origin"`
	Chunks  int64  `json:"chunks"` // of the track, then
	Head    string `json:"head"`   // hash of the last of them
	Fills   []Fill `json:"fills"`
	Damaged string `json:"damaged,omitempty"` // what was wrong with the file
}

// Fill is a stretch that was missing and is now heard from the import. Its position in the track is the same time.
type Fill struct {
	From  int64   `json:"from"` // in frames of the recording's base rate
	To    int64   `json:"to"`
	By    string  `json:"by"`     // what it was aligned by: "before", "after" (the audio beside the gap), "elsewhere", "clock"
	Score float64 `json:"score"`  // correlation there, 0 for the clock
	LagMS float64 `json:"lag_ms"` // where the import's beginning lies in the recording
	// OffMS is how much longer the gap was than its estimate, by the audio on both its sides; 0 when not known.
	OffMS float64 `json:"off_ms,omitempty"`
}

// ErrNothingToFill says that an import covers no gap of the recording.
var ErrNothingToFill = errors.New("it covers no gap of the recording")

// ErrNotAligned says that an import was not recognised as a recording of the same hall.
var ErrNotAligned = errors.New("it does not sound like this recording anywhere, and no time is given: say when it was recorded")

// Import fills gaps of a recording that is not running with another device's recording of the same hall. open gives
// that from its beginning each time; it is read twice. Only what falls into gaps and overflows is kept: what was said
// in a closed part does not come back in this way.
func Import(ctx context.Context, dir string, open func(context.Context) (audio.Source, error), o ImportOptions, fsys durable.FS) (rec *ImportRecord, err error) {
	err = with(ctx, dir, fsys, "", "gaps were filled from "+o.Origin, func(r *Recorder) error {
		rec, err = r.Import(ctx, open, o)
		return err
	})
	return rec, err
}

// Import is the same for a recording that runs.
func (r *Recorder) Import(ctx context.Context, open func(context.Context) (audio.Source, error), o ImportOptions) (*ImportRecord, error) {
	r.importing.Lock()
	defer r.importing.Unlock()
	if o.Within == 0 {
		o.Within = 2 * time.Minute
	}
	if err := r.Flush(ctx); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	fills, err := r.align(ctx, open, o)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", o.Origin, err)
	}
	rec, err := r.track(ctx, open, o, fills)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", o.Origin, err)
	}
	err = r.record(ctx, func() (item, error) {
		return item{kind: KindImport, note: &Note{Who: o.Who, Reason: "gaps were filled from " + o.Origin, Import: rec}}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", o.Origin, err)
	}
	if r.mirr != nil {
		r.mirr.tracks.Store(true)
		r.mirr.poke()
	}
	return rec, nil
}

// align finds out which gaps the import fills, and where in it they lie.
func (r *Recorder) align(ctx context.Context, open func(context.Context) (audio.Source, error), o ImportOptions) ([]Fill, error) {
	rec, err := Open(r.dir, r.fs)
	if err != nil {
		return nil, err
	}
	missing := rec.unfilled()
	if len(missing) == 0 {
		return nil, ErrNothingToFill
	}
	here, err := rec.envelope(ctx)
	if err != nil {
		return nil, err
	}
	src, err := open(ctx)
	if err != nil {
		return nil, err
	}
	there, err := envelopeOf(ctx, src, nil)
	_ = src.Close()
	if err != nil {
		return nil, err
	}
	least, most := -len(there), len(here)
	clock := math.NaN()
	if !o.At.IsZero() {
		began, err := rec.began()
		if err != nil {
			return nil, err
		}
		clock = o.At.Sub(began).Seconds() * hopsPerSecond
		w := o.Within.Seconds() * hopsPerSecond
		least, most = max(least, int(clock-w)), min(most, int(clock+w))
	}
	p := pairOf(here, there)
	g, heard := p.global(least, most)
	if !heard && o.At.IsZero() {
		return nil, ErrNotAligned
	}
	var fills []Fill
	for _, m := range missing {
		f := p.fill(m, r.base, g, heard, clock)
		// What the import does not cover stays a gap.
		begin := int64(f.LagMS * float64(r.base) / 1000)
		f.From, f.To = max(f.From, begin), min(f.To, begin+int64(len(there))*int64(r.base)/hopsPerSecond)
		if f.To-f.From >= int64(r.base)/fillLeast {
			fills = append(fills, f)
		}
	}
	if len(fills) == 0 {
		return nil, ErrNothingToFill
	}
	return fills, nil
}

// fillLeast: stretches shorter than 1/20 s are not worth the seams.
const fillLeast = 20

// fill aligns one gap: by the audio in front of it, else behind it, else by what is known of the whole.
func (p *pair) fill(m Stretch, base int, g match, heard bool, clock float64) Fill {
	const perHop = 1000.0 / hopsPerSecond
	f := Fill{From: m.From, To: m.To, By: "clock", LagMS: clock * perHop}
	if !heard {
		return f
	}
	f.By, f.Score, f.LagMS = "elsewhere", g.score, g.lag*perHop
	hop := func(pos int64) int { return int(pos * hopsPerSecond / int64(base)) }
	least, most := int(g.lag)-localRadius, int(g.lag)+localRadius
	from, to := hop(m.From), hop(m.To)+1
	a := p.find(from-alignWindow, from, least, most)
	b := p.find(to, to+alignWindow, least, most)
	switch {
	case a.score >= alignScore:
		f.By, f.Score, f.LagMS = "before", a.score, a.lag*perHop
		if b.score >= alignScore {
			f.OffMS = (a.lag - b.lag) * perHop
		}
	case b.score >= alignScore:
		f.By, f.Score, f.LagMS = "after", b.score, b.lag*perHop
	}
	return f
}

// unfilled returns what is missing and not filled yet.
func (r *Recording) unfilled() []Stretch {
	all := r.Gaps()
	for _, n := range r.notes {
		if n.Kind != KindImport || n.Import == nil {
			continue
		}
		for _, f := range n.Import.Fills {
			var left []Stretch
			for _, g := range all {
				a, b := g, g
				a.To, b.From = min(g.To, f.From), max(g.From, f.To)
				if f.From >= g.To || f.To <= g.From {
					left = append(left, g)
					continue
				}
				for _, s := range []Stretch{a, b} {
					if s.From < s.To {
						left = append(left, s)
					}
				}
			}
			all = left
		}
	}
	return all
}

// envelope is the loudness of what the recording holds itself.
func (r *Recording) envelope(ctx context.Context) (envelope, error) {
	src, err := r.Source(SourceOptions{})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	without := append(append(append(r.Gaps(), r.Pauses()...), r.Closed()...), r.Erased()...)
	return envelopeOf(ctx, src, func(from, to int64) bool {
		for _, s := range without {
			if s.From < to && from < s.To {
				return false
			}
		}
		return true
	})
}

// began is the machine's clock at the recording's first frame.
func (r *Recording) began() (time.Time, error) {
	t := r.info.Created
	err := eachChunk(r.fs, r.dir, liveMark(r.fs, r.dir), 0, func(_ segmentFile, _ durable.File, p place) (bool, error) {
		if p.span == 0 {
			return true, nil
		}
		t = time.Unix(0, p.wall).Add(-duration(p.at, r.base))
		return false, nil
	})
	return t, err
}

// track writes the stretches of the import that are used, as a recording whose time is this one's.
func (r *Recorder) track(ctx context.Context, open func(context.Context) (audio.Source, error), o ImportOptions, fills []Fill) (*ImportRecord, error) {
	src, err := open(ctx)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	f := src.Format()
	name, err := r.trackName()
	if err != nil {
		return nil, err
	}
	bits := 16
	if f.Bits > 16 || f.Encoding == "float" {
		bits = 24
	}
	t, err := Create(filepath.Join(r.dir, filepath.FromSlash(name)), Options{ID: r.opts.ID + "/" + name, Meeting: r.opts.Meeting,
		Device: o.Origin, Rate: f.Rate, Channels: f.Channels, Bits: bits, KeepFree: r.opts.KeepFree, Now: r.opts.Now, random: r.opts.random}, r.fs)
	if err != nil {
		return nil, err
	}
	rec := &ImportRecord{Track: name, Origin: o.Origin, Fills: fills}
	err = t.cutOut(ctx, src, rec, r.base)
	if e := t.Close(ctx, "it was imported"); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	rec.Chunks, rec.Head = t.w.safe.seq, hex.EncodeToString(t.w.safe.hash[:])
	return rec, nil
}

// trackName is a folder that is not there yet.
func (r *Recorder) trackName() (string, error) {
	if err := r.fs.MkdirAll(filepath.Join(r.dir, importsName)); err != nil {
		return "", err
	}
	list, err := r.fs.ReadDir(filepath.Join(r.dir, importsName))
	if err != nil {
		return "", err
	}
	next := 1
	for _, e := range list {
		var n int
		if _, err := fmt.Sscanf(e.Name, "%d", &n); err == nil {
			next = max(next, n+1)
		}
	}
	return fmt.Sprintf("%s/%04d", importsName, next), nil
}

// cutOut reads a source once and appends what falls into the fills.
func (r *Recorder) cutOut(ctx context.Context, src audio.Source, rec *ImportRecord, base int) error {
	f := src.Format()
	buf := make([]float32, 4096*f.Channels)
	at := int64(0) // frames read
	var have []float32
	for i := range rec.Fills {
		fill := &rec.Fills[i]
		first, last := scale(fill.From, f.Rate, base), scale(fill.To, f.Rate, base) // in the track
		shift := int64(math.Round(fill.LagMS * float64(f.Rate) / 1000))
		if want := first - shift; want < at-int64(len(have)/f.Channels) {
			first += at - int64(len(have)/f.Channels) - want // the source cannot go back: begin later
			fill.From = min(fill.To, scale(first, base, f.Rate))
		}
		r.pass(first)
		for pos := first; pos < last; {
			if len(have) == 0 {
				n, err := src.Read(ctx, buf)
				var damaged *audio.DamageError
				over := errors.Is(err, io.EOF)
				if errors.As(err, &damaged) {
					rec.Damaged, over = damaged.Reason, true
				}
				if err != nil && !over {
					return err
				}
				if over {
					// It is shorter than at the first reading, or damaged: what was not found is not filled.
					fill.To = min(fill.To, scale(pos, base, f.Rate))
					rec.Fills = rec.Fills[:i+1]
					return nil
				}
				have, at = buf[:n*f.Channels], at+int64(n)
			}
			begin := at - int64(len(have)/f.Channels)
			if skip := pos - shift - begin; skip > 0 {
				have = have[min(skip*int64(f.Channels), int64(len(have))):]
				continue
			}
			n := min(last-pos, int64(len(have)/f.Channels))
			if err := r.AppendWait(ctx, have[:n*int64(f.Channels)]); err != nil {
				return err
			}
			have, pos = have[n*int64(f.Channels):], pos+n
		}
	}
	return nil
}

// scale turns a position at one rate into one at another, rounded down.
func scale(n int64, to, from int) int64 { return span(0, n, from, to) }

// pass moves the position on to where the next stretch begins.
func (r *Recorder) pass(to int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
	if n := to - r.pos; n > 0 {
		r.pos += n
		r.q.put(item{kind: KindGap, format: r.format, span: n, wall: r.opts.Now(),
			note: &Note{Reason: "the hall's own recording has this"}}, 0)
	}
}

// eraseImports destroys a stretch in what was imported into it.
func eraseImports(ctx context.Context, fsys durable.FS, dir string, base int, p Pending) error {
	rec, err := Open(dir, fsys)
	if err != nil {
		return err
	}
	for _, n := range rec.notes {
		if n.Kind != KindImport || n.Import == nil || len(p.By) != 2 ||
			!slices.ContainsFunc(n.Import.Fills, func(f Fill) bool { return f.From < p.To && p.From < f.To }) {
			continue
		}
		track := filepath.Join(dir, filepath.FromSlash(n.Import.Track))
		t, err := Open(track, fsys)
		if err != nil {
			return err
		}
		e := Erasure{From: scale(p.From, t.base, base), To: scale(p.To, t.base, base) + 1, By: [2]string{p.By[0], p.By[1]}, Reason: p.Reason}
		if err := Erase(ctx, track, fsys, "", e); err != nil && !errors.Is(err, ErrNoAudio) {
			return err
		}
	}
	return nil
}

// imports verifies the tracks.
func (v *verifier) imports(ctx context.Context) error {
	for _, t := range v.tracks {
		bad := func(format string, a ...any) {
			v.rep.Problems = append(v.rep.Problems, Problem{Segment: t.Track, Chunk: -1, What: fmt.Sprintf(format, a...)})
		}
		if !validTrack(t.Track) {
			bad("that is no name of a track")
			continue
		}
		dir := filepath.Join(v.dir, filepath.FromSlash(t.Track))
		rep, err := verifyTrack(ctx, dir, v.fs, &t)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			bad("the imported track cannot be read: %v", err)
			continue
		}
		v.rep.Imports = append(v.rep.Imports, rep)
	}
	return nil
}

// validTrack keeps a record from naming files elsewhere.
func validTrack(name string) bool {
	n, ok := strings.CutPrefix(name, importsName+"/")
	return ok && n != "" && strings.Trim(n, "0123456789") == ""
}
