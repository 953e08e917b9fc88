package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"bienban/internal/hall"
	"bienban/internal/rig"
	"bienban/internal/rig/browser"
	"bienban/internal/sqlstore/pgtest"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// moments is how often serve is killed: BIENBAN_TEST_KILLS, else a few times.
func moments(few int) int {
	if n, err := strconv.Atoi(os.Getenv("BIENBAN_TEST_KILLS")); err == nil {
		return n
	}
	return few
}

// TestEveryAcknowledgedEditOutlivesAKillOfServeAndHappensOnce is the short form.
func TestEveryAcknowledgedEditOutlivesAKillOfServeAndHappensOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes")
	}
	place, err := rig.Enter(t.Context(), "crash-test", "", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(place.Leave)
	for name, c := range map[string]struct {
		moments int
		db      func(testing.TB) string
	}{
		"SQLite":     {moments(6), func(testing.TB) string { return "" }},
		"PostgreSQL": {moments(5), pgtest.URL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			err := run(t.Context(), settings{moments: c.moments, secretaries: 4, acts: 20, db: c.db(t), bin: place.Program}, &b)
			t.Logf("\n%s", b.String())
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// told makes an event of an act.
func told(seq int64, act, user string, kind desk.Kind, body string) hall.Event {
	b, err := json.Marshal(desk.EventBody{Act: act, User: user, Made: "n1", Body: json.RawMessage(body)})
	if err != nil {
		panic(err) // cannot be
	}
	return hall.Event{Seq: seq, Type: string(kind), Body: b}
}

func TestALedgerThatDiffersFromTheStoreIsFound(t *testing.T) {
	entryOf := func(change func(*entry)) map[string][]*entry {
		e := &entry{act: browser.Act{ID: "a", Kind: desk.KindNote, Body: json.RawMessage(`{"text":"một"}`)}, sends: 1, seq: 1, made: "n1"}
		change(e)
		return map[string][]*entry{"u": {e}}
	}
	same := func(*entry) {}
	note := told(1, "a", "u", desk.KindNote, `{"text": "một"}`)
	for name, c := range map[string]struct {
		ledger map[string][]*entry
		events []hall.Event
		wrong  string
	}{
		"as told":               {entryOf(same), []hall.Event{note}, ""},
		"lost":                  {entryOf(same), nil, "is lost"},
		"doubled":               {entryOf(same), []hall.Event{note, told(2, "a", "u", desk.KindNote, `{"text":"một"}`)}, "is doubled"},
		"another event":         {entryOf(func(e *entry) { e.seq = 2 }), []hall.Event{note}, "was acknowledged as event 2"},
		"other words":           {entryOf(same), []hall.Event{told(1, "a", "u", desk.KindNote, `{"text":"hai"}`)}, "and is note"},
		"of somebody else":      {entryOf(same), []hall.Event{told(1, "a", "v", desk.KindNote, `{"text":"một"}`)}, "of v"},
		"refused and done":      {entryOf(func(e *entry) { e.seq, e.refused = 0, "403" }), []hall.Event{note}, "was refused"},
		"left, and not done":    {entryOf(func(e *entry) { e.seq, e.left = 0, true }), nil, ""},
		"left, and done":        {entryOf(func(e *entry) { e.seq, e.left = 0, true }), []hall.Event{note}, ""},
		"never answered":        {entryOf(func(e *entry) { e.seq = 0 }), nil, "has no answer"},
		"an act of nobody":      {nil, []hall.Event{note}, "nobody sent"},
		"a hole in the numbers": {entryOf(func(e *entry) { e.seq = 2 }), []hall.Event{told(2, "a", "u", desk.KindNote, `{"text":"một"}`)}, "has the number 2"},
	} {
		err := judge(c.ledger, "admin", c.events)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v, want %q", name, err, c.wrong)
		}
	}
}

func TestAStateThatDiffersFromItsEventsIsFound(t *testing.T) {
	change := func(after string) []hall.Event {
		b, err := json.Marshal(desk.EventBody{Act: "a", Changes: []desk.Change{{Key: "note:n1", After: json.RawMessage(after)}}})
		if err != nil {
			t.Fatal(err)
		}
		return []hall.Event{{Seq: 1, Type: "note", Body: b}}
	}
	n := desk.NoteAt{ID: "n1", Text: "một"}
	raw, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		notes []desk.NoteAt
		after string
		good  bool
	}{
		"the same": {[]desk.NoteAt{n}, string(raw), true},
		"lost":     {nil, string(raw), false},
		"doubled":  {[]desk.NoteAt{n, n}, string(raw), false},
		"other":    {[]desk.NoteAt{{ID: "n1", Text: "hai"}}, string(raw), false},
		"removed":  {nil, "null", true},
		"too many": {[]desk.NoteAt{n, {ID: "n2"}}, string(raw), false},
	} {
		if err := sameState(change(c.after), &desk.State{Notes: c.notes}); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPageMakesTheTextOfTheEvents(t *testing.T) {
	p := newPage()
	seq := int64(0)
	see := func(kind string, body any) error {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		seq++
		return p.event(desk.Event{Seq: seq, Type: kind, Body: b})
	}
	act := func(kind desk.Kind, made string, body any) error {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return see(string(kind), desk.EventBody{Act: fmt.Sprint(seq), Made: made, Body: b})
	}
	ref := desk.SegmentRef{Recording: "r", Segment: "s1"}
	for _, err := range []error{
		see(hall.EventFinal, hall.FinalBody{Recording: "r", Segments: []transcribe.Segment{{ID: "s1", Text: "xin chào các đồng chí"}, {ID: "s2", Text: "hết"}, {ID: "s3", Text: "ồn", Struck: true}}}),
		act(desk.KindSplit, "s1.1", desk.SplitAt{SegmentRef: ref, At: 8}),
		act(desk.KindText, "", desk.TextChanged{SegmentRef: ref, Text: "kính chào"}),
		act(desk.KindMerge, "", desk.SegmentsNamed{Recording: "r", Segments: []string{"s1.1", "s2"}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []line{{"r", "s1", "kính chào"}, {"r", "s1.1", "các đồng chí hết"}}
	if fmt.Sprint(p.lines) != fmt.Sprint(want) || p.newest() != 4 {
		t.Errorf("%v", p.lines)
	}
	sh := &desk.Sheet{Recording: "r", Transcript: transcribe.Transcript{Segments: []transcribe.Segment{{ID: "s1", Text: "kính chào"}, {ID: "s1.1", Text: "các đồng chí hết"}}}}
	if err := sameText(p.lines, sh); err != nil {
		t.Error(err)
	}
	sh.Transcript.Segments[1].Text = "các đồng chí"
	if sameText(p.lines, sh) == nil || sameText(p.lines[:1], sh) == nil {
		t.Error("another text is not found")
	}
	if act(desk.KindText, "", desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: "r", Segment: "s9"}, Text: "x"}) == nil {
		t.Error("an edit of a line that is not there is not found")
	}
}

func TestABrowserThatMissesAnEventOrGetsOneTwiceIsFound(t *testing.T) {
	event := func(seq string) browser.Message {
		return browser.Message{ID: seq, Data: `{"seq": ` + seq + `, "type": "note", "body": {}}`}
	}
	for name, c := range map[string]struct {
		came []browser.Message
		good bool
	}{
		"each once":       {[]browser.Message{event("1"), {Event: "lag", Data: "{}"}, event("2")}, true},
		"one twice":       {[]browser.Message{event("1"), event("1")}, false},
		"one missing":     {[]browser.Message{event("1"), event("3")}, false},
		"another number":  {[]browser.Message{{ID: "2", Data: `{"seq": 1}`}}, false},
		"the store reset": {[]browser.Message{event("1"), {Event: "reset", Data: "{}"}}, false},
	} {
		r := &reader{}
		var err error
		for _, m := range c.came {
			if err == nil {
				err = r.message(m)
			}
		}
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
