package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"bienban/internal/lang"
	"bienban/minutes/check"
)

// narrow keeps of a sentence's units those that it really holds something of,
// so that a model that cites everything does not pass for one that cites right.
func (d *drafter) narrow(p *plan, a answered) []int {
	if len(a.units) == 1 {
		return a.units
	}
	have := wordsOf(a.text)
	figures := values(d.m.Language, a.text, true)
	var out []int
	for _, i := range a.units {
		u := p.units[i]
		words := contentWords(d.m.Language, u.text)
		n := 0
		for _, w := range words {
			if have[w] {
				n++
			}
		}
		// A third of its words, or one of its figures and a fifth: less is chance.
		if 3*n >= len(words) || 5*n >= len(words) && overlaps(figures, values(d.m.Language, u.text, false)) {
			out = append(out, i)
		}
	}
	return out
}

var (
	markup   = regexp.MustCompile(`[{}<>|\\]|https?://|www\.`)
	enDenial = regexp.MustCompile(`(?i)\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|[a-z]+n't)\b`)
	viDenial = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:không|chưa|chẳng|chớ|đừng|miễn|ngoại trừ)(?:$|[^\p{L}])`)
)

// judge says what is wrong with a model's sentence, "" when nothing is found:
// markup, the first person, another script, words to the machine, a figure, a
// name or a denial that the units do not hold.
func (d *drafter) judge(p *plan, a answered) string {
	var evidence, voices []string
	for _, i := range a.units {
		u := p.units[i]
		evidence = append(evidence, u.text, u.out)
		voices = append(voices, u.speaker, u.title)
	}
	spoken := strings.Join(evidence, " ")
	all := spoken + " " + strings.Join(voices, " ")
	switch {
	case markup.MatchString(a.text):
		return d.say("it holds markup", "có ký hiệu đánh dấu")
	case d.firstPerson(a.text) && !strings.Contains(a.text, "“"):
		return d.say("it is in the first person", "viết ở ngôi thứ nhất")
	case !sameScript(a.text, all):
		return d.say("it is in another script", "khác chữ viết")
	case injected(d.m.Language, []unit{{text: a.text}})[0]:
		return d.say("it speaks to the machine", "nói với máy")
	case len([]rune(a.text)) > 3*len([]rune(spoken))+80:
		return d.say("it is much longer than its evidence", "dài hơn hẳn bằng chứng")
	}
	known := values(d.m.Language, all, true)
	for _, q := range lang.Quantities(d.m.Language, a.text) {
		if !q.Weak && !slices.Contains(known, q.Value) {
			return d.say(fmt.Sprintf("the figure %q is not in the evidence", q.Text), fmt.Sprintf("số %q không có trong bằng chứng", q.Text))
		}
	}
	folded := " " + strings.Join(lang.Words(all), " ") + " "
	for _, name := range capitals(a.text) {
		if !strings.Contains(folded, " "+strings.Join(lang.Words(name), " ")+" ") {
			return d.say(fmt.Sprintf("%q is not in the evidence", name), fmt.Sprintf("%q không có trong bằng chứng", name))
		}
	}
	for _, w := range decisions(d.m.Language, a.text) {
		if !slices.Contains(decisions(d.m.Language, all), w) {
			return d.say(fmt.Sprintf("a decision (%q) is not in the evidence", w), fmt.Sprintf("quyết định (%q) không có trong bằng chứng", w))
		}
	}
	for _, w := range acts(d.m.Language, a.text) {
		if !slices.Contains(acts(d.m.Language, all), w) {
			return d.say(fmt.Sprintf("nobody did that (%q) in the evidence", w), fmt.Sprintf("bằng chứng không có việc %q", w))
		}
	}
	set := wordsOf(all)
	words, strange := contentWords(d.m.Language, a.text), 0
	for _, w := range words {
		if !set[w] && !reporting[w] && (strings.HasPrefix(d.m.Language, "vi") || !stemmed(set, w)) {
			strange++
		}
	}
	// A small model's new word is a slip ("đơn" for "Đoàn") more often than style; a large one may word a quarter anew.
	if d.strict && strange > 0 || 4*strange > len(words) {
		return d.say("it holds words that the evidence does not", "có từ ngữ không có trong bằng chứng")
	}
	if d.denials(a.text) != d.denials(strings.Join(texts(p, a.units), " ")) {
		return d.say("a negation is lost or added", "mất hoặc thêm chữ phủ định")
	}
	var found []string
	for _, f := range check.Sentence(d.sentence(p, a), p.item.ID, d.idx) {
		found = append(found, f.Text)
	}
	return strings.Join(found, "; ")
}

func texts(p *plan, units []int) []string {
	out := make([]string, len(units))
	for k, i := range units {
		out[k] = p.units[i].text
	}
	return out
}

// lost says what of a unit its sentences do not hold, "" when nothing of weight.
func (d *drafter) lost(u unit, text string) string {
	have := values(d.m.Language, text, true)
	for _, v := range values(d.m.Language, u.text, false) {
		if !slices.Contains(have, v) {
			return d.say(fmt.Sprintf("the figure %s is lost", v), fmt.Sprintf("mất số %s", v))
		}
	}
	folded := " " + strings.Join(lang.Words(text), " ") + " "
	for _, name := range capitals(u.text) {
		if !strings.Contains(folded, " "+strings.Join(lang.Words(name), " ")+" ") {
			return d.say(fmt.Sprintf("%q is lost", name), fmt.Sprintf("mất %q", name))
		}
	}
	if u.speaker != "" && strings.Contains(u.out, u.speaker) && !strings.Contains(lang.Fold(text), lang.Fold(u.speaker)) {
		return d.say("the speaker is not named", "không nêu tên người phát biểu")
	}
	if d.denials(u.text) > d.denials(text) {
		return d.say("a negation is lost", "mất chữ phủ định")
	}
	set := wordsOf(text)
	for _, stem := range weighty(d.m.Language, u.text) {
		found := false
		for w := range set {
			found = found || strings.HasPrefix(w, stem)
		}
		if !found && !strings.Contains(folded, " "+stem+" ") {
			return d.say(fmt.Sprintf("%q is lost", stem), fmt.Sprintf("mất %q", stem))
		}
	}
	words := contentWords(d.m.Language, u.text)
	n := 0
	for _, w := range words {
		if set[w] || !strings.HasPrefix(d.m.Language, "vi") && stemmed(set, w) {
			n++
		}
	}
	// Four fifths of the words that carry weight: minutes are brief, but a record. What
	// a small model leaves out ("in the past term") it does not know to be needless.
	if d.strict && n < len(words) || 5*n < 4*len(words) {
		return d.say("too much of it is lost", "mất nhiều ý")
	}
	return ""
}

// stemmed matches an English word across its endings (reports, reported).
func stemmed(set map[string]bool, w string) bool {
	if len(w) < 5 {
		return false
	}
	stem := w[:len(w)-len(w)/4-1]
	for x := range set {
		if strings.HasPrefix(x, stem) {
			return true
		}
	}
	return false
}

func wordsOf(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range lang.Words(text) {
		set[w] = true
	}
	return set
}

var (
	enStop = wordSet(`the a an of to in on at for by with from and or but that this these those it its is are was were be been being has have had
		will would shall should can could may might do does did as so than then there here i we you he she they me us him her them my our your
		his their also very just about into over per which who whom what when where how any now`)
	viStop = wordSet(`và của là có các những cho với trong trên dưới tại từ đến được bị đã đang sẽ thì mà để này đó kia ấy rằng như cũng rất tôi
		chúng ta em xin thưa kính đồng chí ông bà đại biểu về ra vào lên xuống nữa khi một hiện nay ý kiến phát`)
)

// reporting is the words with which a record says that somebody spoke; they need no evidence.
var reporting = wordSet(`stated said reported noted added explained mentioned spoke told advised according meeting
	cho biết phát biểu báo cáo nêu rằng trình bày thông tin thêm nhấn mạnh theo ý kiến đồng thời hỏi`)

// contentWords is the words of a text that carry its matter; figures are judged apart.
func contentWords(language, text string) []string {
	stop := enStop
	if strings.HasPrefix(language, "vi") {
		stop = viStop
	}
	var out []string
	for _, w := range lang.Words(text) {
		if !stop[w] && !strings.ContainsFunc(w, unicode.IsDigit) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

var (
	enWeighty = []string{"mov", "second", "propos", "recommend", "request", "support", "oppos", "object", "disagree", "accept", "reject", "withdr",
		"approv", "amend", "undert", "promis", "refus", "abstain", "nominat"}
	viWeighty = []string{"đề nghị", "kiến nghị", "yêu cầu", "đề xuất", "giao", "thống nhất", "nhất trí", "tán thành", "cam kết", "phê duyệt", "tiếp thu",
		"bác bỏ", "phản đối", "chỉ định", "biểu dương"}
)

// weighty is the acts that a text reports and that must not be lost.
func weighty(language, text string) []string { return stems(language, text, enWeighty, viWeighty) }

var (
	enDecisions = []string{"approv", "carried", "lost", "defeat", "reject", "adopt", "agreed", "passed", "grant", "elected", "dismiss", "unanim", "appoint", "ratif"}
	viDecisions = []string{"thông qua", "bác bỏ", "trúng cử", "phê duyệt", "tán thành", "nhất trí", "thống nhất", "đồng ý", "chỉ định", "quyết định", "bãi bỏ", "chấp thuận"}
)

// What people do to one another with words: a model that reports "asked" as
// "instructed" has changed the record.
var (
	enSpeechActs = []string{"inform", "instruct", "order", "direct", "demand", "promis", "agree", "approv", "request", "recommend", "propos", "suggest", "urg", "warn",
		"invit", "assign", "decid", "conclud", "confirm", "critici", "blam", "prais", "accus", "refus", "deni", "deny", "apolog", "thank", "object", "oppos", "second",
		"mov", "welcom", "congratul", "nominat", "withdr", "threat", "complain"}
	viSpeechActs = []string{"yêu cầu", "chỉ đạo", "đề nghị", "kiến nghị", "đề xuất", "giao", "phân công", "kết luận", "phê bình", "khen", "hứa", "cam kết", "từ chối",
		"phủ nhận", "chất vấn", "phản đối", "mời", "cảm ơn", "xin lỗi", "biểu dương", "hoan nghênh", "ra lệnh", "tiếp thu", "tuyên bố", "công bố"}
)

func acts(language, text string) []string { return stems(language, text, enSpeechActs, viSpeechActs) }

// decisions is the decisions that a text tells of.
func decisions(language, text string) []string {
	return stems(language, text, enDecisions, viDecisions)
}

// stems is which of a list of word beginnings a text holds; English and Vietnamese alone have lists.
func stems(language, text string, english, viet []string) []string {
	var list []string
	endings := false
	switch {
	case strings.HasPrefix(language, "vi"):
		list = viet
	case strings.HasPrefix(language, "en"):
		list, endings = english, true
	}
	folded := " " + strings.Join(lang.Words(text), " ") + " "
	var out []string
	for _, w := range list {
		// A Vietnamese word is whole syllables; an English one has endings.
		if strings.Contains(folded, " "+w+" ") || endings && strings.Contains(folded, " "+w) {
			out = append(out, w)
		}
	}
	return out
}

func (d *drafter) denials(text string) int {
	switch {
	case strings.HasPrefix(d.m.Language, "vi"):
		return len(viDenial.FindAllString(strings.ReplaceAll(text, " ", "  "), -1))
	case strings.HasPrefix(d.m.Language, "en"):
		return len(enDenial.FindAllString(text, -1))
	}
	return 0
}

func (d *drafter) firstPerson(text string) bool {
	switch {
	case strings.HasPrefix(d.m.Language, "vi"):
		return viFirst.MatchString(text)
	case strings.HasPrefix(d.m.Language, "en"):
		return enFirst.MatchString(text)
	}
	return false
}

// capitals is the capitalised words inside a sentence, runs of them as one:
// names and titles. The first word of a sentence says nothing.
func capitals(text string) []string {
	var out []string
	var run []string
	flush := func() {
		if len(run) > 0 {
			out = append(out, strings.Join(run, " "))
		}
		run = nil
	}
	start := true
	for _, w := range strings.Fields(text) {
		core := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		first := []rune(core)
		if len(first) > 0 && unicode.IsUpper(first[0]) && !start {
			run = append(run, core)
		} else {
			flush()
		}
		start = false
		if core == "" {
			continue
		}
		if strings.ContainsAny(w[len(w)-1:], ".,;:!?") || strings.HasSuffix(w, "”") {
			flush()
			start = strings.ContainsAny(w[len(w)-1:], ".:!?")
		}
	}
	flush()
	return out
}

// sameScript says whether every letter of text is of a script that the evidence uses.
func sameScript(text, evidence string) bool {
	scripts := []*unicode.RangeTable{unicode.Latin, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Cyrillic, unicode.Arabic,
		unicode.Thai, unicode.Devanagari, unicode.Greek, unicode.Hebrew, unicode.Khmer, unicode.Lao}
	for _, s := range scripts {
		in := func(r rune) bool { return unicode.Is(s, r) }
		if strings.ContainsFunc(text, in) && !strings.ContainsFunc(evidence, in) {
			return false
		}
	}
	return true
}
