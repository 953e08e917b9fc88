package live

import "bienban/transcribe"

// fill makes a ledger of the stretch from from to to: the covers within it, in
// order, and non-speech between them.
func fill(covers []transcribe.Cover, from, to int64) []transcribe.Cover {
	var out []transcribe.Cover
	at := from
	add := func(end int64, kind, note string) {
		end = min(end, to)
		if end <= at {
			return
		}
		if n := len(out); n > 0 && out[n-1].Kind == kind && out[n-1].Note == note {
			out[n-1].To = end
		} else {
			out = append(out, transcribe.Cover{From: at, To: end, Kind: kind, Note: note})
		}
		at = end
	}
	for _, c := range covers {
		add(c.From, transcribe.CoveredNonSpeech, "")
		add(c.To, c.Kind, c.Note)
	}
	add(to, transcribe.CoveredNonSpeech, "")
	return out
}

// Thresholds of a murmur: what a cough, a chair or a beat of music looks like
// when it stands alone. Measured on such sounds and on words cut out of
// meetings in English and Vietnamese: within are all the sounds that Whisper base
// made words of, and 3 of 47 short stretches of speech, which it had heard wrong.
const (
	murmurSpeech   = 1.0  // seconds of it
	murmurLikely   = 0.65 // the detector's mean probability
	murmurNoSpeech = 0.45 // the engine's probability that nobody spoke
	murmurScore    = -1.0 // its score
)

// murmur says that a window is a short sound that the engine is unsure of, and
// that it or the detector doubts to be speech.
func murmur(e transcribe.Evidence) bool {
	return e.Speech < murmurSpeech && e.AvgLogProb < murmurScore &&
		(e.Likelihood < murmurLikely || e.NoSpeech > murmurNoSpeech)
}

// What nobody can say: in Vietnamese, where a word is a syllable, people say seven
// in a second at most. A sound for which Whisper writes more is no speech.
const (
	wordsSecond = 8.0
	wordsMore   = 1
)

// gabble says that a short sound has more words than can be said in it.
func gabble(e transcribe.Evidence, words int) bool {
	return e.Speech < murmurSpeech && float64(words) > wordsMore+wordsSecond*e.Speech
}

// strike refuses all text of a window.
func strike(segs []transcribe.Segment, covers []transcribe.Cover) {
	for i := range segs {
		if !segs[i].Struck {
			segs[i].Struck = true
			segs[i].Flags = append(segs[i].Flags, transcribe.Flag{Code: transcribe.FlagNoSpeech, Severity: transcribe.Info, Text: "a short sound that is hardly speech"})
		}
	}
	for i := range covers {
		if covers[i].Kind == transcribe.CoveredSpeech {
			covers[i].Kind, covers[i].Note = transcribe.CoveredNonSpeech, "struck: "+transcribe.FlagNoSpeech
		}
	}
}
