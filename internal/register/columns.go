package register

import (
	"io"

	"github.com/xuri/excelize/v2"

	"bienban/minutes"
)

// Known is a column that Read understands, under the headings that we write
// ourselves; Read knows more names for each, with or without diacritics.
type Known struct {
	Key      string // of meeting-format.md
	Heading  Text
	Required bool // without it a file is no register
	example  [2]Text
}

// In gives the heading in a language of the interface.
func (k Known) In(language string) string { return k.Heading.in(language) }

// Columns lists the columns in the order in which they are written.
func Columns() []Known {
	same := func(s string) Text { return Text{s, s} }
	return []Known{
		{"name", Text{"Họ và tên", "Name"}, true, [2]Text{{"Nguyễn Văn Mẫu", "Ann Example"}, {"Trần Thị Ví Dụ", "Ben Sample"}}},
		{"unit", Text{"Đơn vị", "Unit"}, false, [2]Text{{"Chi bộ Khóm 1", "Ward 1"}, {"Chi bộ Trường Tiểu học", "Ward 2"}}},
		{"title", Text{"Chức vụ", "Title"}, false, [2]Text{{"Bí thư chi bộ", "Councillor"}, {"Giáo viên", "Teacher"}}},
		{"sex", Text{"Giới tính", "Sex"}, false, [2]Text{{"Nam", "Female"}, {"Nữ", "Male"}}},
		{"born", Text{"Ngày sinh", "Born"}, false, [2]Text{same("18/05/1980"), same("1992")}},
		{"party_since", Text{"Ngày vào Đảng", "Party since"}, false, [2]Text{same("03/02/2005"), same("2016")}},
		{"education", Text{"Trình độ", "Education"}, false, [2]Text{{"Đại học", "University"}, {"Thạc sĩ", "Master's degree"}}},
		{"alternate", Text{"Dự khuyết", "Alternate"}, false, [2]Text{{"không", "no"}, {"có", "yes"}}},
	}
}

// Value is what a delegate has in a column, as it is written in a language.
func (k Known) Value(d minutes.Delegate, language string) string {
	switch k.Key {
	case "name":
		return d.Name
	case "unit":
		return d.Unit
	case "title":
		return d.Title
	case "sex":
		if written := map[string]Text{"nam": {"nam", "male"}, "nữ": {"nữ", "female"}}[d.Sex]; written != (Text{}) {
			return written.in(language)
		}
		return d.Sex
	case "born":
		return d.Born
	case "party_since":
		return d.PartySince
	case "education":
		return d.Education
	case "alternate":
		if d.Alternate {
			return Text{"có", "yes"}.in(language)
		}
	}
	return ""
}

// WriteSample writes a workbook that Read takes whole: the headings and two lines
// to be replaced. It is a workbook and no CSV, which a spreadsheet takes apart by
// the machine's settings. Every cell is text, so that what is typed as a day stays
// as it was typed.
func WriteSample(w io.Writer, language string) error {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // nothing of it is on a disk
	sheet := Text{"Danh sách đại biểu", "Register"}.in(language)
	if err := f.SetSheetName(f.GetSheetName(0), sheet); err != nil {
		return err
	}
	const text = 49 // Excel's number of the format "@"
	plain, err := f.NewStyle(&excelize.Style{NumFmt: text})
	if err != nil {
		return err
	}
	head, err := f.NewStyle(&excelize.Style{NumFmt: text, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	columns := Columns()
	var rows [3][]any
	for _, k := range columns {
		rows[0] = append(rows[0], k.In(language))
		rows[1] = append(rows[1], k.example[0].in(language))
		rows[2] = append(rows[2], k.example[1].in(language))
	}
	first, last := letter(0), letter(len(columns)-1)
	if err := f.SetColStyle(sheet, first+":"+last, plain); err != nil {
		return err
	}
	const width = 22 // letters: a name of four words
	if err := f.SetColWidth(sheet, first, last, width); err != nil {
		return err
	}
	for i, cells := range rows {
		if err := f.SetSheetRow(sheet, first+string(rune('1'+i)), &cells); err != nil {
			return err
		}
	}
	if err := f.SetCellStyle(sheet, first+"1", last+"1", head); err != nil {
		return err
	}
	return f.Write(w)
}
