package accounts

import (
	"context"
	"sync"
	"time"

	"bienban/internal/fault"
	"bienban/internal/lang"
)

// Service is accounts as the portal and the command line use them. All methods
// may be called at once.
type Service struct {
	store    Store
	now      func() time.Time
	hasher   *hasher
	throttle *throttle
	nobody   func() (string, error) // a hash that no password is known of
	setup    setup
}

// NewService makes a service over a store.
func NewService(store Store) *Service { return newService(store, time.Now) }

func newService(store Store, now func() time.Time) *Service {
	s := &Service{store: store, now: now, hasher: newHasher(hashing), throttle: newThrottle(now)}
	s.nobody = sync.OnceValues(func() (string, error) { return s.hasher.hash(context.Background(), newID()) })
	return s
}

// Account gives an account by its id.
func (s *Service) Account(ctx context.Context, id string) (Account, error) {
	return s.store.Account(ctx, id)
}

// Accounts lists all accounts by name, as Vietnamese lists have names; those of one name by their sign-in name.
func (s *Service) Accounts(ctx context.Context) ([]Account, error) {
	all, err := s.store.Accounts(ctx)
	lang.SortByName(all, func(a Account) string { return a.Name })
	return all, err
}

// ByLogin gives an account by its sign-in name.
func (s *Service) ByLogin(ctx context.Context, login string) (Account, error) {
	login, err := CheckLogin(login)
	if err != nil {
		return Account{}, err
	}
	a, _, err := s.store.AccountByLogin(ctx, login)
	return a, err
}

// Add makes an account. by is who does it.
func (s *Service) Add(ctx context.Context, by string, n New) (Account, error) {
	a, hash, err := s.prepare(ctx, n)
	if err != nil {
		return Account{}, err
	}
	return a, taken(s.store.AddAccount(ctx, by, a, hash))
}

// prepare checks a new account and hashes its password.
func (s *Service) prepare(ctx context.Context, n New) (a Account, hash string, err error) {
	a = Account{ID: newID(), Language: n.Language, Administrator: n.Administrator, Made: s.now().UTC().Truncate(time.Millisecond)}
	if a.Login, err = CheckLogin(n.Login); err != nil {
		return a, "", err
	}
	if a.Name, err = CheckName(n.Name); err != nil {
		return a, "", err
	}
	if err = checkLanguage(n.Language); err != nil {
		return a, "", err
	}
	password, err := CheckPassword(n.Password, a.Login, a.Name)
	if err != nil {
		return a, "", err
	}
	hash, err = s.hasher.hash(ctx, password)
	return a, hash, err
}

// taken words a login that is there already.
func taken(err error) error {
	if fault.CodeOf(err) == fault.Conflict {
		return fault.New(fault.Conflict, "%w", &Problem{"Tên đăng nhập này đã có người dùng.", "This sign-in name is taken."})
	}
	return err
}

// Change changes an account. by is who does it.
func (s *Service) Change(ctx context.Context, by, id string, c Change) (Account, error) {
	if c.Name != nil {
		name, err := CheckName(*c.Name)
		if err != nil {
			return Account{}, err
		}
		c.Name = &name
	}
	if c.Language != nil {
		if err := checkLanguage(*c.Language); err != nil {
			return Account{}, err
		}
	}
	a, err := s.store.ChangeAccount(ctx, by, id, c)
	if fault.CodeOf(err) == fault.Conflict {
		err = fault.New(fault.Conflict, "%w", &Problem{"Phải còn ít nhất một quản trị viên đăng nhập được.", "At least one administrator who can sign in must remain."})
	}
	return a, err
}

// SetLanguage is somebody's own choice of the interface's language.
func (s *Service) SetLanguage(ctx context.Context, id, language string) error {
	_, err := s.Change(ctx, id, id, Change{Language: &language})
	return err
}

// SetPassword gives an account a new password and ends its sessions, but the one of
// token (that of whoever changes his own; "" for none). by is who does it.
func (s *Service) SetPassword(ctx context.Context, by, id, password, token string) error {
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return err
	}
	if password, err = CheckPassword(password, a.Login, a.Name); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.SetPassword(ctx, by, id, hash, sessionIDs(token))
}

// errWrong is the one answer to whatever does not fit.
func errWrong() error {
	return fault.New(fault.Forbidden, "%w", &Problem{"Tên đăng nhập hoặc mật khẩu không đúng.", "The sign-in name or the password is not right."})
}

// SignIn says whose name and password these are. address is the browser's, with
// or without port. A wrong name, a wrong password and a disabled account are the
// same fault.Forbidden; too many of them wrap a *Wait. The caller then makes a
// new token for the browser's session (scs: RenewToken).
func (s *Service) SignIn(ctx context.Context, login, password, address string) (Account, error) {
	login, badLogin := CheckLogin(login)
	if wait := s.throttle.attempt(login, address); wait > 0 {
		return Account{}, fault.New(fault.Forbidden, "%w", &Wait{wait})
	}
	a, err := s.verify(ctx, login, password, badLogin != nil)
	switch {
	case err == nil:
		s.throttle.succeeded(login, address)
	case fault.CodeOf(err) != fault.Forbidden: // neither right nor wrong
		s.throttle.undone(login, address)
	}
	if err != nil {
		return Account{}, err
	}
	return a, s.store.NoteSignIn(ctx, a.ID, address)
}

// verify takes equally long for a known and an unknown name.
func (s *Service) verify(ctx context.Context, login, password string, unknown bool) (a Account, err error) {
	hash, err := s.nobody()
	if err != nil {
		return a, err
	}
	if !unknown {
		known, h, err := s.store.AccountByLogin(ctx, login)
		switch {
		case err == nil:
			a, hash = known, h
		case fault.CodeOf(err) == fault.NotFound:
			unknown = true
		default:
			return a, err
		}
	}
	password, bad := canonical(password)
	right, old, err := s.hasher.check(ctx, password, hash)
	if err != nil {
		return a, err
	}
	if !right || unknown || bad != nil || a.Disabled {
		return Account{}, errWrong()
	}
	if old {
		if made, err := s.hasher.hash(ctx, password); err == nil {
			_ = s.store.Rehash(ctx, a.ID, hash, made) // the next sign-in tries again
		}
	}
	return a, nil
}

// Sessions lists where somebody is signed in. current is the id of the session
// that the browser's token belongs to, "" when it is none of them.
func (s *Service) Sessions(ctx context.Context, account, token string) (all []Session, current string, err error) {
	all, err = s.store.Sessions(ctx, account)
	for _, x := range all {
		for _, id := range sessionIDs(token) {
			if x.ID == id {
				current = id
			}
		}
	}
	return all, current, err
}

// EndSession ends one session of an account.
func (s *Service) EndSession(ctx context.Context, by, account, id string) error {
	return s.store.EndSessions(ctx, by, account, []string{id}, nil)
}

// EndSessions ends all sessions of an account, but that of token ("" for none).
func (s *Service) EndSessions(ctx context.Context, by, account, token string) error {
	return s.store.EndSessions(ctx, by, account, nil, sessionIDs(token))
}
