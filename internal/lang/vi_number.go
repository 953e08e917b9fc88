package lang

import (
	"math/big"
	"strings"
)

// spokenNumber is a number read off the tokens from some place up to end.
type spokenNumber struct {
	value     *big.Rat
	end       int
	spoken    bool   // holds at least one number word
	lone      bool   // a single number word of one syllable
	ambiguous bool   // has two readings; nothing may be made of it
	digits    string // the digits, where they were read one by one or written without grouping
	year      bool   // English: read in pairs, as years are
	article   bool   // English: "a hundred"
	lexeme    string // the digits as written, where the number is one written token
}

// viNumber reads the number at token i: words, digits, or both ("2 tỷ một trăm triệu").
func viNumber(t *text, i int) (spokenNumber, bool) {
	for _, read := range []func(*text, int) (spokenNumber, bool){viYearRun, viDigitRun, viPair} {
		if n, ok := read(t, i); ok {
			return n, true
		}
	}
	p := viParser{t: t, total: new(big.Rat), section: new(big.Rat), scale: 1e15}
	if !p.parse(i) {
		return spokenNumber{}, false
	}
	n := p.n
	n.value = new(big.Rat).Add(p.total, p.section)
	n.lone = n.spoken && n.end == i+1
	if viScales[t.word(n.end)] > 0 || t.word(n.end) == "trăm" {
		n.ambiguous = true // a scale that fits nowhere: misheard
	}
	if n.end == i+1 && t.isNumber(i) {
		n.lexeme = t.tokens[i].text
	}
	return n, true
}

type viParser struct {
	t              *text
	n              spokenNumber
	total, section *big.Rat // billions and above; below
	scale          int64    // of the last group; the next must be smaller
	billions       bool
}

// parse reads groups of up to three digits with their scales: [group scale]… [group].
func (p *viParser) parse(i int) bool {
	begin := i
	for {
		g, end, ok := p.group(i, i > begin)
		if !ok {
			break
		}
		scale, after := int64(1), end
		for viScales[p.t.word(after)] > 0 && scale < 1e9 {
			scale *= viScales[p.t.word(after)]
			after++
			if scale == 1e9 {
				break
			}
		}
		written := p.t.isNumber(i)
		if i > begin {
			switch {
			case scale >= p.scale && !(scale == 1e9 && !p.billions):
				return true
			case scale >= 1e9 && p.billions:
				return true
			case scale == 1 && p.scale > 1000 && p.t.isNumber(i):
				return true // "2 triệu 500": the figure is another one
			case scale == 1 && p.scale > 1000 && viScales[p.t.word(after)] == 0:
				p.n.ambiguous = true // "hai triệu năm trăm"
			case scale == 1 && p.scale == 1000 && end == i+1 && !written && g.Cmp(ratInt(10)) < 0:
				p.n.ambiguous = true // "một nghìn hai"
			}
		}
		p.n.spoken = p.n.spoken || !written || end > i+1
		value := mul(g, scale)
		if scale >= 1e9 {
			// "hai mươi lăm nghìn tỷ": the scale holds for all that stands before it.
			p.total = new(big.Rat).Add(mul(p.section, 1e9), value)
			p.section = new(big.Rat)
			p.billions = true
		} else {
			p.section = new(big.Rat).Add(p.section, value)
		}
		p.scale, p.n.end = scale, after
		if scale == 1 || !g.IsInt() {
			if p.billions || viScales[p.t.word(after)] != 1e9 {
				p.half(g, scale)
				return true
			}
		}
		if p.scale > 1 && viScales[p.t.word(after)] == 1e9 && !p.billions {
			// "nghìn tỷ" read group by group: hai nghìn năm trăm | tỷ
			p.total, p.section = mul(p.section, 1e9), new(big.Rat)
			p.billions, p.scale, p.n.end = true, 1e9, after+1
		}
		if p.half(g, scale) || p.short() || p.linh() {
			return true
		}
		i = p.n.end
	}
	return p.n.end > begin
}

// half reads "rưỡi": half of the last scale ("hai triệu rưỡi"; after trăm inside the group).
func (p *viParser) half(g *big.Rat, scale int64) bool {
	w := p.t.word(p.n.end)
	if w != "rưỡi" && w != "rưởi" || scale == 1 || !g.IsInt() {
		return false
	}
	p.section = new(big.Rat).Add(p.section, new(big.Rat).Quo(ratInt(scale), ratInt(2)))
	p.n.end++
	p.n.spoken = true
	return true
}

// short reads a digit that stands for tenths of the scale before it ("hai triệu tư", "một tỷ hai").
func (p *viParser) short() bool {
	w := p.t.word(p.n.end)
	d, ok := viTails[w]
	if !ok && p.scale >= 1e6 && w != "năm" && w != "không" {
		d, ok = viDigits[w]
		next := p.n.end + 1
		if ok && (p.counted(next) && !viMoneyAt(p.t, next) || p.numeric(next)) {
			ok = false
		}
	}
	if !ok || p.t.name(p.n.end) {
		return false
	}
	if viTails[w] > 0 && (p.numeric(p.n.end+1) || w == "tư" && p.scale == 1000) {
		return false
	}
	p.section = new(big.Rat).Add(p.section, new(big.Rat).Mul(ratInt(int64(d)), big.NewRat(p.scale, 10)))
	p.n.end++
	p.n.spoken = true
	return true
}

