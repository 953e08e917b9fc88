package desk_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// began is when the tests' recordings began.
var began = time.Date(2026, 6, 1, 7, 30, 0, 0, time.FixedZone("", 7*3600))

// tb is what rapid's and testing's T have in common.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
}

// room does with acts what a store does, in memory.
type room struct {
	t       tb
	s       *desk.State
	layers  []desk.Layer
	adopted string
	edits   []desk.Edit
	acts    map[string]done
	n       int
	at      time.Time
}

type done struct {
	seq  int64
	kind desk.Kind
	body desk.EventBody
	out  *desk.Output
}

func newRoom(t tb, c desk.Created) *room {
	t.Helper()
	if c.Head.Kind == "" {
		c.Head.Kind, c.Head.Title = minutes.KindCongress, "Đại hội đại biểu Đảng bộ phường lần thứ I"
	}
	if c.Clerk == "" {
		c.Clerk, c.Name = "u-clerk", "Trần Thị Nguyệt"
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatalf("%v", err)
	}
	r := &room{t: t, acts: map[string]done{}, adopted: "live", at: began}
	out, err := desk.New("m", desk.Act{ID: "created-000000000", Kind: desk.KindCreated, Body: raw, By: "u-admin", Name: "Quản trị", At: began}, desk.Input{Seq: 1})
	if err != nil {
		t.Fatalf("%v", err)
	}
	r.s = out.State
	return r
}

// send does an act as a store would; the state only changes without an error.
func (r *room) send(id, by string, roles desk.Roles, kind desk.Kind, base int64, body any) (*desk.Output, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		r.t.Fatalf("%v", err)
	}
	if was, again := r.acts[id]; again {
		return was.out, nil
	}
	r.at = r.at.Add(time.Second)
	a := desk.Act{ID: id, Kind: kind, Base: base, Body: raw, By: by, Name: by, At: r.at}
	in := desk.Input{Seq: r.s.Seq + 1}
	if u, known := r.acts[a.Undoes()]; known {
		in.Undone, in.UndoneSeq, in.UndoneKind = &u.body, u.seq, u.kind
	}
	in.Text = r.source(a.Needs(r.s, in.Undone))
	out, err := desk.Apply(r.s, a, roles, in)
	if err != nil {
		return nil, err
	}
	// Through JSON, as a store keeps it.
	r.s = through(r.t, out.State)
	r.edits = append(r.edits, through(r.t, out.Edits)...)
	if out.Adopt != nil {
		r.adopted = out.Adopt.Layer
	}
	r.acts[id] = done{in.Seq, kind, through(r.t, out.Event(a)), out}
	return out, nil
}

func through[T any](t tb, v T) T {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%v", err)
	}
	var w T
	if err := json.Unmarshal(b, &w); err != nil {
		t.Fatalf("%v", err)
	}
	return w
}

func (r *room) source(n desk.Needs) desk.Source {
	if n.Recording == "" {
		return desk.Source{}
	}
	src := desk.Source{Recording: n.Recording, Machine: map[string]transcribe.Segment{}}
	load := slices.Clone(n.Segments)
	for i := 0; i < len(load); i++ {
		var last *desk.Overlay
		for _, e := range r.edits {
			if e.Segment == load[i] {
				src.Edits = append(src.Edits, e)
				last = e.After
			}
		}
		if last != nil && last.Into != "" && !slices.Contains(load, last.Into) {
			load = append(load, last.Into)
		}
	}
	slices.SortStableFunc(src.Edits, func(a, b desk.Edit) int { return int(a.Seq - b.Seq) })
	for _, id := range desk.Expand(load, src.Edits) {
		for _, l := range r.layers {
			for _, g := range l.Transcript.Segments {
				if g.ID == id {
					src.Machine[id] = g
				}
			}
		}
	}
	if n.Order {
		for _, g := range r.sheet().Transcript.Segments {
			src.Order = append(src.Order, g.ID)
		}
	}
	return src
}

func (r *room) sheet() *desk.Sheet { return desk.Fold("r1", r.layers, r.adopted, r.edits) }

var secretary = desk.Roles{desk.Secretary}

// do sends an act of the secretary that must succeed without a conflict.
func (r *room) do(kind desk.Kind, body any) *desk.Output {
	r.t.Helper()
	r.n++
	roles := desk.Roles{desk.Secretary, desk.Clerk}
	out, err := r.send(fmt.Sprintf("act-%013d", r.n), "u-secretary", roles, kind, r.s.Seq, body)
	if err != nil {
		r.t.Fatalf("%s: %v", kind, err)
	}
	if out.Conflict != nil {
		r.t.Fatalf("%s: a conflict over %s", kind, out.Conflict.Key)
	}
	return out
}

// last is the id of the newest act of do.
func (r *room) last() string { return fmt.Sprintf("act-%013d", r.n) }

