package draft

import (
	"regexp"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

var (
	viFirst = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:tôi|chúng tôi|chúng ta|chúng em|tui)(?:$|[^\p{L}])|(?:^|[,;:.]\s+)em\s`)
	// viI finds the speaker as the subject: "Tôi xin …", "Vì vậy, chúng tôi …", "Thay mặt Đoàn thư ký, tôi xin …".
	viI = regexp.MustCompile(`(?i)^((?:[^,]{2,90},\s+)?)(?:cá nhân |bản thân |riêng )?(?:tôi|chúng tôi|tui|em)\s+(?:xin phép được |xin phép |xin được |xin trân trọng |xin )?(.+)$`)
	// viWe is what a speaker does for those they speak for; what a body has or does is not its speaker's doing.
	viWe       = regexp.MustCompile(`(?i)chúng tôi\s+(?:xin |xin phép |xin được |cũng |rất |hoàn toàn |đã |không |trân trọng )*(?:đề nghị|kiến nghị|yêu cầu|đề xuất|thống nhất|nhất trí|đồng ý|tán thành|cam kết|hứa|tiếp thu|ghi nhận|cho rằng|ủng hộ|phản đối|mong)\s`)
	viAsks     = regexp.MustCompile(`(?i)^(?:tôi|chúng tôi)\s+(?:xin |muốn |xin được |cũng |rất )*((?:hỏi|chất vấn|xin hỏi|đề nghị|yêu cầu|kiến nghị|mong|mong muốn|muốn biết|muốn được biết)\s.+)$`)
	viStarts   = regexp.MustCompile(`(?i)^(?:tôi|chúng tôi)\s`)
	viAgain    = regexp.MustCompile(`(?i)(,| và| nhưng| đồng thời)\s+(?:tôi|chúng tôi)\s+(?:xin\s+)?`)
	viAccordTo = regexp.MustCompile(`(?i)^theo (?:ý kiến |quan điểm )?(?:của )?(?:tôi|chúng tôi),?\s+(.+)$`)
	viOwn      = regexp.MustCompile(`(?i)\s(?:của\s)(?:tôi|chúng tôi)([^\p{L}]|$)`)
	viApposed  = regexp.MustCompile(`(?i)((?:^|\s)(?:đơn vị|nhà trường|trường|chi bộ|đảng bộ|phường|xã|khóm|ấp|thôn|tổ|ban|phòng|hội|đoàn|ngành|công an|trạm y tế|khu phố|cơ quan|công ty|hợp tác xã)(?:\s\S+)?)\s(?:chúng tôi)(\s)`)
	// viNear is the same said in one word, so that nothing may stand between: "phòng em", "tổ ta".
	viNear = regexp.MustCompile(`(?i)((?:^|\s)(?:đơn vị|nhà trường|trường|chi bộ|đảng bộ|phường|xã|khóm|ấp|thôn|tổ|phòng|hội|đoàn|ngành|trạm y tế|khu phố|cơ quan|công ty|hợp tác xã|tổ dân phố|trung tâm|chi hội))\s(?:tôi|em|mình|ta|chúng em|chúng ta|chúng mình|tụi em)(\s|,|$)`)
	viAnd  = regexp.MustCompile(`(?i)^(?:và|rồi|thế thì|vậy thì)\s+`)
	viBut  = regexp.MustCompile(`(?i)^nhưng(?: mà)?,?\s+`)
	// viWeDo is what those do for whom a speaker speaks. Official prose leaves their name out.
	viWeDo = regexp.MustCompile(`(?i)^((?:[^,]{2,60},\s+)?)(?:chúng tôi|chúng ta|chúng em|ta|mình)\s+(?:xin\s+)?((?:đã|sẽ|đang|vẫn|cũng|chưa|không|cần|phải|rất|có thể|vừa|mới|chỉ|còn|luôn|tiếp tục|hiện|nên|mong|cam kết|xin)\s.+)$`)
	// viBody is what a body decides through who presides over it.
	viBody     = regexp.MustCompile(`(?i)^(?:chi bộ|chi ủy|đảng ủy|ban thường vụ|ban chấp hành|đại hội|hội nghị|cuộc họp|kỳ họp|hội đồng nhân dân|hội đồng|ủy ban nhân dân|đoàn chủ tịch|chủ tọa|chủ toạ)(?: \S+){0,2}? (?:đã |xin |cơ bản |hoàn toàn |đều )*(?:thống nhất|kết luận|nhất trí|quyết định|đồng ý|tiếp thu|giao|ghi nhận|phân công|không đồng ý|chưa thống nhất)(?:[\s,:]|$)`)
	viBodySays = regexp.MustCompile(`(?i)^(?:chi bộ|chi ủy|đảng ủy|ban thường vụ|đại hội|hội nghị|cuộc họp|kỳ họp|hội đồng nhân dân|hội đồng|đoàn chủ tịch|chủ tọa|chủ toạ)(?: xin)? kết luận(?: như sau)?\s*[:,]?\s+`)
	viBodyXin  = regexp.MustCompile(`(?i)^((?:[^,]{3,70}, )?(?:chi bộ|chi ủy|đảng ủy|ban thường vụ|đại hội|hội nghị|hội đồng|ủy ban nhân dân \S+|đoàn chủ tịch|chủ tọa) )xin (tiếp thu|ghi nhận|thống nhất)`)
	viSoIt     = regexp.MustCompile(`(?i)^(?:như vậy|vậy|do vậy|thế là),?(?: là)?\s+`)
	viKin      = regexp.MustCompile(`(^|[^\p{L}])(?:[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Cc]ậu|[Đđ]/c)((?: \p{Lu}[\p{L}]*){1,4})`)
	viBodyBy   = regexp.MustCompile(`(?i)^(?:sau khi (?:thảo luận|nghe|xem xét|bàn)[^,]{0,60}|như vậy|căn cứ [^,]{2,60}),\s+`)
	viSpans    = regexp.MustCompile(`(?i)(năm học|niên khóa|nhiệm kỳ|giai đoạn)(?: từ)?(?: năm)? (\d{4})(?:,| đến| tới)(?: năm)? (\d{4})([^\d.]|\.?$)`)
	viMe       = regexp.MustCompile(`(?i)(^|[^\p{L}])(?:cá nhân |bản thân |riêng )?(?:tôi|tui)([^\p{L}]|$)`)
	viVerbs    = regexp.MustCompile(`(?i)^(?:xin |trân trọng |cũng |rất |hoàn toàn )*(đề nghị|kiến nghị|yêu cầu|đề xuất|giao|phân công|thống nhất|nhất trí|đồng ý|tán thành|kết luận|ghi nhận|tiếp thu|chỉ đạo|nhấn mạnh|cho rằng|cho biết|báo cáo|thông báo|tuyên bố|công bố|cam kết|hứa|biểu dương|lưu ý|bổ sung|trình bày|chấp thuận|đánh giá cao|xin ý kiến|xin rút|xin nhận|bác bỏ|không đồng ý|không tán thành|không nhất trí|phản đối|bảo lưu)\s(.+)$`)
	viInviting = regexp.MustCompile(`(?i)^(?:(?:bây giờ|sau đây|tiếp theo|tiếp theo chương trình|và|vâng|xin|trân trọng|kính|rất|tôi)[,]?\s+)*(mời\s.+)$`)
	viFormula  = regexp.MustCompile(`(?i)(?:được (?:thông qua|đại hội thông qua)|không được thông qua|(?:bế mạc|kết thúc|khai mạc) (?:lúc|vào lúc)|biểu quyết thông qua)`)
)

// address is how a person is spoken of: as the hall does, else as the kind of
// meeting has it. A person whose address nothing tells is called by name alone.
func (v vietnamese) addressOf(sc *scene, name string) string {
	if a := sc.address[lang.Fold(name)]; a != "" {
		return a
	}
	switch sc.m.Kind {
	case minutes.KindCongress, minutes.KindCommittee, minutes.KindStandingCommittee, minutes.KindCell:
		return "đồng chí"
	}
	return sc.address[""]
}

// addresses learns from evidence and register how the hall addresses people.
func addresses(m *minutes.Meeting, texts []string) map[string]string {
	out := map[string]string{}
	for i, t := range texts {
		texts[i] = " " + strings.Join(lang.Words(t), " ") + " "
	}
	all := map[string]int{}
	for _, p := range m.People {
		key := lang.Fold(p.Name)
		if strings.HasPrefix(lang.Fold(p.Title), "đại biểu") {
			out[key] = "đại biểu"
			continue
		}
		words := strings.Fields(key)
		if len(words) == 0 {
			continue
		}
		given := words[len(words)-1]
		unique := true
		for _, q := range m.People {
			if other := strings.Fields(lang.Fold(q.Name)); q.Name != p.Name && len(other) > 0 && other[len(other)-1] == given {
				unique = false
			}
		}
		count := map[string]int{}
		for _, t := range texts {
			for _, a := range []string{"đồng chí", "ông", "bà", "đại biểu"} {
				count[a] += strings.Count(t, " "+a+" "+key+" ")
				if unique {
					count[a] += strings.Count(t, " "+a+" "+given+" ")
				}
			}
		}
		best := ""
		for _, a := range []string{"đồng chí", "ông", "bà", "đại biểu"} {
			if all[a] += count[a]; count[a] > 0 && (best == "" || count[a] > count[best]) {
				best = a
			}
		}
		if best == "" {
			for _, d := range m.Register {
				if lang.Fold(d.Name) == key && m.Kind != minutes.KindCongress {
					best = map[string]string{"nam": "ông", "nữ": "bà"}[lang.Fold(d.Sex)]
				}
			}
		}
		if best != "" {
			out[key] = best
		}
	}
	if all["đồng chí"] > all["ông"]+all["bà"] {
		out[""] = "đồng chí" // the hall's own word for one another serves for those whom nobody names
	}
	return out
}

// subject names the speaker, with the title at the first mention in the item.
// The name is followed by a comma where a title is.
func (v vietnamese) subject(sc *scene, name string) string {
	if name == "" {
		return "có ý kiến"
	}
	out := strings.TrimSpace(v.addressOf(sc, name) + " " + name)
	p := sc.person(name)
	if sc.introduce(name) && p != nil && p.Title != "" {
		title := p.Title
		if a := v.addressOf(sc, name); a == "đại biểu" && strings.HasPrefix(lang.Fold(title), "đại biểu") {
			return out
		}
		return out + ", " + title + ","
	}
	return out
}

func (v vietnamese) report(sc *scene, u unit) (string, bool) {
	s := u.text
	if u.note {
		return endSentence(upper(s)), true
	}
	core := bare(s)
	mark := s[len(core):]
	core = viNear.ReplaceAllString(viApposed.ReplaceAllString(core, "$1$2"), "$1$2")
	core = upper(viAnd.ReplaceAllString(core, ""))
	if presides(sc.person(u.speaker)) {
		core = upper(viSoIt.ReplaceAllString(core, ""))
	}
	core = v.formal(sc, core)
	if rest := viBut.ReplaceAllString(core, ""); rest != core {
		if viFirst.MatchString(rest) {
			core = upper(rest)
		} else {
			core = "Tuy nhiên, " + lower(rest)
		}
	}
	if m := viAsks.FindStringSubmatch(core); m != nil && !viFirst.MatchString(m[1]) {
		return v.say(sc, u, "", lower(m[1])), true
	}
	if strings.HasSuffix(s, "?") {
		if u.speaker == "" {
			return "Có ý kiến hỏi: " + v.speech(core+"?"), false
		}
		verb := " hỏi: "
		if strings.Contains(lang.Fold(sc.item.Title), "chất vấn") && !presides(sc.person(u.speaker)) {
			verb = " chất vấn: "
		}
		return upper(v.subject(sc, u.speaker)) + verb + v.speech(core+"?"), false
	}
	if m := viInviting.FindStringSubmatch(core); m != nil {
		return v.say(sc, u, "", lower(m[1])), true
	}
	if m := viAccordTo.FindStringSubmatch(core); m != nil && !viFirst.MatchString(m[1]) && u.speaker != "" {
		subject := v.subject(sc, u.speaker)
		return endSentence("Theo " + strings.TrimSuffix(subject, ",") + ", " + m[1]), true
	}
	if viStarts.MatchString(core) {
		core = viAgain.ReplaceAllString(core, "$1 ") // one subject is enough
	}
	plural := strings.Contains(lang.Fold(core), "chúng tôi") && !viWe.MatchString(core)
	if m := viI.FindStringSubmatch(core); m != nil && !plural && !viFirst.MatchString(m[1]) {
		rest := viOwn.ReplaceAllString(m[2], " của "+v.own(sc, u.speaker)+"$1")
		if !viFirst.MatchString(rest) {
			return v.say(sc, u, m[1], rest), true
		}
	}
	own := viOwn.ReplaceAllString(core, " của "+v.own(sc, u.speaker)+"$1")
	if m := viWeDo.FindStringSubmatch(own); m != nil && !viFirst.MatchString(m[1]+" "+m[2]) {
		own = upper(m[1] + m[2])
	}
	if u.speaker != "" && viFirst.MatchString(own) && !viPlural.MatchString(own) {
		return v.named(sc, u, own), true
	}
	if viFirst.MatchString(own) {
		if u.speaker == "" {
			return "Có ý kiến phát biểu: “" + endSentence(core+mark) + "”", false
		}
		return upper(v.subject(sc, u.speaker)) + " phát biểu: “" + endSentence(core+mark) + "”", false
	}
	core = own
	if m := viVerbs.FindStringSubmatch(core); m != nil {
		return v.say(sc, u, "", lower(m[1])+" "+m[2]), true
	}
	if u.first && presides(sc.person(u.speaker)) && viBody.MatchString(viBodyBy.ReplaceAllString(core, "")) {
		core = viBodyXin.ReplaceAllString(viBodySays.ReplaceAllString(core, ""), "$1$2")
		return endSentence(upper(v.subject(sc, u.speaker)) + " kết luận: " + core), true
	}
	if !u.first || u.speaker == "" {
		return endSentence(upper(core)), viFormula.MatchString(core)
	}
	verb := "phát biểu"
	if p := sc.person(u.speaker); p != nil && !p.Role.Has(minutes.RoleChair) && strings.Contains(lang.Fold(sc.item.Title), "báo cáo") {
		verb = "báo cáo"
	}
	return endSentence(upper(v.subject(sc, u.speaker)) + " " + verb + ": " + core), viFormula.MatchString(core)
}

// formal names people as the record does where the hall says "anh Đạt", "chị Trâm".
func (v vietnamese) formal(sc *scene, s string) string {
	return viKin.ReplaceAllStringFunc(s, func(said string) string {
		m := viKin.FindStringSubmatch(said)
		var who *minutes.Person
		for i, p := range sc.m.People {
			if strings.HasSuffix(" "+lang.Fold(p.Name), lang.Fold(m[2])) {
				if who != nil {
					return said // two of that name
				}
				who = &sc.m.People[i]
			}
		}
		if who == nil {
			return said
		}
		return m[1] + strings.TrimSpace(v.addressOf(sc, who.Name)+" "+who.Name)
	})
}

var viPlural = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:chúng tôi|chúng ta|chúng em|em)(?:[^\p{L}]|$)`)

