package transcribe

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"bienban/internal/fault"
)

func TestATranscriptNeedsOnlyStartEndAndText(t *testing.T) {
	got, err := ReadTranscript(strings.NewReader(`{"language":"vi","segments":[
		{"start":0.5,"end":2,"text":"Kính thưa đại hội."},
		{"start":2.5,"end":4,"text":"Tôi xin báo cáo.","speaker":" Nguyễn Văn An ","id":7,"flags":["low_confidence"]},
		{"id":"s3","start":4,"end":4,"text":"","flags":[{"code":"x","severity":"block","text":"y"}],"unknown":[1]}
	]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Segment{
		{ID: "s1", Start: 0.5, End: 2, Text: "Kính thưa đại hội."},
		{ID: "7", Start: 2.5, End: 4, Text: "Tôi xin báo cáo.", Speaker: "Nguyễn Văn An", Flags: []Flag{{Code: "low_confidence", Severity: Info}}},
		{ID: "s3", Start: 4, End: 4, Flags: []Flag{{Code: "x", Severity: Block, Text: "y"}}},
	}
	if !reflect.DeepEqual(got.Segments, want) {
		t.Errorf("segments\n%+v, want\n%+v", got.Segments, want)
	}
}

func TestReadingComposesVietnamese(t *testing.T) {
	decomposed := "Đa\u0323i ho\u0323\u0302i" // Đại hội, letter by letter
	got, err := ReadTranscript(strings.NewReader(`{"segments":[{"start":0,"end":1,"text":"` + decomposed + `","words":[{"w":"ho\u0323\u0302i","start":0,"end":1,"p":1}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if s := got.Segments[0]; s.Text != "Đại hội" || s.Words[0].Text != "hội" {
		t.Errorf("text %q, word %q: not composed", s.Text, s.Words[0].Text)
	}
}

func TestGivenIDsNeverTakeAnother(t *testing.T) {
	got, err := ReadTranscript(strings.NewReader(`{"segments":[
		{"start":0,"end":1,"text":"a"},{"start":1,"end":2,"text":"b","id":"s1"},{"start":2,"end":3,"text":"c"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range got.Segments {
		if s.ID == "" || seen[s.ID] {
			t.Errorf("id %q is empty or stands twice", s.ID)
		}
		seen[s.ID] = true
	}
}

func TestABadTranscriptIsOneLineThatNamesTheField(t *testing.T) {
	seg := func(s string) string { return `{"segments":[{"start":0,"end":1,"text":"a"},` + s + `]}` }
	for name, c := range map[string]struct{ in, want string }{
		"nothing":          {"  \n", "empty"},
		"not JSON":         {"hello", "line 1"},
		"cut":              {`{"segments":[{"start":0`, "cut"},
		"a list":           {`[]`, "want an object"},
		"no segments":      {`{"language":"vi"}`, "no segments"},
		"null segments":    {`{"segments":null}`, "no segments"},
		"two documents":    {`{"segments":[]}{}`, "follows"},
		"not UTF-8":        {"{\"segments\":[{\"start\":0,\"end\":1,\"text\":\"b\xe0n\"}]}", "UTF-8"},
		"no start":         {seg(`{"end":1,"text":"a"}`), "segment 2: start is missing"},
		"no end":           {seg(`{"start":1,"text":"a"}`), "segment 2: end is missing"},
		"no text":          {seg(`{"start":1,"end":2}`), "segment 2: text is missing"},
		"end before start": {seg(`{"start":3,"end":2,"text":"a"}`), "segment 2: end 2 before start 3"},
		"negative start":   {seg(`{"start":-1,"end":2,"text":"a"}`), "segment 2: start"},
		"milliseconds":     {seg(`{"start":1e12,"end":1e12,"text":"a"}`), "segment 2: start"},
		"start as text":    {"{\"segments\":[\n{\"start\":\"0:01\",\"end\":2,\"text\":\"a\"}]}", "line 2"},
		"out of order":     {`{"segments":[{"start":5,"end":6,"text":"a"},{"start":1,"end":2,"text":"b"}]}`, "segment 2: starts at 1"},
		"ids twice":        {`{"segments":[{"id":"x","start":0,"end":1,"text":"a"},{"id":"x","start":1,"end":2,"text":"b"}]}`, `segment 2: id "x"`},
		"an id object":     {seg(`{"id":{},"start":1,"end":2,"text":"a"}`), "string or a whole number"},
		"channel":          {seg(`{"start":1,"end":2,"text":"a","channel":-1}`), "segment 2: channel"},
		"a word's time":    {seg(`{"start":1,"end":2,"text":"a","words":[{"w":"a","start":2,"end":1,"p":1}]}`), "segment 2: word 1"},
		"a word's p":       {seg(`{"start":1,"end":2,"text":"a","words":[{"w":"a","start":1,"end":2,"p":7}]}`), "segment 2: word 1"},
		"a flag":           {seg(`{"start":1,"end":2,"text":"a","flags":[{"code":"x","severity":"loud"}]}`), "segment 2: flags"},
		"a flag's shape":   {seg(`{"start":1,"end":2,"text":"a","flags":[3]}`), "want a string or an object"},
		"coverage overlap": {`{"segments":[],"coverage":[{"start":0,"end":2,"kind":"gap"},{"start":1,"end":3,"kind":"gap"}]}`, "coverage 2"},
		"coverage kind":    {`{"segments":[],"coverage":[{"start":0,"end":2,"kind":"noise"}]}`, "coverage 1"},
		"audio":            {`{"segments":[],"audio":{"seconds":-1}}`, "audio"},
		"suggestion":       {`{"segments":[],"suggestions":[{"at":-4}]}`, "suggestion 1"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadTranscript(strings.NewReader(c.in))
			if err == nil {
				t.Fatalf("accepted: %+v", got)
			}
			if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q (%s), want one line with %q", err, fault.CodeOf(err), c.want)
			}
		})
	}
}

func TestATranscriptFileIsNamedInItsError(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadTranscriptFile(filepath.Join(dir, "none.json")); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("missing file: %v", err)
	}
	if _, err := ReadTranscriptFile(dir); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "folder") {
		t.Errorf("folder: %v", err)
	}
	path := filepath.Join(dir, "t.json")
	if err := os.WriteFile(path, []byte(`{"segments":[{"end":1}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadTranscriptFile(path); err == nil || err.Error() != "t.json: segment 1: start is missing" {
		t.Errorf("bad file: %v", err)
	}
}

// full is a transcript in which every field is set.
func full() *Transcript {
	return &Transcript{
		Language: "vi", Model: "base",
		Audio: &Audio{File: "họp.wav", Seconds: 3725.5, Rate: 48000, Channels: 2, SHA256: "ab"},
		Segments: []Segment{
			{ID: "s1", Start: 1.25, End: 3.5, Speaker: "Trần Thị Hòa", Item: "1", Text: "Kính thưa <đại hội> & các đồng chí.", Channel: 1,
				Words: []Word{{Text: "Kính", Start: 1.25, End: 1.5, P: 0.9}}, Flags: []Flag{{Code: FlagLowConfidence, Severity: Info, Text: "x"}}},
			{ID: "s2", Start: 3.5, End: 9, Text: "Hãy subscribe cho kênh.", Struck: true, Flags: []Flag{{Code: FlagBoilerplate, Severity: Info, Text: "y"}}},
			{ID: "s3", Start: 3661.007, End: 3662.0625, Text: "Tôi  đồng ý --> biểu quyết.", Channel: 2},
		},
		Coverage:    []Stretch{{Start: 0, End: 3725.5, Kind: CoveredSpeech, Note: "n"}},
		Suggestions: []Suggestion{{Item: "2", At: 3, Segment: "s1", Cue: "tiếp theo", Confidence: 0.5}},
		Flags:       []Flag{{Code: FlagGap, Severity: Block, Text: "z", Cites: []string{"s1"}, Resolved: &Act{By: "a", At: "b", Reason: "c"}}},
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, full()); err != nil {
		t.Fatal(err)
	}
	once := b.String()
	got, err := ReadTranscript(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, full()) {
		t.Errorf("read back\n%+v, want\n%+v", got, full())
	}
	var again bytes.Buffer
	if err := WriteJSON(&again, got); err != nil || again.String() != once {
		t.Errorf("written twice it differs (%v)", err)
	}
}

func FuzzReadTranscript(f *testing.F) {
	var b bytes.Buffer
	if err := WriteJSON(&b, full()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"segments":[{"id":3,"start":0,"end":1,"text":"Đa\u0323i","flags":["x"]},{"start":0,"end":1,"text":""}]}`))
	f.Add([]byte("\xef\xbb\xbf{\"segments\":[]}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		first, err := ReadTranscript(bytes.NewReader(in))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("error of several lines: %q", err)
			}
			return
		}
		var out bytes.Buffer
		if err := WriteJSON(&out, first); err != nil {
			t.Fatal(err)
		}
		second, err := ReadTranscript(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("what was accepted is refused when written: %v", err)
		}
		var again bytes.Buffer
		if err := WriteJSON(&again, second); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
			t.Error("reading and writing does not settle")
		}
	})
}
