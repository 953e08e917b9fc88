package draft

import (
	"regexp"
	"strings"

	"bienban/internal/lang"
)

// vietnamese is the voice of meetings of the Party and the state in Việt Nam.
type vietnamese struct{}

// viAct is verbs by which something is asked, decided or promised: a clause
// that holds one is never courtesy.
const viAct = `đề nghị|kiến nghị|yêu cầu|đề xuất|giao|phân công|thống nhất|nhất trí|đồng ý|tán thành|tiếp thu|ghi nhận|cam kết|hứa|quyết định|thông qua|kết luận|chỉ đạo|phê duyệt|biểu dương|công bố|tuyên bố|bế mạc|khai mạc|không`

var (
	viActs      = regexp.MustCompile(`(?i)(?:^|\s)(?:` + viAct + `)(?:$|\s)`)
	viVocative  = regexp.MustCompile(`(?i)^(?:xin |dạ,? |vâng,? |em )*(?:kính thưa|thưa|kính gửi)\s`)
	viReporting = regexp.MustCompile(`(?i)^(?:xin |dạ |vâng |em )*báo cáo (?:với )?(?:anh|chị|ông|bà|chi bộ|đại hội|hội nghị|hội đồng|cuộc họp|kỳ họp|chủ tọa|chủ toạ|các đồng chí|đồng chí|quý vị|thường trực|lãnh đạo)`)
	viToHead    = regexp.MustCompile(`(?i)^(?:dạ,? |vâng,? )*(?:em |tôi )?(?:xin )?báo cáo (?:với )?(?:đồng chí )?(?:chủ tịch|bí thư|phó chủ tịch|phó bí thư|đoàn chủ tịch|ban thường vụ|thường trực|hội trường)(?: \S+){0,2}$`)
	viCalled    = regexp.MustCompile(`(?i)^(?:(?:trước hết|trước tiên|sau đây|bây giờ|tiếp theo|tôi|xin|kính)[,]? )*(?:(?:đề nghị|mời|xin mời) )?(?:đồng chí|anh|chị|ông|bà|đ/c|đại biểu)((?: \S+){1,4}?) (?:báo cáo|trình bày|phát biểu|cho ý kiến|thông qua|điều hành|đọc)(?: .*)?$`)
	viDue       = regexp.MustCompile(`(?i)trước (?:ngày|thứ|khi|tháng)|(?:^|\s)(?:vào|chậm nhất|hạn|định kỳ|hằng|hàng)(?:\s|$)`)
	viVoteNow   = regexp.MustCompile(`(?i)^(?:(?:bây giờ|sau đây|như vậy|vậy|tôi)[,]? )*(?:(?:chúng ta|chi bộ|đại hội|hội nghị|hội đồng|các đồng chí|ban thường vụ) )?(?:xin |cùng |sẽ |tiến hành |bắt đầu |cho ý kiến )*(?:biểu quyết|vào việc(?: luôn)?|họp giao ban|bắt đầu họp|bắt đầu cuộc họp)(?: (?:nội dung này|luôn|ngay|nhé))?$|^(?:ta|chúng ta|xin phép) bắt đầu(?: (?:họp|cuộc họp|làm việc|buổi họp|họp giao ban))?$`)
	viPronoun   = regexp.MustCompile(`(?i)\s((?:tôi|chúng tôi|tui|em)\s.*)$`)
	viCourtesy  = regexp.MustCompile(`(?i)^(?:(?:và|cuối cùng|trước hết|trước tiên|một lần nữa|thay mặt [^,]{1,60}|tôi|chúng tôi|xin|kính|rất|trân trọng|chân thành|nhiệt liệt|cho phép tôi|được|gửi|lời|bày tỏ|vâng|dạ)\s+)*(?:cảm ơn|cám ơn|biết ơn|chào|chào mừng|chúc|kính chúc|hoan nghênh)(?:\s|$)`)
	viEnding    = regexp.MustCompile(`(?i)^(?:(?:tôi|em|vâng|dạ|phần (?:phát biểu|trình bày) của tôi|ý kiến của tôi|bài phát biểu(?: của tôi)?)\s+)?(?:(?:đến đây )?(?:xin|là|đã)?\s*(?:hết|kết thúc|dừng tại đây|được dừng lời|xong))(?: ạ)?$`)
	viFiller    = regexp.MustCompile(`(?i)^(?:vâng|dạ|rồi|à|ờ|ừm|à xin lỗi|xin lỗi|được rồi|thưa vâng|ạ|xin phép|tôi xin phép|xin phép đại hội|(?:(?:tôi|em|chúng tôi) )?xin (?:phép )?(?:được )?(?:phát biểu|báo cáo|trình bày|giải trình|trả lời|có ý kiến|tham gia)(?: (?:một số |mấy |vài )?(?:ý kiến|nội dung|ý))?(?: như sau)?|trân trọng|kính trình|xin|(?:một|hai|ba|bốn|năm|sáu|thứ \S+) là)$`)
	viLead      = regexp.MustCompile(`(?i)^(?:cuối cùng|sau cùng|trước hết|trước tiên|một lần nữa|nhân dịp này|qua đây|nhân đây)$`)
	viParticle  = regexp.MustCompile(`(?i)(?:\s+(?:ạ|nhé|nha|nhỉ))+$`)
	viAsFollow  = regexp.MustCompile(`(?i)(?:báo cáo|trình bày|phát biểu|giải trình|trả lời|có ý kiến)(?: \S+){0,4} như sau$`)
	viToVote    = regexp.MustCompile(`(?i)^(?:(?:bây giờ|sau đây|như vậy)[,]? )?(?:\S+ ){0,3}(?:tiến hành|chuyển sang|bước vào)(?: phần)? biểu quyết$`)
	viTallyWord = regexp.MustCompile(`(?i)^(?:ai |có ai )?(?:không )?(?:tán thành|đồng ý|nhất trí|biểu quyết|có ý kiến khác)$`)
	viTallyAsk  = regexp.MustCompile(`(?i)(?:tán thành|đồng ý|nhất trí|biểu quyết|ý kiến khác|giơ tay|giơ thẻ)[^.]{0,30}[?.]?$`)
	viInvite    = regexp.MustCompile(`(?i)^(?:(?:bây giờ|sau đây|tiếp theo chương trình(?: (?:kỳ họp|đại hội|hội nghị|cuộc họp|làm việc))?|tiếp theo|tiếp tục chương trình|sau cùng|và|vâng|dạ|rồi|tôi|chúng tôi|đoàn chủ tịch|chủ tọa|chủ toạ|cho phép tôi|xin|trân trọng|kính|rất)[,]?\s+)*mời\s`)
	viSummons   = regexp.MustCompile(`(?i)^(?:(?:bây giờ|sau đây|tiếp theo|và|tôi|chúng tôi|đoàn chủ tịch|chủ tọa|xin|kính|rất)[,]?\s+)*(?:đề nghị|mời|kính đề nghị|xin ý kiến|xin)\s+(?:toàn thể\s+)?(?:đại hội|hội nghị|cuộc họp|kỳ họp|hội đồng(?: nhân dân)?|chi bộ|các (?:đồng chí|đại biểu|vị đại biểu|vị|thành viên|ông bà)|quý (?:vị )?đại biểu|quý vị|đồng chí (?:nào )?(?:đồng ý|tán thành)|ai)(?:\s\S+){0,4}?\s*(?:biểu quyết|giơ tay|giơ thẻ|cho ý kiến|có ý kiến|cho biết ý kiến|thảo luận|nghỉ|ổn định|vào chỗ|tập trung|nghiêm|chào cờ|giữ trật tự|xem xét|cho biểu quyết|bấm nút|phát biểu|theo dõi|vỗ tay|(?:nhiệt liệt )?(?:hoan nghênh|chào mừng)|đứng dậy|bỏ thẻ|hạ thẻ|làm việc|cho (?:một )?tràng (?:pháo tay|vỗ tay))(?:\s.*)?$`)
	viCallVote  = regexp.MustCompile(`(?i)(?:biểu quyết|giơ tay|giơ thẻ|bấm nút)\S*$`)
	viAskHall   = regexp.MustCompile(`(?i)(?:^|\s)(?:(?:các đồng chí|quý vị|các vị|các đại biểu|quý đại biểu|đại hội|hội nghị|chi bộ)(?: \S+){0,3} (?:nhất trí|đồng ý|tán thành|ý kiến)|có (?:ai|đồng chí nào|đại biểu nào|vị nào|ý kiến (?:gì|nào))|(?:còn|có) (?:đồng chí|đại biểu|ai|ý kiến) (?:nào |gì )?|(?:đồng chí|đại biểu|ai|vị) nào (?:đồng ý|tán thành|nhất trí|không|có ý kiến|khác)|ai (?:đồng ý|tán thành|nhất trí|không|có ý kiến))`)
	viNobody    = regexp.MustCompile(`(?i)^(?:dạ |vâng |xin cảm ơn,? )?(?:không có(?: (?:ai|ý kiến(?: (?:gì|nào|khác|thêm))?))?|không|không ạ)$`)
	viCue       = regexp.MustCompile(`(?i)^(?:(?:bây giờ|sau đây|tiếp theo|tiếp theo chương trình|tiếp tục chương trình|kính thưa \S+|xin|chúng ta|đại hội|hội nghị|cuộc họp|kỳ họp|hội đồng|chi bộ|đến)[,]?\s+)*(?:(?:xin )?(?:chuyển|sang|bước|đi|tiến hành|tiếp tục|vào|là)\s*)+(?:sang|vào|đến|tới)?\s*(?:phần|nội dung|mục|vấn đề|việc)(?:\s+(?:thứ\s+\S+|số\s+\S+|\d+))?\s*[,:]?\s*`)
	viTurn      = regexp.MustCompile(`(?i)^(?:(?:bây giờ|sau đây|tiếp theo|xin|chúng ta|ta|đại hội|hội nghị|cuộc họp|kỳ họp)[,]?\s+)*(?:chuyển|bước|sang|đi)\s+(?:sang|qua|vào|đến|tới)\s+`)
	viTailCall  = regexp.MustCompile(`(?i)^(?:và )?(?:xin |trân trọng |kính )*mời\s`)
)

