package minutes

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/lang"
)

// cue is a phrase that leads a meeting on, and how much it says by itself.
type cue struct {
	re     *regexp.Regexp
	weight float64
	all    bool // from whoever says it, not only from who presides
	back   bool // it leads back to an earlier item
}

// motionSaid finds a motion, whose "I move to amend …" leads to no item.
var motionSaid = regexp.MustCompile(`\bI(?: would like to|'d like to| hereby| formally| now)? move (?:to|that|the|we|an?|adoption|approval)\b|\b[Ss]o moved\b|\btake (?:the|that|this) (?:amendment|motion|vote)\b|^(?:[Nn]ow|[Nn]ext|[Tt]hen),? (?:to |for )?the (?:substantive|main|original|amended) (?:motion|resolution)`)

// interestIn declares an interest in an item, which nobody thereby calls.
var interestIn = regexp.MustCompile(`(?i)\binterest in (?:agenda )?(?:item|number)\b`)

// agendaCues are set phrases, per language. A language that is not here has
// only numbers and titles.
var agendaCues = map[string][]cue{
	"vi": {
		{regexp.MustCompile(`(?i)(?:nội dung|mục|phần|vấn đề|chương trình)\s+(?:tiếp theo|kế tiếp|sau cùng|cuối cùng)`), 4, false, false},
		{regexp.MustCompile(`(?i)tiếp theo (?:chương trình|nội dung|là nội dung|là phần|là mục)|tiếp tục chương trình|theo chương trình`), 3, false, false},
		{regexp.MustCompile(`(?i)(?:chuyển|bước|đi|sang) (?:sang|vào|qua|đến|tới)?\s*(?:phần|nội dung|mục|vấn đề|việc|chương trình)|(?:chuyển|bước) (?:sang|qua|vào)`), 3, false, false},
		{regexp.MustCompile(`(?i)^(?:(?:rồi|được rồi|thôi|vâng|tốt)[,. ]+)*(?:qua|sang|tới|đến|vào)\s+(?:việc|phần|nội dung|mục|vấn đề)`), 3, false, false},
		{regexp.MustCompile(`(?i)(?:bây giờ|sau đây|tiếp sau đây|ngay sau đây|tiếp theo|kế tiếp),?\s+(?:xin |kính |trân trọng )*(?:mời|đề nghị|đại hội|hội nghị|kỳ họp|chúng ta|là|tới|đến|sang|qua|vào)`), 2, false, false},
		{regexp.MustCompile(`(?i)^(?:(?:rồi|vâng|còn|và|tiếp theo)[,. ]+)*(?:về|đối với) (?:nội dung |vấn đề |việc |phần |mục |công tác )?`), 2, false, false},
		{regexp.MustCompile(`(?i)(?:quay|trở) lại (?:với )?(?:nội dung|mục|phần|vấn đề)`), 5, false, true},
		{regexp.MustCompile(`(?i)(?:xin|kính|trân trọng|tôi|thay mặt|và)?\s*(?:mời|đề nghị) (?:đồng chí|đ/c|ông|bà|anh|chị|đại diện|ban|tổ|phòng|đoàn|lãnh đạo|chủ tịch|bí thư|trưởng|phó)`), 1.5, false, false},
		{regexp.MustCompile(`(?i)(?:tôi|em|chúng tôi) (?:xin|xin phép|sẽ|được|xin được) (?:phép )?(?:được )?(?:trình bày|báo cáo|công bố|thông qua|đọc|trình)|thay mặt .{0,60}?(?:trình bày|báo cáo|công bố|đọc)`), 1.6, true, false},
	},
	"en": {
		{regexp.MustCompile(`(?i)\b(?:next|last|final|following) (?:item|business|matter|order of business|on (?:the|our|tonight's|today's) agenda|topic|point)|\b(?:item|business) (?:next|now) (?:is|before)`), 4, false, false},
		{regexp.MustCompile(`(?i)\b(?:move|moving|turn|turning|come|coming|go|going|proceed|proceeding|pass|passing|get|brings? us)\s+(?:now\s+|on\s+|straight\s+|next\s+)*(?:to|onto|on to)\b`), 3, false, false},
		{regexp.MustCompile(`(?i)\b(?:return|returning|go back|going back|come back|revert|back) to\b`), 4, false, true},
		{regexp.MustCompile(`(?i)^(?:(?:ok|okay|right|so|now|and|then|thank you|thanks)[,. ]+)*(?:next|then|now)\b`), 2, false, false},
		{regexp.MustCompile(`(?i)^[\w' ,]{0,40}\b(?:is|are|comes?)? ?next[.,]?$`), 3, false, false},
		{regexp.MustCompile(`(?i)\b(?:let us|let's|we will|we'll|we shall|we) (?:now |then |next )*(?:take|consider|hear|deal with|start with|begin with|look at|address|discuss)\b`), 2.5, false, false},
		{regexp.MustCompile(`(?i)\b(?:i|we|may i|can i|could i|i will|i'd like to|i would like to)\s+(?:now |then )?(?:invite|call on|call upon|ask|welcome)\b|\bover to\b|\bthe floor is\b`), 1.5, false, false},
		{regexp.MustCompile(`(?i)\bi (?:present|will present|am presenting|would like to present|have the honour to present|bring)\b|\bthis report\b`), 1.6, true, false},
	},
}

