package minutes

import (
	"path/filepath"
	"sort"

	"bienban/transcribe"
)

// AssignItems files speech under the agenda.
//
// A segment that carries an item keeps it. With marks, each other segment gets
// the item of the last mark at or before its middle; what was said before the
// first mark stays unassigned, for nobody said where it belongs. A mark given
// as a time of day counts from the session's start, which is taken for the
// recording's first sample. Without
// marks, boundaries are suggested from what was said (Suggest), and the first
// segment of each is flagged. Speech that belongs nowhere stays unassigned; no
// segment is dropped.
func AssignItems(m *Meeting, t *transcribe.Transcript) {
	if t == nil || len(m.Agenda) == 0 {
		return
	}
	if len(m.Marks) > 0 {
		m.assignByMarks(t)
		return
	}
	suggest(m, t)
}

// placedMark is a mark with its place in the recording, in seconds.
type placedMark struct {
	at   float64
	item string
}

// sessionOf is the id of the session that a transcript is a recording of: the
// one that names its file, else the first.
func (m *Meeting) sessionOf(t *transcribe.Transcript) string {
	if len(m.Sessions) == 0 {
		return ""
	}
	for _, s := range m.Sessions {
		for _, r := range s.Recordings {
			if t.Audio != nil && t.Audio.File != "" && filepath.Base(r) == t.Audio.File {
				return s.ID
			}
		}
	}
	return m.Sessions[0].ID
}

// placedMarks gives the marks of one session in the order of time. A mark that
// names no session belongs to the first.
func (m *Meeting) placedMarks(session string) []placedMark {
	var out []placedMark
	for _, k := range m.Marks {
		if len(m.Sessions) > 0 && k.Session != session && (k.Session != "" || session != m.Sessions[0].ID) {
			continue
		}
		if s, ok := m.seconds(k.T, k.At, k.Session); ok {
			out = append(out, placedMark{s, k.Item})
		}
	}
	// Stable: of two marks at one moment the later in the file holds.
	sort.SliceStable(out, func(i, j int) bool { return out[i].at < out[j].at })
	return out
}

func (m *Meeting) assignByMarks(t *transcribe.Transcript) {
	marks := m.placedMarks(m.sessionOf(t))
	for i := range t.Segments {
		s := &t.Segments[i]
		if s.Item != "" {
			continue
		}
		middle := (s.Start + s.End) / 2
		n := sort.Search(len(marks), func(j int) bool { return marks[j].at > middle })
		if n > 0 {
			s.Item = marks[n-1].item
		}
	}
}
