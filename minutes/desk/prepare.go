package desk

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/minutes"
)

// New makes the state of a new meeting; id is the meeting's, in.Seq that of its
// first event.
func New(id string, a Act, in Input) (*Output, error) {
	t := &turn{old: &State{ID: id, Rev: map[string]int64{}}, act: a, kind: KindCreated, in: in}
	t.s = &State{ID: id, Phase: Prepared, Rev: map[string]int64{}}
	b, err := body[Created](t)
	if err != nil {
		return nil, err
	}
	t.s.Head = b.Head
	if t.s.Head.Language == "" {
		t.s.Head.Language = "vi"
	}
	if err := t.checkHead(); err != nil {
		return nil, err
	}
	if b.Clerk == "" {
		return nil, t.fail("clerk_none")
	}
	t.s.Members = []Member{{User: b.Clerk, Name: oneLine(b.Name), Roles: Roles{Clerk}}}
	for _, x := range b.Sessions {
		x.ID = t.newID("b")
		t.s.Sessions = append(t.s.Sessions, x)
	}
	for i := range b.Agenda {
		if n := b.Agenda[i].Session; n != "" {
			if at := atoi(n); at < 1 || at > len(t.s.Sessions) {
				return nil, t.fail("item_session", i+1, n)
			}
			b.Agenda[i].Session = t.s.Sessions[atoi(n)-1].ID
		}
	}
	if err := t.addAgenda(b.Agenda); err != nil {
		return nil, err
	}
	for _, p := range b.People {
		p.ID = t.newID("p")
		if err := t.checkPerson(p); err != nil {
			return nil, err
		}
		t.s.People = append(t.s.People, p)
	}
	t.say("Lập cuộc họp: "+t.s.Head.Title, "Created the meeting: "+t.s.Head.Title)
	t.out.Made = id
	for key := range t.s.things() {
		t.s.Rev[key] = in.Seq
	}
	t.s.Seq = in.Seq
	t.out.State = t.s
	return &t.out, nil
}

var quorumForm = regexp.MustCompile(`^([1-9][0-9]{0,5})(?:/([1-9][0-9]{0,2}))?$`)

