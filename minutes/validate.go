package minutes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/internal/lang"
)

// MaxChannel is the highest microphone number: a WAV file that we read has at
// most 32 channels.
const MaxChannel = 32

var (
	kinds   = []string{KindCongress, KindCommittee, KindStandingCommittee, KindCell, KindPeoplesCouncil, KindPeoplesCommittee, KindCouncil}
	secrecy = []string{SecrecyNormal, SecrecyInternal, SecrecySecret}
	roles   = []string{RoleChair, RolePresidium, RoleSecretary, RoleHeadSecretary, RoleClerk, RoleVerification, RoleTeller, RoleSuperior, RoleGuest}
	events  = []string{EventArrive, EventLeave}
	sides   = []string{"left", "right"}
)

// What an attendance event may be.
const (
	EventArrive = "arrive"
	EventLeave  = "leave"
)

// whisperLanguages are the codes of Whisper's multilingual models, in the
// order of their tokens (openai/whisper, tokenizer.py).
const whisperLanguages = "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg " +
	"lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd " +
	"gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue"

// checker holds what the checks of one meeting share.
type checker struct {
	name    string         // the file, as errors name it
	prefix  string         // of every path: "meeting." inside minutes.json
	lines   map[string]int // nil where lines are not known
	secret  bool
	m       *Meeting
	remarks []string
}

func (c *checker) fail(path, format string, args ...any) error {
	line := c.lines[path]
	for p := path; line == 0 && p != "" && c.lines != nil; line = c.lines[p] {
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			break
		}
		p = p[:i] // a key that is missing has no line: its owner has
	}
	return errf(c.name, line, c.prefix+path, format, args...)
}

func (c *checker) remark(path, format string, args ...any) {
	where := c.name
	if n := c.lines[path]; n > 0 {
		where += ":" + strconv.Itoa(n)
	}
	c.remarks = append(c.remarks, where+": "+c.prefix+path+": "+oneLine(fmt.Sprintf(format, args...)))
}

func (c *checker) oneOf(path, value string, known []string) error {
	if value == "" || slices.Contains(known, value) {
		return nil
	}
	return c.fail(path, "unknown value %q%s", clip(value), didYouMean(value, known))
}

func indexed(list string, i int, key string) string {
	p := list + "[" + strconv.Itoa(i) + "]"
	if key != "" {
		p += "." + key
	}
	return p
}

// check fills in defaults and finds the first thing wrong with a meeting.
func (m *Meeting) check(c *checker) (remarks []string, err error) {
	c.m = m
	for _, f := range []func() error{
		c.head, c.sessions, c.people, c.agenda, c.register, c.attendance, c.marks,
		c.votes, c.elections, c.rest, c.signers,
	} {
		if err := f(); err != nil {
			return nil, err
		}
	}
	return c.remarks, nil
}

// KnownLanguage says whether Whisper knows the language of this code ("vi", "en").
func KnownLanguage(code string) bool {
	return slices.Contains(strings.Fields(whisperLanguages), code)
}

func (c *checker) head() error {
	m := c.m
	if m.Kind == "" {
		return c.fail("kind", "missing; known are %s", strings.Join(kinds, ", "))
	}
	if err := c.oneOf("kind", m.Kind, kinds); err != nil {
		return err
	}
	if m.Language == "" {
		m.Language = "vi"
	}
	if !KnownLanguage(m.Language) {
		return c.fail("language", "%q is no language of Whisper; write its code, for example vi or en", clip(m.Language))
	}
	if m.Secrecy == "" {
		m.Secrecy = SecrecyNormal
	}
	if err := c.oneOf("secrecy", m.Secrecy, secrecy); err != nil {
		return err
	}
	if m.Secrecy == SecrecySecret && !c.secret {
		return c.fail("secrecy", "a secret meeting is refused: this installation is not configured for an isolated network")
	}
	return c.period("", m.Start, m.End)
}

// period checks that an end is not before its start.
func (c *checker) period(path string, start, end Time) error {
	if EndsFirst(start, end) {
		return c.fail(join(path, "end"), "%s is before the start, %s", end, start)
	}
	return nil
}

