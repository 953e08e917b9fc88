package form_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/form"
)

func TestWhatCannotBeExportedIsOneClearLine(t *testing.T) {
	for _, c := range []struct {
		name string
		kind string
		sw   map[string]string
		o    form.Options
		want string
	}{
		{"no format", "council", nil, form.Options{}, `unknown format ""`},
		{"another format", "council", nil, form.Options{Format: "odt"}, `unknown format "odt": use pdf, txt, json or html`},
		{"docx", "council", nil, form.Options{Format: "docx"}, "docx is not yet supported"},
		{"another copy", "council", nil, form.Options{Format: "txt", Copy: "secret"}, `unknown copy "secret": use public or full`},
		{"unknown form", "council", nil, form.Options{Format: "txt", Form: "party-1930"}, `unknown form "party-1930": there are council-en, party-2026`},
		{"a form of another kind", "dai-hoi", nil, form.Options{Format: "pdf", Form: "council-en"}, "form council-en is for kinds council, not dai-hoi"},
		{"the same in text", "council", nil, form.Options{Format: "txt", Form: "party-2026"}, "form party-2026 is for kinds dai-hoi, bch, btv, chi-bo, not council"},
		{"a kind without a form", "hdnd", nil, form.Options{Format: "pdf"}, "no official form for kind hdnd yet"},
		{"no kind", "", nil, form.Options{Format: "pdf"}, "no official form for kind (none) yet"},
		{"a switch that is not there", "bch", map[string]string{"colour": "red"}, form.Options{Format: "pdf"}, `form party-2026 has no switch "colour"`},
		{"a switch's wrong value", "bch", map[string]string{"dashes": "perhaps"}, form.Options{Format: "pdf"}, `meeting.switches.dashes: "perhaps" is not one of on, off`},
		{"no such fonts", "council", nil, form.Options{Format: "pdf", Fonts: "testdata/none"}, "fonts: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			err := form.Export(&b, &minutes.Minutes{Meeting: minutes.Meeting{Kind: c.kind, Language: "vi", Switches: c.sw}}, c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
			if fault.CodeOf(err) != fault.Invalid {
				t.Errorf("code %s, want invalid", fault.CodeOf(err))
			}
			if b.Len() > 0 {
				t.Errorf("%d bytes were written all the same", b.Len())
			}
		})
	}
}

func TestEveryKindCanBeTextPageAndJSON(t *testing.T) {
	for _, kind := range []string{"dai-hoi", "bch", "btv", "chi-bo", "hdnd", "ubnd", "council", ""} {
		for _, language := range []string{"vi", "en", "fr", ""} {
			for _, f := range []string{form.Text, form.HTML, form.JSON} {
				m := &minutes.Minutes{
					Meeting:  minutes.Meeting{Kind: kind, Language: language},
					Sections: []minutes.Section{{Item: "1", Title: "Khai mạc", Sentences: []minutes.Sentence{{Text: "Đại hội khai mạc", Origin: minutes.OriginPerson}}}},
				}
				got := string(export(t, m, form.Options{Format: f}))
				if !strings.Contains(got, "Khai mạc") || !strings.Contains(got, "Đại hội khai mạc") {
					t.Errorf("%s %s %s lacks its text:\n%s", kind, language, f, got)
				}
				if strings.Contains(got, "{") && f != form.JSON && f != form.HTML {
					t.Errorf("%s %s %s: a placeholder is left:\n%s", kind, language, f, got)
				}
			}
		}
	}
}

func TestTheFormOfAnotherDateIsAllowedAndSaid(t *testing.T) {
	for _, c := range []struct {
		day  string
		want bool
	}{{"2025-08-18", true}, {"2026-05-26", true}, {"2026-05-27", false}, {"2030-01-01", false}} {
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		m := &minutes.Minutes{Meeting: minutes.Meeting{Kind: "bch", Language: "vi", End: minutes.Time{Time: day}}}
		remarks, err := form.Remarks(m, form.Options{Format: form.PDF})
		if err != nil {
			t.Fatal(err)
		}
		said := false
		for _, r := range remarks {
			said = said || strings.Contains(r.Text, "party-2026 is in force from 2026-05-27") && r.Severity == "info" && r.Code == minutes.FlagForm
		}
		if said != c.want {
			t.Errorf("%s: remarks %+v", c.day, remarks)
		}
	}
}

func TestWhatNobodyEnteredIsLeftBlankForTheClerk(t *testing.T) {
	m := &minutes.Minutes{Meeting: minutes.Meeting{Kind: "dai-hoi", Language: "vi"}}
	got := readPDF(t, export(t, m, form.Options{Format: form.PDF})).str()
	for _, want := range []string{"Số     -BB/ĐH", "ngày     tháng     năm", "giờ     phút", "Chủ tọa: ........"} {
		if !strings.Contains(got, want) {
			t.Errorf("no blank %q in\n%s", want, got)
		}
	}
	remarks, err := form.Remarks(m, form.Options{Format: form.PDF})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"meeting.number", "meeting.place", "meeting.start", "meeting.end", "meeting.title", "meeting.delegates"} {
		found := false
		for _, r := range remarks {
			found = found || strings.HasPrefix(r.Text, field+" is empty")
		}
		if !found {
			t.Errorf("no remark on %s: %+v", field, remarks)
		}
	}
}

