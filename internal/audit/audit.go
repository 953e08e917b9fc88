package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"time"

	"bienban/internal/fault"
)

// Entry is one act.
type Entry struct {
	Seq     int64 // from 1, without holes
	At      time.Time
	Actor   string // id of an account, or a part of the program
	Action  string
	Subject string // id of what it was done to
	Detail  json.RawMessage
	Hash    []byte // over the entry and the hash of the one before
}

// Sum computes the entry's hash: SHA-256 over the hash before it, number and time
// (Unix milliseconds; 8 bytes each, big-endian), then each text after its length
// (8 bytes).
func (e Entry) Sum(prev []byte) []byte {
	h := sha256.New()
	h.Write(prev)
	var n [8]byte
	number := func(v int64) {
		binary.BigEndian.PutUint64(n[:], uint64(v))
		h.Write(n[:])
	}
	number(e.Seq)
	number(e.At.UnixMilli())
	for _, t := range []string{e.Actor, e.Action, e.Subject, string(e.Detail)} {
		number(int64(len(t)))
		h.Write([]byte(t))
	}
	return h.Sum(nil)
}

// Chain checks a log entry by entry, from the first.
type Chain struct {
	Entries int64  // that are sound
	Newest  []byte // hash of the last of them
}

// Add checks the next entry, and the hash that it names as that of the one before.
func (c *Chain) Add(e Entry, prev []byte) error {
	if e.Seq != c.Entries+1 || !bytes.Equal(prev, c.Newest) || !bytes.Equal(e.Hash, e.Sum(c.Newest)) {
		return fault.New(fault.Internal, "audit log: entry %d was changed, or one before it is missing", e.Seq)
	}
	c.Entries, c.Newest = e.Seq, e.Hash
	return nil
}

// Query is which entries are wanted, newest first.
type Query struct {
	Subject string    // only what was done to this; "" all
	Actor   string    // only what this one did; "" all
	From    time.Time // only entries of this moment or later; zero: all
	Until   time.Time // only entries before this moment; zero: all
	Before  int64     // only entries older than this number; 0 from the newest
	Limit   int       // at most, 1 to MostListed
}

// MostListed is how many entries one answer has at most.
const MostListed = 500

// Listed is an entry with the name of who did it.
type Listed struct {
	Entry
	Name string // of the account as it is called now; the actor itself where it is none
}

// Log is a log that can be read; internal/sqlstore has one.
type Log interface {
	// Audit lists entries. Who may read them is for the caller to know.
	Audit(ctx context.Context, q Query) ([]Listed, error)
	// VerifyAudit reads the whole log and says how many entries are sound from the
	// start, and the hash of the last of them; fault.Internal when one is not.
	VerifyAudit(ctx context.Context) (n int64, newest []byte, err error)
}