// linh reads "hai nghìn linh năm": units straight after the thousands.
func (p *viParser) linh() bool {
	w := p.t.word(p.n.end)
	if p.scale != 1000 || w != "linh" && w != "lẻ" {
		return false
	}
	d, ok := p.unit(p.n.end + 1)
	if !ok {
		return false
	}
	p.section = new(big.Rat).Add(p.section, ratInt(d))
	p.n.end += 2
	p.n.spoken = true
	return true
}

// unit reads a digit word 1–9 in a place where it can be nothing but a digit.
func (p *viParser) unit(i int) (int64, bool) {
	w := p.t.word(i)
	if d, ok := viTails[w]; ok {
		return int64(d), true
	}
	d, ok := viDigits[w]
	return int64(d), ok && d > 0 && !p.t.name(i)
}

// numeric reports whether a number goes on at i.
func (p *viParser) numeric(i int) bool {
	w := p.t.word(i)
	_, digit := viDigits[w]
	return digit || viScales[w] > 0 || w == "mươi" || w == "mười" || w == "trăm" || w == "chục" || w == "phẩy"
}

func (p *viParser) counted(i int) bool { return p.t.inSet(i, viCounters) > 0 }

// group reads a number below a thousand, or a written figure; inner groups may start with "không".
func (p *viParser) group(i int, inner bool) (*big.Rat, int, bool) {
	if p.t.isNumber(i) {
		r, ok := viWritten(p.t.tokens[i].text)
		if !ok {
			return nil, i, false
		}
		if p.t.word(i+1) == "trăm" && r.IsInt() && r.Cmp(ratInt(10)) < 0 && r.Sign() > 0 {
			n, end, _ := p.hundreds(r.Num().Int64(), i+2)
			return ratInt(n), end, true
		}
		return r, i + 1, true
	}
	w := p.t.word(i)
	if w == "trăm" && !inner && !viRound[p.t.word(i-1)] && !p.t.name(i) && p.t.word(i+1) != "năm" {
		if n, end, ok := p.hundreds(1, i+1); ok && end > i+1 {
			return ratInt(n), end, true // "trăm hai mươi triệu"
		}
	}
	d, ok := viDigits[w]
	if ok && p.t.name(i) && !p.scaleAt(i+1) {
		return nil, i, false
	}
	next := p.t.word(i + 1)
	switch {
	case ok && next == "trăm" && (d > 0 || inner):
		n, end, _ := p.hundreds(int64(d), i+2)
		if p.t.word(end) == "phẩy" && !p.n.ambiguous {
			return p.fraction(n, end)
		}
		return ratInt(n), end, true
	case ok && d == 0:
		if inner && viScales[next] == 1000 {
			return ratInt(0), i + 1, true
		}
		if !inner && next == "phẩy" {
			r, end, _ := p.fraction(0, i+1)
			return r, end, end > i+1
		}
		return nil, i, false
	}
	n, end, ok := p.tens(i)
	if !ok {
		return nil, i, false
	}
	if inner && w == "năm" && end == i+1 && viScales[next] == 0 {
		return nil, i, false // "một nghìn năm": a thousand years
	}
	if p.t.word(end) == "phẩy" {
		return p.fraction(n, end)
	}
	return ratInt(n), end, true
}

func (p *viParser) scaleAt(i int) bool {
	w := p.t.word(i)
	return w == "mươi" || w == "trăm" || w == "chục" || viScales[w] > 0
}

// hundreds reads what follows "h trăm".
func (p *viParser) hundreds(h int64, i int) (int64, int, bool) {
	n := h * 100
	w := p.t.word(i)
	if w == "linh" || w == "lẻ" {
		if d, ok := p.unit(i + 1); ok {
			return n + d, i + 2, true
		}
		return n, i, true
	}
	if w == "rưỡi" || w == "rưởi" {
		p.n.spoken = true
		return n + 50, i + 1, true
	}
	if d := small(p.t, i); h == 0 && d >= 10 && d < 100 {
		return int64(d), i + 1, true // "2 nghìn không trăm 25"
	}
	if p.t.name(i) {
		return n, i, true
	}
	if d, ok := viTails[w]; ok && !p.numeric(i+1) && w != "tư" {
		return n + int64(d)*10, i + 1, true
	}
	rest, end, ok := p.tens(i)
	if !ok || rest == 0 {
		return n, i, true
	}
	if rest >= 10 {
		return n + rest, end, true
	}
	if w == "năm" && viScales[p.t.word(end)] == 0 && p.t.word(end) != "phẩy" {
		return n, i, true // "một trăm năm": a hundred years
	}
	p.n.ambiguous = true // "một trăm hai": 102 or 120
	return n + rest, end, true
}

