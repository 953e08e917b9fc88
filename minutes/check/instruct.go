package check

import (
	"regexp"

	"bienban/internal/lang"
	"bienban/minutes"
)

// Text that speaks to a machine or carries markup. Minutes are plain prose:
// none of this belongs in them, wherever it came from.
var instructions = []*regexp.Regexp{
	// Markup, links, code, chat roles.
	regexp.MustCompile(`(?i)</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|\[[^\]\n]*\]\([^)\n]*\)|` + "```" + `|(?:https?|ftp|javascript|data|file)\s*:\s*/?/?\S*[./]\S|\bwww\.\S`),
	regexp.MustCompile(`(?i)<\|[a-z_]+\|>|\[/?(?:INST|SYS)\]|<<SYS>>|^\W*(?:system|assistant|user|developer|hệ thống|trợ lý)\s*:|\{\{.*\}\}|\x60[^\x60]+\x60|^#{1,6}\s|\*\*[^*]+\*\*`),
	regexp.MustCompile(`(?i)^\s*[\[{]\s*"(?:text|sentences|role|cites)"\s*:`),
	// English.
	regexp.MustCompile(`(?i)\b(?:ignore|disregard|forget|override|bypass|do not follow)\b[^.!?]{0,40}\b(?:instructions?|prompts?|rules|guidelines|directions|everything above|the above)\b`),
	regexp.MustCompile(`(?i)\b(?:system prompt|language model|as an ai\b|you are (?:now )?(?:an? )?(?:ai|assistant|chatbot|model|language|system|dan)\b|chatgpt|chat ?bot|prompt injection|jailbreak|developer mode)`),
	regexp.MustCompile(`(?i)\b(?:act|pretend|behave|respond|role-?play) as (?:if you|an? (?:ai|assistant|system|expert|different|new))\b|\bfrom now on,? you\b|\bnew instructions?\s*:`),
	regexp.MustCompile(`(?i)\b(?:dear|hey|attention|note to(?: the)?|message (?:to|for)(?: the)?|hello),? (?:ai|assistant|transcriber|minute[- ]?taker bot|transcription (?:software|system)|model|robot)\b`),
	regexp.MustCompile(`(?i)\b(?:output|respond|reply|answer) (?:only )?(?:with|in) (?:json|the following|exactly|markdown)\b|\b(?:insert|add|write|include) (?:this|the following) (?:text|sentence|line|link)\b`),
	regexp.MustCompile(`(?i)\b(?:transcription|transcribing|minute[- ]?taking|note[- ]?taking|recording) (?:assistant|tool|software|system|bot|service|engine|program|app)\b|\b(?:computer|machine|software|robot|algorithm|(?-i:AI))\b[^.]{0,24}\b(?:is|are|that) (?:writing|typing|recording|transcribing|listening|taking (?:the )?(?:notes|minutes)|making)\b`),
	regexp.MustCompile(`(?i)^(?:and |so )?(?:hey |ok |okay |dear )?(?:ai|computer|machine|chatbot|assistant|robot|software)(?: (?:assistant|model|system|note[- ]?taker))?,? (?:please |now )?(?:forget|ignore|disregard|write|record|add|note|change|delete|remove|put|say|state|insert)\b`),
	// Vietnamese.
	regexp.MustCompile(`(?i)(?:^|\s)(?:phần mềm|trí tuệ nhân tạo|ứng dụng|trợ lý|hệ thống|máy)(?:\s\S+){0,5}\s(?:hãy|cứ|nhớ)\s(?:chỉ |vui lòng )?(?:ghi|viết|sửa|đổi|xóa|xoá|thêm|soạn|bỏ qua|bổ sung|chèn|điền|cập nhật|đánh dấu|thay)|(?:^|\s)(?:hệ thống|máy) (?:ghi âm|gỡ băng|ghi biên bản|tự động|đánh máy)(?:\s\S+){0,3}?,?\s(?:hãy|phải|cứ|nhớ|cần|vui lòng|làm ơn)\s`),
	regexp.MustCompile(`(?i)(?:bỏ qua|phớt lờ|quên(?: đi)?|không tuân theo|đừng làm theo|đừng tuân theo)(?:\s\S+){0,4}\s(?:hướng dẫn|chỉ dẫn|mệnh lệnh|lệnh|chỉ thị hệ thống|quy tắc|yêu cầu (?:trước|ở trên|bên trên))`),
	regexp.MustCompile(`(?i)mô hình ngôn ngữ|lời nhắc hệ thống|câu lệnh hệ thống|chỉ dẫn hệ thống|trợ lý (?:ảo|ai\b)|bạn (?:bây giờ |hiện )?là (?:một )?(?:ai\b|trợ lý|hệ thống|mô hình|chatbot)|hãy (?:đóng vai|giả vờ|đóng giả)|từ (?:bây )?giờ,? bạn`),
	regexp.MustCompile(`(?i)(?:^|\s)(?:(?:phần mềm|trí tuệ nhân tạo|(?-i:AI))(?:\s\S+){0,4}\s(?:hãy|phải|cứ)|(?:hệ thống|máy)(?:\s\S+){0,3}\s(?:hãy|cứ))\s(?:ghi|viết|sửa|đổi|xóa|xoá|thêm|soạn|trả lời|bỏ qua)|(?:trả lời|xuất ra) (?:bằng|dạng) json|hãy (?:ghi|viết|chèn|thêm) (?:vào biên bản|câu sau|nội dung sau|đoạn sau)`),
}

// Instructs says whether a text speaks to a machine rather than to the
// meeting, or carries markup or a link.
func Instructs(text string) bool {
	text = lang.NFC(text)
	for _, re := range instructions {
		if re.MatchString(text) {
			return true
		}
	}
	return false
}

func (c *sentenceCase) instructed() {
	if Instructs(c.s.Text) {
		c.flag(minutes.FlagInstructed, "có lời nhắm vào máy, mã đánh dấu hoặc liên kết", "speaks to the machine, or holds markup or a link")
	}
}
