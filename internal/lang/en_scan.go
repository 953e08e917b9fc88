package lang

import (
	"math/big"
	"strings"
)

// enScanner finds the figures of an English text from left to right.
type enScanner struct {
	t *text
	p enParser
}

func scanEnglish(t *text) []match {
	s := enScanner{t, enParser{t}}
	var out []match
	for i := 0; i < len(t.tokens); {
		m, next := s.at(i)
		if m != nil {
			out = append(out, *m)
		}
		i = max(next, i+1)
	}
	return out
}

func (s enScanner) at(i int) (*match, int) {
	t := s.t
	if t.tokens[i].kind == tokenPunct {
		if m := s.signed(i); m != nil {
			return m, m.j
		}
		return nil, i + 1
	}
	if t.isNumber(i) && inCode(t, i) {
		return nil, i + 1
	}
	if year, end, ok := s.p.decade(i); ok {
		return &match{i: i, j: end, kind: KindNumber, value: decimal(ratInt(year)), written: decimal(ratInt(year)) + "s", spoken: true}, end
	}
	for _, rule := range []func(int) *match{s.monthFirst, s.dayFirst, s.clock, s.ordinal, s.point} {
		if m := rule(i); m != nil {
			return m, m.j
		}
	}
	if t.isNumber(i) {
		if m := plainFigure(t, i, enWritten); m.kind != KindNumber && m.kind != KindPercent {
			s.meridiem(&m)
			return &m, m.j
		}
	}
	if s.p.multiplier(i) && t.word(i-1) != "another" {
		// "a few hundred and fifty pounds": what stands behind belongs to a number that nobody said.
		j := i + 1
		for s.p.multiplier(j) && t.word(j) != "" {
			j++
		}
		if t.word(j) == "and" {
			j++
		}
		if n, ok := enNumber(t, j); ok && n.spoken {
			j = n.end
			if s.currencyAt(j) || t.word(j) == "percent" {
				j++
			}
			return nil, j
		}
		return nil, i + 1
	}
	if m := s.none(i); m != nil {
		return m, m.j
	}
	n, ok := enNumber(t, i)
	if !ok {
		return nil, i + 1
	}
	if t.name(i) && n.spoken && !t.isNumber(i) && !t.beforeInSet(i, enNumbering) && t.word(i-1) != "the" {
		return nil, n.end
	}
	return s.number(i, n)
}

// number judges a number at i by what stands around it.
func (s enScanner) number(i int, n spokenNumber) (*match, int) {
	if n.article && s.partBefore(i) {
		return nil, n.end // "half a million dollars": the million is not the figure
	}
	for _, rule := range []func(int, spokenNumber) *match{s.code, s.percent, s.money, s.fraction, s.tally} {
		if m := rule(i, n); m != nil {
			return m, m.j
		}
	}
	m := &match{i: i, j: n.end, kind: KindNumber, value: decimal(n.value), written: enFormat(n), spoken: n.spoken}
	switch {
	case n.ambiguous:
		return nil, n.end
	case n.spoken && s.elided(i, n):
		m.weak = true
		return m, m.j
	case n.article:
		// "a hundred residents" is a round number: only "a hundred and ten" is exact.
		m.weak = n.end == i+2
		return m, m.j
	case n.lone:
		return s.lone(i, n, m)
	case n.digits != "":
		if len(n.digits) < 4 && !s.serial(i) {
			m.weak = true
		}
		if len(n.digits) >= 5 && n.digits[0] == '0' {
			m.kind, m.value = KindDocNumber, n.digits
		}
	case n.year:
		return s.yearLike(i, n, m)
	case s.isYear(i, n), s.serial(i):
		m.written = decimal(n.value)
	}
	return m, m.j
}

func (s enScanner) serial(i int) bool { return s.t.beforeInSet(i, enSerial) }

// yearLike judges a number said in pairs: a year, unless a plural noun makes it two numbers.
func (s enScanner) yearLike(i int, n spokenNumber, m *match) (*match, int) {
	m.written = decimal(n.value)
	if n.value.Cmp(ratInt(1900)) < 0 && !enYearBefore[s.t.word(i-1)] && !s.serial(i) {
		m.weak = true
	}
	if s.plural(n.end) || s.t.word(n.end) == "vision" {
		return nil, n.end
	}
	return m, m.j
}

// partBefore reports whether a part of the number at i is meant: "half a million", "a quarter of a million".
func (s enScanner) partBefore(i int) bool {
	w := s.t.word(i - 1)
	if w == "of" {
		w = s.t.word(i - 2)
		if s.t.isNumber(i-2) && s.t.punct(i-3, "/") {
			return true
		}
	}
	return w == "half" || enFractions[w] > 0
}

