package portal_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"bienban/minutes/desk"
)

func TestWhoeverReloadsOrIsSignedOutWhileWritingANoteLosesNothingOfIt(t *testing.T) {
	o := newOffice(t, "council-demo")
	b := o.browser()
	b.open("binh", "/live")
	value := `document.getElementById("note-text").value`

	// A page that is loaded again, and one that was left and is opened anew.
	b.run(chromedp.Focus(chromedp.CSS("#note-text")))
	b.keys("Ghi chú dở dang")
	for _, way := range []string{`location.reload()`, `location.assign(location.pathname.replace("/live", "/review"))`} {
		b.text(`(window.was = true, ` + way + `)`)
		b.wait(`!window.was`)
		b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/live"))
		b.wait(value + ` === "Ghi chú dở dang"`)
	}

	// Signed out, say in another tab: the desk stays, and says where to sign in.
	b.wait(`!document.getElementById("link").classList.contains("bad") && window.bienban.link`)
	b.answer(`fetch("/logout", {method: "POST"}).then(r => r.status + "")`)
	b.wait(`document.querySelector("#link a[href='/login']")`)
	b.text(`bienban.link.refresh("live")`)
	b.run(chromedp.Focus(chromedp.CSS("#note-text")))
	b.keys(", xong\r")
	b.wait(`/1/.test(document.getElementById("link").textContent)`) // kept
	if n := len(o.state().Notes); n != 0 {
		t.Errorf("%d notes by nobody", n)
	}
	// Somebody else signs in in this browser: it is not theirs.
	signIn := func(login string) {
		b.answer(fmt.Sprintf(`fetch("/login", {method: "POST", body: new URLSearchParams({login: %q, password: %q})}).then(r => r.status + "")`, login, password))
	}
	signIn("an")
	b.answer(`fetch(location.pathname.replace("/live", "/acts"), {method: "POST", headers: {"Bienban-Account": document.body.dataset.account, "Accept": "application/json"}}).then(r => r.status + "")`)
	b.wait(`document.querySelector("#link a[href='/login']")`)
	signIn("binh")
	st := o.until("the note is there", func(s *desk.State) bool { return len(s.Notes) > 0 })
	if n := st.Notes[0]; n.Text != "Ghi chú dở dang, xong" || n.Stamp.By != o.people["binh"].ID {
		t.Errorf("%+v", n)
	}
	b.wait(`!document.querySelector("#link a") && document.getElementById("note-text")`)
	if v := b.text(value); v != "" {
		t.Errorf("what was sent is still there: %q", v)
	}
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/live"))
	if v := b.text(value); v != "" {
		t.Errorf("what was sent is there again: %q", v)
	}
}
