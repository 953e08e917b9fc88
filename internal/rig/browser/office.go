package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"bienban/internal/rig"
	"bienban/minutes/desk"
)

// Password is everybody's in an office.
const Password = "một mật khẩu đủ dài 42"

// Person is somebody who is to have an account and roles in the meeting.
type Person struct {
	Login, Name string
	Roles       []desk.Role
}

// Office is an installation with one meeting, set up over HTTP as people do it.
type Office struct {
	URL     string
	Meeting string
	Admin   *Client // who is the meeting's first clerk, too
}

// Address waits until a serve answers, and gives its address.
func Address(ctx context.Context, serve *rig.Process) (string, error) {
	return serve.Until(ctx, `serving on (https?://[^ ,]+)`)
}

// SetUp makes the first administrator by the link that a new serve prints, accounts,
// and a meeting with its members. title is the meeting's.
func SetUp(ctx context.Context, serve *rig.Process, title string, people []Person) (*Office, error) {
	o := &Office{}
	var err error
	if o.URL, err = Address(ctx, serve); err != nil {
		return nil, err
	}
	link, err := serve.Until(ctx, `open (\S+/setup/\S+)`)
	if err != nil {
		return nil, err
	}
	if o.Admin, err = New(o.URL); err != nil {
		return nil, err
	}
	if _, err := o.Admin.Form(ctx, strings.TrimPrefix(link, o.URL), url.Values{"login": {"admin"}, "name": {"Quản trị"}, "password": {Password}, "again": {Password}}); err != nil {
		return nil, err
	}
	for _, p := range people {
		if _, err := o.Admin.Form(ctx, "/users", url.Values{"login": {p.Login}, "name": {p.Name}, "password": {Password}, "language": {"vi"}}); err != nil {
			return nil, err
		}
	}
	at, err := o.Admin.Form(ctx, "/meetings/new", url.Values{"kind": {"council"}, "language": {"en"}, "from": {"empty"}, "title": {title}})
	if err != nil {
		return nil, err
	}
	id, is := strings.CutPrefix(at, "/m/")
	if !is {
		return nil, fmt.Errorf("a new meeting leads to %q", at)
	}
	o.Meeting = id
	return o, o.members(ctx, people)
}

// option is an entry of a form's list: id, then name and login.
var option = regexp.MustCompile(`<option value="([^"]+)">[^<]*\(([^()<]+)\)</option>`)

// errNobody is an account that the form does not offer.
var errNobody = errors.New("the members' page does not offer this account")

func (o *Office) members(ctx context.Context, people []Person) error {
	page, err := o.Admin.Get(ctx, "/m/"+o.Meeting+"/members")
	if err != nil {
		return err
	}
	ids := map[string]string{}
	for _, m := range option.FindAllStringSubmatch(page, -1) {
		ids[m[2]] = m[1]
	}
	for _, p := range people {
		if len(p.Roles) == 0 {
			continue
		}
		if ids[p.Login] == "" {
			return fmt.Errorf("%s: %w", p.Login, errNobody)
		}
		f := url.Values{"user": {ids[p.Login]}, "do": {"set"}}
		for _, r := range p.Roles {
			f.Add("role", string(r))
		}
		if _, err := o.Admin.Form(ctx, "/m/"+o.Meeting+"/members", f); err != nil {
			return err
		}
	}
	return nil
}

// Enter signs somebody in.
func (o *Office) Enter(ctx context.Context, login string) (*Client, error) {
	c, err := New(o.URL)
	if err != nil {
		return nil, err
	}
	return c, c.SignIn(ctx, login, Password)
}

// newest is where a page of the desk says which event it has.
var newest = regexp.MustCompile(`data-seq="(\d+)"`)

// errNoSeq is a page of the desk that does not say which event it has.
var errNoSeq = errors.New("the live desk does not say its newest event")

// Seq is the newest event that a page of the live desk begins with.
func (c *Client) Seq(ctx context.Context, meeting string) (int64, error) {
	page, err := c.Get(ctx, "/m/"+meeting+"/live")
	if err != nil {
		return 0, err
	}
	m := newest.FindStringSubmatch(page)
	if m == nil {
		return 0, errNoSeq
	}
	return strconv.ParseInt(m[1], 10, 64)
}

// Do does an act that must succeed, as the administrator who is the clerk. act is
// its id.
func (o *Office) Do(ctx context.Context, act string, kind desk.Kind, body any) (desk.Done, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return desk.Done{}, err
	}
	seq, err := o.Admin.Seq(ctx, o.Meeting)
	if err != nil {
		return desk.Done{}, err
	}
	a, err := o.Admin.Act(ctx, o.Meeting, Act{ID: act, Kind: kind, Base: seq, Body: b})
	if err != nil {
		return desk.Done{}, err
	}
	if a.Done == nil {
		return desk.Done{}, &Status{string(kind), a.Status, a.Message}
	}
	return *a.Done, nil
}
