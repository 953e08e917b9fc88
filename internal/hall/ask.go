package hall

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// Subjects of what passes over the bus and may be lost.
const (
	askSubject   = "hall.ask"   // + method: a question
	replySubject = "hall.reply" // + token: its answer
	wakeSubject  = "hall.wake"  // tasks changed
)

// askAgain is how often a question is repeated while no answer comes. All
// questions may be asked twice.
const askAgain = 500 * time.Millisecond

// question and answer are what Ask and Desk exchange.
type question struct {
	Token string          `json:"token"`
	Body  json.RawMessage `json:"body"`
}

type answer struct {
	Code fault.Code      `json:"code,omitempty"`
	Text string          `json:"text,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Ask asks the Desk and waits for its answer until ctx ends: it asks again
// while nobody answers (serve is being restarted). An error of the desk keeps
// its code.
func Ask(ctx context.Context, b bus.Notices, method string, body, reply any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	token := rand.Text()
	q, err := json.Marshal(question{Token: token, Body: raw})
	if err != nil {
		return err
	}
	for {
		err := askOnce(ctx, b, method, token, q, reply)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !errors.Is(err, errNoAnswer):
			return err
		}
	}
}

var errNoAnswer = errors.New("no answer")

func askOnce(ctx context.Context, b bus.Notices, method, token string, q []byte, reply any) error {
	l, err := b.Listen(ctx, replySubject+"."+token, 4)
	if err != nil {
		if fault.CodeOf(err) == fault.Unavailable { // the bus is away
			return pause(ctx, askAgain, errNoAnswer)
		}
		return err
	}
	defer l.Close()
	for range 4 { // a listener outlives a reconnection, and is not trusted for ever
		b.Send(askSubject+"."+method, q)
		wait, stop := context.WithTimeout(ctx, askAgain)
		n, err := l.Next(wait)
		late := wait.Err() != nil
		stop()
		switch {
		case err == nil:
			var a answer
			if err := json.Unmarshal(n.Data, &a); err != nil {
				return fault.New(fault.Internal, "answer to %s: %w", method, err)
			}
			if a.Code != "" {
				return fault.New(a.Code, "%s", a.Text)
			}
			if reply == nil {
				return nil
			}
			return json.Unmarshal(a.Body, reply)
		case ctx.Err() != nil:
			return ctx.Err()
		case !late:
			return pause(ctx, askAgain, errNoAnswer)
		}
	}
	return errNoAnswer
}

// pause waits, and returns err or ctx's error.
func pause(ctx context.Context, d time.Duration, err error) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// handler answers one method.
type handler func(ctx context.Context, body json.RawMessage) (any, error)

// answerAll answers questions until ctx ends. One listener hears all methods,
// so that they are answered in order.
func answerAll(ctx context.Context, b bus.Notices, log *slog.Logger, handlers map[string]handler) error {
	for {
		err := answerSome(ctx, b, log, handlers)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Warn("questions are not heard", "error", err)
		if err := pause(ctx, askAgain, nil); err != nil {
			return err
		}
	}
}

// askDepth is how many questions may wait for their answer; more are asked
// again by their askers.
const askDepth = 256

func answerSome(ctx context.Context, b bus.Notices, log *slog.Logger, handlers map[string]handler) error {
	l, err := b.Listen(ctx, askSubject+".*", askDepth)
	if err != nil {
		return err
	}
	defer l.Close()
	for {
		n, err := l.Next(ctx)
		if err != nil {
			return err
		}
		var q question
		if err := json.Unmarshal(n.Data, &q); err != nil || bus.CheckName(q.Token) != nil {
			log.Warn("a question cannot be read", "subject", n.Subject)
			continue
		}
		var a answer
		method := n.Subject[len(askSubject)+1:]
		if h, ok := handlers[method]; !ok {
			a = answer{Code: fault.Invalid, Text: "no such question: " + method}
		} else if body, err := h(ctx, q.Body); err != nil {
			if ctx.Err() != nil {
				return ctx.Err() // no answer: the next one to serve gives it
			}
			a = answer{Code: fault.CodeOf(err), Text: err.Error()}
		} else if a.Body, err = json.Marshal(body); err != nil {
			a = answer{Code: fault.Internal, Text: err.Error()}
		}
		raw, err := json.Marshal(a)
		if err != nil {
			return err
		}
		b.Send(replySubject+"."+q.Token, raw)
	}
}
