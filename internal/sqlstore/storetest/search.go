package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/internal/search"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// SearchStore is an index with the stores that it is made from.
type SearchStore interface {
	DeskStore
	search.Index
}

// Search says how to run the tests of search.Index.
type Search struct {
	// New makes an empty store, closed when the test ends.
	New func(t testing.TB) SearchStore
}

// Run runs the whole suite.
func (x Search) Run(t *testing.T) {
	for _, c := range slices.Concat(searchTests, stretchTests, minutesTests) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := x.New(t)
			h := &finder{hallOf: hallOf{t: t, s: s}, index: s}
			h.open()
			c.run(t, h)
		})
	}
}

// finder is a meeting in which people look for things.
type finder struct {
	hallOf
	index search.Index
}

// look gives what somebody finds, as "kind:excerpt", in order.
func (f *finder) look(login, text string, kinds ...string) []string {
	f.t.Helper()
	found, err := f.index.Search(f.t.Context(), search.Query{Account: account(login).ID, Text: text, Kinds: kinds, Limit: 50})
	must(f.t, err)
	out := []string{}
	for _, h := range found.Hits {
		if h.Meeting != f.meeting || len(h.Marks) == 0 && !strings.Contains(h.Heading, " ") && h.Heading == "" {
			f.t.Errorf("%q: %+v", text, h)
		}
		out = append(out, h.Kind+":"+h.Excerpt)
	}
	return out
}

func (f *finder) finds(login, text string, want ...string) {
	f.t.Helper()
	if got := f.look(login, text); strings.Join(got, "\n") != strings.Join(want, "\n") {
		f.t.Errorf("%s looks for %q and finds %q, want %q", login, text, got, want)
	}
}

// item is the id of the n-th item of the agenda.
func (f *finder) item(n int) string { f.t.Helper(); return f.load("clerk").State.Items[n-1].ID }

// say adds a stretch of text to the recording.
func (f *finder) say(n int64, text string) {
	f.t.Helper()
	must(f.t, f.s.AcceptFinal(f.t.Context(), Final("r", 1, n*32000, (n+1)*32000, text)))
}

type finderTest struct {
	name string
	run  func(t *testing.T, f *finder)
}

