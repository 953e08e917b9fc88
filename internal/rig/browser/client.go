package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"bienban/minutes/desk"
)

// Client is one person's browser.
type Client struct {
	base string
	http *http.Client
}

// answerWait is how long an answer may take that is no event stream.
const answerWait = 30 * time.Second

// New opens a browser at a server's address, "http://host:port".
func New(base string) (*Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &Client{base: strings.TrimSuffix(base, "/"), http: &http.Client{
		Jar:       jar,
		Transport: &http.Transport{MaxIdleConnsPerHost: 6, IdleConnTimeout: time.Minute}, // a browser's six
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}, nil
}

// Status is an answer that was not the one that was wanted.
type Status struct {
	What string
	Code int
	Body string
}

// Error implements error.
func (s *Status) Error() string { return fmt.Sprintf("%s: status %d: %.300s", s.What, s.Code, s.Body) }

// request makes a request of a page of this server.
func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Language", "vi,en;q=0.5")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		r.Header.Set("Origin", c.base)
	}
	return r, nil
}

// answer is what came back, whole.
type answer struct {
	status   int
	location string // where a redirect leads
	body     []byte
}

// send gives the whole answer.
func (c *Client) send(r *http.Request) (answer, error) {
	res, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header.Get("Location"), b}, err
}

// Get fetches a page that must be there.
func (c *Client) Get(ctx context.Context, path string) (string, error) {
	ctx, stop := context.WithTimeout(ctx, answerWait)
	defer stop()
	r, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return "", err
	}
	got, err := c.send(r)
	if err == nil && got.status != http.StatusOK {
		err = &Status{"GET " + path, got.status, string(got.body)}
	}
	return string(got.body), err
}

// Form sends a form and gives where the answer leads.
func (c *Client) Form(ctx context.Context, path string, fields url.Values) (to string, err error) {
	ctx, stop := context.WithTimeout(ctx, answerWait)
	defer stop()
	r, err := c.request(ctx, http.MethodPost, path, strings.NewReader(fields.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := c.send(r)
	if err != nil {
		return "", err
	}
	if got.status != http.StatusSeeOther {
		return "", &Status{"POST " + path, got.status, string(got.body)}
	}
	return got.location, nil
}

// SignIn signs somebody in.
func (c *Client) SignIn(ctx context.Context, login, password string) error {
	_, err := c.Form(ctx, "/login", url.Values{"login": {login}, "password": {password}, "next": {"/"}})
	return err
}

// Act is an act as a page sends it.
type Act struct {
	ID   string          `json:"id"`
	Kind desk.Kind       `json:"kind"`
	Base int64           `json:"base"`
	Body json.RawMessage `json:"body"`
}

// Answer is what came back for an act. Done is nil when it was refused or the
// server could not answer.
type Answer struct {
	Status  int
	Done    *desk.Done
	Message string
}

// errNoJSON is an answer that no page could read.
var errNoJSON = errors.New("the answer is no JSON")

// Act sends an act once. An error means that no answer came: whether it was done is
// not known, and the same act may be sent again.
func (c *Client) Act(ctx context.Context, meeting string, a Act) (Answer, error) {
	return c.actFrom(ctx, meeting, a, "same-origin")
}

// ActOfAnotherSite sends an act as a page of another site would make the browser do.
func (c *Client) ActOfAnotherSite(ctx context.Context, meeting string, a Act) (Answer, error) {
	return c.actFrom(ctx, meeting, a, "cross-site")
}

func (c *Client) actFrom(ctx context.Context, meeting string, a Act, site string) (Answer, error) {
	ctx, stop := context.WithTimeout(ctx, answerWait)
	defer stop()
	b, err := json.Marshal(a)
	if err != nil {
		return Answer{}, err
	}
	r, err := c.request(ctx, http.MethodPost, "/m/"+meeting+"/acts", bytes.NewReader(b))
	if err != nil {
		return Answer{}, err
	}
	r.GetBody = nil // net/http must not send it again by itself: the page decides
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Sec-Fetch-Site", site)
	if site != "same-origin" {
		r.Header.Set("Origin", "https://elsewhere.example")
	}
	got, err := c.send(r)
	if err != nil {
		return Answer{}, err
	}
	out := Answer{Status: got.status}
	if got.status >= http.StatusInternalServerError {
		out.Message = string(got.body) // before the store is open the answer is plain text
		return out, nil
	}
	var d struct {
		desk.Done
		Message string `json:"message"`
	}
	if err := json.Unmarshal(got.body, &d); err != nil {
		return out, fmt.Errorf("act: status %d: %w: %.100s", got.status, errNoJSON, got.body)
	}
	if d.Seq > 0 {
		out.Done = &d.Done
	}
	out.Message = d.Message
	return out, nil
}
