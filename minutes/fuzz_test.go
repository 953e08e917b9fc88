package minutes_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/transcribe"
)

func seedMeetings(f *testing.F) [][]byte {
	f.Helper()
	out := [][]byte{[]byte(base), []byte("kind: council\nglossary: &a [*a]\n"), []byte("kind: bch\nmarks: [{t: .nan, item: x}]"), []byte("? [a]\n: b\n"),
		[]byte("<<: {kind: bch}\n"), []byte("kind: !!binary YQ==\n"), []byte("start: 2026-02-30\n")}
	paths, err := filepath.Glob("../internal/casefile/cases/*/meeting.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// FuzzDecodeMeeting: any bytes are read or refused in one line; what is read
// can be used, and reads the same as minutes.json.
func FuzzDecodeMeeting(f *testing.F) {
	for _, b := range seedMeetings(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, remarks, err := minutes.DecodeMeeting("m.yaml", b)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "m.yaml") {
				t.Fatalf("bad error %q (%s)", err, fault.CodeOf(err))
			}
			return
		}
		for _, r := range remarks {
			if strings.Contains(r, "\n") {
				t.Fatalf("remark of two lines: %q", r)
			}
		}
		if m.Title != lang.NFC(m.Title) {
			t.Fatalf("title %q is not NFC", m.Title)
		}
		use(m)
		var out bytes.Buffer
		if err := minutes.WriteMinutes(&out, &minutes.Minutes{Meeting: *m}); err != nil {
			t.Fatal(err)
		}
		again, err := minutes.DecodeMinutes("m.json", out.Bytes())
		if err != nil {
			t.Fatalf("what was read is refused as minutes: %v", err)
		}
		if len(again.Meeting.People) != len(m.People) || len(again.Meeting.Votes) != len(m.Votes) || again.Meeting.Start.String() != m.Start.String() {
			t.Fatal("the meeting changed on its way through minutes.json")
		}
	})
}

// use calls what other packages call on a meeting.
func use(m *minutes.Meeting) {
	tr := &transcribe.Transcript{Language: m.Language, Segments: []transcribe.Segment{
		{Start: 1, End: 2, Text: "Item two. Councillor Fraser, please."}, {Start: 2, End: 3, Channel: 3, Text: "Xin đính chính, 86 hộ, không phải 68."}, {}}}
	minutes.AssignItems(m, tr)
	minutes.AssignSpeakers(m, tr)
	x := minutes.NewEvidence(m, tr)
	minutes.Conflicts(m, x)
	m.GlossaryTerms()
	m.Chair()
	for _, v := range m.Votes {
		m.Outcome(v)
		m.VoteBase(v)
	}
	for _, e := range x.All() {
		x.ForItem(e.Item)
		m.ClosedItem(e.Item)
		m.Presence(e.Item)
	}
}

