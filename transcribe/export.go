package transcribe

import (
	"context"
	"strings"

	"bienban/audio"
)

// What package transcribe/live shares with the transcription of files: the
// speech gate, the decoder with all its guards, and the making of segments.
// Positions are samples at SampleRate.

// Heard is a stretch of speech with the detector's mean probability in it.
type Heard struct {
	From, To int64
	P        float64
}

// Gate turns speech probabilities into stretches of speech, as for files.
// Positions count from the first frame that it was given.
type Gate struct{ g gate }

// Push takes the next frame's probability and returns the stretch that ended
// with it, if one did.
func (g *Gate) Push(p float32) (Heard, bool) { return shown(g.g.push(p)) }

// Flush ends the stream and returns the stretch that was going on, if any.
func (g *Gate) Flush() (Heard, bool) { return shown(g.g.flush()) }

// Current is the stretch that is going on; false in silence and while there is
// too little of it to tell.
func (g *Gate) Current() (Heard, bool) {
	h := g.g.openSpan()
	return shown(h, !h.empty())
}

// Open says that something is going on, even when it is too early to call it speech.
func (g *Gate) Open() bool { return g.g.open }

func shown(h heard, ok bool) (Heard, bool) { return Heard{h.from, h.to, h.p}, ok }

// Sound is a window to decode.
type Sound struct {
	From   int64
	PCM    []float32
	Heard  []Heard               // speech in it, in order
	Rows   []audio.ChannelEnergy // how loud each microphone was; nil for one
	Levels *audio.Levels         // what is known of the microphones; nil for one
}

func (s Sound) window() window {
	w := window{span: span{s.From, s.From + int64(len(s.PCM))}, pcm: s.PCM}
	for _, h := range s.Heard {
		in := span{h.From, h.To}.cut(w.span)
		if !in.empty() {
			w.heard = append(w.heard, heard{in, h.P})
		}
	}
	w.turns = turnsOf(w.heard, s.Rows, s.Levels)
	return w
}

// Cover is one entry of a coverage ledger, in samples.
type Cover struct {
	From int64  `json:"from"`
	To   int64  `json:"to"`
	Kind string `json:"kind"` // one of the Covered… constants
	Note string `json:"note,omitempty"`
}

// Decoder decodes windows with the guards, retries and halves of File. It
// keeps no text between windows: the caller says what came before. For one
// goroutine at a time.
type Decoder struct {
	d      decoder
	people map[int][]string
}

// NewDecoder uses Language, Glossary and Channels of o.
func NewDecoder(eng Engine, o Options) *Decoder {
	return &Decoder{
		d:      decoder{eng: eng, language: o.Language, glossary: glossaryOf(o.Glossary, o.Channels)},
		people: o.Channels,
	}
}

// Language is what windows are decoded in; "" = each is heard for itself.
func (d *Decoder) Language() string { return d.d.language }

// SetLanguage changes it for the windows to come.
func (d *Decoder) SetLanguage(code string) { d.d.language = code }

// Decode decodes a window in all the ways that File would try. before is the
// text that came before (TailOf). It fails only when ctx ends; an engine that
// fails twice shows in Decoded.Failed.
func (d *Decoder) Decode(ctx context.Context, s Sound, before string) (Decoded, error) {
	j := job{dec: &d.d}
	d.d.context = before
	parts, err := j.decode(ctx, s.window(), false, nil)
	return Decoded{parts: parts, people: d.people}, err
}

// Glance decodes a window once, in the first of those ways, for text that is
// not to last. An engine that fails gives its error.
func (d *Decoder) Glance(ctx context.Context, s Sound, before string) (Decoded, error) {
	d.d.context = before
	w := s.window()
	r := d.d.first(&w)
	got, err := d.d.eng.Transcribe(ctx, r)
	if err != nil {
		return Decoded{}, err
	}
	text := decoded{result: got, tokens: tokensFrom(got, &w), verdict: d.d.judge(got, &w, r.Prompt)}
	return Decoded{parts: []part{{w, text}}, people: d.people}, nil
}