// EndsFirst says whether an end lies before its start, where both are known. Days
// are compared as days.
func EndsFirst(start, end Time) bool {
	if start.IsZero() || end.IsZero() {
		return false
	}
	a, b := start.Time, end.Time
	if start.DateOnly || end.DateOnly {
		a, b = day(start.Time), day(end.Time)
	}
	return b.Before(a)
}

func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func (c *checker) sessions() error {
	seen := map[string]bool{}
	for i, s := range c.m.Sessions {
		if s.ID == "" {
			return c.fail(indexed("sessions", i, "id"), "missing")
		}
		if seen[s.ID] {
			return c.fail(indexed("sessions", i, "id"), "%q is given twice", clip(s.ID))
		}
		seen[s.ID] = true
		if err := c.period(indexed("sessions", i, ""), s.Start, s.End); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) session(path, id string) error {
	if id == "" {
		return nil
	}
	known := []string{}
	for _, s := range c.m.Sessions {
		known = append(known, s.ID)
	}
	if len(known) == 0 {
		known = []string{"1"}
	}
	if !slices.Contains(known, id) {
		return c.fail(path, "no session %q; the meeting has %s", clip(id), strings.Join(known, ", "))
	}
	return nil
}

func (c *checker) people() error {
	chair, seen := -1, map[string]bool{}
	for i, p := range c.m.People {
		if p.Name == "" {
			return c.fail(indexed("people", i, "name"), "missing")
		}
		if seen[lang.Fold(p.Name)] {
			return c.fail(indexed("people", i, "name"), "%q is given twice: tell two of one name apart, for example by unit", clip(p.Name))
		}
		seen[lang.Fold(p.Name)] = true
		for _, r := range p.Role {
			if r == "" {
				return c.fail(indexed("people", i, "role"), "is empty")
			}
			if err := c.oneOf(indexed("people", i, "role"), r, roles); err != nil {
				return err
			}
		}
		if p.Role.Has(RoleChair) {
			if chair >= 0 {
				return c.fail(indexed("people", i, "role"), "%s is chair, and so is %s: a meeting has one chair", clip(p.Name), clip(c.m.People[chair].Name))
			}
			chair = i
		}
		if p.Channel < 0 || p.Channel > MaxChannel {
			return c.fail(indexed("people", i, "channel"), "%d: microphones are numbered 1 to %d", p.Channel, MaxChannel)
		}
	}
	for i, s := range c.m.Sessions {
		for j, name := range s.Presiding {
			if err := c.person(indexed(indexed("sessions", i, "presiding"), j, ""), name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) register() error {
	for i, d := range c.m.Register {
		if d.Name == "" {
			return c.fail(indexed("register", i, "name"), "missing")
		}
	}
	return nil
}

func (c *checker) agenda() error {
	parents := map[string]string{}
	for i, a := range c.m.Agenda {
		if a.ID == "" {
			return c.fail(indexed("agenda", i, "id"), "missing")
		}
		if a.Title == "" {
			return c.fail(indexed("agenda", i, "title"), "missing")
		}
		if _, twice := parents[a.ID]; twice {
			return c.fail(indexed("agenda", i, "id"), "%q is given twice", clip(a.ID))
		}
		parents[a.ID] = a.Parent
	}
	for i, a := range c.m.Agenda {
		if a.Parent != "" {
			if err := c.item(indexed("agenda", i, "parent"), a.Parent, true); err != nil {
				return err
			}
		}
		id := a.ID
		for range c.m.Agenda {
			if id = parents[id]; id == "" {
				break
			}
		}
		if id != "" {
			return c.fail(indexed("agenda", i, "parent"), "item %q is, through its parents, its own parent", clip(a.ID))
		}
		if err := c.personOrBody(indexed("agenda", i, "presenter"), a.Presenter); err != nil {
			return err
		}
	}
	return nil
}

// item checks a reference to an agenda item.
func (c *checker) item(path, id string, needed bool) error {
	if id == "" {
		if needed {
			return c.fail(path, "missing: say which agenda item it belongs to")
		}
		return nil
	}
	ids := make([]string, 0, len(c.m.Agenda))
	for _, a := range c.m.Agenda {
		if a.ID == id {
			return nil
		}
		ids = append(ids, a.ID)
	}
	if len(ids) > 20 {
		ids = append(ids[:20], "…")
	}
	if len(ids) == 0 {
		return c.fail(path, "no agenda item %q; the meeting has no agenda", clip(id))
	}
	return c.fail(path, "no agenda item %q; the agenda has %s", clip(id), strings.Join(ids, ", "))
}

// person checks a name that must be one of the people or of the register.
func (c *checker) person(path, name string) error {
	if name == "" || c.m.Known(name) {
		return nil
	}
	hint := didYouMean(name, c.m.names())
	if hint == "" || strings.HasPrefix(hint, "; known") {
		hint = "; add the person to people or to the register"
	}
	return c.fail(path, "no person %q%s", clip(name), hint)
}

// personOrBody is person for a name that may also be an office's or a body's.
func (c *checker) personOrBody(path, name string) error {
	if name == "" || c.m.KnownOrBody(name) {
		return nil
	}
	return c.person(path, name)
}

// KnownOrBody is Known for a name that may also be an office's or a body's ("Phòng
// Kinh tế", "Director of Works"): one that is neither of the people nor looks like
// a body's name is a person who does not exist.
func (m *Meeting) KnownOrBody(name string) bool {
	if m.Known(name) || !looksLikePerson(name) && nearest(name, m.names()) == "" {
		return true
	}
	return slices.ContainsFunc(m.People, func(p Person) bool { return same(name, p.Title) || same(name, p.Unit) }) ||
		same(name, m.Issuer) || same(name, m.Body) || same(name, m.Superior)
}

func same(a, b string) bool { return b != "" && lang.Fold(a) == lang.Fold(b) }

func nearest(name string, known []string) string {
	for _, k := range known {
		if n := len([]rune(k)); n >= 6 && lang.Distance(lang.FoldPlain(name), lang.FoldPlain(k)) <= n/6 {
			return k
		}
	}
	return ""
}

// bodyWords stand in the English names of offices and bodies and hardly in a
// person's.
var bodyWords = strings.Fields(`committee council board department office officer team group works services service clerk
 director manager mayor chair chairman secretary treasurer councillor councillors staff members union association school
 police fund trust society agency authority planning finance housing library contractor consultant engineer surveyor`)

// surnames are Vietnamese ones; with Nguyễn alone four people in ten are named.
// Đoàn is left out: it begins the names of bodies, too.
var surnames = strings.Fields(`nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh mai tô lâm cao
 châu tạ hà thái tăng quách danh thạch lưu lương trương kiều phùng vương nông triệu chu nghiêm giang khưu đào tôn ninh hứa`)

// looksLikePerson says whether a name that is not registered is a person's
// rather than an office's or a body's: two to six words, each with a capital
// ("Phòng Kinh tế" has one without), and a Vietnamese one begins with a
// surname, an English one holds no word of bodyWords.
func looksLikePerson(name string) bool {
	words := strings.Fields(name)
	if len(words) < 2 || len(words) > 6 {
		return false
	}
	for _, w := range words {
		if !startsUpper(w) || slices.Contains(bodyWords, strings.Trim(lang.Fold(w), ".,()")) {
			return false
		}
	}
	return isASCII(name) || slices.Contains(surnames, lang.Fold(words[0]))
}

// Check fills in defaults and finds the first thing wrong with a meeting that was
// not read from a file; name is what errors call it. Remarks are as ReadMeeting's.
func (m *Meeting) Check(name string, opts ...ReadOption) (remarks []string, err error) {
	var o readOptions
	for _, f := range opts {
		f(&o)
	}
	return m.check(&checker{name: name, secret: o.secret})
}

// KnownRoles says whether all are roles that a person may have.
func KnownRoles(all Roles) bool {
	return !slices.ContainsFunc(all, func(r string) bool { return !slices.Contains(roles, r) })
}
