package desk_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// spoken is a segment whose words follow each other half a second each.
func spoken(id string, start float64, text string) transcribe.Segment {
	g := transcribe.Segment{ID: id, Start: start, Text: text}
	for i, w := range fields(text) {
		at := start + float64(i)/2
		g.Words = append(g.Words, transcribe.Word{Text: w, Start: at, End: at + 0.4})
		g.End = at + 0.4
	}
	return g
}

func TestOnlyTheWordsOfAStretchAreTakenOutOfASegment(t *testing.T) {
	t.Parallel()
	g := spoken("s1", 10, "một hai ba bốn năm sáu")
	g.Flags = []transcribe.Flag{{Code: "low_confidence", Text: "bốn"}}
	whole := g
	for name, c := range map[string]struct {
		g        transcribe.Segment
		from, to float64
		want     string
		touched  bool
	}{
		"before it":                    {g, 0, 9, "một hai ba bốn năm sáu", false},
		"behind it":                    {g, 13.2, 20, "một hai ba bốn năm sáu", false},
		"its middle":                   {g, 11.3, 11.6, "một hai năm sáu", true},
		"its beginning":                {g, 5, 10.6, "ba bốn năm sáu", true},
		"its end":                      {g, 12.3, 20, "một hai ba bốn", true},
		"all of it":                    {g, 9, 14, "", true},
		"a word's time may be off":     {g, 9, 9.9, "hai ba bốn năm sáu", true},
		"words whose times are unsure": {transcribe.Segment{ID: "s", Start: 10, End: 13, Text: "không rõ giờ"}, 11, 12, "", true},
		"what is empty already":        {transcribe.Segment{ID: "s", Start: 10, End: 13}, 11, 12, "", false},
	} {
		got, touched := desk.Redact(c.g, c.from, c.to)
		if got.Text != c.want || touched != c.touched {
			t.Errorf("%s: %q, %v, want %q, %v", name, got.Text, touched, c.want, c.touched)
		}
		if touched && len(got.Flags) > 0 {
			t.Errorf("%s: a flag still quotes what is gone: %+v", name, got.Flags)
		}
		if got.Text != "" && len(got.Words) != len(fields(got.Text)) {
			t.Errorf("%s: %d words of %q", name, len(got.Words), got.Text)
		}
	}
	if !reflect.DeepEqual(g, whole) {
		t.Error("the segment that was given has changed")
	}
}

// attempt is an act of somebody with one role.
func (r *room) attempt(who string, role desk.Role, kind desk.Kind, body any) (*desk.Output, error) {
	r.n++
	return r.send(fmt.Sprintf("act-%013d", r.n), who, desk.Roles{role}, kind, r.s.Seq, body)
}

// as is attempt for what must succeed.
func (r *room) as(who string, role desk.Role, kind desk.Kind, body any) *desk.Output {
	r.t.Helper()
	out, err := r.attempt(who, role, kind, body)
	if err != nil {
		r.t.Fatalf("%s of %s: %v", kind, who, err)
	}
	return out
}

