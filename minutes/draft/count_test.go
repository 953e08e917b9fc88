package draft

import (
	"testing"

	"bienban/minutes"
)

func TestHowManyCameOrWentIsSaidWhereNobodyIsNamed(t *testing.T) {
	t.Parallel()
	m := &minutes.Meeting{Kind: minutes.KindCongress}
	present := 135
	five := minutes.AttendanceEvent{Event: minutes.EventLeave, Count: 5, Present: &present}
	one := minutes.AttendanceEvent{Event: minutes.EventArrive}
	for got, want := range map[string]string{
		english{}.event(m, five):    "5 members left; 135 members were present from then on.",
		english{}.event(m, one):     "A member arrived.",
		vietnamese{}.event(m, five): "5 đại biểu rời Đại hội; từ đó có mặt: 135.",
		vietnamese{}.event(m, one):  "Một đại biểu đến dự.",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
