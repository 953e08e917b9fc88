package draft

import (
	"regexp"
	"strings"
)

// enPast is the past of the verbs by which people act in a meeting. A verb that is not here keeps its speaker's words, in quotation marks.
var enPast = map[string]string{
	"move": "moved", "second": "seconded", "propose": "proposed", "ask": "asked", "accept": "accepted", "recommend": "recommended",
	"suggest": "suggested", "request": "requested", "support": "supported", "oppose": "opposed", "object": "objected", "agree": "agreed",
	"disagree": "disagreed", "report": "reported", "declare": "declared", "open": "opened", "close": "closed", "adjourn": "adjourned",
	"withdraw": "withdrew", "want": "wanted", "invite": "invited", "urge": "urged", "welcome": "welcomed", "apologise": "apologised",
	"apologize": "apologized", "note": "noted", "nominate": "nominated", "confirm": "confirmed", "undertake": "undertook",
	"promise": "promised", "reject": "rejected", "refuse": "refused", "regret": "regretted", "hope": "hoped", "expect": "expected",
	"present": "presented", "table": "tabled", "announce": "announced", "call": "called", "abstain": "abstained", "vote": "voted",
	"concur": "concurred", "endorse": "endorsed", "raise": "raised", "remind": "reminded", "need": "needed", "estimate": "estimated",
	"believe": "believed", "consider": "considered", "commit": "committed", "offer": "offered", "seek": "sought", "wish": "wished",
	"share": "shared", "approve": "approved", "amend": "amended", "repeat": "repeated", "stress": "stressed", "submit": "submitted",
	"advise": "advised", "rule": "ruled", "appoint": "appointed", "volunteer": "volunteered", "defer": "deferred", "thank": "thanked",
	"have": "had", "favour": "favoured", "prefer": "preferred", "warn": "warned", "insist": "insisted", "ratify": "ratified", "adopt": "adopted",
}

// enAsks is the acts that a speaker does for those they speak for ("We recommend that …").
var enAsks = wordSet("move second propose ask recommend suggest request support oppose object reject urge nominate endorse call welcome regret")

