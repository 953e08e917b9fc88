package lang

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// vocabulary mixes number words, what turns their meaning, digits and bystanders, so that random
// texts meet every rule in combinations nobody would write.
var vocabulary = map[string][]string{
	"vi": strings.Split(`linh|lẻ|nghìn|chục|vạn|phẩy
phần trăm|phần|trên|đồng|đồng chí|đại biểu|ngày|tháng|giờ|phút|kém|sáng|chiều|số|khóm|Nghị quyết|lần thứ|thứ|đến|âm|quý|hộ|tán thành|biểu quyết|không có|nhiệm kỳ
tháng|năm|và|có|của|Năm|Ba|Hai|phiếu|học sinh|gạch chéo|gạch ngang|ki lô mét|mét vuông|A|NQ|lần|cả|mỗi|trong|,|.|:|-|/|%|5|12|2025|12.400|9,5|30/9|143/145|7h30|57-NQ/TW|1A|III|đô la|người|nay|là`, "|"),
	"en": strings.Split(`zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|nineteen|twenty|thirty|forty|ninety|oh|hundred|thousand|million|billion|and|a|point|half|quarter|past|to
first|second|third|twelfth|thirtieth|thirds|quarters|the|of|June|May|may|march|February|at|in|by|p.m.|o'clock|dollars|dollar|pounds|cents|percent|per cent|Item|number|members|weeks|against|in favour|for|no|none|this|between|vote|minutes|-|,|.|$|%|5|12|2026|54,000|9.5|6:30|30/9|8/9|12th|57-NQ|day|out of|or|is|resolution|and a half`, "|"),
}

func soup(t *rapid.T, language string) string {
	var words []string
	for _, w := range vocabulary[language] {
		words = append(words, strings.Split(w, "\n")...)
	}
	if language == "vi" {
		words = append(words, strings.Fields("không một hai ba bốn năm sáu bảy tám chín mười mươi mốt tư lăm trăm linh nghìn triệu tỷ rưỡi phẩy")...)
	}
	n := rapid.IntRange(1, 14).Draw(t, "n")
	var b strings.Builder
	for i := range n {
		if i > 0 && rapid.IntRange(0, 9).Draw(t, "space") > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(rapid.SampledFrom(words).Draw(t, "word"))
	}
	return b.String()
}

func TestRewritingIsStableAndItsChangesStandWhereTheySay(t *testing.T) {
	for _, language := range []string{"vi", "en"} {
		t.Run(language, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				in := soup(t, language)
				out, changes := Rewrite(language, in)
				if again := Normalize(language, out); again != out {
					t.Fatalf("%q gave %q, and that gave %q", in, out, again)
				}
				checkChanges(t, in, out, changes)
			})
		})
	}
}

func firm(language, s string) []string {
	var out []string
	for _, q := range Quantities(language, s) {
		if !q.Weak {
			out = append(out, string(q.Kind)+":"+q.Value+q.Unit)
		}
	}
	return out
}

type fataler interface{ Fatalf(string, ...any) }

// checkChanges rebuilds the input from the output: what stands between changes is untouched.
func checkChanges(t fataler, in, out string, changes []Change) {
	var back strings.Builder
	last := 0
	for _, c := range changes {
		if c.Start < last || c.End < c.Start || c.End > len(out) {
			t.Fatalf("%q: change %+v is out of order or outside %q", in, c, out)
		}
		if out[c.Start:c.End] != c.Written {
			t.Fatalf("%q: change %+v, but the output holds %q there", in, c, out[c.Start:c.End])
		}
		back.WriteString(out[last:c.Start] + c.Spoken)
		last = c.End
	}
	back.WriteString(out[last:])
	if back.String() != NFC(in) {
		t.Fatalf("undoing the changes %+v in %q gives %q, not %q", changes, out, back.String(), NFC(in))
	}
}

