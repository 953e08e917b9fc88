package portal

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/minutes/desk"
	"bienban/transcribe"
)

// LayerNames lists the machine layers of a recording.
type LayerNames interface {
	LayersOf(ctx context.Context, recording string) ([]string, error)
}

// reviewRoutes are those of the page with the text over the sound.
func (s *Server) reviewRoutes() []route {
	return []route{
		meetingPage("/review", desk.SeeTranscript, (*request).review),
		meetingPage("/parts/review-rows", desk.SeeTranscript, (*request).reviewRows),
		meetingPage("/parts/review-side", desk.SeeTranscript, (*request).reviewSidePart),
		meetingPage("/parts/review-history", desk.SeeHistory, (*request).reviewHistory),
		{pattern: "POST /m/{id}/import", who: ofMeeting, permission: desk.Record, load: true, limit: importLimit, handle: (*request).importSound},
	}
}

// reviewPage is the whole page.
type reviewPage struct {
	Text liveText
	Side reviewSide
	Keys []keyGroup
}

// reviewSide is what stands beside the text.
type reviewSide struct {
	ID, User   string
	Seq        int64
	May        map[string]bool
	Recording  string
	Recordings []reviewRecording
	To         int64 // samples of sound that there are
	Running    bool
	Outside    bool // it was brought from elsewhere
	Listen     bool
	Silent     bool // its sound is not on this machine

	Items    []liveItem
	Names    []string
	People   []livePerson
	Cover    []coverBar
	Spans    []coverBar // of agenda items, under it
	Seconds  float64
	Shares   []coverShare
	Flags    []flagGroup
	Unfiled  []reviewRun
	Gaps     []reviewGap
	Adopted  string
	Layers   []string // that could be adopted
	Failed   bool     // the second pass, and it was not made since
	Next     time.Time
	Asks     []reviewAsk
	Mixed    []liveConflict
	Import   bool
	Outcome  string
	Segments int
	Words    int
	Doubts   int
}

type reviewRecording struct {
	ID, Label string
	Current   bool
}

// recordingLabel tells the meeting's recordings apart: number, when it began, and
// whether it was brought from elsewhere.
func (q *request) recordingLabel(i int, r desk.Recording) string {
	label := strconv.Itoa(i+1) + " · " + formatTime(q.catalogue(), r.Started, "format.moment", q.s.zone)
	if r.Outside {
		label += " · " + q.t("review.outside")
	}
	return label
}

// coverBar is a stretch of the bar, in thousandths of the recording.
type coverBar struct {
	X, Width   string
	Kind       string
	Title      string
	Start, End float64
}

type coverShare struct {
	Kind  string
	Clock string
}

// flagGroup is all open flags of one cause about one name.
type flagGroup struct {
	Code, Title, Name string
	Was, Now          string // of what is nearly a name
	Segments          []string
	First             float64
}

// reviewRun is segments in a row that belong to no item.
type reviewRun struct {
	IDs        string // joined by spaces
	First      string
	Start      float64
	Clock, End string
	Text       string
	Count      int
}

type reviewGap struct {
	From, To       int64
	Start          float64
	Clock, Seconds string
	Note           string
}

type reviewAsk struct {
	ID         string
	Start      float64
	Clock      string
	Mine, Ours string
}

func (q *request) review() error {
	t, side, err := q.reviewBoth()
	if err != nil {
		return err
	}
	return q.show(page{Name: "review", Tab: "tab.review", Wide: true, Data: reviewPage{t, side, reviewKeys()},
		Title:  q.t("tab.review") + " · " + q.meeting.State.Head.Title,
		Styles: []string{"live.css", "review.css"}, Scripts: []string{"live-link.js", "sound.js", "review.js", "review-edit.js"}, Texts: []string{"link.", "reviewjs."}})
}

// reviewBoth is the text and what stands beside it.
func (q *request) reviewBoth() (liveText, reviewSide, error) {
	t, sheet, err := q.reviewText()
	if err != nil {
		return t, reviewSide{}, err
	}
	side, err := q.reviewSide(t, sheet)
	return t, side, err
}

// reviewText is the whole text of the recording that the page asks for.
func (q *request) reviewText() (liveText, *desk.Sheet, error) {
	st := q.meeting.State
	t := liveText{ID: st.ID, Seq: q.meeting.Seq, May: q.permissions()}
	rec := recordingOf(st, q.r.URL.Query().Get("recording"))
	if rec == nil {
		return t, nil, nil
	}
	t.Recording, t.Running, t.Started = rec.ID, rec.Length < 0, rec.Started
	sheet, err := q.s.o.Desk.Sheet(q.ctx(), q.viewer(), st.ID, rec.ID)
	if err != nil {
		return t, nil, err
	}
	t.Rows, t.UpTo = textRows(q.language, st, rec, sheet), upTo(sheet)
	return t, sheet, nil
}

