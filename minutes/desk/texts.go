package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/internal/fault"
	"bienban/transcribe"
)

// key is an edit's key among conflicts.
func (e Edit) key() string { return segmentKey(e.Recording, e.Segment) }

func segmentKey(recording, segment string) string { return "segment:" + recording + "/" + segment }

func (o *Overlay) resolve(code string, act transcribe.Act) {
	if o.Resolved == nil {
		o.Resolved = map[string]transcribe.Act{}
	}
	o.Resolved[code] = act
}

// edit changes a segment by f and notes it.
func (t *turn) edit(segment string, f func(o *Overlay)) {
	before := t.in.Text.overlay(segment)
	after := before.clone()
	f(after)
	if len(fieldsOf(before, after)) == 0 {
		return
	}
	t.note(segment, before, after)
}

func (t *turn) note(segment string, before, after *Overlay) {
	t.out.Edits = append(t.out.Edits, Edit{Seq: t.in.Seq, Act: t.act.ID, Kind: t.kind, By: t.act.By, Name: t.act.Name, At: t.act.At.UTC(),
		Recording: t.in.Text.Recording, Segment: segment, Undoes: t.out.Undoes, Before: before, After: after})
}

// metEdit gives the key of the first segment on which the act meets somebody
// else's change.
func (t *turn) metEdit() string {
	for _, e := range t.out.Edits {
		since := changedSince(t.in.Text.Edits, e.Segment, t.base)
		if len(since) == 0 {
			continue
		}
		mine := fieldsOf(e.Before, e.After)
		hidden := since[fieldShape] && e.Before != nil && e.Before.Into != ""
		if hidden || overlap(mine, since, t.kind == KindMerge) {
			return e.key()
		}
	}
	return ""
}

// overlap says whether two sets of fields meet. Wording and shape go together: who
// types into a segment that was cut meanwhile, or cuts one that was typed into,
// has another text before the eyes. joining only puts words together, whatever
// they are.
func overlap(mine, since map[string]bool, joining bool) bool {
	for f := range mine {
		if since[f] && !(joining && f == fieldText) {
			return true
		}
	}
	return mine[fieldText] && since[fieldShape] || !joining && mine[fieldShape] && since[fieldText]
}

// segment gives a shown segment that the act names.
func (t *turn) segment(recording, id string) (transcribe.Segment, *Overlay, error) {
	if recordings.find(t.s, recording) == nil {
		return transcribe.Segment{}, nil, t.gone("recording:" + recording)
	}
	if recording != t.in.Text.Recording {
		return transcribe.Segment{}, nil, refuse(fault.NotFound, t.kind, "text_none", clip(recording))
	}
	g, o, ok := t.in.Text.shown(id)
	since := changedSince(t.in.Text.Edits, id, t.base)
	switch {
	case !ok && since[fieldShape]: // an undo took it away
		return g, o, &goneError{segmentKey(recording, id)}
	case !ok:
		return g, o, refuse(fault.NotFound, t.kind, "segment_none", clip(id), clip(recording))
	case o != nil && o.Into != "" && since[fieldShape]:
		return g, o, &goneError{segmentKey(recording, id)}
	case o != nil && o.Into != "":
		return g, o, t.fail("segment_part", clip(id), clip(o.Into))
	}
	return g, o, nil
}

func doText(t *turn) error {
	b, err := body[TextChanged](t)
	if err != nil {
		return err
	}
	text, err := t.segmentText(b.Text)
	if err != nil {
		return err
	}
	g, _, err := t.segment(b.Recording, b.Segment)
	if err != nil {
		return err
	}
	t.about(b.Recording, g)
	if g.Text != text {
		t.edit(b.Segment, func(o *Overlay) { o.Text = &text })
	}
	t.out.Text = text
	t.say("Sửa lời: "+text, "Changed the text: "+text)
	return nil
}

func (t *turn) segmentText(s string) (string, error) {
	s = oneLine(s)
	if s == "" {
		return "", t.fail("segment_empty")
	}
	if tooLong(s, maxText) {
		return "", t.fail("segment_long", maxText)
	}
	return s, nil
}

// about notes where in the recording the act is.
func (t *turn) about(recording string, g transcribe.Segment) {
	t.out.Place = Place{Recording: recording, Sample: int64(g.Start * SampleRate)}
}

