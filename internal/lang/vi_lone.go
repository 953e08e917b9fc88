package lang

import (
	"strings"
	"unicode"
)

// lone judges a single number word of one syllable.
func (s *viScanner) lone(i int, n spokenNumber) (*match, int) {
	t := s.t
	if m := s.twoDigits(i); m != nil {
		return m, m.j
	}
	weak := &match{i: i, j: n.end, kind: KindNumber, value: decimal(n.value), weak: true}
	if t.name(i) || t.word(i) == "năm" && s.afterFigure(i) {
		return nil, n.end // "năm mươi năm tuổi Đảng": the second counts years
	}
	m := s.plain(i, n)
	if s.numbering(i) && (t.word(i) != "một" || t.beforeInSet(i, viPlaces) && (!viArticle[t.word(i+1)] || t.word(i+1) == "là")) {
		if t.word(i) != "năm" || !s.yearish(i) && t.word(i-1) != "số" {
			return m, m.j
		}
	}
	if next, ok := viNumber(t, n.end); ok && next.spoken && t.word(n.end) != "năm" {
		// "hai ba người", "hai ba mươi hộ": two or three; keep both.
		return weak, next.end
	}
	if t.word(i) == "bốn" && t.word(n.end) == "năm" && t.inSet(n.end+1, viYearSafe) > 0 && t.inSet(n.end+1, viYearAfter) == 0 {
		return weak, n.end + 1 // "bốn năm đồng chí": four or five
	}
	if end := s.elided(i, n); end > 0 {
		return weak, end
	}
	if t.beforeInSet(i, viTallyBefore) && s.clauseEnd(n.end) {
		return m, m.j
	}
	if s.kept(i) && !(t.word(i) == "năm" && s.ranged(i, n.end)) {
		if t.word(i) == "năm" || t.word(i) == "một" && viArticle[t.word(i+1)] {
			return nil, n.end
		}
		return weak, n.end
	}
	if s.countable(i, n.end) {
		return m, m.j
	}
	if t.word(i) == "năm" {
		return nil, n.end // the word year, as far as anyone can tell
	}
	return weak, n.end
}

// elided returns the end of a range whose first number shares the scale of the second ("hai đến
// ba trăm hộ", "hai, ba trăm hộ"): its own value is not known, so both keep their words; else 0.
func (s *viScanner) elided(i int, n spokenNumber) int {
	link := s.t.word(n.end)
	if link != "đến" && link != "tới" && link != "hoặc" && !s.t.punct(n.end, ",") {
		return 0
	}
	other, ok := viNumber(s.t, n.end+1)
	if !ok || !other.spoken || other.digits != "" || other.value.Cmp(ratInt(20)) < 0 || other.value.Cmp(ratInt(1e6)) >= 0 {
		return 0
	}
	lead := strings.TrimRight(decimal(other.value), "0")
	first := decimal(n.value)
	if len(lead) != 1 || lead <= first || link == "" && lead[0] != first[0]+1 {
		return 0
	}
	return other.end
}

// afterFigure reports whether a number ends just before i.
func (s *viScanner) afterFigure(i int) bool {
	w := s.t.word(i - 1)
	_, digit := viDigits[w]
	return i > 0 && (s.t.isNumber(i-1) || digit || w == "mươi" || w == "mười" || w == "trăm" || w == "lăm" || w == "mốt" || viScales[w] > 0)
}

// clauseEnd reports whether no word follows at i in its clause.
func (s *viScanner) clauseEnd(i int) bool {
	return i >= len(s.t.tokens) || s.t.tokens[i].kind == tokenPunct && !s.t.punct(i, "-") && !s.t.punct(i, "/")
}

