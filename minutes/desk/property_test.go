package desk_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// typist is one of two people who edit at once. A typist acts on what was on the
// screen when last looking, which may be long ago.
type typist struct {
	name  string
	base  int64
	sheet *desk.Sheet
	acts  []string // ids of acts that were done, undo candidates
}

// words are what of a text one can tell apart.
func words(sh *desk.Sheet) map[string]int {
	out := map[string]int{}
	for _, g := range sh.Transcript.Segments {
		for _, w := range fields(g.Text) {
			out[w]++
		}
	}
	return out
}

// TestTwoPeopleLoseNoWord: whatever two people do to one text, each from what they
// saw, every word that the machine heard and every word that an act added and
// nobody undid is shown, or kept in a conflict that asks.
func TestTwoPeopleLoseNoWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := meeting(rt)
		var heard []string
		var texts []string
		for i := range rapid.IntRange(2, 5).Draw(rt, "segments") {
			var ws []string
			for j := range rapid.IntRange(1, 5).Draw(rt, "words") {
				ws = append(ws, fmt.Sprintf("máy%d_%d", i, j))
			}
			heard = append(heard, ws...)
			texts = append(texts, strings.Join(ws, " "))
		}
		r.say(texts...)
		added := map[string]string{} // word → the act that added it
		undone := map[string]bool{}
		two := []*typist{{name: "u-clerk"}, {name: "u-secretary"}}
		for _, p := range two {
			p.base, p.sheet = r.s.Seq, r.sheet()
		}
		n := 0
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			p := rapid.SampledFrom(two).Draw(rt, "who")
			if rapid.Bool().Draw(rt, "looks") {
				p.base, p.sheet = r.s.Seq, r.sheet()
			}
			n++
			id := fmt.Sprintf("typed-%010d", n)
			segs := p.sheet.Transcript.Segments
			g := rapid.SampledFrom(segs).Draw(rt, "segment")
			ref := desk.SegmentRef{Recording: "r1", Segment: g.ID}
			var err error
			var out *desk.Output
			switch rapid.SampledFrom([]string{"type", "type", "split", "split typing", "merge", "speaker", "undo", "settle", "dismiss"}).Draw(rt, "what") {
			case "type":
				ws := fields(g.Text)
				at := rapid.IntRange(0, len(ws)).Draw(rt, "at")
				word := fmt.Sprintf("người%d", n)
				out, err = r.send(id, p.name, secretary, desk.KindText, p.base, desk.TextChanged{SegmentRef: ref, Text: strings.Join(slices.Insert(ws, at, word), " ")})
				if err == nil {
					added[word] = id
				}
			case "split", "split typing":
				runes := []rune(g.Text)
				if len(fields(g.Text)) < 2 {
					continue
				}
				at := strings.Index(g.Text, " ")
				b := desk.SplitAt{SegmentRef: ref, At: len([]rune(g.Text[:at]))}
				word := ""
				if n%2 == 0 {
					word = fmt.Sprintf("người%d", n)
					text := string(runes) + " " + word
					b.Text = &text
				}
				out, err = r.send(id, p.name, secretary, desk.KindSplit, p.base, b)
				if err == nil && word != "" {
					added[word] = id
				}
			case "merge":
				i := slices.IndexFunc(segs, func(x transcribe.Segment) bool { return x.ID == g.ID })
				if i+1 >= len(segs) {
					continue
				}
				out, err = r.send(id, p.name, secretary, desk.KindMerge, p.base, desk.SegmentsNamed{Recording: "r1", Segments: []string{g.ID, segs[i+1].ID}})
			case "speaker":
				out, err = r.send(id, p.name, secretary, desk.KindSegmentSpeaker, p.base, desk.SegmentsSpeaker{SegmentsNamed: desk.SegmentsNamed{Recording: "r1", Segments: []string{g.ID}}, Speaker: "Ông Hòa"})
			case "dismiss":
				out, err = r.send(id, p.name, secretary, desk.KindDismissed, p.base, desk.SegmentsReason{SegmentsNamed: desk.SegmentsNamed{Recording: "r1", Segments: []string{g.ID}}, Reason: "tiếng ồn"})
			case "undo":
				if len(p.acts) == 0 {
					continue
				}
				act := rapid.SampledFrom(p.acts).Draw(rt, "act")
				_, err = r.send(id, p.name, secretary, desk.KindUndo, p.base, desk.Undo{Act: act})
				if err == nil {
					undone[act] = !undone[act]
				}
				continue // its own undo is tried in another test
			case "settle":
				if len(r.s.Conflicts) == 0 {
					continue
				}
				c := rapid.SampledFrom(r.s.Conflicts).Draw(rt, "conflict")
				var b desk.TextChanged
				_ = json.Unmarshal(c.Body, &b)
				// Choosing one version gives up the other, which a person then does knowingly:
				// here only versions are chosen that give up nothing.
				have := words(r.sheet())
				if c.Kind != desk.KindText {
					continue
				}
				gives := func(text string) bool {
					for _, w := range fields(text) {
						if have[w] == 0 {
							return true
						}
					}
					return false
				}
				if gives(c.Mine) {
					continue
				}
				_, err = r.send(id, p.name, secretary, desk.KindSettle, r.s.Seq, desk.Settle{ID: c.ID, Take: "theirs"})
				if err != nil {
					rt.Fatalf("settle: %v", err)
				}
				continue
			}
			switch fault.CodeOf(err) {
			case "", fault.Conflict, fault.Invalid, fault.NotFound:
			default:
				rt.Fatalf("%v", err)
			}
			if err == nil && out.Conflict == nil && len(out.Edits) > 0 {
				p.acts = append(p.acts, id)
			}
		}
		kept := words(r.sheet())
		for _, c := range r.s.Conflicts {
			for _, w := range fields(c.Mine) {
				kept[w]++
			}
		}
		for _, w := range heard {
			if kept[w] == 0 {
				rt.Fatalf("%q, which was heard, is lost; shown %v", w, show(r.sheet()))
			}
		}
		for w, act := range added {
			if kept[w] == 0 && !undone[act] {
				rt.Fatalf("%q of %s is lost; shown %v, conflicts %+v", w, act, show(r.sheet()), r.s.Conflicts)
			}
		}
		checkSheet(rt, r)
	})
}

