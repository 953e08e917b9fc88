package transcribe

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"bienban/audio"
	"bienban/internal/fault"
)

// File transcribes a recording from disk.
//
// Listening (reading, resampling, speech detection, packing) runs beside
// decoding and a few windows ahead, so memory does not grow with the file but
// for the transcript itself. An engine that decodes several windows at once
// (Parallel) is given them ahead; the transcript is the same.
//
// Each window is decoded with the glossary alone, not with what was said
// before: over nine versions of one meeting that was 4.3 % wrong words against
// 5.2 % with the last 30 words, at worst 5.1 % against 7.9 % (base), and
// windows that know nothing of each other can be decoded side by side.
//
// When ctx is cancelled, File returns ctx.Err() with the transcript of what is
// done, and the checkpoint is written. A damaged file is no error: the
// transcript of what is whole has a blocking flag. A window that the engine
// cannot decode becomes a gap with a blocking flag, and the rest goes on.
// Other errors come with what was done until then, or nil.
func File(ctx context.Context, path string, eng Engine, det Detector, o Options) (*Transcript, error) {
	if o.Resume && o.Checkpoint == "" {
		return nil, fault.New(fault.Invalid, "resume: no checkpoint file is named")
	}
	src, err := audio.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	format := src.Format()
	reader, err := audio.NewSpeechReader(src, audio.MixOptions{NoEnergies: format.Channels == 1})
	if err != nil {
		return nil, err
	}
	j := newJob(eng, o)
	j.audio = Audio{File: nfc(filepath.Base(path)), Rate: format.Rate, Channels: format.Channels}
	if format.Frames > 0 {
		j.expected = float64(format.Frames) / float64(format.Rate)
	}
	identified := j.identify(ctx, path)
	if o.Resume {
		if err := <-identified; err != nil {
			return nil, err
		}
		identified <- nil
	}
	if err := j.resume(); err != nil {
		return nil, err
	}
	l := &listener{src: reader, det: det, pack: newPacker(fileLimits())}
	if format.Channels > 1 {
		l.levels = audio.NewLevels(format.Channels)
	}
	return j.run(ctx, l, identified)
}

// job is one run of File.
type job struct {
	opts     Options
	dec      *decoder
	work     work
	settled  chan struct{} // closed when the language is known; dec.language does not change then
	audio    Audio
	expected float64 // seconds of the source by its header, 0 = not known
	id       identity
	damage   *audio.DamageError

	first []window // until the language is settled
	votes []vote   // their languages
	saved time.Time
	every time.Duration
}

func newJob(eng Engine, o Options) *job {
	j := &job{
		settled: make(chan struct{}),
		work:    work{Language: o.Language, Settled: o.Language != ""},
		opts:    o,
		dec:     &decoder{eng: eng, language: o.Language, glossary: glossaryOf(o.Glossary, o.Channels)},
		saved:   time.Now(), every: checkpointEvery,
	}
	if j.work.Settled {
		close(j.settled)
	}
	return j
}

// identify reads the file's hash beside the work; the channel gives its error once.
func (j *job) identify(ctx context.Context, path string) chan error {
	done := make(chan error, 1)
	go func() {
		id, err := identify(path, ctx.Done())
		j.id = id
		done <- err
	}()
	return done
}

// resume takes up the work of an interrupted run, where that is asked for. The
// job knows its identity by then.
func (j *job) resume() error {
	if !j.opts.Resume {
		return nil
	}
	saved, err := loadCheckpoint(j.opts.Checkpoint, j.id, j.opts.fingerprint())
	if err != nil {
		return err
	}
	if saved != nil {
		if saved.Settled && !j.work.Settled {
			close(j.settled)
		}
		j.work = *saved
	}
	j.dec.language, j.dec.pace = j.work.Language, j.work.Pace
	return nil
}

// run transcribes what the listener hears.
func (j *job) run(ctx context.Context, l *listener, identified chan error) (*Transcript, error) {
	listen, stop := context.WithCancel(ctx)
	windows := make(chan window, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- l.run(listen, windows)
		close(windows)
	}()
	err := j.decodeAll(ctx, windows, identified)
	stop()
	for range windows {
		// What was packed and not decoded is dropped; the listener ends.
	}
	heard := <-ended
	known := <-identified
	identified <- known
	j.audio.SHA256 = j.id.sha256
	if err == nil && heard != nil && !errors.As(heard, &j.damage) {
		err = heard
	}
	if err == nil && known != nil {
		err = known
	}
	saved := j.save(identified, err != nil)
	t := j.transcript(l, err == nil)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	switch {
	case saved != nil && err != nil:
		err = fmt.Errorf("%w; and what was done could not be saved: %w", err, saved)
	case saved != nil:
		err = saved
	}
	return t, err
}

