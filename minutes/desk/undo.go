package desk

import (
	"encoding/json"
	"strconv"
	"strings"

	"bienban/internal/fault"
)

// doUndo restores what an act changed, if nobody changed it since.
func doUndo(t *turn) error {
	b, err := body[Undo](t)
	if err != nil {
		return err
	}
	u := t.in.Undone
	if u == nil || u.Act != b.Act {
		return refuse(fault.NotFound, KindUndo, "undo_none", clip(b.Act))
	}
	t.out.Of = t.in.UndoneKind
	if u.Of != "" { // an undo being undone needs what the act at its bottom needs
		t.out.Of = u.Of
	}
	r, known := rules()[t.out.Of]
	switch {
	case !known || r.how&final != 0:
		return t.fail("undo_final")
	case len(u.Changes)+len(u.Edits) == 0:
		return t.fail("undo_nothing")
	}
	if err := allowed(t.old, t.out.Of, r, t.roles); err != nil {
		return err
	}
	for _, c := range u.Changes {
		if t.old.Rev[c.Key] != t.in.UndoneSeq && t.old.made(c.Key) != t.in.UndoneSeq {
			return refuse(fault.Conflict, KindUndo, "undo_changed", nameOf(c.Key))
		}
	}
	t.back = map[string]int64{}
	for _, c := range u.Changes {
		t.back[c.Key] = c.Was
		if err := t.s.put(c.Key, c.Before); err != nil {
			return fault.New(fault.Internal, "undo of %s: %s: %w", u.Act, c.Key, err)
		}
	}
	t.s.sortItems()
	if what := t.s.broken(); what != (Summary{}) {
		return refuse(fault.Conflict, KindUndo, "undo_used", what)
	}
	t.out.Undoes = b.Act
	if err := t.undoEdits(u.Edits); err != nil {
		return err
	}
	if err := t.checkHall(); err != nil {
		return err
	}
	t.out.Item = u.Item
	t.say(undoSummary(u.Summary, u.Undoes != ""))
	return nil
}

// What the summary of an undo, and that of an undo which was undone, begins with.
var (
	undid   = Summary{VI: "Hoàn tác: ", EN: "Undone: "}
	didOver = Summary{VI: "Làm lại: ", EN: "Done again: "}
)

// undoSummary says what of an act was undone. Undoing an undo does again what it took back.
func undoSummary(of Summary, again bool) (vi, en string) {
	if !again {
		return undid.VI + of.VI, undid.EN + of.EN
	}
	bare := func(s string, before ...string) string {
		for _, b := range before {
			s = strings.TrimPrefix(s, b)
		}
		return s
	}
	if strings.HasPrefix(of.VI, didOver.VI) { // the redo is undone
		return undid.VI + bare(of.VI, didOver.VI), undid.EN + bare(of.EN, didOver.EN)
	}
	return didOver.VI + bare(of.VI, undid.VI), didOver.EN + bare(of.EN, undid.EN)
}

// conflict keeps the act beside what stands: the list of conflicts is all that changes.
func (t *turn) conflict(key string) (*Output, error) {
	if t.settling {
		return nil, refuse(fault.NotFound, t.act.Kind, "settle_gone", nameOf(key))
	}
	if len(t.old.Conflicts) >= maxThings {
		return nil, t.fail("conflicts_full", maxThings)
	}
	s := t.old.copy()
	c := Conflict{Key: key, Kind: t.kind, Body: t.act.Body, Stamp: t.stamp(), Mine: t.mine(key), Theirs: t.theirs(key)}
	s.Counter++
	c.ID = "k" + strconv.FormatInt(s.Counter, 10)
	s.Conflicts = append(s.Conflicts, c)
	out := &Output{State: s, Conflict: &c, Item: t.out.Item,
		Summary: Summary{VI: clip("Hai người sửa một chỗ, giữ cả hai: " + c.Mine), EN: clip("Two people changed one thing, both are kept: " + c.Mine)}}
	after, err := json.Marshal(c)
	if err != nil {
		return nil, fault.New(fault.Internal, "conflict over %s: %w", key, err)
	}
	out.Changes = []Change{{Key: "conflict:" + c.ID, After: after}}
	s.Rev["conflict:"+c.ID] = t.in.Seq
	s.Seq = t.in.Seq
	return out, nil
}

// mine is what the act would have set, as text.
func (t *turn) mine(key string) string {
	for _, c := range t.out.Changes {
		if c.Key == key {
			return readableJSON(c.After)
		}
	}
	var texts []string
	for _, e := range t.out.Edits { // of a split both parts, of a merge what it joins
		if fieldsOf(e.Before, e.After)[fieldText] && e.After.Text != nil {
			texts = append(texts, *e.After.Text)
		}
	}
	if len(texts) > 0 {
		return strings.Join(texts, " ")
	}
	return readableJSON(t.act.Body)
}

// theirs is what stands under the key, as text.
func (t *turn) theirs(key string) string {
	if rest, ok := strings.CutPrefix(key, "segment:"); ok {
		_, segment, _ := strings.Cut(rest, "/")
		return t.in.Text.shownText(segment)
	}
	if v := t.old.things()[key]; v != nil {
		return readable(v)
	}
	return ""
}

// doSettle ends a conflict.
func doSettle(t *turn) error {
	b, err := body[Settle](t)
	if err != nil {
		return err
	}
	c := conflicts.find(t.s, b.ID)
	if c == nil {
		return t.gone("conflict:" + b.ID)
	}
	r, known := rules()[c.Kind]
	if !known {
		return fault.New(fault.Internal, "conflict %s is of the unknown kind %q", b.ID, c.Kind)
	}
	if err := allowed(t.old, c.Kind, r, t.roles); err != nil {
		return err
	}
	kept := *c
	t.out.Of = c.Kind
	if err := conflicts.put(t.s, b.ID, nil); err != nil {
		return err
	}
	switch b.Take {
	case "theirs":
		t.say("Chọn bản đang có, bỏ: "+kept.Mine, "Took what stands, not: "+kept.Mine)
		return nil
	case "mine":
	default:
		return t.fail("settle_take", b.Take)
	}
	// The act happens now, with all that happened since before its sender's eyes.
	act := t.act
	t.act.Body, t.kind, t.settling, t.base = kept.Body, kept.Kind, true, t.in.Seq-1
	err = r.do(t)
	t.act, t.kind = act, KindSettle
	if err != nil {
		return err
	}
	t.say("Chọn bản giữ lại: "+t.out.Summary.VI, "Took the kept one: "+t.out.Summary.EN)
	return nil
}

// readable is a thing as one text.
func readable(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return readableJSON(b)
}

// readableJSON is what of a thing's JSON people would call it by: its text, title,
// name or subject; else all of it.
func readableJSON(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var names []string // of a queue
	if json.Unmarshal(raw, &names) == nil && len(names) > 0 {
		return strings.Join(names, ", ")
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) == nil {
		for _, key := range []string{"text", "title", "name", "subject", "task", "decision", "reason", "person"} {
			if json.Unmarshal(m[key], &s) == nil && s != "" {
				return s
			}
		}
		for _, drop := range []string{"stamp", "clock", "id", "rank"} {
			delete(m, drop)
		}
		if len(m) == 1 { // {"venue": "…"}: a patch of one field
			for _, v := range m {
				if json.Unmarshal(v, &s) == nil {
					return s
				}
			}
		}
		if b, err := json.Marshal(m); err == nil {
			raw = b
		}
	}
	return string(raw)
}
