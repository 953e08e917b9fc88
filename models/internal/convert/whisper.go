package convert

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
)

// whisperSpec is what CTranslate2 calls its Whisper models.
const whisperSpec = "WhisperSpec"

// Whisper reads a CTranslate2 Whisper model (model.bin of size bytes, 16 or
// 32-bit floats) and its tokenizer.json, and writes whisper.cpp's ggml file
// with 16-bit matrices. Biases, layer norms, convolution biases and position
// tables stay 32-bit, as in whisper.cpp's convert-pt-to-ggml.py; the order of
// tensors is that of OpenAI's checkpoints.
func Whisper(w io.Writer, model io.ReaderAt, size int64, tokenizer io.Reader) error {
	m, err := readCT2(model, size)
	if err != nil {
		return err
	}
	if m.spec != whisperSpec {
		return fmt.Errorf("CTranslate2 model is a %q, want %s", m.spec, whisperSpec)
	}
	hp, err := whisperParams(m, model)
	if err != nil {
		return err
	}
	vocab, err := readVocab(tokenizer)
	if err != nil {
		return err
	}
	if len(vocab) > hp.vocab {
		return fmt.Errorf("tokenizer.json has %d tokens, the model only %d: they do not belong together", len(vocab), hp.vocab)
	}
	plan, err := whisperTensors(m, hp)
	if err != nil {
		return err
	}
	for _, t := range plan {
		if t.mustBeZero {
			if err := checkZero(model, t.tensor); err != nil {
				return err
			}
		}
	}
	g := newGGMLWriter(w)
	g.ints(ggmlMagic, hp.vocab, hp.audioCtx, hp.state, hp.heads, hp.encLayers,
		hp.textCtx, hp.state, hp.heads, hp.decLayers, hp.mels, ggmlF16)
	filters := melFilters(hp.mels)
	g.ints(hp.mels, melBins)
	for _, f := range filters {
		g.ints(int(int32(math.Float32bits(f))))
	}
	g.ints(len(vocab))
	for _, token := range vocab {
		g.ints(len(token))
		g.bytes(token)
	}
	for _, t := range plan {
		if !t.mustBeZero {
			g.tensor(model, t.out, t.tensor, t.dims, t.ftype)
		}
	}
	return g.flush()
}

// params are the numbers of a ggml Whisper header that vary between models.
type params struct {
	vocab, mels, state, heads, encLayers, decLayers, audioCtx, textCtx int
}

func whisperParams(m *ct2Model, r io.ReaderAt) (params, error) {
	var p params
	conv, err := m.get("encoder/conv1/weight", -1, -1, 3)
	if err != nil {
		return p, err
	}
	p.state, p.mels = conv.dims[0], conv.dims[1]
	emb, err := m.get("decoder/embeddings/weight", -1, p.state)
	if err != nil {
		return p, err
	}
	p.vocab = emb.dims[0]
	enc, err := m.get("encoder/position_encodings/encodings", -1, p.state)
	if err != nil {
		return p, err
	}
	dec, err := m.get("decoder/position_encodings/encodings", -1, p.state)
	if err != nil {
		return p, err
	}
	p.audioCtx, p.textCtx = enc.dims[0], dec.dims[0]
	if p.heads, err = m.scalar(r, "encoder/num_heads"); err != nil {
		return p, err
	}
	p.encLayers, p.decLayers = m.layers("encoder"), m.layers("decoder")
	if p.mels != 80 && p.mels != 128 {
		return p, fmt.Errorf("CTranslate2 model has %d mel channels, Whisper has 80 or 128", p.mels)
	}
	return p, nil
}

// layers counts encoder/layer_0, layer_1 and so on.
func (m *ct2Model) layers(part string) int {
	n := 0
	for {
		if _, ok := m.vars[part+"/layer_"+strconv.Itoa(n)+"/ffn/layer_norm/gamma"]; !ok {
			return n
		}
		n++
	}
}

// outTensor is one tensor of the output; mustBeZero marks a part of the input
// that the output format has no place for (the key bias of fused attention).
type outTensor struct {
	out        string
	tensor     tensor
	dims       []int
	ftype      int
	mustBeZero bool
}

