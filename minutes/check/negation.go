package check

import (
	"regexp"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// Negating words. "không" at the end of a question asks; "không chỉ" and "not
// only" deny nothing; the sides of a vote are looked at in votes.
var (
	negative = map[string]map[string]bool{
		"vi": set("không chưa chẳng chớ đừng"),
		"en": set("not no never none cannot nobody nothing neither nor without don't doesn't didn't won't wouldn't can't couldn't shouldn't isn't aren't wasn't weren't hasn't haven't hadn't unable"),
	}
	notNegative = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`không (?:chỉ|những)|(?:hay|có .{1,40}|được) không\s*[?.]?$|hay không|không biết|không gian|không khí|hàng không|trên không|không quân|không ngừng|không ít|không biểu quyết|không hợp lệ|không giờ`),
		"en": regexp.MustCompile(`not only|no\. ?\d|whether or not|no doubt|no later than|not least|(?:hearing|seeing|there being) none`),
	}
	tallyLabels = regexp.MustCompile(`không (?:tán thành|đồng ý|nhất trí|biểu quyết|có ý kiến)|no abstentions?|none against|no votes? against|(?:nobody|none|no one|no member) (?:abstain(?:ed|ing)|opposed|against|voted against)`)
	// antonyms say no without a negating word.
	antonyms = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`phản đối|bác|từ chối|thiếu|vắng|miễn|trái với|phủ nhận|hết|tối đa|tối thiểu|nhiều nhất|ít nhất`),
		"en": regexp.MustCompile(`\b(?:lost|defeated|rejected|refused|against|opposed?|objected|declined|lacks?|absent|fails?|failed|denied|dismissed|disagreed|vacant|unanimous\w*|unopposed|free of|withheld|unavailable|impossible|unable|at most|at least|maximum|minimum|up to)\b|\bun\w{4,}`),
	}
	negSkip = set(`có được bị đã đang sẽ là của và các những một nào ai gì phải cần thể nên còn thêm ra vào cho với đại biểu đồng chí người ông bà
 tôi chúng ta our its his her my your their
 a an the any to be been have has had do does did is are was were it that this of in on for with i we they he she can could would will there member members councillor councillors`)
)

// veryLight words tell nothing of what is denied.
var veryLight = set(`có được bị đã đang sẽ là của và các những một nào ai gì đại biểu đồng chí tôi chúng ta ông bà our its his her my your their a an the any to be been have has had do does did is are was were it that this of in on for with i we they he she would will`)

const negScope = 3 // content words that a negation is taken to deny

// negation is a negating word and the content words behind it.
type negation struct {
	at    int // index of the word
	scope []string
}

func negatedBefore(language, clause string) bool {
	words := lang.Words(clause)
	for i := max(0, len(words)-3); i < len(words); i++ {
		if negative[language][words[i]] {
			return true
		}
	}
	return false
}

// stop ends a sentence in a list of words: a negation does not reach over it.
const stop = "."

// pause is a comma in a list of words.
const pause = ","

var commaCut = regexp.MustCompile(`,\s`)

// cleaned gives the folded words of a text, sentence by sentence, without what
// looks like a negation and is none.
func cleaned(language, text string) []string {
	var out []string
	for _, s := range lang.Sentences(language, text) {
		low := lang.Fold(s)
		if len(minutes.Tallies(language, s)) > 0 {
			low = tallyLabels.ReplaceAllString(low, "")
		}
		if re := notNegative[language]; re != nil {
			low = re.ReplaceAllString(low, "")
		}
		for i, part := range commaCut.Split(low, -1) {
			if words := lang.Words(part); len(words) > 0 {
				if i > 0 && len(out) > 0 && out[len(out)-1] != stop {
					out = append(out, pause)
				}
				out = append(out, words...)
			}
		}
		out = append(out, stop)
	}
	return out
}

