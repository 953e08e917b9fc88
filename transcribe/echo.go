package transcribe

import (
	"slices"

	"bienban/internal/lang"
)

// Lengths from which text that stands in the prompt word for word counts as
// its echo. A glossary is a list that nobody reads aloud in its order; what
// was said before may be quoted, so more of it is needed.
const (
	echoEntries = 3  // glossary entries in a row
	echoWords   = 5  // and words in them
	echoContext = 10 // words of the context in a row
)

// echoes says that text repeats its prompt: three glossary entries in their
// order, forwards or backwards, or a long piece of the context.
func echoes(text string, glossary []string, context string) bool {
	words := lang.Words(text)
	if len(words) == 0 {
		return false
	}
	for i := 0; i+echoEntries <= len(glossary); i++ {
		var piece, back []string
		for _, g := range glossary[i : i+echoEntries] {
			piece = append(piece, lang.Words(g)...)
			back = append(lang.Words(g), back...)
		}
		if len(piece) >= echoWords && (contains(words, piece) || contains(words, back)) {
			return true
		}
	}
	said := lang.Words(context)
	for i := 0; i+echoContext <= len(said); i++ {
		if contains(words, said[i:i+echoContext]) {
			return true
		}
	}
	return false
}

// contains says that piece stands in words without a break.
func contains(words, piece []string) bool {
	for i := 0; i+len(piece) <= len(words); i++ {
		if slices.Equal(words[i:i+len(piece)], piece) {
			return true
		}
	}
	return false
}
