package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// lineHandler writes log records as the program's other messages: one line each.
type lineHandler struct {
	e     *env
	mu    *sync.Mutex // one line at a time
	least slog.Level
	attrs string
}

// Enabled implements slog.Handler.
func (h *lineHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.least }

// Handle implements slog.Handler.
func (h *lineHandler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(r.Message))
	b.WriteString(h.attrs)
	r.Attrs(func(a slog.Attr) bool {
		b.WriteString(attr(a))
		return true
	})
	level := "info"
	switch {
	case r.Level >= slog.LevelError:
		level = "error"
	case r.Level >= slog.LevelWarn:
		level = "warn"
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.e.log(level, b.String())
	return nil
}

func attr(a slog.Attr) string {
	v := strings.Join(strings.Fields(a.Value.String()), " ")
	if a.Value.Kind() == slog.KindFloat64 {
		v = fmt.Sprintf("%.1f", a.Value.Float64())
	}
	return " " + a.Key + "=" + v
}

// WithAttrs implements slog.Handler.
func (h *lineHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := *h
	for _, a := range attrs {
		n.attrs += attr(a)
	}
	return &n
}

// WithGroup implements slog.Handler; there are no groups here.
func (h *lineHandler) WithGroup(string) slog.Handler { return h }
