package main

// fatal gives an error in a tongue, as the line that ends a command; what it wraps stays.
func (t tongue) fatal(err error) error {
	if err == nil || t != vietnamese {
		return err
	}
	return toldError{err, t.reason(oneLine(err))}
}

// toldError is an error in another language.
type toldError struct {
	error
	told string
}

// Error implements error.
func (e toldError) Error() string { return e.told }

// Unwrap gives the error that was translated.
func (e toldError) Unwrap() error { return e.error }

// endPhrases are what capture ends with, in the manner of phrases.
var endPhrases = [][2]string{
	// arguments
	{"--meeting is missing: name the meeting that is recorded (or --list to see the microphones)", "thiếu --meeting: cho biết cuộc họp nào được ghi (hoặc dùng --list để xem các micrô)"},
	{"--meeting $1: must be 1 to 200 bytes of text without control characters", "--meeting $1: phải là 1 đến 200 byte chữ, không có ký tự điều khiển"},
	{"--device and --input: only one of them can be recorded", "--device và --input: chỉ ghi được từ một nguồn"},
	{"--realtime: only a file (--input FILE) is played at the pace of real time", "--realtime: chỉ tệp (--input FILE) mới phát theo thời gian thực được"},
	{"--repeat: only a file (--input FILE) is begun anew, for a time such as 30m or 1h", "--repeat: chỉ tệp (--input FILE) mới phát lại được, trong một thời gian như 30m hay 1h"},
	{"--rate, --channels, --bits: a file says these itself; they are for devices and for --input -", "--rate, --channels, --bits: tệp đã tự cho biết; chúng dùng cho thiết bị và cho --input -"},
	{"--channels $1: must be 1 to 32", "--channels $1: phải từ 1 đến 32"},
	{"--rate $1: must be 8000 to 192000 (16000, 44100, 48000 and 96000 are usual)", "--rate $1: phải từ 8000 đến 192000 (thường là 16000, 44100, 48000 hoặc 96000)"},
	{"--bits $1: must be 16 or 24 for a device", "--bits $1: với thiết bị phải là 16 hoặc 24"},
	{"--bits $1: must be 16, 24 or f32", "--bits $1: phải là 16, 24 hoặc f32"},
	{"--recording: name $1: must be 1 to 128 ASCII letters, digits, \"-\" or \"_\"", "--recording: tên $1: phải là 1 đến 128 chữ cái không dấu, chữ số, dấu - hoặc _"},
	{"recording $1 was ended; what comes now is another recording: leave --recording out, or give another name", "bản ghi $1 đã kết thúc; ghi tiếp là một bản ghi khác: bỏ --recording, hoặc đặt tên khác"},
	{"no data folder: give --data DIR or set BIENBAN_DATA", "không có thư mục dữ liệu: dùng --data DIR hoặc đặt biến BIENBAN_DATA"},

	// files and folders
	{"$1: no such file; check the path", "$1: không có tệp này; hãy xem lại đường dẫn"},
	{"$1: no such file", "$1: không có tệp này"},
	{"$1: is a folder, not a file", "$1: là thư mục, không phải tệp"},
	{"$1: is a folder, not an audio file; name one file in it", "$1: là thư mục, không phải tệp âm thanh; hãy chọn một tệp trong đó"},
	{"$1: is not a folder, or lies in what is none", "$1: không phải thư mục, hoặc nằm trong thứ không phải thư mục"},
	{"$1: the folder cannot be made: {2}", "$1: không tạo được thư mục: {2}"},
	{"$1: cannot be written: {2}", "$1: không ghi được: {2}"},
	{"$1: cannot be read: {2}", "$1: không đọc được: {2}"},

	// sound files
	{"$1: the file is empty; record or copy it again", "$1: tệp rỗng; hãy ghi hoặc chép lại"},
	{"$1: holds text, not audio", "$1: là văn bản, không phải âm thanh"},
	{"give a recording (WAV, FLAC, or a format that ffmpeg reads)", "hãy chọn một tệp âm thanh (WAV, FLAC, hoặc loại mà ffmpeg đọc được)"},
	{"$1: is neither WAV nor FLAC, and not a plain file; save it as a file first", "$1: không phải WAV hay FLAC và không phải tệp thường; hãy lưu thành tệp trước"},
	{"$1: is neither WAV nor FLAC, and ffmpeg is not installed; install ffmpeg (Debian and Ubuntu: apt install ffmpeg) or convert the file to WAV or FLAC",
		"$1: không phải WAV hay FLAC, và máy chưa cài ffmpeg; hãy cài ffmpeg (Debian và Ubuntu: apt install ffmpeg) hoặc đổi tệp sang WAV hay FLAC"},
	{"$1: is not audio that ffmpeg can read: {2}", "$1: không phải âm thanh mà ffmpeg đọc được: {2}"},
	{"$1: ffmpeg finds no audio in it", "$1: ffmpeg không thấy âm thanh trong tệp"},
	{"$1: ffmpeg cannot read it: {2}", "$1: ffmpeg không đọc được: {2}"},
	{"convert the file to WAV or FLAC", "hãy đổi tệp sang WAV hoặc FLAC"},
	{"$1: holds no audio stream; give a recording with sound", "$1: không có âm thanh; hãy chọn tệp có tiếng"},
	{"$1: holds $2 channels at $3 Hz, outside of what is read", "$1: có $2 kênh ở $3 Hz, ngoài phạm vi đọc được"},
	{"$1: broken WAV file: {2}", "$1: tệp WAV bị hỏng: {2}"},
	{"$1: broken FLAC file: {2}", "$1: tệp FLAC bị hỏng: {2}"},
	{"$1: the WAV file holds no whole frame of audio", "$1: tệp WAV không có khung âm thanh nào trọn vẹn"},
	{"$1: the FLAC file holds no whole frame: {2}", "$1: tệp FLAC không có khung nào trọn vẹn: {2}"},
	{"record or export the file again", "hãy ghi hoặc xuất lại tệp"},
	{"standard input: there is nothing in it", "đầu vào chuẩn: không có gì"},
	{"standard input: it is an audio file, not raw samples: give it as --input FILE", "đầu vào chuẩn: là tệp âm thanh, không phải mẫu thô: hãy dùng --input FILE"},

	// the channel map
	{"channel map: {1}", "sơ đồ kênh: {1}"},
	{"channel $1: the input has only $2", "kênh $1: đầu vào chỉ có $2 kênh"},
	{"all $1 channels of the input are ignored", "cả $1 kênh của đầu vào đều bị bỏ qua"},
	{"$1: the channel map is empty", "$1: sơ đồ kênh rỗng"},
	{"$1: it holds more than one document", "$1: tệp có nhiều hơn một tài liệu"},
	{"$1: $2 must be a mapping", "$1: $2 phải gồm các cặp khóa và giá trị"},
	{"$1: unknown key $2; there is only channels", "$1: không có khóa $2; chỉ có channels"},
	{"$1: unknown key $2; there are channel, role, person, gain and use", "$1: không có khóa $2; chỉ có channel, role, person, gain và use"},
	{"$1: channels must be a list", "$1: channels phải là danh sách"},
	{"$1: channels is missing or empty", "$1: thiếu channels hoặc danh sách rỗng"},
	{"$1: $2 must be one value", "$1: $2 phải là một giá trị"},
	{"$1: channel $2: must be a number from 1 to $3", "$1: channel $2: phải là số từ 1 đến $3"},
	{"$1: gain $2: must be a factor above 0, at most $3 (1 leaves it as it is)", "$1: gain $2: phải là hệ số lớn hơn 0, nhiều nhất $3 (1 là giữ nguyên)"},
	{"$1: use $2: must be use or ignore", "$1: use $2: phải là use hoặc ignore"},
	{"$1: a channel without its number (channel: 1)", "$1: kênh thiếu số thứ tự (channel: 1)"},
	{"$1: channel $2 stands in line $3 already", "$1: kênh $2 đã có ở dòng $3"},
	{"$1: $2 stands there twice", "$1: $2 có hai lần"},

	// devices
	{"--device $1: {2}", "--device $1: {2}"},
	{"this program was built without PortAudio and cannot use sound devices; install portaudio19-dev and build it with make build, or with go build -tags portaudio",
		"chương trình này được dựng không có PortAudio nên không dùng được thiết bị âm thanh; hãy cài portaudio19-dev rồi dựng lại bằng make build"},
	{"no such sound device: $1 may be $2: give more of its name, or its index", "không rõ thiết bị âm thanh nào: $1 có thể là $2: hãy ghi rõ tên hơn, hoặc dùng số"},
	{"no such sound device: this machine has no microphone or mixer: plug one in", "không có thiết bị âm thanh: máy này không có micrô hay bàn trộn: hãy cắm vào"},
	{"no such sound device: the system has no default: name one of $1", "không có thiết bị âm thanh mặc định: hãy chọn một trong $1"},
	{"no such sound device: $1 was just unplugged", "thiết bị âm thanh $1 vừa bị rút ra"},
	{"no such sound device: $1; there are $2", "không có thiết bị âm thanh $1; máy có $2"},
	{"sound device $1 has $2 channels, not $3", "thiết bị âm thanh $1 có $2 kênh, không phải $3"},
	{"open sound device $1: {2}", "không mở được thiết bị âm thanh $1: {2}"},
	{"it can do nothing that is asked for", "thiết bị không đáp ứng được yêu cầu nào"},

	// the disk and other captures
	{"no recording can begin: the disk of $1 has $2 MiB free, at least $3 MiB are needed; free some space there, or choose a folder on another disk with --data",
		"chưa ghi được: ổ đĩa của $1 còn trống $2 MiB, cần ít nhất $3 MiB; hãy giải phóng chỗ trống, hoặc chọn thư mục trên ổ khác bằng --data"},
	{"the disk is full: the recording was stopped; free some space and start it again; $1 s are in $2",
		"ổ đĩa đã đầy, việc ghi âm đã dừng: giải phóng chỗ trống rồi bắt đầu lại; $1 giây đã nằm trong $2"},
	{"the disk does not answer: the end of the recording may be missing; it is looked after at the next start",
		"ổ đĩa không trả lời: có thể thiếu phần cuối của bản ghi; lần chạy sau máy sẽ kiểm tra lại"},
	{"this recording is being captured already: {1}", "bản ghi này đang được ghi rồi: {1}"},
	{"$1: in use by another process ($2)", "$1: đang được chương trình khác dùng ($2)"},
	{"$1: in use by another process", "$1: đang được chương trình khác dùng"},
	{"record: $1: another recording lies there ($2, not $3)", "$1: ở đó có bản ghi khác ($2, không phải $3)"},
	{"record: {1}", "máy ghi: {1}"},
	{"data folder: {1}", "thư mục dữ liệu: {1}"},
	{"begin a segment: {1}", "không mở được tệp đoạn mới: {1}"},
	{"the recording is closed: {1}", "bản ghi đã đóng: {1}"},

	// the bus
	{"--bus $1: {2}", "--bus $1: {2}"},
	{"bus: the address file names no \"url\"", "tệp địa chỉ không có \"url\""},
	{"bus: a URL begins with nats://, tls://, ws:// or wss://, not $1", "địa chỉ phải bắt đầu bằng nats://, tls://, ws:// hoặc wss://, không phải $1"},
	{"bus: the URL names no host; give nats://host:port", "địa chỉ thiếu tên máy; hãy dùng nats://máy:cổng"},
	{"bus: after a URL's ? only domain=NAME can stand, the hub's JetStream domain (a ? within a password is written %3F)",
		"sau dấu ? của địa chỉ chỉ có thể là domain=TÊN, tên miền JetStream của máy chủ (dấu ? trong mật khẩu viết là %3F)"},
	{"bus address file: {1}", "tệp địa chỉ: {1}"},
	{"bus: {1}", "{1}"},
}
