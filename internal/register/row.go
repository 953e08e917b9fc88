package register

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bienban/internal/lang"
)

// row reads one line.
func (p *Preview) row(l line) Row {
	r := Row{Line: l.number}
	for i, c := range l.cells {
		if c == "" {
			continue
		}
		if i >= len(p.Columns) {
			r.Problems = append(r.Problems, Problem{Line: l.number, Column: letter(i), Refused: true,
				Text: say("nhiều ô hơn số cột ở dòng tiêu đề", "more cells than the headings have columns")})
			continue
		}
		col := p.Columns[i]
		if col.Key == "" || col.Key == "number" {
			continue
		}
		if utf8.RuneCountInString(c) > maxCell {
			r.refuse(p, col.Key, say(fmt.Sprintf("ô dài quá %d chữ", maxCell), fmt.Sprintf("the cell has more than %d letters", maxCell)))
			continue
		}
		if Formula(c) && col.Key != "alternate" {
			r.refuse(p, col.Key, say("ô bắt đầu như một công thức: "+c, "the cell begins like a formula: "+c))
			continue
		}
		p.cell(&r, col.Key, c)
	}
	d := &r.Delegate
	switch {
	case d.Name == "" && !r.Refused():
		r.refuse(p, "name", say("thiếu họ tên", "the name is missing"))
	case strings.ContainsFunc(d.Name, unicode.IsDigit):
		r.remark(p, "name", say("họ tên có chữ số: "+d.Name, "the name has a figure in it: "+d.Name))
	case d.Name != "" && len(strings.Fields(d.Name)) == 1:
		r.remark(p, "name", say("họ tên chỉ có một chữ: "+d.Name, "the name has one word only: "+d.Name))
	}
	return r
}

func (p *Preview) cell(r *Row, key, c string) {
	d := &r.Delegate
	switch key {
	case "name":
		d.Name = c
		if n := notAllCapitals(c); n != c {
			d.Name = n
			r.remark(p, key, say("viết hoa toàn bộ, đổi thành: "+n, "all in capitals, changed to: "+n))
		}
	case "unit":
		d.Unit = c
	case "title":
		d.Title = c
	case "education":
		d.Education = c
	case "sex":
		switch lang.FoldPlain(c) {
		case "nam", "m", "male", "man":
			d.Sex = "nam"
		case "nu", "f", "female", "woman":
			d.Sex = "nữ"
		default:
			d.Sex = c
			r.remark(p, key, say("giới tính không phải nam hoặc nữ: "+c, "the sex is neither male nor female: "+c))
		}
	case "male", "female": // a cross, or the date of birth in the column of the sex
		sex := map[string]string{"male": "nam", "female": "nữ"}[key]
		if d.Sex != "" && d.Sex != sex {
			r.refuse(p, key, say("đánh dấu cả nam và nữ", "marked as both male and female"))
			return
		}
		d.Sex = sex
		if date, ok := day(c); ok {
			d.Born = date
		}
	case "born", "party_since":
		date, ok := day(c)
		if !ok {
			r.remark(p, key, say("không phải ngày hoặc năm: "+c, "not a date or a year: "+c))
			date = c
		}
		if key == "born" {
			d.Born = date
		} else {
			d.PartySince = date
		}
	case "alternate":
		switch lang.FoldPlain(c) {
		case "true", "yes", "x", "1", "co", "du khuyet", "alternate":
			d.Alternate = true
		case "false", "no", "0", "khong", "-", "chinh thuc":
		default:
			r.refuse(p, key, say("phải là có hoặc không: "+c, "must be yes or no: "+c))
		}
	}
}

var (
	dayForm   = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)
	isoForm   = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00:00.*)?$`)
	monthForm = regexp.MustCompile(`^(\d{1,2})[/.-](\d{4})$`)
	yearForm  = regexp.MustCompile(`^(?:19|20)\d\d$`)
	serial    = regexp.MustCompile(`^\d{4,5}(?:\.0+)?$`)
)

// day writes a day as people here do, 18/5/1980 → 18/05/1980; a month or a year
// alone stay. A number like 29359 is a spreadsheet's day.
func day(s string) (string, bool) {
	valid := func(y, m, d string) (string, bool) {
		t, err := time.Parse("2006-1-2", y+"-"+strings.TrimLeft(m, "0")+"-"+strings.TrimLeft(d, "0"))
		return t.Format("02/01/2006"), err == nil
	}
	if g := dayForm.FindStringSubmatch(s); g != nil {
		return valid(g[3], g[2], g[1])
	}
	if g := isoForm.FindStringSubmatch(s); g != nil {
		return valid(g[1], g[2], g[3])
	}
	if g := monthForm.FindStringSubmatch(s); g != nil {
		n, _ := strconv.Atoi(g[1])
		return s, n >= 1 && n <= 12
	}
	if yearForm.MatchString(s) {
		return s, true
	}
	if serial.MatchString(s) {
		n, _ := strconv.ParseFloat(s, 64)
		// Spreadsheets count days from 30 December 1899 (for all after February 1900).
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)).Format("02/01/2006"), n > 3000
	}
	return s, false
}

// notAllCapitals writes NGUYỄN VĂN HÒA as Nguyễn Văn Hòa; other spellings stay.
func notAllCapitals(s string) string {
	if strings.ContainsFunc(s, unicode.IsLower) || !strings.ContainsRune(strings.TrimSpace(s), ' ') {
		return s
	}
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		r, n := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + w[n:]
	}
	return strings.Join(words, " ")
}

// Formula says whether a spreadsheet could take a cell for a formula (OWASP, CSV
// injection: = + - @, their full-width forms, tab and line ends at its beginning).
func Formula(cell string) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", first)
}

// Neutral puts an apostrophe before what a spreadsheet could take for a formula.
func Neutral(cell string) string {
	if Formula(cell) {
		return "'" + cell
	}
	return cell
}
