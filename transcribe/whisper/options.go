package whisper

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// ErrNotBuilt says that this program was built without whisper.cpp.
var ErrNotBuilt = errors.New("this program was built without speech recognition; build it with: make build")

// maxLanes bounds the memory that lanes take.
const maxLanes = 16

// Options of a child process.
type Options struct {
	Command []string // program and first arguments; nil = this program, "engine"
	Model   string   // Whisper weights, ggml; "" = only speech detection
	VAD     string   // Silero weights, ggml; "" = only decoding
	Threads int      // 0 = one a physical core
	// Lanes is how many windows are decoded at once, for whole files: two
	// windows with a thread each take less time than one after the other with
	// two, since threads that share one decode wait for each other. They share
	// Threads; each costs memory for a state. 0 = 1, which is right where one
	// window's delay counts (live text).
	Lanes int
	// Beam is used for requests that do not say their own; 0 or 1 = greedy.
	Beam int
	// HangAfter ends a child that has not answered a call for so long; 0 = 5
	// minutes: a large model on two busy cores takes about one for a window. The
	// window's second try has longer, up to these 5 minutes, and where that
	// succeeds the machine is slow and not hung: later calls have as long.
	HangAfter time.Duration
	Log       *slog.Logger // nil = none; never gets what was said
	Env       []string     // more environment for the child, "NAME=value"
}

// patience is how long a call may take where nothing else is said, and how long
// a second try may take at least where something is.
const patience = 5 * time.Minute

func (o Options) withDefaults() (Options, error) {
	if o.Command == nil {
		if !built {
			return o, ErrNotBuilt
		}
		self, err := os.Executable()
		if err != nil {
			return o, fmt.Errorf("engine: this program's own path: %w", err)
		}
		o.Command = []string{self, "engine"}
	}
	if len(o.Command) == 0 || o.Command[0] == "" {
		return o, errors.New("engine: the command is empty")
	}
	if o.Model == "" && o.VAD == "" {
		return o, errors.New("engine: no model given; pull one with: bienban models pull")
	}
	for _, path := range []string{o.Model, o.VAD} {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err != nil {
			return o, fmt.Errorf("speech model: %w; get it with: bienban models pull", err)
		} else if info.IsDir() {
			return o, fmt.Errorf("speech model %s: is a folder", path)
		}
	}
	if o.Threads < 0 || o.Threads > 256 {
		return o, fmt.Errorf("engine: %d threads: use 0 to 256", o.Threads)
	}
	if o.Lanes < 0 || o.Lanes > maxLanes {
		return o, fmt.Errorf("engine: %d lanes: use 0 to %d", o.Lanes, maxLanes)
	}
	o.Lanes = max(o.Lanes, 1)
	if o.HangAfter == 0 {
		o.HangAfter = patience
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func (o Options) args() []string {
	return append(o.Command[1:len(o.Command):len(o.Command)],
		"--model", o.Model, "--vad", o.VAD, "--threads", fmt.Sprint(o.Threads), "--lanes", fmt.Sprint(o.Lanes))
}

// files names the models, for errors.
func (o Options) files() string {
	switch {
	case o.Model == "":
		return "the speech detection model " + o.VAD
	case o.VAD == "":
		return "the speech model " + o.Model
	}
	return "the models " + o.Model + " and " + o.VAD
}

// environ is the child's. With OMP_WAIT_POLICY=passive the decoder's threads
// sleep at their barriers instead of spinning. On a busy machine a spinning
// thread holds the core that the other needs: with it a window of 20 s took up
// to 33 s (two cores, load 5), and whisper-cli 105 s of processor time for what
// took it 30 s with sleeping threads. GGML_NO_BACKTRACE keeps a failed assertion from
// starting a debugger, which takes half a minute and hides the assertion.
func (o Options) environ() []string {
	env := append(os.Environ(), "GGML_NO_BACKTRACE=1")
	if os.Getenv("OMP_WAIT_POLICY") == "" {
		env = append(env, "OMP_WAIT_POLICY=passive")
	}
	return append(env, o.Env...)
}

// cores counts physical cores: a second thread on one core slows decoding
// (whisper.cpp issue 89).
func cores() int {
	logical := runtime.NumCPU()
	lists, err := filepath.Glob("/sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list")
	if err != nil || len(lists) == 0 {
		return logical
	}
	seen := map[string]bool{}
	for _, name := range lists {
		if b, err := os.ReadFile(name); err == nil {
			seen[strings.TrimSpace(string(b))] = true
		}
	}
	if n := len(seen); n > 0 && n < logical {
		return n
	}
	return logical
}
