package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/internal/sqlstore"
)

// clock is a test's own time.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Now().UnixNano())
	return c
}
func (c *clock) now() time.Time        { return time.Unix(0, c.at.Load()) }
func (c *clock) pass(by time.Duration) { c.at.Add(int64(by)) }

type world struct {
	*accounts.Service
	store *sqlstore.Store
	clock *clock
}

func newWorld(t *testing.T) world {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "bienban.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	c := newClock()
	return world{accounts.NewTestService(store, c.now), store, c}
}

const password = "Chủ tọa điều hành 2026"

func (w world) add(t *testing.T, login string) accounts.Account {
	t.Helper()
	a, err := w.Add(t.Context(), accounts.Terminal, accounts.New{Login: login, Name: "Trần Thị Nguyệt", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// wait is how long an error says to wait, 0 when it does not.
func wait(err error) time.Duration {
	var w *accounts.Wait
	if errors.As(err, &w) {
		return w.For
	}
	return 0
}

func TestSigningInNeedsTheNameAndThePasswordInAnySpelling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.add(t, "Nguyệt.VP")
	for what, c := range map[string]struct {
		login, password string
		right           bool
	}{
		"as given":                      {"Nguyệt.VP", password, true},
		"small letters":                 {"nguyệt.vp", password, true},
		"letters and marks apart (NFD)": {"nguye\u0323\u0302t.vp", "Chu\u0309 to\u0323a \u0111ie\u0302\u0300u ha\u0300nh 2026", true},
		"spaces around the name":        {" nguyệt.vp ", password, true},
		"another password":              {"nguyệt.vp", password + "!", false},
		"no marks":                      {"nguyệt.vp", "Chu toa dieu hanh 2026", false},
		"other case":                    {"nguyệt.vp", strings.ToLower(password), false},
		"empty":                         {"nguyệt.vp", "", false},
		"another name":                  {"nguyet.vp", password, false},
		"no name":                       {"", password, false},
		"SQL":                           {"nguyệt.vp' OR '1'='1", password, false},
		"a control in the password":     {"nguyệt.vp", password + "\x00", false},
		"a very long password":          {"nguyệt.vp", strings.Repeat("x", 1<<20), false},
	} {
		got, err := w.SignIn(t.Context(), c.login, c.password, "192.0.2."+fmt.Sprint(len(what))+":4000")
		if c.right != (err == nil) || c.right && got.ID != a.ID || !c.right && (fault.CodeOf(err) != fault.Forbidden || got.ID != "") {
			t.Errorf("%s: %+v %v", what, got, err)
		}
		w.clock.pass(time.Hour)
	}
}

func TestARefusalDoesNotTellWhatWasWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "nguyệt")
	off := w.add(t, "bình")
	if _, err := w.Change(t.Context(), accounts.Terminal, off.ID, accounts.Change{Disabled: new(true)}); err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, c := range [][2]string{{"nguyệt", "Sai mật khẩu rồi"}, {"không có", password}, {"ai-đó", password}, {"bình", password}} {
		_, err := w.SignIn(t.Context(), c[0], c[1], "192.0.2.1")
		if fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", c[0], err)
		}
		said[fmt.Sprint(err)] = true
	}
	if len(said) != 1 {
		t.Errorf("different answers: %v", said)
	}
}

func TestAPasswordIsNeitherStoredNorLoggedAndUsesTheGivenParameters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Earnest()
	a := w.add(t, "nguyệt")
	_, hash, err := w.store.AccountByLogin(t.Context(), "nguyệt")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(hash, password) {
		t.Errorf("%q %v", hash, err)
	}
	if err := w.SetPassword(t.Context(), a.ID, a.ID, "Một mật khẩu khác hẳn", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.SignIn(t.Context(), "nguyệt", password, "192.0.2.1"); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("the old password: %v", err)
	}
	if _, err := w.SignIn(t.Context(), "nguyệt", "Một mật khẩu khác hẳn", "192.0.2.1"); err != nil {
		t.Error(err)
	}
}

func TestAHashOfOtherParametersIsMadeAnewAtSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "nguyệt")
	w.Earnest()
	for range 2 {
		if _, err := w.SignIn(t.Context(), "nguyệt", password, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
		if _, hash, err := w.store.AccountByLogin(t.Context(), "nguyệt"); err != nil || !strings.Contains(hash, "m=19456") {
			t.Errorf("%q %v", hash, err)
		}
	}
}

