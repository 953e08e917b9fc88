package minutes

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bienban/internal/lang"
)

// A speaker who misspoke says so ("sorry, I correct that", "xin đính chính")
// and gives the right figure or name. What was taken back must not be drafted
// from, so it is removed from the evidence's text; the raw words keep it.

// strongCues announce a correction and nothing else. A gap of punctuation may
// stand on either side.
var strongCues = map[string]*regexp.Regexp{
	"vi": regexp.MustCompile(`(?i)(?:[\s,;:.–-]+(?:à|ờ|ừ|ấy|dạ|vâng)\b?[, ]+|[\s,;:.–-]*)(?:` +
		`(?:xin lỗi|thành thật xin lỗi)?,?\s*(?:(?:tôi|chúng tôi|em|cho tôi|cho phép tôi|đoàn thư ký)\s+)??(?:(?:(?:xin phép|xin được|xin|được)\s+)?(?:đính chính|cải chính)|(?:xin phép|xin được|xin|phải|cần)\s+(?:nói lại|sửa lại|đọc lại|chỉnh lại)|(?:tôi|em)\s+(?:nói|đọc|sửa) lại)(?: lại)?(?: cho đúng| một chút| như sau)?` +
		`|(?:xin lỗi,?\s*)?(?:(?:tôi|em|chúng tôi)\s+)?(?:vừa |đã )?(?:nói|đọc|tính|ghi)\s+(?:nhầm|lộn|sai)` +
		`|xin lỗi,?\s*(?:(?:tôi|em)\s+)?(?:bị\s+)?nhầm` +
		`)(?:[\s,;:.–-]+|$)(?:(?:đúng ra|chính xác|đúng)(?: là| phải là)?[\s,:]+)?`),
	"en": regexp.MustCompile(`(?i)[\s,;:.–-]*(?:\b(?:oh|no|er|uh|um)[, ]+)*(?:` +
		`(?:(?:i'?m |i am |my )?(?:sorry|apologies|excuse me|pardon(?: me)?|i beg your pardon|forgive me)[,.]?\s*)?(?:i|let me|may i|i must|i should|i need to|i have to|i would like to|i'd like to|allow me to|if i may)\s+correct\s+(?:that|this|it|myself|the figure|that figure|the record|the number|what i said)` +
		`|(?:(?:i'?m )?sorry[,.]?\s*)?i\s+(?:misspoke|mis-spoke|stand corrected|got that wrong|gave the wrong figure|said that wrong|should have said|meant to say|meant|mean)` +
		`|(?:sorry[,.]?\s*)?(?:scratch|strike) that` +
		`|(?:sorry[,.]?\s*)?(?:let me|i'?ll|i will|allow me to|i should) (?:rephrase|restate|start again|say that again|put that another way)(?: that| it)?` +
		`|(?:a )?correction(?:\s*[:,.–-])` +
		`)(?:[\s,;:.–-]+|$)`),
}

// weakCues may as well be courtesy; they count only between two figures of one
// kind that stand close to them.
var weakCues = map[string]*regexp.Regexp{
	"vi": regexp.MustCompile(`(?i)[\s,;:.–-]+(?:à không|à nhầm|à lộn|ấy nhầm|ấy chết|ấy|nhầm|lộn|quên|nói đúng ra là|đúng hơn là|phải là|xin lỗi|à xin lỗi|à quên)[\s,;:.–-]+`),
	"en": regexp.MustCompile(`(?i)[\s,;:.–-]+(?:(?:i'?m )?sorry|excuse me|pardon(?: me)?|or rather|rather|no, no|wait|hang on|make that|no)[\s,;:.–-]+`),
}

// denied stands before a value that is named only to say that it is wrong.
var denied = regexp.MustCompile(`(?i)[\s,]*(?:chứ\s+|and\s+)?(?:không phải|rather than|instead of|and not|not)(?:\s+(?:là|số|con số|đồng chí|ông|bà|councillor|mr|mrs|ms|miss))*\s*$`)

// rightSaid closes a correction in Vietnamese: "à nhầm, 86 hộ mới đúng".
var rightSaid = regexp.MustCompile(`(?i),?\s+(?:thì |thế )?mới (?:đúng|phải|chính xác|chuẩn)(?: ạ)?([^\p{L}]|$)`)

