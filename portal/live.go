package portal

import (
	"slices"
	"strconv"
	"time"

	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/portal/microphone"
	"bienban/portal/text"
)

// liveRoutes are those of the live desk. All that it does is an act (acts.go);
// what captures do is in livecapture.go.
func (s *Server) liveRoutes() []route {
	return []route{
		meetingPage("/live", desk.SeeTranscript, (*request).live),
		meetingPage("/parts/live", desk.SeeTranscript, (*request).liveParts),
		meetingPage("/parts/live-text", desk.SeeTranscript, (*request).liveTextPart),
		meetingPage("/parts/bar", desk.See, (*request).barPart),
		meetingForm("/capture", desk.Record, (*request).captureForm),
	}
}

// livePage is the whole page: what stands beside the text, and the text.
type livePage struct {
	Side liveSide
	Text liveText
	Keys []keyGroup
}

func (q *request) live() error {
	side, err := q.liveSide()
	if err != nil {
		return err
	}
	rows, err := q.liveText()
	if err != nil {
		return err
	}
	return q.show(page{Name: "live", Tab: "tab.live", Wide: true, Again: showAgain, Data: livePage{side, rows, liveKeys()},
		Title:  q.t("tab.live") + " · " + q.meeting.State.Head.Title,
		Styles: []string{"live.css"}, Scripts: []string{"live-link.js", "live.js"}, Texts: []string{"link.", "livejs."}})
}

// liveParts answers with everything beside the text, each part with its id.
func (q *request) liveParts() error {
	side, err := q.liveSide()
	if err != nil {
		return err
	}
	return q.part("live-parts", side)
}

// liveTextPart answers with the text as it is now.
func (q *request) liveTextPart() error {
	rows, err := q.liveText()
	if err != nil {
		return err
	}
	return q.part("live-text", rows)
}

// barPart answers with the phase in the meeting's bar, which every page has.
func (q *request) barPart() error { return q.part("meeting-phase", q.meetingBar("")) }

// liveSide is what stands beside the text of the live desk.
type liveSide struct {
	ID, User  string
	Seq       int64
	Phase     desk.Phase
	Live      bool // the meeting is under way
	Early     bool // it has not begun
	Over      bool // it is over
	Rehearsal bool
	May       map[string]bool // permission → has it
	Recording string          // the newest that goes on, else ""
	Heard     bool            // a capture makes it, and says so ten times a second
	Captures  []liveCapture
	CanStart  bool // a capture can be started from here

	Steps    []liveStep
	Pause    *desk.Pause // that goes on
	PauseEnd string      // the hall's time at which it is to end
	Until    int64       // the same in milliseconds since 1970, 0 when it is not said
	Current  *liveItem
	Items    []liveItem
	Speaker  string
	Floor    *desk.SpeakerAt // since when Speaker has the floor
	People   []livePerson
	Queue    []liveQueued
	Waiting  []string // the names in it
	Names    []string // of all who may speak or come
	Notes    []liveNote
	Quorum   desk.Quorum
	Share    string // of those present among the summoned
	Attended []liveAttendance
	Results  []liveResult
	Points   []livePoint
	Log      []liveLogged
	Mixed    []liveConflict
}

// liveItem is an item of the agenda on the live desk.
type liveItem struct {
	ID, Title, Presenter, Planned string
	Number                        string // in the list, from 1
	Key                           string // "1" … "9", "" for others
	State                         string // "done", "current", "next", "skipped", ""
	Sub, Closed                   bool
	Marks                         []liveMark
}

// liveMark is a mark with what moving it sends.
type liveMark struct {
	ID, Item, Title string
	Recording       string
	Sample          int64
	Clock           time.Time
	Earlier, Later  int64 // the sample 15 s before and after
}

type livePerson struct {
	Name, Title, Key string
	Current          bool
	Queued           []string // the queue with this person at its end
}

type liveQueued struct {
	Name    string
	Without []string // the queue without this one
}

