package bus

import "strings"

// ValidPattern tells whether Listen can take the subject.
func ValidPattern(pattern string) bool {
	words := strings.Split(pattern, ".")
	for i, w := range words {
		switch {
		case w == "" || strings.ContainsAny(w, " \t\r\n\x00"):
			return false
		case w == ">" && i != len(words)-1:
			return false
		case len(w) > 1 && strings.ContainsAny(w, "*>"):
			return false
		}
	}
	return true
}

// ValidSubject tells whether Send can take the subject.
func ValidSubject(subject string) bool {
	return ValidPattern(subject) && !strings.ContainsAny(subject, "*>")
}

// Matches tells whether a subject is one that the pattern names.
func Matches(pattern, subject string) bool {
	for {
		p, restP, moreP := strings.Cut(pattern, ".")
		s, restS, moreS := strings.Cut(subject, ".")
		switch {
		case p == ">":
			return true
		case p != "*" && p != s:
			return false
		case moreP != moreS:
			return false
		case !moreP:
			return true
		}
		pattern, subject = restP, restS
	}
}
