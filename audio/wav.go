package audio

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode"
)

// Format tags of a WAV "fmt " chunk (mmreg.h).
const (
	wavPCM        = 0x0001
	wavFloat      = 0x0003
	wavALaw       = 0x0006
	wavMuLaw      = 0x0007
	wavExtensible = 0xFFFE
)

// wavHeader is what the chunks before the samples say.
type wavHeader struct {
	container string
	tag       int // after looking through WAVE_FORMAT_EXTENSIBLE
	rate      int
	channels  int
	bits      int
	align     int   // bytes of a frame
	start     int64 // byte offset of the first sample
	size      int64 // bytes of samples that the header declares, -1 when it was never filled in
}

// errWAVCodec marks a well-formed WAV whose codec is not one of ours; ffmpeg may know it.
var errWAVCodec = errors.New("unsupported codec")

// wavSource reads the samples of a WAV, RF64 or BW64 file.
type wavSource struct {
	path    string
	closer  io.Closer
	r       *bufio.Reader
	h       wavHeader
	frames  int64 // expected, -1 when not known
	got     int64
	raw     []byte
	convert func(dst []float32, raw []byte) (bad int)
	bad     int64 // samples that were NaN or infinite
	short   int64 // bytes that the header declares and the file does not hold
	end     error // what every later Read returns
}

// openWAV reads the header from r, which stands at the first byte of the file. size is the length of the file in
// bytes, or -1 for a pipe.
func openWAV(path string, r *bufio.Reader, closer io.Closer, size int64) (*wavSource, error) {
	h, err := parseWAV(r, size)
	if err != nil {
		if errors.Is(err, errWAVCodec) {
			return nil, err
		}
		return nil, &FormatError{Path: path, Reason: "broken WAV file: " + err.Error(),
			Hint: "record or export the file again"}
	}
	s := &wavSource{path: path, closer: closer, r: r, h: h, frames: -1, convert: wavConverter(h)}
	if size >= 0 {
		have := size - h.start
		if h.size >= 0 && h.size <= have {
			have = h.size
		} else if h.size > have {
			s.short = h.size - have
		}
		s.frames = have / int64(h.align)
		if s.frames == 0 {
			return nil, &FormatError{Path: path, Reason: "the WAV file holds no whole frame of audio",
				Hint: "record or export the file again"}
		}
	} else if h.size >= 0 {
		s.frames = h.size / int64(h.align)
	}
	return s, nil
}

// parseWAV walks the chunks up to the samples. It leaves r at the first sample.
func parseWAV(r *bufio.Reader, size int64) (wavHeader, error) {
	h := wavHeader{size: -1}
	c := &counter{r: r}
	var riff [12]byte
	if err := c.full(riff[:]); err != nil {
		return h, errors.New("it ends within the first 12 bytes")
	}
	switch string(riff[:4]) {
	case "RIFF":
		h.container = "wav"
	case "RF64":
		h.container = "rf64"
	case "BW64":
		h.container = "bw64"
	default:
		return h, errors.New("no RIFF, RF64 or BW64 mark")
	}
	if string(riff[8:]) != "WAVE" {
		return h, fmt.Errorf("a RIFF file of kind %q, not WAVE", riff[8:])
	}
	riffSize := int64(binary.LittleEndian.Uint32(riff[4:8]))
	long := int64(-1) // the 64-bit size of the samples, from ds64
	seenFmt := false
	for {
		var head [8]byte
		if err := c.full(head[:]); err != nil {
			return h, errors.New("it ends before the samples (no data chunk)")
		}
		id, n := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		switch id {
		case "data":
			if !seenFmt {
				return h, errors.New("the samples come before their format (no fmt chunk)")
			}
			h.start = c.n
			h.size = wavDataSize(h, n, long, riffSize, size)
			return h, nil
		case "fmt ":
			var b [40]byte
			k := min(n, int64(len(b)))
			if k < 16 {
				return h, fmt.Errorf("its fmt chunk has %d bytes, not 16 or more", n)
			}
			if err := c.full(b[:k]); err != nil {
				return h, errors.New("it ends within the fmt chunk")
			}
			if err := h.parseFmt(b[:k]); err != nil {
				return h, err
			}
			seenFmt = true
			n += n&1 - k // what is left, with its padding: chunks start at even offsets
		case "ds64":
			var b [24]byte
			if n < int64(len(b)) {
				return h, fmt.Errorf("its ds64 chunk has %d bytes, not 24 or more", n)
			}
			if err := c.full(b[:]); err != nil {
				return h, errors.New("it ends within the ds64 chunk")
			}
			if v := binary.LittleEndian.Uint64(b[8:]); v <= 1<<62 {
				long = int64(v)
			}
			n += n&1 - int64(len(b))
		default:
			n += n & 1
		}
		if err := c.skip(n); err != nil {
			return h, fmt.Errorf("it ends within its %q chunk", id)
		}
	}
}

