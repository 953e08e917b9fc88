package portal_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"bienban/internal/measure"
	"bienban/internal/reviewplan"
)

// TestTheKeysThatAreCountedPutATextRight presses the keys of a scripted review on
// the page itself: what docs/measurements.md counts is what a person must press.
func TestTheKeysThatAreCountedPutATextRight(t *testing.T) {
	o := newOffice(t, "council-demo")
	said := spoken(t, "council-demo", 0, func(int) bool { return false })[:5]
	for i := range said {
		said[i].ID = fmt.Sprintf("s%d", i+1)
	}
	var names []string
	for _, p := range o.state().People {
		names = append(names, p.Name)
	}
	heard := reviewplan.Spoil(rand.New(rand.NewPCG(1, 27)), said, 0.15, names)
	// One name is misheard for certain, in two lines.
	heard[1].Text, said[1].Text = "Daniel Osai "+heard[1].Text, "Daniel Osei "+said[1].Text
	heard[3].Text, said[3].Text = heard[3].Text+" Daniel Osai", said[3].Text+" Daniel Osei"
	for _, i := range []int{1, 3} {
		words := strings.Fields(heard[i].Text)
		w := heard[i].Words[0]
		heard[i].Words = nil
		for j, text := range words {
			w.Text, w.Start, w.End, w.P = text, heard[i].Start+float64(j)*0.35, heard[i].Start+float64(j)*0.35+0.3, 0.9
			heard[i].Words = append(heard[i].Words, w)
		}
		heard[i].End = w.End
	}
	rec := o.recordedText(heard)
	plan := reviewplan.Plan(rand.New(rand.NewPCG(2, 0)), heard, said, o.state().Names())
	if len(plan) < 6 {
		t.Fatalf("only %d corrections: %+v", len(plan), plan)
	}
	b := o.browser()
	b.open("binh", "/review")
	b.keys("]") // 1.25×
	pressed, counted := 0, 0
	press := func(n int, keys string, held ...kb.Modifier) {
		b.keys(keys, held...)
		pressed += n
	}
	shift := map[string]int{} // words that a line has more now than it had
	for _, s := range plan {
		from, to := s.From+shift[s.Segment], s.To+shift[s.Segment]
		// The sound comes to the place where the person notices and presses a key.
		at := s.Noticed + reviewplan.React*1.25
		b.run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`bienban.sound.play(%f)`, at-1.4)))
		b.wait(fmt.Sprintf(`document.getElementById("audio").currentTime >= %f`, at))
		b.do(fmt.Sprintf(`Object.defineProperty(bienban.sound, "at", { value: %f, configurable: true })`, at)) // the key comes now, also on a slow machine
		if s.Name {
			press(1, "a")
			counted += s.Keys
			b.wait(`!document.querySelector("mark.near")`)
			continue
		}
		press(1, "\r")
		b.wait(`document.activeElement.matches("textarea.typing")`)
		if id := b.text(`document.activeElement.closest("li").dataset.id`); id != s.Segment {
			t.Fatalf("stopped in %s, wanted %s: %+v", id, s.Segment, s)
		}
		// The way from the word selected is counted apart.
		got := int(b.number(`document.activeElement.value.slice(0, document.activeElement.selectionStart).split(/\s+/).filter(Boolean).length`))
		counted += s.Keys - reviewplan.SelectKeys(s.Heard, s.From, max(s.From+1, s.To))
		for ; got < from; got++ {
			b.keys(kb.ArrowRight, kb.ModifierCtrl)
		}
		for ; got > from; got-- {
			b.keys(kb.ArrowLeft, kb.ModifierCtrl)
		}
		for i := from + 1; i < to; i++ {
			b.keys(kb.ArrowRight, kb.ModifierCtrl, kb.ModifierShift)
		}
		switch {
		case s.From == s.To: // words were missing
			press(1, kb.ArrowRight)
			press(1+reviewplan.Typed(s.Text), " "+s.Text)
			shift[s.Segment] += len(strings.Fields(s.Text))
		case s.Text == "":
			press(1, kb.Delete)
			shift[s.Segment] -= s.To - s.From
		default:
			press(reviewplan.Typed(s.Text), s.Text)
			shift[s.Segment] += len(strings.Fields(s.Text)) - (s.To - s.From)
		}
		press(1, kb.F8)
		b.wait(`!document.querySelector("textarea.typing")`)
		if s.Again != "" {
			press(1, "r")
		}
	}
	b.wait(`!Object.keys(localStorage).some(k => k.startsWith("bienban.unsent"))`)
	for i, g := range said {
		if e := measure.StrictWER("en", g.Text, o.shown(rec, g.ID)); e.Rate() > 0 {
			t.Errorf("segment %d is %q, was said %q (heard %q)", i, o.shown(rec, g.ID), g.Text, heard[i].Text)
		}
	}
	if pressed != counted {
		t.Errorf("%d keys were pressed, %d counted", pressed, counted)
	}
	if c := o.state().Conflicts; len(c) > 0 {
		t.Errorf("conflicts with oneself: %+v", c)
	}
	b.noComplaints()
}