var (
	enFirst    = regexp.MustCompile(`(?i)\b(?:I|I'm|I'll|I've|I'd|me|my|mine|myself|we|we're|we'll|we've|we'd|us|our|ours|ourselves)\b`)
	enActs     = regexp.MustCompile(`^(?:([^,]{3,70}), |(But|And|So|Then|Also|However|Therefore) )?(I|[Ww]e)(?: (will|would|can|could|do not|cannot|will not|would not|did not|have|had|am|was)|'(ll|d|ve|m)| (don't|can't|won't|wouldn't|didn't))? (?:(also|therefore|formally|now|strongly|fully|respectfully|hereby|still|then|further|accordingly|not) )?([A-Za-z]+)\b(.*)$`)
	enSeconded = regexp.MustCompile(`(?i)^(?:(?:very )?(?:happy|glad|pleased) to |I(?:'ll| will|'d like to| would like to| am (?:happy|glad|pleased) to|'m (?:happy|glad|pleased) to)? )?second(?:ed)?(?: (?:it|that|the motion|this|the amendment|that motion|that amendment|the motion as proposed))?(?: myself)?(?: (?:please|chair|mayor))?$`)
	enMoved    = regexp.MustCompile(`(?i)^(?:I )?so move(?:d)?((?: to | that | approval | adoption ).*)?$`)
	enAmends   = regexp.MustCompile(`(?i)\b(?:move|propose|moved|offer|table)\b[^.]{0,30}\bamendment\b|\b(?:move|propose|like) to amend\b`)
	enMotion   = regexp.MustCompile(`(?i)\bI(?: would like to|'d like to| will| hereby| formally)? (?:move|propose)\b|\bso moved?\b`)
	enAdjourns = regexp.MustCompile(`(?i)^(?:[^,]{3,60}, )?(?:we are|we stand|we're|this meeting is|the council is)(?: now| hereby)? adjourned\b(.*)$`)
	enQuorum   = regexp.MustCompile(`(?i)^(?:and )?we have a quorum$`)
	enDeclares = regexp.MustCompile(`^((?i:the (?:meeting|session|sitting|motion|amendment|resolution)(?: as amended)?)) is (?:now |hereby |therefore )?((?:closed|adjourned|open|carried|lost|defeated|passed)\b.*)$`)
	enPuts     = regexp.MustCompile(`^((?i:the (?:[\w ]{0,40})?(?:motion|amendment|resolution|question|proposal)(?: as amended)?)) (?:is|will be|shall be) (?:now )?put to (?:the|a) vote(.*)$`)
	enShort    = regexp.MustCompile(`^(?i:meeting) ((?:closed|adjourned|opened)\b)`)
	enThatIs   = regexp.MustCompile(`^(?:That|It|This) is (carried|lost|defeated|passed)$`)
	enFormulas = []struct {
		from *regexp.Regexp
		to   string
	}{
		{regexp.MustCompile(`^(?:That|It) is (agreed|approved|rejected)$`), "The motion was $1"},
		{regexp.MustCompile(`^(The (?:meeting|session|sitting)) is ((?:now |hereby )?(?:closed|adjourned|open|opened)\b.*)$`), "$1 was $2"},
		{regexp.MustCompile(`^(The [^,.;]{2,70}?) (?:is|are) ((?:now |hereby |therefore )?(?:carried|lost|agreed|approved|adopted|passed|rejected|defeated|withdrawn|accepted|deferred|refused|noted|granted|confirmed|put to the vote)\b.*)$`), "$1 be_past $2"},
	}
	enSmall = wordSet(`the a an there this that these those it they if when in on at for from some many most all no each since after before because
		under over during by with about both several only residents people members parents it's its their his her`)
)

// subject names the speaker: "Councillor Helen Fraser" the first time in an
// item, "Councillor Fraser" after.
func (v english) subject(sc *scene, name string) string {
	if name == "" {
		return "A speaker"
	}
	p := sc.person(name)
	if p == nil || p.Title == "" {
		sc.introduce(name)
		return name
	}
	first := sc.introduce(name)
	if before := v.styled(p.Title); before {
		if first {
			return p.Title + " " + name
		}
		words := strings.Fields(name)
		return p.Title + " " + words[len(words)-1]
	}
	if first {
		return name + ", " + p.Title + ","
	}
	return name
}

var enLeft = regexp.MustCompile(`(?i)\b(?:is|are|was|were|has|have|had|will|would|shall|should|can|could|must|may|I|we|be|ask|asks|asked)\b`)

func (english) fragment(rest string) bool { return !enLeft.MatchString(rest) }

func (english) told(who string) string {
	if strings.Contains(who, ",") {
		return endSentence(bare(who) + ", addressed the meeting")
	}
	return endSentence(bare(who) + " addressed the meeting")
}

// styled says whether a title stands before the name in English.
func (english) styled(title string) bool {
	switch strings.ToLower(title) {
	case "council member", "council president", "vice mayor", "mayor pro tem", "trustee", "alderperson", "selectman", "selectwoman", "reeve", "councilman", "councilwoman",
		"councillor", "mayor", "alderman", "alderwoman", "cllr", "deputy mayor", "councilor", "councilmember", "commissioner", "supervisor", "chair":
		return true
	}
	return false
}

