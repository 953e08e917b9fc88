package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"bienban/internal/host"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
	"bienban/transcribe"
)

// result is what a soak left.
type result struct {
	settings settings
	tape     *tape.Tape
	end      int64 // of the sound, in samples
	began    time.Time
	took     time.Duration
	text     transcribe.Transcript
	memory   []held
	begun    []string // what serve said of hearing that began, once more and why
}

// held is what the processes held when the worker had come to a sample.
type held struct {
	at    int64
	bytes map[string]int64
}

// names of the processes, in the order of the report.
var names = []string{"serve", "capture", "worker", "engine"}

// watchEvery is how often memory is looked at.
const watchEvery = 500 * time.Millisecond

// watch looks at the memory of the processes until ctx ends.
func (r *result) watch(ctx context.Context, serve, capture int, come *atomic.Int64) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h := held{at: come.Load(), bytes: map[string]int64{"serve": rig.Memory(serve), "capture": rig.Memory(capture)}}
		for _, w := range rig.Children(serve) {
			h.bytes["worker"] = rig.Memory(w)
			for _, e := range rig.Children(w) {
				h.bytes["engine"] = rig.Memory(e)
			}
		}
		r.memory = append(r.memory, h)
	}
}

// Bounds.
const (
	growMost  = 0.10
	growFloor = 4 << 20 // below it, growth is the garbage collector's
	judgeFrom = 45 * 60 * tape.Rate
	timeMost  = 0.2 // seconds
	edge      = 0.3 // seconds of a part's beginning and end that may belong to its neighbour
)

// report prints everything and gives what breaks its bound.
func (r *result) report(w io.Writer) error {
	fmt.Fprintf(w, "%.2f h of sound in %s (%.0f times as fast), model %s, real %v; load %.2f\n", float64(r.end)/tape.Rate/3600,
		r.took.Round(time.Second), float64(r.end)/tape.Rate/r.took.Seconds(), r.settings.model, r.settings.real > 0, host.Load())
	if len(r.begun) > 1 {
		fmt.Fprintf(w, "hearing was begun anew:\n%s\n", strings.Join(r.begun, "\n"))
	}
	return errors.Join(r.reportMemory(w), r.reportWords(w), r.reportLedger(w))
}

func (r *result) reportMemory(w io.Writer) error {
	const parts = 10
	by := make([]map[string][]int64, parts)
	for i := range by {
		by[i] = map[string][]int64{}
	}
	for _, h := range r.memory {
		if h.at == 0 {
			continue // not begun
		}
		tenth := by[min(parts-1, int(h.at*parts/r.end))]
		for name, b := range h.bytes {
			if b > 0 {
				tenth[name] = append(tenth[name], b)
			}
		}
	}
	fmt.Fprintf(w, "\nmemory in MB, median in each tenth of the sound\n")
	var wrong []error
	for _, name := range names {
		fmt.Fprintf(w, "%-8s", name)
		var later []float64
		for i := range by {
			m := median(by[i][name])
			fmt.Fprintf(w, " %6.1f", float64(m)/(1<<20))
			if i > 0 && m > 0 {
				later = append(later, float64(m))
			}
		}
		from, to := trend(later)
		growth := 0.0
		if from > 0 {
			growth = to/from - 1
		}
		fmt.Fprintf(w, "   %+.1f %% after the first tenth\n", 100*growth)
		if growth > growMost && to-from > growFloor && r.end >= judgeFrom {
			wrong = append(wrong, fmt.Errorf("%s grew by %.1f %% (%.1f MB) after the first tenth, at most %.0f %% is allowed", name, 100*growth, (to-from)/(1<<20), 100*growMost))
		}
	}
	return errors.Join(wrong...)
}

