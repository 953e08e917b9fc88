package lang

import (
	"math/big"
	"strings"
)

type enParser struct{ t *text }

// next returns the token after i, past a hyphen that joins number words ("thirty-two").
func (p enParser) next(i int) int {
	if p.t.punct(i, "-") && p.t.glued(i) && p.t.glued(i+1) {
		return i + 1
	}
	return i
}

// below100 reads "thirty two", "twelve", "six".
func (p enParser) below100(i int) (int64, int, bool) {
	w := p.t.word(i)
	if n, ok := enTens[w]; ok {
		j := p.next(i + 1)
		if u, ok := enUnits[p.t.word(j)]; ok && u > 0 && !p.t.name(j) {
			return n + u, j + 1, true
		}
		return n, i + 1, true
	}
	if n, ok := enTeens[w]; ok {
		return n, i + 1, true
	}
	n, ok := enUnits[w]
	return n, i + 1, ok
}

func (p enParser) multiplier(i int) bool {
	w := p.t.word(p.next(i))
	return w == "hundred" || enScales[w] > 0
}

// group reads a number below a thousand (or "twelve hundred"), or a written figure.
func (p enParser) group(i int, n *spokenNumber, joinAnd bool) (*big.Rat, int, bool) {
	if p.t.isNumber(i) {
		r, ok := enWritten(p.t.tokens[i].text)
		if !ok {
			return nil, i, false
		}
		if p.t.word(i+1) == "hundred" && r.Cmp(ratInt(100)) < 0 {
			n.spoken = true
			return mul(r, 100), i + 2, true
		}
		return r, i + 1, true
	}
	v, end, ok := p.below100(i)
	if !ok && p.t.word(i) == "a" && p.multiplier(i+1) && !p.t.isNumber(i+1) {
		v, end, ok = 1, i+1, true
		n.article = true
	}
	if !ok && p.t.word(i-1) == "another" && p.multiplier(i) && p.t.word(i) != "" {
		v, end, ok = 1, i, true // "another hundred and fifty pounds"
		n.article = true
	}
	if !ok {
		return nil, i, false
	}
	n.spoken = true
	if h := p.next(end); p.t.word(h) == "hundred" && v > 0 {
		v *= 100
		end = h + 1
		j := p.next(end)
		if p.t.word(j) == "and" && joinAnd {
			j++
		}
		if rest, after, ok := p.below100(j); ok && rest > 0 && p.t.word(p.next(after)) != "hundred" && !p.t.name(j) {
			return ratInt(v + rest), after, true
		}
		return ratInt(v), end, true
	}
	r := ratInt(v)
	if p.t.word(end) == "point" {
		if frac, after := p.decimals(end + 1); frac != "" {
			return decimalOf(v, frac), after, true
		}
	}
	if p.t.words(end, "and a half") && p.t.word(end+3) != "of" {
		return new(big.Rat).Add(r, big.NewRat(1, 2)), end + 3, true
	}
	return r, end, true
}

// decimals reads the digits after "point".
func (p enParser) decimals(i int) (string, int) {
	if n, end, ok := p.below100(i); ok && n >= 10 {
		return decimal(ratInt(n)), end
	}
	var b strings.Builder
	for b.Len() < 9 {
		w := p.t.word(i)
		d, ok := enUnits[w]
		if !ok && (w == "oh" || w == "o") {
			d, ok = 0, true
		}
		if !ok || p.t.name(i) {
			break
		}
		b.WriteByte(byte('0' + d))
		i++
	}
	return b.String(), i
}

// enNumber reads the number at token i: words, digits, or both ("54 thousand").
func enNumber(t *text, i int) (spokenNumber, bool) {
	p := enParser{t}
	if n, ok := p.digitRun(i); ok {
		return n, true
	}
	if n, ok := p.pair(i); ok {
		return n, true
	}
	n := spokenNumber{value: new(big.Rat)}
	joinAnd := t.word(i-1) != "between"
	last, j := int64(1e15), i
	for {
		at := j
		if j > i {
			at = p.next(j)
			if joinAnd && t.word(at) == "and" {
				at++
			}
		}
		var probe spokenNumber
		g, end, ok := p.group(at, &probe, joinAnd)
		if !ok || j > i && (probe.article || t.name(at) || t.isNumber(at)) {
			break
		}
		scale := enScales[t.word(p.next(end))]
		if scale == 0 {
			scale = 1
		}
		if scale >= last || j > i && g.Sign() == 0 {
			break
		}
		if j > i && at > p.next(j) && (scale > 1 || g.Cmp(ratInt(100)) >= 0) {
			break // "one thousand and two hundred": the "and" parts two numbers
		}
		n.spoken = n.spoken || probe.spoken || scale == 1e3
		n.article = n.article || probe.article
		n.value = new(big.Rat).Add(n.value, mul(g, scale))
		last, j = scale, end
		if scale == 1 {
			break
		}
		j = p.next(end) + 1
		if !g.IsInt() {
			break
		}
		if t.words(j, "and a half") {
			n.value.Add(n.value, big.NewRat(scale, 2))
			n.spoken = true
			j += 3
			break
		}
	}
	if j == i || n.value.Sign() == 0 && j > i+1 {
		return n, false
	}
	n.end = j
	n.ambiguous = n.ambiguous || p.multiplier(j) // a scale that fits nowhere: misheard
	n.lone = n.spoken && j == i+1 && n.value.Cmp(ratInt(10)) < 0
	if j == i+1 && t.isNumber(i) {
		n.lexeme = t.tokens[i].text
	}
	return n, true
}