// decodeAll decodes windows until they end.
func (j *job) decodeAll(ctx context.Context, windows <-chan window, identified chan error) error {
	skip := j.work.Windows
	// What was begun ahead of a window that fails is not wanted any more.
	within, stop := context.WithCancel(ctx)
	defer stop()
	for w := range j.ahead(within, windows) {
		if skip > 0 {
			if skip--; skip == 0 && w.to != j.work.UpTo {
				return fault.New(fault.Invalid, "checkpoint %s: does not fit the sound; delete it or run without --resume", j.opts.Checkpoint)
			}
			continue
		}
		if err := j.take(ctx, w); err != nil {
			return err
		}
		if time.Since(j.saved) >= j.every {
			if err := j.save(identified, true); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return j.settle(ctx, true)
}

// take decodes one window, or keeps it while the language is not settled.
func (j *job) take(ctx context.Context, w begun) error {
	if !j.work.Settled {
		j.first = append(j.first, w.window)
		return j.settle(ctx, false)
	}
	parts, err := j.decode(ctx, w.window, false, w.ask)
	if err != nil {
		return err
	}
	// Only now: a checkpoint never holds half a window.
	for i := range parts {
		j.commit(&parts[i].window, parts[i].decoded)
	}
	j.work.Windows++
	return nil
}

// part is a window, or half of one, with what was heard in it.
type part struct {
	window
	decoded
}

// decode decodes a window, in halves where its text does not fit in one pass,
// loops, or is too little for its speech. half says that w is itself a half;
// ask is as decoder.decode has it.
func (j *job) decode(ctx context.Context, w window, half bool, ask func(context.Context) (Result, error)) ([]part, error) {
	got, err := j.dec.decode(ctx, &w, ask)
	if err != nil {
		return nil, err
	}
	whole := []part{{w, got}}
	// A slow speaker's halves are thin again: once is enough.
	if got.verdict != overfull && got.verdict != loops && (got.verdict != thin || half) {
		return whole, nil
	}
	a, b, ok := halve(w)
	if !ok {
		return whole, nil
	}
	first, err := j.decode(ctx, a, true, nil)
	if err != nil {
		return nil, err
	}
	second, err := j.decode(ctx, b, true, nil)
	if err != nil {
		return nil, err
	}
	halves := append(first, second...)
	if got.verdict == thin && lettersOf(halves) <= lettersOf(whole) {
		return whole, nil
	}
	return halves, nil
}

func lettersOf(parts []part) int {
	n := 0
	for _, p := range parts {
		n += lettersIn(p.result.Text)
	}
	return n
}

// commit adds what was heard in a window to the work.
func (j *job) commit(w *window, got decoded) {
	e := evidence{
		spans:    len(w.heard),
		noSpeech: got.result.NoSpeech, avgLogProb: got.result.AvgLogProb,
	}
	segs := segmentsOf(guard(got.tokens, e), w, w.turns, j.opts.Channels)
	note := noText
	if got.failed != nil {
		note = engineFailed
		j.work.Failures = append(j.work.Failures, oneLine(got.failed.Error()))
	}
	silent := got.failed == nil && len(segs) == 0 && e.noSpeech > noSpeechLimit
	j.work.Marks = append(j.work.Marks, marksOf(w, segs, silent, note)...)
	text := ""
	for _, s := range segs {
		j.work.Segments = append(j.work.Segments, s.Segment)
		if !s.Struck {
			text = s.Text
		}
	}
	if got.verdict < thin && got.failed == nil && w.speech() >= thinLeast {
		j.dec.pace.add(lettersIn(textOf(got.tokens)), w.speech())
	}
	j.work.UpTo, j.work.Pace = w.to, j.dec.pace
	j.progress("transcribing", text)
}

func (j *job) progress(stage, text string) {
	if j.opts.Progress != nil {
		j.opts.Progress(Progress{Stage: stage, Done: seconds(j.work.UpTo), Total: j.expected, Text: text})
	}
}

// save writes the checkpoint, when there is to be one: while there is work
// left, since a finished run needs none.
func (j *job) save(identified chan error, unfinished bool) error {
	if j.opts.Checkpoint == "" || !unfinished {
		return nil
	}
	known := <-identified
	identified <- known
	if known != nil {
		return nil //nolint:nilerr // the run ends with this error anyway
	}
	if err := saveCheckpoint(j.opts.Checkpoint, j.id, j.opts.fingerprint(), &j.work); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	j.saved = time.Now()
	return nil
}

// transcript is the work as a transcript; whole says that nothing is left to do.
func (j *job) transcript(l *listener, whole bool) *Transcript {
	t := &Transcript{Language: j.work.Language, Model: j.opts.Model, Audio: &j.audio, Segments: j.work.Segments}
	for i := range t.Segments {
		t.Segments[i].ID = "s" + strconv.Itoa(i+1)
	}
	if t.Segments == nil {
		t.Segments = []Segment{}
	}
	total, length := l.total, seconds(l.total)
	marks := j.work.Marks
	if whole {
		cut := 0.0
		if j.damage != nil {
			cut = float64(j.damage.Frame) / float64(j.audio.Rate)
		}
		switch {
		case j.damage != nil && cut > length-1: // it ends there; a recording goes on behind what is damaged
			length = cut
		case j.expected > 0:
			length = j.expected
		}
	} else {
		if j.expected > 0 {
			length = j.expected
		}
		total = max(total, samples(length), j.work.UpTo)
		marks = append(marks[:len(marks):len(marks)], mark{j.work.UpTo, total, CoveredGap, notYet})
	}
	j.audio.Seconds = length
	t.Coverage = coverage(marks, total, length)
	t.Flags = j.flags(t.Coverage)
	return t
}
