package main

import (
	"math"
	"strings"

	"bienban/internal/lang"
	"bienban/transcribe"
)

// compare finds the words of a part, which begins at from (in seconds), among
// those that were committed there, in order, and gives by how much each is off.
func compare(got []word, want []transcribe.Word, from float64) []float64 {
	a, b := make([]string, len(got)), make([]string, len(want))
	for i, w := range got {
		a[i] = fold(w.text)
	}
	for i, w := range want {
		b[i] = fold(w.Text)
	}
	var off []float64
	for i, j := range lang.Common(a, b) {
		if j >= 0 {
			off = append(off, math.Abs(got[i].start-from-want[j].Start))
		}
	}
	return off
}

func fold(word string) string { return strings.Join(lang.Words(word), " ") }
