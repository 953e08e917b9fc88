package minutes

import (
	"slices"
	"strings"

	"bienban/internal/lang"
)

// match says how much of item j's title stands in the words: 1 for all of it in
// its order. Half of it is for the words, half for pairs of words that follow
// each other. A recogniser's spelling counts less than the right one.
func (p *profiles) match(j int, words []heardWord) float64 {
	title := p.items[j].title
	if len(title) == 0 || len(words) == 0 {
		return 0
	}
	at := make([][]int, len(title)) // where each title word stands
	var have, all, pairs, allPairs float64
	for i, w := range title {
		best := 0.0
		for x, s := range words {
			if q := alikeWord(w, s); q > 0 {
				at[i] = append(at[i], x)
				best = max(best, q)
			}
		}
		g := max(p.weight[w.word], 0.05)
		all += g
		have += g * best
		if i > 0 {
			pw := g + max(p.weight[title[i-1].word], 0.05)
			allPairs += pw
			for _, x := range at[i] {
				if slices.ContainsFunc(at[i-1], func(y int) bool { return y < x && x-y <= 2 }) {
					pairs += pw * best
					break
				}
			}
		}
	}
	cov := have / all
	if allPairs == 0 {
		return cov
	}
	return 0.5*cov + 0.5*pairs/allPairs
}

func heardWords(text string) []heardWord {
	words := lang.Words(text)
	plain := strings.Fields(lang.FoldPlain(strings.Join(words, " ")))
	out := make([]heardWord, len(words))
	for i, w := range words {
		out[i].word = w
		if len(plain) == len(words) {
			out[i].plain = plain[i]
		} else {
			out[i].plain = lang.FoldPlain(w)
		}
	}
	return out
}

// alikeWord is 1 for the same word, less for one that a recogniser may have
// made of it: other diacritics, a letter changed, a plural.
func alikeWord(a, b heardWord) float64 {
	if a.word == b.word {
		return 1
	}
	x, y := a.plain, b.plain
	switch {
	case x == y:
		return 0.7
	case len(x) < 5 || len(y) < 4 || len(x)-len(y) > 3 && !strings.HasPrefix(x, y):
		return 0
	case len(y) >= 5 && (strings.HasPrefix(x, y) || strings.HasPrefix(y, x)):
		return 0.8
	case lang.Distance(x, y) <= 1+len(x)/8:
		return 0.8
	}
	return 0
}

// subject says whether a sentence names what item j is about in the words of
// its title or of its papers and votes: a run of them that hardly another item has.
func (p *profiles) subject(j int, words []heardWord) bool {
	for _, phrase := range p.items[j].phrases {
		for i := range phrase {
			for x := range words {
				n, g := 0, 0.0
				for i+n < len(phrase) && x+n < len(words) && phrase[i+n].word == words[x+n].word {
					g += p.rare[phrase[i+n].word]
					n++
				}
				if n >= subjectRun && g >= subjectShare {
					return true
				}
			}
		}
	}
	return false
}
