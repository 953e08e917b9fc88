package transcribe

import (
	"context"
	"fmt"
	"math"

	"bienban/internal/lang"
)

// decoder decodes windows, each with the glossary as its prompt.
type decoder struct {
	eng      Engine
	language string // "" = the engine detects it in each window
	glossary []string
	// context is the end of what was said before, for live text, whose windows
	// are short. A file's windows are decoded without it: see File.
	context string
	pace    pace
}

// decoded is what came of a window.
type decoded struct {
	result Result
	tokens []token
	failed error // the engine's, when it gave nothing
	verdict
}

// verdict is what is wrong with an attempt, worst last.
type verdict int

const (
	fine     verdict = iota
	poor             // the engine was unsure of most of it
	thin             // far fewer words than the speech is long
	overfull         // the engine's room for text ended before the speech did
	echo             // the prompt came back
	loops            // the same again and again
)

// fullTokens is the most text that Whisper writes in one pass: half of its
// context of 448 tokens less a few (whisper.cpp, whisper_full: n_text_ctx/2-4).
const fullTokens = 448/2 - 4

// How a window is decoded, by its length. Measured with base (word error rate):
//   - council-demo, windows of 6 to 26 s: with glossary 7.6 % with 128 positions
//     to spare and 3.8 % with 256; without, 4.4 % with either;
//   - VIVOS, 3 to 5 s: 49 % with 128 to spare, 35.5 % with at least 1024
//     positions, 35.1 % with all 1500, 30 to 33 % with 1024 and five beams
//     (whisper-cli, which has five beams and 1500: 33.7 %).
const (
	spareContext = 256
	leastContext = 1024
	shortWindow  = 10 * SampleRate // below it, beams are worth their time
	shortBeam    = 5
)

// audioContext is how many encoder positions a window needs: 50 a second, and
// some to spare, without which base leaves out the last words.
func audioContext(w *window) int {
	return min(max(int(math.Ceil(float64(w.len())/SampleRate*50))+spareContext, leastContext), 1500)
}

// request is a window's request with a prompt and a temperature.
func (d *decoder) request(w *window, prompt string, temperature float32) Request {
	r := Request{
		PCM: w.pcm, Language: d.language, Prompt: prompt,
		AudioContext: audioContext(w), Temperature: temperature,
	}
	if w.len() < shortWindow && temperature == 0 {
		r.Beam = shortBeam
	}
	return r
}

// first is the request that a window is decoded with where no guard objects.
func (d *decoder) first(w *window) Request {
	return d.request(w, promptOf(d.glossary, d.context), 0)
}

// decode decodes a window, and again in other ways while a guard refuses the
// text: a loop mostly comes from the context, an echo from the prompt. ask
// gives the engine's answer to the first request; nil = the engine is asked
// here. decode returns an error only when ctx is done; an engine that fails
// twice gives a decoded whose failed is set.
func (d *decoder) decode(ctx context.Context, w *window, ask func(context.Context) (Result, error)) (decoded, error) {
	glossary := promptOf(d.glossary, "")
	ways := []Request{d.first(w)}
	full := ways[0].Prompt
	if full != glossary {
		ways = append(ways, d.request(w, glossary, 0))
	}
	if glossary != "" {
		ways = append(ways, d.request(w, "", 0))
	}
	// Heat breaks a loop, at the price of wrong words; halves are better where
	// the window is long enough for them.
	if w.len() < halfLeast*2 {
		ways = append(ways, d.request(w, "", 0.4))
	}

	var best decoded
	worst := loops + 1
	for i, r := range ways {
		var got Result
		var err error
		if i == 0 && ask != nil {
			got, err = ask(ctx)
		} else {
			got, err = d.once(ctx, r)
		}
		if err != nil {
			if ctx.Err() != nil {
				return decoded{}, ctx.Err()
			}
			if i == 0 {
				return decoded{failed: err}, nil
			}
			break // what an earlier way gave stands
		}
		v := d.judge(got, w, r.Prompt)
		better := v < worst || v == worst && got.AvgLogProb > best.result.AvgLogProb
		if v == thin && worst == thin {
			better = lettersIn(got.Text) > lettersIn(best.result.Text)
		}
		if i == 0 || better {
			best, worst = decoded{result: got, tokens: tokensFrom(got, w), verdict: v}, v
		}
		// No way helps a window that is too full, and for one that is poor or
		// thin one other way must do.
		if v == fine || v == overfull || worst < echo && i > 0 {
			break
		}
	}
	return best, nil
}

// once asks the engine, and once more when it failed.
func (d *decoder) once(ctx context.Context, r Request) (Result, error) {
	res, err := d.eng.Transcribe(ctx, r)
	if err == nil || ctx.Err() != nil {
		return res, err
	}
	first := err
	if res, err = d.eng.Transcribe(ctx, r); err != nil {
		return Result{}, fmt.Errorf("%w (and before: %w)", err, first)
	}
	return res, nil
}

// judge says what is wrong with a result.
func (d *decoder) judge(r Result, w *window, prompt string) verdict {
	text := r.Text
	if text == "" {
		text = textOf(tokensFrom(r, w))
	}
	switch {
	case repeats(text, len(w.heard)):
		return loops
	case prompt != "" && echoes(text, d.glossary, d.context):
		return echo
	case r.Tokens >= fullTokens:
		return overfull
	case d.pace.thin(text, w):
		return thin
	case r.AvgLogProb < logProbLimit && len(lang.Words(text)) > 0:
		return poor
	}
	return fine
}

// pace is how much text the accepted windows had for their speech. A window
// that the decoder left early stands out against it, whatever the speaker and
// the language.
type pace struct {
	Letters int     `json:"letters"`
	Speech  float64 `json:"speech"` // seconds
}

const (
	paceLeast = 15.0 // seconds of speech from which a pace is known
	paceSlow  = 0.6  // share of it below which text must be missing
	thinLeast = 4.0  // shorter speech may well be slow
	thinWords = 0.5  // words a second that nobody falls below
)

func (p *pace) add(letters int, speech float64) {
	p.Letters += letters
	p.Speech += speech
}

// thin says that a window's text is too little for its speech, which the
// detector is sure of.
func (p *pace) thin(text string, w *window) bool {
	speech := w.speech()
	if speech < thinLeast || w.likelihood() < 0.7 {
		return false
	}
	words := max(len(lang.Words(text)), lettersIn(text)/8) // scripts without blanks
	if float64(words) < thinWords*speech {
		return true
	}
	return p.Speech >= paceLeast && float64(lettersIn(text))/speech < paceSlow*float64(p.Letters)/p.Speech
}

func lettersIn(text string) int {
	n := 0
	for _, r := range text {
		if isTextRune(r) {
			n++
		}
	}
	return n
}
