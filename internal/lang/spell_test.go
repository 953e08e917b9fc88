package lang

import (
	"fmt"
	"strings"
)

// maxSpell is the largest number that spell writes out.
const maxSpell = 999_999_999_999

// spell writes n (0 to maxSpell) in words, in the one reading that [Rewrite] turns back into n:
// in Vietnamese with every empty place named ("một nghìn không trăm linh hai"), in English with
// "and" before the last tens ("two hundred and ten"). A number outside the range or a language
// other than vi and en comes back in digits.
func spell(language string, n int64) string {
	if n < 0 || n > maxSpell {
		return fmt.Sprint(n)
	}
	switch base(language) {
	case "vi":
		return spellVietnamese(n)
	case "en":
		return spellEnglish(n)
	}
	return fmt.Sprint(n)
}

var (
	viUnitNames = [...]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}
	enUnitNames = [...]string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
		"fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	}
	enTensNames = [...]string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
)

func spellVietnamese(n int64) string {
	if n == 0 {
		return "không"
	}
	var parts []string
	started := false
	for _, scale := range []struct {
		size int64
		name string
	}{{1e9, "tỷ"}, {1e6, "triệu"}, {1e3, "nghìn"}, {1, ""}} {
		g := n / scale.size % 1000
		rest := n % scale.size
		switch {
		case g > 0:
			parts = append(parts, viHundreds(g, started), scale.name)
			started = true
		case started && scale.size == 1e3 && rest > 0:
			parts = append(parts, "không nghìn") // else "hai triệu năm trăm" reads as 2.5 million
		}
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func viHundreds(g int64, full bool) string {
	var parts []string
	h, t, u := g/100, g/10%10, g%10
	if h > 0 || full {
		parts = append(parts, viUnitNames[h], "trăm")
	}
	switch {
	case t == 0 && u > 0 && len(parts) > 0:
		parts = append(parts, "linh", viUnitNames[u])
	case t == 0:
		if u > 0 {
			parts = append(parts, viUnitNames[u])
		}
	default:
		if t == 1 {
			parts = append(parts, "mười")
		} else {
			parts = append(parts, viUnitNames[t], "mươi")
		}
		switch {
		case u == 1 && t > 1:
			parts = append(parts, "mốt")
		case u == 5:
			parts = append(parts, "lăm")
		case u > 0:
			parts = append(parts, viUnitNames[u])
		}
	}
	return strings.Join(parts, " ")
}

func spellEnglish(n int64) string {
	if n == 0 {
		return "zero"
	}
	var parts []string
	for _, scale := range []struct {
		size int64
		name string
	}{{1e9, "billion"}, {1e6, "million"}, {1e3, "thousand"}, {1, ""}} {
		if g := n / scale.size % 1000; g > 0 {
			parts = append(parts, enHundreds(g, scale.size == 1 && n >= 1000), scale.name)
		}
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func enHundreds(g int64, and bool) string {
	var parts []string
	if g >= 100 {
		parts = append(parts, enUnitNames[g/100], "hundred")
		and = true
	}
	g %= 100
	if g > 0 && and {
		parts = append(parts, "and")
	}
	switch {
	case g >= 20 && g%10 > 0:
		parts = append(parts, enTensNames[g/10]+"-"+enUnitNames[g%10])
	case g >= 20:
		parts = append(parts, enTensNames[g/10])
	case g > 0:
		parts = append(parts, enUnitNames[g])
	}
	return strings.Join(parts, " ")
}
