package portal_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/portal"
)

// What is tried here: every route as every role and as nobody, with ids of other
// meetings; paths that try to leave their place; markup and formulas in names;
// forms of other sites; a session planted before sign-in; guessing passwords;
// redirects to other servers.

// site is the pages over a real store, without halls.
type site struct {
	t       *testing.T
	store   *sqlstore.Store
	people  *accounts.Service
	file    string // the store's
	server  *portal.Server
	http    *httptest.Server
	meeting string
	users   map[string]accounts.Account
	root    string // folder of recordings
}

// without is somebody who has no role in the meeting.
const without = "without"

func newSite(t *testing.T) *site {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bienban.db")
	store, err := sqlstore.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, store: store, file: file, people: accounts.NewService(store), users: map[string]accounts.Account{}, root: t.TempDir()}
	if s.server, err = portal.New(portal.Options{Desk: store, Feed: store, Accounts: s.people, Search: store, Audit: store, Sound: s.root,
		Afterwards: hall.Afterwards{Root: s.root, Store: store}, Import: capture.Imports{Root: s.root}}); err != nil {
		t.Fatal(err)
	}
	life, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() { defer close(ran); s.server.Run(life) }()
	s.http = httptest.NewServer(s.server.Handler())
	t.Cleanup(func() { stop(); <-ran; s.http.CloseClientConnections(); s.http.Close(); _ = store.Close() })
	token, err := s.people.NewSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.users["admin"], err = s.people.Setup(t.Context(), token, accounts.New{Login: "admin", Name: "Quản trị", Password: password}); err != nil {
		t.Fatal(err)
	}
	for _, r := range append(desk.MeetingRoles(), without) {
		if s.users[string(r)], err = s.people.Add(t.Context(), accounts.Terminal, accounts.New{Login: string(r), Name: "Người " + string(r), Language: "vi", Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	s.meeting, err = store.Create(t.Context(), desk.Viewer{User: s.users["admin"].ID, Administrator: true}, actID(), desk.Created{Clerk: s.users["clerk"].ID, Name: "x",
		Head: desk.Head{Kind: minutes.KindCommittee, Title: "Cuộc họp rất riêng"}, Agenda: []desk.ItemData{{Title: "Một"}, {Title: "Hai"}}})
	if err != nil {
		t.Fatal(err)
	}
	clerk := s.client("clerk")
	for _, r := range desk.MeetingRoles() {
		if r != desk.Clerk {
			clerk.post("/m/"+s.meeting+"/members", url.Values{"user": {s.users[string(r)].ID}, "role": {string(r)}, "do": {"set"}}).is(http.StatusSeeOther)
		}
	}
	return s
}

// client is one browser.
type client struct {
	s    *site
	http *http.Client
}

// answer is what came back, with its body.
type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   string
}

func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Errorf("%s: status %d, want %d: %.300s", a.what, a.status, status, a.body)
	}
	return a
}

// client signs somebody in; "" is nobody.
func (s *site) client(login string) *client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &client{s: s, http: &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if login != "" {
		c.post("/login", url.Values{"login": {login}, "password": {password}}).is(http.StatusSeeOther)
	}
	return c
}

func (c *client) get(path string) answer { return c.send(http.MethodGet, path, nil, nil) }

func (c *client) post(path string, form url.Values) answer {
	return c.send(http.MethodPost, path, form, nil)
}

func (c *client) send(method, path string, form url.Values, header http.Header) answer {
	t := c.s.t
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, err := http.NewRequestWithContext(ctx, method, c.s.http.URL, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(c.s.http.URL + path)
	if err != nil {
		target = &url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Opaque: path}
	}
	r.URL = target
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range header {
		r.Header[k] = v
	}
	res, err := c.http.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	a := answer{t: t, what: method + " " + path, status: res.StatusCode, header: res.Header}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") { // which does not end
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		a.body = string(b)
	}
	return a
}

// filled puts values into a pattern's places.
func filled(pattern, meeting string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	path = strings.NewReplacer("{id}", meeting, "{$}", "", "{stream}", "s1", "{recording}", "r1", "{token}", "abc", "{user}", "u1", "{part}", "x", "{name...}", "x").Replace(path)
	return method, path
}

