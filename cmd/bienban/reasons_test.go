package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bienban/audio/record"
	"bienban/models"
)

// textsOf collects the texts that source files of a package hand to people: what is said in calls of these functions,
// and what stands in these fields.
func textsOf(t *testing.T, glob string, calls, fields []string) (all []string) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", glob, err)
	}
	literal := func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if s, err := strconv.Unquote(l.Value); err == nil && strings.Contains(strings.TrimSpace(s), " ") {
					all = append(all, s)
				}
				return false
			}
			return true
		})
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				name := ""
				switch fun := n.Fun.(type) {
				case *ast.Ident:
					name = fun.Name
				case *ast.SelectorExpr:
					name = fun.Sel.Name
				}
				if slices.Contains(calls, name) {
					for _, a := range n.Args {
						literal(a)
					}
					return false
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && slices.Contains(fields, k.Name) {
					literal(n.Value)
				}
			}
			return true
		})
	}
	return all
}

func TestWhatThePackagesBelowSayIsSaidInVietnamese(t *testing.T) {
	var all []string
	for _, file := range []string{"walk", "format", "layout", "manifest", "verify", "witness"} {
		all = append(all, textsOf(t, filepath.Join("..", "..", "audio", "record", file+".go"), []string{"problem", "add", "New"}, []string{"what", "What"})...)
	}
	all = append(all, textsOf(t, filepath.Join("..", "..", "audio", "record", "format.go"), []string{"Errorf"}, nil)...)
	all = append(all, textsOf(t, filepath.Join("..", "..", "internal", "inhibit", "*.go"), []string{"New", "Errorf"}, nil)...)
	for _, file := range []string{"full", "acts", "recorder", "recover", "import"} {
		all = append(all, textsOf(t, filepath.Join("..", "..", "audio", "record", file+".go"), nil, []string{"Reason"})...)
	}
	if len(all) < 40 {
		t.Fatalf("only %d texts were found: %q", len(all), all)
	}
	all = append(all, record.FullReason)
	c, err := models.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.List() {
		for _, w := range m.WER {
			all = append(all, w.Source)
		}
	}
	verb := regexp.MustCompile(`%\.?\d*[dswvfq]`)
	for _, text := range all {
		if strings.HasPrefix(text, "record: ") || strings.HasPrefix(text, "nothing is captured from here on") || strings.HasPrefix(text, "the format changed") ||
			strings.HasPrefix(text, "the machine's clock jumped") || strings.HasPrefix(text, "gaps were filled") {
			continue // no reason of a gap, and no finding: nobody is shown it
		}
		said := verb.ReplaceAllLiteralString(text, "7")
		if got := vietnamese.reason(said); strings.Contains(got, `"`) || got == said {
			t.Errorf("%q has no Vietnamese: %s", text, got)
		}
		if got := english.reason(said); got != said {
			t.Errorf("%q in English is %q", said, got)
		}
	}
}

func TestAReasonIsTranslatedInAllItsParts(t *testing.T) {
	for en, vi := range map[string]string{
		"power is not known: UPower is not there: no system D-Bus; the kernel shows no power supplies": "không rõ nguồn điện: máy không có UPower: không có D-Bus hệ thống; nhân hệ điều hành không thấy nguồn điện nào",
		"it does not follow on 000002.pcm: chunks 8 to 11 are missing, changed or moved":               "không nối tiếp 000002.pcm: các khối 8 đến 11 bị thiếu, bị sửa hoặc bị đổi chỗ",
		"the recorder was stopped: stopped by Nguyễn Văn An: hết giờ":                                  "máy ghi đã dừng: Nguyễn Văn An cho dừng: hết giờ",
		"it does not say what the segments say; it can be rebuilt":                                     "không khớp với các tệp đoạn; có thể lập lại từ các tệp đoạn",
		"mkdir /mnt/x: permission denied":                                                              "không tạo được thư mục /mnt/x: không có quyền",
		"strange driver fault 17":                                                                      `"strange driver fault 17"`,
		"":                                                                                             "",
	} {
		if got := vietnamese.reason(en); got != vi {
			t.Errorf("%q is said as %q, want %q", en, got, vi)
		}
	}
	seen := map[string]bool{}
	for _, p := range slices.Concat(phrases, endPhrases) {
		if p[0] == "" || p[1] == "" || seen[p[0]] {
			t.Errorf("%q stands there twice or says nothing", p)
		}
		seen[p[0]] = true
		for _, place := range regexp.MustCompile(`\{[1-9]\}|\$[1-9]`).FindAllString(p[0], -1) {
			if !strings.Contains(p[1], place) {
				t.Errorf("%q loses %s: %q", p[0], place, p[1])
			}
		}
	}
}

// englishWords are such as stand in nearly every English sentence, and are no Vietnamese ones.
var englishWords = regexp.MustCompile(`(?i)\b(the|is|are|was|were|of|and|not|there|with|missing|damaged|needs|read|enough|free|estimated|measured|known|nothing|on|by|from|for|it)\b`)

// foreign gives the English words of a Vietnamese report; commands, options, paths and what the system says in quotes
// are nobody's language.
func foreign(report string) []string {
	for _, leave := range []string{`"[^"]*"`, `(chạy )?bienban (models|doctor)[\w .-]*`, `/\S*`, `--\S+`, `\bmake build\b`, `\[[^\]]*\]`, `set-ntp true`} {
		report = regexp.MustCompile(leave).ReplaceAllString(report, "")
	}
	return englishWords.FindAllString(report, -1)
}

func TestAVietnameseReportHoldsNoEnglish(t *testing.T) {
	data := t.TempDir()
	hallRecording(t, filepath.Join(data, "recordings", "dh"))
	hallRecording(t, filepath.Join(data, "recordings", "hong"))
	segment := filepath.Join(data, "recordings", "hong", "000001.pcm")
	b, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(segment, b[:len(b)-9], 0o644); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"LANG": "vi_VN.UTF-8", "BIENBAN_MODELS": t.TempDir()}
	for _, args := range [][]string{{"verify", data}, {"doctor", "--data", data, "--mirror", filepath.Join(data, "m")}} {
		_, vi, _ := cmd(t, vars, args...)
		if words := foreign(vi); len(words) > 0 {
			t.Errorf("%v: %q in\n%s", args, words, vi)
		}
		_, en, _ := cmd(t, map[string]string{"BIENBAN_MODELS": vars["BIENBAN_MODELS"]}, args...)
		if len(foreign(en)) < 5 {
			t.Errorf("%v: this test would not notice English:\n%s", args, en)
		}
		if strings.Count(vi, "\n") != strings.Count(en, "\n") {
			t.Errorf("%v: %d lines in Vietnamese, %d in English:\n%s\n%s", args, strings.Count(vi, "\n"), strings.Count(en, "\n"), vi, en)
		}
	}
}

func TestARecordingWhoseSegmentsWereRemovedIsOneRecordingInJSON(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dh")
	hallRecording(t, dir)
	if err := os.Remove(filepath.Join(dir, "000001.pcm")); err != nil {
		t.Fatal(err)
	}
	code, out, _ := cmd(t, nil, "verify", dir, "--json")
	if code != exitReview || strings.Contains(out, `"recordings"`) || !strings.Contains(out, `"whole": false`) || !strings.Contains(out, "all segments are missing") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if _, out, _ := cmd(t, nil, "verify", filepath.Dir(dir), "--json"); !strings.Contains(out, `"recordings"`) {
		t.Errorf("of the folder above:\n%s", out)
	}
}
