package transcribe

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// glossaryTokens bounds the glossary's share of the prompt. Whisper keeps
	// the last 224 tokens of a prompt; each costs about 1 ms a window.
	glossaryTokens = 100
	// contextTokens bounds the text before where words are long in tokens.
	contextTokens = 110
)

// promptOf is what the recogniser is told before a window: the glossary, then
// the end of what was said. Either may be empty.
func promptOf(glossary []string, context string) string {
	var b strings.Builder
	if len(glossary) > 0 {
		b.WriteString(strings.Join(glossary, ", "))
		b.WriteString(". ")
	}
	b.WriteString(context)
	return strings.TrimSpace(b.String())
}

// glossaryOf cleans a glossary: NFC, one line each, no entry that stands in
// another one already, and no more than fits. The weightiest entry comes last,
// where it stands nearest to the speech.
func glossaryOf(entries []string, channels map[int][]string) []string {
	var all []string
	add := func(e string) {
		e = strings.Trim(oneLine(nfc(e)), " ,.;")
		for _, a := range all {
			if strings.Contains(strings.ToLower(a), strings.ToLower(e)) {
				return
			}
		}
		if e != "" {
			all = append(all, e)
		}
	}
	for _, e := range entries {
		add(e)
	}
	for _, c := range sortedKeys(channels) {
		for _, name := range channels[c] {
			add(name)
		}
	}
	room := glossaryTokens
	var out []string
	for _, e := range all {
		if room -= tokensOf(e) + 1; room < 0 {
			break
		}
		out = append(out, e)
	}
	slices.Reverse(out)
	return out
}

// tokensOf estimates how many tokens text takes: Whisper's vocabulary has
// about four letters of English in a token, and one letter with a Vietnamese
// accent or of another script in one to two.
func tokensOf(text string) int {
	plain, other := 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf {
			plain++
		} else {
			other++
		}
	}
	return (plain+2)/3 + other
}
