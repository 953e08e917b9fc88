package portal_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"bienban/minutes/desk"
)

// worked is a review with everything in it that it can show: a name misheard, two
// texts of one line, a dismissed line, a gap, doubts.
func worked(t *testing.T) (*office, string) {
	t.Helper()
	o, rec := busyDesk(t)
	ref := func(s string) desk.SegmentRef { return desk.SegmentRef{Recording: rec, Segment: s} }
	base := o.state().Seq
	o.do("an", desk.KindText, desk.TextChanged{SegmentRef: ref("s4"), Text: "Mời đồng chí Lê Quốc Khách lên phát biểu."})
	o.do("an", desk.KindText, desk.TextChanged{SegmentRef: ref("s5"), Text: "Cảm ơn đồng chí Lê Quốc Khách."})
	o.doAt("binh", base, desk.KindText, desk.TextChanged{SegmentRef: ref("s5"), Text: "Cảm ơn anh Khánh."})
	o.do("an", desk.KindDismissed, desk.SegmentsReason{SegmentsNamed: desk.SegmentsNamed{Recording: rec, Segments: []string{"s3"}}, Reason: "thử micrô"})
	return o, rec
}

// media sets what the page is shown on.
func (b *browser) media(kind, scheme string) {
	b.t.Helper()
	b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind,
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

func TestTheReviewReadsWellInTheDarkOnPaperAndOnEveryWindow(t *testing.T) {
	script := axe(t)
	o, _ := worked(t)
	b := o.browser()
	b.open("binh", "/review")
	for _, language := range []string{"en", "vi"} {
		b.tap("button[name=language][value=" + language + "]")
		b.wait(`document.documentElement.lang === "` + language + `" && document.querySelector("#link").textContent`)
		for _, scheme := range []string{"light", "dark"} {
			b.media("screen", scheme)
			for _, size := range [][2]int64{{1366, 768}, {768, 1024}, {390, 844}} {
				b.size(size[0], size[1])
				b.wait(`document.querySelector(".both") && document.querySelector("mark.near")`)
				b.shot(fmt.Sprintf("%s-%s-%d", language, scheme, size[0]))
				if over := b.text(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); over != "0" {
					t.Errorf("in %s it is %s pixels wider than a window of %d", language, over, size[0])
				}
			}
		}
	}
	for what, state := range map[string]string{"as it opens": "", "all open": `document.querySelectorAll("details").forEach(d => { d.open = true })`,
		"a line being typed into": `bienban.review.edit(document.getElementById("s-s2"))`, "a person being chosen": `document.getElementById("pick-speaker").showModal()`} {
		if bad := b.axe(script, state); bad != "" {
			t.Errorf("in the dark, %s: %s", what, bad)
		}
	}
	b.run(chromedp.Evaluate[chromedp.Void](`(document.querySelectorAll("dialog").forEach(d => d.close()), document.activeElement.blur(), document.querySelector("textarea.typing").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })), scrollTo(0, 0))`))
	b.size(794, 1123) // A4 at 96 points an inch
	b.media("print", "light")
	b.shot("print")
	if shown := b.text(`[".player", "#cover", ".column.right", ".tabs"].filter(c => document.querySelector(c)?.offsetParent).join()`); shown != "" {
		t.Errorf("on paper stand %s", shown)
	}
	if all := b.text(`document.getElementById("scroll").scrollHeight - document.getElementById("scroll").clientHeight`); all != "0" {
		t.Errorf("%s pixels of the text are cut off on paper", all)
	}
	b.noComplaints()
}

// axe gives what axe-core finds serious in a state of the page; "" for nothing.
func (b *browser) axe(script, state string) string {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 60*time.Second)
	defer stop()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => { `+state+`; if (!window.axe) { `+script+` } const r = await window.axe.run(document, { resultTypes: ["violations"] });
		return r.violations.filter(v => v.impact === "serious" || v.impact === "critical").map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html.slice(0, 160)).slice(0, 4).join(" | ")).join("\n") })()`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

func TestTheReviewWithoutScriptsIsReadAndItsButtonsWork(t *testing.T) {
	o, rec := worked(t)
	b := o.browser(chromedp.Flag("blink-settings", "scriptEnabled=false"))
	b.run(chromedp.Navigate(o.url+"/login?next=/m/"+o.meeting+"/review"), chromedp.SendKeys(chromedp.CSS("input[name=login]"), "binh"),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), password+"\r"), chromedp.WaitReady(chromedp.CSS("#text")))
	b.shot("page")
	b.holds("Phạm Thị Mỹ Duyên", "Mời đồng chí <mark", "Lê Quốc Khách → Lê Quốc Khánh", "Cảm ơn anh Khánh.", "thử micrô", "Máy không chắc các chữ này")
	b.run(chromedp.Click(chromedp.CSS(`#flags [data-act="words_replaced"] button`)), chromedp.WaitReady(chromedp.CSS("main > .notice")))
	o.untilShown(rec, "s4", "Mời đồng chí Lê Quốc Khánh lên phát biểu.")
	b.run(chromedp.Click(chromedp.CSS(`#s-s5 .both form:nth-of-type(2) button`)), chromedp.WaitNotPresent(chromedp.CSS("#s-s5 .both")))
	o.untilShown(rec, "s5", "Cảm ơn anh Khánh.")
	b.run(chromedp.WaitReady(chromedp.CSS("#toasts")), chromedp.WaitNotPresent(chromedp.CSS("mark.near"))) // the name is right everywhere
}