// kept reports whether the lone number word at i is held in place by what stands around it: an
// order (thứ hai), an approximation (vài ba), a name (bà tư), the word year, an article.
func (s *viScanner) kept(i int) bool {
	t := s.t
	if t.name(i) || t.beforeInSet(i, viKeepBefore) {
		return true
	}
	if viKin[t.word(i-1)] && !viPersons[t.word(i+1)] {
		return true
	}
	if t.tokens[i].capital && i+1 < len(t.tokens) && t.tokens[i+1].capital {
		return true // "Hai Bà Trưng"
	}
	switch t.word(i) {
	case "năm":
		return s.yearish(i)
	case "một":
		return t.inSet(i+1, viArticle) > 0
	}
	return false
}

var viPersons = setOf("tuổi, người, phiếu, lần, ngày, tháng, năm, việc, nội dung, vấn đề, ý")

// yearish reports whether "năm" at i is the word year.
func (s *viScanner) yearish(i int) bool {
	t := s.t
	next := t.word(i + 1)
	if next == "giờ" || next == "phút" || t.words(i+1, "phần trăm") {
		return false
	}
	if next == "năm" || next == "tháng" {
		return viPeriodBefore[t.word(i-1)]
	}
	return t.beforeInSet(i, viYearBefore) || t.inSet(i+1, viYearAfter) > 0 && t.inSet(i+1, viYearSafe) == 0 || t.words(i+1, "bản lề")
}

// viPeriodBefore are the words before "năm tháng" and "năm năm" that make a phrase of them.
var viPeriodBefore = setOf("những, bao, các, ngày, mấy, qua")

// countable reports whether a unit, a countable noun, a tally or the end of a range follows the
// lone number word at i.
func (s *viScanner) countable(i, end int) bool {
	t := s.t
	w := t.word(i)
	if w == "một" {
		return s.single(i)
	}
	if k := t.inSet(end, viCounters); k > 0 {
		if w == "năm" {
			return t.inSet(end, viYearSafe) > 0 || t.beforeInSet(i, viHowMany) && !(t.word(end) == "tổ" && t.word(end+1) == "chức")
		}
		if t.word(end) == "năm" && (t.word(end+1) == "nay" || t.word(end+1) == "ngoái") {
			return false
		}
		return true
	}
	if t.inSet(end, viTally) > 0 {
		return true
	}
	if t.word(end) == "trong" && w != "năm" {
		// A part of a whole: "bốn trong mười hai chỉ tiêu", "bốn trong tổng số mười hai".
		j := end + 1
		if t.words(j, "tổng số") {
			j += 2
		}
		n, ok := viNumber(t, j)
		return ok && !n.ambiguous && (!n.lone || t.inSet(n.end, viCounters) > 0 && !s.kept(j))
	}
	return s.ranged(i, end)
}

// ranged reports whether the lone number word at i opens a range whose second number carries the
// noun ("hai đến ba người").
func (s *viScanner) ranged(i, end int) bool {
	t := s.t
	link := t.word(end)
	if link == "đến" || link == "tới" && t.word(i) != "năm" || t.punct(end, "-") || t.punct(end, "–") {
		n, ok := viNumber(t, end+1)
		return ok && !n.ambiguous && n.digits == "" && !yearRange(n.value) &&
			(!n.lone || t.inSet(n.end, viCounters) > 0 && !s.kept(end+1))
	}
	return false
}

// single reports whether "một" at i counts: before a measure or in a tally. Before any other
// noun it is an article ("một phòng máy") and stays.
func (s *viScanner) single(i int) bool {
	t := s.t
	if t.inSet(i+1, viMeasures) > 0 && !(t.word(i+1) == "đồng" && t.inSet(i+2, viNotMoney) > 0) {
		return t.word(i+1) != "độ"
	}
	if t.inSet(i+1, viTally) > 0 {
		return true
	}
	k := t.inSet(i+1, viVoters)
	if k == 0 {
		return false
	}
	before := t.word(i - 1)
	return t.inSet(i+1+k, viTally) > 0 || before == "vắng" || before == "còn" && t.word(i+1) == "phiếu"
}

