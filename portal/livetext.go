package portal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/minutes/desk"
	"bienban/transcribe"
)

// Numbers of the text as it is shown.
const (
	// doubtful is the confidence under which a word is marked. Of Whisper base's
	// words in Vietnamese news 46 % of those below it were wrong, of those above it
	// 18 % (docs/measurements.md, "Review").
	doubtful = 0.5
	// liveRows is how much of the text the live desk shows: about half an hour.
	liveRows = 300
)

// liveText is the text of a recording with what happened in it, in order.
type liveText struct {
	ID        string // of the meeting
	Seq       int64
	Recording string
	Running   bool
	Started   time.Time
	UpTo      int64 // text is final up to this sample
	Earlier   bool  // there is more before
	Rows      []textRow
	May       map[string]bool
}

// textRow is one line of a text: a segment, or something that lies between.
type textRow struct {
	At      float64 // seconds
	Clock   string  // the same as h:mm:ss
	Hall    time.Time
	Segment *textSegment
	Mark    *liveMark
	Note    *desk.NoteAt
	Gap     *textGap
}

// textGap is a stretch without text that people must see.
type textGap struct {
	Kind     string // transcribe.CoveredGap or CoveredDismissed, or of coverKind
	Seconds  string
	From, To int64
	Note     string
}

// textSegment is a segment as it is shown.
type textSegment struct {
	ID         string
	Start, End float64
	Speaker    string
	Item       string // id; filed by a person or by the marks
	ItemTitle  string
	Text       string
	Pieces     []textPiece
	Words      string // where each word begins, in hundredths of a second after Start, joined by spaces; "" when unknown
	Flags      []transcribe.Flag
	Struck     bool
	Dismissed  *transcribe.Act
	Edited     bool
	Rev        int64
	Asks       string // what a second pass heard here, where a person touched the text
	Near       []desk.Near
	Mixed      []desk.Conflict // what two people made of it at once
}

// textPiece is a stretch of text of which one may be sure, or not: the recogniser
// was not, or it is nearly a name.
type textPiece struct {
	Text  string
	Doubt bool
	Near  *desk.Near
}

