package minutes

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/lang"
)

const (
	maxRegisterBytes = 8 << 20
	maxRegisterRows  = 20_000
)

// registerColumns maps a column's heading, folded without diacritics, to the
// key of meeting-format.md. Wards keep the list in a spreadsheet with
// Vietnamese headings.
var registerColumns = map[string]string{
	"name": "name", "ho va ten": "name", "ho ten": "name", "ten": "name", "full name": "name",
	"unit": "unit", "don vi": "unit", "don vi cong tac": "unit", "chi bo": "unit", "to chuc dang": "unit",
	"title": "title", "chuc vu": "title", "chuc danh": "title", "position": "title",
	"sex": "sex", "gioi tinh": "sex", "gender": "sex", "nam/nu": "sex",
	"born": "born", "ngay sinh": "born", "nam sinh": "born", "ngay thang nam sinh": "born",
	"party_since": "party_since", "party since": "party_since", "ngay vao dang": "party_since", "nam vao dang": "party_since",
	"education": "education", "trinh do": "education", "trinh do hoc van": "education",
	"alternate": "alternate", "du khuyet": "alternate",
}

// readRegister reads the CSV file that a meeting names as its register. The
// file must lie in the meeting's own folder or below: a meeting file may come
// from somebody else, and must not make us read the rest of the disk.
func readRegister(meeting, dir, file string, line int) ([]Delegate, []string, error) {
	if dir == "" || !filepath.IsLocal(file) {
		return nil, nil, errf(meeting, line, "register", "%q must be a file beside the meeting file", clip(file))
	}
	f, err := os.OpenInRoot(dir, file)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, nil, errf(meeting, line, "register", "no such file %q", clip(file))
		}
		return nil, nil, fault.New(fault.Internal, "%s: the register cannot be read: %w", file, err)
	}
	defer f.Close() //nolint:errcheck // only read from
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return nil, nil, errf(meeting, line, "register", "%q is a folder", clip(file))
	}
	b, err := io.ReadAll(io.LimitReader(f, maxRegisterBytes+1))
	if err != nil {
		return nil, nil, fault.New(fault.Internal, "%s: the register cannot be read: %w", file, err)
	}
	return DecodeRegister(filepath.Base(file), b)
}

// DecodeRegister reads a register as CSV: comma, semicolon or tab between
// columns, headings in the first row (English keys or the usual Vietnamese
// ones), UTF-8 with or without a byte order mark. Columns that bienban does
// not use are named in a remark.
func DecodeRegister(name string, b []byte) ([]Delegate, []string, error) {
	if len(b) > maxRegisterBytes {
		return nil, nil, errf(name, 0, "", "larger than %d bytes", maxRegisterBytes)
	}
	if i := invalidUTF8(b); i >= 0 {
		return nil, nil, errf(name, 1+bytes.Count(b[:i], []byte("\n")), "",
			"byte %d (0x%02x) is not UTF-8: save the sheet as \"CSV UTF-8\"", i+1, b[i])
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	first, _, _ := bytes.Cut(b, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	for _, sep := range []rune{';', '\t'} {
		if bytes.Count(first, []byte(string(sep))) > bytes.Count(first, []byte(string(r.Comma))) {
			r.Comma = sep
		}
	}
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, errf(name, 0, "", "empty: the first row must name the columns")
	} else if err != nil {
		return nil, nil, csvError(name, err)
	}
	keys := make([]string, len(head))
	var unused []string
	named := false
	for i, h := range head {
		keys[i] = registerColumns[lang.FoldPlain(h)]
		if keys[i] == "" && strings.TrimSpace(h) != "" {
			unused = append(unused, oneLine(lang.NFC(h)))
		}
		named = named || keys[i] == "name"
	}
	if !named {
		return nil, nil, errf(name, 1, "", "no column \"name\" (họ và tên) in the first row")
	}
	var out []Delegate
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, nil, csvError(name, err)
		}
		line, _ := r.FieldPos(0)
		d, empty, err := delegate(name, line, keys, row)
		if err != nil {
			return nil, nil, err
		}
		if empty {
			continue
		}
		if out = append(out, d); len(out) > maxRegisterRows {
			return nil, nil, errf(name, line, "", "more than %d rows", maxRegisterRows)
		}
	}
	var remarks []string
	if len(unused) > 0 {
		remarks = append(remarks, fmt.Sprintf("%s: %s: not a column that bienban uses, ignored", name, strings.Join(unused, ", ")))
	}
	return out, remarks, nil
}

func csvError(name string, err error) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return errf(name, pe.Line, "", "not CSV: %s", pe.Err)
	}
	return errf(name, 0, "", "not CSV: %s", err)
}

func delegate(name string, line int, keys, row []string) (d Delegate, empty bool, err error) {
	empty = true
	for i, cell := range row {
		cell = oneLine(lang.NFC(cell))
		if cell == "" {
			continue
		}
		empty = false
		if i >= len(keys) {
			return d, false, errf(name, line, "", "more cells than the first row has columns")
		}
		switch keys[i] {
		case "name":
			d.Name = cell
		case "unit":
			d.Unit = cell
		case "title":
			d.Title = cell
		case "sex":
			d.Sex = cell
		case "born":
			d.Born = cell
		case "party_since":
			d.PartySince = cell
		case "education":
			d.Education = cell
		case "alternate":
			switch lang.FoldPlain(cell) {
			case "true", "yes", "x", "1", "co", "du khuyet":
				d.Alternate = true
			case "false", "no", "0", "khong":
			default:
				return d, false, errf(name, line, "alternate", "must be yes or no, not %q", clip(cell))
			}
		}
	}
	if !empty && d.Name == "" {
		return d, false, errf(name, line, "name", "is empty")
	}
	return d, empty, nil
}

// RegisterColumn gives the key of a register's column (meeting-format.md) by its
// heading, English or Vietnamese, in any case and with or without diacritics; ""
// for a column that bienban does not use.
func RegisterColumn(heading string) string { return registerColumns[lang.FoldPlain(heading)] }
