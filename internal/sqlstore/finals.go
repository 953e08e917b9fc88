package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"math"

	"bienban/internal/fault"
	"bienban/internal/hall"
)

// AcceptFinal implements hall.FinalStore.
func (s *Store) AcceptFinal(ctx context.Context, f hall.Final) error {
	f, err := checkFinal(f)
	if err != nil {
		return err
	}
	digest, err := digestOf(f)
	if err != nil {
		return err
	}
	return s.change(ctx, "accept final of "+f.Recording, func(ctx context.Context, tx *sql.Tx) error {
		r, err := recordingOf(ctx, tx, f.Recording)
		if err != nil {
			return err
		}
		if f.To <= r.FinalUpTo {
			var was []byte
			err := tx.QueryRowContext(ctx, `SELECT digest FROM final WHERE recording = ? AND from_sample = ? AND to_sample = ?`, f.Recording, f.From, f.To).Scan(&was)
			if err == nil && bytes.Equal(was, digest) {
				return nil
			}
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		switch {
		case f.Epoch < r.Epoch:
			return refuse(f, r, hall.Stale)
		case f.From > r.FinalUpTo:
			return refuse(f, r, hall.Ahead)
		case f.From < r.FinalUpTo:
			return refuse(f, r, hall.Behind)
		case r.Length >= 0 && f.To > r.Length:
			return fault.New(fault.Invalid, "final of recording %s: it reaches sample %d but the recording ends at %d", f.Recording, f.To, r.Length)
		}
		return s.store(ctx, tx, r, f, digest)
	})
}

// refuse makes the error of a final that does not fit.
func refuse(f hall.Final, r hall.Recording, why hall.Reason) error {
	return fault.New(fault.Conflict, "final of recording %s, samples %d to %d, epoch %d: refused: %w", f.Recording, f.From, f.To, f.Epoch,
		&hall.Refused{Reason: why, FinalUpTo: r.FinalUpTo, Epoch: r.Epoch})
}

// store writes a final that fits.
func (s *Store) store(ctx context.Context, tx *sql.Tx, r hall.Recording, f hall.Final, digest []byte) error {
	if _, err := tx.ExecContext(ctx, `UPDATE recording SET final_upto = ?, epoch = ?, language = CASE language WHEN '' THEN ? ELSE language END WHERE id = ?`,
		f.To, int64(f.Epoch), f.Language, f.Recording); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO final (recording, from_sample, to_sample, epoch, digest) VALUES (?, ?, ?, ?, ?)`,
		f.Recording, f.From, f.To, int64(f.Epoch), digest); err != nil {
		return err
	}
	said, erased, err := withoutErased(ctx, tx, f.Recording, f.Segments)
	if err != nil {
		return err
	}
	written, err := writeSegments(ctx, tx, f.Recording, hall.LayerLive, said)
	if err != nil {
		return err
	}
	if err := writeCoverage(ctx, tx, f.Recording, hall.LayerLive, f.Coverage); err != nil {
		return err
	}
	return s.emit(ctx, tx, r.Meeting, hall.EventFinal, hall.FinalBody{
		Recording: f.Recording, From: f.From, To: f.To, Segments: written, Coverage: f.Coverage, Erased: erased})
}

// checkFinal says what is wrong with a final and fills in its coverage.
func checkFinal(f hall.Final) (hall.Final, error) {
	bad := func(format string, args ...any) (hall.Final, error) {
		return f, fault.New(fault.Invalid, "final of recording %s, samples %d to %d: "+format, append([]any{f.Recording, f.From, f.To}, args...)...)
	}
	if f.From < 0 || f.To <= f.From {
		return bad("no stretch")
	}
	if f.Epoch == 0 || f.Epoch > math.MaxInt64 {
		return bad("epoch %d", f.Epoch)
	}
	if err := checkSegments(f.Segments); err != nil {
		return bad("%w", err)
	}
	if len(f.Coverage) == 0 {
		f.Coverage = []hall.Cover{{From: f.From, To: f.To, Kind: impliedKind(f.Segments)}}
	}
	if err := checkCoverage(f.Coverage, f.From, f.To); err != nil {
		return bad("%w", err)
	}
	return f, nil
}

// digestOf is the same for the same text of the same stretch, whichever worker
// and epoch sent it.
func digestOf(f hall.Final) ([]byte, error) {
	f.Epoch, f.Language = 0, ""
	f.Segments = append(f.Segments[:0:0], f.Segments...)
	for i := range f.Segments {
		f.Segments[i].ID = ""
	}
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fault.New(fault.Invalid, "final of recording %s: %w", f.Recording, err)
	}
	d := sha256.Sum256(b)
	return d[:], nil
}

// RaiseEpoch implements hall.FinalStore.
func (s *Store) RaiseEpoch(ctx context.Context, recording string, epoch uint64) (hall.Recording, error) {
	if epoch > math.MaxInt64 {
		return hall.Recording{}, fault.New(fault.Invalid, "recording %s: epoch %d", recording, epoch)
	}
	var r hall.Recording
	err := s.change(ctx, "raise epoch of "+recording, func(ctx context.Context, tx *sql.Tx) (err error) {
		if r, err = recordingOf(ctx, tx, recording); err != nil || epoch <= r.Epoch {
			return err
		}
		r.Epoch = epoch
		_, err = tx.ExecContext(ctx, `UPDATE recording SET epoch = ? WHERE id = ?`, int64(epoch), recording)
		return err
	})
	return r, err
}