// Decoded is what was heard in a window.
type Decoded struct {
	parts  []part
	people map[int][]string
}

// Spoken is a word with its place.
type Spoken struct {
	Text     string
	From, To int64
}

// Words lists what was heard, whatever the guards think of it.
func (x Decoded) Words() []Spoken {
	var out []Spoken
	for _, p := range x.parts {
		for _, t := range p.tokens {
			out = append(out, Spoken{t.text, t.span.from, t.span.to})
		}
	}
	return out
}

// Doubtful says that the text is a loop or an echo of the prompt.
func (x Decoded) Doubtful() bool {
	for _, p := range x.parts {
		if p.verdict >= echo {
			return true
		}
	}
	return false
}

// Failed is the engine's error where it gave nothing.
func (x Decoded) Failed() error {
	for _, p := range x.parts {
		if p.failed != nil {
			return p.failed
		}
	}
	return nil
}

// Evidence is what there is for somebody having spoken in a window.
type Evidence struct {
	Speech     float64 // seconds that the detector called speech
	Likelihood float64 // its mean probability there
	NoSpeech   float64 // the engine's probability that nobody spoke
	AvgLogProb float64 // its score of the text
}

// Evidence of the window's first part, which is mostly all of it.
func (x Decoded) Evidence() Evidence {
	if len(x.parts) == 0 {
		return Evidence{}
	}
	p := &x.parts[0]
	return Evidence{p.speech(), p.likelihood(), p.result.NoSpeech, p.result.AvgLogProb}
}

// Language is what the engine heard most words in.
func (x Decoded) Language() string {
	best, most := "", -1
	for _, p := range x.parts {
		if n := len(p.tokens); p.failed == nil && n > most {
			best, most = p.result.Language, n
		}
	}
	return best
}

// Cut keeps the first n words and the sound before to.
func (x Decoded) Cut(n int, to int64) Decoded {
	out := Decoded{people: x.people}
	for _, p := range x.parts {
		if p.from >= to {
			break
		}
		if p.to > to {
			p.pcm = p.pcm[:to-p.from]
			p.to = to
			p.heard, p.turns = heardIn(p.heard, p.span), turnsIn(p.turns, p.span)
		}
		k := min(n, len(p.tokens))
		tokens := append([]token(nil), p.tokens[:k]...)
		for i := range tokens {
			tokens[i].span = tokens[i].span.cut(p.span)
			tokens[i].span.to = max(tokens[i].span.to, tokens[i].span.from)
		}
		p.tokens = tokens
		n -= k
		out.parts = append(out.parts, p)
	}
	return out
}

// Segments gives the window's segments, guarded, and the places of its speech
// in the ledger, in order; what lies between these is not speech.
func (x Decoded) Segments() ([]Segment, []Cover) {
	var segs []Segment
	var covers []Cover
	for i := range x.parts {
		p := &x.parts[i]
		e := evidence{
			spans:    len(p.heard),
			noSpeech: p.result.NoSpeech, avgLogProb: p.result.AvgLogProb,
		}
		placed := segmentsOf(guard(p.tokens, e), &p.window, p.turns, x.people)
		note := noText
		if p.failed != nil {
			note = engineFailed
		}
		silent := p.failed == nil && len(placed) == 0 && e.noSpeech > noSpeechLimit
		for _, m := range marksOf(&p.window, placed, silent, note) {
			covers = append(covers, Cover(m))
		}
		for _, s := range placed {
			segs = append(segs, s.Segment)
		}
	}
	return segs, covers
}

// TailOf is the end of text for a prompt: at most so many words, and no more
// tokens than a prompt has room for beside a glossary.
func TailOf(text string, words int) string {
	all := strings.Fields(text)
	from := max(0, len(all)-words)
	for from < len(all) && tokensOf(strings.Join(all[from:], " ")) > contextTokens {
		from++
	}
	return strings.Join(all[from:], " ")
}
