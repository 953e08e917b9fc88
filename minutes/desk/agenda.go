package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

func (t *turn) itemData(d *ItemData) error {
	d.Title, d.Presenter, d.Planned = oneLine(d.Title), oneLine(d.Presenter), oneLine(d.Planned)
	switch {
	case d.Title == "":
		return t.fail("item_title")
	case tooLong(d.Title, 4*maxName) || tooLong(d.Presenter, maxName) || tooLong(d.Planned, maxName):
		return t.fail("item_long", 4*maxName, maxName)
	case d.Session != "" && sessions.find(t.s, d.Session) == nil:
		return t.fail("session_unknown", d.Session)
	}
	return nil
}

// addAgenda adds items whose Parent is the place of their parent in the list.
func (t *turn) addAgenda(list []ItemData) error {
	if len(list) > maxThings {
		return t.fail("items_many", maxThings)
	}
	ids := make([]string, len(list))
	for i, d := range list {
		if err := t.itemData(&d); err != nil {
			return err
		}
		if d.Parent != "" {
			n, err := strconv.Atoi(d.Parent)
			if err != nil || n < 1 || n > i {
				return t.fail("item_parent", i+1, d.Parent)
			}
			d.Parent = ids[n-1]
		}
		ids[i] = t.newID("i")
		t.s.Items = append(t.s.Items, Item{ID: ids[i], ItemData: d, Rank: float64(i + 1)})
	}
	t.s.sortItems()
	return nil
}

func doAgenda(t *turn) error {
	b, err := body[AgendaReplaced](t)
	if err != nil {
		return err
	}
	for _, i := range t.s.Items { // its own sub-items go with it
		if what := t.s.heldBy(i.ID); what != (Summary{}) {
			return t.fail("agenda_used", what, clip(i.Title))
		}
	}
	n := len(t.s.Items)
	t.s.Items = nil
	if err := t.addAgenda(b.Items); err != nil {
		return err
	}
	t.out.Made = ""
	t.say("Thay chương trình: "+strconv.Itoa(len(b.Items))+" nội dung thay cho "+strconv.Itoa(n),
		"Replaced the agenda: "+strconv.Itoa(len(b.Items))+" items for "+strconv.Itoa(n))
	return nil
}

func doItemAdded(t *turn) error {
	b, err := body[ItemAdded](t)
	if err != nil {
		return err
	}
	if err := t.itemData(&b.ItemData); err != nil {
		return err
	}
	if len(t.s.Items) >= maxThings {
		return t.fail("items_full", maxThings)
	}
	if b.Parent != "" && items.find(t.s, b.Parent) == nil {
		return t.gone("item:" + b.Parent)
	}
	rank, err := t.rankBehind(b.After, b.Parent, "")
	if err != nil {
		return err
	}
	id := t.newID("i")
	t.s.Items = append(t.s.Items, Item{ID: id, ItemData: b.ItemData, Rank: rank, Live: t.s.Phase != Prepared})
	t.s.sortItems()
	t.out.Item = id
	if b.Begins != nil {
		if !t.s.Phase.Live() {
			return t.fail("item_begins")
		}
		if err := t.addMark(MarkMade{Item: id, Place: *b.Begins}); err != nil {
			return err
		}
		t.out.Made = id
	}
	t.say("Thêm nội dung: "+b.Title, "Added item: "+b.Title)
	return nil
}

// rankBehind gives a rank behind a sibling, which is "" for the last place and
// "^" for the first. It numbers the siblings anew when no room is left. skip is
// an item that is being moved.
func (t *turn) rankBehind(after, parent, skip string) (float64, error) {
	if after != "" && after != "^" {
		a := items.find(t.s, after)
		if a == nil {
			return 0, t.gone("item:" + after)
		}
		if a.Parent != parent || after == skip {
			return 0, t.fail("item_place", after)
		}
	}
	for range 2 {
		var of []*Item
		for i := range t.s.Items {
			if p := &t.s.Items[i]; p.Parent == parent && p.ID != skip {
				of = append(of, p)
			}
		}
		slices.SortStableFunc(of, func(a, b *Item) int { return cmp.Compare(a.Rank, b.Rank) })
		at := len(of)
		switch after {
		case "":
		case "^":
			at = 0
		default:
			at = 1 + slices.IndexFunc(of, func(i *Item) bool { return i.ID == after })
		}
		lo := 0.0
		if at > 0 {
			lo = of[at-1].Rank
		}
		if at == len(of) {
			return lo + 1, nil
		}
		hi := of[at].Rank
		if mid := lo + (hi-lo)/2; hi-lo > 1e-6 && mid > lo && mid < hi {
			return mid, nil
		}
		for n, i := range of {
			i.Rank = float64(n + 1)
		}
	}
	return 0, t.fail("item_room", after)
}

