package lang

// Word tables of spoken Vietnamese. Keys are folded; phrases have up to three syllables.

// viDigits are the words that name a digit on their own.
var viDigits = map[string]int{
	"không": 0, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}

// viTails are the forms of a digit after mươi (and, short, after trăm, nghìn, triệu, tỷ).
var viTails = map[string]int{"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}

// viScales are the powers of ten that multiply what stands before them.
var viScales = map[string]int64{
	"vạn": 1e4, "nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9,
}

// viCounters are units and countable nouns: a lone digit word before one is a number.
var viCounters = setOf(`hộ, phiếu, lớp, phòng, người, tuổi, năm, tháng, ngày, tuần, giờ, phút, giây, điểm, khu, lần, lượt, khóm, ấp,
	xã, phường, tổ, bản, việc, mục, khâu, nhóm, tuyến, cầu, căn, ngôi, trường, trạm, chợ, vụ, xe, dự án, công trình, mô hình,
	chỉ tiêu, nhiệm vụ, giải pháp, ý kiến, kiến nghị, đề xuất, đồng chí, đại biểu, chi bộ, đảng bộ, đảng viên, học sinh, sinh viên,
	giáo viên, hội viên, đoàn viên, quần chúng, cán bộ, công chức, viên chức, ủy viên, thành viên, gia đình, trường hợp, cử tri,
	hồ sơ, văn bản, văn kiện, nghị quyết, quyết định, báo cáo, tham luận, bài, câu hỏi, trang, tờ, cuốn, quyển, đợt, kỳ, cuộc, buổi, phiên,
	đoàn, cơ quan, tổ chức, đơn vị, doanh nghiệp, cơ sở, hợp tác xã, nhân khẩu, khẩu, cháu, mét, sào, héc ta, hécta, hec ta, ha, tấn, tạ, lít,
	đồng, phần trăm, bàn, giường, ca, suất, căn hộ, lô, thửa, tầng, chuyến, cái, chiếc, cây, lao động, quý, khóa, nội dung,
	vấn đề, lĩnh vực, trụ cột, đột phá, tiêu chí, danh hiệu, giải, huy chương, bằng khen, giấy khen, nguyên nhân, bài học,
	hạn chế, phương án, tờ trình, dự thảo, chương trình, đề án, kế hoạch, phong trào, hội nghị, cuộc họp, ki lô mét, ki lô gam,
	km, kg, cây số, thành phố, tỉnh, huyện, quận, thị trấn, thôn, làng, hẻm, đoạn, con đường, nhà, nhà máy, máy, bộ, tập thể, cá nhân,
	thanh niên, phụ nữ, hội trường, camera, cống, kênh, nhà văn hóa, trung tâm, dịch vụ, thủ tục, sản phẩm, nhà thầu,
	tán thành, không tán thành, đồng ý, không đồng ý, không biểu quyết, không có ý kiến, ý kiến khác, phiếu trống,
	không hợp lệ, hợp lệ, có mặt, vắng, vắng mặt, độ, bậc, bước, chiều, thành tích, câu lạc bộ, ban, khối, trục, cụm, lớp học, phòng học,
	hộ nghèo, hộ cận nghèo, đô la, đôla, euro, ô tô, bị can, bị cáo, thiết bị, tổ viên, tiếng, hecta, gói thầu, hợp đồng, phần việc, biên chế, con lợn, con bò, con trâu, con gà, con heo, ý, tấm, suất quà, phần quà, bộ hồ sơ`)

// viYearSafe are the counters after which "năm" is five rather than "year" ("năm đồng chí"); the
// others leave both readings open ("năm tổ chức đại hội": the year of the congress).
var viYearSafe = setOf(`đồng chí, đại biểu, chi bộ, đảng viên, hộ, phiếu, học sinh, giáo viên, người, năm, tháng, ngày, tuần, tuổi, lần, lượt,
	ý kiến, lớp, phòng, khâu, nhóm, tuyến, chỉ tiêu, nhiệm vụ, giải pháp, nội dung, công trình, dự án, ủy viên, cán bộ, phút, giờ,
	điểm, khóm, ấp, phường, phần trăm, đồng, mét, tấn, km, kg, ki lô mét, ki lô gam, trường hợp, tập thể, cá nhân, mô hình, đơn vị, tham luận,
	tán thành, không tán thành, đồng ý, không đồng ý, không biểu quyết, không hợp lệ, tuyến đường, bản, cử tri, vấn đề, kiến nghị, héc ta, độ`)

// viTally are the words after a vote's lone number; before them even "một" is a count.
var viTally = setOf(`tán thành, không tán thành, đồng ý, không đồng ý, không biểu quyết, không có ý kiến, ý kiến khác, không hợp lệ,
	hợp lệ, trống, trắng, phiếu trống, phiếu trắng, chống, vắng, vắng mặt, có mặt, phản đối, bỏ phiếu, bác`)

// viTallyBefore are the words that a vote's count may follow ("không tán thành hai").
var viTallyBefore = setOf(`tán thành, đồng ý, không biểu quyết, không có ý kiến, ý kiến khác, hợp lệ, phiếu trống, phiếu trắng, phiếu chống,
	phiếu thuận, vắng, vắng mặt, có mặt, phản đối, không tán thành, không đồng ý, không hợp lệ`)

// viVoters are the nouns that may stand between "một" and a tally word.
var viVoters = setOf("đại biểu, đồng chí, phiếu, ủy viên, người, đảng viên, thành viên, ý kiến, phiếu bầu")

// viMeasures are units before which "một" is a number.
var viMeasures = setOf(`phần trăm, phần nghìn, đồng, giờ, phút, mét, mét vuông, ki lô mét, ki lô gam, héc ta, ha, tấn, tạ, km, kg, cây số, lít, độ, đô la, euro`)

// viNumbering are the nouns that a number names ("khóm ba", "Nghị quyết năm mươi bảy").
var viNumbering = setOf(`khóm, phường, tổ, khu phố, khu vực, ấp, quận, điều, khoản, mục, điểm, số, hẻm, ngõ, ngách, kiệt, quốc lộ, tỉnh lộ,
	đường tỉnh, nghị quyết, chỉ thị, kết luận, quyết định, nghị định, thông tư, công văn, hướng dẫn, quy định, tờ trình, báo cáo số, chương, phần,
	phụ lục, biểu, bảng, trang, câu, bước, giai đoạn, đợt, vòng, kỳ, khóa, lớp, khối, tầng, phòng, bàn, lô, thôn, khu, cụm, chi bộ,
	tổ dân phố, tổ đại biểu, đội, cấp, loại, hạng, nhóm, quý, vùng, bậc, nội dung, phương án, câu hỏi, bản, tiểu khu, kế hoạch, đại lộ, làn, cửa, dự thảo`)

// viPlaces are the numbering nouns after which even "một" is a number.
var viPlaces = setOf(`khóm, phường, khu phố, khu vực, ấp, quận, điều, khoản, mục, điểm, số, hẻm, ngõ, quốc lộ, tỉnh lộ, chương, phần, phụ lục, trang,
	giai đoạn, đợt, vòng, quý, thôn, tổ dân phố, tổ đại biểu, tầng, vùng, nội dung, phương án, câu hỏi, khóa, lớp, tiểu khu, khu, kỳ`)

// viDocuments are the numbering nouns whose numbers are never grouped and may be read digit by digit.
var viDocuments = setOf(`số, nghị quyết, chỉ thị, kết luận, quyết định, nghị định, thông tư, công văn, hướng dẫn, quy định, tờ trình, kế hoạch,
	quốc lộ, tỉnh lộ, đường tỉnh, hẻm, ngõ, điện thoại, số điện thoại, biển số, mã số, mã, tài khoản, số tài khoản, phòng, lô, luật, thẻ, hồ sơ số`)

// viNotNumbering are words before "số" that make it something else than "number".
var viNotNumbering = setOf("đổi, năng, đa, thiểu, tổng, dân, kinh tế, xác, chỉ, hệ, doanh, ân, công nghệ, nền tảng, kỹ thuật, hạ tầng, dữ liệu, chính quyền, xã hội, một, vô, tỷ, tỉ, thông, tham, biến, quân, sĩ, tần, đại đa, điểm, hàm, cấp, phân, kỹ, thời đại")

// viYearBefore are words after which "năm" is the word year.
var viYearBefore = setOf(`trong, cuối, đầu, giữa, hằng, hàng, mỗi, cả, từng, suốt, nhiều, những, các, mấy, vài, qua, sang, hết, số,
	nửa, lâu, bao, theo, của, ngày tháng, tết, quanh, thường, trước, từ, đến, vào, mừng, cùng, bao nhiêu, kế hoạch, quý`)

// viHowMany are words behind which a count stands: "có năm tổ đảng", "ít nhất năm sản phẩm".
var viHowMany = setOf(`có, gồm, ít nhất, tối thiểu, tối đa, nhiều nhất, đủ, thêm, tổng cộng, chỉ còn, bao gồm`)

// viYearAfter are words after which a preceding "năm" is the word year.
var viYearAfter = setOf(`nay, nào, ngoái, kia, nọ, học, sinh, công tác, tài chính, mới, cũ, đó, ấy, này, tới, qua, sau, trước, gần đây, rồi, ngân sách, thứ, đầu, cuối`)

// viArticle are words after which a preceding "một" is part of a phrase, not a count.
var viArticle = setOf(`số, cách, trong, vài, ít, chút, lần nữa, phần, mặt, bên, khi, lúc, hôm, mai, bộ phận, nửa, loạt, đôi, mình, ai, lòng, dạ, thể, tí, kiểu, là, hai, nào, mực, thời, chiều`)

// viKin are forms of address before a birth-order name ("anh Ba", "bà tư").
var viKin = setOf("anh, chị, ông, bà, cô, chú, bác, dì, cậu, mợ, thím, dượng, em, thằng, tên, họ, đồng chí")

// viKeepBefore are words before a lone digit word that make an approximation or an ordinal of it.
var viKeepBefore = setOf("thứ, vài, dăm, đôi, đôi ba, mấy, mười phân vẹn, mỗi, từng, cả, trăm, nghìn, ngàn, chục, vạn, muôn")

// viYearContext are words before the year numbers of a term or a period.
var viYearContext = setOf("năm, nhiệm kỳ, giai đoạn, niên độ, niên khóa, tầm nhìn, xuân, mùa xuân, kế hoạch, năm học, khóa, thời kỳ")

// viNotMoney are the syllables after "đồng" that make another word of it (đồng chí).
var viNotMoney = setOf("chí, bào, đội, nghiệp, ý, tình, thuận, hồ, chủ tịch, hương, môn")

// viCurrencies map currency words to their ISO code and house spelling.
var viCurrencies = map[string][2]string{
	"đồng": {"VND", "đồng"}, "đồng việt nam": {"VND", "đồng Việt Nam"}, "vnd": {"VND", "VND"}, "vnđ": {"VND", "VNĐ"},
	"đô la": {"USD", "đô la"}, "đô la mỹ": {"USD", "đô la Mỹ"}, "đôla": {"USD", "đô la"}, "usd": {"USD", "USD"}, "euro": {"EUR", "euro"},
}

// viUnits are unit words that house style shortens after a figure.
var viUnits = []struct{ words, sign string }{
	{"ki lô mét vuông", "km²"}, {"ki lô mét", "km"}, {"ki lô gam", "kg"}, {"mét vuông", "m²"}, {"mét khối", "m³"}, {"héc ta", "ha"}, {"hec ta", "ha"}, {"hécta", "ha"}, {"hecta", "ha"}, {"cen ti mét", "cm"}, {"xen ti mét", "cm"}, {"mi li mét", "mm"},
}
