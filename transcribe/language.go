package transcribe

import "context"

// maxVotes is how many windows have a say in the language of a file: the first
// may be a jingle or an anthem.
const maxVotes = 3

// settle decodes the newest of the first windows to hear its language. When
// the language is known, or the sound is at its end, it commits them all, all
// in the one language.
func (j *job) settle(ctx context.Context, end bool) error {
	if len(j.first) == 0 {
		return nil
	}
	if !end {
		// Nothing is kept of this decode but the language: a checkpoint holds
		// only text of a settled one.
		w := &j.first[len(j.first)-1]
		got, err := j.detect(ctx, w)
		if err != nil {
			return err
		}
		j.votes = append(j.votes, got)
		j.progress("listening", "")
	}
	language, sure := majority(j.votes)
	if !sure && !end && len(j.first) < maxVotes {
		return nil
	}
	j.dec.language, j.work.Language = language, language // "" when the engine knows none: then each window is for itself
	j.work.Guessed, j.work.Settled = true, true
	close(j.settled)
	first := j.first
	j.first = nil
	for i := range first {
		if err := j.take(ctx, begun{window: first[i]}); err != nil {
			return err
		}
	}
	return nil
}

// vote is a window's language, by the seconds of speech that speak for it.
type vote struct {
	language string
	weight   float64
}

// detect asks the engine for a window's language: "" when it fails.
func (j *job) detect(ctx context.Context, w *window) (vote, error) {
	// The start of the window is enough, and costs less.
	part := *w
	if n := samples(detectSeconds); w.len() > n {
		part.span.to = part.span.from + n
		part.pcm = part.pcm[:n]
	}
	r := j.dec.request(&part, "", 0)
	r.Language = ""
	r.MaxTokens, r.Beam = 1, 0
	got, err := j.dec.once(ctx, r)
	if ctx.Err() != nil {
		return vote{}, ctx.Err()
	}
	if err != nil {
		return vote{}, nil //nolint:nilerr // the window's own decode will say so
	}
	return vote{got.Language, w.speech()}, nil
}

// detectSeconds is how much of a window its language is told from.
const detectSeconds = 10

// majority is the language with the most speech behind it, the earlier on a
// tie; sure when two windows agree.
func majority(votes []vote) (language string, sure bool) {
	best := 0.0
	for _, v := range votes {
		weight, n := 0.0, 0
		for _, o := range votes {
			if o.language == v.language {
				weight += o.weight
				n++
			}
		}
		if v.language != "" && weight > best {
			best, language, sure = weight, v.language, n >= 2
		}
	}
	return language, sure
}
