package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// reason says in a tongue what a package below says in English: why something
// is not known, what verify found, why a stretch of a recording holds no sound.
// Recordings keep these words, so they cannot be told by codes. What nobody
// translated stands in quotes, as the system's own words.
func (t tongue) reason(english string) string {
	english = strings.Join(strings.Fields(english), " ")
	if t != vietnamese || english == "" {
		return english
	}
	if s, ok := vietnameseOf(english); ok {
		return s
	}
	return `"` + english + `"`
}

// vietnameseOf translates a text, or each of its parts between "; " and ": ".
func vietnameseOf(s string) (string, bool) {
	for _, p := range phrasebook() {
		m := p.en.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		out := p.vi
		for i, arg := range m[1:] {
			n := strconv.Itoa(i + 1)
			out = strings.ReplaceAll(out, "{"+n+"}", vietnamese.argument(arg))
			out = strings.ReplaceAll(out, "$"+n, arg)
		}
		return out, true
	}
	for _, sep := range []string{"; ", ": "} {
		if i := strings.Index(s, sep); i > 0 {
			return vietnamese.reason(s[:i]) + sep + vietnamese.reason(s[i+len(sep):]), true
		}
	}
	return "", false
}

// argument is what stands in a phrase's place: a name or number as it is, a
// phrase translated.
func (t tongue) argument(s string) string {
	if v, ok := vietnameseOf(s); ok || !strings.Contains(s, " ") {
		if ok {
			return v
		}
		return s
	}
	return t.reason(s)
}

// phrase is a text with places {1}, {2} … of what is translated, too, and $1, $2 … of what people
// or devices are called or said, and the same in Vietnamese.
type phrase struct {
	en *regexp.Regexp
	vi string
}

var phrasebook = sync.OnceValue(func() []phrase {
	var all []phrase
	place := regexp.MustCompile(`\\\{[1-9]\\\}|\\\$[1-9]`)
	for _, p := range slices.Concat(phrases, endPhrases) {
		all = append(all, phrase{regexp.MustCompile("^" + place.ReplaceAllString(regexp.QuoteMeta(p[0]), "(.+?)") + "$"), p[1]})
	}
	return all
})

