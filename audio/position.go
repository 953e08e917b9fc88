package audio

import "math/bits"

// Position maps sample positions between a source and the 16 kHz signal made from it. The mapping is a ratio of two
// integers, so it does not drift however long the recording.
type Position struct {
	Rate int // of the source, in Hz
}

// Speech returns the 16 kHz sample that lies at or last before source frame f.
func (p Position) Speech(f int64) int64 { return mulDiv(f, SpeechRate, int64(p.Rate)) }

// Source returns the first source frame that is not before 16 kHz sample s. Speech(Source(s)) == s for a source of at
// least 16 kHz.
func (p Position) Source(s int64) int64 { return mulDivUp(s, int64(p.Rate), SpeechRate) }

// SpeechLen returns how many 16 kHz samples n frames become: n*16000/rate, rounded half up.
func (p Position) SpeechLen(n int64) int64 { return resampledLen(n, p.Rate, SpeechRate) }

// Seconds returns the time of source frame f. It is for people and file formats; arithmetic stays in frames.
func (p Position) Seconds(f int64) float64 { return float64(f) / float64(p.Rate) }

// resampledLen is round(n*to/from), halves up.
func resampledLen(n int64, from, to int) int64 {
	q, rem := mulDivRem(n, int64(to), int64(from))
	if 2*rem >= int64(from) {
		q++
	}
	return q
}

// mulDiv is floor(a*b/c) with a 128-bit product, for a ≥ 0 and b, c > 0.
func mulDiv(a, b, c int64) int64 {
	q, _ := mulDivRem(a, b, c)
	return q
}

// mulDivUp is ceil(a*b/c).
func mulDivUp(a, b, c int64) int64 {
	q, r := mulDivRem(a, b, c)
	if r != 0 {
		q++
	}
	return q
}

func mulDivRem(a, b, c int64) (quo, rem int64) {
	if a <= 0 {
		return 0, 0
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, r := bits.Div64(hi, lo, uint64(c))
	return int64(q), int64(r)
}
