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
	// The longest common sequence, as words are compared folded.
	a, b := make([]string, len(got)), make([]string, len(want))
	for i, w := range got {
		a[i] = fold(w.text)
	}
	for i, w := range want {
		b[i] = fold(w.Text)
	}
	best := make([][]int32, len(a)+1)
	for i := range best {
		best[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	var off []float64
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			off = append(off, math.Abs(got[i].start-from-want[j].Start))
			i, j = i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return off
}

func fold(word string) string { return strings.Join(lang.Words(word), " ") }
