package register

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"bienban/internal/lang"
	"bienban/minutes/desk"
)

// Agenda is a pasted agenda as it was understood.
type Agenda struct {
	Items    []desk.ItemData `json:"items"` // Parent: the place of the parent from 1, as desk.Created wants it
	Lines    []int           `json:"lines"` // of each item
	Problems []Problem       `json:"problems,omitempty"`
}

// An agenda has at most so many items, and a title so many letters.
const (
	maxItems = 500
	maxTitle = 2_000
)

var agendaHeadings = map[string]string{
	"noi dung": "title", "noi dung cong viec": "title", "noi dung chuong trinh": "title", "noi dung lam viec": "title", "chuong trinh": "title", "cong viec": "title",
	"noi dung thuc hien": "title", "item": "title", "agenda item": "title", "title": "title", "subject": "title", "business": "title", "topic": "title", "description": "title",
	"nguoi trinh bay": "presenter", "nguoi thuc hien": "presenter", "thuc hien": "presenter", "phu trach": "presenter", "nguoi phu trach": "presenter", "trinh bay": "presenter",
	"dieu hanh": "presenter", "nguoi dieu hanh": "presenter", "chu tri": "presenter", "to chuc thuc hien": "presenter", "phan cong": "presenter", "bao cao vien": "presenter",
	"presenter": "presenter", "lead": "presenter", "by": "presenter", "speaker": "presenter", "who": "presenter", "officer": "presenter", "responsible": "presenter",
	"thoi gian": "planned", "gio": "planned", "thoi luong": "planned", "time": "planned", "duration": "planned", "when": "planned", "minutes": "planned",
	"stt": "number", "tt": "number", "so tt": "number", "so": "number", "no": "number", "#": "number", "item no": "number", "ref": "number", "agenda no": "number",
	"ghi chu": "", "notes": "", "tai lieu": "", "papers": "",
}

// ReadAgenda reads an agenda as it comes from the clipboard: HTML (a table copied in
// Word), or text with tabs between the columns, one item a line.
func ReadAgenda(pasted string) (*Agenda, error) {
	if len(pasted) > maxPaste {
		return nil, refuse("Phần dán vào lớn hơn %d KB.", "the pasted text is larger than %d KB", maxPaste>>10)
	}
	var lines []line
	if looksLikeHTML(pasted) {
		var err error
		if lines, err = htmlLines(pasted); err != nil {
			return nil, err
		}
	} else {
		for i, s := range strings.Split(strings.ReplaceAll(strings.ReplaceAll(pasted, "\r\n", "\n"), "\r", "\n"), "\n") {
			l := line{number: i + 1}
			for j, c := range strings.Split(s, "\t") {
				if j >= maxColumns {
					break
				}
				l.cells = append(l.cells, clean(c))
			}
			lines = append(lines, l)
		}
	}
	a := &Agenda{Items: []desk.ItemData{}}
	if err := a.read(lines); err != nil {
		return nil, err
	}
	if len(a.Items) == 0 {
		return nil, refuse("Không tìm thấy nội dung nào trong phần đã dán. Hãy dán bảng có cột “Nội dung”, hoặc mỗi dòng một nội dung.", "no item was found in the pasted text: paste a table with a column “Nội dung” (item), or one item a line")
	}
	return a, nil
}

var tag = regexp.MustCompile(`(?i)<(?:table|tr|td|p|li|html|body|div|span|br)[\s/>]`)

func looksLikeHTML(s string) bool { return tag.MatchString(s) }

// columns say what each column of a table is.
type columns struct{ number, title, presenter, planned int }

func (a *Agenda) read(lines []line) error {
	cols, head := findColumns(lines)
	stack := []level{}
	for i, l := range lines {
		if l.empty() || i <= head {
			continue
		}
		cell := func(n int) string {
			if n < 0 || n >= len(l.cells) {
				return ""
			}
			return l.cells[n]
		}
		label, title := cell(cols.number), cell(cols.title)
		if title == "" { // a heading over all columns stands in the first
			for _, c := range l.cells {
				if c != "" && !numberForm.MatchString(c) {
					title = c
					break
				}
			}
		}
		if label == title {
			label = ""
		}
		if title == "" {
			a.problem(l, say("dòng không có nội dung, bỏ qua", "a line without an item, left out"))
			continue
		}
		if utf8.RuneCountInString(title) > maxTitle {
			a.problem(l, say(fmt.Sprintf("dòng dài quá %d chữ, bỏ qua", maxTitle), fmt.Sprintf("a line of more than %d letters, left out", maxTitle)))
			continue
		}
		if sessionForm.MatchString(lang.Fold(title)) && cell(cols.presenter) == "" && label == "" {
			a.problem(l, say("lấy làm tên buổi, không phải nội dung: "+title, "taken for a session's name, not an item: "+title))
			continue
		}
		if len(a.Items) >= maxItems {
			return refuse("Hơn %d nội dung.", "more than %d items", maxItems)
		}
		d := desk.ItemData{Presenter: cell(cols.presenter), Planned: cell(cols.planned)}
		rank, rest := levelOf(label, title)
		d.Title = rest
		if d.Planned == "" {
			d.Title, d.Planned = timeOff(d.Title)
		}
		if closedForm.MatchString(lang.Fold(d.Title)) {
			d.Closed = true
			a.problem(l, say("đánh dấu là nội dung họp kín: "+d.Title, "marked as a closed item: "+d.Title))
		}
		for len(stack) > 0 && stack[len(stack)-1].rank >= rank {
			stack = stack[:len(stack)-1]
		}
		if len(stack) > 0 && rank > 0 {
			d.Parent = strconv.Itoa(stack[len(stack)-1].item)
		}
		a.Items, a.Lines = append(a.Items, d), append(a.Lines, l.number)
		stack = append(stack, level{rank, len(a.Items)})
	}
	return nil
}

