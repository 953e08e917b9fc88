package portal_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/bus/membus"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/portal"
	"bienban/transcribe"
)

// soon is how long a thing may take that must happen at once, on a busy machine. It
// is well under a heartbeat, at which all ends happen at the latest.
const soon = 10 * time.Second

// streamSite is a site of which event streams are tried.
type streamSite struct {
	*site
	bus  bus.Notices
	stop func()             // ends the server, as a shutdown does
	in   map[string]*client // who is signed in and stays so
	base *site              // of the whole test
}

// newStreamSite is a site with a bus, for people who are signed in: sessions are in
// the store, and cookies know no port. beat and accept are the streams' times; 0 = the
// program's own.
func newStreamSite(t *testing.T, s *site, in map[string]*client, beat, accept time.Duration) *streamSite {
	t.Helper()
	hub := membus.New(membus.Options{Log: slog.New(slog.DiscardHandler)})
	server, err := portal.New(portal.Options{Desk: s.store, Feed: s.store, Accounts: s.people, Search: s.store, Audit: s.store, Bus: hub.Connect()})
	if err != nil {
		t.Fatal(err)
	}
	if beat > 0 {
		server.StreamTimes(beat, accept)
	}
	life, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() { defer close(ran); server.Run(life) }()
	srv := httptest.NewServer(server.Handler())
	t.Cleanup(func() { stop(); <-ran; srv.CloseClientConnections(); srv.Close() })
	mine := *s
	mine.t, mine.server, mine.http = t, server, srv
	return &streamSite{site: &mine, bus: hub.Connect(), stop: func() { stop(); <-ran }, in: in, base: &mine}
}

// message is what came over a stream.
type message struct{ Event, ID, Data string }

// stream is a browser's event stream.
type stream struct {
	t      *testing.T
	status int
	header http.Header
	body   io.Closer
	came   chan message // closed when the stream has ended
	raw    chan string  // lines that are no message: heartbeats
}

// open opens an event stream; last is its Last-Event-ID, "" for none.
func (s *streamSite) open(c *client, query, last string) *stream {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.http.URL+"/m/"+s.meeting+"/events"+query, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	h := *c.http
	h.Timeout = 0
	res, err := h.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	st := &stream{t: s.t, status: res.StatusCode, header: res.Header, body: res.Body, came: make(chan message, 10_000), raw: make(chan string, 10_000)}
	s.t.Cleanup(func() { _ = res.Body.Close() })
	go func() {
		defer close(st.came)
		var m message
		lines := bufio.NewScanner(res.Body)
		for lines.Buffer(nil, 4<<20); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case lines.Text() == "":
				if m.Data != "" {
					st.came <- m
				}
				m = message{}
			case name == "event":
				m.Event = value
			case name == "id":
				m.ID = value
			case name == "data":
				m.Data = value
			default:
				st.raw <- lines.Text()
			}
		}
	}()
	return st
}

// next is the next message that passes a test; the ones before it must not.
func (s *stream) next() message {
	s.t.Helper()
	select {
	case m, open := <-s.came:
		if !open {
			s.t.Fatal("the stream has ended")
		}
		return m
	case <-time.After(soon):
		s.t.Fatal("nothing comes")
	}
	return message{}
}

// numbers reads n numbered events and gives their ids.
func (s *stream) numbers(n int) []string {
	s.t.Helper()
	var out []string
	for len(out) < n {
		if m := s.next(); m.Event == "" {
			out = append(out, m.ID)
		}
	}
	return out
}

// ends waits until the server has ended the stream, and gives what came until then.
func (s *stream) ends(why string) (rest []message) {
	s.t.Helper()
	timeout := time.After(soon)
	for {
		select {
		case m, open := <-s.came:
			if !open {
				return rest
			}
			rest = append(rest, m)
		case <-timeout:
			s.t.Fatalf("%s: the stream goes on", why)
		}
	}
}

