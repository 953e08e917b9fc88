package draft

import (
	"strings"
	"unicode/utf8"
)

// meter estimates tokens. It begins with what tokenisers of today need at
// most for a language and learns from what the server counts.
type meter struct {
	perToken float64 // runes a token
}

// Runes a token, on the safe side: English words come at 4 and more, Vietnamese
// syllables with their marks at about 2 (Qwen2.5: 2.3), others at 1 and more.
func newMeter(language string) *meter {
	switch {
	case strings.HasPrefix(language, "en"):
		return &meter{3.0}
	case strings.HasPrefix(language, "vi"):
		return &meter{1.7}
	}
	return &meter{1.0}
}

func (m *meter) tokens(s string) int {
	return int(float64(utf8.RuneCountInString(s))/m.perToken) + 1
}

// learn takes the server's count for a text. A tenth is kept in hand, for parts
// differ; what the server counts as more than estimated holds at once.
func (m *meter) learn(s string, counted int) {
	if counted > 0 {
		m.perToken = max(0.3, 0.9*float64(utf8.RuneCountInString(s))/float64(counted))
	}
}

const (
	// wrapping is the tokens that a chat template, roles and JSON around the evidence cost.
	wrapping = 64
	// perSentence is the tokens of JSON around one sentence of an answer, and of one piece of evidence.
	perSentence = 24
	// growth is how much longer than its evidence a sentence of minutes may be: a name and a title are added.
	growth = 1.4
	// largestPart is tokens of evidence in one request even where the context
	// holds more: a failed request then costs little, and small models lose the thread of more.
	largestPart = 1200
)

// room is how many tokens of evidence one request may hold; 0 when not even a
// short sentence fits.
func room(context, system int) int {
	free := float64(context)*0.95 - float64(system) - wrapping
	n := int(free / (1 + growth))
	if n < 48 {
		return 0
	}
	return min(n, largestPart)
}

// answerTokens bounds an answer to so much evidence.
func answerTokens(evidence, pieces int) int {
	return int(float64(evidence)*growth) + perSentence*pieces/2 + 48
}
