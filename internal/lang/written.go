package lang

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// maxDigits bounds a figure: longer runs of digits are codes, not quantities.
const maxDigits = 24

// viWritten parses a written Vietnamese figure: dots group, a comma is the decimal mark.
func viWritten(s string) (*big.Rat, bool) { return parseWritten(s, '.', ',') }

// enWritten parses a written English figure: commas group, a point is the decimal mark.
func enWritten(s string) (*big.Rat, bool) { return parseWritten(s, ',', '.') }

func parseWritten(s string, group, point byte) (*big.Rat, bool) {
	if !isASCII(s) {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\u00a0", string(group)), "\u202f", string(group))
	}
	whole, frac, hasFrac := strings.Cut(s, string(point))
	if strings.IndexByte(frac, point) >= 0 || strings.IndexByte(frac, group) >= 0 {
		return nil, false
	}
	parts := strings.Split(whole, string(group))
	if len(parts) == 2 && !hasFrac && len(parts[1]) != 3 {
		// "4.0" in Vietnamese, "4,5" in English: not grouping, so the other mark is decimal.
		whole, frac, hasFrac = parts[0], parts[1], true
	} else {
		for i, part := range parts {
			if i > 0 && len(part) != 3 || i == 0 && len(parts) > 1 && (len(part) > 3 || len(part) == 0) {
				return nil, false
			}
		}
		whole = strings.Join(parts, "")
	}
	if len(whole)+len(frac) > maxDigits || whole == "" {
		return nil, false
	}
	if hasFrac {
		whole += "." + frac
	}
	return new(big.Rat).SetString(whole)
}

// maxCode bounds the tokens of a document number and of a run of digit words, which keeps the
// look-ahead of every rule constant.
const maxCode = 40

// docNumber reads a document number or code at token i ("57-NQ/TW", "33/2024/QH15", "1A") and
// returns the token after it. Its first part is digits; at least one part has an upper-case letter.
func docNumber(t *text, i int) (int, bool) {
	letters := false
	j := i + 1
	for j < len(t.tokens) && j < i+maxCode {
		next := &t.tokens[j]
		if next.space {
			break
		}
		if next.kind == tokenPunct {
			if next.text != "-" && next.text != "/" && next.text != "–" || j+1 >= len(t.tokens) || t.tokens[j+1].space || t.tokens[j+1].kind == tokenPunct {
				break
			}
			j++
			continue
		}
		if next.kind == tokenWord {
			if !next.capital {
				return 0, false
			}
			letters = true
		}
		j++
	}
	return j, letters && !unitLetters[t.tokens[j-1].text]
}

// unitLetters are capital units that may stand at a figure without a blank.
var unitLetters = map[string]bool{"C": true, "F": true, "VND": true, "VNĐ": true, "USD": true, "EUR": true, "GBP": true, "AM": true, "PM": true}

// inCode reports whether the figure at i is the tail of a code such as COVID-19, QH15 or A4.
func inCode(t *text, i int) bool {
	if !t.glued(i) {
		return false
	}
	prev := t.tokens[i-1]
	if prev.kind == tokenWord {
		return true
	}
	return (prev.text == "-" || prev.text == "/" || prev.text == "_") && t.glued(i-1) && t.tokens[i-2].kind == tokenWord
}

