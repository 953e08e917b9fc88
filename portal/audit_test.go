package portal_test

import (
	"database/sql"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/audit"
	"bienban/minutes/desk"
	"bienban/portal/text"
)

func TestEveryActionOfTheAuditLogIsSaidInWordsInBothLanguages(t *testing.T) {
	all, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	actions := append(audit.AccountActions(), string(desk.KindCreated))
	for _, kind := range []string{desk.StretchClosed, desk.StretchErased, desk.StretchFilled} {
		actions = append(actions, "stretch_"+kind)
	}
	for _, k := range desk.Kinds() {
		actions = append(actions, string(k))
	}
	if len(actions) < 60 {
		t.Fatalf("only %d actions", len(actions))
	}
	for language, c := range all {
		said := map[string]string{}
		for _, a := range actions {
			if !c.Has("action." + a) {
				t.Errorf("%s: no text for %q", language, a)
				continue
			}
			words := c.Text("action." + a)
			if other := said[words]; other != "" {
				t.Errorf("%s: %q and %q are both %q", language, a, other, words)
			}
			said[words] = a
		}
	}
}

// rows counts the entries that a page of a log shows.
func rows(body string) int { return strings.Count(body, "<tr><td") }

func TestTheAuditLogIsFilteredByWhoWhatAndDay(t *testing.T) {
	s := newSite(t)
	admin := s.client("admin")
	clerk, meeting := s.users["clerk"].ID, s.meeting
	today := time.Now().Format(time.DateOnly)
	all := admin.get("/log").is(http.StatusOK)
	for _, a := range append(audit.AccountActions(), "member_set") {
		if strings.Contains(all.body, ">"+a+"<") {
			t.Errorf("%s stands as a code", a)
		}
	}
	if !strings.Contains(all.body, "Tạo tài khoản") || rows(all.body) < 10 {
		t.Errorf("%d rows", rows(all.body))
	}
	of := admin.get("/log?" + url.Values{"who": {clerk}}.Encode()).is(http.StatusOK).body
	if n := rows(of); n == 0 || n >= rows(all.body) || strings.Contains(of, `>Quản trị</td>`) {
		t.Errorf("%d of %d rows are the clerk's", n, rows(all.body))
	}
	about := admin.get("/log?about=" + meeting).is(http.StatusOK).body
	if n := rows(about); n != strings.Count(about, `<a href="/log?about=`+meeting) || n < 5 {
		t.Errorf("%d rows are about the meeting", n)
	}
	if strings.Contains(about, "riêng") {
		t.Error("an administrator without a role reads the meeting's title")
	}
	if n := rows(admin.get("/log?from=" + today + "&to=" + today).body); n < 10 {
		t.Errorf("%d rows of today", n)
	}
	for _, none := range []string{"/log?to=2020-01-01", "/log?from=2099-01-01", "/log?who=nobody", "/log?about=%27+OR+1%3D1"} {
		if n := rows(admin.get(none).is(http.StatusOK).body); n > 0 {
			t.Errorf("%s: %d rows", none, n)
		}
	}
	for _, wrong := range []string{"/log?from=hôm+qua", "/log?to=2026-13-45", "/log.csv?from=x"} {
		admin.get(wrong).is(http.StatusUnprocessableEntity)
	}
}

