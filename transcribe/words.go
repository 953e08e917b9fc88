package transcribe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a recognised word with its place in samples of the stream, and
// whether it is written to the word before without a blank (as in Chinese).
type token struct {
	text  string
	span  span
	p     float64
	glued bool
}

// tokensFrom turns what an engine heard in a window into words in the
// window's order: NFC, within the window, each beginning no earlier than the
// one before. An engine without word times gets them from the stretches of speech.
func tokensFrom(r Result, w *window) []token {
	text := oneLine(nfc(r.Text))
	if text == "" && len(r.Words) == 0 {
		return nil
	}
	var out []token
	if len(r.Words) == 0 {
		out = spread(text, w)
	} else {
		rest := text
		for _, word := range r.Words {
			t := strings.TrimSpace(nfc(word.Text))
			if t == "" {
				continue
			}
			glued := false
			if i := strings.Index(rest, t); i >= 0 && i <= 1 {
				glued = i == 0 && len(out) > 0
				rest = rest[i+len(t):]
			}
			out = append(out, token{
				text: t, p: clampP(word.P), glued: glued,
				span: span{w.from + toSamples(word.Start), w.from + toSamples(word.End)},
			})
		}
	}
	at := w.from
	for i := range out {
		s := &out[i].span
		s.from = min(max(s.from, at), w.to)
		s.to = min(max(s.to, s.from), w.to)
		at = s.from
	}
	return joinPunctuation(out)
}

// joinPunctuation glues marks that stand alone to the word before.
func joinPunctuation(in []token) []token {
	var out []token
	for _, t := range in {
		if len(out) > 0 && t.glued && !strings.ContainsFunc(t.text, isTextRune) && !strings.ContainsAny(t.text, "[(*♪♫（【") {
			last := &out[len(out)-1]
			last.text += t.text
			last.span.to = max(last.span.to, t.span.to)
			continue
		}
		out = append(out, t)
	}
	return out
}

func isTextRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// spread gives words the time of the window's speech by their length.
func spread(text string, w *window) []token {
	words := strings.Fields(text)
	total, runes := int64(0), 0
	for _, h := range w.heard {
		total += h.len()
	}
	spans := w.heard
	if total == 0 {
		spans, total = []heard{{span: w.span}}, w.len()
	}
	for _, word := range words {
		runes += utf8.RuneCountInString(word)
	}
	place := func(at int64) int64 {
		for _, h := range spans {
			if at <= h.len() {
				return h.from + at
			}
			at -= h.len()
		}
		return spans[len(spans)-1].to
	}
	var out []token
	done := 0
	for _, word := range words {
		from := total * int64(done) / int64(runes)
		done += utf8.RuneCountInString(word)
		to := total * int64(done) / int64(runes)
		out = append(out, token{text: word, span: span{place(from), place(to)}, p: 1})
	}
	return out
}

func toSamples(sec float64) int64 {
	if !(sec > 0) {
		return 0
	}
	return int64(min(sec, maxSeconds)*SampleRate + 0.5)
}

func clampP(p float64) float64 {
	if !(p > 0) {
		return 0
	}
	return min(p, 1)
}

// textOf writes tokens as text.
func textOf(ts []token) string {
	var b strings.Builder
	for i, t := range ts {
		if i > 0 && !t.glued {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// abbreviations end in a point that ends no sentence.
var abbreviations = map[string]bool{
	"mr.": true, "mrs.": true, "ms.": true, "dr.": true, "st.": true, "no.": true, "prof.": true, "gen.": true,
	"rev.": true, "hon.": true, "sr.": true, "jr.": true, "vs.": true, "cllr.": true, "tp.": true, "ths.": true,
	"ts.": true, "gs.": true, "pgs.": true, "q.": true, "p.": true, "tx.": true,
}

// endsSentence says that a word ends a sentence.
func endsSentence(word string) bool {
	w := strings.TrimRight(word, `"'”’»)]`)
	r, _ := utf8.DecodeLastRuneInString(w)
	switch r {
	case '?', '!', '…', '。', '？', '！', '؟', '।':
		return true
	case '.':
	default:
		return false
	}
	if abbreviations[strings.ToLower(w)] {
		return false
	}
	// "J." in a name and "1." before a heading go on.
	stem := strings.TrimRight(w, ".")
	return !(utf8.RuneCountInString(stem) == 1 && unicode.IsUpper([]rune(stem)[0]) && stem != "I")
}
