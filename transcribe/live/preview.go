package live

import (
	"context"
	"slices"

	"bienban/transcribe"
)

// preview is the state of provisional work. Nothing of it has a say in what is
// committed.
type preview struct {
	least int64 // samples between two decodes, at least
	paid  int64 // what their cost allows
	step  int64 // what is kept: more than paid for a while after a backlog
	at    int64 // where the last one ended
	words []transcribe.Spoken
	ran   bool // there was one in the last Feed: how late the next comes is its cost
	shown bool // there is provisional text beyond the last commit
}

func newPreview(o Options) preview {
	step := int64(o.Step.Seconds() * rate)
	if step <= 0 {
		step = int64(StepLeast.Seconds() * rate)
	}
	return preview{least: step, paid: step, step: step}
}

// restPart is the share of time in which provisional work may keep the machine
// busy: what commits need must fit beside it.
const restPart = 0.5

// fed learns from how late the sound is what a decode costs, and sets the step.
func (p *preview) fed(late, chunk int64) {
	bound := func(n int64) int64 { return min(max(n, p.least), int64(StepMost.Seconds()*rate)) }
	switch {
	case p.ran:
		p.ran = false
		cost := int64(float64(late+chunk) / restPart)
		p.paid = bound((p.paid + cost) / 2) // half of the way: one slow decode is no load
		p.step = max(p.step, p.paid)
		if late <= lateMost {
			p.step = p.paid
		}
	case late > lateMost:
		p.step = bound(max(p.step, late))
	default:
		p.step = max(p.paid, p.step-chunk/2)
	}
}

// restart forgets what a commit has overtaken.
func (p *preview) restart(upTo int64) {
	p.words, p.shown = nil, false
	p.at = max(p.at, upTo)
}

// glance makes provisional text when some is due: a step after the last while
// somebody speaks, and at once when he stops, since that decode is the final
// one if he has ended.
func (c *Committer) glance(ctx context.Context) error {
	p := &c.preview
	if c.opts.NoProvisional || c.late > lateMost {
		return nil
	}
	all, to := c.heard, c.now()
	c.eng.careful = false
	if current, speaking := c.current(); speaking {
		all = append(all[:len(all):len(all)], current)
		if to-max(p.at, c.start(all)) < p.step {
			return nil
		}
	} else if len(all) > 0 {
		stop := all[len(all)-1].To + pad
		if to < all[len(all)-1].To+stopLeast || p.at == stop {
			return nil
		}
		to, c.eng.careful = stop, true
	}
	speech := int64(0)
	for _, h := range all {
		speech += h.To - h.From
	}
	if speech < glanceLeast {
		return nil
	}
	got, err := c.dec.Glance(ctx, c.sound(all, to), c.before)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.at, p.ran = to, true
	if err != nil || got.Doubtful() || murmur(got.Evidence()) {
		return nil //nolint:nilerr // the final decode has guards and another try
	}
	segs, _ := got.Segments()
	segs = slices.DeleteFunc(segs, func(s transcribe.Segment) bool { return s.Struck })
	words := got.Words()
	e := Event{
		Type: Provisional, FromSample: c.upTo, ToSample: to, Segments: segs, Text: textOf(segs),
		Language: c.dec.Language(), Lag: c.Lag(),
	}
	e.Stable = min(agreed(p.words, words), wordsIn(segs))
	p.words = words
	if e.Text == "" && !p.shown {
		return nil
	}
	p.shown = e.Text != ""
	return c.emit(e)
}

func wordsIn(segs []transcribe.Segment) int {
	n := 0
	for _, s := range segs {
		n += len(s.Words)
	}
	return n
}
