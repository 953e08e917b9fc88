package register_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"bienban/internal/fault"
	"bienban/internal/register"
	"bienban/minutes"
)

const sheet = `DANH SÁCH ĐẠI BIỂU,,,,,,
STT,Họ và tên,Đơn vị,Chức vụ,Giới tính,Ngày sinh,Dự khuyết
(1),(2),(3),(4),(5),(6),(7)
1,NGUYỄN VĂN HÒA,Chi bộ 1,Bí thư,Nam,18/5/1980,
2,Lê Thị Bích,Chi bộ 2,,nữ,1985,x
3,,Chi bộ 3,,Nam,,
4,Trần Minh,Chi bộ 4,,trai,45/13/1990,
5,Lê Thị Bích,Chi bộ 5,,Nữ,02/1985,không
6,Lê Thị Bích,Chi bộ 2,,Nữ,,
7,"=HYPERLINK(""http://x"")",Chi bộ 6,,,,
8,Phạm An,Chi bộ 7,,,,có lẽ
9,Đỗ Bình,Chi bộ 8,,,,,thừa
`

func utf16of(order binary.AppendByteOrder, mark bool, s string) []byte {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xfeff)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asWorkbook puts the sheet behind another one that has no names.
func asWorkbook(t testing.TB) []byte {
	return workbook(t, func(f *excelize.File) {
		_ = f.SetCellValue("Sheet1", "A1", "Ghi chú")
		_, _ = f.NewSheet("Đại biểu")
		for i, l := range strings.Split(strings.TrimSpace(strings.ReplaceAll(sheet, `"=HYPERLINK(""http://x"")"`, "=HYPERLINK")), "\n") {
			for j, c := range strings.Split(l, ",") {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				_ = f.SetCellStr("Đại biểu", cell, c)
			}
		}
	})
}

func TestARegisterIsReadTheSameFromWhateverPeopleSave(t *testing.T) {
	t.Parallel()
	semicolons := strings.ReplaceAll(sheet, ",", ";")
	for name, b := range map[string][]byte{
		"CSV UTF-8":              []byte(sheet),
		"CSV UTF-8 with a mark":  []byte("\ufeff" + sheet),
		"Excel's semicolons":     []byte("\ufeff" + semicolons),
		"Excel's sep=":           []byte("sep=;\r\n" + semicolons),
		"tabs":                   []byte(strings.ReplaceAll(sheet, ",", "\t")),
		"CRLF":                   []byte(strings.ReplaceAll(sheet, "\n", "\r\n")),
		"UTF-16 little":          utf16of(binary.LittleEndian, true, sheet),
		"UTF-16 big":             utf16of(binary.BigEndian, true, sheet),
		"UTF-16 without a mark":  utf16of(binary.LittleEndian, false, sheet),
		"decomposed diacritics":  []byte(strings.ReplaceAll(sheet, "ễ", "ễ")),
		"a workbook":             asWorkbook(t),
		"a workbook in disguise": asWorkbook(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := register.Read("danh-sach", b)
			if err != nil {
				t.Fatal(err)
			}
			want := []minutes.Delegate{
				{Name: "Nguyễn Văn Hòa", Unit: "Chi bộ 1", Title: "Bí thư", Sex: "nam", Born: "18/05/1980"},
				{Name: "Lê Thị Bích", Unit: "Chi bộ 2", Sex: "nữ", Born: "1985", Alternate: true},
				{Name: "Trần Minh", Unit: "Chi bộ 4", Sex: "trai", Born: "45/13/1990"},
				{Name: "Lê Thị Bích", Unit: "Chi bộ 5", Sex: "nữ", Born: "02/1985"},
			}
			if got := p.Delegates(); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got %v\nwant %v", got, want)
			}
			offset := 0
			if strings.HasPrefix(name, "Excel's sep=") {
				offset = 1
			}
			type at struct {
				line    int
				column  string
				refused bool
			}
			var got []at
			for _, r := range p.Rows {
				for _, x := range r.Problems {
					got = append(got, at{x.Line - offset, x.Column, x.Refused})
					if x.Text.VI == "" || x.Text.EN == "" {
						t.Errorf("line %d: no text in both languages", x.Line)
					}
				}
			}
			wantAt := []at{{4, "B", false}, {6, "B", true}, {7, "E", false}, {7, "F", false}, {8, "B", false}, {9, "B", true}, {10, "B", true}, {11, "G", true}, {12, "H", true}}
			if fmt.Sprint(got) != fmt.Sprint(wantAt) {
				t.Errorf("problems %v\nwant     %v", got, wantAt)
			}
			if p.Refused() != 5 {
				t.Errorf("%d refused, want 5", p.Refused())
			}
		})
	}
}

