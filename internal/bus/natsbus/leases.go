package natsbus

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bienban/internal/fault"
)

// leaseStream is the key-value bucket LEASES, as `nats kv` sees it. It is made
// and used as the stream that it is, because the library's buckets answer reads
// from any replica: in a cluster a lease just taken would look free. It has no
// TTL of its own: an epoch must outlive its lease (bus.LeaseKeeper).
func leaseStream() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: "KV_LEASES", Subjects: []string{leaseSubject + ">"},
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, MaxMsgsPerSubject: 1,
		AllowRollup: true, DenyDelete: true, Duplicates: dedupe,
	}
}

const leaseSubject = "$KV.LEASES."

// kvStore is bus.KeyValue on that stream.
type kvStore struct{ b *Bus }

// Get implements bus.KeyValue.
func (s kvStore) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	in, cancel := s.b.within(ctx)
	defer cancel()
	c := leaseStream()
	err := s.b.ensure(in, c)
	var m *jetstream.RawStreamMsg
	if err == nil {
		m, err = s.b.stream(in, c.Name, func(ctx context.Context, st jetstream.Stream) (*jetstream.RawStreamMsg, error) {
			return st.GetLastMsgForSubject(ctx, leaseSubject+key)
		})
	}
	switch {
	case err == nil:
		return m.Data, m.Sequence, nil
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, 0, nil
	}
	return nil, 0, s.b.fail(ctx, "lease "+key, err)
}

// Update implements bus.KeyValue.
func (s kvStore) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	m := &nats.Msg{Subject: leaseSubject + key, Data: value}
	ack, err := s.b.store(ctx, leaseStream(), m, jetstream.WithExpectLastSequencePerSubject(revision))
	if err == nil {
		return ack.Sequence, nil
	}
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
		return 0, fault.New(fault.Conflict, "key %s: changed meanwhile", key)
	}
	return 0, s.b.fail(ctx, "lease "+key, err)
}