func doSplit(t *turn) error {
	b, err := body[SplitAt](t)
	if err != nil {
		return err
	}
	g, o, err := t.segment(b.Recording, b.Segment)
	if err != nil {
		return err
	}
	if b.Text != nil {
		if g.Text, err = t.segmentText(*b.Text); err != nil {
			return err
		}
		g.Words = align(g.Text, g.Start, g.End, g.Words)
	}
	runes := []rune(g.Text)
	if b.At <= 0 || b.At >= len(runes) {
		return t.fail("split_at", len(runes), b.At)
	}
	first, second := oneLine(string(runes[:b.At])), oneLine(string(runes[b.At:]))
	if first == "" || second == "" {
		return t.fail("split_empty")
	}
	at := cutTime(g, len(strings.Fields(first)), first, second)
	id := b.Segment + "." + strconv.Itoa(1+splits(t.in.Text.Edits, b.Segment))
	end := g.End
	rest := o.clone()
	rest.Text, rest.Start, rest.End, rest.Origin, rest.Resolved = &second, &at, &end, root(b.Segment), nil
	t.edit(b.Segment, func(o *Overlay) { o.Text, o.End = &first, &at })
	t.note(id, nil, rest)
	t.about(b.Recording, g)
	t.out.Made = id
	t.say("Tách đoạn: "+first+" | "+second, "Split: "+first+" | "+second)
	return nil
}

// splits counts how often a segment was ever split, undone splits included: an id
// is never given twice.
func splits(edits []Edit, segment string) int {
	n := 0
	for _, e := range edits {
		if e.Segment == segment && e.Kind == KindSplit && (e.Before != nil || e.After == nil || e.After.Origin == "") {
			n++
		}
	}
	return n
}

// cutTime is where the second part begins: its first word's time, else in
// proportion to the letters.
func cutTime(g transcribe.Segment, words int, first, second string) float64 {
	if words < len(g.Words) {
		if at := g.Words[words].Start; at > g.Start && at < g.End {
			return at
		}
	}
	a, b := float64(len(first)), float64(len(second))
	return g.Start + (g.End-g.Start)*a/(a+b)
}

func doMerge(t *turn) error {
	b, err := body[SegmentsNamed](t)
	if err != nil {
		return err
	}
	if len(b.Segments) < 2 || len(b.Segments) > maxBulk {
		return t.fail("merge_two")
	}
	at := make([]int, len(b.Segments))
	for i, id := range b.Segments {
		if _, _, err := t.segment(b.Recording, id); err != nil {
			return err
		}
		at[i] = slices.Index(t.in.Text.Order, id)
	}
	slices.Sort(at)
	for i := range at {
		if at[i] < 0 || i > 0 && at[i] != at[i-1]+1 {
			return t.fail("merge_apart")
		}
	}
	head := t.in.Text.Order[at[0]]
	g, o, _ := t.segment(b.Recording, head)
	text, end := g.Text, g.End
	joined := slices.Clone(o.clone().Joined)
	for _, i := range at[1:] {
		id := t.in.Text.Order[i]
		h, p, _ := t.segment(b.Recording, id)
		if h.Struck != g.Struck {
			return t.fail("merge_dismissed")
		}
		if t.s.ClosedItem(t.s.itemOf(b.Recording, g)) != t.s.ClosedItem(t.s.itemOf(b.Recording, h)) {
			return t.fail("merge_text_closed")
		}
		text += " " + h.Text
		end = max(end, h.End)
		joined = append(append(joined, id), p.clone().Joined...)
		t.edit(id, func(o *Overlay) { o.Into = head })
	}
	if tooLong(text, maxText) {
		return t.fail("merge_long", maxText)
	}
	t.edit(head, func(o *Overlay) { o.Text, o.End, o.Joined = &text, &end, joined })
	t.about(b.Recording, g)
	t.out.Made, t.out.Text = head, text
	t.say("Gộp "+strconv.Itoa(len(at))+" đoạn: "+text, "Merged "+strconv.Itoa(len(at))+" segments: "+text)
	return nil
}

// each calls f for every segment that a bulk act names.
func (t *turn) each(b SegmentsNamed, f func(id string, g transcribe.Segment, o *Overlay) error) error {
	if len(b.Segments) == 0 || len(b.Segments) > maxBulk {
		return t.fail("segments_many", maxBulk)
	}
	seen := map[string]bool{}
	for _, id := range b.Segments {
		if seen[id] {
			continue
		}
		seen[id] = true
		g, o, err := t.segment(b.Recording, id)
		if err != nil {
			return err
		}
		if t.out.Place.Recording == "" {
			t.about(b.Recording, g)
		}
		if err := f(id, g, o); err != nil {
			return err
		}
	}
	return nil
}

