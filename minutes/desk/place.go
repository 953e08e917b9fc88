package desk

import "time"

// Place is a place in a recording. Sample counts from the recording's first one,
// at 16 kHz. A place without a recording is a moment of the clock alone: nothing
// was being recorded.
type Place struct {
	Recording string `json:"recording,omitempty"`
	Sample    int64  `json:"sample,omitempty"`
	// Age is for acts that mean "now": how many milliseconds ago the sender heard
	// that the recording stood at Sample. Apply adds it; nothing keeps it.
	Age int64 `json:"age,omitempty"`
}

// SampleRate is that of places, in Hz.
const SampleRate = 16000

// Stamp says who did something and when (the server's clock).
type Stamp struct {
	By   string    `json:"by"`   // id of the user
	Name string    `json:"name"` // as shown then
	At   time.Time `json:"at"`
}
