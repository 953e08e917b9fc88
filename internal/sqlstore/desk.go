package sqlstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes/desk"
)

var _ desk.Store = (*Store)(nil)

// AllowSecret lets the store take in secret meetings and documents: the
// installation is configured for an isolated network. Call it before the store is
// used.
func (s *Store) AllowSecret() { s.secret = true }

// unknownMeeting is what everybody gets who may not see a meeting, there or not.
func unknownMeeting(id string) error {
	return fault.New(fault.NotFound, "meeting %.80s: not known", id)
}

// seen is a meeting as one account meets it: loaded and permitted by one query.
type seen struct {
	state *desk.State
	roles desk.Roles
	seq   int64 // of the meeting's newest event
}

// meetingFor loads a meeting for an account that has a role in it.
func meetingFor(ctx context.Context, q querier, account, meeting string) (*seen, error) {
	rows, err := q.QueryContext(ctx, `SELECT ms.role, m.seq, d.state
		FROM membership ms
		JOIN account a ON a.id = ms.account AND NOT a.disabled
		JOIN meeting m ON m.id = ms.meeting
		JOIN desk_meeting d ON d.meeting = ms.meeting
		WHERE ms.meeting = ? AND ms.account = ?
		ORDER BY ms.role`, meeting, account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var v seen
	var state string
	for rows.Next() {
		var role desk.Role
		if err := rows.Scan(&role, &v.seq, &state); err != nil {
			return nil, err
		}
		v.roles = append(v.roles, role)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if !v.roles.May(desk.See) {
		return nil, unknownMeeting(meeting)
	}
	v.state, err = stateOf(ctx, q, meeting, state)
	return &v, err
}

// stateOf reads a state and tells it of the meeting's recordings.
func stateOf(ctx context.Context, q querier, meeting, body string) (*desk.State, error) {
	st := &desk.State{}
	if err := json.Unmarshal([]byte(body), st); err != nil {
		return nil, fault.New(fault.Internal, "meeting %s: its state is damaged: %w", meeting, err)
	}
	rows, err := q.QueryContext(ctx, `SELECT `+recordingColumns+` FROM recording WHERE meeting = ? ORDER BY started, id`, meeting)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []desk.Recording
	for rows.Next() {
		r, err := scanRecording(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, desk.Recording{ID: r.ID, Started: r.Started, Length: r.Length, Adopted: r.Adopted, Outside: r.Outside})
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	stretches, err := stretchesOf(ctx, q, `meeting = ?`, meeting)
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, x := range stretches[all[i].ID] {
			all[i].Stretches = append(all[i].Stretches, desk.Stretch(x))
		}
	}
	st.Know(all)
	return st, nil
}

// Create implements desk.Store.
func (s *Store) Create(ctx context.Context, by desk.Viewer, act string, c desk.Created) (meeting string, err error) {
	body, err := json.Marshal(c)
	if err != nil {
		return "", fault.New(fault.Invalid, "meeting: %w", err)
	}
	a := desk.Act{ID: act, Kind: desk.KindCreated, Body: body, By: by.User, Name: by.Name}
	if err := a.CheckID(); err != nil {
		return "", err
	}
	err = s.change(ctx, "create a meeting", func(ctx context.Context, tx *sql.Tx) error {
		if err := mayCreate(ctx, tx, by); err != nil {
			return err
		}
		switch there, _, err := actOf(ctx, tx, act); {
		case err != nil:
			return err
		case there != "":
			meeting = there
			return nil
		}
		if meeting = c.Meeting; meeting == "" {
			meeting = strings.ToLower(rand.Text()) // 130 bits
		} else if !by.Administrator {
			return fault.New(fault.Forbidden, "meeting: only an administrator takes over a meeting of a known id")
		}
		if c.Name, err = nameOf(ctx, tx, c.Clerk); err != nil {
			return err
		}
		if a.Body, err = json.Marshal(c); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO meeting (id) VALUES (?) ON CONFLICT DO NOTHING`, meeting); err != nil {
			return err
		}
		in := desk.Input{Secret: s.secret}
		if err := tx.QueryRowContext(ctx, `SELECT seq + 1 FROM meeting WHERE id = ?`, meeting).Scan(&in.Seq); err != nil {
			return err
		}
		a.At = s.now()
		out, err := desk.New(meeting, a, in)
		if err != nil {
			return err
		}
		state, listed, err := stateRow(out.State)
		if err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO desk_meeting (meeting, changed, listed, state) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			meeting, s.now().UnixMilli(), listed, state)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.Conflict, "meeting %s: there is one already", meeting)
		}
		return s.finish(ctx, tx, &desk.State{ID: meeting}, a, out)
	})
	return meeting, err
}

// mayCreate says whether somebody may make meetings: an administrator, or a clerk
// of any meeting.
func mayCreate(ctx context.Context, q querier, by desk.Viewer) error {
	roles := desk.Roles{}
	if by.Administrator {
		roles = append(roles, desk.Administrator)
	}
	var clerk bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM membership ms JOIN account a ON a.id = ms.account AND NOT a.disabled
		WHERE ms.account = ? AND ms.role = ?)`, by.User, desk.Clerk).Scan(&clerk)
	if err != nil {
		return err
	}
	if clerk {
		roles = append(roles, desk.Clerk)
	}
	if !roles.May(desk.CreateMeeting) {
		return fault.New(fault.Forbidden, "meeting: only an administrator or a clerk makes one")
	}
	return nil
}

// nameOf is an account's name as others see it.
func nameOf(ctx context.Context, q querier, account string) (string, error) {
	var name string
	err := q.QueryRowContext(ctx, `SELECT name FROM account WHERE id = ? AND NOT disabled`, account).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.Invalid, "no user %.64q", account)
	}
	return name, err
}

// actOf gives the meeting and the event of a known act, "" when it is not known.
func actOf(ctx context.Context, q querier, id string) (meeting string, seq int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT meeting, seq FROM act WHERE id = ?`, id).Scan(&meeting, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return "", 0, nil
	}
	return meeting, seq, err
}

// Do implements desk.Store.
func (s *Store) Do(ctx context.Context, v desk.Viewer, meeting string, a desk.Act) (desk.Done, error) {
	var d desk.Done
	if err := a.Check(); err != nil {
		return d, err
	}
	err := s.change(ctx, "act in meeting "+meeting, func(ctx context.Context, tx *sql.Tx) error {
		m, err := meetingFor(ctx, tx, v.User, meeting)
		if err != nil {
			return err
		}
		switch there, seq, err := actOf(ctx, tx, a.ID); {
		case err != nil:
			return err
		case there == meeting:
			d, err = doneBefore(ctx, tx, meeting, seq)
			return err
		case there != "":
			return fault.New(fault.Invalid, "act: its id was used before: send another one")
		}
		a.By, a.Name, a.At = v.User, v.Name, s.now()
		d, err = s.apply(ctx, tx, m, a)
		return err
	})
	return d, err
}

// doneBefore is the answer to an act that came again.
func doneBefore(ctx context.Context, q querier, meeting string, seq int64) (desk.Done, error) {
	b, _, err := actEvent(ctx, q, meeting, seq)
	if err != nil {
		return desk.Done{}, err
	}
	return desk.Done{Seq: seq, ID: b.Made, Summary: b.Summary, Conflict: b.Conflict, Again: true}, nil
}

func actEvent(ctx context.Context, q querier, meeting string, seq int64) (*desk.EventBody, desk.Kind, error) {
	var kind desk.Kind
	var raw string
	if err := q.QueryRowContext(ctx, `SELECT type, body FROM event WHERE meeting = ? AND seq = ?`, meeting, seq).Scan(&kind, &raw); err != nil {
		return nil, "", err
	}
	b := &desk.EventBody{}
	if err := json.Unmarshal([]byte(raw), b); err != nil {
		return nil, "", fault.New(fault.Internal, "meeting %s: event %d is damaged: %w", meeting, seq, err)
	}
	return b, kind, nil
}

// apply does an act that is new, by whoever has m's roles.
func (s *Store) apply(ctx context.Context, tx *sql.Tx, m *seen, a desk.Act) (desk.Done, error) {
	in := desk.Input{Seq: m.seq + 1, Secret: s.secret}
	if a.Kind == desk.KindMember {
		if err := nameMember(ctx, tx, &a); err != nil {
			return desk.Done{}, err
		}
	}
	if id := a.Undoes(); id != "" {
		there, seq, err := actOf(ctx, tx, id)
		if err != nil {
			return desk.Done{}, err
		}
		if there == m.state.ID {
			if in.Undone, in.UndoneKind, err = actEvent(ctx, tx, there, seq); err != nil {
				return desk.Done{}, err
			}
			in.UndoneSeq = seq
			in.Undone.Act = id
		}
	}
	var err error
	if in.Text, err = source(ctx, tx, m.state, a.Needs(m.state, in.Undone)); err != nil {
		return desk.Done{}, err
	}
	out, err := desk.Apply(m.state, a, m.roles, in)
	if err != nil {
		return desk.Done{}, err
	}
	if out.Adopt != nil {
		if err := adoptLayer(ctx, tx, m.state.ID, *out.Adopt); err != nil {
			return desk.Done{}, err
		}
	}
	state, listed, err := stateRow(out.State)
	if err != nil {
		return desk.Done{}, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE desk_meeting SET changed = ?, listed = ?, state = ? WHERE meeting = ?`,
		s.now().UnixMilli(), listed, state, m.state.ID); err != nil {
		return desk.Done{}, err
	}
	if err := s.finish(ctx, tx, m.state, a, out); err != nil {
		return desk.Done{}, err
	}
	return desk.Done{Seq: out.State.Seq, ID: out.Made, Summary: out.Summary, Conflict: out.Conflict}, nil
}