// lengthOf writes a length in seconds with the decimal mark of a language.
func lengthOf(language string, seconds float64) string {
	s := fmt.Sprintf("%.1f", seconds)
	if language == "vi" {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// clockOf writes a place in a recording as hours, minutes and seconds.
func clockOf(seconds float64) string {
	s := int(seconds)
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// liveText is the text of the recording that the page asks for, else the newest.
func (q *request) liveText() (liveText, error) {
	st := q.meeting.State
	t := liveText{May: q.permissions()}
	rec := recordingOf(st, q.r.URL.Query().Get("recording"))
	if rec == nil {
		return t, nil
	}
	t.Recording, t.Running, t.Started = rec.ID, rec.Length < 0, rec.Started
	sheet, err := q.s.o.Desk.Sheet(q.ctx(), q.viewer(), st.ID, rec.ID)
	if err != nil {
		return t, err
	}
	t.Rows = textRows(q.language, st, rec, sheet)
	t.UpTo = upTo(sheet)
	if n := len(t.Rows) - liveRows; n > 0 {
		t.Rows, t.Earlier = t.Rows[n:], true
	}
	return t, nil
}

// recordingOf gives the recording named, else the newest that goes on, else the newest.
func recordingOf(st *desk.State, id string) *desk.Recording {
	var best *desk.Recording
	for i := range st.Recordings {
		r := &st.Recordings[i]
		switch {
		case r.ID == id:
			return r
		case r.Rehearsal && !st.Rehearsal: // discarded
		case best == nil, r.Length < 0 && best.Length >= 0, (r.Length < 0) == (best.Length < 0) && r.Started.After(best.Started):
			best = r
		}
	}
	return best
}

// upTo is where the text ends so far.
func upTo(sheet *desk.Sheet) int64 {
	if c := sheet.Transcript.Coverage; len(c) > 0 {
		return int64(math.Round(c[len(c)-1].End * desk.SampleRate))
	}
	return 0
}

// coverKind is the kind of a stretch of the ledger as people are told it. The ledger
// has one kind for all that has no text because it was closed; what was erased, or
// closed afterwards, had been recorded, and is not said not to have been.
func coverKind(st *desk.State, recording string, c transcribe.Stretch) string {
	if c.Kind != transcribe.CoveredPaused {
		return c.Kind
	}
	for _, kind := range []string{desk.StretchErased, desk.StretchClosed} {
		for _, x := range st.StretchesOf(recording, kind) {
			if from, to := x.Seconds(); from <= c.Start && c.End <= to {
				return kind
			}
		}
	}
	return c.Kind
}

// textRows puts a recording's text, marks, notes and gaps into one order.
func textRows(language string, st *desk.State, rec *desk.Recording, sheet *desk.Sheet) []textRow {
	hall := func(seconds float64) time.Time { return rec.Started.Add(time.Duration(seconds * float64(time.Second))) }
	var rows []textRow
	add := func(at float64, r textRow) {
		r.At, r.Clock, r.Hall = at, clockOf(at), hall(at)
		rows = append(rows, r)
	}
	for _, m := range st.Marks {
		if m.Recording == rec.ID {
			one := markOf(st, m)
			add(float64(m.Sample)/desk.SampleRate, textRow{Mark: &one})
		}
	}
	for i := range st.Notes {
		if n := &st.Notes[i]; n.Recording == rec.ID {
			add(float64(n.Sample)/desk.SampleRate, textRow{Note: n})
		}
	}
	for _, c := range sheet.Transcript.Coverage {
		switch c.Kind {
		case transcribe.CoveredGap, transcribe.CoveredPaused, transcribe.CoveredDismissed:
			if c.Kind == transcribe.CoveredDismissed && lineIn(sheet, c) {
				continue // the dismissed line says so itself
			}
			add(c.Start, textRow{Gap: &textGap{Kind: coverKind(st, rec.ID, c), Seconds: lengthOf(language, c.End-c.Start), Note: c.Note,
				From: int64(math.Round(c.Start * desk.SampleRate)), To: int64(math.Round(c.End * desk.SampleRate))}})
		}
	}
	st.File(sheet)
	names := st.Names()
	for i := range sheet.Transcript.Segments {
		g := &sheet.Transcript.Segments[i]
		looked := names
		if sheet.Looked[g.ID] || g.Struck {
			looked = nil
		}
		s := segmentOf(st, g, looked)
		for _, c := range st.Conflicts {
			if c.Key == "segment:"+rec.ID+"/"+g.ID {
				s.Mixed = append(s.Mixed, c)
			}
		}
		s.Rev, s.Edited, s.Asks = sheet.Rev[s.ID], sheet.Touched[s.ID], sheet.Asks[s.ID]
		if a, is := sheet.Dismissed[s.ID]; is {
			s.Dismissed = &a
		}
		add(s.Start, textRow{Segment: s})
	}
	// What is marked at a moment stands before what is said from then on.
	rank := func(r textRow) int {
		if r.Segment != nil {
			return 1
		}
		return 0
	}
	sample := func(r textRow) int64 { return int64(math.Round(r.At * desk.SampleRate)) } // a mark lies on a sample, a segment may not
	slices.SortStableFunc(rows, func(a, b textRow) int { return cmp.Or(cmp.Compare(sample(a), sample(b)), rank(a)-rank(b)) })
	return rows
}

// lineIn says whether a dismissed segment lies in a stretch.
func lineIn(sheet *desk.Sheet, c transcribe.Stretch) bool {
	return slices.ContainsFunc(sheet.Transcript.Segments, func(g transcribe.Segment) bool {
		_, dismissed := sheet.Dismissed[g.ID]
		return dismissed && g.Start < c.End && g.End > c.Start
	})
}

// segmentOf makes one ready to be shown; names, when given, are looked for in it.
func segmentOf(st *desk.State, g *transcribe.Segment, names *desk.Names) *textSegment {
	s := &textSegment{ID: g.ID, Start: g.Start, End: g.End, Speaker: g.Speaker, Item: g.Item, Text: g.Text, Struck: g.Struck}
	if i := st.Item(s.Item); i != nil {
		s.ItemTitle = i.Title
	}
	for _, f := range g.Flags {
		if f.Resolved == nil {
			s.Flags = append(s.Flags, f)
		}
	}
	if names != nil {
		s.Near = names.Near(g.Text)
	}
	s.Pieces, s.Words = wordPieces(g, s.Near)
	return s
}

// wordPieces parts a text where what is doubtful begins and ends, and says where its
// words begin, "" when that is not known.
func wordPieces(g *transcribe.Segment, near []desk.Near) (out []textPiece, times string) {
	tokens := strings.Fields(g.Text)
	timed := len(tokens) == len(g.Words) // else words are glued
	var begin []string
	for i, word := range tokens {
		var p textPiece
		if timed {
			w := g.Words[i]
			begin = append(begin, strconv.Itoa(int(math.Round((w.Start-g.Start)*100))))
			p.Doubt = w.P > 0 && w.P < doubtful
		}
		if len(near) > 0 && i >= near[0].To {
			near = near[1:]
		}
		if len(near) > 0 && i >= near[0].From {
			p.Near, p.Doubt = &near[0], true
		}
		n := len(out)
		switch {
		case n > 0 && out[n-1].Doubt == p.Doubt && out[n-1].Near == p.Near:
			out[n-1].Text += " " + word
			continue
		case n > 0 && p.Doubt && !out[n-1].Doubt: // the space between belongs to what is not marked
			out[n-1].Text += " "
		case n > 0 && p.Doubt:
			out = append(out, textPiece{Text: " "})
		case n > 0:
			word = " " + word
		}
		p.Text = word
		out = append(out, p)
	}
	return out, strings.Join(begin, " ")
}

// eventBody reads the body of a person's act; false for a machine's event.
func eventBody(e desk.Event) (b desk.EventBody, is bool) {
	if json.Unmarshal(e.Body, &b) != nil || b.By == "" {
		return b, false
	}
	return b, true
}