// small parses token i as an unsigned integer of up to four digits; -1 if it is not one.
func small(t *text, i int) int {
	if !t.isNumber(i) || len(t.tokens[i].text) > 4 {
		return -1
	}
	n := 0
	for _, r := range t.tokens[i].text {
		if !isDigit(r) {
			return -1
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// writtenDate reads 30/9/2025, 30-9-2025, 2025-09-30, 30/9 or 9/2025 at token i. Without a year
// only a slash makes a date, and only where dayMonth allows it.
func writtenDate(t *text, i int, dayMonth bool) (value string, end int, ok bool) {
	first := t.tokens[i].text
	if parts := strings.Split(first, "."); len(parts) == 3 && len(parts[2]) == 4 {
		return dateOf(atoi(parts[0]), atoi(parts[1]), atoi(parts[2])), i + 1, validDate(atoi(parts[0]), atoi(parts[1]), atoi(parts[2]))
	}
	a := small(t, i)
	if a < 0 || i+2 >= len(t.tokens) || !t.glued(i+1) || !t.glued(i+2) {
		return "", 0, false
	}
	sep := t.tokens[i+1].text
	b := small(t, i+2)
	if sep != "/" && sep != "-" || b < 0 {
		return "", 0, false
	}
	if t.punct(i+3, sep) && t.glued(i+3) && t.glued(i+4) {
		c := small(t, i+4)
		switch {
		case c < 0:
		case len(first) == 4 && validDate(c, b, a):
			return dateOf(c, b, a), i + 5, true
		case c >= 1000 && validDate(a, b, c):
			return dateOf(a, b, c), i + 5, true
		case c >= 1000 && validDate(b, a, c):
			return dateOf(b, a, c), i + 5, true
		}
		return "", 0, false
	}
	if sep != "/" {
		return "", 0, false
	}
	if b >= 1900 && b < 2200 && a >= 1 && a <= 12 {
		return dateOf(0, a, b), i + 3, true
	}
	if dayMonth && validDate(a, b, 0) {
		return dateOf(a, b, 0), i + 3, true
	}
	return "", 0, false
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		if !isDigit(r) || n > 1e6 {
			return -1
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// validDate reports whether day and month exist; year 0 means unknown.
func validDate(day, month, year int) bool {
	if month < 1 || month > 12 || day < 1 || year != 0 && (year < 1000 || year > 2999) {
		return false
	}
	last := [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	return day <= last
}

// dateOf writes the ISO form with the parts that are not zero.
func dateOf(day, month, year int) string {
	s := "-"
	if year > 0 {
		s = strconv.Itoa(year)
	}
	s += "-" + twoDigits(month)
	if day > 0 {
		s += "-" + twoDigits(day)
	}
	return s
}

// timeOf writes "07:30".
func timeOf(hour, minute int) string { return twoDigits(hour) + ":" + twoDigits(minute) }

func twoDigits(n int) string { return string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) }

// writtenRatio reads 143/145 at token i.
func writtenRatio(t *text, i int, parse func(string) (*big.Rat, bool)) (string, int, bool) {
	if !t.punct(i+1, "/") || !t.glued(i+1) || !t.glued(i+2) || !t.isNumber(i+2) || t.punct(i+3, "/") && t.glued(i+3) {
		return "", 0, false
	}
	a, ok := parse(t.tokens[i].text)
	b, also := parse(t.tokens[i+2].text)
	if !ok || !also {
		return "", 0, false
	}
	return decimal(a) + "/" + decimal(b), i + 3, true
}

// writtenTime reads 7:30, 7h30, 7g30, 7h at token i; hour and minute are checked.
func writtenTime(t *text, i int) (hour, minute, end int, ok bool) {
	hour = small(t, i)
	if hour < 0 || hour > 24 || len(t.tokens[i].text) > 2 || i+1 >= len(t.tokens) || !t.glued(i+1) {
		return 0, 0, 0, false
	}
	mark := t.tokens[i+1].low
	if mark != ":" && mark != "h" && mark != "g" {
		return 0, 0, 0, false
	}
	if t.glued(i+2) && t.isNumber(i+2) && len(t.tokens[i+2].text) == 2 {
		if minute = small(t, i+2); minute >= 0 && minute < 60 {
			return hour, minute, i + 3, true
		}
	}
	return hour, 0, i + 2, mark == "h"
}

// dayBefore are the words before a day and month written with a slash, in both languages.
var dayBefore = setOf(`ngày, hôm, mùng, mồng, dịp, lễ, khánh, sáng, trưa, chiều, tối, đêm, nhật, on, by, before, after, until, since, dated,
	monday, tuesday, wednesday, thursday, friday, saturday, sunday, from`)

// numberedBefore are the words before a document's number or an address ("số 01/2025", "hẻm 120/15").
var numberedBefore = setOf("số, hẻm, ngõ, ngách, kiệt, nhà, no, number, bylaw, resolution, order")

// dayMonthAt reports whether a/b at i is a day and a month rather than a part of a whole: a date
// word stands before it, or a > b, which no part of a whole can be ("30/9", but "2/3").
func dayMonthAt(t *text, i int) bool {
	if t.beforeInSet(i, dayBefore) {
		return true
	}
	return small(t, i) > small(t, i+2)
}

// scanWritten finds the written figures of a text in any language, read as in English.
func scanWritten(t *text) []match {
	var out []match
	for i := 0; i < len(t.tokens); {
		if !t.isNumber(i) || inCode(t, i) {
			i++
			continue
		}
		m := plainFigure(t, i, enWritten)
		out = append(out, m)
		i = m.j
	}
	return out
}

// plainFigure reads the written figure at i that no rule of a language claimed.
func plainFigure(t *text, i int, parse func(string) (*big.Rat, bool)) match {
	if end, ok := docNumber(t, i); ok {
		return match{i: i, j: end, kind: KindDocNumber, value: strings.ToUpper(t.src[t.tokens[i].start:t.tokens[end-1].end])}
	}
	if value, end, ok := writtenDate(t, i, dayMonthAt(t, i)); ok && !(end == i+3 && numberedBefore[t.word(i-1)]) {
		return match{i: i, j: end, kind: KindDate, value: value}
	}
	if numberedBefore[t.word(i-1)] && t.punct(i+1, "-") && t.glued(i+1) && t.glued(i+2) && t.isNumber(i+2) {
		return match{i: i, j: i + 3, kind: KindDocNumber, value: t.src[t.tokens[i].start:t.tokens[i+2].end]}
	}
	if hour, minute, end, ok := writtenTime(t, i); ok {
		return match{i: i, j: end, kind: KindTime, value: timeOf(hour, minute)}
	}
	if value, end, ok := writtenRatio(t, i, parse); ok {
		if numberedBefore[t.word(i-1)] {
			return match{i: i, j: end, kind: KindDocNumber, value: t.src[t.tokens[i].start:t.tokens[end-1].end]}
		}
		return match{i: i, j: end, kind: KindRatio, value: value}
	}
	lexeme := t.tokens[i].text
	r, ok := parse(lexeme)
	if !ok || len(lexeme) >= 5 && lexeme[0] == '0' && allDigits(lexeme) {
		return match{i: i, j: i + 1, kind: KindDocNumber, value: strings.Map(dropBlank, lexeme)}
	}
	m := match{i: i, j: i + 1, kind: KindNumber, value: decimal(r)}
	if t.punct(i+1, "%") {
		m.j, m.kind, m.unit = i+2, KindPercent, "%"
	}
	return m
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func dropBlank(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}
