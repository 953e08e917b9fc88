package form

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"bienban/minutes"
	"bienban/templates"
)

// dayOf is the day that chooses a form: that of the end, else of the start.
func dayOf(m *minutes.Meeting) string {
	t := m.End
	if t.IsZero() {
		t = m.Start
	}
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02")
}

// writer writes dates and figures in the language of a form's words.
type writer struct {
	lang  string // of the words: vi or en
	blank string // what stands for a thing that was not entered
}

// date is "ngày 05 tháng 02 năm 2026" or "5 February 2026". In Vietnamese a
// zero stands before days under 10 and before months 1 and 2 only (the Party's
// and the state's rule alike).
func (w writer) date(t minutes.Time) string {
	if w.lang == "vi" {
		if t.IsZero() {
			return "ngày     tháng     năm"
		}
		month := strconv.Itoa(int(t.Month()))
		if t.Month() <= 2 {
			month = "0" + month
		}
		return fmt.Sprintf("ngày %02d tháng %s năm %d", t.Day(), month, t.Year())
	}
	if t.IsZero() {
		return w.blank
	}
	return t.Format("2 January 2006")
}

// clock is "07 giờ 30 phút" or "18:30".
func (w writer) clock(t minutes.Time) string {
	none := t.IsZero() || t.DateOnly
	if w.lang == "vi" {
		switch {
		case none:
			return "     giờ     phút"
		case t.Minute() == 0:
			return fmt.Sprintf("%02d giờ", t.Hour())
		}
		return fmt.Sprintf("%02d giờ %02d phút", t.Hour(), t.Minute())
	}
	if none {
		return w.blank
	}
	return t.Format("15:04")
}

// moment is clock and date together.
func (w writer) moment(t minutes.Time) string {
	if t.IsZero() && w.lang != "vi" {
		return w.blank
	}
	if w.lang != "vi" && t.DateOnly {
		return w.date(t)
	}
	return w.clock(t) + ", " + w.date(t)
}

// percent is "99,3%"; "" for a base of 0.
func (w writer) percent(n, base int) string {
	p := minutes.Percent(w.lang, n, base)
	if p == "" {
		return ""
	}
	return p + "%"
}

