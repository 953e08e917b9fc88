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

// SpeakerAt is who had the floor at a moment, by the speaker buttons, and since when;
// nil when nobody said. A button may have been pressed for an earlier moment.
func (s *State) SpeakerAt(clock time.Time) *SpeakerAt {
	var best *SpeakerAt
	for i := range s.Speakers {
		if f := &s.Speakers[i]; !f.Clock.After(clock) && (best == nil || !f.Clock.Before(best.Clock)) {
			best = f
		}
	}
	return best
}

// SpeakerNow is who has the floor; nil when nobody said.
func (s *State) SpeakerNow() *SpeakerAt { return s.SpeakerAt(farAway) }

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
		if g.Speaker != "" {
			continue
		}
		if f := s.SpeakerAt(r.clock(int64((g.Start + g.End) / 2 * SampleRate))); f != nil {
			g.Speaker = f.Person
		}
	}
}
