package audio

import (
	"errors"
	"fmt"
	"math/bits"
)

// flacInfo is the STREAMINFO block (RFC 9639, section 8.2).
type flacInfo struct {
	rate, channels, bits int
	samples              int64 // 0 = not known
	md5                  [16]byte
}

// flacHeader is the header of a frame (RFC 9639, section 9.1).
type flacHeader struct {
	size     int    // samples of each channel
	variable bool   // number counts samples, else frames
	number   uint64 // position in the stream
	assign   int    // channel assignment, 0 to 10
}

// Channel assignments with a difference channel.
const (
	flacLeftSide = 8 + iota
	flacSideRight
	flacMidSide
)

// flacDecoder decodes frames.
type flacDecoder struct {
	b    *bitReader
	crc  *crc16Tables
	info flacInfo
	ch   [][]int64 // the samples of the last frame
	coef [32]int64
}

// next decodes one frame into d.ch and returns its header. ok is false when the data end before a frame.
func (d *flacDecoder) next() (h flacHeader, ok bool, err error) {
	if !d.b.begin() {
		if d.b.err != nil && !errors.Is(d.b.err, errFLACEnd) {
			return h, false, d.b.err
		}
		return h, false, nil
	}
	if h, err = d.header(); err != nil {
		return h, true, d.first(err)
	}
	for i := range d.info.channels {
		depth := d.info.bits
		if (i == 1 && (h.assign == flacLeftSide || h.assign == flacMidSide)) || (i == 0 && h.assign == flacSideRight) {
			depth++ // a difference takes one bit more
		}
		if err := d.subframe(d.samples(i, h.size), depth); err != nil {
			return h, true, d.first(err)
		}
	}
	d.b.align()
	sum := d.crc.sum(d.b.taken())
	if uint16(d.b.uint(16)) != sum {
		return h, true, d.first(errors.New("a frame's checksum is wrong"))
	}
	d.correlate(h)
	return h, true, nil
}

// first prefers the end of the data as the reason: what seems wrong is then made of zeros.
func (d *flacDecoder) first(err error) error {
	if d.b.over {
		return d.b.err
	}
	return err
}

func (d *flacDecoder) samples(i, n int) []int64 {
	if cap(d.ch[i]) < n {
		d.ch[i] = make([]int64, n)
	}
	d.ch[i] = d.ch[i][:n]
	return d.ch[i]
}

// header reads a frame header and checks it against the stream.
func (d *flacDecoder) header() (h flacHeader, err error) {
	b := d.b
	if b.uint(14) != 0x3FFE || b.uint(1) != 0 {
		return h, errors.New("no frame where one should start")
	}
	h.variable = b.uint(1) == 1
	sizeCode, rateCode := b.uint(4), b.uint(4)
	h.assign = int(b.uint(4))
	bitsCode := b.uint(3)
	if h.assign > flacMidSide || bitsCode == 3 || sizeCode == 0 || rateCode == 15 || b.uint(1) != 0 {
		return h, errors.New("a frame header holds a reserved value")
	}
	if h.number, err = d.codedNumber(); err != nil {
		return h, err
	}
	switch {
	case sizeCode == 1:
		h.size = 192
	case sizeCode <= 5:
		h.size = 144 << sizeCode
	case sizeCode == 6:
		h.size = int(b.uint(8)) + 1
	case sizeCode == 7:
		h.size = int(b.uint(16)) + 1
	default:
		h.size = 1 << sizeCode
	}
	rate := [...]int{0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 0, 0, 0}[rateCode]
	switch rateCode {
	case 12:
		rate = int(b.uint(8)) * 1000
	case 13:
		rate = int(b.uint(16))
	case 14:
		rate = int(b.uint(16)) * 10
	}
	sum := crc8(b.taken())
	if got := byte(b.uint(8)); got != sum {
		return h, errors.New("a frame header's checksum is wrong")
	}
	channels := h.assign + 1
	if h.assign >= flacLeftSide {
		channels = 2
	}
	depth := [...]int{0, 8, 12, 0, 16, 20, 24, 32}[bitsCode]
	if channels != d.info.channels || (depth != 0 && depth != d.info.bits) || (rate != 0 && rate != d.info.rate) {
		return h, errors.New("the format changes within the stream")
	}
	return h, nil
}

// codedNumber reads the frame or sample number, coded like UTF-8 up to 36 bits.
func (d *flacDecoder) codedNumber() (uint64, error) {
	v := d.b.uint(8)
	ones := bits.LeadingZeros8(^uint8(v))
	if ones == 0 {
		return v, nil
	}
	if ones == 1 || ones == 8 {
		return 0, errors.New("a frame's number is malformed")
	}
	v &= 1<<(7-ones) - 1
	for range ones - 1 {
		c := d.b.uint(8)
		if c>>6 != 2 {
			return 0, errors.New("a frame's number is malformed")
		}
		v = v<<6 | c&0x3F
	}
	return v, nil
}

