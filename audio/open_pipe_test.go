//go:build unix

package audio_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"bienban/audio"
)

func TestWaitingForAPipeEndsWithTheContext(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := audio.Open(ctx, pipe); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody writes: %v", err)
	}

	raw, _ := encode(1, 16, 1, 8000)
	wav := wavSpec{tag: 1, channels: 1, rate: 8000, bits: 16, data: raw}.bytes()
	w, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Write(wav[:44+4000]); err != nil { // and then it stalls
		t.Fatal(err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	src, err := audio.Open(ctx, pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	time.AfterFunc(20*time.Millisecond, cancel)
	buf, frames := make([]float32, 16000), 0
	for {
		n, err := src.Read(ctx, buf)
		frames += n
		if err != nil {
			if errors.Is(err, io.EOF) || frames > 2000 {
				t.Errorf("%d frames, %v", frames, err)
			}
			break
		}
	}
}
