package portal_test

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// draftOf are minutes of a meeting as it stands, with the same sentence in each section.
func draftOf(t *testing.T, st *desk.State, sentence string) []byte {
	t.Helper()
	m := minutes.Minutes{Meeting: *st.Meeting(), Drafted: &minutes.Drafted{LLM: "qwen3-4b"}, Evidence: []minutes.Evidence{{ID: "meeting", Kind: minutes.EvidenceData, Text: "x"}}}
	doubt := minutes.Flag{Code: minutes.FlagNumber, Severity: transcribe.Block, Text: "con số 12.400 không có trong căn cứ"}
	for _, a := range m.Meeting.Agenda {
		m.Sections = append(m.Sections, minutes.Section{Item: a.ID, Title: a.Title, Closed: a.Closed,
			Sentences: []minutes.Sentence{{Text: sentence, Origin: minutes.OriginLLM, Cites: []string{"meeting"}, Flags: []minutes.Flag{doubt}}}})
	}
	if len(m.Sections) > 0 {
		m.Conflicts = []minutes.Conflict{{Item: m.Sections[0].Item, Kind: "vote", Text: "công bố 20, ghi nhận 19", Cites: []string{"meeting"}}}
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMinutesAreBroughtInReadAndFound(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting + "/minutes"
	clerk, secretary := s.client("clerk"), s.client("secretary")
	clerk.post("/m/"+s.meeting+"/agenda", url.Values{"title": {"Nhân sự"}, "closed": {"yes"}, "do": {"add"}}).is(http.StatusSeeOther)
	const evil = "Hội nghị giao kênh mương nội đồng <img src=x onerror=alert(1)>."
	first := draftOf(t, s.state(), "Bản trước về ruộng bậc thang.")
	secretary.upload(at, nil, "file", "minutes.json", first).is(http.StatusSeeOther)
	clerk.upload(at, nil, "file", `C:\Biên bản\<b>bản 2</b>.json`, append([]byte("\ufeff"), norm.NFD.Bytes(draftOf(t, s.state(), evil))...)).is(http.StatusSeeOther)
	st := s.state()
	if len(st.Minutes) != 2 || st.Minutes[0].Stamp.Name != "Người secretary" || strings.Contains(st.Minutes[1].File, "Biên bản") {
		t.Fatalf("%+v", st.Minutes)
	}
	for who, reads := range map[string]bool{"clerk": true, "secretary": true, "archivist": true, "chair": true, "delegate": false, "screen": false} {
		c := s.client(who)
		a := c.get(at)
		if !reads {
			a.is(http.StatusForbidden)
			if body := c.get("/m/" + s.meeting + "/documents").is(http.StatusOK).body; strings.Contains(body, "/minutes") {
				t.Errorf("%s is led to the minutes", who)
			}
			c.get("/search?q=noi+dong").is(http.StatusForbidden)
			continue
		}
		a.is(http.StatusOK)
		text := html.UnescapeString(a.body)
		for _, want := range []string{"kênh mương nội đồng", "con số 12.400", "công bố 20, ghi nhận 19", "qwen3-4b", "Bản 2", `id="m1-1"`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not read %q", who, want)
			}
		}
		if strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "<b>bản") || strings.Contains(text, "ruộng bậc thang") || !norm.NFC.IsNormalString(text) {
			t.Errorf("%s: markup, an older version or text that is not composed is shown", who)
		}
		if form := strings.Contains(a.body, `type="file"`); form != (desk.Roles{desk.Role(who)}).May(desk.Draft) {
			t.Errorf("%s has the form: %v", who, form)
		}
		if hits := finds(c, "noi dong"); len(hits) != len(st.Items) || !strings.Contains(hits[0], "Biên bản") {
			t.Errorf("%s finds %q", who, hits)
		}
		if hits := finds(c, "ruong bac thang"); len(hits) != 0 {
			t.Errorf("%s finds of an older version %q", who, hits)
		}
		old := c.get(at + "?version=" + st.Minutes[0].ID).is(http.StatusOK).body
		if !strings.Contains(old, "ruộng bậc thang") || !strings.Contains(old, "Không phải bản mới nhất") {
			t.Errorf("%s cannot read the version before", who)
		}
	}
	if body := clerk.get("/search?kind=minutes&q=" + url.QueryEscape("nội đồng")).body; !strings.Contains(body, at+"#m1-1") {
		t.Error("a hit does not lead to its sentence")
	}
	clerk.get(at + "?version=d999").is(http.StatusNotFound)
	for _, who := range []string{"chair", "archivist", "delegate"} {
		s.client(who).upload(at, nil, "file", "minutes.json", first).is(http.StatusForbidden)
	}
}

func TestAFileThatIsNoMinutesOfTheMeetingIsRefusedOnThePage(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting + "/minutes"
	clerk := s.client("clerk")
	good := draftOf(t, s.state(), "Câu.")
	other := *s.state()
	other.Head.Title = "Kỳ họp khác"
	other.Items = []desk.Item{{ID: "i1", ItemData: desk.ItemData{Title: "Việc khác"}}}
	for what, c := range map[string]struct {
		body []byte
		says string
	}{
		"another meeting": {draftOf(t, &other, "Câu."), "cuộc họp khác, “Kỳ họp khác”"},
		"no JSON":         {[]byte("%PDF-1.7"), "không phải JSON"},
		"cut":             {good[:len(good)/2], "không phải JSON"},
		"empty":           {nil, "không phải JSON"},
		"not UTF-8":       {bytes.Replace(good, []byte("Câu."), []byte("C\xff."), 1), "biên bản"},
		"another file":    {[]byte(`{"segments": []}`), "không phải biên bản"},
		"of no meeting":   {[]byte(`{"sections": []}`), "không ghi thuộc cuộc họp nào"},
	} {
		a := clerk.upload(at, nil, "file", "minutes.json", c.body).is(http.StatusUnprocessableEntity)
		if !strings.Contains(html.UnescapeString(a.body), c.says) || !strings.Contains(a.body, `role="alert"`) {
			t.Errorf("%s: the page does not say %q", what, c.says)
		}
	}
	clerk.upload(at, nil, "", "", nil).is(http.StatusUnprocessableEntity)
	clerk.upload(at, nil, "file", "minutes.json", append(good, bytes.Repeat([]byte(" "), 17<<20)...)).is(http.StatusRequestEntityTooLarge)
	s.client(without).upload(at, nil, "file", "minutes.json", good).is(http.StatusNotFound)
	if n := len(s.state().Minutes); n != 0 {
		t.Errorf("%d versions were taken in", n)
	}
}
