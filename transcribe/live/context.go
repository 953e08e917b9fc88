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

// Vote is a window's word on the language of the recording.
type Vote struct {
	Language string `json:"language"`
	Words    int    `json:"words"`
}

// votesMost is how many windows have a say where no two agree, as for files.
const votesMost = 3

// VotesOf are the votes of the windows that these segments are from: they stand
// in the first segment of each window that was heard while nothing was settled.
func VotesOf(committed []transcribe.Segment) []Vote {
	var out []Vote
	for _, s := range committed {
		if s.Language != "" {
			out = append(out, Vote{Language: s.Language})
		}
		if n := len(out); n > 0 {
			out[n-1].Words += len(s.Words)
		}
	}
	return out[:min(len(out), votesMost)]
}

// Recall gives a committer that goes on the votes of before, so that a
// recording's language is settled by the same windows whoever heard them. It
// comes before the first Feed.
func (c *Committer) Recall(votes []Vote) {
	if c.dec.Language() == "" {
		c.votes = append([]Vote(nil), votes...)
		c.settle()
	}
}

// vote counts a window's language and says whether it had a say. A murmur has none.
func (c *Committer) vote(got transcribe.Decoded) bool {
	const least = 3 // words
	if c.dec.Language() != "" || got.Language() == "" || len(got.Words()) < least {
		return false
	}
	c.votes = append(c.votes, Vote{got.Language(), len(got.Words())})
	c.settle()
	return true
}

// settle settles the language once two windows agree, or three have spoken.
func (c *Committer) settle() {
	best, most := "", 0
	for _, v := range c.votes {
		n, words := 0, 0
		for _, o := range c.votes {
			if o.Language == v.Language {
				n, words = n+1, words+o.Words
			}
		}
		if n >= 2 {
			c.dec.SetLanguage(v.Language)
			return
		}
		if words > most {
			best, most = v.Language, words
		}
	}
	if len(c.votes) >= votesMost {
		c.dec.SetLanguage(best)
	}
}
