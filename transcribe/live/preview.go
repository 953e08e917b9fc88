package live

import (
	"context"
	"slices"

	"bienban/internal/lang"
	"bienban/transcribe"
)

// preview is the state of provisional work. Nothing of it has a say in what is
// committed.
type preview struct {
	least int64 // samples between two decodes, at least
	paid  int64 // what their cost allows
	step  int64 // what is kept: more than paid for a while after a backlog
	at    int64 // where the last one ended
	last  int64 // where the last one ended that may be the final one
	reach int64 // the detector has been here, perhaps before the last commit
	head  head
	words []transcribe.Spoken // of the last one, behind the head
	ran   bool                // there was a quick one in this Feed: how late the next comes is its cost
	shown bool                // there is provisional text beyond the last commit
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
const restPart = 0.65

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
	p.head, p.words, p.shown = head{}, nil, false
	p.at = max(p.at, upTo)
}

// glance makes provisional text when some is due: a step after the last while
// somebody speaks, and when he stops. Then words that no text has yet come
// first, quickly; what is decoded with care after that is the final text if he
// has ended.
func (c *Committer) glance(ctx context.Context) error {
	p := &c.preview
	if c.opts.NoProvisional || c.late > lateMost || p.ran { // what came meanwhile is heard first
		return nil
	}
	all, to := c.heard, c.now()
	careful := false
	if current, speaking := c.current(); speaking {
		all = append(all[:len(all):len(all)], current)
		if to-max(p.at, c.start(all)) < p.step {
			return nil
		}
	} else if len(all) > 0 {
		end := all[len(all)-1].To
		stop := end + pad
		if to < end+stopLeast || p.last == stop {
			return nil
		}
		to, careful = stop, p.at >= end-wordsNew
	}
	speech := int64(0)
	for _, h := range all {
		speech += h.To - h.From
	}
	if speech < glanceLeast {
		return nil
	}
	return c.show(ctx, all, to, careful)
}

// paused makes provisional text in the midst of a chunk when somebody stops: by
// the chunk's end the pause may be long enough to commit, which takes far longer.
func (c *Committer) paused(ctx context.Context) error {
	p := &c.preview
	again := c.now() <= p.reach
	p.reach = max(p.reach, c.now())
	if again || c.gate.Open() || len(c.heard) == 0 {
		return nil
	}
	return c.glance(ctx)
}

// show makes provisional text of these stretches up to to.
func (c *Committer) show(ctx context.Context, all []transcribe.Heard, to int64, careful bool) error {
	p := &c.preview
	if careful {
		p.head, p.words = head{}, nil // all of it is decoded again
	}
	got, err := c.look(ctx, c.soundFrom(max(c.start(all), p.head.to), all, to), careful)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.at, p.ran = to, !careful
	if careful {
		p.last = to
	}
	if err != nil || got.Doubtful() || murmur(got.Evidence()) {
		return nil //nolint:nilerr // the final decode has guards and another try
	}
	tail, _ := got.Segments()
	segs := append(p.head.segs[:len(p.head.segs):len(p.head.segs)], withoutStruck(tail)...)
	e := Event{
		Type: Provisional, FromSample: c.upTo, ToSample: to, Segments: segs, Text: textOf(segs),
		Language: c.dec.Language(), Lag: c.Lag(),
	}
	words := got.Words()
	e.Stable = min(p.head.words()+agreed(p.words, words), wordsIn(segs))
	sure := settled(p.words, words, to)
	if careful {
		sure = len(words)
	}
	p.words = words[p.head.grow(got, words, sure, to):]
	if e.Text == "" && !p.shown {
		return nil
	}
	p.shown = e.Text != ""
	return c.emit(e)
}

func withoutStruck(segs []transcribe.Segment) []transcribe.Segment {
	return slices.DeleteFunc(segs, func(s transcribe.Segment) bool { return s.Struck })
}

// lastGlance makes provisional text of speech that goes on once more before a commit
// that takes two careful decodes: nothing else is shown meanwhile.
func (c *Committer) lastGlance(ctx context.Context, all []transcribe.Heard, now int64) error {
	if c.opts.NoProvisional || c.late > lateMost || c.preview.at >= now-wordsNew {
		return nil
	}
	return c.show(ctx, all, now, false)
}

// look decodes once: with care, or quickly, and then once more without what was
// said before when that made the engine repeat itself.
func (c *Committer) look(ctx context.Context, s transcribe.Sound, careful bool) (transcribe.Decoded, error) {
	c.eng.careful = careful
	before := c.before
	if !careful {
		before = c.preview.head.before(before)
	}
	got, err := c.dec.Glance(ctx, s, before)
	if err == nil && !careful && before != "" && got.Doubtful() {
		return c.dec.Glance(ctx, s, "")
	}
	return got, err
}

// wordsOf counts the words of segments that are not struck, however they are written.
func wordsOf(segs []transcribe.Segment) int { return len(lang.Words(textOf(segs))) }

func wordsIn(segs []transcribe.Segment) int {
	n := 0
	for _, s := range segs {
		n += len(s.Words)
	}
	return n
}
