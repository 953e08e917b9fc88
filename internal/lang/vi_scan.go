package lang

import (
	"math/big"
	"strings"
)

// viScanner finds the figures of a Vietnamese text from left to right; every rule either
// claims tokens from its place on or leaves them to the next rule.
type viScanner struct {
	t       *text
	yearEnd int // token after the last year, for "2025 đến 2030"; -1 before any
}

func scanVietnamese(t *text) []match {
	s := viScanner{t: t, yearEnd: -1}
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

// at returns the figure that starts at token i, if any, and the token to go on at.
func (s *viScanner) at(i int) (*match, int) {
	t := s.t
	switch t.tokens[i].kind {
	case tokenPunct:
		return nil, i + 1
	case tokenNumber:
		if inCode(t, i) {
			return nil, i + 1
		}
		if m := plainFigure(t, i, viWritten); m.kind != KindNumber && m.kind != KindPercent {
			return s.halfOfDay(&m), m.j
		}
	case tokenWord:
		switch t.word(i) {
		case "tháng":
			if m := s.month(i); m != nil {
				return m, m.j
			}
			return nil, i + 1
		case "năm":
			if m := s.year(i); m != nil {
				return m, m.j
			}
		case "không":
			return s.zero(i)
		case "trăm", "nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ":
			if n, ok := viNumber(t, i+1); viRound[t.word(i-1)] && ok && n.spoken && !n.lone {
				return nil, n.end // "mấy trăm năm mươi hộ": how many hundreds nobody said
			}
		case "lần", "thứ":
			return s.ordinal(i)
		case "tư":
			if t.beforeInSet(i, viFourth) && !viPrivate[t.word(i+1)] {
				return &match{i: i, j: i + 1, kind: KindNumber, value: "4", written: "4", spoken: true}, i + 1
			}
			return nil, i + 1
		}
		if m := s.roman(i); m != nil {
			return m, m.j
		}
	}
	n, ok := viNumber(t, i)
	if !ok {
		return nil, i + 1
	}
	return s.number(i, n)
}

// number judges a number at i by what stands around it.
func (s *viScanner) number(i int, n spokenNumber) (*match, int) {
	for _, rule := range []func(int, spokenNumber) *match{s.date, s.time, s.code, s.percent, s.fraction, s.ratio, s.halfUnit} {
		if m := rule(i, n); m != nil {
			return m, m.j
		}
	}
	if n.ambiguous {
		return nil, n.end
	}
	if m := s.money(i, n); m != nil {
		return m, m.j
	}
	if n.lone {
		return s.lone(i, n)
	}
	if n.digits != "" {
		return s.run(i, n)
	}
	if n.spoken && s.t.word(i) == "một" && s.t.word(i+1) == "chục" {
		return &match{i: i, j: n.end, kind: KindNumber, value: decimal(n.value), weak: true}, n.end
	}
	m := s.plain(i, n)
	if s.isYear(i, n) {
		s.yearEnd = n.end
		m.written = decimal(n.value)
		if i > 0 && s.adjacentYear(i) {
			m.written = "- " + m.written
		}
	} else if s.t.beforeInSet(i, viDocuments) && s.numbering(i) || s.bareYear(i, n) {
		m.written = decimal(n.value)
	}
	return m, m.j
}

// plain is the figure itself, with a minus where "âm" stands before it and its unit shortened.
func (s *viScanner) plain(i int, n spokenNumber) *match {
	m := &match{i: i, j: n.end, kind: KindNumber, value: decimal(s.signed(i, n.value)), written: viFormat(n), spoken: n.spoken}
	if n.spoken {
		for _, u := range viUnits {
			if s.t.words(n.end, u.words) {
				m.j = n.end + len(strings.Fields(u.words))
				m.written += " " + u.sign
				break
			}
		}
	}
	return m
}

func (s *viScanner) signed(i int, v *big.Rat) *big.Rat {
	minus := s.t.word(i-1) == "âm" && !s.t.name(i-1)
	if !minus && i > 0 && (s.t.punct(i-1, "-") || s.t.punct(i-1, "−")) && s.t.glued(i) {
		minus = s.t.isNumber(i) && s.t.tokens[i-1].space && i > 1 && s.t.tokens[i-2].kind == tokenWord
	}
	if minus {
		return new(big.Rat).Neg(v)
	}
	return v
}

// viFormat writes a number in house style: from a million up by scales, below grouped.
func viFormat(n spokenNumber) string {
	if n.digits != "" {
		return n.digits
	}
	v := n.value
	million, billion := ratInt(1e6), ratInt(1e9)
	if v.Cmp(million) < 0 {
		return grouped(v, ".", ",")
	}
	top, word := million, " triệu"
	if v.Cmp(billion) >= 0 {
		top, word = billion, " tỷ"
	}
	c := new(big.Rat).Quo(v, top)
	if mul(c, 100).IsInt() {
		return grouped(c, ".", ",") + word
	}
	if !v.IsInt() || !new(big.Rat).Quo(v, ratInt(1000)).IsInt() {
		return grouped(v, ".", ",")
	}
	rest := new(big.Int).Set(v.Num())
	var parts []string
	for _, scale := range []struct {
		size int64
		word string
	}{{1e9, " tỷ"}, {1e6, " triệu"}, {1e3, " nghìn"}} {
		q, r := new(big.Int).QuoRem(rest, big.NewInt(scale.size), new(big.Int))
		if q.Sign() > 0 {
			parts = append(parts, grouped(new(big.Rat).SetInt(q), ".", ",")+scale.word)
		}
		rest = r
	}
	return strings.Join(parts, " ")
}

// isYear reports whether n at i is a year by its range and by what stands before it.
func (s *viScanner) isYear(i int, n spokenNumber) bool {
	if !yearRange(n.value) {
		return false
	}
	if s.t.beforeInSet(i, viYearContext) {
		return true
	}
	if s.yearEnd < 0 {
		return false
	}
	if s.yearEnd == i {
		return n.spoken && !s.counted(n.end)
	}
	link := s.t.word(i - 1)
	return s.yearEnd == i-1 && (link == "đến" || link == "tới" || link == "và" || s.t.punct(i-1, "-") || s.t.punct(i-1, "–") || n.spoken && s.t.punct(i-1, ",")) && !s.counted(n.end)
}

func (s *viScanner) adjacentYear(i int) bool {
	return s.yearEnd > 0 && s.t.tokens[i-1].kind != tokenPunct && s.t.isYearToken(i-1)
}

func yearRange(v *big.Rat) bool {
	return v.IsInt() && v.Cmp(ratInt(1000)) >= 0 && v.Cmp(ratInt(2999)) <= 0
}

// year reads "năm" and a year ("năm hai nghìn không trăm hai mươi lăm").
func (s *viScanner) year(i int) *match {
	if s.t.word(i-1) == "số" || s.t.word(i-1) == "mươi" {
		return nil
	}
	n, ok := s.yearAt(i + 1)
	if !ok {
		return nil
	}
	s.yearEnd = n.end
	return &match{i: i + 1, j: n.end, kind: KindNumber, value: decimal(n.value), written: decimal(n.value), spoken: n.spoken}
}

func (s *viScanner) yearAt(i int) (spokenNumber, bool) {
	if year, end, ok := viShortYear(s.t, i); ok && s.t.word(i-1) == "năm" {
		return spokenNumber{value: ratInt(year), end: end, spoken: true}, true
	}
	n, ok := viNumber(s.t, i)
	if !ok || n.ambiguous || !yearRange(n.value) || n.lexeme != "" && len(n.lexeme) != 4 {
		return n, false
	}
	round := new(big.Rat).Quo(n.value, ratInt(1000)).IsInt()
	if round && n.spoken && s.counted(n.end) || s.t.words(n.end, "phần trăm") || viMoneyAt(s.t, n.end) {
		return n, false // "trong năm hai nghìn hộ": two thousand households
	}
	return n, true
}

func (s *viScanner) counted(i int) bool { return s.t.inSet(i, viCounters) > 0 }

// zero reads "không" where it is a figure: "không giờ", "không phần trăm"; before "có" it denies,
// which is evidence for a zero.
func (s *viScanner) zero(i int) (*match, int) {
	n, ok := viNumber(s.t, i)
	switch {
	case ok && n.digits == "":
		return s.number(i, n)
	case ok && (n.end-i >= 6 || s.numbering(i)):
		return s.run(i, n)
	}
	zero := spokenNumber{value: new(big.Rat), end: i + 1, spoken: true, lone: true}
	if s.t.words(i+1, "phần trăm") {
		m := s.percent(i, zero)
		return m, m.j
	}
	if s.t.word(i+1) == "giờ" && viClockBefore[s.t.word(i-1)] {
		if m := s.time(i, zero); m != nil {
			return m, m.j
		}
	}
	if s.numbering(i) {
		if m := s.twoDigits(i); m != nil {
			return m, m.j
		}
	}
	if s.t.word(i+1) == "có" || s.counted(i+1) {
		return &match{i: i, j: i + 1, kind: KindNumber, value: "0", weak: true}, i + 1
	}
	return nil, i + 1
}

// isYearToken reports whether token i ends a year: a written one, or a number word.
func (t *text) isYearToken(i int) bool {
	if t.isNumber(i) {
		return len(t.tokens[i].text) == 4
	}
	w := t.word(i)
	_, digit := viDigits[w]
	_, tail := viTails[w]
	return digit || tail || w == "mươi" || w == "trăm" || w == "mười" || w == "nghìn" || w == "ngàn"
}
