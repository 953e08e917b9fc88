package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestWhatWasFilledInForANewMeetingIsNeverDropped(t *testing.T) {
	c := newSite(t).client("clerk")
	filled := url.Values{"kind": {"bch"}, "title": {"Hội nghị lần thứ năm"}, "start": {"2026-05-30T07:30"}, "venue": {"Hội trường"},
		"from": {"no such programme"}, "pasted": {"1\tKhai mạc\n2\tBáo cáo"}, "act": {actID()}}

	// Another kind is chosen: all stays.
	other := url.Values{"do": {"kind"}}
	for k, v := range filled {
		other[k] = v
	}
	other.Set("kind", "dai-hoi")
	a := c.post("/meetings/new", other)
	if a.status != http.StatusOK {
		t.Fatal(a.status)
	}
	for _, want := range []string{`value="Hội nghị lần thứ năm"`, `value="2026-05-30T07:30"`, `value="Hội trường"`, "2\tBáo cáo</textarea>", `value="dai-hoi" selected`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("another kind: %s is gone", want)
		}
	}
	// A programme is chosen, and an agenda was pasted: which one is meant is asked.
	a = c.post("/meetings/new", filled)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Bạn đã dán một chương trình") {
		t.Fatalf("a pasted agenda was dropped: %d", a.status)
	}
	for _, want := range []string{`value="2026-05-30T07:30"`, "2\tBáo cáo</textarea>", `value="paste" id="from-paste" checked`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s is gone", want)
		}
	}
	filled.Set("from", "paste")
	if a = c.post("/meetings/new", filled); a.status != http.StatusSeeOther {
		t.Errorf("the agenda that was pasted: %d", a.status)
	}
}

func TestAMeetingFromAProgrammeHasItsSessionsAndItsQuorum(t *testing.T) {
	c := newSite(t).client("clerk")
	a := c.post("/meetings/new", url.Values{"kind": {"dai-hoi"}, "from": {"dai-hoi"}, "title": {"Đại hội lần thứ sáu"}, "act": {actID()}}).is(http.StatusSeeOther)
	at := a.header.Get("Location")
	if agenda := c.get(at + "/agenda").body; !strings.Contains(agenda, "Chào cờ, giới thiệu đại biểu") || !strings.Contains(agenda, "Phiên chính thức") && !strings.Contains(agenda, "Buổi 2") {
		t.Error("the agenda knows no second session")
	}
	if head := c.get(at + "/head").body; !strings.Contains(head, `value="2/3"`) {
		t.Error("the quorum is gone")
	}
}

func TestAPageWhosePersonSignedOutDoesNothingAndShowsNothingInAnothersName(t *testing.T) {
	s := newSite(t)
	as := func(login string) http.Header {
		return http.Header{"Bienban-Account": {s.users[login].ID}, "Content-Type": {"application/json"}, "Accept": {"application/json"}}
	}
	note := func(c *client, login string) int {
		return c.byScript("/m/"+s.meeting+"/acts", as(login), `{"id":"`+actID()+`","kind":"note","base":0,"body":{"text":"Một ghi chú"}}`).status
	}
	secretary := s.client("secretary")
	if got := note(secretary, "secretary"); got != http.StatusOK {
		t.Errorf("one's own page: %d", got)
	}
	if got := note(secretary, "clerk"); got != http.StatusUnauthorized {
		t.Errorf("the page of who was signed in before: %d", got)
	}
	// A part of a page is no page for signing in, which would take the desk's place.
	for what, c := range map[string]*client{"nobody": s.client(""), "another": secretary} {
		if a := c.send(http.MethodGet, "/m/"+s.meeting+"/parts/bar", nil, http.Header{"Bienban-Account": {s.users["clerk"].ID}}); a.status != http.StatusUnauthorized {
			t.Errorf("a part for %s: %d", what, a.status)
		}
	}
	s.client("").get("/m/" + s.meeting + "/live").is(http.StatusSeeOther) // a page leads to it
}

func (c *client) byScript(path string, header http.Header, body string) answer {
	t := c.s.t
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.s.http.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	res, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return answer{t: t, what: path, status: res.StatusCode, header: res.Header}
}

func TestAFormThatIsSentAfterTheSessionEndedSaysHowItIsSentAgain(t *testing.T) {
	s := newSite(t)
	a := s.client("").post("/m/"+s.meeting+"/head", url.Values{"title": {"Một tên dài"}}).is(http.StatusUnauthorized)
	if !strings.Contains(a.body, "Phiên đăng nhập đã hết") || !strings.Contains(a.body, "F5") || !strings.Contains(a.body, `href="/login" target="_blank"`) || strings.Contains(a.body, "Vai trò") {
		t.Errorf("%s", a.body)
	}
}
