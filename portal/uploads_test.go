package portal_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"bienban/internal/register"
	"bienban/minutes"
)

const delegates = "STT,Họ và tên,Đơn vị,Giới tính,Ngày sinh\n" +
	"1,Nguyễn Văn Hòa,Chi bộ 1,Nam,18/5/1980\n" +
	"2,,Chi bộ 2,Nữ,1985\n" +
	"3,Lê Thị Bích,Chi bộ 3,Nữ,45/13/1990\n" +
	"4,\"=HYPERLINK(\"\"http://evil.example\"\")\",Chi bộ 4,Nam,\n" +
	"5,Nguyễn Văn Hòa,Chi bộ 1,Nam,\n"

func utf16le(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func workbookOf(t *testing.T, csv string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, line := range strings.Split(strings.TrimSpace(csv), "\n") {
		for j, c := range strings.Split(strings.NewReplacer(`""`, `'`, `"`, ``).Replace(line), ",") {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = f.SetCellStr("Sheet1", cell, c)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipBomb is a workbook of a few kilobytes that says it unpacks to a gigabyte, and
// one whose header lies about it.
func zipBomb(t *testing.T, lie bool) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for range 100 {
			if _, err := w.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	out := b.Bytes()
	if lie { // in the directory at the end: 1,000 bytes each
		for at := 0; ; {
			i := bytes.Index(out[at:], []byte("PK\x01\x02"))
			if i < 0 {
				break
			}
			at += i + 4
			binary.LittleEndian.PutUint32(out[at+20:], 1000)
		}
	}
	return out
}

func TestARegisterIsPreviewedWithEachBadLineNamedAndTakenOverAsItWasShown(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	at := "/m/" + s.meeting + "/register"
	for name, body := range map[string][]byte{
		"danh sách.csv":  []byte(delegates),
		"utf-16.csv":     utf16le(delegates),
		"excel.xlsx":     workbookOf(t, delegates),
		"chấm phẩy.csv":  []byte("\ufeff" + strings.ReplaceAll(delegates, ",", ";")),
		"decomposed.csv": norm.NFD.Bytes([]byte(delegates)),
	} {
		a := clerk.upload(at, url.Values{"base": {"0"}}, "file", name, body).is(http.StatusOK)
		text := html.UnescapeString(a.body)
		for _, want := range []string{"Xem trước: " + name, "Dòng 3", "Dòng 4", "Dòng 6"} { // no name; the day; the same twice
			if !strings.Contains(text, want) {
				t.Errorf("%s: the preview lacks %q", name, want)
			}
		}
		if !norm.NFC.IsNormalString(text) || strings.Contains(a.body, "<a href=\"http://evil") {
			t.Errorf("%s: the preview is not as it should be", name)
		}
		if n := len(s.state().Register); n > 0 {
			t.Fatalf("%s: %d rows were taken over by looking at them", name, n)
		}
	}
	for _, f := range forms(t, at, clerk.upload(at, nil, "file", "danh sách.csv", []byte(delegates)).body) {
		if strings.HasSuffix(f.action, "/taken") {
			clerk.submit(f, f.buttons[0], 1).is(http.StatusSeeOther)
		}
	}
	st := s.state()
	if len(st.Register) == 0 || st.Register[0].Name != "Nguyễn Văn Hòa" || st.Head.Delegates.Summoned != len(st.Register) {
		t.Errorf("register %+v, summoned %d", st.Register, st.Head.Delegates.Summoned)
	}
	for _, d := range st.Register {
		if d.Name == "" || strings.HasPrefix(d.Name, "=") {
			t.Errorf("a refused line was taken over: %+v", d)
		}
	}
}

// A register that is refused for its number is on the page as it was, to be taken without it.
func TestARegisterThatIsRefusedNeedNotBeUploadedAnew(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	at := "/m/" + s.meeting
	base := regexp.MustCompile(`name="base" value="(\d+)"`).FindStringSubmatch(clerk.get(at + "/head").body)
	clerk.post(at+"/head", url.Values{"summoned": {"9"}, "was-summoned": {"0"}, "present": {"8"}, "was-present": {"0"}, "title": {"y"}, "base": base[1:]}).is(http.StatusSeeOther)
	if n := s.state().Head.Delegates.Present; n != 8 {
		t.Fatalf("%d are present", n)
	}
	taking := func(body string) (f formOf) {
		t.Helper()
		for _, f = range forms(t, at+"/register", body) {
			if strings.HasSuffix(f.action, "/taken") {
				return f
			}
		}
		t.Fatal("there is nothing to take over")
		return f
	}
	preview := clerk.upload(at+"/register", nil, "file", "danh sách.csv", []byte(delegates)).is(http.StatusOK).body
	for _, want := range []string{"<td data-name=\"Họ và tên\">Nguyễn Văn Hòa</td>", "<td data-name=\"Ngày sinh\">18/05/1980</td>"} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview does not show %s", want)
		}
	}
	f := taking(preview)
	a := clerk.submit(f, f.buttons[0], 1)
	if text := html.UnescapeString(a.body); a.status != http.StatusUnprocessableEntity || !strings.Contains(text, "Xem trước: danh sách.csv") || !strings.Contains(text, "Nguyễn Văn Hòa") {
		t.Fatalf("status %d, and the preview is gone", a.status)
	}
	f = taking(a.body)
	f.fields = slices.DeleteFunc(f.fields, func(x fieldOf) bool { return x.name == "summoned" })
	clerk.submit(f, f.buttons[0], 1).is(http.StatusSeeOther)
	st := s.state()
	if len(st.Register) == 0 || st.Head.Delegates.Summoned != 9 {
		t.Errorf("%d rows, %d summoned", len(st.Register), st.Head.Delegates.Summoned)
	}
	if page := clerk.get(at + "/register").is(http.StatusOK).body; !strings.Contains(page, "Nguyễn Văn Hòa") || strings.Contains(page, "/register/taken") {
		t.Error("the register is not shown, or its preview still is")
	}
}

// Whoever has the page knows what a file must look like before one is made.
func TestTheRegistersPageSaysWhichColumnsItKnowsAndItsSampleIsTakenWhole(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	at := "/m/" + s.meeting + "/register"
	for language, want := range map[string][]string{"vi": {"bắt buộc", "họ tên đầy đủ"}, "en": {"required", "the whole name"}} {
		clerk.post("/language", url.Values{"language": {language}}).is(http.StatusSeeOther)
		page := html.UnescapeString(clerk.get(at).is(http.StatusOK).body)
		for _, k := range register.Columns() {
			want = append(want, k.Heading.VI, k.Heading.EN)
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s: the page lacks %q", language, w)
			}
		}
		sample := clerk.get(at + "/sample.xlsx").is(http.StatusOK)
		if d := sample.header.Get("Content-Disposition"); !strings.Contains(d, "register-sample.xlsx") {
			t.Errorf("it is offered as %q", d)
		}
		a := clerk.upload(at, nil, "file", "register-sample.xlsx", []byte(sample.body)).is(http.StatusOK)
		text := html.UnescapeString(a.body)
		if good := map[string]string{"vi": "2 dòng đọc được.", "en": "2 lines are good."}[language]; !strings.Contains(text, good) ||
			strings.Contains(text, "Dòng") || strings.Contains(text, "Line ") || strings.Contains(text, "lines are left out") {
			t.Errorf("%s: the sample is not taken whole", language)
		}
	}
	s.client("delegate").get(at + "/sample.xlsx").is(http.StatusForbidden)
}

func TestWhatCannotBeReadIsSaidInTheReadersLanguageAndChangesNothing(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	at := "/m/" + s.meeting
	cp1258, err := charmap.Windows1258.NewEncoder().String("Ho va ten,Don vi\nNguy\u00ea\u0303n Va\u0306n Ho\u0300a,Chi b\u00f4\u0323 1\n")
	if err != nil {
		cp1258 = "Ho va ten\nNguy\xea\xden\n"
	}
	for _, c := range []struct {
		name   string
		body   []byte
		status int
		says   string // in Vietnamese
	}{
		{"cp1258.csv", []byte(cp1258), http.StatusUnprocessableEntity, "UTF-8"},
		{"ảnh.csv", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), http.StatusUnprocessableEntity, "không"},
		{"cũ.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), http.StatusUnprocessableEntity, ".xlsx"},
		{"trống.csv", nil, http.StatusUnprocessableEntity, "trống"},
		{"không có tên.csv", []byte("a,b\n1,2\n"), http.StatusUnprocessableEntity, "Họ và tên"},
		{"hỏng.xlsx", workbookOf(t, delegates)[:900], http.StatusUnprocessableEntity, "hỏng"},
		{"bom.xlsx", zipBomb(t, false), http.StatusUnprocessableEntity, "giải nén"},
		{"bom nói dối.xlsx", zipBomb(t, true), http.StatusUnprocessableEntity, "Excel"},
		{"lớn.csv", bytes.Repeat([]byte("x,"), 9<<19), http.StatusUnprocessableEntity, "lớn hơn 8 MB"},
		{"quá lớn.csv", bytes.Repeat([]byte("x,"), 9<<20), http.StatusRequestEntityTooLarge, "tối đa 16 MB"},
	} {
		a := clerk.upload(at+"/register", nil, "file", c.name, c.body).is(c.status)
		if text := html.UnescapeString(a.body); !strings.Contains(text, c.says) || !strings.Contains(text, `role="alert"`) {
			_, alert, _ := strings.Cut(text, `role="alert">`)
			t.Errorf("%s: it says %.200q, want %q", c.name, alert, c.says)
		}
	}
	clerk.post(at+"/register", url.Values{"file": {"no file"}}).is(http.StatusUnprocessableEntity)
	clerk.post(at+"/register/taken", url.Values{"rows": {`[{"name": 5}]`}}).is(http.StatusUnprocessableEntity)
	clerk.post(at+"/register/taken", url.Values{"rows": {`{`}}).is(http.StatusUnprocessableEntity)
	clerk.post(at+"/agenda", url.Values{"title": {strings.Repeat("dài ", 1<<19)}, "do": {"add"}}).is(http.StatusRequestEntityTooLarge)
	if st := s.state(); len(st.Register) > 0 || len(st.Items) != 2 {
		t.Errorf("%d rows, %d items", len(st.Register), len(st.Items))
	}
}

func TestATableOutOfWordBecomesTheAgenda(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	at := "/m/" + s.meeting + "/agenda/pasted"
	table := "TT\tNội dung\tNgười thực hiện\tThời gian\nI\tPhiên trù bị\t\t\n1\tThông qua chương trình\tĐ/c Nguyễn Văn An\t07:30\n2\t=1+1\t\t\n"
	for name, pasted := range map[string]string{
		"columns with tabs": table,
		"decomposed":        norm.NFD.String(table),
		"HTML":              "<table><tr><td>TT</td><td>Nội dung</td><td>Người thực hiện</td></tr><tr><td>1</td><td>Thông qua <b>chương trình</b><script>alert(1)</script></td><td>Đ/c Nguyễn Văn An</td></tr></table>",
	} {
		a := clerk.post(at, url.Values{"pasted": {pasted}, "do": {"preview"}}).is(http.StatusOK)
		if !strings.Contains(a.body, "<strong>Thông qua chương trình</strong>") || strings.Contains(a.body, "<script>alert") {
			t.Errorf("%s: the preview is not as it should be", name)
		}
	}
	clerk.post(at, url.Values{"pasted": {" \n\t\n"}}).is(http.StatusUnprocessableEntity)
	if n := len(s.state().Items); n != 2 {
		t.Fatalf("a preview has changed the agenda: %d items", n)
	}
	for _, f := range forms(t, at, clerk.post(at, url.Values{"pasted": {table}, "do": {"preview"}}).body) {
		for _, b := range f.buttons {
			if b[1] == "replace" {
				clerk.submit(f, b, 1).is(http.StatusSeeOther)
			}
		}
	}
	st := s.state()
	if len(st.Items) < 2 || st.Items[0].Title == "Một" {
		t.Errorf("%+v", st.Items)
	}
}

func TestADocumentIsItsWordsAndANameAndLeavesNoFile(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	at := "/m/" + s.meeting + "/documents"
	before := filesUnder(t, filepath.Dir(s.file))
	for _, name := range []string{"../../../etc/passwd.txt", `C:\Users\an\passwd.txt`, "passwd.txt", "<img src=x onerror=alert(1)>.txt", strings.Repeat("dài", 80) + ".txt", "a\r\nSet-Cookie: x=y.txt"} {
		a := clerk.upload(at, url.Values{"do": {"set"}, "secrecy": {"normal"}}, "file", name, []byte("Nghị quyết về chuyển đổi số của phường Hòa Thành."))
		if a.status != http.StatusSeeOther && a.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: status %d", name, a.status)
		}
	}
	st := s.state()
	if len(st.Documents) < 3 {
		t.Fatalf("%d documents", len(st.Documents))
	}
	for _, d := range st.Documents {
		if strings.ContainsAny(d.File, `/\`) || strings.ContainsAny(d.File, "\r\n") || d.Title == "" {
			t.Errorf("%+v", d)
		}
	}
	if after := filesUnder(t, filepath.Dir(s.file)); after != before {
		t.Errorf("files were %s and are %s", before, after)
	}
	if body := clerk.get(at).body; strings.Contains(body, "<img src=x") {
		t.Error("a file's name is markup")
	}
	if body := clerk.get("/search?q=" + url.QueryEscape("chuyen doi so")).body; !strings.Contains(body, at+"#") {
		t.Error("the search does not find the words of a document")
	}
	clerk.upload(at, url.Values{"do": {"set"}, "title": {"Nhân sự dự kiến"}, "secrecy": {minutes.SecrecyInternal}}, "", "", nil).is(http.StatusSeeOther)
	clerk.upload(at, url.Values{"do": {"set"}, "title": {"x"}, "secrecy": {minutes.SecrecySecret}}, "", "", nil).is(http.StatusUnprocessableEntity)
	if s.client("chair").get(at).body == "" || !strings.Contains(s.client("chair").get(at).body, "Nhân sự dự kiến") {
		t.Error("the chair does not see an internal document")
	}
	delegate := s.client("delegate")
	if body := delegate.get(at).is(http.StatusOK).body; strings.Contains(body, "Nhân sự dự kiến") || !strings.Contains(body, "passwd") {
		t.Error("a delegate sees an internal document, or not the open ones")
	}
}

// filesUnder names the files of a folder but the store's own.
func filesUnder(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if !strings.HasPrefix(filepath.Base(path), "bienban.db") {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}
