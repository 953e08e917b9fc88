package alarm

import (
	"fmt"
	"time"

	"bienban/audio/record"
)

// kinds in the order in which they are shown.
var kinds = []Kind{Nothing, Device, Full, Writing, Removed, Lost, Behind, Silent, Disk, Battery, Pause, Clipping, Dead, OneBit,
	Offset, Hum, Mains, OneDrive, Mirror, Bus, Sleep, Unheard}

// texts says what is wrong and what to do, in Vietnamese and English. %s is the channel.
var texts = map[Kind]struct {
	severity Severity
	vi, en   string
}{
	Nothing: {Urgent, "Đang họp nhưng không ghi được âm thanh: kiểm tra bàn trộn và ổ đĩa ngay.",
		"The session goes on and nothing is being recorded: check the mixer and the disk now."},
	Device: {Urgent, "Mất tín hiệu từ thiết bị thu: kiểm tra dây và nguồn của bàn trộn; máy đang tự kết nối lại.",
		"The audio device is gone: check the mixer's cable and power; reconnecting by itself."},
	Full: {Urgent, "Ổ đĩa đã đầy, việc ghi âm đã dừng: giải phóng chỗ trống rồi bắt đầu lại.",
		"The disk is full and the recording was stopped: free some space and start it again."},
	Writing: {Urgent, "Không ghi được vào ổ đĩa; âm thanh đang được giữ tạm trong bộ nhớ: kiểm tra ổ đĩa.",
		"The disk refuses to be written; audio is held in memory for now: check the disk."},
	Removed: {Urgent, "Thư mục của bản ghi đã bị xóa hoặc chuyển đi khi đang ghi: máy đã lập lại và ghi tiếp, các đoạn trước có thể đã mất. Lấy lại chúng từ thùng rác hoặc bản sao, và đừng đụng vào thư mục dữ liệu.",
		"The recording's folder was removed or moved while it was recorded into: it was made anew and recording goes on, earlier parts may be lost. Bring them back from the bin or the copy, and leave the data folder alone."},
	Lost: {Urgent, "Vừa mất một đoạn âm thanh vì máy không theo kịp; chỗ mất đã được đánh dấu.",
		"Some audio was just lost because the machine did not keep up; the place is marked."},
	Behind: {Urgent, "Ổ đĩa ghi chậm, âm thanh đang dồn lại trong bộ nhớ: đóng bớt chương trình khác.",
		"The disk is slow and audio is piling up in memory: close other programs."},
	Silent: {Urgent, "Không nghe thấy gì từ hội trường trong 60 giây: kiểm tra micrô và bàn trộn.",
		"Nothing has been heard from the hall for 60 seconds: check the microphones and the mixer."},
	Disk: {Urgent, "Ổ đĩa chỉ còn chỗ cho chưa đến 10 phút ghi âm: giải phóng chỗ trống.",
		"The disk has room for less than 10 minutes of recording: free some space."},
	Battery: {Urgent, "Pin sắp hết và không có điện lưới: cắm nguồn ngay.",
		"The battery is low and there is no mains power: plug the machine in now."},
	Pause: {Urgent, "Tạm dừng lâu hơn đã báo: tiếp tục ghi âm hoặc báo thêm thời gian.",
		"The pause is longer than announced: resume, or announce a longer one."},
	Clipping: {Warn, "%s: tín hiệu quá lớn, bị vỡ tiếng: giảm mức trên bàn trộn.",
		"%s is too loud and clips: turn its gain down on the mixer."},
	Dead: {Warn, "%s: không có tín hiệu: kiểm tra micrô, dây và nút tắt tiếng.",
		"%s is dead: check its microphone, cable and mute button."},
	OneBit: {Warn, "%s: chỉ có nhiễu số, không có tiếng: kiểm tra dây và bộ chuyển đổi.",
		"%s delivers digital noise and no sound: check its cable and converter."},
	Offset: {Warn, "%s: lệch điện áp một chiều: kiểm tra bộ chuyển đổi.",
		"%s has a DC offset: check its converter."},
	Hum: {Warn, "%s: ù điện lưới: kiểm tra dây và tiếp đất.",
		"%s hums with the mains: check its cable and grounding."},
	Mains: {Warn, "Mất điện lưới, máy đang chạy bằng pin.",
		"Mains power is lost; the machine runs on its battery."},
	Mirror: {Warn, "Bản sao ở %[1]s đang thiếu vì %[2]s; bản chính vẫn đang được ghi. %[3]s",
		"The copy in %[1]s is behind: %[2]s; the recording itself goes on. %[3]s"},
	Unheard: {Warn, "Không nhận được gì từ máy ghi âm của hội trường; những gì máy đó ghi vẫn còn nguyên ở đó: kiểm tra mạng và máy đó.",
		"Nothing is heard of the hall's capture; what it records stays on its machine: check the network and that machine."},
	Bus: {Warn, "Không kết nối được với máy chủ nên chưa có văn bản; âm thanh vẫn được ghi đầy đủ và sẽ thành văn bản khi kết nối lại: kiểm tra mạng.",
		"The server cannot be reached, so there is no text; all sound is being recorded and becomes text once it is back: check the network."},
	OneDrive: {Urgent, "Bản sao nằm trên cùng một ổ với bản chính: hỏng ổ là mất cả hai. Kiểm tra ổ thứ hai đã cắm và đã gắn chưa.",
		"The copy lies on the same drive as the recording: one fault takes both. Check that the second drive is plugged in and mounted."},
	Sleep: {Warn, "Không ngăn được máy tự ngủ: tắt chế độ ngủ trong cài đặt và đừng gập máy.",
		"Sleep could not be inhibited: switch it off in the settings and keep the lid open."},
}

