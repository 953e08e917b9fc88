package portal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"bienban/internal/accounts"
	"bienban/minutes/desk"
)

func TestALongAgendaKeepsNotesAndTheItemUnderWayInSight(t *testing.T) {
	o := newOffice(t, "council-demo")
	var long desk.AgendaReplaced
	for i := range 60 {
		long.Items = append(long.Items, desk.ItemData{Title: fmt.Sprintf("Nội dung thứ %d: trình bày, thảo luận và biểu quyết", i+1)})
	}
	o.do("clerk", desk.KindAgenda, long)
	o.do("binh", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	o.do("binh", desk.KindMark, desk.MarkMade{Item: o.state().Items[39].ID})
	inSight := `(() => { const li = document.querySelector(".live-item.current").getBoundingClientRect(), box = document.querySelector(".live-item.current").closest(%q).getBoundingClientRect();
		return li.top >= box.top - 1 && li.bottom <= box.bottom + 1 && scrollY === 0 && document.querySelector(".live-item.current .nth").textContent === %q })()`

	b := o.browser()
	b.size(820, 1180)
	b.open("binh", "/live")
	b.wait(fmt.Sprintf(inSight, ".live-items", "40"))
	b.wait(`document.getElementById("note-text").getBoundingClientRect().bottom < innerHeight`)
	for _, nth := range []string{"41", "42", "43"} {
		b.keys("m")
		b.wait(fmt.Sprintf(inSight, ".live-items", nth))
	}
	b.size(1366, 768)
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/live"))
	b.wait(fmt.Sprintf(inSight, ".column", "43"))
	b.noComplaints()
}

// What ends a long preview is in sight as soon as the preview is.
func TestAPreviewOfAnyLengthIsTakenOverWhereItBegins(t *testing.T) {
	o := newOffice(t, "dai-hoi-mau")
	agenda, list := "STT\tNội dung\n", "Họ và tên,Đơn vị\nLê Thị Bích,Chi bộ 1\n"
	for i := range 60 {
		agenda += fmt.Sprintf("%d\tNội dung thứ %[1]d\n", i+1)
		list += fmt.Sprintf(",Chi bộ %d\n", i+1)
	}
	file := filepath.Join(t.TempDir(), "danh sách.csv")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	inSight := `(() => { const x = document.querySelector(%q).getBoundingClientRect(); return x.top >= 0 && x.bottom <= innerHeight && document.documentElement.scrollHeight > 2 * innerHeight })()`
	b := o.browser()
	b.as("clerk", "/")
	for _, size := range [][2]int64{{1366, 768}, {820, 1180}, {390, 844}} {
		b.size(size[0], size[1])
		b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/agenda"))
		b.do(fmt.Sprintf(`const p = document.getElementById("pasted"); p.value = %q; p.form.querySelector("[value=preview]").click()`, agenda))
		b.wait(fmt.Sprintf(inSight, "button[value=replace]"))
		b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/register"))
		b.attach("#file", file)
		b.do(`document.getElementById("file").form.requestSubmit()`)
		b.wait(fmt.Sprintf(inSight, "form[action$='/taken'] button.main"))
	}
	b.noComplaints()
}

func TestAPersonsLongNameTakesOneLine(t *testing.T) {
	o := newOffice(t, "council-demo")
	name := "Nguyễn Phước Tôn Nữ Thị Đặng Quỳnh Hương Giang Thượng Uyển Bảo Ngọc Trường Xuân Hoàng Kỳ Nghĩa Đệ"
	if _, err := o.accounts().Add(t.Context(), o.people["admin"].ID, accounts.New{Login: "long", Name: name, Language: "vi", Password: password}); err != nil {
		t.Fatal(err)
	}
	b := o.browser()
	for width, most := range map[int64]string{1366: "80", 820: "80", 390: "130"} {
		b.size(width, 800)
		b.as("long", "/")
		b.wait(`document.querySelector("header.top").getBoundingClientRect().height <= ` + most)
		b.wait(`document.querySelector("header.top .who").title.length > 90 && document.documentElement.scrollWidth <= innerWidth`)
	}
}
