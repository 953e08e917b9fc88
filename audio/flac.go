package audio

import (
	"bufio"
	"context"
	"crypto/md5" // the checksum that FLAC itself carries
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
)

// flacSource reads a FLAC file (RFC 9639). The decoder is our own: the module that the project otherwise would use
// (mewkiz/flac, now the oracle of the tests) reads neither 32-bit files nor files whose frames leave the sample size
// to STREAMINFO, prints a line for each frame of some rates, and is several times slower.
type flacSource struct {
	path   string
	closer io.Closer
	d      *flacDecoder
	info   flacInfo
	ready  int   // frames decoded and not handed out yet, at the end of d.ch
	read   int64 // frames decoded
	blocks uint64
	first  uint64 // number of the first frame: a cut-out or a recorded stream need not start at 0
	sum    hash.Hash
	raw    []byte
	end    error // what Read returns once ready is 0
}

// openFLAC reads the metadata and the first frame from r, which stands at the "fLaC" mark.
func openFLAC(path string, r *bufio.Reader, closer io.Closer) (*flacSource, error) {
	info, err := parseFLACInfo(r)
	if err != nil {
		return nil, &FormatError{Path: path, Reason: "broken FLAC file: " + err.Error(),
			Hint: "record or export the file again"}
	}
	s := &flacSource{path: path, closer: closer, info: info, sum: md5.New()}
	s.d = &flacDecoder{b: newBitReader(r), crc: newCRC16(), info: info, ch: make([][]int64, info.channels)}
	if s.decode(); s.read == 0 {
		reason := "there is no audio in it"
		var damage *DamageError
		if errors.As(s.end, &damage) {
			reason = damage.Reason
		}
		return nil, &FormatError{Path: path, Reason: "the FLAC file holds no whole frame: " + reason,
			Hint: "record or export the file again"}
	}
	return s, nil
}

// parseFLACInfo reads the metadata blocks up to the first frame.
func parseFLACInfo(r *bufio.Reader) (info flacInfo, err error) {
	c := &counter{r: r}
	var mark [4]byte
	if err := c.full(mark[:]); err != nil {
		return info, errors.New("it ends within its first 4 bytes")
	}
	for i := 0; ; i++ {
		var head [4]byte
		if err := c.full(head[:]); err != nil {
			return info, errors.New("it ends within its metadata")
		}
		kind, n := head[0]&0x7F, int64(binary.BigEndian.Uint32(head[:])&0xFFFFFF)
		if i == 0 {
			var b [34]byte
			if kind != 0 || n < int64(len(b)) {
				return info, errors.New("it does not start with a STREAMINFO block")
			}
			if err := c.full(b[:]); err != nil {
				return info, errors.New("it ends within its STREAMINFO block")
			}
			n -= int64(len(b))
			v := binary.BigEndian.Uint64(b[10:])
			info.rate = int(v >> 44)
			info.channels = int(v>>41&7) + 1
			info.bits = int(v>>36&31) + 1
			info.samples = int64(v & (1<<36 - 1))
			copy(info.md5[:], b[18:])
			if info.rate < MinRate || info.rate > MaxRate {
				return info, fmt.Errorf("it declares a sample rate of %d Hz, not %d to %d", info.rate, MinRate, MaxRate)
			}
			if info.bits < 4 {
				return info, fmt.Errorf("it declares %d-bit samples, not 4 to 32", info.bits)
			}
		}
		if err := c.skip(n); err != nil {
			return info, errors.New("it ends within its metadata")
		}
		if head[0]&0x80 != 0 {
			return info, nil
		}
	}
}

// Format implements Source.
func (s *flacSource) Format() Format {
	frames := s.info.samples
	if frames == 0 {
		frames = -1
	}
	return Format{Rate: s.info.rate, Channels: s.info.channels, Frames: frames, Container: "flac", Encoding: "flac",
		Bits: s.info.bits}
}

