package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/minutes/desk"
)

// busyDesk is a meeting in Vietnamese in the middle of it: marks, notes, votes,
// people who wait, text with doubts and a gap.
func busyDesk(t *testing.T) (*office, string) {
	t.Helper()
	o, rec := recorded(t, "dai-hoi-mau", rarely)
	st := o.state()
	o.do("binh", desk.KindNote, desk.NoteMade{Text: "Đồng chí Bí thư nhấn mạnh ba đột phá chiến lược.", Place: desk.Place{Recording: rec, Sample: 400000}})
	o.do("an", desk.KindSpeaker, desk.SpeakerMade{Person: st.People[0].Name, Place: desk.Place{Recording: rec, Sample: 100000}})
	o.do("an", desk.KindQueue, desk.QueueChanged{Queue: []string{st.People[1].Name, "Nguyễn Văn Khách"}})
	o.do("binh", desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: "leave", Reason: "đi công tác"}})
	o.do("binh", desk.KindVoteAll, desk.VoteAll{Subject: "Thông qua chương trình đại hội"})
	o.do("binh", desk.KindPoint, desk.PointAdded{Text: "Hỏi lại tên đại biểu tổ 3"})
	return o, rec
}

// scheme shows the page as a browser does that wants light, dark, or paper.
func (b *browser) scheme(scheme string) {
	b.t.Helper()
	p := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	if scheme == "print" {
		p = emulation.SetEmulatedMediaParams{Media: "print"}
	}
	b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, p)
		return err
	}))
}

func TestEveryPageFitsEveryWindowInBothLanguages(t *testing.T) {
	o, _ := busyDesk(t)
	b := o.browser()
	b.open("binh", "/live")
	for _, language := range []string{"vi", "en"} {
		b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/live"))
		b.in(language)
		for _, page := range []string{"live", "review", "microphone"} {
			b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/" + page))
			b.wait(`document.readyState === "complete" && !/⟦/.test(document.body.textContent)`)
			for _, size := range [][2]int64{{1366, 768}, {768, 1024}, {390, 844}} {
				b.size(size[0], size[1])
				b.shot(fmt.Sprintf("%s-%s-%d", page, language, size[0]))
				if over := b.text(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); over != "0" {
					t.Errorf("%s in %s is %s pixels wider than a window of %d", page, language, over, size[0])
				}
				if page == "live" && b.text(`[...document.querySelectorAll(".tabs a")].every(a => a.getBoundingClientRect().right <= innerWidth)`) != "true" {
					t.Errorf("in %s, %d wide, a tab is out of sight", language, size[0])
				}
				// No word is cut off within a button.
				if cut := b.text(`[...document.querySelectorAll("main button, main a.button")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim()).join(" | ")`); cut != "" {
					t.Errorf("%s in %s, %d wide, cuts off: %s", page, language, size[0], cut)
				}
			}
			b.scheme("dark")
			b.shot(fmt.Sprintf("%s-%s-dark-390", page, language))
			b.size(1366, 768)
			b.shot(fmt.Sprintf("%s-%s-dark", page, language))
			b.scheme("light")
		}
	}
	// On paper: what is said, in its whole length, and nothing to press.
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/live"))
	b.wait(`document.readyState === "complete"`)
	b.scheme("print")
	b.wait(`document.getElementById("scroll").scrollHeight <= document.getElementById("scroll").clientHeight + 1`)
	if seen := b.text(`[...document.querySelectorAll("button, input, textarea, #phase, .toasts")].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 60)).join(" | ")`); strings.ReplaceAll(seen, " ", "") != "" && !onlyItems(seen) {
		t.Errorf("the paper shows %s", seen)
	}
	if hidden := b.text(`["#text .segment", "#agenda .name", "#notes .note-text", "#results .figures", "#hall .big"].filter(c => !document.querySelector(c)?.checkVisibility()).join()`); hidden != "" {
		t.Errorf("the paper lacks %s", hidden)
	}
	b.shot("print")
	b.noComplaints()
}

// onlyItems says that the buttons which a paper shows are the agenda's own lines.
func onlyItems(seen string) bool {
	for _, one := range strings.Split(seen, " | ") {
		if !strings.Contains(one, `class="go"`) {
			return false
		}
	}
	return true
}

// axe gives axe-core's script; scripts/axe.sh fetches it.
func axe(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../build/axe/axe.min.js")
	if err != nil {
		t.Skip("NO ACCESSIBILITY TEST: axe-core is not there (scripts/axe.sh)")
	}
	return string(source)
}

