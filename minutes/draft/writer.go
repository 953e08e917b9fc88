package draft

import (
	"context"

	"bienban/minutes"
	"bienban/transcribe"
)

// LLM is a language model behind an OpenAI-compatible server.
type LLM struct{}

type writer struct{ d *drafter }

func newWriter(l *LLM, d *drafter) *writer { return &writer{d} }

func (w *writer) write(ctx context.Context, p *plan) (minutes.Section, error) {
	return w.d.section(p, p.extracted()), nil
}
func (w *writer) used() bool      { return false }
func (w *writer) model() string   { return "" }
func (w *writer) prompts() string { return "" }
func (w *writer) flags() []minutes.Flag {
	return []minutes.Flag{{Code: minutes.FlagNoLLM, Severity: transcribe.Info, Text: w.d.say("drafted by rule, without a language model", "soạn theo quy tắc, không dùng mô hình ngôn ngữ")}}
}
