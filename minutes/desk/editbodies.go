package desk

// SegmentRef names a shown segment of a recording.
type SegmentRef struct {
	Recording string `json:"recording"`
	Segment   string `json:"segment"`
}

// TextChanged sets a segment's text.
type TextChanged struct {
	SegmentRef
	Text string `json:"text"`
}

// SplitAt splits a segment before the rune At of its shown text. The part behind
// gets the id SEGMENT.N (Done.ID).
type SplitAt struct {
	SegmentRef
	At int `json:"at"`
	// Text, when given, is the segment's text as the person sees it, unsaved
	// typing included: it is set in the same act.
	Text *string `json:"text,omitempty"`
}

// SegmentsNamed names segments of one recording. KindMerge joins them into the
// first: they must follow each other.
type SegmentsNamed struct {
	Recording string   `json:"recording"`
	Segments  []string `json:"segments"`
}

// SegmentsSpeaker says who speaks ("" = not known).
type SegmentsSpeaker struct {
	SegmentsNamed
	Speaker string `json:"speaker"`
}

// SegmentsItem files segments under an item ("" = as the marks say).
type SegmentsItem struct {
	SegmentsNamed
	Item string `json:"item"`
}

// SegmentsReason dismisses segments: they stay, and go into no draft.
type SegmentsReason struct {
	SegmentsNamed
	Reason string `json:"reason"`
}

// FlagsResolved resolves flags of a kind (Code) on segments; Code "" = all of them.
type FlagsResolved struct {
	SegmentsNamed
	Code   string `json:"code,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// StretchDismissed accounts for a gap: somebody listened, and nothing is missed.
type StretchDismissed struct {
	Recording string `json:"recording"`
	From      int64  `json:"from"` // samples
	To        int64  `json:"to"`
	Reason    string `json:"reason"`
}

// LayerAdopted makes a second pass count wherever no person touched the text.
type LayerAdopted struct {
	Recording string `json:"recording"`
	Layer     string `json:"layer"`
}

// LayerChosen answers for touched segments after an adoption: "new" takes the
// new layer's text there, "old" keeps the person's and asks no more.
type LayerChosen struct {
	SegmentsNamed
	Take string `json:"take"`
}
