package convert

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// maxHeader bounds the JSON header of a safetensors file (the format's own
// limit is 100 MB; Silero's is 1.2 kB).
const maxHeader = 16 << 20

// readSafetensors reads the index of a safetensors file of size bytes: a
// 64-bit header length, a JSON header, then the data.
func readSafetensors(r io.ReaderAt, size int64) (map[string]tensor, error) {
	var b [8]byte
	if _, err := r.ReadAt(b[:], 0); err != nil {
		return nil, fmt.Errorf("read safetensors header: %w", err)
	}
	n := binary.LittleEndian.Uint64(b[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("safetensors header of %d bytes exceeds the file", n)
	}
	raw := make([]byte, n)
	if _, err := r.ReadAt(raw, 8); err != nil {
		return nil, fmt.Errorf("read safetensors header: %w", err)
	}
	var header map[string]json.RawMessage
	if err := json.Unmarshal(raw, &header); err != nil {
		return nil, fmt.Errorf("safetensors header: %w", err)
	}
	base := 8 + int64(n)
	out := make(map[string]tensor, len(header))
	for name, text := range header {
		if name == "__metadata__" {
			continue
		}
		t, err := safetensor(name, text, base, size)
		if err != nil {
			return nil, fmt.Errorf("safetensors tensor %q: %w", name, err)
		}
		out[name] = t
	}
	return out, nil
}

func safetensor(name string, text []byte, base, size int64) (tensor, error) {
	var e struct {
		DType   string   `json:"dtype"`
		Shape   []int    `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return tensor{}, err
	}
	t := tensor{name: name, dims: e.Shape, offset: base + e.Offsets[0]}
	switch e.DType {
	case "F32":
		t.dtype = dtypeF32
	case "F16":
		t.dtype = dtypeF16
	case "BF16":
		t.dtype = dtypeBF16
	default:
		return tensor{}, fmt.Errorf("unsupported element type %q", e.DType)
	}
	data := size - base
	elems, err := checkedElems(t.dims, data)
	if err != nil {
		return tensor{}, err
	}
	from, to := e.Offsets[0], e.Offsets[1]
	if from < 0 || to < from || to > data || to-from != elems*t.dtype.size() {
		return tensor{}, fmt.Errorf("offsets %d to %d do not hold shape %v", from, to, t.dims)
	}
	return t, nil
}
