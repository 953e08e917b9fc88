package whisper

// token is one decoded text token, as whisper.cpp gives it.
type token struct {
	text string  // raw bytes: a token may end in the middle of a character
	p    float64 // probability
	logp float64
}
