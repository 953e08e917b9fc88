package record

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"bienban/audio"
)

// Sizes and marks of a segment file; docs/recording-format.md describes it to the byte.
const (
	segmentMagic = "BBANSEG1"
	chunkMagic   = "BBCH"

	segmentHeaderSize = 256
	chunkHeaderSize   = 128
	keySize           = 32
	hashSize          = sha256.Size
	// chunkOverhead is what a chunk takes beside its payload.
	chunkOverhead = chunkHeaderSize + keySize

	// maxPayload bounds what a reader allocates for a chunk on the word of a file: 200 ms of 32 channels of 24 bits
	// at audio.MaxRate is 14.7 MB.
	maxPayload = 16 << 20
)

// ext is the ending of a segment file's name.
const ext = ".pcm"

// Kind says what a chunk is.
type Kind uint16

// The kinds of chunk. Those up to KindPaused move the position; the others are records about it.
const (
	KindAudio    Kind = 1 // samples
	KindGap      Kind = 2 // a stretch that was not captured (unplugged, killed); its length is estimated by the clock
	KindOverflow Kind = 3 // a stretch that came and was dropped because disk or device did not keep up; counted
	KindPaused   Kind = 4 // a stretch of a closed part: nothing of it is stored

	KindInfo       Kind = 16 // what the recording is; first in each segment
	KindPauseBegin Kind = 17
	KindPauseEnd   Kind = 18
	KindDevice     Kind = 19 // another device delivers from here on
	KindDrift      Kind = 20 // the device's clock against the machine's
	KindClock      Kind = 21 // the machine's clock was set or jumped
	KindClosed     Kind = 22 // a stretch was closed afterwards
	KindErase      Kind = 23 // a stretch is to be erased: who, why, when, what
	KindErased     Kind = 24 // that erasure is done
	KindImport     Kind = 25 // gaps were filled from another device's recording
	KindNote       Kind = 26 // a remark of the program or a person
	KindEnd        Kind = 27 // the recording was stopped properly
)

var kindNames = map[Kind]string{
	KindAudio: "audio", KindGap: "gap", KindOverflow: "overflow", KindPaused: "paused", KindInfo: "info",
	KindPauseBegin: "pause-begin", KindPauseEnd: "pause-end", KindDevice: "device", KindDrift: "drift",
	KindClock: "clock", KindClosed: "closed", KindErase: "erase", KindErased: "erased", KindImport: "import",
	KindNote: "note", KindEnd: "end",
}

func (k Kind) String() string {
	if s := kindNames[k]; s != "" {
		return s
	}
	return fmt.Sprintf("kind %d", uint16(k))
}

// Format is how the samples of a segment are stored: interleaved signed little-endian integers.
type Format struct {
	Rate     int `json:"rate"`     // samples a second of each channel, in Hz
	Channels int `json:"channels"` // 1 to audio.MaxChannels
	Bits     int `json:"bits"`     // 16 or 24
}

func (f Format) frameSize() int { return f.Channels * f.Bits / 8 }

// bytesPerSecond is what a second of audio takes on the disk.
func (f Format) bytesPerSecond() int64 {
	return int64(f.Rate)*int64(f.frameSize()) + chunksPerSecond*chunkOverhead
}

// chunksPerSecond: a chunk is 200 ms (docs/design.md section 3).
const chunksPerSecond = 5

func (f Format) chunkFrames() int { return f.Rate / chunksPerSecond }

func (f Format) check() error {
	switch {
	case f.Rate < audio.MinRate || f.Rate > audio.MaxRate:
		return fmt.Errorf("a sample rate of %d Hz, not %d to %d", f.Rate, audio.MinRate, audio.MaxRate)
	case f.Channels < 1 || f.Channels > audio.MaxChannels:
		return fmt.Errorf("%d channels, not 1 to %d", f.Channels, audio.MaxChannels)
	case f.Bits != 16 && f.Bits != 24:
		return fmt.Errorf("samples of %d bits, not 16 or 24", f.Bits)
	}
	return nil
}

