package audio_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bienban/audio"

	"github.com/mewkiz/flac"
)

// bitWriter writes bits, most significant first.
type bitWriter struct {
	b []byte
	n int
}

func (w *bitWriter) put(v uint64, k int) {
	for i := k - 1; i >= 0; i-- {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(v>>i&1) << (7 - w.n%8)
		w.n++
	}
}

func bitCRC(p []byte, width int, poly uint32) uint32 {
	var crc uint32
	for _, v := range p {
		crc ^= uint32(v) << (width - 8)
		for range 8 {
			if crc&(1<<(width-1)) != 0 {
				crc = crc<<1 ^ poly
			} else {
				crc <<= 1
			}
		}
	}
	return crc & (1<<width - 1)
}

// flacSpec builds FLAC files of verbatim and constant subframes: what other encoders leave out.
type flacSpec struct {
	bits, channels, rate int
	blocks               []int // samples of each frame
	assign               int   // 8 to 10 for a difference channel
	wasted               int   // empty low bits of each sample
	inHeader             bool  // sample size in the frame headers, not only in STREAMINFO
	variable             bool  // numbers count samples
	declare              int   // frames that STREAMINFO declares: 0 for the truth, -1 for not known
	badSum               bool  // wrong checksum of all samples
	first                int   // number of the first frame
	blockPadding         int   // bytes of a PADDING block
}

// build returns the file, the offsets of its frames, and its samples.
func (s flacSpec) build(t testing.TB) (file []byte, offsets []int, want []float32) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	sum := md5.New()
	var frames []byte
	total := 0
	for n, size := range s.blocks {
		ch := make([][]int64, s.channels)
		for c := range ch {
			ch[c] = make([]int64, size)
			for i := range ch[c] {
				v := int64(rng.Uint64()) >> (64 - s.bits) // the whole range
				ch[c][i] = v >> s.wasted << s.wasted
			}
		}
		for i := range size {
			for c := range ch {
				want = append(want, float32(ch[c][i])/float32(int64(1)<<(s.bits-1)))
				raw := binary.LittleEndian.AppendUint64(nil, uint64(ch[c][i]))
				sum.Write(raw[:(s.bits+7)/8])
			}
		}
		depth := make([]int, s.channels)
		for c := range depth {
			depth[c] = s.bits
		}
		assign := s.channels - 1
		if s.assign != 0 {
			assign = s.assign
			for i := range size {
				l, r := ch[0][i], ch[1][i]
				switch s.assign {
				case 8:
					ch[1][i] = l - r
				case 9:
					ch[0][i] = l - r
				case 10:
					ch[0][i], ch[1][i] = (l+r)>>1, l-r
				}
			}
			depth[map[int]int{8: 1, 9: 0, 10: 1}[s.assign]]++
		}
		w := &bitWriter{}
		w.put(0x3FFE, 14)
		w.put(0, 1)
		number := s.first + n
		if s.variable {
			w.put(1, 1)
			number = s.first + total
		} else {
			w.put(0, 1)
		}
		w.put(7, 4)  // 16-bit block size follows
		w.put(13, 4) // 16-bit rate follows
		w.put(uint64(assign), 4)
		code := 0
		if s.inHeader {
			code = map[int]int{8: 1, 12: 2, 16: 4, 20: 5, 24: 6, 32: 7}[s.bits]
		}
		w.put(uint64(code), 3)
		w.put(0, 1)
		for _, b := range []byte(string(rune(number))) {
			w.put(uint64(b), 8)
		}
		w.put(uint64(size-1), 16)
		w.put(uint64(s.rate), 16)
		w.put(uint64(bitCRC(w.b, 8, 0x07)), 8)
		for c := range ch {
			w.put(0, 1)
			w.put(1, 6) // verbatim
			if s.wasted > 0 {
				w.put(1, 1)
				w.put(1, s.wasted) // unary
			} else {
				w.put(0, 1)
			}
			for _, v := range ch[c] {
				w.put(uint64(v>>s.wasted), depth[c]-s.wasted)
			}
		}
		for w.n%8 != 0 {
			w.put(0, 1)
		}
		w.put(uint64(bitCRC(w.b, 16, 0x8005)), 16)
		offsets = append(offsets, len(frames))
		frames = append(frames, w.b...)
		total += size
	}
	w := &bitWriter{}
	w.put(16, 16)
	w.put(65535, 16)
	w.put(0, 48)
	w.put(uint64(s.rate), 20)
	w.put(uint64(s.channels-1), 3)
	w.put(uint64(s.bits-1), 5)
	switch {
	case s.declare > 0:
		w.put(uint64(s.declare), 36)
	case s.declare < 0:
		w.put(0, 36)
	default:
		w.put(uint64(total), 36)
	}
	digest := sum.Sum(nil)
	if s.badSum {
		digest[3] ^= 1
	}
	w.b = append(w.b, digest...)
	last := byte(0x80)
	if s.blockPadding > 0 {
		last = 0
	}
	file = append([]byte("fLaC"), last, 0, 0, 34)
	file = append(file, w.b...)
	if s.blockPadding > 0 {
		file = append(file, 0x81, 0, byte(s.blockPadding>>8), byte(s.blockPadding))
		file = append(file, make([]byte, s.blockPadding)...)
	}
	for i := range offsets {
		offsets[i] += len(file)
	}
	return append(file, frames...), offsets, want
}

