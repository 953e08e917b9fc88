package portal

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"

	"bienban/internal/fault"
	"bienban/minutes/desk"
)

// acts is POST /m/{id}/acts: one act, as JSON or as a form with the fields act,
// kind, base and body (JSON), and next. 200 with what was done; 409 with the
// same and both sides of a conflict.
//
// That somebody may see the meeting is asked here; whether they may do the act,
// and in which phase, is asked by the store in the act's own transaction.
func (q *request) acts() error {
	a, err := q.readAct()
	if err != nil {
		return err
	}
	d, err := q.do(a)
	if err != nil {
		return err
	}
	if !q.wantsJSON() {
		if d.Conflict != nil {
			return q.done("act.conflict", next(q.r.PostFormValue("next")))
		}
		return q.done("act.done", next(q.r.PostFormValue("next")))
	}
	status := http.StatusOK
	if d.Conflict != nil {
		status = http.StatusConflict
	}
	return q.json(status, d)
}

func (q *request) readAct() (desk.Act, error) {
	var a desk.Act
	if q.wantsJSON() {
		if err := json.NewDecoder(q.r.Body).Decode(&a); err != nil {
			return a, fault.New(fault.Invalid, "act: %w", err)
		}
		return a, nil
	}
	if err := q.r.ParseForm(); err != nil {
		return a, fault.New(fault.Invalid, "act: %w", err)
	}
	base, err := q.base()
	if err != nil {
		return a, err
	}
	return desk.Act{ID: q.actID(), Kind: desk.Kind(q.r.PostFormValue("kind")), Base: base, Body: json.RawMessage(q.r.PostFormValue("body"))}, nil
}

// do hands an act to the store and wakes whoever watches the meeting.
func (q *request) do(a desk.Act) (desk.Done, error) {
	a.By, a.Name, a.At = q.account.ID, q.account.Name, q.s.now()
	if err := q.steerCapture(a); err != nil {
		return desk.Done{}, err
	}
	d, err := q.s.o.Desk.Do(q.ctx(), q.viewer(), q.meetingID(), a)
	if err == nil && a.Kind == desk.KindErasureConfirmed {
		err = q.carryOut() // the word of two people stands, whatever comes of this
	}
	if err == nil && !d.Again {
		q.s.feeds.announce(q.meetingID())
		if q.s.o.Microphones != nil {
			q.endMicrophones(a)
		}
	}
	return d, err
}

// doForm is do for a form of a page: it has the act's id and base in hidden
// fields (template "act"), so that a form sent twice is done once.
func (q *request) doForm(kind desk.Kind, body any) (desk.Done, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return desk.Done{}, err
	}
	base, err := q.base()
	if err != nil {
		return desk.Done{}, err
	}
	return q.do(desk.Act{ID: q.actID(), Kind: kind, Base: base, Body: b})
}

// actID is the form's, or a new one.
func (q *request) actID() string {
	if id := q.r.PostFormValue("act"); id != "" {
		return id
	}
	return newID()
}

// base is the number of the newest event that the person had before the eyes.
func (q *request) base() (int64, error) {
	v := q.r.PostFormValue("base")
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "base %q: not the number of an event", v)
	}
	return n, nil
}

// newID makes 128 random bits, for an act.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
