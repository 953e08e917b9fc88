package convert

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// dtype is how one element of a source tensor is stored.
type dtype int

const (
	dtypeF32 dtype = iota
	dtypeF16
	dtypeBF16
	dtypeI8
	dtypeI16
	dtypeI32
)

// size returns the bytes of one element.
func (d dtype) size() int64 {
	switch d {
	case dtypeF32, dtypeI32:
		return 4
	case dtypeF16, dtypeBF16, dtypeI16:
		return 2
	default:
		return 1
	}
}

// float reports whether the elements are floating point numbers.
func (d dtype) float() bool { return d == dtypeF32 || d == dtypeF16 || d == dtypeBF16 }

// tensor locates one array inside a source file. Dims are outermost first.
type tensor struct {
	name   string
	dims   []int
	dtype  dtype
	offset int64 // of the first element, in bytes from the start of the file
}

// elems returns the number of elements; a tensor without dims is a scalar.
func (t tensor) elems() int64 {
	n := int64(1)
	for _, d := range t.dims {
		n *= int64(d)
	}
	return n
}

// rows returns the part of t that holds n consecutive entries of its first
// dimension, beginning with entry from: how a fused QKV matrix is split.
func (t tensor) rows(from, n int) (tensor, error) {
	if len(t.dims) == 0 || from < 0 || n < 0 || from+n > t.dims[0] {
		return tensor{}, fmt.Errorf("tensor %s has no rows %d to %d", t.name, from, from+n)
	}
	out := t
	out.dims = append([]int{n}, t.dims[1:]...)
	if t.dims[0] > 0 {
		out.offset += int64(from) * (t.elems() / int64(t.dims[0])) * t.dtype.size()
	}
	return out, nil
}

// checkedElems multiplies dims without overflow; limit bounds the product.
func checkedElems(dims []int, limit int64) (int64, error) {
	n := int64(1)
	for _, d := range dims {
		if d < 0 || (d > 0 && n > limit/int64(d)) {
			return 0, fmt.Errorf("dimensions %v exceed the file", dims)
		}
		n *= int64(d)
	}
	return n, nil
}

// ggml element types as whisper.cpp writes them in a tensor header (ggml.h:
// GGML_TYPE_F32, GGML_TYPE_F16).
const (
	ggmlF32 = 0
	ggmlF16 = 1
)

// ggmlMagic opens every legacy ggml file ("ggml" in hex, whisper.cpp).
const ggmlMagic = 0x67676d6c

// ggmlWriter writes the little-endian legacy ggml format. The first error
// sticks; flush returns it.
type ggmlWriter struct {
	w   *bufio.Writer
	err error
}

func newGGMLWriter(w io.Writer) *ggmlWriter {
	return &ggmlWriter{w: bufio.NewWriterSize(w, 1<<20)}
}

func (g *ggmlWriter) bytes(b []byte) {
	if g.err == nil {
		_, g.err = g.w.Write(b)
	}
}

func (g *ggmlWriter) ints(v ...int) {
	var b [4]byte
	for _, i := range v {
		binary.LittleEndian.PutUint32(b[:], uint32(int32(i)))
		g.bytes(b[:])
	}
}

func (g *ggmlWriter) flush() error {
	if g.err == nil {
		g.err = g.w.Flush()
	}
	return g.err
}

// tensor writes header and data of t under name. Dims gives the shape to
// record, outermost first (ggml stores it innermost first); it must describe
// as many elements as t has.
func (g *ggmlWriter) tensor(r io.ReaderAt, name string, t tensor, dims []int, ftype int) {
	if g.err != nil {
		return
	}
	g.ints(len(dims), len(name), ftype)
	for i := len(dims) - 1; i >= 0; i-- {
		g.ints(dims[i])
	}
	g.bytes([]byte(name))
	if g.err == nil {
		g.err = copyTensor(g.w, r, t, ftype)
	}
}

// copyTensor streams the elements of t to w as 32-bit or 16-bit floats.
func copyTensor(w io.Writer, r io.ReaderAt, t tensor, ftype int) error {
	if !t.dtype.float() {
		return fmt.Errorf("tensor %s holds integers; only float weights can be converted, take an unquantised model", t.name)
	}
	in := io.NewSectionReader(r, t.offset, t.elems()*t.dtype.size())
	if (t.dtype == dtypeF16 && ftype == ggmlF16) || (t.dtype == dtypeF32 && ftype == ggmlF32) {
		return copyExact(w, in, t)
	}
	buf := make([]byte, 1<<16)
	out := make([]byte, 0, 2<<16)
	for {
		n, err := io.ReadFull(in, buf)
		out = out[:0]
		for i := 0; i+int(t.dtype.size()) <= n; i += int(t.dtype.size()) {
			var f float32
			switch t.dtype {
			case dtypeF32:
				f = math.Float32frombits(binary.LittleEndian.Uint32(buf[i:]))
			case dtypeF16:
				f = halfToFloat(binary.LittleEndian.Uint16(buf[i:]))
			default:
				f = math.Float32frombits(uint32(binary.LittleEndian.Uint16(buf[i:])) << 16)
			}
			if ftype == ggmlF16 {
				out = binary.LittleEndian.AppendUint16(out, floatToHalf(f))
			} else {
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
			}
		}
		if _, werr := w.Write(out); werr != nil {
			return werr
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read tensor %s: %w", t.name, err)
		}
	}
}

func copyExact(w io.Writer, in io.Reader, t tensor) error {
	n, err := io.Copy(w, in)
	if err == nil && n != t.elems()*t.dtype.size() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("copy tensor %s: %w", t.name, err)
	}
	return nil
}
