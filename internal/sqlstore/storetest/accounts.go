package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/fault"
)

// Accounts says how to run the tests of accounts.Store.
type Accounts struct {
	// New makes an empty store, closed when the test ends.
	New func(t testing.TB) accounts.Store
}

// Run runs the whole suite.
func (a Accounts) Run(t *testing.T) {
	for _, c := range accountTests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, a.New(t))
		})
	}
}

// account makes an account of a name; an administrator if its login is "quản-trị".
func account(login string) accounts.Account {
	return accounts.Account{ID: "id-" + login, Login: login, Name: "Bà " + login, Language: "vi",
		Administrator: login == "quản-trị", Made: began}
}

func added(t *testing.T, s accounts.Store, logins ...string) {
	t.Helper()
	for _, l := range logins {
		must(t, s.AddAccount(t.Context(), accounts.Terminal, account(l), "hash of "+l))
	}
}

// session makes a session of n hex digits that lasts an hour.
func session(n int, of string) accounts.Session {
	now := time.Now().UTC().Truncate(time.Millisecond)
	return accounts.Session{ID: fmt.Sprintf("%064x", n), Account: of, Made: now, Seen: now, Expires: now.Add(time.Hour), Address: "192.0.2.7", Agent: "trình duyệt"}
}

// goesOn checks which of sessions 1 to n can be used.
func goesOn(t *testing.T, s accounts.Store, n int, want ...int) {
	t.Helper()
	var got []int
	for i := 1; i <= n; i++ {
		is, _, err := s.Session(t.Context(), session(i, "").ID)
		must(t, err)
		if is != nil {
			got = append(got, i)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("sessions %v go on, want %v", got, want)
	}
}

var no, yes = false, true

var accountTests = []struct {
	name string
	run  func(t *testing.T, s accounts.Store)
}{
	{"an account is found as it was added, by id and by login", func(t *testing.T, s accounts.Store) {
		added(t, s, "nguyệt", "bình")
		a, err := s.Account(t.Context(), "id-nguyệt")
		must(t, err)
		if a != account("nguyệt") {
			t.Errorf("%+v", a)
		}
		a, hash, err := s.AccountByLogin(t.Context(), "nguyệt")
		must(t, err)
		if a != account("nguyệt") || hash != "hash of nguyệt" {
			t.Errorf("%+v %q", a, hash)
		}
		all, err := s.Accounts(t.Context())
		must(t, err)
		if len(all) != 2 || all[0].Login != "bình" {
			t.Errorf("%+v", all)
		}
	}},
	{"a login belongs to one account", func(t *testing.T, s accounts.Store) {
		added(t, s, "nguyệt")
		other := account("nguyệt")
		other.ID = "another"
		if err := s.AddAccount(t.Context(), accounts.Terminal, other, ""); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%v, want conflict", err)
		}
		if _, err := s.Account(t.Context(), "another"); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%v, want not found", err)
		}
	}},
	{"what is no account is not found", func(t *testing.T, s accounts.Store) {
		ctx := t.Context()
		_, byID := s.Account(ctx, "x")
		_, _, byLogin := s.AccountByLogin(ctx, "x")
		_, change := s.ChangeAccount(ctx, accounts.Terminal, "x", accounts.Change{Disabled: &yes})
		for what, err := range map[string]error{"by id": byID, "by login": byLogin, "change": change,
			"password": s.SetPassword(ctx, "y", "x", "h", nil), "sign-in": s.NoteSignIn(ctx, "x", "a"), "end": s.EndSessions(ctx, "y", "x", nil, nil)} {
			if fault.CodeOf(err) != fault.NotFound {
				t.Errorf("%s: %v, want not found", what, err)
			}
		}
	}},
	{"the first administrator is one, however many try at once", func(t *testing.T, s accounts.Store) {
		var all sync.WaitGroup
		made := make(chan string, 10)
		for i := range 10 {
			all.Go(func() {
				a := account(fmt.Sprint("a", i))
				a.Administrator = true
				err := s.AddFirstAdministrator(t.Context(), a, "h")
				if err == nil {
					made <- a.ID
				} else if fault.CodeOf(err) != fault.NotFound {
					t.Errorf("%v, want not found", err)
				}
			})
		}
		all.Wait()
		if len(made) != 1 {
			t.Errorf("%d were made", len(made))
		}
		if there, err := s.HasAdministrator(t.Context()); err != nil || !there {
			t.Errorf("%v %v", there, err)
		}
	}},
	{"the last administrator who can sign in stays one", func(t *testing.T, s accounts.Store) {
		ctx := t.Context()
		added(t, s, "quản-trị", "bình")
		for what, c := range map[string]accounts.Change{"disabled": {Disabled: &yes}, "no longer one": {Administrator: &no}} {
			if _, err := s.ChangeAccount(ctx, accounts.Terminal, "id-quản-trị", c); fault.CodeOf(err) != fault.Conflict {
				t.Errorf("%s: %v, want conflict", what, err)
			}
		}
		if a, err := s.Account(ctx, "id-quản-trị"); err != nil || a.Disabled || !a.Administrator {
			t.Errorf("%+v %v", a, err)
		}
		_, err := s.ChangeAccount(ctx, "id-quản-trị", "id-bình", accounts.Change{Administrator: &yes})
		must(t, err)
		a, err := s.ChangeAccount(ctx, "id-bình", "id-quản-trị", accounts.Change{Disabled: &yes})
		must(t, err)
		if !a.Disabled {
			t.Error("still there")
		}
		// Enough that the other one, disabled, is an administrator? No.
		if _, err := s.ChangeAccount(ctx, "id-bình", "id-bình", accounts.Change{Administrator: &no}); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%v, want conflict", err)
		}
	}},
	{"a session is kept, changed, listed and ended", func(t *testing.T, s accounts.Store) {
		ctx := t.Context()
		added(t, s, "nguyệt", "bình")
		must(t, s.SaveSession(ctx, session(1, "id-nguyệt"), []byte("một")))
		must(t, s.SaveSession(ctx, session(2, "id-bình"), []byte("hai")))
		must(t, s.SaveSession(ctx, session(3, ""), []byte("chưa đăng nhập")))
		changed := session(1, "id-nguyệt")
		changed.Seen, changed.Address, changed.Made = changed.Seen.Add(time.Second), "192.0.2.9", changed.Made.Add(time.Hour)
		must(t, s.SaveSession(ctx, changed, []byte("một, sửa")))
		is, data, err := s.Session(ctx, changed.ID)
		must(t, err)
		if is == nil || string(data) != "một, sửa" || is.Address != "192.0.2.9" || !is.Seen.Equal(changed.Seen) || is.Made.Equal(changed.Made) || is.Account != "id-nguyệt" {
			t.Errorf("%+v %q", is, data)
		}
		all, err := s.Sessions(ctx, "id-nguyệt")
		must(t, err)
		if len(all) != 1 || all[0].ID != changed.ID || all[0].Agent != "trình duyệt" {
			t.Errorf("%+v", all)
		}
		goesOn(t, s, 3, 1, 2, 3)
		must(t, s.DropSession(ctx, session(2, "").ID))
		must(t, s.DropSession(ctx, session(3, "").ID))
		must(t, s.DropSession(ctx, session(9, "").ID))
		must(t, s.DropSession(ctx, "no id at all"))
		goesOn(t, s, 3, 1)
		if is, _, err := s.Session(ctx, "no id at all"); err != nil || is != nil {
			t.Errorf("%v %v", is, err)
		}
	}},
	{"a session that has expired is none", func(t *testing.T, s accounts.Store) {
		added(t, s, "nguyệt")
		old := session(1, "id-nguyệt")
		old.Expires = old.Made.Add(-time.Millisecond)
		must(t, s.SaveSession(t.Context(), old, noData))
		must(t, s.SaveSession(t.Context(), session(2, "id-nguyệt"), []byte{}))
		goesOn(t, s, 2, 2)
		if all, err := s.Sessions(t.Context(), "id-nguyệt"); err != nil || len(all) != 1 {
			t.Errorf("%+v %v", all, err)
		}
	}},
	{"what a request under way saves brings no ended session back", func(t *testing.T, s accounts.Store) {
		ctx := t.Context()
		added(t, s, "nguyệt")
		ends := []func(int) error{
			func(i int) error { return s.DropSession(ctx, session(i, "").ID) },
			func(i int) error { return s.EndSessions(ctx, "x", "id-nguyệt", []string{session(i, "").ID}, nil) },
			func(int) error { return s.EndSessions(ctx, "x", "id-nguyệt", nil, nil) },
			func(int) error { return s.SetPassword(ctx, "x", "id-nguyệt", "h", nil) },
			func(int) error {
				_, err := s.ChangeAccount(ctx, "x", "id-nguyệt", accounts.Change{Disabled: &yes})
				return err
			},
		}
		for i, end := range ends {
			x := session(i+1, "id-nguyệt")
			must(t, s.SaveSession(ctx, x, []byte("dữ liệu")))
			goesOn(t, s, len(ends), i+1)
			must(t, end(i+1))
			must(t, s.SaveSession(ctx, x, []byte("dữ liệu")))
			goesOn(t, s, len(ends))
		}
	}},
	{"a disabled account has no session, new or old, until it is enabled and signs in", func(t *testing.T, s accounts.Store) {
		ctx := t.Context()
		added(t, s, "nguyệt")
		must(t, s.SaveSession(ctx, session(1, "id-nguyệt"), noData))
		_, err := s.ChangeAccount(ctx, "x", "id-nguyệt", accounts.Change{Disabled: &yes})
		must(t, err)
		must(t, s.SaveSession(ctx, session(2, "id-nguyệt"), noData))
		goesOn(t, s, 2)
		_, err = s.ChangeAccount(ctx, "x", "id-nguyệt", accounts.Change{Disabled: &no})
		must(t, err)
		goesOn(t, s, 2)
		must(t, s.SaveSession(ctx, session(3, "id-nguyệt"), noData))
		goesOn(t, s, 3, 3)
	}},
	{"sessions are ended by id, all, and all but one's own", func(t *testing.T, s accounts.Store) {
		ctx := t.Context()
		added(t, s, "nguyệt", "bình")
		for i := 1; i <= 5; i++ {
			must(t, s.SaveSession(ctx, session(i, "id-nguyệt"), noData))
		}
		must(t, s.SaveSession(ctx, session(6, "id-bình"), noData))
		must(t, s.EndSessions(ctx, "x", "id-nguyệt", []string{session(2, "").ID, session(6, "").ID}, nil)) // 6 is somebody else's
		goesOn(t, s, 6, 1, 3, 4, 5, 6)
		must(t, s.EndSessions(ctx, "x", "id-nguyệt", nil, []string{session(4, "").ID}))
		goesOn(t, s, 6, 4, 6)
		must(t, s.SetPassword(ctx, "id-nguyệt", "id-nguyệt", "new", []string{session(4, "").ID}))
		goesOn(t, s, 6, 4, 6)
		must(t, s.SetPassword(ctx, "id-quản-trị", "id-nguyệt", "newer", nil))
		goesOn(t, s, 6, 6)
		if _, hash, err := s.AccountByLogin(ctx, "nguyệt"); err != nil || hash != "newer" {
			t.Errorf("%q %v", hash, err)
		}
	}},
	{"a hash is renewed only while it is the account's", func(t *testing.T, s accounts.Store) {
		ctx := t.Context()
		added(t, s, "nguyệt")
		must(t, s.Rehash(ctx, "id-nguyệt", "hash of nguyệt", "better"))
		must(t, s.Rehash(ctx, "id-nguyệt", "hash of nguyệt", "late"))
		if _, hash, err := s.AccountByLogin(ctx, "nguyệt"); err != nil || hash != "better" {
			t.Errorf("%q %v", hash, err)
		}
	}},
}

// noData is the data of a session that has none.
var noData = []byte{}
