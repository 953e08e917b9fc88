package backup

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bienban/audio/record"
	"bienban/internal/audit"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/sqlstore"
)

// Report is what Verify found.
type Report struct {
	Made       time.Time        `json:"made"`
	Program    string           `json:"program"`
	Schema     int64            `json:"schema"`
	Rows       map[string]int64 `json:"rows"` // by table
	Files      int              `json:"files"`
	Bytes      int64            `json:"bytes"` // of what is in it
	Recordings int              `json:"recordings"`
	Seconds    float64          `json:"audio_seconds"` // of sound
	Audit      int64            `json:"audit"`         // entries of the audit log, all sound
	AuditHash  string           `json:"audit_hash"`    // of the newest: keep it elsewhere, in hex
	Problems   []string         `json:"problems"`      // what is not as it was written; none when the backup is good
}

// mostProblems bounds a report.
const mostProblems = 100

func (r *Report) problem(format string, args ...any) {
	if len(r.Problems) < mostProblems {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// archive is a backup that is open for reading.
type archive struct {
	zip    *zip.ReadCloser
	m      manifest
	byName map[string]*zip.File
}

// Bounds of what is read into memory.
const (
	manifestMost = 256 << 20
	lineMost     = 64 << 20
)

// open reads a backup's table of contents. A file that is none is fault.Invalid.
func open(path string) (*archive, error) {
	z, err := zip.OpenReader(path)
	switch {
	case os.IsNotExist(err):
		return nil, fault.New(fault.Invalid, "%s: no such file", path)
	case errors.Is(err, zip.ErrFormat):
		return nil, fault.New(fault.Invalid, "%s: is no backup, or was cut off: %w", path, err)
	case err != nil:
		return nil, fault.New(fault.Unavailable, "%s: cannot be read: %w", path, err)
	}
	a := &archive{zip: z, byName: map[string]*zip.File{}}
	for _, f := range z.File {
		if a.byName[f.Name] != nil || !filepath.IsLocal(filepath.FromSlash(f.Name)) || strings.Contains(f.Name, `\`) {
			_ = z.Close()
			return nil, fault.New(fault.Invalid, "%s: is no backup: entry %.100q", path, f.Name)
		}
		a.byName[f.Name] = f
	}
	b, err := a.read(manifestName, manifestMost)
	if err == nil {
		err = json.Unmarshal(b, &a.m)
	}
	if err == nil && a.m.Format != format {
		err = fmt.Errorf("its format is %d and this program reads %d; use the bienban that made it (%.40s)", a.m.Format, format, a.m.Program)
	}
	if err != nil {
		_ = z.Close()
		return nil, fault.New(fault.Invalid, "%s: is no backup, or a damaged one: %w", path, err)
	}
	return a, nil
}

// read gives a small entry.
func (a *archive) read(name string, most int64) ([]byte, error) {
	f := a.byName[name]
	if f == nil {
		return nil, fmt.Errorf("%s is missing", name)
	}
	if f.UncompressedSize64 > uint64(most) {
		return nil, fmt.Errorf("%s is too large", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, most+1))
}

// Verify reads a whole backup: each entry against its hash, the tables' rows, the
// audit log's chain, each recording's. What is wrong is in the report; an error
// says that the file cannot be read or is no backup.
func Verify(ctx context.Context, path string) (Report, error) {
	a, err := open(path)
	if err != nil {
		return Report{}, err
	}
	defer a.zip.Close()
	return a.verify(ctx)
}

func (a *archive) verify(ctx context.Context) (Report, error) {
	r := Report{Made: a.m.Made, Program: a.m.Program, Schema: a.m.Schema, Rows: map[string]int64{}, Problems: []string{}}
	listed := map[string]bool{manifestName: true}
	for _, e := range a.m.Entries {
		listed[e.Name] = true
		if err := a.check(ctx, e); err != nil {
			if ctx.Err() != nil {
				return r, ctx.Err()
			}
			r.problem("%s: %v", e.Name, err)
		}
		r.Bytes += e.Size
		if strings.HasPrefix(e.Name, dataDir) {
			r.Files++
		}
	}
	for name := range a.byName {
		if !listed[name] {
			r.problem("%s: is in the file and not in its list", name)
		}
	}
	for _, e := range a.m.Entries {
		if strings.HasPrefix(e.Name, storeDir) && a.byName[e.Name] != nil {
			if err := a.checkTable(e.Name, &r); err != nil {
				r.problem("%s: %v", e.Name, err)
			}
		}
	}
	sum, err := record.VerifyAll(ctx, capture.Folder, &zipFS{a})
	if err != nil && !errors.Is(err, record.ErrNone) {
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		r.problem("recordings: %v", err)
	}
	for _, u := range sum.Unread {
		r.problem("%s", u)
	}
	for _, rec := range sum.Recordings {
		r.Recordings++
		r.Seconds += rec.AudioSeconds
		for _, p := range rec.Problems {
			r.problem("%s: %s", rec.Folder, p)
		}
		if !rec.Whole && len(rec.Problems) == 0 {
			r.problem("%s: it is not whole", rec.Folder)
		}
	}
	return r, ctx.Err()
}

// check compares an entry with its hash.
func (a *archive) check(ctx context.Context, e entry) error {
	f := a.byName[e.Name]
	if f == nil {
		return errors.New("is missing")
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, &stoppable{ctx, r})
	if err != nil {
		return err
	}
	if n != e.Size || hex.EncodeToString(h.Sum(nil)) != e.SHA256 {
		return errors.New("is not what was written")
	}
	return nil
}

// auditTable is the table whose rows are a chain.
const auditTable = "audit"

// checkTable reads a table's rows.
func (a *archive) checkTable(name string, r *Report) error {
	c := &checker{}
	table, err := a.table(name, c)
	r.Rows[table] = c.rows
	if table == auditTable {
		r.Audit, r.AuditHash = c.chain.Entries, hex.EncodeToString(c.chain.Newest)
	}
	return err
}

// table gives a table's rows to a Tables, and its name.
func (a *archive) table(name string, to sqlstore.Tables) (string, error) {
	f, err := a.byName[name].Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), lineMost)
	if !lines.Scan() {
		return "", errors.Join(lines.Err(), errors.New("it has no first line"))
	}
	var h head
	if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
		return "", err
	}
	if name != storeDir+h.Table+rowsSuffix {
		return h.Table, fmt.Errorf("it is table %.80q", h.Table)
	}
	if err := to.Table(h.Table, h.Columns); err != nil {
		return h.Table, err
	}
	for n := 1; lines.Scan(); n++ {
		row, err := decode(bytes.TrimSpace(lines.Bytes()))
		if err == nil && len(row) != len(h.Columns) {
			err = fmt.Errorf("%d values for %d columns", len(row), len(h.Columns))
		}
		if err == nil {
			err = to.Row(row)
		}
		if err != nil {
			return h.Table, fmt.Errorf("row %d: %w", n, err)
		}
	}
	return h.Table, lines.Err()
}

// checker counts rows and follows the audit log's chain.
type checker struct {
	isAudit bool
	columns []string
	rows    int64
	chain   audit.Chain
}

// Table implements sqlstore.Tables.
func (c *checker) Table(name string, columns []string) error {
	c.isAudit, c.columns = name == auditTable, columns
	return nil
}

// Row implements sqlstore.Tables.
func (c *checker) Row(values []any) error {
	c.rows++
	if !c.isAudit {
		return nil
	}
	e, prev, err := sqlstore.EntryOf(c.columns, values)
	if err != nil {
		return err
	}
	return c.chain.Add(e, prev)
}
