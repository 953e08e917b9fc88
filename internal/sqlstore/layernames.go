package sqlstore

import (
	"context"
	"database/sql"
)

// LayersOf names the layers of a recording's text, the oldest first: the live
// one as soon as it has text.
func (s *Store) LayersOf(ctx context.Context, recording string) (names []string, err error) {
	err = s.look(ctx, "layers of recording "+recording, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT name FROM layer WHERE recording = ? ORDER BY made, name`, recording)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, name)
		}
		return rows.Err()
	})
	return names, err
}
