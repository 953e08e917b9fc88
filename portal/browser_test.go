package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a thing may take that happens at once on a machine with nothing
// else to do: the race detector and other tests slow everything down tenfold.
const patience = time.Minute

// slowness is BIENBAN_SLOW: pages run so many times slower, answers and hands take up to
// so many times a tenth of a second, each its own time. What a busy machine breaks once in
// many runs mostly breaks at once then.
func slowness() int {
	n, err := strconv.Atoi(os.Getenv("BIENBAN_SLOW"))
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// hesitate lasts as long as slowness says.
func hesitate() {
	if n := slowness(); n > 0 {
		time.Sleep(rand.N(time.Duration(n) * 100 * time.Millisecond))
	}
}

// slowed answers as late as slowness says.
func slowed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hesitate()
		h.ServeHTTP(w, r)
	})
}

// chromium finds Debian's; without it these tests cannot say anything.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("NO BROWSER TESTS: chromium is not installed (apt-get install chromium)")
	return ""
}

// browser is one person's browser.
type browser struct {
	t      *testing.T
	o      *office
	ctx    context.Context
	cancel func()
	faults *faults
}

// faults are what a page complains about.
type faults struct {
	sync.Mutex
	all []string
}

func (o *office) browser(more ...chromedp.ExecAllocatorOption) *browser {
	o.t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(o.t)), chromedp.NoSandbox, chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.UserDataDir(o.t.TempDir()))
	opts = append(opts, chromedp.Env("LC_ALL=C.UTF-8")) // in a C locale Chromium drops a chosen file whose name has diacritics
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), append(opts, more...)...)
	ctx, stop := chromedp.NewContext(alloc)
	b := &browser{t: o.t, o: o, ctx: ctx, faults: &faults{}}
	b.cancel = sync.OnceFunc(func() { stop(); stopAlloc() })
	o.t.Cleanup(b.cancel)
	if err := chromedp.Listen(ctx, b.heard); err != nil {
		o.t.Fatal(err)
	}
	o.browsers = append(o.browsers, b)
	if n := slowness(); n > 0 {
		b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: float64(n)})
			return err
		}))
	}
	return b
}

// fail ends the test and tells what every page shows.
func (o *office) fail(format string, what ...any) {
	o.t.Helper()
	said := fmt.Sprintf(format, what...)
	for i, b := range o.browsers {
		b.shot(fmt.Sprintf("failed-%d", i+1))
		said += fmt.Sprintf("\n--- browser %d shows %s; it complained: %q", i+1, b.shows(), b.complaints())
	}
	o.t.Fatal(said)
}

// shows tells in some lines what a page shows: where it is, what has the focus, what is
// open, chosen, heard and not sent yet, what it says, and how its text begins.
func (b *browser) shows() string {
	ctx, stop := context.WithTimeout(b.ctx, 10*time.Second)
	defer stop()
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {
		const all = css => [...document.querySelectorAll(css)], ids = css => all(css).map(e => e.id).join(" "), says = (e, n) => (e?.innerText ?? "").replace(/\s+/g, " ").trim().slice(0, n);
		const focus = document.activeElement, audio = document.getElementById("audio");
		return [location.href, "focus: " + (focus ? focus.cloneNode().outerHTML.slice(0, 120) + " " + String(focus.value ?? "").slice(0, 80) + (focus.validity?.valid === false ? " (not valid)" : "") : "nothing"),
			"dialog: " + ids("dialog[open]"), "toasts: " + all("#toasts p").map(e => says(e, 120)).join(" | "), "link: " + says(document.getElementById("link"), 60) + ", event " + (window.bienban?.link?.seq ?? "?"),
			"current: " + ids("li.current, li.segment.chosen") + ", heard: " + ids("li.segment.heard") + (audio ? ", sound at " + audio.currentTime.toFixed(2) + (audio.paused ? " stopped" : " plays") : ""),
			"not sent: " + Object.keys(localStorage).filter(k => k.startsWith("bienban.unsent")).map(k => localStorage[k].slice(0, 160)).join(" | "), "text: " + says(document.querySelector("main") ?? document.body, 300)].join("\n    ");
	})()`))
	if err != nil {
		return "nothing: " + err.Error()
	}
	return said
}

// run does things in the page, or fails.
func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.o.fail("browser: %v", err)
	}
}

func (b *browser) complaints() []string {
	b.faults.Lock()
	defer b.faults.Unlock()
	return append([]string(nil), b.faults.all...)
}

// heard notes what the page's scripts complain about.
func (b *browser) heard(ev any) {
	said := ""
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		said = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			said += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			for _, a := range e.Args {
				said += a.Description + " "
			}
		}
	case *page.EventJavascriptDialogOpening: // "leave the page?", "close the meeting?": yes
		go func() {
			_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "Failed to load resource") && !strings.Contains(e.Entry.Text, "net::ERR") {
			said = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if said != "" {
		b.faults.Lock()
		b.faults.all = append(b.faults.all, said)
		b.faults.Unlock()
	}
}

// noComplaints fails where a script of the page failed, or the page's own policy was broken.
func (b *browser) noComplaints() {
	b.t.Helper()
	if c := b.complaints(); len(c) > 0 {
		b.t.Errorf("the page complained: %v", c)
	}
}

// signIn signs a person in and opens a page of the meeting.
func (b *browser) signIn(login, path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.o.url+"/login?next=/m/"+b.o.meeting+path), chromedp.SendKeys(chromedp.CSS("input[name=login]"), login),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), password+"\r"))
	b.wait(`location.pathname === "/m/` + b.o.meeting + path + `"`)
}

// open signs in and waits until events are followed.
func (b *browser) open(login, path string) {
	b.t.Helper()
	b.signIn(login, path)
	b.wait(`/●|kết nối|Connected/.test(document.getElementById("link").textContent) && !document.getElementById("link").classList.contains("bad")`)
}

// wait waits until an expression is true in the page.
func (b *browser) wait(expression string) {
	b.t.Helper()
	end := time.Now().Add(patience)
	for {
		ctx, stop := context.WithTimeout(b.ctx, 10*time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => { try { return !!(`+expression+`) } catch (e) { return false } })()`))
		stop()
		if err == nil && ok {
			return
		}
		if time.Now().After(end) {
			b.o.fail("the page never came to %s (%v)", expression, err)
		}
		time.Sleep(40 * time.Millisecond)
	}
}

