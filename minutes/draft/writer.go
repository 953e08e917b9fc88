package draft

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"bienban/minutes"
	"bienban/templates/prompts"
	"bienban/transcribe"
)

// writer turns plans into sections, with a language model where there is one.
// It goes on without the model once that has failed too often in a row, so
// that a dead server costs little.
type writer struct {
	d      *drafter
	c      *client // nil = by rule alone
	meter  *meter
	system string
	ready  bool
	failed int    // requests that failed since the last good one
	dead   reason // why the model is asked no more; 0 = it is
	wrote  bool   // a sentence of the model stands in the minutes
}

// maxFailures in a row end the use of a model.
const maxFailures = 2

func newWriter(l *LLM, d *drafter) *writer {
	w := &writer{d: d, meter: newMeter(d.m.Language), system: prompts.Draft(d.m.Language)}
	if l != nil {
		w.c = newClient(*l)
	}
	return w
}

// piece is one thing that the model is asked to rewrite: a unit, or a stretch
// of one that no request could hold whole.
type piece struct {
	unit int
	by   string
	text string
}

// write drafts one item. The error is only ever the context's.
func (w *writer) write(ctx context.Context, p *plan) (minutes.Section, error) {
	said := p.extracted()
	if w.c == nil {
		return w.d.section(p, said), nil
	}
	var todo []int
	for i, u := range p.units {
		if len(said[i]) > 0 && !u.exact && !u.note {
			todo = append(todo, i)
		}
	}
	if len(todo) == 0 {
		return w.d.section(p, said), nil
	}
	if err := w.start(ctx); err != nil {
		return minutes.Section{}, err
	}
	if w.c.sparing {
		todo = slices.DeleteFunc(todo, func(i int) bool { return !p.units[i].reworked() })
	}
	if len(todo) == 0 && w.dead == 0 {
		return w.d.section(p, said), nil
	}
	if w.dead == 0 {
		answers, why, err := w.draftUnits(ctx, p, todo)
		if err != nil {
			return minutes.Section{}, err
		}
		w.merge(ctx, p, said, todo, answers, why)
		if why != 0 {
			p.flags = append(p.flags, w.byRule(why))
		}
		return w.d.section(p, said), ctx.Err()
	}
	p.flags = append(p.flags, w.byRule(w.dead))
	return w.d.section(p, said), nil
}

func (w *writer) byRule(why reason) minutes.Flag {
	return minutes.Flag{Code: minutes.FlagExtract, Severity: transcribe.Info, Text: w.d.say(
		"drafted by rule, wholly or in part: "+why.text(true), "soạn theo quy tắc, toàn bộ hoặc một phần: "+why.text(false))}
}

// start asks the server for its model and context, once.
func (w *writer) start(ctx context.Context) error {
	if w.ready {
		return nil
	}
	w.ready = true
	err := w.c.probe(ctx)
	w.d.strict = w.c.sparing
	return w.count(err, true)
}

// count keeps the circuit breaker. It gives back only the context's error.
func (w *writer) count(err error, fatal bool) error {
	var f *failure
	switch {
	case err == nil:
		w.failed = 0
	case errors.As(err, &f):
		w.failed++
		if fatal || w.failed >= maxFailures || f.why == whyBudget {
			w.dead = f.why
		}
	default:
		return err
	}
	return nil
}

// reworked says whether the rules could not leave the words as they are: the
// sentence wants its speaker, or speaks in the first person.
func (u unit) reworked() bool { return u.out != endSentence(upper(u.text)) }

// draftUnits asks the model for the units, in as many requests as its context
// needs. why is set when some request failed.
func (w *writer) draftUnits(ctx context.Context, p *plan, todo []int) (answers []answered, why reason, err error) {
	var pieces []piece
	fits := room(w.c.context, w.meter.tokens(w.system))
	if fits == 0 {
		return nil, whyContext, nil
	}
	turn := -1
	for _, i := range todo {
		u := p.units[i]
		by := ""
		if u.turn != turn && u.speaker != "" {
			by, turn = w.d.byline(p.scene, u), u.turn
		}
		for _, text := range w.stretches(u.text, fits) {
			pieces = append(pieces, piece{i, by, text})
			by = ""
		}
	}
	for len(pieces) > 0 {
		n := w.fit(pieces, fits)
		got, err := w.request(ctx, p, pieces[:n], nil)
		if err != nil {
			var f *failure
			if !errors.As(err, &f) {
				return nil, 0, err
			}
			if f.why == whyContext && n > 1 {
				fits = max(fits/2, 1) // the server counts otherwise than we do: smaller parts
				continue
			}
			why = f.why
			if err := w.count(err, false); err != nil {
				return nil, 0, err
			}
			if w.dead != 0 {
				return answers, why, nil
			}
		} else {
			w.failed = 0
			answers = append(answers, got...)
		}
		pieces = pieces[n:]
	}
	return answers, why, nil
}

