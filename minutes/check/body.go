package check

import (
	"regexp"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// A body's own decision in Vietnamese: "Chi bộ quyết định sửa", "hội nghị biểu quyết
// lắp đèn". The same words are nouns ("công bố Quyết định số 12") and ask for a vote
// ("đề nghị Đại hội biểu quyết"), so what stands on either side of them is looked at.
var (
	resolving = regexp.MustCompile(`(\S+ )?(\S+) (quyết định|quyết nghị|biểu quyết)(?: (\S+))?`)
	// nounBefore make a document, an act or a right of the words; askedBefore only ask for it.
	nounBefore = set(`bố theo hành trao các dự thảo hiện tại ký cứ trình những một này bản văn ra của và/hoặc qua số về là kết quả quyền gia hình thức
 không nghị xin mời tiến trước sau phiếu bằng để việc hướng nội dung từ gồm khi lần phương thẩm tờ nhận đọc ban vào đến cần sẽ chưa sớm được`)
	nounBehind = set(`số của về này trên đó nêu với bằng kết theo công giơ có đạt tán nhất không và là gồm chỉ ban từ được bị ngày kỷ khen đầu tư hành chính tại thành lập bổ nhiệm một trước sau đồng thống thông`)
)

// resolves says whether a text tells that a body decided something, by the words of
// resolving; at is where.
func resolves(low string) (at int, ok bool) {
	for _, m := range resolving.FindAllStringSubmatchIndex(low, -1) {
		before, behind := low[m[4]:m[5]], ""
		if m[8] >= 0 {
			behind = strings.Trim(low[m[8]:m[9]], ".,;:")
		}
		word := low[m[6]:m[7]]
		if strings.ContainsAny(before, ".,;:“”\"(") && before != "và" {
			before = ""
		}
		switch {
		case before == "đã" && behind != "" && behind != "số":
			return m[6], true
		case behind == "" || strings.ContainsAny(behind, "0123456789/"):
			continue
		case nounBefore[before] && !(before == "nghị" && m[2] >= 0 && strings.HasPrefix(low[m[2]:m[3]], "hội")):
			continue
		case nounBehind[behind] && !(word == "quyết nghị" && behind != "của" && behind != "số" && behind != "về"):
			continue
		}
		return m[6], true
	}
	return 0, false
}

// resolved flags a body's decision that the evidence does not hold: neither a
// decision, nor the word of who presides, nor a recorded vote that carried.
func (c *sentenceCase) resolved() {
	if !c.vi {
		return
	}
	low := lang.Fold(c.text)
	at, ok := resolves(low)
	if !ok || wishes["vi"].MatchString(clauseBefore(low, at)) || negatedBefore("vi", clauseBefore(low, at)) {
		return
	}
	if _, theirs := resolves(lang.Fold(c.proof)); theirs || c.directed() {
		return
	}
	for _, p := range decide(c.language, c.proof) {
		if (p.class == "approve" || p.class == "appoint" || p.class == "dismiss") && !p.proposed && !p.negated && !individual.MatchString(lang.Fold(c.proof)) {
			return
		}
	}
	for _, e := range c.cited {
		if e.Kind == minutes.EvidenceNote || e.Kind == minutes.EvidenceDocument {
			return
		}
	}
	c.flag(minutes.FlagDecision, "nguồn không có quyết định này", "the evidence does not hold this decision")
}

// clauseBefore is what stands before at in its clause.
func clauseBefore(low string, at int) string {
	before := low[:at]
	if i := strings.LastIndexAny(before, ",;:."); i >= 0 {
		before = before[i:]
	}
	return before
}

// actors are the bodies and people that a clause may be about: they stand in every
// evidence and bear nothing out by themselves.
var actors = map[string]map[string]bool{
	"vi": set(`chi bộ ủy đảng khu phố khóm ấp phường xã thôn tổ dân ban nhân hội đoàn nhà trường tỉnh huyện ngành cơ quan đơn vị cấp trên thành viên cán hành thường vụ chấp mặt trận đại`),
	"en": set(`council committee parish town county state city board club school resident member clerk chair mayor treasurer officer`),
}

// strange says whether a clause says something of which the evidence has no word:
// three content words or more beside those of the bodies in it.
//
// A clause behind a semicolon is a statement of its own, and may share one word in
// three with the evidence by chance.
func (c *sentenceCase) strange(clause []string, proof map[string]bool, statement bool) bool {
	n, known := 0, 0
	for _, w := range clause {
		if actors[c.language][w] {
			continue
		}
		n++
		if stands(w, proof) {
			known++
		}
	}
	if n < strangeWords {
		return false
	}
	return known == 0 || statement && 3*known <= n || n >= clauseWords && float64(known) < clauseShare*float64(n)
}

// anchored says whether a clause holds a figure; whether the evidence has it is
// looked at elsewhere.
func (c *sentenceCase) anchored(clause string) bool {
	return slices.ContainsFunc(lang.Quantities(c.language, clause), func(q lang.Quantity) bool { return !q.Weak })
}

// strangeWords is the least that a clause must say to be judged on its own.
const strangeWords = 3

// duty is who is to do something: "the clerk shall report".
var duty = regexp.MustCompile(`\bthe ((?:deputy |town |city |parish )?(?:mayor|clerk|chair|chairman|chairwoman|treasurer|secretary|director|engineer|officer|county|council|committee)) (?:will|shall|is to|are to|was asked to|were asked to|agreed to|undertook to|must|would) (?:then |also |now )?(\w+)`)

// duties flags a task that the evidence gives to somebody else.
func (c *sentenceCase) duties() {
	if c.language != "en" {
		return
	}
	proof := lang.Fold(c.proof)
	theirs := duty.FindAllStringSubmatch(proof, -1)
	for _, m := range duty.FindAllStringSubmatch(lang.Fold(c.text), -1) {
		if strings.Contains(proof, m[1]) && slices.ContainsFunc(theirs, func(t []string) bool { return t[1] == m[1] }) {
			continue
		}
		holder := slices.ContainsFunc(c.cited, func(e minutes.Evidence) bool {
			p := c.m.Person(e.Speaker)
			return p != nil && e.Speaker != "" && c.holds(*p, m[1], m[1]) && undertakes(lang.Fold(e.Text), m[2])
		})
		if holder {
			continue
		}
		for _, t := range theirs {
			if stem("en", t[2]) == stem("en", m[2]) && t[1] != m[1] && !strings.HasSuffix(t[1], " "+m[1]) && !strings.HasSuffix(m[1], " "+t[1]) && !sameOffice(t[1], m[1]) {
				c.flag(minutes.FlagSpeaker, "theo nguồn, việc này giao cho %[2]s, không phải %[1]s", "the evidence has “the %[2]s” do this, not “the %[1]s”", m[1], t[1])
				return
			}
		}
	}
}

var enUndertakes = regexp.MustCompile(`\b(?:i|we)(?:'ll| will| shall| am to| can) (?:\w+ ){0,2}?(\w+)`)

// undertakes says whether the speaker of a text is to do the verb.
func undertakes(low, verb string) bool {
	for _, m := range enUndertakes.FindAllStringSubmatch(low, -1) {
		if rest := low[strings.Index(low, m[0]):]; strings.Contains(rest[:min(len(rest), 60)], stem("en", verb)) {
			return true
		}
	}
	return false
}

// sameOffice says whether two words name the same office.
func sameOffice(a, b string) bool {
	return strings.HasPrefix(a, "chair") && strings.HasPrefix(b, "chair")
}
