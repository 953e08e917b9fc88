package main

import (
	"context"
	"fmt"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// usableMost is how long a first page may take until it can be used, in a browser on
// this machine.
const usableMost = time.Second

// usable opens the page for signing in with a real browser, with nothing in its cache,
// and says how long it took until it could be used: until its load event has ended.
func usable(ctx context.Context, url string) error {
	path, err := exec.LookPath("chromium")
	if err != nil {
		fmt.Println("no chromium here: how soon a page can be used is not measured")
		return nil //nolint:nilerr // a tool works without it
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	browsers, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	tab, closeTab := chromedp.NewContext(browsers)
	defer closeTab()
	if _, err := chromedp.Run(tab, chromedp.Navigate("about:blank")); err != nil { // the browser itself starts
		return err
	}
	if _, err := chromedp.Run(tab, chromedp.Navigate(url+"/login")); err != nil {
		return err
	}
	took, err := chromedp.Run(tab, chromedp.Evaluate[float64](`new Promise(done => {
		const look = () => { const at = performance.getEntriesByType("navigation")[0].loadEventEnd; at ? done(at) : setTimeout(look, 5); };
		look();
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	fmt.Printf("the first page can be used after %.0f ms\n", took)
	return over("the first page could be used only after", took/1000, usableMost.Seconds(), "s")
}
