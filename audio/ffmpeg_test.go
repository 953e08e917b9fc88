package audio_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bienban/audio"
)

func needFFmpeg(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
}

// convert writes 2 s of two tones to a file of another format.
func convert(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("ffmpeg", append(append([]string{"-nostdin", "-loglevel", "error",
		"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=2",
		"-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=44100:duration=2",
		"-filter_complex", "amerge=inputs=2"}, args...), "file:"+path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	return path
}

// strength is how much of a tone is in x.
func strength(x []float32, hz, rate float64) float64 {
	var re, im float64
	for i, v := range x {
		re += float64(v) * math.Cos(2*math.Pi*hz/rate*float64(i))
		im += float64(v) * math.Sin(2*math.Pi*hz/rate*float64(i))
	}
	return 2 * math.Hypot(re, im) / float64(len(x))
}

func TestOtherFormatsComeThroughFFmpeg(t *testing.T) {
	needFFmpeg(t)
	for _, tc := range []struct {
		name string
		args []string
	}{
		{"a.mp3", []string{"-c:a", "libmp3lame"}},
		{"a.m4a", []string{"-c:a", "aac"}},
		{"a.ogg", []string{"-c:a", "flac"}},
		{"-y họp: phần 1.aiff", nil},
		{"a.wav", []string{"-c:a", "adpcm_ima_wav"}}, // a WAV whose codec is not ours
		{"a.mkv", []string{"-c:a", "pcm_s16le"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := open(t, convert(t, tc.name, tc.args...))
			f := src.Format()
			if f.Rate != 44100 || f.Channels != 2 || f.Frames != -1 || f.Encoding == "" {
				t.Errorf("format %+v", f)
			}
			if f.Estimate < 44100*19/10 || f.Estimate > 44100*22/10 {
				t.Errorf("an estimate of %d frames for 2 s", f.Estimate)
			}
			all, end := drain(t, src)
			if !errors.Is(end, io.EOF) {
				t.Fatalf("ended with %v", end)
			}
			if n := len(all) / 2; n < 2*44100-100 || n > 2*44100+5000 {
				t.Errorf("%d frames", n)
			}
			left := make([]float32, 0, len(all)/2)
			for i := 0; i < len(all); i += 2 {
				left = append(left, all[i])
			}
			if a, b := strength(left, 440, 44100), strength(left, 1000, 44100); a < 0.08 || b > a/20 {
				t.Errorf("left channel holds %.3f of its tone and %.3f of the other", a, b)
			}
		})
	}
}

func TestFilesStartingWithADashAreFiles(t *testing.T) {
	needFFmpeg(t)
	t.Chdir(filepath.Dir(convert(t, "-x.mp3")))
	src := open(t, "-x.mp3")
	if all, end := drain(t, src); !errors.Is(end, io.EOF) || len(all) < 44100 {
		t.Errorf("%d samples, then %v", len(all), end)
	}
}

func TestWhatFFmpegCannotReadIsBadInput(t *testing.T) {
	needFFmpeg(t)
	video := filepath.Join(t.TempDir(), "silent.mkv")
	cmd := exec.Command("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=size=32x32:duration=0.2", "-c:v", "ffv1", video)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	for _, tc := range []struct{ path, want string }{
		{write(t, "a.bin", bytes.Repeat([]byte{0, 1, 2, 3, 250}, 400)), "not audio"},
		{video, "no audio stream"},
	} {
		_, err := audio.Open(context.Background(), tc.path)
		var f *audio.FormatError
		if !errors.As(err, &f) || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", tc.path, err)
		}
	}
}

func TestACutFileThroughFFmpegIsDamaged(t *testing.T) {
	needFFmpeg(t)
	path := convert(t, "a.ogg", "-c:a", "flac")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b)/2+200; i++ {
		b[i] ^= 0x55
	}
	all, end := drain(t, open(t, write(t, "b.ogg", b)))
	var d *audio.DamageError
	if !errors.As(end, &d) || len(all) == 0 || d.Frame != int64(len(all)/2) || strings.Contains(d.Error(), "\n") {
		t.Errorf("%d samples, then %v", len(all), end)
	}
}

func TestAnMP3ThatEndsEarlyIsDamaged(t *testing.T) {
	needFFmpeg(t)
	b, err := os.ReadFile(convert(t, "a.mp3", "-c:a", "libmp3lame", "-b:a", "128k"))
	if err != nil {
		t.Fatal(err)
	}
	all, end := drain(t, open(t, write(t, "b.mp3", b[:len(b)/3])))
	var d *audio.DamageError
	if !errors.As(end, &d) || d.Frame != int64(len(all)/2) || d.Frame < 44100/3 || d.Frame > 44100 {
		t.Errorf("%d samples, then %v", len(all), end)
	}
}

// TestFFmpegMayNotReachTheNetwork opens a binary playlist-like container that names a URL.
func TestFFmpegMayNotReachTheNetwork(t *testing.T) {
	needFFmpeg(t)
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer srv.Close()
	// A byte that is no text keeps our own check for text files from refusing it first.
	list := "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:2,\x01\n" + srv.URL + "/a.ts\n#EXT-X-ENDLIST\n"
	if src, err := audio.Open(context.Background(), write(t, "a.m3u8", []byte(list))); err == nil {
		_ = src.Close()
		t.Error("the playlist was opened")
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("ffmpeg asked the network %d times", n)
	}
}

func TestCancellingEndsFFmpeg(t *testing.T) {
	needFFmpeg(t)
	ctx, cancel := context.WithCancel(context.Background())
	path := convert(t, "a.mp3")
	src, err := audio.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := src.Read(ctx, make([]float32, 20)); !errors.Is(err, context.Canceled) {
		t.Errorf("read after cancel: %v", err)
	}
	start := time.Now()
	if err := src.Close(); err != nil || time.Since(start) > 5*time.Second {
		t.Errorf("close: %v after %v", err, time.Since(start))
	}
	if err := src.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

func TestWithoutFFmpegTheErrorNamesIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := audio.Open(context.Background(), write(t, "a.mp3", []byte("ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00")))
	var f *audio.FormatError
	if !errors.As(err, &f) || !strings.Contains(err.Error(), "install ffmpeg") {
		t.Errorf("%v", err)
	}
}
