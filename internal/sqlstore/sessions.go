package sqlstore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/audit"
	"bienban/internal/fault"
)

// token is a session's id as its column has it.
func token(id string) ([]byte, error) {
	b, err := hex.DecodeString(id)
	if err != nil || len(b) == 0 {
		return nil, fault.New(fault.Invalid, "session: %.80q is no id", id)
	}
	return b, nil
}

// Session implements accounts.SessionKeeper.
func (s *Store) Session(ctx context.Context, id string) (*accounts.Session, []byte, error) {
	t, err := token(id)
	if err != nil {
		return nil, nil, nil //nolint:nilerr // no session is called so
	}
	x, data, err := scanSession(s.read.QueryRowContext(ctx, `SELECT s.token, coalesce(s.account, ''), s.made, s.seen, s.expires, s.address, s.agent, s.data
		FROM session s LEFT JOIN account a ON a.id = s.account
		WHERE s.token = ? AND s.ended IS NULL AND s.expires > ? AND (s.account IS NULL OR NOT a.disabled)`, t, s.now().UnixMilli()).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, s.fail("session", err)
	}
	return &x, data, nil
}

func scanSession(scan func(...any) error) (x accounts.Session, data []byte, err error) {
	var made, seen, expires int64
	var t []byte
	err = scan(&t, &x.Account, &made, &seen, &expires, &x.Address, &x.Agent, &data)
	x.ID, x.Made, x.Seen, x.Expires = hex.EncodeToString(t), time.UnixMilli(made).UTC(), time.UnixMilli(seen).UTC(), time.UnixMilli(expires).UTC()
	return x, data, err
}

// agentMost is how much of a browser's own description is kept, in bytes.
const agentMost = 300

// SaveSession implements accounts.SessionKeeper.
func (s *Store) SaveSession(ctx context.Context, x accounts.Session, data []byte) error {
	t, err := token(x.ID)
	if err != nil {
		return err
	}
	x.Agent = strings.ToValidUTF8(x.Agent[:min(len(x.Agent), agentMost)], "")
	return s.change(ctx, "save session", func(ctx context.Context, tx *sql.Tx) error {
		var account any
		if x.Account != "" {
			a, err := accountOf(ctx, tx, x.Account)
			if fault.CodeOf(err) == fault.NotFound || err == nil && a.Disabled {
				return nil
			}
			if err != nil {
				return err
			}
			account = x.Account
		}
		done, err := tx.ExecContext(ctx, `UPDATE session SET account = ?, data = ?, seen = ?, expires = ?, address = ?, agent = ? WHERE token = ? AND ended IS NULL`,
			account, data, x.Seen.UnixMilli(), x.Expires.UnixMilli(), x.Address, x.Agent, t)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		// A new one: a good time to forget old ones.
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE expires < ?`, s.now().UnixMilli()); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO session (token, account, data, made, seen, expires, address, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			t, account, data, x.Made.UnixMilli(), x.Seen.UnixMilli(), x.Expires.UnixMilli(), x.Address, x.Agent)
		return err
	})
}

// DropSession implements accounts.SessionKeeper.
func (s *Store) DropSession(ctx context.Context, id string) error {
	t, err := token(id)
	if err != nil {
		return nil //nolint:nilerr // no session is called so
	}
	return s.change(ctx, "end session", func(ctx context.Context, tx *sql.Tx) error {
		var account string
		err := tx.QueryRowContext(ctx, `UPDATE session SET ended = ?, data = ? WHERE token = ? AND ended IS NULL RETURNING coalesce(account, '')`, s.now().UnixMilli(), []byte{}, t).Scan(&account)
		if errors.Is(err, sql.ErrNoRows) || err == nil && account == "" {
			return nil
		}
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, account, audit.SessionEnded, account, endedBody{Sessions: 1})
	})
}

// Sessions implements accounts.SessionKeeper.
func (s *Store) Sessions(ctx context.Context, account string) ([]accounts.Session, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT s.token, s.account, s.made, s.seen, s.expires, s.address, s.agent, s.data
		FROM session s JOIN account a ON a.id = s.account
		WHERE s.account = ? AND s.ended IS NULL AND s.expires > ? AND NOT a.disabled ORDER BY s.seen DESC, s.token`, account, s.now().UnixMilli())
	if err != nil {
		return nil, s.fail("sessions", err)
	}
	defer rows.Close()
	var all []accounts.Session
	for rows.Next() {
		x, _, err := scanSession(rows.Scan)
		if err != nil {
			return nil, s.fail("sessions", err)
		}
		all = append(all, x)
	}
	return all, s.fail("sessions", rows.Err())
}

// EndSessions implements accounts.SessionKeeper.
func (s *Store) EndSessions(ctx context.Context, by, account string, ids, keep []string) error {
	return s.change(ctx, "end sessions", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := accountOf(ctx, tx, account); err != nil {
			return err
		}
		n, err := s.endSessions(ctx, tx, account, ids, keep)
		if err != nil || n == 0 {
			return err
		}
		return s.audit(ctx, tx, by, audit.SessionEnded, account, endedBody{Sessions: n})
	})
}

// endSessions ends those of ids (nil: all) that are not in keep, and counts them.
func (s *Store) endSessions(ctx context.Context, tx *sql.Tx, account string, ids, keep []string) (n int64, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT token FROM session WHERE account = ? AND ended IS NULL AND expires > ?`, account, s.now().UnixMilli())
	if err != nil {
		return 0, err
	}
	var end [][]byte
	for rows.Next() {
		var t []byte
		if err := rows.Scan(&t); err != nil {
			_ = rows.Close()
			return 0, err
		}
		if id := hex.EncodeToString(t); (ids == nil || slices.Contains(ids, id)) && !slices.Contains(keep, id) {
			end = append(end, t)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	for _, t := range end {
		if _, err := tx.ExecContext(ctx, `UPDATE session SET ended = ?, data = ? WHERE token = ?`, s.now().UnixMilli(), []byte{}, t); err != nil {
			return 0, err
		}
	}
	return int64(len(end)), nil
}
