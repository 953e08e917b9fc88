package rig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"bienban/internal/bus/natsbus"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/transcribe"
)

// Names in a data folder, as the program has them.
const (
	busDir    = "bus"
	storeFile = "bienban.db"
)

// Variables of a program that was built for tests (build tag recorded).
const (
	// Recorded names the file of recorded decodes that a worker replays instead of
	// asking Whisper: of windows (transcribetest) or of a tape (rig/tape).
	Recorded = "BIENBAN_RECORDED"
	// Pace is how long each of them takes, as the engine would: "50ms", or "2x":
	// twice as long as its sound.
	Pace = "BIENBAN_RECORDED_PACE"
	// Detector is the speech detector of such a worker: "loud" or "silero".
	Detector = "BIENBAN_RECORDED_DETECTOR"
)

// Build builds the program into a folder, so that its workers can replay
// recorded decodes, and gives its path. native adds speech recognition.
func Build(ctx context.Context, module, dir string, native bool) (string, error) {
	tags := "recorded"
	if native {
		tags += ",whisper"
	}
	path := filepath.Join(dir, "bienban")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-o", path, "./cmd/bienban")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
}

// Module is the folder of this module, whichever folder of it is the current one.
func Module(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find this module: %w", err)
	}
	return string(out[:max(0, len(out)-1)]), nil
}

// Hall is a data folder and the program that works on it.
type Hall struct {
	Program string
	Data    string
	Env     []string // beside this process's own
}

// Command is the program with arguments.
func (h Hall) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(h.Program, args...) //nolint:noctx // what runs here is ended by those who disturb it
	cmd.Env = append(os.Environ(), h.Env...)
	return cmd
}

// Serve starts a serve on the data folder, with no second pass.
func (h Hall) Serve(more ...string) (*Process, error) {
	return Start("serve", h.Command(append([]string{"serve", "--data", h.Data, "--addr", "127.0.0.1:0", "--second", "none"}, more...)...))
}

// Capture starts a capture of raw samples at 16 kHz in one channel.
func (h Hall) Capture(meeting string, sound io.Reader, more ...string) (*Process, error) {
	cmd := h.Command(append([]string{"capture", "--meeting", meeting, "--data", h.Data, "--input", "-", "--rate", "16000", "--channels", "1"}, more...)...)
	cmd.Stdin = sound
	return Start("capture", cmd)
}

// EndCapture ends the capture of a meeting, which outlives its serve and whoever
// started that.
func (h Hall) EndCapture(ctx context.Context, meeting, by string) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	_ = capture.Halls{Root: h.Recordings()}.Stop(ctx, meeting, by, "over") // none may be running
}

// Ready waits until a serve is ready at its address.
func Ready(ctx context.Context, serve *Process, url string) error {
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(r); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-serve.Over():
			return fmt.Errorf("serve has ended by itself:\n%s", serve.Said())
		case <-time.After(lookEvery):
		}
	}
	return fmt.Errorf("serve is not ready: %w:\n%s", ctx.Err(), serve.Said())
}

// BusAddress is where the bus of a serve says how to reach it.
func (h Hall) BusAddress() string { return filepath.Join(h.Data, busDir, natsbus.AddressName) }

// Recordings is the folder of recordings.
func (h Hall) Recordings() string { return filepath.Join(h.Data, capture.Folder) }

// Transcript reads a recording's live text from the store.
func (h Hall) Transcript(ctx context.Context, recording string) (transcribe.Transcript, error) {
	s, err := sqlstore.Open(ctx, filepath.Join(h.Data, storeFile))
	if err != nil {
		return transcribe.Transcript{}, err
	}
	defer s.Close() //nolint:errcheck // it was only read
	return s.Transcript(ctx, recording, hall.LayerLive)
}

// Status asks the capture of a recording how it does, until ok likes the answer.
func (h Hall) Status(ctx context.Context, recording string, ok func(capture.Status) bool) (last capture.Status, err error) {
	dir := filepath.Join(h.Recordings(), recording)
	for {
		c, err := capture.Connect(ctx, dir)
		if err == nil {
			err = c.Watch(ctx, func(s capture.Status) error {
				if last = s; ok(s) {
					return errSeen
				}
				return nil
			})
			_ = c.Close()
			if errors.Is(err, errSeen) {
				return last, nil
			}
		}
		select {
		case <-ctx.Done():
			return last, fmt.Errorf("capture of %s: %w; last %+v", recording, errors.Join(ctx.Err(), err), last)
		case <-time.After(lookEvery):
		}
	}
}

// lookEvery is how often something is looked for that comes by itself.
const lookEvery = 5 * time.Millisecond

var errSeen = errors.New("seen")
