package desk

// Phase is how far a meeting is.
type Phase string

// The phases, in their order.
const (
	Prepared   Phase = "prepared"
	Running    Phase = "running"
	Recess     Phase = "recess"      // between sessions, or a break
	ClosedPart Phase = "closed_part" // nothing is recorded
	Closed     Phase = "closed"      // the meeting is over
	InReview   Phase = "in_review"
	Approved   Phase = "approved"
	Signed     Phase = "signed"
	Archived   Phase = "archived"
)

// Phases lists the phases in their order.
func Phases() []Phase {
	return []Phase{Prepared, Running, Recess, ClosedPart, Closed, InReview, Approved, Signed, Archived}
}

// Live says whether the meeting is under way.
func (p Phase) Live() bool { return p == Running || p == Recess || p == ClosedPart }

// step is a way from one phase to another.
type step struct {
	from, to   Phase
	permission Permission
	holds      []condition // all must hold
}

// condition is something that must hold before a step.
type condition struct {
	name   string // stable, for pages: "agenda", "minutes_accepted", …
	vi, en string // what is missing, as people read it
	ok     func(s *State) bool
}

// steps is the one table of phases: who may go where, and what must hold.
var steps = []step{
	{Prepared, Running, Run, []condition{hasTitle, hasAgenda}},
	{Running, Recess, Run, nil},
	{Recess, Running, Run, nil},
	{Running, ClosedPart, Run, nil},
	{ClosedPart, Running, Run, nil},
	{Running, Closed, Run, []condition{resultsComplete}},
	{Recess, Closed, Run, []condition{resultsComplete}},
	{Closed, Running, Run, nil}, // closed too early
	{Closed, InReview, EditText, nil},
	{InReview, Closed, EditText, nil},
	{InReview, Approved, Approve, []condition{noConflict, noOpenPoint, hasSecretary, hasChair}},
	{Approved, InReview, Approve, nil}, // found something after all
	{Approved, Signed, Sign, nil},
	{Signed, Archived, Archive, nil},
}
