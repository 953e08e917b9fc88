package portal_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

func TestWhatDraftingTakesLeavesThePortalAsItWasEnteredAndReviewed(t *testing.T) {
	s := newSite(t)
	s.recorded("r1")
	at := "/m/" + s.meeting
	clerk := s.client("clerk")
	clerk.post(at+"/agenda", url.Values{"title": {`Nhân sự: "kín" #1`}, "closed": {"yes"}, "do": {"add"}}).is(http.StatusSeeOther)
	clerk.post(at+"/people", url.Values{"name": {"Đỗ Thị Yến"}, "title": {"Bí thư"}, "role": {"chair"}, "do": {"set"}}).is(http.StatusSeeOther)
	for who, has := range map[string]bool{"clerk": true, "secretary": true, "archivist": true, "chair": false, "delegate": false, "screen": false} {
		c := s.client(who)
		if !has {
			c.get(at + "/record/meeting.yaml").is(http.StatusForbidden)
			c.get(at + "/record/transcript.json").is(http.StatusForbidden)
			continue
		}
		if body := c.get(at + "/minutes").is(http.StatusOK).body; !strings.Contains(body, at+"/record/transcript.json") {
			t.Errorf("%s is not led to them", who)
		}
		file := c.get(at + "/record/meeting.yaml").is(http.StatusOK)
		m, remarks, err := minutes.DecodeMeeting("meeting.yaml", []byte(file.body))
		if err != nil || len(remarks) > 0 {
			t.Fatalf("%v, %q:\n%s", err, remarks, file.body)
		}
		want, text, _ := desk.Assemble(s.state(), s.sheets("r1"))
		if m.Title != want.Title || !reflect.DeepEqual(m.Agenda, want.Agenda) || !reflect.DeepEqual(m.People, want.People) || strings.Contains(file.body, "{") {
			t.Errorf("%+v, want %+v, in\n%s", m, want, file.body)
		}
		got, err := transcribe.ReadTranscript(strings.NewReader(c.get(at + "/record/transcript.json").is(http.StatusOK).body))
		if err != nil || len(got.Segments) != len(text.Segments) || len(text.Segments) == 0 || got.Segments[0].ID != "r1-"+s.sheets("r1")[0].Transcript.Segments[0].ID {
			t.Errorf("%+v, %v, want %+v", got, err, text)
		}
	}
	clerk.post(at+"/rehearsal", url.Values{}).is(http.StatusSeeOther)
	clerk.get(at + "/record/meeting.yaml").is(http.StatusLocked)
	if body := clerk.get(at + "/minutes").body; strings.Contains(body, "/record/") {
		t.Error("a rehearsal is offered as a record")
	}
}
