package convert

import "math"

// Whisper's front end (openai/whisper audio.py): 16 kHz, windows of 400.
const (
	melRate = 16000
	melFFT  = 400
	melBins = melFFT/2 + 1
)

// melFilters returns n triangular filters over melBins frequencies, row by
// row, as librosa.filters.mel computes them (Slaney scale, area normalised)
// and openai/whisper ships them in mel_filters.npz. The order of operations
// and the two roundings to float32 follow librosa, so the bytes are equal.
func melFilters(n int) []float32 {
	// mel_frequencies: n+2 points evenly spaced on the mel scale.
	top := hzToMel(melRate / 2)
	step := top / float64(n+1)
	f := make([]float64, n+2)
	for i := range f {
		mel := float64(float64(i) * step)
		if i == n+1 {
			mel = top
		}
		f[i] = melToHz(mel)
	}
	out := make([]float32, n*melBins)
	for i := range n {
		norm := 2.0 / (f[i+2] - f[i])
		for k := range melBins {
			hz := float64(k) * (float64(melRate) / 2 / (melBins - 1))
			lower := -(f[i] - hz) / (f[i+1] - f[i])
			upper := (f[i+2] - hz) / (f[i+2] - f[i+1])
			w := float32(math.Max(0, math.Min(lower, upper)))
			out[i*melBins+k] = float32(float64(w) * norm)
		}
	}
	return out
}

// Slaney's mel scale: linear to 1 kHz (200/3 Hz a mel), then 27 steps for a
// factor of 6.4 (Auditory Toolbox, as in librosa.hz_to_mel).
const (
	melLinear = 200.0 / 3
	melKnee   = 1000.0
)

func hzToMel(hz float64) float64 {
	if hz < melKnee {
		return hz / melLinear
	}
	return melKnee/melLinear + math.Log(hz/melKnee)/(math.Log(6.4)/27)
}

func melToHz(mel float64) float64 {
	knee := melKnee / melLinear
	if mel < knee {
		return melLinear * mel
	}
	return melKnee * math.Exp((math.Log(6.4)/27)*(mel-knee))
}