// numberedBy finds "item three", "mục 2", "nội dung thứ ba", "the second item".
type numberedBy struct {
	re     *regexp.Regexp
	weight float64 // less for words with which people also count the points of a speech
}

var numbered = map[string][]numberedBy{
	"vi": {
		{regexp.MustCompile(`(?i)(?:mục|nội dung|chương trình)\s+(?:số\s+)?(\p{L}{0,2}\d[\p{L}\d.]*)`), orderWeight},
		{regexp.MustCompile(`(?i)(?:mục|nội dung)\s+(?:thứ\s+)?([\p{L}\d.]+)`), 3.7},
		{regexp.MustCompile(`(?i)(?:phần|vấn đề|việc|điểm)\s+(?:thứ|số)\s+([\p{L}\d.]+)`), 2.8},
	},
	"en": {
		{regexp.MustCompile(`(?i)\b(?:agenda item|item number|item no\.?|item)\s+([\p{L}\d./]+)`), orderWeight},
		{regexp.MustCompile(`(?i)\bnumber\s+([\p{L}\d.]+) on\b`), orderWeight},
		{regexp.MustCompile(`(?i)\b(\p{L}+|\d+(?:st|nd|rd|th)) (?:item|order of business)\b`), 3.7},
		{regexp.MustCompile(`(?i)\b(\p{L}+|\d+(?:st|nd|rd|th)) (?:matter|point)\b`), 2.8},
	},
}

var spokenOrder = map[string]int{
	"nhất": 1, "một": 1, "đầu": 1, "hai": 2, "nhì": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
	"one": 1, "first": 1, "two": 2, "second": 2, "three": 3, "third": 3, "four": 4, "fourth": 4, "five": 5, "fifth": 5, "six": 6, "sixth": 6,
	"seven": 7, "seventh": 7, "eight": 8, "eighth": 8, "nine": 9, "ninth": 9, "ten": 10, "tenth": 10, "eleven": 11, "twelve": 12,
}

// orderSaid gives the number or id that a sentence calls an item by ("" for
// none), and how much that says.
func orderSaid(language, sentence string) (order string, weight float64) {
	for _, n := range numbered[language] {
		for _, g := range n.re.FindAllStringSubmatch(sentence, -1) {
			first := strings.TrimRight(lang.Fold(g[1]), ".")
			if k, ok := spokenOrder[first]; ok {
				return strconv.Itoa(k), n.weight
			}
			digits := strings.TrimRight(first, "stndrh.")
			if _, err := strconv.Atoi(digits); err == nil {
				return digits, n.weight
			}
			if strings.ContainsAny(first, "0123456789") {
				return first, n.weight // an id such as C7a or 26/04
			}
		}
	}
	return "", 0
}

// itemProfile is what is known of an item's subject.
type itemProfile struct {
	id, parent string
	title      []heardWord // words of the title, generic ones included
	names      []string    // folded names and titles of who presents it
	topics     map[string]bool
	phrases    [][]heardWord // the title, and what is voted on, tabled and read under it
	concepts   []concept
}

