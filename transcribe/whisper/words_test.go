package whisper

import (
	"math"
	"reflect"
	"testing"

	"bienban/transcribe"
)

func tokens(texts ...string) []token {
	var out []token
	for _, s := range texts {
		out = append(out, token{text: s, p: 0.5})
	}
	return out
}

func wordTexts(ws []transcribe.Word) []string {
	var out []string
	for _, w := range ws {
		out = append(out, w.Text)
	}
	return out
}

func TestTokensBecomeWords(t *testing.T) {
	for name, c := range map[string]struct {
		language string
		tokens   []token
		want     []string
	}{
		"punctuation stays on its word":       {"en", tokens(" Good", " evening", ",", " every", "one", "."), []string{"Good", "evening,", "everyone."}},
		"a character in two tokens is joined": {"vi", tokens(" \xc4", "\x90\xe1", "\xba\xa1i", " h\xe1\xbb", "\x99i", "."), []string{"Đại", "hội."}},
		"decomposed text becomes NFC":         {"vi", tokens(" phươ\u0300ng"), []string{"phường"}},
		"figures stay whole":                  {"en", tokens(" $", "54", ",", "000"), []string{"$54,000"}},
		"a lone dash joins the word before":   {"vi", tokens(" bầu", " -", " cử"), []string{"bầu -", "cử"}},
		"a leading dash joins the word after": {"vi", tokens(" -", " Thưa"), []string{"- Thưa"}},
		"a character cut at the end is left":  {"vi", tokens(" hội", " ngh\xe1\xbb"), []string{"hội", "ngh"}},
		"Chinese has a word a character":      {"zh", tokens("会", "议", "。", "\xe5", "\xbc\x80"), []string{"会", "议。", "开"}},
		"nothing":                             {"vi", nil, nil},
	} {
		if got := wordTexts(words(c.tokens, c.language)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// sound writes tones at the given seconds, with a noise floor.
func sound(total float64, spans ...[2]float64) []float32 {
	pcm := make([]float32, int(total*transcribe.SampleRate))
	dice := uint32(1)
	for i := range pcm {
		dice = dice*1664525 + 1013904223
		x := (float64(dice>>16)/65536 - 0.5) * 0.002
		at := float64(i) / transcribe.SampleRate
		for _, s := range spans {
			if at >= s[0] && at < s[1] {
				x += 0.2 * math.Sin(2*math.Pi*220*at)
			}
		}
		pcm[i] = float32(x)
	}
	return pcm
}

func TestWordsLieInTheSoundBetweenPauses(t *testing.T) {
	pcm := sound(8, [2]float64{0.5, 2.1}, [2]float64{3.0, 4.2}, [2]float64{5.5, 7.0})
	ws := words(tokens(" Đại", " hội", " biểu", " quyết", ".", " Xin", " cảm", " ơn", ".", " Hai", " mươi", " đại", " biểu", "."), "vi")
	align(ws, pcm)
	for i, want := range map[int][2]float64{0: {0.5, -1}, 3: {-1, 2.1}, 4: {3.0, -1}, 6: {-1, 4.2}, 7: {5.5, -1}, 10: {-1, 7.0}} {
		if want[0] >= 0 && math.Abs(ws[i].Start-want[0]) > 0.05 {
			t.Errorf("word %d %q starts at %.2f, want %.2f", i, ws[i].Text, ws[i].Start, want[0])
		}
		if want[1] >= 0 && math.Abs(ws[i].End-want[1]) > 0.05 {
			t.Errorf("word %d %q ends at %.2f, want %.2f", i, ws[i].Text, ws[i].End, want[1])
		}
	}
}

func TestTimesHoldWhateverTheSoundIs(t *testing.T) {
	for name, pcm := range map[string][]float32{
		"silence": make([]float32, 16000), "one sample": make([]float32, 1), "noise throughout": sound(3, [2]float64{0, 3}),
		"clicks": sound(3, [2]float64{1, 1.01}, [2]float64{2, 2.02}), "fewer sounds than words": sound(1, [2]float64{0.4, 0.45}),
	} {
		for n := range 12 {
			texts := make([]string, n)
			for i := range texts {
				texts[i] = " từ."
			}
			ws := words(tokens(texts...), "vi")
			align(ws, pcm)
			at, total := 0.0, float64(len(pcm))/transcribe.SampleRate
			for _, w := range ws {
				if w.Start < at || w.End < w.Start || w.End > total {
					t.Errorf("%s, %d words: %q from %.3f to %.3f in %.3f s", name, n, w.Text, w.Start, w.End, total)
				}
				at = w.Start
			}
		}
	}
}

func TestInventedWordsStayWhereWhisperPutThem(t *testing.T) {
	ws := words(tokens(" Hãy", " subscribe", " cho", " kênh"), "vi")
	spreadOver(ws, 7.3, 8.3, 7.6)
	if ws[0].Start != 7.3 || math.Abs(ws[3].End-7.6) > 1e-9 || ws[2].Start < ws[1].End {
		t.Errorf("%+v", ws)
	}
}
