package portal

import "bienban/minutes/desk"

// who says for whom a route is.
type who int

const (
	nobody       who = iota // the zero value lets nobody in
	anybody                 // signed in or not
	signedIn                // any account
	installation            // who has the permission in the installation: an administrator
	ofMeeting               // who has the permission in the meeting of the path's {id}
)

// route is one row of the table: a pattern of net/http, who may use it, and its handler.
type route struct {
	pattern    string
	who        who
	permission desk.Permission
	load       bool  // of a meeting: the handler needs its state (request.meeting)
	upload     bool  // a file may come: uploadLimit instead of formLimit
	limit      int64 // bytes that may come, where that is neither formLimit nor uploadLimit
	ends       bool  // sessions or accounts may end by it: event streams ask at once whether they may go on
	handle     func(*request) error
}

// routes is the table of everything that answers. Each group of pages has its own part of it.
func (s *Server) routes() []route {
	var all []route
	for _, part := range [][]route{
		s.accountRoutes(),
		s.meetingRoutes(),
		s.prepareRoutes(),
		s.streamRoutes(),
		s.liveRoutes(),
		s.reviewRoutes(),
		s.stretchRoutes(),
		s.soundRoutes(),
		s.microphoneRoutes(),
		s.installationRoutes(),
	} {
		all = append(all, part...)
	}
	return all
}

// meetingPage is a page of a meeting: GET, with the state loaded.
func meetingPage(path string, p desk.Permission, handle func(*request) error) route {
	return route{pattern: "GET /m/{id}" + path, who: ofMeeting, permission: p, load: true, handle: handle}
}

// meetingForm is what a form of a meeting's page posts to.
func meetingForm(path string, p desk.Permission, handle func(*request) error) route {
	return route{pattern: "POST /m/{id}" + path, who: ofMeeting, permission: p, load: true, handle: handle}
}

// tabOf is an entry of a meeting's bar with who sees it.
type tabOf struct {
	text, path string
	permission desk.Permission
}

// meetingTabs are the entries of a meeting's bar, in their order.
func meetingTabs() []tabOf {
	return []tabOf{
		{"tab.meeting", "", desk.See},
		{"tab.live", "/live", desk.SeeTranscript},
		{"tab.review", "/review", desk.SeeTranscript},
	}
}

// meetingBar is the bar of the route's meeting.
func (q *request) meetingBar(current string) *meetingView {
	st := q.meeting.State
	v := &meetingView{ID: st.ID, Title: st.Head.Title, Phase: string(st.Phase), Rehearsal: st.Rehearsal, Stands: st.Phase.Settled(),
		When: formatTime(q.s.templates[q.language].catalogue, st.Head.Start, "format.moment", q.s.zone)}
	if v.Title == "" {
		v.Title = q.t("meeting.untitled")
	}
	for _, one := range meetingTabs() {
		if q.may(one.permission) {
			v.Tabs = append(v.Tabs, tab{Text: one.text, Path: "/m/" + st.ID + one.path, Current: one.text == current})
		}
	}
	return v
}
