package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bienban/internal/search"
	"bienban/minutes/desk"
)

var _ search.Index = (*Store)(nil)

// searchTable is what the names of all tables of the index begin with.
const searchTable = "search"

// refreshTries bounds how often meetings that change all the time are brought up to
// date outside of the answer's own transaction.
const refreshTries = 3

// Search implements search.Index.
func (s *Store) Search(ctx context.Context, q search.Query) (found search.Found, err error) {
	found.Hits = []search.Hit{}
	terms := search.Terms(q.Text)
	if err := q.Check(); err != nil || len(terms) == 0 {
		return found, err
	}
	// Mostly nothing has changed, and a reader answers. Else meetings are brought up
	// to date one by one, so that no writer waits long, and the answer is of the
	// moment in which none is behind.
	for range refreshTries {
		var behind []string
		err = s.look(ctx, "search", func(ctx context.Context, tx *sql.Tx) (err error) {
			if behind, err = meetingsBehind(ctx, tx, q.Account); err != nil || len(behind) > 0 {
				return err
			}
			found, err = s.search(ctx, tx, q, terms, permits())
			return err
		})
		if err != nil || len(behind) == 0 {
			return found, err
		}
		for _, m := range behind {
			if err := s.change(ctx, "search", func(ctx context.Context, tx *sql.Tx) error { return reindex(ctx, tx, m) }); err != nil {
				return found, err
			}
		}
	}
	err = s.change(ctx, "search", func(ctx context.Context, tx *sql.Tx) error {
		behind, err := meetingsBehind(ctx, tx, q.Account)
		if err != nil {
			return err
		}
		for _, m := range behind {
			if err := reindex(ctx, tx, m); err != nil {
				return err
			}
		}
		found, err = s.search(ctx, tx, q, terms, permits())
		return err
	})
	return found, err
}

// meetingsBehind lists meetings of an account whose index is older than they are.
func meetingsBehind(ctx context.Context, tx *sql.Tx, account string) ([]string, error) {
	all, err := pairs(ctx, tx, `SELECT d.meeting, '' FROM desk_meeting d JOIN meeting m ON m.id = d.meeting
		LEFT JOIN search_state x ON x.meeting = d.meeting
		WHERE (x.seq IS NULL OR x.seq <> m.seq) AND EXISTS (SELECT 1 FROM membership ms WHERE ms.meeting = d.meeting AND ms.account = ?)`, account)
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p[0]
	}
	return out, err
}

// permits is the table role × permission of minutes/desk as rows of SQL. Its words
// are constants of the program.
func permits() string {
	var rows []string
	for _, r := range desk.MeetingRoles() {
		for _, p := range r.Permissions() {
			rows = append(rows, fmt.Sprintf("('%s', '%s')", r, p))
		}
	}
	return strings.Join(rows, ", ")
}