// nameMember takes the name of a new member from the accounts.
func nameMember(ctx context.Context, q querier, a *desk.Act) error {
	var b desk.MemberSet
	if json.Unmarshal(a.Body, &b) != nil || len(b.Roles) == 0 {
		return nil //nolint:nilerr // Apply says what is wrong
	}
	var err error
	if b.Name, err = nameOf(ctx, q, b.User); err != nil {
		return err
	}
	a.Body, err = json.Marshal(b)
	return err
}

func stateRow(st *desk.State) (state, listed string, err error) {
	b, err := json.Marshal(st)
	if err != nil {
		return "", "", fault.New(fault.Internal, "meeting %s: %w", st.ID, err)
	}
	l, err := json.Marshal(desk.Listed{ID: st.ID, Title: st.Head.Title, Kind: st.Head.Kind, Phase: st.Phase, Rehearsal: st.Rehearsal, Start: st.Head.Start.String()})
	return string(b), string(l), err
}

// finish writes what an act leaves beside the state: its event, the act's id, the
// edits, the members and the audit entry.
func (s *Store) finish(ctx context.Context, tx *sql.Tx, old *desk.State, a desk.Act, out *desk.Output) error {
	meeting := out.State.ID
	body := out.Event(a)
	seq, err := s.next(ctx, tx, meeting, string(a.Kind), body)
	if err != nil {
		return err
	}
	if seq != out.State.Seq {
		return fault.New(fault.Internal, "meeting %s: event %d was to be %d", meeting, seq, out.State.Seq)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO act (id, meeting, seq) VALUES (?, ?, ?)`, a.ID, meeting, seq); err != nil {
		return err
	}
	for _, e := range out.Edits {
		b, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO desk_edit (recording, segment, seq, body) VALUES (?, ?, ?, ?)`, e.Recording, e.Segment, e.Seq, string(b)); err != nil {
			return err
		}
	}
	if out.DocumentText != nil {
		if _, err := tx.ExecContext(ctx, `INSERT INTO desk_document (meeting, document, text) VALUES (?, ?, ?)
			ON CONFLICT (meeting, document) DO UPDATE SET text = excluded.text`, meeting, out.Document, *out.DocumentText); err != nil {
			return err
		}
	}
	if out.MinutesText != "" {
		if _, err := tx.ExecContext(ctx, `INSERT INTO desk_minutes (meeting, version, body) VALUES (?, ?, ?)`, meeting, out.Minutes, out.MinutesText); err != nil {
			return err
		}
	}
	if err := s.members(ctx, tx, old, out.State); err != nil {
		return err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	// Whoever reads the log may have no role in the meeting: it holds no content, and
	// the sum by which the event is proved.
	sum := sha256.Sum256(raw)
	return s.audit(ctx, tx, a.By, string(a.Kind), meeting, map[string]any{"act": a.ID, "seq": seq, "sha256": hex.EncodeToString(sum[:])})
}

