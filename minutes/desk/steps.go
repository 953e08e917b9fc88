package desk

import (
	"slices"

	"bienban/internal/fault"
)

// Step is a way out of a meeting's phase, for one person's page.
type Step struct {
	To      Phase     `json:"to"`
	May     bool      `json:"may"`               // the roles permit it
	Missing []Summary `json:"missing,omitempty"` // what must hold and does not
}

// Steps lists where the meeting can go from its phase.
func (s *State) Steps(roles Roles) []Step {
	var out []Step
	for _, x := range steps {
		if x.from == s.Phase {
			out = append(out, Step{To: x.to, May: roles.May(x.permission), Missing: s.missing(x)})
		}
	}
	return out
}

func (s *State) missing(x step) []Summary {
	var out []Summary
	for _, c := range x.holds {
		if !c.ok(s) {
			out = append(out, Summary{VI: c.vi, EN: c.en})
		}
	}
	return out
}

var phaseNames = map[Phase]Summary{
	Prepared:   {"đang chuẩn bị", "prepared"},
	Running:    {"đang họp", "running"},
	Recess:     {"nghỉ giải lao", "in recess"},
	ClosedPart: {"họp kín, không ghi âm", "in a closed part"},
	Closed:     {"đã kết thúc", "closed"},
	InReview:   {"đang rà soát", "in review"},
	Approved:   {"đã thông qua biên bản", "approved"},
	Signed:     {"đã ký", "signed"},
	Archived:   {"đã lưu trữ", "archived"},
}

// Name is the phase as people read it.
func (p Phase) Name() Summary { return phaseNames[p] }

func doPhase(t *turn) error {
	b, err := body[PhaseChanged](t)
	if err != nil {
		return err
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	return t.step(b.To, oneLine(b.Reason), p)
}

// step goes to another phase.
func (t *turn) step(to Phase, reason string, p Place) error {
	from := t.s.Phase
	name := to.Name()
	t.say("Cuộc họp: "+name.VI+because("vi", reason), "The meeting is "+name.EN+because("en", reason))
	if to == from {
		return nil // two people pressed it
	}
	i := slices.IndexFunc(steps, func(x step) bool { return x.from == from && x.to == to })
	if i < 0 {
		if name.EN == "" {
			return t.fail("phase_unknown", to)
		}
		return refuse(fault.Locked, t.kind, "step_none", from.Name(), name)
	}
	x := steps[i]
	if !t.roles.May(x.permission) {
		return refuse(fault.Forbidden, t.kind, "step_role", name)
	}
	if t.s.Rehearsal && !to.Live() && to != Closed {
		return refuse(fault.Locked, t.kind, "step_rehearsal")
	}
	if missing := t.s.missing(x); len(missing) > 0 {
		return refuse(fault.Locked, t.kind, "step_missing", listed(missing))
	}
	made := t.out.Made
	t.s.Passages = append(t.s.Passages, Passage{ID: t.newID("g"), From: from, To: to, Reason: reason, Place: p, Stamp: t.stamp()})
	t.out.Made = made
	t.s.Phase = to
	if to != Recess && to != ClosedPart {
		t.endPauses()
	}
	return nil
}

// endPauses ends the pauses that go on.
func (t *turn) endPauses() {
	for i := range t.s.Pauses {
		if p := &t.s.Pauses[i]; p.Ended == nil {
			at, by := t.act.At.UTC(), t.stamp()
			p.Ended, p.EndBy = &at, &by
		}
	}
}

// doPaused goes to a recess or a closed part. Who presses it while the meeting is
// already paused gives the pause another reason or time.
func doPaused(t *turn) error {
	b, err := body[Paused](t)
	if err != nil {
		return err
	}
	b.Reason = oneLine(b.Reason)
	const most = 24 * 60
	if b.Reason == "" || tooLong(b.Reason, maxName) || b.Minutes < 0 || b.Minutes > most {
		return t.fail("pause_form", most)
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	to := Recess
	vi, en := "Tạm dừng", "Paused"
	if b.Closed {
		to = ClosedPart
		vi, en = "Bắt đầu phần họp kín, không ghi âm", "A closed part begins, nothing is recorded"
	}
	switch i := slices.IndexFunc(t.s.Pauses, func(p Pause) bool { return p.Ended == nil }); {
	case t.s.Phase == to && i >= 0:
		t.s.Pauses[i].Reason, t.s.Pauses[i].Minutes = b.Reason, b.Minutes
	default:
		if t.s.Phase != Running && t.s.Phase != to { // from a recess into a closed part, and the other way
			if err := t.step(Running, b.Reason, p); err != nil {
				return err
			}
		}
		id := t.newID("h")
		if err := t.step(to, b.Reason, p); err != nil {
			return err
		}
		t.s.Pauses = append(t.s.Pauses, Pause{ID: id, Reason: b.Reason, Closed: b.Closed, Minutes: b.Minutes, Place: p, Clock: t.clock(p), Stamp: t.stamp()})
	}
	t.out.Text = b.Reason
	t.say(vi+because("vi", b.Reason), en+because("en", b.Reason))
	return nil
}

func doResumed(t *turn) error {
	b, err := body[Resumed](t)
	if err != nil {
		return err
	}
	p, err := t.place(b.Place)
	if err != nil {
		return err
	}
	reason := oneLine(b.Reason)
	if err := t.step(Running, reason, p); err != nil {
		return err
	}
	t.out.Text = reason
	t.say("Tiếp tục họp"+because("vi", reason), "Resumed"+because("en", reason))
	return nil
}

func doRehearsal(t *turn) error {
	if _, err := body[Nothing](t); err != nil {
		return err
	}
	if t.s.Rehearsal {
		return t.fail("rehearsal_on")
	}
	kept := t.old.copy()
	kept.Rev, kept.Made, kept.Before = nil, nil, nil
	t.s.Before, t.s.Rehearsal = kept, true
	t.say("Bắt đầu họp thử: không có gì vào hồ sơ", "A rehearsal begins: nothing of it goes on record")
	return nil
}

// doRehearsalDiscarded brings back the meeting as it was before the rehearsal.
// Recordings of the rehearsal stay known as such, members stay as they are.
func doRehearsalDiscarded(t *turn) error {
	if _, err := body[Nothing](t); err != nil {
		return err
	}
	if !t.s.Rehearsal || t.s.Before == nil {
		return t.fail("rehearsal_none")
	}
	next := t.s.Before.copy()
	next.ID, next.Counter, next.Rev = t.s.ID, t.s.Counter, t.s.Rev
	next.Made = t.s.Made
	next.Members, next.Recordings = t.s.Members, t.s.Recordings
	t.s = next
	t.say("Bỏ toàn bộ buổi họp thử", "Discarded the rehearsal")
	return nil
}
