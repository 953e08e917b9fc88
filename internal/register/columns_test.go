package register_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"bienban/internal/fault"
	"bienban/internal/register"
	"bienban/minutes"
)

func TestTheSampleGoesThroughWithoutABadLine(t *testing.T) {
	t.Parallel()
	for language, names := range map[string][]string{"vi": {"Nguyễn Văn Mẫu", "Trần Thị Ví Dụ"}, "en": {"Ann Example", "Ben Sample"}} {
		var b bytes.Buffer
		if err := register.WriteSample(&b, language); err != nil {
			t.Fatal(err)
		}
		p, err := register.Read("sample.xlsx", b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		for _, r := range p.Rows {
			p.Problems = append(p.Problems, r.Problems...)
		}
		if len(p.Problems) > 0 {
			t.Errorf("%s: %+v", language, p.Problems)
		}
		known := register.Columns()
		if len(p.Columns) != len(known) {
			t.Fatalf("%s: %d columns, want %d", language, len(p.Columns), len(known))
		}
		for i, c := range p.Columns {
			if c.Key != known[i].Key || c.Heading != known[i].In(language) {
				t.Errorf("%s: column %s %q was taken for %q, want %q", language, c.Letter, c.Heading, c.Key, known[i].Key)
			}
		}
		d := p.Delegates()
		if len(d) != len(names) {
			t.Fatalf("%s: %+v", language, d)
		}
		for i, one := range d {
			whole := one.Unit != "" && one.Title != "" && one.Education != "" && one.Born != "" && one.PartySince != "" && (one.Sex == "nam" || one.Sex == "nữ")
			if one.Name != names[i] || !whole || one.Alternate != (i == 1) {
				t.Errorf("%s: %+v", language, one)
			}
		}
	}
}

// A day that is typed over the sample's stays the day that was typed: 3/2/2005 must
// not become a number of an American spreadsheet's.
func TestACellOfTheSampleIsText(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := register.WriteSample(&b, "vi"); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, cell := range []string{"E1", "E2", "F3", "F99"} {
		id, err := f.GetCellStyle(f.GetSheetName(0), cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := f.GetStyle(id); err != nil || style.NumFmt != 49 {
			t.Errorf("%s: %+v, %v", cell, style, err)
		}
	}
}

func TestEveryColumnIsKnownByItsHeadingsAndOnlyARequiredOneIsMissed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"vi", "en"} {
		for _, left := range register.Columns() {
			var head, cells string
			for _, k := range register.Columns() {
				if k.Key != left.Key {
					head, cells = head+k.In(language)+",", cells+","
				}
			}
			_, err := register.Read("x.csv", []byte(head+"\n"+"Lê Thị Bích"+cells[1:]+"\n"))
			if refused := fault.CodeOf(err) == fault.Invalid; refused != left.Required {
				t.Errorf("%s without %s: %v, required %v", language, left.Key, err, left.Required)
			}
		}
	}
}

func TestARegisterThatWasWrittenIsReadBackInBothLanguages(t *testing.T) {
	t.Parallel()
	rows := []minutes.Delegate{{Name: "Đỗ Thị Ân", Unit: "Chi bộ 1", Title: "Bí thư", Sex: "nữ", Born: "18/05/1980", PartySince: "2005", Education: "Đại học", Alternate: true}, {Name: "Lê Bình", Sex: "nam"}}
	for _, language := range []string{"vi", "en"} {
		var b bytes.Buffer
		if err := register.WriteCSV(&b, language, rows); err != nil {
			t.Fatal(err)
		}
		if language == "en" && (!bytes.Contains(b.Bytes(), []byte(",female,")) || bytes.Contains(b.Bytes(), []byte("nữ"))) {
			t.Errorf("an English table has %q", b.String())
		}
		p, err := register.Read("x.csv", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		got := p.Delegates()
		if len(got) != 2 || len(p.Problems) > 0 || len(p.Rows[0].Problems) > 0 || got[0].Name != rows[0].Name || got[0].Sex != "nữ" || got[0].Born != rows[0].Born || !got[0].Alternate || got[1].Alternate || got[1].Sex != "nam" {
			t.Errorf("%s: %+v %+v", language, got, p.Problems)
		}
	}
}