// reviewRows answers with the rows of the segments that an event changed.
func (q *request) reviewRows() error {
	t, _, err := q.reviewText()
	if err != nil {
		return err
	}
	if want := q.r.URL.Query().Get("segments"); want != "" {
		ids := strings.Split(want, ",")
		t.Rows = slices.DeleteFunc(t.Rows, func(r textRow) bool { return r.Segment == nil || !slices.Contains(ids, r.Segment.ID) })
	}
	return q.part("review-rows", t)
}

func (q *request) reviewSidePart() error {
	_, side, err := q.reviewBoth()
	if err != nil {
		return err
	}
	return q.part("review-side", side)
}

// historyPart is who changed a segment, newest first, with what a machine heard.
type historyPart struct {
	ID, Recording, Segment string
	Seq                    int64
	Clock                  string
	Text                   string // as it stands
	Heard                  string // the machine's, where people changed it
	Rows                   []historyRow
	Edit                   bool
}

type historyRow struct {
	At          time.Time
	By, What    string
	Before, Now string
	Restore     string // a text that stood then and stands no more
}

// reviewHistory answers with who changed a segment, and what.
func (q *request) reviewHistory() error {
	v := q.r.URL.Query()
	h := historyPart{ID: q.meetingID(), Recording: v.Get("recording"), Segment: v.Get("segment"), Seq: q.meeting.Seq, Edit: q.permissions()[string(desk.EditText)]}
	edits, err := q.s.o.Desk.Edits(q.ctx(), q.viewer(), h.ID, h.Recording, h.Segment)
	if err != nil {
		return err
	}
	sheet, err := q.s.o.Desk.Sheet(q.ctx(), q.viewer(), h.ID, h.Recording)
	if err != nil {
		return err
	}
	h.Heard = sheet.Heard[h.Segment]
	for _, g := range sheet.Transcript.Segments {
		if g.ID == h.Segment {
			h.Text, h.Clock = g.Text, clockOf(g.Start)
		}
	}
	redo := map[string]bool{} // by undo: it did something again
	for _, e := range edits {
		if e.Undoes != "" {
			again, undo := redo[e.Undoes]
			redo[e.Act] = undo && !again
		}
	}
	for _, e := range slices.Backward(edits) {
		r := historyRow{At: e.At, By: e.Name, What: string(e.Kind)}
		if redo[e.Act] {
			r.What = "redo"
		}
		if key := "edit." + r.What; q.catalogue().Has(key) {
			r.What = q.t(key)
		}
		if before, now := overlaid(e.Before), overlaid(e.After); before != now {
			r.Before, r.Now = before, now
		}
		if e.After != nil && e.After.Text != nil && *e.After.Text != h.Text && h.Edit && h.Text != "" {
			r.Restore = *e.After.Text
		}
		h.Rows = append(h.Rows, r)
	}
	return q.part("review-history", h)
}

// overlaid says what of an overlay people read.
func overlaid(o *desk.Overlay) string {
	switch {
	case o == nil:
		return ""
	case o.Text != nil:
		return *o.Text
	case o.Dismissed != nil:
		return o.Dismissed.Reason
	case o.Speaker != nil:
		return *o.Speaker
	}
	return ""
}

func (q *request) reviewSide(t liveText, sheet *desk.Sheet) (reviewSide, error) {
	st := q.meeting.State
	d := reviewSide{ID: st.ID, User: q.account.ID, Seq: q.meeting.Seq, May: t.May, Recording: t.Recording, Running: t.Running,
		Listen: q.may(desk.Listen) && q.s.o.Sound != "", Import: q.may(desk.Record) && q.s.o.Import != nil && !st.Phase.Settled()}
	var side liveSide
	side.agenda(st)
	side.speakers(st)
	d.Items, d.Names, d.People = side.Items, side.Names, side.People
	for _, c := range st.Conflicts {
		d.Mixed = append(d.Mixed, liveConflict{c, titleOf(st, c.Key)})
	}
	for i, r := range st.Recordings {
		d.Recordings = append(d.Recordings, reviewRecording{r.ID, q.recordingLabel(i, r), r.ID == t.Recording})
		if r.ID == t.Recording {
			d.Adopted, d.To, d.Outside = r.Adopted, r.Length, r.Outside
			d.Silent = q.elsewhere(r.ID)
			d.Listen = d.Listen && !d.Silent
		}
	}
	if sheet == nil {
		return d, nil
	}
	if d.To < 0 {
		d.To = t.UpTo
	}
	d.Seconds = float64(d.To) / desk.SampleRate
	d.cover(q, st, sheet)
	d.flags(q, t.Rows)
	d.unfiled(t.Rows)
	for _, r := range t.Rows {
		switch s := r.Segment; {
		case s == nil:
		case s.Asks != "":
			d.Asks = append(d.Asks, reviewAsk{s.ID, s.Start, r.Clock, s.Text, s.Asks})
			fallthrough
		default:
			d.Segments++
			for _, p := range s.Pieces {
				n := len(strings.Fields(p.Text))
				d.Words += n
				if p.Doubt {
					d.Doubts += n
				}
			}
		}
	}
	if q.s.o.Second != nil {
		d.Next, d.Failed = q.s.o.Second(t.Recording)
	}
	if q.s.o.Layers == nil || !q.may(desk.Adopt) {
		return d, nil
	}
	layers, err := q.s.o.Layers.LayersOf(q.ctx(), t.Recording)
	d.Layers = slices.DeleteFunc(layers, func(l string) bool { return l == d.Adopted })
	return d, err
}

