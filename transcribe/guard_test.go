package transcribe

import (
	"slices"
	"strings"
	"testing"

	"bienban/internal/lang"
)

func TestInventedSentencesAreKnownAndGenuineOnesKept(t *testing.T) {
	invented := []string{
		"Hãy subscribe cho kênh Ghiền Mì Gõ Để không bỏ lỡ những video hấp dẫn",
		"Để không biết hãy subscribe cho kênh Ghiền Mì Gõ Để không bỏ lỡ những video hấp dẫn",
		"Hãy subscribe cho kênh La La School để không bỏ lỡ những video hấp dẫn.",
		"Các bạn hãy đăng ký kênh để ủng hộ kênh của mình nhé!",
		"Hãy đăng kí cho kênh của chúng tôi.",
		"Cảm ơn các bạn đã theo dõi và hẹn gặp lại.",
		"Cảm ơn các bạn đã theo dõi!",
		"Cám ơn các bạn đã xem video này.",
		"Cảm ơn quý vị đã theo dõi và hẹn gặp lại.",
		"Thanks for watching!", "Thank you for watching.", "Thank you so much for watching this video.",
		"Please subscribe to my channel.", "Don't forget to like and subscribe!",
		"I'll see you in the next video.",
		"Subtitles by the Amara.org community", "Transcribed by https://otter.ai", "Captions by John Smith",
		"Sous-titres réalisés par la communauté d'Amara.org", "Untertitel der Amara.org-Community",
		"Продолжение следует...", "ご視聴ありがとうございました", "시청해주셔서 감사합니다.",
	}
	for _, s := range invented {
		if !isBoilerplate(s) {
			t.Errorf("kept: %q", s)
		}
	}
	genuine := []string{
		"Cảm ơn các đồng chí đã theo dõi báo cáo.",
		"Xin cảm ơn các đồng chí đã chú ý lắng nghe.",
		"Tôi xin cảm ơn quý vị đại biểu đã theo dõi phần trình bày.",
		"Xin trân trọng cảm ơn đại hội.",
		"Mời các đồng chí theo dõi trên màn hình.",
		"Các hộ dân hãy đăng ký kênh bán hàng trực tuyến với xã.",
		"Đề nghị đoàn viên hãy đăng ký tham gia ngày thứ bảy tình nguyện.",
		"Phường đã lập kênh thông tin để nhân dân theo dõi.",
		"Thank you, Mayor.", "Thank you.", "Thank you for watching over the children.",
		"Thanks for watching the budget so closely, Councillor.",
		"Please subscribe to the newsletter of the town library.",
		"The minutes were transcribed by the clerk.",
		"I'll see you in the next meeting.", "See you next week.",
		"The motion is carried.", "We will watch the video of the weir.",
	}
	for _, s := range genuine {
		if isBoilerplate(s) {
			t.Errorf("struck: %q", s)
		}
	}
}

func TestSoundsInBracketsAreKnownAndAsidesKept(t *testing.T) {
	for _, s := range []string{"[Music]", "(applause)", "(audience laughing)", "*coughs*", "♪", "♪ la la ♪", "[BLANK_AUDIO]", "[tiếng vỗ tay]", "(Tiếng nhạc)", "[inaudible].", "[speaking in a foreign language]"} {
		if !isSound(s) {
			t.Errorf("kept: %q", s)
		}
	}
	for _, s := range []string{"music", "(b)", "(2)", "(a)", "Section 3(b)", "(as amended)", "[3]", "the applause", "(trừ các xã đảo)"} {
		if isSound(s) {
			t.Errorf("struck: %q", s)
		}
	}
}

// words makes tokens of a text, a quarter of a second each.
func words(text string) []token {
	var out []token
	at := int64(0)
	for _, w := range strings.Fields(text) {
		out = append(out, token{text: w, p: 0.9, span: span{at, at + samples(0.25)}})
		at += samples(0.25)
	}
	return out
}

// sure is the evidence of clear speech.
var sure = evidence{spans: 3, noSpeech: 0.02, avgLogProb: -0.2}

func TestAGuardStrikesBySentence(t *testing.T) {
	for name, c := range map[string]struct {
		text       string
		e          evidence
		kept, code string
	}{
		"glued before speech": {"Hãy subscribe cho kênh Ghiền Mì Gõ Để không bỏ lỡ những video hấp dẫn. Kính thưa đại hội.", sure, "Kính thưa đại hội.", FlagBoilerplate},
		"after speech":        {"The meeting is closed. Thanks for watching!", sure, "The meeting is closed.", FlagBoilerplate},
		"a sound":             {"The motion is carried. (applause) Item three.", sure, "The motion is carried. Item three.", FlagNoSpeech},
		"a sound in a clause": {"The motion [coughs] is carried.", sure, "The motion is carried.", FlagNoSpeech},
		"notes":               {"♪ la la la ♪ Good evening.", sure, "Good evening.", FlagNoSpeech},
		"nobody spoke":        {"you", evidence{spans: 1, noSpeech: 0.9, avgLogProb: -1.4}, "", FlagNoSpeech},
		"a loop":              {"We ask that all of us here agree to the to the to the to the to the to the to the new plan for the bridge.", sure, "We ask that all of us here agree to the new plan for the bridge.", FlagRepetition},
		"nothing but a loop":  {"Học học học học học học học học học học h", sure, "", FlagRepetition},
		"one letter":          {"ƯƯƯƯƯƯƯƯƯƯƯƯ Ừ, tôi đồng ý.", sure, "", FlagRepetition},
		"a long dash of dots": {"Vâng........... tôi đồng ý.", sure, "Vâng........... tôi đồng ý.", ""},
		"only dots":           {"... The vote.", sure, "The vote.", FlagNoSpeech},
	} {
		t.Run(name, func(t *testing.T) {
			pieces := guard(words(c.text), c.e)
			kept, all, code := "", 0, ""
			for _, p := range pieces {
				all += len(p.tokens)
				if p.struck {
					code = p.flags[len(p.flags)-1].Code
				} else {
					kept = strings.TrimSpace(kept + " " + textOf(p.tokens))
				}
			}
			if kept != c.kept || code != c.code {
				t.Errorf("kept %q, struck as %q; want %q, %q", kept, code, c.kept, c.code)
			}
			if want := len(strings.Fields(c.text)); all != want {
				t.Errorf("%d words of %d are left", all, want)
			}
		})
	}
}

