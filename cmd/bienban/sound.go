package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/fault"
	"bienban/transcribe"
)

// openSound opens a sound file, or the folder of a recording of capture: that
// yields what lies on the disk now, with what imports fill.
func openSound(ctx context.Context, path string) (audio.Source, error) {
	if record.IsRecording(path, nil) {
		return record.OpenSource(path)
	}
	return audio.Open(ctx, path)
}

// readableSound refuses what is no sound before a model is loaded for it.
func readableSound(ctx context.Context, path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if err := readableFolder(path); err != nil {
			return err
		}
		if !record.IsRecording(path, nil) {
			return fault.New(fault.Invalid, "%s: is a folder without a recording: name a sound file, or a recording's own folder", path)
		}
	} else if err := readable(path); err != nil {
		return err
	}
	src, err := openSound(ctx, path)
	if errors.Is(err, record.ErrNone) {
		return fault.New(fault.Invalid, "%s: no segment of it can be read: bienban verify %s says what is damaged", path, path)
	}
	if err != nil {
		return err
	}
	defer src.Close()
	var format *audio.FormatError
	if _, err := src.Read(ctx, make([]float32, src.Format().Channels)); errors.As(err, &format) {
		return err
	}
	return nil
}

// readableFolder tells a folder that may not be read from one that holds nothing.
func readableFolder(path string) error {
	if _, err := os.ReadDir(path); errors.Is(err, fs.ErrPermission) {
		return fault.New(fault.Unavailable, "%s: cannot be read: %w", path, unnamed(err))
	}
	return nil
}

// transcribeSound transcribes a file or a recording.
func transcribeSound(ctx context.Context, path string, eng transcribe.Engine, det transcribe.Detector, o transcribe.Options) (*transcribe.Transcript, error) {
	if !record.IsRecording(path, nil) {
		return transcribe.File(ctx, path, eng, det, o)
	}
	rec, err := record.Open(path, nil)
	if err != nil {
		return nil, err
	}
	if o.Identity, err = identityOf(rec); err != nil {
		return nil, err
	}
	name, silent := rec.Info().ID, silences(rec)
	src, err := rec.Source(record.SourceOptions{Fill: true})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	t, err := transcribe.Source(ctx, src, name, eng, det, o)
	if t != nil {
		t.Coverage = withSilences(t.Coverage, silent)
		if err == nil {
			t.Flags = append(t.Flags, gapFlags(t.Coverage, silent)...)
		}
	}
	return t, err
}

// identityOf names what a recording holds now. It is only ever added to, and
// what takes sound away from readers (closing, erasing) or adds some within
// (importing) is a record in it.
func identityOf(rec *record.Recording) (string, error) {
	b, err := json.Marshal([]any{rec.Info().ID, rec.Info().Created, rec.End(), rec.Notes()})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// silences are the stretches in which a recording holds nothing, with why.
func silences(rec *record.Recording) []transcribe.Stretch {
	base := float64(rec.Base())
	var out []transcribe.Stretch
	add := func(kind, why string, all []record.Stretch) {
		for _, s := range all {
			note := why
			if s.Who != "" {
				note += ", " + s.Who
			}
			if s.Reason != "" {
				note += ": " + s.Reason
			}
			out = append(out, transcribe.Stretch{Start: float64(s.From) / base, End: float64(s.To) / base, Kind: kind, Note: note})
		}
	}
	add(transcribe.CoveredPaused, "erased", rec.Erased())
	add(transcribe.CoveredPaused, "closed afterwards", rec.Closed())
	add(transcribe.CoveredPaused, "closed part", rec.Pauses())
	add(transcribe.CoveredGap, "nothing was recorded", rec.Gaps())
	add(transcribe.CoveredGap, "damaged", rec.Missing())
	return out
}

// withSilences says in a ledger why there is no speech, where the recording
// knows: what was heard as silence, and lies in such a stretch, is of its kind.
func withSilences(ledger, silent []transcribe.Stretch) []transcribe.Stretch {
	for _, s := range silent {
		var out []transcribe.Stretch
		put := func(start, end float64, like transcribe.Stretch) {
			if end > start {
				out = append(out, transcribe.Stretch{Start: start, End: end, Kind: like.Kind, Note: like.Note})
			}
		}
		for _, c := range ledger {
			from, to := max(c.Start, s.Start), min(c.End, s.End)
			if c.Kind != transcribe.CoveredNonSpeech || to <= from {
				out = append(out, c)
				continue
			}
			put(c.Start, from, c)
			put(from, to, s)
			put(to, c.End, c)
		}
		ledger = out
	}
	return ledger
}

// longGap is from which length on, in seconds, a stretch that was not recorded
// must be looked at before the record is final, as speech without text must
// (package transcribe): a sentence may be missing.
const longGap = 5.0

// gapFlags are for what is missing in a recording and no import filled.
func gapFlags(ledger, silent []transcribe.Stretch) []transcribe.Flag {
	var out []transcribe.Flag
	for _, c := range ledger {
		for _, s := range silent {
			if c.Kind == transcribe.CoveredGap && s.Kind == c.Kind && s.Note == c.Note && s.Start <= c.Start && c.End <= s.End {
				severity := transcribe.Info
				if c.End-c.Start >= longGap {
					severity = transcribe.Block
				}
				out = append(out, transcribe.Flag{Code: transcribe.FlagGap, Severity: severity,
					Text: fmt.Sprintf("no sound at %s–%s (%.1f s): %s", clock(c.Start), clock(c.End), c.End-c.Start, c.Note)})
				break
			}
		}
	}
	return out
}