// checkHead lets package minutes check what it knows, and looks at the rest.
func (t *turn) checkHead() error {
	h := &t.s.Head
	h.Title = oneLine(h.Title)
	for _, s := range []string{h.Title, h.Superior, h.Issuer, h.Body, h.Place, h.Venue, h.Number, h.Form} {
		if tooLong(s, 4*maxName) {
			return t.fail("text_long", clip(s))
		}
	}
	if h.Quorum != "" {
		g := quorumForm.FindStringSubmatch(h.Quorum)
		if g == nil || g[2] != "" && atoi(g[1]) > atoi(g[2]) {
			return t.fail("quorum_form", h.Quorum)
		}
	}
	if h.Secrecy == minutes.SecrecySecret && !t.in.Secret {
		return t.fail("secret_meeting")
	}
	if h.Language != "" && !minutes.KnownLanguage(h.Language) {
		return t.fail("language_unknown", h.Language)
	}
	if !slices.Contains(secrecies, h.Secrecy) {
		return t.fail("secrecy_unknown", h.Secrecy)
	}
	if minutes.EndsFirst(h.Start, h.End) {
		return t.fail("head_end")
	}
	if d := h.Delegates; min(d.Summoned, d.Present, d.Absent) < 0 {
		return t.fail("figure_negative")
	} else if d.Summoned > 0 && d.Present+d.Absent > d.Summoned {
		return t.fail("delegates", d.Present, d.Absent, d.Summoned)
	}
	m := minutes.Meeting{Kind: h.Kind, Language: h.Language, Title: h.Title, Start: h.Start, End: h.End, Secrecy: h.Secrecy, Delegates: h.Delegates}
	if _, err := m.Check(string(t.kind), minutes.AllowSecret()); err != nil {
		return refuse(fault.Invalid, t.kind, "data", err)
	}
	return nil
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

func doHead(t *turn) error {
	b, err := body[HeadChanged](t)
	if err != nil {
		return err
	}
	h := &t.s.Head
	var vi, en []string
	changed := func(v, e string) { vi, en = append(vi, v), append(en, e) }
	text := func(to *string, from *string, v, e string) {
		if from != nil && *to != strings.TrimSpace(*from) {
			*to = strings.TrimSpace(*from)
			changed(v, e)
		}
	}
	text(&h.Language, b.Language, "ngôn ngữ", "language")
	text(&h.Title, b.Title, "tên cuộc họp", "title")
	text(&h.Superior, b.Superior, "cơ quan cấp trên", "superior body")
	text(&h.Issuer, b.Issuer, "cơ quan ban hành", "issuing body")
	text(&h.Body, b.Body, "cơ quan họp", "meeting body")
	text(&h.Place, b.Place, "địa danh", "place")
	text(&h.Venue, b.Venue, "địa điểm", "venue")
	text(&h.Number, b.Number, "số biên bản", "number")
	text(&h.Secrecy, b.Secrecy, "độ mật", "secrecy")
	text(&h.Form, b.Form, "mẫu trình bày", "form")
	text(&h.Quorum, b.Quorum, "số cần có mặt", "quorum")
	if b.Start != nil {
		h.Start = *b.Start
		changed("thời gian bắt đầu", "start")
	}
	if b.End != nil {
		h.End = *b.End
		changed("thời gian kết thúc", "end")
	}
	if b.Delegates != nil {
		h.Delegates = *b.Delegates
		changed("số đại biểu: triệu tập "+strconv.Itoa(h.Delegates.Summoned)+", có mặt "+strconv.Itoa(h.Delegates.Present),
			"delegates: summoned "+strconv.Itoa(h.Delegates.Summoned)+", present "+strconv.Itoa(h.Delegates.Present))
	}
	if b.Switches != nil {
		h.Switches = *b.Switches
		changed("lựa chọn trình bày", "form switches")
	}
	if b.Recipients != nil {
		h.Recipients = *b.Recipients
		changed("nơi nhận", "recipients")
	}
	if err := t.checkHead(); err != nil {
		return err
	}
	if b.Delegates != nil {
		if err := t.checkHall(); err != nil {
			return err
		}
	}
	t.say("Sửa thông tin cuộc họp: "+strings.Join(vi, ", "), "Changed the meeting's data: "+strings.Join(en, ", "))
	return nil
}

func doMember(t *turn) error {
	b, err := body[MemberSet](t)
	if err != nil {
		return err
	}
	b.Name = oneLine(b.Name)
	if b.User == "" || tooLong(b.User, 64) || tooLong(b.Name, maxName) {
		return t.fail("user_none")
	}
	var roles Roles
	for _, r := range b.Roles {
		if !r.Known() {
			return t.fail("role_unknown", r)
		}
		if !roles.Has(r) {
			roles = append(roles, r)
		}
	}
	m := members.find(t.s, b.User)
	switch {
	case m == nil && len(roles) == 0:
		return t.gone("member:" + b.User)
	case m == nil:
		t.s.Members = append(t.s.Members, Member{User: b.User, Name: b.Name, Roles: roles})
	case len(roles) == 0:
		b.Name = m.Name
		if err := members.put(t.s, b.User, nil); err != nil {
			return err
		}
	default:
		m.Roles = roles
		if b.Name != "" {
			m.Name = b.Name
		}
	}
	if !slices.ContainsFunc(t.s.Members, func(m Member) bool { return m.Roles.Has(Clerk) }) {
		return t.fail("clerk_last")
	}
	if len(roles) == 0 {
		t.say("Thôi phân công: "+b.Name, "No longer a member: "+b.Name)
		return nil
	}
	var vi, en []string
	for _, r := range roles {
		vi, en = append(vi, r.Name().VI), append(en, r.Name().EN)
	}
	t.say("Phân công "+b.Name+": "+strings.Join(vi, ", "), "Roles of "+b.Name+": "+strings.Join(en, ", "))
	return nil
}

func doSession(t *turn) error {
	b, err := body[SessionSet](t)
	if err != nil {
		return err
	}
	b.Name, b.Place = oneLine(b.Name), oneLine(b.Place)
	if tooLong(b.Name, maxName) || tooLong(b.Place, maxName) || len(b.Presiding) > maxName {
		return t.fail("session_long", maxName)
	}
	if minutes.EndsFirst(b.Start, b.End) {
		return t.fail("session_end")
	}
	if b.ID == "" {
		b.ID = t.newID("b")
		t.s.Sessions = append(t.s.Sessions, b.Session)
	} else if x := sessions.find(t.s, b.ID); x != nil {
		*x = b.Session
	} else {
		return t.gone("session:" + b.ID)
	}
	vi, en := momentOf(b.Start)
	t.say("Đặt buổi họp: "+list(", ", b.Name, vi), "Set the session: "+list(", ", b.Name, en))
	return nil
}

func doSessionRemoved(t *turn) error {
	b, err := body[Named](t)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(t.s.Recordings, func(r Recording) bool { return r.Session == b.ID }) ||
		slices.ContainsFunc(t.s.Items, func(i Item) bool { return i.Session == b.ID }) {
		return t.fail("session_used")
	}
	return removed("session", "buổi họp", "session")(t)
}

// removed makes the rule for taking away a thing that nothing refers to.
func removed(name, vi, en string) func(*turn) error {
	return func(t *turn) error {
		b, err := body[Named](t)
		if err != nil {
			return err
		}
		h, there := shelves()[name], any(nil)
		h.each(t.s, func(id string, v any) {
			if id == b.ID {
				there = v
			}
		})
		if there == nil {
			return t.gone(name + ":" + b.ID)
		}
		what := readable(there)
		if err := h.put(t.s, b.ID, nil); err != nil {
			return err
		}
		reason := oneLine(b.Reason)
		t.say("Bỏ "+vi+": "+what+because("vi", reason), "Removed "+en+": "+what+because("en", reason))
		return nil
	}
}

func (t *turn) checkPerson(p Person) error {
	switch {
	case p.Name == "":
		return t.fail("person_name")
	case tooLong(p.Name, maxName) || tooLong(p.Title, maxName) || tooLong(p.Unit, maxName):
		return t.fail("person_long", maxName)
	case p.Channel < 0 || p.Channel > minutes.MaxChannel:
		return t.fail("microphone_number", minutes.MaxChannel)
	}
	key := lang.Fold(p.Name)
	for _, o := range t.s.People {
		if o.ID == p.ID {
			continue
		}
		if lang.Fold(o.Name) == key {
			return t.fail("person_twice", clip(p.Name))
		}
		if o.Role.Has(minutes.RoleChair) && p.Role.Has(minutes.RoleChair) {
			return t.fail("chair_one", clip(o.Name))
		}
	}
	if !minutes.KnownRoles(p.Role) {
		unknown := slices.DeleteFunc(slices.Clone(p.Role), func(r string) bool { return minutes.KnownRoles([]string{r}) })
		return t.fail("person_role", clip(strings.Join(unknown, ", ")))
	}
	return nil
}

func doPerson(t *turn) error {
	b, err := body[PersonSet](t)
	if err != nil {
		return err
	}
	p := b.Person
	p.Name, p.Title, p.Unit = oneLine(p.Name), oneLine(p.Title), oneLine(p.Unit)
	if p.ID == "" {
		if len(t.s.People) >= maxThings {
			return t.fail("people_full", maxThings)
		}
		p.ID = t.newID("p")
		t.s.People = append(t.s.People, p)
	} else if x := people.find(t.s, p.ID); x != nil {
		*x = p
	} else {
		return t.gone("person:" + p.ID)
	}
	if err := t.checkPerson(p); err != nil {
		return err
	}
	t.say("Người dự: "+list(", ", p.Name, p.Title), "Person: "+list(", ", p.Name, p.Title))
	return nil
}

func doPersonRemoved(t *turn) error { return removed("person", "người dự", "person")(t) }

func doRegister(t *turn) error {
	b, err := body[RegisterReplaced](t)
	if err != nil {
		return err
	}
	if len(b.Rows) > maxThings {
		return t.fail("rows_many", maxThings)
	}
	voting := 0
	for i, d := range b.Rows {
		if d.Name == "" {
			return t.fail("row_name", i+1)
		}
		if !d.Alternate {
			voting++
		}
	}
	t.s.Register = b.Rows
	if b.Summoned {
		t.s.Head.Delegates.Summoned = voting
		if err := t.checkHead(); err != nil {
			return err
		}
	}
	n := strconv.Itoa(len(b.Rows))
	t.say("Nhập danh sách đại biểu: "+n+" người", "Register entered: "+n+" delegates")
	return nil
}

func doGlossary(t *turn) error {
	b, err := body[GlossaryChanged](t)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, w := range t.s.Glossary {
		has[w] = true
	}
	added, gone := 0, 0
	for _, w := range b.Add {
		w = oneLine(w)
		if w == "" || tooLong(w, maxName) {
			return t.fail("glossary_long", maxName)
		}
		if !has[w] {
			has[w] = true
			added++
			t.s.Glossary = append(t.s.Glossary, w)
		}
	}
	for _, w := range b.Remove {
		if w = oneLine(w); has[w] {
			has[w] = false
			gone++
			if err := glossary.put(t.s, w, nil); err != nil {
				return err
			}
		}
	}
	if len(t.s.Glossary) > maxThings {
		return t.fail("glossary_full", maxThings)
	}
	t.say("Từ vựng: thêm "+strconv.Itoa(added)+", bỏ "+strconv.Itoa(gone), "Glossary: "+strconv.Itoa(added)+" added, "+strconv.Itoa(gone)+" removed")
	return nil
}

var channelUses = []string{"", "chair", "lectern", "floor", "other"}

func doChannels(t *turn) error {
	b, err := body[ChannelsSet](t)
	if err != nil {
		return err
	}
	seen := map[int]bool{}
	for _, c := range b.Channels {
		if c.Number < 1 || c.Number > minutes.MaxChannel || seen[c.Number] {
			return t.fail("microphone_once", minutes.MaxChannel, c.Number)
		}
		seen[c.Number] = true
		if !slices.Contains(channelUses, c.Use) || tooLong(c.Label, maxName) || tooLong(c.Person, maxName) {
			return t.fail("microphone_use", c.Number)
		}
	}
	t.s.Channels = b.Channels
	n := strconv.Itoa(len(b.Channels))
	t.say("Sơ đồ micro: "+n+" kênh", "Microphones: "+n+" channels")
	return nil
}

func doSigners(t *turn) error {
	b, err := body[SignersSet](t)
	if err != nil {
		return err
	}
	names := make([]string, len(b.Signers))
	for i, s := range b.Signers {
		if s.Person == "" || s.Side != "" && s.Side != "left" && s.Side != "right" {
			return t.fail("signer", i+1)
		}
		names[i] = s.Person
	}
	t.s.Signers = b.Signers
	t.say("Người ký: "+strings.Join(names, ", "), "Signers: "+strings.Join(names, ", "))
	return nil
}

func list(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}
