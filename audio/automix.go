package audio

import "math"

// Times of the automixer, in hops of 10 ms.
const (
	// mixAhead: a channel opens this long before its level rises, so that no first sound is lost.
	mixAhead = 8
	// mixAttack and mixRelease smooth levels upwards within a hop or two and downwards over some 200 ms, longer
	// than the gaps within a word.
	mixAttack  = 0.6
	mixRelease = 0.05
	// floorBucket: the noise floor is the least level of the last one to two buckets of 2 s. Speech always pauses
	// within that time; a hum that starts is known for what it is within 4 s.
	floorBucket = 200
	floorSmooth = 0.2 // of the level whose least value is the floor: 50 ms
	// mixOverFloor is the factor of power by which a level must rise above its floor to count: 6 dB, as the least
	// level of steady noise lies about 3 dB below its mean.
	mixOverFloor = 4
	mixSilence   = 1e-9 // power (-90 dB) that is no signal whatever the floor
	// mixPower sharpens the shares: a channel 10 dB down gets 1 %, not 10 %. That keeps a second microphone's
	// delayed copy of the voice from colouring it (comb filter).
	mixPower = 2
	// mixKnee is where peaks start to be limited when gains are in use; without gains the shares sum to 1 and the
	// mix cannot clip.
	mixKnee = 0.9
)

// automix is a gain-sharing mixer after Dan Dugan ("Automatic microphone mixing", JAES 23/6, 1975): each channel gets
// the share of its level in the sum of all, so that one voice passes at full level through one microphone, and the
// shares always sum to 1. Levels are taken above each channel's own noise floor: a dead channel, hum or hiss gets no
// share. Nobody speaking leaves the shares as they were.
type automix struct {
	used   []int
	gain   []float32 // of each channel of used
	limit  bool
	stride int
	level  []float64
	floors []floor
	share  []float64   // newest shares
	prev   []float64   // shares at the end of the last hop given out
	queue  [][]float32 // hops that wait for their look-ahead
	free   [][]float32 // buffers to use again
}

// MixPeriod is the grid, in samples at SpeechRate from its first one, on which a mix
// can be begun anew and soon be the same: that on which it measures noise.
const MixPeriod = floorBucket * EnergyHop

// floor tracks the least smoothed power over the last 2 to 4 s.
type floor struct {
	smooth    float64
	cur, prev float64
	n         int
}

func newAutomix(used []int, gain []float64, stride int) *automix {
	m := &automix{used: used, stride: stride, gain: make([]float32, len(used)), level: make([]float64, len(used)),
		floors: make([]floor, len(used)), share: make([]float64, len(used)), prev: make([]float64, len(used))}
	for i, c := range used {
		m.gain[i] = 1
		if gain != nil {
			m.gain[i] = float32(gain[c])
		}
		m.limit = m.limit || m.gain[i] > 1
		m.share[i] = 1 / float64(len(used))
		m.prev[i] = m.share[i]
	}
	return m
}

// update takes one hop's power and returns the floor.
func (f *floor) update(power float64) float64 {
	if f.n == 0 && f.prev == 0 && f.cur == 0 {
		f.smooth, f.cur, f.prev = power, power, power
	}
	f.smooth += floorSmooth * (power - f.smooth)
	f.cur = math.Min(f.cur, f.smooth)
	if f.n++; f.n == floorBucket {
		f.prev, f.cur, f.n = f.cur, f.smooth, 0
	}
	return math.Min(f.cur, f.prev)
}

// add takes a hop of interleaved frames and the RMS of all channels in it, and appends to dst the mix of the hop that
// lies mixAhead back.
func (m *automix) add(dst, frames, rms []float32) []float32 {
	total, over := 0.0, make([]float64, len(m.used))
	for i, c := range m.used {
		v := float64(rms[c]) * float64(m.gain[i])
		power := v * v
		k := mixRelease
		if power > m.level[i] {
			k = mixAttack
		}
		m.level[i] += k * (power - m.level[i])
		x := m.level[i] - mixOverFloor*m.floors[i].update(power)
		if x > mixSilence {
			over[i] = math.Pow(x, mixPower)
			total += over[i]
		}
	}
	if total > 0 {
		for i := range m.share {
			m.share[i] = over[i] / total
		}
	}
	var buf []float32
	if n := len(m.free); n > 0 {
		buf, m.free = m.free[n-1], m.free[:n-1]
	}
	m.queue = append(m.queue, append(buf[:0], frames...))
	if len(m.queue) > mixAhead {
		dst = m.emit(dst)
	}
	return dst
}

// flush appends what is left.
func (m *automix) flush(dst []float32) []float32 {
	for len(m.queue) > 0 {
		dst = m.emit(dst)
	}
	return dst
}

// emit mixes the oldest hop, its shares moving in a line from those of the hop before to the newest.
func (m *automix) emit(dst []float32) []float32 {
	hop := m.queue[0]
	m.free = append(m.free, hop)
	m.queue = append(m.queue[:0], m.queue[1:]...)
	n := len(hop) / m.stride
	start := len(dst)
	dst = append(dst, make([]float32, n)...)
	out := dst[start:]
	for i, c := range m.used {
		w := float32(m.prev[i]) * m.gain[i]
		step := float32(m.share[i]-m.prev[i]) * m.gain[i] / float32(n)
		if w == 0 && step == 0 {
			continue
		}
		for k := range out {
			out[k] += (w + step*float32(k+1)) * hop[k*m.stride+c]
		}
		m.prev[i] = m.share[i]
	}
	if m.limit {
		for k, v := range out {
			out[k] = softLimit(v)
		}
	}
	return dst
}

// softLimit leaves samples up to the knee as they are and bends larger ones below full scale.
func softLimit(v float32) float32 {
	a := math.Abs(float64(v))
	if a <= mixKnee {
		return v
	}
	return float32(math.Copysign(mixKnee+(1-mixKnee)*math.Tanh((a-mixKnee)/(1-mixKnee)), float64(v)))
}
