package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/measure"
	"bienban/transcribe"
	"bienban/transcribe/live"
)

// turnEnds reads when turns truly end, in seconds.
func turnEnds(path string) ([]float64, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var out []float64
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if i == 0 {
			continue // names of the columns
		}
		fields := strings.Split(line, "\t")
		if len(fields) < 2 {
			return nil, fmt.Errorf("%s: line %d has no end", path, i+1)
		}
		end, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, i+1, err)
		}
		out = append(out, end)
	}
	return out, nil
}

// slack is how far before a turn's written end, in seconds, its last sound may
// lie: text up to there covers its last words.
const slack = 0.3

// first is how long after t some event that fits covered the sound up to t
// less the slack; false when none did.
func (p *played) first(t float64, fits func(live.Event) bool) (float64, bool) {
	for _, e := range p.events {
		if e.Text != "" && fits(e) && float64(e.ToSample)/transcribe.SampleRate >= t-slack {
			return e.At - t, true
		}
	}
	return 0, false
}

func (p *played) report(ends []float64, language, reference string) {
	commit := func(e live.Event) bool { return e.Type == live.Committed }
	any := func(live.Event) bool { return true }
	var commits, texts []float64
	missing := 0
	for _, end := range ends {
		c, ok := p.first(end, commit)
		if !ok {
			missing++
			continue
		}
		commits = append(commits, c)
		t, _ := p.first(end, any)
		texts = append(texts, t)
	}
	if len(ends) > 0 {
		fmt.Printf("turn to commit           %s (%d turns, %d without)\n", spread(commits), len(ends), missing)
		fmt.Printf("turn to first text       %s\n", spread(texts))
	}
	fmt.Printf("any moment to first text %s\n", spread(p.moments(any)))
	fmt.Printf("any moment to commit     %s\n", spread(p.moments(commit)))
	lag, provisional, said := 0.0, 0, []string{}
	for _, e := range p.events {
		lag = max(lag, e.Lag)
		if e.Type == live.Provisional {
			provisional++
		} else if e.Text != "" {
			said = append(said, e.Text)
		}
	}
	fmt.Printf("processor                %.2f cores on average (%.1f s in %.1f s)\n", p.cpu.Seconds()/p.took.Seconds(), p.cpu.Seconds(), p.took.Seconds())
	fmt.Printf("events                   %d provisional, %d committed with text; lag at most %.2f s\n", provisional, len(said), lag)
	fmt.Printf("word error rate live     %s\n", rateOf(measure.WER(language, reference, strings.Join(said, " "))))
}

// moments is how late text came to each tenth of a second of speech.
func (p *played) moments(fits func(live.Event) bool) []float64 {
	var out []float64
	for _, e := range p.events {
		if e.Type != live.Committed {
			continue
		}
		for _, c := range e.Coverage {
			if c.Kind != transcribe.CoveredSpeech {
				continue
			}
			for at := c.From; at < c.To; at += transcribe.SampleRate / 10 {
				t := float64(at) / transcribe.SampleRate
				for _, e := range p.events {
					if e.Text != "" && fits(e) && e.ToSample > at {
						out = append(out, e.At-t)
						break
					}
				}
			}
		}
	}
	return out
}

func spread(v []float64) string {
	if len(v) == 0 {
		return "none"
	}
	v = slices.Sorted(slices.Values(v))
	at := func(q float64) float64 { return v[min(len(v)-1, int(q*float64(len(v))))] }
	return fmt.Sprintf("p50 %.2f s, p95 %.2f s, most %.2f s", at(0.5), at(0.95), v[len(v)-1])
}

func rateOf(e measure.Errors) string {
	return fmt.Sprintf("%.1f %% (%d substituted, %d inserted, %d missing of %d)", 100*e.Rate(), e.Substituted, e.Inserted, e.Deleted, e.Reference)
}
