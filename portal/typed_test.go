package portal_test

import (
	"testing"

	"bienban/minutes/desk"
)

// A part of the desk that is brought up to date leaves what somebody has typed into
// any of its fields, not only into the one that has the focus.
func TestWhatIsTypedIntoAFormStaysWhenItsPartChanges(t *testing.T) {
	o := newOffice(t, "council-demo")
	o.do("binh", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	b := o.browser()
	b.open("binh", "/live")
	b.keys("v")
	b.wait(`document.activeElement.id === "v-s-new"`)
	b.keys("Cầu Bến Tre\t5\t1\t")
	b.wait(`document.activeElement.id === "v-n-new"`)
	for _, name := range []string{"An", "Bình"} { // twice: what marks a field as typed into must outlast the first
		o.do("an", desk.KindSpeaker, desk.SpeakerMade{Person: name})
		o.hub.Connect().Send("event.meeting."+o.meeting, nil)
		b.wait(`document.getElementById("speakers").textContent.includes("` + name + `")`)
	}
	b.wait(`["v-s-new", "v-f-new", "v-a-new"].map(id => document.getElementById(id).value).join() === "Cầu Bến Tre,5,1"`)
	b.noComplaints()
}