// segmentsEN writes a number of segments in English.
func segmentsEN(n int) string {
	if n == 1 {
		return "1 segment"
	}
	return strconv.Itoa(n) + " segments"
}

func doSegmentSpeaker(t *turn) error {
	b, err := body[SegmentsSpeaker](t)
	if err != nil {
		return err
	}
	b.Speaker = oneLine(b.Speaker)
	if tooLong(b.Speaker, maxName) {
		return t.fail("name_long", maxName)
	}
	err = t.each(b.SegmentsNamed, func(id string, g transcribe.Segment, _ *Overlay) error {
		if g.Speaker != b.Speaker {
			t.edit(id, func(o *Overlay) { o.Speaker = &b.Speaker })
		}
		return nil
	})
	n := strconv.Itoa(len(b.Segments))
	t.say("Người nói của "+n+" đoạn: "+b.Speaker, "Speaker of "+segmentsEN(len(b.Segments))+": "+b.Speaker)
	return err
}

func doSegmentItem(t *turn) error {
	b, err := body[SegmentsItem](t)
	if err != nil {
		return err
	}
	title, titleEN := "theo mốc", "as the marks say"
	if b.Item != "" {
		i := t.s.Item(b.Item)
		if i == nil {
			return t.gone("item:" + b.Item)
		}
		b.Item, title, titleEN = i.ID, i.Title, i.Title
	}
	err = t.each(b.SegmentsNamed, func(id string, _ transcribe.Segment, o *Overlay) error {
		t.edit(id, func(o *Overlay) {
			o.Item = nil
			if b.Item != "" {
				o.Item = &b.Item
			}
		})
		return nil
	})
	t.out.Item = b.Item
	n := strconv.Itoa(len(b.Segments))
	t.say("Xếp "+n+" đoạn vào nội dung: "+title, "Filed "+segmentsEN(len(b.Segments))+" under item: "+titleEN)
	return err
}

// acted is the act as a segment keeps it.
func (t *turn) acted(reason string) transcribe.Act {
	return transcribe.Act{By: t.act.Name, At: t.act.At.UTC().Format(time.RFC3339), Reason: reason}
}

func doDismissed(t *turn) error {
	b, err := body[SegmentsReason](t)
	if err != nil {
		return err
	}
	b.Reason = oneLine(b.Reason)
	if b.Reason == "" || tooLong(b.Reason, maxName) {
		return t.fail("dismissal_reason", maxName)
	}
	err = t.each(b.SegmentsNamed, func(id string, _ transcribe.Segment, o *Overlay) error {
		if o == nil || o.Dismissed == nil {
			act := t.acted(b.Reason)
			t.edit(id, func(o *Overlay) { o.Dismissed = &act })
		}
		return nil
	})
	n := strconv.Itoa(len(b.Segments))
	t.say("Loại "+n+" đoạn"+because("vi", b.Reason), "Dismissed "+segmentsEN(len(b.Segments))+because("en", b.Reason))
	return err
}

func doRestored(t *turn) error {
	b, err := body[SegmentsNamed](t)
	if err != nil {
		return err
	}
	err = t.each(b, func(id string, g transcribe.Segment, _ *Overlay) error {
		t.edit(id, func(o *Overlay) {
			o.Dismissed = nil
			o.Kept = o.Kept || t.in.Text.Machine[root(id)].Struck
		})
		return nil
	})
	n := strconv.Itoa(len(b.Segments))
	t.say("Khôi phục "+n+" đoạn", "Restored "+segmentsEN(len(b.Segments)))
	return err
}

func doFlags(t *turn) error {
	b, err := body[FlagsResolved](t)
	if err != nil {
		return err
	}
	b.Reason = oneLine(b.Reason)
	if tooLong(b.Reason, maxName) || tooLong(b.Code, maxName) {
		return t.fail("reason_long", maxName)
	}
	resolved, names := 0, t.s.Names()
	err = t.each(b.SegmentsNamed, func(id string, g transcribe.Segment, _ *Overlay) error {
		t.edit(id, func(o *Overlay) {
			if _, looked := o.Resolved[FlagNear]; !looked && (b.Code == "" || b.Code == FlagNear) && len(names.Near(g.Text)) > 0 {
				o.resolve(FlagNear, t.acted(b.Reason))
				resolved++
			}
			for _, f := range g.Flags {
				if f.Resolved == nil && (b.Code == "" || f.Code == b.Code) {
					o.resolve(f.Code, t.acted(b.Reason))
					resolved++
				}
			}
		})
		return nil
	})
	n := strconv.Itoa(resolved)
	t.say("Đã xem "+n+" chỗ nghi ngờ"+because("vi", b.Reason), "Resolved "+n+" flags"+because("en", b.Reason))
	return err
}

