package register

import (
	"encoding/csv"
	"io"

	"bienban/minutes"
)

// WriteCSV writes a register as Excel reads it: UTF-8 with a byte order mark, every
// cell made harmless (Neutral).
func WriteCSV(w io.Writer, language string, rows []minutes.Delegate) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	write := func(cell func(k Known) string) error {
		var cells []string
		for _, k := range Columns() {
			cells = append(cells, Neutral(cell(k)))
		}
		return c.Write(cells)
	}
	if err := write(func(k Known) string { return k.In(language) }); err != nil {
		return err
	}
	for _, d := range rows {
		if err := write(func(k Known) string { return k.Value(d, language) }); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