// numbering reports whether the noun before i takes a number as its name.
func (s *viScanner) numbering(i int) bool {
	if !s.t.beforeInSet(i, viNumbering) {
		return false
	}
	return s.t.word(i-1) != "số" || !s.t.beforeInSet(i-1, viNotNumbering)
}

// twoDigits reads two digit words after a noun whose number may be read digit by digit
// ("Nghị quyết năm bảy", "số không một").
func (s *viScanner) twoDigits(i int) *match {
	t := s.t
	if !s.numbering(i) || !t.beforeInSet(i, viDocuments) || t.name(i) {
		return nil
	}
	a, first := viDigits[t.word(i)]
	b, second := viDigits[t.word(i+1)]
	p := viParser{t: t}
	if !first || !second || t.name(i+1) || p.numeric(i+2) || s.counted(i+2) || t.word(i+1) == "năm" && t.word(i+2) != "" && !s.slash(i+2) {
		return nil
	}
	digits := string([]byte{byte('0' + a), byte('0' + b)})
	n := spokenNumber{value: ratInt(int64(a*10 + b)), end: i + 2, spoken: true, digits: digits}
	if m := s.code(i, n); m != nil {
		return m
	}
	return &match{i: i, j: i + 2, kind: KindNumber, value: decimal(n.value), written: digits, spoken: true}
}

// run judges three or more digit words: a year, a number after its noun, or a long code. Any
// other run of three may be a count-in or an approximation and stays.
func (s *viScanner) run(i int, n spokenNumber) (*match, int) {
	m := &match{i: i, j: n.end, kind: KindNumber, value: decimal(n.value), written: n.digits, spoken: true}
	if s.isYear(i, n) {
		s.yearEnd = n.end
		if i > 0 && s.adjacentYear(i) {
			m.written = "- " + m.written
		}
		return m, m.j
	}
	if year, end, ok := viYearDigits(s.t, i); ok && end == n.end && !s.counted(n.end) && decimal(ratInt(year)) == n.digits {
		s.yearEnd = n.end // not named as a year, but another may follow
	}
	if len(n.digits) >= 5 && n.digits[0] == '0' {
		m.kind, m.value = KindDocNumber, n.digits
	}
	if len(n.digits) < 4 && !s.t.beforeInSet(i, viDocuments) && (!s.numbering(i) || s.five(i+1, n.end)) {
		return nil, n.end
	}
	return m, m.j
}

// five reports whether a "năm" stands in [i,j), which may be the word year ("phương án hai năm năm").
func (s *viScanner) five(i, j int) bool {
	for ; i < j; i++ {
		if s.t.word(i) == "năm" {
			return true
		}
	}
	return false
}

// slash reports whether a spoken separator of a document number stands at i.
func (s *viScanner) slash(i int) bool {
	_, words := s.separator(i)
	return words > 0
}

func (s *viScanner) separator(i int) (string, int) {
	switch {
	case s.t.words(i, "gạch chéo"), s.t.words(i, "gạch xéo"), s.t.words(i, "xuyệt"), s.t.words(i, "xẹt"), s.t.words(i, "xẹc"):
		if s.t.word(i) == "gạch" {
			return "/", 2
		}
		return "/", 1
	case s.t.words(i, "gạch ngang"), s.t.words(i, "gạch nối"):
		return "-", 2
	}
	return "", 0
}

