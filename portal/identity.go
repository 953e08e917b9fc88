package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"bienban/internal/accounts"
	"bienban/internal/fault"
)

// How long somebody stays signed in: a day of a congress with its evening, and
// not a night on a tablet that was left lying.
const (
	sessionLasts = 18 * time.Hour
	sessionIdle  = 6 * time.Hour
)

// newSessions keeps sessions in the accounts' store, by the hash of the cookie.
func newSessions(o Options) *scs.SessionManager {
	m := scs.New()
	m.Store = o.Accounts.SessionStore()
	m.Lifetime, m.IdleTimeout = sessionLasts, sessionIdle
	m.Cookie = scs.SessionCookie{Name: "bienban", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: o.Secure, Persist: false}
	if o.Secure {
		m.Cookie.Name = "__Host-bienban" // a browser then takes it from this very host by TLS only
	}
	return m
}

// signedInStill says whether the session of a long answer has not been ended meanwhile.
func (s *Server) signedInStill(ctx context.Context, q *request) error {
	token := s.sessions.Token(q.ctx())
	if token == "" {
		return errSignIn
	}
	// A context of its own: with the answer's, which holds the session as it was when
	// the answer began, Load asks no store.
	own, stop := context.WithTimeout(context.Background(), askWait)
	defer stop()
	fresh, err := s.sessions.Load(own, token)
	if err != nil {
		return err
	}
	if s.sessions.GetString(fresh, accounts.SessionUser) != q.account.ID {
		return errSignIn
	}
	a, err := s.o.Accounts.Account(ctx, q.account.ID)
	if err == nil && a.Disabled {
		err = fault.New(fault.Forbidden, "the account is disabled")
	}
	return err
}
