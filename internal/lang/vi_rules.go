package lang

import (
	"math/big"
)

var (
	viFourth      = setOf("quý, khóm, ấp, phường, quận, tổ")
	viPrivate     = setOf("nhân, vấn, pháp, tưởng, duy, cách, liệu, thục, lợi, sản, bản, doanh, do, thế, lệnh")
	viDayBefore   = setOf("ngày, mùng, mồng, hôm")
	viClockBefore = setOf("lúc, hồi, vào, từ, đến, trước, khoảng, sau")
	viDayHalf     = setOf("sáng, trưa, chiều, tối, đêm")
	viOften       = setOf("lần, lượt, buổi, cuộc, kỳ, phiên, ngày, đợt") // "mỗi tháng hai lần"
	viMonthNot    = setOf("mỗi, hàng, hằng, một, từng, mấy, vài, các, những, nhiều, ngày")
)

// date reads "[ngày] D tháng M [năm Y]".
func (s *viScanner) date(i int, n spokenNumber) *match {
	t := s.t
	if t.word(n.end) != "tháng" || n.digits != "" || n.ambiguous || !n.value.IsInt() || n.value.Cmp(ratInt(31)) > 0 {
		return nil
	}
	day := int(n.value.Num().Int64())
	named := viDayBefore[t.word(i-1)]
	month, end, spoken, ok := s.monthNumber(n.end + 1)
	if !ok {
		if named && day > 0 {
			return &match{i: i, j: n.end, kind: KindNumber, value: decimal(n.value), written: decimal(n.value), spoken: n.spoken}
		}
		return nil
	}
	year, yearEnd, yearSpoken := s.yearAfter(end)
	if !validDate(day, month, year) || !named && year == 0 && s.counted(end) && t.word(end) != "năm" {
		return nil // "ba tháng hai lần"
	}
	m := &match{i: i, j: end, kind: KindDate, spoken: n.spoken || spoken || yearSpoken, value: dateOf(day, month, year)}
	m.written = s.figure(i, n.end, n.value) + " tháng " + s.figure(n.end+1, end, ratInt(int64(month)))
	if year > 0 {
		m.j, s.yearEnd = yearEnd, yearEnd
		m.written += " năm " + decimal(ratInt(int64(year)))
	}
	return m
}

// figure keeps a written figure as it was ("09"), else writes v.
func (s *viScanner) figure(i, end int, v *big.Rat) string {
	if end == i+1 && s.t.isNumber(i) {
		return s.t.tokens[i].text
	}
	return decimal(v)
}

// monthNumber reads the number of a month at i. "tháng năm" before a year is "months of the
// year", unless a second "năm" follows.
func (s *viScanner) monthNumber(i int) (month, end int, spoken, ok bool) {
	t := s.t
	if t.isNumber(i) {
		month = small(t, i)
		return month, i + 1, false, month >= 1 && month <= 12 && len(t.tokens[i].text) <= 2 && !t.punct(i+1, "/")
	}
	if t.word(i) == "tư" && !viPrivate[t.word(i+1)] {
		return 4, i + 1, true, true
	}
	if t.word(i) == "năm" && t.word(i+1) != "năm" {
		if _, isYear := s.yearAt(i + 1); isYear || viYearAfter[t.word(i+1)] && t.word(i+1) != "tới" && t.word(i+1) != "này" {
			return 0, 0, false, false
		}
	}
	p := viParser{t: t}
	n, end, ok := p.tens(i)
	if !ok || n < 1 || n > 12 || t.name(i) || t.word(end) == "mươi" || t.word(end) == "trăm" || viScales[t.word(end)] > 0 {
		return 0, 0, false, false
	}
	return int(n), end, true, true
}

// yearAfter reads "[năm] Y" after a month; 0 if there is none.
func (s *viScanner) yearAfter(i int) (year, end int, spoken bool) {
	j := i
	if s.t.word(i) == "năm" {
		j++
	} else if s.t.isNumber(i) {
		return 0, i, false
	}
	n, ok := s.yearAt(j)
	if !ok {
		return 0, i, false
	}
	return int(n.value.Num().Int64()), n.end, n.spoken
}