// search answers from an index that is up to date; permits is who may what, as permits
// has it.
func (s *Store) search(ctx context.Context, tx *sql.Tx, q search.Query, terms []search.Term, permits string) (found search.Found, err error) {
	var b strings.Builder
	var args []any
	add := func(sql string, values ...any) { b.WriteString(sql); args = append(args, values...) }
	rank(terms, add)
	add(` FROM search x JOIN search_state st ON st.meeting = x.meeting WHERE `)
	add(s.d.match, s.d.words(terms))
	for _, t := range terms {
		if len(t.Words) > 1 {
			add(` AND (' ' || x.plain || ' ') LIKE ?`, pattern(t, plainOf))
		}
	}
	// Who asks has a role, by it may search, may see this kind of thing, and what
	// is closed only with that permission too.
	add(` AND EXISTS (SELECT 1 FROM mine WHERE mine.meeting = x.meeting AND mine.permission = ?)`, string(desk.Search))
	add(` AND EXISTS (SELECT 1 FROM mine WHERE mine.meeting = x.meeting AND mine.permission = x.needs)`)
	add(` AND (NOT x.closed OR EXISTS (SELECT 1 FROM mine WHERE mine.meeting = x.meeting AND mine.permission = ?))`, string(desk.SeeClosed))
	if q.Meeting != "" {
		add(` AND x.meeting = ?`, q.Meeting)
	}
	if len(q.Kinds) > 0 {
		add(` AND x.kind IN (?` + strings.Repeat(`, ?`, len(q.Kinds)-1) + `)`)
		for _, k := range q.Kinds {
			args = append(args, k)
		}
	}
	add(` ORDER BY rank DESC, x.at DESC, x.meeting, x.kind, x.recording, x.sample, x.ref, x.part LIMIT ? OFFSET ?`, q.Limit+1, q.Offset)
	rows, err := tx.QueryContext(ctx, `WITH permit (role, permission) AS (VALUES `+permits+`),
		mine AS (SELECT ms.meeting, p.permission FROM membership ms JOIN account a ON a.id = ms.account AND NOT a.disabled JOIN permit p ON p.role = ms.role WHERE ms.account = ?)
		SELECT x.meeting, st.title, x.kind, x.ref, x.item, x.at, x.recording, x.sample, x.heading, x.text, `+b.String(), append([]any{q.Account}, args...)...)
	if err != nil {
		return found, err
	}
	defer rows.Close()
	found.Hits = []search.Hit{}
	for rows.Next() {
		h := search.Hit{}
		var at int64
		var rank int
		var text string
		if err := rows.Scan(&h.Meeting, &h.Title, &h.Kind, &h.Ref, &h.Item, &at, &h.Recording, &h.Sample, &h.Heading, &text, &rank); err != nil {
			return found, err
		}
		if len(found.Hits) == q.Limit {
			found.More = true
			break
		}
		h.At, h.Exact = time.UnixMilli(at).UTC(), rank >= 2
		h.Excerpt, h.Marks = search.Excerpt(text, terms)
		found.Hits = append(found.Hits, h)
	}
	return found, errors.Join(rows.Err(), rows.Close())
}

// rank adds the column by which what was found is ordered: 3 for the words one
// after another with their diacritics, 2 for the words with their diacritics, 1 for
// one after another without.
func rank(terms []search.Term, add func(string, ...any)) {
	whole := search.Term{Prefix: terms[len(terms)-1].Prefix}
	for _, t := range terms {
		whole.Words = append(whole.Words, t.Words...)
	}
	add(`CASE WHEN (' ' || x.exact || ' ') LIKE ? THEN 3 WHEN `, pattern(whole, exactOf))
	for i, t := range terms {
		if i > 0 {
			add(` AND `)
		}
		add(`(' ' || x.exact || ' ') LIKE ?`, pattern(t, exactOf))
	}
	add(` THEN 2 WHEN (' ' || x.plain || ' ') LIKE ? THEN 1 ELSE 0 END AS rank`, pattern(whole, plainOf))
}

func exactOf(w search.Word) string { return w.Exact }
func plainOf(w search.Word) string { return w.Plain }

// pattern is a term for LIKE over words parted by spaces. Words have neither % nor
// _ nor \ in them.
func pattern(t search.Term, form func(search.Word) string) string {
	words := make([]string, len(t.Words))
	for i, w := range t.Words {
		words[i] = form(w)
	}
	p := "% " + strings.Join(words, " ")
	if !t.Prefix {
		p += " "
	}
	return p + "%"
}

// plainWords lists the words of terms once each, and which of them may go on.
func plainWords(terms []search.Term, word, prefix, and string) string {
	var all []string
	for _, t := range terms {
		for i, w := range t.Words {
			x := fmt.Sprintf(word, w.Plain)
			if t.Prefix && i == len(t.Words)-1 {
				x += prefix
			}
			if !slices.Contains(all, x) {
				all = append(all, x)
			}
		}
	}
	return strings.Join(all, and)
}
