package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"sync"

	"bienban/internal/fault"
)

// setup is the token for making the first administrator, as a hash.
type setup struct {
	mu    sync.Mutex
	hash  [sha256.Size]byte
	given bool
}

// NewSetup makes a token with which the first administrator can be made, once, while
// this process lives; "" when an administrator is there. A token given before
// no longer works.
func (s *Service) NewSetup(ctx context.Context) (token string, err error) {
	there, err := s.store.HasAdministrator(ctx)
	if err != nil || there {
		return "", err
	}
	token = strings.ToLower(rand.Text())
	s.setup.mu.Lock()
	defer s.setup.mu.Unlock()
	s.setup.hash, s.setup.given = sha256.Sum256([]byte(token)), true
	return token, nil
}

// CheckSetup says whether the token works now: fault.NotFound if not.
func (s *Service) CheckSetup(ctx context.Context, token string) error {
	hash := sha256.Sum256([]byte(token))
	s.setup.mu.Lock()
	right := s.setup.given && subtle.ConstantTimeCompare(hash[:], s.setup.hash[:]) == 1
	s.setup.mu.Unlock()
	if !right {
		return fault.New(fault.NotFound, "set-up: this link does not work, or no longer")
	}
	there, err := s.store.HasAdministrator(ctx)
	if err == nil && there {
		err = fault.New(fault.NotFound, "set-up: there is an administrator")
	}
	return err
}

// Setup makes the first administrator.
func (s *Service) Setup(ctx context.Context, token string, n New) (Account, error) {
	if err := s.CheckSetup(ctx, token); err != nil {
		return Account{}, err
	}
	n.Administrator = true
	a, hash, err := s.prepare(ctx, n)
	if err != nil {
		return Account{}, err
	}
	if err := s.store.AddFirstAdministrator(ctx, a, hash); err != nil {
		return Account{}, taken(err)
	}
	s.setup.mu.Lock()
	defer s.setup.mu.Unlock()
	s.setup.given = false
	return a, nil
}
