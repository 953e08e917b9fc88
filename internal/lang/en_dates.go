package lang

import (
	"strconv"
	"strings"
)

// monthAt returns the month at i. "may" and "march" are also verbs: a capital is needed, or of,
// the word before, to vouch for it.
func (s enScanner) monthAt(i int, vouched bool) int {
	w := s.t.word(i)
	m := enMonths[w]
	if (m == 5 || m == 3) && !vouched && !s.t.tokens[i].capital {
		return 0
	}
	return m
}

// dayFirst reads "[the] twelfth [day] of February[,] [twenty twenty six]", "12 February 2026".
func (s enScanner) dayFirst(i int) *match {
	t := s.t
	start := i
	the := t.word(i) == "the"
	if the {
		i++
	}
	day, end, _, ok := s.p.ordinal(i)
	spoken := ok // "12th of February" too: what a recogniser half wrote is put in the house style
	if !ok {
		if the {
			return nil
		}
		n, found := enNumber(t, i)
		if !found || !n.value.IsInt() || n.value.Sign() == 0 || n.value.Cmp(ratInt(31)) > 0 || n.digits != "" || n.year || n.article {
			return nil
		}
		day, end, spoken = n.value.Num().Int64(), n.end, n.spoken
		if s.t.word(end) == "of" {
			return nil
		}
	}
	of := false
	if t.words(end, "day of") {
		end++
	}
	if t.word(end) == "of" {
		of = true
		end++
	}
	month := s.monthAt(end, of)
	if month == 0 || the && !of || t.name(i) && !t.isNumber(i) {
		return nil
	}
	return s.date(start, end+1, int(day), month, spoken)
}

// monthFirst reads "June [the] thirtieth[,] [twenty twenty five]", "June 30, 2025", "June 2025"
// and a month alone.
func (s enScanner) monthFirst(i int) *match {
	t := s.t
	month := s.monthAt(i, false)
	if month == 0 {
		return nil
	}
	j := i + 1
	the := t.word(j) == "the"
	if the {
		j++
	}
	if day, end, _, ok := s.p.ordinal(j); ok && !(month == 3 && the && !t.tokens[i].capital) {
		if m := s.date(i, end, int(day), month, true); m != nil {
			return m
		}
	}
	if the {
		return s.monthAlone(i, month)
	}
	if _, _, _, ok := s.yearAt(i+1, true); ok {
		return s.date(i, i+1, 0, month, false)
	}
	if n, ok := enNumber(t, j); ok && n.value.IsInt() && n.value.Sign() > 0 && n.value.Cmp(ratInt(31)) <= 0 && !n.article && n.digits == "" {
		follows := s.countable(n.end) || t.punct(n.end, "%") || t.punct(n.end, ":") && t.isNumber(n.end+1)
		if !follows && (t.isNumber(j) || !t.tokens[i].first || month != 5) {
			if m := s.date(i, n.end, int(n.value.Num().Int64()), month, n.spoken); m != nil {
				return m
			}
		}
	}
	return s.monthAlone(i, month)
}

func (s enScanner) monthAlone(i, month int) *match {
	if !s.t.tokens[i].capital || !enMonthBefore[s.t.word(i-1)] {
		return nil
	}
	return &match{i: i, j: i + 1, kind: KindDate, value: dateOf(0, month, 0)}
}

// date completes a date from day (0: none) and month with the year at end, if one stands there.
func (s enScanner) date(start, end, day, month int, spoken bool) *match {
	year, after, yearSpoken, ok := s.yearAt(end, day == 0)
	if !ok {
		year, after = 0, end
	}
	if day > 0 && !validDate(day, month, year) || day < 0 {
		return nil
	}
	m := &match{i: start, j: after, kind: KindDate, value: dateOf(day, month, year), spoken: spoken || yearSpoken}
	if day > 0 {
		m.written = strconv.Itoa(day) + " "
	}
	m.written += enMonthNames[month]
	if year > 0 {
		m.written += " " + strconv.Itoa(year)
	}
	return m
}

// yearAt reads a year after a month: "twenty twenty six", "two thousand and five", "2026", with a
// comma or "of" before it.
func (s enScanner) yearAt(i int, ofAllowed bool) (year, end int, spoken, ok bool) {
	if s.t.punct(i, ",") || ofAllowed && s.t.word(i) == "of" {
		i++
	}
	n, found := enNumber(s.t, i)
	if !found || n.ambiguous || n.article || !yearRange(n.value) || n.lexeme != "" && len(n.lexeme) != 4 || n.spoken && s.plural(n.end) {
		return 0, i, false, false
	}
	if n.spoken && !n.year && n.digits == "" && n.value.Cmp(ratInt(2000)) < 0 {
		return 0, i, false, false
	}
	return int(n.value.Num().Int64()), n.end, n.spoken, true
}

