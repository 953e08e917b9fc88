package tape

import (
	"context"
	"errors"
	"math"
	"strings"

	"bienban/transcribe"
)

// ByHeart is an engine that knows a tape: it finds the parts in a window by their
// samples and answers what Whisper heard there, however the window is cut. It has
// no state between windows and may be used from several goroutines.
type ByHeart struct {
	parts []*Part
	index map[uint64][]place // of blocks at every blockStep
	// Before is asked before each window, when set; its error is the engine's.
	Before func(transcribe.Request) error
}

// place is a block of a part.
type place struct {
	part *Part
	at   int
}

// A window is found by a block of blockLen samples, of which one in blockStep is
// known: within blockStep samples of a part there is one.
const (
	blockLen  = 96
	blockStep = 480
	// matchLeast is how many samples around a block must be as they are known.
	matchLeast = 800
)

// NewByHeart learns a tape.
func NewByHeart(t *Tape) *ByHeart {
	e := &ByHeart{index: map[uint64][]place{}}
	known := map[string]bool{}
	for i := range t.Parts {
		p := &t.Parts[i]
		if p.Speech && known[p.Name] {
			continue // the same again
		}
		known[p.Name] = true
		e.parts = append(e.parts, p)
		for at := 0; at+blockLen <= len(p.PCM); at += blockStep {
			block := p.PCM[at : at+blockLen]
			if flat(block) {
				continue
			}
			k := hash(block)
			e.index[k] = append(e.index[k], place{p, at})
		}
	}
	return e
}

// flat says that a block is no mark: it is silent, or nearly.
func flat(b []int16) bool {
	for _, v := range b {
		if v != b[0] {
			return false
		}
	}
	return true
}

func hash(b []int16) uint64 {
	h := uint64(0)
	for _, v := range b {
		h = h*base + uint64(uint16(v))
	}
	return h
}

// base is the odd multiplier of the rolling hash, modulo 2^64; drop is its power
// that belongs to the sample that leaves.
const base = 0x9E3779B97F4A7C15

var drop = func() uint64 {
	p := uint64(1)
	for range blockLen {
		p *= base
	}
	return p
}()

// ErrEmpty is the answer to a window without samples.
var ErrEmpty = errors.New("a window without samples")

// Transcribe implements transcribe.Engine.
func (e *ByHeart) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	if len(r.PCM) == 0 {
		return transcribe.Result{}, ErrEmpty
	}
	if e.Before != nil {
		if err := e.Before(r); err != nil {
			return transcribe.Result{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return transcribe.Result{}, err
	}
	pcm := make([]int16, len(r.PCM))
	for i, v := range r.PCM {
		pcm[i] = toInt16(v)
	}
	res := transcribe.Result{Language: r.Language, NoSpeech: 0.9, AvgLogProb: -0.9}
	speech := false
	for at := 0; at+blockLen <= len(pcm); {
		where, i, ok := e.find(pcm, at)
		if !ok {
			break
		}
		begin := i - where.at // of the part, in the window
		from, to := max(begin, at), min(begin+len(where.part.PCM), len(pcm))
		words := wordsIn(where.part, from-begin, to-begin, begin)
		res.Words = append(res.Words, words...)
		if where.part.Speech && !speech {
			speech = true
			res.NoSpeech, res.AvgLogProb = where.part.Result.NoSpeech, where.part.Result.AvgLogProb
			if res.Language == "" {
				res.Language = where.part.Result.Language
			}
		}
		at = max(to, at+1)
	}
	var text []string
	for _, w := range res.Words {
		text = append(text, w.Text)
	}
	res.Text, res.Tokens = strings.Join(text, " "), 2*len(text)
	return res, nil
}

// wordsIn gives a part's words between two of its samples, with times in a window
// in which the part begins at begin. A word belongs to where its middle is.
func wordsIn(p *Part, from, to, begin int) []transcribe.Word {
	var out []transcribe.Word
	for _, w := range p.Result.Words {
		middle := int((w.Start + w.End) / 2 * Rate)
		if middle < from || middle >= to {
			continue
		}
		shift := float64(begin) / Rate
		w.Start = max(w.Start+shift, float64(from+begin)/Rate, 0)
		w.End = math.Min(w.End+shift, float64(to+begin)/Rate)
		out = append(out, w)
	}
	return out
}

// find looks from at on for a block that is known, and gives where it is known
// and where it lies in the window.
func (e *ByHeart) find(pcm []int16, at int) (place, int, bool) {
	h := hash(pcm[at : at+blockLen])
	for i := at; ; i++ {
		if all := e.index[h]; len(all) > 0 && !flat(pcm[i:i+blockLen]) {
			for _, p := range all {
				if matches(pcm, i, p) {
					return p, i, true
				}
			}
		}
		if i+blockLen >= len(pcm) {
			return place{}, 0, false
		}
		h = h*base + uint64(uint16(pcm[i+blockLen])) - drop*uint64(uint16(pcm[i]))
	}
}

// matches says that the sound behind a block is that of the part, as far as both go.
func matches(pcm []int16, i int, p place) bool {
	n := min(matchLeast, len(pcm)-i, len(p.part.PCM)-p.at)
	for k := range n {
		if pcm[i+k] != p.part.PCM[p.at+k] {
			return false
		}
	}
	return true
}

// Close implements transcribe.Engine.
func (e *ByHeart) Close() error { return nil }
