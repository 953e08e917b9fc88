package audio

import (
	"fmt"
	"math"
)

// Design of the anti-aliasing filter. Kaiser's formulas (Oppenheim and Schafer, Discrete-Time Signal Processing,
// section 7.6) give the window and the length for an attenuation and a transition band.
const (
	stopBandDB = 96.0 // designed; measured better than 90 dB (TestResamplerStopBand)
	passBand   = 0.90 // of the lower Nyquist frequency: 7.2 kHz of 8 when going to 16 kHz
	// maxTable bounds the filter's table in taps. Rates with a large reduced ratio (44,099 to 16,000 Hz has 16,000
	// phases) use a table of interpolatedPhases instead, and interpolate between neighbours.
	maxTable = 1 << 18
	// interpolatedPhases: linear interpolation between P phases errs by at most (π/P)²/8 of full scale at the
	// highest frequency: -106 dB for 512.
	interpolatedPhases = 512
)

// Resampler changes the sample rate of interleaved audio with a polyphase windowed-sinc filter. It streams, has no
// net delay (output frame k is the input at time k*from/to) and turns n frames into round(n*to/from). Its result does
// not depend on how the input is cut into calls. For one goroutine at a time.
type Resampler struct {
	from, to int // reduced to lowest terms
	channels int
	taps     int       // of each phase, even
	phases   int       // rows in table
	exact    bool      // a row for each phase; else rows are interpolated and there is one more
	table    []float32 // phases (+1) rows of taps, in the order of the input

	hist [][]float32 // input of each channel from frame base on
	base int64       // frame of hist[c][0]; starts at 1-taps/2, in front of the signal
	in   int64       // frames taken so far
	out  int64       // frames given so far
	row  []float32   // an interpolated row
}

// NewResampler returns a resampler between two rates in Hz.
func NewResampler(from, to, channels int) (*Resampler, error) {
	if from < MinRate || from > MaxRate || to < MinRate || to > MaxRate {
		return nil, fmt.Errorf("resample: rates of %d to %d Hz, not within %d to %d", from, to, MinRate, MaxRate)
	}
	if channels < 1 || channels > MaxChannels {
		return nil, fmt.Errorf("resample: %d channels, not 1 to %d", channels, MaxChannels)
	}
	g := gcd(from, to)
	r := &Resampler{from: from / g, to: to / g, channels: channels}
	if from == to {
		return r, nil
	}
	r.design()
	r.hist = make([][]float32, channels)
	r.base = int64(1 - r.taps/2)
	for c := range r.hist {
		r.hist[c] = make([]float32, r.taps/2-1)
	}
	return r, nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// design fills the table. Frequencies are in cycles per input sample.
func (r *Resampler) design() {
	nyquist := 0.5 * math.Min(1, float64(r.to)/float64(r.from))
	width := (1 - passBand) * nyquist
	cutoff := nyquist - width/2
	beta := 0.1102 * (stopBandDB - 8.7)
	length := (stopBandDB - 7.95) / (2.285 * 2 * math.Pi * width)
	r.taps = 2 * int(math.Ceil(length/2))
	r.phases, r.exact = r.to, true
	rows := r.phases
	if r.to*r.taps > maxTable {
		r.phases, r.exact = interpolatedPhases, false
		rows = r.phases + 1
		r.row = make([]float32, r.taps)
	}
	r.table = make([]float32, rows*r.taps)
	half := float64(r.taps) / 2
	norm := 1 / bessel0(beta)
	kernel := make([]float64, r.taps)
	for p := range rows {
		frac := float64(p) / float64(r.phases)
		sum := 0.0
		for t := range kernel {
			// The tap at t weighs the input frame t-taps/2+1 from the whole part of the output's position.
			x := float64(t-r.taps/2+1) - frac
			w := 1 - (x/half)*(x/half)
			kernel[t] = 0
			if w >= 0 {
				kernel[t] = 2 * cutoff * sinc(2*cutoff*x) * bessel0(beta*math.Sqrt(w)) * norm
			}
			sum += kernel[t]
		}
		for t, v := range kernel {
			r.table[p*r.taps+t] = float32(v / sum) // each phase passes DC exactly, so no phase tone is made
		}
	}
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel0 is the modified Bessel function of the first kind and order 0, by its power series.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= (x / (2 * k)) * (x / (2 * k))
		sum += term
	}
	return sum
}

// Process takes whole interleaved frames and appends to dst what they complete. It returns the longer dst.
func (r *Resampler) Process(dst, src []float32) []float32 {
	if r.taps == 0 {
		return append(dst, src...)
	}
	frames := len(src) / r.channels
	for c := range r.hist {
		h := r.hist[c]
		if r.channels == 1 {
			h = append(h, src[:frames]...)
		} else {
			for i := c; i < frames*r.channels; i += r.channels {
				h = append(h, src[i])
			}
		}
		r.hist[c] = h
	}
	r.in += int64(frames)
	return r.run(dst, math.MaxInt64)
}

// Flush appends the rest of the output, as if silence followed the input, and makes the resampler ready for another
// signal.
func (r *Resampler) Flush(dst []float32) []float32 {
	if r.taps == 0 {
		return dst
	}
	total := resampledLen(r.in, r.from, r.to)
	for c := range r.hist {
		r.hist[c] = append(r.hist[c], make([]float32, r.taps+r.from/r.to+1)...)
	}
	dst = r.run(dst, total)
	for c := range r.hist {
		h := r.hist[c][:r.taps/2-1]
		clear(h)
		r.hist[c] = h
	}
	r.base, r.in, r.out = int64(1-r.taps/2), 0, 0
	return dst
}

// run gives the output frames below limit for which all input is there, and forgets input that is no longer needed.
func (r *Resampler) run(dst []float32, limit int64) []float32 {
	have := r.base + int64(len(r.hist[0])) // input frames before this one are there
	half := int64(r.taps / 2)
	pos, rem := mulDivRem(r.out, int64(r.from), int64(r.to)) // input position of the next output
	for r.out < limit && pos+half < have {
		row := r.at(int(rem))
		from := int(pos + 1 - half - r.base)
		for c := range r.hist {
			dst = append(dst, dot(r.hist[c][from:from+r.taps], row))
		}
		r.out++
		rem += int64(r.from)
		pos += rem / int64(r.to)
		rem %= int64(r.to)
	}
	if keep := pos + 1 - half; keep > r.base {
		n := min(int(keep-r.base), len(r.hist[0]))
		for c := range r.hist {
			r.hist[c] = r.hist[c][:copy(r.hist[c], r.hist[c][n:])]
		}
		r.base += int64(n)
	}
	return dst
}

// at returns the filter for the fraction rem/to of an input sample.
func (r *Resampler) at(rem int) []float32 {
	if r.exact {
		return r.table[rem*r.taps:][:r.taps]
	}
	x := float64(rem) * float64(r.phases) / float64(r.to)
	p := int(x)
	w := float32(x - float64(p))
	lo, hi := r.table[p*r.taps:][:r.taps], r.table[(p+1)*r.taps:][:r.taps]
	for t := range r.row {
		r.row[t] = lo[t] + w*(hi[t]-lo[t])
	}
	return r.row
}

// dot is the inner loop: eight sums side by side keep the adders busy, and fix the order of addition.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for len(a) >= 8 && len(b) >= 8 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		s4 += a[4] * b[4]
		s5 += a[5] * b[5]
		s6 += a[6] * b[6]
		s7 += a[7] * b[7]
		a, b = a[8:], b[8:]
	}
	for i := range a {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3) + ((s4 + s5) + (s6 + s7))
}