// members makes the table follow the state.
func (s *Store) members(ctx context.Context, tx *sql.Tx, old, st *desk.State) error {
	type grant struct {
		user string
		role desk.Role
	}
	grants := func(st *desk.State) map[grant]bool {
		out := map[grant]bool{}
		for _, m := range st.Members {
			for _, r := range m.Roles {
				out[grant{m.User, r}] = true
			}
		}
		return out
	}
	was, is := grants(old), grants(st)
	for g := range was {
		if !is[g] {
			if _, err := tx.ExecContext(ctx, `DELETE FROM membership WHERE meeting = ? AND account = ? AND role = ?`, st.ID, g.user, g.role); err != nil {
				return err
			}
		}
	}
	for g := range is {
		if !was[g] {
			if _, err := tx.ExecContext(ctx, `INSERT INTO membership (meeting, account, role, since) VALUES (?, ?, ?, ?)`, st.ID, g.user, g.role, s.now().UnixMilli()); err != nil {
				return err
			}
		}
	}
	return nil
}

// adoptLayer makes a layer count; the act's own event and audit entry tell of it.
func adoptLayer(ctx context.Context, tx *sql.Tx, meeting string, a desk.LayerAdopted) error {
	r, err := recordingOf(ctx, tx, a.Recording)
	if err != nil {
		return err
	}
	if r.Meeting != meeting {
		return fault.New(fault.NotFound, "recording %s: not known", a.Recording)
	}
	if _, err := modelOf(ctx, tx, a.Recording, a.Layer); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE recording SET adopted = ? WHERE id = ?`, a.Layer, a.Recording)
	return err
}

var _ hall.Events = (*Store)(nil)
