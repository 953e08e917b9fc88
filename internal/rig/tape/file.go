package tape

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"bienban/transcribe"
)

// kind marks a file of what Whisper heard in a tape's sample.
const kind = "bienban tape"

// file is what Whisper once heard in the sample, whose sound lies beside it.
type file struct {
	Kind  string            `json:"kind"`
	Sound string            `json:"sound"` // path from the file's folder
	Heard transcribe.Result `json:"heard"` // with times from the sound's beginning
}

// IsFile says that data is what Write wrote.
func IsFile(data []byte) bool {
	var f struct {
		Kind string `json:"kind"`
	}
	return json.Unmarshal(data, &f) == nil && f.Kind == kind
}

// Open makes the tape of a file that Write wrote; path says where it lies.
func Open(ctx context.Context, path string, data []byte) (*Tape, error) {
	sound, heard, err := Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	pcm, err := Sample(ctx, filepath.Join(filepath.Dir(path), filepath.FromSlash(sound)))
	if err != nil {
		return nil, err
	}
	return New(Part{Name: filepath.Base(sound), PCM: pcm, Result: heard}), nil
}

// Read reads what Write wrote.
func Read(data []byte) (sound string, heard transcribe.Result, err error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return "", heard, fmt.Errorf("what was heard in a tape: %w", err)
	}
	return f.Sound, f.Heard, nil
}

// Write writes what Whisper heard in a sound.
func Write(w io.Writer, sound string, heard transcribe.Result) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(file{Kind: kind, Sound: sound, Heard: heard}); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
