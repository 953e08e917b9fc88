package desk_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/minutes/desk"
)

func TestAHostileBodyIsRefusedWhateverTheKind(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("một", "hai")
	for _, k := range desk.Kinds() {
		for i, body := range []string{
			`null`, `[]`, `"x"`, `{`, `{} {}`, `{"unknown":1}`, `{"id":5}`, `{"recording":"r1","segment":"s1","segments":["s1","s1","s99"],"at":-1,"text":"\u0000","to":"x","from":-9}`,
			`{"id":"` + strings.Repeat("x", 1000) + `"}`, `{"text":"` + strings.Repeat("x", 30_000) + `","item":"i1"}`, `{"items":[{"title":"a","parent":"7"}]}`,
			`{"recording":"r1","sample":9223372036854775807,"age":9223372036854775807,"item":"i1","text":"a","person":"b","reason":"c"}`,
			`{"key":"vote:"}`, `{"key":"head.title"}`, `{"count":-5,"event":"leave"}`, `{"act":"act-0000000000001"}`, `{"take":"mine","id":"k1"}`,
		} {
			a := desk.Act{ID: fmt.Sprintf("hostile-%08d", i), Kind: k, Base: r.s.Seq, Body: json.RawMessage(body), By: "u", Name: "u", At: began}
			in := desk.Input{Seq: r.s.Seq + 1}
			if u, known := r.acts[a.Undoes()]; known {
				in.Undone, in.UndoneSeq, in.UndoneKind = &u.body, u.seq, u.kind
			}
			in.Text = r.source(a.Needs(r.s, in.Undone))
			_, err := desk.Apply(r.s, a, desk.Roles{desk.Clerk, desk.Archivist}, in)
			if fault.CodeOf(err) == fault.Internal || err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%s with %.80s: %v", k, body, err)
			}
			if err == nil && (strings.HasPrefix(body, "[") || strings.HasPrefix(body, `"`) || body == "{" || body == "{} {}" || strings.Contains(body, "unknown")) {
				t.Errorf("%s with %s: taken", k, body)
			}
		}
	}
}