func TestBadNamesAndPasswordsAreToldInBothLanguages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := accounts.New{Login: "nguyệt", Name: "Trần Thị Nguyệt", Password: password}
	for what, change := range map[string]func(*accounts.New){
		"no login":                  func(n *accounts.New) { n.Login = "" },
		"a space in the login":      func(n *accounts.New) { n.Login = "trần nguyệt" },
		"a long login":              func(n *accounts.New) { n.Login = strings.Repeat("a", 65) },
		"a control in the login":    func(n *accounts.New) { n.Login = "a\x1bb" },
		"no name":                   func(n *accounts.New) { n.Name = " " },
		"a name that turns":         func(n *accounts.New) { n.Name = "Nguyệt\u202etxt" },
		"a long name":               func(n *accounts.New) { n.Name = strings.Repeat("à", 201) },
		"a language we do not have": func(n *accounts.New) { n.Language = "fr" },
		"a short password":          func(n *accounts.New) { n.Password = "ngắn 2026!?" },
		"a long password":           func(n *accounts.New) { n.Password = strings.Repeat("dài ", 65) },
		"few characters":            func(n *accounts.New) { n.Password = "aaaabbbbaaaabbbb" },
		"the login again and again": func(n *accounts.New) { n.Password = "nguyệtNGUYỆTnguyệt" },
		"the name":                  func(n *accounts.New) { n.Password = "Trần Thị Nguyệt" },
		"the name and a year":       func(n *accounts.New) { n.Password = "tranthi-2026"; n.Name = "Tranthi" },
		"the program's name":        func(n *accounts.New) { n.Password = "bienbanbienban1" },
		"numbers in a row":          func(n *accounts.New) { n.Password = "1234567890123" },
		"keys in a row":             func(n *accounts.New) { n.Password = "qwertyuiop12345" },
		"letters backwards":         func(n *accounts.New) { n.Password = "zyxwvutsrqponm" },
	} {
		n := good
		change(&n)
		_, err := w.Add(t.Context(), accounts.Terminal, n)
		var p *accounts.Problem
		if fault.CodeOf(err) != fault.Invalid || !errors.As(err, &p) || p.In("vi") == "" || p.In("en") == "" || p.In("vi") == p.In("en") {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && n.Password != "" && strings.Contains(err.Error(), n.Password) {
			t.Errorf("%s: the message shows the password", what)
		}
	}
	for _, p := range []string{password, "correct horse battery", "nguyệt họp tổ dân phố", "1234 bước chân nhỏ", "Hội đồng 12/6: thông qua"} {
		if _, err := accounts.CheckPassword(p, "nguyệt", "Trần Thị Nguyệt"); err != nil {
			t.Errorf("%q: %v", p, err)
		}
	}
	if _, err := w.Add(t.Context(), accounts.Terminal, good); err != nil {
		t.Fatal(err)
	}
	good.Login = "NGUYỆT"
	if _, err := w.Add(t.Context(), accounts.Terminal, good); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("the same login: %v, want conflict", err)
	}
}

func TestGuessingANameIsSlowedFromAnyAddressAndForgottenAtSuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "nguyệt")
	guess := func(i int, password string) error {
		_, err := w.SignIn(t.Context(), "nguyệt", password, fmt.Sprintf("198.51.%d.%d:999", i/200, i%200))
		return err
	}
	tries, waits := 0, time.Duration(0)
	for start := w.clock.now(); w.clock.now().Sub(start) < 4*time.Hour; {
		err := guess(tries+int(waits.Seconds()), "đoán mật khẩu xem")
		if d := wait(err); d > 0 {
			if d > time.Minute {
				t.Fatalf("the owner would wait %v", d)
			}
			w.clock.pass(d)
			waits += d
			continue
		}
		tries++
	}
	if tries > 260 || tries < 100 {
		t.Errorf("%d guesses in four hours", tries)
	}
	if err := guess(0, "đoán mật khẩu xem"); fault.CodeOf(err) != fault.Forbidden {
		t.Error(err)
	}
	if err := guess(1, password); wait(err) == 0 {
		t.Errorf("the right password at once: %v, want to wait", err)
	}
	w.clock.pass(time.Minute)
	if err := guess(2, password); err != nil {
		t.Error(err)
	}
	for i := range 5 {
		if err := guess(i, "đoán mật khẩu xem"); wait(err) > 0 {
			t.Errorf("after a success the name's failures are forgotten: %v", err)
		}
	}
}