// digitRun reads three or more digit words in a row ("two oh six").
func (p enParser) digitRun(i int) (spokenNumber, bool) {
	var b strings.Builder
	j := i
	for ; j < i+maxCode; j++ {
		w := p.t.word(j)
		d, ok := enUnits[w]
		if !ok && w == "oh" {
			d, ok = 0, true
		}
		if !ok || p.t.name(j) {
			break
		}
		b.WriteByte(byte('0' + d))
	}
	if p.t.word(i) == "oh" && j-i < 6 {
		return spokenNumber{}, false // "oh one moment": only a long code begins so
	}
	if j-i < 3 || p.multiplier(j) || p.t.isNumber(j) || p.t.word(j) == "point" {
		return spokenNumber{}, false
	}
	if b.Len() > maxDigits || j == i+maxCode {
		return spokenNumber{value: new(big.Rat), end: j, spoken: true, ambiguous: true}, true
	}
	r, _ := new(big.Rat).SetString(b.String())
	return spokenNumber{value: r, end: j, spoken: true, digits: b.String()}, true
}

// enDecades are the plurals of the tens, as decades are named.
var enDecades = map[string]int64{
	"tens": 10, "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}

// decade reads "nineteen eighties" at i.
func (p enParser) decade(i int) (year int64, end int, ok bool) {
	w := p.t.word(i)
	high := enTeens[w]
	if w == "twenty" {
		high = 20
	}
	j := p.next(i + 1)
	low := enDecades[p.t.word(j)]
	return high*100 + low, j + 1, high >= 16 && low > 0 && !p.t.name(i)
}

// pair reads a year said in pairs: "twenty twenty six", "nineteen oh five". A hyphen between the
// pairs is allowed, between 20 and a unit it makes 21.
func (p enParser) pair(i int) (spokenNumber, bool) {
	w := p.t.word(i)
	high := enTeens[w]
	if high == 0 && w == "twenty" {
		high = 20
	}
	if high == 0 || p.t.name(i) {
		return spokenNumber{}, false
	}
	low, end, ok := p.pairTail(p.next(i + 1))
	if !ok || p.multiplier(end) {
		return spokenNumber{}, false
	}
	return spokenNumber{value: ratInt(high*100 + low), end: end, spoken: true, year: true}, true
}

// pairTail reads 10–99 or "oh" and a digit.
func (p enParser) pairTail(i int) (int64, int, bool) {
	if w := p.t.word(i); w == "oh" || w == "o" {
		u, ok := enUnits[p.t.word(p.next(i+1))]
		return u, p.next(i+1) + 1, ok && u > 0
	}
	n, end, ok := p.below100(i)
	return n, end, ok && n >= 10 && !p.t.name(i)
}

// ordinal reads an ordinal at i ("twelfth", "twenty-first", "two hundred and fiftieth").
// simple is true for one word; hyphen for a compound that "second" cannot spoil.
func (p enParser) ordinal(i int) (value int64, end int, simple, ok bool) {
	if p.t.isNumber(i) {
		if n := small(p.t, i); n > 0 && p.t.glued(i+1) {
			switch p.t.word(i + 1) {
			case "st", "nd", "rd", "th":
				return int64(n), i + 2, true, true
			}
		}
		return 0, i, false, false
	}
	if n, ok := enOrdinals[p.t.word(i)]; ok {
		return n, i + 1, true, true
	}
	// The number words before the ordinal end where it begins; find it within a short reach.
	n, ok := enNumber(p.t, i)
	if !ok || !n.spoken || n.digits != "" || n.article || !n.value.IsInt() || n.value.Cmp(ratInt(1e6)) > 0 {
		return 0, i, false, false
	}
	j := p.next(n.end)
	if p.t.word(j) == "and" {
		j++
	}
	v := n.value.Num().Int64()
	room := int64(0)
	switch {
	case v%100 == 0:
		room = 100
	case v%10 == 0:
		room = 10
	}
	if tens, ok := enTens[p.t.word(j)]; ok && room == 100 {
		if u, ok := enOrdinals[p.t.word(p.next(j+1))]; ok && u < 10 {
			return v + tens + u, p.next(j+1) + 1, false, true
		}
		return 0, i, false, false
	}
	u, found := enOrdinals[p.t.word(j)]
	if !found || u >= room {
		return 0, i, false, false
	}
	return v + u, j + 1, false, true
}
