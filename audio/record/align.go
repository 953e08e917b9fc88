package record

import (
	"context"
	"errors"
	"io"
	"math"
	"sort"

	"bienban/audio"
)

// Constants of aligning two recordings of one hall by how their loudness moves.
const (
	hopsPerSecond = 100 // one value of the envelope every 10 ms; peaks are interpolated between them
	alignWindow   = 30 * hopsPerSecond
	alignLeast    = 5 * hopsPerSecond // of common audio, for a comparison to mean anything
	// alignScore is the correlation from which two windows are taken for the same sounds. Windows of other speech
	// stay below 0.35 (TestOtherSpeechIsNotTakenForTheSame).
	alignScore   = 0.5
	alignWindows = 8
	localRadius  = 15 * hopsPerSecond // how far a gap's estimate may be off
)

// envelope is the loudness of a recording in steps of 10 ms, NaN where there is no audio.
type envelope []float32

// envelopeOf reads a source to its end. valid says which frames count, nil for all.
func envelopeOf(ctx context.Context, src audio.Source, valid func(from, to int64) bool) (envelope, error) {
	f := src.Format()
	buf := make([]float32, 4096*f.Channels)
	var env envelope
	var sum, last float64
	var pos, begun int64
	for {
		n, err := src.Read(ctx, buf)
		for i := range n {
			var x float64
			for c := range f.Channels {
				x += float64(buf[i*f.Channels+c])
			}
			x /= float64(f.Channels)
			if math.IsNaN(x) || math.IsInf(x, 0) {
				x = 0
			}
			d := x - 0.95*last // voices rather than rumble: a phone hears little below 200 Hz
			last = x
			sum += d * d
			pos++
			if next := int64(len(env)+1) * int64(f.Rate) / hopsPerSecond; pos == next {
				v := float32(10 * math.Log10(sum/float64(max(1, pos-begun))+1e-12))
				if valid != nil && !valid(begun, pos) {
					v = float32(math.NaN())
				}
				env = append(env, v)
				sum, begun = 0, pos
			}
		}
		if err != nil {
			var damaged *audio.DamageError
			if errors.Is(err, io.EOF) || errors.As(err, &damaged) {
				return env.floored(), nil
			}
			return nil, err
		}
	}
}

// floored lifts all that is quieter than the noise to it, so that how quiet a pause is does not matter.
func (e envelope) floored() envelope {
	var all []float64
	for _, v := range e {
		if v == v {
			all = append(all, float64(v))
		}
	}
	if len(all) == 0 {
		return e
	}
	sort.Float64s(all)
	floor := float32(max(all[len(all)/10]+3, all[len(all)*95/100]-40))
	for i, v := range e {
		if v == v && v < floor {
			e[i] = floor
		}
	}
	return e
}

// match is where a window of one envelope lies in another.
type match struct {
	lag   float64 // hops by which the other's time is earlier: here = there + lag
	score float64 // correlation, up to 1
}

// pair is two envelopes to be aligned, and both in steps of 50 ms for a first look.
type pair struct {
	here, there             envelope
	coarseHere, coarseThere envelope
}

// coarse is how many hops a step of the first look has. Loudness moves with syllables, about 5 a second, so a peak
// of the correlation is wider than it.
const coarse = 5

func pairOf(here, there envelope) *pair {
	return &pair{here, there, here.thinned(), there.thinned()}
}

// thinned is the mean of each coarse hops.
func (e envelope) thinned() envelope {
	out := make(envelope, 0, len(e)/coarse)
	for ; len(e) >= coarse; e = e[coarse:] {
		var sum float32
		for _, v := range e[:coarse] {
			sum += v // NaN stays NaN
		}
		out = append(out, sum/coarse)
	}
	return out
}

// find looks for here[from:to] in there at lags between least and most.
func (p *pair) find(from, to, least, most int) match {
	if most-least > 20*coarse {
		m := best(p.coarseHere, p.coarseThere, from/coarse, to/coarse, floorDiv(least, coarse), floorDiv(most, coarse)+1, alignLeast/coarse)
		if m.score < 0 {
			return m
		}
		mid := int(math.Round(m.lag * coarse))
		least, most = max(least, mid-2*coarse), min(most, mid+2*coarse)
	}
	return best(p.here, p.there, from, to, least, most, alignLeast)
}

func floorDiv(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }

// best is the lag at which here[from:to] is most like there, with at least that many common steps.
func best(here, there envelope, from, to, least, most, common int) match {
	m := match{score: -1}
	from, to = max(0, from), min(to, len(here))
	at := func(lag int) float64 { return correlate(here, there, from, to, lag, common) }
	for lag := least; lag <= most; lag++ {
		if s := at(lag); s > m.score {
			m = match{float64(lag), s}
		}
	}
	// A parabola through the peak and its neighbours.
	a, b := at(int(m.lag)-1), at(int(m.lag)+1)
	if d := a - 2*m.score + b; d < 0 && a > -1 && b > -1 {
		m.lag += max(-0.5, min(0.5, (a-b)/(2*d)))
	}
	return m
}

// correlate is the correlation of here[from:to] with what lies lag earlier in there, -1 when too little is common.
func correlate(here, there envelope, from, to, lag, common int) float64 {
	from, to = max(from, lag), min(to, len(there)+lag)
	var n, sx, sy, sxx, syy, sxy float64
	for i := from; i < to; i++ {
		x, y := float64(here[i]), float64(there[i-lag])
		if x != x || y != y {
			continue
		}
		n++
		sx, sy, sxx, syy, sxy = sx+x, sy+y, sxx+x*x, syy+y*y, sxy+x*y
	}
	if n < float64(common) {
		return -1
	}
	vx, vy := sxx-sx*sx/n, syy-sy*sy/n
	if vx <= n || vy <= n { // a deviation of less than 1 dB is noise
		return -1
	}
	return (sxy - sx*sy/n) / math.Sqrt(vx*vy)
}

// global finds the lag that most windows agree on, between least and most.
func (p *pair) global(least, most int) (match, bool) {
	var all []match
	here, there := p.here, p.there
	step := max(alignWindow, len(here)/alignWindows)
	for from := 0; from < len(here); from += step {
		to := min(from+alignWindow, len(here))
		if to < least || from > len(there)+most {
			continue
		}
		if m := p.find(from, to, least, most); m.score >= alignScore {
			all = append(all, m)
		}
	}
	best, weight := match{}, 0.0
	for _, m := range all {
		w := 0.0
		for _, o := range all {
			if math.Abs(o.lag-m.lag) <= localRadius {
				w += o.score
			}
		}
		if w > weight || w == weight && m.score > best.score {
			best, weight = m, w
		}
	}
	return best, weight > 0
}
