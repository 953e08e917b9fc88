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
			{[]string{"Esc"}, "keys.now"}, {[]string{"u"}, "keys.undo"}}},
		{"keys.write", []keyRow{{[]string{"n"}, "keys.note"}, {[]string{"o"}, "keys.point"}}},
		{"keys.speak", []keyRow{{[]string{"s"}, "keys.next_speaker"}, {[]string{"⇧1", "…", "⇧9"}, "keys.nth_speaker"}, {[]string{"f"}, "keys.speaker"},
			{[]string{"q"}, "keys.queue"}}},
		{"keys.count", []keyRow{{[]string{"a"}, "keys.all"}, {[]string{"v"}, "keys.vote"}, {[]string{"e"}, "keys.election"},
			{[]string{"+"}, "keys.arrive"}, {[]string{"-"}, "keys.leave"}}},
		{"keys.record", []keyRow{{[]string{"p"}, "keys.pause"}, {[]string{"c"}, "keys.closed"}, {[]string{"⇧P"}, "keys.pause_more"}, {[]string{"r"}, "keys.capture"}}},
		{"keys.more", []keyRow{{[]string{"?"}, "keys.help"}}},
	}
}

func reviewKeys() []keyGroup {
	return []keyGroup{
		{"keys.listen", []keyRow{{[]string{"Space"}, "keys.play"}, {[]string{"←", "→"}, "keys.three"}, {[]string{"[", "]"}, "keys.speed"},
			{[]string{"↑", "↓"}, "keys.segment"}}},
		{"keys.doubt", []keyRow{{[]string{"d", "⇧D"}, "keys.next_doubt"}, {[]string{"Enter"}, "keys.edit"}, {[]string{"k"}, "keys.resolve"}}},
		{"keys.typing", []keyRow{{[]string{"F8"}, "keys.play_on"}, {[]string{"F7"}, "keys.back"}, {[]string{"F9"}, "keys.save_doubt"},
			{[]string{"Ctrl+Enter"}, "keys.split"}, {[]string{"Enter"}, "keys.save_next"}, {[]string{"Esc"}, "keys.save"}}},
		{"keys.whole", []keyRow{{[]string{"⇧↑", "⇧↓"}, "keys.more_segments"}, {[]string{"s"}, "keys.set_speaker"}, {[]string{"i"}, "keys.set_item"},
			{[]string{"g"}, "keys.merge"}, {[]string{"x"}, "keys.dismiss"}, {[]string{"h"}, "keys.history"}, {[]string{"u"}, "keys.undo"}}},
		{"keys.more", []keyRow{{[]string{"?"}, "keys.help"}}},
	}
}