func (v vietnamese) clean(sc *scene, u unit) string {
	s := strings.TrimSpace(u.text)
	p := sc.person(u.speaker)
	chair := presides(p) || u.speaker == ""
	parts := clauses(s)
	thanked := false
	for len(parts) > 0 {
		c := parts[0]
		if len(parts) > 1 && viLead.MatchString(bare(c)) && v.hollow(sc, parts[1], chair) {
			parts = parts[1:]
			continue
		}
		// "… sức khỏe, hạnh phúc": what a wish goes on with.
		if thanked && len(strings.Fields(c)) <= 4 && !viActs.MatchString(c) && !viFirst.MatchString(c) && !hasFigure("vi", c) {
			parts = parts[1:]
			continue
		}
		if len(parts) > 1 && (viToHead.MatchString(bare(c)) || chair && v.onlyCue(sc, bare(c)) && !hasFigure("vi", c)) {
			parts = parts[1:]
			continue
		}
		if (viVocative.MatchString(c) || viReporting.MatchString(c) && len(parts) > 1) && !hasFigure("vi", c) {
			m := viPronoun.FindStringSubmatch(bare(c))
			switch {
			case m != nil:
				parts[0] = upper(m[1]) + c[len(bare(c)):]
			default:
				parts = parts[1:]
			}
			if m != nil {
				break
			}
			continue
		}
		if !v.hollow(sc, c, chair) {
			break
		}
		thanked = viCourtesy.MatchString(c)
		parts = parts[1:]
	}
	for len(parts) > 1 {
		c := bare(parts[len(parts)-1])
		if hasFigure("vi", c) || sc.namesSilent(c) || !(viTailCall.MatchString(c) || viCourtesy.MatchString(c) && !viActs.MatchString(c)) {
			break
		}
		parts = parts[:len(parts)-1]
	}
	s = strings.TrimSpace(strings.Join(parts, " "))
	s = viSpans.ReplaceAllString(s, "$1 $2 - $3$4")
	core := viParticle.ReplaceAllString(bare(s), "")
	s = core + s[len(bare(s)):]
	if core == "" {
		return ""
	}
	if hasFigure("vi", sc.withoutPeople(core)) {
		return endSentence(upper(s))
	}
	switch {
	case viEnding.MatchString(core), viFiller.MatchString(core), viAsFollow.MatchString(core) && len(strings.Fields(core)) <= 20:
		return ""
	case v.invites(sc, core, chair):
		return ""
	case (chair || viCallVote.MatchString(core)) && viSummons.MatchString(core):
		return ""
	case chair && viAskHall.MatchString(core) && (strings.HasSuffix(s, "?") || strings.HasSuffix(core, "không") || strings.Contains(core, "giơ")):
		return ""
	case chair && (viToVote.MatchString(core) || strings.HasSuffix(s, "?") && viTallyWord.MatchString(core)):
		return ""
	case chair && viNobody.MatchString(core):
		return ""
	case chair && (v.onlyCue(sc, core) || viVoteNow.MatchString(core)):
		return ""
	case chair && v.calls(sc, core):
		return ""
	}
	return endSentence(upper(s))
}

