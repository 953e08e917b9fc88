package check

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"bienban/internal/lang"
	"bienban/minutes"
)

// Shares of a sentence's content words that must stand in its evidence. Set on
// testdata/pairs.yaml: see TestTheCheckerOnLabelledPairs.
const (
	foundedShare = 0.5  // of the whole sentence
	shortShare   = 0.3  // of a sentence of four content words or fewer, where one word is much
	clauseShare  = 0.25 // of each clause of clauseWords content words or more
	clauseWords  = 4
)

// formal words are those of minutes themselves: they tell how something is
// recorded, not what.
var formal = map[string]map[string]bool{
	"en": stemSet("en", `the a an of to in on at for and or by with from as that this these those it its is are was were be been being has have had do does did will would shall should may might can could
 he she they his her their them him there here who which what when where whether if than then so such also not no any all each both some other
 said stated reported asked requested noted explained moved seconded proposed recommended announced declared informed told added replied expressed confirmed presented suggested
 meeting council committee chair motion member members councillor mayor clerk item vote voted carried favour against abstain agreed approved present minutes
 about into before after during over under between per out up down because since while following upon regarding concerning were due further now one two three four five six seven eight nine ten eleven twelve voting
 mr mrs ms miss dr put opened closed abstention abstentions abstained nobody nothing gave given thanked spoke took made make place recorded speaker addressed`),
	"vi": stemSet("vi", `và của là các những một trong cho với được bị có đã đang sẽ thì mà để từ đến tại về theo như này đó kia ở ra vào lên xuống khi nếu do vì nên cũng còn rằng
 đồng chí ông bà anh chị đại biểu hội nghị cuộc họp biên bản nêu cho biết trình bày báo cáo phát biểu đề nghị kiến nghị ý kiến thống nhất tiếp thu kết luận
 thay mặt tổng số kết quả biểu quyết tán thành thông qua không chủ trì thư ký nội dung việc hiện thêm sau trước trên dưới giữa lúc ngày giờ phút năm tháng người đề xuất yêu cầu thông báo công bố tuyên bố`),
}

func stemSet(language, words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[stem(language, w)] = true
	}
	return out
}

// irregular verbs of meetings, past to present.
var irregular = map[string]string{
	"took": "take", "taken": "take", "brought": "bring", "found": "find", "sought": "seek", "held": "hold", "gave": "give", "given": "give", "sent": "send",
	"kept": "keep", "left": "leave", "met": "meet", "paid": "pay", "ran": "run", "rose": "rise", "said": "say", "saw": "see", "seen": "see", "spent": "spend", "spoke": "speak",
	"stood": "stand", "told": "tell", "thought": "think", "understood": "understand", "wrote": "write", "written": "write", "fell": "fall", "felt": "feel", "grew": "grow", "led": "lead",
	"lost": "lose", "made": "make", "meant": "mean", "put": "put", "read": "read", "was": "be", "were": "be", "is": "be", "are": "be", "had": "have", "has": "have", "did": "do", "does": "do",
	"went": "go", "gone": "go", "came": "come", "began": "begin", "begun": "begin", "built": "build", "bought": "buy", "chose": "choose", "chosen": "choose", "drew": "draw", "children": "child",
	"cannot": "can", "could": "can", "would": "will", "won't": "will", "can't": "can",
}

// stem brings the forms of an English word together, roughly; Vietnamese words
// have one form.
func stem(language, w string) string {
	if language != "en" {
		return w
	}
	w = strings.TrimSuffix(w, "'s")
	if s, ok := irregular[w]; ok {
		return s
	}
	for _, suffix := range []string{"ations", "ation", "ings", "ing", "ies", "ied", "edly", "ed", "es", "ly", "ment", "ments", "s", "e", "y"} {
		if len(w) > len(suffix)+3 && strings.HasSuffix(w, suffix) {
			w = strings.TrimSuffix(w, suffix)
			break
		}
	}
	if n := len(w); n > 4 && w[n-1] == w[n-2] { // planned → plan
		w = w[:n-1]
	}
	return strings.TrimSuffix(strings.TrimSuffix(w, "e"), "y")
}

// alike brings words together that minutes use for one another.
var alike = sameMeaning(
	"apologies apology absent absence", "cost estimate price expense", "begin start commence open", "close end finish conclude adjourn", "increase rise raise grow",
	"decrease fall drop reduce cut", "fund money budget finance", "reply answer respond", "visitor visit", "help support assist", "bring submit present provide",
	"resident people inhabitant citizen", "consent agreement", "approx about around roughly", "child pupil", "day daily", "week weekly", "year yearly annual annually",
)

