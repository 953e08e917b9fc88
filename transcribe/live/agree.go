package live

import (
	"strings"

	"bienban/internal/lang"
	"bienban/transcribe"
)

// agreed is how many words two decodes of the same beginning have in common,
// folded.
func agreed(a, b []transcribe.Spoken) int {
	n := 0
	for n < len(a) && n < len(b) && fold(a[n].Text) == fold(b[n].Text) {
		n++
	}
	return n
}

func fold(word string) string { return strings.Join(lang.Words(word), " ") }

// settled is agreed less the last word, unless enough sound follows it in the
// first decode, which ended at end: the end of a window is where words are
// guessed.
func settled(first, second []transcribe.Spoken, end int64) int {
	n := agreed(first, second)
	if n > 0 && first[n-1].To+agreeFree > end {
		n--
	}
	return n
}

// agreedCut is after how many words, and where, speech without a pause is cut:
// after the last settled word whose end both decodes place alike, no earlier
// than least; 0 when there is none.
func agreedCut(first, second []transcribe.Spoken, least, end int64) (n int, cut int64) {
	most := settled(first, second, end)
	at := func(n int) int64 {
		if n < len(second) {
			return max(second[n-1].To, (second[n-1].To+second[n].From)/2)
		}
		return second[n-1].To
	}
	for n := most; n >= agreeLeast; n-- {
		d := first[n-1].To - second[n-1].To
		if d <= agreeNear && -d <= agreeNear && at(n) >= least {
			return n, at(n)
		}
	}
	if most >= agreeLeast && at(most) >= least {
		return most, at(most)
	}
	return 0, 0
}