// month reads "tháng M [năm Y]" with no day before it.
func (s *viScanner) month(i int) *match {
	t := s.t
	if t.isNumber(i + 1) {
		if value, end, ok := writtenDate(t, i+1, false); ok {
			return &match{i: i, j: end, kind: KindDate, value: value}
		}
	}
	month, end, spoken, ok := s.monthNumber(i + 1)
	if !ok || viMonthNot[t.word(i-1)] || t.punct(end, "%") || t.words(end, "phần trăm") {
		return nil
	}
	year, yearEnd, yearSpoken := s.yearAfter(end)
	_, counts := viDigits[t.word(i-1)]
	counts = counts || t.isNumber(i-1)
	if year == 0 && (viOften[t.word(end)] || counts && s.counted(end) && t.word(end) != "năm") || t.inSet(end, viMeasures) > 0 {
		return nil
	}
	if _, more := viDigits[t.word(end)]; more && spoken && year == 0 && t.word(end) != "năm" && t.word(end) != "không" {
		return nil
	}
	m := &match{i: i, j: end, kind: KindDate, spoken: spoken || yearSpoken, value: dateOf(0, month, year)}
	m.written = t.tokens[i].text + " " + s.figure(i+1, end, ratInt(int64(month)))
	if year > 0 {
		m.j, s.yearEnd = yearEnd, yearEnd
		m.written += " năm " + decimal(ratInt(int64(year)))
	}
	return m
}

// time reads "H giờ [M [phút] | rưỡi | kém M] [sáng|chiều|…]".
func (s *viScanner) time(i int, n spokenNumber) *match {
	t := s.t
	if t.word(n.end) != "giờ" || n.digits != "" || !n.value.IsInt() || n.value.Cmp(ratInt(24)) > 0 {
		return nil
	}
	hour, minute, j := int(n.value.Num().Int64()), 0, n.end+1
	h := s.figure(i, n.end, n.value)
	m := &match{i: i, kind: KindTime, spoken: n.spoken, written: h + " giờ"}
	switch w := t.word(j); {
	case w == "rưỡi" || w == "rưởi":
		minute, m.spoken = 30, true
		m.written += " 30 phút"
		j++
	case w == "kém":
		less, end, _, ok := s.minutes(j+1, true)
		if !ok || less == 0 || hour == 0 {
			return nil
		}
		hour, minute, j, m.spoken = hour-1, 60-less, end, true
		m.written = decimal(ratInt(int64(hour))) + " giờ " + twoDigits(minute) + " phút"
	default:
		value, end, spoken, ok := s.minutes(j, false)
		if !ok {
			if t.word(i-1) != "" && viClockBefore[t.word(i-1)] || viDayHalf[t.word(j)] {
				break
			}
			return nil // a duration, or an hour like any other number
		}
		minute, m.spoken = value, m.spoken || spoken
		m.written += " " + twoDigits(minute)
		if t.word(end-1) == "phút" {
			m.written += " phút"
		}
		j = end
	}
	m.j = j
	m.value = timeOf(hour, minute)
	return s.halfOfDay(m)
}

// minutes reads the minutes at i, with "phút" or without where nothing else can be counted.
func (s *viScanner) minutes(i int, bare bool) (minute, end int, spoken, ok bool) {
	t := s.t
	if t.isNumber(i) {
		if minute = small(t, i); minute < 0 || minute > 59 || len(t.tokens[i].text) > 2 || t.punct(i+1, "/") || t.punct(i+1, "%") {
			return 0, 0, false, false
		}
		end = i + 1
	} else {
		p := viParser{t: t}
		n, after, found := p.tens(i)
		if !found || n > 59 || t.name(i) || t.word(i) == "không" {
			return 0, 0, false, false
		}
		minute, end, spoken = int(n), after, true
	}
	if t.word(end) == "phút" {
		return minute, end + 1, spoken, true
	}
	next := t.word(end)
	if s.counted(end) || viScales[next] > 0 || next == "trăm" || next == "mươi" || next == "phẩy" || next == "phần" || next == "tháng" {
		return 0, 0, false, false
	}
	if spoken && minute < 10 && !bare {
		return 0, 0, false, false // "bảy giờ năm nay": five minutes would be said "năm phút"
	}
	return minute, end, spoken, true
}

// halfOfDay makes a time of the afternoon one of 24 hours ("3 giờ chiều" is 15:00).
func (s *viScanner) halfOfDay(m *match) *match {
	if m.kind != KindTime {
		return m
	}
	hour, minute := atoi(m.value[:2]), atoi(m.value[3:])
	w := s.t.word(m.j)
	switch {
	case (w == "chiều" || w == "tối") && hour < 12, w == "đêm" && hour >= 6 && hour < 12, w == "trưa" && hour < 4:
		m.value = timeOf(hour+12, minute)
	case w == "đêm" && hour == 12:
		m.value = timeOf(0, minute)
	}
	return m
}