// denialEnd leads from the denied value to the right one.
var denialEnd = regexp.MustCompile(`(?i)^[\s,]*(?:mà|but)(?:\s+(?:là|phải là))?\s+`)

const (
	weakReach   = 40  // bytes between a weak cue and the figures on its sides
	putReach    = 12  // bytes behind "let me rephrase" in which a better figure must begin
	weakWindow  = 120 // bytes on each side of a weak cue that are read
	maxWeakCues = 40  // weak cues looked at in one segment
	lookBack    = 12  // segments in which a later correction seeks what it corrects
	maxPerTurn  = 6   // corrections looked for in one segment
	restartBack = 10  // words in which a restarted phrase may begin
)

// value is a figure or a name that may be taken back.
type value struct {
	kind, text, key string
	noun            string // the word after a bare figure: "86 hộ" and "68 hộ" are of one thing
	start, end      int
}

var (
	viName = regexp.MustCompile(`\p{Lu}\p{L}*(?:\s\p{Lu}\p{L}*)+|\b(?i:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b`)
	enName = regexp.MustCompile(`\p{Lu}[\p{L}'’-]+(?:\s\p{Lu}[\p{L}'’-]+)*`)
)

func firstWord(s string) string {
	w := lang.Words(s[:min(len(s), 60)])
	if len(w) == 0 || strings.TrimLeft(s, " ") == "" {
		return ""
	}
	if r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " ")); !unicode.IsLetter(r) {
		return ""
	}
	return w[0]
}

// figures lists the firm figures of a text.
func figures(language, text string) []value {
	var out []value
	for _, q := range lang.Quantities(language, text) {
		if q.Weak {
			continue
		}
		v := value{kind: string(q.Kind) + q.Unit, text: q.Text, key: q.Value, start: q.Start, end: q.End}
		if q.Kind == lang.KindNumber {
			v.noun = firstWord(text[q.End:])
		}
		out = append(out, v)
	}
	return out
}

// proper lists names and days of a text, one-word names at the beginning of a
// sentence excepted.
func proper(language, text string) []value {
	re := enName
	if language == "vi" {
		re = viName
	}
	var out []value
	for _, m := range re.FindAllStringIndex(text, -1) {
		t := text[m[0]:m[1]]
		lead := strings.TrimRight(text[:m[0]], " ")
		if !strings.Contains(t, " ") && (lead == "" || strings.ContainsAny(lead[len(lead)-1:], ".!?:")) {
			continue
		}
		out = append(out, value{kind: "name", text: t, key: lang.Fold(t), start: m[0], end: m[1]})
	}
	return out
}

// alike says whether b may stand in a's place.
func alike(a, b value) bool {
	if a.key == b.key && a.kind == b.kind || yearly(a) != yearly(b) {
		return false
	}
	if a.kind == b.kind {
		return a.noun == b.noun || a.noun == "" || b.noun == ""
	}
	bare := func(v value) bool { return v.kind == string(lang.KindNumber) }
	measured := func(v value) bool {
		return strings.HasPrefix(v.kind, string(lang.KindMoney)) || strings.HasPrefix(v.kind, string(lang.KindPercent))
	}
	// "$45,000, sorry, 54,000"
	return a.key != b.key && (bare(a) && measured(b) || measured(a) && bare(b) && b.noun == "")
}

// yearly says whether a bare figure is written as a year is.
func yearly(v value) bool {
	return len(v.text) == 4 && v.key == v.text && (strings.HasPrefix(v.text, "19") || strings.HasPrefix(v.text, "20"))
}

// stays leads back to a figure that was right the first time.
var stays = regexp.MustCompile(`(?i)(?:\bit is|\bit's|\bthis is|\bstill|\bremains|\bthis year|nay là|vẫn là|vẫn|năm nay)\s+$`)

// putOtherwise is said of words that are put otherwise, whose figures need not be wrong.
var putOtherwise = regexp.MustCompile(`(?i)rephrase|restate|start again|say that again|another way`)

// sentenceEnd is where the first sentence of s ends.
func sentenceEnd(language, s string) int {
	if list := lang.Sentences(language, s); len(list) > 0 {
		if i := strings.Index(s, list[0]); i >= 0 {
			return i + len(list[0])
		}
	}
	return len(s)
}

