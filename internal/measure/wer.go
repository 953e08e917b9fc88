package measure

import (
	"strings"

	"bienban/internal/lang"
)

// Errors counts the edits between a reference and what was heard.
type Errors struct {
	Substituted, Inserted, Deleted int
	Reference                      int // units in the reference
}

// Rate is edits over reference length, 0 for two empty texts; it may pass 1.
func (e Errors) Rate() float64 {
	edits := e.Substituted + e.Inserted + e.Deleted
	if e.Reference == 0 {
		if edits == 0 {
			return 0
		}
		return 1
	}
	return float64(edits) / float64(e.Reference)
}

// Add sums two counts, for a rate over many files.
func (e Errors) Add(o Errors) Errors {
	return Errors{e.Substituted + o.Substituted, e.Inserted + o.Inserted, e.Deleted + o.Deleted, e.Reference + o.Reference}
}

// WER counts word errors after NFC, spoken numbers as digits, lower case,
// punctuation removal and tone folding (internal/lang), English spellings of
// one word held equal: a recogniser writes
// "54,000" where a script says "fifty four thousand", and both are right. In
// Vietnamese a word is a syllable.
func WER(language, reference, heard string) Errors {
	return distance(words(language, reference), words(language, heard))
}

// StrictWER is WER without the English spellings that WER holds equal: "Mr"
// for "Mister" is wrong.
func StrictWER(language, reference, heard string) Errors {
	return distance(asWritten(language, reference), asWritten(language, heard))
}

func asWritten(language, s string) []string { return lang.Words(lang.Normalize(language, s)) }

// CER counts character errors over the same words, joined without blanks.
func CER(language, reference, heard string) Errors {
	return distance(letters(language, reference), letters(language, heard))
}

func words(language, s string) []string {
	list := asWritten(language, s)
	if strings.HasPrefix(language, "en") {
		for i, w := range list {
			if same, ok := sameEnglish[w]; ok {
				list[i] = same
			}
		}
	}
	return list
}

// sameEnglish are spellings of one word that Whisper's own English normaliser
// holds equal, as far as meetings use them: no speaker can tell them apart.
var sameEnglish = map[string]string{
	"mr": "mister", "mrs": "missus", "dr": "doctor", "favor": "favour", "color": "colour", "labor": "labour",
	"neighbor": "neighbour", "neighbors": "neighbours", "honor": "honour", "center": "centre", "program": "programme",
	"organization": "organisation", "organize": "organise", "ok": "okay",
}

func letters(language, s string) []string {
	return strings.Split(strings.Join(words(language, s), ""), "")
}

// distance is Levenshtein's, with the edits counted by kind.
func distance(ref, hyp []string) Errors {
	previous := make([]Errors, len(hyp)+1)
	current := make([]Errors, len(hyp)+1)
	cost := func(e Errors) int { return e.Substituted + e.Inserted + e.Deleted }
	for j := range previous {
		previous[j].Inserted = j
	}
	for i := range ref {
		current[0] = Errors{Deleted: i + 1}
		for j := range hyp {
			best := previous[j]
			if ref[i] != hyp[j] {
				best.Substituted++
			}
			if deleted := previous[j+1]; cost(deleted)+1 < cost(best) {
				deleted.Deleted++
				best = deleted
			}
			if inserted := current[j]; cost(inserted)+1 < cost(best) {
				inserted.Inserted++
				best = inserted
			}
			current[j+1] = best
		}
		previous, current = current, previous
	}
	e := previous[len(hyp)]
	e.Reference = len(ref)
	return e
}