// tens reads a number word or two below a hundred.
func (p *viParser) tens(i int) (int64, int, bool) {
	w := p.t.word(i)
	next := p.t.word(i + 1)
	if w == "mười" {
		if p.t.name(i) {
			return 0, i, false
		}
		if d, ok := viTails[next]; ok && next != "mốt" {
			return 10 + int64(d), i + 2, true
		}
		if d, ok := viDigits[next]; ok && d > 0 && !p.t.name(i+1) && (d != 5 || p.fiveAt(i+1)) && !p.bigger(i+2) {
			return 10 + int64(d), i + 2, true
		}
		return 10, i + 1, true
	}
	d, ok := viDigits[w]
	if !ok {
		return 0, i, false
	}
	n := int64(d)
	if d > 0 && next == "mươi" {
		n *= 10
		last := p.t.word(i + 2)
		if u, ok := viTails[last]; ok {
			return n + int64(u), i + 3, true
		}
		if u, ok := viDigits[last]; ok && u > 0 && !p.t.name(i+2) && (u != 5 || p.fiveAt(i+2)) && !p.bigger(i+3) {
			return n + int64(u), i + 3, true
		}
		return n, i + 2, true
	}
	if d > 0 && next == "chục" {
		return n * 10, i + 2, true
	}
	if u, ok := viTails[next]; ok && d > 1 && !p.numeric(i+2) && (next != "tư" || p.counted(i+2)) {
		return n*10 + int64(u), i + 2, true // "hai lăm", "ba mốt"
	}
	return n, i + 1, true
}

// fiveAt reports whether a "năm" that should have been heard as "lăm" is a digit all the same:
// a scale, percent or comma follows ("hai mươi năm nghìn"), where "years" makes no sense.
func (p *viParser) fiveAt(i int) bool {
	return viScales[p.t.word(i+1)] > 0 || p.t.words(i+1, "phần trăm") || p.t.word(i+1) == "phẩy"
}

// bigger reports whether the digit before i starts a number of its own ("hai mươi | ba trăm").
func (p *viParser) bigger(i int) bool {
	w := p.t.word(i)
	return w == "trăm" || w == "mươi" || w == "chục"
}

// fraction reads "phẩy" and the decimals after whole; i is the place of "phẩy".
func (p *viParser) fraction(whole int64, i int) (*big.Rat, int, bool) {
	back := func() (*big.Rat, int, bool) { return ratInt(whole), i, true }
	if p.t.isNumber(i + 1) {
		if digits := p.t.tokens[i+1].text; len(digits) < 10 && strings.Trim(digits, "0123456789") == "" {
			return decimalOf(whole, digits), i + 2, true
		}
		return back()
	}
	var digits strings.Builder
	j := i + 1
	if n, end, ok := p.tens(j); ok && n >= 10 {
		digits.WriteString(decimal(ratInt(n)))
		j = end
	} else {
		for digits.Len() < 9 {
			w := p.t.word(j)
			d, ok := viDigits[w]
			if !ok && digits.Len() > 0 {
				d, ok = viTails[w]
			}
			if !ok || p.t.name(j) || p.bigger(j+1) {
				break
			}
			if w == "năm" && digits.Len() > 0 && !p.unitAt(j+1) {
				break // "hai phẩy năm năm": years
			}
			if w == "không" && !p.numeric(j+1) && !p.unitAt(j+1) && digits.Len() > 0 {
				break // "… không" = not
			}
			digits.WriteByte(byte('0' + d))
			j++
		}
	}
	if digits.Len() == 0 {
		return back()
	}
	return decimalOf(whole, digits.String()), j, true
}

// unitAt reports whether a unit or scale at i makes a digit of what stands before it.
func (p *viParser) unitAt(i int) bool {
	return p.t.inSet(i, viMeasures) > 0 || viScales[p.t.word(i)] > 0 || p.t.word(i) == "lần"
}

func decimalOf(whole int64, digits string) *big.Rat {
	r, ok := new(big.Rat).SetString(decimal(ratInt(whole)) + "." + digits)
	if !ok {
		return ratInt(whole)
	}
	return r
}

// viDigitRun reads three or more digit words in a row ("hai không hai lăm"), none of which starts
// a number of its own.
func viDigitRun(t *text, i int) (spokenNumber, bool) {
	var digits strings.Builder
	j := i
	for ; j < i+maxCode; j++ {
		w := t.word(j)
		d, ok := viDigits[w]
		if !ok && j > i {
			d, ok = viTails[w]
		}
		if !ok || t.name(j) {
			break
		}
		digits.WriteByte(byte('0' + d))
	}
	p := viParser{t: t}
	if k := viYearWord(t, i, j); k >= 0 {
		return spokenNumber{}, false // "quý ba | năm hai không hai sáu"
	}
	if j-i < 3 || p.bigger(j) || t.isNumber(j) || viScales[t.word(j)] > 0 || t.word(j) == "phẩy" || t.word(j) == "rưỡi" {
		return spokenNumber{}, false
	}
	if digits.Len() > maxDigits || j == i+maxCode {
		return spokenNumber{value: new(big.Rat), end: j, spoken: true, ambiguous: true}, true
	}
	r, _ := new(big.Rat).SetString(digits.String())
	return spokenNumber{value: r, end: j, spoken: true, digits: digits.String()}, true
}
