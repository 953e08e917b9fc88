// Command reviewcost estimates how long a person takes to review an hour of a
// meeting, from the keys of a scripted review on transcripts of a known word
// error rate. It is a keystroke-level model (Card, Moran, Newell: "The
// keystroke-level model for user performance time with interactive systems",
// Communications of the ACM 23/7, 1980), not a trial with people.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"bienban/internal/casefile/cases"
)

// Times of the model, in seconds, as its authors give them.
const (
	key     = 0.28 // K, an average typist of 40 words a minute
	point   = 1.10 // P, the mouse to a target
	button  = 0.10 // B, a press or a release
	hands   = 0.40 // H, between mouse and keyboard
	think   = 1.35 // M, to decide
	respond = 2.0  // R, what is played around a doubtful word
)

// speech is how fast people speak in the scripts as the sample halls have it.
const wordsPerSecond = 2.5

// Shares of words under the confidence of 0.5 that pages mark, of Whisper base on
// Vietnamese (docs/measurements.md, "Review").
const markedWrong, markedRight = 0.25, 0.075

// cost is what a way of working takes for a transcript.
type cost struct {
	listen, locate, open, text, store, decide float64
}

func (c cost) sum() float64 { return c.listen + c.locate + c.open + c.text + c.store + c.decide }

// typed counts the keys of a word by Telex: a letter each, a key for each mark
// over or under it, two for đ.
func typed(word string) float64 {
	n := 0
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		n++
		if r == 'đ' {
			n++
		}
		if unicode.IsUpper(r) {
			n++
		}
	}
	return float64(n)
}

func main() {
	speed := flag.Float64("speed", 1.25, "how fast sound is played in the second way of working")
	flag.Parse()
	var words []string
	for _, name := range cases.All() {
		c, err := cases.Case(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if c.Language != "vi" {
			continue
		}
		for _, t := range c.Turns {
			words = append(words, strings.Fields(t.Text)...)
		}
	}
	fmt.Println("WER  way     minutes an hour: all  listen  locate  open  text  store  decide   errors an hour")
	for _, wer := range []float64{0.10, 0.27, 0.40} {
		one, two, wrong := review(words, wer, *speed)
		hours := float64(len(words)) / wordsPerSecond / 3600
		for _, w := range []struct {
			name string
			c    cost
		}{{"mouse", one}, {"keys", two}} {
			m := func(s float64) float64 { return s / 60 / hours }
			fmt.Printf("%.0f %%  %-6s  %21.0f  %6.0f  %6.0f  %4.0f  %4.0f  %5.0f  %6.0f   %.0f\n", wer*100, w.name, m(w.c.sum()),
				m(w.c.listen), m(w.c.locate), m(w.c.open), m(w.c.text), m(w.c.store), m(w.c.decide), float64(wrong)/hours)
		}
	}
}

// review corrects a transcript in two ways: one, all by ear, with the mouse to
// each wrong word; two, doubtful words first by their key, then by ear, stopping
// at the word heard.
func review(words []string, wer, speed float64) (one, two cost, wrong int) {
	rng := rand.New(rand.NewPCG(1, uint64(wer*100)))
	seconds := float64(len(words)) / wordsPerSecond
	one.listen, two.listen = seconds, seconds/speed
	for _, w := range words {
		if rng.Float64() >= wer {
			if rng.Float64() < markedRight { // looked at for nothing
				two.open += key
				two.listen += respond
				two.decide += think
			}
			continue
		}
		wrong++
		one.decide += think
		two.decide += think
		one.text += typed(w) * key
		two.text += typed(w) * key
		// Stop, back 3 s and hear it again; mouse to the word, double click to open the line, double click on the
		// word; hands back. Then leave the line and play.
		one.open += key
		one.listen += 3
		one.locate += hands + 2*point + 8*button + hands
		one.store += 2 * key
		if rng.Float64() < markedWrong {
			two.open += key // F9: it is stored, and the next one opened, selected and played
			two.listen += respond
			continue
		}
		two.open += key         // Enter: stopped, and the word just heard is selected
		two.locate += 0.5 * key // every second time it was the word before
		two.store += key        // F8: stored, and played on from a second before
		two.listen++
	}
	return one, two, wrong
}
