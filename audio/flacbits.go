package audio

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

// maxFLACFrame bounds one frame in bytes: a verbatim frame of 8 channels of 65535 samples of 33 bits, and room.
const maxFLACFrame = 3 << 20

// errFLACEnd says that the data ended within a frame.
var errFLACEnd = errors.New("the data end within a frame")

// bitReader reads bits, most significant first. It keeps all bytes from mark on, so that a frame can be checksummed
// and looked at again.
type bitReader struct {
	r    io.Reader
	buf  []byte
	mark int // where the current frame starts in buf
	pos  int // next byte to load into acc
	end  int // end of the valid bytes in buf
	acc  uint64
	n    int   // valid bits at the top of acc; the bits below are the stream's next ones or 0
	err  error // sticky: why no more bytes come: errFLACEnd, or what reading met
	over bool  // more was asked of this frame than there is; what was returned instead is zeros
}

func newBitReader(r io.Reader) *bitReader {
	return &bitReader{r: r, buf: make([]byte, 64<<10)}
}

// begin starts a frame at the next byte and reports whether there is one.
func (b *bitReader) begin() bool {
	b.align()
	b.pos -= b.n / 8
	b.acc, b.n, b.over = 0, 0, false
	b.mark = b.pos
	if b.err == nil && b.end == b.pos {
		b.load()
	}
	return b.end > b.pos
}

// load reads more bytes into buf, keeping those from mark on.
func (b *bitReader) load() {
	if b.err != nil {
		return
	}
	if b.mark > 0 {
		copy(b.buf, b.buf[b.mark:b.end])
		b.pos -= b.mark
		b.end -= b.mark
		b.mark = 0
	}
	if b.end == len(b.buf) {
		if len(b.buf) >= maxFLACFrame {
			b.err = errors.New("a frame is longer than any encoder writes")
			return
		}
		b.buf = append(b.buf, make([]byte, len(b.buf))...)
	}
	n, err := b.r.Read(b.buf[b.end:])
	for tries := 0; n == 0 && err == nil; tries++ {
		if tries == 100 {
			err = io.ErrNoProgress
			break
		}
		n, err = b.r.Read(b.buf[b.end:])
	}
	b.end += n
	if n > 0 {
		return // an error comes again on the next read
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errFLACEnd
	}
	b.err = err
}

// refill brings acc to at least 56 bits unless the data end.
func (b *bitReader) refill() {
	for b.end-b.pos < 8 && b.err == nil {
		b.load()
	}
	if b.end-b.pos >= 8 {
		b.acc |= binary.BigEndian.Uint64(b.buf[b.pos:]) >> uint(b.n)
		k := (63 - b.n) >> 3
		b.pos += k
		b.n += k * 8
		return
	}
	for b.n <= 56 && b.pos < b.end {
		b.acc |= uint64(b.buf[b.pos]) << uint(56-b.n)
		b.pos++
		b.n += 8
	}
}

// uint reads k ≤ 56 bits.
func (b *bitReader) uint(k int) uint64 {
	if b.n < k {
		b.refill()
		if b.n < k {
			b.acc, b.n, b.over = 0, 0, true
			return 0
		}
	}
	v := b.acc >> uint(64-k)
	b.acc <<= uint(k)
	b.n -= k
	return v
}

// int reads k bits as a two's complement number.
func (b *bitReader) int(k int) int64 {
	return int64(b.uint(k)<<uint(64-k)) >> uint(64-k)
}

// unary counts the zeros in front of the next one.
func (b *bitReader) unary() uint64 {
	var total uint64
	for {
		if z := bits.LeadingZeros64(b.acc); z < b.n {
			b.acc <<= uint(z + 1)
			b.n -= z + 1
			return total + uint64(z)
		}
		total += uint64(b.n)
		b.acc, b.n = 0, 0
		if b.refill(); b.n == 0 {
			b.over = true
			return total
		}
	}
}

// align drops the bits up to the next byte boundary.
func (b *bitReader) align() {
	k := b.n & 7
	b.acc <<= uint(k)
	b.n -= k
}

// taken returns the bytes of the frame that were read so far; the reader must be aligned.
func (b *bitReader) taken() []byte { return b.buf[b.mark : b.pos-b.n/8] }

// crc8 is the checksum of frame headers: x^8+x^2+x+1 (RFC 9639, section 9.1.8).
func crc8(p []byte) (crc byte) {
	for _, v := range p {
		crc ^= v
		for range 8 {
			if crc&0x80 != 0 {
				crc = crc<<1 ^ 0x07
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// crc16Tables is the checksum of frames, x^16+x^15+x^2+1 (RFC 9639, section 9.3), for eight bytes at a time.
type crc16Tables [8][256]uint16

func newCRC16() *crc16Tables {
	var t crc16Tables
	for i := range 256 {
		c := uint16(i) << 8
		for range 8 {
			if c&0x8000 != 0 {
				c = c<<1 ^ 0x8005
			} else {
				c <<= 1
			}
		}
		t[0][i] = c
	}
	for k := 1; k < 8; k++ {
		for i := range 256 {
			p := t[k-1][i]
			t[k][i] = p<<8 ^ t[0][p>>8]
		}
	}
	return &t
}

func (t *crc16Tables) sum(p []byte) (crc uint16) {
	for len(p) >= 8 {
		crc = t[7][p[0]^byte(crc>>8)] ^ t[6][p[1]^byte(crc)] ^ t[5][p[2]] ^ t[4][p[3]] ^
			t[3][p[4]] ^ t[2][p[5]] ^ t[1][p[6]] ^ t[0][p[7]]
		p = p[8:]
	}
	for _, v := range p {
		crc = crc<<8 ^ t[0][byte(crc>>8)^v]
	}
	return crc
}