func negationsIn(language string, words []string) []negation {
	var out []negation
	for i, w := range words {
		if !negative[language][w] {
			continue
		}
		n := negation{at: i}
		var light []string // words that say little by themselves
		for j := i + 1; j < len(words) && j <= i+8 && len(n.scope) < negScope && words[j] != stop; j++ {
			if words[j] == pause {
				if len(n.scope) == 0 && len(light) > 1 {
					n.scope = light // "không cần thêm người, cần ba bóng": the clause has no other words
					break
				}
				continue
			}
			if negSkip[words[j]] || negative[language][words[j]] {
				if !negative[language][words[j]] && !veryLight[words[j]] {
					light = append(light, stem(language, words[j]))
				}
				continue
			}
			n.scope = append(n.scope, stem(language, words[j]))
		}
		out = append(out, n)
	}
	return out
}

// denied says whether a negation stands near words[i]: up to before words
// before it or after words behind it in its sentence, or in a short answer that
// follows ("Any objection? There is none.").
func denied(language string, words []string, i, before, after int, answers bool) bool {
	for j := i; j >= max(0, i-before) && words[j] != stop; j-- {
		if negative[language][words[j]] {
			return true
		}
	}
	j := i
	for ; j < len(words) && words[j] != stop; j++ {
		if j <= i+after && negative[language][words[j]] {
			return true
		}
	}
	if !answers {
		return false
	}
	no := false
	for k := j + 1; k < len(words) && k <= j+answerLength+1; k++ {
		if words[k] == stop {
			return no
		}
		no = no || negative[language][words[k]]
	}
	return false
}

const answerLength = 5 // words of a short answer

// answered finds what a question asks for and a short answer denies: the words
// behind "any" in "Are there any corrections? There are none."
func answered(language, text string) [][]string {
	var out [][]string
	list := lang.Sentences(language, text)
	for i := 0; i+1 < len(list); i++ {
		reply := lang.Words(list[i+1])
		if !strings.HasSuffix(list[i], "?") || len(reply) > answerLength || !slices.ContainsFunc(reply, func(w string) bool { return negative[language][w] }) {
			continue
		}
		low := lang.Fold(list[i])
		m := asksFor[language].FindStringSubmatch(low)
		if m == nil {
			continue
		}
		if scope := stems(language, lang.Words(m[1])); len(scope) > 0 {
			out = append(out, scope[:min(2, len(scope))])
		}
	}
	return out
}

var asksFor = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`\bany(?:body|one)?\s+(\w+)`),
	"vi": regexp.MustCompile(`(?:có )?(?:ai|đại biểu nào|đồng chí nào)? ?(?:có )?(ý kiến|phản đối|thắc mắc)`),
}