// NotHeard is the alarm of those who listen from elsewhere to a capture that says nothing any more; it cannot raise it
// itself.
func NotHeard(since time.Time) Alarm {
	t := texts[Unheard]
	return Alarm{Kind: Unheard, Severity: t.severity, Since: since, VI: t.vi, EN: t.en}
}

// Waiting is the alarm of a full disk on which nothing can be recorded, and whose recording begins by itself once there
// is room. No capture runs that could raise it.
func Waiting(since time.Time) Alarm {
	return Alarm{Kind: Full, Severity: severityOf(Full), Since: since,
		VI: "Ổ đĩa đã đầy nên không ghi âm được: giải phóng chỗ trống, máy sẽ tự ghi tiếp.",
		EN: "The disk is full and nothing is being recorded: free some space, and recording goes on by itself."}
}

// mirrorTexts says why a copy is behind, and what to do.
var mirrorTexts = map[record.MirrorCause]struct{ vi, viDo, en, enDo string }{
	record.MirrorFull: {"ổ của bản sao đã đầy", "Giải phóng chỗ trống trên ổ đó, máy sẽ tự chép tiếp.",
		"its drive is full", "Free some space there, and it is caught up with by itself."},
	record.MirrorDenied: {"không có quyền ghi vào đó", "Cấp quyền ghi vào thư mục đó cho tài khoản đang ghi âm, máy sẽ tự chép tiếp.",
		"it may not be written", "Give the account that records the right to write to that folder, and it is caught up with by itself."},
	record.MirrorReadOnly: {"ổ của bản sao chỉ cho đọc", "Gạt khóa chống ghi của ổ hoặc gắn lại ổ để ghi được, máy sẽ tự chép tiếp.",
		"its drive can only be read", "Open its write lock or mount it for writing, and it is caught up with by itself."},
	record.MirrorAway: {"không thấy thư mục hoặc ổ của bản sao", "Cắm và gắn lại ổ thứ hai, máy sẽ tự chép tiếp.",
		"its folder or drive is away", "Plug the second drive in and mount it again, and it is caught up with by itself."},
	record.MirrorNoFolder: {"một tệp đang nằm ở chỗ của thư mục", "Đổi tên hoặc chuyển tệp đó đi, máy sẽ tự chép tiếp.",
		"a file lies in the folder's place", "Rename that file or move it away, and it is caught up with by itself."},
	record.MirrorOther: {"thư mục đó chứa một bản ghi khác", "Thư mục đó được giữ nguyên. Sau buổi họp hãy chép thư mục bản ghi sang một chỗ khác trên ổ thứ hai.",
		"that folder holds another recording", "It is left alone. Copy the recording's folder to another place on the second drive after the meeting."},
	record.MirrorInUse: {"chương trình khác đang ghi vào thư mục đó", "Tắt chương trình kia, máy sẽ tự chép tiếp.",
		"another program writes to that folder", "End that program, and it is caught up with by itself."},
	record.MirrorBroken: {"ổ của bản sao báo lỗi", "Kiểm tra dây, hoặc thay ổ khác rồi gắn vào cùng chỗ.",
		"its drive reports errors", "Check its cable, or put another drive in its place."},
	record.MirrorStalled: {"ổ của bản sao không trả lời", "Kiểm tra dây và nguồn của ổ thứ hai.",
		"its drive does not answer", "Check the second drive's cable and power."},
	record.MirrorUnknown: {"không ghi được vào đó", "Kiểm tra ổ thứ hai và thư mục đó.",
		"it cannot be written", "Check the second drive and that folder."},
}

// MirrorText says why a copy is behind, without what to do.
func MirrorText(c record.MirrorCause) (vi, en string) {
	t := mirrorTextOf(c)
	return t.vi, t.en
}

func mirrorTextOf(c record.MirrorCause) struct{ vi, viDo, en, enDo string } {
	if t, known := mirrorTexts[c]; known {
		return t
	}
	return mirrorTexts[record.MirrorUnknown]
}

func severityOf(k Kind) Severity { return texts[k].severity }

// text fills in the channel's name.
func (m *Machine) text(k key) (vi, en string) {
	t := texts[k.kind]
	if k.kind == Mirror {
		why := mirrorTextOf(m.mirror)
		return fmt.Sprintf(t.vi, m.mirrorIn, why.vi, why.viDo), fmt.Sprintf(t.en, m.mirrorIn, why.en, why.enDo)
	}
	if k.channel == 0 {
		return t.vi, t.en
	}
	name := func(word string) string {
		if i := k.channel - 1; i < len(m.o.Names) && m.o.Names[i] != "" {
			return fmt.Sprintf("%s %d (%s)", word, k.channel, m.o.Names[i])
		}
		return fmt.Sprintf("%s %d", word, k.channel)
	}
	return fmt.Sprintf(t.vi, name("Kênh")), fmt.Sprintf(t.en, name("Channel"))
}