// ordinal reads an ordinal that is not part of a date. Simple ones keep their words and are weak,
// as "second" may be a verb; compound ones take digits.
func (s enScanner) ordinal(i int) *match {
	value, end, simple, ok := s.p.ordinal(i)
	if !ok {
		return nil
	}
	if s.t.isNumber(i) {
		return &match{i: i, j: end, kind: KindOrdinal, value: strconv.FormatInt(value, 10)}
	}
	m := &match{i: i, j: end, kind: KindOrdinal, value: strconv.FormatInt(value, 10), weak: simple}
	if simple || s.t.name(i) {
		m.weak = true
		return m
	}
	hyphen := s.t.punct(end-2, "-")
	if value%10 == 2 && value%100 != 12 && !hyphen && s.t.word(i-1) != "the" {
		return nil // "a thirty second pause"
	}
	if w := s.t.word(end - 1); enFractions[w] > 0 && s.t.word(end) == "of" && s.t.word(i-1) != "the" {
		return nil
	}
	m.spoken = true
	m.written = m.value + ordinalSuffix(value)
	return m
}

func ordinalSuffix(n int64) string {
	if n%100 >= 11 && n%100 <= 13 {
		return "th"
	}
	switch n % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}

// clock reads a time of day in words.
func (s enScanner) clock(i int) *match {
	t := s.t
	if m := s.runTogether(i); m != nil {
		return m
	}
	if m := s.past(i); m != nil {
		return m
	}
	p := s.p
	hour, end, ok := p.below100(i)
	spoken := true
	if t.isNumber(i) {
		h := small(t, i)
		hour, end, ok, spoken = int64(h), i+1, h >= 0 && len(t.tokens[i].text) <= 2, false
		if _, _, _, written := writtenTime(t, i); written {
			return nil
		}
	}
	if !ok || hour > 24 || t.name(i) {
		return nil
	}
	if hour > 0 && spoken && t.words(end, "hundred hours") {
		return &match{i: i, j: end + 2, kind: KindTime, spoken: true, value: timeOf(int(hour), 0), written: timeOf(int(hour), 0)}
	}
	minute, said := int64(0), false
	if low, after, found := p.pairTail(end); found && low < 60 && spoken && !s.p.multiplier(after) && !t.punct(after, "%") && t.word(after) != "percent" {
		minute, said = low, true
		if _, ok := s.half(after); !ok && (!enClockBefore[t.word(i-1)] || s.countable(after) || s.currencyAt(after)) {
			return nil
		}
		if t.word(i-1) == "and" || t.word(i-1) == "to" || t.word(i-1) == "about" || t.word(i-1) == "by" {
			// These also stand before years and counts; a 24-hour pair is a year there.
			if _, ok := s.half(after); !ok && hour > 12 {
				return nil
			}
		}
		if hour >= 19 && t.word(i-1) != "at" {
			if _, ok := s.half(after); !ok {
				return nil
			}
		}
		end = after
	}
	m := &match{i: i, j: end, kind: KindTime, spoken: spoken, value: timeOf(int(hour), int(minute))}
	m.written = strconv.FormatInt(hour, 10)
	if said {
		m.written += ":" + twoDigits(int(minute))
	}
	after, half := s.half(end)
	if !half && !said {
		return nil
	}
	if half && after > end {
		m.written += t.src[t.tokens[end-1].end:t.tokens[after-1].end]
		m.j = after
	}
	s.meridiem(m)
	return m
}

func (s enScanner) currencyAt(i int) bool {
	_, ok := enCurrencies[s.t.word(i)]
	return ok
}

// half reports whether a.m., p.m. or o'clock stands at i and where it ends.
func (s enScanner) half(i int) (int, bool) {
	t := s.t
	switch t.word(i) {
	case "am", "pm", "o'clock":
		return i + 1, true
	case "a", "p":
		if t.punct(i+1, ".") && t.glued(i+1) && t.word(i+2) == "m" && t.glued(i+2) {
			if t.punct(i+3, ".") && t.glued(i+3) {
				return i + 4, true
			}
			return i + 3, true
		}
	}
	return i, false
}

