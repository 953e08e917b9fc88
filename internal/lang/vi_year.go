package lang

import (
	"math/big"
)

// viYearDigits reads a year said by its digits at i: "hai không hai sáu", "một chín chín chín", and with
// its tens as a number "hai không ba mươi", "một chín tám mươi". Only 1900 to 2099 are said so.
func viYearDigits(t *text, i int) (year int64, end int, ok bool) {
	a, first := viDigits[t.word(i)]
	b, second := viDigits[t.word(i+1)]
	if !first || !second || t.name(i) || t.name(i+1) || (a != 1 || b != 9) && (a != 2 || b != 0) {
		return 0, i, false
	}
	century := int64(a*1000 + b*100)
	p := viParser{t: t}
	if n, end, ok := p.tens(i + 2); ok && n >= 10 && n < 100 && !t.name(i+2) {
		// "hai không hai mươi | hai không hai lăm": the unit may belong to the next year.
		if _, _, next := viYearDigits(t, end-1); next && t.word(end-2) == "mươi" {
			n, end = n-n%10, end-1
		}
		return century + n, end, !viGoesOn(t, end)
	}
	c, third := viDigits[t.word(i+2)]
	d, fourth := viDigits[t.word(i+3)]
	if !fourth {
		d, fourth = viTails[t.word(i+3)]
	}
	if !third || !fourth || t.name(i+2) || t.name(i+3) {
		return 0, i, false
	}
	return century + int64(c*10+d), i + 4, !viGoesOn(t, i+4)
}

// viGoesOn reports whether what stands at i makes another number of the digits before it.
func viGoesOn(t *text, i int) bool {
	w := t.word(i)
	return w == "trăm" || w == "mươi" || w == "chục" || w == "phẩy" || w == "rưỡi" || w == "rưởi" || viScales[w] > 0
}

// viShortYear reads "hai lẻ sáu", as people say 2006 after "năm".
func viShortYear(t *text, i int) (year int64, end int, ok bool) {
	if w := t.word(i + 1); t.word(i) != "hai" || w != "lẻ" && w != "linh" {
		return 0, i, false
	}
	p := viParser{t: t}
	u, ok := p.unit(i + 2)
	return 2000 + u, i + 3, ok && !viGoesOn(t, i+3) && p.t.inSet(i+3, viCounters) == 0
}

// viYearWord returns the place in the digit words [i,j) of a "năm" that is the word year: one or two
// digits stand before it and behind it a year that reaches the run's end ("quý ba năm hai không hai sáu").
// It is -1 where every "năm" is a five, as in a telephone number.
func viYearWord(t *text, i, j int) int {
	if t.word(i) == "không" {
		return -1
	}
	for k := i + 1; k <= i+2 && k < j; k++ {
		if t.word(k) != "năm" {
			continue
		}
		if _, end, ok := viYearDigits(t, k+1); ok && end >= j {
			return k
		}
		if _, _, ok := viShortYear(t, k+1); ok && k+2 == j {
			return k
		}
	}
	return -1
}

// viYearRun reads the first of two years said one behind the other ("hai không hai lăm hai không ba mươi"),
// or a single one that ends in a number of tens. Digits after a document's noun are left to the run.
func viYearRun(t *text, i int) (spokenNumber, bool) {
	year, end, ok := viYearDigits(t, i)
	if !ok {
		return spokenNumber{}, false
	}
	_, second, pair := viYearDigits(t, end)
	if _, digit := viDigits[t.word(second)]; pair && digit && second == end+4 {
		pair = false // a longer run of digits is a code
	}
	tens := t.word(end-1) == "mươi" || t.word(end-2) == "mươi" || t.word(i+2) == "mười"
	if !pair && !tens || t.beforeInSet(i, viDocuments) {
		return spokenNumber{}, false
	}
	if tens && (t.inSet(end, viCounters) > 0 || t.inSet(end, viTally) > 0 || t.beforeInSet(i, viTallyBefore) || t.words(end, "phần trăm")) {
		return spokenNumber{}, false // "tán thành hai, không ba mươi": no year
	}
	v := new(big.Rat).SetInt64(year)
	return spokenNumber{value: v, end: end, spoken: true, digits: decimal(v)}, true
}

var (
	// viCountBefore are words that a count follows: a bare number behind them is no year.
	viCountBefore = setOf(`là, có, gồm, đạt, được, còn, khoảng, gần, hơn, trên, dưới, thêm, chỉ, số, thu về, phát ra, hợp lệ, tán thành, tăng, giảm,
		tổng số, tổng cộng, cộng, thu, chi, bằng, lên, xuống, quá, đủ, cần, nộp, kết nạp, vận động, xây dựng, thực hiện`)
	// viClauseWords may follow a year that nothing names as one; a noun would be what is counted.
	viClauseWords = setOf(`là, đến, tới, và, thì, sẽ, đã, về, trở, tăng, giảm, so, với, phải, cần, có, được, chưa, không, nay, chúng, các, tôi, phường, xã, đảng`)
)

// viRound are words before a scale that leave open how many of it there are.
var viRound = setOf("hàng, mấy, vài, nhiều, cả, trăm, nghìn, ngàn, chục, bạc, bao nhiêu, những, các, hằng, phần, muôn, vạn, từng, một, hai, ba, bốn, năm, sáu, bảy, tám, chín, mười, mươi")

// bareYear reports whether a number that nothing names as a year is one all the same: of 1900 to 2099, not
// a round thousand, with nothing behind it that it could count.
func (s *viScanner) bareYear(i int, n spokenNumber) bool {
	t := s.t
	if !n.spoken || !n.value.IsInt() || n.value.Cmp(ratInt(1900)) < 0 || n.value.Cmp(ratInt(2100)) >= 0 || n.value.Cmp(ratInt(2000)) == 0 {
		return false
	}
	if t.beforeInSet(i, viCountBefore) || s.counted(n.end) || viMoneyAt(t, n.end) || viGoesOn(t, n.end) || t.words(n.end, "phần trăm") {
		return false
	}
	if s.clauseEnd(n.end) {
		return !t.punct(n.end, "%")
	}
	if !viClauseWords[t.word(n.end)] {
		return false
	}
	other, ok := viNumber(t, n.end+1)
	return !ok || other.lone || yearRange(other.value) && !s.counted(other.end) && !viMoneyAt(t, other.end)
}

// viPair reads a number of two digits said one by one before its decimals or "phần trăm" ("tám ba phẩy năm",
// "chín hai phần trăm"). Neighbours such as "hai ba phần trăm" may be two or three, so they stay.
func viPair(t *text, i int) (spokenNumber, bool) {
	a, first := viDigits[t.word(i)]
	b, second := viDigits[t.word(i+1)]
	if !first || !second || a < 2 || b == 0 || t.word(i) == "năm" || t.name(i) || t.name(i+1) || t.word(i-1) == "tháng" || t.beforeInSet(i, viNumbering) {
		return spokenNumber{}, false
	}
	whole := int64(a*10 + b)
	switch {
	case t.word(i+2) == "phẩy":
		p := viParser{t: t}
		v, end, _ := p.fraction(whole, i+2)
		return spokenNumber{value: v, end: end, spoken: true}, end > i+2 && t.words(end, "phần trăm")
	case t.words(i+2, "phần trăm") && b != a+1 && t.word(i+1) != "năm":
		return spokenNumber{value: ratInt(whole), end: i + 2, spoken: true}, true
	}
	return spokenNumber{}, false
}
