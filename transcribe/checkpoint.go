package transcribe

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"bienban/internal/atomicfile"
	"bienban/internal/fault"
)

// checkpointVersion changes with whatever makes an old checkpoint's windows or
// text differ from a new run's.
const checkpointVersion = 2

// checkpointEvery is how often the work done is written: what a crash may cost.
const checkpointEvery = 5 * time.Second

// work is what a run has done so far, all of it that the rest depends on.
type work struct {
	Language string    `json:"language,omitempty"`
	Settled  bool      `json:"settled"` // Language is the file's
	Guessed  bool      `json:"guessed,omitempty"`
	Pace     pace      `json:"pace"`
	Windows  int       `json:"windows"` // decoded
	UpTo     int64     `json:"up_to"`   // sample after the last of them
	Segments []Segment `json:"segments"`
	Marks    []mark    `json:"marks"`
	Failures []string  `json:"failures,omitempty"` // windows that the engine could not decode
}

// checkpoint is work with what it belongs to.
type checkpoint struct {
	Version int    `json:"bienban_checkpoint"`
	SHA256  string `json:"sha256"` // of the audio file
	Bytes   int64  `json:"bytes"`
	Options string `json:"options"`
	Work    work   `json:"work"`
	Sum     string `json:"sum"` // of Work's JSON: a half-written or edited file is refused
}

// identity says which file's work it is.
type identity struct {
	sha256 string
	bytes  int64
}

func saveCheckpoint(path string, id identity, options string, w *work) error {
	body, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	c := struct {
		checkpoint
		Work json.RawMessage `json:"work"`
	}{checkpoint{Version: checkpointVersion, SHA256: id.sha256, Bytes: id.bytes, Options: options, Sum: sumOf(body)}, body}
	return atomicfile.Write(path, func(out io.Writer) error {
		return json.NewEncoder(out).Encode(c)
	})
}

// loadCheckpoint reads the work that belongs to this file and these options.
// Without a checkpoint the work is nil; one that does not fit is a fault.Invalid.
func loadCheckpoint(path string, id identity, options string) (*work, error) {
	refuse := func(what string) (*work, error) {
		return nil, fault.New(fault.Invalid, "checkpoint %s: %s; delete it or run without --resume", path, what)
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	var c struct {
		checkpoint
		Work json.RawMessage `json:"work"`
	}
	switch err := json.Unmarshal(b, &c); {
	case err != nil || c.Version == 0:
		return refuse("is damaged or no checkpoint")
	case c.Version != checkpointVersion:
		return refuse("was made by another version of bienban")
	case c.SHA256 != id.sha256 || c.Bytes != id.bytes:
		return refuse("belongs to another audio file")
	case c.Options != options:
		return refuse("was made with another model, language, glossary or people")
	case c.Sum != sumOf(bytes.TrimSpace(c.Work)):
		return refuse("is damaged")
	}
	var w work
	if err := json.Unmarshal(c.Work, &w); err != nil {
		return refuse("is damaged")
	}
	return &w, nil
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// hashAnyway is how many bytes are hashed in well under a second on any disk.
const hashAnyway = 64 << 20

// identify reads a file for its identity.
func identify(path string, stop <-chan struct{}) (identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return identity{}, fmt.Errorf("read audio: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	var n int64
	for {
		select {
		case <-stop:
			// A file that is hashed in a moment is hashed to the end, so that
			// what is done can be saved.
			if n > hashAnyway {
				return identity{}, errors.New("read audio: stopped")
			}
		default:
		}
		m, err := f.Read(buf)
		_, _ = h.Write(buf[:m]) // a hash takes all
		n += int64(m)
		if errors.Is(err, io.EOF) {
			return identity{hex.EncodeToString(h.Sum(nil)), n}, nil
		}
		if err != nil {
			return identity{}, fmt.Errorf("read audio: %w", err)
		}
	}
}
