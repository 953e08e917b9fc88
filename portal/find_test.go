package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bienban/internal/hall"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// hitText is a hit on the page of search.
var hitText = regexp.MustCompile(`(?s)<li class="card"><p class="small muted"><span class="badge">(.*?)</li>`)

// markup is what stands between the words.
var markup = regexp.MustCompile(`<[^>]*>`)

// finds gives the hits that somebody's page of search shows, as plain text, in order.
func finds(c *client, words string) []string {
	c.s.t.Helper()
	body := c.get("/search?q=" + url.QueryEscape(words)).is(http.StatusOK).body
	var out []string
	for _, m := range hitText.FindAllStringSubmatch(body, -1) {
		out = append(out, strings.Join(strings.Fields(markup.ReplaceAllString(m[1], "")), " "))
	}
	return out
}

// TestWhatAMeetingHoldsIsFoundOverHTTPByWhoMaySeeIt looks for one word in all kinds of
// things of a meeting, on the page that people use.
func TestWhatAMeetingHoldsIsFoundOverHTTPByWhoMaySeeIt(t *testing.T) {
	base := newSite(t)
	s := newStreamSite(t, base, map[string]*client{}, 0, 0)
	ctx := t.Context()
	if err := s.store.StartRecording(ctx, hall.Recording{ID: "rec", Meeting: s.meeting, Started: time.Now(), Language: "vi"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.RaiseEpoch(ctx, "rec", 1); err != nil {
		t.Fatal(err)
	}
	s.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	say := func(n int64, text string) {
		t.Helper()
		f := hall.Final{Recording: "rec", Epoch: 1, From: n * 16000, To: (n + 1) * 16000, Segments: []transcribe.Segment{{Start: float64(n), End: float64(n + 1), Text: text}}}
		if err := s.store.AcceptFinal(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	say(0, "máy nghe sai chỗ này")
	say(1, "ruộng o dong bằng không dấu")
	item := s.do("clerk", desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: "Nạo vét kênh nội đồng (chương trình)"}}).ID
	s.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: "rec", Segment: "s1"}, Text: "thủy lợi nội đồng (lời nói, người sửa)"})
	s.do("secretary", desk.KindNote, desk.NoteMade{Item: item, Text: "hỏi lại số liệu nội đồng (ghi chú)"})
	words := "Tờ trình\nkênh nội đồng (văn bản)"
	s.do("clerk", desk.KindDocument, desk.DocumentSet{Document: desk.Document{Document: minutes.Document{Title: "Tờ trình 15", Item: item}}, Text: &words})
	s.do("secretary", desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: item, Subject: "Kinh phí nội đồng (biểu quyết)", For: 10, Present: 12}})
	s.do("clerk", desk.KindAppointment, desk.AppointmentSet{Appointment: desk.Appointment{Appointment: minutes.Appointment{Item: item, Decision: "Quyết định về nội đồng (quyết định)"}}})
	// In a closed part, and in a meeting of others.
	closed := s.do("clerk", desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: "Nhân sự", Closed: true}}).ID
	s.do("clerk", desk.KindNote, desk.NoteMade{Item: closed, Text: "nội đồng (phần kín)"})
	if _, err := s.store.Create(ctx, desk.Viewer{User: s.users["admin"].ID, Administrator: true}, actID(), desk.Created{Clerk: s.users[without].ID, Name: "x",
		Head: desk.Head{Kind: minutes.KindCommittee, Title: "Họp khác về nội đồng (của người khác)"}}); err != nil {
		t.Fatal(err)
	}

	all := []string{"(chương trình)", "(lời nói, người sửa)", "(ghi chú)", "(văn bản)", "(biểu quyết)", "(quyết định)", "(phần kín)"}
	for query, exact := range map[string]bool{"nội đồng": true, "NOI DONG": false, "no\u0323\u0302i đo\u0302\u0300ng": true} {
		hits := finds(s.as("secretary"), query)
		for _, want := range all {
			if !slices.ContainsFunc(hits, func(h string) bool { return strings.Contains(h, want) }) {
				t.Errorf("%q: %s is not among %q", query, want, hits)
			}
		}
		if slices.ContainsFunc(hits, func(h string) bool {
			return strings.Contains(h, "của người khác") || strings.Contains(h, "nghe sai")
		}) {
			t.Errorf("%q: %q", query, hits)
		}
		if exact && len(hits) != len(all) {
			t.Errorf("%q: %d hits %q", query, len(hits), hits)
		}
	}
	// With accents, what has them comes first; without, what has none.
	first := func(query, want string) {
		t.Helper()
		if hits := finds(s.as("secretary"), query); len(hits) < 2 || !strings.Contains(hits[0], want) {
			t.Errorf("%q finds %q first", query, hits)
		}
	}
	first("dong ", "o dong bằng không dấu")
	if hits := finds(s.as("secretary"), "đồng "); len(hits) < 2 || !strings.Contains(hits[len(hits)-1], "o dong bằng không dấu") {
		t.Errorf("đồng: %q", hits)
	}
	if hits := finds(s.as("secretary"), "nghe sai"); len(hits) != 0 {
		t.Errorf("what the machine heard and a person put right is found: %q", hits)
	}
	// To whom no role gives the permission, the page is neither offered nor given.
	offered := func(c *client) bool {
		return strings.Contains(c.get("/").is(http.StatusOK).body, `href="/search"`)
	}
	if !offered(s.as("secretary")) {
		t.Error("the secretary is offered no search")
	}
	for _, who := range []string{"delegate", "screen", "admin"} {
		if a := s.as(who).get("/search?q=" + url.QueryEscape("nội đồng")).is(http.StatusForbidden); strings.Contains(a.body, "đồng") || offered(s.as(who)) {
			t.Errorf("%s is offered a search, or finds something", who)
		}
	}
	if hits := finds(s.as(without), "nội đồng"); len(hits) != 1 || !strings.Contains(hits[0], "của người khác") {
		t.Errorf("who has another meeting finds %q", hits)
	}
	// Who has no role any more finds nothing from that moment on.
	s.do("clerk", desk.KindMember, desk.MemberSet{User: s.users["secretary"].ID})
	if s.as("secretary").get("/search?q=" + url.QueryEscape("nội đồng")).is(http.StatusForbidden); offered(s.as("secretary")) {
		t.Error("who was taken out is offered a search")
	}
}
