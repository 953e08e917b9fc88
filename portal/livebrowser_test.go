package portal_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"bienban/minutes/desk"
)

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

func TestALiveMeetingIsRunByKeysAlone(t *testing.T) {
	o := newOffice(t, "council-demo")
	o.input = "../internal/casefile/cases/council-demo/mixer.flac"
	b := o.browser()
	b.signIn("binh", "/live")
	b.wait(`document.getElementById("link").textContent !== ""`)
	b.shot("start")
	b.keys("r") // record
	st := o.until("a recording begins", func(s *desk.State) bool { return len(s.Recordings) == 1 })
	b.wait(`document.querySelector("#status .recording")`)
	b.run(chromedp.Click(chromedp.CSS("#step-running")))
	o.until("the meeting runs", func(s *desk.State) bool { return s.Phase == desk.Running })
	b.wait(`document.getElementById("pause")`)
	b.shot("running")
	_ = st
	b.keys("m")
	o.until("the first item is marked", func(s *desk.State) bool { return len(s.Marks) == 1 && s.Marks[0].Recording != "" })
	b.wait(`document.querySelector(".live-item.current")`)
	b.shot("marked")
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the page complained: %v", c)
	}
}
