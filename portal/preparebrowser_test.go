package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"bienban/internal/accounts"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/portal"
	"bienban/transcribe"
)

// noPages are the answers to GET that are no page of their own: parts of one, files, streams.
func noPages(pattern string) bool {
	for _, one := range []string{"/parts/", "/events", "/sound/", "/record/", ".csv", ".xlsx", "/microphone/{stream}"} {
		if strings.Contains(pattern, one) {
			return true
		}
	}
	return false
}

// seenElsewhere are the pages of a running meeting, which livepages_test.go and
// reviewpages_test.go look at in their states.
func seenElsewhere(pattern string) bool {
	for _, one := range []string{"/live", "/review", "/microphone"} {
		if pattern == "GET /m/{id}"+one {
			return true
		}
	}
	return false
}

// preparePages are the pages of preparing and of the installation, by who opens them:
// each that the table of routes has, so that a new one is looked at, too, and some in
// more than one state.
func (o *office) preparePages(table []portal.RouteRow) map[string][]string {
	all := map[string][]string{}
	for _, row := range table {
		method, path, _ := strings.Cut(row.Pattern, " ")
		if method != "GET" || noPages(row.Pattern) || seenElsewhere(row.Pattern) || strings.HasPrefix(path, "/setup/") {
			continue
		}
		login := "clerk"
		switch {
		case row.Installation:
			login = "admin"
		case row.Anybody:
			login = ""
		}
		all[login] = append(all[login], strings.NewReplacer("{id}", o.meeting, "{user}", o.people["binh"].ID, "{$}", "").Replace(path))
	}
	pasted := url.Values{"kind": {"dai-hoi"}, "from": {"paste"}, "pasted": {"STT\tNội dung\tNgười trình bày\n1\tChào cờ, khai mạc\tTrần Văn Bình\n2\tBáo cáo chính trị\tPhạm Văn Chủ\n"}}
	all["clerk"] = append(all["clerk"], "/meetings/new?kind=dai-hoi", "/meetings/new?"+pasted.Encode(), "/search?q=dong", "/search?q=khongcogi", "/no-such-page")
	all["admin"] = append(all["admin"], "/log?who="+o.people["admin"].ID+"&from=2020-01-01", "/log?from=yesterday", "/meetings/new?kind=hdnd", "/")
	return all
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
	o.do("clerk", desk.KindDocument, desk.DocumentSet{Document: desk.Document{Document: minutes.Document{Title: "Dự thảo Báo cáo chính trị trình Đại hội đại biểu lần thứ II", Number: "57-BC/ĐU"}}})
	items := o.state().Items
	o.do("clerk", desk.KindItemSkipped, desk.ItemSkipped{ID: items[1].ID, Skipped: true, Reason: "đại biểu xin rút"})
	o.do("clerk", desk.KindItemsMerged, desk.ItemsMerged{Into: items[2].ID, From: []string{items[3].ID}})
	for range 2 { // the page has a list of versions
		o.do("clerk", desk.KindMinutes, desk.MinutesBrought{File: "minutes.json", Minutes: draftOf(t, o.state(), "Đại hội thông qua báo cáo với 143 phiếu tán thành.")})
	}
	o.stretched("r1")
	fresh, setup := freshInstallation(t)
	b := o.browser()
	languages := []string{"vi", "en"}
	for login, pages := range o.preparePages(fresh.RouteTable()) {
		b.as(login, "/login")
		for _, language := range languages {
			b.in(language)
			for _, page := range pages {
				b.fits(script, o.url+page, language, page != "/no-such-page")
			}
		}
	}

	// A server without an administrator, and the first page after one was made.
	for _, language := range languages {
		b.in(language)
		b.fits(script, setup, language, true)
	}
	b.run(chromedp.SendKeys(chromedp.CSS("input[name=name]"), "Quản trị"), chromedp.SendKeys(chromedp.CSS("input[name=login]"), "admin"),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), password), chromedp.SendKeys(chromedp.CSS("input[name=again]"), password+"\r"))
	b.wait(`document.querySelectorAll(".first a").length === 2 && document.querySelector("main > .notice")`)
	for _, language := range languages {
		b.in(language)
		b.fits(script, strings.Split(setup, "/setup/")[0]+"/", language, true)
	}
}

