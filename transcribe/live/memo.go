package live

import (
	"context"
	"errors"
	"slices"

	"bienban/transcribe"
)

// memo is an engine that remembers its last answer: the decode of a pause is
// the final one when nobody goes on speaking. It also bounds how much text a
// window may give, and how hard it is tried.
type memo struct {
	eng     transcribe.Engine
	request transcribe.Request
	result  transcribe.Result
	known   bool
}

// People say at most about fourteen tokens a second (in Vietnamese, where a
// syllable takes two or three); what is beyond is a loop.
const (
	tokensSecond = 16
	tokensMore   = 32
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
	r.MaxTokens = min(tokensMore+tokensSecond*len(r.PCM)/rate, 220) // 220 is Whisper's own limit
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

// Close does nothing: the engine is the caller's.
func (m *memo) Close() error { return nil }

func same(a, b transcribe.Request) bool {
	return a.Language == b.Language && a.Prompt == b.Prompt && a.AudioContext == b.AudioContext &&
		a.Beam == b.Beam && a.Temperature == b.Temperature && a.MaxTokens == b.MaxTokens && slices.Equal(a.PCM, b.PCM)
}
