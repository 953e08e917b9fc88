package draft

import (
	"context"
	"slices"
	"strings"

	"bienban/minutes"
	"bienban/transcribe"
)

// merge puts the model's sentences where they hold: every one is judged
// against the units it cites, and a unit of which something is lost keeps its
// extractive sentence. What fails is asked for once more, with the complaint.
func (w *writer) merge(ctx context.Context, p *plan, said [][]minutes.Sentence, todo []int, answers []answered, why reason) {
	if len(answers) == 0 && why != 0 {
		return
	}
	wrong, refused := w.place(p, said, todo, answers)
	if w.c.sparing {
		// A small model that left something out leaves it out again; only what it got wrong is worth its time.
		w.again(ctx, p, said, todo, refused)
	} else {
		w.again(ctx, p, said, todo, wrong)
	}
	for _, i := range todo {
		if len(said[i]) == 1 && said[i][0].Origin == minutes.OriginExtract {
			text := w.d.say("taken from the transcript by rule", "lấy từ bản gỡ băng theo quy tắc")
			if wrong[i] != "" {
				text += ": " + wrong[i]
			}
			said[i][0].Flags = append(said[i][0].Flags, minutes.Flag{Code: minutes.FlagExtract, Severity: transcribe.Info, Text: text})
		}
	}
}

// again asks once more for the units of which an answer was wrong.
func (w *writer) again(ctx context.Context, p *plan, said [][]minutes.Sentence, todo []int, wrong map[int]string) {
	if len(wrong) == 0 || w.dead != 0 || ctx.Err() != nil {
		return
	}
	var pieces []piece
	for _, i := range todo {
		if wrong[i] != "" {
			u := p.units[i]
			by := ""
			if u.speaker != "" {
				by = w.d.byline(p.scene, u)
			}
			pieces = append(pieces, piece{i, by, u.text})
		}
	}
	fits := room(w.c.context, w.meter.tokens(w.system)) * 2 / 3 // the complaints take their share
	if fits == 0 || w.cost(pieces[0]) > fits {
		return
	}
	pieces = pieces[:w.fit(pieces, fits)]
	answers, err := w.request(ctx, p, pieces, wrong)
	if err != nil {
		_ = w.count(err, false) // the caller looks at the context itself
		return
	}
	retried := make([]int, len(pieces))
	for k := range pieces {
		retried[k] = pieces[k].unit
	}
	w.place(p, said, retried, answers)
}

// place judges the answers and lets them stand for their units in said. It
// gives the complaint for every unit that keeps its extractive sentence, and
// those of which a sentence was refused as wrong.
func (w *writer) place(p *plan, said [][]minutes.Sentence, todo []int, answers []answered) (wrong, refused map[int]string) {
	wrong, refused = map[int]string{}, map[int]string{}
	var good []answered
	seen := map[string]bool{}
	for _, a := range answers {
		a.units = w.d.narrow(p, a)
		if len(a.units) == 0 || seen[a.text] {
			continue
		}
		seen[a.text] = true
		if complaint := w.d.judge(p, a); complaint != "" {
			for _, i := range a.units {
				wrong[i], refused[i] = complaint, complaint
			}
			continue
		}
		good = append(good, a)
	}
	good = w.d.once(p, good)
	// A unit is covered when the sentences that cite it hold all of it.
	covered := map[int]bool{}
	for _, i := range todo {
		var text []string
		for _, a := range good {
			if slices.Contains(a.units, i) {
				text = append(text, a.text)
			}
		}
		if len(text) == 0 {
			if wrong[i] == "" {
				wrong[i] = w.d.say("left out", "bỏ sót")
			}
			continue
		}
		if lost := w.d.lost(p.units[i], strings.Join(text, " ")); lost != "" {
			wrong[i] = lost
			continue
		}
		covered[i] = true
		delete(wrong, i)
		delete(refused, i)
	}
	// A sentence of which no unit is covered says less than the extractive ones: it goes.
	placed := map[int][]minutes.Sentence{}
	for _, a := range good {
		first := -1
		for _, i := range a.units {
			if covered[i] {
				first = i
				break
			}
		}
		if first >= 0 {
			placed[first] = append(placed[first], w.d.sentence(p, a))
		}
	}
	for _, i := range todo {
		if covered[i] {
			said[i] = placed[i]
			w.wrote = w.wrote || len(placed[i]) > 0
		}
	}
	return wrong, refused
}

// once drops a sentence that tells again what another tells whole of the same single unit.
func (d *drafter) once(p *plan, good []answered) []answered {
	whole := map[int]int{} // unit → the sentence that holds all of it
	for k, a := range good {
		if _, ok := whole[a.units[0]]; len(a.units) == 1 && !ok && d.lost(p.units[a.units[0]], a.text) == "" {
			whole[a.units[0]] = k
		}
	}
	var kept []answered
	for k, a := range good {
		if one, ok := whole[a.units[0]]; len(a.units) == 1 && ok && one != k {
			continue
		}
		kept = append(kept, a)
	}
	return kept
}

func (d *drafter) sentence(p *plan, a answered) minutes.Sentence {
	text := upper(a.text)
	// "Daniel Osei, Town Clerk reported": the title wants its second comma.
	if by := d.byline(p.scene, p.units[a.units[0]]); strings.Contains(by, ", ") && strings.HasPrefix(text, by+" ") {
		text = by + "," + text[len(by):]
	}
	s := minutes.Sentence{Text: endSentence(text), Origin: minutes.OriginLLM, Flags: []minutes.Flag{}}
	for _, i := range a.units {
		s.Cites = union(s.Cites, p.units[i].cites)
	}
	s.Speaker = p.units[a.units[0]].speaker
	return s
}
