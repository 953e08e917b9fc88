package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/audit"
	"bienban/internal/fault"
)

var _ accounts.Store = (*Store)(nil)

// accountBody is what the audit log keeps of an account.
type accountBody struct {
	Login         string `json:"login"`
	Name          string `json:"name"`
	Language      string `json:"language,omitempty"`
	Administrator bool   `json:"administrator"`
	Disabled      bool   `json:"disabled"`
}

func bodyOf(a accounts.Account) accountBody {
	return accountBody{a.Login, a.Name, a.Language, a.Administrator, a.Disabled}
}

const accountColumns = `id, login, name, language, administrator, disabled, made`

func scanAccount(scan func(...any) error, more ...any) (a accounts.Account, err error) {
	var made int64
	err = scan(append([]any{&a.ID, &a.Login, &a.Name, &a.Language, &a.Administrator, &a.Disabled, &made}, more...)...)
	a.Made = time.UnixMilli(made).UTC()
	return a, err
}

func accountOf(ctx context.Context, q querier, id string) (accounts.Account, error) {
	a, err := scanAccount(q.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account WHERE id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fault.New(fault.NotFound, "account %.40q: not known", id)
	}
	return a, err
}

// AddAccount implements accounts.Accounts.
func (s *Store) AddAccount(ctx context.Context, by string, a accounts.Account, hash string) error {
	return s.change(ctx, "add account", func(ctx context.Context, tx *sql.Tx) error {
		return s.addAccount(ctx, tx, by, a, hash)
	})
}

func (s *Store) addAccount(ctx context.Context, tx *sql.Tx, by string, a accounts.Account, hash string) error {
	done, err := tx.ExecContext(ctx, `INSERT INTO account (id, login, name, language, administrator, disabled, password, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		a.ID, a.Login, a.Name, a.Language, a.Administrator, a.Disabled, hash, a.Made.UnixMilli())
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return fault.New(fault.Conflict, "account %s: there is one", a.Login)
	}
	return s.audit(ctx, tx, by, audit.AccountAdded, a.ID, bodyOf(a))
}

// AddFirstAdministrator implements accounts.Accounts.
func (s *Store) AddFirstAdministrator(ctx context.Context, a accounts.Account, hash string) error {
	return s.change(ctx, "add the first administrator", func(ctx context.Context, tx *sql.Tx) error {
		switch there, err := hasAdministrator(ctx, tx); {
		case err != nil:
			return err
		case there:
			return fault.New(fault.NotFound, "set-up: there is an administrator")
		}
		return s.addAccount(ctx, tx, a.ID, a, hash)
	})
}

// HasAdministrator implements accounts.Accounts.
func (s *Store) HasAdministrator(ctx context.Context) (bool, error) {
	there, err := hasAdministrator(ctx, s.read)
	return there, s.fail("accounts", err)
}

func hasAdministrator(ctx context.Context, q querier) (there bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM account WHERE administrator AND NOT disabled)`).Scan(&there)
	return there, err
}

// Account implements accounts.Accounts.
func (s *Store) Account(ctx context.Context, id string) (accounts.Account, error) {
	a, err := accountOf(ctx, s.read, id)
	return a, s.fail("account", err)
}

// AccountByLogin implements accounts.Accounts.
func (s *Store) AccountByLogin(ctx context.Context, login string) (a accounts.Account, hash string, err error) {
	a, err = scanAccount(s.read.QueryRowContext(ctx, `SELECT `+accountColumns+`, password FROM account WHERE login = ?`, login).Scan, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return a, "", fault.New(fault.NotFound, "account %.40q: not known", login)
	}
	return a, hash, s.fail("account", err)
}

// Accounts implements accounts.Accounts.
func (s *Store) Accounts(ctx context.Context) ([]accounts.Account, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+accountColumns+` FROM account ORDER BY login`)
	if err != nil {
		return nil, s.fail("accounts", err)
	}
	defer rows.Close()
	var all []accounts.Account
	for rows.Next() {
		a, err := scanAccount(rows.Scan)
		if err != nil {
			return nil, s.fail("accounts", err)
		}
		all = append(all, a)
	}
	return all, s.fail("accounts", rows.Err())
}

// ChangeAccount implements accounts.Accounts.
func (s *Store) ChangeAccount(ctx context.Context, by, id string, c accounts.Change) (a accounts.Account, err error) {
	err = s.change(ctx, "change account", func(ctx context.Context, tx *sql.Tx) error {
		if a, err = accountOf(ctx, tx, id); err != nil {
			return err
		}
		was := a
		apply(c.Name, &a.Name)
		apply(c.Language, &a.Language)
		apply(c.Administrator, &a.Administrator)
		apply(c.Disabled, &a.Disabled)
		if a == was {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account SET name = ?, language = ?, administrator = ?, disabled = ? WHERE id = ?`,
			a.Name, a.Language, a.Administrator, a.Disabled, id); err != nil {
			return err
		}
		if was.Administrator && !was.Disabled && (a.Disabled || !a.Administrator) {
			switch there, err := hasAdministrator(ctx, tx); {
			case err != nil:
				return err
			case !there:
				return fault.New(fault.Conflict, "account %s: no other administrator could sign in", a.Login)
			}
		}
		if a.Disabled && !was.Disabled {
			if _, err := s.endSessions(ctx, tx, id, nil, nil); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, by, audit.AccountChanged, id, struct {
			Before accountBody `json:"before"`
			After  accountBody `json:"after"`
		}{bodyOf(was), bodyOf(a)})
	})
	return a, err
}

func apply[T any](change, to *T) {
	if change != nil {
		*to = *change
	}
}

// SetPassword implements accounts.Accounts.
func (s *Store) SetPassword(ctx context.Context, by, id, hash string, keep []string) error {
	return s.change(ctx, "change password", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := accountOf(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account SET password = ? WHERE id = ?`, hash, id); err != nil {
			return err
		}
		ended, err := s.endSessions(ctx, tx, id, nil, keep)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, by, audit.PasswordChanged, id, endedBody{Sessions: ended})
	})
}

// endedBody says how many sessions ended.
type endedBody struct {
	Sessions int64 `json:"sessions"`
}

// Rehash implements accounts.Accounts.
func (s *Store) Rehash(ctx context.Context, id, was, hash string) error {
	return s.change(ctx, "rehash password", func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE account SET password = ? WHERE id = ? AND password = ?`, hash, id, was)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err // changed meanwhile: the newer one counts
		}
		return s.audit(ctx, tx, id, audit.PasswordRehashed, id, struct{}{})
	})
}

// NoteSignIn implements accounts.Accounts.
func (s *Store) NoteSignIn(ctx context.Context, id, address string) error {
	return s.change(ctx, "note sign-in", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := accountOf(ctx, tx, id); err != nil {
			return err
		}
		return s.audit(ctx, tx, id, audit.SignedIn, id, struct {
			Address string `json:"address"`
		}{address})
	})
}
