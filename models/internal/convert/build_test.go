package convert

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"testing"
)

// ct2File writes CTranslate2 model files.
type ct2File struct {
	version uint32
	spec    string
	vars    []ct2Var
	aliases [][2]string
}

type ct2Var struct {
	name string
	dims []int
	id   byte
	data []byte
}

func (f *ct2File) bytes() []byte {
	var b bytes.Buffer
	le := func(v any) { binary.Write(&b, binary.LittleEndian, v) }
	str := func(s string) { le(uint16(len(s) + 1)); b.WriteString(s); b.WriteByte(0) }
	le(f.version)
	str(f.spec)
	le(uint32(3))
	le(uint32(len(f.vars)))
	for _, v := range f.vars {
		str(v.name)
		le(uint8(len(v.dims)))
		for _, d := range v.dims {
			le(uint32(d))
		}
		le(v.id)
		le(uint32(len(v.data)))
		b.Write(v.data)
	}
	le(uint32(len(f.aliases)))
	for _, a := range f.aliases {
		str(a[0])
		str(a[1])
	}
	return b.Bytes()
}

// add appends a tensor of 16-bit floats whose element i is first + i/8, small
// numbers that a half holds exactly.
func (f *ct2File) add(first float32, name string, dims ...int) {
	n := 1
	for _, d := range dims {
		n *= d
	}
	var data []byte
	for i := range n {
		data = binary.LittleEndian.AppendUint16(data, floatToHalf(first+float32(i)/8))
	}
	f.vars = append(f.vars, ct2Var{name, dims, 4, data})
}

func (f *ct2File) zero(name string, from, to int) {
	for i := range f.vars {
		if f.vars[i].name == name {
			clear(f.vars[i].data[2*from : 2*to])
		}
	}
}

// tinyWhisper is a whole Whisper model of width 4 with one layer on each side.
func tinyWhisper() *ct2File {
	const n = 4
	f := &ct2File{version: 6, spec: "WhisperSpec"}
	norm := func(name string) { f.add(1, name+"/gamma", n); f.add(2, name+"/beta", n) }
	linear := func(name string, rows, cols int) { f.add(3, name+"/weight", rows, cols); f.add(4, name+"/bias", rows) }
	layer := func(p string) {
		norm(p + "/self_attention/layer_norm")
		linear(p+"/self_attention/linear_0", 3*n, n)
		f.zero(p+"/self_attention/linear_0/bias", n, 2*n)
		linear(p+"/self_attention/linear_1", n, n)
		norm(p + "/ffn/layer_norm")
		linear(p+"/ffn/linear_0", 4*n, n)
		linear(p+"/ffn/linear_1", n, 4*n)
	}
	heads := ct2Var{"encoder/num_heads", nil, 2, []byte{2, 0}}
	f.vars = append(f.vars, heads)
	f.add(5, "encoder/conv1/weight", n, 80, 3)
	f.add(6, "encoder/conv1/bias", n)
	f.add(7, "encoder/conv2/weight", n, n, 3)
	f.add(8, "encoder/conv2/bias", n)
	f.add(9, "encoder/position_encodings/encodings", 6, n)
	layer("encoder/layer_0")
	norm("encoder/layer_norm")
	f.add(10, "decoder/embeddings/weight", 12, n)
	f.add(11, "decoder/position_encodings/encodings", 5, n)
	layer("decoder/layer_0")
	norm("decoder/layer_0/attention/layer_norm")
	linear("decoder/layer_0/attention/linear_0", n, n)
	linear("decoder/layer_0/attention/linear_1", 2*n, n)
	f.zero("decoder/layer_0/attention/linear_1/bias", 0, n)
	linear("decoder/layer_0/attention/linear_2", n, n)
	norm("decoder/layer_norm")
	f.aliases = [][2]string{{"decoder/projection/weight", "decoder/embeddings/weight"}}
	return f
}

// tokenizerJSON is a vocabulary of the given byte-level tokens.
func tokenizerJSON(tokens ...string) []byte {
	vocab := map[string]int{endOfText: len(tokens)}
	for i, t := range tokens {
		vocab[t] = i
	}
	b, err := json.Marshal(map[string]any{"model": map[string]any{"vocab": vocab}})
	if err != nil {
		panic(err)
	}
	return b
}

// safetensorsFile writes tensors of 32-bit floats.
func safetensorsFile(tensors map[string][]int, value func(name string, i int) float32) []byte {
	header := map[string]any{"__metadata__": map[string]string{"format": "pt"}}
	var data []byte
	for name, dims := range tensors {
		n := 1
		for _, d := range dims {
			n *= d
		}
		from := len(data)
		for i := range n {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(value(name, i)))
		}
		header[name] = map[string]any{"dtype": "F32", "shape": dims, "data_offsets": []int{from, len(data)}}
	}
	h, err := json.Marshal(header)
	if err != nil {
		panic(err)
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(h)))
	return append(append(out, h...), data...)
}

// ggmlTensor is one tensor as the tests read it back; dims innermost first.
type ggmlTensor struct {
	dims   []int
	ftype  int
	values []float32
}

// ggmlReader reads what the converters wrote.
type ggmlReader struct {
	t *testing.T
	b []byte
}

func (r *ggmlReader) take(n int) []byte {
	r.t.Helper()
	if n < 0 || n > len(r.b) {
		r.t.Fatalf("the ggml file ends too early: %d bytes wanted, %d left", n, len(r.b))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *ggmlReader) int() int {
	r.t.Helper()
	return int(int32(binary.LittleEndian.Uint32(r.take(4))))
}

func (r *ggmlReader) ints(n int) []int {
	r.t.Helper()
	out := make([]int, n)
	for i := range out {
		out[i] = r.int()
	}
	return out
}

// tensors reads all that is left, in order.
func (r *ggmlReader) tensors() (names []string, all map[string]ggmlTensor) {
	r.t.Helper()
	all = map[string]ggmlTensor{}
	for len(r.b) > 0 {
		rank, nameLen, ftype := r.int(), r.int(), r.int()
		x := ggmlTensor{dims: r.ints(rank), ftype: ftype}
		name := string(r.take(nameLen))
		n := 1
		for _, d := range x.dims {
			n *= d
		}
		for range n {
			if ftype == ggmlF16 {
				x.values = append(x.values, halfToFloat(binary.LittleEndian.Uint16(r.take(2))))
			} else {
				x.values = append(x.values, math.Float32frombits(binary.LittleEndian.Uint32(r.take(4))))
			}
		}
		if _, dup := all[name]; dup {
			r.t.Fatalf("tensor %s was written twice", name)
		}
		names = append(names, name)
		all[name] = x
	}
	return names, all
}

func (x ggmlTensor) String() string { return fmt.Sprint(x.dims, x.ftype, x.values) }
