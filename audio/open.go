package audio

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// readBuffer is the size of file reads: large enough that a slow disk or network share is asked rarely.
const readBuffer = 256 << 10

// Open opens a recording by its content, not by its name. WAV, RF64, BW64 and FLAC are read natively; other formats
// go through ffmpeg when it is installed.
//
// Errors: a *FormatError when the file is missing, empty, a folder or not audio (bad input); else the error of the
// file system, wrapped (no permission, a failing disk).
func Open(ctx context.Context, path string) (Source, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := openAny(ctx, path)
	if err != nil {
		return nil, err
	}
	src, err := openFile(ctx, path, f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return src, nil
}

// openAny opens a file. A pipe by name waits for who writes into it, and its reads for what is written: there ctx ends
// the waiting.
func openAny(ctx context.Context, path string) (*os.File, error) {
	if info, err := os.Stat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		f, err := os.Open(path)
		if err != nil {
			return nil, openError(path, err)
		}
		return f, nil
	}
	type opened struct {
		f   *os.File
		err error
	}
	ch := make(chan opened)
	go func() {
		f, err := os.Open(path)
		select {
		case ch <- opened{f, err}:
		case <-ctx.Done():
			_ = f.Close() // nil is no harm
		}
	}()
	select {
	case o := <-ch:
		if o.err != nil {
			return nil, openError(path, o.err)
		}
		context.AfterFunc(ctx, func() { _ = o.f.SetReadDeadline(time.Now()) })
		return o.f, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// openError sorts what os.Open says into bad input and failure.
func openError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &FormatError{Path: path, Reason: "no such file", Hint: "check the path", Err: err}
	}
	return fmt.Errorf("open audio: %w", err)
}

func openFile(ctx context.Context, path string, f *os.File) (Source, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open audio: %w", err)
	}
	size := int64(-1)
	switch {
	case info.IsDir():
		return nil, &FormatError{Path: path, Reason: "is a folder, not an audio file", Hint: "name one file in it"}
	case info.Mode().IsRegular():
		size = info.Size()
	}
	r := bufio.NewReaderSize(f, readBuffer)
	head, err := r.Peek(12)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("open audio: %w", err)
	}
	if len(head) == 0 {
		return nil, &FormatError{Path: path, Reason: "the file is empty", Hint: "record or copy it again"}
	}
	if n := id3Before(f, head, size); n > 0 {
		if _, err := r.Discard(n); err != nil {
			return nil, fmt.Errorf("open audio: %w", err)
		}
		head = []byte("fLaC")
	}
	switch kind := sniff(head); kind {
	case "wav":
		src, err := openWAV(path, r, f, size)
		if !errors.Is(err, errWAVCodec) {
			return asSource(src, err)
		}
	case "flac":
		return asSource(openFLAC(path, r, f))
	case "":
		if text, _ := r.Peek(512); isText(text) {
			return nil, &FormatError{Path: path, Reason: "holds text, not audio",
				Hint: "give a recording (WAV, FLAC, or a format that ffmpeg reads)"}
		}
	}
	if size < 0 {
		return nil, &FormatError{Path: path, Reason: "is neither WAV nor FLAC, and not a plain file",
			Hint: "save it as a file first"}
	}
	src, err := openFFmpeg(ctx, path)
	if err != nil {
		return nil, err
	}
	_ = f.Close() // ffmpeg opens it for itself
	return src, nil
}

// asSource keeps a typed nil out of the interface.
func asSource[S Source](src S, err error) (Source, error) {
	if err != nil {
		return nil, err
	}
	return src, nil
}

// id3Before returns the length of an ID3v2 tag that stands in front of FLAC data, else 0. Some taggers put one there.
func id3Before(f io.ReaderAt, head []byte, size int64) int {
	if size < 0 || len(head) < 10 || string(head[:3]) != "ID3" {
		return 0
	}
	n := 10 // the size is stored in 7-bit bytes (id3.org, ID3v2.3 section 3.1)
	for i, b := range head[6:10] {
		n += int(b&0x7F) << (7 * (3 - i))
	}
	var mark [4]byte
	if _, err := f.ReadAt(mark[:], int64(n)); err != nil || string(mark[:]) != "fLaC" {
		return 0
	}
	return n
}

// sniff names the format that the first bytes of a file announce, "" when it is none of ours.
func sniff(head []byte) string {
	h := string(head)
	switch {
	case strings.HasPrefix(h, "fLaC"):
		return "flac"
	case strings.HasPrefix(h, "RIFF"), strings.HasPrefix(h, "RF64"), strings.HasPrefix(h, "BW64"):
		if len(h) == 12 && h[8:] != "WAVE" {
			return "riff" // AVI and others
		}
		return "wav"
	}
	return ""
}

// isText reports whether b looks like a text file: valid UTF-8 without control characters.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			return len(b) < utf8.UTFMax && !utf8.FullRune(b) // a rune cut by the window
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return false
		}
		b = b[n:]
	}
	return true
}

// checkRead is what every Source asks of a Read.
func checkRead(ctx context.Context, dst []float32, channels int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(dst) == 0 || len(dst)%channels != 0 {
		return fmt.Errorf("read audio: a buffer of %d samples does not hold whole frames of %d channels", len(dst), channels)
	}
	return nil
}