// note lets the clerk do something that everybody's streams tell of.
func (s *streamSite) note(text string) int64 {
	s.t.Helper()
	return s.do("clerk", desk.KindNote, desk.NoteMade{Text: text}).Seq
}

// do lets somebody do something, as a page does.
func (s *streamSite) do(login string, kind desk.Kind, body any) desk.Done {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	sent, err := json.Marshal(map[string]any{"id": actID(), "kind": kind, "base": s.newest(), "body": json.RawMessage(b)})
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := s.as(login).http.Post(s.http.URL+"/m/"+s.meeting+"/acts", "application/json", bytes.NewReader(sent))
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var d desk.Done
	if err := json.NewDecoder(res.Body).Decode(&d); err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: status %d, %v", kind, res.StatusCode, err)
	}
	return d
}

// as is the browser of somebody who stays signed in.
func (s *streamSite) as(login string) *client {
	s.t.Helper()
	if s.in[login] == nil {
		s.in[login] = s.base.client(login)
	}
	return s.in[login]
}

// newest is the number of the meeting's newest event.
func (s *streamSite) newest() int64 {
	s.t.Helper()
	l, err := s.store.Load(s.t.Context(), desk.Viewer{User: s.users["clerk"].ID}, s.meeting)
	if err != nil {
		s.t.Fatal(err)
	}
	return l.Seq
}

// counted are the numbers from one to another as text.
func counted(from, to int64) []string {
	var out []string
	for n := from; n <= to; n++ {
		out = append(out, fmt.Sprint(n))
	}
	return out
}

