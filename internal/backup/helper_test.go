package backup_test

import (
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"bienban/internal/accounts"
)

// segment is how much a segment of the tests' recordings holds.
const segment = time.Second

func inAnHour() time.Time { return time.Now().Add(time.Hour) }

// sessionOf is the data of a browser in which somebody is signed in.
func sessionOf(t testing.TB, account string) []byte {
	t.Helper()
	b, err := scs.GobCodec{}.Encode(inAnHour(), map[string]any{accounts.SessionUser: account})
	must(t, err)
	return b
}
