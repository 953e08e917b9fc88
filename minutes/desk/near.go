package desk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bienban/internal/lang"
)

// FlagNear is the flag of a segment in which words are nearly a name that the
// meeting knows. It is made for the reader, never kept: Names.Near finds it again
// after every change.
const FlagNear = "name_near"

// Near is words of a text that are nearly a registered name, and not one.
type Near struct {
	From, To int    // words of the text, strings.Fields; To is behind the last
	Was      string // as they stand, without what surrounds them
	Now      string // the name
}

// Names finds what is nearly a name of a meeting. It is for one goroutine: it
// remembers the words that it has seen.
type Names struct {
	exact map[string]bool           // folded names
	first map[string]bool           // their first words
	by    map[namePart][]*knownName // names of two words or more by one of their words and its place
	last  map[rune][]*knownName     // last names of people by their first letter
	size  int                       // words of the longest
	seen  map[string]word           // words of texts, as they stand there
}

type namePart struct {
	words, at int
	word      string // plain
}

type knownName struct {
	text  string
	plain []string
}

// Limits of what counts as near. A slip of the recogniser changes a letter or
// a mark, seldom two; more than that is another word.
const (
	nearLetters = 8 // letters of a name for each letter beyond the first that may differ
	nearWord    = 3 // of one word of it for each letter that may differ
	far         = 1 << 20
	nearAlone   = 4 // a last name by itself has at least so many letters
	longestName = 8 // words
)

// Names gathers the names of people and the glossary's.
func (s *State) Names() *Names {
	n := &Names{exact: map[string]bool{}, first: map[string]bool{}, by: map[namePart][]*knownName{}, last: map[rune][]*knownName{}, seen: map[string]word{}}
	for _, p := range s.People {
		n.add(p.Name)
		if f := strings.Fields(p.Name); len(f) > 1 && s.Head.Language != "vi" { // in Vietnamese the last word is a given name of one syllable, as many words are
			n.alone(f[len(f)-1])
		}
	}
	for _, g := range s.Glossary {
		n.add(g)
	}
	return n
}

func (n *Names) add(name string) {
	words := strings.Fields(lang.NFC(name))
	if len(words) < 2 || len(words) > longestName || n.exact[lang.Fold(name)] {
		return
	}
	n.exact[lang.Fold(name)], n.first[lang.Fold(words[0])] = true, true
	n.size = max(n.size, len(words))
	k := &knownName{text: strings.Join(words, " ")}
	for _, w := range words {
		k.plain = append(k.plain, lang.FoldPlain(w))
	}
	for i, w := range k.plain {
		key := namePart{len(words), i, w}
		n.by[key] = append(n.by[key], k)
	}
}

func (n *Names) alone(name string) {
	plain := lang.FoldPlain(name)
	if utf8.RuneCountInString(plain) < nearAlone || n.exact[lang.Fold(name)] {
		return
	}
	n.exact[lang.Fold(name)], n.first[lang.Fold(name)] = true, true
	n.size = max(n.size, 1)
	first, _ := utf8.DecodeRuneInString(plain)
	n.last[first] = append(n.last[first], &knownName{name, []string{plain}})
}

// word is one of a text being looked through.
type word struct {
	bare, fold, plain string
	upper             bool // begins with a capital
	ends              bool // something behind it parts it from the next
	stops             bool // the sentence ends with it
	first             bool // begins a sentence
}

func (n *Names) word(f string) word {
	w, known := n.seen[f]
	if known {
		return w
	}
	w.bare = strings.TrimFunc(f, func(r rune) bool { return !inWord(r) })
	w.stops = strings.ContainsAny(f[strings.LastIndex(f, w.bare)+len(w.bare):], ".?!")
	w.bare = strings.TrimSuffix(strings.TrimSuffix(w.bare, "'s"), "’s")
	r, _ := utf8.DecodeRuneInString(w.bare)
	w.fold, w.plain, w.upper, w.ends = lang.Fold(w.bare), lang.FoldPlain(w.bare), unicode.IsUpper(r), !strings.HasSuffix(f, w.bare)
	n.seen[f] = w
	return w
}

// Near lists what in a text is nearly a name, in order and apart from each other.
// What is a name already is left alone.
func (n *Names) Near(text string) []Near {
	if n.size == 0 {
		return nil
	}
	var words []word
	for i, f := range strings.Fields(text) {
		w := n.word(f)
		w.first = i == 0 || words[i-1].stops
		words = append(words, w)
	}
	taken := make([]bool, len(words))
	var out []Near
	for _, exact := range []bool{true, false} {
		for i, w := range words {
			if exact && !n.first[w.fold] || !exact && !w.upper { // a name that was heard as one begins with a capital
				continue
			}
			for size := min(n.size, len(words)-i); size > 0; size-- {
				window := words[i : i+size]
				if slices.Contains(taken[i:i+size], true) || slices.ContainsFunc(window[:size-1], func(w word) bool { return w.ends }) {
					continue
				}
				now := ""
				if exact {
					if !n.exact[joined(window, " ", func(w word) string { return w.fold })] {
						continue
					}
				} else if now = n.nearest(window); now == "" {
					continue
				}
				for j := range window {
					taken[i+j] = true
				}
				if !exact {
					out = append(out, Near{i, i + size, joined(window, " ", func(w word) string { return w.bare }), now})
				}
				break
			}
		}
	}
	return out
}

func joined(window []word, by string, of func(word) string) string {
	parts := make([]string, len(window))
	for i, w := range window {
		parts[i] = of(w)
	}
	return strings.Join(parts, by)
}

// nearest gives the one name that a window of words is near to; "" when there is
// none, or two as near.
func (n *Names) nearest(window []word) string {
	var known []*knownName
	if len(window) == 1 {
		if r, _ := utf8.DecodeRuneInString(window[0].plain); !window[0].first {
			known = n.last[r]
		}
	} else {
		for i, w := range window {
			known = append(known, n.by[namePart{len(window), i, w.plain}]...)
		}
	}
	best, now := 1<<30, ""
	for _, k := range known {
		d, same, letters := 0, 0, 0
		for i, w := range window {
			size := len(k.plain[i]) // plain Latin letters
			letters += size
			if w.plain == k.plain[i] {
				same++
				continue
			}
			most := size / nearWord
			if off := len(w.plain) - size; off > most || -off > most {
				d = far
				break
			}
			one := lang.Distance(w.plain, k.plain[i])
			if one > most {
				d = far
				break
			}
			d += one
		}
		if d > 1+letters/nearLetters || 2*same < len(window)-len(window)%2 && len(window) > 1 {
			continue
		}
		switch {
		case d < best:
			best, now = d, k.text
		case d == best && now != k.text:
			now = "" // one as good as the other: no suggestion
		}
	}
	return now
}

// replaceWords puts now wherever was stands as whole words, and says how often.
func replaceWords(text, was, now string) (string, int) {
	if was == "" {
		return text, 0
	}
	var b strings.Builder
	n, done, at := 0, 0, 0
	for {
		i := strings.Index(text[at:], was)
		if i < 0 {
			b.WriteString(text[done:])
			return b.String(), n
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(was):])
		if inWord(before) || inWord(after) {
			_, size := utf8.DecodeRuneInString(text[i:])
			at = i + size
			continue
		}
		b.WriteString(text[done:i] + now)
		n, at = n+1, i+len(was)
		done = at
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }
