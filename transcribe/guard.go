package transcribe

import (
	"strings"
	"unicode"

	"bienban/internal/lang"
)

// piece is a run of words that stays together: a sentence, or a sound in
// brackets. A guard strikes whole pieces.
type piece struct {
	tokens []token
	flags  []Flag
	struck bool
}

func (p *piece) strike(code, why string) {
	p.struck = true
	p.flags = append(p.flags, Flag{Code: code, Severity: Info, Text: why})
}

// evidence is what a window's sound says about whether anybody spoke.
type evidence struct {
	spans      int     // stretches that the detector called speech
	noSpeech   float64 // the engine's probability that nobody spoke
	avgLogProb float64
}

// Whisper's own thresholds (no_speech_threshold and logprob_threshold of
// openai/whisper): text is invented where both say so.
const (
	noSpeechLimit = 0.6
	logProbLimit  = -1.0
)

// heardNobody says that engine and score agree that nobody spoke.
func (e evidence) heardNobody() bool {
	return e.noSpeech > noSpeechLimit && e.avgLogProb < logProbLimit
}

// guard cuts a window's words into pieces and strikes what is known to be
// invented. Nothing is dropped: each word is in one piece. It is a pure
// function of its arguments.
func guard(ts []token, e evidence) []piece {
	pieces := sentences(ts)
	for i := range pieces {
		p := &pieces[i]
		text := textOf(p.tokens)
		switch {
		case isSound(text):
			p.strike(FlagNoSpeech, "names a sound, not words")
		case !strings.ContainsFunc(text, isTextRune):
			p.strike(FlagNoSpeech, "no words")
		case stretched(text):
			p.strike(FlagRepetition, "the same letter again and again")
		case isBoilerplate(text):
			p.strike(FlagBoilerplate, "known to be invented over noise")
		case e.heardNobody():
			p.strike(FlagNoSpeech, "the engine heard nobody speak")
		}
	}
	return strikeLoops(pieces, e.spans)
}

// stretched says that a letter stands eight times in a row: no word of any
// language, but what Whisper makes of coughing and humming.
func stretched(text string) bool {
	var last rune
	n := 0
	for _, r := range text {
		if r != last {
			last, n = r, 0
		}
		if n++; n >= 8 && unicode.IsLetter(r) {
			return true
		}
	}
	return false
}

// sentences cuts words at the ends of sentences and around brackets.
func sentences(ts []token) []piece {
	var out []piece
	var cur []token
	end := func() {
		if len(cur) > 0 {
			out = append(out, piece{tokens: cur})
			cur = nil
		}
	}
	for i := 0; i < len(ts); i++ {
		if n := soundAt(ts[i:]); n > 0 {
			end()
			out = append(out, piece{tokens: ts[i : i+n]})
			i += n - 1
			continue
		}
		cur = append(cur, ts[i])
		if endsSentence(ts[i].text) {
			end()
		}
	}
	end()
	return out
}

// maxSound is the longest name of a sound, in words: "[speaking in a foreign language]".
const maxSound = 8

// soundAt is how many words from the first on name a sound, 0 when none do.
func soundAt(ts []token) int {
	if len(ts) == 0 || !strings.ContainsAny(ts[0].text, "[(*♪♫（【") {
		return 0
	}
	for n := 1; n <= min(maxSound, len(ts)); n++ {
		if isSound(textOf(ts[:n])) {
			// Notes stand around what is sung: up to the closing one.
			if strings.ContainsAny(ts[0].text, "♪♫") {
				for m := n + 1; m <= len(ts); m++ {
					if strings.ContainsAny(ts[m-1].text, "♪♫") {
						return m
					}
				}
			}
			return n
		}
	}
	return 0
}

// loopShare is the share of a window's words in a loop from which none of them
// is believed.
const loopShare = 0.8

// strikeLoops keeps the first time of a phrase that loops and strikes the
// rest, or all where there is little beside the loop.
func strikeLoops(pieces []piece, spans int) []piece {
	var words []string
	type place struct{ piece, token int }
	var at []place
	for i, p := range pieces {
		if p.struck {
			continue
		}
		for j, t := range p.tokens {
			for _, w := range lang.Words(t.text) {
				words = append(words, w)
				at = append(at, place{i, j})
			}
		}
	}
	l, ok := findLoop(words)
	if !ok || l.times <= spans+1 {
		return pieces
	}
	first, last := at[l.from+l.phrase], at[l.to-1]
	if float64(l.to-l.from) >= loopShare*float64(len(words)) {
		// A window that is little else was no speech: coughing, a machine.
		first, last = at[0], at[len(at)-1]
	}
	var out []piece
	for i, p := range pieces {
		if p.struck || i < first.piece || i > last.piece {
			out = append(out, p)
			continue
		}
		from, to := 0, len(p.tokens)
		if i == first.piece {
			from = first.token
		}
		if i == last.piece {
			to = last.token + 1
		}
		if from > 0 {
			out = append(out, piece{tokens: p.tokens[:from], flags: p.flags})
		}
		in := piece{tokens: p.tokens[from:to]}
		in.strike(FlagRepetition, "the same words again and again")
		out = append(out, in)
		if to < len(p.tokens) {
			out = append(out, piece{tokens: p.tokens[to:], flags: p.flags})
		}
	}
	return out
}
