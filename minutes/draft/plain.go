package draft

// plain is the voice of every other language: nothing is cleaned away or
// rewritten, speech stands as it was said behind its speaker's name, and data
// carries English labels.
type plain struct{ english }

func (plain) clean(_ *scene, u unit) string { return u.text }

func (plain) answer(string, string) string { return "" }

func (plain) callsTally(string) bool { return false }

func (plain) report(sc *scene, u unit) (string, bool) {
	if u.note || u.speaker == "" || !u.first {
		return u.text, u.note
	}
	who := u.speaker
	if p := sc.person(u.speaker); p != nil && p.Title != "" && sc.introduce(u.speaker) {
		who += ", " + p.Title
	}
	return who + ": " + u.text, false
}

func (plain) tells(string) telling { return telling{} }

func (plain) attendanceItem(string) bool { return false }
