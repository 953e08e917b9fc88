package main

import "strings"

// tongue is the language in which a command speaks to people: vi or en.
type tongue string

// The tongues.
const (
	vietnamese tongue = "vi"
	english    tongue = "en"
)

// tongueOf is what was asked for, else what the system's locale says (POSIX:
// LC_ALL before LC_MESSAGES before LANG), else English.
func (e *env) tongueOf(asked string) tongue {
	for _, s := range []string{asked, e.getenv("LC_ALL"), e.getenv("LC_MESSAGES"), e.getenv("LANG")} {
		if s != "" {
			if s = strings.ToLower(s); s == "vi" || strings.HasPrefix(s, "vi_") || strings.HasPrefix(s, "vi.") {
				return vietnamese
			}
			return english
		}
	}
	return english
}

// say picks the text for a tongue.
func (t tongue) say(en, vi string) string {
	if t == vietnamese {
		return vi
	}
	return en
}
