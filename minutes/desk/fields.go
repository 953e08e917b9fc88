package desk

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// What two people may change of one segment without meeting each other.
const (
	fieldText      = "text"
	fieldSpeaker   = "speaker"
	fieldItem      = "item"
	fieldShape     = "shape" // where it begins and ends, what it was split off or merged with
	fieldDismissed = "dismissed"
	fieldChosen    = "chosen"
	fieldResolved  = "resolved:" // + the flag's code
)

// fieldsOf lists what differs between two overlays.
func fieldsOf(a, b *Overlay) map[string]bool {
	if a == nil {
		a = &Overlay{}
	}
	if b == nil {
		b = &Overlay{}
	}
	out := map[string]bool{}
	mark := func(field string, same bool) {
		if !same {
			out[field] = true
		}
	}
	mark(fieldText, reflect.DeepEqual(a.Text, b.Text))
	mark(fieldSpeaker, reflect.DeepEqual(a.Speaker, b.Speaker))
	mark(fieldItem, reflect.DeepEqual(a.Item, b.Item))
	mark(fieldDismissed, reflect.DeepEqual(a.Dismissed, b.Dismissed) && a.Kept == b.Kept)
	mark(fieldChosen, a.Chosen == b.Chosen)
	mark(fieldShape, reflect.DeepEqual(a.Start, b.Start) && reflect.DeepEqual(a.End, b.End) && a.Origin == b.Origin && a.Into == b.Into &&
		slices.Equal(a.Joined, b.Joined) && a.From == b.From && a.To == b.To)
	for code := range a.Resolved {
		mark(fieldResolved+code, a.Resolved[code] == b.Resolved[code])
	}
	for code := range b.Resolved {
		mark(fieldResolved+code, a.Resolved[code] == b.Resolved[code])
	}
	return out
}

// changedSince lists what edits with a seq above base changed of a segment.
func changedSince(edits []Edit, segment string, base int64) map[string]bool {
	out := map[string]bool{}
	for _, e := range edits {
		if e.Segment == segment && e.Seq > base {
			maps.Copy(out, fieldsOf(e.Before, e.After))
		}
	}
	return out
}

// undoneActs names the acts among edits that were undone and not done again.
func undoneActs(edits []Edit) map[string]bool {
	undone := map[string]bool{}
	for _, e := range slices.Backward(edits) {
		if e.Undoes != "" && !undone[e.Act] {
			undone[e.Undoes] = true
		}
	}
	return undone
}

// standing leaves out edits that were undone, and their undos: together they
// changed nothing.
func standing(edits []Edit) []Edit {
	undone := undoneActs(edits)
	return slices.DeleteFunc(slices.Clone(edits), func(e Edit) bool { return undone[e.Act] || e.Undoes != "" })
}

// restored gives now with these fields as they were in before.
func restored(now, before *Overlay, fields map[string]bool) *Overlay {
	if before == nil {
		before = &Overlay{}
	}
	o := now.clone()
	for field := range fields {
		switch field {
		case fieldText:
			o.Text = before.Text
		case fieldSpeaker:
			o.Speaker = before.Speaker
		case fieldItem:
			o.Item = before.Item
		case fieldDismissed:
			o.Dismissed, o.Kept = before.Dismissed, before.Kept
		case fieldChosen:
			o.Chosen = before.Chosen
		case fieldShape:
			o.Start, o.End, o.Origin, o.Into = before.Start, before.End, before.Origin, before.Into
			o.Joined, o.From, o.To = before.Joined, before.From, before.To
		default:
			code := strings.TrimPrefix(field, fieldResolved)
			if act, was := before.Resolved[code]; was {
				o.resolve(code, act)
			} else {
				delete(o.Resolved, code)
			}
		}
	}
	if len(o.Resolved) == 0 {
		o.Resolved = nil
	}
	if len(o.Joined) == 0 {
		o.Joined = nil
	}
	if reflect.DeepEqual(*o, Overlay{}) {
		return nil
	}
	return o
}