// negations finds a "không" or "not" that was lost or added.
func (c *sentenceCase) negations() {
	if negative[c.language] == nil {
		return
	}
	own := cleaned(c.language, c.text)
	proof := cleaned(c.language, c.proof)
	ownStems, proofStems := stems(c.language, own), stems(c.language, proof)
	ownNeg, proofNeg := negationsIn(c.language, own), negationsIn(c.language, proof)
	// An antonym says no only where the other side has not the same word.
	anti := func(words []string, i int, other []string) bool {
		return only(antonyms[c.language], sentenceAt(words, i), strings.Join(other, " "))
	}

	for _, scope := range answered(c.language, c.proof) { // "any objection? none" and "an objection"
		if at := runOf(ownStems, scope); at >= 0 && !denied(c.language, own, at, 6, 4, false) && !anti(own, at, proof) {
			c.flag(minutes.FlagNegation, "mất lời phủ định: nguồn trả lời là không", "a negation is lost: the answer in the evidence is no")
			return
		}
	}
	after := 4
	if c.vi {
		after = 0 // "không" stands before what it denies
	}
	for _, n := range proofNeg { // lost?
		if len(n.scope) == 0 {
			continue
		}
		lost := false
		for from := 0; from < len(ownStems); {
			at := runOf(ownStems[from:], n.scope)
			if at < 0 {
				break
			}
			at += from
			if denied(c.language, own, at, 6, after, false) || anti(own, at, proof) {
				lost = false
				break
			}
			from = at + 1
			lost = lost || !(c.vi && len(n.scope) == 1 && wished(own[:at]))
		}
		if !lost && c.language == "en" && len(n.scope[0]) > 3 {
			lost = c.onlyDenied(n.scope[0], own, ownStems, proof, proofStems)
		}
		if !lost || affirmed(c.language, proof, proofStems, n.scope) {
			continue // it is also said without the negation
		}
		c.flag(minutes.FlagNegation, "mất lời phủ định: nguồn nói “%s …”", "a negation is lost: the evidence says “%s …”", strings.Join(proof[n.at:min(len(proof), n.at+5)], " "))
		return
	}
	for _, n := range ownNeg { // added?
		if len(n.scope) == 0 {
			continue
		}
		if len(proofNeg) == 0 && !only(antonyms[c.language], strings.Join(proof, " "), strings.Join(own, " ")) {
			c.flag(minutes.FlagNegation, "lời phủ định không có trong nguồn", "the evidence does not hold this negation")
			return
		}
		found, no := false, false
		for i, w := range proofStems {
			if w == n.scope[0] {
				found = true
				no = no || denied(c.language, proof, i, 6, 4, true) || anti(proof, i, own)
			}
		}
		if found && !no {
			c.flag(minutes.FlagNegation, "lời phủ định không có trong nguồn", "the evidence does not hold this negation")
			return
		}
	}
}

// wished says whether the words before ask for what follows: "đề nghị … sửa"
// does not say that it was done.
func wished(words []string) bool {
	for i := len(words) - 1; i >= 0 && words[i] != stop; i-- {
		switch words[i] {
		case "nghị", "cần", "để", "nhằm", "sẽ", "phải", "cầu":
			return true
		}
	}
	return false
}

// onlyDenied says whether a word that the evidence only ever denies stands in
// the sentence undenied.
func (c *sentenceCase) onlyDenied(w string, own, ownStems, proof, proofStems []string) bool {
	if formal["en"][w] {
		return false
	}
	stands := false
	for i, x := range ownStems {
		if x == w {
			if denied(c.language, own, i, 6, 4, false) {
				return false
			}
			stands = true
		}
	}
	for i, x := range proofStems {
		if x == w && !denied(c.language, proof, i, 6, 0, false) {
			return false
		}
	}
	return stands
}

// sentenceAt gives the words of the sentence that words[i] stands in.
func sentenceAt(words []string, i int) string {
	from, to := i, i
	for from > 0 && words[from-1] != stop {
		from--
	}
	for to < len(words) && words[to] != stop {
		to++
	}
	return strings.Join(words[from:to], " ")
}

// only says whether re finds a word in a that b has not.
func only(re *regexp.Regexp, a, b string) bool {
	for _, w := range re.FindAllString(a, -1) {
		if !strings.Contains(b, w) {
			return true
		}
	}
	return false
}

// runOf finds where the scope of a negation stands in the sentence: its first
// content word with the second close behind it. One word alone is enough only
// when the scope has no more.
func runOf(words, scope []string) int {
	for i, w := range words {
		if w != scope[0] {
			continue
		}
		if len(scope) == 1 {
			return i
		}
		for j := i + 1; j < min(len(words), i+5); j++ {
			if words[j] == scope[1] {
				return i
			}
		}
	}
	return -1
}

// affirmed says whether the evidence also has the words without a negation.
func affirmed(language string, words, stemmed, scope []string) bool {
	for i := range stemmed {
		if at := runOf(stemmed[i:], scope); at == 0 && !denied(language, words, i, 6, 0, false) {
			return true
		}
	}
	return false
}

func stems(language string, words []string) []string {
	out := slices.Clone(words)
	for i, w := range out {
		out[i] = stem(language, w)
	}
	return out
}
