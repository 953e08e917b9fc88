package accounts

import (
	"time"

	"github.com/alexedwards/argon2id"
)

// NewTestService makes a service with a clock of the test's own, which hashes
// quickly.
func NewTestService(store Store, now func() time.Time) *Service {
	s := newService(store, now)
	s.hasher.params = argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	return s
}

// Earnest gives a service the parameters that it has outside of tests.
func (s *Service) Earnest() { s.hasher.params = hashing }

// Slots is how many counters there are.
const Slots = slots