// cover draws the coverage ledger, and under it the agenda.
func (d *reviewSide) cover(q *request, st *desk.State, sheet *desk.Sheet) {
	if d.Seconds <= 0 {
		return
	}
	bar := func(from, to float64, kind, title string) coverBar {
		from, to = max(0, from), min(to, d.Seconds)
		return coverBar{X: fmt.Sprintf("%.2f", from/d.Seconds*1000), Width: fmt.Sprintf("%.2f", max(0.4, (to-from)/d.Seconds*1000)), Kind: kind, Title: title, Start: from, End: to}
	}
	sum := map[string]float64{}
	for _, c := range sheet.Transcript.Coverage {
		kind := coverKind(st, sheet.Recording, c)
		sum[kind] += c.End - c.Start
		d.Cover = append(d.Cover, bar(c.Start, c.End, kind, q.t("cover."+kind)+" "+clockOf(c.Start)))
		if c.Kind == transcribe.CoveredGap {
			d.Gaps = append(d.Gaps, reviewGap{From: int64(math.Round(c.Start * desk.SampleRate)), To: int64(math.Round(c.End * desk.SampleRate)),
				Start: c.Start, Clock: clockOf(c.Start), Seconds: lengthOf(q.language, c.End-c.Start), Note: c.Note})
		}
	}
	for _, k := range []string{transcribe.CoveredSpeech, transcribe.CoveredNonSpeech, transcribe.CoveredPaused, desk.StretchClosed, desk.StretchErased, transcribe.CoveredDismissed, transcribe.CoveredGap} {
		if sum[k] > 0 {
			d.Shares = append(d.Shares, coverShare{k, clockOf(sum[k])})
		}
	}
	item, from := "", 0.0
	flush := func(to float64, next string) {
		if item == next {
			return
		}
		if i := st.Item(item); i != nil && to > from {
			d.Spans = append(d.Spans, bar(from, to, "item", i.Title))
		}
		item, from = next, to
	}
	for _, g := range sheet.Transcript.Segments {
		flush(g.Start, g.Item)
	}
	flush(d.Seconds, "\x00")
}

// flags groups what a machine doubts by cause and name.
func (d *reviewSide) flags(q *request, rows []textRow) {
	at := map[string]int{}
	group := func(r textRow, g flagGroup) {
		key := g.Code + "\x00" + g.Name
		i, known := at[key]
		if !known {
			i, at[key] = len(d.Flags), len(d.Flags)
			g.First = r.At
			d.Flags = append(d.Flags, g)
		}
		if g := &d.Flags[i]; !slices.Contains(g.Segments, r.Segment.ID) {
			g.Segments = append(g.Segments, r.Segment.ID)
		}
	}
	for _, r := range rows {
		if r.Segment == nil || r.Segment.Dismissed != nil {
			continue
		}
		for _, n := range r.Segment.Near {
			group(r, flagGroup{Code: desk.FlagNear, Title: q.t("flag.name_near"), Name: n.Was + " → " + n.Now, Was: n.Was, Now: n.Now})
		}
		for _, f := range r.Segment.Flags {
			name := ""
			switch f.Code {
			case transcribe.FlagSpeakerMixed, "speaker_suggested":
				name = r.Segment.Speaker
			case transcribe.FlagLowConfidence, transcribe.FlagRepetition, transcribe.FlagBoilerplate, transcribe.FlagPromptEcho, transcribe.FlagNoSpeech:
			default:
				name = f.Text
			}
			title := f.Text
			if q.catalogue().Has("flag." + f.Code) {
				title = q.t("flag." + f.Code)
			}
			group(r, flagGroup{Code: f.Code, Title: title, Name: name})
		}
	}
	slices.SortStableFunc(d.Flags, func(a, b flagGroup) int { return len(b.Segments) - len(a.Segments) })
}

// unfiled lists what belongs to no item, by stretches.
func (d *reviewSide) unfiled(rows []textRow) {
	const preview = 120 // letters
	var run *reviewRun
	for _, r := range rows {
		s := r.Segment
		if s == nil || s.Struck {
			continue
		}
		if s.Item != "" || s.Dismissed != nil {
			run = nil
			continue
		}
		if run == nil {
			d.Unfiled = append(d.Unfiled, reviewRun{First: s.ID, Start: s.Start, Clock: r.Clock})
			run = &d.Unfiled[len(d.Unfiled)-1]
		}
		run.IDs = strings.TrimSpace(run.IDs + " " + s.ID)
		run.End = clockOf(s.End)
		run.Count++
		if len([]rune(run.Text)) < preview {
			run.Text = strings.TrimSpace(run.Text + " " + s.Text)
		}
	}
	for i := range d.Unfiled {
		if r := []rune(d.Unfiled[i].Text); len(r) > preview {
			d.Unfiled[i].Text = string(r[:preview]) + "…"
		}
	}
}
