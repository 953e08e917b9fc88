package sqlstore

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/audit"
	"bienban/internal/fault"
)

// logged makes a log of all kinds of changes to accounts.
func logged(t *testing.T, s *Store) int64 {
	t.Helper()
	ctx := t.Context()
	off := true
	for _, l := range []string{"nguyệt", "bình"} {
		if err := s.AddAccount(ctx, accounts.Terminal, accounts.Account{ID: l, Login: l, Name: "Bà " + l, Administrator: true}, "h"); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		s.NoteSignIn(ctx, "nguyệt", "192.0.2.1"),
		s.SetPassword(ctx, "nguyệt", "bình", "h2", nil),
		s.Rehash(ctx, "bình", "h2", "h3"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.ChangeAccount(ctx, "nguyệt", "bình", accounts.Change{Disabled: &off}); err != nil {
		t.Fatal(err)
	}
	n, _, err := s.VerifyAudit(ctx)
	if err != nil || n != 6 {
		t.Fatalf("%d entries %v, want 6", n, err)
	}
	return n
}

func TestEachChangeOfTheAuditLogIsFoundWhereItIs(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		entries := logged(t, s)
		exec := func(q string, args ...any) {
			t.Helper()
			if _, err := s.write.ExecContext(ctx, q, args...); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
		// Somebody who may do anything to the database.
		for _, trigger := range []string{"audit_is_not_changed", "audit_is_not_shortened"} {
			exec(dropTrigger(s, trigger))
		}
		broken := func(what string, sound int64) {
			t.Helper()
			if n, _, err := s.VerifyAudit(ctx); fault.CodeOf(err) != fault.Internal || n != sound {
				t.Errorf("%s: %d sound, %v; want %d", what, n, err, sound)
			}
		}
		for seq := int64(1); seq <= entries; seq++ {
			for column, change := range map[string]string{
				"at": "at + 1", "actor": "actor || ' '", "action": "'x'", "subject": "'x'", "detail": "'{\"x\": 1}'", "seq": "seq + 1000",
				"hash": flipped(s, "hash"), "prev": flipped(s, "prev"),
			} {
				exec(`CREATE TABLE kept AS SELECT * FROM audit WHERE seq = ?`, seq)
				exec(`UPDATE audit SET `+column+` = `+change+` WHERE seq = ?`, seq)
				broken(fmt.Sprint(column, " of entry ", seq), seq-1)
				exec(`DELETE FROM audit WHERE seq = ? OR seq = ? + 1000`, seq, seq)
				if seq < entries {
					broken(fmt.Sprint("entry ", seq, " taken out"), seq-1)
				}
				exec(`INSERT INTO audit SELECT * FROM kept`)
				exec(`DROP TABLE kept`)
			}
		}
		exec(`INSERT INTO audit SELECT seq + 1, at, actor, action, subject, detail, prev, ` + flipped(s, "hash") + ` FROM audit WHERE seq = 6`)
		broken("an entry put in at the end", entries)
		exec(`DELETE FROM audit WHERE seq = 7`)
		exec(`UPDATE audit SET actor = CASE seq WHEN 1 THEN actor ELSE 'x' END`)
		broken("all but the first", 1)
	})
}

// flipped is an expression for other bytes than a column has.
func flipped(s *Store, column string) string {
	if s.d.folder == "postgres" {
		return `sha256(` + column + `)`
	}
	return `CAST(hex(` + column + `) || 'x' AS BLOB)`
}

func TestTheAuditLogListsEachChangeWithWhoAndWhen(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		logged(t, s)
		list := func(q audit.Query) (out []string) {
			t.Helper()
			all, err := s.Audit(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range all {
				if l.At.IsZero() || len(l.Hash) != 32 || len(l.Detail) == 0 {
					t.Errorf("%+v", l)
				}
				out = append(out, fmt.Sprintf("%d %s %s %s", l.Seq, l.Name, l.Action, l.Subject))
			}
			return out
		}
		all := []string{"6 Bà nguyệt account_changed bình", "5 Bà bình password_rehashed bình", "4 Bà nguyệt password_changed bình",
			"3 Bà nguyệt signed_in nguyệt", "2 terminal account_added bình", "1 terminal account_added nguyệt"}
		for _, c := range []struct {
			q    audit.Query
			want []string
		}{
			{audit.Query{Limit: 100}, all},
			{audit.Query{Limit: 2}, all[:2]},
			{audit.Query{Limit: 2, Before: 5}, all[2:4]},
			{audit.Query{Limit: 100, Subject: "nguyệt"}, []string{all[3], all[5]}},
			{audit.Query{Limit: 100, Actor: accounts.Terminal}, all[4:]},
			{audit.Query{Limit: 100, Actor: "nguyệt", Subject: "bình"}, []string{all[0], all[2]}},
			{audit.Query{Limit: 100, Actor: "' OR 1=1 --"}, nil},
		} {
			if got := list(c.q); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%+v:\n got %q\nwant %q", c.q, got, c.want)
			}
		}
		third, err := s.Audit(ctx, audit.Query{Limit: 1, Before: 4})
		if err != nil || len(third) != 1 {
			t.Fatal(third, err)
		}
		day := third[0].At
		if got := list(audit.Query{Limit: 100, From: day, Until: day.Add(time.Hour)}); len(got) == 0 || !slices.Contains(got, all[3]) {
			t.Errorf("from the moment of entry 3: %q", got)
		}
		for _, q := range []audit.Query{{Limit: 100, From: day.Add(time.Hour)}, {Limit: 100, Until: day.Add(-time.Hour)}} {
			if got := list(q); len(got) > 0 {
				t.Errorf("%+v: %q, want none", q, got)
			}
		}
		if _, err := s.Audit(ctx, audit.Query{}); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("no limit: %v, want invalid", err)
		}
	})
}
