package audio_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"bienban/audio"
)

// wavSpec builds WAV files, right and wrong ones.
type wavSpec struct {
	magic      string // "RIFF" when empty
	tag        uint16
	channels   uint16
	rate       uint32
	bits       uint16
	align      uint16 // computed when 0
	extensible bool
	before     []byte // chunks between fmt and data
	after      []byte // chunks behind data
	data       []byte
	dataSize   *uint32 // what the header says, when not the truth
	riffSize   *uint32
	ds64       uint64 // size of the samples in ds64
}

func chunk(id string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func (s wavSpec) bytes() []byte {
	le := binary.LittleEndian
	align := s.align
	if align == 0 {
		align = s.channels * ((s.bits + 7) / 8)
	}
	tag := s.tag
	if s.extensible {
		tag = 0xFFFE
	}
	f := le.AppendUint16(nil, tag)
	f = le.AppendUint16(f, s.channels)
	f = le.AppendUint32(f, s.rate)
	f = le.AppendUint32(f, s.rate*uint32(align))
	f = le.AppendUint16(f, align)
	f = le.AppendUint16(f, s.bits)
	if s.extensible {
		f = le.AppendUint16(f, 22)
		f = le.AppendUint16(f, s.bits)
		f = le.AppendUint32(f, 0)
		f = le.AppendUint16(f, s.tag)
		f = append(f, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	}
	var body []byte
	if s.ds64 > 0 {
		d := le.AppendUint64(nil, 0)
		d = le.AppendUint64(d, s.ds64)
		d = le.AppendUint64(d, 0)
		body = append(body, chunk("ds64", le.AppendUint32(d, 0))...)
	}
	body = append(body, chunk("fmt ", f)...)
	body = append(body, s.before...)
	data := chunk("data", s.data)
	if s.dataSize != nil {
		le.PutUint32(data[4:], *s.dataSize)
	}
	body = append(body, data...)
	body = append(body, s.after...)
	magic := s.magic
	if magic == "" {
		magic = "RIFF"
	}
	size := uint32(4 + len(body))
	if s.riffSize != nil {
		size = *s.riffSize
	}
	out := le.AppendUint32([]byte(magic), size)
	return append(append(out, "WAVE"...), body...)
}

// encode returns frames of distinct full-scale tones on each channel and their encoding.
func encode(tag uint16, bits, channels, frames int) (raw []byte, want []float32) {
	le := binary.LittleEndian
	for i := range frames {
		for c := range channels {
			x := math.Sin(float64(i*(c+1)) * 0.05)
			switch {
			case tag == 3 && bits == 32:
				raw = le.AppendUint32(raw, math.Float32bits(float32(x)))
				want = append(want, float32(x))
			case tag == 3:
				raw = le.AppendUint64(raw, math.Float64bits(x))
				want = append(want, float32(x))
			case bits <= 8:
				v := int(math.Round(x * 127))
				raw = append(raw, byte(v+128))
				want = append(want, float32(v)/128)
			default:
				width := (bits + 7) / 8
				v := int64(math.Round(x * float64(int64(1)<<(bits-1)-1)))
				v <<= width*8 - bits // sits in the upper bits of its container
				for k := range width {
					raw = append(raw, byte(v>>(8*k)))
				}
				want = append(want, float32(float64(v)/float64(int64(1)<<(width*8-1))))
			}
		}
	}
	return raw, want
}

func write(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// drain reads a source in odd chunks.
func drain(t testing.TB, src audio.Source) (all []float32, end error) {
	t.Helper()
	ch := src.Format().Channels
	for i := 0; ; i++ {
		buf := make([]float32, ch*(1+i*37%501))
		n, err := src.Read(context.Background(), buf)
		all = append(all, buf[:n*ch]...)
		if err != nil {
			if n != 0 {
				t.Fatalf("Read returned %d frames with %v", n, err)
			}
			if _, again := src.Read(context.Background(), buf); again == nil || again.Error() != err.Error() {
				t.Fatalf("the end was %v and then %v", err, again)
			}
			return all, err
		}
	}
}

func TestWAVOfEveryEncodingReadsBackExactly(t *testing.T) {
	list := chunk("LIST", []byte("INFOISFT\x05\x00\x00\x00odd!\x00")) // an odd length, so padded
	for _, enc := range []struct {
		tag  uint16
		bits int
	}{{1, 8}, {1, 12}, {1, 16}, {1, 20}, {1, 24}, {1, 32}, {3, 32}, {3, 64}} {
		for _, channels := range []int{1, 2, 3, 8, 32} {
			for _, rate := range []uint32{1000, 16000, 44100, 768000} {
				for _, extensible := range []bool{false, true} {
					name := fmt.Sprintf("tag %d, %d bits, %d channels, %d Hz, extensible %v", enc.tag, enc.bits, channels, rate, extensible)
					raw, want := encode(enc.tag, enc.bits, channels, 211)
					b := wavSpec{tag: enc.tag, channels: uint16(channels), rate: rate, bits: uint16(enc.bits),
						extensible: extensible, before: list, after: list, data: raw}.bytes()
					src := open(t, write(t, "a.dat", b))
					f := src.Format()
					if f.Rate != int(rate) || f.Channels != channels || f.Frames != 211 || f.Bits != enc.bits || f.Container != "wav" {
						t.Errorf("%s: format %+v", name, f)
					}
					got, end := drain(t, src)
					if !errors.Is(end, io.EOF) {
						t.Errorf("%s: ended with %v", name, end)
					}
					same(t, name, got, want)
				}
			}
		}
	}
}

func same(t testing.TB, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d samples, want %d", name, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: sample %d is %v, want %v", name, i, got[i], want[i])
			return
		}
	}
}

