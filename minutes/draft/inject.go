package draft

import (
	"regexp"

	"bienban/internal/lang"
)

// Text that speaks to the machine rather than to the meeting. It is data like
// all speech, so nothing obeys it; but minutes do not record it either, and it
// would only mislead a reader or a weak model. It is listed in a flag.
var (
	toMachine = []*regexp.Regexp{
		regexp.MustCompile(`(?i)\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,40}\b(?:instructions?|prompts?|rules|above|directions)\b`),
		regexp.MustCompile(`(?i)\b(?:system prompt|language model|as an ai|you are (?:now )?(?:an? )?(?:ai|assistant|chatbot|model|system)|chatgpt|chat ?bot|prompt injection|jailbreak)\b`),
		regexp.MustCompile(`(?i)\b(?:dear|hey|attention|note to(?: the)?|message (?:to|for)(?: the)?|hello)[,:]? (?:ai|assistant|computer|machine|transcriber|transcription (?:software|system)|model|robot)\b`),
		regexp.MustCompile(`(?i)^(?:ai|assistant|computer|system|transcriber|chatgpt|siri|alexa)\s*[,:]`),
		regexp.MustCompile(`(?i)\b(?:minutes|transcription|recording) (?:software|system|bot|assistant|machine|ai|model)\b[^.]{0,40}\b(?:write|record|report|state|say|must|should|change|add|delete|put)\b`),
		regexp.MustCompile(`(?i)(?:bỏ qua|phớt lờ|quên|không tuân theo|đừng làm theo)(?:\s\S+){0,4}\s(?:hướng dẫn|chỉ dẫn|mệnh lệnh|lệnh|chỉ thị hệ thống|quy tắc|yêu cầu trước|yêu cầu ở trên)`),
		regexp.MustCompile(`(?i)(?:mô hình ngôn ngữ|lời nhắc hệ thống|câu lệnh hệ thống|trợ lý ảo|trợ lý ai|chatbot|(?:^|\s)(?:hỡi|này|chào|gửi|kính gửi)\s(?:(?-i:AI)|máy|hệ thống|phần mềm|trợ lý)(?:\s|,|:|$))`),
		regexp.MustCompile(`(?i)(?:^|\s)(?:(?:phần mềm|trí tuệ nhân tạo|ứng dụng|công cụ|trợ lý|(?-i:AI))(?:\s\S+){0,6}\s(?:hãy|phải|cứ|cần|nhớ)|(?:hệ thống|máy|bộ phận gỡ băng)(?:\s\S+){0,5}\s(?:hãy|cứ|nhớ))\s(?:chỉ |vui lòng )?(?:ghi|viết|sửa|đổi|xóa|xoá|thêm|soạn|trả lời|bỏ qua|bỏ|bổ sung|chèn|điền|cập nhật|tạo|in|đánh dấu|thay|loại|quên|dừng|làm theo)`),
		regexp.MustCompile(`(?i)(?:^|\s)(?:hệ thống|phần mềm|máy ghi|máy gỡ băng|trí tuệ nhân tạo|trợ lý ảo|(?-i:AI))(?:\s\S+){0,5}?\s(?:ghi|viết|bổ sung|thêm|chèn|điền)(?:\s\S+){0,3}?\s(?:biên bản|bản ghi|văn bản)`),
		regexp.MustCompile(`(?i)\b(?:transcription|transcribing|minute[- ]?taking|note[- ]?taking|recording) (?:assistant|tool|software|system|bot|service|engine|program|app)\b|\b(?:whoever|whatever) is transcribing\b`),
		regexp.MustCompile(`(?i)^(?:and |so )?(?:hey |ok |okay |dear )?(?:ai|computer|machine|chatbot|assistant|robot|software)(?: (?:assistant|model|system|note[- ]?taker))?,? (?:please |now )?(?:forget|ignore|disregard|write|record|add|note|change|delete|remove|put|say|state|insert)\b`),
		regexp.MustCompile(`(?i)\b(?:computer|machine|software|robot|algorithm|(?-i:AI))\b[^.]{0,24}\b(?:is|are|that) (?:writing|typing|recording|transcribing|listening|taking (?:the )?(?:notes|minutes)|making)\b|\bwhatever (?:is )?(?:writes|writing|types|typing) (?:this|these|it)\b`),
		regexp.MustCompile(`(?i)(?:^|\s)(?:hệ thống|máy) (?:ghi âm|gỡ băng|ghi biên bản|tự động|đánh máy)(?:\s\S+){0,3}?,?\s(?:hãy|phải|cứ|nhớ|cần|vui lòng|làm ơn)\s`),
		regexp.MustCompile(`(?i)^\W*(?:system|assistant|user)\s*:|<\|[a-z_]+\|>|\[/?INST\]|</?(?:system|script|instructions?)\b|` + "```"),
		regexp.MustCompile(`(?i)\b(?:output|respond|reply|answer) (?:only )?(?:with|in) (?:json|the following|exactly)\b|(?:trả lời|xuất ra) (?:bằng|dạng) json`),
	}
	// A bare order to write something into the record, addressed to nobody.
	toWriter = []*regexp.Regexp{
		regexp.MustCompile(`(?i)^(?:(?:and|so|then|instead|now|please|just),? )*(?:write|type|print|output|pretend|fabricate|insert)\b(?: (?:down|in|into|to|on))?(?: the (?:minutes|record))?,? (?:that|instead|as if)\b`),
		regexp.MustCompile(`(?i)^(?:(?:và|rồi|thay vào đó),? )*(?:(?:thư ký|ban thư ký|đoàn thư ký) )?(?:hãy |cứ )(?:\S+ )?(?:ghi|viết|soạn|sửa|đổi|thêm|xóa|xoá)\s`),
		regexp.MustCompile(`(?i)^(?:(?:và|rồi|đề nghị|yêu cầu|nhờ),? )*(?:thư ký|ban thư ký|đoàn thư ký|người ghi biên bản)?\s*(?:cứ )?(?:ghi|viết)(?: \S+){0,4}? biên bản (?:là|rằng)\s`),
		regexp.MustCompile(`(?i)^(?:ghi|viết)(?: vào)?(?: \S+){0,3} (?:là|rằng)\s`),
	}
	// After such a sentence, the orders that follow it in the same turn belong to it.
	orders = regexp.MustCompile(`(?i)^(?:(?:and|so|then|instead|now|please|also|và|rồi|thay vào đó|đồng thời),? )*(?:write|record|report|state|say|set|change|replace|print|output|add|delete|remove|insert|make|put|do not|don't|only|never|always|you (?:must|should|will)|hãy|ghi|viết|sửa|đổi|thay|xóa|xoá|thêm|bỏ|không được|phải|chỉ)\s`)
)

// ownView is what a member may ask to have minuted: a view of their own.
var ownView = regexp.MustCompile(`(?i)(?:là|rằng)(?: ý kiến(?: của)?)? (?:tôi|chúng tôi)(?:\s|$)|ý kiến (?:của )?(?:tôi|chúng tôi)|\bthat I\b|\bmy (?:vote|dissent|objection|view)\b`)

// injected finds the units that speak to the machine. It marks them for the
// whole item, in order.
func injected(language string, units []unit) []bool {
	out := make([]bool, len(units))
	for i, u := range units {
		text := lang.NFC(u.text)
		for _, re := range toMachine {
			out[i] = out[i] || re.MatchString(text)
		}
		for _, re := range toWriter {
			out[i] = out[i] || re.MatchString(text) && !ownView.MatchString(text)
		}
		if i > 0 && out[i-1] && units[i-1].turn == u.turn && orders.MatchString(text) {
			out[i] = true
		}
	}
	return out
}
