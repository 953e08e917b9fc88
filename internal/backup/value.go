package backup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"bienban/internal/fault"
)

// odd is a value that plain JSON would not keep: bytes, a float, or text that is
// not UTF-8. One field is set.
type odd struct {
	Bytes *[]byte  `json:"b,omitempty"`
	Float *float64 `json:"f,omitempty"`
	Text  *[]byte  `json:"t,omitempty"`
}

// encode makes a value of a row into what JSON keeps: null, a whole number, text,
// or an object for the rest.
func encode(v any) (any, error) {
	switch v := v.(type) {
	case nil, int64:
		return v, nil
	case string:
		if !utf8.ValidString(v) {
			b := []byte(v)
			return odd{Text: &b}, nil
		}
		return v, nil
	case []byte:
		return odd{Bytes: &v}, nil
	case float64:
		return odd{Float: &v}, nil
	}
	return nil, fault.New(fault.Internal, "backup: a value of type %T", v)
}

// decode reads a line of values.
func decode(line []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	row := make([]any, len(raw))
	for i, r := range raw {
		var err error
		if row[i], err = value(r); err != nil {
			return nil, err
		}
	}
	return row, nil
}

func value(r json.RawMessage) (any, error) {
	switch {
	case string(r) == "null":
		return nil, nil
	case r[0] == '"':
		var s string
		err := json.Unmarshal(r, &s)
		return s, err
	case r[0] != '{':
		var n int64
		err := json.Unmarshal(r, &n)
		return n, err
	}
	var o odd
	d := json.NewDecoder(bytes.NewReader(r))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return nil, err
	}
	switch {
	case o.Bytes != nil:
		return *o.Bytes, nil
	case o.Float != nil:
		return *o.Float, nil
	case o.Text != nil:
		return string(*o.Text), nil
	}
	return nil, fmt.Errorf("a value of no kind")
}
