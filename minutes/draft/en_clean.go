package draft

import (
	"regexp"
	"strings"

	"bienban/internal/lang"
)

// english is the voice of councils that meet in English.
type english struct{}

var (
	enThanksThen = regexp.MustCompile(`(?i)^(?:thank you|thanks)\b[^,.]*? (?:and|but) ((?:I|we)\b.*)$`)
	enThanks     = regexp.MustCompile(`(?i)^(?:and |so |well |once again )?(?:(?:I|we)(?: would|'d)? (?:like to )?)?(?:thank you|thanks|thank)\b`)
	enGreeting   = regexp.MustCompile(`(?i)^(?:and )?(?:good (?:morning|afternoon|evening|night|day)|hello|welcome|ladies and gentlemen|safe home|safe journey|take care|see you|dear (?:colleagues|members|councillors))\b`)
	enWish       = regexp.MustCompile(`(?i)^(?:and |so )?(?:have a (?:very )?(?:good|nice|lovely|great|safe|pleasant)\b.*|(?:I am|we are|I was)? ?(?:so |very |really )?sorry to hear (?:that|this|it)(?: happened)?|mind how you go.*|all the best|safe (?:home|journey|travels).*|drive safely.*|enjoy (?:the rest of )?your (?:evening|weekend|day|night).*|see you (?:all )?(?:next|then|again|in).*|get home safe.*|much appreciated|nice to (?:see|meet) you(?: all)?)$`)
	enNoise      = regexp.MustCompile(`(?i)^(?:certainly|of course|indeed|absolutely|okay|ok|well|lovely|great|just joking|(?:may|can|could) I (?:come in|speak|say something|just say something|ask a question))$`)
	enFiller     = regexp.MustCompile(`(?i)^(?:well|okay|ok|right|all right|yes|so|now|sure|great|good|fine|very well|lovely|please|I mean|you know|as I say|to be honest|frankly|look|hi|hi everyone|anyway|hang on|hold on|wait|no wait|let me see|happy to)$`)
	enQuestion   = regexp.MustCompile(`(?i)^(?:and |so )?(?:(?:(?:are|is) there |do (?:we|I) (?:have|see) |have we )(?:any|a)\b|any (?:objections?|corrections?|questions?|comments?|seconder|further|other|abstentions?|one|volunteers?)\b|(?:all )?(?:those|any(?:one)?) (?:in favou?r|against|opposed|abstaining)|all in favou?r|(?:does|would) any(?:one|body)\b|who (?:is|are) (?:in favou?r|against)|is it (?:agreed|seconded)|can I have|may I have|do we agree|shall we|abstentions\?)`)
	enAnyOf      = regexp.MustCompile(`(?i)^(?:and |so )?(?:(are|is) there )?any (?:(?:further|other|more) )?([a-z]+)\b`)
	enNone       = regexp.MustCompile(`(?i)^(?:no,? )?(?:there (?:are|is|were|was) none|none|I (?:see|hear) none|(?:I )?hear(?:ing)? none|seeing none|no)$`)
	enTallyCall  = regexp.MustCompile(`(?i)\b(?:in favou?r|against|opposed|abstentions?|abstaining|hands up|show of hands)\b[^.]*\?$|^(?:and )?(?:against|abstentions?|those against)\??$`)
	enShortAsk   = regexp.MustCompile(`(?i)^(?:any(?:one|body)?(?: else)?|opposed|nays|noes|nay|seconder|against|for|agreed|everyone|everybody|abstentions?|questions?|comments?|objections?|ready|all agreed|yes|no|nobody|no one|none)\?$|^would you (?:like|mind|care)\b|^do I have (?:a|any)\b|^(?:with that (?:change|amendment|correction), )?(?:are we|are you|is everyone|is everybody|do you all|can we|may we|shall we|are members|is everybody|is everyone) (?:all )?(?:happy|content|agreed|agree|ready|minded|approve|move|start|begin)\b|^(?:can|may|could) I (?:ask for|have|take|see|invite)\b`)
	enSmallTalk  = regexp.MustCompile(`(?i)^(?:(?:so|right|okay|well|now|then),? )*(?:(?:we will|we shall|let us|I will) take (?:the |that |this )?(?:amendment|motion|vote|substantive motion)(?: first| now| next| then)?|(?:to |on to )?the (?:substantive|original|main|amended) (?:motion|resolution)(?: as amended)?|a (?:recorded|roll[- ]call|named) vote (?:has been|is|was) (?:requested|called for|called)|roll[- ]call vote|let us (?:make a start|begin|start|get started|move on|crack on)|that is (?:everything|all|it|noted|fine|right|good|great)|lovely|moving on|over to you|off you go|go ahead)(?: then|,? please)?$`)
	enVoteNow    = regexp.MustCompile(`(?i)^(?:and |so |now,? |then )*(?:we|I)(?: will| shall|'ll)?(?: now)? (?:vote|move|go|proceed|come|take (?:the|a) vote|put (?:it|that) to the vote)(?: (?:to|on))?(?: (?:the|a|this))?(?: (?:vote|motion|amendment|motion as amended|substantive motion))*(?: now)?$`)
	enItemCue    = regexp.MustCompile(`(?i)^(?:(?:and|so|then|now|next|right|okay|ok|well|good|fine|thank you),? )*(?:(?:first|next|last|finally|then) (?:up )?(?:on (?:the|our|tonight's) (?:agenda|list)|up|we have)(?: is)?[,: ]+)?(?:(?:we|let us|let's|I)(?: will|'ll)?(?: now)? (?:come|move|turn|go|proceed|pass)(?: on)? to |moving on to |next (?:is|comes) |this brings us to )?(?:agenda )?item (?:number )?[\w-]+(?:[,:.]|$| is\b| -)?\s*`)
	enMoveOn     = regexp.MustCompile(`(?i)^(?:first|next|last|finally|then) (?:up )?(?:on (?:the|our|tonight's) (?:agenda|list)|up|we have)(?: is)?[,: ]+|^(?:(?:and|so|then|now|next|right|okay|ok|well),? )*(?:(?:we|let us)(?: will| shall)?(?: now)? (?:come|move|turn|go|proceed|pass)(?: on)? to |I (?:will|shall|now|will now)(?: now)? (?:come|move|turn|go|proceed|pass)(?: on)? to |(?:moving|turning|coming) (?:on )?to |next up is |next is )|^(?:the |our )?(?:first|second|third|next|last|final) item (?:on the agenda )?(?:is|concerns) `)
	enFinite     = regexp.MustCompile(`(?i)\b(?:is|are|was|were|has|have|had|will|would|shall|should|can|could|must|may|asks?|asked|I|we|be|been|do|does|did)\b`)
	enHonorific  = regexp.MustCompile(`(?i)\b(?:mister|mr|mrs|ms|miss|madam|doctor|dr|sir|councillor|cllr|alderman|mayor|clerk|chair)\b\.?`)
)

