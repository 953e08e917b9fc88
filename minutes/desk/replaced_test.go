package desk_test

import (
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/minutes/desk"
	"bienban/templates/programmes"
)

func TestAProgrammeWithSubItemsIsReplacedByAnAgendaOfOnesOwn(t *testing.T) {
	t.Parallel()
	own := desk.AgendaReplaced{Items: []desk.ItemData{{Title: "Khai mạc"}, {Title: "Báo cáo"}, {Title: "Góp ý", Parent: "2"}}}
	all, err := programmes.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		r := newRoom(t, desk.Begin(p))
		r.do(desk.KindAgenda, own)
		checkAgenda(t, r.s)
		if len(r.s.Items) != 3 || r.s.Items[2].Parent != r.s.Items[1].ID {
			t.Errorf("%s: the agenda is %+v", p.Name, r.s.Items)
		}
		// What belongs to an item, also to a sub-item, is not torn from it.
		r.do(desk.KindNote, desk.NoteMade{Item: r.s.Items[2].ID, Text: "Một ý kiến"})
		if err := r.fails(desk.KindAgenda, own); fault.CodeOf(err) == "" || !strings.Contains(err.Error(), "Góp ý") {
			t.Errorf("%s: an agenda with a note in it was replaced: %v", p.Name, err)
		}
	}
}