func doItemChanged(t *turn) error {
	b, err := body[ItemChanged](t)
	if err != nil {
		return err
	}
	i := items.find(t.s, b.ID)
	if i == nil {
		return t.gone("item:" + b.ID)
	}
	if err := t.itemData(&b.ItemData); err != nil {
		return err
	}
	if b.Parent != i.Parent {
		return t.fail("item_moves")
	}
	was := i.Title
	i.ItemData = b.ItemData
	t.out.Item = b.ID
	if was == b.Title {
		t.say("Sửa nội dung: "+b.Title, "Changed item: "+b.Title)
	} else {
		t.say("Sửa tên nội dung: "+was+" → "+b.Title, "Renamed item: "+was+" → "+b.Title)
	}
	return nil
}

func doItemMoved(t *turn) error {
	b, err := body[ItemMoved](t)
	if err != nil {
		return err
	}
	i := items.find(t.s, b.ID)
	if i == nil {
		return t.gone("item:" + b.ID)
	}
	for p := b.Parent; p != ""; {
		above := items.find(t.s, p)
		if above == nil {
			return t.gone("item:" + p)
		}
		if p == b.ID {
			return t.fail("item_itself")
		}
		p = above.Parent
	}
	rank, err := t.rankBehind(b.After, b.Parent, b.ID)
	if err != nil {
		return err
	}
	i.Parent, i.Rank = b.Parent, rank
	title := i.Title
	t.s.sortItems()
	t.out.Item = b.ID
	t.say("Chuyển vị trí nội dung: "+title, "Moved item: "+title)
	return nil
}

func doItemSkipped(t *turn) error {
	b, err := body[ItemSkipped](t)
	if err != nil {
		return err
	}
	i := items.find(t.s, b.ID)
	if i == nil {
		return t.gone("item:" + b.ID)
	}
	i.Skipped, i.Why = b.Skipped, ""
	t.out.Item = b.ID
	if b.Skipped {
		i.Why = oneLine(b.Reason)
		t.say("Bỏ qua nội dung: "+i.Title+because("vi", i.Why), "Skipped item: "+i.Title+because("en", i.Why))
		return nil
	}
	t.say("Không bỏ qua nữa: "+i.Title, "No longer skipped: "+i.Title)
	return nil
}

func doItemsMerged(t *turn) error {
	b, err := body[ItemsMerged](t)
	if err != nil {
		return err
	}
	into := items.find(t.s, b.Into)
	if into == nil {
		return t.gone("item:" + b.Into)
	}
	if into.Into != "" {
		return t.fail("merge_into", clip(into.Title))
	}
	var titles []string
	for _, id := range b.From {
		i := items.find(t.s, id)
		switch {
		case i == nil:
			return t.gone("item:" + id)
		case id == b.Into || i.Into != "":
			return t.fail("merge_twice", clip(i.Title))
		case i.Closed != into.Closed:
			return t.fail("merge_closed", clip(i.Title), clip(into.Title))
		}
		i.Into = b.Into
		titles = append(titles, i.Title)
		for j := range t.s.Items { // what was merged into it before goes along
			if t.s.Items[j].Into == id {
				t.s.Items[j].Into = b.Into
			}
		}
	}
	if len(titles) == 0 {
		return t.fail("merge_none", clip(into.Title))
	}
	t.out.Item = b.Into
	t.say("Gộp vào “"+into.Title+"”: "+strings.Join(titles, "; "), "Merged into “"+into.Title+"”: "+strings.Join(titles, "; "))
	return nil
}

func doItemRemoved(t *turn) error {
	b, err := body[Named](t)
	if err != nil {
		return err
	}
	i := items.find(t.s, b.ID)
	if i == nil {
		return t.gone("item:" + b.ID)
	}
	if what := t.s.refersTo(b.ID); what != (Summary{}) {
		return t.fail("item_used", what, clip(i.Title))
	}
	title := i.Title
	if err := items.put(t.s, b.ID, nil); err != nil {
		return err
	}
	t.say("Bỏ nội dung: "+title, "Removed item: "+title)
	return nil
}

// refersTo names something that belongs to an item; nothing when nothing does.
func (s *State) refersTo(id string) Summary {
	if slices.ContainsFunc(s.Items, func(i Item) bool { return i.Parent == id || i.Into == id }) {
		return nameOf("item")
	}
	return s.heldBy(id)
}