// code reads a number with spoken separators or a letter after it: "năm mươi bảy gạch ngang NQ
// gạch chéo TW", "quốc lộ một A", "hẻm một trăm hai mươi xuyệt năm".
func (s *viScanner) code(i int, n spokenNumber) *match {
	t := s.t
	if !n.value.IsInt() || n.ambiguous || !s.numbering(i) {
		return nil
	}
	first := n.digits
	if first == "" {
		first = s.figure(i, n.end, n.value)
	}
	var b strings.Builder
	b.WriteString(first)
	j := n.end
	for {
		sep, words := s.separator(j)
		if words == 0 {
			break
		}
		part, end := s.codePart(j + words)
		if part == "" {
			break
		}
		b.WriteString(sep + part)
		j = end
	}
	if j == n.end {
		w := t.word(j)
		if len(w) != 1 || w[0] < 'a' || w[0] > 'e' || !n.spoken || t.word(i-1) == "lớp" && !t.tokens[j].capital {
			return nil
		}
		b.WriteString(strings.ToUpper(w))
		j++
	}
	code := b.String()
	return &match{i: i, j: j, kind: KindDocNumber, value: code, written: code, spoken: true}
}

// codePart reads a number or up to five letters of a document number.
func (s *viScanner) codePart(i int) (string, int) {
	if n, ok := viNumber(s.t, i); ok && !n.ambiguous && n.value.IsInt() {
		if n.digits != "" {
			return n.digits, n.end
		}
		return s.figure(i, n.end, n.value), n.end
	}
	if i < len(s.t.tokens) && s.t.tokens[i].kind == tokenWord && len([]rune(s.t.tokens[i].text)) <= 5 {
		return strings.Map(unicode.ToUpper, s.t.tokens[i].text), i + 1
	}
	return "", i
}

// ordinal reads "lần thứ N" and "thứ N". Simple ones keep their words; "thứ hai" alone may be
// Monday, so it is weak.
func (s *viScanner) ordinal(i int) (*match, int) {
	t := s.t
	j, weak := i, true
	if t.word(i) == "lần" {
		if t.word(i+1) != "thứ" {
			return nil, i + 1
		}
		j, weak = i+1, false
	}
	j++
	value, end, spoken := "", j+1, false
	switch w := t.word(j); w {
	case "nhất":
		value = "1"
	case "nhì":
		value = "2"
	case "tư":
		value = "4"
	default:
		if r := romanAt(t, j); r > 0 {
			value = decimal(ratInt(int64(r)))
		} else if n, ok := viNumber(t, j); ok && n.value.IsInt() && !n.ambiguous && n.digits == "" && n.value.Sign() > 0 {
			value, end, spoken = decimal(n.value), n.end, n.spoken && !n.lone
		}
	}
	if value == "" {
		return nil, i + 1
	}
	weak = weak && len(value) == 1 // "thứ 2" is as likely Monday
	return &match{i: j, j: end, kind: KindOrdinal, value: value, written: value, spoken: spoken, weak: weak}, end
}

var viRomanBefore = setOf("khóa, quý, chương, phần, mục, kỳ, giai đoạn, loại, đợt, cấp, hạng")

// roman reads a Roman numeral after a noun that takes one ("quý III", "khóa XIV").
func (s *viScanner) roman(i int) *match {
	if r := romanAt(s.t, i); r > 0 && s.t.beforeInSet(i, viRomanBefore) {
		return &match{i: i, j: i + 1, kind: KindNumber, value: decimal(ratInt(int64(r)))}
	}
	return nil
}

// romanAt returns the value of a well-formed Roman numeral below 90 at i, else 0.
func romanAt(t *text, i int) int {
	if t.word(i) == "" || len(t.tokens[i].text) > 7 {
		return 0
	}
	n, last := 0, 0
	runes := t.tokens[i].text
	for k := len(runes) - 1; k >= 0; k-- {
		v := strings.IndexByte("IVXL", runes[k])
		if v < 0 {
			return 0
		}
		d := []int{1, 5, 10, 50}[v]
		if d < last {
			n -= d
		} else {
			n, last = n+d, d
		}
	}
	if n <= 0 || romanOf(n) != runes {
		return 0
	}
	return n
}

func romanOf(n int) string {
	var b strings.Builder
	for _, d := range []struct {
		v int
		s string
	}{{50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= d.v; n -= d.v {
			b.WriteString(d.s)
		}
	}
	return b.String()
}