// named puts the speaker's name in the place of "tôi", which bends no verb.
func (v vietnamese) named(sc *scene, u unit, core string) string {
	first := true
	for {
		m := viMe.FindStringSubmatchIndex(core)
		if m == nil {
			return endSentence(upper(core))
		}
		who := v.own(sc, u.speaker)
		if first {
			who = v.subject(sc, u.speaker)
		}
		tail := core[m[4]:]
		if strings.HasSuffix(who, ",") && (tail == "" || tail[0] != ' ') {
			who = strings.TrimSuffix(who, ",")
		}
		first = false
		core = core[:m[3]] + who + tail
	}
}

func (vietnamese) fragment(string) bool { return false }

func (vietnamese) told(who string) string {
	if strings.Contains(who, ",") {
		return endSentence(bare(who) + ", phát biểu")
	}
	return endSentence(bare(who) + " phát biểu")
}

// speech keeps first-person words as a quotation.
func (vietnamese) speech(s string) string {
	if viFirst.MatchString(s) {
		return "“" + s + "”"
	}
	return s
}

// own stands for "của tôi".
func (v vietnamese) own(sc *scene, name string) string {
	if a := v.addressOf(sc, name); a != "" {
		return a
	}
	return "người phát biểu"
}

// say joins a lead, the speaker and what they do. An unknown speaker's words
// become "Có ý kiến đề nghị …", as minutes have it.
func (v vietnamese) say(sc *scene, u unit, lead, rest string) string {
	subject := v.subject(sc, u.speaker)
	return endSentence(upper(strings.TrimSpace(lead+subject) + " " + rest))
}

var (
	viTally      = regexp.MustCompile(`(?i)tán thành|biểu quyết|phiếu|đồng ý|nhất trí|thống nhất|ý kiến khác`)
	viOutcome    = regexp.MustCompile(`(?i)(?:được|không được|đã|chưa|không)\s+(?:\S+\s+)?thông qua|bác bỏ|trúng cử|không đạt`)
	viAttendance = regexp.MustCompile(`(?i)có mặt|vắng|triệu tập|tham dự|dự họp`)
)

func (vietnamese) tells(clause string) telling {
	return telling{viTally.MatchString(clause), viOutcome.MatchString(clause), viAttendance.MatchString(clause)}
}

var viAttendanceTitle = regexp.MustCompile(`thẩm tra tư cách|điểm danh|thành phần|ổn định tổ chức`)

func (vietnamese) attendanceItem(title string) bool {
	return viAttendanceTitle.MatchString(lang.Fold(title))
}

// answer: "Không có" after a question to the hall says no more than that nobody spoke.
func (vietnamese) answer(string, string) string { return "" }