func TestSwitchesChangeWhatSourcesDisagreeOn(t *testing.T) {
	get := func(sw map[string]string) *pdfFile {
		m := congress(t)
		m.Meeting.Issuer = "ĐẢNG ỦY XÃ HÒA AN"
		m.Meeting.Switches = sw
		return readPDF(t, export(t, m, form.Options{Format: form.PDF}))
	}
	plain := get(nil).str()
	for _, want := range []string{"Hòa Thành, ngày 18", "-----", "ĐẢNG ỦY XÃ HÒA AN"} {
		if !strings.Contains(plain, want) {
			t.Errorf("%q is not there by default", want)
		}
	}
	if s := get(map[string]string{"place_date": "off"}).str(); strings.Contains(s, "Hòa Thành, ngày 18") {
		t.Error("place_date: off still prints the line")
	}
	if s := get(map[string]string{"dashes": "false"}).str(); strings.Contains(s, "-----") {
		t.Error("dashes: false still prints them")
	}
	if s := get(map[string]string{"spelling": "uỷ"}).str(); !strings.Contains(s, "ĐẢNG UỶ XÃ HOÀ AN") || !strings.Contains(s, "Hòa Thành, ngày") {
		t.Errorf("spelling: uỷ is for bodies' names, not for what people registered:\n%s", s)
	}
	if l := get(map[string]string{"title_bold": "on"}).find(t, "TRƯỞNG ĐOÀN"); l.font != "utf8liberationserifB" {
		t.Errorf("title_bold: on gives %s", l.font)
	}
	f := get(map[string]string{"two_sided": "on"})
	least := f.width
	for _, s := range f.text {
		if s.page == 2 {
			least = min(least, s.x)
		}
	}
	if !near(least, 15) {
		t.Errorf("the text of page 2 begins at %.1f mm, want 15", least/mm)
	}
}

func remarksOf(t *testing.T, m *minutes.Minutes, o form.Options) string {
	t.Helper()
	remarks, err := form.Remarks(m, o)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range remarks {
		all = append(all, r.Text)
	}
	return strings.Join(all, "\n")
}

func TestANumberIsMissedOnlyWhereTheFormWantsOne(t *testing.T) {
	for kind, missed := range map[string]bool{"council": false, "dai-hoi": true} {
		language := map[bool]string{true: "vi", false: "en"}[missed]
		m := &minutes.Minutes{Meeting: minutes.Meeting{Kind: kind, Language: language}}
		if got := remarksOf(t, m, form.Options{Format: form.PDF}); strings.Contains(got, "meeting.number is empty") != missed {
			t.Errorf("%s: %s", kind, got)
		}
	}
}

func TestCharactersThatTheFontLacksAreNamed(t *testing.T) {
	m := congress(t)
	m.Meeting.Title = "Đại hội 🎉 lần thứ 漢 nhất"
	got := remarksOf(t, m, form.Options{Format: form.PDF})
	for _, want := range []string{"the font has no ", "🎉 (U+1F389)", "漢 (U+6F22)", "in words"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said: %s", want, got)
		}
	}
	if strings.Contains(got, "Đ (") || strings.Count(got, "the font has no") != 1 {
		t.Errorf("%s", got)
	}
	if got := remarksOf(t, m, form.Options{Format: form.Text}); strings.Contains(got, "the font") {
		t.Errorf("a text has no font: %s", got)
	}
	if got := remarksOf(t, congress(t), form.Options{Format: form.PDF}); strings.Contains(got, "the font has no") {
		t.Errorf("Vietnamese has its font: %s", got)
	}
}

func TestAWrongFormOrSwitchIsFoundInTheMeetingItself(t *testing.T) {
	for says, m := range map[string]minutes.Meeting{
		"":                            {Kind: "dai-hoi", Language: "vi"},
		"meeting.form: unknown form":  {Kind: "dai-hoi", Form: "party-1950"},
		"meeting.form: form council":  {Kind: "dai-hoi", Form: "council-en"},
		"has no switch \"sizes\"":     {Kind: "dai-hoi", Switches: map[string]string{"sizes": "on"}},
		"meeting.switches.title_bold": {Kind: "dai-hoi", Switches: map[string]string{"title_bold": "maybe"}},
	} {
		err := form.Check(&m)
		if (err == nil) != (says == "") || err != nil && (fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), says)) {
			t.Errorf("%q: %v", says, err)
		}
	}
}