// percent reads "N phần trăm" and "N%".
func (s *viScanner) percent(i int, n spokenNumber) *match {
	var end int
	words := false
	if w := s.t.word(n.end); (w == "rưỡi" || w == "rưởi") && n.value.IsInt() && n.value.Cmp(ratInt(100)) < 0 && n.digits == "" && !(n.lone && s.t.name(i)) {
		n.value, n.end, n.spoken = new(big.Rat).Add(n.value, big.NewRat(1, 2)), n.end+1, true
	}
	switch {
	case s.t.words(n.end, "phần trăm"):
		end, words = n.end+2, true
	case s.t.punct(n.end, "%"):
		end = n.end + 1
	default:
		return nil
	}
	if n.ambiguous {
		return nil
	}
	return &match{
		i: i, j: end, kind: KindPercent, unit: "%", value: decimal(s.signed(i, n.value)),
		written: viFormat(n) + "%", spoken: n.spoken || words,
	}
}

// fraction reads "hai phần ba".
func (s *viScanner) fraction(i int, n spokenNumber) *match {
	if s.t.word(n.end) != "phần" || !n.value.IsInt() || n.value.Sign() == 0 || n.ambiguous {
		return nil
	}
	j := n.end + 1
	below, ok := viNumber(s.t, j)
	if s.t.word(j) == "tư" && !viPrivate[s.t.word(j+1)] {
		below, ok = spokenNumber{value: ratInt(4), end: j + 1, spoken: true}, true
	}
	if !ok || below.ambiguous || !below.value.IsInt() || below.value.Cmp(n.value) <= 0 ||
		s.t.word(j) == "năm" && viYearAfter[s.t.word(j+1)] {
		return nil
	}
	return s.ratioMatch(i, n, below)
}

// ratio reads "một trăm bốn mươi ba trên một trăm bốn mươi lăm": a part of a whole.
func (s *viScanner) ratio(i int, n spokenNumber) *match {
	if s.t.word(n.end) != "trên" || !n.value.IsInt() || n.ambiguous || n.lone && s.kept(i) {
		return nil
	}
	whole, ok := viNumber(s.t, n.end+1)
	if !ok || whole.ambiguous || !whole.value.IsInt() || whole.value.Cmp(n.value) < 0 ||
		s.t.words(whole.end, "phần trăm") || s.t.punct(whole.end, "%") || whole.value.Sign() == 0 {
		return nil
	}
	return s.ratioMatch(i, n, whole)
}

func (s *viScanner) ratioMatch(i int, n, whole spokenNumber) *match {
	return &match{
		i: i, j: whole.end, kind: KindRatio, value: decimal(n.value) + "/" + decimal(whole.value),
		written: grouped(n.value, ".", ",") + "/" + grouped(whole.value, ".", ","), spoken: n.spoken || whole.spoken,
	}
}

// viMoneyAt reports whether a currency stands at i.
func viMoneyAt(t *text, i int) bool {
	_, n := viCurrencyAt(t, i)
	return n > 0
}

func viCurrencyAt(t *text, i int) ([2]string, int) {
	w := t.word(i)
	if w == "" {
		return [2]string{}, 0
	}
	phrase := []string{w, w + " " + t.word(i+1), w + " " + t.word(i+1) + " " + t.word(i+2)}
	for k := 2; k >= 0; k-- {
		if c, ok := viCurrencies[phrase[k]]; ok {
			if k == 0 && w == "đồng" && t.inSet(i+1, viNotMoney) > 0 {
				return [2]string{}, 0
			}
			return c, k + 1
		}
	}
	return [2]string{}, 0
}

// money reads an amount: a number before a currency.
func (s *viScanner) money(i int, n spokenNumber) *match {
	c, words := viCurrencyAt(s.t, n.end)
	if words == 0 || n.lone && s.t.name(i) {
		return nil
	}
	return &match{
		i: i, j: n.end + words, kind: KindMoney, unit: c[0], value: decimal(s.signed(i, n.value)),
		written: viFormat(n) + " " + c[1], spoken: n.spoken,
	}
}

// halfUnit reads "ba tấn rưỡi": a measure and a half.
func (s *viScanner) halfUnit(i int, n spokenNumber) *match {
	k := s.t.inSet(n.end, viMeasures)
	if w := s.t.word(n.end); k == 0 && (w == "năm" || w == "tháng" || w == "tuần" || w == "ngày" || w == "buổi" || w == "điểm") {
		k = 1
	}
	last := n.end + k
	if w := s.t.word(last); k == 0 || w != "rưỡi" && w != "rưởi" || !n.value.IsInt() || n.ambiguous || n.digits != "" || n.lone && s.t.name(i) {
		return nil
	}
	v := new(big.Rat).Add(n.value, big.NewRat(1, 2))
	m := s.plain(i, spokenNumber{value: v, end: n.end, spoken: true})
	if m.j == n.end {
		m.written += s.t.src[s.t.tokens[n.end-1].end:s.t.tokens[last-1].end]
	}
	m.j = last + 1
	return m
}
