package portal

import (
	"bytes"
	"encoding/json"
	"net/http"

	"go.yaml.in/yaml/v3"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// The files that bienban draft takes: the meeting and its text. Whoever may have them
// (desk.Export) sees closed items, too, which are in them.

// assembled is the meeting as people entered it and the text as they reviewed it. A
// rehearsal is in no record.
func (q *request) assembled() (*minutes.Meeting, *transcribe.Transcript, error) {
	st := q.meeting.State
	if st.Rehearsal {
		return nil, nil, fault.New(fault.Locked, "%s", q.t("record.rehearsal"))
	}
	var sheets []*desk.Sheet
	for _, r := range st.Recordings {
		if r.Rehearsal {
			continue
		}
		sheet, err := q.s.o.Desk.Sheet(q.ctx(), q.viewer(), st.ID, r.ID)
		if err != nil {
			return nil, nil, err
		}
		sheets = append(sheets, sheet)
	}
	m, t, _ := desk.Assemble(st, sheets)
	return m, t, nil
}

// meetingFile is GET /m/{id}/record/meeting.yaml, as bienban draft reads it.
func (q *request) meetingFile() error {
	m, _, err := q.assembled()
	if err != nil {
		return err
	}
	b, err := meetingYAML(m)
	if err != nil {
		return err
	}
	return q.file("meeting.yaml", "application/yaml", b)
}

// meetingYAML writes a meeting file: the keys of its JSON, which leaves out what is
// empty, in their order.
func meetingYAML(m *minutes.Meeting) ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return nil, err
	}
	plainStyle(&doc)
	return yaml.Marshal(&doc)
}

// plainStyle takes JSON's braces and quotes off; the encoder puts quotes where YAML
// needs them, as around "19:00".
func plainStyle(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		plainStyle(c)
	}
}

// transcriptFile is GET /m/{id}/record/transcript.json: all recordings on one line of
// time, with people's edits.
func (q *request) transcriptFile() error {
	_, t, err := q.assembled()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := transcribe.WriteJSON(&b, t); err != nil {
		return err
	}
	return q.file("transcript.json", "application/json", b.Bytes())
}

// file answers with a file to be kept.
func (q *request) file(name, kind string, b []byte) error {
	q.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	q.write(http.StatusOK, kind, b)
	return nil
}
