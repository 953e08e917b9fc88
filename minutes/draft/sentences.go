package draft

import (
	"regexp"
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
		start, end := at+i, at+i+len(s)
		if strings.HasPrefix(language, "en") && strings.HasPrefix(s, "I ") {
			// Two acts of one speaker, each a sentence of the record.
			for _, loc := range twoActs.FindAllStringSubmatchIndex(s, -1) {
				out = append(out, span{start, at + i + loc[2]})
				start = at + i + loc[2]
			}
		}
		out = append(out, span{start, end})
		at = end
	}
	return out
}

// twoActs finds where "I second the motion, but I ask that …" goes on.
var twoActs = regexp.MustCompile(`,? ((?:and|but) I (?:also )?(?:ask|move|second|propose|request|recommend|suggest|urge|nominate|object|oppose|support|accept|want|would|will|do not|cannot) )`)