// callsTally: the hall is asked to vote, so that a few words of reply are its count.
func (vietnamese) callsTally(question string) bool {
	return viTallyAsk.MatchString(strings.TrimSpace(question)) && (strings.HasSuffix(strings.TrimSpace(question), "?") || strings.Contains(question, "giơ"))
}

// hollow says whether a leading clause is courtesy.
func (v vietnamese) hollow(sc *scene, clause string, chair bool) bool {
	c := bare(clause)
	if c == "" {
		return true
	}
	if hasFigure("vi", c) {
		return false
	}
	if viFiller.MatchString(c) || viEnding.MatchString(c) {
		return true
	}
	if viCourtesy.MatchString(c) && !viActs.MatchString(c) && !sc.namesSilent(c) {
		return true
	}
	return regexp.MustCompile(`(?i)^(?:tiếp theo chương trình(?: (?:kỳ họp|đại hội|hội nghị|cuộc họp|làm việc))?|tiếp theo|tiếp tục chương trình|sau đây|bây giờ|như vậy|vâng|dạ)$`).MatchString(c) && chair
}

// invites says whether the sentence only calls somebody to speak. It stays
// when it is the only trace of a person, or asks the hall for something.
func (v vietnamese) invites(sc *scene, core string, chair bool) bool {
	if !viInvite.MatchString(core) {
		return false
	}
	return !sc.namesSilent(core) && (chair || len(strings.Fields(core)) < 25)
}

// calls says whether the chair only gives the floor to somebody who then speaks.
func (v vietnamese) calls(sc *scene, core string) bool {
	m := viCalled.FindStringSubmatch(core)
	if m == nil || viDue.MatchString(core) || len(strings.Fields(core)) > 16 {
		return false
	}
	name := " " + lang.Fold(strings.TrimSpace(m[1]))
	for who := range sc.speaks {
		if strings.HasSuffix(" "+who, name) {
			return true
		}
	}
	return false
}

// onlyCue says whether the sentence leads to the item and says no more than
// its title does.
func (v vietnamese) onlyCue(sc *scene, core string) bool {
	loc := viCue.FindStringIndex(core)
	titled := false // "Chuyển qua cải cách hành chính": all of what follows must be the title's
	if loc == nil {
		loc, titled = viTurn.FindStringIndex(core), true
	}
	if loc == nil {
		return false
	}
	title := map[string]bool{}
	for _, w := range lang.Words(sc.item.Title) {
		title[w] = true
	}
	for _, w := range lang.Words(core[loc[1]:]) {
		if !title[w] {
			return !titled && len(lang.Words(core[loc[1]:])) <= 2
		}
	}
	return true
}
