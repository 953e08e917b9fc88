package device

import "errors"

// ErrNoOutput says that this machine has nothing to play sound on.
var ErrNoOutput = errors.New("this machine has no sound output")

// playAttempts lists how one channel at a rate is played, the plainest first: some outputs take only two channels, and
// some only the rates of music. Rates are whole multiples, so that nothing needs to be resampled.
func playAttempts(rate int) []attempt {
	var all []attempt
	for times := 1; times <= 6 && (times == 1 || rate*times <= 96000); times++ {
		all = append(all, attempt{rate * times, 1, 16}, attempt{rate * times, 2, 16})
	}
	return all
}

// between is the sample that lies part/parts behind sample k, on a line to the next.
func between(pcm []int16, k, part, parts int) int16 {
	if part == 0 || k+1 == len(pcm) {
		return pcm[k]
	}
	a, b := int(pcm[k]), int(pcm[k+1])
	return int16(a + (b-a)*part/parts)
}