// profiles compares speech with the agenda.
type profiles struct {
	language string
	items    []itemProfile
	rare     map[string]float64 // of a word of phrases: 1 where one item alone has it
	weight   map[string]float64 // of a title's word: less when it is generic or in many titles
	words    [][]string         // of each segment
}

func newProfiles(m *Meeting, language string) *profiles {
	language, _, _ = strings.Cut(language, "-")
	p := &profiles{language: language, weight: map[string]float64{}}
	in := map[string]int{}
	for i, a := range m.Agenda {
		ip := itemProfile{id: a.ID, parent: a.Parent, title: heardWords(lang.Normalize(language, a.Title)), topics: map[string]bool{}}
		key := lang.Fold(a.Title)
		for _, c := range concepts {
			if c.title.MatchString(key) {
				if c.weight > 4 && strings.Contains(key, " và ") {
					c.weight = conceptWeight // "the resolution and the close" begins before the close
				}
				ip.concepts = append(ip.concepts, c)
			}
		}
		switch {
		case a.Closed:
			ip.concepts = append([]concept{goesClosed}, ip.concepts...)
		case i > 0 && m.Agenda[i-1].Closed:
			ip.concepts = append([]concept{goesOpen}, ip.concepts...)
		}
		ip.addPresenters(m, a, key)
		topics := []string{a.Title}
		for _, v := range m.Votes {
			if v.Item == a.ID {
				topics = append(topics, v.Subject, v.Text)
			}
		}
		for _, x := range m.Actions {
			if x.Item == a.ID {
				topics = append(topics, x.Task)
			}
		}
		for _, x := range m.Documents {
			if x.Item == a.ID {
				topics = append(topics, x.Title)
			}
		}
		for _, x := range m.Contributions {
			if x.Item == a.ID {
				topics = append(topics, x.Title, x.Person)
			}
		}
		for _, topic := range topics {
			if topic != "" {
				ip.phrases = append(ip.phrases, heardWords(lang.Normalize(language, topic)))
			}
		}
		for _, w := range lang.Words(strings.Join(topics, " ")) {
			if !slices.Contains(generic, w) && len([]rune(w)) > 2 {
				ip.topics[w] = true
			}
		}
		for k, w := range ip.title {
			if !slices.Contains(ip.title[:k], w) {
				in[w.word]++
			}
		}
		p.items = append(p.items, ip)
	}
	p.rare = map[string]float64{}
	for _, ip := range p.items {
		seen := map[string]bool{}
		for _, phrase := range ip.phrases {
			for _, w := range phrase {
				if !seen[w.word] {
					seen[w.word] = true
					p.rare[w.word]++
				}
			}
		}
	}
	for w, n := range p.rare {
		p.rare[w] = 1 / n
		if slices.Contains(generic, w) {
			p.rare[w] *= 0.3
		}
	}
	for w, n := range in {
		p.weight[w] = 1 / float64(n)
		if slices.Contains(generic, w) {
			p.weight[w] *= 0.3
		}
	}
	return p
}

// opens says whether the item is a meeting's opening.
func (ip *itemProfile) opens() bool {
	return slices.ContainsFunc(ip.concepts, func(c concept) bool { return c.opening })
}

// addPresenters collects who may be called to an item: its presenter, and for
// items of a usual kind those with the role that goes with it.
func (ip *itemProfile) addPresenters(m *Meeting, a AgendaItem, title string) {
	add := func(p Person) {
		ip.names = append(ip.names, lang.FoldPlain(p.Name))
		if len(strings.Fields(p.Title)) > 2 {
			ip.names = append(ip.names, lang.FoldPlain(p.Title))
		}
	}
	if a.Presenter != "" {
		if p := m.Person(a.Presenter); p != nil {
			add(*p)
		} else {
			ip.names = append(ip.names, lang.FoldPlain(a.Presenter))
		}
	}
	for _, x := range m.Appointments {
		if x.Item == a.ID && x.Reader != "" {
			ip.names = append(ip.names, lang.FoldPlain(x.Reader))
		}
	}
	for role, words := range map[string][]string{
		RoleSuperior:     {"cấp trên", "chỉ đạo", "lãnh đạo"},
		RoleVerification: {"thẩm tra tư cách"},
		RoleTeller:       {"kiểm phiếu", "bầu"},
	} {
		for _, w := range words {
			if strings.Contains(title, w) {
				for _, p := range m.People {
					if p.Role.Has(role) {
						add(p)
					}
				}
				break
			}
		}
	}
}