// phrases are the English texts of the packages below, each with its
// Vietnamese; the first that fits counts.
var phrases = [][2]string{
	// what the system says
	{"no space left on device", "ổ đĩa đã đầy"},
	{"permission denied", "không có quyền"},
	{"no such file or directory", "không có tệp hay thư mục này"},
	{"not a directory", "không phải thư mục"},
	{"read-only file system", "ổ đĩa chỉ cho đọc"},
	{"input/output error", "ổ đĩa bị lỗi đọc ghi"},
	{"connection refused", "bị từ chối kết nối"},
	{"no such device", "không có thiết bị này"},
	{"in use by another process", "đang được chương trình khác dùng"},
	{"open {1}: {2}", "không mở được {1}: {2}"},
	{"stat {1}: {2}", "không xem được {1}: {2}"},
	{"mkdir {1}: {2}", "không tạo được thư mục {1}: {2}"},
	{"dial unix {1}: connect: {2}", "không kết nối được {1}: {2}"},
	{"context deadline exceeded", "hết thời gian chờ"},

	// internal/inhibit
	{"power is not known: {1}", "không rõ nguồn điện: {1}"},
	{"sleep cannot be inhibited: {1}", "không ngăn được máy tự ngủ: {1}"},
	{"UPower is not there: {1}", "máy không có UPower: {1}"},
	{"UPower's {1}: {2}", "UPower không cho biết {1}: {2}"},
	{"UPower is not there", "máy không có UPower"},
	{"the kernel shows no power supplies", "nhân hệ điều hành không thấy nguồn điện nào"},
	{"logind refuses or is not there: {1}", "logind từ chối hoặc không có: {1}"},
	{"no system D-Bus: {1}", "không có D-Bus hệ thống: {1}"},
	{"no system D-Bus", "không có D-Bus hệ thống"},
	{"the system D-Bus does not answer: {1}", "D-Bus hệ thống không trả lời: {1}"},
	{"system bus not found", "không thấy bus hệ thống"},
	{"released", "đã thôi giữ"},

	// models/catalogue.yaml: where an error rate comes from
	{"{1}, measured (docs/design.md, section 4)", "{1}, tự đo (docs/design.md, mục 4)"},
	{"FLEURS test set, model card of {1}", "bộ thử FLEURS, theo thẻ mô hình {1}"},
	{"VIVOS test set, model card of {1}", "bộ thử VIVOS, theo thẻ mô hình {1}"},
	{"read speech", "giọng đọc"},
	{"news", "thời sự"},
	{"synthetic council meeting, whisper-cli defaults", "cuộc họp hội đồng tổng hợp, whisper-cli với tham số mặc định"},

	// audio/record: what Verify finds
	{"all segments are missing, with chunks 0 to {1}", "thiếu mọi tệp đoạn, gồm các khối 0 đến {1}"},
	{"the segment cannot be used: {1}", "không dùng được tệp đoạn: {1}"},
	{"the recording was ended, and {1} bytes follow that were not recorded", "bản ghi đã kết thúc, nhưng sau đó còn {1} byte không được ghi"},
	{"{1} bytes follow that were not recorded", "còn {1} byte phía sau không được ghi"},
	{"the segments before it are missing: it begins with chunk {1}", "thiếu các tệp đoạn phía trước: tệp này bắt đầu từ khối {1}"},
	{"it does not follow on {1}: chunks {2} to {3} are missing, changed or moved", "không nối tiếp {1}: các khối {2} đến {3} bị thiếu, bị sửa hoặc bị đổi chỗ"},
	{"its positions do not follow on {1}", "vị trí không nối tiếp {1}"},
	{"what it holds is not what was recorded", "nội dung không còn như khi ghi"},
	{"what it holds was removed without a record of erasure", "nội dung đã bị xóa mà không có biên bản xóa"},
	{"its erasure (ordered in chunk {1}) is not finished: start the recorder on it once, or erase again", "lệnh xóa (ở khối {1}) chưa xong: hãy chạy máy ghi trên bản ghi này một lần, hoặc xóa lại"},
	{"it says {1} frames for {2}", "ghi là {1} khung thay vì {2}"},
	{"it is about frames {1} to {2}, which are not there", "nói về các khung {1} đến {2}, là những khung không có"},
	{"it holds what cannot be", "có số liệu không thể có"},
	{"it ends beyond any possible length", "kết thúc ở một vị trí không thể có"},
	{"{1}; it can be rebuilt", "{1}; có thể lập lại từ các tệp đoạn"},
	{"the segments cannot be summed up: {1}", "không tổng hợp được các tệp đoạn: {1}"},
	{"it belongs to another recording", "thuộc về một bản ghi khác"},
	{"chunks {1} to {2} are missing at the end", "thiếu các khối {1} đến {2} ở cuối"},
	{"it does not say what the segments say", "không khớp với các tệp đoạn"},
	{"it is not the track that was imported", "không phải phần âm thanh đã được nhập"},
	{"the chunk is cut off", "khối bị cắt cụt"},
	{"the chain of hashes is broken in front of it: a chunk before it was changed, removed or moved", "chuỗi băm bị đứt ngay trước khối này: một khối phía trước bị sửa, bị xóa hoặc bị đổi chỗ"},
	{"its position does not follow from the chunks before it", "vị trí không nối tiếp các khối phía trước"},
	{"its header is broken", "phần đầu bị hỏng"},
	{"broken header", "phần đầu bị hỏng"},
	{"its header says {1}", "phần đầu ghi {1}"},
	{"its header holds an impossible position", "phần đầu có vị trí không thể có"},
	{"its header has bytes set that this version does not know", "phần đầu có những byte mà phiên bản này không biết"},
	{"a sample rate of {1} Hz, not {2} to {3}", "tần số lấy mẫu {1} Hz, không nằm trong {2} đến {3}"},
	{"{1} channels, not 1 to {2}", "{1} kênh, không nằm trong 1 đến {2}"},
	{"samples of {1} bits, not 16 or 24", "mẫu {1} bit, không phải 16 hay 24"},
	{"it is segment {1} under another's name", "là tệp đoạn {1} mang tên khác"},
	{"it is no file: {1}", "không phải tệp thường: {1}"},
	{"it is no file", "không phải tệp thường"},
	{"a folder", "là thư mục"},
	{"a pipe, a device or a socket", "là ống, thiết bị hoặc socket"},
	{"it is not readable: {1}", "không đọc được: {1}"},
	{"it was changed by hand or by the disk", "đã bị sửa bằng tay hoặc do ổ đĩa"},

	// audio/record, internal/capture, audio/device: why there is no sound
	{"the recorder was killed or lost power", "máy ghi bị ngắt đột ngột hoặc mất điện"},
	{"the recorder was stopped: {1}", "máy ghi đã dừng: {1}"},
	{"{1}; the clock does not tell for how long", "{1}; đồng hồ không cho biết trong bao lâu"},
	{"the disk did not keep up", "ổ đĩa không theo kịp"},
	{"the device did not keep up", "thiết bị không theo kịp"},
	{"the disk is full", "ổ đĩa đã đầy"},
	{"the input ended", "hết dữ liệu vào"},
	{"stopped by a signal", "được lệnh dừng"},
	{"stopped by $1: $2", "$1 cho dừng: $2"},
	{"stopped by $1", "$1 cho dừng"},
	{"the hall's own recording has this", "bản ghi của hội trường đã có đoạn này"},
	{"gaps were filled from $1", "các khoảng hở được lấp từ $1"},
	{"standard input delivers nothing", "đầu vào chuẩn không đưa âm thanh đến"},
	{"the recording's folder was removed; {1} was written again from what was still open", "thư mục bản ghi đã bị xóa; {1} đã được ghi lại từ tệp còn mở"},

	// internal/capture: how it ended
	{"{1} samples of the input were not numbers and count as silence", "{1} mẫu âm thanh vào không phải là số, được coi là im lặng"},
	{"the recording's folder was removed or moved while it was recorded into: earlier parts may be missing; bienban verify {1} says which", "thư mục bản ghi đã bị xóa hoặc chuyển đi khi đang ghi: có thể thiếu các đoạn trước; xem bằng bienban verify {1}"},
	{"{1}: damaged: it ends within a frame ({2} bytes are left over): check --channels and --bits (kept the {3} frames that are whole)", "{1}: bị hỏng: kết thúc giữa một khung (thừa {2} byte): xem lại --channels và --bits (giữ được {3} khung còn nguyên)"},
	{"standard input", "đầu vào chuẩn"},
	{"the device is gone", "mất thiết bị"},
	{"its driver does not answer", "trình điều khiển không trả lời"},
}
