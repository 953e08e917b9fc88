package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviations before whose stop no sentence ends; folded, without the stop.
var abbreviations = map[string]map[string]bool{
	"en": setOf(`mr, mrs, ms, dr, prof, rev, hon, sr, jr, st, no, nos, cllr, cr, gen, col, capt, lt, sgt, gov, sen, rep, vs, v, fig, vol,
		art, sec, para, approx, dept, est, inc, ltd, co, corp, ave, rd, blvd, e.g, i.e, cf, al, jan, feb, mar, apr, jun, jul, aug, sep, sept, oct, nov, dec, p, pp`),
	"vi": setOf(`tp, tx, tt, q, p, ths, ts, gs, pgs, bs, ks, tm, kt, tl, tuq, ub, v.v, đ, đ/c, st, ông, no, mr, mrs, ms, dr, tr, vd, sđt, ks, cn, ls, nxb`),
}

// dotted are abbreviations with inner stops, which end a sentence only before a capital letter.
var dotted = setOf("a.m, p.m, u.s, u.k, v.v, etc, e.g, i.e")

// Sentences splits text (made NFC) into its sentences, without the blanks around them. It
// splits after . ! ? … with the quotes and brackets that close on them, and at blank-separated
// lines; not after an abbreviation ("Mr.", "TP.", "a.m."), an initial ("J. Smith"), a list
// number ("1. Khai mạc") or inside a figure ("9.5", "12.400"). Joined by blanks the sentences
// give back the text; an unknown language is split by the English rules.
func Sentences(language, text string) []string {
	s := NFC(text)
	lang := base(language)
	abbr, ok := abbreviations[lang]
	if !ok {
		abbr = abbreviations["en"]
	}
	var out []string
	start := 0
	cut := func(end int) {
		if part := strings.TrimSpace(s[start:end]); part != "" {
			out = append(out, part)
		}
		start = end
	}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch r {
		case '\n':
			cut(i)
		case '.', '!', '?', '…', '。', '？', '！':
			end := i
			for end < len(s) {
				next, n := utf8.DecodeRuneInString(s[end:])
				if !strings.ContainsRune(".!?…", next) && !strings.ContainsRune("\"'”’»)]", next) {
					break
				}
				end += n
			}
			next, n := utf8.DecodeRuneInString(s[end:])
			cjk := r > 0x3000
			if end < len(s) && !unicode.IsSpace(next) && !cjk {
				i = end
				continue // inside a figure, a name or an abbreviation
			}
			if r == '.' && end == i && end < len(s) && !sentenceStop(s[start:i-1], s[end+n:], abbr) {
				continue
			}
			cut(end)
			i = end
		}
	}
	cut(len(s))
	return out
}

// sentenceStop reports whether a single stop after before and in front of a blank and after
// ends a sentence.
func sentenceStop(before, after string, abbr map[string]bool) bool {
	word := before
	if k := strings.LastIndexFunc(before, unicode.IsSpace); k >= 0 {
		word = before[k:]
	}
	alone := strings.TrimSpace(before) == strings.TrimSpace(word)
	word = Fold(strings.TrimFunc(word, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'“‘(«[", r) }))
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(after, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("\"'“‘(«[", r)
	}))
	if dotted[word] {
		return unicode.IsUpper(first)
	}
	if abbr[word] {
		// "no." also ends an answer and "p." a page: in front of a digit or a name it is short.
		return word == "no" && !unicode.IsDigit(first)
	}
	runes := []rune(word)
	if len(runes) == 1 && unicode.IsLetter(runes[0]) && (alone || unicode.IsUpper(lastRune(before))) {
		return !unicode.IsUpper(first) || word == "i" && strings.HasSuffix(before, "i") // an initial
	}
	if len(runes) > 0 && allDigits(word) && len(runes) <= 3 && alone {
		return false // a list number
	}
	return !unicode.IsLower(first)
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}
