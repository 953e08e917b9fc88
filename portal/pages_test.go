package portal

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template/parse"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"bienban/minutes/desk"
	"bienban/portal/text"
)

func TestEveryPageParsesInEveryLanguage(t *testing.T) {
	all, files := loadAll(t)
	for language, ts := range all {
		if len(ts.byFile) == 0 {
			t.Errorf("no page in %s", language)
		}
		for _, file := range htmlFiles(t, files) {
			if name := strings.TrimSuffix(file, ".html"); !strings.HasSuffix(file, partSuffix) && file != layoutFile && ts.byFile[name] == nil {
				t.Errorf("%s is no page in %s", file, language)
			}
		}
	}
}

func TestNoPageHasTextOutsideTheCatalogues(t *testing.T) {
	_, files := loadAll(t)
	for _, file := range htmlFiles(t, files) {
		b, err := fs.ReadFile(files, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range textOutside(string(b)) {
			t.Errorf("web/%s: %q belongs into portal/text", file, found)
		}
	}
}

func TestTextOutsideTheCataloguesIsFound(t *testing.T) {
	for page, want := range map[string]string{
		`<p>Lưu</p>`:                                    "Lưu",
		`<p>{{t "save"}} now</p>`:                       "now",
		`<input placeholder="name">`:                    "name",
		`<button aria-label="Close">{{t "x"}}</button>`: "Close",
		`<p>{{if .Data}}yes{{end}}</p>`:                 "yes",
	} {
		if got := strings.Join(textOutside(page), " "); got != want {
			t.Errorf("%s: found %q, want %q", page, got, want)
		}
	}
	if got := textOutside(`<p class="card">{{t "save"}} · 2 – {{.Data}}</p><script src="x"></script><input name="a" value="{{.B}}">`); len(got) > 0 {
		t.Errorf("found %q in a page that has none", got)
	}
}

// action is what stands in a template between the braces.
var action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// textOutside gives the words of a page's source that stand where a person reads them.
func textOutside(source string) []string {
	var found []string
	see := func(s string) {
		if strings.ContainsFunc(s, unicode.IsLetter) {
			found = append(found, strings.TrimSpace(s))
		}
	}
	z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(source, "")))
	in := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.TextToken:
			switch in {
			case "kbd": // the name of a key
			case "noscript": // to the tokenizer its content is text
				found = append(found, textOutside(string(z.Raw()))...)
			default:
				see(string(z.Text()))
			}
		case html.EndTagToken:
			in = ""
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			in = tok.Data
			for _, a := range tok.Attr {
				switch a.Key {
				case "title", "alt", "placeholder", "aria-label", "aria-description", "label", "data-name", "data-confirm":
					see(a.Val)
				}
			}
		}
	}
}

func TestEveryKeyThatAPageNamesExistsAndEveryKeyIsNamed(t *testing.T) {
	all, files := loadAll(t)
	c := all["vi"].catalogue
	named := map[string]string{} // key or prefix* → where
	for language, ts := range all {
		pages := maps.Clone(ts.byFile)
		pages["*"+partSuffix] = ts.parts // what only GET …/parts/… shows is in no page
		for name, page := range pages {
			for _, one := range page.Templates() {
				if one.Tree != nil && language == "vi" {
					keysIn(one.Tree.Root, func(key string) {
						if word, perhaps := strings.CutPrefix(key, "?"); perhaps && !c.Has(word) {
							return
						} else if perhaps {
							key = word
						}
						named[key] = "web/" + name + ".html"
					})
				}
			}
		}
	}
	for file, source := range sources(t, files) {
		for _, m := range keyInSource.FindAllStringSubmatch(source, -1) {
			key := m[1]
			if strings.HasSuffix(key, ".") {
				key += "*"
			}
			named[key] = file
		}
	}
	for key, where := range named {
		if strings.HasSuffix(key, "*") || c.Has(key) || c.Has(key+".one") || !strings.HasSuffix(where, ".html") {
			continue // in Go and in scripts a quoted word need be no key
		}
		t.Errorf("%s names %q, which no catalogue has", where, key)
	}
	for _, key := range c.Keys() {
		stem := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		used := named[key] != "" || named[stem] != ""
		for name := range named {
			if prefix, is := strings.CutSuffix(name, "*"); is && strings.HasPrefix(key, prefix) {
				used = true
			}
		}
		if !used {
			t.Errorf("no page uses the text %q", key)
		}
	}
}

// keyInSource finds keys in Go and in scripts: quoted words with points between,
// or the beginning of one, which ends with a point.
var keyInSource = regexp.MustCompile("[\"`]([a-z][a-z0-9_-]*(?:\\.[a-z0-9_-]+)*\\.?)[\"`]")

