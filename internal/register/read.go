package register

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"bienban/internal/fault"
)

// Read reads a register from a CSV file or a workbook (XLSX), told by its bytes. An
// error is about the file as a whole; what is wrong with a line stands in the
// preview. name is the file as errors call it.
func Read(name string, b []byte) (*Preview, error) {
	bad := func(err error) error { return fault.New(fault.Invalid, "%.80s: %w", name, err) }
	switch {
	case len(b) > maxBytes:
		return nil, bad(refuse("Tệp lớn hơn %d MB.", "The file is larger than %d MB.", maxBytes>>20))
	case len(bytes.TrimSpace(b)) == 0:
		return nil, bad(refuse("Tệp trống.", "The file is empty: there is no list in it."))
	case bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")):
		return nil, bad(refuse("Đây là tệp Excel cũ (.xls) hoặc có mật khẩu. Hãy lưu lại thành .xlsx hoặc CSV UTF-8.", "This is an old Excel file (.xls) or one with a password: save it as .xlsx or as CSV UTF-8."))
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		p, err := workbook(b)
		if err != nil {
			return nil, bad(err)
		}
		return p, nil
	}
	text, err := decode(b)
	if err != nil {
		return nil, bad(err)
	}
	lines, err := readCSV(text)
	if err != nil {
		return nil, bad(err)
	}
	p, found := preview(lines)
	if !found {
		return nil, bad(refuse("Không có cột “Họ và tên” trong %d dòng đầu.", "There is no column “Họ và tên” (name) in its first %d lines.", headWithin))
	}
	return p, nil
}

// decode makes UTF-8 of what spreadsheets write: UTF-8 or UTF-16, with or without a
// byte order mark.
func decode(b []byte) (string, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		order, b = binary.LittleEndian, b[2:]
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		order, b = binary.BigEndian, b[2:]
	case len(b) >= 4 && b[0] != 0 && b[1] == 0:
		order = binary.LittleEndian
	case len(b) >= 4 && b[0] == 0 && b[1] != 0:
		order = binary.BigEndian
	}
	if order != nil {
		if len(b)%2 != 0 {
			return "", refuse("Tệp UTF-16 bị cắt giữa một chữ.", "UTF-16 that ends in the middle of a letter: the file is cut.")
		}
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = order.Uint16(b[2*i:])
		}
		return string(utf16.Decode(units)), nil
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		line, at := 1, 0
		for at < len(b) {
			r, n := utf8.DecodeRune(b[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			if r == '\n' {
				line++
			}
			at += n
		}
		return "", refuse("Dòng %d: byte 0x%02x không phải UTF-8. Trong Excel hãy lưu thành “CSV UTF-8” hoặc .xlsx; phông chữ cũ (TCVN3, VNI) phải đổi sang Unicode.",
			"line %d: byte 0x%02x is not UTF-8: save the sheet as “CSV UTF-8” or .xlsx; old fonts (TCVN3, VNI) must be turned to Unicode first.", line, b[at])
	}
	return string(b), nil
}

// readCSV reads commas, semicolons (Excel where the comma is the decimal mark) or
// tabs. Excel's first line "sep=;" is understood.
func readCSV(text string) ([]line, error) {
	skipped := 0
	var comma rune
	if first, rest, _ := strings.Cut(text, "\n"); strings.HasPrefix(strings.ToLower(first), "sep=") {
		if mark := strings.TrimSpace(first[4:]); mark == ";" || mark == "," {
			comma = rune(mark[0])
		} else if strings.Trim(first[4:], "\r") == "\t" {
			comma = '\t'
		}
		text, skipped = rest, 1
	}
	if comma == 0 {
		comma = separator(text)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	var lines []line
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			var pe *csv.ParseError
			if errors.As(err, &pe) {
				return nil, refuseFor(pe.Err, "Dòng %d không phải CSV.", "line %d: not CSV", pe.Line+skipped)
			}
			return nil, err
		}
		n, _ := r.FieldPos(0)
		if len(lines) >= maxRows {
			return nil, refuse("Tệp có hơn %d dòng.", "The file has more than %d lines.", maxRows)
		}
		l := line{number: n + skipped}
		for i, c := range cells {
			if i >= maxColumns {
				break
			}
			l.cells = append(l.cells, clean(c))
		}
		lines = append(lines, l)
	}
}

