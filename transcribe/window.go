package transcribe

import (
	"math"

	"bienban/audio"
)

// limits says how long windows may be. They are in samples.
type limits struct {
	max int64 // longest window
	min int64 // a window is cut at a pause no earlier than this, when there is one later
	gap int64 // a pause at least this long always ends a window
	pad int64 // sound kept before and after speech
}

// fileLimits are the windows of a whole file. The figures behind them are in
// docs/design.md section 4 and in the comments of each.
func fileLimits() limits {
	return limits{
		max: samples(28),  // Whisper's own window is 30 s; two are left for what the padding adds
		min: samples(10),  // shorter windows lose the context that makes base right
		gap: samples(3),   // encoding three silent seconds costs more than a window's fixed part
		pad: samples(0.2), // half of the shortest pause between turns: windows never overlap
	}
}

// window is a stretch of sound to decode: what the detector heard in it, and
// how loud each microphone was.
type window struct {
	span
	pcm   []float32
	heard []heard // in order, within span
	rows  []audio.ChannelEnergy
	turns []turn // who spoke when, from rows
	cut   bool   // it begins in the middle of speech, where no pause was
}

// speech is how much of the window is speech.
func (w *window) speech() float64 {
	var s float64
	for _, h := range w.heard {
		s += h.sec()
	}
	return s
}