// same compares all that a browser can see of two answers.
func same(t *testing.T, a, b answer) {
	t.Helper()
	if a.status != b.status || a.body != b.body {
		t.Errorf("%s answers %d with %d bytes, %s %d with %d", a.what, a.status, len(a.body), b.what, b.status, len(b.body))
	}
	for _, h := range []http.Header{a.header, b.header} {
		h.Del("Date")
		h.Del("Set-Cookie") // the session's own cookie, renewed
	}
	for k := range a.header {
		if a.header.Get(k) != b.header.Get(k) {
			t.Errorf("%s and %s differ in %s: %q, %q", a.what, b.what, k, a.header.Get(k), b.header.Get(k))
		}
	}
	if len(a.header) != len(b.header) {
		t.Errorf("%s and %s have other headers", a.what, b.what)
	}
}

func TestEveryRouteOfAMeetingAsEveryRole(t *testing.T) {
	s := newSite(t)
	unknown := strings.Repeat("z", len(s.meeting))
	clients := map[string]*client{"admin": s.client("admin"), without: s.client(without)}
	for _, r := range desk.MeetingRoles() {
		clients[string(r)] = s.client(string(r))
	}
	nobody := s.client("")
	tried := 0
	for _, row := range s.server.RouteTable() {
		if !row.OfMeeting {
			continue
		}
		method, path := filled(row.Pattern, s.meeting)
		_, other := filled(row.Pattern, unknown)
		for _, who := range []string{"admin", without} {
			a := clients[who].send(method, path, url.Values{}, nil).is(http.StatusNotFound)
			same(t, a, clients[who].send(method, other, url.Values{}, nil))
			if strings.Contains(a.body, "riêng") || strings.Contains(a.body, s.meeting) {
				t.Errorf("%s tells %s of the meeting", a.what, who)
			}
			tried++
		}
		for _, r := range desk.MeetingRoles() {
			allowed := desk.Roles{r}.May(row.Permission)
			if allowed && method != http.MethodGet {
				continue // what a form does is tested where it belongs
			}
			a := clients[string(r)].send(method, path, url.Values{}, nil)
			tried++
			if a.status >= http.StatusInternalServerError && a.status != http.StatusServiceUnavailable {
				t.Errorf("%s as %s: status %d", a.what, r, a.status)
			}
			if refused := a.status == http.StatusForbidden; refused == allowed {
				t.Errorf("%s as %s: status %d; the table says allowed = %v (%s)", a.what, r, a.status, allowed, row.Permission)
			}
		}
		if a := nobody.send(method, path, url.Values{}, nil); a.status != http.StatusSeeOther && a.status != http.StatusUnauthorized {
			t.Errorf("%s as nobody: status %d", a.what, a.status)
		}
	}
	if tried < 100 {
		t.Errorf("only %d requests were made: are the routes there?", tried)
	}
}

func TestEveryRouteOfTheInstallationAsWhoIsNoAdministrator(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	for _, row := range s.server.RouteTable() {
		if !row.Installation {
			continue
		}
		method, path := filled(row.Pattern, s.meeting)
		same(t, clerk.send(method, path, url.Values{}, nil).is(http.StatusNotFound), clerk.send(method, "/no-such-page", url.Values{}, nil))
	}
	before, err := s.people.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	clerk.post("/users", url.Values{"login": {"evil"}, "name": {"Evil"}, "password": {password}, "administrator": {"yes"}})
	after, err := s.people.Accounts(t.Context())
	if err != nil || len(after) != len(before) {
		t.Errorf("a clerk has made an account: %d, %d, %v", len(before), len(after), err)
	}
}

func TestWhatAFormMayNotDoIsRefusedByTheStoreToo(t *testing.T) {
	s := newSite(t)
	for _, who := range []string{"delegate", "screen", "chair", "archivist"} {
		a := s.client(who).post("/m/"+s.meeting+"/acts", url.Values{"kind": {string(desk.KindItemAdded)}, "body": {`{"title": "Không được"}`}})
		a.is(http.StatusForbidden)
	}
	m, err := s.store.Load(t.Context(), desk.Viewer{User: s.users["clerk"].ID}, s.meeting)
	if err != nil || len(m.State.Items) != 2 {
		t.Errorf("the agenda has changed: %v", err)
	}
}