func (b *browser) text(expression string) string {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`String(`+expression+`)`))
	if err != nil {
		b.o.fail("%s: %v", expression, err)
	}
	return s
}

// number reads one of the page's figures.
func (b *browser) number(expression string) int64 {
	b.t.Helper()
	n, err := strconv.ParseInt(b.text(expression), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// holds waits until the page holds all these words, also where scripts are switched off and
// the page is loaded again now and then.
func (b *browser) holds(words ...string) {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(40 * time.Millisecond) {
		ctx, stop := context.WithTimeout(b.ctx, patience)
		body, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("body")))
		stop()
		lacks := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.Contains(body, w) })
		if err == nil && len(lacks) == 0 {
			return
		}
		if time.Now().After(end) {
			b.o.fail("the page lacks %q (%v)", lacks, err)
		}
	}
}

// answer is what a promise of the page comes to.
func (b *browser) answer(expression string) string {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 20*time.Second)
	defer stop()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.o.fail("%s: %v", expression, err)
	}
	return s
}

// says waits until the page tells something for some seconds.
func (b *browser) says(text string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.getElementById("toasts").textContent.includes(%q)`, text))
}

// rests is where the middle of something is seen, an element or a Range that an expression
// gives, once it is at rest there and nothing lies over it: what is drawn meanwhile moves what
// is below.
func (b *browser) rests(expression string) (x, y float64) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => {
		const rest = () => new Promise(f => requestAnimationFrame(() => setTimeout(f, 50)));
		for (let was = ""; ; await rest()) {
			const what = `+expression+`, e = what?.startContainer?.parentElement ?? what;
			if (!e) continue;
			const r = what.getBoundingClientRect(), at = [r.x + r.width / 2, r.y + r.height / 2];
			if (!e.contains(document.elementFromPoint(...at))) { e.scrollIntoView({ block: "center", behavior: "instant" }); continue; }
			const now = JSON.stringify(at);
			if (now === was) return now;
			was = now;
		}
	})()`, chromedp.EvalAwaitPromise))
	var at [2]float64
	if err == nil {
		err = json.Unmarshal([]byte(raw), &at)
	}
	if err != nil {
		b.o.fail("%s is nowhere to be pressed: %v", expression, err)
	}
	return at[0], at[1]
}

// middle is where the middle of an element is seen.
func (b *browser) middle(css string) (x, y float64) {
	b.t.Helper()
	return b.rests("document.querySelector(" + quoted(css) + ")")
}

// do runs a script in the page.
func (b *browser) do(script string) {
	b.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](`(() => { ` + script + ` })()`))
}