func TestGuessingFromAnAddressIsSlowedForAnyName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "nguyệt")
	for address, other := range map[string]string{"203.0.113.5:80": "203.0.113.6:80", "[2001:db8::1]:80": "[2001:db8:0:1::1]:80"} {
		tries := 0
		var d time.Duration
		for ; d == 0 && tries < 1000; tries++ {
			from := address
			if strings.Contains(address, "db8") {
				from = fmt.Sprintf("[2001:db8::%x]:80", tries+1) // anywhere in the same /64
			}
			_, err := w.SignIn(t.Context(), fmt.Sprint("tên", tries, address[:3]), "đoán mật khẩu xem", from)
			d = wait(err)
		}
		if tries > 40 {
			t.Errorf("%s: %d guesses", address, tries)
		}
		// A right sign-in from there has to wait, too; from elsewhere it has not.
		if _, err := w.SignIn(t.Context(), "nguyệt", password, address); wait(err) == 0 {
			t.Errorf("%s: %v, want to wait", address, err)
		}
		if _, err := w.SignIn(t.Context(), "nguyệt", password, other); err != nil {
			t.Errorf("%s: %v", other, err)
		}
	}
}

func TestAWholeHallBehindOneAddressCanSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 60 {
		w.add(t, fmt.Sprint("đại-biểu-", i))
	}
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			for {
				_, err := w.SignIn(t.Context(), fmt.Sprint("đại-biểu-", i), password, "192.0.2.1")
				if d := wait(err); d > 0 { // too many at the same time: the others' success frees the address
					if d > 15*time.Minute {
						t.Errorf("delegate %d waits %v", i, d)
						return
					}
					continue
				}
				if err != nil {
					t.Errorf("delegate %d: %v", i, err)
				}
				return
			}
		})
	}
	all.Wait()
}

func TestGuessesAtTheSameTimeAreCountedBeforeTheyAreAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "nguyệt")
	var all sync.WaitGroup
	var asked atomic.Int64
	for i := range 200 {
		all.Go(func() {
			_, err := w.SignIn(t.Context(), "nguyệt", "đoán mật khẩu xem", fmt.Sprintf("192.0.2.%d", i))
			if wait(err) == 0 {
				asked.Add(1)
			}
		})
	}
	all.Wait()
	if n := asked.Load(); n > 6 {
		t.Errorf("%d passwords were tried", n)
	}
}

func TestACancelledSignInIsNoFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "nguyệt")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 {
		if _, err := w.SignIn(gone, "nguyệt", password, "192.0.2.1"); !errors.Is(err, context.Canceled) {
			t.Fatalf("%v, want canceled", err)
		}
	}
	if _, err := w.SignIn(t.Context(), "nguyệt", password, "192.0.2.1"); err != nil {
		t.Error(err)
	}
}

func TestTheSetUpTokenMakesOneAdministratorOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	n := accounts.New{Login: "quản-trị", Name: "Quản trị", Password: password}
	if _, err := w.Setup(ctx, "", n); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("no token was given yet: %v, want not found", err)
	}
	old, err := w.NewSetup(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := w.NewSetup(ctx)
	if err != nil || len(tok) < 26 {
		t.Fatalf("%q %v", tok, err)
	}
	for _, wrong := range []string{"", old, tok[1:], strings.ToUpper(tok), tok + "a"} {
		if _, err := w.Setup(ctx, wrong, n); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v, want not found", wrong, err)
		}
	}
	bad := n
	bad.Password = "ngắn"
	if _, err := w.Setup(ctx, tok, bad); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid, and the link to go on working", err)
	}
	a, err := w.Setup(ctx, tok, n)
	if err != nil || !a.Administrator {
		t.Fatalf("%+v %v", a, err)
	}
	n.Login = "thứ-hai"
	if _, err := w.Setup(ctx, tok, n); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("twice: %v, want not found", err)
	}
	if tok, err := w.NewSetup(ctx); err != nil || tok != "" {
		t.Errorf("another token: %q %v", tok, err)
	}
}

