package natsbus

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"

	"bienban/internal/fault"
)

// leaseBucket is the key-value bucket of leases. It has no TTL of its own: an
// epoch must outlive its lease (bus.LeaseKeeper).
const leaseBucket = "LEASES"

// kvStore is bus.KeyValue on a bucket.
type kvStore struct{ b *Bus }

func (s kvStore) bucket(ctx context.Context) (jetstream.KeyValue, error) {
	s.b.mu.Lock()
	kv := s.b.kv
	s.b.mu.Unlock()
	if kv != nil {
		return kv, nil
	}
	kv, err := s.b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: leaseBucket, History: 1, Storage: jetstream.FileStorage, Replicas: s.b.o.Replicas,
	})
	if err != nil {
		return nil, err
	}
	s.b.mu.Lock()
	s.b.kv = kv
	s.b.mu.Unlock()
	return kv, nil
}

// lost forgets the bucket when it is gone, so that the next call makes it.
func (s kvStore) lost(err error) {
	if errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrBucketNotFound) {
		s.b.mu.Lock()
		s.b.kv = nil
		s.b.mu.Unlock()
	}
}

// Get implements bus.KeyValue.
func (s kvStore) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	in, cancel := s.b.within(ctx)
	defer cancel()
	kv, err := s.bucket(in)
	if err == nil {
		var e jetstream.KeyValueEntry
		if e, err = kv.Get(in, key); err == nil {
			return e.Value(), e.Revision(), nil
		}
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			return nil, 0, nil
		}
		s.lost(err)
	}
	return nil, 0, s.b.fail(ctx, "lease "+key, err)
}

// Update implements bus.KeyValue.
func (s kvStore) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	in, cancel := s.b.within(ctx)
	defer cancel()
	kv, err := s.bucket(in)
	if err == nil {
		var now uint64
		if revision == 0 {
			now, err = kv.Create(in, key, value)
		} else {
			now, err = kv.Update(in, key, value, revision)
		}
		if err == nil {
			return now, nil
		}
		if changed(err) {
			return 0, fault.New(fault.Conflict, "key %s: changed meanwhile", key)
		}
		s.lost(err)
	}
	return 0, s.b.fail(ctx, "lease "+key, err)
}

// changed tells whether a compare-and-swap met another revision.
func changed(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, jetstream.ErrKeyExists) || errors.As(err, &api) &&
		(api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}
