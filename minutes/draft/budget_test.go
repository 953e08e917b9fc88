package draft_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"bienban/minutes"
	"bienban/minutes/draft"
	"bienban/transcribe"
)

// Whatever the context, the speech and the tokeniser, no request passes the
// context, and every sentence is either sent whole, in stretches, or drafted by rule.
func TestNoRequestPassesTheContextAndNothingIsLeftOut(t *testing.T) {
	words := strings.Fields("đường ngập nước khóm chi bộ phường xã hội trường học sinh giáo viên nguồn vốn hạ tầng tuyến kênh cầu trạm")
	for round := range 12 {
		rnd := rand.New(rand.NewPCG(7, uint64(round)))
		size := []int{300, 700, 1024, 2048, 4096, 32768}[round%6]
		perToken := 1.8 + 2.2*rnd.Float64() // runes a token of the server's tokeniser
		tokens := func(s string) int { return int(float64(utf8.RuneCountInString(s))/perToken) + 1 }
		var said []string
		n := 1 + rnd.IntN(6)
		for i := range n {
			length := 3 + rnd.IntN(110)
			var b strings.Builder
			fmt.Fprintf(&b, "Câu số %d nói về", 1000+i)
			for k := range length {
				b.WriteString(" " + words[(i+k*7)%len(words)])
			}
			said = append(said, b.String()+".")
		}
		s := newStub(t, func(w http.ResponseWriter, _ *http.Request, a ask) {
			if used := tokens(a.system) + tokens(a.user) + a.maxTokens; used > size {
				t.Errorf("a request of %d tokens for a context of %d", used, size)
			}
			sayAll(w, faithful(a))
		})
		m := &minutes.Meeting{Kind: minutes.KindCell, Language: "vi", Title: "Sinh hoạt", Agenda: []minutes.AgendaItem{{ID: "1", Title: "Ý kiến"}}}
		tr := &transcribe.Transcript{Language: "vi", Segments: []transcribe.Segment{{ID: "s1", End: 60, Item: "1", Speaker: "Lê Văn An", Text: strings.Join(said, " ")}}}
		out, err := draft.Draft(context.Background(), m, tr, draft.Options{LLM: &draft.LLM{BaseURL: s.URL, Model: "stub", ContextTokens: size}})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(txt(out)), " ")
		for i := range said {
			if !strings.Contains(text, fmt.Sprintf("%d", 1000+i)) && !strings.Contains(text, fmt.Sprintf("1.%03d", i)) {
				t.Errorf("sentence %d is in no minutes", i)
			}
		}
		sent := ""
		for _, a := range s.seen() {
			for _, e := range a.evidence {
				sent += " " + e.Text
			}
		}
		if len(s.seen()) > 0 {
			for i, x := range said {
				last := x[strings.LastIndex(x, " "):]
				if !strings.Contains(sent, last) {
					t.Errorf("the end of sentence %d was not sent", i)
				}
			}
		}
		s.Close()
	}
}

func TestAServerThatCountsOtherwiseGetsSmallerParts(t *testing.T) {
	var sizes []int
	s := newStub(t, func(w http.ResponseWriter, _ *http.Request, a ask) {
		sizes = append(sizes, len(a.evidence))
		if len(a.evidence) > 1 {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":{"message":"the request exceeds the available context size"}}`)
			return
		}
		sayAll(w, faithful(a))
	})
	m, c := load(t, "dai-hoi-mau")
	out := mustDraft(t, m, c, draft.Options{LLM: llmOf(s)})
	score(t, c, out)
	if out.Drafted.LLM == "" {
		t.Errorf("the model was given up; parts: %v", sizes)
	}
}
