// Package prompts carries what language models are told, as files beside it:
// one a language, and an English one that asks for any other language.
//
// A prompt only instructs. It holds nothing of a meeting; evidence goes into
// the user's message as data, and the prompt says that it is data.
package prompts

import (
	_ "embed"
	"strings"
)

// Version names the wording, for the record of how a draft was made. Change it
// with the files.
const Version = "draft-1"

//go:embed draft.vi.txt
var draftVietnamese string

//go:embed draft.en.txt
var draftEnglish string

//go:embed draft.any.txt
var draftAny string

// Draft is the system prompt for drafting in a language (Whisper's code).
func Draft(language string) string {
	switch {
	case strings.HasPrefix(language, "vi"):
		return strings.TrimSpace(draftVietnamese)
	case strings.HasPrefix(language, "en"):
		return strings.TrimSpace(draftEnglish)
	}
	return strings.TrimSpace(strings.ReplaceAll(draftAny, "{language}", language))
}