// applyCorrections removes from said (one transcript, in order) what speakers
// took back. Languages other than Vietnamese and English are left alone: their
// cues are not known.
func applyCorrections(language string, said []Evidence) {
	language, _, _ = strings.Cut(language, "-")
	if strongCues[language] == nil {
		return
	}
	for i := range said {
		for range maxPerTurn {
			if !correctOnce(language, said, i) {
				break
			}
		}
	}
}

func correctOnce(language string, said []Evidence, i int) bool {
	e := &said[i]
	if cue := strongCues[language].FindStringIndex(e.Text); cue != nil {
		if text, ok := inside(language, e.Text, cue, len(e.Text)); ok {
			e.Text, e.Note = text, "what the speaker took back is left out"
			return true
		}
		if text, ok := answeredNext(language, said, i, cue); ok {
			e.Text, e.Note = text, "superseded by "+said[i+1].ID
			return true
		}
		if across(language, said, i, cue) {
			return true
		}
		if text, ok := retracted(language, e.Text, cue); ok {
			e.Text, e.Note = text, "what the speaker took back is left out"
			return true
		}
		return false
	}
	if text, ok := notButs(language, e.Text); ok && !disputes(language, said, i, text) {
		e.Text, e.Note = text, "what the speaker took back is left out"
		return true
	}
	if m := misnamed.FindStringSubmatchIndex(e.Text); m != nil && language == "vi" {
		e.Text, e.Note = e.Text[:m[0]]+e.Text[m[2]:], "what the speaker took back is left out"
		return true
	}
	for _, cue := range weakCues[language].FindAllStringIndex(e.Text, maxWeakCues) {
		// Only what stands close can be meant, so only that is read.
		lo, hi := blankBefore(e.Text, cue[0]-weakWindow), blankAfter(e.Text, cue[1]+weakWindow)
		if text, ok := inside(language, e.Text[lo:hi], []int{cue[0] - lo, cue[1] - lo}, weakReach); ok {
			e.Text, e.Note = e.Text[:lo]+text+e.Text[hi:], "what the speaker took back is left out"
			return true
		}
	}
	return false
}

func blankBefore(s string, i int) int {
	if i <= 0 {
		return 0
	}
	return strings.LastIndexByte(s[:i], ' ') + 1
}

func blankAfter(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	if n := strings.IndexByte(s[i:], ' '); n >= 0 {
		return i + n
	}
	return len(s)
}

// inside mends a correction that stands in one segment with what it corrects.
func inside(language, text string, cue []int, reach int) (string, bool) {
	before, after := text[:cue[0]], text[cue[1]:]
	end := sentenceEnd(language, after)
	if m := rightSaid.FindStringSubmatchIndex(after[:end]); m != nil {
		after = after[:m[0]] + after[m[2]:]
		end = sentenceEnd(language, after)
	}
	if text, ok := restated(language, before, after, end, reach); ok {
		return text, true
	}
	if putOtherwise.MatchString(text[cue[0]:cue[1]]) {
		end = min(end, putReach)
	}
	for _, list := range []func(string, string) []value{figures, proper} {
		olds, news := list(language, before), list(language, after)
	next:
		for _, b := range news {
			if b.start >= end || b.start > reach {
				break
			}
			if denied.MatchString(after[:b.start]) {
				continue
			}
			for k := len(olds) - 1; k >= 0; k-- {
				a := olds[k]
				if slices.ContainsFunc(news, func(v value) bool {
					return v.key == a.key && v.start > b.start && v.start < end && stays.MatchString(after[:v.start])
				}) {
					continue next // "5.9%. No, 6.9% was last year; it is 5.9%."
				}
				if a.key == b.key && len(before)-a.end <= weakWindow {
					continue next // said again as it was: not what is corrected
				}
				if len(before)-a.end > reach || reach == weakReach && strings.ContainsAny(before[a.end:], ".!?") {
					break
				}
				if alike(a, b) {
					rest, _ := withoutDenied(language, after[b.end:], 0)
					if text, ok := anew(language, before, after, a, b); ok {
						return text, true
					}
					return splice(before, a, b, rest), true
				}
			}
		}
	}
	if reach != weakReach && strings.ContainsAny(text[cue[0]:min(cue[0]+2, len(text))], ",;:.–-…") {
		return restart(before, after)
	}
	return "", false
}

