package portal

import (
	"net/http"
	"net/url"
	"strings"
)

// noticeCookie carries what was done to the page that says it: the key of a text,
// and the path of that page. It is a cookie of its own, and not in the session: with an
// idle timeout scs writes a session whole at the end of each request, as it was when
// that request began, and so a request of another page of the same browser took a
// notice away that had come meanwhile.
const noticeCookie = "bienban-notice"

// noticeLasts is for how many seconds a notice waits for its page: a slow network, and no more.
const noticeLasts = 60

// notice is the cookie with a value; "" takes it back.
func (s *Server) notice(value string) *http.Cookie {
	c := &http.Cookie{Name: noticeCookie, Value: value, Path: "/", MaxAge: noticeLasts, HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteLaxMode}
	if s.o.Secure {
		c.Name = "__Host-" + c.Name
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// done says on the page of a path what was done (a key of a text), and goes there.
func (q *request) done(notice, path string) error {
	page, _, _ := strings.Cut(path, "?")
	http.SetCookie(q.w, q.s.notice(notice+":"+url.QueryEscape(page)))
	return q.redirect(path)
}

// takeNotice gives the text that done left for this page, once.
func (q *request) takeNotice() string {
	if q.r.Method != http.MethodGet {
		return ""
	}
	c, err := q.r.Cookie(q.s.notice("").Name)
	if err != nil {
		return ""
	}
	key, page, _ := strings.Cut(c.Value, ":")
	if page != url.QueryEscape(q.r.URL.Path) || !q.catalogue().Has(key) {
		return ""
	}
	http.SetCookie(q.w, q.s.notice(""))
	return q.t(key)
}
