package bus

import "context"

// KeyValue is what NewLeaseKeeper needs: values with revisions, changed by
// compare-and-swap, kept for ever.
type KeyValue interface {
	// Get returns the value of key and its revision; revision 0 when it has none.
	// The value may be somewhat old.
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// Update stores value if the key's revision still is the one given (0: the
	// key has no value) and returns the new, greater one. Otherwise it returns
	// fault.Conflict. After any other error the value may or may not be stored.
	Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
}