func TestAnErasureTakesTwoPeople(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	ask := func(who string, role desk.Role) string {
		out := r.as(who, role, desk.KindErasureAsked, desk.ErasureAsked{Recording: "r1", From: 16000, To: 32000, Reason: "lộ  bí mật"})
		return out.Made
	}
	id := ask("u-secretary", desk.Secretary)
	if e := r.s.Erasures[0]; !e.Open() || e.Reason != "lộ bí mật" || e.Asked.By != "u-secretary" || len(r.s.Ordered()) != 0 {
		t.Fatalf("%+v", e)
	}
	for name, c := range map[string]struct {
		who  string
		role desk.Role
		kind desk.Kind
		body any
		code fault.Code
	}{
		"by who asked":         {"u-secretary", desk.Secretary, desk.KindErasureConfirmed, desk.Named{ID: id}, fault.Forbidden},
		"by who asked, as two": {"u-secretary", desk.Clerk, desk.KindErasureConfirmed, desk.Named{ID: id}, fault.Forbidden},
		"by an archivist":      {"u-archivist", desk.Archivist, desk.KindErasureConfirmed, desk.Named{ID: id}, fault.Forbidden},
		"by a delegate":        {"u-delegate", desk.Delegate, desk.KindErasureConfirmed, desk.Named{ID: id}, fault.Forbidden},
		"of what is not asked": {"u-clerk", desk.Clerk, desk.KindErasureConfirmed, desk.Named{ID: "x99"}, fault.NotFound},
		"asked by a delegate":  {"u-delegate", desk.Delegate, desk.KindErasureAsked, desk.ErasureAsked{Recording: "r1", To: 1, Reason: "x"}, fault.Forbidden},
		"without reason":       {"u-clerk", desk.Clerk, desk.KindErasureAsked, desk.ErasureAsked{Recording: "r1", To: 1, Reason: " "}, fault.Invalid},
		"backwards":            {"u-clerk", desk.Clerk, desk.KindErasureAsked, desk.ErasureAsked{Recording: "r1", From: 2, To: 1, Reason: "x"}, fault.Invalid},
		"of no recording":      {"u-clerk", desk.Clerk, desk.KindErasureAsked, desk.ErasureAsked{Recording: "r9", To: 1, Reason: "x"}, fault.NotFound},
	} {
		if _, err := r.attempt(c.who, c.role, c.kind, c.body); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if len(r.s.Ordered()) != 0 {
		t.Fatal("it was ordered all the same")
	}
	r.as("u-chair", desk.Chair, desk.KindErasureConfirmed, desk.Named{ID: id})
	ordered := r.s.Ordered()
	if len(ordered) != 1 || ordered[0].Confirmed.By != "u-chair" || r.s.Done(ordered[0]) {
		t.Fatalf("%+v", ordered)
	}
	if _, err := r.attempt("u-clerk", desk.Clerk, desk.KindErasureRefused, desk.Named{ID: id}); fault.CodeOf(err) != fault.Locked {
		t.Errorf("what was confirmed was refused: %v", err)
	}
	known := r.s.Recordings[0]
	known.Stretches = []desk.Stretch{{Seq: 5, Kind: desk.StretchErased, From: 16000, To: 30000}}
	r.s.Know([]desk.Recording{known})
	if len(r.s.Ordered()) != 1 {
		t.Error("a part of it was taken for all")
	}
	known.Stretches = append(known.Stretches, desk.Stretch{Seq: 9, Kind: desk.StretchErased, From: 29000, To: 33000})
	r.s.Know([]desk.Recording{known})
	if len(r.s.Ordered()) != 0 {
		t.Error("what is done is still ordered")
	}

	id = ask("u-clerk", desk.Clerk)
	r.as("u-clerk", desk.Clerk, desk.KindErasureRefused, desk.Named{ID: id, Reason: "nhầm đoạn"}) // taken back
	if _, err := r.attempt("u-chair", desk.Chair, desk.KindErasureConfirmed, desk.Named{ID: id}); fault.CodeOf(err) != fault.Locked {
		t.Errorf("what was taken back was confirmed: %v", err)
	}
}

func TestTwoPeopleOfOneNameAreToldApart(t *testing.T) {
	t.Parallel()
	an := desk.Stamp{By: "a1", Name: "Nguyễn Văn An"}
	other := desk.Stamp{By: "b2", Name: "NGUYỄN VĂN AN"}
	if by := (desk.Erasure{Asked: an, Confirmed: &other}).By(); by[0] != "Nguyễn Văn An (a1)" || by[1] != "NGUYỄN VĂN AN (b2)" {
		t.Errorf("%q", by)
	}
	binh := desk.Stamp{By: "b2", Name: "Lê Thị Bình"}
	if by := (desk.Erasure{Asked: an, Confirmed: &binh}).By(); by != [2]string{"Nguyễn Văn An", "Lê Thị Bình"} {
		t.Errorf("%q", by)
	}
}

func TestWhatWasClosedAfterwardsIsForTheClosedCircleAndInNoRecord(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	known := r.s.Recordings[0]
	known.Stretches = []desk.Stretch{{Seq: 3, Kind: desk.StretchClosed, From: 12 * 16000, To: 20 * 16000, Who: "Lan", Reason: "chuyện nhân sự"}}
	r.s.Know([]desk.Recording{known})
	r.as("u-clerk", desk.Clerk, desk.KindErasureAsked, desk.ErasureAsked{Recording: "r1", To: 16000, Reason: "lộ bí mật"})
	r.layers = []desk.Layer{{Name: "live", Transcript: transcribe.Transcript{
		Segments: []transcribe.Segment{spoken("s1", 0, "công khai"), spoken("s2", 11, "đầu hai ba kín bốn"), spoken("s3", 14, "toàn bộ kín"), spoken("s4", 30, "công khai lại")},
		Coverage: []transcribe.Stretch{{End: 40, Kind: transcribe.CoveredSpeech}}}}}
	only := desk.Roles{"reader"} // who may read and does not belong to the closed circle: no role has that yet
	text := func(sh *desk.Sheet) string {
		var all []string
		for _, g := range sh.Transcript.Segments {
			all = append(all, g.Text)
		}
		return strings.Join(all, " | ")
	}
	sh := r.sheet()
	if got, want := text(sh.For(r.s, desk.Roles{desk.Chair})), "công khai | đầu hai ba kín bốn | toàn bộ kín | công khai lại"; got != want {
		t.Errorf("the closed circle reads %q, want %q", got, want)
	}
	if sh.For(r.s, only) != nil {
		t.Error("a role that nobody knows reads")
	}
	_, record, _ := desk.Assemble(r.s, []*desk.Sheet{sh})
	var drafted []string
	for _, g := range record.Segments {
		drafted = append(drafted, g.Text)
	}
	if got, want := strings.Join(drafted, " | "), "công khai | đầu | công khai lại"; got != want {
		t.Errorf("drafting gets %q, want %q", got, want)
	}
	held := 0.0
	for _, c := range record.Coverage {
		if c.Kind == transcribe.CoveredPaused {
			held += c.End - c.Start
		}
	}
	if held != 8 {
		t.Errorf("the ledger has %v s that were closed, want 8", held)
	}
	if got := text(sh); !strings.Contains(got, "toàn bộ kín") {
		t.Errorf("the sheet that was given has changed: %q", got)
	}
	for role, sees := range map[desk.Role]bool{desk.Clerk: true, desk.Secretary: true, desk.Archivist: true, desk.Chair: true, desk.Delegate: false, desk.Screen: false} {
		raw, err := json.Marshal(r.s.For(desk.Roles{role}))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(raw), "chuyện nhân sự") && strings.Contains(string(raw), "lộ bí mật"); got != sees {
			t.Errorf("%s sees it: %v, want %v", role, got, sees)
		}
		if !sees && (strings.Contains(string(raw), "stretches") || strings.Contains(string(raw), "erasure") || strings.Contains(string(raw), "lộ bí mật")) {
			t.Errorf("%s can learn that there is something: %s", role, raw)
		}
	}
	final := desk.Event{Seq: 5, Type: "recording_stretches", Body: json.RawMessage(`{"recording":"r1"}`)}
	if e := final.For(r.s, desk.Roles{desk.Delegate}); e.Type != desk.Withheld {
		t.Errorf("a delegate gets %+v", e)
	}
	if e := final.For(r.s, desk.Roles{desk.Secretary}); e.Type != final.Type {
		t.Errorf("the secretary gets %+v", e)
	}
}

func TestAPersonOfTheMeetingHasTheRoleThatItsDataSay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		role          minutes.Roles
		erase, closes bool
	}{
		"chair":          {minutes.Roles{minutes.RoleChair}, true, false},
		"secretary":      {minutes.Roles{minutes.RoleSecretary}, true, true},
		"head secretary": {minutes.Roles{minutes.RoleHeadSecretary}, true, true},
		"clerk":          {minutes.Roles{minutes.RoleClerk}, true, true},
		"nobody":         {nil, false, false},
	} {
		roles := desk.RolesOf(minutes.Person{Role: c.role})
		if roles.May(desk.Erase) != c.erase || roles.May(desk.CloseStretch) != c.closes {
			t.Errorf("%s: %v", name, roles)
		}
	}
}
