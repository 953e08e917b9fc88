package portal_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bienban/internal/hall"
	"bienban/portal"
	"bienban/transcribe"
)

func TestTheReviewSaysThatASecondPassHasFailed(t *testing.T) {
	s := newSite(t)
	for _, err := range []error{
		s.store.StartRecording(t.Context(), hall.Recording{ID: "r", Meeting: s.meeting, Started: time.Now()}),
		s.store.AcceptFinal(t.Context(), hall.Final{Recording: "r", Epoch: 1, To: 16000, Segments: []transcribe.Segment{{End: 1, Text: "xin chào"}}}),
		s.store.EndRecording(t.Context(), "r", 16000),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var (
		next   time.Time
		failed bool
	)
	p, err := portal.New(portal.Options{Desk: s.store, Feed: s.store, Accounts: s.people, Layers: s.store,
		Second: func(recording string) (time.Time, bool) { return next, failed && recording == "r" }})
	if err != nil {
		t.Fatal(err)
	}
	life, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() { defer close(ran); p.Run(life) }()
	web := httptest.NewServer(p.Handler())
	t.Cleanup(func() { stop(); <-ran; web.CloseClientConnections(); web.Close() })
	s.http = web
	clerk := s.client("clerk")
	const again, over = "máy sẽ thử lại lúc 07:30", "chỉ thử lại khi khởi động lại máy chủ"
	for _, c := range []struct {
		failed bool
		next   time.Time
		says   string
	}{{false, time.Time{}, ""}, {true, time.Date(2026, 6, 1, 7, 30, 0, 0, time.Local), again}, {true, time.Time{}, over}} {
		failed, next = c.failed, c.next
		page := clerk.get("/m/" + s.meeting + "/review").is(200).body
		for _, text := range []string{again, over} {
			if strings.Contains(page, text) != (text == c.says) {
				t.Errorf("failed %v, next %v: is %q said?", c.failed, c.next, text)
			}
		}
	}
}
