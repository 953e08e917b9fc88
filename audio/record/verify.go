package record

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"bienban/internal/durable"
)

// Report is what Verify found.
type Report struct {
	Folder       string  `json:"folder"`
	ID           string  `json:"id"`
	Meeting      string  `json:"meeting,omitempty"`
	AudioSeconds float64 `json:"audio_seconds"` // of audio that is there and whole
	Whole        bool    `json:"whole"`         // nothing was changed, removed or moved since it was recorded

	Seconds         float64 `json:"seconds"` // from beginning to end
	GapSeconds      float64 `json:"gap_seconds"`
	OverflowSeconds float64 `json:"overflow_seconds"`
	PausedSeconds   float64 `json:"paused_seconds"`
	ErasedSeconds   float64 `json:"erased_seconds"`
	BadSamples      int64   `json:"bad_samples"` // that were not numbers and became 0

	Closed   bool  `json:"closed"`  // ended properly; otherwise it runs, or was killed
	Running  bool  `json:"running"` // a recorder has it now; what it had synced was looked at
	Segments int   `json:"segments"`
	Chunks   int64 `json:"chunks"`
	// TornBytes is the unfinished end of a recording that was killed. It was never handed on, and is no damage.
	TornBytes int64 `json:"torn_bytes"`

	// PendingErasures were ordered and are not known to be done everywhere; the next Create finishes them.
	PendingErasures int `json:"pending_erasures"`

	Problems []Problem `json:"problems"`
	Imports  []Report  `json:"imports,omitempty"`
}

// Problem is one thing that is not as it was recorded.
type Problem struct {
	Segment string  `json:"segment,omitempty"` // file
	Chunk   int64   `json:"chunk"`             // sequence number, -1 when it is about something else
	Offset  int64   `json:"offset"`            // in the file
	Second  float64 `json:"second"`            // into the recording
	What    string  `json:"what"`
}

func (p Problem) String() string {
	if p.Chunk < 0 {
		return fmt.Sprintf("%s: %s", p.Segment, p.What)
	}
	return fmt.Sprintf("%s: chunk %d at byte %d, second %.1f: %s", p.Segment, p.Chunk, p.Offset, p.Second, p.What)
}

// maxProblems bounds the report.
const maxProblems = 1000

// Verify reads a whole recording and checks each byte of it. It changes nothing, and may be used while it runs.
// Errors are ErrNone and those of the file system; what is wrong with the recording is in the report.
func Verify(ctx context.Context, dir string, fsys durable.FS) (Report, error) {
	return verifyTrack(ctx, dir, fsys, nil)
}

