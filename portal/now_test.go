package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/minutes/desk"
)

func TestTheHallSeesTheItemAndAResultOnceItIsPublished(t *testing.T) {
	o := newOffice(t, "council-demo")
	b := o.browser()
	o.do("clerk", desk.KindMember, desk.MemberSet{User: o.people["an"].ID, Name: o.people["an"].Name, Roles: desk.Roles{desk.Screen}})
	b.as("an", "/m/"+o.meeting)
	b.wait(`!!document.getElementById("now")`)
	items := o.state().Items
	o.do("binh", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	o.do("binh", desk.KindMark, desk.MarkMade{Item: items[2].ID})
	b.wait(`document.getElementById("now").innerText.includes(` + quoted(items[2].Title) + `) && document.querySelector(".meeting-bar .phase-running")`)
	o.do("binh", desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: items[2].ID, Subject: "Weir Lane", For: 5, Against: 2, Abstain: 1}})
	o.do("binh", desk.KindMark, desk.MarkMade{Item: items[3].ID}) // the page is drawn again after the vote
	b.wait(`document.getElementById("now").innerText.includes(` + quoted(items[3].Title) + `)`)
	if text := b.text(`document.body.innerText`); strings.Contains(text, "Weir Lane\n") {
		t.Errorf("what is only recorded is shown: %s", text)
	}
	o.do("binh", desk.KindPublished, desk.Result{Key: "vote:" + o.state().Votes[0].ID})
	b.wait(`/Weir Lane/.test(document.querySelector("#now ul").innerText) && /5.*2.*1/.test(document.querySelector("#now ul").innerText)`)
	b.noComplaints()
}

func TestResultsAreSeenWithoutScriptsOnceTheyArePublished(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting
	if body := s.client("delegate").get(at).is(http.StatusOK).body; !strings.Contains(body, `http-equiv="refresh"`) || strings.Contains(body, "<h2>Kết quả đã công bố</h2>") {
		t.Error("the page of a meeting that has no result yet")
	}
}