func (a *Agenda) problem(l line, t Text) {
	a.Problems = append(a.Problems, Problem{Line: l.number, Text: t})
}

// findColumns reads the headings, or guesses by what the columns hold. head is the
// place of the headings, -1 without any.
func findColumns(lines []line) (c columns, head int) {
	for i, l := range lines {
		if i >= headWithin {
			break
		}
		c = columns{-1, -1, -1, -1}
		for j, cell := range l.cells {
			at := map[string]*int{"title": &c.title, "presenter": &c.presenter, "planned": &c.planned, "number": &c.number}
			if p := at[agendaHeadings[strings.TrimRight(lang.FoldPlain(cell), " .:")]]; p != nil && *p < 0 {
				*p = j
			}
		}
		if c.title >= 0 && (c.number >= 0 || c.presenter >= 0 || c.planned >= 0 || len(l.cells) == 1) {
			return c, i
		}
	}
	width := 0
	for _, l := range lines {
		width = max(width, len(l.cells))
	}
	letters, numbers, times, filled := make([]int, width), make([]int, width), make([]int, width), make([]int, width)
	for _, l := range lines {
		for j, cell := range l.cells {
			letters[j] += utf8.RuneCountInString(cell)
			if cell != "" {
				filled[j]++
			}
			if len(cell) > 60 {
				continue
			}
			if numberForm.MatchString(cell) {
				numbers[j]++
			}
			if timeForm.MatchString(lang.Fold(cell)) {
				times[j]++
			}
		}
	}
	c = columns{-1, 0, -1, -1}
	for j := range width {
		if letters[j] > letters[c.title] {
			c.title = j
		}
	}
	for j := range width {
		switch {
		case j == c.title || filled[j] == 0:
		case times[j]*2 > filled[j] && c.planned < 0:
			c.planned = j
		case numbers[j]*2 > filled[j] && c.number < 0:
			c.number = j
		case j > c.title && c.presenter < 0:
			c.presenter = j
		}
	}
	return c, -1
}

var (
	numberForm  = regexp.MustCompile(`^\(?(?:[IVXLC]+|\d{1,3}(?:\.\d{1,3})*|[a-zđ]|[-–•+*])[.)/-]*$`)
	timeForm    = regexp.MustCompile(`^(?:từ )?\d{1,2} ?(?:[:h]|giờ) ?(?:\d{2})?(?: ?(?:phút|am|pm))?(?: ?[-–→đ].*)?$|^\d{1,3} ?(?:'|’|phút|p|min|mins|minutes)$`)
	timeBefore  = regexp.MustCompile(`^((?:\d{1,2} ?[:hH] ?\d{2}|\d{1,2} ?giờ(?: ?\d{2})?)(?: ?[-–] ?(?:\d{1,2} ?[:hH] ?\d{2}|\d{1,2} ?giờ(?: ?\d{2})?))?) ?[:.–-]? +(.+)$`)
	sessionForm = regexp.MustCompile(`^(?:[ivx]+[.)-]? *)?(?:buổi|ngày \d|phiên|sáng|chiều|tối|day \d|session \d|morning|afternoon|evening)(?:[ ,:(].*)?$`)
	closedForm  = regexp.MustCompile(`họp kín|nội dung kín|không công khai|\(kín\)|closed session|in camera|\bexempt\b|\(closed\)|confidential item`)
	// inTitle is a number in front of a title; "3 đột phá" is none, "3." and "3.1" are.
	inTitle = regexp.MustCompile(`^(?:[IVXLC]+[.)/]|\d{1,3}(?:\.\d{1,3})*[.):]|\d{1,3}(?:\.\d{1,3})+|[a-zđ][.)]|[-–•+*])\s+`)
	roman   = regexp.MustCompile(`^[IVXLC]+$`)
	decimal = regexp.MustCompile(`^\d{1,3}(?:\.\d{1,3})*$`)
	single  = regexp.MustCompile(`^[a-zđ]$`)
)

// level is an item that others may be parts of.
type level struct {
	rank int // smaller is higher
	item int // its place, from 1
}

// levelOf gives an item's rank by its number and its title without it: I before 1
// before 1.1 before a) before a dash. An item without a number stands like 1.
func levelOf(label, title string) (rank int, rest string) {
	if label == "" {
		if label = inTitle.FindString(title); label == "" || len(label) == len(title) {
			return 1, title
		}
		title = title[len(label):]
	}
	switch n := strings.Trim(label, " .)(/:-–•+*"); {
	case n == "":
		return 9, title
	case roman.MatchString(n):
		return 0, title
	case decimal.MatchString(n):
		return 1 + strings.Count(n, "."), title
	case single.MatchString(n):
		return 8, title
	}
	return 1, title
}

// timeOff takes a time off the front of a title: "7h30: Khai mạc".
func timeOff(title string) (rest, planned string) {
	if g := timeBefore.FindStringSubmatch(title); g != nil {
		return g[2], g[1]
	}
	return title, ""
}
