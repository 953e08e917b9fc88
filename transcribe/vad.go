package transcribe

// span is a stretch of samples, from its first to before its last.
type span struct{ from, to int64 }

func (s span) len() int64      { return s.to - s.from }
func (s span) empty() bool     { return s.to <= s.from }
func (s span) mid() int64      { return s.from + s.len()/2 }
func (s span) sec() float64    { return float64(s.len()) / SampleRate }
func (s span) cut(o span) span { return span{max(s.from, o.from), min(s.to, o.to)} }

// seconds converts a sample position. Positions stay integers until here, so
// that nothing drifts (docs/design.md section 1, invariant 1).
func seconds(n int64) float64 { return float64(n) / SampleRate }

// samples is the whole number of samples in a constant duration.
func samples(sec float64) int64 { return int64(sec * SampleRate) }

// Thresholds of the speech gate. 0.5 and 0.35 are Silero's own defaults
// (threshold and threshold-0.15).
const (
	speechOn  = 0.5
	speechOff = 0.35
	// gateHang is how long the probability must stay low before a stretch
	// ends: shorter dips are stops inside words.
	gateHang = 4 // frames, 128 ms
	// gateMin is the shortest stretch that counts. "Có" and "aye" last 0.2 s;
	// clicks are shorter.
	gateMin = 3 // frames, 96 ms
	// gateDoubt is how long a stretch may stay between the thresholds without
	// reaching gateMin: music does for minutes.
	gateDoubt = 32 // frames, 1 s
)

// silenceRMS is the level under which there is nothing to decode whatever the
// detector says: -80 dB of full scale, below the noise of any 16-bit chain.
const silenceRMS = 1e-4

// gate turns a stream of speech probabilities into stretches of speech. It
// keeps no audio and looks no further back than the hang, so the live path
// can use it as it is.
type gate struct {
	frame int64 // frames seen
	open  bool
	from  int64 // first frame of the open stretch
	low   int64 // frames below speechOff at its end
	high  int64 // frames at or above speechOn in it
	sum   float64
}

// heard is a stretch of speech with the detector's mean probability in it.
type heard struct {
	span
	p float64
}

// push takes the next frame's probability and returns the stretch that ended
// with it, if one did.
func (g *gate) push(p float32) (heard, bool) {
	g.frame++
	switch {
	case !g.open && p >= speechOn:
		g.open, g.from, g.low, g.high, g.sum = true, g.frame-1, 0, 1, float64(p)
	case !g.open:
	case p < speechOff:
		g.low++
		g.sum += float64(p)
		if g.low >= gateHang {
			return g.close()
		}
	default:
		g.low = 0
		g.sum += float64(p)
		if p >= speechOn {
			g.high++
		}
		if g.high < gateMin && g.frame-g.from > gateDoubt {
			g.open = false
		}
	}
	return heard{}, false
}

// flush ends the stream and returns the open stretch, if there is one.
func (g *gate) flush() (heard, bool) {
	if !g.open {
		return heard{}, false
	}
	return g.close()
}

func (g *gate) close() (heard, bool) {
	g.open = false
	if g.high < gateMin {
		return heard{}, false
	}
	to := g.frame - g.low
	return heard{
		span: span{g.from * DetectorFrame, to * DetectorFrame},
		p:    g.sum / float64(g.frame-g.from),
	}, true
}

// openSpan is the stretch that is going on, up to now; empty when there is
// silence or too little yet to tell.
func (g *gate) openSpan() heard {
	if !g.open || g.high < gateMin {
		return heard{}
	}
	to := g.frame - g.low
	return heard{
		span: span{g.from * DetectorFrame, to * DetectorFrame},
		p:    g.sum / float64(g.frame-g.from),
	}
}
