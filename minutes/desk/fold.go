package desk

import (
	"cmp"
	"slices"
	"strings"

	"bienban/transcribe"
)

// Fold gives what is shown of a recording: the adopted machine layer with people's
// edits over it. The same layers and edits always give the same sheet.
//
// layers holds the adopted one and those that edits are of. Where a person edited
// a layer that is no longer adopted, the stretch keeps that layer's segments, and
// the sheet asks, until a person chooses; elsewhere the adopted layer shows. The
// stretch reaches as far as segments of the two layers overlap, so that no word is
// cut or lost at its edges.
func Fold(recording string, layers []Layer, adopted string, edits []Edit) *Sheet {
	f := &folder{overlays: map[string]*Overlay{}, machine: map[string]transcribe.Segment{},
		sheet: &Sheet{Recording: recording, Rev: map[string]int64{}, Touched: map[string]bool{}, Asks: map[string]string{}, Heard: map[string]string{}, Looked: map[string]bool{}, Dismissed: map[string]transcribe.Act{}}}
	for _, e := range edits {
		f.overlays[e.Segment] = e.After
		f.sheet.Rev[e.Segment] = max(f.sheet.Rev[e.Segment], e.Seq)
	}
	for _, l := range layers {
		for _, g := range l.Transcript.Segments {
			f.machine[g.ID] = g
		}
	}
	var shown []transcribe.Segment
	for _, l := range layers {
		if l.Name == adopted {
			f.sheet.Transcript = l.Transcript
			shown = f.layer(l.Transcript.Segments)
		}
	}
	cover := slices.Clone(f.sheet.Transcript.Coverage)
	for _, l := range layers {
		if l.Name != adopted {
			shown, cover = f.keep(shown, f.layer(l.Transcript.Segments), cover)
		}
	}
	for i := range shown {
		g := &shown[i]
		o := f.overlays[g.ID]
		switch {
		case o == nil:
			continue
		case o.Dismissed != nil:
			f.sheet.Dismissed[g.ID] = *o.Dismissed
			cover = over(cover, g.Start, g.End, transcribe.CoveredDismissed, o.Dismissed.Reason)
		case o.Kept:
			cover = over(cover, g.Start, g.End, transcribe.CoveredSpeech, "")
		}
		f.sheet.Touched[g.ID] = true
		if h, machine := f.machine[g.ID]; machine && o.Text != nil {
			f.sheet.Heard[g.ID] = h.Text
		}
		if _, looked := o.Resolved[FlagNear]; looked {
			f.sheet.Looked[g.ID] = true
		}
	}
	for _, id := range sortedKeys(f.overlays) {
		if o := f.overlays[id]; strings.HasPrefix(id, "gap:") && o != nil && o.Dismissed != nil {
			cover = over(cover, float64(o.From)/SampleRate, float64(o.To)/SampleRate, transcribe.CoveredDismissed, o.Dismissed.Reason)
		}
	}
	f.sheet.Transcript.Segments, f.sheet.Transcript.Coverage = shown, cover
	return f.sheet
}

type folder struct {
	overlays map[string]*Overlay
	machine  map[string]transcribe.Segment
	sheet    *Sheet
}