func TestFLACOfEveryDepthReadsBackExactly(t *testing.T) {
	for bits := 4; bits <= 32; bits++ {
		for _, s := range []flacSpec{
			{channels: 1}, {channels: 8, inHeader: true}, {channels: 2, assign: 8}, {channels: 2, assign: 9, variable: true},
			{channels: 2, assign: 10, blockPadding: 300}, {channels: 1, wasted: bits / 2}, {channels: 3, declare: -1, first: 500},
		} {
			s.bits, s.rate, s.blocks = bits, 44100, []int{16, 4608, 1, 65535 % 777}
			if !s.variable {
				s.blocks = []int{192, 192, 192, 7}
			}
			name := fmt.Sprintf("%+v", s)
			file, _, want := s.build(t)
			src := open(t, write(t, "a.flac", file))
			if f := src.Format(); f.Bits != bits || f.Channels != s.channels || f.Rate != 44100 ||
				(s.declare == 0 && f.Frames != int64(len(want)/s.channels)) || (s.declare < 0 && f.Frames != -1) {
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

func TestDamagedFLACKeepsTheFramesThatAreWhole(t *testing.T) {
	base := flacSpec{bits: 16, channels: 2, rate: 16000, blocks: []int{192, 192, 192, 100}}
	file, at, want := base.build(t)
	flip := func(i int) []byte { b := bytes.Clone(file); b[i] ^= 0x10; return b }
	build := func(f func(*flacSpec)) []byte { s := base; f(&s); b, _, _ := s.build(t); return b }
	for _, tc := range []struct {
		name   string
		file   []byte
		frames int
		damage bool
	}{
		{"whole", file, 676, false},
		{"cut within the third frame", file[:at[2]+50], 384, true},
		{"cut between frames", file[:at[3]], 576, true},
		{"cut before the last checksum", file[:len(file)-2], 576, true},
		{"a bit wrong in the third frame's samples", flip(at[2] + 60), 384, true},
		{"a bit wrong in the second frame's header", flip(at[1] + 2), 192, true},
		{"a frame missing", append(bytes.Clone(file[:at[1]]), file[at[2]:]...), 192, true},
		{"a wrong checksum of all samples", build(func(s *flacSpec) { s.badSum = true }), 676, true},
		{"more frames than declared", build(func(s *flacSpec) { s.declare = 192 }), 676, true},
		{"zeros behind the last frame", append(bytes.Clone(file), make([]byte, 500)...), 676, false},
		{"an ID3v1 tag behind a stream of unknown length", append(build(func(s *flacSpec) { s.declare = -1 }),
			append([]byte("TAG"), make([]byte, 125)...)...), 676, false},
		{"an ID3v2 tag in front", append([]byte("ID3\x03\x00\x00\x00\x00\x01\x05"+string(make([]byte, 133))), file...), 676, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, end := drain(t, open(t, write(t, "a.flac", tc.file)))
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

// TestFLACCutAnywhere: wherever a file ends, Open or Read says so, and never returns a sample that is not the original.
func TestFLACCutAnywhere(t *testing.T) {
	file, _, want := flacSpec{bits: 16, channels: 1, rate: 16000, blocks: []int{64, 64, 64}}.build(t)
	for n := range len(file) {
		src, err := audio.OpenBytes(file[:n])
		if err != nil {
			var f *audio.FormatError
			if !errors.As(err, &f) {
				t.Fatalf("cut at %d: %v", n, err)
			}
			continue
		}
		got, end := drain(t, src)
		var d *audio.DamageError
		if !errors.As(end, &d) || d.Frame != int64(len(got)) || len(got)%64 != 0 {
			t.Fatalf("cut at %d: %d samples, then %v", n, len(got), end)
		}
		same(t, fmt.Sprintf("cut at %d", n), got, want[:len(got)])
	}
}

// TestFLACAgreesWithAnotherDecoder reads files of a full encoder (linear prediction, Rice coding, stereo) and compares
// each sample with github.com/mewkiz/flac.
func TestFLACAgreesWithAnotherDecoder(t *testing.T) {
	paths := []string{council + "audio.flac"}
	if _, err := exec.LookPath("sox"); err == nil {
		dir := t.TempDir()
		for i, args := range [][]string{
			{"-r", "44100", "-c", "2", "-b", "16", "-C", "8"}, {"-r", "48000", "-c", "2", "-b", "24", "-C", "5"},
			{"-r", "96000", "-c", "1", "-b", "24", "-C", "0"}, {"-r", "8000", "-c", "6", "-b", "8", "-C", "8"},
		} {
			path := filepath.Join(dir, fmt.Sprintf("%d.flac", i))
			cmd := exec.Command("sox", append(append([]string{"-R", "-n"}, args...), path,
				"synth", "0.4", "pinknoise", "synth", "0.4", "sine", "mix", "300-3000", "vol", "0.7")...)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("sox: %v: %s", err, out)
			}
			paths = append(paths, path)
		}
	} else {
		t.Log("sox is not installed: only the sample meeting is compared")
	}
	for _, path := range paths {
		got, end := drain(t, open(t, path))
		if !errors.Is(end, io.EOF) { // also proves the checksum of all samples
			t.Errorf("%s: ended with %v", path, end)
		}
		other, err := flac.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for {
			f, err := other.ParseNext()
			if err != nil {
				break
			}
			for i := range f.Subframes[0].Samples {
				for _, sub := range f.Subframes {
					want := float32(sub.Samples[i]) / float32(int64(1)<<(other.Info.BitsPerSample-1))
					if at >= len(got) || got[at] != want {
						t.Fatalf("%s: sample %d differs", path, at)
					}
					at++
				}
			}
		}
		_ = other.Close()
		if at != len(got) || at == 0 {
			t.Errorf("%s: %d samples, the other decoder has %d", path, len(got), at)
		}
	}
}

func FuzzFLAC(f *testing.F) {
	for _, s := range []flacSpec{
		{bits: 16, channels: 2, rate: 16000, blocks: []int{20, 20}, assign: 10},
		{bits: 32, channels: 1, rate: 48000, blocks: []int{16}, wasted: 3},
		{bits: 24, channels: 2, rate: 44100, blocks: []int{5, 9}, variable: true, declare: -1},
	} {
		b, _, _ := s.build(f)
		f.Add(b[4:])
	}
	if b, err := os.ReadFile(council + "audio.flac"); err == nil { // a real encoder's first frames
		f.Add(b[4:min(len(b), 24000)])
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkAnyBytes(t, append([]byte("fLaC"), b...)) })
}

func BenchmarkFLAC(b *testing.B) {
	for _, name := range []string{"audio.flac", "mixer.flac"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			seconds := 0.0
			for b.Loop() {
				src, err := audio.Open(context.Background(), council+name)
				if err != nil {
					b.Fatal(err)
				}
				f := src.Format()
				buf := make([]float32, 4096*f.Channels)
				for err == nil {
					_, err = src.Read(context.Background(), buf)
				}
				_ = src.Close()
				seconds += float64(f.Frames) / float64(f.Rate)
			}
			b.ReportMetric(seconds/math.Max(b.Elapsed().Seconds(), 1e-9), "x-real-time")
		})
	}
}
