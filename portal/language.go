package portal

import (
	"net/http"

	"golang.org/x/text/language"

	"bienban/portal/text"
)

// languageCookie remembers the language that somebody chose before signing in.
const languageCookie = "language"

// matcher picks from Accept-Language; the first is what nobody asked for.
func newMatcher() language.Matcher {
	var tags []language.Tag
	for _, l := range text.Languages() {
		tags = append(tags, language.MustParse(l))
	}
	return language.NewMatcher(tags)
}

// languageOf gives the language of an answer: the account's own, else what was
// chosen in this browser, else what the browser asks for, else the first.
func (s *Server) languageOf(r *http.Request, account string) string {
	if text.Supported(account) {
		return account
	}
	if c, err := r.Cookie(languageCookie); err == nil && text.Supported(c.Value) {
		return c.Value
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return text.Languages()[0]
	}
	_, i, how := s.matcher.Match(tags...)
	if how == language.No {
		return text.Languages()[0]
	}
	return text.Languages()[i]
}
