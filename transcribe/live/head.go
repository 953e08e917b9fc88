package live

import (
	"strings"

	"bienban/transcribe"
)

// head is the beginning of provisional text on which two decodes agreed: it is
// not decoded again for provisional text, so that this costs a few seconds of
// sound however long somebody speaks. What is committed knows nothing of it.
type head struct {
	to   int64 // it ends here; 0 = there is none
	segs []transcribe.Segment
}

// tailLeast is how much sound at least is decoded again: in less, base hears
// words that nobody said.
const tailLeast = rate * 3 / 2

// grow takes the first words of what was decoded up to end into the head, as far
// as n of them are settled, and gives how many it took.
func (h *head) grow(got transcribe.Decoded, words []transcribe.Spoken, n int, end int64) int {
	for n > 0 && words[n-1].To > end-tailLeast {
		n--
	}
	if n == 0 {
		return 0
	}
	cut := words[n-1].To
	if n < len(words) {
		cut = max(cut, (cut+words[n].From)/2)
	}
	if cut <= h.to || cut > end-tailLeast {
		return 0
	}
	segs, _ := got.Cut(n, cut).Segments()
	h.segs = append(h.segs, withoutStruck(segs)...)
	h.to = cut
	return n
}

// words of the head.
func (h *head) words() int { return wordsIn(h.segs) }

// before is what was said before the tail, for the prompt.
func (h *head) before(committed string) string {
	return transcribe.TailOf(strings.TrimSpace(committed+" "+textOf(h.segs)), contextWords)
}
