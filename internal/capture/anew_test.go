package capture

import (
	"path/filepath"
	"slices"
	"testing"

	"bienban/internal/bus"
)

// A text that is begun again must hear what the first one heard: a replay of
// recorded decodes finds them by the sound alone.
func TestAMixBegunAnewIsTheSameMix(t *testing.T) {
	t.Parallel()
	mixer := filepath.Join("..", "casefile", "cases", "council-demo", "mixer.flac")
	h := start(t, Config{Source: File(mixer, false)})
	h.wait()
	read := func(from int64) (pcm []int16, energies map[int64][]float32) {
		energies = map[int64][]float32{}
		at := from
		err := ReadChunks(t.Context(), h.dir, from, 125*bus.SampleRate, func(c bus.Chunk) error {
			if c.First != at || c.Kind != bus.Audio {
				t.Fatalf("a chunk of kind %v begins at %d, want sound at %d", c.Kind, c.First, at)
			}
			pcm, at = append(pcm, c.PCM...), c.End()
			energies[c.First] = c.Energies
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return pcm, energies
	}
	whole, energies := read(0)
	for _, from := range []int64{1, 16_001, 37*bus.SampleRate + 123, 61 * bus.SampleRate, 65 * bus.SampleRate, 98*bus.SampleRate + 3200, 111*bus.SampleRate + 7} {
		got, again := read(from)
		if i := differs(got, whole[from:]); i >= 0 {
			t.Errorf("begun at sample %d the mix differs from sample %d on", from, from+int64(i))
		}
		for at, e := range again {
			if first, ok := energies[at]; ok && at > from && !slices.Equal(e, first) {
				t.Errorf("begun at sample %d: energies %v at %d, want %v", from, e, at, first)
			}
		}
	}
}

// differs is the place of the first difference, -1 when there is none.
func differs(a, b []int16) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}
