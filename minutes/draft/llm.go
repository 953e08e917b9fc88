package draft

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// LLM is a language model behind an OpenAI-compatible server.
type LLM struct {
	BaseURL string // of the API; "/v1" is added to a bare host
	Model   string // "" = the first that the server lists
	Key     string // bearer token; may be empty. It goes to BaseURL only
	// ContextTokens is how many tokens prompt and answer may have together; 0 =
	// what the server says in its list of models, else DefaultContext.
	ContextTokens int
	Timeout       time.Duration // of one request; 0 = DefaultTimeout
	// Sparing asks the model only for sentences that the rules cannot leave as
	// they were said; the others are taken over by rule. It is what a small model
	// does best, and saves most of its time. Set by itself for a model that the
	// server says has fewer than SmallModel parameters.
	Sparing bool
	// Budget is how long the model may work for the whole draft; 0 = without
	// limit. Items that it does not reach are drafted by rule, and say so.
	Budget     time.Duration
	HTTPClient *http.Client // nil = a client of its own
	// Waiting, if not nil, is called every WaitingEvery while an answer is awaited,
	// by another goroutine: a person must see that nothing hangs.
	Waiting func(waited time.Duration)
}

const (
	// DefaultContext is what llama.cpp, Ollama and older servers give a model when nobody says otherwise.
	DefaultContext = 4096
	// DefaultTimeout lets a small model on two cores (13 tokens a second) write the longest part that is asked for.
	DefaultTimeout = 3 * time.Minute

	// SmallModel is the number of parameters under which a model mostly copies: a 1.5B one
	// changed "residents have asked" to "informed the residents" where it rewrote.
	SmallModel = 4_000_000_000

	// WaitingEvery is how often one hears of an answer that does not come.
	WaitingEvery = 15 * time.Second

	probeTimeout = 10 * time.Second // for the list of models: a server that is up answers at once
	loadingPause = 500 * time.Millisecond
	maxReply     = 4 << 20 // bytes; far more than the longest part can need
)

// failure is why a language model did not serve, in words that hold nothing of
// the meeting or of the server's answer.
type failure struct {
	why   reason
	cause error
}

type reason int

const (
	whyUnreachable reason = iota + 1
	whyTimeout
	whyStatus
	whyBroken
	whyEmpty
	whyHuge
	whyContext
	whyBudget
	whySchema // the server refuses the JSON schema: asked again without
)

func (f *failure) Error() string {
	return fmt.Sprintf("language model: %s: %v", f.why.text(true), f.cause)
}
func (f *failure) Unwrap() error { return f.cause }

func (r reason) text(english bool) string {
	words := map[reason][2]string{
		whyUnreachable: {"the server cannot be reached", "không kết nối được máy chủ"},
		whyTimeout:     {"no answer in time", "không trả lời kịp"},
		whyStatus:      {"the server answered with an error", "máy chủ báo lỗi"},
		whyBroken:      {"the answer is not the JSON asked for", "trả lời không đúng dạng JSON"},
		whyEmpty:       {"the answer is empty", "trả lời rỗng"},
		whyHuge:        {"the answer is too long", "trả lời quá dài"},
		whyContext:     {"the evidence does not fit the model's context", "bằng chứng vượt quá ngữ cảnh của mô hình"},
		whyBudget:      {"the time for drafting is used up", "hết thời gian dành cho soạn thảo"},
		whySchema:      {"the server refuses a JSON schema", "máy chủ không nhận lược đồ JSON"},
	}[r]
	if english {
		return words[0]
	}
	return words[1]
}

// client talks to the server. One goroutine uses it.
type client struct {
	llm      LLM
	api      *openai.Client
	http     *http.Client
	base     string
	model    string
	context  int
	sparing  bool
	plain    bool // no response format: the server refused the schema
	deadline time.Time
}