// separator is the mark of which the first lines have most, outside quotes.
func separator(text string) rune {
	counts := map[rune]int{}
	quoted := false
	for i, r := range text {
		if i > 1<<14 {
			break
		}
		switch {
		case r == '"':
			quoted = !quoted
		case !quoted && (r == ',' || r == ';' || r == '\t'):
			counts[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// workbook reads the first sheet of an XLSX file that has a column of names.
func workbook(b []byte) (_ *Preview, err error) {
	// The library reads what strangers make; a panic there is their file's fault.
	defer func() {
		if r := recover(); r != nil {
			err = refuse("Tệp Excel bị hỏng. Hãy lưu lại thành .xlsx.", "a damaged workbook: save it again as .xlsx")
		}
	}()
	if err := bounded(b); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxPart, RawCellValue: true})
	if err != nil {
		return nil, refuseFor(err, "Không đọc được tệp Excel này. Hãy lưu lại thành .xlsx hoặc CSV UTF-8.", "not a workbook that can be read")
	}
	defer f.Close() //nolint:errcheck // temporary files of a reader
	for _, sheet := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(sheet); err == nil && !visible {
			continue
		}
		lines, err := sheetLines(f, sheet)
		if err != nil {
			return nil, err
		}
		if p, found := preview(lines); found {
			p.Sheet = clean(sheet)
			return p, nil
		}
	}
	return nil, refuse("Không trang tính nào có cột “Họ và tên” trong %d dòng đầu.", "no sheet has a column “Họ và tên” (name) in its first %d lines.", headWithin)
}

// bounded refuses an archive that would unpack to more than a workbook has, before
// anything is unpacked, and what is no workbook.
func bounded(b []byte) error {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return refuseFor(err, "Tệp Excel bị hỏng.", "a damaged workbook")
	}
	const parts = 2_000
	total, book := uint64(0), false
	for _, f := range z.File {
		total += f.UncompressedSize64
		if f.UncompressedSize64 > maxUnzip || total > maxUnzip || len(z.File) > parts {
			return refuse("Tệp Excel giải nén ra hơn %d MB hoặc %d phần nên bị từ chối.", "the workbook unpacks to more than %d MB or %d parts: refused", maxUnzip>>20, parts)
		}
		book = book || strings.EqualFold(f.Name, "xl/workbook.xml")
	}
	if !book {
		return refuse("Đây không phải tệp Excel. Hãy lưu bảng thành .xlsx hoặc CSV UTF-8.", "not an Excel workbook: save the sheet as .xlsx or as CSV UTF-8")
	}
	return nil
}

func sheetLines(f *excelize.File, sheet string) ([]line, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, refuseFor(err, "Không đọc được trang tính “%.40s”.", "sheet “%.40s” cannot be read", sheet)
	}
	defer rows.Close()      //nolint:errcheck // only read from
	const mostEmpty = 5_000 // a cell in the last row of a sheet makes a million lines
	var lines []line
	empty := 0
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, refuseFor(err, "Không đọc được dòng %[2]d của trang tính “%.40[1]s”.", "sheet “%.40[1]s”, line %[2]d cannot be read", sheet, n)
		}
		l := line{number: n}
		for i, c := range cells {
			if i >= maxColumns {
				break
			}
			l.cells = append(l.cells, clean(c))
		}
		if l.empty() {
			if empty++; empty > mostEmpty {
				break
			}
			continue
		}
		empty = 0
		if len(lines) >= maxRows {
			return nil, refuse("Trang tính “%.40s” có hơn %d dòng.", "sheet “%.40s” has more than %d lines", sheet, maxRows)
		}
		lines = append(lines, l)
	}
	return lines, nil
}