// meridiem makes the value of a time one of 24 hours where a.m., p.m. or the part of the day is said.
func (s enScanner) meridiem(m *match) {
	if m.kind != KindTime {
		return
	}
	t := s.t
	half := ""
	for k := m.i; k < m.j; k++ {
		if w := t.word(k); (w == "p" || w == "pm" || w == "a" || w == "am") && k > m.i {
			half = w
		}
	}
	j := m.j
	if half == "" {
		if end, ok := s.half(j); ok && t.word(j) != "o'clock" {
			half = t.word(j)
			m.written += t.src[t.tokens[j-1].end:t.tokens[end-1].end]
			m.j, j = end, end
		}
	}
	hour, minute := atoi(m.value[:2]), atoi(m.value[3:])
	evening := t.words(j, "in the evening") || t.words(j, "in the afternoon") || t.words(j, "at night") || t.word(j) == "tonight" || t.words(j, "this evening")
	switch {
	case (half == "p" || half == "pm" || half == "" && evening) && hour < 12:
		m.value = timeOf(hour+12, minute)
	case (half == "a" || half == "am") && hour == 12:
		m.value = timeOf(0, minute)
	}
}

// past reads "half past six", "a quarter to nine", "ten past seven", "five minutes to six".
func (s enScanner) past(i int) *match {
	t := s.t
	j, sure := i, true
	var minutes int64
	if t.word(j) == "a" && t.word(j+1) == "quarter" {
		j++
	}
	switch w := t.word(j); {
	case w == "half":
		minutes, j = 30, j+1
	case w == "quarter":
		minutes, j = 15, j+1
	default:
		n, end, ok := s.p.below100(j)
		if !ok || n == 0 || n >= 60 || t.name(j) {
			return nil
		}
		minutes, j = n, end
		if w := t.word(j + 2); n == 5 && t.words(j, "and twenty") && (w == "past" || w == "to") {
			minutes, j = 25, j+2 // "five and twenty past six"
		}
		if t.word(j) == "minutes" {
			j++
		} else {
			sure = n%5 == 0 && enClockBefore[t.word(i-1)] && t.word(i-1) != "by" && t.word(i-1) != "from" && t.word(i-1) != "and" && t.word(i-1) != "to"
			if t.word(j) == "past" && n%5 == 0 {
				sure = true
			}
		}
	}
	link := t.word(j)
	if link != "past" && link != "to" || !sure || link == "to" && minutes == 30 {
		return nil
	}
	hour, end, ok := s.p.below100(j + 1)
	if !ok || hour == 0 || hour > 12 || t.name(j+1) || s.countable(end) || s.currencyAt(end) || s.p.multiplier(end) {
		return nil
	}
	if link == "to" {
		hour, minutes = (hour+10)%12+1, 60-minutes
	}
	m := &match{i: i, j: end, kind: KindTime, spoken: true, value: timeOf(int(hour), int(minutes))}
	m.written = strconv.FormatInt(hour, 10) + ":" + twoDigits(int(minutes))
	s.meridiem(m)
	return m
}

// enSittings are what a meeting does at an hour.
var enSittings = map[string]bool{
	"opened": true, "closed": true, "began": true, "begins": true, "started": true, "ended": true, "adjourned": true,
	"resumed": true, "convened": true, "reconvened": true, "open": true, "close": true, "adjourn": true, "resume": true, "ends": true,
}

// runTogether reads the hour of a sitting as recognisers write it, "closed at 636" or "at 6.36"
// for six thirty six.
func (s enScanner) runTogether(i int) *match {
	t := s.t
	if !t.isNumber(i) || t.word(i-1) != "at" || !enSittings[t.word(i-2)] {
		return nil
	}
	if _, half := s.half(i + 1); !half && t.word(i+1) != "" && s.countable(i+1) {
		return nil
	}
	digits := strings.ReplaceAll(t.tokens[i].text, ".", "")
	if len(digits) < 3 || len(digits) > 4 || len(t.tokens[i].text)-len(digits) > 1 {
		return nil
	}
	if dot := strings.IndexByte(t.tokens[i].text, '.'); dot >= 0 && dot != len(digits)-2 {
		return nil
	}
	hour, errHour := strconv.Atoi(digits[:len(digits)-2])
	minute, errMinute := strconv.Atoi(digits[len(digits)-2:])
	if errHour != nil || errMinute != nil || hour == 0 || hour > 23 || minute > 59 {
		return nil
	}
	m := &match{i: i, j: i + 1, kind: KindTime, spoken: true, value: timeOf(hour, minute), written: strconv.Itoa(hour) + ":" + twoDigits(minute)}
	s.meridiem(m)
	return m
}
