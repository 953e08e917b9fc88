package tape

import (
	"math"
	"math/rand/v2"
)

// toInt16 rounds a sample as a capture does.
func toInt16(v float32) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, math.RoundToEven(float64(v)*(1<<15)))))
}

// room is a hall in which nobody speaks: noise at -66 dB of full scale.
func room(seed uint64, n int) []int16 {
	dice := rand.New(rand.NewPCG(seed, 0))
	out := make([]int16, n)
	for i := range out {
		out[i] = toInt16(float32(dice.NormFloat64() * 0.0005))
	}
	return out
}

// clapping is many hands: each clap a burst of noise of some milliseconds through
// a resonance of its own, 250 a second, swelling and dying away.
func clapping(seed uint64, n int) []int16 {
	dice := rand.New(rand.NewPCG(seed, 0))
	sum := make([]float32, n)
	for range n / Rate * 250 {
		at := dice.IntN(n)
		swell := math.Sin(math.Pi * float64(at) / float64(n))
		tune := 2 * math.Pi * (900 + 1800*dice.Float64()) / Rate
		decay := math.Exp(-1 / (Rate * (0.002 + 0.004*dice.Float64())))
		level := 0.05 * swell * (0.3 + dice.Float64())
		var y1, y2 float64 // the resonance
		for i := range min(Rate/25, n-at) {
			x := dice.NormFloat64() * level * math.Pow(decay, float64(i))
			y := x + 1.6*math.Cos(tune)*y1 - 0.64*y2
			y1, y2 = y, y1
			sum[at+i] += float32(0.3 * y)
		}
	}
	out := make([]int16, n)
	for i, v := range sum {
		out[i] = toInt16(v)
	}
	return out
}

// plucked is plucked strings (Karplus and Strong) in slow chords.
func plucked(seed uint64, n int) []int16 {
	dice := rand.New(rand.NewPCG(seed, 0))
	sum := make([]float32, n)
	scale := []float64{130.8, 146.8, 164.8, 196, 220, 261.6, 293.7, 329.6, 392}
	for at := 0; at < n; at += Rate / 2 {
		for range 3 {
			period := int(Rate / scale[dice.IntN(len(scale))])
			chord := make([]float32, period)
			for i := range chord {
				chord[i] = float32(dice.Float64()*2-1) * 0.12
			}
			for i := range min(2*Rate, n-at) {
				k := i % period
				sum[at+i] += chord[k]
				chord[k] = 0.498 * (chord[k] + chord[(k+1)%period])
			}
		}
	}
	out := make([]int16, n)
	for i, v := range sum {
		out[i] = toInt16(v)
	}
	return out
}