// wavDataSize decides how many bytes of samples there are, -1 for "to the end of the file". A recorder that streams,
// or dies, leaves the size at 0 or at a maximum (0xFFFFFFFF; sox writes 0x7FFFFFFF less its header).
func wavDataSize(h wavHeader, n, long, riffSize, fileSize int64) int64 {
	const soxMax, soxHeader = 0x7FFFFFFF, 128
	switch {
	case n == 0xFFFFFFFF && long > 0:
		return long
	case n == 0xFFFFFFFF, n > soxMax-soxHeader && n <= soxMax && fileSize >= 0 && fileSize-h.start < n:
		return -1
	case n == 0 && riffSize+8 == fileSize:
		return 0 // closed properly: really empty
	case n == 0:
		return -1
	case fileSize-h.start > 1<<32 && (fileSize-h.start)&0xFFFFFFFF == n:
		return -1 // the 32-bit size wrapped around
	}
	return n
}

// parseFmt reads a "fmt " chunk of at least 16 bytes.
func (h *wavHeader) parseFmt(b []byte) error {
	le := binary.LittleEndian
	h.tag = int(le.Uint16(b))
	h.channels = int(le.Uint16(b[2:]))
	rate := le.Uint32(b[4:])
	h.align = int(le.Uint16(b[12:]))
	h.bits = int(le.Uint16(b[14:]))
	if h.tag == wavExtensible {
		if len(b) < 40 {
			return errors.New("its extensible fmt chunk is cut")
		}
		h.tag = int(le.Uint16(b[24:])) // the first two bytes of the sub-format GUID are the plain tag
	}
	if h.channels < 1 || h.channels > MaxChannels {
		return fmt.Errorf("it declares %d channels, not 1 to %d", h.channels, MaxChannels)
	}
	if rate < MinRate || rate > MaxRate {
		return fmt.Errorf("it declares a sample rate of %d Hz, not %d to %d", rate, MinRate, MaxRate)
	}
	h.rate = int(rate)
	var ok bool
	switch h.tag {
	case wavPCM:
		ok = h.bits >= 1 && h.bits <= 32
	case wavFloat:
		ok = h.bits == 32 || h.bits == 64
	case wavALaw, wavMuLaw:
		ok = h.bits == 8
	default:
		return fmt.Errorf("%w: format tag 0x%04X", errWAVCodec, h.tag)
	}
	if !ok {
		return fmt.Errorf("it declares %d-bit samples, which its format 0x%04X does not have", h.bits, h.tag)
	}
	if want := h.channels * ((h.bits + 7) / 8); h.align != want {
		return fmt.Errorf("it declares frames of %d bytes, but %d channels of %d bits take %d",
			h.align, h.channels, h.bits, want)
	}
	return nil
}

