package register

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bienban/internal/fault"
	"bienban/internal/lang"
)

// Term is a word that a document suggests for the glossary.
type Term struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

// maxTerms is how many words a document suggests at most; a prompt holds some tens.
const maxTerms = 200

var (
	// numbers of documents: 57-NQ/TW, 30/2020/NĐ-CP, 12/BC-UBND, 05-HD/VPTW.
	documentNumber = regexp.MustCompile(`\b\d{1,5}(?:/\d{4})?[-/]\p{Lu}{1,6}(?:[-/]\p{Lu}{2,8}){1,2}\b|\b\d{1,5}/\d{4}/[\p{Lu}\d]{2,6}(?:-[\p{Lu}\d]{2,8})?`)
	acronym        = regexp.MustCompile(`^\p{Lu}[\p{Lu}\d]{1,9}$`)
)

// Terms lists names, abbreviations and numbers of documents in a text, the most
// frequent first: what a recogniser should expect. Two or more words in a row that
// each begin with a capital are a name; the capital that begins a sentence proves
// nothing, so that word is left out unless it is a surname. Words within a line of
// capitals are no abbreviations.
func Terms(text string) []Term {
	text = lang.NFC(text)
	counts := map[string]int{}
	for _, n := range documentNumber.FindAllString(text, -1) {
		counts[n]++
	}
	text = documentNumber.ReplaceAllString(text, " . ")
	for _, l := range strings.Split(text, "\n") {
		countTerms(strings.Fields(l), counts)
	}
	out := make([]Term, 0, len(counts))
	for s, n := range counts {
		if utf8.RuneCountInString(s) <= 80 {
			out = append(out, Term{s, n})
		}
	}
	slices.SortFunc(out, func(a, b Term) int { return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Text, b.Text)) })
	return out[:min(len(out), maxTerms)]
}

func countTerms(words []string, counts map[string]int) {
	bare := make([]string, len(words))
	for i, w := range words {
		bare[i] = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	capitals := func(i int) bool { return i >= 0 && i < len(bare) && acronym.MatchString(bare[i]) }
	// ends says whether a name cannot go on behind a word.
	ends := func(i int) bool {
		last, _ := utf8.DecodeLastRuneInString(words[i])
		return !unicode.IsLetter(last) && !unicode.IsDigit(last)
	}
	begins := true
	for i := 0; i < len(words); i++ {
		switch {
		case capitals(i):
			if !capitals(i-1) && !capitals(i+1) {
				counts[bare[i]]++
			}
		case capitalised(bare[i]):
			n := i + 1
			for n < len(words) && !ends(n-1) && capitalised(bare[n]) && !capitals(n) {
				n++
			}
			name := bare[i:n]
			if begins && !slices.Contains(surnames, lang.Fold(name[0])) {
				name = name[1:]
			}
			if len(name) >= 2 && len(name) <= 8 {
				counts[strings.Join(name, " ")]++
			}
			i = n - 1
		}
		begins = strings.ContainsAny(words[i], ".!?:…")
	}
}

func capitalised(w string) bool {
	r, n := utf8.DecodeRuneInString(w)
	return unicode.IsUpper(r) && n < len(w) && !strings.ContainsFunc(w, unicode.IsDigit)
}

// surnames begin most Vietnamese names (domain reference); a sentence may begin with one.
var surnames = strings.Fields("nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh mai lâm cao châu tạ hà thái")

// PlainText gives the words of a document: plain text (UTF-8 or UTF-16), HTML, or a
// Word document (DOCX). name is the file as errors call it.
func PlainText(name string, b []byte) (string, error) {
	bad := func(err error) error { return fault.New(fault.Invalid, "%.80s: %w", name, err) }
	if len(b) > maxBytes {
		return "", bad(refuse("Tệp lớn hơn %d MB.", "The file is larger than %d MB.", maxBytes>>20))
	}
	if bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		text, err := docx(b)
		if err != nil {
			return "", bad(err)
		}
		return text, nil
	}
	text, err := decode(b)
	if err != nil {
		return "", bad(err)
	}
	if strings.ContainsRune(text, 0) {
		return "", bad(refuse("Đây không phải văn bản: chỉ đọc được tệp Word (.docx) và văn bản thuần.", "not a text: only plain text and Word documents (.docx) are read"))
	}
	if looksLikeHTML(text) {
		lines, err := htmlLines(text)
		if err != nil {
			return "", bad(err)
		}
		var all []string
		for _, l := range lines {
			all = append(all, strings.Join(l.cells, " "))
		}
		return strings.Join(all, "\n"), nil
	}
	return lang.NFC(text), nil
}

// docx gives the text of a Word document's body, a paragraph a line.
func docx(b []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", refuseFor(err, "Tệp Word bị hỏng.", "a damaged document")
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		return "", refuse("Đây không phải tệp Word. Hãy lưu thành .docx hoặc văn bản thuần.", "not a Word document: save it as .docx or as plain text")
	}
	defer f.Close()
	var out strings.Builder
	d := xml.NewDecoder(io.LimitReader(f, maxPart+1))
	inText := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return lang.NFC(out.String()), nil
		}
		if err != nil {
			return "", refuseFor(err, "Tệp Word bị hỏng hoặc lớn hơn %d MB.", "a damaged document, or one of more than %d MB", maxPart>>20)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				inText = true
			case "tab", "br":
				out.WriteByte(' ')
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "p":
				out.WriteByte('\n')
			}
		case xml.CharData:
			if inText {
				out.Write(t)
			}
		}
	}
}
