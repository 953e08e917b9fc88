package check

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// bears says whether p in the evidence bears q out.
func (c *sentenceCase) bears(q, p figure, proof []figure) bool {
	switch q.Kind {
	case lang.KindDate:
		return c.sameDate(q.Value, p)
	case lang.KindTime:
		if p.Kind == lang.KindNumber && p.hour { // "before seven in the morning"
			p.Kind, p.Value, p.Text = lang.KindTime, fmt.Sprintf("%02s:00", p.Value), ""
		}
		return p.Kind == lang.KindTime && sameTime(q, p)
	case lang.KindMoney:
		// "at 400 and at £650": the currency is said once.
		if c.vi && q.Unit == "VND" && p.Kind == lang.KindNumber && p.measure == "" && p.Value == q.Value && len(p.Value) > 3 {
			return true // "mỗi bình hai trăm tám mươi nghìn": the currency goes without saying
		}
		once := p.Kind == lang.KindNumber && p.measure == "" && slices.ContainsFunc(proof, func(f figure) bool { return f.Kind == lang.KindMoney && f.Unit == q.Unit })
		return (p.Kind == lang.KindMoney && p.Unit == q.Unit || once) && p.Value == q.Value && samePeriod(q, p)
	case lang.KindPercent:
		return p.Kind == lang.KindPercent && (p.Value == q.Value || rounded(p.Value, q.Value))
	case lang.KindRatio:
		return c.voteRatio(q.Value) || sameRatio(q, p, proof)
	case lang.KindDocNumber:
		return p.Kind == lang.KindDocNumber && lang.Fold(p.Value) == lang.Fold(q.Value) || p.Value == q.Value
	case lang.KindOrdinal:
		return (p.Kind == lang.KindOrdinal || p.Kind == lang.KindNumber) && p.Value == q.Value
	}
	return c.sameNumber(q, p)
}

// rounded says whether own is proof with fewer decimals, one at least: "90,9%" for 90.91.
func rounded(proof, own string) bool {
	_, decimals, _ := strings.Cut(own, ".")
	_, more, _ := strings.Cut(proof, ".")
	if len(decimals) == 0 || len(more) <= len(decimals) {
		return false
	}
	r, ok := new(big.Rat).SetString(proof)
	return ok && r.FloatString(len(decimals)) == own
}

func samePeriod(q, p figure) bool { return q.per == "" || p.per == "" || q.per == p.per }

func (c *sentenceCase) sameNumber(q, p figure) bool {
	if !samePeriod(q, p) {
		return false
	}
	if p.measure != "" && q.measure == "" && wordStart.MatchString(q.next) {
		return false // four years are not four firms
	}
	switch p.Kind {
	case lang.KindOrdinal:
		return c.vi && p.Value == q.Value // "a third" is no three
	case lang.KindNumber:
		return p.Value == q.Value && (p.measure == q.measure || p.measure == "" || q.measure == "")
	case lang.KindMoney:
		return p.Value == q.Value && (q.measure == "" || strings.EqualFold(q.measure, p.Unit))
	case lang.KindRatio:
		a, b, _ := strings.Cut(p.Value, "/")
		return a == q.Value || b == q.Value
	case lang.KindDate: // the year alone, or the month
		return len(q.Value) == 4 && strings.HasPrefix(p.Value, q.Value)
	case lang.KindDocNumber: // "Nghị quyết 57" for "57-NQ/TW"
		n, _, _ := strings.Cut(p.Value, "-")
		n, _, _ = strings.Cut(n, "/")
		return n == q.Value
	case lang.KindTime:
		return false
	}
	return false
}

var (
	wordStart = regexp.MustCompile(`^\p{L}`)
	outOf     = regexp.MustCompile(`(\d+)(?:\s*/\s*| of (?:the |our |all )?| out of (?:the )?| trên | trong (?:tổng )?số )(\d+)`)
)

// pairs confirms "8 of the 9": both figures may stand in the evidence and still
// not be that pair.
func (c *sentenceCase) pairs(proof []figure) {
	said := outOf.FindAllStringSubmatch(c.proof, -1)
	for _, p := range outOf.FindAllStringSubmatch(c.text, -1) {
		same, near, times := false, false, 0
		for _, s := range said {
			same = same || s[1] == p[1] && s[2] == p[2]
			near = near || s[1] == p[1] || s[2] == p[2]
		}
		for _, f := range proof {
			if f.Kind == lang.KindNumber && f.Value == p[1] {
				times++
			}
		}
		if !same && !c.voteRatio(p[1]+"/"+p[2]) && (near || p[1] == p[2] && times < 2) {
			c.flag(minutes.FlagNumber, "số %q không có trong nguồn", "the figure %q is not in the evidence", p[0])
		}
	}
}