// count groups thousands: 12.400 in Vietnamese, 12,400 in English.
func (w writer) count(n int) string {
	s := strconv.Itoa(n)
	mark := "."
	if w.lang == "en" {
		mark = ","
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

// values fills the placeholders of a form's head, opening and closing. The
// second map says which of them people have left empty.
func (p *prepared) values() (map[string]string, map[string]bool) {
	m := &p.m.Meeting
	w := p.writer()
	end := m.End
	if end.IsZero() {
		end = m.Start
	}
	v := map[string]string{
		"superior":    p.spell(squeeze(m.Superior)),
		"issuer":      p.spell(squeeze(m.Issuer)),
		"body":        p.spell(squeeze(m.Body)),
		"title":       squeeze(m.Title),
		"place":       squeeze(m.Place),
		"venue":       squeeze(m.Venue),
		"place_date":  placeDate(squeeze(m.Place), w.date(end)),
		"number":      p.number(),
		"start":       w.moment(m.Start),
		"start_date":  w.date(m.Start),
		"start_clock": w.clock(m.Start),
		"end":         w.moment(m.End),
		"end_date":    w.date(m.End),
		"end_clock":   w.clock(m.End),
		"summoned":    w.count(m.Delegates.Summoned),
		"present":     w.count(m.Delegates.Present),
		"absent":      w.count(m.Delegates.Absent),
	}
	empty := map[string]bool{
		"superior": m.Superior == "", "issuer": m.Issuer == "", "body": m.Body == "", "title": m.Title == "",
		"place": m.Place == "", "venue": m.Venue == "", "number": m.Number == "",
		"start": m.Start.IsZero(), "start_date": m.Start.IsZero(), "start_clock": m.Start.IsZero() || m.Start.DateOnly,
		"end": m.End.IsZero(), "end_date": m.End.IsZero(), "end_clock": m.End.IsZero() || m.End.DateOnly,
		"place_date": m.Place == "" || end.IsZero(),
	}
	if m.Venue == "" && m.Place != "" {
		v["venue"], empty["venue"] = v["place"], false
	}
	if v["venue"] == "" {
		v["venue"] = w.blank
	}
	if m.Delegates == (minutes.Delegates{}) {
		for _, k := range []string{"summoned", "present", "absent"} {
			v[k], empty[k] = w.blank, true
		}
	}
	if v["members"] = p.spell(p.words.Members[m.Kind]); v["members"] == "" {
		v["members"] = p.words.Members[minutes.KindCouncil] // minutes that name no kind
	}
	v["present_percent"] = ""
	if pc := w.percent(m.Delegates.Present, m.Delegates.Summoned); pc != "" {
		v["present_percent"] = templates.Fill(p.words.Labels["present_percent"], map[string]string{"percent": pc, "base": w.count(m.Delegates.Summoned)})
	}
	return v, empty
}

func (p *prepared) writer() writer {
	return writer{lang: p.words.Language, blank: p.words.Labels["blank"]}
}

// placeDate is one line where it fits, else breaks after the place.
func placeDate(place, date string) string {
	if date = strings.ReplaceAll(date, " ", "\u00A0"); place == "" {
		return date
	}
	return place + ", " + date
}

// number is the minutes' number and symbol: a zero before a number under 10;
// a blank before the kind's symbol when the clerk has not given one.
func (p *prepared) number() string {
	n := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(squeeze(p.m.Meeting.Number), "Số"), ":"))
	if n == "" {
		if s := p.words.Symbols[p.m.Meeting.Kind]; s != "" {
			return "    -" + s
		}
		return p.words.Labels["blank"]
	}
	if p.words.Language == "vi" && n[0] >= '1' && n[0] <= '9' && (len(n) == 1 || n[1] < '0' || n[1] > '9') {
		n = "0" + n
	}
	return n
}

// spell places tone marks as the form's switch wants them: ủy or uỷ. It is for
// the form's own words and bodies' names in the head; people's names and what
// people wrote stay as registered.
func (p *prepared) spell(s string) string {
	if p.set("spelling") != "uỷ" {
		return s
	}
	var b strings.Builder
	for _, f := range splitWords(s) {
		b.WriteString(oldTone(f))
	}
	return b.String()
}

// oldTone moves the mark of an open oa, oe or uy from the first to the second
// vowel: hòa → hoà, ủy → uỷ; not after q (quý), not in a closed syllable (hoàn).
func oldTone(word string) string {
	r := []rune(word)
	n := len(r)
	if n < 2 || (n > 2 && unicode.ToLower(r[n-3]) == 'q') {
		return word
	}
	moved, ok := toneMoves[string(r[n-2:])]
	if !ok {
		return word
	}
	return string(r[:n-2]) + moved
}

var toneMoves = func() map[string]string {
	m := map[string]string{}
	pairs := strings.Fields("òa oà óa oá ỏa oả õa oã ọa oạ òe oè óe oé ỏe oẻ õe oẽ ọe oẹ ùy uỳ úy uý ủy uỷ ũy uỹ ụy uỵ")
	for i := 0; i < len(pairs); i += 2 {
		from, to := pairs[i], pairs[i+1]
		m[from], m[strings.ToUpper(from)] = to, strings.ToUpper(to)
		f, t := []rune(from), []rune(to)
		m[strings.ToUpper(string(f[0]))+string(f[1])] = strings.ToUpper(string(t[0])) + string(t[1])
	}
	return m
}()

// splitWords cuts s into runs of letters and runs of everything else.
func splitWords(s string) []string {
	var out []string
	start, letters := 0, false
	for i, r := range s {
		l := unicode.IsLetter(r)
		if i > start && l != letters {
			out = append(out, s[start:i])
			start = i
		}
		letters = l
	}
	return append(out, s[start:])
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