// fit is how many pieces one request holds: at least one.
func (w *writer) fit(pieces []piece, fits int) int {
	total := 0
	for i, p := range pieces {
		total += w.cost(p)
		if total > fits && i > 0 {
			return i
		}
	}
	return len(pieces)
}

func (w *writer) cost(p piece) int { return w.meter.tokens(p.text+p.by) + perSentence }

// stretches cuts a text that no request could hold whole, at clauses where it
// can and at words where it must. Nothing is left out.
func (w *writer) stretches(text string, fits int) []string {
	limit := max(fits-perSentence-32, 16)
	if w.meter.tokens(text) <= limit {
		return []string{text}
	}
	var out []string
	var now string
	for _, word := range strings.Fields(text) {
		grown := strings.TrimSpace(now + " " + word)
		ends := strings.HasSuffix(now, ",") || strings.HasSuffix(now, ";")
		if now != "" && (w.meter.tokens(grown) > limit || ends && w.meter.tokens(now) > limit*2/3) {
			out = append(out, now)
			grown = word
		}
		now = grown
	}
	return append(out, now)
}

// answered is a model's sentence with the units that it says it was written from.
type answered struct {
	text  string
	units []int
}

// request asks for one part. problems, by unit, are the checker's complaints
// about an earlier answer.
func (w *writer) request(ctx context.Context, p *plan, pieces []piece, problems map[int]string) ([]answered, error) {
	type item struct {
		ID      int    `json:"id"`
		By      string `json:"by,omitempty"`
		Text    string `json:"text"`
		Problem string `json:"problem,omitempty"`
	}
	list := make([]item, len(pieces))
	cost := 0
	for i, x := range pieces {
		list[i] = item{i + 1, x.by, x.text, problems[x.unit]}
		cost += w.cost(x)
	}
	data, err := json.Marshal(list) // < and > come out escaped, so nothing said can close the block
	if err != nil {
		return nil, &failure{whyBroken, err}
	}
	user := "<evidence>" + string(data) + "</evidence>"
	if len(problems) > 0 {
		user += "\n" + w.d.say(`An earlier answer was wrong as "problem" says. Write these again.`, `Câu trả lời trước sai như "problem" nêu. Hãy viết lại.`)
	}
	r, err := w.c.ask(ctx, w.system, user, answerTokens(cost, len(pieces)))
	if err != nil {
		return nil, err
	}
	w.meter.learn(w.system+user, r.prompt)
	sentences, err := decode(r.text)
	if err != nil {
		return nil, &failure{whyBroken, err}
	}
	var out []answered
	for _, s := range sentences {
		a := answered{text: s.text}
		for _, id := range s.cites {
			if id < 1 || id > len(pieces) {
				a.units = nil // an id that does not exist: the sentence stands on nothing
				break
			}
			if u := pieces[id-1].unit; !slices.Contains(a.units, u) {
				a.units = append(a.units, u)
			}
		}
		if len(a.units) > 0 {
			slices.Sort(a.units)
			out = append(out, a)
		}
	}
	return out, nil
}

// byline names a speaker to the model as the minutes shall name them.
func (d *drafter) byline(sc *scene, u unit) string {
	by := u.speaker
	if v, ok := d.voice.(vietnamese); ok {
		by = upper(strings.TrimSpace(v.addressOf(sc, u.speaker) + " " + u.speaker))
	}
	if v, ok := d.voice.(english); ok {
		return v.withTitle(d.m, u.speaker) // as the rules name them: "Councillor Helen Fraser", "Daniel Osei, Town Clerk"
	}
	if u.title != "" && !strings.HasPrefix(strings.ToLower(u.title), "đại biểu") {
		by += ", " + u.title
	}
	return by
}

func (w *writer) used() bool      { return w.wrote }
func (w *writer) model() string   { return w.c.model }
func (w *writer) prompts() string { return prompts.Version }

// flags says of the whole how it was drafted, when no model wrote any of it.
func (w *writer) flags() []minutes.Flag {
	f := minutes.Flag{Code: minutes.FlagNoLLM, Severity: transcribe.Info}
	switch {
	case w.c == nil:
		f.Text = w.d.say("drafted by rule, without a language model", "soạn theo quy tắc, không dùng mô hình ngôn ngữ")
	case w.dead != 0:
		f.Text = w.d.say("the language model was given up: "+w.dead.text(true), "đã ngừng dùng mô hình ngôn ngữ: "+w.dead.text(false))
	case !w.wrote:
		f.Text = w.d.say("drafted by rule: no sentence of the language model was borne out by evidence",
			"soạn theo quy tắc: không câu nào của mô hình ngôn ngữ khớp với bằng chứng")
	default:
		return nil
	}
	return []minutes.Flag{f}
}
