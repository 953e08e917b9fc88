package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

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
	if a := clerk.upload(at+"/import", nil, "file", "hop.wav", []byte("RIFF")).is(http.StatusLocked); !strings.Contains(a.body, "Biên bản đã được thông qua nên không thêm bản ghi nữa") {
		t.Errorf("the refusal of a recording says %s", a.body)
	}
	post("/phase", "to", string(desk.InReview)) // something was found after all
	offered(true)
}

// Who has a page open while somebody else approves sees at once that nothing can be changed; what
// they were typing stays before their eyes until they leave it.
func TestAPageThatIsOpenFollowsWhenSomebodyElseApproves(t *testing.T) {
	o := newOffice(t, "council-demo")
	o.recordedText(lines(4))
	phases := func(all ...desk.Phase) {
		t.Helper()
		for _, p := range all {
			o.do("clerk", desk.KindPhase, desk.PhaseChanged{To: p})
		}
	}
	phases(desk.Closed, desk.InReview)
	b := o.browser()
	b.open("binh", "/live")
	b.wait(`document.getElementById("note-form")`)
	phases(desk.Approved)
	b.wait(`document.querySelector("#meeting-phase .phase-approved") && !document.getElementById("note-form")`)
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/review"))
	b.wait(`document.getElementById("desk").dataset.edit === "false" && document.getElementById("link").textContent.includes("Đã kết nối")`)
	phases(desk.InReview)
	b.wait(`document.getElementById("desk").dataset.edit === "true" && document.readyState === "complete"`)
	b.wait(`document.getElementById("link").textContent.includes("Đã kết nối")`)
	b.leaveUnstored()
	b.typeInto("s2")
	b.keys("lời đang gõ")
	phases(desk.Approved)
	b.wait(`/vừa được thông qua/.test(document.getElementById("toasts").textContent)`)
	b.wait(`document.querySelector("#s-s2 textarea")?.value === "lời đang gõ"`)
	b.noComplaints()
}
