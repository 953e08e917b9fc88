package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bienban/minutes/desk"
)

func TestOfARecordThatStandsNothingIsOfferedThatWouldBeRefused(t *testing.T) {
	s := newSite(t)
	s.recorded("r1")
	at := "/m/" + s.meeting
	clerk := s.client("clerk")
	post := func(path string, form ...string) {
		t.Helper()
		v := url.Values{}
		for i := 0; i+1 < len(form); i += 2 {
			v.Add(form[i], form[i+1])
		}
		clerk.post(at+path, v).is(http.StatusSeeOther)
	}
	post("/agenda", "title", "Khai mạc", "do", "add")
	post("/people", "name", "Đỗ Thị Yến", "role", "chair", "do", "set")
	post("/people", "name", "Lê Văn Ất", "role", "secretary", "do", "set")
	offered := func(want bool) {
		t.Helper()
		if body := clerk.get(at + "/review").is(http.StatusOK).body; strings.Contains(body, `data-edit="true"`) != want {
			t.Errorf("%s: text may be edited: want %v", s.state().Phase, want)
		}
		if body := clerk.get(at + "/live").is(http.StatusOK).body; strings.Contains(body, `id="note-form"`) != want {
			t.Errorf("%s: a note may be taken: want %v", s.state().Phase, want)
		}
	}
	for _, step := range []desk.Phase{desk.Running, desk.Closed, desk.InReview} {
		post("/phase", "to", string(step))
		offered(true)
	}
	post("/phase", "to", string(desk.Approved))
	offered(false)
	post("/phase", "to", string(desk.InReview)) // something was found after all
	offered(true)
}