// trend is where the straight line that fits best begins and ends. A process that
// collects garbage holds now more, now less; what counts is whether it grows.
func trend(v []float64) (from, to float64) {
	if len(v) < 2 {
		return 0, 0
	}
	middle, mean := float64(len(v)-1)/2, 0.0
	for _, y := range v {
		mean += y / float64(len(v))
	}
	var xy, xx float64
	for i, y := range v {
		x := float64(i) - middle
		xy, xx = xy+x*(y-mean), xx+x*x
	}
	slope := xy / xx
	return mean - slope*middle, mean + slope*middle
}

func median(v []int64) int64 {
	if len(v) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(v))[len(v)/2]
}

// word is one that was committed, in seconds of the recording.
type word struct {
	text       string
	start, end float64
}

func (r *result) words() []word {
	var out []word
	for _, s := range r.text.Segments {
		if s.Struck {
			continue
		}
		for _, w := range s.Words {
			out = append(out, word{w.Text, w.Start, w.End})
		}
	}
	return out
}

func (r *result) reportWords(w io.Writer) error {
	all := r.words()
	next, said, matched, outside := 0, 0, 0, 0
	var first, last []float64
	var stray []string
	r.tape.Walk(r.end, func(p tape.Placed) {
		from, to := float64(p.From)/tape.Rate, float64(p.To)/tape.Rate
		begin := next
		for next < len(all) && (all[next].start+all[next].end)/2 < to {
			next++
		}
		here := all[begin:next]
		if !p.Speech {
			for _, x := range here {
				if m := (x.start + x.end) / 2; m > from+edge && m < to-edge {
					outside++
					stray = append(stray, fmt.Sprintf("%q at %.1f s", x.text, x.start))
				}
			}
			return
		}
		if int(p.To-p.From) < len(p.PCM) {
			return // cut by the end of the tape
		}
		said += len(p.Result.Words)
		off := compare(here, p.Result.Words, from)
		matched += len(off)
		if first == nil {
			first = off
		}
		last = off
	})
	fmt.Fprintf(w, "\nwords: %d expected, %d of them committed, %d committed in all; %d where nobody speaks\n", said, matched, len(all), outside)
	fmt.Fprintf(w, "word times off: first speech %s; last speech %s\n", spread(first), spread(last))
	var wrong []error
	if outside > 0 {
		wrong = append(wrong, fmt.Errorf("%d words where nobody speaks: %s", outside, strings.Join(stray[:min(10, len(stray))], ", ")))
	}
	least, off := 0.99, quantile(last, 1)
	if r.settings.real > 0 { // windows that lie otherwise are heard otherwise
		least, off = 0.85, quantile(last, 0.5)
	}
	if said > 0 && float64(matched) < least*float64(said) {
		wrong = append(wrong, fmt.Errorf("%d of %d words were committed, %.0f %% must be", matched, said, 100*least))
	}
	if off > timeMost {
		wrong = append(wrong, fmt.Errorf("words at the end are off by %.2f s, at most %.1f s are allowed", off, timeMost))
	}
	return errors.Join(wrong...)
}

func spread(v []float64) string {
	return fmt.Sprintf("p50 %.3f, p95 %.3f, most %.3f s", quantile(v, 0.5), quantile(v, 0.95), quantile(v, 1))
}

func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	return slices.Sorted(slices.Values(v))[min(len(v)-1, int(q*float64(len(v))))]
}

// reportLedger checks that every second is accounted for, and none as a gap.
func (r *result) reportLedger(w io.Writer) error {
	sums := map[string]float64{}
	for _, c := range r.text.Coverage {
		sums[c.Kind] += c.End - c.Start
	}
	fmt.Fprintf(w, "ledger:")
	for _, kind := range []string{transcribe.CoveredSpeech, transcribe.CoveredNonSpeech, transcribe.CoveredPaused, transcribe.CoveredGap} {
		fmt.Fprintf(w, " %s %.1f s", kind, sums[kind])
	}
	fmt.Fprintln(w)
	return rig.Accounted(r.text, float64(r.end)/tape.Rate, false)
}