// Read implements Source.
func (s *flacSource) Read(ctx context.Context, dst []float32) (int, error) {
	if err := checkRead(ctx, dst, s.info.channels); err != nil {
		return 0, err
	}
	done, want := 0, len(dst)/s.info.channels
	for done < want {
		if s.ready == 0 {
			if s.decode(); s.ready == 0 {
				break
			}
		}
		n := min(want-done, s.ready)
		top := int64(1)<<(s.info.bits-1) - 1
		scale := 1 / float32(top+1)
		for c, samples := range s.d.ch {
			in := samples[len(samples)-s.ready:][:n]
			out := dst[done*s.info.channels+c:]
			for i, v := range in {
				v = max(-top-1, min(top, v)) // only a forged frame goes past full scale
				out[i*s.info.channels] = float32(v) * scale
			}
		}
		s.ready -= n
		done += n
	}
	if done == 0 {
		return 0, s.end
	}
	return done, nil
}

// decode makes the next frame ready, or sets end.
func (s *flacSource) decode() {
	if s.end != nil {
		return
	}
	h, ok, err := s.d.next()
	switch {
	case !ok && err != nil:
		s.damage("reading failed: %v", err)
	case !ok:
		s.finish()
	case s.info.samples > 0 && s.read >= s.info.samples && err != nil:
		s.finish() // a tag or padding behind the last frame
	case err != nil && s.onlyTagLeft():
		s.finish()
	case errors.Is(err, errFLACEnd):
		s.damage("the file is cut within a frame")
	case err != nil:
		s.damage("%v", err)
	case !s.inOrder(h):
		s.damage("frames are missing (number %d does not follow)", h.number)
	default:
		s.blocks++
		s.read += int64(h.size)
		s.ready = h.size
		s.hash()
	}
}

// inOrder checks a frame's number against the frames before it.
func (s *flacSource) inOrder(h flacHeader) bool {
	if s.read == 0 {
		s.first = h.number
		return true
	}
	if h.variable {
		return h.number-s.first == uint64(s.read)
	}
	return h.number-s.first == s.blocks
}

// onlyTagLeft reports whether the bytes where a frame should start are an ID3v1 tag, which some programs append.
func (s *flacSource) onlyTagLeft() bool {
	b := s.d.b
	rest := b.buf[b.mark:b.end]
	return len(rest) <= 128 && len(rest) >= 3 && string(rest[:3]) == "TAG"
}

// finish ends the source after its last frame.
func (s *flacSource) finish() {
	switch sum := [16]byte(s.sum.Sum(nil)); {
	case s.info.samples > s.read:
		s.damage("the file is cut: %d of %d frames are missing at its end", s.info.samples-s.read, s.info.samples)
	case s.info.samples > 0 && s.info.samples < s.read:
		s.damage("it holds %d frames more than it declares", s.read-s.info.samples)
	case s.info.md5 != [16]byte{} && s.info.md5 != sum:
		s.damage("the checksum of all its samples is wrong")
	default:
		s.end = io.EOF
	}
}

func (s *flacSource) damage(format string, a ...any) {
	s.end = &DamageError{Path: s.path, Frame: s.read, Reason: fmt.Sprintf(format, a...)}
}

// hash adds the samples of the last frame to the stream's checksum, which is over little-endian samples.
func (s *flacSource) hash() {
	if s.info.md5 == [16]byte{} {
		return
	}
	width, n := (s.info.bits+7)/8, len(s.d.ch)
	size := s.ready * n * width
	if cap(s.raw) < size {
		s.raw = make([]byte, size)
	}
	raw := s.raw[:size]
	for c, samples := range s.d.ch {
		at := c * width
		if width == 2 {
			for _, v := range samples {
				binary.LittleEndian.PutUint16(raw[at:], uint16(v))
				at += n * 2
			}
			continue
		}
		for _, v := range samples {
			for k := range width {
				raw[at+k] = byte(v >> (8 * k))
			}
			at += n * width
		}
	}
	_, _ = s.sum.Write(raw[:size])
}

// Close implements Source.
func (s *flacSource) Close() error { return s.closer.Close() }