func TestRealSpeechIsNotStruck(t *testing.T) {
	for _, text := range []string{
		"Xin cảm ơn các đồng chí đã theo dõi báo cáo. Tôi xin hết.",
		"No, no, no, that is not what I said.",
		"Thank you. Thank you. Thank you, Mayor.",
		"Mister Osei, the attendance please. Those in favour? Those against?",
		"Một, hai, ba. Đồng ý.",
	} {
		noisy := evidence{spans: 2, noSpeech: 0.5, avgLogProb: -1.3}
		for _, p := range guard(words(text), noisy) {
			if p.struck {
				t.Errorf("%q is struck: %v", textOf(p.tokens), p.flags)
			}
		}
	}
}

func TestARollCallIsNoLoop(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat("Có. ", 9))
	if repeats(text, 9) {
		t.Error("nine answers in nine stretches of speech are taken for a loop")
	}
	if !repeats(text, 1) {
		t.Error("nine answers in one breath are no loop")
	}
	for _, p := range guard(words(text), evidence{spans: 9}) {
		if p.struck {
			t.Errorf("an answer is struck: %v", p.flags)
		}
	}
}

func TestLoopsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"a word":                {"rồi rồi rồi rồi rồi rồi rồi", true},
		"a sentence":            {strings.Repeat("Tôi xin cảm ơn các đồng chí. ", 4), true},
		"after speech":          {"The council met. " + strings.Repeat("I am going to the store. ", 3), true},
		"said twice":            {"I second the motion. I second the motion.", false},
		"three thanks":          {"thank you thank you thank you", false},
		"a list":                {"one two three four five six seven eight nine ten", false},
		"phrases that resemble": {"the first item the second item the third item the fourth item", false},
	} {
		if _, got := findLoop(lang.Words(c.text)); got != c.want {
			t.Errorf("%s: loop %v, want %v", name, got, c.want)
		}
	}
}

func TestOnlyRepeatedTextCompresses(t *testing.T) {
	if c := compression("The inspection in January found rot in fourteen of the thirty two deck boards and corrosion on the north handrail."); c > maxCompression {
		t.Errorf("speech compresses %.1f times", c)
	}
	if c := compression(strings.Repeat("and corrosion on the handrail, ", 8)); c <= maxCompression {
		t.Errorf("a loop compresses only %.1f times", c)
	}
}

func TestTheEchoOfAPromptIsKnown(t *testing.T) {
	glossary := []string{"Alder Creek", "Mill Street", "Lindqvist", "Osei"}
	context := "The bridge is used by about three hundred pedestrians a day and more in summer."
	for text, want := range map[string]bool{
		"Alder Creek, Mill Street, Lindqvist, Osei.":                         true,
		"The bridge is used by about three hundred pedestrians a day and":    true,
		"I open this meeting of Alder Creek Town Council at 4 Mill Street.":  false,
		"Councillor Lindqvist and Mister Osei walked down Mill Street.":      false,
		"The bridge is used by about three hundred cyclists, and Lindqvist.": false,
		"": false,
	} {
		if got := echoes(text, glossary, context); got != want {
			t.Errorf("%q: echo %v, want %v", text, got, want)
		}
	}
}

func TestSentencesEndWhereTheyEnd(t *testing.T) {
	for word, want := range map[string]bool{
		"end.": true, "end?": true, "end!": true, "wait…": true, "hết.\"": true, "終わり。": true,
		"Mr.": false, "Dr.": false, "J.": false, "end": false, "end,": false, "1.": true, "TP.": false, "I.": true,
	} {
		if got := endsSentence(word); got != want {
			t.Errorf("%q ends a sentence: %v, want %v", word, got, want)
		}
	}
}

func TestTheWeightiestWordsStandNearestToTheSpeech(t *testing.T) {
	long := strings.Repeat("resurfacing ", 12)
	got := glossaryOf([]string{"weir", "Weir", " Mayor Margaret Doyle. ", "Osei", long, long + "again"}, map[int][]string{1: {"Margaret Doyle"}, 2: {"Daniel Osei"}})
	want := []string{strings.TrimSpace(long), "Osei", "Mayor Margaret Doyle", "weir"}
	if !slices.Equal(got, want) {
		t.Errorf("glossary %q, want %q", got, want)
	}
	if prompt := promptOf(got, "and so on"); !strings.HasSuffix(prompt, "Mayor Margaret Doyle, weir. and so on") {
		t.Errorf("prompt %q", prompt)
	}
}
