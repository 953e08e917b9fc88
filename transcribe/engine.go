package transcribe

import "context"

// SampleRate is what an engine hears: 16 kHz, mono, float32 in [-1, 1].
// Whisper and Silero know no other rate.
const SampleRate = 16000

// Request is one window to decode.
type Request struct {
	PCM      []float32
	Language string // Whisper's code; "" = detect, and say which in the Result
	Prompt   string // words that the recogniser should expect; may be empty
	// AudioContext is how many encoder positions (20 ms each) to compute, at
	// most 1500 (30 s); 0 = all. A window costs only what is asked here.
	AudioContext int
	Beam         int     // 0 or 1 = greedy
	Temperature  float32 // 0 first; raised by the caller when a guard refuses the text
	MaxTokens    int     // 0 = the engine's own limit; a guard against loops
}

// Result is what an engine heard in a window. Times are seconds from the
// window's first sample.
type Result struct {
	Language   string
	Text       string
	Words      []Word
	Tokens     int
	NoSpeech   float64 // probability that there was none, 0 to 1
	AvgLogProb float64 // mean log probability of the text's tokens
}

// Engine decodes one window at a time.
//
// Transcribe is called by one goroutine at a time, unless the engine is
// Parallel. It returns ctx.Err() soon
// after ctx is cancelled. An error that is not ctx's may be tried once more
// with the same request: an engine keeps no state between windows, so nothing
// is doubled. Every engine passes transcribetest.Engine.
type Engine interface {
	Transcribe(ctx context.Context, r Request) (Result, error)
	Close() error
}

// Parallel is an Engine that decodes several windows at once.
type Parallel interface {
	Engine
	// Lanes is how many calls of Transcribe are worth making at the same time,
	// from as many goroutines. What comes of a call does not depend on the others.
	Lanes() int
}

// Detector tells speech from the rest, in a stream.
//
// Feed returns one probability (0 to 1) for each whole frame of
// DetectorFrame samples that pcm completes, in order; Reset starts a new
// stream. Called by one goroutine at a time.
type Detector interface {
	Feed(ctx context.Context, pcm []float32) ([]float32, error)
	Reset(ctx context.Context) error
	Close() error
}

// DetectorFrame is Silero's frame at 16 kHz: 512 samples, 32 ms.
const DetectorFrame = 512