// isYear reports whether "two thousand and five" or "nineteen hundred and five" at i is a year: a word
// before it says so, or nothing stands behind it that it could count.
func (s enScanner) isYear(i int, n spokenNumber) bool {
	t := s.t
	if !n.spoken || n.lexeme != "" || !n.value.IsInt() || n.value.Cmp(ratInt(1900)) < 0 || n.value.Cmp(ratInt(2100)) >= 0 ||
		t.word(i) != "nineteen" && t.word(i) != "two" || s.countable(n.end) || s.currencyAt(n.end) {
		return false
	}
	if round := new(big.Rat).Quo(n.value, ratInt(100)).IsInt(); round {
		return t.word(i-1) == "year"
	}
	if enYearBefore[t.word(i-1)] {
		return true
	}
	if t.word(i-1) == "the" && t.word(n.end) != "" {
		return true // "the two thousand and twenty six budget"
	}
	if enCountBefore[t.word(i-1)] {
		return false
	}
	if n.end >= len(t.tokens) || t.tokens[n.end].kind == tokenPunct {
		return true
	}
	if !enFunction[t.word(n.end)] {
		return false
	}
	other, ok := enNumber(t, n.end+1)
	return !ok || !s.countable(other.end) && !s.currencyAt(other.end)
}

// enCountBefore are words that a count follows: a bare number behind them is no year.
var enCountBefore = setOf("is, are, was, were, had, has, have, about, around, over, nearly, almost, only, than, total, totalled, received, counted, sold, of, some, least, most, another")

// enFormat writes a number in house style: from a million up by its scale where two decimals
// are exact, else grouped.
func enFormat(n spokenNumber) string {
	if n.digits != "" {
		return n.digits
	}
	for _, scale := range []struct {
		size int64
		word string
	}{{1e12, " trillion"}, {1e9, " billion"}, {1e6, " million"}} {
		if n.value.Cmp(ratInt(scale.size)) < 0 {
			continue
		}
		if c := new(big.Rat).Quo(n.value, ratInt(scale.size)); mul(c, 100).IsInt() {
			return grouped(c, ",", ".") + scale.word
		}
		break
	}
	return grouped(n.value, ",", ".")
}

// percent reads "N percent", "N per cent" and "N%".
func (s enScanner) percent(i int, n spokenNumber) *match {
	m := &match{i: i, j: n.end + 1, kind: KindPercent, unit: "%", value: decimal(n.value), written: enFormat(n) + "%", spoken: true}
	switch {
	case s.t.word(n.end) == "percent":
	case s.t.words(n.end, "per cent"):
		m.j++
	case s.t.punct(n.end, "%"):
		m.spoken = n.spoken
	default:
		return nil
	}
	if n.ambiguous {
		return nil
	}
	if s.t.word(i-1) == "minus" {
		m.value = decimal(new(big.Rat).Neg(n.value))
	}
	return m
}

// enPointNoun are the words before "point" that make a noun of it ("at that point five percent …").
var enPointNoun = setOf("this, that, the, one, a, which, some, any, what, every, no, first, second, last, each, my, his, her, your, our, their, at")

// point reads "point five percent", half of one.
func (s enScanner) point(i int) *match {
	t := s.t
	if t.word(i) != "point" || enPointNoun[t.word(i-1)] {
		return nil
	}
	frac, end := s.p.decimals(i + 1)
	if frac == "" {
		return nil
	}
	m := s.percent(i, spokenNumber{value: decimalOf(0, frac), end: end, spoken: true})
	return m
}

