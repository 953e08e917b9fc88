package accounts

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/secure/precis"

	"bienban/internal/fault"
)

// hashing are argon2id's parameters: 19 MiB, two passes, one lane, which OWASP's
// Password Storage Cheat Sheet gives as the least to use
// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id);
// salt of 128 and key of 256 bits as RFC 9106 section 4 recommends. A hash
// carries its own, and is made anew at sign-in when these have changed.
var hashing = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashingAtOnce bounds the memory that sign-ins take (38 MiB) and leaves a core to
// the rest; more wait their turn.
const hashingAtOnce = 2

// Lengths of a password in characters. NIST SP 800-63B-4 section 3.1.1.2 wants 15
// where the password is all, 8 beside a second factor, and at least 64 allowed;
// here attempts are throttled and the network is a hall's own, so 12.
const (
	passwordLeast = 12
	passwordMost  = 256
	// passwordKinds is how many different characters it has at least.
	passwordKinds = 5
)

// CheckPassword gives a password in the form that is hashed (RFC 8265's
// OpaqueString: NFC, so that it is the same from every keyboard and input
// method), or says what is wrong with it for this account.
func CheckPassword(password, login, name string) (string, error) {
	out, err := canonical(password)
	n := utf8.RuneCountInString(out)
	switch {
	case err != nil || n < passwordLeast || n > passwordMost:
		return "", problem("Mật khẩu phải có từ 12 đến 256 ký tự.", "A password has 12 to 256 characters.")
	case kinds(out) < passwordKinds:
		return "", problem("Mật khẩu phải có ít nhất 5 ký tự khác nhau.", "A password has at least 5 different characters.")
	case within(out, login) || within(out, name) || within(out, "bienban"):
		return "", problem("Mật khẩu không được là tên đăng nhập, họ tên hay tên phần mềm, dù lặp lại hay thêm vài ký tự.",
			"A password must not be the sign-in name, the person's name or the program's, repeated or with a few characters more.")
	case sequence(out):
		return "", problem("Mật khẩu không được là dãy phím hay dãy số liền nhau.", "A password must not be a row of keys or of numbers.")
	}
	return out, nil
}

func canonical(password string) (string, error) {
	return precis.OpaqueString.String(password)
}

func kinds(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// within says whether little is left of a password without a name.
func within(password, name string) bool {
	plain := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
	name = plain(name)
	if utf8.RuneCountInString(name) < 3 {
		return false
	}
	rest := strings.ReplaceAll(plain(password), name, "")
	return rest != plain(password) && kinds(rest) < passwordKinds
}

// rows are runs of keys that people type one after another.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// sequence says whether a password consists of runs of at least 4 neighbours in
// one of rows, forwards or backwards, and little else.
func sequence(password string) bool {
	s := []rune(strings.ToLower(password))
	loose := 0
	for i := 0; i < len(s); {
		n := 1
		for n < len(s)-i && inRow(string(s[i:i+n+1])) {
			n++
		}
		if n < 4 {
			loose, n = loose+1, 1
		}
		i += n
	}
	return loose < passwordKinds
}

func inRow(run string) bool {
	back := []rune(run)
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	for _, row := range rows {
		if strings.Contains(row, run) || strings.Contains(row, string(back)) {
			return true
		}
	}
	return false
}

// hasher hashes passwords, a few at once.
type hasher struct {
	turn   chan struct{}
	params argon2id.Params
}

func newHasher(p argon2id.Params) *hasher {
	return &hasher{turn: make(chan struct{}, hashingAtOnce), params: p}
}

// wait takes a turn; done gives it back.
func (h *hasher) wait(ctx context.Context) (done func(), err error) {
	select {
	case h.turn <- struct{}{}:
		return func() { <-h.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	done, err := h.wait(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	out, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fault.New(fault.Internal, "password: %w", err)
	}
	return out, nil
}

// check says whether a hash is of password, and whether it should be made anew.
func (h *hasher) check(ctx context.Context, password, hash string) (right, old bool, err error) {
	done, err := h.wait(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	right, p, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fault.New(fault.Internal, "a stored password cannot be read: %w", err)
	}
	return right, *p != h.params, nil
}