// verifyTrack is Verify of a track of which is known how it stood when it was imported.
func verifyTrack(ctx context.Context, dir string, fsys durable.FS, track *ImportRecord) (Report, error) {
	if fsys == nil {
		fsys = durable.OS()
	}
	live := liveMark(fsys, dir)
	segs, err := scan(fsys, dir, live)
	if err != nil {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	if len(segs) == 0 {
		m, err := readManifest(fsys, dir)
		if err != nil || m.NextSeq == 0 {
			return Report{}, fmt.Errorf("verify: %s: %w", dir, ErrNone)
		}
		return Report{Folder: dir, ID: m.ID, Meeting: m.Meeting, Closed: m.Closed, Running: live != nil, Problems: []Problem{{Segment: manifestName, Chunk: -1,
			What: fmt.Sprintf("all segments are missing, with chunks 0 to %d", m.NextSeq-1)}}}, nil
	}
	v := &verifier{track: track, fs: fsys, dir: dir, rep: Report{Folder: dir, Segments: len(segs), Running: live != nil, Problems: []Problem{}}}
	v.sure = vouched(fsys, dir)
	if v.erased, err = v.erasures(segs); err != nil {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	for i, s := range segs {
		if err := v.segment(ctx, s, segs[i+1:]); err != nil {
			return Report{}, fmt.Errorf("verify: %w", err)
		}
	}
	if live == nil { // else the manifest is older or newer than what was looked at
		v.witness()
	}
	if err := v.imports(ctx); err != nil {
		return Report{}, err
	}
	return v.report(), nil
}

type verifier struct {
	fs     durable.FS
	dir    string
	rep    Report
	erased []Note
	tracks []ImportRecord

	track *ImportRecord // as which it is known
	known bool          // and was met

	begun bool
	base  int
	link  link  // of what was seen so far
	sum   int64 // audio as the segments' headers count it
	sure  int64 // chunks that the manifest vouches for
	ended bool  // the last segment ends with the recording's end

	audio int64
	gap   int64
	over  int64
	pause int64
	gone  int64
	open  map[int64]bool // erase records that are not done
	buf   []byte
}

func (v *verifier) problem(s *segmentFile, chunk, off, at int64, format string, a ...any) {
	if len(v.rep.Problems) == maxProblems {
		return
	}
	p := Problem{Chunk: chunk, Offset: off, What: fmt.Sprintf(format, a...)}
	if s != nil {
		p.Segment = s.name
	}
	if v.base > 0 {
		p.Second = float64(at) / float64(v.base)
	}
	v.rep.Problems = append(v.rep.Problems, p)
}

// erasures collects the erase records, which stand behind what they cover.
func (v *verifier) erasures(segs []segmentFile) ([]Note, error) {
	var all []Note
	for _, s := range segs {
		if s.broken != nil || s.stray {
			continue
		}
		f, err := v.fs.Open(filepath.Join(v.dir, s.name), false)
		if err != nil {
			return nil, err
		}
		err = walk(f, s.limit, func(_ *walker, p place) (bool, error) {
			if p.kind != KindErase {
				return true, nil
			}
			n, err := noteOf(f, p)
			if len(n.By) == 2 { // else it is broken, and covers nothing
				all = append(all, n)
			}
			return true, err
		})
		_ = f.Close()
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// segment checks one file; behind are those that follow.
func (v *verifier) segment(ctx context.Context, s segmentFile, behind []segmentFile) error {
	if s.stray {
		return nil // a failed attempt, which the next segment owns up to
	}
	if s.broken != nil {
		if errors.Is(s.broken, errTorn) && len(behind) == 0 && v.begun {
			if n, err := v.anyChunk(s); err != nil || n == 0 {
				v.rep.TornBytes += s.size // power went while it was made
				return err
			}
		}
		what := s.broken.Error()
		v.problem(&s, -1, 0, v.link.at, "the segment cannot be used: %s", what)
		return nil
	}
	f, err := v.fs.Open(filepath.Join(v.dir, s.name), false)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := openSegment(f, s.limit)
	if err != nil {
		return err
	}
	v.join(&s)
	last := len(behind) == 0
	if last {
		o, err := survey(f, s.limit)
		if err != nil {
			return err
		}
		v.ended = o.ended
	}
	if s.limit < s.size && !last && !abandonedAfter(s, behind) {
		v.problem(&s, -1, s.limit, v.link.at, "%d bytes follow that were not recorded", s.size-s.limit)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := w.next()
		var d *damage
		switch {
		case errors.Is(err, io.EOF):
			v.leave(&s, w)
			return nil
		case errors.As(err, &d) && last && !d.made && (d.torn || !v.ended && v.link.seq >= v.sure):
			v.rep.TornBytes += s.limit - d.off
			w.off = d.off
			v.leave(&s, w)
			return nil
		case d != nil:
			v.problem(&s, v.link.seq, d.off, v.link.at, "%s", d.what)
			v.link.seq, v.link.at = w.seq, w.at
			continue
		case err != nil:
			return err
		}
		stop, err := v.chunk(&s, f, p, w, last)
		if err != nil {
			return err
		}
		if stop {
			v.rep.TornBytes += s.limit - p.off
			return nil
		}
		v.link.size, v.link.hash, v.link.seq, v.link.at = w.off, w.hash, w.seq, w.at
		if v.track != nil && v.track.Chunks == v.link.seq {
			v.known = v.track.Head == hex.EncodeToString(v.link.hash[:])
		}
	}
}

// abandonedAfter reports whether the segment that follows s says that s has an end that does not count.
func abandonedAfter(s segmentFile, behind []segmentFile) bool {
	for _, n := range behind {
		if n.broken == nil && !n.stray && n.head.prevNum == s.number {
			return n.head.abandoned
		}
	}
	return false
}

// anyChunk counts the chunks in a file whose header is broken.
func (v *verifier) anyChunk(s segmentFile) (int, error) {
	f, err := v.fs.Open(filepath.Join(v.dir, s.name), false)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := &walker{f: f, off: 0, limit: s.size, seq: -1, head: segmentHeader{format: Format{Rate: 1000, Channels: 1, Bits: 16}}}
	var d *damage
	if err := w.resync(); !errors.As(err, &d) {
		return 0, err
	}
	if d.torn {
		return 0, nil
	}
	return 1, nil
}

// join checks that a segment follows on what was before.
func (v *verifier) join(s *segmentFile) {
	h := &s.head
	switch {
	case !v.begun && (h.firstSeq != 0 || h.prevNum != 0 || h.at != 0):
		v.problem(s, h.firstSeq, 0, h.at, "the segments before it are missing: it begins with chunk %d", h.firstSeq)
	case v.begun && (h.prev != v.link.hash || h.firstSeq != v.link.seq || h.prevNum != v.link.segment || h.prevSize != v.link.size):
		v.problem(s, h.firstSeq, 0, h.at, "it does not follow on %s: chunks %d to %d are missing, changed or moved",
			segmentName(v.link.segment), v.link.seq, h.firstSeq-1)
	case v.begun && (h.at != v.link.at || h.base != v.base || h.audioIn != v.sum):
		v.problem(s, h.firstSeq, 0, h.at, "its positions do not follow on %s", segmentName(v.link.segment))
	}
	if !v.begun {
		v.open = map[int64]bool{}
	}
	v.begun, v.base, v.sum = true, h.base, h.audioIn
	v.link.segment, v.link.size, v.link.seq, v.link.at = s.number, segmentHeaderSize, h.firstSeq, h.at
}

// leave notes where a segment ended.
func (v *verifier) leave(s *segmentFile, w *walker) {
	v.link.segment, v.link.size, v.link.hash = s.number, w.off, w.hash
}

// chunk checks a chunk's payload and counts it. stop says that it is the torn end of a recording that was killed.
func (v *verifier) chunk(s *segmentFile, f durable.File, p place, w *walker, last bool) (stop bool, err error) {
	key, data, whole, err := payload(f, p, v.buf)
	if err != nil {
		return false, err
	}
	v.buf = key[:0]
	order := slices.IndexFunc(v.erased, func(n Note) bool {
		return p.kind == KindAudio && n.FirstSeq <= p.seq && p.seq <= n.LastSeq && n.Seq > p.seq
	})
	blank := isZero(key) && isZero(data)
	if order < 0 && !whole {
		if last && !v.ended && p.seq >= v.sure {
			return true, nil // it was never synced
		}
		what := "what it holds is not what was recorded"
		if blank {
			what = "what it holds was removed without a record of erasure"
		}
		v.problem(s, p.seq, p.off, p.at, "%s", what)
	}
	if order >= 0 && !blank {
		v.problem(s, p.seq, p.off, p.at, "its erasure (ordered in chunk %d) is not finished: start the recorder on it once, or erase again", v.erased[order].Seq)
	}
	v.rep.Chunks++
	v.rep.BadSamples += int64(p.bad)
	v.rep.Closed = false
	switch p.kind {
	case KindAudio:
		v.sum += p.span
		n := p.span
		if want := int64(p.frames) * int64(v.base) / int64(s.head.format.Rate); p.span < want || p.span > want+1 {
			v.problem(s, p.seq, p.off, p.at, "it says %d frames for %d", p.span, want)
			n = want // what is there
		}
		if order >= 0 {
			v.gone += n
		} else {
			v.audio += n
			if !whole {
				v.link.audio += n // not counted as there
			}
		}
	case KindGap:
		v.gap += p.span
	case KindOverflow:
		v.over += p.span
	case KindPaused:
		v.pause += p.span
	case KindEnd:
		v.rep.Closed = true
	case KindInfo:
		var i Info
		if whole && json.Unmarshal(data, &i) == nil {
			v.rep.ID, v.rep.Meeting = i.ID, i.Meeting
		}
	case KindClosed, KindErase, KindErased, KindImport:
		var n Note
		if whole && json.Unmarshal(data, &n) == nil {
			if n.From < 0 || n.To < n.From || p.kind == KindClosed && n.To > p.at {
				v.problem(s, p.seq, p.off, p.at, "it is about frames %d to %d, which are not there", n.From, n.To)
			}
			switch p.kind {
			case KindErase:
				v.open[p.seq] = true
			case KindErased:
				delete(v.open, n.Erase)
			case KindImport:
				if n.Import != nil {
					v.tracks = append(v.tracks, *n.Import)
				}
			}
		}
	}
	return false, nil
}
