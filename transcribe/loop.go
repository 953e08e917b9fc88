package transcribe

import (
	"bytes"
	"compress/zlib"
	"slices"

	"bienban/internal/lang"
)

// loop is a phrase that comes again and again without a break.
type loop struct {
	from, to int // words, as lang.Words counts them
	phrase   int // words in the phrase
	times    int
}

// loopTimes is how often a phrase of so many words must stand in a row to be
// a loop. People do say "no, no, no" and "thank you, thank you, thank you".
func loopTimes(phrase int) int {
	switch {
	case phrase == 1:
		return 6
	case phrase == 2:
		return 5
	case phrase <= 4:
		return 4
	}
	return 3
}

// maxPhrase is the longest phrase that is looked for. Whisper's loops are a
// clause or a sentence long.
const maxPhrase = 24

// findLoop returns the first loop in words, the one with the shortest phrase.
func findLoop(words []string) (loop, bool) {
	for from := range words {
		for n := 1; n <= maxPhrase && from+2*n <= len(words); n++ {
			times := 1
			for at := from + n; at+n <= len(words) && slices.Equal(words[at:at+n], words[from:from+n]); at += n {
				times++
			}
			if times >= loopTimes(n) {
				return loop{from: from, to: from + times*n, phrase: n, times: times}, true
			}
		}
	}
	return loop{}, false
}

// maxCompression is Whisper's own threshold for text that repeats itself
// (compression_ratio_threshold of openai/whisper).
const maxCompression = 2.4

// compression is how many times smaller text becomes by zlib. Short text does
// not compress, so it gives less than 1.
func compression(text string) float64 {
	if text == "" {
		return 0
	}
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(text)) // a bytes.Buffer takes all
	_ = z.Close()
	return float64(len(text)) / float64(b.Len())
}

// repeats says that text is a loop rather than speech. spans is in how many
// stretches the detector heard the speech: a roll-call ("Aye. Aye. Aye. …",
// "Có. Có. Có. …") repeats too, but each answer stands by itself.
func repeats(text string, spans int) bool {
	words := lang.Words(text)
	if l, ok := findLoop(words); ok && l.times > spans+1 {
		return true
	}
	return compression(text) > maxCompression && spans < len(words)/2
}