func TestWAVOfTelephoneCodecsFollowsG711(t *testing.T) {
	for _, tc := range []struct {
		tag  uint16
		in   []byte
		want []float32 // from the tables of ITU-T G.711, 16-bit
	}{
		{6, []byte{0xD5, 0x55, 0xAA, 0x2A, 0x80}, []float32{8, -8, 32256, -32256, 5504}},
		{7, []byte{0xFF, 0x7F, 0x80, 0x00, 0x8F}, []float32{0, 0, 32124, -32124, 16764}},
	} {
		src := open(t, write(t, "a.wav", wavSpec{tag: tc.tag, channels: 1, rate: 8000, bits: 8, data: tc.in}.bytes()))
		got, _ := drain(t, src)
		for i := range tc.want {
			tc.want[i] /= 32768
		}
		same(t, fmt.Sprintf("tag %d", tc.tag), got, tc.want)
	}
}

func ptr(v uint32) *uint32 { return &v }

func TestWAVLengths(t *testing.T) {
	raw, want := encode(1, 16, 2, 100)
	base := wavSpec{tag: 1, channels: 2, rate: 8000, bits: 16, data: raw}
	with := func(f func(*wavSpec)) []byte { s := base; f(&s); return s.bytes() }
	whole := base.bytes()
	junk := bytes.Repeat([]byte{0xFF, 0x01}, 8000*4)
	for _, tc := range []struct {
		name   string
		file   []byte
		frames int
		damage bool
	}{
		{"whole", whole, 100, false},
		{"never finalised: size 0", with(func(s *wavSpec) { s.dataSize, s.riffSize = ptr(0), ptr(0) }), 100, false},
		{"never finalised: size all ones", with(func(s *wavSpec) { s.dataSize, s.riffSize = ptr(math.MaxUint32), ptr(math.MaxUint32) }), 100, false},
		{"never finalised, as sox streams", with(func(s *wavSpec) { s.dataSize = ptr(0x7FFFFFFF - 36) }), 100, false},
		{"cut three bytes short", whole[:len(whole)-3], 99, true},
		{"streamed and cut within a frame", with(func(s *wavSpec) { s.dataSize = ptr(math.MaxUint32); s.data = raw[:397] })[:44+397], 99, true},
		{"cut at a frame", whole[:len(whole)-40], 90, true},
		{"cut within a frame", whole[:len(whole)-41], 89, true},
		{"declared length ends within a frame", with(func(s *wavSpec) { s.data = raw[:398] }), 99, true},
		{"RF64", with(func(s *wavSpec) {
			s.magic, s.ds64, s.dataSize, s.riffSize = "RF64", 400, ptr(math.MaxUint32), ptr(math.MaxUint32)
			s.after = chunk("LIST", []byte("INFO"))
		}), 100, false},
		{"BW64 cut", with(func(s *wavSpec) {
			s.magic, s.ds64, s.dataSize, s.riffSize = "BW64", 1<<40, ptr(math.MaxUint32), ptr(math.MaxUint32)
		}), 100, true},
		{"header updated before the recorder died", with(func(s *wavSpec) { s.after = junk }), 100, true},
		{"a little junk behind the samples", with(func(s *wavSpec) { s.after = []byte{0xFF, 1, 2, 3, 4, 5} }), 100, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := open(t, write(t, "a.wav", tc.file))
			if f := src.Format(); f.Frames != int64(tc.frames) {
				t.Errorf("announces %d frames, want %d", f.Frames, tc.frames)
			}
			got, end := drain(t, src)
			same(t, "samples", got, want[:tc.frames*2])
			var d *audio.DamageError
			if errors.As(end, &d) != tc.damage || (!tc.damage && !errors.Is(end, io.EOF)) {
				t.Errorf("ended with %v", end)
			}
			if d != nil && d.Frame != int64(tc.frames) {
				t.Errorf("damage after frame %d, want %d", d.Frame, tc.frames)
			}
		})
	}
}