func TestTheAuditLogSaysWhetherItsChainIsWhole(t *testing.T) {
	s := newSite(t)
	admin := s.client("admin")
	n, newest, err := s.store.VerifyAudit(t.Context())
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	if body := admin.get("/log").body; !strings.Contains(body, `role="status">✓`) || strings.Contains(body, `role="alert"`) || len(newest) == 0 {
		t.Error("the page does not say that the chain is whole")
	}
	db, err := sql.Open("sqlite", s.file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{`DROP TRIGGER audit_is_not_changed`, `UPDATE audit SET actor = 'somebody' WHERE seq = 3`} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	body := admin.get("/log?check=yes").is(http.StatusOK).body
	if !strings.Contains(body, `role="alert"`) || strings.Contains(body, "✓") {
		t.Error("a changed entry is not told of")
	}
}

func TestTheAuditLogsFileHasEveryEntryAndNoFormula(t *testing.T) {
	s := newSite(t)
	admin := s.client("admin")
	if _, err := s.people.Add(t.Context(), accounts.Terminal, accounts.New{Login: "evil", Name: `=HYPERLINK("http://evil.example")`, Password: password}); err != nil {
		t.Fatal(err)
	}
	n, _, err := s.store.VerifyAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := admin.get("/log.csv").is(http.StatusOK)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil || int64(len(lines)) != n+1 {
		t.Fatalf("%d lines for %d entries, %v", len(lines), n, err)
	}
	found := false
	for _, l := range lines {
		for _, cell := range l {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") || strings.HasPrefix(cell, "+") {
				t.Errorf("a formula: %q", cell)
			}
			found = found || strings.HasPrefix(cell, "'=HYPERLINK")
		}
	}
	if !found || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the account is not in it: %v", a.header)
	}
	if got := len(strings.Split(admin.get("/log.csv?who="+s.users["clerk"].ID).body, "\n")); int64(got) >= n {
		t.Errorf("%d lines are the clerk's", got)
	}
}

func TestTheHistoryOfAMeetingSaysWhoDidWhatWhen(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting
	clerk, secretary := s.client("clerk"), s.client("secretary")
	clerk.post(at+"/agenda", url.Values{"title": {"Việc của người phụ trách"}, "do": {"add"}}).is(http.StatusSeeOther)
	secretary.post(at+"/agenda", url.Values{"title": {"Việc của thư ký"}, "do": {"add"}}).is(http.StatusSeeOther)
	body := secretary.get(at + "/history").is(http.StatusOK).body
	first, second := strings.Index(body, "Việc của thư ký"), strings.Index(body, "Việc của người phụ trách")
	if !strings.Contains(body, "Phân công Người chair: Chủ tọa") {
		t.Error("a Vietnamese page names a role by its id")
	}
	if first < 0 || second < first || !strings.Contains(body, "Thêm nội dung") || !strings.Contains(body, "Phân công vai trò") {
		t.Errorf("the newest act is not on top: %d, %d", first, second)
	}
	body = clerk.get(at + "/history?who=" + s.users["secretary"].ID).body
	if !strings.Contains(body, "Việc của thư ký") || strings.Contains(body, "Việc của người phụ trách") {
		t.Error("the filter by person does not hold")
	}
	today := time.Now().Format(time.DateOnly)
	if n := rows(clerk.get(at + "/history?from=" + today + "&to=" + today).body); n < 3 {
		t.Errorf("%d acts of today", n)
	}
	if n := rows(clerk.get(at + "/history?to=2020-01-01").body); n > 0 {
		t.Errorf("%d acts before 2020", n)
	}
	clerk.get(at + "/history?from=nay").is(http.StatusUnprocessableEntity)
	s.client("delegate").get(at + "/history").is(http.StatusForbidden)
}

func TestTheHistoryGoesOnBehindItsPage(t *testing.T) {
	s := newSite(t)
	at := "/m/" + s.meeting
	clerk := desk.Viewer{User: s.users["clerk"].ID, Name: "Người clerk"}
	for i := range 130 {
		if _, err := s.store.Do(t.Context(), clerk, s.meeting, desk.Act{ID: actID(), Kind: desk.KindGlossary, By: clerk.User, Name: clerk.Name, At: time.Now(),
			Body: []byte(`{"add": ["từ ` + strings.Repeat("a", i+1) + `"]}`)}); err != nil {
			t.Fatal(err)
		}
	}
	c := s.client("clerk")
	seen, path := 0, at+"/history"
	for range 5 {
		body := c.get(path).is(http.StatusOK).body
		seen += rows(body)
		_, rest, more := strings.Cut(body, `<a class="button" href="`)
		if !more {
			break
		}
		path, _, _ = strings.Cut(strings.ReplaceAll(rest, "&amp;", "&"), `"`)
	}
	if want := 130 + 1 + len(desk.MeetingRoles()) - 1; seen != want {
		t.Errorf("%d acts on all pages, want %d", seen, want)
	}
}
