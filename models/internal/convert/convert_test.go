package convert

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func convertTiny(t *testing.T, f *ct2File, tok []byte) ([]byte, error) {
	t.Helper()
	b := f.bytes()
	var out bytes.Buffer
	err := Whisper(&out, bytes.NewReader(b), int64(len(b)), bytes.NewReader(tok))
	return out.Bytes(), err
}

func TestAWhisperModelArrivesWholeInWhisperCppsFormat(t *testing.T) {
	out, err := convertTiny(t, tinyWhisper(), tokenizerJSON("a", "Ġb", "áº¿"))
	if err != nil {
		t.Fatal(err)
	}
	r := &ggmlReader{t, out}
	// magic, vocab, audio ctx, state, heads, layers, text ctx, state, heads, layers, mels, f16
	if got, want := r.ints(12), []int{ggmlMagic, 12, 6, 4, 2, 1, 5, 4, 2, 1, 80, 1}; !slices.Equal(got, want) {
		t.Errorf("header %v, want %v", got, want)
	}
	if got := r.ints(2); !slices.Equal(got, []int{80, 201}) {
		t.Errorf("mel filters are %v, want 80 × 201", got)
	}
	r.take(80 * 201 * 4)
	var tokens []string
	for range r.int() {
		tokens = append(tokens, string(r.take(r.int())))
	}
	if want := []string{"a", " b", "ế"}; !slices.Equal(tokens, want) {
		t.Errorf("vocabulary %q, want %q", tokens, want)
	}
	names, all := r.tensors()
	if len(names) != 50 {
		t.Errorf("%d tensors, want 50: %v", len(names), names)
	}
	seq := func(first float32, from, n int) []float32 {
		var v []float32
		for i := range n {
			v = append(v, first+float32(from+i)/8)
		}
		return v
	}
	for name, want := range map[string]ggmlTensor{
		"decoder.token_embedding.weight":           {[]int{4, 12}, ggmlF16, seq(10, 0, 48)},
		"decoder.positional_embedding":             {[]int{4, 5}, ggmlF32, seq(11, 0, 20)},
		"encoder.conv1.weight":                     {[]int{3, 80, 4}, ggmlF16, seq(5, 0, 960)},
		"encoder.conv1.bias":                       {[]int{1, 4}, ggmlF32, seq(6, 0, 4)},
		"encoder.blocks.0.attn.query.weight":       {[]int{4, 4}, ggmlF16, seq(3, 0, 16)},
		"encoder.blocks.0.attn.key.weight":         {[]int{4, 4}, ggmlF16, seq(3, 16, 16)},
		"encoder.blocks.0.attn.value.weight":       {[]int{4, 4}, ggmlF16, seq(3, 32, 16)},
		"encoder.blocks.0.attn.query.bias":         {[]int{4}, ggmlF32, seq(4, 0, 4)},
		"encoder.blocks.0.attn.value.bias":         {[]int{4}, ggmlF32, seq(4, 8, 4)},
		"decoder.blocks.0.cross_attn.key.weight":   {[]int{4, 4}, ggmlF16, seq(3, 0, 16)},
		"decoder.blocks.0.cross_attn.value.weight": {[]int{4, 4}, ggmlF16, seq(3, 16, 16)},
		"decoder.blocks.0.cross_attn.value.bias":   {[]int{4}, ggmlF32, seq(4, 4, 4)},
		"decoder.blocks.0.mlp.0.weight":            {[]int{4, 16}, ggmlF16, seq(3, 0, 64)},
		"decoder.ln.bias":                          {[]int{4}, ggmlF32, seq(2, 0, 4)},
	} {
		if got := all[name]; got.String() != want.String() {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"encoder.blocks.0.attn.key.bias", "decoder.blocks.0.cross_attn.key.bias", "decoder.projection.weight"} {
		if _, ok := all[name]; ok {
			t.Errorf("%s must not be written", name)
		}
	}
}

func TestAModelThatIsNotWhisperIsRefusedWithTheReason(t *testing.T) {
	change := func(f func(*ct2File)) *ct2File { m := tinyWhisper(); f(m); return m }
	index := func(f *ct2File, name string) int {
		return slices.IndexFunc(f.vars, func(v ct2Var) bool { return v.name == name })
	}
	for _, c := range []struct {
		name string
		file *ct2File
		want string
	}{
		{"another version", change(func(f *ct2File) { f.version = 3 }), "version 3"},
		{"another model", change(func(f *ct2File) { f.spec = "TransformerSpec" }), "TransformerSpec"},
		{"a key bias", change(func(f *ct2File) { f.vars[index(f, "encoder/layer_0/self_attention/linear_0/bias")].data[8] = 1 }), "key bias"},
		{"8-bit weights", change(func(f *ct2File) {
			v := &f.vars[index(f, "encoder/conv2/weight")]
			v.id, v.data = 1, v.data[:len(v.data)/2]
		}), "integers"},
		{"a missing tensor", change(func(f *ct2File) {
			f.vars = slices.Delete(f.vars, index(f, "decoder/layer_norm/beta"), index(f, "decoder/layer_norm/beta")+1)
		}), "decoder/layer_norm/beta"},
		{"a wrong shape", change(func(f *ct2File) { f.vars[index(f, "encoder/conv2/bias")].dims = []int{2, 2} }), "shape [2 2]"},
		{"a byte count that does not fit", change(func(f *ct2File) { f.vars[index(f, "encoder/conv2/bias")].dims = []int{5} }), "8 bytes for dimensions [5]"},
		{"a name twice", change(func(f *ct2File) { f.vars = append(f.vars, f.vars[0]) }), "twice"},
		{"an alias to nothing", change(func(f *ct2File) { f.aliases[0][1] = "nowhere" }), "nowhere"},
		{"an unknown type", change(func(f *ct2File) { f.vars[0].id = 77 }), "type 77"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := convertTiny(t, c.file, tokenizerJSON("a")); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

func TestACutModelIsRefusedAtEveryLength(t *testing.T) {
	b := tinyWhisper().bytes()
	for n := 0; n < len(b); n += 7 {
		if _, err := readCT2(bytes.NewReader(b[:n]), int64(n)); err == nil {
			t.Fatalf("the first %d of %d bytes were taken for a whole model", n, len(b))
		}
	}
}

func TestATokenizerMustHaveEachIdOnceAndOnlyBytes(t *testing.T) {
	for _, c := range []struct{ name, json, want string }{
		{"not JSON", "{", "tokenizer.json"},
		{"no vocabulary", "{}", "empty"},
		{"a gap in the ids", `{"model":{"vocab":{"a":0,"b":2}}}`, "each once"},
		{"an id twice", `{"model":{"vocab":{"a":0,"b":0}}}`, "each once"},
		{"a character that is no byte", `{"model":{"vocab":{"語":0}}}`, "not a byte"},
		{"more tokens than the model", string(tokenizerJSON(strings.Split("abcdefghijklmnop", "")...)), "do not belong together"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := convertTiny(t, tinyWhisper(), []byte(c.json)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

// sileroShapes are the tensors of silero_vad_16k.safetensors.
func sileroShapes() map[string][]int {
	m := map[string][]int{}
	for _, s := range sileroTensors() {
		m[s.src] = s.want
	}
	return m
}

func sileroValue(name string, i int) float32 { return float32(len(name)) + float32(i%64)/64 }

func checkSilero(t *testing.T, out []byte) {
	t.Helper()
	if len(out) != 885098 {
		t.Errorf("%d bytes, whisper.cpp's file has 885098", len(out))
	}
	r := &ggmlReader{t, out}
	if r.int() != ggmlMagic || string(r.take(r.int())) != "silero-16k" {
		t.Fatal("not a Silero file")
	}
	if got, want := r.ints(6+12+4), []int{6, 2, 0, 512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1}; !slices.Equal(got, want) {
		t.Errorf("header %v, want %v", got, want)
	}
	names, all := r.tensors()
	if len(names) != 15 || names[14] != "_model.stft.forward_basis_buffer" {
		t.Errorf("tensors %v: want 15 with the transform last", names)
	}
	for _, s := range sileroTensors() {
		x := all[s.out]
		dims := slices.Clone(s.dims)
		slices.Reverse(dims)
		if fmt.Sprint(x.dims) != fmt.Sprint(dims) || x.ftype != s.ftype {
			t.Errorf("%s has shape %v type %d, want %v type %d", s.out, x.dims, x.ftype, dims, s.ftype)
		}
		for i, v := range x.values {
			if v != sileroValue(s.src, i) {
				t.Errorf("%s[%d] = %g, want %g", s.out, i, v, sileroValue(s.src, i))
				break
			}
		}
	}
}

func TestSafetensorsBecomeWhisperCppsSileroFile(t *testing.T) {
	b := safetensorsFile(sileroShapes(), sileroValue)
	var out bytes.Buffer
	if err := Silero(&out, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatal(err)
	}
	checkSilero(t, out.Bytes())
}

// torchFile is a TorchScript archive with the storages of the 16 kHz model.
func torchFile(t *testing.T, method uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, s := range sileroTensors() {
		w, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("VAD/data/%d", sileroStorages[i]), Method: method})
		if err != nil {
			t.Fatal(err)
		}
		n := 1
		for _, d := range s.want {
			n *= d
		}
		var data []byte
		for k := range n {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(sileroValue(s.src, k)))
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheTorchScriptModelBecomesTheSameFile(t *testing.T) {
	b := torchFile(t, zip.Store)
	var out bytes.Buffer
	if err := SileroTorch(&out, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatal(err)
	}
	checkSilero(t, out.Bytes())
}

func TestOtherFilesAreNotTakenForSilero(t *testing.T) {
	shapes := sileroShapes()
	delete(shapes, "conv3.bias")
	without := safetensorsFile(shapes, sileroValue)
	shapes = sileroShapes()
	shapes["conv1.weight"] = []int{128, 258, 3}
	other := safetensorsFile(shapes, sileroValue)
	whole := safetensorsFile(sileroShapes(), sileroValue)
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"empty", nil, "header"},
		{"no safetensors", []byte("a plain text file"), "exceeds the file"},
		{"a missing tensor", without, "conv3.bias"},
		{"another shape", other, "[128 258 3]"},
		{"cut", whole[:len(whole)-1], "offsets"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Silero(&bytes.Buffer{}, bytes.NewReader(c.b), int64(len(c.b)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
	for name, b := range map[string][]byte{"text": []byte("text"), "compressed storages": torchFile(t, zip.Deflate)} {
		if err := SileroTorch(&bytes.Buffer{}, bytes.NewReader(b), int64(len(b))); err == nil {
			t.Errorf("%s was taken for a TorchScript model", name)
		}
	}
}

func TestEveryHalfSurvivesTheWayToFloatAndBack(t *testing.T) {
	for h := range 1 << 16 {
		f := halfToFloat(uint16(h))
		got := floatToHalf(f)
		if f != f { // NaN: any NaN of the sign
			if got&0x7c00 != 0x7c00 || got&0x3ff == 0 {
				t.Fatalf("NaN %#04x became %#04x", h, got)
			}
			continue
		}
		if got != uint16(h) {
			t.Fatalf("%#04x became %g, then %#04x", h, f, got)
		}
	}
}

func TestFloatsRoundToTheNearestHalfTiesToEven(t *testing.T) {
	for _, c := range []struct {
		f float32
		h uint16
	}{
		{1, 0x3c00}, {-2, 0xc000}, {65504, 0x7bff}, {65519, 0x7bff}, {65520, 0x7c00}, {1e30, 0x7c00},
		{1 + 1.0/2048, 0x3c00}, {1 + 3.0/2048, 0x3c02}, {1 + 1.1/2048, 0x3c01},
		{0x1p-24, 1}, {0x1p-25, 0}, {0x1.8p-24, 2}, {0x1p-26, 0}, {-0x1p-24, 0x8001}, {0, 0},
	} {
		if got := floatToHalf(c.f); got != c.h {
			t.Errorf("floatToHalf(%g) = %#04x, want %#04x", c.f, got, c.h)
		}
	}
}

// TestMelFiltersAreThePublishedOnes pins the bytes of the 80 filters: the file
// that they were first part of has the SHA-256 of whisper.cpp's ggml-base.bin.
func TestMelFiltersAreThePublishedOnes(t *testing.T) {
	f := melFilters(80)
	h := sha256.New()
	for _, v := range f {
		binary.Write(h, binary.LittleEndian, v)
	}
	const want = "85818f156f7e189453901a515e4726d270d307f976e161cf9403e8caab405498"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("the filters changed: SHA-256 %s, want %s", got, want)
	}
	if f[0] != 0 || math.Abs(float64(f[1])-0.02486259) > 1e-8 {
		t.Errorf("first filter begins %g, %g; Whisper's with 0, 0.02486259", f[0], f[1])
	}
}

func FuzzCT2(f *testing.F) {
	f.Add(tinyWhisper().bytes())
	f.Add([]byte{6, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		m, err := readCT2(r, int64(len(b)))
		if err != nil {
			return
		}
		for name, x := range m.vars {
			if x.offset < 0 || x.offset+x.elems()*x.dtype.size() > int64(len(b)) {
				t.Errorf("variable %q lies outside the file", name)
			}
		}
		if hp, err := whisperParams(m, r); err == nil {
			whisperTensors(m, hp) //nolint:errcheck // it must only not panic
		}
	})
}

func FuzzSafetensors(f *testing.F) {
	f.Add(safetensorsFile(map[string][]int{"a": {2, 3}, "b": {}}, sileroValue))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := readSafetensors(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for name, x := range all {
			if x.offset < 8 || x.offset+x.elems()*x.dtype.size() > int64(len(b)) {
				t.Errorf("tensor %q lies outside the file", name)
			}
		}
		if err := Silero(&bytes.Buffer{}, bytes.NewReader(b), int64(len(b))); err == nil && len(all) < 15 {
			t.Error("a file without all tensors was converted")
		}
	})
}

func FuzzTokenizer(f *testing.F) {
	f.Add(tokenizerJSON("a", "Ġb"))
	f.Fuzz(func(t *testing.T, b []byte) {
		vocab, err := readVocab(bytes.NewReader(b))
		if err == nil && len(vocab) == 0 {
			t.Error("an empty vocabulary was accepted")
		}
	})
}
