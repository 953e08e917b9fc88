package register_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/internal/register"
)

const wordTable = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style><title>x</title></head><body>
<!--StartFragment--><table class=MsoTableGrid><thead><tr><td><p class=MsoNormal><b>STT</b></p></td><td><p>Thời gian</p></td><td><p>Nội dung</p></td><td><p>Người trình bày</p></td></tr></thead>
<tr><td colspan=4><p>Buổi sáng ngày 18/8/2025</p></td></tr>
<tr><td>1</td><td rowspan=2>7h30<br>- 8h00</td><td><p>Chào cờ,<o:p></o:p></p><p>khai mạc</p></td><td>Ban tổ chức</td></tr>
<tr><td>2</td><td>Thông qua chương trình &amp; quy chế</td><td>Đ/c Lê Thị Bích</td></tr>
<tr><td>2.1</td><td>8h00</td><td>Quy chế bầu cử</td><td></td></tr>
<tr><td>3</td><td></td><td>Công tác nhân sự (họp kín)<script>alert(1)</script></td><td>Bí thư</td></tr>
</table><!--EndFragment--></body></html>`

func shown(a *register.Agenda) []string {
	var out []string
	for _, i := range a.Items {
		closed := ""
		if i.Closed {
			closed = " closed"
		}
		out = append(out, strings.Join([]string{i.Title, i.Presenter, i.Planned, i.Parent}, "|")+closed)
	}
	return out
}

func TestAnAgendaIsReadAsItIsPasted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pasted string
		want   []string
	}{
		"a table of Word": {wordTable, []string{"Chào cờ, khai mạc|Ban tổ chức|7h30 - 8h00|", "Thông qua chương trình & quy chế|Đ/c Lê Thị Bích||",
			"Quy chế bầu cử||8h00|2", "Công tác nhân sự (họp kín)|Bí thư|| closed"}},
		"text with tabs": {"TT\tNội dung\tThực hiện\r\nI\tKhai mạc\tBan tổ chức\r\n1\tChào cờ\t\r\n2\tDiễn văn\tBí thư\r\nII\tBế mạc\t\r\n",
			[]string{"Khai mạc|Ban tổ chức||", "Chào cờ|||1", "Diễn văn|Bí thư||1", "Bế mạc|||"}},
		"a table without headings": {"1.\t08:00\tOpening of the meeting\tMayor Field\n2.\t08:10\tMinutes of the last meeting\tClerk\n", []string{"Opening of the meeting|Mayor Field|08:00|", "Minutes of the last meeting|Clerk|08:10|"}},
		"numbered lines":           {"1. Khai mạc\n2. Báo cáo chính trị\na) Tình hình\nb) Phương hướng\n- Chỉ tiêu\n3. Bế mạc", []string{"Khai mạc|||", "Báo cáo chính trị|||", "Tình hình|||2", "Phương hướng|||2", "Chỉ tiêu|||4", "Bế mạc|||"}},
		"times in front":           {"7h30: Khai mạc\n8h00 - 9h00: Báo cáo", []string{"Khai mạc||7h30|", "Báo cáo||8h00 - 9h00|"}},
		"a list of a page":         {"<ul><li>Welcome</li><li>Exempt item: land</li></ul>", []string{"Welcome|||", "Exempt item: land||| closed"}},
		"titles with figures":      {"Báo cáo 6 tháng\n2025: kế hoạch năm\n3 đột phá chiến lược", []string{"Báo cáo 6 tháng|||", "2025: kế hoạch năm|||", "3 đột phá chiến lược|||"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := register.ReadAgenda(c.pasted)
			if err != nil {
				t.Fatal(err)
			}
			if got := shown(a); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestASessionsNameIsNamedAndNoItem(t *testing.T) {
	t.Parallel()
	a, err := register.ReadAgenda(wordTable)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Problems) != 2 || a.Problems[0].Line != 2 || !strings.Contains(a.Problems[0].Text.VI, "Buổi sáng") || a.Lines[0] != 3 {
		t.Errorf("problems %+v, lines %v", a.Problems, a.Lines)
	}
}

func TestWhatIsNoAgendaIsRefused(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"nothing": " \n\t\n", "only a script": "<html><script>x</script></html>", "beyond bounds": strings.Repeat("x", 9<<20),
		"too many items": strings.Repeat("một nội dung\n", 600),
	} {
		if _, err := register.ReadAgenda(s); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWordsOfADocumentAreNamesNumbersAndAbbreviations(t *testing.T) {
	t.Parallel()
	text := `ĐẢNG CỘNG SẢN VIỆT NAM
Báo cáo số 12/BC-UBND của UBND phường Hòa Thành. Đồng chí Nguyễn Văn Hòa trình bày.
Nguyễn Văn Hòa nhắc Nghị quyết 57-NQ/TW và Nghị định 30/2020/NĐ-CP. Phường Hòa Thành giao UBND thực hiện. Hôm nay trời đẹp.`
	got := map[string]int{}
	for _, x := range register.Terms(text) {
		got[x.Text] = x.Count
	}
	want := map[string]int{"12/BC-UBND": 1, "57-NQ/TW": 1, "30/2020/NĐ-CP": 1, "UBND": 2, "Hòa Thành": 2, "Nguyễn Văn Hòa": 2}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestTheTextOfAWordDocumentIsRead(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("word/document.xml")
	_, _ = w.Write([]byte(`<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Phường</w:t></w:r><w:tab/><w:r><w:t>Hòa Thành</w:t></w:r></w:p><w:p><w:del><w:delText>bỏ</w:delText></w:del></w:p></w:body></w:document>`))
	_ = z.Close()
	if got, err := register.PlainText("x.docx", b.Bytes()); err != nil || got != "Phường Hòa Thành\n\n" {
		t.Errorf("%q %v", got, err)
	}
	for name, c := range map[string][]byte{"a picture": []byte("\x89PNG\x00\x01"), "a workbook": asWorkbook(t), "a cut archive": b.Bytes()[:40]} {
		if _, err := register.PlainText("x", c); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(sheet))
	f.Add([]byte("sep=\t\nname\tunit\n\"a\"\"\tb"))
	f.Add(utf16of(binary.BigEndian, true, sheet))
	f.Add(asWorkbook(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := register.Read("x", b)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		for _, d := range p.Delegates() {
			if d.Name == "" || register.Formula(d.Name) || strings.ContainsAny(d.Name, "\n\r\t\x00") {
				t.Errorf("a delegate called %q", d.Name)
			}
		}
	})
}

func FuzzReadAgenda(f *testing.F) {
	f.Add(wordTable)
	f.Add("1.\ta\tb\n\n- c")
	f.Add("<table><tr><td rowspan=99999 colspan=99999>a<table><tr><td>b")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := register.ReadAgenda(s)
		if err != nil {
			return
		}
		for i, x := range a.Items {
			if x.Title == "" || strings.ContainsAny(x.Title, "\n\r\t") {
				t.Errorf("item %d is called %q", i+1, x.Title)
			}
			var n int
			if x.Parent != "" {
				if _, err := fmt.Sscan(x.Parent, &n); err != nil || n < 1 || n > i {
					t.Errorf("item %d has the parent %q", i+1, x.Parent)
				}
			}
		}
		register.Terms(s)
	})
}