func TestNoPageHasASeriousFaultOfAccessibility(t *testing.T) {
	script := axe(t)
	o, _ := busyDesk(t)
	b := o.browser()
	b.open("binh", "/live")
	for i, page := range []string{"live", "review", "microphone", "live", "review", "microphone"} {
		scheme := []string{"light", "dark"}[i/3]
		b.scheme(scheme)
		b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/" + page))
		b.wait(`document.readyState === "complete"`)
		for _, state := range []string{"", `document.querySelectorAll("details").forEach(d => { d.open = true })`, `document.getElementById("keys")?.showModal()`} {
			ctx, stop := context.WithTimeout(b.ctx, 60*time.Second)
			raw, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => { `+state+`; if (!window.axe) { `+script+` } const r = await window.axe.run(document, { resultTypes: ["violations"] });
				return JSON.stringify(r.violations.filter(v => v.impact === "serious" || v.impact === "critical").map(v => ({ id: v.id, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 160)).slice(0, 4) }))) })()`, chromedp.EvalAwaitPromise))
			stop()
			if err != nil {
				t.Fatalf("%s: %v", page, err)
			}
			var found []struct {
				ID, Help string
				Nodes    []string
			}
			if err := json.Unmarshal([]byte(raw), &found); err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				t.Errorf("%s, %s (%.30s): %s: %s: %s", page, scheme, state, f.ID, f.Help, strings.Join(f.Nodes, " | "))
			}
		}
	}
}

func TestAPageWithoutScriptsShowsHowThingsStand(t *testing.T) {
	o, _ := busyDesk(t)
	b := o.browser(chromedp.Flag("blink-settings", "scriptEnabled=false"))
	b.run(chromedp.Navigate(o.url+"/login?next=/m/"+o.meeting+"/live"), chromedp.SendKeys(chromedp.CSS("input[name=login]"), "binh"),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), password+"\r"), chromedp.WaitReady(chromedp.CSS("#agenda")))
	for page, want := range map[string][]string{
		"live":   {"Đồng chí Bí thư nhấn mạnh ba đột phá chiến lược.", "Thông qua chương trình đại hội", "Hỏi lại tên đại biểu tổ 3"},
		"review": {"Đồng chí Bí thư nhấn mạnh ba đột phá chiến lược."},
	} {
		b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/" + page))
		b.holds(want...)
	}
	// It is loaded again by itself, or by a link; nothing stands there that does nothing.
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/live"))
	b.run(chromedp.WaitReady(chromedp.CSS(`head noscript meta[http-equiv="refresh"][content="20"]`)))
	o.do("an", desk.KindNote, desk.NoteMade{Text: "Ghi sau khi trang đã mở"})
	b.run(chromedp.WaitVisible(chromedp.CSS("#agenda")), chromedp.Click(chromedp.CSS(".bar noscript a")), chromedp.WaitVisible(chromedp.CSS("#agenda")))
	b.holds("Ghi sau khi trang đã mở")
	b.run(chromedp.WaitNotVisible(chromedp.CSS("#all")), chromedp.WaitNotVisible(chromedp.CSS("#note-form")), chromedp.WaitNotVisible(chromedp.CSS("#vote-new")),
		chromedp.WaitNotVisible(chromedp.CSS("#speaker-name")), chromedp.WaitVisible(chromedp.CSS("#agenda .name")), chromedp.WaitVisible(chromedp.CSS("#results .figures")))
	b.shot("noscript")
}

func TestACaptureThatFellSilentBeforeThePageWasOpenedIsMissed(t *testing.T) {
	o := newOffice(t, "council-demo")
	r := hall.Recording{ID: o.meeting + "-hall", Meeting: o.meeting, Started: time.Now()}
	if err := o.store.StartRecording(t.Context(), r); err != nil { // its capture is elsewhere, and away
		t.Fatal(err)
	}
	b := o.browser()
	b.open("binh", "/live")
	b.wait(`/Không nhận được tin từ máy ghi âm/.test(document.querySelector("#alarms .urgent")?.textContent)`)
	o.send(capture.Subject(r.ID), capture.Status{State: capture.Recording, Meeting: o.meeting, Recording: r.ID, Seconds: 12})
	b.wait(`document.getElementById("alarms").textContent === ""`)
	b.noComplaints()
}

func TestALostNetworkLosesNoActAndNoEvent(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	a, b := o.browser(), o.browser()
	a.open("binh", "/live")
	b.open("an", "/live")
	o.down()
	a.wait(`document.getElementById("link").classList.contains("bad")`)
	// What is done meanwhile is kept, and the page may even be closed.
	a.keys("n")
	a.wait(`document.activeElement.id === "note-text"`)
	for _, s := range []string{"một", "hai", "ba"} {
		a.keys(s + "\r")
		a.wait(`document.getElementById("note-text").value === ""`)
	}
	a.wait(`Object.keys(localStorage).filter(k => k.startsWith("bienban.unsent")).length === 3`)
	a.shot("away")
	o.up()
	st := o.until("all notes came", func(s *desk.State) bool { return len(s.Notes) == 3 })
	for i, want := range []string{"một", "hai", "ba"} {
		if st.Notes[i].Text != want {
			t.Errorf("note %d is %q", i, st.Notes[i].Text)
		}
	}
	a.wait(`Object.keys(localStorage).filter(k => k.startsWith("bienban.unsent")).length === 0`)
	b.wait(`document.querySelectorAll("#notes li").length === 3`)
	// Text that was stored while a browser was away is there once, in its place.
	o.down()
	b.wait(`document.getElementById("link").classList.contains("bad")`)
	n := b.number(`document.querySelectorAll("#text .segment").length`)
	o.up()
	to := int64(0)
	sheet, err := o.store.Sheet(t.Context(), o.viewer("clerk"), o.meeting, rec)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range sheet.Transcript.Coverage {
		to = max(to, int64(c.End*16000))
	}
	more := spoken(t, "council-demo", float64(to)/16000, rarely)[:2]
	o.hand(rec, to, more, hall.Cover{From: to, To: int64(more[1].End * 16000), Kind: "speech"})
	b.wait(`document.querySelectorAll("#text .segment").length === ` + fmt.Sprint(n+2))
	a.wait(`document.querySelectorAll("#text .segment").length === ` + fmt.Sprint(n+2))
	b.noComplaints()
}