// subframe decodes one channel (RFC 9639, section 9.2).
func (d *flacDecoder) subframe(out []int64, depth int) error {
	b := d.b
	if b.uint(1) != 0 {
		return errors.New("a subframe is malformed")
	}
	kind := int(b.uint(6))
	wasted := 0
	if b.uint(1) == 1 {
		wasted = int(min(b.unary(), 64)) + 1
		if wasted >= depth {
			return errors.New("a subframe declares more empty bits than it has")
		}
		depth -= wasted
	}
	var err error
	switch {
	case kind == 0:
		v := b.int(depth)
		for i := range out {
			out[i] = v
		}
	case kind == 1:
		for i := range out {
			out[i] = b.int(depth)
		}
	case kind >= 8 && kind <= 12:
		err = d.fixed(out, depth, kind-8)
	case kind >= 32:
		err = d.lpc(out, depth, kind-31)
	default:
		return fmt.Errorf("a subframe is of the reserved kind %d", kind)
	}
	if err == nil && b.over {
		err = b.err
	}
	if wasted > 0 {
		for i := range out {
			out[i] <<= uint(wasted)
		}
	}
	return err
}

// fixed decodes a subframe with one of the five fixed predictors.
func (d *flacDecoder) fixed(s []int64, depth, order int) error {
	if order > len(s) {
		return errors.New("a subframe's predictor is longer than its block")
	}
	for i := range s[:order] {
		s[i] = d.b.int(depth)
	}
	if err := d.residual(s, order); err != nil {
		return err
	}
	switch order {
	case 1:
		for i := 1; i < len(s); i++ {
			s[i] += s[i-1]
		}
	case 2:
		for i := 2; i < len(s); i++ {
			s[i] += 2*s[i-1] - s[i-2]
		}
	case 3:
		for i := 3; i < len(s); i++ {
			s[i] += 3*(s[i-1]-s[i-2]) + s[i-3]
		}
	case 4:
		for i := 4; i < len(s); i++ {
			s[i] += 4*(s[i-1]+s[i-3]) - 6*s[i-2] - s[i-4]
		}
	}
	return nil
}

// lpc decodes a subframe with a linear predictor of its own.
func (d *flacDecoder) lpc(s []int64, depth, order int) error {
	b := d.b
	if order > len(s) {
		return errors.New("a subframe's predictor is longer than its block")
	}
	for i := range s[:order] {
		s[i] = b.int(depth)
	}
	precision := int(b.uint(4)) + 1
	shift := b.int(5)
	if precision == 16 || shift < 0 {
		return errors.New("a subframe's predictor is malformed")
	}
	coef := d.coef[:order]
	for i := range coef {
		coef[order-1-i] = b.int(precision) // oldest sample first, as s lies
	}
	if err := d.residual(s, order); err != nil {
		return err
	}
	for i := order; i < len(s); i++ {
		past := s[i-order : i]
		past = past[:len(coef)]
		var a, c int64
		j := 0
		for ; j+1 < len(coef); j += 2 {
			a += coef[j] * past[j]
			c += coef[j+1] * past[j+1]
		}
		if j < len(coef) {
			a += coef[j] * past[j]
		}
		s[i] += (a + c) >> uint(shift)
	}
	return nil
}

// residual reads the Rice-coded residual behind the first order samples of s.
func (d *flacDecoder) residual(s []int64, order int) error {
	b := d.b
	method := b.uint(2)
	if method > 1 {
		return errors.New("a residual has a reserved coding")
	}
	width := 4 + int(method)
	parts := 1 << b.uint(4)
	size := len(s) / parts
	if size*parts != len(s) || size < order {
		return errors.New("a residual's partitions do not fit its block")
	}
	for p := range parts {
		part := s[p*size : (p+1)*size]
		if p == 0 {
			part = part[order:]
		}
		k := int(b.uint(width))
		if k == 1<<width-1 { // stored as it is
			k = int(b.uint(5))
			for i := range part {
				part[i] = b.int(k)
			}
		} else {
			b.rice(part, k)
		}
		if b.over {
			return b.err
		}
	}
	return nil
}

// rice fills out with Rice-coded numbers of parameter k. Its loop keeps the reader's state in registers: it is where
// decoding spends its time.
func (b *bitReader) rice(out []int64, k int) {
	acc, n := b.acc, b.n
	for i := range out {
		if n < 40 {
			b.acc, b.n = acc, n
			b.refill()
			acc, n = b.acc, b.n
		}
		var u uint64
		if z := bits.LeadingZeros64(acc); z+1+k <= n {
			acc <<= uint(z + 1)
			u = uint64(z)<<uint(k) | acc>>uint(64-k)
			acc <<= uint(k)
			n -= z + 1 + k
		} else { // a rare long code, or the end
			b.acc, b.n = acc, n
			q := b.unary()
			u = q<<uint(k) | b.uint(k)
			acc, n = b.acc, b.n
			if b.over {
				break
			}
		}
		out[i] = int64(u>>1) ^ -int64(u&1)
	}
	b.acc, b.n = acc, n
}

// correlate turns difference channels back into left and right (RFC 9639, section 4.2).
func (d *flacDecoder) correlate(h flacHeader) {
	if h.assign < flacLeftSide {
		return
	}
	x, y := d.ch[0], d.ch[1]
	y = y[:len(x)]
	switch h.assign {
	case flacLeftSide:
		for i := range x {
			y[i] = x[i] - y[i]
		}
	case flacSideRight:
		for i := range x {
			x[i] += y[i]
		}
	case flacMidSide:
		for i := range x {
			m, side := x[i]<<1|y[i]&1, y[i]
			x[i], y[i] = (m+side)>>1, (m-side)>>1
		}
	}
}
