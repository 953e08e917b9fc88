package main

import (
	"fmt"
	"slices"
	"time"
)

// report prints what was done and how long it took.
func (l *lab) report(people []*secretary, readers []*reader) {
	var sends, acked, conflicts, refused, left, known, repeated, cut int
	kinds := map[string]int{}
	var took []time.Duration
	why := map[string]int{}
	for _, s := range people {
		known, repeated, cut = known+s.known, repeated+s.repeat, cut+s.cut
		for _, e := range s.ledger {
			sends += e.sends
			switch {
			case e.seq > 0:
				acked++
				kinds[string(e.act.Kind)]++
				took = append(took, e.took)
				if e.conflict {
					conflicts++
				}
			case e.refused != "":
				refused++
				why[string(e.act.Kind)+" "+e.refused]++
			case e.left:
				left++
			}
		}
	}
	opens := 0
	events := int64(0)
	for _, r := range readers {
		opens += r.opens
		events = max(events, r.had())
	}
	fmt.Fprintf(l.out, "%d moments, %d secretaries\n", l.moments, len(people))
	fmt.Fprintf(l.out, "acts: %d acknowledged (%d kinds, %d of them conflicts), %d sends, %d without an answer, %d of them done all the same, %d acts left unanswered, %d refused, %d sent again after their answer\n",
		acked, len(kinds), conflicts, sends, cut, known, left, refused, repeated)
	fmt.Fprintf(l.out, "an act to its answer, kills included: %s\n", spread(took))
	fmt.Fprintf(l.out, "from kill to ready again: %s; end by SIGTERM with %d browsers connected: %.2f s\n", spread(l.restarts), len(readers), l.stopping.Seconds())
	fmt.Fprintf(l.out, "browsers: %d, %d connections, %d events each\n", len(readers), opens, events)
	for _, text := range commonest(why, 3) {
		fmt.Fprintf(l.out, "  refused: %s\n", text)
	}
}

// commonest gives the n entries that came most often.
func commonest(counts map[string]int, n int) []string {
	var all []string
	for text := range counts {
		all = append(all, text)
	}
	slices.SortFunc(all, func(a, b string) int { return counts[b] - counts[a] })
	for i, text := range all {
		all[i] = fmt.Sprintf("%d × %.120s", counts[text], text)
	}
	return all[:min(n, len(all))]
}

// spread is the middle, the 95th of a hundred and the longest.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	at := func(share float64) float64 { return all[int(share*float64(len(all)-1))].Seconds() }
	return fmt.Sprintf("p50 %.3f, p95 %.3f, at most %.3f s", at(0.5), at(0.95), at(1))
}
