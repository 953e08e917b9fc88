package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/search"
)

// Each role that may search today may see what is closed, too. The query has to
// hold for a table of roles that says otherwise.
func TestWhatIsClosedIsFoundOnlyWithThePermission(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		begin(t, s)
		if err := s.AddAccount(ctx, accounts.Terminal, accounts.Account{ID: "a", Login: "a", Name: "A"}, ""); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			`INSERT INTO membership (meeting, account, role, since) VALUES ('đại-hội', 'a', 'chair', 0)`,
			`INSERT INTO search_state (meeting, seq, title) VALUES ('đại-hội', 1, 'T')`,
			indexedRow("note", "see_notes", "FALSE"), indexedRow("item", "see", "FALSE"), indexedRow("item closed", "see", "TRUE"), indexedRow("note closed", "see_notes", "TRUE"),
		} {
			if _, err := s.write.ExecContext(ctx, q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
		for permits, want := range map[string]string{
			`('chair', 'see')`:                                               "",
			`('chair', 'search'), ('clerk', 'see')`:                          "",
			`('chair', 'search'), ('chair', 'see')`:                          "item",
			`('chair', 'search'), ('chair', 'see'), ('chair', 'see_closed')`: "item, item closed",
			`('chair', 'search'), ('chair', 'see'), ('chair', 'see_notes')`:  "item, note",
			`('chair', 'search'), ('chair', 'see_closed')`:                   "",
		} {
			var got []string
			if err := s.look(ctx, "search", func(ctx context.Context, tx *sql.Tx) error {
				found, err := s.search(ctx, tx, search.Query{Account: "a", Text: "đồng", Limit: 10}, search.Terms("đồng"), permits)
				for _, h := range found.Hits {
					got = append(got, h.Ref)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if g := strings.Join(got, ", "); g != want {
				t.Errorf("with %s: %q, want %q", permits, g, want)
			}
		}
	})
}

func indexedRow(ref, needs, closed string) string {
	return fmt.Sprintf(`INSERT INTO search (meeting, kind, recording, ref, part, sample, item, needs, closed, at, heading, text, exact, plain)
		VALUES ('đại-hội', '%s', '', '%s', 0, 0, '', '%s', %s, 0, '', 'Hội đồng', 'hội đồng', 'hoi dong')`, strings.Fields(ref)[0], ref, needs, closed)
}

// BenchmarkSearch looks for a word in an archive of 40 meetings of 500 segments.
func BenchmarkSearch(b *testing.B) {
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			s := d.make(b)
			ctx := b.Context()
			if err := s.AddAccount(ctx, accounts.Terminal, accounts.Account{ID: "a", Login: "a", Name: "A"}, ""); err != nil {
				b.Fatal(err)
			}
			fill(b, s)
			b.ResetTimer()
			for b.Loop() {
				start := time.Now()
				found, err := s.Search(ctx, search.Query{Account: "a", Text: "nghị quyết", Limit: 50})
				if err != nil || len(found.Hits) == 0 {
					b.Fatalf("%d hits: %v", len(found.Hits), err)
				}
				b.ReportMetric(float64(time.Since(start).Milliseconds()), "last-ms")
			}
		})
	}
}

func fill(b *testing.B, s *Store) {
	b.Helper()
	words := strings.Fields("kính thưa hội đồng nhân dân tôi xin báo cáo kết quả thực hiện nghị quyết về phát triển kinh tế xã hội năm nay của phường ta và các đồng chí có ý kiến")
	err := s.change(b.Context(), "fill", func(ctx context.Context, tx *sql.Tx) error {
		for m := range 40 {
			id := fmt.Sprintf("m%d", m)
			for _, q := range []string{`INSERT INTO meeting (id, seq) VALUES (?, 1)`, `INSERT INTO search_state (meeting, seq, title) VALUES (?, 1, 'Kỳ họp')`,
				`INSERT INTO membership (meeting, account, role, since) VALUES (?, 'a', 'clerk', 0)`} {
				if _, err := tx.ExecContext(ctx, q, id); err != nil {
					return err
				}
			}
			for n := range 500 {
				var text []string
				for k := range 20 {
					text = append(text, words[(m*7+n*13+k*k*5)%len(words)])
				}
				if n%10 == 0 {
					text = append(text, "nghị", "quyết")
				}
				exact, plain := search.Forms(strings.Join(text, " "))
				if _, err := tx.ExecContext(ctx, `INSERT INTO search (meeting, kind, recording, ref, part, sample, item, needs, closed, at, heading, text, exact, plain)
					VALUES (?, 'transcript', 'r', ?, 0, 0, '', 'see_transcript', FALSE, ?, '', ?, ?, ?)`, id, fmt.Sprint(n), n, strings.Join(text, " "), exact, plain); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
