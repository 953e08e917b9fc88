package desk

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bienban/internal/fault"
)

// Reason is why an act is refused: a name that does not change, with a text in
// each language of the interface (In).
type Reason string

// Refusal is the error of an act that is not done: its kind, why, and the words
// and numbers of the case. It comes wrapped in a fault.Error with its code.
type Refusal struct {
	Kind   Kind
	Reason Reason
	args   []any
}

// Error gives the kind and the English text, on one line.
func (r *Refusal) Error() string { return string(r.Kind) + ": " + r.text("en") }

// In gives the text in a language, as a sentence; English for all but Vietnamese.
func (r *Refusal) In(language string) string {
	text := r.text(language)
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

func (r *Refusal) text(language string) string {
	args := slices.Clone(r.args)
	for i, a := range args {
		if both, is := a.(interface{ In(string) string }); is {
			args[i] = both.In(language)
		}
	}
	return fmt.Errorf(refusals[r.Reason].In(language), args...).Error()
}

// Unwrap gives what lies behind, where a part of the act was read or checked by
// somebody else.
func (r *Refusal) Unwrap() error {
	for _, a := range r.args {
		if err, is := a.(error); is {
			return err
		}
	}
	return nil
}

// Reasons lists all reasons, sorted.
func Reasons() []Reason { return slices.Sorted(maps.Keys(refusals)) }

// Texts gives the reason's text in each language, with the verbs of package fmt
// where words and numbers of the case go.
func (r Reason) Texts() Summary { return refusals[r] }

// refuse makes an act's error. An argument that has two languages is written in
// the reader's.
func refuse(code fault.Code, k Kind, why Reason, args ...any) error {
	return fault.New(code, "%w", &Refusal{Kind: k, Reason: why, args: args})
}

// fail is refuse for what no retry will mend.
func (t *turn) fail(why Reason, args ...any) error {
	return refuse(fault.Invalid, t.kind, why, args...)
}

// nameOf names the kind of thing that a key ("note:n3", or only "note") belongs to.
func nameOf(key string) Summary {
	name, _, _ := strings.Cut(key, ":")
	name, _, _ = strings.Cut(name, ".") // "head.title"
	if n, is := thingNames[name]; is {
		return n
	}
	return Summary{VI: clip(key), EN: clip(key)}
}

// titled is nameOf with the thing's own title.
func titled(name, title string) Summary {
	n := nameOf(name)
	if title == "" {
		return n
	}
	return Summary{VI: n.VI + " “" + clip(title) + "”", EN: n.EN + " “" + clip(title) + "”"}
}

// listed puts several into one line.
func listed(all []Summary) Summary {
	var vi, en []string
	for _, s := range all {
		vi, en = append(vi, s.VI), append(en, s.EN)
	}
	return Summary{VI: strings.Join(vi, "; "), EN: strings.Join(en, "; ")}
}

// thingNames are those of the state's lists (shelves) and of a segment.
var thingNames = map[string]Summary{
	"member": {"một thành viên", "a member"}, "session": {"một buổi", "a session"}, "item": {"một nội dung", "an item"},
	"person": {"một người", "a person"}, "document": {"một tài liệu", "a document"}, "recording": {"một bản ghi âm", "a recording"},
	"mark": {"một mốc", "a mark"}, "speaker": {"một lượt phát biểu", "a speaker's turn"}, "note": {"một ghi chú", "a note"},
	"attendance": {"một lượt đến, về", "an arrival or leaving"}, "vote": {"một biểu quyết", "a vote"}, "election": {"một bầu cử", "an election"},
	"appointment": {"một quyết định chỉ định", "an appointment"}, "contribution": {"một tham luận", "a contribution"}, "action": {"một việc được giao", "a task"},
	"pause": {"một lần tạm dừng", "a pause"}, "point": {"một việc để lại", "an open point"}, "conflict": {"một chỗ sửa khác nhau", "a conflict"},
	"passage": {"một lần chuyển giai đoạn", "a change of phase"}, "erasure": {"một đề nghị xóa", "a request to erase"}, "minutes": {"một bản biên bản", "a version of the minutes"}, "glossary": {"một từ trong bảng từ", "a word of the glossary"}, "segment": {"một đoạn lời", "a segment"},
	"head": {"thông tin cuộc họp", "the meeting's data"}, "queue": {"danh sách chờ phát biểu", "the list of who waits"}, "register": {"danh sách đại biểu", "the register"},
	"channels": {"các micrô", "the microphones"}, "signers": {"người ký", "who signs"}, "phase": {"giai đoạn cuộc họp", "the meeting's phase"}, "rehearsal": {"họp thử", "the rehearsal"},
}

// refusals are the texts of all reasons. Both languages take the same arguments
// in the same order; a test compares them.
var refusals = map[Reason]Summary{
	"item_title":         {"nội dung cần có tên", "an item needs a title"},
	"item_long":          {"tên có nhiều nhất %d chữ, người trình bày và thời gian %d", "a title has at most %d letters, presenter and time %d"},
	"session_unknown":    {"không có buổi %.40q", "no session %.40q"},
	"items_many":         {"nhiều hơn %d nội dung", "more than %d items"},
	"item_parent":        {"nội dung %d: %.20q không phải số thứ tự của một nội dung đứng trước", "item %d: its parent %.20q is not the number of an item before it"},
	"agenda_used":        {"%s thuộc nội dung %q: hãy sửa từng nội dung", "%s belongs to item %q: change the items one by one"},
	"items_full":         {"chương trình đã có %d nội dung", "the agenda has %d items already"},
	"item_begins":        {"chỉ bắt đầu một nội dung khi đang họp", "an item begins only while the meeting is under way"},
	"item_place":         {"nội dung %.40q không ở cạnh chỗ đó", "item %.40q is not beside the place"},
	"item_room":          {"không còn chỗ sau %.40q", "no room behind %.40q"},
	"item_moves":         {"muốn đổi nội dung cha hãy chuyển vị trí nội dung", "the parent changes by moving the item"},
	"item_itself":        {"một nội dung không thể nằm trong chính nó", "an item cannot be a part of itself"},
	"merge_into":         {"%q đã được gộp vào nội dung khác", "%q is itself merged into another item"},
	"merge_twice":        {"%q không thể gộp hai lần hay gộp vào chính nó", "%q cannot be merged twice or into itself"},
	"merge_closed":       {"không gộp được nội dung kín với nội dung công khai: %q và %q", "a closed item and an open one cannot be merged: %q and %q"},
	"merge_none":         {"hãy chọn các nội dung cần gộp vào %q", "name the items to merge into %q"},
	"item_used":          {"%s thuộc nội dung %q: hãy bỏ qua thay vì xóa", "%s belongs to item %q: skip it instead"},
	"kind_unknown":       {"không ai làm được %.40q", "nobody can do %.40q"},
	"body_large":         {"nội dung gửi lên dài hơn %d byte", "its body has more than %d bytes"},
	"body_utf8":          {"nội dung gửi lên không phải UTF-8", "its body is not UTF-8"},
	"base_negative":      {"số sự kiện %d không hợp lệ", "base %d"},
	"base_newer":         {"số sự kiện %d mới hơn cuộc họp", "base %d is newer than the meeting"},
	"role":               {"vai trò của bạn trong cuộc họp không cho phép", "your role in this meeting does not permit it"},
	"phase":              {"không làm được khi cuộc họp %s", "not while the meeting is %s"},
	"missing":            {"%s không còn hoặc chưa có", "%s is not there"},
	"body_form":          {"dữ liệu gửi lên sai dạng (%w)", "the body has not the form of its kind: %w"},
	"body_more":          {"có dữ liệu thừa sau nội dung gửi lên", "something follows the body"},
	"place_sample":       {"mẫu %d không thuộc bản ghi nào", "sample %d of no recording"},
	"place_recording":    {"cuộc họp không có bản ghi %.60q", "no recording %.60q in this meeting"},
	"place_none":         {"mẫu %d, trễ %d ms, không phải một vị trí", "sample %d with age %d ms is no place"},
	"act_id":             {"mã phải có 16 đến 64 chữ cái, chữ số, - hoặc _", "its id must be 16 to 64 letters, digits, - or _"},
	"attendance_event":   {"phải là đến hoặc về, không phải %.20q", "event must be arrive or leave, not %.20q"},
	"attendance_counted": {"đếm trong hội trường cần số có mặt, không kèm họ tên hay số người đến, về", "a count of the hall wants how many are present, and nobody's name or number beside it"},
	"attendance_long":    {"họ tên và lý do có nhiều nhất %d chữ", "name and reason have at most %d letters"},
	"attendance_count":   {"số người không được âm hay quá %d", "a count cannot be negative or above %d"},
	"attendance_one":     {"%s chỉ là một người", "%s is one person"},
	"hall_negative":      {"số người về nhiều hơn số có mặt: hãy sửa số có mặt trước", "more people leave than were present: correct the count first"},
	"hall_full":          {"như vậy có %d người trong phòng, nhiều hơn %d được triệu tập: hãy sửa một trong hai số trước", "with this, %d are in the hall, more than the %d summoned: correct a number first"},
	"entries_full":       {"đã có %d lượt", "there are %d entries already"},
	"name_long":          {"họ tên có nhiều nhất %d chữ", "a name has at most %d letters"},
	"queue_names":        {"nhiều nhất %d tên, mỗi tên từ 1 đến %d chữ", "at most %d names of 1 to %d letters"},
	"notes_full":         {"đã có %d ghi chú", "there are %d notes already"},
	"note_text":          {"ghi chú có từ 1 đến %d chữ", "a note has 1 to %d letters"},
	"point_text":         {"hãy ghi việc để lại là gì", "say what is left to do"},
	"clerk_none":         {"cuộc họp cần có một người phụ trách biên bản", "a meeting needs a clerk"},
	"item_session":       {"nội dung %d: không có buổi %.20q", "item %d: there is no session %.20q"},
	"text_long":          {"%q… quá dài", "%q… is too long"},
	"quorum_form":        {"số cần có mặt %.20q: hãy ghi tỷ lệ như 2/3 hoặc số người", "quorum %.20q: write a share like 2/3, or a number of members"},
	"secret_meeting":     {"không nhận cuộc họp mật: máy chủ này chưa được đặt cho mạng cách ly", "a secret meeting is refused: this installation is not configured for an isolated network"},
	"user_none":          {"hãy chọn người dùng", "name the user"},
	"role_unknown":       {"cuộc họp không có vai trò %.40q", "no role %.40q in a meeting"},
	"clerk_last":         {"cuộc họp phải còn một người phụ trách biên bản", "somebody must stay the meeting's clerk"},
	"session_long":       {"tên và địa điểm có nhiều nhất %d chữ", "name and place have at most %d letters"},
	"session_end":        {"buổi họp kết thúc trước khi bắt đầu", "the session ends before it begins"},
	"session_used":       {"có bản ghi hoặc nội dung thuộc buổi này", "a recording or an item belongs to the session"},
	"person_name":        {"hãy ghi họ tên", "a person needs a name"},
	"person_long":        {"họ tên, chức vụ và đơn vị có nhiều nhất %d chữ", "name, title and unit have at most %d letters"},
	"microphone_number":  {"micrô được đánh số từ 1 đến %d", "microphones are numbered 1 to %d"},
	"person_twice":       {"đã có %q: hãy phân biệt hai người trùng tên, ví dụ bằng đơn vị", "%q is there already: tell two of one name apart, for example by unit"},
	"chair_one":          {"%s đang chủ trì: cuộc họp chỉ có một người chủ trì", "%s is the chair: a meeting has one"},
	"person_role":        {"không có vai trò này trong cuộc họp: %s", "there is no such role in a meeting: %s"},
	"people_full":        {"đã có %d người", "there are %d people already"},
	"rows_many":          {"nhiều hơn %d dòng", "more than %d rows"},
	"row_name":           {"dòng %d không có họ tên", "row %d has no name"},
	"glossary_long":      {"một từ trong bảng từ có từ 1 đến %d chữ", "a word of the glossary has 1 to %d letters"},
	"glossary_full":      {"bảng từ có nhiều hơn %d từ", "the glossary has more than %d words"},
	"microphone_once":    {"micrô được đánh số từ 1 đến %d, mỗi số một lần; không phải %d", "microphones are numbered 1 to %d, each once; not %d"},
	"microphone_use":     {"micrô %d: phải dùng cho chủ tọa, bục phát biểu, hội trường hoặc khác", "microphone %d: use must be chair, lectern, floor or other"},
	"signer":             {"người ký thứ %d cần có họ tên và bên trái hoặc phải", "signer %d needs a name and a side, left or right"},
	"vote_long":          {"nội dung biểu quyết có nhiều nhất %d chữ, phần lời %d", "the subject has at most %d letters, the text %d"},
	"votes_full":         {"đã có %d lần biểu quyết", "there are %d votes already"},
	"present_unknown":    {"hãy ghi số có mặt trước: tất cả tán thành lấy số đó", "enter how many are present first: all in favour counts them"},
	"published":          {"kết quả đã công bố: hãy thu lại trước", "the result is published: withdraw it first"},
	"election_long":      {"nội dung bầu cử có nhiều nhất %d chữ", "the subject has at most %d letters"},
	"ballots_present":    {"phát ra %d phiếu, nhiều hơn %d người có mặt", "%d ballots issued are more than the %d present"},
	"result_key":         {"%.40q không phải biểu quyết hay bầu cử", "%.40q names no vote or election"},
	"roll_count":         {"có %d tên nhưng ghi %d phiếu", "%d names, but the count is %d"},
	"person_unknown":     {"không có ai tên “%s”: hãy thêm vào danh sách", "no person “%s”: add the person to the list"},
	"total_summoned":     {"tổng số %d nhiều hơn %d được triệu tập", "the total of %d is more than the %d summoned"},
	"item_needed":        {"hãy chọn nội dung", "say which agenda item it belongs to"},
	"task_text":          {"hãy ghi việc phải làm", "say what is to be done"},
	"document_title":     {"hãy ghi tên tài liệu", "a document needs a title"},
	"language_unknown":   {"không có ngôn ngữ %.20q", "no language %.20q"},
	"secrecy_unknown":    {"độ mật phải là thường, nội bộ hoặc mật, không phải %.20q", "the secrecy must be normal, internal or secret, not %.20q"},
	"head_end":           {"cuộc họp kết thúc trước khi bắt đầu", "the meeting ends before it begins"},
	"document_form":      {"độ mật phải là thường, nội bộ hoặc mật, và phần chữ nhiều nhất %d byte", "the secrecy must be normal, internal or secret, and the text at most %d bytes"},
	"secret_document":    {"không nhận tài liệu mật: máy chủ này chưa được đặt cho mạng cách ly", "a secret document is refused: this installation is not configured for an isolated network"},
	"things_full":        {"đã có %d mục", "there are %d already"},
	"phase_unknown":      {"không có giai đoạn %.40q", "no phase %.40q"},
	"step_none":          {"đang ở giai đoạn “%s” không chuyển được sang “%s”", "from %s there is no way to %s"},
	"step_role":          {"vai trò của bạn không được chuyển cuộc họp sang “%s”", "your role in this meeting does not permit the step to %s"},
	"step_rehearsal":     {"đây là họp thử: hãy bỏ họp thử trước", "this is a rehearsal: discard it first"},
	"step_missing":       {"chưa được: %s", "not yet: %s"},
	"pause_form":         {"tạm dừng cần có lý do và kéo dài nhiều nhất %d phút", "a pause needs a reason, and lasts at most %d minutes"},
	"rehearsal_on":       {"đang họp thử rồi", "a rehearsal goes on already"},
	"rehearsal_none":     {"không có buổi họp thử nào", "there is no rehearsal"},
	"text_none":          {"không có lời của bản ghi %s", "no text of recording %s"},
	"segment_none":       {"không có đoạn %s trong bản ghi %s", "no segment %s in recording %s"},
	"segment_part":       {"đoạn %s là một phần của %s", "segment %s is a part of %s"},
	"words_none":         {"không đoạn nào có chữ “%s”", "no segment has the words “%s”"},
	"segment_empty":      {"đoạn không còn chữ: hãy loại đoạn và ghi lý do", "a segment without words: dismiss it, with a reason"},
	"segment_long":       {"một đoạn có nhiều nhất %d chữ", "a segment has at most %d letters"},
	"split_at":           {"đoạn có %d chữ: chỉ tách được ở giữa, không phải ở %d", "the text has %d letters: it can be split between them, not at %d"},
	"split_empty":        {"một phần sẽ không có chữ nào", "one part would have no words"},
	"merge_two":          {"hãy chọn từ hai đoạn trở lên", "name two segments or more"},
	"merge_apart":        {"chỉ gộp được các đoạn liền nhau", "only segments that follow each other can be merged"},
	"merge_dismissed":    {"không gộp được đoạn đã loại với đoạn chưa loại", "a dismissed segment cannot be merged with one that is not"},
	"merge_text_closed":  {"không gộp được lời của nội dung kín với nội dung công khai", "text of a closed item cannot be merged with text of an open one"},
	"merge_long":         {"gộp lại có hơn %d chữ", "together they have more than %d letters"},
	"segments_many":      {"hãy chọn từ 1 đến %d đoạn", "name 1 to %d segments"},
	"dismissal_reason":   {"loại đoạn cần có lý do, nhiều nhất %d chữ", "a dismissal needs a reason of at most %d letters"},
	"reason_long":        {"lý do có nhiều nhất %d chữ", "a reason has at most %d letters"},
	"stretch":            {"mẫu %d đến %d không phải một quãng của bản ghi", "samples %d to %d are no stretch of the recording"},
	"erasure_reason":     {"xóa cần có lý do, nhiều nhất %d chữ", "to erase needs a reason, of at most %d letters"},
	"erasure_self":       {"người đồng ý phải khác người đã đề nghị xóa", "another person than the one who asked must confirm it"},
	"erasure_refused":    {"đề nghị này đã bị từ chối: hãy đề nghị lại", "it was refused: ask again"},
	"erasure_confirmed":  {"việc xóa này đã được đồng ý", "it was confirmed already"},
	"layer_none":         {"hãy chọn bản nhận dạng", "name the layer"},
	"layer_take":         {"phải chọn bản cũ hoặc bản mới, không phải %.20q", "take must be old or new, not %.20q"},
	"undo_twice":         {"việc này đã được hoàn tác", "the act was undone already"},
	"undo_segment":       {"đoạn %s đã được sửa sau đó: hãy hoàn tác việc đó trước", "segment %s was changed since: undo that first"},
	"undo_none":          {"cuộc họp không có việc này (%s)", "there is no act %s in this meeting"},
	"undo_final":         {"việc này không hoàn tác được: hãy làm việc ngược lại", "this cannot be undone: do the opposite"},
	"undo_nothing":       {"việc đó không thay đổi gì", "the act changed nothing"},
	"undo_changed":       {"%s đã được sửa sau đó: hãy hoàn tác việc đó trước", "%s was changed since: undo that first"},
	"undo_used":          {"%s được thêm sau đó và thuộc về nó: hãy chuyển đi trước", "%s was added since and belongs to it: move that first"},
	"settle_gone":        {"%s không còn nữa: hãy giữ bản đang có", "%s is gone: take what stands there"},
	"conflicts_full":     {"đã có %d chỗ khác nhau: hãy chọn bớt", "there are %d conflicts already: settle some"},
	"settle_take":        {"phải chọn một trong hai bản, không phải %.20q", "take must be mine or theirs, not %.20q"},
	"figure_negative":    {"số không được âm", "a count cannot be negative"},
	"present_summoned":   {"có mặt %d, nhiều hơn %d được triệu tập", "%d present are more than the %d summoned"},
	"present_hall":       {"có mặt %d, nhiều hơn %d người trong phòng", "%d present are more than the %d in the hall"},
	"votes_present":      {"tán thành %d + không tán thành %d + không biểu quyết %d = %d, nhiều hơn %d có mặt", "for %d + against %d + abstain %d = %d are more than the %d present"},
	"votes_summoned":     {"tán thành %d + không tán thành %d + không biểu quyết %d = %d, nhiều hơn %d được triệu tập", "for %d + against %d + abstain %d = %d are more than the %d summoned"},
	"passed_fewer":       {"ghi là thông qua, nhưng %d tán thành ít hơn %d không tán thành", "noted as carried, but %d for are fewer than %d against"},
	"ballots_summoned":   {"phát ra %d phiếu, nhiều hơn %d được triệu tập", "%d ballots issued are more than the %d summoned"},
	"ballots_returned":   {"thu về %d phiếu, nhiều hơn %d phát ra", "%d ballots returned are more than the %d issued"},
	"ballots_valid":      {"%d phiếu hợp lệ và %d không hợp lệ nhiều hơn %d thu về", "%d valid and %d invalid ballots are more than the %d returned"},
	"withdrawn":          {"%d người rút nhiều hơn %d người ứng cử", "%d withdrawn are more than the %d nominated"},
	"candidate_name":     {"dòng %d không có họ tên", "line %d has no name"},
	"candidate_twice":    {"%s được ghi hai lần", "%s is given twice"},
	"candidate_votes":    {"%s có %d phiếu, nhiều hơn %d phiếu bầu", "%s has %d votes, more than the %d ballots"},
	"elected_seats":      {"%d người trúng cử, nhiều hơn %d người được bầu", "%d are elected to %d seats"},
	"delegates":          {"%d có mặt và %d vắng nhiều hơn %d được triệu tập", "%d present and %d absent are more than the %d summoned"},
	"minutes_rehearsal":  {"đang họp thử: biên bản chỉ thuộc về cuộc họp thật", "this is a rehearsal: minutes belong to the meeting itself"},
	"minutes_form":       {"tệp không phải biên bản do bienban draft làm ra (%w)", "the file is no minutes as bienban draft writes them: %w"},
	"minutes_unnamed":    {"biên bản không ghi thuộc cuộc họp nào", "the minutes do not say of which meeting they are"},
	"minutes_another":    {"biên bản của một cuộc họp khác, “%s” (%s), không phải “%s” (%s)", "these minutes are of another meeting, “%s” (%s), not of “%s” (%s)"},
	"minutes_item":       {"chương trình không có nội dung “%s”", "the agenda has no item “%s”"},
	"minutes_erased":     {"biên bản có thể chứa lời trong một đoạn ghi âm đã xóa: hãy dự thảo lại từ bản ghi âm hiện có", "the minutes may hold what was said in a stretch that was erased: draft anew from the recording as it is now"},
	"data":               {"dữ liệu chưa đúng (%w)", "the data cannot be: %w"},
}