func newClient(l LLM) *client {
	c := &client{llm: l, model: l.Model, context: l.ContextTokens, sparing: l.Sparing, base: apiBase(l.BaseURL)}
	if c.llm.Timeout <= 0 {
		c.llm.Timeout = DefaultTimeout
	}
	h := http.Client{}
	if l.HTTPClient != nil {
		h = *l.HTTPClient
	}
	if h.Transport == nil {
		h.Transport = http.DefaultTransport
	}
	h.Transport = limited{h.Transport}
	c.http = &h
	config := openai.DefaultConfig(l.Key)
	config.BaseURL = c.base
	config.HTTPClient = c.http
	c.api = openai.NewClientWithConfig(config)
	return c
}

// apiBase adds the /v1 that OpenAI-compatible servers live under to a bare host.
func apiBase(s string) string {
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	if u, err := url.Parse(s); err == nil && u.Path == "" {
		s += "/v1"
	}
	return s
}

// limited refuses a body past maxReply, so that a mad server cannot fill memory.
type limited struct{ next http.RoundTripper }

var errHuge = errors.New("reply past its limit")

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &limitedBody{resp.Body, maxReply}
	return resp, nil
}

type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errHuge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// probe asks the server which model it has and how much context. A server
// still loading its model is waited for, up to one request's timeout.
func (c *client) probe(ctx context.Context) error {
	if c.llm.Budget > 0 {
		c.deadline = time.Now().Add(c.llm.Budget)
	}
	wait, cancel := context.WithTimeout(ctx, c.llm.Timeout)
	defer cancel()
	for {
		status, err := c.list(wait)
		if err == nil || status != http.StatusServiceUnavailable {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var f *failure
			if err != nil && (c.model == "" || errors.As(err, &f) && f.why == whyUnreachable) {
				return err
			}
			break // a server that lists nothing may still serve the model that was named
		}
		select {
		case <-wait.Done():
			return classify(ctx, wait.Err())
		case <-time.After(loadingPause):
		}
	}
	if c.context <= 0 {
		c.context = DefaultContext
	}
	return nil
}