func FuzzDecodeMinutes(f *testing.F) {
	f.Add([]byte(`{"meeting":{"kind":"council","agenda":[{"id":"1","title":"A"}]},"sections":[{"item":"1","sentences":[{"text":"x","cites":["s1"],"origin":"llm","flags":[]}]}],"conflicts":[]}`))
	f.Add([]byte(`{"sections":[{"item":"1","sentences":[{"text":"x"}]}],"more":{"a":[1]}}`))
	f.Add([]byte(`{"sections":7}`))
	f.Add([]byte(`{`))
	f.Add([]byte(`{"meeting":{"kind":"bch","people":[{"name":"A","role":"chair"},{"name":"B","role":["chair"]}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := minutes.DecodeMinutes("m.json", b)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid || strings.Contains(err.Error(), "\n") {
				t.Fatalf("bad error %q", err)
			}
			return
		}
		m.NeedsPerson()
		var one, two bytes.Buffer
		if err := minutes.WriteMinutes(&one, m); err != nil {
			t.Fatal(err)
		}
		again, err := minutes.DecodeMinutes("m.json", one.Bytes())
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, one.Bytes())
		}
		if err := minutes.WriteMinutes(&two, again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Fatalf("written twice, and not the same:\n%s\n%s", one.Bytes(), two.Bytes())
		}
	})
}

func FuzzDecodeRegister(f *testing.F) {
	f.Add([]byte("name,unit\nA,B\n"))
	f.Add([]byte("\ufeffHọ và tên;Dự khuyết\nLê A;x\n"))
	f.Add([]byte("name\n\"a\nb\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, _, err := minutes.DecodeRegister("r.csv", b)
		if err != nil && (fault.CodeOf(err) != fault.Invalid || strings.Contains(err.Error(), "\n")) {
			t.Fatalf("bad error %q", err)
		}
		for _, r := range rows {
			if r.Name == "" || strings.Contains(r.Name, "\n") {
				t.Fatalf("row %+v", r)
			}
		}
	})
}

// FuzzEvidence: whatever was said becomes valid text, and nothing panics.
func FuzzEvidence(f *testing.F) {
	f.Add("The cost is $45,000, sorry, I correct that, $54,000.", "Item two.", "en")
	f.Add("Có 68 hộ.", "Xin đính chính: 86 hộ, không phải 68.", "vi")
	f.Add("143/143 tán thành, đạt 100%", "không phải 68 mà là 86", "vi")
	f.Add("", "sorry, ", "fr")
	f.Fuzz(func(t *testing.T, a, b, language string) {
		a, b = lang.NFC(a), lang.NFC(b) // as every reader of ours gives it
		m := &minutes.Meeting{Kind: minutes.KindCouncil, Language: language, Agenda: []minutes.AgendaItem{{ID: "1", Title: a}, {ID: "2", Title: b}},
			People: []minutes.Person{{Name: a, Title: b}, {Name: b, Channel: 2}, {Name: "Bo Park", Channel: 2}},
			Votes:  []minutes.Vote{{Item: "1", Subject: b, For: 3}}}
		tr := &transcribe.Transcript{Language: language, Segments: []transcribe.Segment{
			{ID: "a", Start: 0, End: 1, Text: a, Channel: 1}, {ID: "b", Start: 1, End: 2, Text: b, Channel: 2}}}
		minutes.AssignItems(m, tr)
		minutes.AssignSpeakers(m, tr)
		if len(tr.Segments) != 2 || tr.Segments[0].Text != a {
			t.Fatal("speech was changed")
		}
		x := minutes.NewEvidence(m, tr)
		minutes.Conflicts(m, x)
		for _, e := range x.All() {
			if !utf8.ValidString(e.Text) {
				t.Fatalf("%q is not UTF-8", e.Text)
			}
		}
		minutes.Tallies(language, a)
	})
}

func TestNothingIsNeededForEmptyMeetings(t *testing.T) {
	for _, m := range []*minutes.Meeting{{}, {Kind: minutes.KindCouncil, Language: "fr"}, {Language: "vi", Marks: []minutes.Mark{{Item: "x"}}}} {
		use(m)
		minutes.AssignItems(m, nil)
		minutes.AssignSpeakers(m, nil)
		if got := minutes.NewEvidence(m, nil).ForItem("none"); len(got) != 0 {
			t.Errorf("evidence of no item: %v", got)
		}
	}
}

func TestMinutesKeepWhatTheyHold(t *testing.T) {
	m, _, err := minutes.ReadMeeting("../internal/casefile/cases/council-demo/meeting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in := &minutes.Minutes{Meeting: *m, Sections: []minutes.Section{{Item: "1", Title: "Opening and attendance", Sentences: []minutes.Sentence{
		{Text: "A <b> & “c”.", Cites: []string{"s1"}, Origin: minutes.OriginExtract, Flags: []minutes.Flag{}}}}}, Conflicts: []minutes.Conflict{}}
	var b bytes.Buffer
	if err := minutes.WriteMinutes(&b, in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "A <b> & “c”.") || !strings.HasSuffix(b.String(), "}\n") || !strings.Contains(b.String(), `"start": "2026-03-12T18:30:00Z"`) {
		t.Errorf("written as %.400s", b.String())
	}
	out, err := minutes.DecodeMinutes("m.json", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(in.Sections, out.Sections) || out.Meeting.People[0].Role[0] != minutes.RoleChair || !*out.Meeting.Votes[0].Passed {
		t.Errorf("read back as %+v", out)
	}
}

func TestBadMinutesAreRefusedInOneLine(t *testing.T) {
	meeting := `{"meeting":{"kind":"council","agenda":[{"id":"1","title":"A"}]},`
	for _, c := range []struct{ json, want string }{
		{"", "m.json: empty"},
		{"{", "not JSON"},
		{"[1]", "must be an object, not a array"},
		{`{"sections":[{"item":7}]}`, "m.json:1: sections.item: must be text, not a number"},
		{meeting + `"sections":[{"item":"2"}]}`, `sections[0].item: no agenda item "2"; the agenda has 1`},
		{meeting + `"sections":[{"item":"1"},{"item":"1"}]}`, `sections[1].item: "1" has two sections`},
		{`{"sections":[{"item":"1","sentences":[{"text":""}]}]}`, `sections[0].sentences[0].text: missing`},
		{`{"sections":[{"item":"1","sentences":[{"text":"x","origin":"god"}]}]}`, `origin: unknown value "god"`},
		{`{"sections":[{"item":"1","sentences":[{"text":"x","flags":[{"code":"a","severity":"loud"}]}]}]}`, `severity: must be info or block`},
		{`{"meeting":{"kind":"council","people":[{"name":"A","role":"chair"},{"name":"B","role":"chair"}]}}`, `meeting.people[1].role: B is chair`},
		{`{"meeting":{"kind":"council","votes":[{"item":"1","for":1}]}}`, `meeting.votes[0].item: no agenda item "1"; the meeting has no agenda`},
		{`{"meeting":{"kind":"council","start":"noon"}}`, `"noon" is not a time`},
		{"{\"sections\":[]} x", "something follows"},
		{"{\"a\":\"\xff\"}", "byte 7 (0xff) is not UTF-8"},
		{`{"evidence":[{"id":"a"},{"id":"a"}]}`, `evidence[1].id: "a" is given twice`},
	} {
		_, err := minutes.DecodeMinutes("m.json", []byte(c.json))
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s\n got %v\nwant %s", c.json, err, c.want)
		}
	}
}