type liveNote struct {
	desk.NoteAt
	ItemTitle string
	Mine      bool
}

type liveAttendance struct {
	desk.AttendanceAt
	Arrived, Counted bool
}

// liveResult is a vote or an election as it is shown.
type liveResult struct {
	Key, ID, Kind string // Kind: "vote" or "election"
	Vote          *desk.Vote
	Election      *desk.Election
	ItemTitle     string
	Clock         time.Time
	Base          int
	BaseKind      string // minutes.Base…
	Share         string // of those in favour
	Outcome       string // "carried", "lost", ""
	Published     *desk.Stamp
	Ballots       []liveBallot
	Entered       string // results of an election, one line each, as the form takes them
}

type liveBallot struct {
	minutes.Result
	Share string
}

type livePoint struct {
	Key, What, Text string
	At              string // id of the part of the page, or the page, in which it is put right
	Own             string // id of a point that a person left; "" for one that the state itself asks for
	Clock           time.Time
	By              string
}

type liveLogged struct {
	Seq     int64
	At      time.Time
	By      string
	Text    string
	Act     string // "" where it cannot be undone
	Machine bool
}

type liveConflict struct {
	desk.Conflict
	Where string
}

// liveStep is a way to another phase.
type liveStep struct {
	To      string
	Missing []string // what must be done before
}

// catalogue is the texts of the answer's language.
func (q *request) catalogue() *text.Catalogue { return q.s.templates[q.language].catalogue }

// permissions lists what the viewer may do, for templates: of a record that stands
// nothing is offered that would be refused.
func (q *request) permissions() map[string]bool {
	may, phase := map[string]bool{}, q.meeting.State.Phase
	for _, p := range desk.AllPermissions() {
		may[string(p)] = q.may(p) && (!phase.Settled() || phase.AllowsAny(p))
	}
	return may
}

func (q *request) liveSide() (liveSide, error) {
	st := q.meeting.State
	d := liveSide{ID: st.ID, User: q.account.ID, Seq: q.meeting.Seq, Phase: st.Phase, Live: st.Phase.Live(), Early: st.Phase == desk.Prepared, Over: st.Phase != desk.Prepared && !st.Phase.Live(),
		Rehearsal: st.Rehearsal, May: q.permissions(), Quorum: st.QuorumNow()}
	d.Share = minutes.Percent(q.language, d.Quorum.Present, d.Quorum.Summoned)
	d.Recording, d.Captures, d.CanStart = q.liveCaptures()
	if r := recordingOf(st, d.Recording); d.Recording != "" && r != nil {
		d.Heard = !r.Outside && !microphone.IsStream(r.ID)
	}
	d.steps(st, q.roles, q.language)
	d.agenda(st)
	d.speakers(st)
	d.notes(st, q.account.ID)
	for _, a := range slices.Backward(st.Attendance) {
		d.Attended = append(d.Attended, liveAttendance{a, a.Event == minutes.EventArrive, a.Event == desk.EventCounted})
	}
	d.results(st, q.language)
	d.points(st, q.language)
	for _, c := range st.Conflicts {
		d.Mixed = append(d.Mixed, liveConflict{c, titleOf(st, c.Key)})
	}
	if p := pauseNow(st); p != nil {
		d.Pause = p
		if p.Minutes > 0 {
			end := p.Clock.Add(time.Duration(p.Minutes) * time.Minute)
			d.PauseEnd, d.Until = formatTime(q.catalogue(), end, "format.hour", q.s.zone), end.UnixMilli()
		}
	}
	return d, d.log(q)
}

// pauseNow is the pause that goes on.
func pauseNow(st *desk.State) *desk.Pause {
	for i := range slices.Backward(st.Pauses) {
		if st.Pauses[i].Ended == nil {
			return &st.Pauses[i]
		}
	}
	return nil
}

