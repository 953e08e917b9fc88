package audio

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// SpeechRate is the sample rate that Whisper and Silero work at, in Hz.
const SpeechRate = 16000

// Limits of what is read. 32 channels is the widest mixer that a hall is likely to record as one file; the rates
// span telephone recorders to the fastest converters sold.
const (
	MaxChannels = 32
	MinRate     = 1000
	MaxRate     = 768000
)

// Format describes a source.
type Format struct {
	Rate      int    // samples per second of each channel, in Hz
	Channels  int    // at least 1
	Frames    int64  // frames that the source should yield, -1 when not known (streams)
	Container string // "wav", "rf64", "bw64", "flac", or ffmpeg's name of the format
	Encoding  string // "pcm", "float", "alaw", "ulaw", "flac", or ffmpeg's name of the codec
	Bits      int    // bits of a stored sample, 0 when the codec has no such notion
	Estimate  int64  // frames that the container announces where Frames is -1, for showing progress; 0 when it says nothing
}

// Source yields interleaved frames from the first one on. It is for one goroutine at a time.
type Source interface {
	Format() Format

	// Read fills dst with whole frames and returns how many; len(dst) must be a multiple of Channels and not 0.
	// Samples are in [-1, 1]. It returns 0, io.EOF at the end. A damaged source first returns all frames that are
	// whole, then 0 and a *DamageError, also on every later call. A cancelled ctx returns its error.
	Read(ctx context.Context, dst []float32) (frames int, err error)

	// Close releases the file or process. It is safe to call twice.
	Close() error
}

// DamageError says that a source is cut or broken. The Frame frames that were read are good; a caller finishes what it
// has and flags it (exit code 3).
type DamageError struct {
	Path   string
	Frame  int64  // whole frames read before the damage
	Reason string // what is wrong, in lower case
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s: damaged: %s (kept the %d frames that are whole)", showPath(e.Path), e.Reason, e.Frame)
}

// FormatError says that a file cannot be read at all: bad input (exit code 2).
type FormatError struct {
	Path   string
	Reason string // what is wrong
	Hint   string // what to do about it
	Err    error  // the cause, where there is one (fs.ErrNotExist for a missing file)
}

func (e *FormatError) Error() string {
	s := showPath(e.Path) + ": " + e.Reason
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Unwrap returns the cause.
func (e *FormatError) Unwrap() error { return e.Err }

// showPath keeps an error on one line whatever a file is called.
func showPath(p string) string {
	if p == "" || strings.ContainsFunc(p, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(p)
	}
	return p
}
