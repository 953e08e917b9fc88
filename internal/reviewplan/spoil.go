package reviewplan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bienban/transcribe"
)

// How a recogniser errs, of Whisper base on Vietnamese (docs/measurements.md, "Review").
const (
	substituted = 0.70 // of the errors; the rest is words that are missing, and words too many
	missing     = 0.16
	runOn       = 0.53 // the chance that the word behind a wrong one is wrong, too: runs of 2.15
	markedWrong = 0.25 // share of wrong words under the confidence that pages mark
	markedRight = 0.075
)

// Spoil puts errors into a text until about wer of its words are wrong. names are
// misheard as one: each has its own wrong form, the same wherever it is misheard,
// as recognisers do it.
func Spoil(rng *rand.Rand, said []transcribe.Segment, wer float64, names []string) []transcribe.Segment {
	out := make([]transcribe.Segment, len(said))
	misheard := map[string]string{}
	// A run begins behind a right word; so many begin that wer of all words are in runs.
	begins := wer * (1 - runOn) / (wer*(1-runOn) + 1 - wer)
	for i, g := range said {
		g.Words = nil
		tokens := strings.Fields(g.Text)
		for j := 0; j < len(tokens); {
			if n := nameAt(tokens[j:], names); n > 0 {
				if rng.Float64() < wer { // a name is wrong about as often as a word
					whole := strings.Join(tokens[j:j+n], " ")
					key := strings.TrimFunc(whole, outside)
					if misheard[key] == "" {
						misheard[key] = slip(rng, key, n)
					}
					put(rng, &g, said[i], j, strings.Fields(strings.Replace(whole, key, misheard[key], 1)), true)
				} else {
					put(rng, &g, said[i], j, tokens[j:j+n], false)
				}
				j += n
				continue
			}
			if rng.Float64() >= begins {
				put(rng, &g, said[i], j, tokens[j:j+1], false)
				j++
				continue
			}
			for again := true; again && j < len(tokens) && nameAt(tokens[j:], names) == 0; again = rng.Float64() < runOn {
				switch x := rng.Float64(); {
				case x < substituted:
					put(rng, &g, said[i], j, []string{strings.Replace(tokens[j], strings.TrimFunc(tokens[j], outside), wrong(rng, tokens[j]), 1)}, true)
				case x < substituted+missing && len(tokens) > 3:
				default:
					put(rng, &g, said[i], j, []string{wrong(rng, tokens[j]), tokens[j]}, true)
				}
				j++
			}
		}
		if len(g.Words) == 0 {
			put(rng, &g, said[i], 0, tokens, false)
		}
		texts := make([]string, len(g.Words))
		for j, w := range g.Words {
			texts[j] = w.Text
		}
		g.Text = strings.Join(texts, " ")
		out[i] = g
	}
	return out
}

// put adds words that are heard from the time of one that was said on.
func put(rng *rand.Rand, g *transcribe.Segment, said transcribe.Segment, at int, words []string, bad bool) {
	start, end := said.Words[at].Start, said.Words[min(at+len(words), len(said.Words))-1].End
	if at+len(words) > len(said.Words) || bad && len(words) == 2 {
		end = said.Words[at].End
	}
	each := (end - start) / float64(len(words))
	share := markedRight
	if bad {
		share = markedWrong
	}
	for i, w := range words {
		p := 0.95
		if rng.Float64() < share {
			p = 0.3
		}
		g.Words = append(g.Words, transcribe.Word{Text: w, Start: start + float64(i)*each, End: start + float64(i+1)*each, P: p})
	}
}

func outside(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }

// nameAt gives how many words a name has that begins here; 0 for none.
func nameAt(tokens []string, names []string) int {
	for _, n := range names {
		words := strings.Fields(n)
		if len(words) > len(tokens) || len(words) < 2 {
			continue
		}
		if slices.EqualFunc(words, tokens[:len(words)], func(a, b string) bool { return a == strings.TrimFunc(b, outside) }) {
			return len(words)
		}
	}
	return 0
}

// slip changes a letter in a name's longest word.
func slip(rng *rand.Rand, name string, words int) string {
	parts := strings.Fields(name)
	long := 0
	for i, p := range parts {
		if utf8.RuneCountInString(p) >= utf8.RuneCountInString(parts[long]) {
			long = i
		}
	}
	parts[long] = wrong(rng, parts[long])
	return strings.Join(parts[:words], " ")
}

// wrong is another word that sounds like one: a letter within it is another.
func wrong(rng *rand.Rand, word string) string {
	r := []rune(strings.TrimFunc(word, outside))
	if len(r) == 0 {
		return word
	}
	letters := []rune("abcdeghiklmnopqrstuvxy")
	i := 0
	if len(r) > 1 {
		i = 1 + rng.IntN(len(r)-1)
	}
	for {
		if l := letters[rng.IntN(len(letters))]; unicode.ToLower(r[i]) != l {
			r[i] = l
			return string(r)
		}
	}
}