// likelihood is the detector's mean probability over the window's speech.
func (w *window) likelihood() float64 {
	var sum, n float64
	for _, h := range w.heard {
		sum += h.p * h.sec()
		n += h.sec()
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// halfLeast is the shortest half: Whisper is wrong about shorter windows more often.
const halfLeast = 4 * SampleRate

// halve cuts a window in its middle half: at the longest pause, else where it
// is quietest. It says no when the halves would be too short to be right.
func halve(w window) (a, b window, ok bool) {
	if w.len() < 2*halfLeast {
		return w, w, false
	}
	middle := span{w.from + w.len()/4, w.to - w.len()/4}
	cut, gap := quietest(w, middle), int64(0)
	for i := 1; i < len(w.heard); i++ {
		g := span{w.heard[i-1].to, w.heard[i].from}
		if mid := g.mid(); g.len() > gap && mid >= middle.from && mid < middle.to {
			cut, gap = mid, g.len()
		}
	}
	a, b = w, w
	a.to, b.from = cut, cut
	a.pcm, b.pcm = w.pcm[:cut-w.from], w.pcm[cut-w.from:]
	a.heard, b.heard = heardIn(w.heard, a.span), heardIn(w.heard, b.span)
	a.turns, b.turns = turnsIn(w.turns, a.span), turnsIn(w.turns, b.span)
	return a, b, true
}

// quietest is the middle of the frame within s that has the least energy.
func quietest(w window, s span) int64 {
	at, least := s.mid(), math.Inf(1)
	for from := s.from; from+DetectorFrame <= s.to; from += DetectorFrame {
		var sum float64
		for _, v := range w.pcm[from-w.from : from-w.from+DetectorFrame] {
			sum += float64(v) * float64(v)
		}
		if sum < least {
			at, least = from+DetectorFrame/2, sum
		}
	}
	return at
}

func heardIn(hs []heard, s span) []heard {
	var out []heard
	for _, h := range hs {
		if h.span = h.cut(s); !h.empty() {
			out = append(out, h)
		}
	}
	return out
}

func turnsIn(ts []turn, s span) []turn {
	var out []turn
	for _, t := range ts {
		if t.span = t.cut(s); !t.empty() {
			out = append(out, t)
		}
	}
	return out
}

// packer packs a stream of sound into windows at pauses. It holds at most one
// window's sound and the detector's lag, whatever the length of the stream.
type packer struct {
	lim  limits
	gate gate

	base   int64 // position of pcm[0]
	pcm    []float32
	rows   []audio.ChannelEnergy
	probs  []float32 // of whole frames, from frame probs0
	probs0 int64

	done    int64   // everything before is in a window or is silence
	pending []heard // closed stretches not yet in a window
	cut     bool    // the last window ended in the middle of speech
}

func newPacker(lim limits) *packer { return &packer{lim: lim} }

// push takes the next samples, the probabilities of the frames that they
// complete and the channels' energies, and returns the windows that are full.
func (p *packer) push(pcm []float32, probs []float32, rows []audio.ChannelEnergy) []window {
	p.pcm = append(p.pcm, pcm...)
	p.rows = append(p.rows, rows...)
	p.probs = append(p.probs, probs...)
	var out []window
	for _, prob := range probs {
		if h, ok := p.gate.push(prob); ok {
			p.add(h)
		}
		out = append(out, p.due()...)
	}
	p.forget()
	return out
}

// flush ends the stream.
func (p *packer) flush() []window {
	if h, ok := p.gate.flush(); ok {
		p.add(h)
	}
	if len(p.pending) == 0 {
		return nil
	}
	return []window{p.emit(len(p.pending), p.end())}
}

// end is the position after the last sample.
func (p *packer) end() int64 { return p.base + int64(len(p.pcm)) }

// now is the position up to which the detector has listened.
func (p *packer) now() int64 { return p.gate.frame * DetectorFrame }

// add queues a closed stretch of speech, less what a window has already.
func (p *packer) add(h heard) {
	h.from = max(h.from, p.done)
	if h.empty() || p.rms(h.span) < silenceRMS {
		return
	}
	p.pending = append(p.pending, h)
}

// start is where the next window would begin.
func (p *packer) start(first span) int64 { return max(first.from-p.lim.pad, p.done) }

// due returns the windows that must be cut now.
func (p *packer) due() []window {
	open := p.gate.openSpan()
	open.from = max(open.from, p.done)
	if len(p.pending) == 0 {
		if open.empty() || p.now()-p.start(open.span) < p.lim.max {
			return nil
		}
		return []window{p.breakSpeech(open)}
	}
	last := p.pending[len(p.pending)-1]
	if !p.gate.open && p.now()-last.to >= p.lim.gap {
		return []window{p.emit(len(p.pending), p.now())}
	}
	if p.now()-p.start(p.pending[0].span) < p.lim.max {
		return nil
	}
	if n := p.bestPause(open); n > 0 {
		next := p.now()
		if n < len(p.pending) {
			next = p.pending[n].from
		} else if !open.empty() {
			next = open.from
		}
		return []window{p.emit(n, next)}
	}
	return []window{p.breakSpeech(open)}
}

// bestPause is how many pending stretches the next window takes: up to the
// longest pause, where a later one counts more, since a window should be full.
// 0 means that there is no pause worth cutting at.
func (p *packer) bestPause(open heard) int {
	start := p.start(p.pending[0].span)
	best, at := 0.0, 0
	for i := range p.pending {
		to := p.now()
		if i+1 < len(p.pending) {
			to = p.pending[i+1].from
		} else if !open.empty() {
			to = open.from
		}
		fill := p.pending[i].to - start
		if fill < p.lim.min && at > 0 {
			continue
		}
		pause := min(float64(to-p.pending[i].to)/SampleRate, 1)
		weight := math.Min(1, float64(fill)/float64(p.lim.min))
		if score := pause * weight * (0.5 + float64(fill)/float64(p.lim.max)); score >= best {
			best, at = score, i+1
		}
	}
	return at
}

// emit cuts a window of the first n pending stretches; next is where what
// follows may begin, so the padding does not reach into it.
func (p *packer) emit(n int, next int64) window {
	taken := p.pending[:n]
	from := p.start(taken[0].span)
	last := taken[n-1].to
	to := min(last+p.lim.pad, p.end())
	if next > last {
		to = min(to, last+(next-last+1)/2)
	}
	w := p.take(span{from, max(to, last)}, taken)
	p.pending = append([]heard(nil), p.pending[n:]...)
	p.cut = false
	return w
}

// breakSpeech cuts speech that has no pause: where the detector was least
// sure in the last quarter of the window.
func (p *packer) breakSpeech(open heard) window {
	all := p.pending
	if !open.empty() {
		all = append(append([]heard(nil), p.pending...), open)
	}
	start := p.start(all[0].span)
	lo, hi := (start+p.lim.max*3/4)/DetectorFrame, min(p.now(), start+p.lim.max)/DetectorFrame
	at, low := hi, float32(2)
	for f := max(lo, p.probs0); f < hi; f++ {
		if v := p.probs[f-p.probs0]; v <= low {
			at, low = f, v
		}
	}
	cut := at*DetectorFrame + DetectorFrame/2
	var in, rest []heard
	for _, h := range all {
		if a := (heard{h.cut(span{0, cut}), h.p}); !a.empty() {
			in = append(in, a)
		}
		if h.to > cut && h.to <= open.from {
			rest = append(rest, heard{h.cut(span{cut, h.to}), h.p})
		}
	}
	w := p.take(span{start, cut}, in)
	p.pending = rest
	p.cut = true
	return w
}

// take copies a window's sound out of the buffer.
func (p *packer) take(s span, in []heard) window {
	w := window{span: s, cut: p.cut, heard: append([]heard(nil), in...)}
	w.pcm = append([]float32(nil), p.pcm[s.from-p.base:s.to-p.base]...)
	for _, r := range p.rows {
		if r.Start >= s.from && r.Start < s.to {
			w.rows = append(w.rows, r)
		}
	}
	p.done = s.to
	return w
}

// forget drops sound that no window can need any more.
func (p *packer) forget() {
	keep := p.now() - p.lim.pad
	if p.gate.open {
		keep = p.gate.from*DetectorFrame - p.lim.pad
	}
	if len(p.pending) > 0 {
		keep = p.pending[0].from - p.lim.pad
	}
	keep = max(min(keep, p.end()), p.done, p.base)
	if drop := keep - p.base; drop >= samples(1) {
		p.pcm = append([]float32(nil), p.pcm[drop:]...)
		p.base = keep
		i := 0
		for i < len(p.rows) && p.rows[i].Start < keep {
			i++
		}
		p.rows = append([]audio.ChannelEnergy(nil), p.rows[i:]...)
		if f := keep / DetectorFrame; f > p.probs0 {
			p.probs = append([]float32(nil), p.probs[f-p.probs0:]...)
			p.probs0 = f
		}
	}
}

// rms is the level of a stretch in the buffer.
func (p *packer) rms(s span) float64 {
	s = s.cut(span{p.base, p.end()})
	if s.empty() {
		return 0
	}
	var sum float64
	for _, v := range p.pcm[s.from-p.base : s.to-p.base] {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(s.len()))
}