func TestEventStreams(t *testing.T) {
	base, in := newSite(t), map[string]*client{}
	s := newStreamSite(t, base, in, 0, 0)
	clerk := s.as("clerk")

	t.Run("whoever comes again gets all that it has not had, once and in order", func(t *testing.T) {
		s := s.of(t)
		newest := s.newest()
		for last, from := range map[string]int64{"0": 1, "1": 2, fmt.Sprint(newest - 1): newest} {
			st := s.open(clerk, "?after=3", last) // what an EventSource says when it comes again goes before its address
			if got, want := st.numbers(int(newest-from)+1), counted(from, newest); !slices.Equal(got, want) {
				t.Errorf("after %s: %v, want %v", last, got, want)
			}
			seq := s.note("đến sau khi mở")
			if m := st.next(); m.ID != fmt.Sprint(seq) {
				t.Errorf("event %s came, want %d", m.ID, seq)
			}
			newest = seq
		}
	})
	t.Run("a number from the future means that the store is behind: the page loads anew", func(t *testing.T) {
		s := s.of(t)
		st := s.open(clerk, "", "999999")
		if m := st.next(); m.Event != "reset" || m.ID != "" {
			t.Errorf("%+v", m)
		}
		seq := s.note("sau khi đặt lại")
		if m := st.next(); m.ID != fmt.Sprint(seq) {
			t.Errorf("%+v, want event %d", m, seq)
		}
	})
	t.Run("what is no number is refused", func(t *testing.T) {
		s := s.of(t)
		for _, last := range []string{"-1", "x", "1.5", "9223372036854775808", "1 OR 1=1"} {
			if st := s.open(clerk, "?after="+url.QueryEscape(last), ""); st.status != http.StatusUnprocessableEntity {
				t.Errorf("%q: status %d", last, st.status)
			}
		}
	})
	t.Run("an account has so many streams and no more, and leaves others theirs", func(t *testing.T) {
		s := s.of(t)
		secretary := s.as("secretary")
		var all []*stream
		for range portal.StreamsEach {
			st := s.open(secretary, "", "")
			if st.next(); st.status != http.StatusOK { // it is open
				t.Fatalf("stream %d: status %d", len(all)+1, st.status)
			}
			all = append(all, st)
		}
		if st := s.open(secretary, "", ""); st.status != http.StatusServiceUnavailable || st.header.Get("Retry-After") == "" {
			t.Errorf("one more: status %d", st.status)
		}
		if st := s.open(s.as("chair"), "", ""); st.status != http.StatusOK {
			t.Errorf("somebody else: status %d", st.status)
		}
		open := s.server.OpenStreams()
		_ = all[0].body.Close()
		s.until("a closed page's stream is given back", func() bool { return s.server.OpenStreams() < open })
		if st := s.open(secretary, "", ""); st.status != http.StatusOK {
			t.Errorf("after one was closed: status %d", st.status)
		}
	})
	t.Run("who signs out, or is signed out, hears nothing more", func(t *testing.T) {
		s := s.of(t)
		admin := s.as("admin")
		sessions := func(c *client) { c.post("/account/sessions", nil).is(http.StatusSeeOther) }
		for why, end := range map[string]func(c *client){
			"signed out":                    func(c *client) { c.post("/logout", nil).is(http.StatusSeeOther) },
			"sessions ended in another one": func(*client) { sessions(s.client("archivist")) },
			"another password": func(*client) {
				s.client("archivist").post("/account/password", url.Values{"old": {password}, "password": {password}, "again": {password}}).is(http.StatusSeeOther)
			},
			"disabled": func(*client) {
				admin.post("/users/"+s.users["archivist"].ID, url.Values{"do": {"disable"}}).is(http.StatusSeeOther)
			},
		} {
			admin.post("/users/"+s.users["archivist"].ID, url.Values{"do": {"enable"}}).is(http.StatusSeeOther)
			c := s.client("archivist")
			st := s.open(c, fmt.Sprintf("?after=%d", s.newest()-1), "")
			st.next()
			mine := s.open(clerk, fmt.Sprintf("?after=%d", s.newest()-1), "")
			mine.next()
			end(c)
			if rest := st.ends(why); len(rest) > 0 {
				t.Errorf("%s: %v came", why, rest)
			}
			seq := s.note(why) // and others' streams go on
			if m := mine.next(); m.ID != fmt.Sprint(seq) {
				t.Errorf("%s: the clerk got %+v", why, m)
			}
		}
	})
	t.Run("whose membership is taken away hears nothing more, not even of that", func(t *testing.T) {
		s := s.of(t)
		for why, take := range map[string]func(){
			"taken out":      func() { s.do("clerk", desk.KindMember, desk.MemberSet{User: s.users[without].ID}) },
			"giving, undone": nil,
		} {
			d := s.do("clerk", desk.KindMember, desk.MemberSet{User: s.users[without].ID, Roles: desk.Roles{desk.Secretary}})
			st := s.open(s.as(without), fmt.Sprintf("?after=%d", d.Seq-1), "")
			st.next()
			if take == nil {
				s.do("clerk", desk.KindUndo, desk.Undo{Act: s.actAt(d.Seq)})
			} else {
				take()
			}
			if rest := st.ends(why); len(rest) > 0 {
				t.Errorf("%s: %v came", why, rest)
			}
			if st := s.open(s.as(without), "", ""); st.status != http.StatusNotFound {
				t.Errorf("%s: opened again: status %d", why, st.status)
			}
		}
	})
	t.Run("what passes and what is said goes to who may see it only", func(t *testing.T) { secrets(t, s.of(t)) })
	t.Run("a heartbeat comes, and at it roles that another process took away count", func(t *testing.T) {
		s := newStreamSite(t, base, in, 50*time.Millisecond, time.Second)
		st := s.open(s.client("chair"), fmt.Sprintf("?after=%d", s.newest()), "")
		for range 3 {
			select {
			case <-st.raw:
			case <-time.After(soon):
				t.Fatal("no heartbeat")
			}
		}
		if err := s.people.EndSessions(t.Context(), s.users["admin"].ID, s.users["chair"].ID, ""); err != nil { // as `bienban user` does
			t.Fatal(err)
		}
		st.ends("sessions ended by another process")
	})
	t.Run("a browser that never reads is bounded, disturbs nobody, and is let go", func(t *testing.T) { deafBrowsers(t, base, in) })
	t.Run("a shutdown ends all streams at once", func(t *testing.T) {
		s := newStreamSite(t, base, in, 0, 0)
		var all []*stream
		for range 5 {
			st := s.open(clerk, fmt.Sprintf("?after=%d", s.newest()-1), "")
			st.next()
			all = append(all, st)
		}
		s.stop()
		for _, st := range all {
			st.ends("shutdown")
		}
		s.until("no stream is open", func() bool { return s.server.OpenStreams() == 0 })
	})
}

