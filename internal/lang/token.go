package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenWord   tokenKind = iota // letters, with apostrophes inside
	tokenNumber                  // ASCII digits, with single points and commas between digits
	tokenPunct                   // any other rune that is not a blank, or the end of a line
)

// token is a piece of an NFC text; blanks are not tokens.
type token struct {
	kind       tokenKind
	text, low  string // as written, and folded
	start, end int    // bytes in the text
	space      bool   // blanks stand before it
	first      bool   // begins a sentence, a line or a quotation
	capital    bool   // starts with an upper-case letter
}

// tokenize splits an NFC text. Blanks are no tokens, but the end of a line is. A figure grouped by a no-break space counts as one token.
func tokenize(s string) []token {
	tokens := make([]token, 0, len(s)/5+4)
	space, first := false, true
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			if r == '\n' && len(tokens) > 0 && tokens[len(tokens)-1].text != "\n" {
				// A line's end is a token of its own: no figure runs across it.
				tokens = append(tokens, token{kind: tokenPunct, text: "\n", low: "\n", start: i, end: i + 1, space: true})
			}
			space = true
			first = first || r == '\n'
			i += size
			continue
		}
		t := token{kind: tokenPunct, start: i, space: space, first: first}
		switch {
		case isDigit(r):
			t.kind, t.end = tokenNumber, numberEnd(s, i)
		case unicode.IsLetter(r) || unicode.IsMark(r):
			t.kind, t.end = tokenWord, wordEnd(s, i)
			t.capital = unicode.IsUpper(r)
		default:
			t.end = i + size
		}
		t.text = s[t.start:t.end]
		t.low = foldToken(t.text)
		tokens = append(tokens, t)
		if t.kind == tokenPunct {
			// Quotes and dashes pass the state on; a stop starts a sentence; others end the start.
			switch {
			case strings.ContainsRune(".!?…:", r):
				first = true
			case strings.ContainsRune("\"'“”‘’«»()[]-–—•*+", r):
			default:
				first = false
			}
		} else {
			first = false
		}
		space = false
		i = t.end
	}
	return tokens
}

func foldToken(s string) string {
	low := strings.ReplaceAll(strings.ToLower(s), "’", "'")
	var b strings.Builder
	foldTones(&b, low)
	return b.String()
}

func numberEnd(s string, i int) int {
	for i < len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			i++
		case (c == '.' || c == ',') && i+1 < len(s) && isDigit(rune(s[i+1])):
			i++
		case groupSpace(s[i:]) > 0:
			i += groupSpace(s[i:])
		default:
			return i
		}
	}
	return i
}

// groupSpace returns the length of a no-break space that groups three digits, else 0.
func groupSpace(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r != '\u00a0' && r != '\u202f' || len(s) < n+3 {
		return 0
	}
	for k := 0; k < 3; k++ {
		if !isDigit(rune(s[n+k])) {
			return 0
		}
	}
	if len(s) > n+3 && isDigit(rune(s[n+3])) {
		return 0
	}
	return n
}

func wordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			if r != '\'' && r != '’' {
				return i
			}
			next, _ := utf8.DecodeRuneInString(s[i+size:])
			if !unicode.IsLetter(next) {
				return i
			}
		}
		i += size
	}
	return i
}

// text is a tokenized text with bounds-checked look-around.
type text struct {
	src    string
	tokens []token
}

// word returns the folded word at i, or "" outside the text and at other tokens.
func (t *text) word(i int) string {
	if i < 0 || i >= len(t.tokens) || t.tokens[i].kind != tokenWord {
		return ""
	}
	return t.tokens[i].low
}

// words reports whether the words at i are those of phrase (folded, one space between).
func (t *text) words(i int, phrase string) bool {
	for phrase != "" {
		head, tail, _ := strings.Cut(phrase, " ")
		if t.word(i) != head {
			return false
		}
		i, phrase = i+1, tail
	}
	return true
}

// inSet returns how many tokens at i form an entry of set, trying three words, then two, then one.
func (t *text) inSet(i int, set map[string]bool) int {
	w := t.word(i)
	if w == "" {
		return 0
	}
	if next := t.word(i + 1); next != "" {
		if third := t.word(i + 2); third != "" && set[w+" "+next+" "+third] {
			return 3
		}
		if set[w+" "+next] {
			return 2
		}
	}
	if set[w] {
		return 1
	}
	return 0
}

// beforeInSet reports whether the one, two or three words before i form an entry of set.
func (t *text) beforeInSet(i int, set map[string]bool) bool {
	w := t.word(i - 1)
	if w == "" {
		return false
	}
	if set[w] {
		return true
	}
	prev := t.word(i - 2)
	if prev == "" {
		return false
	}
	if set[prev+" "+w] {
		return true
	}
	third := t.word(i - 3)
	return third != "" && set[third+" "+prev+" "+w]
}

// punct reports whether token i is the punctuation mark p.
func (t *text) punct(i int, p string) bool {
	return i >= 0 && i < len(t.tokens) && t.tokens[i].kind == tokenPunct && t.tokens[i].text == p
}

func (t *text) isNumber(i int) bool {
	return i >= 0 && i < len(t.tokens) && t.tokens[i].kind == tokenNumber
}

// glued reports whether token i follows token i-1 without a blank.
func (t *text) glued(i int) bool {
	return i > 0 && i < len(t.tokens) && !t.tokens[i].space
}

// name reports whether the word at i is capitalised inside a sentence: a name, not a number.
func (t *text) name(i int) bool {
	return i >= 0 && i < len(t.tokens) && t.tokens[i].capital && !t.tokens[i].first
}

func setOf(list string) map[string]bool {
	set := make(map[string]bool)
	for _, entry := range strings.Split(list, ",") {
		if entry = strings.Join(strings.Fields(entry), " "); entry != "" {
			set[foldPhrase(entry)] = true
		}
	}
	return set
}

func foldPhrase(s string) string { return Fold(s) }
