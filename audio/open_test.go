package audio_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/audio"
)

func TestBadInputIsOneClearLine(t *testing.T) {
	raw, _ := encode(1, 16, 2, 10)
	wav := func(f func(*wavSpec)) []byte {
		s := wavSpec{tag: 1, channels: 2, rate: 8000, bits: 16, data: raw}
		f(&s)
		return s.bytes()
	}
	whole := wav(func(*wavSpec) {})
	flacFile, at, _ := flacSpec{bits: 16, channels: 1, rate: 16000, blocks: []int{100}}.build(t)
	for _, tc := range []struct {
		name string
		file []byte
		want string // in the message
	}{
		{"empty file", nil, "the file is empty"},
		{"text named .wav", []byte("Biên bản cuộc họp ngày 12 tháng 5\nChủ tọa: Nguyễn Văn An\n"), "holds text, not audio"},
		{"one letter", []byte("a"), "holds text, not audio"},
		{"playlist that names a URL", []byte("#EXTM3U\nhttp://example.org/a.ts\n"), "holds text, not audio"},
		{"12 bytes of a WAV", whole[:12], "no data chunk"},
		{"4 bytes of a WAV", whole[:4], "within the first 12 bytes"},
		{"WAV cut in its format", whole[:30], "within the fmt chunk"},
		{"WAV header without samples", whole[:44], "no whole frame"},
		{"WAV with half a frame", whole[:46], "no whole frame"},
		{"WAV that is really empty", wav(func(s *wavSpec) { s.data = nil; s.after = chunk("LIST", []byte("INFO")) }), "no whole frame"},
		{"0 channels", wav(func(s *wavSpec) { s.channels = 0; s.align = 4 }), "0 channels"},
		{"33 channels", wav(func(s *wavSpec) { s.channels = 33 }), "33 channels"},
		{"0 Hz", wav(func(s *wavSpec) { s.rate = 0 }), "sample rate of 0 Hz"},
		{"999 Hz", wav(func(s *wavSpec) { s.rate = 999 }), "sample rate of 999 Hz"},
		{"4 GHz", wav(func(s *wavSpec) { s.rate = 4e9 }), "sample rate of 4000000000 Hz"},
		{"frames too short", wav(func(s *wavSpec) { s.align = 3 }), "frames of 3 bytes"},
		{"0 bits", wav(func(s *wavSpec) { s.bits = 0; s.align = 4 }), "0-bit samples"},
		{"48-bit samples", wav(func(s *wavSpec) { s.bits = 48 }), "48-bit samples"},
		{"16-bit floats", wav(func(s *wavSpec) { s.tag = 3 }), "16-bit samples"},
		{"samples before their format", []byte("RIFF\x10\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd"), "no fmt chunk"},
		{"only the mark of a FLAC", flacFile[:4], "within its metadata"},
		{"FLAC cut in its STREAMINFO", flacFile[:20], "STREAMINFO"},
		{"FLAC without a frame", flacFile[:at[0]], "no whole frame"},
		{"FLAC with half a frame", flacFile[:at[0]+40], "no whole frame"},
		{"FLAC with zeros for frames", append(flacFile[:at[0]:at[0]], make([]byte, 300)...), "no whole frame"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := write(t, "họp.wav", tc.file)
			src, err := audio.Open(context.Background(), path)
			var f *audio.FormatError
			if !errors.As(err, &f) {
				t.Fatalf("%v, %v; want a FormatError", src, err)
			}
			msg := err.Error()
			if !strings.Contains(msg, tc.want) || !strings.Contains(msg, path) || f.Hint == "" || strings.ContainsAny(msg, "\n\r") {
				t.Errorf("message %q", msg)
			}
		})
	}
}

func TestWhatIsNoFileIsToldApart(t *testing.T) {
	dir := t.TempDir()
	var f *audio.FormatError
	if _, err := audio.Open(context.Background(), filepath.Join(dir, "gone.wav")); !errors.As(err, &f) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := audio.Open(context.Background(), dir); !errors.As(err, &f) || !strings.Contains(err.Error(), "folder") {
		t.Errorf("folder: %v", err)
	}
	if _, err := audio.Open(context.Background(), filepath.Join(dir, "a\nb.wav")); strings.Contains(err.Error(), "\n") {
		t.Errorf("a name with a line break: %v", err)
	}
	// Root may read everything, so the sorting of errors is checked for itself.
	err := audio.OpenError("a.wav", &fs.PathError{Op: "open", Path: "a.wav", Err: fs.ErrPermission})
	if errors.As(err, &f) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("no permission is a failure, not bad input: %v", err)
	}
	path := write(t, "a.wav", []byte("x"))
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := audio.Open(context.Background(), path); err == nil || (os.Geteuid() != 0 && !errors.Is(err, fs.ErrPermission)) {
		t.Errorf("no permission: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := audio.Open(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestReadRefusesBuffersThatHoldNoWholeFrames(t *testing.T) {
	src := open(t, council+"mixer.flac")
	for _, n := range []int{0, 3, 5} {
		if _, err := src.Read(context.Background(), make([]float32, n)); err == nil {
			t.Errorf("a buffer of %d samples for 4 channels was taken", n)
		}
	}
	if n, err := src.Read(context.Background(), make([]float32, 8)); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

func TestAudioIsKnownByContentNotByName(t *testing.T) {
	raw, _ := encode(1, 16, 1, 10)
	wav := wavSpec{tag: 1, channels: 1, rate: 8000, bits: 16, data: raw}.bytes()
	if f := open(t, write(t, "a.flac", wav)).Format(); f.Container != "wav" {
		t.Errorf("%+v", f)
	}
	flacFile, _, _ := flacSpec{bits: 16, channels: 1, rate: 16000, blocks: []int{100}}.build(t)
	if f := open(t, write(t, "a.mp3", flacFile)).Format(); f.Container != "flac" {
		t.Errorf("%+v", f)
	}
}
