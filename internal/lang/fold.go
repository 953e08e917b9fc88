package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFC returns s composed (Unicode NFC) and valid: each run of invalid UTF-8 becomes U+FFFD.
func NFC(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return norm.NFC.String(s)
}

// Fold returns the key under which two spellings of the same text compare equal: NFC,
// lower-case, tone placement folded (hòa = hoà), every run of blanks one space and none
// at the ends. Diacritics stay. Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	low := NFC(strings.ToLower(NFC(s)))
	var b strings.Builder
	b.Grow(len(low))
	for _, field := range strings.Fields(low) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		foldTones(&b, field)
	}
	return b.String()
}

// FoldPlain is Fold without diacritics and with đ as d: the key for search and for fuzzy
// matching of names. FoldPlain(FoldPlain(s)) == FoldPlain(s).
func FoldPlain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(Fold(s)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case !unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return Fold(b.String())
}

// Words returns the folded words of s without punctuation, for comparing texts. A word is
// a run of letters and digits; an apostrophe inside a word and a point or comma inside a
// figure belong to it ("don't", "12.400"), a hyphen parts two words.
func Words(s string) []string {
	low := Fold(strings.ReplaceAll(s, "’", "'"))
	var words []string
	start := -1
	runes := []rune(low)
	for i, r := range runes {
		inside := isWordRune(r)
		if !inside && start >= 0 && i+1 < len(runes) {
			prev, next := runes[i-1], runes[i+1]
			inside = r == '\'' && unicode.IsLetter(prev) && unicode.IsLetter(next) ||
				(r == '.' || r == ',') && isDigit(prev) && isDigit(next)
		}
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			words = append(words, string(runes[start:i]))
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, string(runes[start:]))
	}
	return words
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// base returns the primary language of a tag such as "vi-VN", lower-case.
func base(language string) string {
	language = strings.ToLower(strings.TrimSpace(language))
	if i := strings.IndexAny(language, "-_"); i >= 0 {
		language = language[:i]
	}
	return language
}

// The vowels whose tone mark moves between the two spellings, by tone.
const (
	tonedA = "àáảãạ"
	tonedE = "èéẻẽẹ"
	tonedY = "ỳýỷỹỵ"
	tonedO = "òóỏõọ"
	tonedU = "ùúủũụ"
)

// foldTones writes word (lower-case NFC) with the tone of an open oa, oe or uy on the first
// vowel. Only these vary between the two spellings: hoàn, suýt and huỳnh have one spelling,
// and the u of qu is part of the consonant (quý).
func foldTones(b *strings.Builder, word string) {
	if isASCII(word) {
		b.WriteString(word)
		return
	}
	runes := []rune(word)
	for i := 1; i < len(runes); i++ {
		if i+1 < len(runes) && isWordRune(runes[i+1]) {
			continue
		}
		if first, second, ok := moveTone(runes[i-1], runes[i]); ok && !(runes[i-1] == 'u' && i >= 2 && runes[i-2] == 'q') {
			runes[i-1], runes[i] = first, second
		}
	}
	b.WriteString(string(runes))
}

func moveTone(first, second rune) (rune, rune, bool) {
	pick := func(toned string, plain rune, vowels string) (rune, rune, bool) {
		n := 0
		for _, r := range toned {
			if r == second {
				return []rune(vowels)[n], plain, true
			}
			n++
		}
		return 0, 0, false
	}
	switch first {
	case 'o':
		if a, b, ok := pick(tonedA, 'a', tonedO); ok {
			return a, b, true
		}
		return pick(tonedE, 'e', tonedO)
	case 'u':
		return pick(tonedY, 'y', tonedU)
	}
	return 0, 0, false
}