// fails sends an act of the secretary that must fail, and gives the error.
func (r *room) fails(kind desk.Kind, body any) error {
	r.t.Helper()
	r.n++
	out, err := r.send(fmt.Sprintf("act-%013d", r.n), "u-secretary", secretary, kind, r.s.Seq, body)
	if err == nil {
		r.t.Fatalf("%s %+v: done (%s)", kind, body, out.Summary.EN)
	}
	return err
}

// meeting is a room with a running meeting of three items and a recording.
func meeting(t tb) *room {
	t.Helper()
	r := newRoom(t, desk.Created{Agenda: []desk.ItemData{{Title: "Khai mạc"}, {Title: "Thông qua chương trình"}, {Title: "Công tác nhân sự", Closed: true}}})
	r.do(desk.KindPerson, desk.PersonSet{Person: desk.Person{Person: minutes.Person{Name: "Nguyễn Hòa", Title: "Bí thư", Role: minutes.Roles{"chair"}}}})
	r.do(desk.KindPerson, desk.PersonSet{Person: desk.Person{Person: minutes.Person{Name: "Lê Thị Bích", Role: minutes.Roles{"secretary"}}}})
	r.do(desk.KindHead, desk.HeadChanged{Delegates: &minutes.Delegates{Summoned: 150, Present: 143, Absent: 7}})
	r.record("r1", 0)
	r.do(desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	return r
}

// record tells the state of a recording that began so long after the first.
func (r *room) record(id string, after time.Duration) {
	r.s.Know([]desk.Recording{{ID: id, Started: began.Add(after), Length: -1, Adopted: "live"}})
}

func place(seconds float64) desk.Place {
	return desk.Place{Recording: "r1", Sample: int64(seconds * desk.SampleRate)}
}

// say gives the live layer segments of these texts, five seconds each.
func (r *room) say(texts ...string) {
	r.layers = []desk.Layer{{Name: "live", Transcript: transcript("s", texts...)}}
}

func transcript(prefix string, texts ...string) transcribe.Transcript {
	t := transcribe.Transcript{Language: "vi", Model: "base"}
	for i, text := range texts {
		start := float64(i) * 5
		g := transcribe.Segment{ID: fmt.Sprintf("%s%d", prefix, i+1), Start: start, End: start + 5, Text: text, Channel: 1}
		words := fields(text)
		for j, w := range words {
			step := 5 / float64(len(words))
			g.Words = append(g.Words, transcribe.Word{Text: w, Start: start + step*float64(j), End: start + step*float64(j+1), P: 0.8})
		}
		t.Segments = append(t.Segments, g)
	}
	end := float64(len(texts)) * 5
	t.Coverage = []transcribe.Stretch{{Start: 0, End: end, Kind: transcribe.CoveredSpeech}, {Start: end, End: end + 5, Kind: transcribe.CoveredGap}}
	return t
}

func TestAnItemThatTwoPeopleBeginBeginsOnceAndAtTheEarlierMoment(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 3, 12, 18, 30, 0, 0, time.UTC)
	s := &desk.State{Phase: desk.Running, Recordings: []desk.Recording{{ID: "r", Started: begun, Length: -1}},
		Items: []desk.Item{{ID: "i1", ItemData: desk.ItemData{Title: "Opening"}}, {ID: "i2", ItemData: desk.ItemData{Title: "Minutes"}}}}
	for i, step := range []struct {
		item   string
		sample int64
		want   string
	}{
		{"i1", 16000, "i1@16000"},
		{"i1", 15800, "i1@15800"}, // the second key came a moment later and was pressed a moment earlier
		{"i1", 17000, "i1@15800"}, // already there
		{"i2", 90000, "i1@15800 i2@90000"},
		{"i2", 50000, "i1@15800 i2@50000"}, // dated back
		{"i1", 99000, "i1@15800 i2@50000 i1@99000"},
		{"i2", 20000, "i1@15800 i2@20000 i1@99000"},
	} {
		out, err := desk.Apply(s, desk.Act{ID: fmt.Sprintf("the-act-of-a-test-%d", i), Kind: desk.KindMark, At: begun.Add(time.Minute),
			Body: json.RawMessage(fmt.Sprintf(`{"item":%q,"recording":"r","sample":%d}`, step.item, step.sample))}, desk.Roles{desk.Secretary}, desk.Input{Seq: int64(i + 1)})
		if err != nil {
			t.Fatal(err)
		}
		s = out.State
		var got []string
		for _, m := range s.Marks {
			got = append(got, fmt.Sprintf("%s@%d", m.Item, m.Sample))
		}
		if strings.Join(got, " ") != step.want {
			t.Errorf("step %d: marks %v, want %s", i, got, step.want)
		}
	}
}
