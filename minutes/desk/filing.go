package desk

import (
	"slices"
	"time"

	"bienban/transcribe"
)

// itemOf is the item that a segment belongs to: the one it was filed under by a
// person, else the one that the hall was at. "" when nobody said.
func (s *State) itemOf(recording string, g transcribe.Segment) string {
	if g.Item != "" {
		if i := s.Item(g.Item); i != nil {
			return i.ID
		}
		return ""
	}
	r := recordings.find(s, recording)
	if r == nil {
		return ""
	}
	return s.ItemAt(r.clock(int64((g.Start + g.End) / 2 * SampleRate)))
}

// speakerAt is who had the floor by the speaker buttons; "" when nobody said.
func (s *State) speakerAt(clock time.Time) string {
	name, best := "", time.Time{}
	for _, f := range s.Speakers {
		if !f.Clock.After(clock) && !f.Clock.Before(best) {
			name, best = f.Person, f.Clock
		}
	}
	return name
}

// File files the sheet's segments under the agenda by marks and gives those
// without a speaker the one who had the floor. Text of nobody's item stays without
// one: it is listed as such.
func (s *State) File(sh *Sheet) {
	r := recordings.find(s, sh.Recording)
	if r == nil {
		return
	}
	sh.Transcript.Segments = slices.Clone(sh.Transcript.Segments)
	for i := range sh.Transcript.Segments {
		g := &sh.Transcript.Segments[i]
		g.Item = s.itemOf(sh.Recording, *g)
		if g.Speaker == "" {
			g.Speaker = s.speakerAt(r.clock(int64((g.Start + g.End) / 2 * SampleRate)))
		}
	}
}
