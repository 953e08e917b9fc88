package minutes

import (
	"regexp"
	"strings"
)

// concept ties titles of a usual kind to the phrases with which such an item begins.
type concept struct {
	title, said *regexp.Regexp
	weight      float64
	opening     bool // counts only at the beginning of the meeting
}

var concepts = []concept{
	{regexp.MustCompile(`khai mạc|mở đầu|chào cờ|điểm danh|ổn định|tuyên bố lý do|giới thiệu đại biểu|opening|welcome|call to order|roll call|attendance|apologies`),
		regexp.MustCompile(`khai mạc|bắt đầu|tuyên bố lý do|kính thưa|\bi open\b|\bto order\b|\bwelcome\b|good (?:evening|morning|afternoon)|meeting (?:is )?open|declare .*\bopen\b|call(?:ing)? the roll`), 3, true},
	{regexp.MustCompile(`bế mạc|kết thúc|\bclos|adjourn|conclusion of|end of meeting`),
		regexp.MustCompile(`bế mạc|hoàn thành (?:toàn bộ |các )*(?:chương trình|nội dung)|(?:cuộc họp|hội nghị|kỳ họp|phiên họp|đại hội) (?:xin )?(?:kết thúc|được kết thúc|đến đây|tới đây)|xin kết thúc|no (?:further|other|more) business|(?:meeting|session) (?:is|stands|be) (?:now )?(?:closed|adjourned)|declare .*\bclosed\b|\badjourn|(?:concludes|closes|ends) (?:the|our|this|tonight's|today's) (?:meeting|business)`), 5, false},
	{regexp.MustCompile(`thảo luận|tham luận|góp ý|cho ý kiến|discussion|debate`),
		regexp.MustCompile(`phần (?:thảo luận|tham luận|góp ý)|(?:tiến hành|bắt đầu|chuyển sang|bước vào) (?:thảo luận|tham luận|góp ý)|(?:bản|ý kiến) tham luận|mời (?:các )?(?:đồng chí|đại biểu|vị).{0,30}(?:thảo luận|tham luận|cho ý kiến|góp ý)|open (?:the|for|it to) (?:floor|discussion|debate)|floor is open`), conceptWeight, false},
	{regexp.MustCompile(`chất vấn|trả lời kiến nghị`), regexp.MustCompile(`(?:phần|phiên) (?:chất vấn|trả lời)|tiến hành chất vấn|đặt câu hỏi chất vấn`), conceptWeight, false},
	{regexp.MustCompile(`kết luận`), regexp.MustCompile(`(?:phát biểu |tôi (?:xin )?|xin )kết luận|kết luận (?:mấy|một số|các|như sau|\d+)|^kết luận|kết luận (?:cuộc họp|hội nghị|phiên họp)`), 3.4, false},
	{regexp.MustCompile(`public|question`), regexp.MustCompile(`questions? (?:time|from)|public (?:participation|questions?|comment|forum|session)|members of the public`), conceptWeight, false},
	{regexp.MustCompile(`minutes`), regexp.MustCompile(`\bminutes of\b|\bminutes from\b|(?:last|previous) (?:meeting'?s? )?minutes`), conceptWeight, false},
	{regexp.MustCompile(`next meeting`), regexp.MustCompile(`next (?:ordinary |regular |parish )?meeting (?:is|will|takes|shall)`), conceptWeight, false},
	{regexp.MustCompile(`interest`), regexp.MustCompile(`declar\w* (?:of |an |any )*(?:pecuniary |personal )?interests?|any interests?`), conceptWeight, false},
	{regexp.MustCompile(`apologies|attendance|điểm danh`), regexp.MustCompile(`\bapologies (?:for|from|have|are)|any apologies|the attendance`), conceptWeight, false},
	{regexp.MustCompile(`other business|nội dung khác|việc khác|ý kiến khác`), regexp.MustCompile(`(?:any )?other business|other matters|nội dung khác|việc khác`), 3.6, false},
	{regexp.MustCompile(`nghị quyết`), regexp.MustCompile(`dự thảo nghị quyết|thông qua nghị quyết`), conceptWeight, false},
	{regexp.MustCompile(`bầu`), regexp.MustCompile(`tiến hành bầu|phần bầu|công tác bầu`), conceptWeight, false},
}

// How a closed part is begun, and how the public comes back after it. They
// count whatever the items are called: missing one puts what is closed under an
// open item.
var (
	goesClosed = concept{said: regexp.MustCompile(`(?:họp|phiên|phần|nội dung|chuyển sang|xử lý|bàn) kín\b|nội bộ.{0,30}(?:khách mời|phóng viên|báo chí)|(?:khách mời|phóng viên|báo chí).{0,40}(?:tạm ra|ra ngoài|rời|tạm nghỉ)|(?:closed|private|executive|confidential) (?:session|part|meeting|business)|\bin (?:camera|private|committee)\b|exclu\w+ (?:the |of the )?(?:press|public)|(?:press|public) (?:and (?:the )?(?:press|public) )?(?:be |is |are |to |will |must |now |please )*(?:excluded|leave|withdraw)`), weight: 5}
	goesOpen   = concept{said: regexp.MustCompile(`(?:kết thúc|hết|xong) (?:phần |phiên |nội dung )*(?:họp )?kín|(?:trở lại|tiếp tục) (?:phần |phiên )*(?:họp )?công khai|mời (?:các )?(?:vị |đại biểu )*(?:khách mời|phóng viên|báo chí).{0,30}(?:trở lại|vào lại)|(?:back|return|resume\w*|re-?open\w*)\b.{0,20}(?:in |into |to |the )*(?:public|open)(?: session| meeting)?|(?:press|public).{0,20}(?:re-?admitted|invited back|come back|rejoin)|end of (?:the )?(?:closed|private|executive|confidential)`), weight: 5}
)

// programme says that a sentence only tells what is to come.
var programme = regexp.MustCompile(`(?i)chương trình .{0,50}(?:gồm|như sau|có \d+ nội dung)|(?:gồm|có) (?:các|\d+) nội dung|nội dung sau đây|(?:later|in due course|at a later|tonight we (?:have|will)|on tonight's agenda (?:are|we)|the agenda (?:has|contains|includes|is as))|there are \d+ items|sẽ (?:được )?(?:thảo luận|xem xét) sau`)

// generic words stand in many titles and in most procedure; they tell little.
var generic = strings.Fields(`báo cáo trình bày phát biểu về việc của và các đại hội hội nghị phường xã thông qua nội dung kết quả công tác
 tình hình dự thảo cho ý kiến nghe ban đồng chí năm tháng kỳ họp ủy nhân dân hội đồng the of and a to for on in report reports update item
 council meeting an with by from at`)