func TestADateOfASpreadsheetIsADay(t *testing.T) {
	t.Parallel()
	b := workbook(t, func(f *excelize.File) {
		for i, row := range [][]any{{"Họ tên", "Năm sinh", "Nam", "Nữ"}, {"Nguyễn Hòa", 29359, "x", nil}, {"Lê Bích", 1985, nil, 31001}, {"Trần Minh", "x", "x", "x"}} {
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			_ = f.SetSheetRow("Sheet1", cell, &row)
		}
	})
	p, err := register.Read("x.xlsx", b)
	if err != nil {
		t.Fatal(err)
	}
	want := []minutes.Delegate{{Name: "Nguyễn Hòa", Born: "18/05/1980", Sex: "nam"}, {Name: "Lê Bích", Born: "15/11/1984", Sex: "nữ"}}
	if got := p.Delegates(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// bomb is a workbook whose sheet says that it unpacks to so many bytes.
func bomb(t testing.TB, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: 4, UncompressedSize64: size})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte{0x4b, 0x04, 0x00, 0x00}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsNoRegisterIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	var other bytes.Buffer
	z := zip.NewWriter(&other)
	_, _ = z.Create("mimetype")
	_ = z.Close()
	for name, c := range map[string]struct {
		b    []byte
		says string
	}{
		"nothing":              {nil, "empty"},
		"no column of names":   {[]byte("a,b\n1,2\n"), "Họ và tên"},
		"an old workbook":      {[]byte("\xd0\xcf\x11\xe0\xa1\xb1"), ".xls"},
		"another archive":      {other.Bytes(), "not an Excel workbook"},
		"a cut workbook":       {asWorkbook(t)[:2000], "damaged"},
		"TCVN3 letters":        {[]byte("Họ và tên\nNguy\xd4n\n"), "line 2"},
		"a cut UTF-16":         {utf16of(binary.LittleEndian, true, sheet)[:101], "cut"},
		"a bomb":               {bomb(t, 80<<20), "unpacks"},
		"a file beyond bounds": {bytes.Repeat([]byte("x"), 9<<20), "larger"},
		"a workbook of notes":  {workbook(t, func(f *excelize.File) { _ = f.SetCellValue("Sheet1", "A1", "Ghi chú") }), "no sheet"},
		"too many lines":       {[]byte("name\n" + strings.Repeat("An Bình\n", 20_001)), "more than 20000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := register.Read("tệp", c.b)
			if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want invalid with %q in one line", err, c.says)
			}
			var both interface{ In(language string) string }
			if !errors.As(err, &both) || both.In("vi") == both.In("en") || !strings.ContainsFunc(both.In("vi"), func(r rune) bool { return r > 0x7f }) {
				t.Errorf("no line in Vietnamese: %v", err)
			}
		})
	}
}

func TestWhatIsWrittenRunsNoFormula(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	rows := []minutes.Delegate{{Name: "Nguyễn Hòa", Unit: "=cmd|' /C calc'!A0", Title: "+1", Born: "-2", Education: "@SUM(1)", Alternate: true}}
	if err := register.WriteCSV(&b, "vi", rows); err != nil {
		t.Fatal(err)
	}
	p, err := register.Read("x.csv", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	d := p.Delegates()
	if len(d) != 1 || d[0].Unit != "'=cmd|' /C calc'!A0" || d[0].Title != "'+1" || d[0].Education != "'@SUM(1)" || register.Neutral("＝1+1") == "＝1+1" || !d[0].Alternate {
		t.Errorf("read back %+v", d)
	}
	for _, safe := range []string{"", "Nguyễn", "57-NQ/TW", "a=b", "’="} {
		if register.Neutral(safe) != safe {
			t.Errorf("%q was changed", safe)
		}
	}
}
