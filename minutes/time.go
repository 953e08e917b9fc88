package minutes

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Time is a moment or a day as people entered it: RFC 3339 with offset, or a
// date alone. The offset they wrote is kept, so that the record prints the
// hall's own clock wherever the program runs.
type Time struct {
	time.Time
	DateOnly bool // entered as a day: it has no clock
}

// ParseTime reads RFC 3339, or YYYY-MM-DD.
func ParseTime(s string) (Time, error) {
	if s == "" {
		return Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return Time{Time: t}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return Time{Time: t, DateOnly: true}, nil
	}
	return Time{}, fmt.Errorf("%q is not a time: write it as 2025-08-18T07:30:00+07:00, or a day as 2025-08-18", s)
}

// String gives back what ParseTime reads; "" for no time.
func (t Time) String() string {
	switch {
	case t.IsZero():
		return ""
	case t.DateOnly:
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// UnmarshalYAML reads a scalar, whether YAML takes it for a timestamp or a string.
func (t *Time) UnmarshalYAML(n *yaml.Node) error {
	v, err := ParseTime(n.Value)
	if err != nil || n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	*t = v
	return nil
}

// MarshalText makes JSON of it.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalJSON overrides time.Time's.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(fmt.Sprintf("%q", t.String())), nil }

// UnmarshalJSON overrides time.Time's.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if len(b) < 2 || b[0] != '"' {
		return fmt.Errorf("a time must be a string, not %s", b)
	}
	v, err := ParseTime(string(b[1 : len(b)-1]))
	if err != nil {
		return err
	}
	*t = v
	return nil
}

// Roles are one role or a list of them.
type Roles []string

// UnmarshalYAML takes a scalar or a list.
func (r *Roles) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if n.Value != "" && n.Tag != "!!null" {
			*r = Roles{n.Value}
		}
		return nil
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*r = list
	return nil
}

// Has says whether the role is among them.
func (r Roles) Has(role string) bool {
	for _, x := range r {
		if x == role {
			return true
		}
	}
	return false
}
