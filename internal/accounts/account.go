package accounts

import (
	"crypto/rand"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"

	"bienban/internal/fault"
)

// Account is somebody who can sign in.
type Account struct {
	ID            string // random, 130 bits
	Login         string // to sign in with, in the form of CheckLogin
	Name          string // as others see the person
	Language      string // of the interface: "vi", "en", or "" for the browser's
	Administrator bool   // of the installation
	Disabled      bool
	Made          time.Time
}

// New is an account that is to be made.
type New struct {
	Login, Name, Language string
	Password              string
	Administrator         bool
}

// Change is what is to change of an account; nil leaves as it is.
type Change struct {
	Name          *string
	Language      *string
	Administrator *bool
	Disabled      *bool
}

// Terminal is the actor of what is done by the command line on this machine.
const Terminal = "terminal"

// newID makes an account's id.
func newID() string { return strings.ToLower(rand.Text()) }

// The longest names, in characters.
const (
	loginMost = 64
	nameMost  = 200
)

// CheckLogin gives a sign-in name the one form in which it is kept and compared:
// RFC 8265's UsernameCaseMapped (small letters, NFC, no spaces). A name that
// cannot be one is fault.Invalid.
func CheckLogin(login string) (string, error) {
	out, err := precis.UsernameCaseMapped.String(strings.TrimSpace(login))
	if err != nil || out == "" || utf8.RuneCountInString(out) > loginMost {
		return "", problem("Tên đăng nhập phải có từ 1 đến 64 chữ cái, chữ số hoặc dấu như . - _ @ và không có khoảng trắng.",
			"A sign-in name has 1 to 64 letters, digits or marks like . - _ @ and no spaces.")
	}
	return out, nil
}

// CheckName gives the name that others see in NFC, with single spaces.
func CheckName(name string) (string, error) {
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > nameMost || strings.ContainsFunc(name, unprintable) {
		return "", problem("Hãy ghi họ và tên, không quá 200 ký tự.", "Please give the person's name, of at most 200 characters.")
	}
	return name, nil
}

// unprintable finds controls and marks that turn the direction of writing, with
// which one name could pass for another.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

func checkLanguage(language string) error {
	switch language {
	case "", "vi", "en":
		return nil
	}
	return problem("Ngôn ngữ phải là vi hoặc en.", "The language must be vi or en.")
}

// Problem is what is wrong, for people, in both languages of the interface.
type Problem struct{ VI, EN string }

// Error implements error, in English.
func (p *Problem) Error() string { return p.EN }

// In gives the text in a language; English for all but Vietnamese.
func (p *Problem) In(language string) string {
	if language == "vi" {
		return p.VI
	}
	return p.EN
}

// problem is an error that its reader can mend.
func problem(vi, en string) error {
	return fault.New(fault.Invalid, "%w", &Problem{vi, en})
}