func TestAPathCannotLeaveItsPlace(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	for _, path := range []string{
		"/assets/../server.go", "/assets/..%2fserver.go", "/assets/%2e%2e/%2e%2e/go.mod", "/assets/style.css", "/web/layout.html", "/assets/layout.html",
		"/m/..%2f..%2fetc%2fpasswd", "/m/%00", "/m/" + s.meeting + "%00", "/m/" + s.meeting + "/../users", "/m/" + s.meeting + "%2fmembers", "/m/" + strings.ToUpper(s.meeting) + "X",
		"/m/" + s.meeting + "/sound/..%2f..%2fbienban.db", "/m/" + s.meeting + "/sound/%2e%2e", "/m/' OR 1=1 --", "/users/..%2f..", "//evil.example/m/", "/m//", "/.git/config",
	} {
		a := clerk.get(strings.ReplaceAll(path, " ", "%20"))
		switch {
		case a.status == http.StatusNotFound, a.status == http.StatusBadRequest, a.status == http.StatusForbidden:
		case a.status/100 == 3 && !strings.Contains(strings.TrimPrefix(a.header.Get("Location"), "/"), "//"):
		default:
			t.Errorf("GET %s: status %d, to %q", path, a.status, a.header.Get("Location"))
		}
	}
}

func TestMarkupInNamesIsText(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	const evil = `<img src=x onerror=alert(1)>"'</script><b>`
	at := "/m/" + s.meeting
	clerk.post(at+"/people", url.Values{"name": {evil}, "title": {evil}, "unit": {evil}, "do": {"set"}}).is(http.StatusSeeOther)
	clerk.post(at+"/agenda", url.Values{"title": {evil}, "presenter": {evil}, "do": {"add"}}).is(http.StatusSeeOther)
	clerk.post(at+"/glossary", url.Values{"add": {evil}}).is(http.StatusSeeOther)
	clerk.post(at+"/head", url.Values{"title": {evil}, "was-title": {"Cuộc họp rất riêng"}}).is(http.StatusSeeOther)
	for _, path := range []string{"/", at, at + "/head", at + "/agenda", at + "/people", at + "/glossary", at + "/channels", at + "/members", at + "/live", at + "/review",
		"/search?q=" + url.QueryEscape(evil), "/login?next=" + url.QueryEscape(evil)} {
		a := clerk.get(path)
		if strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "</script><b>") {
			t.Errorf("%s shows a name as markup", path)
		}
	}
}

func TestAFormulaInTheRegisterRunsInNoSpreadsheet(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	at := "/m/" + s.meeting + "/register"
	clerk.post(at+"/taken", url.Values{"rows": {`[{"name": "=HYPERLINK(\"http://evil.example\")", "unit": "@SUM(1)", "title": "+1"}]`}})
	a := clerk.get(at + ".csv").is(http.StatusOK)
	for line := range strings.Lines(strings.TrimPrefix(a.body, "\ufeff")) {
		for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' }) {
			if cell = strings.Trim(cell, "\" \r\n"); cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a cell begins with %q", cell[:1])
			}
		}
	}
	if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file could be shown as a page: %v", a.header)
	}
}

func TestAFormOfAnotherSiteChangesNothing(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	for _, h := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}, {"Origin": {"null"}},
	} {
		clerk.send(http.MethodPost, "/m/"+s.meeting+"/agenda", url.Values{"title": {"Lạ"}, "do": {"add"}}, h).is(http.StatusForbidden)
		clerk.send(http.MethodPost, "/logout", url.Values{}, h).is(http.StatusForbidden)
	}
	clerk.get("/").is(http.StatusOK)
	m, err := s.store.Load(t.Context(), desk.Viewer{User: s.users["clerk"].ID}, s.meeting)
	if err != nil || len(m.State.Items) != 2 {
		t.Errorf("the agenda has changed: %v", err)
	}
}

func TestNothingChangesByGet(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	for _, row := range s.server.RouteTable() {
		if method, path := filled(row.Pattern, s.meeting); method == http.MethodPost {
			if a := clerk.get(path + "?do=remove&session=x"); a.status == http.StatusSeeOther && path != "/login" {
				t.Errorf("GET %s goes on to %s", path, a.header.Get("Location"))
			}
		}
	}
	clerk.get("/").is(http.StatusOK)
}

