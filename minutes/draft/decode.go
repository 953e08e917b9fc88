package draft

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"bienban/internal/lang"
)

// schema is what an answer must be.
const schema = `{"type":"object","properties":{"sentences":{"type":"array","items":{"type":"object","properties":{"text":{"type":"string"},"cites":{"type":"array","items":{"type":"integer"}}},"required":["text","cites"],"additionalProperties":false}}},"required":["sentences"],"additionalProperties":false}`

// written is one sentence as a model wrote it.
type written struct {
	text  string
	cites []int // numbers of pieces of evidence, as given to the model
}

// Limits on what is read of an answer; past them it is no minutes.
const (
	maxSentences = 400
	maxRunes     = 1500 // of one sentence
)

var errNoSentences = errors.New("the answer holds no sentences")

// decode reads a model's answer: the JSON of the schema, and what models make
// of it: fenced as markdown, with words around it, a bare array, ids as
// strings. An answer cut short gives its whole sentences. It never fails on a
// part: what cannot be read is left out, and an answer without any sentence is
// an error.
func decode(answer string) ([]written, error) {
	var out []written
	for _, open := range []string{"{", "["} {
		at := strings.Index(answer, open)
		if at < 0 {
			continue
		}
		if out = sentencesIn(answer[at:]); len(out) > 0 {
			return out, nil
		}
	}
	return nil, errNoSentences
}

// sentencesIn walks the JSON as far as it is whole and collects every object
// that has a text.
func sentencesIn(s string) []written {
	var whole struct {
		Sentences []json.RawMessage `json:"sentences"`
	}
	dec := json.NewDecoder(strings.NewReader(s))
	if strings.HasPrefix(s, "{") {
		if dec.Decode(&whole) == nil {
			return collect(whole.Sentences)
		}
		i := strings.Index(s, "[")
		if i < 0 {
			return nil
		}
		s = s[i:]
		dec = json.NewDecoder(strings.NewReader(s))
	}
	if tok, err := dec.Token(); err != nil || tok != json.Delim('[') {
		return nil
	}
	var list []json.RawMessage
	for dec.More() && len(list) < maxSentences {
		var one json.RawMessage
		if dec.Decode(&one) != nil {
			break
		}
		list = append(list, one)
	}
	return collect(list)
}

func collect(list []json.RawMessage) []written {
	var out []written
	for _, raw := range list[:min(len(list), maxSentences)] {
		var one struct {
			Text  string            `json:"text"`
			Cites []json.RawMessage `json:"cites"`
		}
		if json.Unmarshal(raw, &one) != nil {
			continue
		}
		w := written{text: tidy(one.Text)}
		for _, c := range one.Cites {
			if n, err := strconv.Atoi(strings.Trim(string(c), "\"[] s#")); err == nil {
				w.cites = append(w.cites, n)
			}
		}
		if n := len([]rune(w.text)); n > 0 && n <= maxRunes {
			out = append(out, w)
		}
	}
	return out
}

var (
	markdown = regexp.MustCompile("(?:\\*\\*|__|`)")
	bullet   = regexp.MustCompile(`^(?:[-*•]\s+|\(?\d{1,2}[.)]\s+)`)
	idsIn    = regexp.MustCompile(`\s*[\[(](?:id\s*)?\d{1,3}(?:\s*,\s*\d{1,3})*\]`)
)

// tidy takes away the dress that models put on a sentence: marks of markdown, a
// bullet, the ids of its evidence.
func tidy(s string) string {
	s = lang.NFC(s)
	s = strings.Join(strings.Fields(s), " ")
	s = bullet.ReplaceAllString(markdown.ReplaceAllString(s, ""), "")
	return strings.TrimSpace(idsIn.ReplaceAllString(s, ""))
}