// money reads an amount said with its currency ("two dollars and fifty cents").
func (s enScanner) money(i int, n spokenNumber) *match {
	j := s.p.next(n.end)
	c, ok := enCurrencies[s.t.word(j)]
	if !ok || n.ambiguous || s.p.multiplier(j+1) {
		return nil
	}
	if w := s.t.word(j); (w == "pound" || w == "dollar" || w == "euro") && n.value.Cmp(ratInt(1)) == 0 && !n.lone { // "twenty one pound coins"
		return nil
	}
	m := &match{i: i, j: j + 1, kind: KindMoney, unit: c.code, spoken: true, value: decimal(n.value)}
	m.written = c.sign + enFormat(spokenNumber{value: n.value})
	k := j + 1
	if cents, end, ok := s.p.below100(k); ok && cents >= 10 && n.value.IsInt() && !s.t.name(k) && (s.currencyWord(j) || n.value.Cmp(ratInt(1)) == 0) &&
		!s.countable(end) && !s.p.multiplier(end) && s.t.word(end) != "cents" && s.t.word(end) != "percent" && s.t.word(end) != "per" {
		// "twelve dollars fifty"
		m.j, m.value = end, decimal(new(big.Rat).Add(n.value, big.NewRat(cents, 100)))
		m.written = c.sign + grouped(n.value, ",", ".") + "." + twoDigits(int(cents))
		return m
	}
	if s.t.word(k) == "and" {
		k++
	}
	if cents, ok := enNumber(s.t, k); ok && n.value.IsInt() && cents.value.IsInt() && cents.value.Cmp(ratInt(100)) < 0 {
		if w := s.t.word(cents.end); w == "cents" || w == "pence" || w == "cent" {
			v := new(big.Rat).Add(n.value, new(big.Rat).Quo(cents.value, ratInt(100)))
			m.j, m.value = cents.end+1, decimal(v)
			whole := grouped(n.value, ",", ".")
			m.written = c.sign + whole + "." + twoDigits(int(cents.value.Num().Int64()))
		}
	}
	return m
}

// currencyWord reports whether the currency at i is in the plural, as an amount with cents has it.
func (s enScanner) currencyWord(i int) bool { return strings.HasSuffix(s.t.word(i), "s") }

// code reads "bylaw twenty twenty six dash fourteen".
func (s enScanner) code(i int, n spokenNumber) *match {
	sep := map[string]string{"dash": "-", "hyphen": "-", "slash": "/"}[s.t.word(n.end)]
	if sep == "" || n.ambiguous || !n.value.IsInt() || !s.serial(i) {
		return nil
	}
	tail, ok := enNumber(s.t, n.end+1)
	if !ok || tail.ambiguous || !tail.value.IsInt() {
		return nil
	}
	plain := func(n spokenNumber) string {
		if n.digits != "" {
			return n.digits
		}
		return decimal(n.value)
	}
	written := plain(n) + sep + plain(tail)
	return &match{i: i, j: tail.end, kind: KindDocNumber, value: written, written: written, spoken: true}
}

// elided reports whether the number shares the scale of the one after it ("two to three hundred
// thousand"), so that its own value is not known.
func (s enScanner) elided(i int, n spokenNumber) bool {
	link := s.t.word(n.end)
	if link != "to" && (link != "and" || s.t.word(i-1) != "between") || n.value.Cmp(ratInt(1000)) >= 0 {
		return false
	}
	if j := n.end + 1; j < len(s.t.tokens) && enSigns[s.t.tokens[j].text] != "" {
		r, ok := new(big.Rat), false
		if m := s.signed(j); m != nil {
			r, ok = r.SetString(m.value)
		}
		return ok && r.Cmp(ratInt(1000)) >= 0
	}
	other, ok := enNumber(s.t, n.end+1)
	return ok && other.value.Cmp(ratInt(1000)) >= 0 && !other.year
}

// signed reads "$2.5 million", "£20", "€1,200" at the sign.
func (s enScanner) signed(i int) *match {
	code, ok := enSigns[s.t.tokens[i].text]
	if !ok || !s.t.isNumber(i+1) || !s.t.glued(i+1) {
		return nil
	}
	r, ok := enWritten(s.t.tokens[i+1].text)
	if !ok {
		return nil
	}
	m := &match{i: i, j: i + 2, kind: KindMoney, unit: code}
	scale := enScales[s.t.word(i+2)]
	if s.t.glued(i + 2) {
		scale = map[string]int64{"k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9}[s.t.word(i+2)]
	}
	if scale > 0 {
		m.j++
		r = mul(r, scale)
	}
	m.value = decimal(r)
	return m
}

// fraction reads "two thirds" and "one third"; "a third" and "half" stay words.
func (s enScanner) fraction(i int, n spokenNumber) *match {
	if !n.spoken || !n.lone {
		return nil
	}
	j := s.p.next(n.end)
	w := s.t.word(j)
	d := enFractions[w]
	v := n.value.Num().Int64()
	if d == 0 || v == 0 || v >= d || (v == 1) == strings.HasSuffix(w, "s") {
		return nil
	}
	if before := s.t.word(i - 1); before == "first" || before == "last" || before == "next" || v == 1 && j > n.end && s.t.punct(j+1, "-") {
		return nil // "the first three quarters of the year"
	}
	value := decimal(n.value) + "/" + decimal(ratInt(d))
	return &match{i: i, j: j + 1, kind: KindRatio, value: value, written: value, spoken: true}
}
