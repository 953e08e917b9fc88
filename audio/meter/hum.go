package meter

import "math"

// Constants of finding hum.
const (
	// humShare is the part of a second's power that mains frequency and harmonics must have to be noticed: most of
	// what is heard between words.
	humShare = 0.5
	// humLeast is the level in full scale below which hum disturbs nobody: -65 dBFS.
	humLeast = 0.00056
	// humHold: hum that was noticed stays while its tone has at least this part of its level then, although somebody
	// speaks over it.
	humHold = 0.5
	// humRate is the rate in Hz at least kept for looking for it, far above the third harmonic.
	humRate   = 1000
	harmonics = 3
)

var mainsHz = [2]int{50, 60}

// tone is a mains frequency found in a channel.
type tone struct {
	hz  int
	rms float64
}

// mains looks for mains frequencies by correlating the last second, thinned out, with each of them and two harmonics.
// A second resolves 1 Hz: voices do not stand still for that long.
type mains struct {
	rate, channels int
	thin           int // frames that become one by their mean
	at             int64
	have           int
	mean           []float64   // of each channel, of the frames so far
	wave           []complex64 // one turn in rate steps
	ch             []humState
	slot, filled   int
}

type humState struct {
	now    [2][harmonics]complex128
	past   [Rate][2][harmonics]complex128
	count  [Rate]float64
	sum    [Rate]float64
	square [Rate]float64
	found  tone
}

func newMains(rate, channels int) *mains {
	m := &mains{rate: rate, channels: channels, thin: max(1, rate/humRate), mean: make([]float64, channels),
		wave: make([]complex64, rate), ch: make([]humState, channels)}
	// So that a tenth of a second holds a whole number of them, where the rate allows it.
	for d := m.thin; d > m.thin/2 && d > 0; d-- {
		if rate%(Rate*d) == 0 {
			m.thin = d
			break
		}
	}
	for i := range m.wave {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(rate))
		m.wave[i] = complex(float32(c), float32(s))
	}
	return m
}

func (m *mains) add(frames []float32) {
	for len(frames) > 0 {
		for c := range m.mean {
			if v := float64(frames[c]); !math.IsNaN(v) && !math.IsInf(v, 0) {
				m.mean[c] += v
			}
		}
		frames = frames[m.channels:]
		if m.have++; m.have == m.thin {
			m.turn()
		}
	}
}

// turn takes the mean of a few frames of each channel as one sample.
func (m *mains) turn() {
	var w [2][harmonics]complex128
	for i, hz := range mainsHz {
		for h := range harmonics {
			w[i][h] = complex128(m.wave[int64(hz*(h+1))*m.at%int64(m.rate)])
		}
	}
	for c := range m.ch {
		v := m.mean[c] / float64(m.have)
		m.mean[c] = 0
		s := &m.ch[c]
		s.count[m.slot]++
		s.sum[m.slot] += v
		s.square[m.slot] += v * v
		for i := range w {
			for h := range w[i] {
				s.now[i][h] += complex(v, 0) * w[i][h]
			}
		}
	}
	m.at += int64(m.have)
	m.have = 0
}

// take ends a tenth of a second and tells what stands out in the last whole second.
func (m *mains) take() []tone {
	out := make([]tone, m.channels)
	m.filled = min(m.filled+1, Rate)
	for c := range m.ch {
		s := &m.ch[c]
		s.past[m.slot], s.now = s.now, [2][harmonics]complex128{}
		if m.filled == Rate {
			s.judge()
		}
		out[c] = s.found
		next := (m.slot + 1) % Rate
		s.count[next], s.sum[next], s.square[next] = 0, 0, 0
	}
	m.slot = (m.slot + 1) % Rate
	return out
}

func (s *humState) judge() {
	var n, sum, square float64
	for i := range s.count {
		n, sum, square = n+s.count[i], sum+s.sum[i], square+s.square[i]
	}
	if n == 0 {
		return
	}
	all := max(0, square/n-sum/n*sum/n)
	best := tone{}
	held := 0.0
	for i, hz := range mainsHz {
		power, low := 0.0, 0.0
		for h := range harmonics {
			var z complex128
			for k := range s.past {
				z += s.past[k][i][h]
			}
			p := 2 * (real(z)*real(z) + imag(z)*imag(z)) / (n * n)
			power += p
			if h < 2 {
				low += p
			}
		}
		if low < power/2 { // the third harmonic alone is somebody's tone
			power = low
		}
		rms := math.Sqrt(power)
		if power >= humShare*all && rms >= humLeast && rms > best.rms {
			best = tone{hz, rms}
		}
		if hz == s.found.hz {
			held = rms
		}
	}
	switch {
	case best.hz > 0:
		s.found = best
	case held < humHold*s.found.rms || held < humLeast:
		s.found = tone{}
	}
}
