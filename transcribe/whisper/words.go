package whisper

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bienban/transcribe"
)

// unspaced are the languages that Whisper writes without spaces, where each
// character group of a token is a word (openai/whisper, tokenizer.py,
// split_to_word_tokens).
var unspaced = map[string]bool{"zh": true, "ja": true, "th": true, "lo": true, "my": true, "yue": true}

// words joins tokens to words, with their punctuation as Whisper wrote it.
// A character split over tokens is joined; text is NFC. Words have no times
// yet, and P is the mean probability of the word's tokens.
func words(tokens []token, language string) []transcribe.Word {
	var out []transcribe.Word
	var raw strings.Builder
	var sum float64
	var count int
	flush := func() {
		text := norm.NFC.String(strings.TrimSpace(strings.ToValidUTF8(raw.String(), "")))
		if text != "" {
			out = append(out, transcribe.Word{Text: text, P: sum / float64(count)})
		}
		raw.Reset()
		sum, count = 0, 0
	}
	for _, t := range tokens {
		if raw.Len() > 0 && starts(raw.String(), t.text, language) {
			flush()
		}
		raw.WriteString(t.text)
		sum += t.p
		count++
	}
	flush()
	return attach(out)
}

// starts says whether a token with this text begins a new word after what is
// there already.
func starts(before, text, language string) bool {
	if strings.HasPrefix(text, " ") {
		return true
	}
	if !unspaced[language] || !utf8.ValidString(before) {
		return false
	}
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size <= 1 {
		return utf8.RuneStart(text[0])
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// attach moves words of punctuation alone, such as a dash, to the word before
// them (the first: to the one after), so that a word is always something said.
func attach(in []transcribe.Word) []transcribe.Word {
	out := in[:0]
	lead := ""
	for _, w := range in {
		switch {
		case spoken(w.Text) > 0:
			if lead != "" {
				w.Text, lead = lead+" "+w.Text, ""
			}
			out = append(out, w)
		case len(out) > 0:
			out[len(out)-1].Text += " " + w.Text
		case lead == "":
			lead = w.Text
		default:
			lead += " " + w.Text
		}
	}
	return out
}

// spoken counts the letters and digits of a word.
func spoken(word string) int {
	n := 0
	for _, r := range word {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			n++
		}
	}
	return n
}

// text joins words as Whisper wrote them.
func text(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.text)
	}
	return norm.NFC.String(strings.TrimSpace(strings.ToValidUTF8(b.String(), "")))
}