// freshInstallation is a server that was started for the first time, and the address
// of the page that makes its administrator.
func freshInstallation(t *testing.T) (*portal.Server, string) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "bienban.db"))
	if err != nil {
		t.Fatal(err)
	}
	people := accounts.NewService(store)
	s, err := portal.New(portal.Options{Desk: store, Feed: store, Accounts: people, Search: store, Audit: store})
	if err != nil {
		t.Fatal(err)
	}
	token, err := people.NewSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() { web.CloseClientConnections(); web.Close(); _ = store.Close() })
	return s, web.URL + "/setup/" + token
}

// in switches the page that is shown to a language.
func (b *browser) in(language string) {
	b.t.Helper()
	b.do(`window.before = true; document.querySelector('button[name=language][value=` + language + `]').click()`)
	b.wait(`!window.before && document.readyState === "complete" && document.documentElement.lang === "` + language + `"`)
}

// fits looks at a page in three windows and on paper, and at what axe-core says of it
// in light and dark.
func (b *browser) fits(script, address, language string, isThere bool) {
	b.t.Helper()
	path := strings.TrimPrefix(address, b.o.url)
	name := strings.NewReplacer("/m/"+b.o.meeting, "meeting", "/", "-", "?", "-", "=", "-", "&", "-", "%", "", ":", "").Replace(path)
	name = name[:min(len(name), 60)]
	b.scheme("light")
	b.run(chromedp.Navigate(address))
	b.wait(`document.readyState === "complete" && document.documentElement.lang === "` + language + `" && !/⟦/.test(document.body.textContent)`)
	if failed := b.text(`document.body.classList.contains("failed")`); (failed == "true") == isThere {
		b.t.Fatalf("%s is not what it should be: an error %s", path, failed)
	}
	if code := b.text(`document.body.innerText.match(/(^|\s)(recorder|[a-z]+_[a-z_]+)(?=\s|$)/)?.[0] ?? ""`); code != "" {
		b.t.Errorf("%s in %s shows the program's own word %q", path, language, code)
	}
	for _, size := range [][2]int64{{1366, 768}, {768, 1024}, {390, 844}} {
		b.size(size[0], size[1])
		if over := b.text(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); over != "0" {
			b.t.Errorf("%s in %s is %s pixels wider than a window of %d", path, language, over, size[0])
		}
		if cut := b.text(`[...document.querySelectorAll("main button, main a.button")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim()).join(" | ")`); cut != "" {
			b.t.Errorf("%s in %s, %d wide, cuts off: %s", path, language, size[0], cut)
		}
		b.shot(fmt.Sprintf("%s-%s-%d", name, language, size[0]))
	}
	opened := `document.querySelectorAll("details").forEach(d => { d.open = true })`
	if language == "vi" { // what axe-core looks at is the same in English
		for _, fault := range b.barriers(script, opened) {
			b.t.Errorf("%s: %s", path, fault)
		}
	}
	b.scheme("dark")
	if language == "vi" {
		for _, fault := range b.barriers(script, opened, "color-contrast") {
			b.t.Errorf("%s in the dark: %s", path, fault)
		}
		b.shot(name + "-dark")
		b.scheme("print")
		if pressed := b.text(`[...document.querySelectorAll("main button, main .button, main nav, main form[method=get] input")].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 60)).join(" | ")`); pressed != "" {
			b.t.Errorf("%s shows on paper %s", path, pressed)
		}
	}
}

// barriers lists what axe-core takes for serious, after a script has set the page's
// state: of these rules, of all without any.
func (b *browser) barriers(script, state string, rules ...string) []string {
	b.t.Helper()
	only := ""
	if len(rules) > 0 {
		only = `, runOnly: ["` + strings.Join(rules, `","`) + `"]`
	}
	ctx, stop := context.WithTimeout(b.ctx, 60*time.Second)
	defer stop()
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => { `+state+`; if (!window.axe) { `+script+` } const r = await window.axe.run(document, { resultTypes: ["violations"]`+only+` });
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
