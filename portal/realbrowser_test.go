package portal_test

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"bienban/internal/accounts"
	"bienban/internal/bus/membus"
	"bienban/internal/capture"
	halls "bienban/internal/hall"
	"bienban/internal/rig"
	"bienban/internal/sqlstore"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// What serve says of where it is: the portal's address, and the link of the set-up.
var (
	link      = regexp.MustCompile(`(http://127\.0\.0\.1:\d+)`)
	setUpLink = regexp.MustCompile(`http://127\.0\.0\.1:\d+/setup/[^\s,]+`)
)

// TestTheProgramItselfFromSetUpToReview runs the program: the first administrator
// is made by keys from the link that serve prints; serve is killed while a hall is
// recorded and two people work, and started again; the meeting is closed, and the
// two review its text at once.
func TestTheProgramItselfFromSetUpToReview(t *testing.T) {
	if testing.Short() {
		t.Skip("the program is built")
	}
	chromium(t)
	module, err := rig.Module(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	program, err := rig.Build(t.Context(), module, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, dir: t.TempDir(), people: map[string]accounts.Account{}, life: context.Background()}
	o.root, o.hub = filepath.Join(o.dir, capture.Folder), membus.New(membus.Options{Log: slog.New(slog.DiscardHandler)})
	if o.store, err = sqlstore.Open(t.Context(), filepath.Join(o.dir, "bienban.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.store.Close() })
	hall := rig.Hall{Program: program, Data: o.dir}
	start := func(addr string, more ...string) *rig.Process {
		p, err := rig.Start("serve", hall.Command(append([]string{"serve", "--data", o.dir, "--addr", addr, "--no-worker", "--second", "none"}, more...)...))
		if err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if said := link.FindStringSubmatch(p.Said()); said != nil && o.url == "" {
				o.url = said[1]
			}
			if o.url != "" {
				if r, err := http.Get(o.url + "/readyz"); err == nil {
					_ = r.Body.Close()
					if r.StatusCode == http.StatusOK {
						return p
					}
				}
			}
			if time.Now().After(end) {
				t.Fatalf("serve does not come up: %s", p.Said())
			}
		}
	}
	serve := start("127.0.0.1:0")
	t.Cleanup(func() {
		o.stopCaptures()
		serve.Kill()
	})

	// The first administrator, from the link that serve prints.
	first := o.browser()
	setUp := setUpLink.FindString(serve.Said())
	if setUp == "" {
		t.Fatalf("no link for the set-up: %s", serve.Said())
	}
	first.run(chromedp.Navigate(setUp))
	first.wait(`document.activeElement.id === "name"`)
	first.keys("Quản trị\tadmin\t" + password + "\t" + password + "\r")
	first.wait(`location.pathname === "/"`)
	first.noComplaints()
	first.cancel()
	if o.people["admin"], err = o.accounts().ByLogin(t.Context(), "admin"); err != nil {
		t.Fatal(err)
	}
	for login, name := range map[string]string{"clerk": "Lê Thị Cúc", "binh": "Trần Văn Bình", "an": "Nguyễn Thị An", "chair": "Phạm Văn Chủ"} {
		if o.people[login], err = o.accounts().Add(t.Context(), o.people["admin"].ID, accounts.New{Login: login, Name: name, Language: "vi", Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	o.create("council-demo")
	// The meeting: serve is started anew with the hall's sound.
	serve.Kill()
	addr := strings.TrimPrefix(o.url, "http://")
	sound := []string{"--meeting", o.meeting, "--input", filepath.Join(module, "internal/casefile/cases/council-demo/mixer.flac"), "--realtime"}
	serve = start(addr, sound...)
	a := o.browser(chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true))
	b := o.browser()
	a.open("binh", "/live")
	b.open("an", "/live")
	a.wait(`document.querySelector("#status .recording")`)
	a.tap("#step-running")
	a.wait(`document.getElementById("pause")`)
	a.keys("m")
	o.until("the first mark", func(s *desk.State) bool { return len(s.Marks) == 1 })
	b.wait(`document.querySelector(".live-item.current .nth").textContent === "1"`)
	before, err := capture.Running(t.Context(), o.root)
	if err != nil || len(before) != 1 {
		t.Fatalf("%+v, %v", before, err)
	}

	serve.Kill() // as a power cut of this process
	a.wait(`document.getElementById("link").classList.contains("bad")`)
	a.keys("2n")
	a.wait(`document.activeElement.id === "note-text"`)
	a.keys("trong lúc mất máy chủ\r")
	a.wait(`Object.keys(localStorage).filter(k => k.startsWith("bienban.unsent")).length === 2`)
	serve = start(addr, sound...)

	st := o.until("what was done meanwhile", func(s *desk.State) bool { return len(s.Marks) == 2 && len(s.Notes) == 1 })
	if st.Notes[0].Text != "trong lúc mất máy chủ" || st.Marks[1].Sample <= st.Marks[0].Sample {
		t.Errorf("note %+v, marks %+v", st.Notes[0], st.Marks)
	}
	b.wait(`document.querySelector(".live-item.current .nth").textContent === "2" && document.querySelectorAll("#notes li").length === 1`)
	a.wait(`document.querySelector("#status .recording")`)
	after, err := capture.Running(t.Context(), o.root)
	if err != nil || len(after) != 1 || after[0].PID != before[0].PID || after[0].Gaps > 0 || after[0].Seconds <= before[0].Seconds {
		t.Errorf("the capture was %+v and is %+v, %v", before[0], after, err)
	}

	// Closed, its text handed in, and reviewed by two at once: no word is lost.
	a.keys(kb.Escape) // out of the note
	a.wait(`!document.getElementById("step-closed").disabled && document.activeElement === document.body`)
	a.keys("x")
	o.until("it is closed", func(s *desk.State) bool { return s.Phase == desk.Closed })
	b.wait(`document.getElementById("still")`)
	b.keys("R")
	rec := o.until("the recording has ended", func(s *desk.State) bool { return s.Recordings[0].Length >= 0 }).Recordings[0].ID
	raised, err := o.store.RaiseEpoch(t.Context(), rec, 1)
	if err != nil {
		t.Fatal(err)
	}
	line := transcribe.Segment{Start: 0.2, End: 1.4, Text: "the reserve may fall"}
	for i, w := range strings.Fields(line.Text) {
		line.Words = append(line.Words, transcribe.Word{Text: w, Start: 0.2 + 0.3*float64(i), End: 0.4 + 0.3*float64(i), P: 0.9})
	}
	if err := o.store.AcceptFinal(t.Context(), halls.Final{Recording: rec, Epoch: raised.Epoch, To: 32000, Segments: []transcribe.Segment{line}}); err != nil {
		t.Fatal(err)
	}
	both := map[*browser]string{a: "Bình nghe thế này", b: "An nghe khác hẳn"}
	for p := range both { // both have the line before them, and nothing is stored before they leave it
		p.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/review"))
		p.wait(`document.querySelector("#s-s1 .said") && !document.getElementById("link").classList.contains("bad")`)
		p.leaveUnstored()
		p.typeInto("s1")
	}
	for p, text := range both {
		p.keys(text)
	}
	a.keys(kb.Escape)
	o.untilShown(rec, "s1", "Bình nghe thế này")
	b.keys(kb.Escape)
	o.until("both texts are kept", func(s *desk.State) bool {
		return len(s.Conflicts) == 1 && s.Conflicts[0].Mine == "An nghe khác hẳn" && s.Conflicts[0].Theirs == "Bình nghe thế này"
	})
	b.wait(`document.querySelector("#s-s1 .both")`)
	if n, _, err := o.store.VerifyAudit(t.Context()); err != nil || n == 0 {
		t.Errorf("the audit log: %d, %v", n, err)
	}
	a.noComplaints()
	b.noComplaints()
}