var searchTests = []finderTest{
	{"words are found without their diacritics, those with them first", func(_ *testing.T, f *finder) {
		f.say(3, "nha dong cua")
		f.say(4, "hội đồng nhân dân")
		f.say(5, "mùa đông đã đến")
		f.finds("secretary", "đồng ", "transcript:hội đồng nhân dân", "transcript:đồng chí tên mật phát biểu", "transcript:mùa đông đã đến", "transcript:nha dong cua")
		f.finds("secretary", "dong ", "transcript:nha dong cua", "transcript:mùa đông đã đến", "transcript:hội đồng nhân dân", "transcript:đồng chí tên mật phát biểu")
		f.finds("secretary", "ĐÔNG", "transcript:mùa đông đã đến", "transcript:hội đồng nhân dân", "transcript:nha dong cua", "transcript:đồng chí tên mật phát biểu")
		f.finds("secretary", "đo\u0302\u0300ng nha\u0302n", "transcript:hội đồng nhân dân")
		f.finds("secretary", "dong nha", "transcript:nha dong cua", "transcript:hội đồng nhân dân")
		f.finds("secretary", `"dong nha"`)
		f.finds("secretary", `"dong nhan"`, "transcript:hội đồng nhân dân")
		f.finds("secretary", "donh")
		f.finds("secretary", "dong donh")
	}},
	{"the place of tone marks and composed letters make no difference", func(_ *testing.T, f *finder) {
		f.say(3, "hoà giải ở cơ sở")
		f.finds("secretary", "hòa giải", "transcript:hoà giải ở cơ sở")
	}},
	{"what was typed is never an order to the database", func(t *testing.T, f *finder) {
		for _, q := range []string{"' OR 1=1 --", `" NEAR(`, "*", "%", "_", `\`, "a:b", "NOT", "(", "đồng' & '", "\x00", "\xff", ":*", "{plain}: x", strings.Repeat("đồng ", 1000)} {
			if _, err := f.index.Search(t.Context(), search.Query{Account: account("secretary").ID, Text: q, Limit: 5}); err != nil {
				t.Errorf("%.20q: %v", q, err)
			}
		}
		f.finds("secretary", "%")
		f.finds("secretary", "")
		for _, q := range []search.Query{{Limit: 0}, {Limit: search.MostHits + 1}, {Limit: 1, Offset: -1}} {
			if _, err := f.index.Search(t.Context(), q); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%+v: %v, want invalid", q, err)
			}
		}
	}},
	{"every kind of thing is found and tells where it is", func(t *testing.T, f *finder) {
		f.do("secretary", desk.KindMark, desk.MarkMade{Item: f.item(2), Place: desk.Place{Recording: "r", Sample: 30000}})
		f.do("secretary", desk.KindNote, desk.NoteMade{Item: f.item(2), Text: "gửi tờ trình về kênh mương", Place: desk.Place{Recording: "r", Sample: 40000}})
		text := strings.Repeat("Điều khoản chung.\n", 300) + "Kinh phí nạo vét kênh mương là 12.400 đồng.\n"
		f.do("secretary", desk.KindDocument, desk.DocumentSet{Document: desk.Document{Document: minutes.Document{Title: "Tờ trình thủy lợi", Number: "15-TTr", Item: f.item(2)}}, Text: &text})
		v := f.do("secretary", desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: f.item(2), Subject: "Thông qua đề án kênh mương", For: 143, Present: 143}, Place: desk.Place{Recording: "r", Sample: 50000}})
		f.say(3, "về kênh mương nội đồng")
		found, err := f.index.Search(t.Context(), search.Query{Account: account("secretary").ID, Text: "kenh muong", Limit: 10})
		must(t, err)
		kinds := map[string]search.Hit{}
		for _, h := range found.Hits {
			kinds[h.Kind] = h
		}
		if len(found.Hits) != 4 || len(kinds) != 4 {
			t.Fatalf("%+v", found.Hits)
		}
		if h := kinds[search.Note]; h.Item != f.item(2) || h.Recording != "r" || h.Sample != 40000 || h.Title != "Đại hội đại biểu" || h.Exact {
			t.Errorf("%+v", h)
		}
		if h := kinds[search.Transcript]; h.Recording != "r" || h.Sample != 96000 || h.Ref != "s4" || !h.At.Equal(began.Add(6e9)) {
			t.Errorf("%+v", h)
		}
		if h := kinds[search.Document]; h.Heading != "Tờ trình thủy lợi · 15-TTr" || !strings.Contains(h.Excerpt, "12.400 đồng") || !strings.HasPrefix(h.Excerpt, "… ") {
			t.Errorf("%+v", h)
		}
		if h := kinds[search.Result]; h.Ref != v.ID || h.Sample != 50000 {
			t.Errorf("%+v", h)
		}
		f.finds("secretary", "khai mạc", "item:Khai mạc")
		if got := f.look("secretary", "đại hội", search.Meeting); len(got) != 1 {
			t.Errorf("%q", got)
		}
		if got := f.look("secretary", "kenh muong", search.Note, search.Result); len(got) != 2 {
			t.Errorf("%q", got)
		}
		if got := f.look("secretary", "thuy loi"); len(got) < 1 || !strings.HasPrefix(got[0], "document:") {
			t.Errorf("by its title: %q", got)
		}
	}},
	{"each role finds what it may see and nothing else", func(t *testing.T, f *finder) {
		f.do("secretary", desk.KindMark, desk.MarkMade{Item: f.item(2), Place: desk.Place{Recording: "r", Sample: 96000}})
		f.do("secretary", desk.KindMark, desk.MarkMade{Item: f.item(3), Place: desk.Place{Recording: "r", Sample: 128000}})
		f.say(3, "mở: từkhóa")
		f.say(4, "kín: từkhóa")
		f.do("secretary", desk.KindNote, desk.NoteMade{Item: f.item(2), Text: "ghi mở từkhóa"})
		f.do("secretary", desk.KindNote, desk.NoteMade{Item: f.item(3), Text: "ghi kín từkhóa"})
		f.do("secretary", desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: "phần trong kín từkhóa", Parent: f.item(3)}})
		text := "văn bản kín từkhóa"
		f.do("secretary", desk.KindDocument, desk.DocumentSet{Document: desk.Document{Document: minutes.Document{Title: "Giấy", Item: f.item(3)}}, Text: &text})
		v := f.do("secretary", desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: f.item(2), Subject: "phiếu từkhóa", For: 1, Present: 143}, Place: desk.Place{Recording: "r", Sample: 97000}})
		counts := func(want map[string][2]int) {
			t.Helper()
			for login, n := range want {
				open, closed := 0, 0
				for _, h := range f.look(login, "từkhóa") {
					if strings.Contains(h, "kín") {
						closed++
					} else {
						open++
					}
				}
				if open != n[0] || closed != n[1] {
					t.Errorf("%s: %d open, %d closed, want %v: %q", login, open, closed, n, f.look(login, "từkhóa"))
				}
			}
		}
		// open: text, note, vote; closed: text, note, item, document.
		everybody := map[string][2]int{"clerk": {3, 4}, "secretary": {3, 4}, "archivist": {3, 4}, "chair": {3, 4},
			"delegate": {0, 0}, "screen": {0, 0}, "stranger": {0, 0}, "quản-trị": {0, 0}}
		counts(everybody)
		f.do("secretary", desk.KindPublished, desk.Result{Key: "vote:" + v.ID})
		counts(everybody) // who may not search finds nothing that is public either
		if _, err := f.s.ChangeAccount(t.Context(), accounts.Terminal, account("chair").ID, accounts.Change{Disabled: &yes}); err != nil {
			t.Fatal(err)
		}
		f.do("clerk", desk.KindMember, desk.MemberSet{User: account("archivist").ID})
		counts(map[string][2]int{"chair": {0, 0}, "archivist": {0, 0}, "clerk": {3, 4}})
	}},
	{"what is closed afterwards is closed to the next search", func(t *testing.T, f *finder) {
		f.do("secretary", desk.KindMark, desk.MarkMade{Item: f.item(2), Place: desk.Place{Recording: "r", Sample: 0}})
		if got := f.look("chair", "báo cáo", search.Transcript); len(got) != 1 {
			t.Fatalf("%q", got)
		}
		f.do("secretary", desk.KindItemChanged, desk.ItemChanged{ID: f.item(2), ItemData: desk.ItemData{Title: "Báo cáo", Closed: true}})
		found, err := f.index.Search(t.Context(), search.Query{Account: account("secretary").ID, Text: "báo cáo", Limit: 10, Kinds: []string{search.Transcript}})
		must(t, err)
		if len(found.Hits) != 1 || found.Hits[0].Item != f.item(2) {
			t.Errorf("%+v", found)
		}
	}},
	{"the text is found as people see it now, and not as it was", func(_ *testing.T, f *finder) {
		f.finds("secretary", "báo cáo", "transcript:tôi xin báo cáo", "item:Báo cáo")
		f.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: "r", Segment: "s2"}, Text: "tôi xin cáo từ"})
		f.finds("secretary", "xin bao cao")
		f.finds("secretary", "cáo từ", "transcript:tôi xin cáo từ")
		f.do("secretary", desk.KindDismissed, desk.SegmentsReason{SegmentsNamed: desk.SegmentsNamed{Recording: "r", Segments: []string{"s2"}}, Reason: "nhầm"})
		f.finds("secretary", "cáo từ")
	}},
	{"another layer takes the place of the one before", func(t *testing.T, f *finder) {
		must(t, f.s.EndRecording(t.Context(), "r", 96000))
		f.finds("secretary", "xin báo cáo", "transcript:tôi xin báo cáo")
		must(t, f.s.NewLayer(t.Context(), hall.Layer{Recording: "r", Name: "second", Segments: Final("r", 1, 0, 96000, "lần hai rõ hơn").Segments, Coverage: []hall.Cover{{To: 96000, Kind: "speech"}}}))
		f.do("clerk", desk.KindAdopted, desk.LayerAdopted{Recording: "r", Layer: "second"})
		f.finds("secretary", "xin báo cáo")
		f.finds("secretary", "lan hai", "transcript:lần hai rõ hơn")
	}},
	{"pages of hits follow one another without a gap", func(t *testing.T, f *finder) {
		for i := range int64(9) {
			f.say(3+i, fmt.Sprintf("trang thứ %d", i))
		}
		var got []string
		for at, more := 0, true; more; at += 4 {
			found, err := f.index.Search(t.Context(), search.Query{Account: account("secretary").ID, Text: "trang ", Offset: at, Limit: 4})
			must(t, err)
			more = found.More
			for _, h := range found.Hits {
				got = append(got, h.Excerpt)
			}
		}
		if len(got) != 9 || got[0] != "trang thứ 8" || got[8] != "trang thứ 0" {
			t.Errorf("%q", got)
		}
	}},
	{"a search while text comes in sees whole moments and holds nobody up", func(t *testing.T, f *finder) {
		var all sync.WaitGroup
		all.Go(func() {
			for i := range int64(40) {
				f.say(3+i, "lời nói liên tục")
			}
		})
		before := 0
		for before < 40 {
			found, err := f.index.Search(t.Context(), search.Query{Account: account("secretary").ID, Text: "lien tuc", Limit: 100})
			if err != nil || len(found.Hits) < before {
				t.Errorf("%d hits after %d: %v", len(found.Hits), before, err)
				break
			}
			before = len(found.Hits)
		}
		all.Wait()
	}},
	{"only in one meeting when asked", func(t *testing.T, f *finder) {
		for _, m := range []string{f.meeting, "another", ""} {
			found, err := f.index.Search(t.Context(), search.Query{Account: account("secretary").ID, Text: "kính thưa", Meeting: m, Limit: 10})
			must(t, err)
			if want := map[string]int{f.meeting: 1, "": 1}[m]; len(found.Hits) != want {
				t.Errorf("in %q: %d hits, want %d", m, len(found.Hits), want)
			}
		}
	}},
}
