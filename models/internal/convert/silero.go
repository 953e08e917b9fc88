package convert

import (
	"fmt"
	"io"
	"slices"
)

// Header of whisper.cpp's Silero file (models/convert-silero-vad-to-ggml.py
// and whisper_vad_init_with_params).
const (
	sileroType    = "silero-16k"
	sileroWindow  = 512 // samples a step at 16 kHz
	sileroContext = 64  // samples carried over from the step before
	sileroHidden  = 128 // LSTM width
	sileroKernel  = 3   // convolution width
)

// sileroConvs are the encoder's convolutions: channels in, channels out.
var sileroConvs = [4][2]int{{129, 128}, {128, 64}, {64, 64}, {64, 128}}

// sileroVersion is recorded in the header. The TorchScript weights of the
// silero-vad packages 6.2.0 and 6.2.3 are the same, and 6.2.0 is what
// whisper.cpp publishes: with it the file is bit for bit that one.
var sileroVersion = [3]int{6, 2, 0}

// sileroTensor maps a tensor of the safetensors file to whisper.cpp's name.
// want is its shape there, dims the shape to record.
type sileroTensor struct {
	src, out   string
	want, dims []int
	ftype      int
}

func sileroTensors() []sileroTensor {
	var list []sileroTensor
	for i, c := range sileroConvs {
		src := fmt.Sprintf("conv%d", i+1)
		out := fmt.Sprintf("_model.encoder.%d.reparam_conv", i)
		w := []int{c[1], c[0], sileroKernel}
		list = append(list,
			sileroTensor{src + ".weight", out + ".weight", w, w, ggmlF16},
			sileroTensor{src + ".bias", out + ".bias", []int{c[1]}, []int{c[1]}, ggmlF32})
	}
	gates := []int{4 * sileroHidden}
	matrix := []int{4 * sileroHidden, sileroHidden}
	for _, n := range []string{"weight_ih", "weight_hh"} {
		list = append(list, sileroTensor{"lstm_cell." + n, "_model.decoder.rnn." + n, matrix, matrix, ggmlF32})
	}
	for _, n := range []string{"bias_ih", "bias_hh"} {
		list = append(list, sileroTensor{"lstm_cell." + n, "_model.decoder.rnn." + n, gates, gates, ggmlF32})
	}
	// The script squeezes these two: [1,128,1] to [128], [1] to a scalar.
	list = append(list,
		sileroTensor{"final_conv.weight", "_model.decoder.decoder.2.weight", []int{1, sileroHidden, 1}, []int{sileroHidden}, ggmlF16},
		sileroTensor{"final_conv.bias", "_model.decoder.decoder.2.bias", []int{1}, nil, ggmlF32})
	basis := []int{258, 1, 256} // real and imaginary half of a 256-point transform
	return append(list, sileroTensor{"stft_conv.weight", "_model.stft.forward_basis_buffer", basis, basis, ggmlF16})
}

// Silero reads silero_vad_16k.safetensors (size bytes) and writes the file
// that whisper.cpp's speech detector loads. In the silero-vad packages these
// are not the weights of their TorchScript and ONNX models: see SileroTorch.
func Silero(w io.Writer, model io.ReaderAt, size int64) error {
	src, err := readSafetensors(model, size)
	if err != nil {
		return err
	}
	return writeSilero(w, model, src)
}

// SileroTorch reads silero_vad.jit, a TorchScript archive of size bytes, and
// writes the same file from its 16 kHz weights: the model that whisper.cpp
// publishes, bit for bit.
func SileroTorch(w io.Writer, archive io.ReaderAt, size int64) error {
	src, err := readTorchSilero(archive, size)
	if err != nil {
		return err
	}
	return writeSilero(w, archive, src)
}

func writeSilero(w io.Writer, r io.ReaderAt, src map[string]tensor) error {
	list := sileroTensors()
	for _, s := range list {
		t, ok := src[s.src]
		if !ok {
			return fmt.Errorf("the file lacks tensor %q: not the 16 kHz Silero model", s.src)
		}
		if !slices.Equal(t.dims, s.want) {
			return fmt.Errorf("tensor %q has shape %v, want %v: not a Silero v6 model", s.src, t.dims, s.want)
		}
	}
	g := newGGMLWriter(w)
	g.ints(ggmlMagic, len(sileroType))
	g.bytes([]byte(sileroType))
	g.ints(sileroVersion[:]...)
	g.ints(sileroWindow, sileroContext, len(sileroConvs))
	for _, c := range sileroConvs {
		g.ints(c[0], c[1], sileroKernel)
	}
	g.ints(sileroHidden, sileroHidden, sileroHidden, 1)
	for _, s := range list {
		g.tensor(r, s.out, src[s.src], s.dims, s.ftype)
	}
	return g.flush()
}
