package measure

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Clip is a recording of which it is known what is said in it.
type Clip struct {
	File      string // path
	Folder    string // within the collection
	Language  string // Whisper's code
	Reference string // what is said; "-" where nobody speaks
}

// Columns of a manifest.
const (
	columnFile, columnLanguage, columnReference = 0, 2, 6
	columns                                     = 7
)

// Clips reads DIR/manifest.tsv: a header, then a line for each clip with the
// tab-separated columns file, seconds, language, speaker or kind, source,
// licence and reference. The error is fs.ErrNotExist where there is no manifest.
func Clips(dir string) ([]Clip, error) {
	path := filepath.Join(dir, "manifest.tsv")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	var out []Clip
	for line := 1; ; line++ {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if line == 1 {
			continue
		}
		if len(rec) < columns {
			return nil, fmt.Errorf("%s: line %d has %d columns, not the %d of the header", path, line, len(rec), columns)
		}
		out = append(out, Clip{filepath.Join(dir, rec[columnFile]), filepath.Dir(rec[columnFile]), rec[columnLanguage], rec[columnReference]})
	}
}