func TestASessionPlantedBeforeSignInIsWorthNothing(t *testing.T) {
	s := newSite(t)
	c := s.client("")
	base, err := url.Parse(s.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.http.Jar.SetCookies(base, []*http.Cookie{{Name: "bienban", Value: "planted-by-somebody-else", Path: "/"}})
	c.post("/login", url.Values{"login": {"clerk"}, "password": {password}}).is(http.StatusSeeOther)
	for _, k := range c.http.Jar.Cookies(base) {
		if k.Name == "bienban" && k.Value == "planted-by-somebody-else" {
			t.Error("the planted token was kept")
		}
	}
	c.get("/").is(http.StatusOK)
	thief := s.client("")
	thief.http.Jar.SetCookies(base, []*http.Cookie{{Name: "bienban", Value: "planted-by-somebody-else", Path: "/"}})
	thief.get("/").is(http.StatusSeeOther)

	// Signing in again makes a new token, and signing out ends the old one for good.
	old := append([]*http.Cookie(nil), c.http.Jar.Cookies(base)...)
	c.post("/logout", nil).is(http.StatusSeeOther)
	thief.http.Jar.SetCookies(base, old)
	thief.get("/").is(http.StatusSeeOther)
}

func TestCookiesAreForThisServerAndNoScript(t *testing.T) {
	s := newSite(t)
	a := s.client("").post("/login", url.Values{"login": {"clerk"}, "password": {password}})
	set := a.header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie %q lacks %s", set, want)
		}
	}
	secure, err := portal.New(portal.Options{Desk: s.store, Feed: s.store, Accounts: s.people, Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "https://hall.example/login", strings.NewReader(url.Values{"login": {"clerk"}, "password": {password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	secure.Handler().ServeHTTP(w, r)
	if set := w.Header().Get("Set-Cookie"); !strings.HasPrefix(set, "__Host-bienban=") || !strings.Contains(set, "Secure") {
		t.Errorf("under TLS the cookie is %q", set)
	}
}

func TestGuessingPasswordsIsSlowedDown(t *testing.T) {
	s := newSite(t)
	c := s.client("")
	wrong, slowed := 0, false
	for range 12 {
		a := c.post("/login", url.Values{"login": {"clerk"}, "password": {"không phải mật khẩu này"}})
		switch a.status {
		case http.StatusUnauthorized:
			wrong++
		case http.StatusTooManyRequests:
			slowed = true
		default:
			t.Fatalf("status %d", a.status)
		}
	}
	if !slowed || wrong > 8 {
		t.Errorf("%d guesses went through, slowed down: %v", wrong, slowed)
	}
	unknown := c.post("/login", url.Values{"login": {"nobody-here"}, "password": {"không phải mật khẩu này"}})
	known := c.post("/login", url.Values{"login": {"secretary"}, "password": {"không phải mật khẩu này"}})
	if strings.ReplaceAll(unknown.body, "nobody-here", "") != strings.ReplaceAll(known.body, "secretary", "") || unknown.status != known.status {
		t.Error("the answer tells whether there is such an account")
	}
}

func TestNothingRedirectsToAnotherServer(t *testing.T) {
	s := newSite(t)
	for _, to := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example", "javascript:alert(1)", "http:evil.example", "/%09/evil.example/..//x\n", "///evil.example", "/x\r\nSet-Cookie: a=b"} {
		if portal.Within(to) && to != "/%09/evil.example/..//x\n" {
			t.Errorf("%q counts as a page of this server", to)
		}
		a := s.client("").post("/login", url.Values{"login": {"clerk"}, "password": {password}, "next": {to}}).is(http.StatusSeeOther)
		if a.header.Get("Location") != "/" {
			t.Errorf("next=%q leads to %q", to, a.header.Get("Location"))
		}
		if l := s.client("").post("/language", url.Values{"language": {"en"}, "next": {to}}).header.Get("Location"); l != "/" {
			t.Errorf("the language switch leads to %q", l)
		}
	}
	if a := s.client("").post("/login", url.Values{"login": {"clerk"}, "password": {password}, "next": {"/m/" + s.meeting + "/agenda?a=b"}}); a.header.Get("Location") != "/m/"+s.meeting+"/agenda?a=b" {
		t.Errorf("a page of this server is not gone to: %q", a.header.Get("Location"))
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	for _, path := range []string{"/", "/login", "/no-such-page", "/m/" + s.meeting, "/m/" + s.meeting + "/events", "/search?q=x"} {
		h := clerk.get(path).header
		for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin"} {
			if h.Get(k) != want {
				t.Errorf("%s: %s is %q, want %q", path, k, h.Get(k), want)
			}
		}
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: the content security policy is %q", path, csp)
		}
	}
}

func TestWhoIsDisabledIsOutAtOnce(t *testing.T) {
	s := newSite(t)
	c, admin := s.client("secretary"), s.client("admin")
	c.get("/m/" + s.meeting).is(http.StatusOK)
	admin.post("/users/"+s.users["secretary"].ID, url.Values{"do": {"disable"}}).is(http.StatusSeeOther)
	c.get("/m/" + s.meeting).is(http.StatusSeeOther)
	s.client("").post("/login", url.Values{"login": {"secretary"}, "password": {password}}).is(http.StatusUnauthorized)
}

func TestTheSetUpLinkWorksOnceOnly(t *testing.T) {
	s := newSite(t)
	s.client("").get("/setup/abc").is(http.StatusNotFound)
	s.client("").post("/setup/abc", url.Values{"login": {"evil"}, "name": {"Evil"}, "password": {password}, "again": {password}}).is(http.StatusNotFound)
}

// ways are how each permission is asked for over HTTP. What is sent changes nothing
// where it is permitted: it names a thing that is not there.
func ways(meeting string) map[desk.Permission]func(*client) answer {
	at := "/m/" + meeting
	page := func(path string) func(*client) answer {
		return func(c *client) answer { return c.get(at + path) }
	}
	act := func(kind desk.Kind, body string) func(*client) answer {
		return func(c *client) answer {
			return c.post(at+"/acts", url.Values{"act": {actID()}, "kind": {string(kind)}, "body": {body}, "next": {"/"}})
		}
	}
	return map[desk.Permission]func(*client) answer{
		desk.See: page(""), desk.SeeTranscript: page("/live"), desk.SeePeople: page("/people"), desk.SeeHistory: page("/history"), desk.Listen: page("/sound/none"),
		desk.SeeMinutes: page("/minutes"), desk.Draft: act(desk.KindMinutes, `{"minutes": {}}`),
		desk.Prepare: act(desk.KindItemRemoved, `{"id": "none"}`), desk.Members: page("/members"), desk.Run: act(desk.KindRehearsalDiscarded, `{}`),
		desk.Mark: act(desk.KindMarkRemoved, `{"id": "none"}`), desk.Note: act(desk.KindNoteRemoved, `{"id": "none"}`), desk.Attend: act(desk.KindAttendanceRemoved, `{"id": "none"}`),
		desk.RecordResult: act(desk.KindVoteRemoved, `{"id": "none"}`), desk.PublishResult: act(desk.KindPublished, `{"id": "none"}`), desk.Record: page("/microphone"),
		desk.EditText: act(desk.KindFlags, `{"recording": "none", "segments": ["none"]}`), desk.Adopt: act(desk.KindAdopted, `{"recording": "none", "layer": "none"}`),
	}
}

func TestEveryRowOfTheTableOfPermissionsAsEveryRoleByItsAct(t *testing.T) {
	s := newSite(t)
	// These show in what a page holds, in a phase, or have no page yet; tests of their
	// own: the desk's views, a meeting's life by forms alone, documents, users, stretches.
	elsewhere := map[desk.Permission]bool{desk.CreateMeeting: true, desk.ManageUsers: true, desk.ManageDevices: true, desk.SeeClosed: true, desk.SeeNotes: true, desk.SeeResults: true, desk.Search: true,
		desk.CloseStretch: true, desk.Erase: true, desk.Approve: true, desk.Sign: true, desk.Archive: true, desk.Export: true}
	all := ways(s.meeting)
	clients := map[desk.Role]*client{}
	for _, r := range desk.MeetingRoles() {
		clients[r] = s.client(string(r))
	}
	outside := map[string]*client{"admin": s.client("admin"), without: s.client(without)}
	for _, p := range desk.AllPermissions() {
		way := all[p]
		if way == nil {
			if !elsewhere[p] {
				t.Errorf("nothing tries %s", p)
			}
			continue
		}
		for r, c := range clients {
			a := way(c)
			if may := (desk.Roles{r}).May(p); (a.status == http.StatusForbidden) == may || a.status >= http.StatusInternalServerError && a.status != http.StatusServiceUnavailable {
				t.Errorf("%s as %s: status %d; the table says %v", p, r, a.status, may)
			}
		}
		for who, c := range outside {
			if a := way(c); a.status != http.StatusNotFound {
				t.Errorf("%s as %s: status %d", p, who, a.status)
			}
		}
	}
}

func TestOnlyWhoMayTakesAMeetingToItsEnd(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting
	clerk := s.client("clerk")
	for _, p := range []url.Values{{"name": {"Trần Văn Bình"}, "role": {"chair"}, "do": {"set"}}, {"name": {"Nguyễn Văn An"}, "role": {"secretary"}, "do": {"set"}}} {
		clerk.post(at+"/people", p).is(http.StatusSeeOther)
	}
	for _, to := range []desk.Phase{desk.Running, desk.Closed, desk.InReview} {
		clerk.post(at+"/phase", url.Values{"to": {string(to)}}).is(http.StatusSeeOther)
	}
	for _, step := range []struct {
		to         desk.Phase
		permission desk.Permission
		by         desk.Role
	}{{desk.Approved, desk.Approve, desk.Chair}, {desk.Signed, desk.Sign, desk.Clerk}, {desk.Archived, desk.Archive, desk.Archivist}} {
		form := url.Values{"to": {string(step.to)}}
		for _, r := range desk.MeetingRoles() {
			if !(desk.Roles{r}).May(step.permission) {
				s.client(string(r)).post(at+"/phase", form).is(http.StatusForbidden)
			}
		}
		for _, who := range []string{"admin", without} {
			s.client(who).post(at+"/phase", form).is(http.StatusNotFound)
		}
		s.client(string(step.by)).post(at+"/phase", form).is(http.StatusSeeOther)
		if got := s.state().Phase; got != step.to {
			t.Fatalf("the meeting is %s, want %s", got, step.to)
		}
	}
}

func TestWhoLosesTheirRoleIsOutAtOnce(t *testing.T) {
	s := newSite(t)
	c := s.client("secretary")
	c.get("/m/" + s.meeting).is(http.StatusOK)
	clerk, at := s.client("clerk"), "/m/"+s.meeting+"/members"
	for _, f := range forms(t, at, clerk.get(at).body) {
		for _, one := range f.fields {
			if one.name == "user" && one.value == s.users["secretary"].ID {
				clerk.submit(f, [2]string{"do", "remove"}, 1).is(http.StatusSeeOther)
			}
		}
	}
	unknown := strings.Repeat("z", len(s.meeting))
	for _, path := range []string{"", "/live", "/history", "/documents"} {
		same(t, c.get("/m/"+s.meeting+path).is(http.StatusNotFound), c.get("/m/"+unknown+path))
	}
}

func TestAnUnknownNameTakesAsLongToRefuseAsAWrongPassword(t *testing.T) {
	s := newSite(t)
	c := s.client("")
	try := func(login string) time.Duration {
		began := time.Now()
		c.post("/login", url.Values{"login": {login}, "password": {"không phải mật khẩu này"}}).is(http.StatusUnauthorized)
		return time.Since(began)
	}
	// argon2id with 19 MiB and 2 passes takes longer than this anywhere; a busy machine
	// only adds, so the fastest of several counts.
	const hash = 8 * time.Millisecond
	fastest := time.Hour
	for i := range 4 {
		fastest = min(fastest, try("ai-do-"+strings.Repeat("x", i)))
	}
	if fastest < hash {
		t.Errorf("an unknown name is refused in %v: no password was hashed", fastest)
	}
}

func TestAnAddressOfAnotherServerInTheRequestLeadsNowhere(t *testing.T) {
	s := newSite(t)
	r := httptest.NewRequest(http.MethodGet, "/m/x", nil)
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	w := httptest.NewRecorder()
	s.server.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login?next=%2Fm%2Fx" || strings.Contains(w.Body.String(), "evil.example") {
		t.Errorf("status %d, to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestFilesOfThePagesMayBeKeptAndPagesMayNot(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	page := clerk.get("/").is(http.StatusOK)
	_, rest, _ := strings.Cut(page.body, `<link rel="stylesheet" href="`)
	style, _, _ := strings.Cut(rest, `"`)
	if got := clerk.get(style).is(http.StatusOK).header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("%s: Cache-Control is %q", style, got)
	}
	for _, path := range []string{"/", "/account", "/m/" + s.meeting + "/register.csv", "/m/" + s.meeting + "/history"} {
		if got := clerk.get(path).header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
}
