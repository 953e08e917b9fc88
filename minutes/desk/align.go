package desk

import (
	"strings"
	"unicode/utf8"

	"bienban/internal/lang"
	"bienban/transcribe"
)

// mostCells bounds the table of one alignment: 2,000 words against 2,000.
const mostCells = 4 << 20

// align gives text's words times between start and end. A word that the machine
// heard, too, keeps its time and confidence; what a person wrote in between shares
// the time between its neighbours by its letters, with confidence 1.
func align(text string, start, end float64, heard []transcribe.Word) []transcribe.Word {
	tokens := strings.Fields(text)
	if len(tokens) == 0 {
		return nil
	}
	var in []transcribe.Word
	for _, w := range heard {
		if mid := (w.Start + w.End) / 2; mid >= start && mid <= end {
			in = append(in, w)
		}
	}
	match := common(tokens, in)
	out := make([]transcribe.Word, len(tokens))
	last := start
	for i := 0; i < len(tokens); {
		if j := match[i]; j >= 0 {
			w := in[j]
			w.Text = tokens[i]
			w.Start, w.End = max(w.Start, last), max(w.End, last)
			out[i], last = w, w.End
			i++
			continue
		}
		n, letters := i, 0
		for n < len(tokens) && match[n] < 0 {
			letters += utf8.RuneCountInString(tokens[n])
			n++
		}
		until := end
		if n < len(tokens) {
			until = in[match[n]].Start
		}
		room := max(until-last, 0)
		for ; i < n; i++ {
			share := room * float64(utf8.RuneCountInString(tokens[i])) / float64(letters)
			out[i] = transcribe.Word{Text: tokens[i], Start: last, End: last + share, P: 1}
			last += share
		}
	}
	return out
}

// common matches words in order (longest common subsequence of folded words):
// match[i] is the place in heard of tokens[i], or -1.
func common(tokens []string, heard []transcribe.Word) []int {
	match := make([]int, len(tokens))
	for i := range match {
		match[i] = -1
	}
	n, m := len(tokens), len(heard)
	if n*m == 0 || n*m > mostCells {
		return match
	}
	a, b := make([]string, n), make([]string, m)
	for i, s := range tokens {
		a[i] = plainWord(s)
	}
	for j, w := range heard {
		b[j] = plainWord(w.Text)
	}
	best := make([][]int32, n+1)
	for i := range best {
		best[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case a[i] == b[j]:
			match[i] = j
			i++
			j++
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return match
}

// plainWord is a word without case and without the marks around it.
func plainWord(s string) string {
	if f := lang.Fold(strings.Trim(s, " .,;:!?…\"'“”‘’()[]")); f != "" {
		return f
	}
	return strings.TrimSpace(s)
}