func (c *client) list(ctx context.Context) (status int, err error) {
	ask, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ask, http.MethodGet, c.base+"/models", nil)
	if err != nil {
		return 0, &failure{whyUnreachable, err}
	}
	if c.llm.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.llm.Key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, classify(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode, &failure{whyStatus, fmt.Errorf("status %d", resp.StatusCode)}
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, classify(ctx, err)
	}
	// The context has no standard name: max_model_len is vLLM's, meta.n_ctx
	// llama.cpp's, the others are routers'.
	var models struct {
		Data []struct {
			ID            string `json:"id"`
			MaxModelLen   int    `json:"max_model_len"`
			ContextLength int    `json:"context_length"`
			ContextWindow int    `json:"context_window"`
			Meta          struct {
				NCtx    int     `json:"n_ctx"`
				NParams float64 `json:"n_params"`
			} `json:"meta"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &models) != nil || len(models.Data) == 0 {
		return http.StatusOK, &failure{whyBroken, errors.New("list of models")}
	}
	for _, m := range models.Data {
		if c.model == "" {
			c.model = m.ID
		}
		// A server of one model serves it under any name.
		if m.ID != c.model && len(models.Data) > 1 {
			continue
		}
		if m.Meta.NParams > 0 && m.Meta.NParams < SmallModel {
			c.sparing = true
		}
		if c.context <= 0 {
			for _, n := range []int{m.Meta.NCtx, m.MaxModelLen, m.ContextLength, m.ContextWindow} {
				if n > 0 {
					c.context = n
					break
				}
			}
		}
	}
	return http.StatusOK, nil
}

// reply is a model's answer to one request.
type reply struct {
	text   string
	prompt int  // tokens of the prompt as the server counted them; 0 = it did not say
	cut    bool // the answer ended at its token limit
}

// ask sends one request. Evidence goes in as data, in user.
func (c *client) ask(ctx context.Context, system, user string, maxTokens int) (reply, error) {
	limit := c.llm.Timeout
	if !c.deadline.IsZero() {
		left := time.Until(c.deadline)
		if left <= 0 {
			return reply{}, &failure{whyBudget, errors.New("budget")}
		}
		limit = min(limit, left)
	}
	call, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	seed := 1 // the same question gets the same answer where the server can
	req := openai.ChatCompletionRequest{
		Model:       c.model,
		Temperature: 0,
		Seed:        &seed,
		MaxTokens:   maxTokens, //nolint:staticcheck // local servers know this name, few know its successor
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: system},
			{Role: openai.ChatMessageRoleUser, Content: user},
		},
	}
	if !c.plain {
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "minutes", Schema: json.RawMessage(schema), Strict: true},
		}
	}
	stop := c.waiting(call)
	resp, err := c.api.CreateChatCompletion(call, req)
	stop()
	if err != nil {
		err = classify(ctx, err)
		var f *failure
		if errors.As(err, &f) && f.why == whySchema && !c.plain {
			c.plain = true
			return c.ask(ctx, system, user, maxTokens)
		}
		if errors.As(err, &f) && f.why == whyTimeout && !c.deadline.IsZero() && !time.Now().Before(c.deadline) {
			f.why = whyBudget
		}
		return reply{}, err
	}
	out := reply{prompt: resp.Usage.PromptTokens}
	if len(resp.Choices) > 0 {
		out.text = resp.Choices[0].Message.Content
		out.cut = resp.Choices[0].FinishReason == openai.FinishReasonLength
	}
	if strings.TrimSpace(out.text) == "" {
		return out, &failure{whyEmpty, errors.New("no content")}
	}
	return out, nil
}

// waiting tells of a request that lasts, until stop or the end of ctx.
func (c *client) waiting(ctx context.Context) (stop func()) {
	if c.llm.Waiting == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	begin, every := time.Now(), time.NewTicker(WaitingEvery)
	var told sync.WaitGroup
	told.Go(func() {
		for {
			select {
			case <-every.C:
				c.llm.Waiting(time.Since(begin))
			case <-ctx.Done():
				return
			}
		}
	})
	return func() { every.Stop(); cancel(); told.Wait() }
}

// classify says what went wrong. Cancelling by the caller stays the context's error.
func classify(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var api *openai.APIError
	var request *openai.RequestError
	var netErr net.Error
	var syntax *json.SyntaxError
	status, message := 0, ""
	if errors.As(err, &api) {
		status, message = api.HTTPStatusCode, strings.ToLower(api.Message)
	} else if errors.As(err, &request) {
		status, message = request.HTTPStatusCode, strings.ToLower(string(bytes.TrimSpace(request.Body)))
	}
	switch {
	case errors.Is(err, errHuge):
		return &failure{whyHuge, err}
	case status >= 400 && status < 500 && tooLong(message):
		return &failure{whyContext, fmt.Errorf("status %d", status)}
	case status == http.StatusBadRequest || status == http.StatusUnprocessableEntity || status == http.StatusNotImplemented:
		return &failure{whySchema, fmt.Errorf("status %d", status)}
	case status != 0:
		return &failure{whyStatus, fmt.Errorf("status %d", status)}
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &netErr) && netErr.Timeout():
		return &failure{whyTimeout, context.DeadlineExceeded}
	case errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return &failure{whyBroken, errors.New("reply cut or malformed")}
	case errors.As(err, &netErr):
		return &failure{whyUnreachable, errors.New("connection failed")}
	}
	var typeError *json.UnmarshalTypeError
	if errors.As(err, &typeError) {
		return &failure{whyBroken, errors.New("reply malformed")}
	}
	return &failure{whyUnreachable, errors.New("request failed")}
}

// tooLong knows how servers say that a request passes the context.
func tooLong(message string) bool {
	for _, w := range []string{"context", "n_ctx", "too long", "maximum length", "max_tokens", "too large", "token limit"} {
		if strings.Contains(message, w) {
			return true
		}
	}
	return false
}
