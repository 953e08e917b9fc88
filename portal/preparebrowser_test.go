package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// preparePages are the pages of preparing and of the installation, by who opens them.
func preparePages(meeting string) map[string][]string {
	m := "/m/" + meeting
	return map[string][]string{
		"clerk": {"/", "/meetings/new?kind=dai-hoi", m, m + "/head", m + "/sessions", m + "/agenda", m + "/people", m + "/register", m + "/glossary", m + "/channels", m + "/stretches", m + "/members",
			"/search?q=dong", "/account", "/no-such-page"},
		"admin": {"/users", "/log"},
		"":      {"/login"},
	}
}

// as opens a page as somebody, signed out before.
func (b *browser) as(login, page string) {
	b.run(chromedp.Navigate(b.o.url + "/login"))
	b.run(chromedp.Evaluate[chromedp.Void](`fetch("/logout", { method: "POST" }).then(() => { document.body.id = "out" })`))
	b.wait(`document.body.id === "out"`)
	if login == "" {
		b.run(chromedp.Navigate(b.o.url + page))
		return
	}
	b.run(chromedp.Navigate(b.o.url+"/login"), chromedp.SendKeys(chromedp.CSS("input[name=login]"), login),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), password+"\r"))
	b.wait(`!!document.querySelector(".who")`)
	b.run(chromedp.Navigate(b.o.url + page))
}

func TestThePagesOfPreparingFitEveryWindowAndHaveNoSeriousFaultOfAccessibility(t *testing.T) {
	script := axe(t)
	o := newOffice(t, "dai-hoi-mau")
	o.do("clerk", desk.KindGlossary, desk.GlossaryChanged{Add: []string{"Bình Minh Thượng", "57-NQ/TW"}})
	o.do("clerk", desk.KindChannels, desk.ChannelsSet{Channels: []desk.Channel{{Number: 1, Label: "Bàn chủ tọa", Use: "chair"}}})
	o.stretched("r1")
	b := o.browser()
	for login, pages := range preparePages(o.meeting) {
		b.as(login, "/login")
		for _, language := range []string{"vi", "en"} {
			b.run(chromedp.Navigate(o.url + pages[0]))
			b.run(chromedp.Evaluate[chromedp.Void](`document.querySelector('button[name=language][value=` + language + `]').click()`))
			b.wait(`document.documentElement.lang === "` + language + `"`)
			for _, page := range pages {
				name := strings.NewReplacer("/m/"+o.meeting, "meeting", "/", "-", "?", "-", "=", "-").Replace(page)
				for _, size := range [][2]int64{{1440, 900}, {1024, 768}, {390, 844}} {
					b.size(size[0], size[1])
					b.run(chromedp.Navigate(o.url + page))
					b.wait(`document.readyState === "complete" && !/⟦/.test(document.body.textContent)`)
					b.shot(fmt.Sprintf("%s-%s-%d", name, language, size[0]))
					if failed := b.text(`document.body.classList.contains("failed")`); failed == "true" && page != "/no-such-page" {
						t.Fatalf("%s is not shown", page)
					}
					if over := b.text(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); over != "0" {
						t.Errorf("%s in %s is %s pixels wider than a window of %d", page, language, over, size[0])
					}
				}
				if language == "vi" {
					for _, fault := range b.barriers(script, `document.querySelectorAll("details").forEach(d => { d.open = true })`) {
						t.Errorf("%s: %s", page, fault)
					}
				}
			}
		}
	}
}

// barriers lists what axe-core takes for serious, after a script has set the page's state.
func (b *browser) barriers(script, state string) []string {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 60*time.Second)
	defer stop()
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => { `+state+`; if (!window.axe) { `+script+` } const r = await window.axe.run(document, { resultTypes: ["violations"] });
		return JSON.stringify(r.violations.filter(v => v.impact === "serious" || v.impact === "critical").map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html.slice(0, 160)).slice(0, 4).join(" | "))) })()`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	var found []string
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		b.t.Fatal(err)
	}
	return found
}

func TestAnItemOfTheAgendaIsMovedByKeysAlone(t *testing.T) {
	o := newOffice(t, "dai-hoi-mau")
	b := o.browser()
	b.as("clerk", "/m/"+o.meeting+"/agenda")
	b.wait(`document.querySelectorAll(".item[tabindex]").length > 3`)
	second := b.text(`document.querySelectorAll(".item")[1].dataset.item`)
	b.run(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll(".item")[1].focus()`))
	b.run(chromedp.KeyEvent(kb.ArrowUp, chromedp.KeyModifiers(1))) // Alt
	b.wait(`document.querySelector(".item").dataset.item === "` + second + `" && document.activeElement.id === "` + second + `"`)
	if got := o.state().Items[0].ID; got != second {
		t.Errorf("the agenda begins with %s, want %s", got, second)
	}
}

// stretched gives the meeting a recording of which something was closed, filled and erased,
// and more is asked for.
func (o *office) stretched(id string) {
	ctx := o.t.Context()
	stretch := func(seq int64, kind string, from int64, who, why string) hall.Stretch {
		return hall.Stretch{Seq: seq, Kind: kind, From: from, To: from + 200000, Who: who, Reason: why, At: time.Now()}
	}
	for _, err := range []error{
		os.MkdirAll(filepath.Join(o.root, id), 0o700), // its sound is here
		o.store.StartRecording(ctx, hall.Recording{ID: id, Meeting: o.meeting, Started: time.Now()}),
		o.store.AcceptFinal(ctx, hall.Final{Recording: id, Epoch: 1, To: 1600000, Segments: []transcribe.Segment{{Start: 70, End: 80, Text: "đồng chí ấy có hoàn cảnh gia đình riêng, đề nghị không ghi"}}}),
		o.store.Follow(ctx, id, "recorder", []hall.Stretch{stretch(5, desk.StretchClosed, 100000, "Trần Văn Bình", "chuyện riêng của một gia đình"),
			stretch(7, desk.StretchFilled, 400000, "Lê Thị Cúc", "điện thoại của Cúc.m4a"), stretch(9, desk.StretchErased, 700000, "Trần Văn Bình, Phạm Văn Chủ", "lộ bí mật nhà nước")}),
	} {
		if err != nil {
			o.t.Fatal(err)
		}
	}
	o.do("binh", desk.KindErasureAsked, desk.ErasureAsked{Recording: id, From: 1100000, To: 1300000, Reason: "theo đề nghị của gia đình"})
	o.do("clerk", desk.KindErasureAsked, desk.ErasureAsked{Recording: id, From: 10000, To: 20000, Reason: "nhắc lại mật khẩu"})
}