// planner collects output tensors; the first error sticks.
type planner struct {
	m    *ct2Model
	list []outTensor
	err  error
}

// add plans the variable src, of the given shape, under the name out. Matrices
// become 16-bit floats, vectors stay 32-bit.
func (p *planner) add(out, src string, dims ...int) {
	if t := p.get(src, dims...); p.err == nil {
		p.put(out, t, len(dims) > 1)
	}
}

func (p *planner) get(src string, dims ...int) tensor {
	if p.err != nil {
		return tensor{}
	}
	t, err := p.m.get(src, dims...)
	p.err = err
	return t
}

func (p *planner) put(out string, t tensor, half bool) {
	o := outTensor{out: out, tensor: t, dims: t.dims, ftype: ggmlF32}
	if half {
		o.ftype = ggmlF16
	}
	p.list = append(p.list, o)
}

// split plans n rows of t from row from on.
func (p *planner) split(out string, t tensor, from, n int) {
	if p.err != nil {
		return
	}
	part, err := t.rows(from, n)
	if err != nil {
		p.err = err
		return
	}
	p.put(out, part, len(part.dims) > 1)
}

// norm plans a layer norm, linear a matrix with its bias.
func (p *planner) norm(out, src string, n int) {
	p.add(out+".weight", src+"/gamma", n)
	p.add(out+".bias", src+"/beta", n)
}

func (p *planner) linear(out, src string, rows, cols int) {
	p.add(out+".weight", src+"/weight", rows, cols)
	p.add(out+".bias", src+"/bias", rows)
}

// keyBias plans the check that a fused key bias is zero: Whisper's keys have
// none, and dropping another would change the model.
func (p *planner) keyBias(b tensor, from, n int) {
	if p.err != nil {
		return
	}
	part, err := b.rows(from, n)
	p.err = err
	p.list = append(p.list, outTensor{tensor: part, mustBeZero: true})
}

// selfAttention splits CTranslate2's fused query, key, value matrix.
func (p *planner) selfAttention(out, src string, n int) {
	w := p.get(src+"/linear_0/weight", 3*n, n)
	b := p.get(src+"/linear_0/bias", 3*n)
	p.split(out+".query.weight", w, 0, n)
	p.split(out+".query.bias", b, 0, n)
	p.split(out+".key.weight", w, n, n)
	p.keyBias(b, n, n)
	p.split(out+".value.weight", w, 2*n, n)
	p.split(out+".value.bias", b, 2*n, n)
	p.linear(out+".out", src+"/linear_1", n, n)
}

// crossAttention has its query apart and key and value fused.
func (p *planner) crossAttention(out, src string, n int) {
	p.linear(out+".query", src+"/linear_0", n, n)
	w := p.get(src+"/linear_1/weight", 2*n, n)
	b := p.get(src+"/linear_1/bias", 2*n)
	p.split(out+".key.weight", w, 0, n)
	p.keyBias(b, 0, n)
	p.split(out+".value.weight", w, n, n)
	p.split(out+".value.bias", b, n, n)
	p.linear(out+".out", src+"/linear_2", n, n)
}

func (p *planner) mlp(out, src string, n int) {
	p.norm(out+".mlp_ln", src+"/ffn/layer_norm", n)
	p.linear(out+".mlp.0", src+"/ffn/linear_0", 4*n, n)
	p.linear(out+".mlp.2", src+"/ffn/linear_1", n, 4*n)
}

// checkZero fails when any element of t is not zero.
func checkZero(r io.ReaderAt, t tensor) error {
	b := make([]byte, t.elems()*t.dtype.size())
	if _, err := r.ReadAt(b, t.offset); err != nil {
		return fmt.Errorf("read tensor %s: %w", t.name, err)
	}
	size := int(t.dtype.size())
	for i := 0; i+size <= len(b); i += size {
		v := uint64(binary.LittleEndian.Uint16(b[i:])) << 1 & 0xffff // sign off: -0 is zero
		if size == 4 {
			v = uint64(binary.LittleEndian.Uint32(b[i:])) << 1 & 0xffffffff
		}
		if v != 0 {
			return fmt.Errorf("tensor %s has a key bias, which a Whisper model has not: not converted", t.name)
		}
	}
	return nil
}