// keysIn calls f with the keys of a template's t and n; a key put together by
// print is given as its beginning and *.
func keysIn(n parse.Node, f func(string)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, one := range n.Nodes {
			keysIn(one, f)
		}
	case *parse.ActionNode:
		keysIn(n.Pipe, f)
	case *parse.IfNode:
		keysIn(n.Pipe, f)
		keysIn(n.List, f)
		keysIn(n.ElseList, f)
	case *parse.RangeNode:
		keysIn(n.Pipe, f)
		keysIn(n.List, f)
		keysIn(n.ElseList, f)
	case *parse.WithNode:
		keysIn(n.Pipe, f)
		keysIn(n.List, f)
		keysIn(n.ElseList, f)
	case *parse.TemplateNode:
		keysIn(n.Pipe, f)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			keysIn(c, f)
		}
	case *parse.StringNode:
		f("?" + n.Text) // perhaps a key that is handed on
	case *parse.CommandNode:
		if id, ok := n.Args[0].(*parse.IdentifierNode); ok && (id.Ident == "t" || id.Ident == "n") && len(n.Args) > 1 {
			switch a := n.Args[1].(type) {
			case *parse.StringNode:
				f(a.Text)
			case *parse.PipeNode:
				if len(a.Cmds) == 1 && len(a.Cmds[0].Args) > 1 {
					if s, ok := a.Cmds[0].Args[1].(*parse.StringNode); ok {
						f(s.Text + "*")
					}
				}
			}
		}
		for _, a := range n.Args {
			keysIn(a, f)
		}
	}
}

// sources are the Go files of this package and the scripts, by name.
func sources(t *testing.T, files fs.FS) map[string]string {
	t.Helper()
	out := map[string]string{}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(b)
	}
	scripts, err := fs.Glob(files, "*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range scripts {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		out["web/"+name] = string(b)
	}
	return out
}

func TestARoleHasOneNameInPagesAndInTheHistory(t *testing.T) {
	all, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range append(desk.MeetingRoles(), desk.Administrator) {
		for language, c := range all {
			if here, there := c.Text("role."+string(r)), r.Name().In(language); here != there {
				t.Errorf("%s in %s: %q on pages, %q in what was done", r, language, here, there)
			}
		}
	}
}

func TestNoScriptOrStyleStandsInline(t *testing.T) {
	_, files := loadAll(t)
	for _, file := range htmlFiles(t, files) {
		b, err := fs.ReadFile(files, file)
		if err != nil {
			t.Fatal(err)
		}
		z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(string(b), "x")))
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			if tok.Type != html.StartTagToken && tok.Type != html.SelfClosingTagToken {
				continue
			}
			attr := map[string]string{}
			for _, a := range tok.Attr {
				attr[a.Key] = a.Val
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("web/%s: <%s %s=…> is refused by the content security policy", file, tok.Data, a.Key)
				}
			}
			if tok.Data == "style" || tok.Data == "script" && attr["src"] == "" && attr["type"] != "application/json" {
				t.Errorf("web/%s: an inline <%s> is refused by the content security policy", file, tok.Data)
			}
		}
	}
}

func TestTheFirstPageIsSmall(t *testing.T) {
	files, err := fs.Sub(web, "web")
	if err != nil {
		t.Fatal(err)
	}
	a, err := loadAssets(files)
	if err != nil {
		t.Fatal(err)
	}
	sum := 20_000 // the page itself, generously
	for _, name := range []string{"style.css", "portal.js", "icon.svg"} {
		sum += len(a.byFile[name].body)
	}
	if sum > 100_000 {
		t.Errorf("the first page has %d bytes, of 100,000 allowed", sum)
	}
}

func loadAll(t *testing.T) (map[string]*templates, fs.FS) {
	t.Helper()
	files, err := fs.Sub(web, "web")
	if err != nil {
		t.Fatal(err)
	}
	catalogues, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := loadAssets(files)
	if err != nil {
		t.Fatal(err)
	}
	all, err := loadTemplates(files, catalogues, a, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return all, files
}

func htmlFiles(t *testing.T, files fs.FS) []string {
	t.Helper()
	names, err := fs.Glob(files, "*.html")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return names
}

// The review is the page with the most script. Its own part stays small, and
// what a browser fetches for it, compressed, too.
func TestTheReviewsScriptsStaySmall(t *testing.T) {
	files, err := fs.Sub(web, "web")
	if err != nil {
		t.Fatal(err)
	}
	a, err := loadAssets(files)
	if err != nil {
		t.Fatal(err)
	}
	own, sent := 0, 0
	for name, shared := range map[string]bool{"portal.js": true, "live-link.js": true, "sound.js": false, "review.js": false, "review-edit.js": false} {
		if !shared {
			own += len(a.byFile[name].body)
		}
		sent += len(a.byFile[name].compressed)
	}
	if own > 30_000 || sent > 19_000 {
		t.Errorf("the review's own scripts have %d bytes, of 30,000 allowed; %d are sent, of 19,000", own, sent)
	}
}