// segmentHeader is the head of a segment file.
type segmentHeader struct {
	number    uint32
	uid       [16]byte // of the recording
	format    Format
	base      int   // rate of the positions: that of the recording's first segment
	abandoned bool  // what follows prevSize in the file before is not part of the recording
	firstSeq  int64 // sequence number of its first chunk
	at        int64 // position of its first chunk, in frames of the base rate
	wall      int64 // when it was made, Unix time in ns
	prevNum   uint32
	prevSize  int64 // bytes of the segment before that belong to the recording
	audioIn   int64 // position frames of audio stored in the segments before
	prev      [hashSize]byte
}

const flagAbandoned = 1

func (h *segmentHeader) encode() []byte {
	b := make([]byte, segmentHeaderSize)
	le := binary.LittleEndian
	copy(b, segmentMagic)
	le.PutUint32(b[8:], segmentHeaderSize)
	le.PutUint32(b[12:], h.number)
	copy(b[16:32], h.uid[:])
	le.PutUint32(b[32:], uint32(h.format.Rate))
	le.PutUint16(b[36:], uint16(h.format.Channels))
	le.PutUint16(b[38:], uint16(h.format.Bits))
	le.PutUint32(b[40:], uint32(h.base))
	if h.abandoned {
		le.PutUint32(b[44:], flagAbandoned)
	}
	le.PutUint64(b[48:], uint64(h.firstSeq))
	le.PutUint64(b[56:], uint64(h.at))
	le.PutUint64(b[64:], uint64(h.wall))
	le.PutUint32(b[72:], h.prevNum)
	le.PutUint64(b[80:], uint64(h.prevSize))
	le.PutUint64(b[88:], uint64(h.audioIn))
	copy(b[96:128], h.prev[:])
	le.PutUint32(b[252:], checksum(b[:252]))
	return b
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// errTorn says that bytes are not a whole header.
var errTorn = errors.New("broken header")

// decodeSegment reads a segment's header. It takes nothing on trust: what it returns can be calculated with.
func decodeSegment(b []byte) (h segmentHeader, err error) {
	le := binary.LittleEndian
	if len(b) < segmentHeaderSize || string(b[:8]) != segmentMagic || le.Uint32(b[8:]) != segmentHeaderSize ||
		le.Uint32(b[252:]) != checksum(b[:252]) {
		return h, errTorn
	}
	h.number = le.Uint32(b[12:])
	copy(h.uid[:], b[16:32])
	h.format = Format{Rate: int(le.Uint32(b[32:])), Channels: int(le.Uint16(b[36:])), Bits: int(le.Uint16(b[38:]))}
	h.base = int(le.Uint32(b[40:]))
	h.abandoned = le.Uint32(b[44:])&flagAbandoned != 0
	h.firstSeq, h.at = int64(le.Uint64(b[48:])), int64(le.Uint64(b[56:]))
	h.wall = int64(le.Uint64(b[64:]))
	h.prevNum, h.prevSize, h.audioIn = le.Uint32(b[72:]), int64(le.Uint64(b[80:])), int64(le.Uint64(b[88:]))
	copy(h.prev[:], b[96:128])
	if err := h.format.check(); err != nil {
		return h, fmt.Errorf("its header says %w", err)
	}
	if err := (Format{Rate: h.base, Channels: 1, Bits: 16}).check(); err != nil {
		return h, fmt.Errorf("its header says %w", err)
	}
	for _, v := range []int64{h.firstSeq, h.at, h.prevSize, h.audioIn} {
		if v < 0 || v > maxPosition {
			return h, errors.New("its header holds an impossible position")
		}
	}
	if h.at > lastPosition(h.base) || h.audioIn > h.at {
		return h, errors.New("its header holds an impossible position")
	}
	if !bytes.Equal(h.encode(), b[:segmentHeaderSize]) {
		return h, errors.New("its header has bytes set that this version does not know")
	}
	return h, nil
}

// maxPosition bounds positions so that sums of two cannot overflow; at audio.MaxRate it is 190,000 years.
const maxPosition = 1 << 62

// longest is how long a recording may be, gaps included. What says that it is longer was not written by a recorder.
const longest = 366 * 24 * time.Hour

// lastPosition is where the longest recording ends, at a rate of positions.
func lastPosition(base int) int64 { return int64(longest/time.Second) * int64(base) }

// chunkHeader stands in front of each chunk.
type chunkHeader struct {
	kind   Kind
	seq    int64
	at     int64 // position of its first frame, in frames of the base rate
	span   int64 // by how much it moves the position
	frames int   // of samples in the payload, in the segment's format
	bytes  int   // of payload
	wall   int64 // the machine's clock at its first frame, Unix time in ns
	bad    uint32
	mac    [hashSize]byte // HMAC-SHA256 of the payload under the chunk's own key
	prev   [hashSize]byte // hash of the chunk before, or of the segment's header
}

func (h *chunkHeader) encode(b []byte) []byte {
	b = b[:chunkHeaderSize]
	clear(b)
	le := binary.LittleEndian
	copy(b, chunkMagic)
	le.PutUint16(b[4:], uint16(h.kind))
	le.PutUint64(b[8:], uint64(h.seq))
	le.PutUint64(b[16:], uint64(h.at))
	le.PutUint64(b[24:], uint64(h.span))
	le.PutUint32(b[32:], uint32(h.frames))
	le.PutUint32(b[36:], uint32(h.bytes))
	le.PutUint64(b[40:], uint64(h.wall))
	copy(b[48:80], h.mac[:])
	copy(b[80:112], h.prev[:])
	le.PutUint32(b[112:], h.bad)
	le.PutUint32(b[124:], checksum(b[:124]))
	return b
}

// decodeChunk reads a chunk's header, errTorn when it is none. f is the segment's format.
func decodeChunk(b []byte, f Format) (h chunkHeader, err error) {
	le := binary.LittleEndian
	if len(b) < chunkHeaderSize || string(b[:4]) != chunkMagic || le.Uint32(b[124:]) != checksum(b[:124]) {
		return h, errTorn
	}
	h = chunkHeader{kind: Kind(le.Uint16(b[4:])), seq: int64(le.Uint64(b[8:])), at: int64(le.Uint64(b[16:])),
		span: int64(le.Uint64(b[24:])), frames: int(le.Uint32(b[32:])), bytes: int(le.Uint32(b[36:])),
		wall: int64(le.Uint64(b[40:])), bad: le.Uint32(b[112:])}
	copy(h.mac[:], b[48:80])
	copy(h.prev[:], b[80:112])
	for _, v := range []int64{h.seq, h.at, h.span} {
		if v < 0 || v > maxPosition {
			return h, errTorn
		}
	}
	if h.bytes > maxPayload || h.kind == KindAudio && (h.frames == 0 || h.frames*f.frameSize() != h.bytes) ||
		h.kind != KindAudio && h.frames != 0 || h.kind >= KindInfo && h.span != 0 || kindNames[h.kind] == "" {
		return h, errTorn
	}
	var again [chunkHeaderSize]byte
	if !bytes.Equal(h.encode(again[:]), b[:chunkHeaderSize]) {
		return h, errTorn
	}
	return h, nil
}

func (h *chunkHeader) size() int64 { return chunkOverhead + int64(h.bytes) }

// seal is the commitment to a payload: without the key it says nothing about it, with it nothing else fits.
func seal(key, payload []byte) (m [hashSize]byte) {
	mac := hmac.New(sha256.New, key)
	mac.Write(payload)
	mac.Sum(m[:0])
	return m
}

// span is by how many frames of the base rate n frames of rate move the position, when in of them came before in
// this format. It is exact in the sum.
func span(in, n int64, rate, base int) int64 {
	if rate == base {
		return n
	}
	r, b := int64(rate), int64(base)
	to := func(k int64) int64 { return k/r*b + k%r*b/r }
	return to(in+n) - to(in)
}
