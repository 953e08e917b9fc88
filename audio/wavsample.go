package audio

import (
	"encoding/binary"
	"math"
)

// wavConverter returns the function that turns raw little-endian samples into floats in [-1, 1]. It returns how many
// samples were NaN or infinite (floats only), which become 0; finite floats beyond full scale are clamped.
//
// PCM of a depth that is no multiple of 8 lies in the upper bits of its container (WAVE specification), so the
// container alone sets the scale.
func wavConverter(h wavHeader) func(dst []float32, raw []byte) int {
	le := binary.LittleEndian
	switch h.tag {
	case wavFloat:
		if h.bits == 64 {
			return func(dst []float32, raw []byte) (bad int) {
				for i := range dst {
					dst[i] = clampFloat(math.Float64frombits(le.Uint64(raw[8*i:])), &bad)
				}
				return bad
			}
		}
		return func(dst []float32, raw []byte) (bad int) {
			for i := range dst {
				dst[i] = clampFloat(float64(math.Float32frombits(le.Uint32(raw[4*i:]))), &bad)
			}
			return bad
		}
	case wavALaw, wavMuLaw:
		var table [256]float32
		for i := range table {
			if h.tag == wavALaw {
				table[i] = aLaw(byte(i))
			} else {
				table[i] = muLaw(byte(i))
			}
		}
		return func(dst []float32, raw []byte) int {
			for i := range dst {
				dst[i] = table[raw[i]]
			}
			return 0
		}
	}
	switch (h.bits + 7) / 8 {
	case 1: // the one unsigned depth
		return func(dst []float32, raw []byte) int {
			for i := range dst {
				dst[i] = float32(int(raw[i])-128) / (1 << 7)
			}
			return 0
		}
	case 2:
		return func(dst []float32, raw []byte) int {
			for i := range dst {
				dst[i] = float32(int16(le.Uint16(raw[2*i:]))) / (1 << 15)
			}
			return 0
		}
	case 3:
		return func(dst []float32, raw []byte) int {
			for i := range dst {
				b := raw[3*i : 3*i+3]
				v := int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24) >> 8
				dst[i] = float32(v) / (1 << 23)
			}
			return 0
		}
	}
	return func(dst []float32, raw []byte) int {
		for i := range dst {
			dst[i] = float32(int32(le.Uint32(raw[4*i:]))) / (1 << 31)
		}
		return 0
	}
}

// clampFloat makes any float a sample, counting those that are no number.
func clampFloat(v float64, bad *int) float32 {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		*bad++
		return 0
	case v > 1:
		return 1
	case v < -1:
		return -1
	}
	return float32(v)
}

// aLaw and muLaw expand one byte (ITU-T G.711).
func aLaw(b byte) float32 {
	b ^= 0x55
	v, e := int(b&0x0F)<<4+8, int(b>>4&7)
	if e > 0 {
		v = (v + 0x100) << (e - 1)
	}
	if b&0x80 == 0 {
		v = -v
	}
	return float32(v) / (1 << 15)
}

func muLaw(b byte) float32 {
	b = ^b
	v := (int(b&0x0F)<<3+0x84)<<(b>>4&7) - 0x84
	if b&0x80 != 0 {
		v = -v
	}
	return float32(v) / (1 << 15)
}
