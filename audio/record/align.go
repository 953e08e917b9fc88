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

// find looks for here[from:to] in there at lags between least and most.
func find(here, there envelope, from, to, least, most int) match {
	best := match{score: -1}
	from, to = max(0, from), min(to, len(here))
	scores := map[int]float64{}
	for lag := least; lag <= most; lag++ {
		s := correlate(here, there, from, to, lag)
		if s > best.score {
			best = match{float64(lag), s}
		}
		scores[lag] = s
	}
	// A parabola through the peak and its neighbours.
	l := int(best.lag)
	a, okA := scores[l-1]
	b, okB := scores[l+1]
	if d := a - 2*best.score + b; okA && okB && d < 0 && a > -1 && b > -1 {
		best.lag += (a - b) / (2 * d)
	}
	return best
}

// correlate is the correlation of here[from:to] with what lies lag earlier in there, -1 when too little is common.
func correlate(here, there envelope, from, to, lag int) float64 {
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
	if n < alignLeast {
		return -1
	}
	vx, vy := sxx-sx*sx/n, syy-sy*sy/n
	if vx <= n || vy <= n { // a deviation of less than 1 dB is noise
		return -1
	}
	return (sxy - sx*sy/n) / math.Sqrt(vx*vy)
}

// global finds the lag that most windows agree on, between least and most.
func global(here, there envelope, least, most int) (match, bool) {
	var all []match
	step := max(alignWindow, len(here)/alignWindows)
	for from := 0; from < len(here); from += step {
		to := min(from+alignWindow, len(here))
		if to+0 < least || from > len(there)+most {
			continue
		}
		if m := find(here, there, from, to, least, most); m.score >= alignScore {
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
