package minutes

import "bienban/transcribe"

// Flag is a doubt about a sentence, an item or the whole (transcribe.Flag).
type Flag = transcribe.Flag

// Minutes is a draft of the record, as minutes.json holds it.
type Minutes struct {
	Meeting   Meeting    `json:"meeting"`
	Sections  []Section  `json:"sections"` // one for each agenda item, in the agenda's order
	Conflicts []Conflict `json:"conflicts"`
	Flags     []Flag     `json:"flags,omitempty"`    // of the whole: "drafted without an LLM", "speech not filed under an item", …
	Evidence  []Evidence `json:"evidence,omitempty"` // what the sentences cite; not part of the record's text
	Drafted   *Drafted   `json:"drafted,omitempty"`
}

// Drafted says how the draft was made.
type Drafted struct {
	LLM        string `json:"llm,omitempty"` // model name; "" = extractive
	Prompts    string `json:"prompts,omitempty"`
	Transcript string `json:"transcript,omitempty"` // model that recognised the speech
}

// Section is the record of one agenda item.
type Section struct {
	Item      string     `json:"item"`
	Title     string     `json:"title"`
	Closed    bool       `json:"closed,omitempty"` // a public copy keeps number and title only
	Sentences []Sentence `json:"sentences"`
	Votes     []Vote     `json:"votes,omitempty"`
	Flags     []Flag     `json:"flags,omitempty"`
}

// Where a sentence comes from.
const (
	OriginLLM     = "llm"     // written by a language model, checked
	OriginExtract = "extract" // taken from the transcript by rule
	OriginData    = "data"    // rendered from what people entered
	OriginPerson  = "person"  // written or accepted by a person
)

// Sentence is one sentence of the minutes with its evidence.
type Sentence struct {
	Text    string   `json:"text"`
	Cites   []string `json:"cites"` // evidence ids; never empty unless flagged
	Origin  string   `json:"origin"`
	Speaker string   `json:"speaker,omitempty"` // whose words it reports, a registered name
	Flags   []Flag   `json:"flags"`
}

// Flag codes of minutes.
const (
	FlagNumber     = "number"      // a figure that is not in the evidence
	FlagDate       = "date"        // a date or time that is not in the evidence
	FlagName       = "name"        // a name or title that is not in the evidence
	FlagVote       = "vote"        // votes swapped or changed
	FlagNegation   = "negation"    // a "không"/"not" lost or added
	FlagDecision   = "decision"    // a decision that the evidence does not hold
	FlagSpeaker    = "attribution" // said by somebody else
	FlagCitation   = "citation"    // none, or an id that does not exist
	FlagUnfounded  = "unfounded"   // little of the sentence stands in its evidence
	FlagInstructed = "instruction" // text that speaks to the machine, markup or links
	FlagExtract    = "extract"     // info: an extractive sentence stands in for an LLM's
	FlagNoLLM      = "no_llm"      // info: drafted without a language model, and why
	FlagUnfiled    = "unfiled"     // speech not filed under an item
	FlagSuggested  = "item_suggested"
	// FlagClosedBounds: the agenda has a closed item, and where items begin is only
	// a machine's suggestion. It blocks, and no public copy is made while it is open.
	FlagClosedBounds = "closed_bounds"
	FlagForm         = "form" // info: a form of another date, a field left blank
)

// Conflict is a spoken figure or outcome that differs from the recorded one.
// The recorded one stands in the minutes, the spoken one only here.
type Conflict struct {
	Item     string          `json:"item"`
	Kind     string          `json:"kind"` // "vote", "outcome", "attendance", "election", …
	Spoken   string          `json:"spoken"`
	Recorded string          `json:"recorded"`
	Text     string          `json:"text"` // as shown: "công bố 20, ghi nhận 19" or its English twin, without the brackets
	Cites    []string        `json:"cites"`
	Resolved *transcribe.Act `json:"resolved,omitempty"`
}

// NeedsPerson says whether an open block flag or conflict is left (exit 3).
func (m *Minutes) NeedsPerson() bool {
	open := func(fs []Flag) bool {
		for _, f := range fs {
			if f.Open() {
				return true
			}
		}
		return false
	}
	if open(m.Flags) {
		return true
	}
	for _, c := range m.Conflicts {
		if c.Resolved == nil {
			return true
		}
	}
	for _, s := range m.Sections {
		if open(s.Flags) {
			return true
		}
		for _, t := range s.Sentences {
			if open(t.Flags) {
				return true
			}
		}
	}
	return false
}

// Kinds of evidence.
const (
	EvidenceSegment  = "segment"  // what was said
	EvidenceNote     = "note"     // what the secretary typed
	EvidenceData     = "data"     // what people entered: votes, attendance, elections, …
	EvidenceDocument = "document" // a document's title, number and date
)

// Evidence is a thing that a sentence may cite.
//
// Ids: a segment's own id; "note:1", "vote:1", "election:1", "appointment:1",
// "contribution:1", "action:1", "document:1", "attendance:1" by their place in
// meeting.yaml from 1; "meeting" for title, place, start and end; "delegates"; "register" for its counts;
// "agenda:ID" for an item's title and presenter.
type Evidence struct {
	ID      string  `json:"id"`
	Kind    string  `json:"kind"`
	Item    string  `json:"item,omitempty"`
	Speaker string  `json:"speaker,omitempty"`
	Title   string  `json:"title,omitempty"` // the speaker's registered title
	Start   float64 `json:"start,omitempty"`
	End     float64 `json:"end,omitempty"`
	Text    string  `json:"text"`           // figures as digits (internal/lang)
	Raw     string  `json:"raw,omitempty"`  // as spoken or typed, where it differs
	Note    string  `json:"note,omitempty"` // e.g. "superseded by s12"
}