// sameRatio: "7/8" stands where the evidence has it, or both its figures.
func sameRatio(q, p figure, proof []figure) bool {
	if p.Kind == lang.KindRatio {
		return p.Value == q.Value
	}
	a, b, _ := strings.Cut(q.Value, "/")
	has := func(v string) bool {
		return slices.ContainsFunc(proof, func(f figure) bool {
			return (f.Kind == lang.KindNumber || f.Kind == lang.KindOrdinal) && f.Value == v
		})
	}
	ratio := slices.ContainsFunc(proof, func(f figure) bool { return f.Kind == lang.KindRatio })
	return !ratio && has(a) && has(b)
}

var halfDay = regexp.MustCompile(`(?i)\b[ap]\.?\s?m\b|sáng|chiều|tối|trưa|đêm|khuya|morning|afternoon|evening|noon|midnight`)

// sameTime compares clocks; a clock of twelve hours is as good as one of
// twenty-four unless a text says which half of the day it means.
func sameTime(q, p figure) bool {
	if q.Value == p.Value {
		return true
	}
	a, okA := clock(q.Value)
	b, okB := clock(p.Value)
	if !okA || !okB || (a-b)%720 != 0 {
		return false
	}
	early := q
	if b < a {
		early = p
	}
	return !halfDay.MatchString(early.Text)
}

func clock(v string) (minutes int, ok bool) {
	h, m, found := strings.Cut(v, ":")
	x, err1 := strconv.Atoi(h)
	m, _, _ = strings.Cut(m, ":")
	y, err2 := strconv.Atoi(m)
	return 60*x + y, found && err1 == nil && err2 == nil
}

// sameDate compares a date of the sentence with a figure of the evidence. A
// date may take its year from the meeting, and may say less than its evidence.
func (c *sentenceCase) sameDate(v string, p figure) bool {
	if p.Kind == lang.KindNumber {
		return v == p.Value // a year
	}
	if p.Kind != lang.KindDate {
		return false
	}
	y1, m1, d1 := dateParts(v)
	y2, m2, d2 := dateParts(p.Value)
	if m1 != m2 && m1 != "" || d1 != d2 && d1 != "" {
		return false
	}
	if y1 == "" || y2 == y1 {
		return true
	}
	return y2 == "" && c.meetingYear(y1, m2, d2)
}

func dateParts(v string) (y, m, d string) {
	if strings.HasPrefix(v, "--") {
		m, d, _ = strings.Cut(v[2:], "-")
		return "", m, d
	}
	parts := strings.SplitN(v, "-", 3)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	return parts[0], parts[1], parts[2]
}

// meetingYear says whether a day that was named without a year may be of year
// y: the meeting's own, the one before when the day would else be far ahead,
// the one after when it would be long past.
func (c *sentenceCase) meetingYear(y, m, _ string) bool {
	start := c.m.Start
	if start.IsZero() {
		return false
	}
	year, err := strconv.Atoi(y)
	month, _ := strconv.Atoi(m)
	if err != nil {
		return false
	}
	switch year - start.Year() {
	case 0:
		return true
	case 1: // "by 30 June", said in November
		return month > 0 && month < int(start.Month())
	case -1: // "the meeting of 12 December", said in January
		return month > 0 && month > int(start.Month())
	}
	return false
}

var today = regexp.MustCompile(`\b(?:today|tonight|this (?:evening|morning|afternoon))\b|hôm nay|sáng nay|chiều nay|tối nay`)

// ownDay lets "today" stand for the meeting's own date, and a time stand for
// its start or end where the evidence says that it opens or closes.
func (c *sentenceCase) ownDay(q figure) bool {
	if q.Kind != lang.KindDate || c.m.Start.IsZero() || !today.MatchString(lang.Fold(c.proof)) {
		return false
	}
	s := c.m.Start
	return c.sameDate(q.Value, figure{Quantity: lang.Quantity{Kind: lang.KindDate, Value: fmt.Sprintf("%04d-%02d-%02d", s.Year(), int(s.Month()), s.Day())}})
}

var (
	enDays = regexp.MustCompile(`\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b`)
	viDays = regexp.MustCompile(`(?:sáng|chiều|tối|ngày|vào|trước|đến|từ) (?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)`)
)

// weekdays confirms the days of the week that the sentence names.
func (c *sentenceCase) weekdays() {
	re := enDays
	if c.vi {
		re = viDays
	} else if c.language != "en" {
		return
	}
	proof := lang.Fold(c.proof + " " + c.about())
	for _, d := range re.FindAllString(lang.Fold(c.text), -1) {
		key := strings.TrimSuffix(d, "s")
		if c.vi {
			_, key, _ = strings.Cut(d, " ")
		}
		if !strings.Contains(proof, key) {
			c.flag(minutes.FlagDate, "%q không có trong nguồn", "%q is not in the evidence", d)
		}
	}
}