func TestFloatsThatAreNoNumbersBecomeSilenceAndAreReported(t *testing.T) {
	le := binary.LittleEndian
	var raw []byte
	for _, v := range []float32{0.5, float32(math.NaN()), float32(math.Inf(1)), 3, -3} {
		raw = le.AppendUint32(raw, math.Float32bits(v))
	}
	src := open(t, write(t, "a.wav", wavSpec{tag: 3, channels: 1, rate: 8000, bits: 32, data: raw}.bytes()))
	got, end := drain(t, src)
	same(t, "samples", got, []float32{0.5, 0, 0, 1, -1})
	var d *audio.DamageError
	if !errors.As(end, &d) || d.Frame != 5 {
		t.Errorf("ended with %v", end)
	}
}

func FuzzWAV(f *testing.F) {
	raw, _ := encode(1, 16, 2, 10)
	s := wavSpec{tag: 1, channels: 2, rate: 8000, bits: 16, data: raw}
	f.Add(s.bytes())
	s.extensible, s.before = true, chunk("LIST", []byte("abc"))
	f.Add(s.bytes())
	s.magic, s.ds64, s.dataSize = "RF64", 40, ptr(math.MaxUint32)
	f.Add(s.bytes())
	s.tag, s.bits, s.dataSize = 3, 64, ptr(0)
	f.Add(s.bytes())
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) { checkAnyBytes(t, append([]byte("RIFF"), b...)); checkAnyBytes(t, b) })
}

// checkAnyBytes opens arbitrary bytes without ffmpeg's help: either a one-line error, or samples in range and an end.
func checkAnyBytes(t *testing.T, b []byte) {
	t.Helper()
	src, err := audio.OpenBytes(b)
	if err != nil {
		if s := err.Error(); bytes.ContainsAny([]byte(s), "\n\r") || s == "" {
			t.Fatalf("error %q", s)
		}
		return
	}
	f := src.Format()
	if f.Channels < 1 || f.Channels > audio.MaxChannels || f.Rate < audio.MinRate || f.Rate > audio.MaxRate {
		t.Fatalf("format %+v", f)
	}
	buf := make([]float32, 512*f.Channels)
	for total := int64(0); ; {
		n, err := src.Read(context.Background(), buf)
		for _, v := range buf[:n*f.Channels] {
			if !(v >= -1 && v <= 1) {
				t.Fatalf("sample %v", v)
			}
		}
		if total += int64(n); err != nil {
			var d *audio.DamageError
			if errors.As(err, &d) && d.Frame != total {
				t.Fatalf("%d frames, then %v", total, err)
			}
			return
		}
		if n == 0 {
			t.Fatal("no frames and no error")
		}
	}
}
