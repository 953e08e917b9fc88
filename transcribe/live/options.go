package live

import (
	"time"

	"bienban/transcribe"
)

// Options of a committer. The zero value begins at the first sample, detects
// the language and knows no names.
type Options struct {
	// From is the sample at which the text goes on: the end of the last commit.
	From int64
	// Before is the text of the last commits (ContextOf), for the prompt.
	Before string

	Language string           // Whisper's code; "" = heard from the first windows
	Glossary []string         // words and names to expect, the weightiest first; 100 tokens are used
	Channels map[int][]string // microphone from 1 → names of those who use it

	// Step is how much sound comes between two provisional decodes; 0 = StepLeast.
	// Under load it grows by itself, up to StepMost.
	Step time.Duration
	// NoProvisional leaves provisional text out.
	NoProvisional bool
}

// Bounds of the step between provisional decodes.
const (
	// StepLeast keeps provisional text within two seconds of speech: a word
	// waits for at most a step and a decode.
	StepLeast = 900 * time.Millisecond
	// StepMost is where text that lags is no longer of use as a preview.
	StepMost = 4 * time.Second
)

// Lengths in samples. Those of windows are measured in docs/design.md section 4.
const (
	rate = transcribe.SampleRate

	// pad is the sound kept before and after speech, as for files.
	pad = rate / 5
	// silence after speech commits it.
	silence = rate * 4 / 10
	// A window with less speech than shortSpeech waits for shortSilence:
	// Whisper needs neighbours to hear a word or two right, and mostly there
	// are some.
	shortSpeech  = rate * 3 / 2
	shortSilence = rate * 8 / 10
	// most is the longest window. Beyond it a provisional decode would take
	// longer than the step.
	most = rate * 12
	// cutLeast is the shortest window that is cut off speech that goes on.
	cutLeast = rate * 4
	// agreeStep is how much less sound the first of the two decodes hears whose
	// common words are committed when speech has no pause.
	agreeStep = rate * 2
	// agreeFree is how much sound must follow the last word on which they agree.
	agreeFree = rate / 5
	// agreeNear is how near the two place the end of a word at which to cut.
	agreeNear = rate / 10
	// agreeLeast is how many words they must agree on.
	agreeLeast = 3
	// quiet is how often silence is committed, so that whoever goes on from
	// the last commit has little to hear again.
	quiet = rate * 10
	// batch is the most sound that the detector gets at once while the
	// committer catches up: what lies beyond a commit is heard again.
	batch = 32 * transcribe.DetectorFrame
	// glanceLeast is how much speech there must be for a provisional decode.
	glanceLeast = rate * 4 / 10
	// stopLeast is the silence after which what may be the final decode begins:
	// late enough to let a breath pass, early enough to be done soon after the
	// silence that commits.
	stopLeast = rate * 3 / 10
	// wordsNew is how much speech at its end may have no provisional text yet when
	// somebody stops and the careful decode, which takes twice as long, begins.
	wordsNew = rate / 10
	// lateMost is how late the sound may be for provisional work to be done.
	lateMost = rate / 4
)

// contextWords is how many committed words go into the prompt (docs/design.md section 4).
const contextWords = 60

// silenceRMS is the level under which there is nothing to decode whatever the
// detector says: -80 dB of full scale, as for files.
const silenceRMS = 1e-4

// failuresMost is how many windows in a row an engine may fail before the
// committer gives up rather than leave gap after gap.
const failuresMost = 3

// FlagCut marks text at whose end speech was cut where no pause was and no two
// decodes agreed.
const FlagCut = "cut_in_speech"

// levelsBlock is how much sound the comparison of microphones looks back on:
// between one and two blocks.
const levelsBlock = 300 * rate

// HistoryFrom is the sample from which on a committer that goes on at from
// should be fed: it ignores the sound before from but learns from the
// energies how loud each microphone is. With less it makes the same text and
// may name other speakers.
func HistoryFrom(from int64) int64 {
	return max(0, from/levelsBlock-1) * levelsBlock
}