func TestEveryNumberSurvivesBeingSpelled(t *testing.T) {
	for _, language := range []string{"vi", "en"} {
		t.Run(language, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				digits := rapid.IntRange(1, 12).Draw(t, "digits")
				top := int64(1)
				for range digits {
					top *= 10
				}
				n := rapid.Int64Range(0, top-1).Draw(t, "n")
				noun := map[string]string{"vi": " đồng", "en": " dollars"}[language]
				if n == 0 {
					return
				}
				words := spell(language, n)
				qs := Quantities(language, words+noun)
				if len(qs) != 1 || qs[0].Value != strconv.FormatInt(n, 10) {
					t.Fatalf("%d is %q, read as %+v", n, words, qs)
				}
				out := Normalize(language, words+noun)
				for _, r := range out {
					if !isDigit(r) && !strings.ContainsRune(" .,$đồngtỷriệuhìmbilo", r) {
						t.Fatalf("%d as %q became %q: words are left", n, words, out)
					}
				}
				qs = Quantities(language, out)
				if len(qs) != 1 || qs[0].Value != strconv.FormatInt(n, 10) {
					t.Fatalf("%d as %q became %q, read as %+v", n, words, out, qs)
				}
			})
		})
	}
}

func TestFoldingTwiceChangesNothingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.StringOf(rapid.RuneFrom([]rune("aoueyáàoòóùúýỳqhnHOÀİß \t.\u0301\u0300")))).Draw(t, "s")
		if once := Fold(s); Fold(once) != once || !utf8.ValidString(once) || !norm.NFC.IsNormalString(once) {
			t.Fatalf("Fold(%q) = %q, folded again %q", s, once, Fold(once))
		}
		if once := FoldPlain(s); FoldPlain(once) != once || !utf8.ValidString(once) {
			t.Fatalf("FoldPlain(%q) = %q, again %q", s, once, FoldPlain(once))
		}
	})
}

func TestSentencesJoinToTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("aB1. .!?…\n\"”)Đ,"))).Draw(t, "s")
		for _, language := range []string{"vi", "en", "fr"} {
			joined := strings.Join(strings.Fields(strings.Join(Sentences(language, s), " ")), "")
			if want := strings.Join(strings.Fields(NFC(s)), ""); joined != want {
				t.Fatalf("%q split into %q", s, Sentences(language, s))
			}
		}
	})
}

func FuzzRewrite(f *testing.F) {
	f.Add("vi", "hai tỷ một trăm triệu đồng, ngày ba mươi tháng chín")
	f.Add("en", "fifty four thousand dollars at six thirty six on the twelfth of May")
	f.Add("vi", norm.NFD.String("một trăm bốn mươi ba trên một trăm bốn mươi lăm"))
	f.Add("en", "two\xff\xfe hundred\u0301 \u00a0and\u202f ten")
	f.Fuzz(func(t *testing.T, language, s string) {
		out, changes := Rewrite(language, s)
		if !utf8.ValidString(out) {
			t.Fatalf("%q became invalid UTF-8: %q", s, out)
		}
		checkChanges(t, s, out, changes)
		if again := Normalize(language, out); again != out {
			t.Fatalf("%q gave %q, and that gave %q", s, out, again)
		}
	})
}

func FuzzQuantities(f *testing.F) {
	f.Add("vi", "12.400 dân, 9,5%, 57-NQ/TW, 30/9/2025, 143/145, 7h30, hai triệu rưỡi đồng")
	f.Add("en", "$2.5 million, 12,400, 6:30 p.m., 30 June 2025, twenty-first, 2/3, COVID-19")
	f.Add("fr", "12,400 et 30/9/2025")
	f.Add("vi", norm.NFD.String("mười hai nghìn bốn trăm hộ")+"\xff\xff"+norm.NFD.String("hai trăm đồng"))
	f.Fuzz(func(t *testing.T, language, s string) {
		last := 0
		for _, q := range Quantities(language, s) {
			if q.Start < last || q.End <= q.Start || q.End > len(s) || s[q.Start:q.End] != q.Text {
				t.Fatalf("%q: %+v is out of order or outside the text", s, q)
			}
			if q.Value == "" || q.Kind == "" || !utf8.ValidString(q.Value) {
				t.Fatalf("%q: %+v has no value", s, q)
			}
			last = q.End
		}
	})
}