// enWaits is how people stop themselves.
var enWaits = regexp.MustCompile(`(?i)^(?:(?:no|oh|er|sorry|yes|so), )*(?:hang on|hold on|wait|wait a (?:moment|minute)|let me see|let me check)(?:, (?:no|sorry|yes))*, `)

// enWho is asked of the clerk for the attendance, who then gives it.
var enWho = regexp.MustCompile(`(?i)^(?:\w+, )?(?:who (?:is|has|can|cannot|could not) (?:not )?(?:make it|come|here|absent|sent|missing|with us)|have we had any|do we have any|are there any|any) ?(?:apologies|absences|absentees)?\b.{0,40}\?$`)

// enWillSpeak gives the floor: "Mr Szczepański will introduce the report."
var enWillSpeak = regexp.MustCompile(`(?i)^(.{3,60}?) (?:will|is going to|to) (?:introduce|present|outline|speak to|take us through|walk us through|open)(?: (?:the|this|that|his|her|their|it|us|item|report|application|paper|matter|proposal|for))*$`)

// enHearing leads to what follows from the hall's silence.
var enHearing = regexp.MustCompile(`(?i)^(?:hearing|seeing|there being) none, (?:then |so )?`)

// enConcerned begins what is left of a chair's cue.
const enConcerned = "The item concerned "

// enHollow is words that carry nothing of their own in "Thank you, Mayor", "I
// invite the Director of Works to report" or "Mister Osei, the attendance please".
var enHollow = wordSet(`thank thanks you very much so all everyone everybody colleagues members member councillors ladies and gentlemen
	friends good morning afternoon evening night day hello welcome please mayor chair chairman chairwoman chairperson madam mister mr mrs ms
	miss dr doctor sir clerk councillor cllr alderman deputy director officer the to of for your his her their our report reports speak
	attendance floor yours over go ahead now next first i we invite call on upon hear from would like us this item present introduce
	well okay ok right yes then again may let hand ask come in with a folks`)