func show(sh *desk.Sheet) []string {
	var out []string
	for _, g := range sh.Transcript.Segments {
		out = append(out, g.ID+": "+g.Text)
	}
	return out
}

// checkSheet checks what holds for any fold: order, times of words, a ledger
// without hole, and that it is the same every time.
func checkSheet(t tb, r *room) {
	sh := r.sheet()
	if again := desk.Fold("r1", r.layers, r.adopted, through(t, r.edits)); !reflect.DeepEqual(through(t, sh), through(t, again)) {
		t.Fatalf("folded twice, two texts: %v and %v", show(sh), show(again))
	}
	before := 0.0
	for _, g := range sh.Transcript.Segments {
		if g.Start < before || g.End < g.Start {
			t.Fatalf("%s stands at %v to %v, behind %v", g.ID, g.Start, g.End, before)
		}
		before = g.Start
		at := g.Start
		if len(g.Words) != len(fields(g.Text)) {
			t.Fatalf("%s has %d words with times and %d in %q", g.ID, len(g.Words), len(fields(g.Text)), g.Text)
		}
		for _, w := range g.Words {
			if w.Start < at-1e-9 || w.End < w.Start {
				t.Fatalf("%s: %q stands at %v to %v, behind %v", g.ID, w.Text, w.Start, w.End, at)
			}
			at = w.Start
		}
	}
	end := 0.0
	for _, c := range sh.Transcript.Coverage {
		if c.Start != end || c.End <= c.Start {
			t.Fatalf("coverage has a hole or an overlap at %v: %+v", end, sh.Transcript.Coverage)
		}
		end = c.End
	}
	want := r.layers[0].Transcript.Coverage
	if end != want[len(want)-1].End {
		t.Fatalf("coverage ends at %v, want %v", end, want[len(want)-1].End)
	}
}

