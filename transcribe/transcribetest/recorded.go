package transcribetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sync"

	"bienban/transcribe"
)

// Recording is what an engine answered, by the window's content.
type Recording struct {
	Decodes map[string]transcribe.Result `json:"decodes"`
}

// Key names a window by its sound, to 16 bits, and the temperature: what it
// was called with besides does not matter to a replay.
func Key(r transcribe.Request) string {
	h := sha256.New()
	buf := make([]byte, 0, 2*len(r.PCM))
	for _, x := range r.PCM {
		v := int16(math.Round(float64(max(-1, min(1, x))) * 32767))
		buf = append(buf, byte(v), byte(v>>8))
	}
	h.Write(buf)
	return fmt.Sprintf("%s@%.1f", hex.EncodeToString(h.Sum(nil)[:12]), r.Temperature)
}

// ReadRecording reads what Write wrote.
func ReadRecording(r io.Reader) (*Recording, error) {
	var rec Recording
	if err := json.NewDecoder(r).Decode(&rec); err != nil {
		return nil, fmt.Errorf("recorded decodes: %w", err)
	}
	return &rec, nil
}

// Write writes the recording as JSON.
func (rec *Recording) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(rec)
}

// Recorder passes calls on to a real engine and keeps its answers.
type Recorder struct {
	transcribe.Engine
	mu        sync.Mutex
	recording Recording
}

// NewRecorder records what e answers.
func NewRecorder(e transcribe.Engine) *Recorder {
	return &Recorder{Engine: e, recording: Recording{Decodes: map[string]transcribe.Result{}}}
}

// Transcribe asks the real engine.
func (r *Recorder) Transcribe(ctx context.Context, req transcribe.Request) (transcribe.Result, error) {
	res, err := r.Engine.Transcribe(ctx, req)
	if err == nil {
		r.mu.Lock()
		r.recording.Decodes[Key(req)] = res
		r.mu.Unlock()
	}
	return res, err
}

// Recording returns what was recorded so far.
func (r *Recorder) Recording() *Recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := Recording{Decodes: map[string]transcribe.Result{}}
	for k, v := range r.recording.Decodes {
		out.Decodes[k] = v
	}
	return &out
}

// Engine replays the recording. A window that is not in it is an error: a
// replay never invents. Calls, and what came of them, are counted by the
// caller's Before, when set.
func (rec *Recording) Engine(before func(transcribe.Request) error) transcribe.Engine {
	return &replay{rec: rec, before: before}
}

type replay struct {
	rec    *Recording
	before func(transcribe.Request) error
}

func (e *replay) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	if err := ctx.Err(); err != nil {
		return transcribe.Result{}, err
	}
	if e.before != nil {
		if err := e.before(r); err != nil {
			return transcribe.Result{}, err
		}
	}
	res, ok := e.rec.Decodes[Key(r)]
	if !ok {
		return transcribe.Result{}, fmt.Errorf("recorded decodes: none of a window of %.2f s (%s); record again", float64(len(r.PCM))/transcribe.SampleRate, Key(r))
	}
	return res, nil
}

func (e *replay) Close() error { return nil }
