package whisper

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// The file that whisper.cpp reads (models/convert-pt-to-ggml.py): magic, eleven
// numbers of which the last is the type of the weights, mel filters,
// vocabulary, then tensors to the end.
const (
	ggmlMagic  = 0x67676d6c // "ggml"
	ftypeAt    = 4 + 10*4   // bytes
	typeF32    = 0
	typeF16    = 1
	maxVocab   = 1 << 20
	maxTokenIn = 1 << 12
)

// errNotHalf says that the weights are of another type than half precision.
var errNotHalf = errors.New("not in half precision")

// span is a tensor of half-precision numbers in a model file, in bytes.
type span struct{ typeAt, from, to int64 }

// halves finds the tensors of a half-precision model that may be bfloat16:
// all but the convolutions, whose type whisper.cpp fixes.
func halves(path string) ([]span, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := &layoutReader{r: bufio.NewReaderSize(f, 1<<16)}
	head := r.ints(12)
	if r.err == nil && head[0] != ggmlMagic {
		return nil, fmt.Errorf("%s: no ggml model", path)
	}
	if r.err == nil && head[11] != typeF16 {
		return nil, errNotHalf
	}
	filters := r.ints(2)
	r.skip(4 * filters[0] * filters[1])
	for range min(r.ints(1)[0], maxVocab) {
		r.skip(min(r.ints(1)[0], maxTokenIn))
	}
	var out []span
	for r.err == nil {
		start := r.at
		h := r.ints(3)
		if errors.Is(r.err, io.EOF) && r.at == start {
			return out, nil
		}
		if h[0] < 1 || h[0] > 4 || h[1] > 256 || (h[2] != typeF32 && h[2] != typeF16) {
			return nil, fmt.Errorf("%s: tensor at byte %d: not one of a half-precision model", path, start)
		}
		n := int64(1)
		for _, d := range r.ints(int(h[0])) {
			n *= min(d, 1<<24)
		}
		name := r.text(h[1])
		size := 4 * n
		if h[2] == typeF16 {
			size = 2 * n
			if !strings.HasPrefix(name, "encoder.conv") {
				out = append(out, span{start + 8, r.at, r.at + size})
			}
		}
		r.skip(size)
	}
	return nil, fmt.Errorf("%s: cut after %d bytes: %w", path, r.at, r.err)
}

// checkHeader refuses files that whisper.cpp would read as nonsense: it takes
// sizes from them unchecked.
func checkHeader(path, what string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer func() { _ = f.Close() }()
	r := &layoutReader{r: bufio.NewReaderSize(f, 64)}
	head := r.ints(2)
	// Second is the vocabulary of Whisper, or the length of Silero's name.
	if r.err != nil || head[0] != ggmlMagic || head[1] == 0 || head[1] > maxVocab {
		return fmt.Errorf("%s %s: no ggml model; pull it again with: bienban models pull", what, path)
	}
	return nil
}

type layoutReader struct {
	r   *bufio.Reader
	at  int64
	err error
}

// ints reads n unsigned numbers; zeros after an error.
func (r *layoutReader) ints(n int) []int64 {
	out := make([]int64, n)
	var b [4]byte
	for i := range out {
		if r.err != nil {
			break
		}
		var got int
		got, r.err = io.ReadFull(r.r, b[:])
		r.at += int64(got)
		if r.err == nil {
			out[i] = int64(binary.LittleEndian.Uint32(b[:]))
		}
	}
	return out
}

func (r *layoutReader) text(n int64) string {
	if r.err != nil {
		return ""
	}
	b := make([]byte, n)
	var got int
	got, r.err = io.ReadFull(r.r, b)
	r.at += int64(got)
	return string(b)
}

func (r *layoutReader) skip(n int64) {
	if r.err != nil {
		return
	}
	var got int64
	got, r.err = io.CopyN(io.Discard, r.r, n)
	r.at += got
}
