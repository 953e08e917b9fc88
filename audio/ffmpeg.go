package audio

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ffmpegProtocols is all that ffmpeg may open. Playlists and container formats can name other files and URLs; without
// this list, playing a recording could reach the network.
const ffmpegProtocols = "file,pipe"

// ffmpegSource reads floats from a running ffmpeg.
type ffmpegSource struct {
	path   string
	format Format
	// announced is how many frames the stream says it has, 0 when it does not.
	announced int64
	cmd       *exec.Cmd
	stop      context.CancelFunc
	out       *bufio.Reader
	stderr    *tailBuffer
	raw       []byte
	got       int64
	bad       int64
	end       error
	once      sync.Once
	wait      error
}

// openFFmpeg asks ffprobe what path holds and starts ffmpeg on its first audio stream, at the stream's own rate and
// channels. The process ends with ctx or with Close.
func openFFmpeg(ctx context.Context, path string) (Source, error) {
	ffmpeg, err1 := exec.LookPath("ffmpeg")
	ffprobe, err2 := exec.LookPath("ffprobe")
	if err1 != nil || err2 != nil {
		return nil, &FormatError{Path: path, Reason: "is neither WAV nor FLAC, and ffmpeg is not installed",
			Hint: "install ffmpeg (Debian and Ubuntu: apt install ffmpeg) or convert the file to WAV or FLAC"}
	}
	arg := "file:" + filepath.ToSlash(path) // a path that starts with "-" or holds ":" stays a path
	format, announced, err := probe(ctx, ffprobe, arg, path)
	if err != nil {
		return nil, err
	}
	runCtx, stop := context.WithCancel(ctx)
	cmd := exec.CommandContext(runCtx, ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error",
		"-protocol_whitelist", ffmpegProtocols, "-i", arg, "-map", "0:a:0", "-vn", "-sn", "-dn",
		"-c:a", "pcm_f32le", "-ar", strconv.Itoa(format.Rate), "-ac", strconv.Itoa(format.Channels), "-f", "f32le", "pipe:1")
	cmd.WaitDelay = 2 * time.Second
	s := &ffmpegSource{path: path, format: format, announced: announced, cmd: cmd, stop: stop, stderr: &tailBuffer{}}
	cmd.Stderr = s.stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		stop()
		return nil, fmt.Errorf("start ffmpeg for %s: %w", showPath(path), err)
	}
	s.out = bufio.NewReaderSize(out, readBuffer)
	frame := 4 * format.Channels
	if head, err := s.out.Peek(frame); len(head) < frame {
		_ = s.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		reason := "ffmpeg finds no audio in it"
		if msg := s.stderr.line(path); msg != "" {
			reason = "ffmpeg cannot read it: " + msg
		} else if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read %s through ffmpeg: %w", showPath(path), err)
		}
		return nil, &FormatError{Path: path, Reason: reason, Hint: "convert the file to WAV or FLAC"}
	}
	return s, nil
}

