package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/llmserver"
	"bienban/minutes/draft"
	"bienban/models"
)

// languageModel gives what to draft with: nil for none, a server that somebody
// runs for a URL, a server of our own for auto. stop ends what was started.
func (e *env) languageModel(ctx context.Context, llm, name string) (model *draft.LLM, stop func(), err error) {
	stop = func() {}
	if llm == "none" {
		return nil, stop, nil
	}
	key, err := e.secret("BIENBAN_LLM_KEY")
	if err != nil {
		return nil, stop, err
	}
	if llm != "auto" {
		return &draft.LLM{BaseURL: llm, Model: name, Key: key}, stop, nil
	}
	if name == "" {
		name = models.DefaultLanguage
	}
	m, err := e.findModel(name, models.Language)
	if err != nil {
		return nil, stop, err
	}
	path, err := models.NewStore(e.modelsDir()).Path(ctx, m)
	var missing *models.MissingModelError
	var changed *models.HashError
	var cut *models.SizeError
	if errors.As(err, &missing) || errors.As(err, &changed) || errors.As(err, &cut) {
		e.say("drafting without a language model: %v", err)
		return nil, stop, nil
	}
	if err != nil {
		return nil, stop, err
	}
	e.say("language model: starting %s on this machine", m.ID)
	server, err := llmserver.Start(ctx, llmserver.Options{ModelPath: path, ContextTokens: localContext})
	if err != nil {
		if ctx.Err() != nil {
			return nil, stop, ctx.Err()
		}
		// A draft without a model is worth more than none.
		e.say("drafting without a language model: %v", err)
		return nil, stop, nil
	}
	return &draft.LLM{BaseURL: server.URL(), Model: m.ID, ContextTokens: localContext}, func() { server.Close() }, nil
}

// localContext is the context of our own server, in tokens: enough for any
// agenda item in parts, small enough for a laptop's memory.
const localContext = 4096

// secret reads NAME, or the file that NAME_FILE names. Secrets never come from
// flags, where other users of the machine could see them.
func (e *env) secret(name string) (string, error) {
	if v := e.getenv(name); v != "" {
		return v, nil
	}
	path := e.getenv(name + "_FILE")
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return "", fault.New(fault.Invalid, "%s_FILE: %w", name, err)
	}
	return strings.TrimSpace(string(b)), nil
}