// ignoring gives a state without what no undo brings back.
func ignoring(t tb, s *desk.State) *desk.State {
	c := through(t, s)
	c.Seq, c.Counter, c.Rev, c.Made = 0, 0, nil, nil
	return c
}

// anyAct draws an act on the meeting as it stands, with the names of things in it.
func anyAct(rt *rapid.T, r *room) (desk.Kind, any) {
	pick := func(ids []string) string {
		if len(ids) == 0 {
			return "x"
		}
		return rapid.SampledFrom(ids).Draw(rt, "id")
	}
	var is, ns, vs, as, ps []string
	for _, x := range r.s.Items {
		is = append(is, x.ID)
	}
	for _, x := range r.s.Notes {
		ns = append(ns, x.ID)
	}
	for _, x := range r.s.Votes {
		vs = append(vs, x.ID)
	}
	for _, x := range r.s.Attendance {
		as = append(as, x.ID)
	}
	for _, x := range r.s.People {
		ps = append(ps, x.ID)
	}
	text := rapid.SampledFrom([]string{"một", "hai", "ba", "bốn"}).Draw(rt, "text")
	at := place(float64(rapid.IntRange(0, 3000).Draw(rt, "second")))
	switch rapid.IntRange(0, 18).Draw(rt, "kind") {
	case 0:
		return desk.KindNote, desk.NoteMade{Text: text, Place: at}
	case 1:
		return desk.KindNoteChanged, desk.NoteChanged{ID: pick(ns), Text: text}
	case 2:
		return desk.KindNoteRemoved, desk.Named{ID: pick(ns)}
	case 3:
		return desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: text, Parent: rapid.SampledFrom([]string{"", pick(is)}).Draw(rt, "parent")}}
	case 4:
		return desk.KindItemMoved, desk.ItemMoved{ID: pick(is), After: rapid.SampledFrom([]string{"", "^", pick(is)}).Draw(rt, "after"), Parent: rapid.SampledFrom([]string{"", pick(is)}).Draw(rt, "parent")}
	case 5:
		return desk.KindItemSkipped, desk.ItemSkipped{ID: pick(is), Skipped: true, Reason: text}
	case 6:
		return desk.KindItemsMerged, desk.ItemsMerged{Into: pick(is), From: []string{pick(is)}}
	case 7:
		return desk.KindItemRemoved, desk.Named{ID: pick(is)}
	case 8:
		return desk.KindMark, desk.MarkMade{Item: pick(is), Place: at}
	case 9:
		return desk.KindSpeaker, desk.SpeakerMade{Person: text, Place: at}
	case 10:
		return desk.KindQueue, desk.QueueChanged{Queue: []string{text, "Ông Hòa"}}
	case 11:
		return desk.KindVoteAll, desk.VoteAll{Subject: text, Place: at}
	case 12:
		return desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Subject: text, For: 100, Against: 2, Abstain: 1}, Place: at}
	case 13:
		return desk.KindVoteRemoved, desk.Named{ID: pick(vs)}
	case 14:
		return desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: rapid.SampledFrom([]string{"arrive", "leave"}).Draw(rt, "event")}, Place: at}
	case 15:
		return desk.KindAttendanceRemoved, desk.Named{ID: pick(as)}
	case 16:
		return desk.KindGlossary, desk.GlossaryChanged{Add: []string{text}, Remove: []string{"ba"}}
	case 17:
		return desk.KindPersonRemoved, desk.Named{ID: pick(ps)}
	default:
		return desk.KindHead, desk.HeadChanged{Venue: &text}
	}
}

