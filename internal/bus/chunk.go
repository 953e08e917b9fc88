package bus

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"bienban/internal/fault"
)

// SampleRate is that of positions and of Chunk.PCM, in Hz.
const SampleRate = 16000

// Limits of a chunk; capture's are of 200 ms (3,200 frames).
const (
	MaxFrames   = 10 * SampleRate // of one chunk with sound; longer ones are cut by the publisher
	MaxChannels = 64
	maxNameLen  = 128
)

// Kind says what a chunk stands for.
type Kind byte

// Kinds of chunks. Those without sound take their time in the recording's
// positions all the same, since its clock is the sample count.
const (
	Audio  Kind = 0 // Frames samples of sound
	Paused Kind = 1 // a closed part: not for transcription
	Gap    Kind = 2 // lost before it was recorded
	End    Kind = 3 // the recording is complete; Frames is 0
)

// Chunk is a stretch of one recording.
type Chunk struct {
	Recording string
	Kind      Kind
	Seq       uint64    // the recorder's own number of the chunk
	First     int64     // position of the first sample, at 16 kHz
	Frames    int64     // how many samples it covers
	Energies  []float32 // mean square of each channel, full scale = 1; may be empty
	PCM       []int16   // the automix; len is Frames for Audio, else 0
}

// End is the position after the chunk's last sample.
func (c Chunk) End() int64 { return c.First + c.Frames }

// From cuts the chunk's front so that it begins at sample pos, which must lie
// within it.
func (c Chunk) From(pos int64) Chunk {
	if n := pos - c.First; n > 0 {
		c.First, c.Frames = pos, c.Frames-n
		if c.Kind == Audio {
			c.PCM = c.PCM[n:]
		}
	}
	return c
}

// Check says what is wrong with the chunk (fault.Invalid).
func (c Chunk) Check() error {
	if err := CheckName(c.Recording); err != nil {
		return err
	}
	bad := func(what string) error {
		return fault.New(fault.Invalid, "chunk %d of recording %s: %s", c.Seq, c.Recording, what)
	}
	switch {
	case c.First < 0 || c.Frames < 0 || c.First > math.MaxInt64-c.Frames:
		return bad("its position or length is out of range")
	case c.Kind > End:
		return bad("its kind is unknown")
	case c.Kind == Audio && (c.Frames == 0 || c.Frames > MaxFrames):
		return bad("sound must have 1 to 160000 frames")
	case c.Kind == Audio && int64(len(c.PCM)) != c.Frames:
		return bad("its sound is not as long as its frames say")
	case c.Kind != Audio && len(c.PCM) != 0:
		return bad("it carries sound but is of a kind without")
	case c.Kind == End && c.Frames != 0:
		return bad("an end has no length")
	case (c.Kind == Paused || c.Kind == Gap) && c.Frames == 0:
		return bad("a pause or gap must have a length")
	case len(c.Energies) > MaxChannels:
		return bad("it has more than 64 channels")
	}
	return nil
}

// CheckName says whether a recording's or lease's name can be used on every
// bus: letters, digits, "-" and "_" of ASCII, at most 128 (fault.Invalid).
func CheckName(name string) error {
	ok := name != "" && len(name) <= maxNameLen && strings.IndexFunc(name, func(r rune) bool {
		return !(r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	}) < 0
	if !ok {
		return fault.New(fault.Invalid, "name %.40q: must be 1 to 128 ASCII letters, digits, \"-\" or \"_\"", name)
	}
	return nil
}

// The encoding of a chunk, little-endian: version 1 (one byte), kind (one
// byte), channels (two), seq (8), first (8), frames (8), energies (4 each,
// IEEE 754), PCM (2 each). The recording's name is the stream's.
const (
	chunkVersion = 1
	chunkHead    = 28
)

// MarshalBinary encodes the chunk without its recording's name.
func (c Chunk) MarshalBinary() ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	b := make([]byte, 0, chunkHead+4*len(c.Energies)+2*len(c.PCM))
	b = append(b, chunkVersion, byte(c.Kind))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(c.Energies)))
	b = binary.LittleEndian.AppendUint64(b, c.Seq)
	b = binary.LittleEndian.AppendUint64(b, uint64(c.First))
	b = binary.LittleEndian.AppendUint64(b, uint64(c.Frames))
	for _, e := range c.Energies {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(e))
	}
	for _, s := range c.PCM {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b, nil
}

// DecodeChunk reads what MarshalBinary wrote; the name is that of the stream
// it came from. What is no chunk is fault.Invalid.
func DecodeChunk(recording string, b []byte) (Chunk, error) {
	bad := func(what string) (Chunk, error) {
		return Chunk{}, fault.New(fault.Invalid, "recording %s: a message is no chunk: %s", recording, what)
	}
	if len(b) < chunkHead {
		return bad("too short")
	}
	if b[0] != chunkVersion {
		return bad("its version is unknown; it was written by another release")
	}
	c := Chunk{
		Recording: recording,
		Kind:      Kind(b[1]),
		Seq:       binary.LittleEndian.Uint64(b[4:]),
		First:     int64(binary.LittleEndian.Uint64(b[12:])),
		Frames:    int64(binary.LittleEndian.Uint64(b[20:])),
	}
	channels := int(binary.LittleEndian.Uint16(b[2:]))
	rest := b[chunkHead:]
	if channels > MaxChannels || len(rest) < 4*channels || len(rest)%2 != 0 {
		return bad("its length does not fit its head")
	}
	for i := range channels {
		c.Energies = append(c.Energies, math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:])))
	}
	rest = rest[4*channels:]
	if n := len(rest) / 2; n > 0 {
		c.PCM = make([]int16, n)
		for i := range c.PCM {
			c.PCM[i] = int16(binary.LittleEndian.Uint16(rest[2*i:]))
		}
	}
	if err := c.Check(); err != nil {
		return Chunk{}, err
	}
	return c, nil
}

// Clone copies what the chunk refers to.
func (c Chunk) Clone() Chunk {
	c.Energies, c.PCM = slices.Clone(c.Energies), slices.Clone(c.PCM)
	return c
}