// tap clicks in the middle of an element. Where the page moved between the look
// and the press, so that the press met its neighbour, it presses again, as people do.
func (b *browser) tap(css string) {
	b.t.Helper()
	hesitate()
	for again := 0; ; again++ {
		x, y := b.middle(css)
		b.do(`window.missed = false; document.addEventListener("pointerdown", e => { const to = document.querySelector(` + quoted(css) + `); window.missed = !!to && !to.contains(e.target); }, { capture: true, once: true });`)
		b.run(chromedp.MouseClickXY(x, y))
		ctx, stop := context.WithTimeout(b.ctx, 2*time.Second) // a page that is left, or asks something, does not answer
		missed, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.missed === true`))
		stop()
		if err != nil || !missed || again == 3 {
			return
		}
		b.t.Logf("%s moved away from the press", css)
	}
}

// attach gives a file to a field, and sees that the page has it.
func (b *browser) attach(css, file string) {
	b.t.Helper()
	b.run(chromedp.SetUploadFiles(chromedp.CSS(css), []string{file}))
	b.wait(`document.querySelector(` + quoted(css) + `).files.length === 1`)
}

// keys presses keys where the focus is, as a keyboard does: what a script keeps
// from happening on the key's way down types no letter.
func (b *browser) keys(keys string, held ...kb.Modifier) {
	b.t.Helper()
	hesitate()
	b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, r := range keys {
			events := kb.Encode(r)
			down, up := *events[0], *events[len(events)-1]
			for _, m := range held {
				down.Modifiers |= int64(m)
				up.Modifiers |= int64(m)
			}
			if len(events) == 3 && (len(held) == 0 || held[0] == kb.ModifierShift) {
				down.Type, down.Text, down.UnmodifiedText = kb.KeyDown, events[1].Text, events[1].UnmodifiedText
			}
			for _, p := range []input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, p); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// key presses one key as a keyboard of some layout sends it.
func (b *browser) key(key, code string, virtual int64) {
	b.t.Helper()
	b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, kind := range []input.DispatchKeyEventType{kb.KeyRawDown, kb.KeyUp} {
			if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key, Code: code, WindowsVirtualKeyCode: virtual}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// drag moves the mouse from the middle of one element to that of another with its button down.
func (b *browser) drag(from, to string) {
	b.t.Helper()
	zx, zy := b.middle(to)
	ax, ay := b.middle(from)
	a, z := [2]float64{ax, ay}, [2]float64{zx, zy}
	held := make(chan *input.DragData, 1)
	if err := chromedp.Listen(b.ctx, func(ev any) {
		if e, is := ev.(*input.EventDragIntercepted); is {
			select {
			case held <- e.Data:
			default:
			}
		}
	}); err != nil {
		b.t.Fatal(err)
	}
	b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, input.SetInterceptDrags, input.SetInterceptDragsParams{Enabled: true}); err != nil {
			return err
		}
		mouse := func(kind input.DispatchMouseEventType, at [2]float64, buttons int64) error {
			_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at[0], Y: at[1], Button: "left", Buttons: buttons, ClickCount: 1})
			return err
		}
		if err := mouse(input.DispatchMouseEventTypeMousePressed, a, 1); err != nil {
			return err
		}
		for i := range 3 {
			if err := mouse(input.DispatchMouseEventTypeMouseMoved, [2]float64{a[0] + 6*float64(i+1), a[1]}, 1); err != nil {
				return err
			}
		}
		var data *input.DragData
		select {
		case data = <-held:
		case <-ctx.Done():
			return ctx.Err()
		}
		for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
			if _, err := cdp.Call(ctx, t, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: z[0], Y: z[1], Data: data}); err != nil {
				return err
			}
		}
		return mouse(input.DispatchMouseEventTypeMouseReleased, z, 0)
	}))
}

// compose types by an input method: each text replaces what is being composed,
// the last is committed.
func (b *browser) compose(steps ...string) {
	b.t.Helper()
	b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, s := range steps {
			n := int64(len([]rune(s)))
			if _, err := cdp.Call(ctx, t, input.ImeSetComposition, input.ImeSetCompositionParams{Text: s, SelectionStart: n, SelectionEnd: n}); err != nil {
				return err
			}
		}
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: steps[len(steps)-1]})
		return err
	}))
}

// shot keeps a picture of the page where BIENBAN_SHOTS names a folder.
func (b *browser) shot(name string) {
	dir := os.Getenv("BIENBAN_SHOTS")
	if dir == "" {
		return
	}
	ctx, stop := context.WithTimeout(b.ctx, 20*time.Second)
	defer stop()
	if png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(filepath.Join(dir, b.t.Name()+"-"+name+".png"), png, 0o644)
	}
}

// size makes the window so large.
func (b *browser) size(width, height int64) {
	b.t.Helper()
	b.run(chromedp.EmulateViewport(width, height))
	b.wait(fmt.Sprintf(`innerWidth === %d && innerHeight === %d`, width, height))
}

// quoted writes a text for a script.
func quoted(s string) string { return "`" + strings.ReplaceAll(s, "`", "\\`") + "`" }
