package lang

import "strings"

// lone judges a single number word below ten.
func (s enScanner) lone(i int, n spokenNumber, m *match) (*match, int) {
	t := s.t
	one := t.word(i) == "one"
	if t.beforeInSet(i, enNumbering) && (!one || t.beforeInSet(i, enNumberingOne) && t.word(n.end) != "of") && !t.punct(n.end, "-") {
		if d := s.twoDigits(i); d != nil {
			return d, d.j
		}
		return m, m.j
	}
	m.weak = true
	if t.name(i) {
		return nil, n.end
	}
	if t.punct(n.end, "-") && t.glued(n.end) && t.glued(n.end+1) && !t.isNumber(n.end+1) {
		return m, m.j // "three-month": part of a word
	}
	if one {
		if enPronounBefore[t.word(i-1)] || t.inSet(n.end, enPronounAfter) > 0 {
			return nil, n.end
		}
		m.weak = !(t.word(n.end) == "out" && t.word(n.end+1) == "of") && !s.rangeTo(n.end) && !s.shareOf(n.end)
		return m, m.j
	}
	if w := t.word(n.end); (w == "and" || w == "to" || w == "until" || w == "till") && n.value.Cmp(ratInt(12)) <= 0 {
		if c := s.clock(n.end + 1); c != nil && c.kind == KindTime && (t.word(i-1) == "between" || t.word(i-1) == "from") {
			m.weak = false // "between eight and nine a.m."
			return m, m.j
		}
	}
	if enFractions[t.word(n.end)] > 0 {
		return m, m.j // "the first three quarters": judged by fraction
	}
	if t.word(n.end) == "or" || t.word(i-1) == "or" {
		return m, m.j // "two or three": an estimate
	}
	m.weak = !s.countable(n.end) && !s.partOf(n.end) && !s.rangeTo(n.end) && !s.shareOf(n.end) && !s.wholeOf(i)
	return m, m.j
}

// twoDigits reads two digit words after a noun whose number is a code ("room two four").
func (s enScanner) twoDigits(i int) *match {
	a, ok := enUnits[s.t.word(i)]
	b, also := enUnits[s.t.word(i+1)]
	if !ok || !also || !s.serial(i) || s.countable(i+2) || s.p.multiplier(i+2) || s.t.name(i+1) {
		return nil
	}
	digits := string([]byte{byte('0' + a), byte('0' + b)})
	return &match{i: i, j: i + 2, kind: KindNumber, value: decimal(ratInt(a*10 + b)), written: digits, spoken: true}
}

// countable reports whether a countable noun stands at i, with up to two describing words before it.
func (s enScanner) countable(i int) bool {
	t := s.t
	for k := range 3 {
		if t.inSet(i+k, enPlain) > 0 || s.plural(i+k) {
			return true
		}
		w := t.word(i + k)
		if _, number := enUnits[w]; w == "" || number || enFunction[w] || enMonths[w] > 0 {
			return false
		}
	}
	return false
}

// plural reports whether the word at i looks like a plural noun.
func (s enScanner) plural(i int) bool {
	w := s.t.word(i)
	return len(w) >= 4 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") &&
		!strings.HasSuffix(w, "is") && !strings.Contains(w, "'") && !enNotPlural[w] && !enFunction[w]
}

// partOf reports whether "of [the] N" or "out of N" follows at i.
func (s enScanner) partOf(i int) bool {
	t := s.t
	if t.word(i) == "out" {
		i++
	}
	if t.word(i) != "of" {
		return false
	}
	i++
	switch t.word(i) {
	case "the", "its", "our", "all", "their":
		i++
	}
	_, ok := enNumber(t, i)
	return ok
}

// shareOf reports whether "in N" with a countable noun follows at i ("one in five households").
func (s enScanner) shareOf(i int) bool {
	if s.t.word(i) != "in" {
		return false
	}
	n, ok := enNumber(s.t, i+1)
	return ok && n.lone && s.countable(n.end)
}

// wholeOf reports whether "N of" stands before the number at i ("six of nine").
func (s enScanner) wholeOf(i int) bool {
	if w := s.t.word(i - 1); w == "the" || w == "its" || w == "our" {
		i--
	}
	if s.t.word(i-1) != "of" {
		return false
	}
	_, _, number := s.p.below100(i - 2)
	return number && s.t.word(i-2) != "one" || s.t.isNumber(i-2)
}

// rangeTo reports whether "to N" with a countable noun follows at i ("three to four weeks").
func (s enScanner) rangeTo(i int) bool {
	if s.t.word(i) != "to" && !s.t.punct(i, "-") && !s.t.punct(i, "–") {
		return false
	}
	n, ok := enNumber(s.t, i+1)
	return ok && !n.article && n.digits == "" && (s.countable(n.end) || s.t.punct(n.end, "%") || s.t.inSet(n.end, enTally) > 0)
}

// tally reads the counts of a vote: "seven in favour", "one against", "seven to one".
func (s enScanner) tally(i int, n spokenNumber) *match {
	t := s.t
	if !n.lone || t.name(i) {
		return nil
	}
	m := &match{i: i, j: n.end, kind: KindNumber, value: decimal(n.value), written: enFormat(n), spoken: true}
	if enPronounBefore[t.word(i-1)] && t.word(i) == "one" && t.word(i-1) != "for" {
		return nil
	}
	if t.inSet(n.end, enTally) > 0 {
		return m
	}
	if t.word(n.end) == "for" && (n.end+1 >= len(t.tokens) || t.tokens[n.end+1].kind == tokenPunct || t.word(n.end+1) == "and") {
		return m
	}
	if s.afterTally(i) && (n.end >= len(t.tokens) || t.tokens[n.end].kind == tokenPunct && !t.punct(n.end, "-") || t.word(n.end) == "and") {
		return m
	}
	voted := t.beforeInSet(i, enVoteBefore)
	if t.word(n.end) == "to" && voted {
		other, ok := enNumber(t, n.end+1)
		if ok && other.lone && !s.countable(other.end) && !(t.word(i-1) == "by" && t.word(i) == "five") {
			return m
		}
	}
	if w := t.word(i - 2); t.word(i-1) == "to" && (w == "votes" || w == "vote") && !s.countable(n.end) {
		return m // "nine votes to three"
	}
	if t.word(i-1) == "to" && i >= 2 {
		// The second count: the first one is judged already, by the same rule.
		k := i - 2
		if first, ok := enNumber(t, k); ok && t.beforeInSet(k, enVoteBefore) && !s.countable(n.end) &&
			(first.lone || t.isNumber(k)) && !(t.word(k-1) == "by" && first.value.Cmp(ratInt(5)) == 0) && (t.isNumber(k) || first.end == i-1) {
			return m
		}
	}
	return nil
}

// afterTally reports whether the words of a vote stand before the count at i: "in favour, six",
// "those against: two".
func (s enScanner) afterTally(i int) bool {
	if s.t.punct(i-1, ",") || s.t.punct(i-1, ":") {
		i--
	}
	return s.t.beforeInSet(i, enTallyBefore)
}

// none reads "no abstentions", "none" and "nil": evidence for a zero.
func (s enScanner) none(i int) *match {
	w := s.t.word(i)
	if w == "none" || w == "nil" || w == "no" && s.countable(i+1) {
		return &match{i: i, j: i + 1, kind: KindNumber, value: "0", weak: true}
	}
	return nil
}