func (d *liveSide) steps(st *desk.State, roles desk.Roles, language string) {
	for _, n := range st.Steps(roles) {
		if !n.May || n.To == desk.Recess || n.To == desk.ClosedPart || st.Phase == desk.Recess && n.To == desk.Running || st.Phase == desk.ClosedPart {
			continue // a pause has its own buttons
		}
		if !st.Phase.Live() && st.Phase != desk.Prepared && st.Phase != desk.Closed {
			continue // what comes after is no business of the live desk
		}
		step := liveStep{To: string(n.To)}
		for _, m := range n.Missing {
			step.Missing = append(step.Missing, m.In(language))
		}
		d.Steps = append(d.Steps, step)
	}
}

func (d *liveSide) agenda(st *desk.State) {
	current := st.Current()
	passed := true // until the current one
	begun := map[string][]liveMark{}
	for _, m := range st.Marks {
		begun[m.Item] = append(begun[m.Item], markOf(st, m))
	}
	if current == "" {
		passed = false
	}
	number := 0
	for _, i := range st.Items {
		if i.Into != "" {
			continue
		}
		number++
		row := liveItem{ID: i.ID, Title: i.Title, Presenter: i.Presenter, Planned: i.Planned, Sub: i.Parent != "", Closed: i.Closed,
			Marks: begun[i.ID], Number: strconv.Itoa(number)}
		if number <= 9 {
			row.Key = row.Number
		}
		switch {
		case i.ID == current:
			row.State, passed = "current", false
		case i.Skipped:
			row.State = "skipped"
		case len(row.Marks) > 0:
			row.State = "done"
		case !passed && !slices.ContainsFunc(d.Items, func(o liveItem) bool { return o.State == "next" }) && (current == "" || afterCurrent(d.Items)):
			row.State = "next"
		}
		d.Items = append(d.Items, row)
		if row.State == "current" {
			d.Current = &d.Items[len(d.Items)-1]
		}
	}
	if d.Current != nil { // the slice may have moved
		d.Current = &d.Items[slices.IndexFunc(d.Items, func(o liveItem) bool { return o.State == "current" })]
	}
}

func afterCurrent(before []liveItem) bool {
	return slices.ContainsFunc(before, func(o liveItem) bool { return o.State == "current" })
}

// markStep is by how much a button moves a mark: 15 s.
const markStep = 15 * desk.SampleRate

func markOf(st *desk.State, m desk.MarkAt) liveMark {
	title := ""
	if i := st.Item(m.Item); i != nil {
		title = i.Title
	}
	return liveMark{ID: m.ID, Item: m.Item, Title: title, Recording: m.Recording, Sample: m.Sample, Clock: m.Clock,
		Earlier: max(0, m.Sample-markStep), Later: m.Sample + markStep}
}

func (d *liveSide) speakers(st *desk.State) {
	if s := st.SpeakerNow(); s != nil && s.Person != "" {
		d.Floor, d.Speaker = s, s.Person
	}
	for i, p := range st.People {
		row := livePerson{Name: p.Name, Title: p.Title, Current: p.Name == d.Speaker, Queued: append(slices.Clone(st.Queue), p.Name)}
		if i < 9 {
			row.Key = strconv.Itoa(i + 1)
		}
		d.People = append(d.People, row)
		d.Names = append(d.Names, p.Name)
	}
	d.Waiting = append([]string{}, st.Queue...)
	for i, name := range st.Queue {
		d.Queue = append(d.Queue, liveQueued{name, slices.Delete(slices.Clone(st.Queue), i, i+1)})
	}
	for _, r := range st.Register {
		if !slices.ContainsFunc(d.Names, func(n string) bool { return lang.Fold(n) == lang.Fold(r.Name) }) {
			d.Names = append(d.Names, r.Name)
		}
	}
}

func (d *liveSide) notes(st *desk.State, user string) {
	for _, n := range slices.Backward(st.Notes) {
		d.Notes = append(d.Notes, liveNote{n, titleOf(st, "item:"+n.Item), n.Stamp.By == user})
	}
	slices.SortStableFunc(d.Notes, func(a, b liveNote) int { return b.Clock.Compare(a.Clock) })
}
