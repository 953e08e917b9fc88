package meter

import (
	"fmt"
	"math"
)

// Rate is how many times a second levels are given out.
const Rate = 10

// Floor is the level in dBFS given to silence; 24-bit dither lies near -140, which no microphone reaches.
const Floor = -120.0

// Levels is how loud all channels were for a tenth of a second.
type Levels struct {
	At       int64     `json:"at"`     // frames measured so far, these included
	Frames   int       `json:"frames"` // of this stretch
	Channels []Channel `json:"channels"`
}

// Channel is one channel's part of it. Levels are in dBFS (a full-scale square wave is 0), Floor for silence.
type Channel struct {
	Peak float64 `json:"peak"`
	RMS  float64 `json:"rms"` // without the DC offset
	// Clipped is how many samples lie in runs of at least clipRun at full scale.
	Clipped int `json:"clipped,omitempty"`
	// Dead says that there is less than any open microphone's own noise: unplugged, muted, switched off.
	Dead bool `json:"dead,omitempty"`
	// Hum is the mains frequency that dominates the last second, 50 or 60 Hz, 0 for none; HumLevel its level.
	Hum      int     `json:"hum,omitempty"`
	HumLevel float64 `json:"hum_level,omitempty"`
	// DC is the mean of the last second, full scale = 1.
	DC float64 `json:"dc"`
	// OneBit says that the samples only flip between two values: a broken converter or cable, no sound.
	OneBit bool `json:"one_bit,omitempty"`
	// Bad is how many samples were not numbers; they count as 0.
	Bad int `json:"bad,omitempty"`
}

// Constants of measuring.
const (
	// clipLevel: converters differ in the last codes below full scale; 0.999 is 33 steps of 16 bits.
	clipLevel = 0.999
	// clipRun is how many such samples in a row are no longer a peak that just fits.
	clipRun = 3
	// deadLevel in dBFS: 16-bit dither lies at -96 to -93; the noise of an open microphone and its preamplifier at
	// least at -80.
	deadLevel = -88.0
	// flips is how often the value must change in a tenth of a second to be noise and not a switch.
	flips = 4
)

// Meter measures one stream of frames. It is for one goroutine at a time.
type Meter struct {
	rate, channels int
	at             int64 // frames taken
	tick           int64 // stretches given out
	next           int64 // frame at which the stretch ends
	begin          int64 // frame at which it began
	ch             []state
	hum            *mains
}

// state is what is being gathered of one channel.
type state struct {
	peak, sum, square float64
	clipped, run      int
	bad               int
	a, b              float32 // the first two values
	values, flips     int
	last              float32
	sums              [Rate]float64 // of the last second's stretches
	counts            [Rate]int64
}

// New makes a meter for a rate in Hz and a number of channels.
func New(rate, channels int) (*Meter, error) {
	if rate < Rate || channels < 1 {
		return nil, fmt.Errorf("meter: %d Hz and %d channels cannot be measured", rate, channels)
	}
	m := &Meter{rate: rate, channels: channels, ch: make([]state, channels), hum: newMains(rate, channels)}
	m.next = m.end(1)
	return m, nil
}

// end is the frame at which the n-th stretch ends.
func (m *Meter) end(n int64) int64 { return n * int64(m.rate) / Rate }

// Add takes whole interleaved frames and calls told for each tenth of a second that they complete. What follows the
// last whole frame is left out.
func (m *Meter) Add(frames []float32, told func(Levels)) {
	n := len(frames) / m.channels
	for n > 0 {
		k := int(min(int64(n), m.next-m.at))
		part := frames[:k*m.channels]
		for c := range m.ch {
			m.ch[c].add(part, c, m.channels)
		}
		m.hum.add(part)
		m.at += int64(k)
		frames, n = frames[k*m.channels:], n-k
		if m.at == m.next {
			told(m.take())
		}
	}
}

func (s *state) add(frames []float32, c, stride int) {
	for i := c; i < len(frames); i += stride {
		v := frames[i]
		x := float64(v)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			s.bad++
			v, x = 0, 0
		}
		s.sum += x
		s.square += x * x
		a := math.Abs(x)
		s.peak = max(s.peak, a)
		switch {
		case a < clipLevel:
			s.run = 0
		default:
			if s.run++; s.run == clipRun {
				s.clipped += clipRun
			} else if s.run > clipRun {
				s.clipped++
			}
		}
		s.value(v)
	}
}

// value counts how many values there are, up to three, and how often they change.
func (s *state) value(v float32) {
	switch {
	case s.values == 0:
		s.a, s.values = v, 1
	case v == s.a:
	case s.values == 1:
		s.b, s.values = v, 2
	case v != s.b:
		s.values = 3
	}
	if s.values > 1 && v != s.last {
		s.flips++
	}
	s.last = v
}

// take gives the stretch out and begins the next.
func (m *Meter) take() Levels {
	l := Levels{At: m.at, Frames: int(m.at - m.begin), Channels: make([]Channel, m.channels)}
	slot := m.tick % Rate
	hum := m.hum.take()
	for c := range m.ch {
		s := &m.ch[c]
		s.sums[slot], s.counts[slot] = s.sum, int64(l.Frames)
		var sum, count float64
		for i := range s.sums {
			sum, count = sum+s.sums[i], count+float64(s.counts[i])
		}
		mean := s.sum / float64(l.Frames)
		rms := math.Sqrt(max(0, s.square/float64(l.Frames)-mean*mean))
		l.Channels[c] = Channel{
			Peak: decibel(s.peak), RMS: decibel(rms), Clipped: s.clipped, Bad: s.bad, DC: sum / count,
			Dead: decibel(rms) < deadLevel, OneBit: s.values == 2 && s.flips >= flips, Hum: hum[c].hz,
		}
		if hum[c].hz > 0 {
			l.Channels[c].HumLevel = decibel(hum[c].rms)
		}
		*s = state{run: s.run, sums: s.sums, counts: s.counts, last: s.last}
	}
	m.tick++
	m.begin, m.next = m.at, m.end(m.tick+1)
	return l
}

// decibel is dBFS with Floor below.
func decibel(v float64) float64 {
	if v <= 0 {
		return Floor
	}
	return max(Floor, math.Round(200*math.Log10(v))/10)
}
