package portal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bienban/audio"
	"bienban/audio/device"
	"bienban/audio/record"
	"bienban/internal/audit"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/internal/search"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// recorded gives the site's meeting a recording of ten seconds with some text.
func (s *site) recorded(id string) {
	t, ctx := s.t, s.t.Context()
	t.Helper()
	r, err := record.Create(filepath.Join(s.root, id), record.Options{ID: id, Meeting: s.meeting, Rate: 16000, Channels: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	tone := make([]float32, 160000)
	for i := range tone {
		tone[i] = float32(i%80) / 160
	}
	if err := r.AppendWait(ctx, tone); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(ctx, "hết"); err != nil {
		t.Fatal(err)
	}
	f := hall.Final{Recording: id, Epoch: 1, To: 160000, Segments: []transcribe.Segment{{Start: 0, End: 2, Text: "lời công khai"}, {Start: 3, End: 5, Text: "điều zebra bí mật"}}}
	for _, err := range []error{
		s.store.StartRecording(ctx, hall.Recording{ID: id, Meeting: s.meeting, Started: time.Now()}), s.store.AcceptFinal(ctx, f), s.store.EndRecording(ctx, id, 160000),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (s *site) opened(id string) *record.Recording {
	s.t.Helper()
	rec, err := record.Open(filepath.Join(s.root, id), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return rec
}

func (s *site) state() *desk.State {
	s.t.Helper()
	m, err := s.store.Load(s.t.Context(), desk.Viewer{User: s.users["clerk"].ID}, s.meeting)
	if err != nil {
		s.t.Fatal(err)
	}
	return m.State
}

func stretchForm(recording, do string, more ...string) url.Values {
	v := url.Values{"recording": {recording}, "from": {"0:03"}, "to": {"5,0"}, "reason": {"lộ bí mật"}, "do": {do}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func TestAStretchIsClosedByWhoMayAndSeenByTheClosedCircle(t *testing.T) {
	s := newSite(t)
	s.recorded("r1")
	at := "/m/" + s.meeting + "/stretches"
	for who, status := range map[string]int{"delegate": http.StatusForbidden, "screen": http.StatusForbidden, "chair": http.StatusForbidden, "archivist": http.StatusForbidden, without: http.StatusNotFound, "admin": http.StatusNotFound} {
		s.client(who).post(at, stretchForm("r1", "")).is(status)
	}
	secretary := s.client("secretary")
	for name, c := range map[string]struct {
		form   url.Values
		status int
		says   string
	}{
		"another recording": {stretchForm("r2", ""), http.StatusNotFound, ""},
		"a path":            {stretchForm("../r1", ""), http.StatusNotFound, ""},
		"without reason":    {stretchForm("r1", "", "reason", " "), http.StatusUnprocessableEntity, "Hãy ghi lý do"},
		"backwards":         {stretchForm("r1", "", "to", "1"), http.StatusUnprocessableEntity, "không phải một đoạn"},
		"behind its end":    {stretchForm("r1", "", "from", "1:00", "to", "2:00"), http.StatusUnprocessableEntity, "không phải một đoạn"},
		"no place":          {stretchForm("r1", "", "from", "zebra<b>"), http.StatusUnprocessableEntity, "không phải một đoạn"},
	} {
		a := secretary.post(at, c.form).is(c.status)
		if !strings.Contains(a.body, c.says) || strings.Contains(a.body, "zebra<b>") {
			t.Errorf("%s: %.2000s", name, a.body)
		}
	}
	if got := s.opened("r1").Closed(); len(got) != 0 {
		t.Fatalf("what was refused was done: %+v", got)
	}
	for range 2 { // the form comes twice
		secretary.post(at, stretchForm("r1", "")).is(http.StatusSeeOther)
	}
	got := s.opened("r1").Closed()
	if len(got) != 1 || got[0].From != 48000 || got[0].To != 80000 || got[0].Who != "Người secretary" || got[0].Reason != "lộ bí mật" {
		t.Errorf("%+v", got)
	}
	for _, who := range []string{"clerk", "archivist", "chair"} {
		a := s.client(who).get(at).is(http.StatusOK)
		if !strings.Contains(a.body, "Đã đóng") || !strings.Contains(a.body, "lộ bí mật") || !strings.Contains(a.body, "Người secretary") {
			t.Errorf("%s does not see it", who)
		}
		if offers := strings.Contains(a.body, "Đề nghị xóa…"); offers != (who != "archivist") {
			t.Errorf("%s is offered to have it erased: %v", who, offers)
		}
	}
	s.client("delegate").get(at).is(http.StatusForbidden)
	if b := s.client("delegate").get("/m/" + s.meeting).is(http.StatusOK).body; strings.Contains(b, "stretches") {
		t.Error("a delegate learns that there is such a page")
	}
	if _, record, _ := desk.Assemble(s.state(), s.sheets("r1")); len(record.Segments) != 1 || record.Segments[0].Text != "lời công khai" {
		t.Errorf("drafting gets %+v", record.Segments)
	}
}

func (s *site) sheets(id string) []*desk.Sheet {
	s.t.Helper()
	sh, err := s.store.Sheet(s.t.Context(), desk.Viewer{User: s.users["clerk"].ID}, s.meeting, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return []*desk.Sheet{sh}
}

func TestOneAsksForAStretchToBeErasedAndAnotherConfirms(t *testing.T) {
	s := newSite(t)
	s.recorded("r1")
	at := "/m/" + s.meeting + "/erasures"
	secretary, chair, clerk := s.client("secretary"), s.client("chair"), s.client("clerk")
	for who, status := range map[string]int{"delegate": http.StatusForbidden, "archivist": http.StatusForbidden, without: http.StatusNotFound} {
		s.client(who).post(at, stretchForm("r1", "ask")).is(status)
	}
	secretary.post(at, stretchForm("r2", "ask")).is(http.StatusNotFound)
	secretary.post(at, stretchForm("r1", "burn")).is(http.StatusUnprocessableEntity)
	secretary.post(at, stretchForm("r1", "ask", "reason", "")).is(http.StatusUnprocessableEntity)
	secretary.post(at, stretchForm("r1", "ask")).is(http.StatusSeeOther)
	id := s.state().Erasures[0].ID
	if len(s.state().Erasures) != 1 || len(s.opened("r1").Erased()) != 0 {
		t.Fatal("asking alone erased it")
	}
	page := func(c *client) string {
		return c.get("/m/" + s.meeting + "/stretches?recording=r1").is(http.StatusOK).body
	}
	if b := page(secretary); strings.Contains(b, `value="confirm"`) || !strings.Contains(b, "Rút lại") || !strings.Contains(b, "Cần một người khác") {
		t.Error("who asked is offered to confirm, or cannot take it back")
	}
	if b := page(chair); !strings.Contains(b, `value="confirm"`) || !strings.Contains(b, "điều zebra bí mật") || !strings.Contains(b, "Người secretary") {
		t.Error("the chair does not see what is to be confirmed")
	}
	confirm := url.Values{"recording": {"r1"}, "id": {id}, "do": {"confirm"}}
	act := mustJSON(t, map[string]any{"id": "act-of-who-asked-1", "kind": desk.KindErasureConfirmed, "body": desk.Named{ID: id}})
	secretary.post(at, confirm).is(http.StatusForbidden)
	secretary.post("/m/"+s.meeting+"/acts", url.Values{"kind": {string(desk.KindErasureConfirmed)}, "body": {string(mustJSON(t, desk.Named{ID: id}))}}).is(http.StatusForbidden)
	secretary.raw("/m/"+s.meeting+"/acts", "application/json", act).is(http.StatusForbidden)
	s.client("archivist").post(at, confirm).is(http.StatusForbidden)
	chair.post(at, url.Values{"recording": {"r1"}, "id": {"x99"}, "do": {"confirm"}}).is(http.StatusNotFound)
	other := s.otherMeeting()
	clerk.post("/m/"+other+"/erasures", confirm).is(http.StatusNotFound) // the recording is of another meeting
	if len(s.opened("r1").Erased()) != 0 || s.state().Erasures[0].Confirmed != nil {
		t.Fatal("what was refused was done")
	}

	chair.post(at, confirm).is(http.StatusSeeOther)
	chair.post(at, confirm).is(http.StatusSeeOther) // twice
	got := s.opened("r1").Erased()
	if len(got) != 1 || got[0].From > 48000 || got[0].To < 80000 || got[0].Who != "Người secretary, Người chair" || got[0].Reason != "lộ bí mật" {
		t.Fatalf("%+v", got)
	}
	if rep, err := record.Verify(t.Context(), filepath.Join(s.root, "r1"), nil); err != nil || !rep.Whole || rep.ErasedSeconds < 2 {
		t.Errorf("%+v, %v", rep, err)
	}
	found, err := s.store.Search(t.Context(), search.Query{Account: s.users["clerk"].ID, Text: "zebra", Limit: 5})
	if err != nil || len(found.Hits) != 0 {
		t.Errorf("%+v, %v", found.Hits, err)
	}
	for _, path := range []string{"/live", "/review", "/stretches", "/search?q=zebra"} {
		if path[0] == '/' && !strings.HasPrefix(path, "/search") {
			path = "/m/" + s.meeting + path
		}
		if b := clerk.get(path).is(http.StatusOK).body; strings.Contains(b, "zebra bí mật") {
			t.Errorf("%s still shows it", path)
		}
	}
	for _, path := range []string{"/live", "/review"} { // it was recorded
		if b := clerk.get("/m/" + s.meeting + path).is(http.StatusOK).body; !strings.Contains(b, "<p>Đã xóa khỏi bản ghi: 2") || strings.Contains(b, "<p>Không ghi âm") {
			t.Errorf("%s does not say that it was erased", path)
		}
	}
	if b := page(clerk); !strings.Contains(b, `Đoạn đóng, đoạn xóa</span><span class="count">1</span>`) {
		t.Error("the list of pages does not count it")
	}
	if b := page(clerk); !strings.Contains(b, "Đã xóa") || !strings.Contains(b, "Người chair") {
		t.Error("the page does not tell who erased it")
	}
	log, err := s.store.Audit(t.Context(), audit.Query{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	actors := map[string]string{}
	for _, e := range log {
		actors[e.Action] = e.Actor
		if strings.Contains(string(e.Detail), "zebra") || strings.Contains(string(e.Detail), "lộ bí mật") {
			t.Errorf("the log tells of the content: %s", e.Detail)
		}
	}
	for action, who := range map[string]string{"erasure_asked": "secretary", "erasure_confirmed": "chair", "stretch_erased": "chair"} {
		if actors[action] != s.users[who].ID {
			t.Errorf("%s was done by %q, want %s", action, actors[action], who)
		}
	}
}

func TestARequestToEraseIsRefusedOrTakenBack(t *testing.T) {
	s := newSite(t)
	s.recorded("r1")
	at := "/m/" + s.meeting + "/erasures"
	clerk, chair := s.client("clerk"), s.client("chair")
	for i, c := range []*client{chair, clerk} { // refused by another, taken back by oneself
		clerk.post(at, stretchForm("r1", "ask")).is(http.StatusSeeOther)
		id := s.state().Erasures[i].ID
		c.post(at, url.Values{"recording": {"r1"}, "id": {id}, "do": {"refuse"}, "reason": {"nhầm"}}).is(http.StatusSeeOther)
		chair.post(at, url.Values{"recording": {"r1"}, "id": {id}, "do": {"confirm"}}).is(http.StatusLocked)
	}
	if len(s.opened("r1").Erased()) != 0 || len(s.state().Ordered()) != 0 {
		t.Error("it was erased all the same")
	}
	if b := clerk.get("/m/" + s.meeting + "/stretches").is(http.StatusOK).body; strings.Count(b, "Không xóa") != 2 || !strings.Contains(b, "nhầm") {
		t.Error("the page does not tell that it was refused")
	}
}

func TestAnImportBeginsWhenPeopleSay(t *testing.T) {
	s := newSite(t)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	field := func(name, value string) {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	field("into", "")
	field("at", "2026-06-01T07:30")
	part, err := w.CreateFormFile("file", "điện thoại.flac")
	if err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile("../internal/casefile/cases/council-demo/audio.flac")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(sound); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s.client("clerk").raw("/m/"+s.meeting+"/import", w.FormDataContentType(), form.Bytes()).is(http.StatusSeeOther)
	dirs, err := filepath.Glob(filepath.Join(s.root, "*-import-*"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("%v, %v", dirs, err)
	}
	info := s.opened(filepath.Base(dirs[0])).Info()
	if want := time.Date(2026, 6, 1, 7, 30, 0, 0, time.Local); !info.Created.Equal(want) || info.Origin != "điện thoại.flac" {
		t.Errorf("begun %v, from %q", info.Created, info.Origin)
	}
}

func TestAFileFillsTheGapOfARecordingThatGoesOn(t *testing.T) {
	s := newSite(t)
	const file, rate = "../internal/casefile/cases/council-demo/audio.flac", 16000
	pcm := soundOf(t, file)
	running := func() capture.Status {
		all, err := capture.Running(t.Context(), s.root)
		if err != nil || len(all) != 1 {
			return capture.Status{}
		}
		return all[0]
	}
	m := &pulledOut{waiting: func() float64 { return running().Record.Waiting }, pcm: pcm, from: []int{0, 52 * rate}, to: []int{40 * rate, 80 * rate}, began: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
	life, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() {
		_, err := capture.Run(life, capture.Config{Root: s.root, Meeting: s.meeting, Recording: "r1", Now: m.now,
			Source: capture.Source{Name: "mixer", Live: true, Block: func(int) int { return rate / 50 }, Open: m.open}})
		over <- err
	}()
	t.Cleanup(func() { stop(); <-over })
	if err := s.store.StartRecording(t.Context(), hall.Recording{ID: "r1", Meeting: s.meeting, Started: m.began}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); running().Durable < 79; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it has recorded %+v", running())
		}
	}
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	form := func(into string) (string, []byte) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		err := w.WriteField("into", into)
		part, err2 := w.CreateFormFile("file", "máy ghi âm.flac")
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(sound); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return w.FormDataContentType(), b.Bytes()
	}
	at, clerk := "/m/"+s.meeting+"/import", s.client("clerk")
	kind, body := form("r1")
	s.client("delegate").raw(at, kind, body).is(http.StatusForbidden)
	clerk.raw(at, kind, body).is(http.StatusSeeOther)
	if f := s.opened("r1").Filled(); len(f) != 1 || f[0].Who != "Người clerk" || f[0].From < 39*rate || f[0].To > 53*rate || f[0].To-f[0].From < 11*rate {
		t.Errorf("filled is %+v", f)
	}
	if st := running(); st.State != capture.Recording {
		t.Errorf("the hall is not recorded any more: %q", st.State)
	}
	// Nothing is missing now; and each refusal says why, on a Vietnamese page in Vietnamese.
	if a := clerk.raw(at, kind, body).is(http.StatusUnprocessableEntity); !strings.Contains(a.body, "không khớp với bản ghi đã chọn") {
		t.Errorf("the refusal says %s", a.body)
	}
	kind, body = form("r9")
	clerk.raw(at, kind, body).is(http.StatusNotFound)
}

// pulledOut is a device that plays parts of a sound and is away between them; its
// clock goes on by what it plays, and by what is left out.
type pulledOut struct {
	waiting  func() float64 // seconds that the disk has not taken yet
	pcm      []float32
	from, to []int // samples
	began    time.Time

	mu sync.Mutex
	n  int // the part
	at int // the sample
}

func (p *pulledOut) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.began.Add(time.Duration(p.at) * time.Second / 16000)
}

func (p *pulledOut) open(context.Context) (capture.Input, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = p.from[p.n]
	return p, nil
}

func (p *pulledOut) Name() string          { return "mixer" }
func (p *pulledOut) Format() record.Format { return record.Format{Rate: 16000, Channels: 1, Bits: 16} }
func (p *pulledOut) Close() error          { return nil }

func (p *pulledOut) Read(ctx context.Context, dst []float32) (int, int64, error) {
	for p.now().Second()%10 == 0 && p.waiting() > 1 && ctx.Err() == nil { // faster than a hall, not than the disk
		time.Sleep(10 * time.Millisecond)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at >= p.to[p.n] {
		if p.n+1 < len(p.from) {
			p.n++
			return 0, 0, device.ErrGone
		}
		p.mu.Unlock() // and then nobody speaks
		<-ctx.Done()
		p.mu.Lock()
		return 0, 0, ctx.Err()
	}
	n := copy(dst, p.pcm[p.at:p.to[p.n]])
	p.at += n
	return n, 0, nil
}

// soundOf reads a file of one channel at 16 kHz.
func soundOf(t *testing.T, file string) (pcm []float32) {
	t.Helper()
	src, err := audio.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for buf := make([]float32, 16000); ; {
		n, err := src.Read(t.Context(), buf)
		pcm = append(pcm, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return pcm
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestARecordingFromElsewhereIsCalledSoAndNumbersAreWrittenAsInVietnamese(t *testing.T) {
	s := newSite(t)
	s.recorded("r1")
	clerk, at := s.client("clerk"), "/m/"+s.meeting
	const outside = "mang từ nơi khác"
	if strings.Contains(clerk.get(at+"/review").body, outside) {
		t.Error("a recording of the hall is called one from elsewhere")
	}
	if err := s.store.StartRecording(t.Context(), hall.Recording{ID: "r2", Meeting: s.meeting, Started: time.Now(), Outside: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.store.EndRecording(t.Context(), "r2", 160000); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"/review", "/stretches"} {
		if body := clerk.get(at + page).is(http.StatusOK).body; !strings.Contains(body, outside) {
			t.Errorf("%s does not tell which recording was brought", page)
		}
	}
	const away = "nằm ở máy đã ghi"
	if strings.Contains(clerk.get(at+"/stretches?recording=r1").body, away) {
		t.Error("a recording that is here is called one of another machine")
	}
	if body := clerk.get(at + "/stretches?recording=r2").body; !strings.Contains(body, away) || strings.Contains(body, `name="from"`) {
		t.Error("a stretch of a recording that is on another machine is offered to be closed")
	}
	for _, to := range []string{"/stretches", "/erasures"} { // asked all the same
		if a := clerk.post(at+to, stretchForm("r2", "ask")).is(http.StatusUnprocessableEntity); !strings.Contains(a.body, away) {
			t.Errorf("%s does not tell why", to)
		}
	}
	if body := clerk.get(at + "/review?recording=r1").body; !strings.Contains(body, ">0,75×<") || strings.Contains(body, ">0.75×<") {
		t.Error("the speeds of playing have a point")
	}
	if body := clerk.get(at + "/review?recording=r2").body; !strings.Contains(body, "Âm thanh không có trên máy này") || strings.Contains(body, "<audio") {
		t.Error("sound that is on another machine is offered to be played")
	}
	if body := clerk.get(at + "/stretches?recording=r1&from=3.5&to=0:05").body; !strings.Contains(body, `value="0:00:03,5"`) {
		t.Error("a place has a point")
	}
}

func TestTheLiveDeskExpectsToHearOfACaptureOnly(t *testing.T) {
	s := newSite(t)
	clerk, at := s.client("clerk"), "/m/"+s.meeting+"/live"
	expects := func(want bool, what string) {
		t.Helper()
		if is := strings.Contains(clerk.get(at).is(http.StatusOK).body, `data-heard="true"`); is != want {
			t.Errorf("%s: it waits for levels = %v", what, is)
		}
	}
	expects(false, "nothing is recorded")
	for _, r := range []struct {
		hall.Recording
		heard bool
	}{{hall.Recording{ID: "x-hall"}, true}, {hall.Recording{ID: "x-mic-ab12"}, false}, {hall.Recording{ID: "x-import", Outside: true}, false}} {
		r.Meeting, r.Started = s.meeting, time.Now()
		if err := s.store.StartRecording(t.Context(), r.Recording); err != nil {
			t.Fatal(err)
		}
		expects(r.heard, r.ID)
		if err := s.store.EndRecording(t.Context(), r.ID, 16000); err != nil {
			t.Fatal(err)
		}
		expects(false, r.ID+" has ended")
	}
}

func (s *site) otherMeeting() string {
	s.t.Helper()
	id, err := s.store.Create(s.t.Context(), desk.Viewer{User: s.users["admin"].ID, Administrator: true}, actID(), desk.Created{Clerk: s.users["clerk"].ID, Name: "x",
		Head: desk.Head{Kind: minutes.KindCommittee, Title: "Cuộc họp khác"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// raw posts a body of any type.
func (c *client) raw(path, contentType string, body []byte) answer {
	t := c.s.t
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.s.http.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	res, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{t: t, what: "POST " + path, status: res.StatusCode, header: res.Header, body: string(b)}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
