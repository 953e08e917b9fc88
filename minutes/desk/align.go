package desk

import (
	"slices"
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

// common matches words in order, as they sound: match[i] is the place in heard of
// tokens[i], or -1.
func common(tokens []string, heard []transcribe.Word) []int {
	if len(tokens)*len(heard) > mostCells {
		return slices.Repeat([]int{-1}, len(tokens))
	}
	a, b := make([]string, len(tokens)), make([]string, len(heard))
	for i, s := range tokens {
		a[i] = plainWord(s)
	}
	for j, w := range heard {
		b[j] = plainWord(w.Text)
	}
	return lang.Common(a, b)
}

// plainWord is a word without case and without the marks around it.
func plainWord(s string) string {
	if f := lang.Fold(strings.Trim(s, " .,;:!?…\"'“”‘’()[]")); f != "" {
		return f
	}
	return strings.TrimSpace(s)
}