// probe returns the format of the first audio stream, and how many frames the stream itself (not only the whole
// container, whose picture may last longer) is announced to hold, 0 when it is not.
func probe(ctx context.Context, ffprobe, arg, path string) (f Format, announced int64, err error) {
	cmd := exec.CommandContext(ctx, ffprobe, "-hide_banner", "-loglevel", "error",
		"-protocol_whitelist", ffmpegProtocols, "-select_streams", "a:0",
		"-show_entries", "stream=codec_name,sample_rate,channels,duration,bits_per_raw_sample:format=format_name,duration",
		"-of", "json", "-i", arg)
	var stdout bytes.Buffer
	stderr := &tailBuffer{}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, stderr, 2*time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return f, 0, ctx.Err()
	}
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return f, 0, fmt.Errorf("run ffprobe on %s: %w", showPath(path), err)
		}
		msg := stderr.line(path)
		if msg == "" {
			msg = err.Error()
		}
		return f, 0, &FormatError{Path: path, Reason: "is not audio that ffmpeg can read: " + msg,
			Hint: "give a recording (WAV, FLAC, or a format that ffmpeg reads)"}
	}
	var info struct {
		Streams []struct {
			Codec    string `json:"codec_name"`
			Rate     string `json:"sample_rate"`
			Channels int    `json:"channels"`
			Duration string `json:"duration"`
			Bits     string `json:"bits_per_raw_sample"`
		} `json:"streams"`
		Format struct {
			Name     string `json:"format_name"`
			Duration string `json:"duration"`
		} `json:"format"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &info); err != nil {
		return f, 0, fmt.Errorf("read ffprobe's answer on %s: %w", showPath(path), err)
	}
	if len(info.Streams) == 0 {
		return f, 0, &FormatError{Path: path, Reason: "holds no audio stream", Hint: "give a recording with sound"}
	}
	st := info.Streams[0]
	rate, _ := strconv.Atoi(st.Rate)
	if rate < MinRate || rate > MaxRate || st.Channels < 1 || st.Channels > MaxChannels {
		return f, 0, &FormatError{Path: path,
			Reason: fmt.Sprintf("holds %d channels at %d Hz, outside of what is read", st.Channels, rate),
			Hint:   "convert the file to WAV or FLAC"}
	}
	f = Format{Rate: rate, Channels: st.Channels, Frames: -1, Container: info.Format.Name, Encoding: st.Codec}
	f.Bits, _ = strconv.Atoi(st.Bits)
	length := st.Duration
	if length == "" {
		length = info.Format.Duration
	}
	if sec, err := strconv.ParseFloat(length, 64); err == nil && sec > 0 && sec < 1e7 {
		f.Estimate = int64(sec * float64(rate))
		if st.Duration != "" {
			announced = f.Estimate
		}
	}
	return f, announced, nil
}

// Format implements Source. Frames is -1, as what containers say about their length is an estimate.
func (s *ffmpegSource) Format() Format { return s.format }

// Read implements Source. A Read that is cancelled ends the process, so there is no going on after it.
func (s *ffmpegSource) Read(ctx context.Context, dst []float32) (int, error) {
	if err := checkRead(ctx, dst, s.format.Channels); err != nil {
		return 0, err
	}
	if s.end != nil {
		return 0, s.end
	}
	defer context.AfterFunc(ctx, s.stop)() // a blocked read ends when the process does
	if need := 4 * len(dst); cap(s.raw) < need {
		s.raw = make([]byte, need)
	}
	n, err := io.ReadFull(s.out, s.raw[:4*len(dst)])
	frames := n / (4 * s.format.Channels)
	bad := 0
	for i := range frames * s.format.Channels {
		dst[i] = clampFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(s.raw[4*i:]))), &bad)
	}
	s.bad += int64(bad)
	s.got += int64(frames)
	if err == nil {
		return frames, nil
	}
	if ctx.Err() != nil {
		s.end = ctx.Err()
		return 0, s.end
	}
	s.end = s.finish(err)
	if frames == 0 {
		return 0, s.end
	}
	return frames, nil
}

// finish asks how ffmpeg ended: its complaints are damage, as it skips what it cannot decode.
func (s *ffmpegSource) finish(err error) error {
	werr := s.reap(false)
	msg := s.stderr.line(s.path)
	switch {
	case msg != "":
		return &DamageError{Path: s.path, Frame: s.got, Reason: "ffmpeg reports: " + msg}
	case werr != nil:
		return &DamageError{Path: s.path, Frame: s.got, Reason: "ffmpeg failed: " + werr.Error()}
	case s.bad > 0:
		return &DamageError{Path: s.path, Frame: s.got,
			Reason: fmt.Sprintf("%d samples are not numbers and were read as silence", s.bad)}
	case s.announced-s.got > max(int64(s.format.Rate), s.announced/50):
		// Less than a second, or a fiftieth, is within what containers are wrong by.
		return &DamageError{Path: s.path, Frame: s.got, Reason: fmt.Sprintf("the file is cut: it announces %.1f s and holds %.1f s",
			float64(s.announced)/float64(s.format.Rate), float64(s.got)/float64(s.format.Rate))}
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return &DamageError{Path: s.path, Frame: s.got, Reason: "reading failed: " + err.Error()}
	}
	return io.EOF
}

// reap waits for the process once, killing it first if asked.
func (s *ffmpegSource) reap(kill bool) error {
	s.once.Do(func() {
		if kill {
			s.stop()
		}
		s.wait = s.cmd.Wait()
		s.stop()
	})
	return s.wait
}

// Close implements Source. It ends the process; how that died is of no interest then.
func (s *ffmpegSource) Close() error {
	_ = s.reap(true)
	return nil
}

// tailBuffer keeps the first line's worth of what a process complains about, for an error message. Writes come from
// one goroutine; line is called after the process has ended.
type tailBuffer struct {
	mu sync.Mutex
	b  []byte
}

func (t *tailBuffer) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const keep = 4 << 10
	t.b = append(t.b, p[:min(len(p), keep-len(t.b))]...)
	return len(p), nil
}

// line returns the last complaint without the file's own name in front, at most 200 characters.
func (t *tailBuffer) line(path string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.FieldsFunc(string(t.b), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		l := strings.TrimSpace(lines[i])
		l = strings.TrimPrefix(l, "file:"+filepath.ToSlash(path)+": ")
		if l == "" {
			continue
		}
		if r := []rune(l); len(r) > 200 {
			l = string(r[:200]) + "…"
		}
		return l
	}
	return ""
}
