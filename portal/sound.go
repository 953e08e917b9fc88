package portal

import (
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"bienban/internal/fault"
	"bienban/minutes/desk"
	"bienban/portal/sound"
)

func (s *Server) soundRoutes() []route {
	return []route{
		{pattern: "GET /m/{id}/sound/{recording}", who: ofMeeting, permission: desk.Listen, load: true, handle: (*request).sound},
	}
}

// sound is GET /m/{id}/sound/{recording}?from=&to=: the samples (16 kHz) from
// one to another as a WAV file, of which a browser asks for the bytes that it
// plays. Without to it is all that there is by now.
func (q *request) sound() error {
	st, id := q.meeting.State, q.r.PathValue("recording")
	// Only a recording that the meeting has is looked for on the disk: the name is never a path.
	if !slices.ContainsFunc(st.Recordings, func(r desk.Recording) bool { return r.ID == id }) || q.s.o.Sound == "" {
		return errNotFound
	}
	if !q.may(desk.SeeClosed) && slices.ContainsFunc(st.Items, func(i desk.Item) bool { return i.Closed }) {
		return fault.New(fault.Forbidden, "sound with closed items in it")
	}
	from, err := q.sample("from")
	if err != nil {
		return err
	}
	to, err := q.sample("to")
	if err != nil {
		return err
	}
	w, err := sound.Open(q.ctx(), q.s.o.Shelf, filepath.Join(q.s.o.Sound, id), from, to, nil)
	if err != nil {
		return err
	}
	defer w.Close()
	q.w.Header().Set("Content-Type", "audio/wav")
	http.ServeContent(q.w, q.r, "", time.Time{}, w)
	return nil
}

// sample reads a place in a recording from the query; 0 when it is not there.
func (q *request) sample(name string) (int64, error) {
	v := q.r.URL.Query().Get(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "%s %q: not the number of a sample", name, v)
	}
	return n, nil
}