// heldBy is refersTo without the agenda itself.
func (s *State) heldBy(id string) Summary {
	switch {
	case slices.ContainsFunc(s.Marks, func(m MarkAt) bool { return m.Item == id }):
		return nameOf("mark")
	case slices.ContainsFunc(s.Notes, func(n NoteAt) bool { return n.Item == id }):
		return nameOf("note")
	case slices.ContainsFunc(s.Votes, func(v Vote) bool { return v.Item == id }):
		return nameOf("vote")
	case slices.ContainsFunc(s.Elections, func(e Election) bool { return e.Item == id }):
		return nameOf("election")
	case slices.ContainsFunc(s.Documents, func(d Document) bool { return d.Item == id }):
		return nameOf("document")
	case slices.ContainsFunc(s.Appointments, func(a Appointment) bool { return a.Item == id }):
		return nameOf("appointment")
	case slices.ContainsFunc(s.Contributions, func(c Contribution) bool { return c.Item == id }):
		return nameOf("contribution")
	case slices.ContainsFunc(s.Actions, func(a Action) bool { return a.Item == id }):
		return nameOf("action")
	case slices.ContainsFunc(s.Points, func(p Point) bool { return p.Item == id }):
		return nameOf("point")
	case slices.ContainsFunc(s.Attendance, func(a AttendanceAt) bool { return a.Item == id }):
		return nameOf("attendance")
	}
	return Summary{}
}

// sortItems brings the items into the agenda's order: by rank, sub-items behind
// their parent.
func (s *State) sortItems() {
	of := map[string][]Item{}
	known := map[string]bool{}
	for _, i := range s.Items {
		known[i.ID] = true
	}
	for _, i := range s.Items {
		p := i.Parent
		if !known[p] {
			p = "" // its parent is gone: it is shown all the same
		}
		of[p] = append(of[p], i)
	}
	out := make([]Item, 0, len(s.Items))
	var walk func(parent string)
	walk = func(parent string) {
		list := of[parent]
		slices.SortStableFunc(list, func(a, b Item) int {
			return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(number(a.ID), number(b.ID)))
		})
		for _, i := range list {
			out = append(out, i)
			walk(i.ID)
		}
	}
	walk("")
	s.Items = out
}

// broken names a reference to an item that is not there, or an item that is its
// own part; nothing when all is sound. Only an undo can bring that about.
func (s *State) broken() Summary {
	known := map[string]string{"": ""}
	for _, i := range s.Items {
		known[i.ID] = i.Parent
	}
	for _, i := range s.Items {
		p := i.Parent
		for range s.Items {
			p = known[p]
		}
		if _, ok := known[i.Parent]; !ok || p != "" {
			return titled("item", i.Title)
		}
	}
	missing := func(id string) bool { _, ok := known[id]; return !ok }
	for _, i := range s.Items {
		if missing(i.Into) {
			return titled("item", i.Title)
		}
	}
	var out Summary
	check := func(what, title, id string) {
		if out == (Summary{}) && missing(id) {
			out = titled(what, title)
		}
	}
	for _, m := range s.Marks {
		check("mark", "", m.Item)
	}
	for _, n := range s.Notes {
		check("note", n.Text, n.Item)
	}
	for _, v := range s.Votes {
		check("vote", "", v.Item)
	}
	for _, e := range s.Elections {
		check("election", "", e.Item)
	}
	for _, a := range s.Attendance {
		check("attendance", "", a.Item)
	}
	for _, d := range s.Documents {
		check("document", d.Title, d.Item)
	}
	for _, a := range s.Appointments {
		check("appointment", "", a.Item)
	}
	for _, c := range s.Contributions {
		check("contribution", "", c.Item)
	}
	for _, a := range s.Actions {
		check("action", "", a.Item)
	}
	for _, p := range s.Points {
		check("point", "", p.Item)
	}
	return out
}

// number is the counter in an id like "i12".
func number(id string) int {
	n, _ := strconv.Atoi(strings.TrimLeft(id, "abcdefghijklmnopqrstuvwxyz"))
	return n
}

// Item gives an item by id, following merges; nil when there is none.
func (s *State) Item(id string) *Item {
	for range s.Items {
		i := items.find(s, id)
		if i == nil || i.Into == "" {
			return i
		}
		id = i.Into
	}
	return nil
}

// ClosedItem says whether an item, or one above it, is closed.
func (s *State) ClosedItem(id string) bool {
	for range s.Items {
		i := s.Item(id)
		if i == nil {
			return false
		}
		if i.Closed {
			return true
		}
		id = i.Parent
	}
	return false
}
