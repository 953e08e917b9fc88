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
		"vi": regexp.MustCompile(`không (?:chỉ|những)|(?:hay|có .{1,40}|được) không\s*[?.]?$|hay không|không biết|không gian|không khí|hàng không|trên không|không quân|không ngừng|không dưới|không quá|không ít|không biểu quyết|không hợp lệ|không giờ`),
		"en": regexp.MustCompile(`not only|no\. ?\d|whether or not|no doubt|no later than|no more than|no less than|no fewer than|not least`),
	}
	tallyLabels = regexp.MustCompile(`không (?:tán thành|đồng ý|nhất trí|biểu quyết|có ý kiến)|no abstentions?|none against|no votes? against`)
	// antonyms say no without a negating word.
	antonyms = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`phản đối|bác|từ chối|thiếu|vắng|miễn|trái với|phủ nhận|hết`),
		"en": regexp.MustCompile(`\b(?:lost|defeated|rejected|refused|against|opposed?|objected|declined|lacks?|absent|fails?|failed|denied|dismissed|disagreed|vacant|unanimous\w*|unopposed|free of|withheld|unavailable|impossible|unable)\b|\bun\w{4,}`),
	}
	negSkip = set(`có được bị đã đang sẽ là của và các những một nào ai gì phải cần thể nên còn thêm ra vào cho với
 a an the any to be been have has had do does did is are was were it that this of in on for with i we they he she can could would will there`)
)

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
		out = append(append(out, lang.Words(low)...), stop)
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
		for j := i + 1; j < len(words) && j <= i+8 && len(n.scope) < negScope && words[j] != stop; j++ {
			if negSkip[words[j]] || negative[language][words[j]] {
				continue
			}
			n.scope = append(n.scope, stem(language, words[j]))
		}
		out = append(out, n)
	}
	return out
}

// denied says whether a negation stands near words[i]: before it, or as an
// answer behind it ("Any objection? There is none.").
func denied(language string, words []string, i, before, after int) bool {
	for j := max(0, i-before); j < min(len(words), i+after+1); j++ {
		if negative[language][words[j]] {
			return true
		}
	}
	return false
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
	ownText, proofText := strings.Join(own, " "), strings.Join(proof, " ")
	anti := antonyms[c.language]

	for _, n := range proofNeg { // lost?
		if len(n.scope) == 0 {
			continue
		}
		at := runOf(ownStems, n.scope)
		if at < 0 || denied(c.language, own, at, 6, 4) || anti.MatchString(ownText) {
			continue
		}
		if affirmed(c.language, proof, proofStems, n.scope) {
			continue // it is also said without the negation
		}
		c.flag(minutes.FlagNegation, "mất lời phủ định: nguồn nói “%s …”", "a negation is lost: the evidence says “%s …”", strings.Join(proof[n.at:min(len(proof), n.at+5)], " "))
		return
	}
	for _, n := range ownNeg { // added?
		if len(n.scope) == 0 {
			continue
		}
		if len(proofNeg) == 0 && !anti.MatchString(proofText) {
			c.flag(minutes.FlagNegation, "lời phủ định không có trong nguồn", "the evidence does not hold this negation")
			return
		}
		found, no := false, false
		for i, w := range proofStems {
			if w == n.scope[0] {
				found = true
				no = no || denied(c.language, proof, i, 6, 8)
			}
		}
		if found && !no && !anti.MatchString(proofText) {
			c.flag(minutes.FlagNegation, "lời phủ định không có trong nguồn", "the evidence does not hold this negation")
			return
		}
	}
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
		if at := runOf(stemmed[i:], scope); at == 0 && !denied(language, words, i, 6, 0) {
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
