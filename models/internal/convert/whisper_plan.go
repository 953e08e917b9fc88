package convert

import "strconv"

// whisperTensors lists the output tensors in the order of OpenAI's own
// checkpoints (position tables, embedding, decoder, encoder; within a block
// the feed-forward part first), which is the order of the published ggml
// files.
func whisperTensors(m *ct2Model, hp params) ([]outTensor, error) {
	p := &planner{m: m}
	n := hp.state
	p.put("decoder.positional_embedding", p.get("decoder/position_encodings/encodings", hp.textCtx, n), false)
	p.put("encoder.positional_embedding", p.get("encoder/position_encodings/encodings", hp.audioCtx, n), false)
	p.add("decoder.token_embedding.weight", "decoder/embeddings/weight", hp.vocab, n)
	for i := range hp.decLayers {
		out, src := "decoder.blocks."+strconv.Itoa(i), "decoder/layer_"+strconv.Itoa(i)
		p.mlp(out, src, n)
		p.norm(out+".attn_ln", src+"/self_attention/layer_norm", n)
		p.selfAttention(out+".attn", src+"/self_attention", n)
		p.norm(out+".cross_attn_ln", src+"/attention/layer_norm", n)
		p.crossAttention(out+".cross_attn", src+"/attention", n)
	}
	p.norm("decoder.ln", "decoder/layer_norm", n)
	p.conv("conv1", n, hp.mels)
	p.conv("conv2", n, n)
	for i := range hp.encLayers {
		out, src := "encoder.blocks."+strconv.Itoa(i), "encoder/layer_"+strconv.Itoa(i)
		p.mlp(out, src, n)
		p.norm(out+".attn_ln", src+"/self_attention/layer_norm", n)
		p.selfAttention(out+".attn", src+"/self_attention", n)
	}
	p.norm("encoder.ln_post", "encoder/layer_norm", n)
	return p.list, p.err
}

// conv plans a convolution of width 3; its bias is recorded as [n, 1], the
// shape that whisper.cpp adds to the output.
func (p *planner) conv(name string, n, in int) {
	p.add("encoder."+name+".weight", "encoder/"+name+"/weight", n, in, 3)
	b := p.get("encoder/"+name+"/bias", n)
	p.list = append(p.list, outTensor{out: "encoder." + name + ".bias", tensor: b, dims: []int{n, 1}, ftype: ggmlF32})
}
