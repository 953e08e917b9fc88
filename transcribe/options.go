package transcribe

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Options of a transcription. The zero value detects the language and knows
// no names.
type Options struct {
	Language string           // Whisper's code; "" = detected once for the file
	Glossary []string         // words and names to expect, the weightiest first
	Channels map[int][]string // microphone from 1 → names of those who use it
	Model    string           // what the transcript says that it was made with

	// Progress is called after each window, on the goroutine that called
	// File; nil = nobody asks.
	Progress func(Progress)

	// Checkpoint is a file that holds the work done so far, for Resume; "" = none.
	Checkpoint string
	// Resume goes on from Checkpoint, when there is one, to the same transcript
	// that an undisturbed run makes. It is refused when the checkpoint is of
	// another file, model or options.
	Resume bool
	// Identity names the sound of Source: the same sound has the same one, and
	// no other has. A file is known by its hash.
	Identity string
}

// Progress says how far a transcription is.
type Progress struct {
	Stage string  // "listening" until the language is known, then "transcribing"
	Done  float64 // seconds of the source that are transcribed
	Total float64 // seconds of the source, 0 when not known
	Text  string  // what was last heard
}

// fingerprint names what the text depends on beside the sound.
func (o Options) fingerprint() string {
	type channel struct {
		Channel int
		Names   []string
	}
	var channels []channel
	for _, c := range sortedKeys(o.Channels) {
		channels = append(channels, channel{c, o.Channels[c]})
	}
	b, _ := json.Marshal([]any{o.Language, o.Glossary, channels, o.Model}) // strings and numbers always marshal
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func sortedKeys[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
