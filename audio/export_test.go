package audio

import (
	"bufio"
	"bytes"
	"io"
)

// OpenBytes opens a WAV or FLAC file in memory, for the fuzz tests.
func OpenBytes(b []byte) (Source, error) {
	r := bufio.NewReader(bytes.NewReader(b))
	head, _ := r.Peek(12)
	c := io.NopCloser(nil)
	if sniff(head) == "flac" {
		return asSource(openFLAC("fuzz", r, c))
	}
	return asSource(openWAV("fuzz", r, c, int64(len(b))))
}

// OpenError is openError.
func OpenError(path string, err error) error { return openError(path, err) }
