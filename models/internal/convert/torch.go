package convert

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// sileroStorages are the numbers of the storages (NAME/data/N) that hold the
// 16 kHz model in silero_vad.jit, in the order of sileroTensors: module order,
// with the transform's basis first. The sizes are checked here and the finished
// file's SHA-256 by the catalogue, so that no pickle needs to be read.
var sileroStorages = []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 2}

// readTorchSilero locates the 16 kHz weights in a TorchScript archive, which is
// a ZIP whose storages are kept uncompressed as little-endian float32.
func readTorchSilero(r io.ReaderAt, size int64) (map[string]tensor, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("TorchScript archive: %w", err)
	}
	stored := map[int]*zip.File{}
	for _, f := range z.File {
		dir, n, ok := strings.Cut(f.Name, "/data/")
		if !ok || strings.Contains(dir, "/") {
			continue
		}
		if i, err := strconv.Atoi(n); err == nil {
			stored[i] = f
		}
	}
	out := map[string]tensor{}
	for i, s := range sileroTensors() {
		f := stored[sileroStorages[i]]
		if f == nil {
			return nil, fmt.Errorf("TorchScript archive lacks storage %d: not silero_vad.jit", sileroStorages[i])
		}
		t := tensor{name: s.src, dims: s.want, dtype: dtypeF32}
		if f.Method != zip.Store || f.UncompressedSize64 != uint64(t.elems()*4) {
			return nil, fmt.Errorf("TorchScript storage %s has %d bytes, want %d stored: not a Silero v6 model", f.Name, f.UncompressedSize64, t.elems()*4)
		}
		if t.offset, err = f.DataOffset(); err != nil {
			return nil, fmt.Errorf("TorchScript storage %s: %w", f.Name, err)
		}
		if t.offset < 0 || t.offset > size-t.elems()*4 {
			return nil, fmt.Errorf("TorchScript storage %s lies outside the archive", f.Name)
		}
		out[s.src] = t
	}
	return out, nil
}
