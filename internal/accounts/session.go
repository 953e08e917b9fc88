package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"time"

	"github.com/alexedwards/scs/v2"

	"bienban/internal/fault"
)

// What a session's data holds for this package, by the keys of scs.
const (
	SessionUser    = "user"    // id of the account, once signed in
	SessionAddress = "address" // of the browser
	SessionAgent   = "agent"   // the browser's User-Agent
)

// idleGrain is by how much the stored end of an idle session may lag: with an idle
// timeout scs saves a session at each request, and each would be a write to disk.
const idleGrain = time.Minute

// SessionStore keeps the sessions of an scs.SessionManager. It keeps no token,
// only its hash. It implements scs.CtxStore.
type SessionStore struct {
	keeper SessionKeeper
	now    func() time.Time
	codec  scs.GobCodec
}

var _ scs.CtxStore = (*SessionStore)(nil)

// SessionStore gives the store for an scs.SessionManager with the default codec.
func (s *Service) SessionStore() *SessionStore {
	return &SessionStore{keeper: s.store, now: s.now}
}

// sessionID is a token's id.
func sessionID(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// sessionIDs are the ids that the session of a browser's token may have: scs hands
// over a hash instead of it when HashTokenInStore is set.
func sessionIDs(token string) []string {
	if token == "" {
		return nil
	}
	h := sha256.Sum256([]byte(token))
	return []string{sessionID(token), sessionID(base64.RawURLEncoding.EncodeToString(h[:])), sessionID(hex.EncodeToString(h[:]))}
}

// FindCtx implements scs.CtxStore.
func (s *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	is, data, err := s.keeper.Session(ctx, sessionID(token))
	return data, is != nil, err
}

// CommitCtx implements scs.CtxStore.
func (s *SessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	_, values, err := s.codec.Decode(b)
	if err != nil {
		return fault.New(fault.Internal, "session: %w", err)
	}
	text := func(key string) string { v, _ := values[key].(string); return v }
	now := s.now()
	n := Session{ID: sessionID(token), Account: text(SessionUser), Made: now, Seen: now, Expires: expiry, Address: text(SessionAddress), Agent: text(SessionAgent)}
	old, data, err := s.keeper.Session(ctx, n.ID)
	if err != nil {
		return err
	}
	if old != nil && expiry.Sub(old.Expires).Abs() < idleGrain && s.same(data, values) {
		return nil
	}
	return s.keeper.SaveSession(ctx, n, b)
}

// same says whether stored data holds these values.
func (s *SessionStore) same(data []byte, values map[string]any) bool {
	_, was, err := s.codec.Decode(data)
	return err == nil && reflect.DeepEqual(was, values)
}

// DeleteCtx implements scs.CtxStore.
func (s *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.keeper.DropSession(ctx, sessionID(token))
}

// Find implements scs.Store; scs prefers FindCtx.
func (s *SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store; scs prefers CommitCtx.
func (s *SessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store; scs prefers DeleteCtx.
func (s *SessionStore) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}