// topic is 1 for a segment that names the item's subject, less for a part of it.
func (ip *itemProfile) topic(words []string) float64 {
	n := 0
	for i, w := range words {
		if ip.topics[w] && !slices.Contains(words[:i], w) {
			n++
		}
	}
	return min(1, float64(n)/2)
}

// read gives what one sentence says about a change to each item. follow is the
// sentence behind it, answer what the next segment says ("" within a segment).
func (p *profiles) read(sentence, follow, answer string, presides, beginning, first bool) map[int]hint {
	low := lang.Fold(sentence)
	if programme.MatchString(low) {
		return nil
	}
	cueWeight, back := 0.0, false
	for _, c := range agendaCues[p.language] {
		if c.weight > cueWeight && (presides || c.all) && c.re.MatchString(sentence) && !motionSaid.MatchString(sentence) {
			cueWeight, back = c.weight, c.back
		}
	}
	order, orderScore := "", 0.0
	if presides && !interestIn.MatchString(sentence) {
		order, orderScore = orderSaid(p.language, sentence)
	}
	behind := heardWords(sentence)
	if cueWeight > 0 || order != "" {
		behind = append(behind, heardWords(follow)...)
	}
	answered := heardWords(answer)
	plain := lang.FoldPlain(sentence + " " + follow)
	out := map[int]hint{}
	strong := 0
	for j := range p.items {
		match := p.match(j, behind)
		if match > 0.6 {
			strong++
		}
		h := hint{cue: cueOf(sentence), back: back}
		switch {
		case cueWeight > 0 || order != "":
			h.score = cueWeight + max(titleWeight*match, answerWeight*p.match(j, answered))
		case presides && p.heading(j, behind):
			h.score = headingWeight + titleWeight*match
		case presides:
			h.score = plainWeight * match
		default:
			h.score = floorWeight * match
		}
		if first && cueWeight == 0 && order == "" && p.subject(j, behind) || cueWeight > 0 && p.subject(j, answered) {
			h.score += subjectWeight
		}
		h.score += p.called(j, order, orderScore, match)
		if presides || cueWeight > 0 {
			for _, n := range p.items[j].names {
				if strings.Contains(plain, n) && cueWeight > 0 {
					h.score += personWeight
					break
				}
			}
		}
		for _, c := range p.items[j].concepts {
			if (presides || c.opening && beginning) && c.said.MatchString(low) && (!c.opening || beginning) {
				h.score += c.weight
				break
			}
		}
		out[j] = h
	}
	if strong >= 3 && order == "" {
		return nil // a sentence that names half the agenda announces it
	}
	return out
}

// heading says whether a sentence is little else than item j's title, as a
// chair reads the agenda out: "Reports from council members."
func (p *profiles) heading(j int, words []heardWord) bool {
	if len(words) == 0 || len(words) > 8 {
		return false
	}
	n, all := 0, 0
	for _, w := range words {
		if len([]rune(w.word)) < 3 || w.word == "the" || w.word == "from" || w.word == "and" {
			continue
		}
		all++
		for _, t := range p.items[j].title {
			if alikeWord(t, w) > 0.7 {
				n++
				break
			}
		}
	}
	return n >= 2 && 3*n >= 2*all
}

// called scores "item three" for item j. A hall may count without the opening,
// so the item behind the third gets a little less; the title decides.
func (p *profiles) called(j int, order string, weight, match float64) float64 {
	if order == "" {
		return 0
	}
	byID := slices.ContainsFunc(p.items, func(i itemProfile) bool { return lang.Fold(i.id) == order })
	switch n, _ := strconv.Atoi(order); {
	case byID && lang.Fold(p.items[j].id) == order:
		return weight
	case byID:
		return 0
	case n == j+1:
		return weight
	case n == j && p.items[0].opens():
		return weight - 1 + match
	}
	return 0
}

// heardWord is a folded word, with and without its diacritics.
type heardWord struct{ word, plain string }
