package minutes

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"go.yaml.in/yaml/v3"

	"bienban/internal/fault"
	"bienban/internal/lang"
)

// ReadOption changes what ReadMeeting and DecodeMeeting accept.
type ReadOption func(*readOptions)

type readOptions struct {
	secret bool
	dir    string // folder that a register's file name is relative to; "" = none may be read
}

// AllowSecret accepts secrecy: secret. Only an installation that is set up for
// an isolated network may pass it.
func AllowSecret() ReadOption { return func(o *readOptions) { o.secret = true } }

// InFolder lets a meeting name its register as a CSV file in that folder.
// ReadMeeting uses the meeting file's own folder.
func InFolder(dir string) ReadOption { return func(o *readOptions) { o.dir = dir } }

// testKeys stand in scripted test cases only; a meeting may carry them.
var testKeys = []string{"turns", "facts", "forbidden", "conflicts"}

// ReadMeeting reads and checks a meeting file (docs/meeting-format.md).
//
// The remarks are one line each: what was read but has no effect, or was taken
// in a way that people may want to know. An error is one line that names file,
// line and key. Its code is fault.Invalid for everything that the writer of the
// file can mend, a missing file included; a file that may not be read (no
// permission, a broken disk) keeps its cause and is fault.Internal.
func ReadMeeting(path string, opts ...ReadOption) (*Meeting, []string, error) {
	b, err := readFile(path, maxMeetingBytes, "meeting file")
	if err != nil {
		return nil, nil, err
	}
	opts = append([]ReadOption{InFolder(filepath.Dir(path))}, opts...)
	return DecodeMeeting(filepath.Base(path), b, opts...)
}

// readFile reads a whole file of at most limit bytes; what names it in errors.
func readFile(path string, limit int64, what string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, what, err)
	}
	defer f.Close() //nolint:errcheck // only read from
	st, err := f.Stat()
	if err != nil {
		return nil, openError(path, what, err)
	}
	if st.IsDir() {
		return nil, fault.New(fault.Invalid, "%s: is a folder: name the %s in it", path, what)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, openError(path, what, err)
	}
	if int64(len(b)) > limit {
		return nil, fault.New(fault.Invalid, "%s: larger than %d bytes: not a %s", path, limit, what)
	}
	return b, nil
}

// openError tells what the caller can mend from what the machine refuses.
func openError(path, what string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return fault.New(fault.Invalid, "%s: no such %s: %w", path, what, err)
	}
	return fault.New(fault.Internal, "%s: the %s cannot be read: %w", path, what, err)
}

// DecodeMeeting is ReadMeeting for bytes; name is the file as errors call it.
func DecodeMeeting(name string, b []byte, opts ...ReadOption) (*Meeting, []string, error) {
	var o readOptions
	for _, f := range opts {
		f(&o)
	}
	root, err := parseYAML(name, b)
	if err != nil {
		return nil, nil, err
	}
	d := &decoder{name: name, lines: map[string]int{}, open: func(path string) bool {
		return strings.HasPrefix(path, "register[")
	}}
	remarks := []string{}
	var ignored []string
	var file *yaml.Node
	keep := root.Content[:0:0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		switch {
		case k.Kind == yaml.ScalarNode && slices.Contains(testKeys, k.Value):
			ignored = append(ignored, k.Value)
			continue
		case k.Value == "register" && v.Kind == yaml.ScalarNode && v.Tag == "!!str":
			file = v
			continue
		}
		keep = append(keep, k, v)
	}
	root.Content = keep
	m := &Meeting{}
	if err := d.value(root, reflect.ValueOf(m).Elem(), "", 0); err != nil {
		return nil, nil, err
	}
	if len(ignored) > 0 {
		remarks = append(remarks, fmt.Sprintf("%s: %s: of a test case, ignored", name, strings.Join(ignored, ", ")))
	}
	if len(d.extra) > 0 {
		remarks = append(remarks, fmt.Sprintf("%s: %s: not a column that bienban uses, ignored", name, strings.Join(columns(d.extra), ", ")))
	}
	if file != nil {
		rows, more, err := readRegister(name, o.dir, lang.NFC(file.Value), file.Line)
		if err != nil {
			return nil, nil, err
		}
		m.Register, remarks = rows, append(remarks, more...)
		d.lines["register"] = file.Line
	}
	more, err := m.check(&checker{name: name, lines: d.lines, secret: o.secret})
	if err != nil {
		return nil, nil, err
	}
	return m, append(remarks, more...), nil
}

// columns gives the distinct last parts of register[0].x, register[1].x, …
func columns(paths []string) []string {
	var out []string
	for _, p := range paths {
		c := p[strings.LastIndexByte(p, '.')+1:]
		if !slices.Contains(out, "register."+c) {
			out = append(out, "register."+c)
		}
	}
	return out
}
