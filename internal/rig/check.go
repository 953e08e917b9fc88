package rig

import (
	"errors"
	"fmt"

	"bienban/transcribe"
)

// Accounted checks that a transcript accounts for every second up to end: its
// coverage joins from 0 on, without hole or overlap, and segments do not overlap.
// gaps says whether stretches without sound or text are allowed.
func Accounted(t transcribe.Transcript, end float64, gaps bool) error {
	var wrong []error
	at := 0.0
	for _, c := range t.Coverage {
		if c.Start != at {
			wrong = append(wrong, fmt.Errorf("the ledger has %.3f to %.3f s behind %.3f s", c.Start, c.End, at))
		}
		if c.Kind == transcribe.CoveredGap && !gaps {
			wrong = append(wrong, fmt.Errorf("a gap from %.3f to %.3f s: %s", c.Start, c.End, c.Note))
		}
		at = c.End
	}
	if at < end-1e-3 || at > end+1e-3 {
		wrong = append(wrong, fmt.Errorf("the ledger ends at %.3f s, the sound at %.3f s", at, end))
	}
	at = 0
	for _, s := range t.Segments {
		if s.Struck {
			continue
		}
		if s.Start < at-1e-9 {
			wrong = append(wrong, fmt.Errorf("segment %s %q begins at %.3f s, within the one before, which ends at %.3f s", s.ID, s.Text, s.Start, at))
		}
		at = s.End
	}
	return errors.Join(wrong...)
}

// Same checks that two transcripts have the same text at the same times.
func Same(got, want transcribe.Transcript) error {
	if len(got.Segments) != len(want.Segments) {
		return fmt.Errorf("%d segments, undisturbed %d:\n%s\n%s", len(got.Segments), len(want.Segments), got.Speech(), want.Speech())
	}
	for i, g := range got.Segments {
		if w := want.Segments[i]; g.Text != w.Text || g.Start != w.Start || g.End != w.End || g.Struck != w.Struck {
			return fmt.Errorf("segment %d is %q (%.3f to %.3f s), undisturbed %q (%.3f to %.3f s)", i, g.Text, g.Start, g.End, w.Text, w.Start, w.End)
		}
	}
	return nil
}