// enSummons makes a hollow clause a summons; without one of these it may be a statement.
var enSummons = wordSet(`thank thanks good hello welcome please invite call hear floor hand over ladies next ask everyone everybody all colleagues friends folks`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

func (v english) clean(sc *scene, u unit) string {
	s := expand(strings.TrimSpace(u.text))
	chair := presides(sc.person(u.speaker)) || u.speaker == ""
	if rest := strings.TrimPrefix(strings.TrimPrefix(s, "And "), "and "); rest != s {
		s = upper(rest)
	}
	if rest := strings.TrimPrefix(s, "So "); rest != s && !strings.HasPrefix(rest, "move") {
		s = upper(rest)
	}
	if m := enThanksThen.FindStringSubmatch(s); m != nil && !hasFigure("en", s[:len(s)-len(m[1])]) {
		s = m[1]
	}
	if rest, ok := v.afterCue(sc, s); ok {
		s = rest
	}
	parts := clauses(s)
	wished := false
	for len(parts) > 0 && (v.hollow(sc, parts[0], chair, len(parts) == 1) || wished && len(strings.Fields(parts[0])) <= 3 && enHonorific.MatchString(parts[0])) {
		wished = wished || enWish.MatchString(bare(parts[0])) || enGreeting.MatchString(bare(parts[0])) || enThanks.MatchString(bare(parts[0]))
		parts = parts[1:]
	}
	for len(parts) > 0 && v.hollow(sc, parts[len(parts)-1], chair, false) && !enFiller.MatchString(bare(parts[len(parts)-1])) {
		parts = parts[:len(parts)-1]
	}
	s = strings.TrimSpace(strings.Join(parts, " "))
	if core := bare(s); chair && !hasFigure("en", s) && (enShortAsk.MatchString(s) || enSmallTalk.MatchString(core)) {
		return ""
	}
	s = upper(enWaits.ReplaceAllString(s, ""))
	if rest := enHearing.ReplaceAllString(s, ""); chair && rest != s {
		s = upper(rest)
	}
	if enWish.MatchString(bare(s)) && !hasFigure("en", s) {
		return ""
	}
	if chair && strings.HasSuffix(s, "?") && enWho.MatchString(s) && !hasFigure("en", s) {
		return ""
	}
	if m := enWillSpeak.FindStringSubmatch(bare(s)); chair && m != nil && v.speaksHere(sc, m[1]) && !hasFigure("en", s) {
		return ""
	}
	if chair && (enQuestion.MatchString(s) || enVoteNow.MatchString(bare(s)) || enNone.MatchString(bare(s))) && !hasFigure("en", s) {
		return ""
	}
	if s == "" {
		return ""
	}
	return endSentence(upper(s))
}

// answer makes a statement of a question to the hall and of its answer, that
// there is none: "Are there any corrections? There are none." → "There were no corrections."
func (english) answer(question, reply string) string {
	m := enAnyOf.FindStringSubmatch(question)
	if m == nil || !enNone.MatchString(bare(reply)) {
		return ""
	}
	if strings.EqualFold(m[1], "is") || m[1] == "" && !strings.HasSuffix(m[2], "s") {
		return "There was no " + m[2] + "."
	}
	return "There were no " + m[2] + "."
}

// afterCue takes the chair's "Item two," away. What follows stands when it says
// more than the agenda's title: "The item concerned the minutes of the meeting of 12 February."
func (v english) afterCue(sc *scene, s string) (string, bool) {
	loc := enItemCue.FindStringIndex(s)
	if loc == nil {
		loc = enMoveOn.FindStringIndex(s)
	}
	if loc == nil {
		return "", false
	}
	rest := strings.TrimSpace(s[loc[1]:])
	title := map[string]bool{}
	for _, w := range lang.Words(sc.item.Title) {
		title[w] = true
	}
	news := hasFigure("en", rest) && !v.titleOnly(title, rest)
	for _, w := range lang.Words(rest) {
		if !title[w] && !enHollow[w] {
			news = news || enFinite.MatchString(rest)
		}
	}
	switch {
	case !news:
		return "", true
	case enFinite.MatchString(rest):
		return upper(rest), true
	}
	return enConcerned + lower(rest), true
}

// titleOnly says whether a title with a reference number is all that is read
// out, however its figures are said ("application 26 oh four one seven").
func (english) titleOnly(title map[string]bool, rest string) bool {
	digits := false
	for w := range title {
		digits = digits || strings.ContainsAny(w, "0123456789")
	}
	known := 0
	for _, w := range lang.Words(rest) {
		switch {
		case title[w]:
			known++
		case strings.Trim(w, "0123456789") == "" || enDigit[w] || enHollow[w]:
		default:
			return false
		}
	}
	return digits && known > 1
}

var enDigit = wordSet("oh zero one two three four five six seven eight nine ten eleven twelve stroke slash dash full number")

// speaksHere says whether the words name somebody who speaks in the item.
func (english) speaksHere(sc *scene, words string) bool {
	said := map[string]bool{}
	for _, w := range lang.Words(words) {
		said[w] = true
	}
	for _, p := range sc.m.People {
		name, title := lang.Words(p.Name), lang.Words(p.Title)
		if !sc.speaks[lang.Fold(p.Name)] || len(name) == 0 {
			continue
		}
		all := len(title) > 0
		for _, w := range title {
			all = all && said[w]
		}
		if said[name[len(name)-1]] || all {
			return true
		}
	}
	return false
}

// hollow says whether a clause is courtesy or a summons.
func (v english) hollow(sc *scene, clause string, chair, alone bool) bool {
	c := bare(clause)
	if c == "" {
		return true
	}
	if hasFigure("en", c) {
		return false
	}
	if enNoise.MatchString(c) {
		return true
	}
	if enFiller.MatchString(c) {
		return !alone || chair
	}
	if enGreeting.MatchString(c) && !enFinite.MatchString(c) || enWish.MatchString(c) {
		return true
	}
	if enThanks.MatchString(c) && len(strings.Fields(c)) <= 14 && !strings.Contains(c, " who ") {
		return true
	}
	if chair && strings.HasSuffix(c, "please") && len(strings.Fields(c)) <= 6 {
		return true // "the attendance please"
	}
	if sc.namesSilent(c) {
		return false
	}
	names := sc.nameWords()
	summons, onlyNames := false, true
	for _, w := range lang.Words(enHonorific.ReplaceAllString(c, " ")) {
		switch {
		case names[w]:
		case enHollow[w]:
			onlyNames = false
			summons = summons || enSummons[w]
		default:
			return false
		}
	}
	if onlyNames {
		return chair || !alone || enHonorific.MatchString(c)
	}
	return summons && chair || enHonorific.MatchString(c) && !alone && len(strings.Fields(c)) <= 3
}

// contractions are spoken; minutes write them out. "'s" and "'d" are left where
// they may be a genitive or had.
var contractions = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`(?i)\b(it|that|there|here|what|he|she)['’]s (been|got|had|gone|become|taken|come)\b`), "$1 has $2"},
	{regexp.MustCompile(`(?i)\b(do|does|did|is|are|was|were|have|has|had|would|could|should|must)n['’]t (I|we|you|they|he|she|it|there|the council|the officer|the clerk)\b`), "$1 $2 not"},
	{regexp.MustCompile(`(?i)\bwon['’]t (I|we|you|they|he|she|it|there)\b`), "will $1 not"},
	{regexp.MustCompile(`(?i)\bcan['’]t (I|we|you|they|he|she|it|there)\b`), "can $1 not"},
	{regexp.MustCompile(`(?i)\b(it|that|there|here|what|he|she)['’]s\b`), "$1 is"},
	{regexp.MustCompile(`(?i)\blet['’]s\b`), "let us"},
	{regexp.MustCompile(`(?i)\b(I)['’]m\b`), "$1 am"},
	{regexp.MustCompile(`(?i)\b(I|we|you|they|it|that|there)['’]ll\b`), "$1 will"},
	{regexp.MustCompile(`(?i)\b(I|we|you|they)['’]ve\b`), "$1 have"},
	{regexp.MustCompile(`(?i)\b(we|you|they)['’]re\b`), "$1 are"},
	{regexp.MustCompile(`\bI am going to\b`), "I will"},
	{regexp.MustCompile(`(?i)\b(I|we|you|they|he|she)['’]d like\b`), "$1 would like"},
	{regexp.MustCompile(`(?i)\b(ca)n['’]t\b`), "${1}nnot"},
	{regexp.MustCompile(`(?i)\b(w)on['’]t\b`), "${1}ill not"},
	{regexp.MustCompile(`(?i)\b(do|does|did|is|are|was|were|have|has|had|would|could|should|must)n['’]t\b`), "$1 not"},
}

func expand(s string) string {
	for _, c := range contractions {
		s = c.from.ReplaceAllString(s, c.to)
	}
	return s
}

// callsTally: the hall is asked to vote, so that a few words of reply are its count.
func (english) callsTally(question string) bool {
	return enTallyCall.MatchString(strings.TrimSpace(question))
}

// nameWords is every word of the registered names and titles.
func (sc *scene) nameWords() map[string]bool {
	set := map[string]bool{}
	for _, p := range sc.m.People {
		for _, w := range lang.Words(p.Name + " " + p.Title) {
			set[w] = true
		}
	}
	return set
}
