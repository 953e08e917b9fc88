package transcribetest

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// WER is the share of words that differ (Levenshtein distance over the number
// of words said), regardless of case and punctuation.
func WER(said, heard string) float64 {
	a, b := folded(said), folded(heard)
	if len(a) == 0 {
		return float64(min(len(b), 1))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return float64(row[len(b)]) / float64(len(a))
}

func folded(s string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFC.String(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '\''
	})
}
