// Command reviewcost estimates how long a person takes to review an hour of a
// meeting, from the keys of a scripted review (package reviewplan) of the
// Vietnamese sample scripts with a known word error rate.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"bienban/internal/casefile/cases"
	"bienban/internal/measure"
	"bienban/internal/reviewplan"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// wordsPerSecond is how fast people speak in the scripts as the sample halls have it.
const wordsPerSecond = 2.5

func main() {
	speed := flag.Float64("speed", 1.25, "how fast sound is played")
	flag.Parse()
	said, state, err := meetings()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	names := make([]string, len(state.People))
	for i, p := range state.People {
		names[i] = p.Name
	}
	hours := said[len(said)-1].End / 3600
	fmt.Println("WER   way    minutes an hour: all  listen  decide  type  keys   stops an hour")
	for _, wer := range []float64{0.10, 0.27, 0.40} {
		heard := spoiled(said, wer, names)
		for _, w := range []struct {
			name string
			way  reviewplan.Way
		}{{"mouse", reviewplan.Mouse}, {"old", reviewplan.Old}, {"new", reviewplan.New}} {
			real := measure.WER("vi", text(said), text(heard)).Rate()
			c := reviewplan.Price(w.way, rand.New(rand.NewPCG(2, 0)), heard, said, state.Names(), *speed)
			m := func(s float64) float64 { return s / 60 / hours }
			fmt.Printf("%2.0f %%  %-6s  %20.0f  %6.0f  %6.0f  %4.0f  %4.0f   %.0f\n", real*100, w.name, m(c.Sum()), m(c.Listen), m(c.Decide), m(c.Type), m(c.Keys), float64(c.Steps)/hours)
		}
	}
}

// spoiled is the text with such a word error rate as measure counts it: figures
// after normalising, of which one wrong word breaks the whole.
func spoiled(said []transcribe.Segment, wer float64, names []string) (heard []transcribe.Segment) {
	low, high, best := 0.0, wer*1.5, 1.0
	for range 16 {
		mid := (low + high) / 2
		one := reviewplan.Spoil(rand.New(rand.NewPCG(1, 1)), said, mid, names)
		rate := measure.WER("vi", text(said), text(one)).Rate()
		if off := math.Abs(rate - wer); off < best {
			best, heard = off, one
		}
		if rate < wer {
			low = mid
		} else {
			high = mid
		}
	}
	return heard
}

func text(segments []transcribe.Segment) string {
	all := make([]string, len(segments))
	for i, g := range segments {
		all[i] = g.Text
	}
	return strings.Join(all, " ")
}

// meetings joins the Vietnamese scripts to one text with times, and the people of
// all to one register.
func meetings() ([]transcribe.Segment, *desk.State, error) {
	var said []transcribe.Segment
	s := &desk.State{}
	s.Head.Language = "vi"
	at := 0.0
	for _, name := range cases.All() {
		c, err := cases.Case(name)
		if err != nil {
			return nil, nil, err
		}
		if c.Language != "vi" {
			continue
		}
		for _, t := range c.Turns {
			if s.PersonAt(t.Speaker) == nil {
				s.People = append(s.People, desk.Person{Person: minutes.Person{Name: t.Speaker}})
			}
			g := transcribe.Segment{ID: "s" + strconv.Itoa(len(said)+1), Start: at, Text: t.Text}
			for _, w := range strings.Fields(t.Text) {
				g.Words = append(g.Words, transcribe.Word{Text: w, Start: at, End: at + 1/wordsPerSecond})
				at += 1 / wordsPerSecond
			}
			g.End = at
			said = append(said, g)
		}
	}
	return said, s, nil
}