func TestATokenIsOfNoUseOnceAnAdministratorWasMadeElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tok, err := w.NewSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.CheckSetup(t.Context(), tok); err != nil {
		t.Error(err)
	}
	if _, err := w.Add(t.Context(), accounts.Terminal, accounts.New{Login: "qt", Name: "Quản trị", Password: password, Administrator: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Setup(t.Context(), tok, accounts.New{Login: "kẻ-khác", Name: "Ai đó", Password: password}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v, want not found", err)
	}
}

func TestIDsAreLongAndNeverTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := map[string]bool{}
	for i := range 50 {
		id := w.add(t, fmt.Sprint("a", i)).ID
		if len(id) != 26 || seen[id] { // 26 of 32 characters: 130 bits
			t.Errorf("%q", id)
		}
		seen[id] = true
	}
}

// site is a server that signs in whoever gives an account's id, with real cookies.
func site(t *testing.T, w world) (at *url.URL, get func(client *http.Client, path string) string) {
	t.Helper()
	m := scs.New()
	m.Store, m.IdleTimeout, m.HashTokenInStore, m.ErrorFunc = w.SessionStore(), time.Hour, true, func(_ http.ResponseWriter, _ *http.Request, err error) { t.Error(err) }
	mux := http.NewServeMux()
	mux.HandleFunc("/in", func(rw http.ResponseWriter, r *http.Request) {
		if err := m.RenewToken(r.Context()); err != nil {
			t.Error(err)
		}
		m.Put(r.Context(), accounts.SessionUser, r.FormValue("id"))
		m.Put(r.Context(), accounts.SessionAddress, "192.0.2.1")
		m.Put(r.Context(), accounts.SessionAgent, r.UserAgent())
	})
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		m.Put(r.Context(), "seen", true)
		fmt.Fprint(rw, m.GetString(r.Context(), accounts.SessionUser))
	})
	mux.HandleFunc("/alone", func(_ http.ResponseWriter, r *http.Request) {
		id := m.GetString(r.Context(), accounts.SessionUser)
		if err := w.EndSessions(r.Context(), id, id, m.Token(r.Context())); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(m.LoadAndSave(mux))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return at, func(client *http.Client, path string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func TestASessionOfABrowserLastsUntilItIsEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.add(t, "nguyệt")
	_, get := site(t, w)
	one, two := browser(t), browser(t)
	for _, b := range []*http.Client{one, two} {
		get(b, "/")
		get(b, "/in?id="+a.ID)
		if got := get(b, "/"); got != a.ID {
			t.Fatalf("signed in as %q", got)
		}
	}
	all, _, err := w.Sessions(t.Context(), a.ID, "")
	if err != nil || len(all) != 2 || all[0].Address != "192.0.2.1" || !strings.Contains(all[0].Agent, "Go-http-client") {
		t.Fatalf("%+v %v", all, err)
	}
	get(one, "/alone")
	if get(one, "/") != a.ID || get(two, "/") != "" {
		t.Error("all sessions but one's own were to end")
	}
	if _, err := w.Change(t.Context(), "x", a.ID, accounts.Change{Disabled: new(true)}); err != nil {
		t.Fatal(err)
	}
	if get(one, "/") != "" {
		t.Error("a disabled account is signed in")
	}
}

func TestSigningInGivesTheBrowserANewToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.add(t, "nguyệt")
	at, get := site(t, w)
	victim, thief := browser(t), browser(t)
	get(victim, "/")
	thief.Jar.SetCookies(at, victim.Jar.Cookies(at))
	get(victim, "/in?id="+a.ID)
	if get(victim, "/") != a.ID || get(thief, "/") != "" {
		t.Error("the token of before the sign-in is signed in")
	}
}

func TestAccountsStandAsVietnameseListsHaveNames(t *testing.T) {
	w := newWorld(t)
	want := [][2]string{{"an", "An"}, {"anh", "Ân"}, {"dung", "Dung"}, {"do", "Đỗ Văn Ê"}, {"do2", "Đỗ Văn Ê"}, {"em", "Em"}, {"tran", "Trần An"}}
	for _, i := range []int{6, 4, 1, 5, 0, 3, 2} {
		if _, err := w.Add(t.Context(), accounts.Terminal, accounts.New{Login: want[i][0], Name: want[i][1], Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := w.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]string
	for _, a := range all {
		got = append(got, [2]string{a.Login, a.Name})
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