// of is the site for a subtest.
func (s *streamSite) of(t *testing.T) *streamSite {
	own := *s
	base := *s.site
	base.t, own.site = t, &base
	return &own
}

// until waits for something that comes by itself.
func (s *streamSite) until(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(soon); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("it does not come that %s", what)
		}
	}
}

// actAt is the id of the act of an event.
func (s *streamSite) actAt(seq int64) string {
	s.t.Helper()
	all, err := s.store.EventsAfter(s.t.Context(), s.meeting, seq-1, 1)
	if err != nil || len(all) != 1 {
		s.t.Fatal(len(all), err)
	}
	var b desk.EventBody
	if err := json.Unmarshal(all[0].Body, &b); err != nil {
		s.t.Fatal(err)
	}
	return b.Act
}

// deafBrowsers lets browsers open streams and never read, while 8 MB of events come: twice what a kernel takes for one.
func deafBrowsers(t *testing.T, base *site, in map[string]*client) {
	const deaf, events, each = 4, 33, 240_000
	s := newStreamSite(t, base, in, 0, 0)
	after := s.newest()
	c := s.as("clerk")
	var cookie string
	u, err := url.Parse(s.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range c.http.Jar.Cookies(u) {
		cookie = k.Name + "=" + k.Value
	}
	for range deaf {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.(*net.TCPConn).SetReadBuffer(4096) // the kernel must not read much for it
		fmt.Fprintf(conn, "GET /m/%s/events?after=%d HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", s.meeting, after, u.Host, cookie)
	}
	s.until("the deaf ones are connected", func() bool { return s.server.OpenStreams() == deaf })
	hearing := s.open(s.as("secretary"), fmt.Sprintf("?after=%d", after), "")
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	body, err := json.Marshal(map[string]string{"text": strings.Repeat("dài ", each/5)})
	if err != nil {
		t.Fatal(err)
	}
	for range events {
		if _, err := s.store.AddEvent(t.Context(), s.meeting, actID(), "test_event", body); err != nil {
			t.Fatal(err)
		}
		s.bus.Send("event.meeting."+s.meeting, nil)
		if m := hearing.next(); m.ID == "" {
			t.Fatalf("%+v", m)
		}
	}
	// All have been sent to who hears; the deaf ones wait in full buffers.
	if n := s.server.OpenStreams(); n != deaf+1 {
		t.Logf("%d of the streams that nobody reads were let go meanwhile", deaf+1-n)
	}
	if grown := int64(heap()) - int64(before); grown > events*each/2 {
		t.Errorf("%d bytes are held for %d browsers that do not read; each was to be sent %d", grown, deaf, events*each)
	}
	seq := s.note("ai đọc thì nghe ngay")
	if m := hearing.next(); m.ID != fmt.Sprint(seq) {
		t.Errorf("%+v, want event %d", m, seq)
	}
	// With less patience they are let go, and no more than them.
	s.stop()
	quick := newStreamSite(t, base, in, time.Hour, 50*time.Millisecond)
	u2, err := url.Parse(quick.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u2.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetReadBuffer(4096)
	hearing = quick.open(quick.as("secretary"), fmt.Sprintf("?after=%d", quick.newest()-1), "")
	hearing.next()
	fmt.Fprintf(conn, "GET /m/%s/events?after=%d HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", quick.meeting, after, u2.Host, cookie)
	quick.until("the deaf one is let go", func() bool { return quick.server.OpenStreams() == 1 && sent(conn) })
	seq = quick.note("và người khác vẫn nghe")
	if m := hearing.next(); m.ID != fmt.Sprint(seq) {
		t.Errorf("%+v, want event %d", m, seq)
	}
}

// sent says that something has come over a connection: it reads one byte of it.
func sent(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(time.Second))
	_, err := conn.Read(make([]byte, 1))
	return err == nil || errors.Is(err, io.EOF)
}

// secrets: what passes, final text, and a closed part, for a secretary, a delegate and
// a hall screen.
func secrets(t *testing.T, s *streamSite) {
	ctx := t.Context()
	if err := s.store.StartRecording(ctx, hall.Recording{ID: "rec", Meeting: s.meeting, Started: time.Now(), Language: "vi"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.RaiseEpoch(ctx, "rec", 1); err != nil {
		t.Fatal(err)
	}
	closed := s.do("clerk", desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: "Nhân sự", Closed: true}}).ID
	s.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	s.do("clerk", desk.KindMark, desk.MarkMade{Item: closed, Place: desk.Place{Recording: "rec"}})
	after := s.newest()
	streams := map[string]*stream{}
	for _, who := range []string{"secretary", "delegate", "screen"} {
		streams[who] = s.open(s.as(who), fmt.Sprintf("?after=%d", after-1), "")
		streams[who].next()
	}
	const words, passing = "nguyên văn phần kín", "nguyên văn tạm thời"
	sub := func(kind, data string) { s.bus.Send(kind+".rec", []byte(data)) }
	last := int64(0)
	heard := func(who string) (text string, kinds []string) {
		for {
			m := streams[who].next()
			text += m.Data
			kinds = append(kinds, m.Event)
			if m.ID == fmt.Sprint(last) {
				return text, kinds
			}
		}
	}
	s.until("the secretary hears what passes", func() bool { // the server may only begin to listen
		sub("live", `{"text": "`+passing+`"}`)
		select {
		case m := <-streams["secretary"].came:
			return m.Event == "said"
		case <-time.After(20 * time.Millisecond):
			return false
		}
	})
	sub("lag", `{"seconds": 1}`)
	sub("capture", "not JSON\nat all")
	f := hall.Final{Recording: "rec", Epoch: 1, From: 0, To: 16000, Segments: []transcribe.Segment{{Start: 0, End: 1, Text: words}}}
	if err := s.store.AcceptFinal(ctx, f); err != nil {
		t.Fatal(err)
	}
	s.do("clerk", desk.KindNote, desk.NoteMade{Item: closed, Text: words})
	last = s.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Recess, Reason: "nghỉ"}).Seq
	if text, kinds := heard("secretary"); !strings.Contains(text, words) || !slices.Contains(kinds, "lag") || slices.Contains(kinds, "capture") {
		t.Errorf("the secretary was sent %v %s", kinds, text)
	}
	for _, who := range []string{"delegate", "screen"} {
		text, kinds := heard(who)
		if strings.Contains(text, "nguyên văn") || slices.Contains(kinds, "said") || slices.Contains(kinds, "lag") || slices.Contains(kinds, "capture") {
			t.Errorf("%s was sent %v %s", who, kinds, text)
		}
		if !strings.Contains(text, desk.Withheld) || strings.Count(text, `"seq"`) != len(kinds) {
			t.Errorf("%s was sent %s", who, text)
		}
	}
	// A role that is taken away counts for what passes at once.
	s.do("clerk", desk.KindMember, desk.MemberSet{User: s.users["secretary"].ID, Roles: desk.Roles{desk.Delegate}})
	st := streams["secretary"]
	st.numbers(1) // that of the change itself, withheld
	sub("live", `{"text": "`+passing+`"}`)
	seq := s.note("mốc")
	for m := st.next(); m.ID != fmt.Sprint(seq); m = st.next() {
		if m.Event == "said" {
			t.Errorf("who is a delegate now was sent %s", m.Data)
		}
	}
}
