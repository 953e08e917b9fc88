package portal

import (
	"strings"
	"time"

	"bienban/minutes"
	"bienban/portal/text"
)

// formatTime writes a time.Time or a minutes.Time by a format of the catalogue
// (Go's layout); "" for none. A moment is shown on the hall's clock, what people
// entered on the one that they wrote.
func formatTime(c *text.Catalogue, v any, format string, zone *time.Location) string {
	switch t := v.(type) {
	case time.Time:
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format(c.Text(format))
	case minutes.Time:
		if t.IsZero() {
			return ""
		}
		if t.DateOnly {
			return t.Format(c.Text("format.day"))
		}
		return t.Format(c.Text(format))
	}
	return ""
}

// localInput is what <input type="datetime-local"> reads and sends.
const localInput = "2006-01-02T15:04"

// inputTime writes a time as a form's field wants it, on the clock that was entered.
func inputTime(t minutes.Time) string {
	switch {
	case t.IsZero():
		return ""
	case t.DateOnly:
		return t.Format(time.DateOnly) + "T00:00"
	}
	return t.Format(localInput)
}

// inputDay writes a day as <input type="date"> wants it.
func inputDay(t minutes.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// parseInput reads what such a field sends: the hall's clock. RFC 3339 and a
// day alone are read too, for a browser without the field. old keeps its own
// offset when the clock did not change.
func parseInput(s string, old minutes.Time, zone *time.Location) (minutes.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return minutes.Time{}, nil
	}
	if s == inputTime(old) {
		return old, nil
	}
	for _, layout := range []string{localInput, "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return minutes.Time{Time: t}, nil
		}
	}
	return minutes.ParseTime(s)
}
