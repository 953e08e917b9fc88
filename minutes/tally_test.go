package minutes_test

import (
	"fmt"
	"strings"
	"testing"

	"bienban/minutes"
)

func TestTalliesAreReadFromATextAsItIsSaid(t *testing.T) {
	for _, c := range []struct{ language, text, want string }{
		{"en", "Those in favour? Those against? 7 in favour, one against, no abstentions.", "7 ? 0"},
		{"en", "7 in favour, 1 against, no abstentions. The motion is carried.", "7 1 0"},
		{"en", "For: 7, against: 1, abstained: 0.", "7 1 0"},
		{"en", "The motion was carried by 7 votes to 2.", "7 2 ?"},
		{"en", "There were 8 votes for and 2 against.", "8 2 ?"},
		{"en", "3 in favour, 7 against. The amendment is lost. We now vote on the motion. 8 in favour, 2 against.", "3 7 ?;8 2 ?"},
		{"en", "The work takes 6 weeks for 54 dollars.", ""},
		{"en", "I am against spending more than 18 pounds.", ""},
		{"vi", "143/143 đại biểu có mặt tán thành, đạt 100%.", "143 ? ? of 143 100%"},
		{"vi", "142 đại biểu tán thành, không có đại biểu không tán thành, 1 đại biểu không biểu quyết.", "142 0 1"},
		{"vi", "Tán thành 142, không tán thành 0, không biểu quyết 1.", "142 0 1"},
		{"vi", "Có 22 đại biểu tán thành, 2 đại biểu không tán thành. Nghị quyết được thông qua.", "22 2 ?"},
		{"vi", "Tán thành: 20 phiếu; không tán thành: 3 phiếu.", "20 3 ?"},
		{"vi", "Chi bộ nhất trí 100%.", "? ? ? 100%"},
		{"vi", "Tôi không đồng ý mức 300 nghìn đồng.", ""},
		{"vi", "Tôi đồng ý với ý kiến của đồng chí Mười.", ""},
		{"vi", "49 hộ đồng ý hiến đất.", "49 ? ?"},
	} {
		var got []string
		for _, y := range minutes.Tallies(c.language, c.text) {
			s := fmt.Sprint(y.For, y.Against, y.Abstain)
			s = strings.ReplaceAll(s, "-1", "?")
			if y.Base >= 0 {
				s += fmt.Sprint(" of ", y.Base)
			}
			if y.Percent != "" {
				s += " " + y.Percent + "%"
			}
			got = append(got, s)
		}
		if strings.Join(got, ";") != c.want {
			t.Errorf("%q: %q, want %q", c.text, strings.Join(got, ";"), c.want)
		}
	}
}
