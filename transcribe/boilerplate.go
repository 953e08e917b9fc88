package transcribe

import (
	"regexp"
	"strings"
	"unicode"

	"bienban/internal/lang"
)

// What Whisper learnt from the subtitles of videos and writes over noise. Each
// pattern is matched against one whole sentence, in words (lang.Words, blanks
// between), so that speech which only resembles it stays: "cảm ơn các đồng chí
// đã theo dõi báo cáo", "thank you for watching over the children".
// Sources: docs/domain.md's F34 and F35, whisper.cpp issues 1724 and 1507, and the
// credits of the Amara community in each language.
var boilerplateRE = regexp.MustCompile(`^(?:` + foldPattern(strings.Join([]string{
	// Vietnamese
	`(?:các bạn |mọi người |và |nhớ )*hãy (?:nhớ )?(?:subscribe|sub|like|bấm|nhấn|ấn|đăng ký|đăng kí|ủng hộ)` +
		`(?: like| share| chia sẻ| và| đăng ký| đăng kí| subscribe)* (?:cho |vào |theo dõi )*(?:kênh|channel|video|nút)` +
		`(?: (?:của|để|này|youtube|mình|chúng|ghiền|la la|nhé|nha|ủng)(?: .*)?)?`,
	`(?:.* )?ghiền mì gõ(?: .*)?`,
	`.*\bla la school\b.*`,
	`(?:để )?không bỏ lỡ (?:những )?video hấp dẫn.*`,
	`(?:xin |và |rất )*c[áả]m ơn (?:các bạn|quý vị và các bạn|quý vị|mọi người)(?: đã| rất nhiều vì đã)* (?:theo dõi|xem|ủng hộ)` +
		`(?: (?:video|kênh|clip)(?: (?:này|của (?:mình|chúng tôi|tôi|chúng mình)))*)?(?:(?: và)?(?: xin)? hẹn gặp lại.*)?`,
	`(?:và )?(?:xin )?hẹn gặp lại (?:các bạn|quý vị)(?: và các bạn)? (?:trong|ở) (?:những |các )?(?:video|clip)\b.*`,
	`(?:phụ đề|vietsub|sub) (?:được )?(?:thực hiện |dịch |làm )?(?:bởi|by)\b.*`,
	// English
	`(?:thanks|thank you)(?: so much| very much| all| everyone| guys)? for watching` +
		`(?: (?:this|the|my|our) (?:video|videos|channel|episode)| till the end| guys| everyone)?` +
		`(?: (?:and )?(?:please |don't forget to |i'll )?(?:like|subscribe|see you).*)?`,
	`(?:and )?(?:please |don't forget to |remember to |be sure to )+(?:like |comment |share |hit the like button |and )*subscribe` +
		`(?: to (?:my|our|the|this) channel)?(?: (?:for more|if you|and hit|and like|and share).*)?`,
	`(?:i'll |we'll )?see you (?:guys )?(?:in the|in my|in our) next (?:video|episode|one)`,
	`(?:subtitles|subtitled|captions|captioned|closed captions|closed captioning|transcribed|transcription|transcript|subs)` +
		`(?: (?:created|provided|made|edited))? by\b.*`,
	`.*\bamara org\b.*`,
	`.*\b(?:otter ai|rev com|opensubtitles org|zeoranger co uk)\b.*`,
	// others
	`sous titres (?:réalisés|faits|par)\b.*`, `sous titrage\b.*`,
	`untertitel(?:ung)? (?:der|von|im auftrag|des)\b.*`,
	`legendas pela comunidade.*`, `subtítulos (?:realizados|por la comunidad)\b.*`, `sottotitoli (?:creati|e revisione)\b.*`,
	`субтитры (?:сделал|создавал|делал|подготовил)(?: .*)?`, `редактор субтитров.*`, `продолжение следует`,
	`ご視聴ありがとうございました`, `請不吝點贊.*`, `请不吝点赞.*`, `字幕由.*`, `中文字幕.*`, `시청해주셔서 감사합니다`, `구독과 좋아요.*`,
}, "|")) + `)$`)

// foldPattern folds the letters of a pattern and leaves its operators.
func foldPattern(pattern string) string {
	var b strings.Builder
	word := func(s string) string {
		if s == "" {
			return s
		}
		return lang.Fold(s)
	}
	start := 0
	for i, r := range pattern {
		if r > unicode.MaxASCII || unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) {
			continue
		}
		b.WriteString(word(pattern[start:i]))
		b.WriteRune(r)
		start = i + len(string(r))
	}
	b.WriteString(word(pattern[start:]))
	return b.String()
}

// isBoilerplate says that a sentence is text known to be invented.
func isBoilerplate(sentence string) bool {
	return boilerplateRE.MatchString(strings.Join(lang.Words(sentence), " "))
}

// sounds are what subtitles call things that are no speech. In round brackets
// people's own words may stand, so there only these count; in square brackets
// or between notes there is never speech.
var soundWords = regexp.MustCompile(`^(?:` +
	`.*(?:music|applause|laugh|cough|sigh|chuckl|silence|cheer|clap|inaudible|indistinct|chatter|noise|foreign|speaking|speaks|beep|bell|door|footsteps|wind|phone|typing|static|crowd|blank_audio|blank audio|gasp|sniff|groan|grunt|click|buzz|whoosh|crying|bark|sound|silent).*` +
	`|.*(?:nhạc|vỗ tay|cười|tiếng|im lặng|không nghe rõ|hò reo|ho).*` +
	`|.*(?:musique|applaudissements|rires|musik|applaus|música|aplausos|музыка|аплодисменты|смех|音楽|拍手|音乐|掌声|음악|박수).*)$`)

// isSound says that a piece of text names a sound: [Music], (applause), *coughs*, ♪.
func isSound(piece string) bool {
	p := strings.TrimSpace(strings.TrimRight(strings.TrimSpace(piece), ".,!?… "))
	if p == "" {
		return strings.ContainsAny(piece, "♪♫")
	}
	if strings.ContainsAny(p, "♪♫") {
		return true
	}
	inner, ok := bracketed(p)
	if !ok {
		return false
	}
	if strings.HasPrefix(p, "[") {
		return strings.ContainsFunc(inner, unicode.IsLetter)
	}
	return soundWords.MatchString(strings.ToLower(nfc(inner)))
}

// bracketed gives what stands within one pair of brackets around all of p.
func bracketed(p string) (string, bool) {
	for _, pair := range []string{"[]", "()", "**", "（）", "【】"} {
		r := []rune(pair)
		open, end := string(r[0]), string(r[1])
		if strings.HasPrefix(p, open) && strings.HasSuffix(p, end) && len(p) > len(open)+len(end) {
			return strings.TrimSpace(p[len(open) : len(p)-len(end)]), true
		}
	}
	return "", false
}
