package search

import (
	"strings"
	"unicode/utf8"

	"bienban/internal/lang"
)

// Bounds of a query.
const (
	mostRunes = 300
	mostWords = 20
	// prefixRunes is from how many characters on the last word may go on: who types
	// "biểu qu" finds "biểu quyết".
	prefixRunes = 2
)

// Term is a word, or words in quotes that follow one another.
type Term struct {
	Words  []Word
	Prefix bool // its (only) word may go on
}

// Terms reads a query's text: at most 20 words of its first 300 characters. None
// means that there is nothing to look for.
func Terms(text string) []Term {
	text = lang.NFC(text)
	if utf8.RuneCountInString(text) > mostRunes {
		text = string([]rune(text)[:mostRunes])
	}
	var all []Term
	n := 0
	for i, part := range strings.FieldsFunc(text, quote) {
		words := Words(part)
		words = words[:min(len(words), mostWords-n)]
		n += len(words)
		switch {
		case len(words) == 0:
		case quoted(text, i):
			all = append(all, Term{Words: words})
		default:
			for _, w := range words {
				all = append(all, Term{Words: []Word{w}})
			}
		}
	}
	if k := len(all); k > 0 && len(all[k-1].Words) == 1 && !strings.ContainsFunc(lastRune(text), endsWord) &&
		utf8.RuneCountInString(all[k-1].Words[0].Plain) >= prefixRunes {
		all[k-1].Prefix = true
	}
	return all
}

func quote(r rune) bool { return r == '"' || r == '“' || r == '”' }

// quoted says whether the i-th part between quotes is within a pair of them.
func quoted(text string, i int) bool {
	parts, at := 0, 0 // FieldsFunc leaves out empty parts
	open := false
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if quote(r) {
			open = !open
			at += n
			continue
		}
		end := strings.IndexFunc(text[at:], quote)
		closed := end >= 0
		if !closed {
			end = len(text) - at
		}
		if parts == i {
			return open && closed
		}
		parts++
		at += end
	}
	return false
}

func lastRune(text string) string {
	_, n := utf8.DecodeLastRuneInString(text)
	return text[len(text)-n:]
}

// endsWord says that a word before r is whole.
func endsWord(r rune) bool { return onlyWord(r) < 0 }

// matches says whether words of a text from i on are those of the term, plain.
func (t Term) matches(text []Word, i int) bool {
	if i+len(t.Words) > len(text) {
		return false
	}
	for k, w := range t.Words {
		is := text[i+k].Plain
		if is != w.Plain && !(t.Prefix && strings.HasPrefix(is, w.Plain)) {
			return false
		}
	}
	return true
}
