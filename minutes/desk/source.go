package desk

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"bienban/transcribe"
)

// Source is what acts on the text need of one recording.
type Source struct {
	Recording string
	// Machine holds the machine's segments by id, of whatever layer: those that
	// Expand names.
	Machine map[string]transcribe.Segment
	// Edits are those of the named segments and of what was merged into them, in
	// order.
	Edits []Edit
	// Order lists the ids of all shown segments in order; only KindMerge needs it.
	Order []string
}

// Needs says what of the text an act works on.
type Needs struct {
	Recording string
	Segments  []string
	Order     bool // Source.Order, too
}

// Needs says what of the text an act works on, given the state and, for an undo,
// the event undone. The zero value: nothing.
func (a Act) Needs(s *State, undone *EventBody) Needs {
	kind, raw := a.Kind, a.Body
	switch kind {
	case KindSettle:
		var b Settle
		if json.Unmarshal(raw, &b) != nil {
			return Needs{}
		}
		c := conflicts.find(s, b.ID)
		if c == nil {
			return Needs{}
		}
		kind, raw = c.Kind, c.Body
	case KindUndo:
		if undone == nil || len(undone.Edits) == 0 {
			return Needs{}
		}
		n := Needs{Recording: undone.Edits[0].Recording}
		for _, e := range undone.Edits {
			n.Segments = append(n.Segments, e.Segment)
		}
		return n
	}
	var one SegmentRef
	var many SegmentsNamed
	switch kind {
	case KindText, KindSplit:
		if json.Unmarshal(raw, &one) != nil || one.Segment == "" {
			return Needs{}
		}
		return Needs{Recording: one.Recording, Segments: []string{one.Segment}}
	case KindMerge, KindSegmentSpeaker, KindSegmentItem, KindDismissed, KindRestored, KindFlags, KindLayerChosen, KindReplaced:
		if json.Unmarshal(raw, &many) != nil || len(many.Segments) > maxBulk {
			return Needs{}
		}
		return Needs{Recording: many.Recording, Segments: many.Segments, Order: kind == KindMerge}
	case KindStretch:
		var b StretchDismissed
		if json.Unmarshal(raw, &b) != nil {
			return Needs{}
		}
		return Needs{Recording: b.Recording, Segments: []string{stretchID(b.From, b.To)}}
	}
	return Needs{}
}

// root is the machine's segment that a segment was split off: "s12" of "s12.1.2".
func root(segment string) string {
	r, _, _ := strings.Cut(segment, ".")
	return r
}

// Expand lists the machine's segments that a source needs for these: the roots of
// those named and of what was merged into them.
func Expand(segments []string, edits []Edit) []string {
	seen := map[string]bool{}
	var out []string
	add := func(id string) {
		if r := root(id); !seen[r] && !strings.HasPrefix(r, "gap:") {
			seen[r] = true
			out = append(out, r)
		}
	}
	for _, id := range segments {
		add(id)
	}
	for _, e := range edits {
		for _, o := range []*Overlay{e.Before, e.After} {
			if o != nil {
				for _, id := range o.Joined {
					add(id)
				}
			}
		}
	}
	return out
}

// overlay gives a segment's newest overlay, nil when it is the machine's own.
func (s Source) overlay(segment string) *Overlay {
	for i := len(s.Edits) - 1; i >= 0; i-- {
		if s.Edits[i].Segment == segment {
			return s.Edits[i].After
		}
	}
	return nil
}

// shown gives a segment as it stands, with its overlay; ok is false when there is
// no such segment.
func (s Source) shown(segment string) (g transcribe.Segment, o *Overlay, ok bool) {
	o = s.overlay(segment)
	g, machine := s.Machine[segment]
	if !machine {
		if o == nil || o.Origin == "" {
			return g, nil, false
		}
		g = s.Machine[root(segment)]
		g.ID, g.Flags = segment, nil
	}
	return overlaid(g, o, s.Machine), o, true
}

func (s Source) shownText(segment string) string {
	g, o, ok := s.shown(segment)
	for ok && o != nil && o.Into != "" { // what it was merged into holds its words
		g, o, ok = s.shown(o.Into)
	}
	if !ok {
		return ""
	}
	return g.Text
}

// overlaid is a machine's segment with what people changed of it. Words keep
// their times as far as they are the machine's.
func overlaid(g transcribe.Segment, o *Overlay, machine map[string]transcribe.Segment) transcribe.Segment {
	if o == nil {
		return g
	}
	words := g.Words
	for _, id := range o.Joined {
		words = append(slices.Clip(words), machine[root(id)].Words...)
	}
	moved := o.Start != nil || o.End != nil
	if o.Start != nil {
		g.Start = *o.Start
	}
	if o.End != nil {
		g.End = *o.End
	}
	if o.Text != nil {
		g.Text = *o.Text
	}
	if o.Text != nil || moved || len(o.Joined) > 0 {
		g.Words = align(g.Text, g.Start, g.End, words)
	}
	if o.Speaker != nil {
		g.Speaker = *o.Speaker
	}
	if o.Item != nil {
		g.Item = *o.Item
	}
	if o.Kept {
		g.Struck = false
	}
	if o.Dismissed != nil {
		g.Struck = true
	}
	if len(g.Flags) > 0 && len(o.Resolved) > 0 {
		g.Flags = slices.Clone(g.Flags)
		for i, f := range g.Flags {
			if act, ok := o.Resolved[f.Code]; ok {
				g.Flags[i].Resolved = &act
			}
		}
	}
	return g
}

// clone copies an overlay, so that a field can be set without changing the old one.
func (o *Overlay) clone() *Overlay {
	if o == nil {
		return &Overlay{}
	}
	c := *o
	c.Joined = slices.Clone(o.Joined)
	c.Resolved = maps.Clone(o.Resolved)
	return &c
}