func (v english) report(sc *scene, u unit) (string, bool) {
	s := u.text
	if u.note {
		return endSentence(upper(s)), true
	}
	core := bare(s)
	what := "the motion"
	if sc.amending {
		what = "the amendment"
	}
	switch {
	case enAmends.MatchString(core):
		sc.amending = true
	case enMotion.MatchString(core):
		sc.amending = false
	}
	if m := enAdjourns.FindStringSubmatch(core); m != nil && !enFirst.MatchString(m[1]) {
		if u.speaker == "" {
			return endSentence("The meeting was adjourned" + m[1]), true
		}
		return endSentence(v.subject(sc, u.speaker) + " adjourned the meeting" + m[1]), true
	}
	switch {
	case enQuorum.MatchString(core):
		return "There was a quorum.", true
	case enSeconded.MatchString(core):
		if u.speaker == "" {
			return upper(what) + " was seconded.", true
		}
		return v.subject(sc, u.speaker) + " seconded " + what + ".", true
	case enMoved.MatchString(core):
		if m := enMoved.FindStringSubmatch(core); m[1] != "" {
			return endSentence(v.subject(sc, u.speaker) + " moved" + m[1]), true
		}
		return v.subject(sc, u.speaker) + " moved the motion.", true
	case strings.HasSuffix(s, "?"):
		if enFirst.MatchString(s) {
			return v.subject(sc, u.speaker) + " asked: “" + s + "”", false
		}
		return v.subject(sc, u.speaker) + " asked: " + s, false
	}
	if out, ok := v.acts(sc, u, core); ok {
		return endSentence(upper(out)), true
	}
	if enFirst.MatchString(core) {
		return v.subject(sc, u.speaker) + " stated: “" + endSentence(s) + "”", false
	}
	if strings.HasPrefix(s, enConcerned) || strings.HasPrefix(s, "There was no ") || strings.HasPrefix(s, "There were no ") {
		return s, true
	}
	core = enShort.ReplaceAllString(core, "The meeting is $1")
	core = enThatIs.ReplaceAllString(core, "The motion is $1")
	if m := enDeclares.FindStringSubmatch(core); m != nil && u.first && u.speaker != "" {
		return endSentence(v.subject(sc, u.speaker) + " declared " + lower(m[1]) + " " + m[2]), true
	}
	if m := enPuts.FindStringSubmatch(core); m != nil && u.first && u.speaker != "" {
		return endSentence(v.subject(sc, u.speaker) + " put " + lower(m[1]) + " to the vote" + m[2]), true
	}
	exact := false
	for _, f := range enFormulas {
		if f.from.MatchString(core) {
			past := "was"
			if f.from.FindStringSubmatchIndex(core)[3]+5 <= len(core) && strings.HasPrefix(core[f.from.FindStringSubmatchIndex(core)[3]:], " are ") {
				past = "were"
			}
			s = strings.ReplaceAll(f.from.ReplaceAllString(core, f.to), "be_past", past)
			exact = true
		}
	}
	if !u.first || u.speaker == "" {
		return endSentence(upper(s)), exact
	}
	subject := v.subject(sc, u.speaker)
	verb := "stated"
	if p := sc.person(u.speaker); p != nil && !presides(p) && !v.styled(p.Title) {
		verb = "reported"
	}
	if exact {
		verb = "declared"
	}
	if word, _, _ := strings.Cut(s, " "); enSmall[strings.ToLower(strings.Trim(word, ","))] {
		return endSentence(subject + " " + verb + " that " + lower(s)), exact
	}
	return endSentence(subject + " " + verb + ": " + s), exact
}