// splice puts b in a's place. Where the words behind a were said again behind
// b, or the cue follows a at once, the first go is cut out whole; else its
// words stay.
func splice(before string, a, b value, rest string) string {
	kept := strings.TrimRight(before[a.end:], " ,;:.")
	if w := firstWord(kept); strings.TrimSpace(kept) == "" || w == firstWord(rest) || firstWord(rest) == "" && a.noun != "" && b.noun == "" && w != a.noun {
		return before[:a.start] + b.text + rest
	}
	text := before[:a.start] + b.text + before[a.end:]
	tail := strings.TrimLeft(rest, " ,;:.")
	if tail == "" {
		return strings.TrimRight(text, " ,;:") + ending(rest)
	}
	if b.noun != "" && b.noun == a.noun { // "68 hộ …, xin đính chính, 86 hộ": the noun stands already
		tail = strings.TrimLeft(cutWord(tail), " ,;:.")
	}
	if tail == "" {
		return strings.TrimRight(text, " ,;:") + ending(rest)
	}
	return strings.TrimRight(text, " ,;:") + ", " + tail
}

// finite finds a verb that makes a clause of its own.
var finite = regexp.MustCompile(`(?i)\s(?:is|are|was|were|has|have|had|will|would)\s`)

// again begins a second go that speaks of what was just said.
var again = regexp.MustCompile(`(?i)^\W*(?:it|that|this|they|those|these|there|the (?:figure|number|total|amount|sum|cost|price|date|time)|i|we)\b`)

// misnamed mends "mời cô Trà, à nhầm, đồng chí Tráng báo cáo".
var misnamed = regexp.MustCompile(`(?:[Đđ]ồng chí|[Đđ]/c|[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác)(?: \p{Lu}\p{L}*)+[\s,.…–-]+(?:à,? )?(?:nhầm|lộn|quên|xin lỗi|xin lỗi,? nhầm|không phải)[\s,.…–-]+(?:mời |là )?((?:đồng chí|đ/c|ông|bà|anh|chị|cô|chú|bác)(?: \p{Lu}\p{L}*)+)`)

func cutWord(s string) string {
	for i, r := range s {
		if !unicode.IsLetter(r) {
			return s[i:]
		}
	}
	return ""
}

func ending(s string) string {
	if s = strings.TrimSpace(s); s != "" && strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s[len(s)-1:]
	}
	return ""
}

// restart mends "…on Saturday mornings, sorry, I correct that, on Sunday
// mornings": the phrase begins again with a word of the first go.
func restart(before, after string) (string, bool) {
	w := firstWord(after)
	if w == "" {
		return "", false
	}
	at := len(before)
	for range restartBack {
		cut := strings.LastIndexByte(strings.TrimRight(before[:at], " "), ' ')
		if cut < 0 {
			return "", false
		}
		at = cut + 1
		if firstWord(before[at:]) == w {
			return before[:at] + after, true
		}
		at = cut
	}
	return "", false
}

// withoutDenied removes "không phải 68", "not 68" from s, which begins behind
// the right value, and gives what was removed.
func withoutDenied(language, s string, from int) (string, []value) {
	var gone []value
	for _, list := range []func(string, string) []value{figures, proper} {
		vs := list(language, s)
		for k := len(vs) - 1; k >= 0; k-- {
			v := vs[k]
			m := denied.FindStringIndex(s[:v.start])
			if v.start < from || m == nil {
				continue
			}
			end := v.end
			if d := denialEnd.FindStringIndex(s[end:]); d != nil { // "không phải 68 mà là 86"
				s = strings.TrimRight(s[:m[0]], " ,") + " " + s[end+d[1]:]
			} else {
				if v.noun != "" {
					end += len(s[end:]) - len(strings.TrimLeft(cutWord(strings.TrimLeft(s[end:], " ")), ""))
				}
				s = s[:m[0]] + s[end:]
			}
			gone = append(gone, v)
		}
	}
	return s, gone
}
