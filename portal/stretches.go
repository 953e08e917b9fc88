package portal

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/audio/record"
	"bienban/internal/fault"
	"bienban/minutes/desk"
)

// Afterwards does to recordings what people do to them afterwards: on the disk,
// through a capture that runs, and in the store. From and to are samples; actor is
// the account, for the audit log.
type Afterwards interface {
	// Close closes a stretch.
	Close(ctx context.Context, recording, actor string, from, to int64, who, why string) error
	// Erase destroys a stretch by the word of two people. A copy on a second drive
	// that could not be reached is a *record.CopyError; all else is done then.
	Erase(ctx context.Context, recording, actor string, from, to int64, by [2]string, why string) error
}

func (s *Server) stretchRoutes() []route {
	return []route{
		meetingPage("/stretches", desk.SeeClosed, (*request).stretches),
		meetingForm("/stretches", desk.CloseStretch, (*request).closeStretch),
		meetingForm("/erasures", desk.Erase, (*request).erasures),
	}
}

// stretchesPage is what stretches.html shows.
type stretchesPage struct {
	Recordings []reviewRecording
	Recording  string
	Rows       []stretchRow
	Asked      []erasureRow
	MayClose   bool
	MayErase   bool
	Elsewhere  bool   // its sound is on the machine that recorded it
	From, To   string // as sent, or as chosen in the text
	Reason     string
	Text       string // what is said there
}

// stretchRow is a stretch that was closed, erased or filled.
type stretchRow struct {
	desk.Stretch
	Begins, Ends string
	Start        float64
	Ask          bool // it can be erased
}

// erasureRow is an erasure that somebody asked for.
type erasureRow struct {
	desk.Erasure
	Begins, Ends string
	Text         string // what would be gone
	Own          bool   // asked for by who looks
	Done         bool
}

// stretches is GET /m/{id}/stretches: what was closed, erased and filled of a
// recording, by whom and why, and what is asked for.
func (q *request) stretches() error { return q.showStretches(q.r.URL.Query(), page{}) }

// showStretches shows the page with what a form held.
func (q *request) showStretches(v url.Values, p page) error {
	st := q.meeting.State
	d := stretchesPage{MayClose: q.may(desk.CloseStretch) && q.s.o.Afterwards != nil, MayErase: q.may(desk.Erase) && q.s.o.Afterwards != nil,
		From: v.Get("from"), To: v.Get("to"), Reason: v.Get("reason")}
	rec := recordingOf(st, v.Get("recording"))
	for i, r := range st.Recordings {
		d.Recordings = append(d.Recordings, reviewRecording{r.ID, q.recordingLabel(i, r), rec != nil && r.ID == rec.ID})
	}
	if rec == nil {
		return q.prepare("stretches", d, p)
	}
	if d.Recording, d.Elsewhere = rec.ID, q.elsewhere(rec.ID); d.Elsewhere {
		d.MayClose, d.MayErase = false, false
	}
	sheet, err := q.s.o.Desk.Sheet(q.ctx(), q.viewer(), st.ID, rec.ID)
	if err != nil {
		return err
	}
	erased := st.StretchesOf(rec.ID, desk.StretchErased)
	for _, x := range st.StretchesOf(rec.ID, desk.StretchClosed, desk.StretchErased, desk.StretchFilled) {
		within := slices.ContainsFunc(erased, func(e desk.Stretch) bool { return e.From <= x.From && x.To <= e.To })
		from, to := x.Seconds()
		d.Rows = append(d.Rows, stretchRow{Stretch: x, Begins: q.placeText(from), Ends: q.placeText(to), Start: from, Ask: d.MayErase && x.Kind == desk.StretchClosed && !within})
	}
	for _, e := range slices.Backward(st.Erasures) {
		if e.Recording != rec.ID {
			continue
		}
		from, to := desk.Stretch{From: e.From, To: e.To}.Seconds()
		row := erasureRow{Erasure: e, Begins: q.placeText(from), Ends: q.placeText(to), Own: e.Asked.By == q.account.ID, Done: st.Done(e)}
		if e.Open() {
			row.Text = saidIn(sheet, from, to)
		}
		d.Asked = append(d.Asked, row)
	}
	if from, to, ok := stretchAsked(v); ok {
		d.From, d.To = q.placeText(float64(from)/desk.SampleRate), q.placeText(float64(to)/desk.SampleRate)
		d.Text = saidIn(sheet, float64(from)/desk.SampleRate, float64(to)/desk.SampleRate)
	}
	return q.prepare("stretches", d, p)
}

// elsewhere says whether a recording's sound is not on this machine: the capture of
// another one published it, and only there can it be closed or erased.
func (q *request) elsewhere(recording string) bool {
	_, err := os.Stat(filepath.Join(q.s.o.Sound, recording))
	return q.s.o.Sound != "" && errors.Is(err, fs.ErrNotExist)
}

// saidIn is the text of a stretch, shortened.
func saidIn(sheet *desk.Sheet, from, to float64) string {
	const most = 400
	var all []string
	for _, g := range sheet.Transcript.Segments {
		if g.End <= from || g.Start >= to {
			continue
		}
		if tokens := strings.Fields(g.Text); len(tokens) == len(g.Words) {
			for i, w := range g.Words {
				if w.End > from && w.Start < to {
					all = append(all, tokens[i])
				}
			}
			continue
		}
		all = append(all, g.Text)
	}
	text := []rune(strings.Join(all, " "))
	if len(text) > most {
		return string(text[:most-1]) + "…"
	}
	return string(text)
}

