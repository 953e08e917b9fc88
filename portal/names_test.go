package portal_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bienban/internal/accounts"
)

// TestWhereAPersonIsLookedForNamesStandInTheirOrder looks at the lists of accounts and of members, and at the lists
// out of which a person is chosen.
func TestWhereAPersonIsLookedForNamesStandInTheirOrder(t *testing.T) {
	s := newSite(t)
	clerk, admin := s.client("clerk"), s.client("admin")
	at := "/m/" + s.meeting
	names := []string{"An Văn Zũng", "Ân Thị An", "Dung Thị Hoa", "Đỗ Văn Ê", "Trần An"} // by bytes Ân and Đỗ stand last
	for i, name := range []string{names[4], names[3], names[1], names[2], names[0]} {
		login := "nguoi" + string(rune('a'+i))
		a, err := s.people.Add(t.Context(), accounts.Terminal, accounts.New{Login: login, Name: name, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		s.users[login] = a
	}
	ordered := func(what, page string) {
		t.Helper()
		page = html.UnescapeString(page)
		last := -1
		for _, name := range names {
			i := strings.Index(page, name)
			if i <= last {
				t.Errorf("%s: %q stands at %d, the name before it at %d", what, name, i, last)
			}
			last = i
		}
	}
	ordered("who can be added", clerk.get(at+"/members").is(http.StatusOK).body)
	ordered("accounts", admin.get("/users").is(http.StatusOK).body)
	ordered("the log", admin.get("/log?from=2020-01-01&to=2020-01-02").is(http.StatusOK).body)
	for _, login := range []string{"nguoia", "nguoib", "nguoic", "nguoid", "nguoie"} {
		clerk.post(at+"/members", url.Values{"user": {s.users[login].ID}, "role": {"secretary"}, "do": {"set"}}).is(http.StatusSeeOther)
	}
	ordered("members", clerk.get(at+"/members").is(http.StatusOK).body)
	ordered("the history", clerk.get(at+"/history?from=2020-01-01&to=2020-01-02").is(http.StatusOK).body)
}

func TestANewAccountIsOfferedInTheLanguageOfWhoMakesIt(t *testing.T) {
	s := newSite(t)
	admin := s.client("admin")
	for _, language := range []string{"en", "vi"} {
		admin.post("/language", url.Values{"language": {language}}).is(http.StatusSeeOther)
		for _, f := range forms(t, "/users", admin.get("/users").is(http.StatusOK).body) {
			for _, one := range f.fields {
				if one.name == "language" && one.value != language {
					t.Errorf("on a page in %s a new account is offered in %q", language, one.value)
				}
			}
		}
	}
}

// What a meeting goes on by stands out; what interrupts it, and the way back, do not.
func TestOnlyAStepOnwardStandsOut(t *testing.T) {
	s := newSite(t)
	clerk := s.client("clerk")
	at := "/m/" + s.meeting
	for _, step := range []struct {
		to     string
		onward []string
	}{{"running", []string{"closed"}}, {"recess", []string{"running", "closed"}}, {"closed", []string{"in_review"}}, {"in_review", nil}} {
		for _, f := range forms(t, at, clerk.get(at).is(http.StatusOK).body) {
			for _, one := range f.fields {
				if one.name == "to" && one.value == step.to {
					clerk.submit(f, [2]string{}, 1).is(http.StatusSeeOther)
				}
			}
		}
		page := clerk.get(at).is(http.StatusOK).body
		var got []string
		for _, m := range regexp.MustCompile(`name="to" value="([a-z_]+)"><button class="main"`).FindAllStringSubmatch(page, -1) {
			got = append(got, m[1])
		}
		slices.Sort(got)
		slices.Sort(step.onward)
		if !strings.Contains(page, "phase-"+step.to) || !slices.Equal(got, step.onward) {
			t.Errorf("%s: %v stand out, want %v", step.to, got, step.onward)
		}
	}
}