// TestUndoingAllInTurnGivesTheMeetingBack: acts undone from the last to the first
// leave the meeting as it was before each of them.
func TestUndoingAllInTurnGivesTheMeetingBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := meeting(rt)
		type step struct {
			id     string
			before *desk.State
		}
		var steps []step
		for i := range rapid.IntRange(1, 15).Draw(rt, "acts") {
			kind, b := anyAct(rt, r)
			before := r.s
			id := fmt.Sprintf("random-%010d", i)
			out, err := r.send(id, "u-secretary", secretary, kind, r.s.Seq, b)
			if err != nil {
				if reflect.DeepEqual(before, r.s) {
					continue
				}
				rt.Fatalf("%s failed and changed something: %v", kind, err)
			}
			if out.Conflict != nil {
				rt.Fatalf("%s: a conflict with nobody: %+v", kind, out.Conflict)
			}
			if out.Summary.VI == "" || out.Summary.EN == "" || strings.Contains(out.Summary.VI+out.Summary.EN, "\n") {
				rt.Fatalf("%s: no line for the log: %+v", kind, out.Summary)
			}
			if len(out.Changes) > 0 {
				steps = append(steps, step{id, before})
			}
		}
		for i, s := range slices.Backward(steps) {
			if _, err := r.send(fmt.Sprintf("undone-%010d", i), "u-secretary", secretary, desk.KindUndo, r.s.Seq, desk.Undo{Act: s.id}); err != nil {
				rt.Fatalf("undo of %s: %v", s.id, err)
			}
			if got, want := ignoring(rt, r.s), ignoring(rt, s.before); !sameThings(got, want) {
				a, _ := json.Marshal(got)
				b, _ := json.Marshal(want)
				rt.Fatalf("after the undo of %s:\n%s\nwant\n%s", s.id, a, b)
			}
		}
	})
}

// sameThings compares states whose lists may be in another order where order says
// nothing: a thing that was removed and brought back stands last.
func sameThings(a, b *desk.State) bool {
	norm := func(s *desk.State) string {
		slices.SortFunc(s.Notes, func(x, y desk.NoteAt) int { return strings.Compare(x.ID, y.ID) })
		slices.SortFunc(s.Votes, func(x, y desk.Vote) int { return strings.Compare(x.ID, y.ID) })
		slices.SortFunc(s.Attendance, func(x, y desk.AttendanceAt) int { return strings.Compare(x.ID, y.ID) })
		slices.SortFunc(s.People, func(x, y desk.Person) int { return strings.Compare(x.ID, y.ID) })
		slices.Sort(s.Glossary)
		for i := range s.Items {
			s.Items[i].Rank = 0 // numbered anew when no room was left
		}
		j, _ := json.Marshal(s)
		return string(j)
	}
	return norm(a) == norm(b)
}

// TestAnyInterleavingIsTheSameEveryTime: the same acts in the same order give the
// same state, and a state that Apply was given is never written to.
func TestAnyInterleavingIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := meeting(rt)
		first := r.s
		kept := through(rt, first)
		type sent struct {
			id   string
			kind desk.Kind
			base int64
			body any
		}
		var all []sent
		for i := range rapid.IntRange(1, 15).Draw(rt, "acts") {
			kind, b := anyAct(rt, r)
			x := sent{fmt.Sprintf("random-%010d", i), kind, max(r.s.Seq-int64(rapid.IntRange(0, 4).Draw(rt, "late")), 0), b}
			all = append(all, x)
			_, _ = r.send(x.id, "u-secretary", secretary, x.kind, x.base, x.body)
		}
		again := meeting(rt)
		for _, x := range all {
			_, _ = again.send(x.id, "u-secretary", secretary, x.kind, x.base, x.body)
		}
		if !reflect.DeepEqual(through(rt, r.s), through(rt, again.s)) {
			rt.Fatalf("two states of the same acts")
		}
		if !reflect.DeepEqual(through(rt, first), kept) {
			rt.Fatalf("the first state was written to")
		}
		checkAgenda(rt, r.s)
	})
}

// checkAgenda checks that every item stands once, behind its parent.
func checkAgenda(t tb, s *desk.State) {
	seen := map[string]bool{"": true}
	for _, i := range s.Items {
		if seen[i.ID] || !seen[i.Parent] {
			t.Fatalf("item %s with parent %q stands wrong in %+v", i.ID, i.Parent, s.Items)
		}
		seen[i.ID] = true
	}
}
