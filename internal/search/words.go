package search

import (
	"strings"
	"unicode"

	"bienban/internal/lang"
)

// Word is a word of a text.
type Word struct {
	Exact, Plain string
	From, To     int // bytes of the text
}

// Words gives the words of a text that is NFC (lang.NFC).
func Words(text string) []Word {
	var all []Word
	from := -1
	end := func(to int) {
		if from < 0 {
			return
		}
		w := Word{Exact: short(lang.Fold(text[from:to])), Plain: short(strings.Map(onlyWord, lang.FoldPlain(text[from:to]))), From: from, To: to}
		if w.Plain != "" {
			all = append(all, w)
		}
		from = -1
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), from >= 0 && unicode.IsMark(r):
			if from < 0 {
				from = i
			}
		default:
			end(i)
		}
	}
	end(len(text))
	return all
}

// wordMost is how many characters of a word count. Longer ones are no words, and
// PostgreSQL takes none of more than 2046 bytes.
const wordMost = 100

func short(word string) string {
	n := 0
	for i := range word {
		if n++; n > wordMost {
			return word[:i]
		}
	}
	return word
}

// onlyWord leaves out what is neither letter nor digit, so that a plain word
// needs no quoting anywhere.
func onlyWord(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return -1
}

// Forms gives the words of a text, joined by single spaces, in both forms: what
// an index keeps.
func Forms(text string) (exact, plain string) {
	words := Words(lang.NFC(text))
	e, p := make([]string, len(words)), make([]string, len(words))
	for i, w := range words {
		e[i], p[i] = strings.Map(onlyShown, w.Exact), w.Plain
	}
	return strings.Join(e, " "), strings.Join(p, " ")
}

// onlyShown leaves out what would be read as a blank.
func onlyShown(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}