// Format implements Source.
func (s *wavSource) Format() Format {
	enc := map[int]string{wavPCM: "pcm", wavFloat: "float", wavALaw: "alaw", wavMuLaw: "ulaw"}[s.h.tag]
	return Format{Rate: s.h.rate, Channels: s.h.channels, Frames: s.frames, Container: s.h.container,
		Encoding: enc, Bits: s.h.bits}
}

// Read implements Source.
func (s *wavSource) Read(ctx context.Context, dst []float32) (int, error) {
	if err := checkRead(ctx, dst, s.h.channels); err != nil {
		return 0, err
	}
	if s.end != nil {
		return 0, s.end
	}
	want := int64(len(dst) / s.h.channels)
	if s.frames >= 0 {
		want = min(want, s.frames-s.got)
	}
	if want == 0 {
		s.end = s.finish(nil, 0)
		return 0, s.end
	}
	need := int(want) * s.h.align
	if cap(s.raw) < need {
		s.raw = make([]byte, need)
	}
	n, err := io.ReadFull(s.r, s.raw[:need])
	frames := n / s.h.align
	if frames > 0 {
		s.bad += int64(s.convert(dst[:frames*s.h.channels], s.raw[:frames*s.h.align]))
		s.got += int64(frames)
	}
	if err != nil {
		s.end = s.finish(err, n%s.h.align)
		if frames == 0 {
			return 0, s.end
		}
	}
	return frames, nil
}

// finish says how the source ended: err is what the last read met, tail the bytes of a frame that was begun.
func (s *wavSource) finish(err error, tail int) error {
	damage := func(format string, a ...any) error {
		return &DamageError{Path: s.path, Frame: s.got, Reason: fmt.Sprintf(format, a...)}
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return damage("reading failed: %v", err)
	case s.short > 0:
		return damage("the file is cut: %d bytes of samples are missing at its end", s.short)
	case err != nil && s.frames >= 0:
		return damage("the file ended while it was read")
	case err != nil && tail > 0, s.h.size < 0 && s.frames >= 0 && s.partialTail():
		return damage("the file is cut within its last frame")
	case s.h.size >= 0 && s.h.size%int64(s.h.align) != 0:
		return damage("its samples end within a frame")
	case s.bad > 0:
		return damage("%d samples are not numbers and were read as silence", s.bad)
	case s.trailing():
		return damage("more data that its header does not count follows the samples")
	}
	return io.EOF
}

// partialTail reports whether bytes of an unfinished frame are left.
func (s *wavSource) partialTail() bool {
	b, _ := s.r.Peek(1)
	return len(b) > 0
}

// trailing reports whether what follows the declared samples is neither a chunk nor padding. That is how the file of
// a recorder looks that died after it last updated its header, and audio must not be dropped in silence.
func (s *wavSource) trailing() bool {
	if s.h.size < 0 {
		return false
	}
	tail := s.h.rate * s.h.align // less than a second of junk is not worth an alarm
	if s.h.size&1 == 1 {
		_, _ = s.r.Discard(1)
	}
	b, _ := s.r.Peek(4)
	if len(b) < 4 {
		return false
	}
	chunk := true
	for _, c := range b {
		chunk = chunk && c < unicode.MaxASCII && unicode.IsPrint(rune(c))
	}
	if chunk {
		return false
	}
	n, _ := s.r.Discard(tail)
	return n == tail
}

// Close implements Source.
func (s *wavSource) Close() error { return s.closer.Close() }

// counter counts the bytes that go through it.
type counter struct {
	r *bufio.Reader
	n int64
}

func (c *counter) full(b []byte) error {
	n, err := io.ReadFull(c.r, b)
	c.n += int64(n)
	return err
}

func (c *counter) skip(n int64) error {
	for n > 0 {
		k, err := c.r.Discard(int(min(n, 1<<30)))
		c.n += int64(k)
		n -= int64(k)
		if err != nil {
			return err
		}
	}
	return nil
}
