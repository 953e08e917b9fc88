package record

import "math"

// encodePCM appends samples as signed little-endian integers of 16 or 24 bits. A float32 holds 24 bits, so what a
// converter delivered comes back unchanged. Beyond full scale it clips; what is not a number becomes 0 and is counted.
func encodePCM(dst []byte, src []float32, bits int) (out []byte, bad int) {
	scale := float64(int64(1) << (bits - 1))
	for _, v := range src {
		x := float64(v)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			bad++
			x = 0
		}
		n := int32(max(-scale, min(scale-1, math.RoundToEven(x*scale))))
		if bits == 16 {
			dst = append(dst, byte(n), byte(n>>8))
		} else {
			dst = append(dst, byte(n), byte(n>>8), byte(n>>16))
		}
	}
	return dst, bad
}

// DecodePCM appends the samples of a chunk in [-1, 1).
func DecodePCM(dst []float32, src []byte, bits int) []float32 {
	if bits == 16 {
		for ; len(src) >= 2; src = src[2:] {
			dst = append(dst, float32(int16(uint16(src[0])|uint16(src[1])<<8))/(1<<15))
		}
		return dst
	}
	for ; len(src) >= 3; src = src[3:] {
		n := int32(uint32(src[0])<<8|uint32(src[1])<<16|uint32(src[2])<<24) >> 8
		dst = append(dst, float32(n)/(1<<23))
	}
	return dst
}
