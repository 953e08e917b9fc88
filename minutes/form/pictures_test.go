package form_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/minutes/form"
)

// TestPicturesForTheEye writes PDFs to look at into the folder that
// BIENBAN_PICTURES names.
func TestPicturesForTheEye(t *testing.T) {
	dir := os.Getenv("BIENBAN_PICTURES")
	if dir == "" {
		t.Skip("set BIENBAN_PICTURES to a folder to have PDFs written there")
	}
	long := congress(t)
	long.Meeting.Title = strings.Repeat("Hội nghị lấy ý kiến về việc tổ chức thực hiện nhiệm vụ trọng tâm của nhiệm kỳ, ", 12)
	short := sample(t, "dai-hoi-mau")
	short.Sections, short.Meeting.Agenda = short.Sections[:2], short.Meeting.Agenda[:2]
	short.Meeting.Votes = short.Meeting.Votes[:1]
	short.Meeting.Kind, short.Meeting.Body, short.Meeting.Issuer, short.Meeting.Superior = "bch", "", "ĐẢNG ỦY PHƯỜNG HÒA THÀNH", "TỈNH ỦY CÀ MAU"
	short.Meeting.Place, short.Meeting.Number = "Hòa Thành", "7-BB/ĐU"
	election := congress(t)
	election.Meeting.Elections = tables(30).Meeting.Elections
	election.Meeting.Elections[0].Item = "C7a"
	election.Conflicts = []minutes.Conflict{{Item: "C8", Text: "công bố 142, ghi nhận 141"}}
	for name, m := range map[string]*minutes.Minutes{
		"dai-hoi-mau": congress(t), "council-demo": sample(t, "council-demo"), "long-title": long, "committee": short,
		"election": election, "closed": closedMeeting(), "hostile": hostileMinutes("dai-hoi"), "tall": tallCell(), "blank": {Meeting: minutes.Meeting{Kind: "dai-hoi", Language: "vi"}},
	} {
		for _, o := range []form.Options{{Format: form.PDF}, {Format: form.HTML}, {Format: form.PDF, Copy: form.Full}, {Format: form.HTML, Copy: form.Full}} {
			file := name + strings.TrimSuffix("-"+o.Copy, "-") + "." + o.Format
			if err := os.WriteFile(filepath.Join(dir, file), export(t, m, o), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