func sameMeaning(groups ...string) map[string]string {
	out := map[string]string{}
	for _, g := range groups {
		words := strings.Fields(g)
		for _, w := range words {
			out[stem("en", w)] = stem("en", words[0])
		}
	}
	return out
}

func (c *sentenceCase) canonical(w string) string {
	s := stem(c.language, w)
	if a, ok := alike[s]; ok && !c.vi {
		return a
	}
	return s
}

// content gives the content words of a text: no figures, no words of form.
func (c *sentenceCase) content(text string) []string {
	var out []string
	for _, w := range lang.Words(text) {
		if formal[c.language][stem(c.language, w)] || len([]rune(w)) < 2 || strings.ContainsFunc(w, unicode.IsDigit) {
			continue
		}
		out = append(out, c.canonical(w))
	}
	return out
}

// overlap is the share of the sentence's content words that stand in text; 1
// for a sentence without any.
func (c *sentenceCase) overlap(text string) float64 {
	own := c.content(c.text)
	return share(own, c.canonicalSet(text))
}

func (c *sentenceCase) canonicalSet(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range lang.Words(text) {
		out[c.canonical(w)] = true
	}
	return out
}

func share(own []string, proof map[string]bool) float64 {
	if len(own) == 0 {
		return 1
	}
	n := 0.0
	for _, w := range own {
		if stands(w, proof) {
			n++
		}
	}
	return n / float64(len(own))
}

// stands allows the forms that stem does not bring together, and one letter of
// a recogniser's.
func stands(w string, proof map[string]bool) bool {
	if proof[w] {
		return true
	}
	for p := range proof {
		if len(w) >= 6 && len(p) >= 6 && (strings.HasPrefix(p, w[:6]) || lang.Distance(w, p) <= 1) {
			return true
		}
	}
	return false
}

// foreignRun is the longest run of content words that the evidence lacks.
func foreignRun(own []string, proof map[string]bool) int {
	longest, n := 0, 0
	for _, w := range own {
		if n++; stands(w, proof) {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// runLimit is how many content words in a row may be the writer's own, less
// one: a Vietnamese word is mostly of two syllables.
func (c *sentenceCase) runLimit() int {
	if c.vi {
		return 6
	}
	return 4
}

var clauseCut = regexp.MustCompile(`[;,:](?:\s|$)|\s(?:và|đồng thời|nhưng|and|but|so that|while)\s`)

// founded flags a sentence, or a clause of it, of which little stands in the
// evidence.
func (c *sentenceCase) founded() {
	if formal[c.language] == nil {
		return
	}
	proof := c.canonicalSet(c.proof + "\n" + c.about() + "\n" + c.nearNames() + "\n" + strings.Join(c.m.Glossary, "\n"))
	own := c.content(c.text)
	got := share(own, proof)
	switch {
	case len(own) == 0 || len(own) < 3 && (got > 0 || len(c.figuresOf(c.text)) > 0):
		return // too little to judge by
	case got < foundedShare && (len(own) > 4 || got < shortShare) || foreignRun(own, proof) >= c.runLimit():
		c.flag(minutes.FlagUnfounded, "nhiều phần của câu không có trong nguồn", "much of the sentence is not in the evidence")
		return
	}
	from := 0
	cuts := append(clauseCut.FindAllStringIndex(c.text, -1), []int{len(c.text), len(c.text)})
	for _, m := range cuts {
		text := c.text[from:m[0]]
		clause := c.content(text)
		statement := from > 0 && c.text[from-2] == ';'
		first := from == 0
		from = m[1]
		slices.Sort(clause)
		if clause = slices.Compact(clause); len(clause) >= clauseWords && share(clause, proof) < clauseShare || !first && !c.anchored(text) && c.strange(clause, proof, statement) {
			c.flag(minutes.FlagUnfounded, "đoạn “%s” không có trong nguồn", "“%s” is not in the evidence", strings.TrimSpace(text))
			return
		}
	}
}

// nearNames adds the names, titles and units of the people that the evidence
// brings in.
func (c *sentenceCase) nearNames() string {
	var out []string
	for _, p := range c.supported() {
		out = append(out, p.Name, p.Title, p.Unit)
	}
	for _, e := range c.cited {
		out = append(out, e.Speaker, e.Title)
	}
	return strings.Join(out, "\n")
}