// acts reports what the speaker does ("I move that …") in the third person. It
// is refused where a pronoun of the first person would be left, or the verb is not known.
func (v english) acts(sc *scene, u unit, core string) (string, bool) {
	m := enActs.FindStringSubmatch(core)
	if m == nil {
		return "", false
	}
	lead, but, who, aux, short, neg, adverb, verb, rest := m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9]
	rest = theCouncil(strings.ToLower(verb), rest)
	if enFirst.MatchString(lead) || enFirst.MatchString(rest) {
		return "", false
	}
	switch short {
	case "ll":
		aux = "will"
	case "d":
		aux = "would"
		if enMotions[verb] { // "I'd move an amendment" moves it
			aux = ""
		}
	case "ve":
		aux = "have"
	case "m":
		aux = "am"
	}
	if aux == "would" && verb == "like" {
		to := regexp.MustCompile(`^ to ([a-z]+)\b(.*)$`).FindStringSubmatch(rest)
		if to == nil || enPast[to[1]] == "" {
			return "", false
		}
		aux, verb, rest = "", to[1], to[2]
		rest = theCouncil(verb, rest)
	}
	if aux == "will" && (verb == "open" || verb == "close" || verb == "call" || verb == "declare") && strings.Contains(rest, "meeting") {
		aux = "" // said of what is done with the word
	}
	if who != "I" && (aux != "" || neg != "" || !enAsks[verb]) {
		return "", false // what a body has or does is not its speaker's doing
	}
	past := map[string]string{"do not": "did not", "don't": "did not", "cannot": "could not", "can't": "could not", "will": "would", "won't": "would not",
		"will not": "would not", "would": "would", "wouldn't": "would not", "would not": "would not", "can": "could", "could": "could",
		"have": "had", "had": "had", "am": "was", "was": "was", "did not": "did not", "didn't": "did not"}
	var said string
	switch {
	case aux != "" || neg != "":
		said = past[aux+neg] + " " + verb
	case enPast[verb] != "":
		said = enPast[verb]
	case strings.HasSuffix(verb, "ed"):
		said = verb
	default:
		return "", false
	}
	if adverb != "" {
		said = strings.Replace(said, verb, adverb+" "+verb, 1)
		if !strings.Contains(said, adverb) {
			said = adverb + " " + said
		}
	}
	subject := v.subject(sc, u.speaker)
	if subject == "A speaker" && lead != "" {
		subject = "a speaker"
	}
	out := subject + " " + said + rest
	switch {
	case lead != "":
		out = lead + ", " + out
	case but == "But":
		out = "However, " + out
	case but == "Therefore", but == "However":
		out = but + ", " + out
	}
	return out, true
}

// enMotions is acts done by being said, however politely.
var enMotions = wordSet("move propose second urge suggest recommend ask oppose support object")

var (
	enWeIn  = regexp.MustCompile(`(?i)\bwe (accept|approve|adopt|freeze|confirm|refuse|reject|defer|refer|agree|set|spend|fund|pay|write|ask|keep|close|open|postpone|authori[sz]e|award|note|endorse|support|oppose|take|use|buy|sell|lease|grant|increase|reduce|extend|delegate|instruct|appoint|hold|put|move|raise|cut|delay)\b`)
	enYouIn = regexp.MustCompile(`(?i)^ you( not)?( to)?\b`)
)

// theCouncil names those whom a motion or an appeal calls "we" and "you".
func theCouncil(verb, rest string) string {
	if enMotions[verb] {
		rest = enWeIn.ReplaceAllString(rest, "the council $1")
		if strings.HasPrefix(rest, " the council") {
			rest = " that" + rest
		}
	}
	if verb == "urge" || verb == "ask" || verb == "remind" || verb == "warn" || verb == "advise" || verb == "thank" || verb == "invite" {
		rest = enYouIn.ReplaceAllString(rest, " the council$1$2")
	}
	return rest
}

var (
	enTally      = regexp.MustCompile(`(?i)\b(?:in favou?r|against|abstentions?|abstain(?:ed|ing)?|votes?|ayes?|noes|nays?)\b`)
	enOutcome    = regexp.MustCompile(`(?i)\b(?:carried|lost|defeated|rejected|passed|falls|fell|approved|adopted|unanimous(?:ly)?)\b`)
	enAttendance = regexp.MustCompile(`(?i)\b(?:present|absent|attend(?:ing|ance)?|apologies)\b`)
)

func (english) tells(clause string) telling {
	return telling{enTally.MatchString(clause), enOutcome.MatchString(clause), enAttendance.MatchString(clause)}
}

var enAttendanceTitle = regexp.MustCompile(`(?i)attendance|apologies|roll call|quorum`)

func (english) attendanceItem(title string) bool { return enAttendanceTitle.MatchString(title) }
