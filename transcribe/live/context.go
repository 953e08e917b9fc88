package live

import "bienban/transcribe"

// ContextOf is what a committer that goes on after these segments is told to
// have heard: the last words, none from before a loop or an echo of the prompt.
func ContextOf(committed []transcribe.Segment) string { return contextAfter("", committed) }

func contextAfter(before string, segs []transcribe.Segment) string {
	for _, s := range segs {
		switch {
		case bad(s):
			before = ""
		case !s.Struck:
			before = transcribe.TailOf(before+" "+s.Text, contextWords)
		}
	}
	return before
}

// bad says that a segment repeats itself or its prompt: such a context begets more.
func bad(s transcribe.Segment) bool {
	for _, f := range s.Flags {
		if f.Code == transcribe.FlagRepetition || f.Code == transcribe.FlagPromptEcho {
			return true
		}
	}
	return false
}

func poisoned(segs []transcribe.Segment) bool {
	for _, s := range segs {
		if bad(s) {
			return true
		}
	}
	return false
}

// vote is a window's language.
type vote struct {
	language string
	words    int
}

// votesMost is how many windows have a say where no two agree, as for files.
const votesMost = 3

// vote settles the language once two windows agree, or three have spoken. A
// murmur has no say.
func (c *Committer) vote(got transcribe.Decoded) {
	const least = 3 // words
	if c.dec.Language() != "" || got.Language() == "" || len(got.Words()) < least {
		return
	}
	c.votes = append(c.votes, vote{got.Language(), len(got.Words())})
	best, most := "", 0
	for _, v := range c.votes {
		n, words := 0, 0
		for _, o := range c.votes {
			if o.language == v.language {
				n, words = n+1, words+o.words
			}
		}
		if n >= 2 {
			c.dec.SetLanguage(v.language)
			return
		}
		if words > most {
			best, most = v.language, words
		}
	}
	if len(c.votes) >= votesMost {
		c.dec.SetLanguage(best)
	}
}
