package draft

import (
	"strings"

	"bienban/internal/lang"
)

// sentences finds where each sentence of an NFC text stands in it.
func sentences(language, text string) []span {
	var out []span
	at := 0
	for _, s := range lang.Sentences(language, text) {
		i := strings.Index(text[at:], s)
		if i < 0 {
			// Only a text that is not NFC can come here; keep all of it in one piece.
			return []span{{0, len(text)}}
		}
		out = append(out, span{at + i, at + i + len(s)})
		at += i + len(s)
	}
	return out
}
