package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTheDemonstrationsPortalIsAllThereAndLeavesNothing runs the program: who is who
// is printed, each can sign in and sees what the role may, the live meeting gets its
// text from its sound, and when it ends no file and no process is left.
func TestTheDemonstrationsPortalIsAllThereAndLeavesNothing(t *testing.T) {
	m := newMachine(t, 0)
	tmp := t.TempDir()
	m.env = append(m.env, "TMPDIR="+tmp, "LANG=C.UTF-8")
	s := m.start("demo", "--serve", "--addr", "127.0.0.1:0")
	base := s.until(t, servingOn)
	s.until(t, `The portal is open: (\S+)`)
	s.until(t, `Ctrl-C ends it`)
	accounts := regexp.MustCompile(`(?m)^  (\w+) .*password ([a-z0-9-]+)$`).FindAllStringSubmatch(s.all(), -1)
	if len(accounts) != len(demoPeople) {
		t.Fatalf("%d accounts are printed, want %d:\n%s", len(accounts), len(demoPeople), s.all())
	}
	live, past := "", ""
	for i, a := range accounts {
		if a[1] != demoPeople[i].login {
			t.Errorf("account %d is %s, want %s", i+1, a[1], demoPeople[i].login)
		}
		v := visit(t, base, nil)
		if r, _ := v.post("/login", url.Values{"login": {a[1]}, "password": {a[2]}}); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/" {
			t.Errorf("%s cannot sign in: status %d", a[1], r.StatusCode)
			continue
		}
		_, body := v.get("/")
		ids := regexp.MustCompile(`href="(/m/[a-z0-9]+)"`).FindAllStringSubmatch(body, -1)
		if want := map[bool]int{true: 0, false: 2}[a[1] == "admin"]; len(ids) != want {
			t.Errorf("%s sees %d meetings, want %d", a[1], len(ids), want)
			continue
		}
		if a[1] == "admin" {
			if r, _ := v.get("/users"); r.StatusCode != http.StatusOK {
				t.Errorf("the administrator's users: status %d", r.StatusCode)
			}
			continue
		}
		for _, id := range ids {
			_, page := v.get(id[1])
			if strings.Contains(page, "phase-running") {
				live = id[1]
			} else if strings.Contains(page, "phase-in_review") {
				past = id[1]
			}
		}
		for path, may := range map[string]bool{live + "/live": a[1] != "delegate" && a[1] != "screen", past + "/members": a[1] == "clerk"} {
			if r, _ := v.get(path); (r.StatusCode == http.StatusOK) != may {
				t.Errorf("%s at %s: status %d", a[1], path, r.StatusCode)
			}
		}
		if a[1] == "secretary" {
			if _, page := v.get(past + "/review"); !strings.Contains(page, "đại hội") {
				t.Error("the meeting that is over has no text")
			}
			says := func() bool { _, page := v.get(live + "/live"); return strings.Contains(page, "Good evening") }
			for late := time.Now().Add(time.Minute); !says(); time.Sleep(100 * time.Millisecond) {
				if time.Now().After(late) {
					t.Fatalf("no text comes from the sound:\n%s", s.all())
				}
			}
		}
	}
	if live == "" || past == "" {
		t.Fatalf("live %q, past %q", live, past)
	}
	mine := s.cmd.Process.Pid
	children := childrenOf(t, tmp, mine)
	if len(children) == 0 {
		t.Error("no capture runs")
	}
	for _, pid := range children { // the sample is over after two minutes, the live meeting is not
		if line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); bytes.Contains(line, []byte("\x00capture\x00")) && !bytes.Contains(line, []byte("\x00--repeat\x001h0m0s")) {
			t.Errorf("the hall falls silent when the sample is over: %q", line)
		}
	}
	if code := s.stop(t); code != exitDone {
		t.Errorf("exit code %d:\n%s", code, s.all())
	}
	for _, pid := range children {
		gone(t, pid)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// childrenOf lists processes whose command line or working files name a folder.
func childrenOf(t *testing.T, folder string, but int) []int {
	t.Helper()
	all, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, e := range all {
		b, err := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if n := number(e.Name()); err == nil && n > 0 && n != but && strings.Contains(string(b), folder) && syscall.Kill(n, 0) == nil {
			found = append(found, n)
		}
	}
	return found
}

func number(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0
		}
		n = 10*n + int(r-'0')
	}
	return n
}
