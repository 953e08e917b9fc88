package desk_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// verb is a place in a text that an argument is put into.
var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-z]`)

func TestEveryReasonHasItsOwnTextInBothLanguages(t *testing.T) {
	t.Parallel()
	texts := map[string]desk.Reason{}
	for _, why := range desk.Reasons() {
		vi, en := why.Texts().VI, why.Texts().EN
		if vi == "" || en == "" || vi == en {
			t.Errorf("%s: %q, %q", why, vi, en)
		}
		if v, e := verb.FindAllString(vi, -1), verb.FindAllString(en, -1); !slices.Equal(v, e) {
			t.Errorf("%s: the languages take %v and %v", why, v, e)
		}
		for _, text := range []string{vi, en} {
			if other, twice := texts[text]; twice && other != why && !strings.HasPrefix(text, "dòng ") {
				t.Errorf("%s and %s say the same: %q", why, other, text)
			}
			texts[text] = why
		}
	}
}

func TestNoRefusalOfTheCodeLacksATextAndNoTextIsUnused(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[desk.Reason]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, is := n.(*ast.BasicLit); is && l.Kind == token.STRING && name != "refusal.go" {
				if s, err := strconv.Unquote(l.Value); err == nil {
					used[desk.Reason(s)] = true
				}
			}
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			at := -1
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				if x, is := f.X.(*ast.Ident); is && x.Name == "t" && f.Sel.Name == "fail" {
					at = 0
				}
				if x, is := f.X.(*ast.Ident); is && x.Name == "fault" && f.Sel.Name == "New" && name != "refusal.go" {
					if code, is := call.Args[0].(*ast.SelectorExpr); !is || code.Sel.Name != "Internal" {
						t.Errorf("%s makes an error that has one language only", name)
					}
				}
			case *ast.Ident:
				if f.Name == "refuse" {
					at = 2
				}
			}
			if at < 0 || name == "refusal.go" {
				return true
			}
			l, is := call.Args[at].(*ast.BasicLit)
			if !is {
				return true // Reason(…): one of the names found above
			}
			why, err := strconv.Unquote(l.Value)
			if err != nil || !slices.Contains(desk.Reasons(), desk.Reason(why)) {
				t.Errorf("%s refuses for %s, which has no text", name, l.Value)
				return true
			}
			if want, got := len(verb.FindAllString(desk.Reason(why).Texts().EN, -1)), len(call.Args)-at-1; want != got {
				t.Errorf("%s: %s takes %d arguments and gets %d", name, why, want, got)
			}
			return true
		})
	}
	for _, why := range desk.Reasons() {
		if !used[why] {
			t.Errorf("%s is never given", why)
		}
	}
}

func TestARefusalNamesTheCaseInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := &desk.State{Phase: desk.Running, Items: []desk.Item{{ID: "i1", ItemData: desk.ItemData{Title: "Một"}}}}
	s.Head.Kind = minutes.KindCommittee
	s.People = []desk.Person{{ID: "p1", Person: minutes.Person{Name: "Trần Văn Bình"}}}
	s.Head.Delegates.Summoned, s.Head.Delegates.Present = 8, 7
	for name, c := range map[string]struct {
		kind   desk.Kind
		body   string
		vi, en string
		code   fault.Code
	}{
		"too many votes":      {desk.KindVote, `{"for":6,"against":2}`, "tán thành 6 + không tán thành 2 + không biểu quyết 0 = 8, nhiều hơn 7 có mặt", "for 6 + against 2 + abstain 0 = 8 are more than the 7 present", fault.Invalid},
		"too many ballots":    {desk.KindElection, `{"issued":7,"returned":8}`, "thu về 8 phiếu, nhiều hơn 7 phát ra", "8 ballots returned are more than the 7 issued", fault.Invalid},
		"one twice":           {desk.KindElection, `{"issued":7,"returned":7,"valid":7,"results":[{"name":"Nguyễn Thị Ánh","votes":7},{"name":"Nguyễn Thị Ánh","votes":1}]}`, "Nguyễn Thị Ánh được ghi hai lần", "Nguyễn Thị Ánh is given twice", fault.Invalid},
		"all leave twice":     {desk.KindAttendance, `{"event":"leave","count":8}`, "số người về nhiều hơn số có mặt: hãy sửa số có mặt trước", "more people leave than were present: correct the count first", fault.Invalid},
		"not that way":        {desk.KindPhase, `{"to":"signed"}`, "đang ở giai đoạn “đang họp” không chuyển được sang “đã ký”", "from running there is no way to signed", fault.Locked},
		"nobody of that name": {desk.KindVote, `{"moved":"Võ Ai Đó"}`, "không có ai tên “Võ Ai Đó”: hãy thêm vào danh sách", "no person “Võ Ai Đó”: add the person to the list", fault.Invalid},
		"a roll of others":    {desk.KindVote, `{"for":2,"roll":{"for":["Trần Văn Bình"]}}`, "có 1 tên nhưng ghi 2 phiếu", "1 names, but the count is 2", fault.Invalid},
		"a task for none":     {desk.KindAction, `{"task":"khảo sát"}`, "hãy chọn nội dung", "say which agenda item it belongs to", fault.Invalid},
		"a task of nothing":   {desk.KindAction, `{"item":"i1"}`, "hãy ghi việc phải làm", "say what is to be done", fault.Invalid},
		"no speaker":          {desk.KindContribution, `{"item":"i1"}`, "hãy ghi họ tên", "a person needs a name", fault.Invalid},
		"a stranger":          {desk.KindContribution, `{"item":"i1","person":"Võ Ai Đó"}`, "không có ai tên “Võ Ai Đó”: hãy thêm vào danh sách", "no person “Võ Ai Đó”: add the person to the list", fault.Invalid},
		"no name in it":       {desk.KindAppointment, `{"item":"i1","members":[{}]}`, "dòng 1 không có họ tên", "line 1 has no name", fault.Invalid},
		"no title":            {desk.KindDocument, `{}`, "hãy ghi tên tài liệu", "a document needs a title", fault.Invalid},
		"too many in all":     {desk.KindVote, `{"for":6,"total":9}`, "tổng số 9 nhiều hơn 8 được triệu tập", "the total of 9 is more than the 8 summoned", fault.Invalid},
		"over too soon":       {desk.KindHead, `{"start":"2026-06-01T07:30:00+07:00","end":"2026-06-01T05:00:00+07:00"}`, "cuộc họp kết thúc trước khi bắt đầu", "the meeting ends before it begins", fault.Invalid},
		"no such tongue":      {desk.KindHead, `{"language":"zz"}`, "không có ngôn ngữ \"zz\"", "no language \"zz\"", fault.Invalid},
		"secret how":          {desk.KindHead, `{"secrecy":"hush"}`, "độ mật phải là thường, nội bộ hoặc mật, không phải \"hush\"", "the secrecy must be normal, internal or secret, not \"hush\"", fault.Invalid},
		"no such mark":        {desk.KindMarkRemoved, `{"id":"m9"}`, "một mốc không còn hoặc chưa có", "a mark is not there", fault.NotFound},
		"not now":             {desk.KindRehearsal, `{}`, "không làm được khi cuộc họp đang họp", "not while the meeting is running", fault.Locked},
	} {
		_, err := desk.Apply(s, desk.Act{ID: "the-act-of-a-test", Kind: c.kind, Body: json.RawMessage(c.body)}, desk.Roles{desk.Secretary}, desk.Input{Seq: 1})
		var why *desk.Refusal
		if !errors.As(err, &why) || fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.EqualFold(why.In("vi"), c.vi+".") || !strings.EqualFold(why.In("en"), c.en+".") || err.Error() != string(c.kind)+": "+c.en {
			t.Errorf("%s: %q, %q", name, why.In("vi"), why.In("en"))
		}
	}
}