// layer applies the edits to one layer's segments; what was merged into another
// segment is in that one.
func (f *folder) layer(segments []transcribe.Segment) []transcribe.Segment {
	own := make(map[string]bool, len(segments))
	out := make([]transcribe.Segment, 0, len(segments))
	for _, g := range segments {
		own[g.ID] = true
		if o := f.overlays[g.ID]; o == nil || o.Into == "" {
			out = append(out, f.shown(g, o))
		}
	}
	for _, id := range sortedKeys(f.overlays) {
		o := f.overlays[id]
		if o == nil || o.Origin == "" || o.Into != "" || !own[root(id)] {
			continue
		}
		g := f.machine[root(id)]
		g.ID, g.Flags = id, nil
		out = append(out, f.shown(g, o))
	}
	slices.SortStableFunc(out, func(a, b transcribe.Segment) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// shown applies an overlay. What was merged into the segment brings its flags
// along.
func (f *folder) shown(g transcribe.Segment, o *Overlay) transcribe.Segment {
	g = overlaid(g, o, f.machine)
	if o != nil && o.Origin == "" {
		for _, id := range o.Joined {
			h, machine := f.machine[id]
			if !machine {
				continue // a split part: its flags are its origin's
			}
			g.Flags = append(slices.Clip(g.Flags), overlaid(h, f.overlays[id], f.machine).Flags...)
		}
	}
	return g
}

// keep brings back into shown what people touched in an older layer.
func (f *folder) keep(shown, older []transcribe.Segment, cover []transcribe.Stretch) ([]transcribe.Segment, []transcribe.Stretch) {
	var out []transcribe.Segment
	for _, c := range clusters(shown, older) {
		if !f.wanted(c.old) {
			out = append(out, c.new...)
			continue
		}
		ours := make([]string, 0, len(c.new))
		for _, g := range c.new {
			if !g.Struck {
				ours = append(ours, g.Text)
			}
		}
		if slices.ContainsFunc(c.new, func(g transcribe.Segment) bool { return f.overlays[g.ID] != nil }) {
			// People worked on both: the adopted layer's shows, the other one is asked for.
			out = append(out, c.new...)
			theirs := make([]string, 0, len(c.old))
			for _, g := range c.old {
				theirs = append(theirs, g.Text)
			}
			for _, g := range c.new {
				if o := f.overlays[g.ID]; o != nil && o.Chosen == "" {
					f.sheet.Asks[g.ID] = strings.Join(theirs, " ")
				}
			}
			continue
		}
		out = append(out, c.old...)
		for _, g := range c.old {
			if o := f.overlays[g.ID]; o != nil && o.Chosen == "" && g.Text != strings.Join(ours, " ") {
				f.sheet.Asks[g.ID] = strings.Join(ours, " ")
			}
			if !g.Struck {
				cover = over(cover, g.Start, g.End, transcribe.CoveredSpeech, "")
			}
		}
	}
	slices.SortStableFunc(out, func(a, b transcribe.Segment) int { return cmp.Compare(a.Start, b.Start) })
	return out, cover
}

// wanted says whether a person touched one of the segments and has not chosen the
// new layer's.
func (f *folder) wanted(old []transcribe.Segment) bool {
	return slices.ContainsFunc(old, func(g transcribe.Segment) bool {
		o := f.overlays[g.ID]
		return o != nil && o.Chosen != "new"
	})
}

// cluster is a stretch in which segments of two layers overlap.
type cluster struct{ new, old []transcribe.Segment }

// touching is how far two segments may overlap and still stand beside each other,
// in seconds: two passes seldom agree better on where a word ends.
const touching = 0.2

// clusters groups segments of two layers by their overlap in time, in order.
func clusters(new, old []transcribe.Segment) []cluster {
	type entry struct {
		g   transcribe.Segment
		old bool
	}
	all := make([]entry, 0, len(new)+len(old))
	for _, g := range new {
		all = append(all, entry{g, false})
	}
	for _, g := range old {
		all = append(all, entry{g, true})
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.g.Start, b.g.Start) })
	var out []cluster
	end := 0.0
	for i, e := range all {
		if i == 0 || e.g.Start >= end-touching {
			out = append(out, cluster{})
		}
		c := &out[len(out)-1]
		if e.old {
			c.old = append(c.old, e.g)
		} else {
			c.new = append(c.new, e.g)
		}
		end = max(end, e.g.End)
	}
	return out
}

// over says of a stretch of the ledger what people know about it. A pause stays a
// pause: nothing was recorded there.
func over(cover []transcribe.Stretch, from, to float64, kind, note string) []transcribe.Stretch {
	var out []transcribe.Stretch
	add := func(s transcribe.Stretch) {
		if s.End <= s.Start {
			return
		}
		if n := len(out); n > 0 && out[n-1].Kind == s.Kind && out[n-1].Note == s.Note && out[n-1].End == s.Start {
			out[n-1].End = s.End
			return
		}
		out = append(out, s)
	}
	for _, s := range cover {
		if s.Kind == transcribe.CoveredPaused || s.End <= from || s.Start >= to {
			add(s)
			continue
		}
		lo, hi := max(s.Start, from), min(s.End, to)
		add(transcribe.Stretch{Start: s.Start, End: lo, Kind: s.Kind, Note: s.Note})
		add(transcribe.Stretch{Start: lo, End: hi, Kind: kind, Note: note})
		add(transcribe.Stretch{Start: hi, End: s.End, Kind: s.Kind, Note: s.Note})
	}
	return out
}