// placeText writes a place in a recording as hours, minutes, seconds and tenths.
func (q *request) placeText(seconds float64) string {
	tenths := int64(math.Round(seconds * 10))
	text := clockOf(float64(tenths / 10))
	if t := tenths % 10; t != 0 {
		text += q.t("format.decimal") + strconv.FormatInt(t, 10)
	}
	return text
}

// placeOf reads what placeText writes, and what people write instead: 754.5, 12:34,
// 1:02:03,5. The answer is a sample.
func placeOf(text string) (sample int64, ok bool) {
	sum := 0.0
	parts := strings.Split(strings.ReplaceAll(strings.TrimSpace(text), ",", "."), ":")
	for i, p := range parts {
		n, err := strconv.ParseFloat(p, 64)
		if err != nil || strings.Trim(p, "0123456789.") != "" || len(parts) > 3 || i > 0 && n >= 60 || i < len(parts)-1 && n != math.Trunc(n) {
			return 0, false
		}
		sum = sum*60 + n
	}
	const day = 7 * 24 * 3600
	return int64(math.Round(sum * desk.SampleRate)), sum <= day
}

// stretchAsked reads the fields from and to.
func stretchAsked(v url.Values) (from, to int64, ok bool) {
	from, a := placeOf(v.Get("from"))
	to, b := placeOf(v.Get("to"))
	return from, to, a && b && to > from
}

// stretchForm reads a form with a stretch and a reason; problem is what is wrong with it, a key.
func (q *request) stretchForm() (rec *desk.Recording, from, to int64, reason, problem string) {
	rec = recordingNamed(q.meeting.State, q.r.PostFormValue("recording"))
	v := q.r.PostForm
	from, to, ok := stretchAsked(v)
	reason = strings.Join(strings.Fields(v.Get("reason")), " ")
	switch {
	case rec != nil && q.elsewhere(rec.ID):
		problem = "stretches.elsewhere"
	case !ok, rec != nil && rec.Length >= 0 && from >= rec.Length:
		problem = "stretches.wrong"
	case reason == "":
		problem = "stretches.no_reason"
	}
	return rec, from, to, reason, problem
}

// afterwardsWait is how long a page waits for a recording to be changed.
const afterwardsWait = time.Minute

// closeStretch is POST /m/{id}/stretches: closes a stretch afterwards.
func (q *request) closeStretch() error {
	rec, from, to, reason, problem := q.stretchForm()
	switch {
	case q.s.o.Afterwards == nil:
		return fault.New(fault.Unavailable, "this server keeps no recordings")
	case rec == nil:
		return errNotFound
	case problem != "":
		return q.showStretches(q.r.PostForm, page{Status: http.StatusUnprocessableEntity, Problem: q.t(problem)})
	}
	same := func(x desk.Stretch) bool { // the form came twice
		return x.From == from && x.To == to && x.Reason == reason
	}
	if !slices.ContainsFunc(q.meeting.State.StretchesOf(rec.ID, desk.StretchClosed), same) {
		ctx, stop := context.WithTimeout(q.ctx(), afterwardsWait)
		defer stop()
		if err := q.s.o.Afterwards.Close(ctx, rec.ID, q.account.ID, from, to, q.account.Name, reason); err != nil {
			return err
		}
		q.s.feeds.announce(q.meetingID())
	}
	return q.done("stretches.closed", q.stretchesOf(rec.ID))
}

func (q *request) stretchesOf(recording string) string {
	return "/m/" + q.meetingID() + "/stretches?recording=" + url.QueryEscape(recording)
}

// erasures is POST /m/{id}/erasures with do=ask, confirm, refuse or carry: one asks,
// another confirms, and then the stretch is gone.
func (q *request) erasures() error {
	if q.s.o.Afterwards == nil {
		return fault.New(fault.Unavailable, "this server keeps no recordings")
	}
	recording := q.r.PostFormValue("recording")
	if recordingNamed(q.meeting.State, recording) == nil {
		return errNotFound
	}
	named := desk.Named{ID: q.r.PostFormValue("id"), Reason: q.r.PostFormValue("reason")}
	var notice string
	var err error
	switch q.r.PostFormValue("do") {
	case "ask":
		_, from, to, reason, problem := q.stretchForm()
		if problem != "" {
			return q.showStretches(q.r.PostForm, page{Status: http.StatusUnprocessableEntity, Problem: q.t(problem)})
		}
		notice = "stretches.asked"
		_, err = q.doForm(desk.KindErasureAsked, desk.ErasureAsked{Recording: recording, From: from, To: to, Reason: reason})
	case "confirm":
		notice = "stretches.erased"
		_, err = q.doForm(desk.KindErasureConfirmed, named)
	case "refuse":
		notice = "stretches.refused"
		_, err = q.doForm(desk.KindErasureRefused, named)
	case "carry":
		notice, err = "stretches.erased", q.carryOut()
	default:
		return fault.New(fault.Invalid, "do must be ask, confirm, refuse or carry")
	}
	var left *record.CopyError
	if errors.As(err, &left) {
		notice, err = "stretches.copy_left", nil
	}
	if err != nil {
		return err
	}
	return q.done(notice, q.stretchesOf(recording))
}

// carryOut erases what two people of the meeting decided and nobody has carried out
// yet. Where it fails the order stands, and is tried again by hand or when serve
// starts next.
func (q *request) carryOut() error {
	if q.s.o.Afterwards == nil {
		return nil // who keeps the recordings does it
	}
	m, err := q.s.o.Desk.Load(q.ctx(), q.viewer(), q.meetingID())
	if err != nil {
		return err
	}
	for _, e := range m.State.Ordered() {
		err = errors.Join(err, q.s.o.Afterwards.Erase(q.ctx(), e.Recording, q.account.ID, e.From, e.To, e.By(), e.Reason))
	}
	q.s.feeds.announce(q.meetingID())
	return err
}
