package transcribe

import (
	"fmt"
	"strings"
)

// blockingGap is the length in seconds from which speech without text must be
// looked at before the record is final: a sentence, not a murmur.
const blockingGap = 5.0

// flags are the doubts about the whole recording.
func (j *job) flags(ledger []Stretch) []Flag {
	var out []Flag
	if j.damage != nil {
		out = append(out, Flag{Code: FlagDamaged, Severity: Block,
			Text: fmt.Sprintf("the audio is damaged at %s: %s; what is whole was transcribed", clockShort(j.audio.Seconds), j.damage.Reason)})
	}
	if j.work.Guessed && j.work.Language != "" {
		out = append(out, Flag{Code: FlagLanguage, Severity: Info,
			Text: fmt.Sprintf("the language %q was guessed from the first speech; name it with --language if it is wrong", j.work.Language)})
	}
	return append(out, gapFlags(ledger)...)
}

// gapFlags are two at most: for gaps that must be looked at, and for the rest.
func gapFlags(ledger []Stretch) []Flag {
	var block, info []string
	for _, s := range ledger {
		if s.Kind != CoveredGap {
			continue
		}
		at := fmt.Sprintf("%s–%s (%s)", clockShort(s.Start), clockShort(s.End), s.Note)
		if s.End-s.Start >= blockingGap || s.Note != noText {
			block = append(block, at)
		} else {
			info = append(info, at)
		}
	}
	var out []Flag
	for _, f := range []struct {
		severity string
		at       []string
	}{{Block, block}, {Info, info}} {
		if len(f.at) == 0 {
			continue
		}
		const most = 20
		more := ""
		if n := len(f.at) - most; n > 0 {
			f.at, more = f.at[:most], fmt.Sprintf(" and %d more", n)
		}
		out = append(out, Flag{Code: FlagGap, Severity: f.severity, Text: "no text at " + strings.Join(f.at, ", ") + more})
	}
	return out
}

// clockShort is a time for people: 1:02:03 or 2:03.
func clockShort(sec float64) string {
	s := int64(sec)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
