package portal_test

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"bienban/internal/accounts"
	"bienban/internal/bus/membus"
	"bienban/internal/capture"
	"bienban/internal/rig"
	"bienban/internal/sqlstore"
	"bienban/minutes/desk"
)

// TestAKillInTheMiddleOfAMeetingCostsNothing runs the program itself: its serve
// is killed while a hall is recorded and two people work, and started again.
func TestAKillInTheMiddleOfAMeetingCostsNothing(t *testing.T) {
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
	o.people["admin"] = o.firstAdministrator()
	for login, name := range map[string]string{"clerk": "Lê Thị Cúc", "binh": "Trần Văn Bình", "an": "Nguyễn Thị An", "chair": "Phạm Văn Chủ"} {
		if o.people[login], err = o.accounts().Add(t.Context(), o.people["admin"].ID, accounts.New{Login: login, Name: name, Language: "vi", Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	o.create("council-demo")
	hall := rig.Hall{Program: program, Data: o.dir}
	start := func(addr string) *rig.Process {
		p, err := rig.Start("serve", hall.Command("serve", "--data", o.dir, "--addr", addr, "--no-worker", "--second", "none", "--meeting", o.meeting,
			"--input", filepath.Join(module, "internal/casefile/cases/council-demo/mixer.flac"), "--realtime"))
		if err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			for _, line := range strings.Split(p.Said(), "\n") {
				if i := strings.Index(line, "http://127.0.0.1:"); i >= 0 && o.url == "" {
					o.url = strings.TrimRight(strings.Fields(strings.ReplaceAll(line[i:], ",", " "))[0], "/")
				}
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
	a := o.browser(chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true))
	b := o.browser()
	a.open("binh", "/live")
	b.open("an", "/live")
	a.wait(`document.querySelector("#status .recording")`)
	a.click("#step-running")
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
	serve = start(strings.TrimPrefix(o.url, "http://"))

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
	if n, _, err := o.store.VerifyAudit(t.Context()); err != nil || n == 0 {
		t.Errorf("the audit log: %d, %v", n, err)
	}
	a.noComplaints()
	b.noComplaints()
}
