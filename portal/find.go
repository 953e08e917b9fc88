package portal

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/search"
	"bienban/minutes/desk"
)

// installationRoutes are the pages that belong to no meeting.
func (s *Server) installationRoutes() []route {
	return slices.Concat([]route{
		{pattern: "GET /search", who: signedIn, handle: (*request).search},
	}, s.auditRoutes(), s.newMeetingRoutes(), s.userRoutes())
}

// hitsAtOnce is how many hits a page of search has.
const hitsAtOnce = 40

// searchPage is what search.html shows.
type searchPage struct {
	Text  string
	Kind  string
	Kinds []string
	Hits  []hit
	Asked bool
	Next  string // address of what follows, "" for nothing
	Prev  string
}

// hit is one thing found, with its excerpt in pieces.
type hit struct {
	search.Hit
	Path   string
	Pieces []piece
}

// piece is a part of an excerpt; Found is one of the words looked for.
type piece struct {
	Text  string
	Found bool
}

// searches says whether somebody may search in any meeting. Where that is not known the
// entry is not offered: a page that says what failed must not fail for it.
func (q *request) searches() bool {
	may, err := q.s.o.Desk.MayAnywhere(q.ctx(), q.viewer(), desk.Search)
	return err == nil && may
}

// search is GET /search?q=: all that one may see, and nothing else. Whoever may search
// in no meeting, as delegates and the hall screen, has no such page.
func (q *request) search() error {
	may, err := q.s.o.Desk.MayAnywhere(q.ctx(), q.viewer(), desk.Search)
	if err != nil {
		return err
	}
	if !may {
		return fault.New(fault.Forbidden, "%s", desk.Search)
	}
	v := q.r.URL.Query()
	d := searchPage{Text: strings.TrimSpace(v.Get("q")), Kind: v.Get("kind"), Kinds: search.Kinds()}
	from, err := strconv.Atoi(v.Get("from"))
	if err != nil || from < 0 {
		from = 0
	}
	p := page{Name: "search", Title: q.t("nav.search"), Section: "search"}
	if d.Text != "" && q.s.o.Search != nil {
		d.Asked = true
		query := search.Query{Account: q.account.ID, Text: d.Text, Offset: from, Limit: hitsAtOnce}
		if slices.Contains(d.Kinds, d.Kind) {
			query.Kinds = []string{d.Kind}
		}
		found, err := q.s.o.Search.Search(q.ctx(), query)
		switch {
		case fault.CodeOf(err) == fault.Invalid:
			p.Problem, p.Status = q.t("search.wrong"), statusOf(err)
		case err != nil:
			return err
		}
		for _, h := range found.Hits {
			d.Hits = append(d.Hits, hit{h, hitPath(h, q.mayReview(h.Meeting)), pieces(h.Excerpt, h.Marks)})
		}
		at := func(n int) string {
			return "/search?" + url.Values{"q": {d.Text}, "kind": {d.Kind}, "from": {strconv.Itoa(n)}}.Encode()
		}
		if found.More {
			d.Next = at(from + hitsAtOnce)
		}
		if from > 0 {
			d.Prev = at(max(0, from-hitsAtOnce))
		}
	}
	p.Data = d
	return q.show(p)
}

// mayReview says whether what was said in a meeting can be opened by who asks.
func (q *request) mayReview(meeting string) bool {
	_, err := q.s.o.Desk.May(q.ctx(), q.viewer(), meeting, desk.SeeTranscript)
	return err == nil
}

// hitPath is where a hit leads.
func hitPath(h search.Hit, review bool) string {
	path := "/m/" + url.PathEscape(h.Meeting)
	switch {
	case h.Kind == search.Transcript && review:
		return path + "/review?recording=" + url.QueryEscape(h.Recording) + "#" + url.PathEscape(h.Ref)
	case h.Kind == search.Document:
		return path + "/documents#" + url.PathEscape(h.Ref)
	case h.Kind == search.Minutes:
		return path + "/minutes#" + url.PathEscape(h.Ref)
	case h.Kind == search.Item:
		return path + "/agenda#" + url.PathEscape(h.Ref)
	}
	return path
}

// pieces cuts an excerpt at its marks. Marks that do not fit are left out.
func pieces(text string, marks [][2]int) []piece {
	var out []piece
	at := 0
	for _, m := range marks {
		if m[0] < at || m[1] > len(text) || m[0] >= m[1] {
			continue
		}
		if m[0] > at {
			out = append(out, piece{text[at:m[0]], false})
		}
		out = append(out, piece{text[m[0]:m[1]], true})
		at = m[1]
	}
	if at < len(text) {
		out = append(out, piece{text[at:], false})
	}
	return out
}
