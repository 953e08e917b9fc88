package live

import (
	"context"
	"errors"
	"slices"

	"bienban/transcribe"
)

// memo is an engine that remembers its last answer: the decode of a pause is
// the final one when nobody goes on speaking. It also bounds what a window may
// cost: how it is listened to, how much text it gives, and how hard it is tried.
type memo struct {
	eng     transcribe.Engine
	careful bool // what is asked now may last
	request transcribe.Request
	result  transcribe.Result
	known   bool
}

// People say at most about fourteen tokens a second (in Vietnamese, where a
// syllable takes two or three); what is beyond is a loop.
const (
	tokensSecond = 16
	tokensMore   = 32
	// In text that will not last a loop is not worth its time, and a breathless
	// speaker's last word can wait.
	passingSecond = 12
	passingMore   = 6
)

// heatLeast is the shortest window, in samples, that is worth another try at a
// temperature: a shorter one then gives words for any noise, and with a better score.
const heatLeast = 2 * rate

// errHeat keeps what the engine gave without one.
var errHeat = errors.New("live text: no heat for a short window")

// Transcribe implements transcribe.Engine.
func (m *memo) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	if r.Temperature > 0 && len(r.PCM) < heatLeast {
		return transcribe.Result{}, errHeat
	}
	r.Beam, r.AudioContext = 1, audioContext(len(r.PCM), m.careful)
	more, second := passingMore, passingSecond
	if m.careful {
		r.Beam, more, second = carefulBeam, tokensMore, tokensSecond
	}
	r.MaxTokens = min(more+second*len(r.PCM)/rate, 220) // 220 is Whisper's own limit
	if m.known && same(m.request, r) {
		return m.result, nil
	}
	res, err := m.eng.Transcribe(ctx, r)
	if err != nil {
		return res, err
	}
	m.request, m.result, m.known = r, res, true
	m.request.PCM = slices.Clone(r.PCM)
	return res, nil
}

// The encoder's positions: 50 a second and some to spare, without which base
// leaves out the last words; in steps of 256, as whisper.cpp lays them out.
const (
	positionsSpare = 128
	passingSpare   = 96 // for text that will not last: with it, three seconds take one step
	positionsStep  = 256
	positionsMost  = 1500
)

// How text is decoded that may last. Measured live on council-demo with base:
// 5.1 % of words are wrong as provisional text is decoded, 4.8 % with at least
// 1024 positions, 3.5 % with five beams as well; a window then costs half as
// much again.
const (
	carefulLeast = 1024
	carefulBeam  = 5
)

// audioContext is how many encoder positions a window of n samples needs.
func audioContext(n int, careful bool) int {
	asked := (50*n + rate - 1) / rate
	if careful {
		asked = max(asked+positionsSpare, carefulLeast)
	} else {
		asked += passingSpare
	}
	return min((asked+positionsStep-1)/positionsStep*positionsStep, positionsMost)
}

// Close does nothing: the engine is the caller's.
func (m *memo) Close() error { return nil }

func same(a, b transcribe.Request) bool {
	return a.Language == b.Language && a.Prompt == b.Prompt && a.AudioContext == b.AudioContext &&
		a.Beam == b.Beam && a.Temperature == b.Temperature && a.MaxTokens == b.MaxTokens && slices.Equal(a.PCM, b.PCM)
}
