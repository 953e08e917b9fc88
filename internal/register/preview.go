package register

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"bienban/internal/lang"
	"bienban/minutes"
)

// Limits on what is read. A province's congress has some hundred delegates.
const (
	maxBytes   = 8 << 20  // of a file as it comes
	maxUnzip   = 64 << 20 // of all that a workbook unpacks to
	maxPart    = 32 << 20 // of one of its parts
	maxRows    = 20_000
	maxColumns = 64
	maxCell    = 1_000 // runes
	headWithin = 30    // the headings stand in one of the first rows
)

// Text is a line for people in both languages of the interface.
type Text struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// in is the line in a language; English for all but Vietnamese.
func (t Text) in(language string) string {
	if language == "vi" {
		return t.VI
	}
	return t.EN
}

// Problem is something about a line that people must see.
type Problem struct {
	Line    int    `json:"line"`             // of the file, from 1; 0 = of the whole file
	Column  string `json:"column,omitempty"` // its letter as a spreadsheet shows it
	Heading string `json:"heading,omitempty"`
	Refused bool   `json:"refused,omitempty"` // the line is left out; else it is a remark
	Text    Text   `json:"text"`
}

// Row is a line of a register as it was understood.
type Row struct {
	Line     int              `json:"line"`
	Delegate minutes.Delegate `json:"delegate"`
	Problems []Problem        `json:"problems,omitempty"`
}

// Refused says whether the line is left out.
func (r Row) Refused() bool {
	for _, p := range r.Problems {
		if p.Refused {
			return true
		}
	}
	return false
}

// Column is a column of the file and what it was taken for.
type Column struct {
	Letter  string `json:"letter"`
	Heading string `json:"heading"`
	Key     string `json:"key,omitempty"` // "" = not used
}

// Preview is a register before it is taken over.
type Preview struct {
	Sheet    string    `json:"sheet,omitempty"` // of a workbook
	Columns  []Column  `json:"columns"`
	Rows     []Row     `json:"rows"`
	Problems []Problem `json:"problems,omitempty"` // of no row
}

// Delegates gives the rows that are not refused.
func (p *Preview) Delegates() []minutes.Delegate {
	out := []minutes.Delegate{}
	for _, r := range p.Rows {
		if !r.Refused() {
			out = append(out, r.Delegate)
		}
	}
	return out
}

// Refused counts the rows that are left out.
func (p *Preview) Refused() int { return len(p.Rows) - len(p.Delegates()) }

// line is a row of cells with its number in the file.
type line struct {
	number int
	cells  []string
}

func (l line) empty() bool {
	for _, c := range l.cells {
		if c != "" {
			return false
		}
	}
	return true
}

// clean makes a cell one line of NFC text without control characters.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u00a0':
			return ' '
		case r < ' ' || r == 0x7f || r == '\ufeff' || r == '\u200b' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1 // invisible; the last ones turn the direction of what follows
		case r == utf8.RuneError:
			return '?'
		}
		return r
	}, lang.NFC(s))
	return strings.Join(strings.Fields(s), " ")
}

// letter is a column as a spreadsheet calls it: A, …, Z, AA.
func letter(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// extraColumns are headings that package minutes does not know: columns that
// Vietnamese lists have beside those.
var extraColumns = map[string]string{
	"nam": "male", "nu": "female", "stt": "number", "tt": "number", "so tt": "number", "so thu tu": "number", "no": "number", "no.": "number", "#": "number",
	"ho va ten dai bieu": "name", "ho ten dai bieu": "name", "dai bieu": "name", "ten dai bieu": "name", "delegate": "name", "member": "name", "councillor": "name",
	"don vi, chi bo": "unit", "ward": "unit", "party": "unit", "chuc vu, don vi": "title", "chuc vu hien nay": "title", "chuc vu don vi cong tac": "title", "role": "title",
	"ngay, thang, nam sinh": "born", "date of birth": "born", "ngay vao dang chinh thuc": "party_since", "trinh do chuyen mon": "education",
	"dai bieu du khuyet": "alternate", "alternates": "alternate",
}

func keyOf(heading string) string {
	folded := strings.TrimRight(lang.FoldPlain(heading), " .:*")
	if k := minutes.RegisterColumn(folded); k != "" {
		return k
	}
	return extraColumns[folded]
}

// preview finds the headings and reads what stands below them.
func preview(lines []line) (*Preview, bool) {
	head := -1
	for i, l := range lines {
		if i >= headWithin {
			break
		}
		for _, c := range l.cells {
			if keyOf(c) == "name" {
				head = i
			}
		}
		if head >= 0 {
			break
		}
	}
	if head < 0 {
		return nil, false
	}
	p := &Preview{}
	taken := map[string]bool{}
	for i, c := range lines[head].cells {
		col := Column{Letter: letter(i), Heading: c, Key: keyOf(c)}
		switch {
		case col.Key != "" && taken[col.Key]:
			p.Problems = append(p.Problems, Problem{Line: lines[head].number, Column: col.Letter, Heading: c,
				Text: say("hai cột cùng loại, chỉ dùng cột đầu", "two columns of one kind, only the first is used")})
			col.Key = ""
		case col.Key == "" && c != "":
			p.Problems = append(p.Problems, Problem{Line: lines[head].number, Column: col.Letter, Heading: c,
				Text: say("cột không dùng đến, bỏ qua", "not a column that is used, left out")})
		}
		taken[col.Key] = true
		p.Columns = append(p.Columns, col)
	}
	seen := map[string]int{}
	for _, l := range lines[head+1:] {
		if l.empty() || p.ordinals(l) {
			continue
		}
		r := p.row(l)
		if key := lang.Fold(r.Delegate.Name) + "\x00" + lang.Fold(r.Delegate.Unit); r.Delegate.Name != "" {
			if first := seen[key]; first > 0 {
				r.refuse(p, "name", say(fmt.Sprintf("trùng với dòng %d", first), fmt.Sprintf("the same as line %d", first)))
			} else {
				seen[key] = l.number
			}
		}
		p.Rows = append(p.Rows, r)
	}
	p.namesakes()
	return p, true
}

// ordinals says whether a line only numbers the columns: (1) (2) (3).
func (p *Preview) ordinals(l line) bool {
	n := 0
	for _, c := range l.cells {
		if c == "" {
			continue
		}
		n++
		if strings.Trim(c, "()") != strconv.Itoa(n) {
			return false
		}
	}
	return n > 1
}

// namesakes remarks on two of one name: they must be told apart.
func (p *Preview) namesakes() {
	first := map[string]int{}
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.Refused() {
			continue
		}
		key := lang.Fold(r.Delegate.Name)
		if n := first[key]; n > 0 {
			r.remark(p, "name", say(fmt.Sprintf("cùng tên với dòng %d, khác đơn vị", n), fmt.Sprintf("of the same name as line %d, of another unit", n)))
		} else {
			first[key] = r.Line
		}
	}
}

func say(vi, en string) Text { return Text{VI: vi, EN: en} }

// place gives the letter and the heading of a key's column.
func (p *Preview) place(key string) (letter, heading string) {
	for _, c := range p.Columns {
		if c.Key == key {
			return c.Letter, c.Heading
		}
	}
	return "", ""
}

func (r *Row) problem(p *Preview, key string, refused bool, t Text) {
	l, h := p.place(key)
	r.Problems = append(r.Problems, Problem{Line: r.Line, Column: l, Heading: h, Refused: refused, Text: t})
}

func (r *Row) refuse(p *Preview, key string, t Text) { r.problem(p, key, true, t) }
func (r *Row) remark(p *Preview, key string, t Text) { r.problem(p, key, false, t) }