// stretchID names a stretch of a recording that has no segment.
func stretchID(from, to int64) string {
	return "gap:" + strconv.FormatInt(from, 10) + "-" + strconv.FormatInt(to, 10)
}

func doStretch(t *turn) error {
	b, err := body[StretchDismissed](t)
	if err != nil {
		return err
	}
	b.Reason = oneLine(b.Reason)
	r := recordings.find(t.s, b.Recording)
	switch {
	case r == nil:
		return t.gone("recording:" + b.Recording)
	case b.From < 0 || b.To <= b.From || b.To > maxSample || r.Length >= 0 && b.To > r.Length:
		return t.fail("stretch", b.From, b.To)
	case b.Reason == "" || tooLong(b.Reason, maxName):
		return t.fail("dismissal_reason", maxName)
	case b.Recording != t.in.Text.Recording:
		return t.fail("text_none", clip(b.Recording))
	}
	act := t.acted(b.Reason)
	t.edit(stretchID(b.From, b.To), func(o *Overlay) { o.Dismissed, o.From, o.To = &act, b.From, b.To })
	t.out.Place = Place{Recording: b.Recording, Sample: b.From}
	t.say("Đã nghe, không thiếu lời"+because("vi", b.Reason), "Listened, nothing is missed"+because("en", b.Reason))
	return nil
}

func doAdopted(t *turn) error {
	b, err := body[LayerAdopted](t)
	if err != nil {
		return err
	}
	r := recordings.find(t.s, b.Recording)
	if r == nil {
		return t.gone("recording:" + b.Recording)
	}
	if b.Layer == "" || tooLong(b.Layer, 64) {
		return t.fail("layer_none")
	}
	r.Adopted = b.Layer
	t.out.Adopt = &b
	t.say("Dùng bản nhận dạng: "+b.Layer, "Adopted the layer: "+b.Layer)
	return nil
}

func doLayerChosen(t *turn) error {
	b, err := body[LayerChosen](t)
	if err != nil {
		return err
	}
	if b.Take != "old" && b.Take != "new" {
		return t.fail("layer_take", b.Take)
	}
	err = t.each(b.SegmentsNamed, func(id string, _ transcribe.Segment, _ *Overlay) error {
		t.edit(id, func(o *Overlay) { o.Chosen = b.Take })
		return nil
	})
	n := strconv.Itoa(len(b.Segments))
	if b.Take == "new" {
		t.say("Lấy bản nhận dạng mới cho "+n+" đoạn", "Took the new layer for "+segmentsEN(len(b.Segments)))
	} else {
		t.say("Giữ bản đã sửa của "+n+" đoạn", "Kept the edited text of "+segmentsEN(len(b.Segments)))
	}
	return err
}

// undoEdits puts back what an act changed of the text.
func (t *turn) undoEdits(edits []Edit) error {
	if undoneActs(t.in.Text.Edits)[t.out.Undoes] {
		return refuse(fault.Conflict, KindUndo, "undo_twice")
	}
	standing := standing(t.in.Text.Edits)
	for _, e := range edits {
		if e.Recording != t.in.Text.Recording {
			return fault.New(fault.Internal, "undo: no text of recording %s was given", e.Recording)
		}
		mine := fieldsOf(e.Before, e.After)
		since := changedSince(standing, e.Segment, t.in.UndoneSeq)
		made := e.Before == nil && e.After != nil && e.After.Origin != ""
		taken := e.After == nil && e.Before != nil && e.Before.Origin != "" // an undone split being redone
		if len(since) > 0 && (made || taken || overlap(mine, since, false) || mine[fieldShape] && since[fieldShape]) {
			return refuse(fault.Conflict, KindUndo, "undo_segment", clip(e.Segment))
		}
		now := t.in.Text.overlay(e.Segment)
		after := restored(now, e.Before, mine)
		if len(since) == 0 {
			after = e.Before
		}
		t.note(e.Segment, now, after)
	}
	return nil
}
