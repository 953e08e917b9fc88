package convert

import "math"

// halfToFloat widens an IEEE 754 binary16 number; every half has an exact
// float32.
func halfToFloat(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp := uint32(h>>10) & 0x1f
	man := uint32(h & 0x3ff)
	switch {
	case exp == 0x1f: // infinity or NaN
		return math.Float32frombits(sign | 0x7f800000 | man<<13)
	case exp == 0: // zero or subnormal: man × 2^-24
		f := float32(man) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(f) | sign)
	default:
		return math.Float32frombits(sign | (exp+112)<<23 | man<<13)
	}
}

// floatToHalf narrows to binary16, rounding to nearest, ties to even, as
// numpy's astype(float16) does.
func floatToHalf(f float32) uint16 {
	b := math.Float32bits(f)
	sign := uint16(b>>16) & 0x8000
	exp := int(b>>23) & 0xff
	man := b & 0x7fffff
	if exp == 0xff {
		if man != 0 {
			return sign | 0x7e00 // quiet NaN
		}
		return sign | 0x7c00
	}
	e := exp - 127 + 15
	if e >= 0x1f {
		return sign | 0x7c00
	}
	shift := uint(13)
	if e <= 0 { // subnormal half: the hidden bit becomes explicit
		if e < -10 {
			return sign
		}
		man |= 0x800000
		shift += uint(1 - e)
		e = 0
	}
	half := uint32(e)<<10 | man>>shift
	rest := man & (1<<shift - 1)
	mid := uint32(1) << (shift - 1)
	if rest > mid || (rest == mid && half&1 == 1) {
		half++ // a carry into the exponent is right, up to infinity
	}
	return sign | uint16(half)
}
