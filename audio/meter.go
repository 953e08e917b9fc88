package audio

import "math"

// The band that energies are measured in: below it lie mains hum and rumble, above it mostly noise, while speech has
// nearly all of its energy within.
const (
	meterLow  = 150.0  // Hz
	meterHigh = 4000.0 // Hz, or 0.45 of the rate where that is less
)

// biquad is a second-order filter section (R. Bristow-Johnson, Cookbook formulae for audio EQ biquad filter
// coefficients), in transposed direct form II.
type biquad struct{ b0, b1, b2, a1, a2 float64 }

// butterworth returns a low-pass, or high-pass, section at frequency f of rate.
func butterworth(f, rate float64, high bool) biquad {
	w := 2 * math.Pi * f / rate
	cos, alpha := math.Cos(w), math.Sin(w)/math.Sqrt2
	a0 := 1 + alpha
	q := biquad{a1: -2 * cos / a0, a2: (1 - alpha) / a0}
	if high {
		q.b0 = (1 + cos) / 2 / a0
		q.b1 = -(1 + cos) / a0
	} else {
		q.b0 = (1 - cos) / 2 / a0
		q.b1 = (1 - cos) / a0
	}
	q.b2 = q.b0
	return q
}

// meter measures the energy of each channel in the speech band.
type meter struct {
	high, low biquad
	state     [][4]float64 // two of each section, for each channel
}

func newMeter(rate, channels int) *meter {
	r := float64(rate)
	return &meter{
		high:  butterworth(math.Min(meterLow, 0.1*r), r, true),
		low:   butterworth(math.Min(meterHigh, 0.45*r), r, false),
		state: make([][4]float64, channels),
	}
}

// measure writes the RMS of each channel of the interleaved frames.
func (m *meter) measure(rms, frames []float32) {
	n := len(m.state)
	h, l := m.high, m.low
	for c := range m.state {
		s := m.state[c]
		sum := 0.0
		for i := c; i < len(frames); i += n {
			x := float64(frames[i])
			y := h.b0*x + s[0]
			s[0] = h.b1*x - h.a1*y + s[1]
			s[1] = h.b2*x - h.a2*y
			z := l.b0*y + s[2]
			s[2] = l.b1*y - l.a1*z + s[3]
			s[3] = l.b2*y - l.a2*z
			sum += z * z
		}
		for k, v := range s {
			if math.Abs(v) < 1e-30 { // do not compute with denormal numbers on digital silence
				s[k] = 0
			}
		}
		m.state[c] = s
		rms[c] = float32(math.Sqrt(sum / float64(len(frames)/n)))
	}
}
