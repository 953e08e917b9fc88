package portal

// keyGroup and keyRow are the list of keys that "?" shows. What a key does is in
// live.js and review.js; a test compares them.
type keyGroup struct {
	Title string // key of a text
	Keys  []keyRow
}

type keyRow struct {
	Keys []string // as on the keyboard; a key of a text where it begins with "key."
	Text string   // key of a text
}

func liveKeys() []keyGroup {
	return []keyGroup{
		{"keys.agenda", []keyRow{{[]string{"m"}, "keys.mark_next"}, {[]string{"1", "…", "9"}, "keys.mark_nth"}, {[]string{"↑", "↓"}, "keys.select"},
			{[]string{"Esc"}, "keys.now"}, {[]string{"[", "]"}, "keys.mark_shift"}, {[]string{"Alt+↑", "Alt+↓"}, "keys.mark_drag"}, {[]string{"Del"}, "keys.remove"}, {[]string{"u"}, "keys.undo"}}},
		{"keys.write", []keyRow{{[]string{"n"}, "keys.note"}, {[]string{"o"}, "keys.point"}, {[]string{"d"}, "keys.details"}, {[]string{"k", "⇧K"}, "keys.settle"}}},
		{"keys.speak", []keyRow{{[]string{"s"}, "keys.next_speaker"}, {[]string{"⇧1", "…", "⇧9"}, "keys.nth_speaker"}, {[]string{"f"}, "keys.speaker"},
			{[]string{"q"}, "keys.queue"}, {[]string{"⇧0"}, "keys.nobody"}}},
		{"keys.count", []keyRow{{[]string{"a"}, "keys.all"}, {[]string{"v"}, "keys.vote"}, {[]string{"e"}, "keys.election"}, {[]string{"w"}, "keys.publish"},
			{[]string{"+"}, "keys.arrive"}, {[]string{"-"}, "keys.leave"}, {[]string{"t"}, "keys.attendance"}}},
		{"keys.record", []keyRow{{[]string{"p"}, "keys.pause"}, {[]string{"c"}, "keys.closed"}, {[]string{"⇧P"}, "keys.pause_more"}, {[]string{"r", "⇧R"}, "keys.capture"}}},
		{"keys.phases", []keyRow{{[]string{"g"}, "keys.open"}, {[]string{"x"}, "keys.close"}, {[]string{"y"}, "keys.rehearse"}}},
		{"keys.more", []keyRow{{[]string{"?"}, "keys.help"}}},
	}
}

func reviewKeys() []keyGroup {
	return []keyGroup{
		{"keys.listen", []keyRow{{[]string{"Space"}, "keys.play"}, {[]string{"←", "→"}, "keys.three"}, {[]string{"[", "]"}, "keys.speed"},
			{[]string{"↑", "↓"}, "keys.segment"}}},
		{"keys.doubt", []keyRow{{[]string{"d", "⇧D"}, "keys.next_doubt"}, {[]string{"Enter"}, "keys.edit"}, {[]string{"a"}, "keys.take_name"}, {[]string{"r"}, "keys.replace_all"}, {[]string{"k"}, "keys.resolve"}}},
		{"keys.typing", []keyRow{{[]string{"F8"}, "keys.play_on"}, {[]string{"F7"}, "keys.back"}, {[]string{"F9"}, "keys.save_doubt"},
			{[]string{"F2"}, "keys.take_name_typing"}, {[]string{"Ctrl+←", "→"}, "keys.move_word"}, {[]string{"Ctrl+⇧←", "→"}, "keys.more_words"},
			{[]string{"Ctrl+Enter"}, "keys.split"}, {[]string{"Enter"}, "keys.save_next"}, {[]string{"Esc"}, "keys.save"}}},
		{"keys.whole", []keyRow{{[]string{"⇧↑", "⇧↓"}, "keys.more_segments"}, {[]string{"s"}, "keys.set_speaker"}, {[]string{"i"}, "keys.set_item"},
			{[]string{"g"}, "keys.merge"}, {[]string{"x"}, "keys.dismiss"}, {[]string{"h"}, "keys.history"}, {[]string{"u"}, "keys.undo"}, {[]string{"⇧U"}, "keys.redo"}}},
		{"keys.more", []keyRow{{[]string{"?"}, "keys.help"}}},
	}
}
