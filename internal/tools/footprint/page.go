package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"bienban/internal/hall"
	"bienban/internal/rig/browser"
	"bienban/minutes/desk"
)

// page is a live desk that is open: it follows the events, fetches the parts that
// they change (live.js), and somebody writes a note now and then.
func page(ctx context.Context, c *browser.Client, meeting string, i int) {
	seq, err := c.Seq(ctx, meeting)
	if err != nil {
		return
	}
	noted := time.Now()
	source := browser.Source{Client: c, Meeting: meeting, After: seq, Message: func(m browser.Message) error {
		if m.Event != "" {
			return nil
		}
		var e desk.Event
		if err := json.Unmarshal([]byte(m.Data), &e); err != nil {
			return err
		}
		part := "live"
		if e.Type == hall.EventFinal {
			part = "live-text"
		}
		if _, err := c.Get(ctx, "/m/"+meeting+"/parts/"+part); err != nil && ctx.Err() == nil {
			return err
		}
		if time.Since(noted) > 5*time.Second {
			noted = time.Now()
			body, err := json.Marshal(desk.NoteMade{Text: fmt.Sprintf("ghi chú ở sự kiện %d", e.Seq)})
			if err != nil {
				return err
			}
			_, err = c.Act(ctx, meeting, browser.Act{ID: fmt.Sprintf("footprint-%d-%012d", i, e.Seq), Kind: desk.KindNote, Base: e.Seq, Body: body})
			return err
		}
		return nil
	}}
	if err := source.Run(ctx); err != nil && ctx.Err() == nil {
		fmt.Println("a page has failed:", err)
	}
}

// asset finds what a page loads from this server.
var asset = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)

// pages fetches the page for signing in, and the live desk as somebody who has signed
// in, each with all that it loads, and says how much that is and how long it took.
func pages(ctx context.Context, o *browser.Office, most int64) error {
	c, err := browser.New(o.URL)
	if err != nil {
		return err
	}
	var found []error
	for _, path := range []string{"/login", "/", "/m/" + o.Meeting, "/m/" + o.Meeting + "/live", "/m/" + o.Meeting + "/review"} {
		if path == "/" {
			if err := c.SignIn(ctx, login(0), browser.Password); err != nil {
				return err
			}
		}
		began := time.Now()
		body, err := c.Get(ctx, path)
		if err != nil {
			return err
		}
		bytes, files := int64(len(body)), 1
		for _, m := range asset.FindAllStringSubmatch(body, -1) {
			b, err := c.Get(ctx, strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil {
				return err
			}
			bytes += int64(len(b))
			files++
		}
		fmt.Printf("%-28s %6.1f kB in %d files, %.0f ms\n", strings.ReplaceAll(path, o.Meeting, "…"), float64(bytes)/1000, files, float64(time.Since(began).Microseconds())/1000)
		if path == "/login" {
			found = append(found, over("the first page is", float64(bytes)/1000, float64(most)/1000, "kB"))
		}
	}
	return errors.Join(found...)
}
