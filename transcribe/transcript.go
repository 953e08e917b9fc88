package transcribe

// Transcript is what was said in one recording, as transcript.json holds it
// (docs/design.md section 7). Segments are in order of Start; times are
// seconds from the first sample of the source.
type Transcript struct {
	Language    string       `json:"language"` // Whisper's code: vi, en, …
	Model       string       `json:"model,omitempty"`
	Audio       *Audio       `json:"audio,omitempty"`
	Segments    []Segment    `json:"segments"`
	Coverage    []Stretch    `json:"coverage,omitempty"`
	Suggestions []Suggestion `json:"suggestions,omitempty"` // agenda boundaries a machine suggests (package minutes fills them)
	Flags       []Flag       `json:"flags,omitempty"`       // of the whole: damaged input, language guessed, …
}

// Audio says which sound the transcript is of.
type Audio struct {
	File     string  `json:"file,omitempty"` // base name, never a path
	Seconds  float64 `json:"seconds"`
	Rate     int     `json:"rate"` // Hz, of the source
	Channels int     `json:"channels"`
	SHA256   string  `json:"sha256,omitempty"` // of the file's bytes
}

// Segment is a stretch of speech by one speaker.
type Segment struct {
	ID      string  `json:"id,omitempty"` // unique in the transcript; "s1", "s2", … are given on reading where missing
	Start   float64 `json:"start"`
	End     float64 `json:"end"`
	Speaker string  `json:"speaker,omitempty"` // the registered name of a person, or ""
	Item    string  `json:"item,omitempty"`    // agenda item id, or "" when not yet assigned
	Text    string  `json:"text"`
	Channel int     `json:"channel,omitempty"` // microphone from 1; 0 = not known
	Words   []Word  `json:"words,omitempty"`
	Flags   []Flag  `json:"flags,omitempty"`
	Struck  bool    `json:"struck,omitempty"` // refused by a guard: kept for review, in no text, srt, vtt or draft
	// Language stands in the first segment of a live window that was heard while the recording's language was not
	// settled: what the window was heard to be in.
	Language string `json:"language,omitempty"`
}

// Word is one recognised word.
type Word struct {
	Text  string  `json:"w"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	P     float64 `json:"p"` // confidence, 0 to 1
}

// Severity of a flag.
const (
	Info  = "info"  // people may want to look
	Block = "block" // somebody must look before the record is final
)

// Flag is a doubt that a machine has. The same shape is used in minutes.
type Flag struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"`
	Text     string   `json:"text"`
	Cites    []string `json:"cites,omitempty"`
	Resolved *Act     `json:"resolved,omitempty"`
}

// Open says whether the flag still blocks.
func (f Flag) Open() bool { return f.Severity == Block && f.Resolved == nil }

// Act is what a person did, when (RFC 3339) and why.
type Act struct {
	By     string `json:"by"`
	At     string `json:"at"`
	Reason string `json:"reason"`
}

// Flag codes of a transcript.
const (
	FlagDamaged       = "audio_damaged"    // the file is cut or broken; what is whole was read
	FlagLowConfidence = "low_confidence"   // words that the engine was unsure of
	FlagRepetition    = "repetition"       // a loop, struck
	FlagBoilerplate   = "boilerplate"      // text known to be invented on noise, struck
	FlagPromptEcho    = "prompt_echo"      // the prompt came back as text, struck
	FlagNoSpeech      = "no_speech"        // text where the detector heard none, struck
	FlagGap           = "gap"              // speech that has no text
	FlagItemSuggested = "item_suggested"   // the agenda item is a machine's suggestion
	FlagSpeakerMixed  = "speaker_doubtful" // two channels were about as loud
	FlagLanguage      = "language_guessed"
)

// Stretch is one entry of the coverage ledger. The stretches of a recording
// are in order, disjoint, and cover it from its first to its last sample.
type Stretch struct {
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	Kind  string  `json:"kind"` // one of the Covered… constants
	Note  string  `json:"note,omitempty"`
}

// Kinds of coverage (docs/design.md section 1, invariant 3).
const (
	CoveredSpeech    = "speech"     // speech with text
	CoveredNonSpeech = "non_speech" // the detector heard no speech, or a guard struck what was decoded
	CoveredPaused    = "paused"     // closed part
	CoveredDismissed = "dismissed"  // by a person
	CoveredGap       = "gap"        // lost, cut or not decoded: people must see it
)

// Suggestion is an agenda boundary that a machine heard in speech.
type Suggestion struct {
	Item       string  `json:"item"`
	At         float64 `json:"at"`      // seconds: the item begins here
	Segment    string  `json:"segment"` // id of the segment with the cue
	Cue        string  `json:"cue"`     // the words that suggest it
	Confidence float64 `json:"confidence"`
}
