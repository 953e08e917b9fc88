package convert_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"

	"bienban/models/internal/convert"
)

// TestConvertedWeightsEqualThePublishedFiles needs the real weights: set
// BIENBAN_TEST_WEIGHTS to a folder with model.bin and tokenizer.json (Whisper
// base for CTranslate2), silero_vad.jit and silero_vad_16k.safetensors. The last
// has weights that nobody publishes as ggml, so its hash is our own.
func TestConvertedWeightsEqualThePublishedFiles(t *testing.T) {
	dir := os.Getenv("BIENBAN_TEST_WEIGHTS")
	if dir == "" {
		t.Skip("BIENBAN_TEST_WEIGHTS is not set")
	}
	for _, c := range []struct {
		name, file, sha256 string
		size               int64
		convert            func(w io.Writer, f *os.File, size int64) error
	}{
		{"Whisper base", "model.bin", "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe", 147951465,
			func(w io.Writer, f *os.File, size int64) error {
				tok, err := os.Open(filepath.Join(dir, "tokenizer.json"))
				if err != nil {
					return err
				}
				defer tok.Close()
				return convert.Whisper(w, f, size, tok)
			}},
		{"Silero TorchScript", "silero_vad.jit", "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987", 885098,
			func(w io.Writer, f *os.File, size int64) error { return convert.SileroTorch(w, f, size) }},
		{"Silero safetensors", "silero_vad_16k.safetensors", "c2757c54544059580a468f88b096a48919e28f4d594cf6c5f25fbcdfe5b0be41", 885098,
			func(w io.Writer, f *os.File, size int64) error { return convert.Silero(w, f, size) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			st, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			h, n := sha256.New(), counter(0)
			if err := c.convert(io.MultiWriter(h, &n), f, st.Size()); err != nil {
				t.Fatal(err)
			}
			if int64(n) != c.size {
				t.Errorf("wrote %d bytes, want %d", n, c.size)
			}
			if got := hex.EncodeToString(h.Sum(nil)); got != c.sha256 {
				t.Errorf("SHA-256 %s, want the published %s", got, c.sha256)
			}
		})
	}
}

type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }
