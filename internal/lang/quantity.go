package lang

import (
	"math/big"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Kind says what a figure is.
type Kind string

// The kinds of a Quantity and the form of their Value.
const (
	KindNumber    Kind = "number"    // plain decimal: "12400", "9.5", "-3"
	KindPercent   Kind = "percent"   // plain decimal of the percentage, Unit "%"
	KindMoney     Kind = "money"     // plain decimal, Unit an ISO 4217 code
	KindDate      Kind = "date"      // "2025-09-30", "--09-30" (no year), "2025-09", "--09"
	KindTime      Kind = "time"      // "07:30", 24 hours where the text says the half of the day
	KindRatio     Kind = "ratio"     // "143/143", "2/3"
	KindOrdinal   Kind = "ordinal"   // plain integer
	KindDocNumber Kind = "docnumber" // upper-case as written: "57-NQ/TW", "1A", "0908123456"
)

// Quantity is a figure found in a text, written or spoken, with a canonical value.
type Quantity struct {
	Kind       Kind
	Value      string
	Unit       string // "%", "VND", "USD", "GBP", "EUR" or ""
	Text       string // as it stands in the given text
	Start, End int    // bytes in the given text
	// Weak marks a number word that may be an article, a name for an order or an idiom ("một
	// phòng máy", "thứ hai", "this one report") and a denial as zero ("không có", "no"). It can
	// serve as evidence for a figure; a sentence that holds it need not be checked for it.
	Weak bool
}

// match is one construct found in the tokens [i,j).
type match struct {
	i, j    int
	kind    Kind
	value   string
	unit    string
	written string // house style
	spoken  bool   // holds a spoken number, so Rewrite writes it
	weak    bool
	hidden  bool // Rewrite only: no figure of its own
}

// Quantities returns the figures of text in order, not overlapping. In Vietnamese "12.400" is
// 12400 and "9,5" is 9.5; in English "12,400" and "9.5". In any other language only written
// digits are found, read as in English. An English date of digits is read day first unless
// only month first is possible.
func Quantities(language, text string) []Quantity {
	composed := NFC(text)
	var back []int
	if composed != text {
		back = offsets(text, len(composed))
	}
	t := newText(composed)
	var out []Quantity
	for _, m := range scan(language, t) {
		if m.hidden {
			continue
		}
		q := Quantity{Kind: m.kind, Value: m.value, Unit: m.unit, Weak: m.weak}
		q.Start, q.End = t.tokens[m.i].start, t.tokens[m.j-1].end
		if back != nil {
			end := q.End
			for end < len(composed) && back[end] == back[end-1] {
				end++ // a mark on the last digit belongs to it
			}
			q.Start, q.End = back[q.Start], back[end]
		}
		q.Text = text[q.Start:q.End]
		out = append(out, q)
	}
	return out
}

func newText(composed string) *text {
	return &text{src: composed, tokens: tokenize(composed)}
}

func scan(language string, t *text) []match {
	var found []match
	switch base(language) {
	case "vi":
		found = scanVietnamese(t)
	case "en":
		found = scanEnglish(t)
	default:
		return scanWritten(t)
	}
	for k := range found {
		if found[k].spoken && !t.apart(found[k].i, found[k].j) {
			found[k].spoken = false
		}
	}
	return found
}

// apart reports whether digits in the place of tokens [i,j) would stay a figure of their own:
// no letter, digit or joining mark touches them ("5hai", "một,hai").
func (t *text) apart(i, j int) bool {
	if t.glued(i) {
		prev := t.tokens[i-1]
		if prev.kind != tokenPunct || enSigns[prev.text] != "" || strings.Contains(".,/-–:−", prev.text) && t.glued(i-1) && t.tokens[i-2].kind != tokenPunct {
			return false
		}
	}
	if t.glued(j) {
		next := t.tokens[j]
		if next.kind != tokenPunct || j+1 < len(t.tokens) && t.glued(j+1) && t.tokens[j+1].kind == tokenNumber {
			return false
		}
	}
	return true
}

// offsets maps every byte offset of NFC(s) to one of s: the start of the normalisation
// segment it lies in, so that whole figures map to whole figures.
func offsets(s string, n int) []int {
	back := make([]int, 0, n+1)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			bad := i
			for i < len(s) {
				if r, size := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size != 1 {
					break
				}
				i++
			}
			back = append(back, bad, bad, bad) // U+FFFD takes three bytes
			continue
		}
		end := i
		for end < len(s) {
			if r, size := utf8.DecodeRuneInString(s[end:]); r == utf8.RuneError && size == 1 {
				break
			}
			step := norm.NFC.NextBoundaryInString(s[end:], true)
			if step <= 0 {
				step = len(s) - end
			}
			end += step
			break
		}
		for range len(norm.NFC.String(s[i:end])) {
			back = append(back, i)
		}
		i = end
	}
	for len(back) < n+1 {
		back = append(back, len(s))
	}
	back[n] = len(s)
	return back[:n+1]
}

// decimal prints r without grouping and without trailing zeros.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return strings.TrimRight(strings.TrimRight(r.FloatString(12), "0"), ".")
}

func ratInt(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

func mul(a *big.Rat, n int64) *big.Rat { return new(big.Rat).Mul(a, ratInt(n)) }

// grouped prints r with the group and decimal marks given.
func grouped(r *big.Rat, group, point string) string {
	s := decimal(r)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteByte(whole[i])
	}
	if frac != "" {
		b.WriteString(point + frac)
	}
	return b.String()
}
