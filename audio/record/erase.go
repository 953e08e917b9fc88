package record

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"bienban/internal/durable"
)

// Erasure orders that a stretch be destroyed. That both people may do so is for the caller to see to; that they are
// two is seen to here.
type Erasure struct {
	From, To int64 // positions in frames of Base; widened to whole chunks (200 ms)
	By       [2]string
	Reason   string
}

// Check puts the names into one form and says what an order lacks.
func (e *Erasure) Check() error {
	for i, who := range e.By {
		e.By[i] = strings.Join(strings.Fields(norm.NFC.String(who)), " ")
	}
	fold := cases.Fold()
	switch {
	case e.By[0] == "" || e.By[1] == "":
		return errors.New("erase: two people must be named")
	case fold.String(e.By[0]) == fold.String(e.By[1]):
		return fmt.Errorf("erase: two different people must be named, not %s twice", e.By[0])
	case strings.TrimSpace(e.Reason) == "":
		return errors.New("erase: the reason must be said")
	case e.From < 0 || e.To <= e.From:
		return fmt.Errorf("erase: %d to %d is no stretch", e.From, e.To)
	}
	return nil
}

// CopyError says that a stretch is erased in the recording, and that its copy still holds it. The copy is made to follow
// by whatever next opens the recording with it: the recorder that runs, when the drive is back, or another erasure.
type CopyError struct {
	Folder string
	Err    error
}

// Error implements error.
func (e *CopyError) Error() string {
	return fmt.Sprintf("the stretch is erased, but the copy in %s could not be reached and still holds it (%v)", e.Folder, e.Err)
}

// Unwrap gives why the copy could not be reached.
func (e *CopyError) Unwrap() error { return e.Err }

// Erase destroys the audio of a stretch here, in imported tracks and in the mirror: it overwrites the samples and the
// keys of their hashes, and leaves a record of who, when, why and what. The rest still verifies. On media that
// remap what is written (flash, copy-on-write file systems) old blocks may outlast it: there the disk must be
// encrypted. It is begun when its record is on the disk, and finished by the next Create, Finish or other act at rest
// if this process dies. A mirror that cannot be reached is a *CopyError; all else is done then.
func (r *Recorder) Erase(ctx context.Context, e Erasure) error {
	if err := e.Check(); err != nil {
		return err
	}
	if err := r.Flush(ctx); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	first, last, err := r.chunksIn(&e)
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	n := &Note{From: e.From, To: e.To, By: e.By[:], Reason: e.Reason, FirstSeq: first, LastSeq: last}
	if err := r.record(ctx, func() (item, error) { return item{kind: KindErase, note: n}, nil }); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	if err := r.finish(ctx, pendingOf(n)); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return r.copyFollows(ctx)
}

// copyFollows waits until the copy has lost what was erased; one that cannot be reached is a *CopyError.
func (r *Recorder) copyFollows(ctx context.Context) error {
	if r.mirr == nil {
		return nil
	}
	if err := r.mirr.erased(ctx); err != nil {
		return &CopyError{r.opts.Mirror, err}
	}
	return nil
}

// finish overwrites what an erase record covers and records that it is done.
func (r *Recorder) finish(ctx context.Context, p Pending) error {
	if err := overwrite(ctx, r.fs, r.dir, r.fs, r.dir, p); err != nil {
		return err
	}
	if err := eraseImports(ctx, r.fs, r.dir, r.base, p); err != nil {
		return err
	}
	if r.mirr != nil {
		r.mirr.erase(p) // behind the tracks, which it copies as they are then
		// A kill before the copy has followed leaves the order open, so that whoever finishes it sees to the copy. One
		// that cannot be reached holds nothing up; the caller hears of it.
		_ = r.mirr.erased(ctx)
	}
	return r.record(ctx, func() (item, error) { return item{kind: KindErased, note: &Note{Erase: p.Erase}}, nil })
}

// chunksIn finds the chunks that a stretch touches, and widens it to them. A stretch of which the recording has no audio
// touches none, and its last chunk is before its first: an import, or somebody's text of it, may be all there is.
func (r *Recorder) chunksIn(e *Erasure) (first, last int64, err error) {
	first, last = -1, -1
	from, to := e.From, e.To
	err = eachChunk(r.fs, r.dir, liveMark(r.fs, r.dir), from, func(_ segmentFile, _ durable.File, p place) (bool, error) {
		if p.at >= to {
			return false, nil
		}
		if p.kind == KindAudio && p.at+p.span > from {
			if first < 0 {
				first, e.From = p.seq, min(from, p.at)
			}
			last, e.To = p.seq, max(to, p.at+p.span)
		}
		return true, nil
	})
	if err != nil || first >= 0 {
		return first, last, err
	}
	if from < r.Position() {
		return 0, -1, nil
	}
	return first, last, fmt.Errorf("%w between %d and %d", ErrNoAudio, from, to)
}

// eachChunk calls f for the good chunks of a folder in order, from the segment on that holds position from, until
// it returns false.
func eachChunk(fsys durable.FS, dir string, live *mark, from int64, f func(segmentFile, durable.File, place) (bool, error)) error {
	segs, err := scan(fsys, dir, live)
	if err != nil {
		return err
	}
	for i, s := range segs {
		if s.broken != nil || s.stray || i+1 < len(segs) && segs[i+1].broken == nil && segs[i+1].head.at <= from {
			continue
		}
		file, err := fsys.Open(filepath.Join(dir, s.name), false)
		if err != nil {
			return err
		}
		going := true
		err = walk(file, s.limit, func(_ *walker, p place) (bool, error) {
			going, err = f(s, file, p)
			return going, err
		})
		_ = file.Close()
		if err != nil || !going {
			return err
		}
	}
	return nil
}

// overwrite destroys the audio of the chunks that p names in the folder to, which is the recording in from or its
// copy. It also destroys what lies there beside the recording (unfinished ends, segments that failed): that may hold
// the same audio.
func overwrite(ctx context.Context, from durable.FS, fromDir string, to durable.FS, toDir string, p Pending) error {
	segs, err := scan(from, fromDir, nil)
	if err != nil {
		return err
	}
	for i, s := range segs {
		if s.broken != nil || s.head.firstSeq > p.LastSeq {
			continue
		}
		next := i + 1
		if next < len(segs) && segs[next].broken == nil && segs[next].head.firstSeq <= p.FirstSeq && s.limit == s.size && !s.stray {
			continue
		}
		if err := overwriteSegment(ctx, from, fromDir, to, toDir, s, i+1 < len(segs), p); err != nil {
			return err
		}
	}
	list, err := to.ReadDir(toDir)
	if err != nil {
		return err
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name, ".torn") {
			if err := to.Remove(filepath.Join(toDir, e.Name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func overwriteSegment(ctx context.Context, from durable.FS, fromDir string, to durable.FS, toDir string, s segmentFile, older bool, p Pending) error {
	src, err := from.Open(filepath.Join(fromDir, s.name), false)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := to.Open(filepath.Join(toDir, s.name), true)
	if err != nil {
		return err
	}
	defer dst.Close()
	have, err := dst.Size()
	if err != nil {
		return err
	}
	err = walk(src, s.limit, func(_ *walker, c place) (bool, error) {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if c.kind != KindAudio || c.seq < p.FirstSeq || c.seq > p.LastSeq {
			return c.seq <= p.LastSeq, nil
		}
		at := c.off + chunkHeaderSize
		return true, zero(dst, at, min(keySize+int64(c.bytes), have-at))
	})
	if err != nil {
		return err
	}
	if s.stray {
		s.limit = 0
	}
	if older && have > s.limit { // the segment that is written has no unfinished end
		if err := zero(dst, s.limit, have-s.limit); err != nil {
			return err
		}
	}
	return dst.Sync()
}

func zero(f durable.File, at, n int64) error {
	b := make([]byte, min(max(n, 0), 64<<10))
	for n > 0 {
		k, err := f.WriteAt(b[:min(n, int64(len(b)))], at)
		if err != nil {
			return err
		}
		at, n = at+int64(k), n-int64(k)
	}
	return nil
}
