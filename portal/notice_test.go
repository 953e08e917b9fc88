package portal_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// between does something when the server begins to read a body: who asks is known by then.
type between struct {
	do   func()
	rest io.Reader
}

func (b *between) Read(p []byte) (int, error) {
	if b.do != nil {
		b.do()
		b.do = nil
	}
	return b.rest.Read(p)
}

func TestWhatWasDoneIsSaidOnceThoughAnotherPageOfTheBrowserIsAnsweredMeanwhile(t *testing.T) {
	s := newSite(t)
	c := s.client("clerk")
	said := func(path string) bool {
		t.Helper()
		return strings.Contains(c.get(path).is(http.StatusOK).body, `class="notice" role="status"`)
	}
	slow, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.http.URL+"/account/password", &between{
		do:   func() { c.post("/account", url.Values{"name": {"Lê Thị Cúc"}}).is(http.StatusSeeOther) },
		rest: strings.NewReader("password=a&again=b"),
	})
	if err != nil {
		t.Fatal(err)
	}
	slow.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	slow.Header.Set("Expect", "100-continue") // the body is asked for once the server reads it
	res, err := c.http.Do(slow)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("the slow request: %d, %v", res.StatusCode, err)
	}
	if said("/") {
		t.Error("another page says what was done on the page of the account")
	}
	if !said("/account") {
		t.Error("the notice is lost")
	}
	if said("/account") {
		t.Error("the notice is said twice")
	}
}

func TestANoticeIsATextOfTheCatalogueAndOfThisServer(t *testing.T) {
	s := newSite(t)
	c := s.client("clerk")
	a := c.post("/account", url.Values{"name": {"Lê Thị Cúc"}}).is(http.StatusSeeOther)
	set := strings.Join(a.header.Values("Set-Cookie"), "\n")
	for _, want := range []string{"bienban-notice=act.done:%2Faccount;", "HttpOnly", "SameSite=Lax", "Max-Age=60"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookies %q lack %s", set, want)
		}
	}
	base, err := url.Parse(s.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.http.Jar.SetCookies(base, []*http.Cookie{{Name: "bienban-notice", Value: "planted.by.somebody:%2F", Path: "/"}})
	if a := c.get("/").is(http.StatusOK); strings.Contains(a.body, "planted") || strings.Contains(a.body, `class="notice"`) {
		t.Error("a planted notice is shown")
	}
}
