package desk

import "slices"

// rule is all that the desk knows of a kind of act.
type rule struct {
	permission Permission
	when       moment
	how        how
	do         func(t *turn) error
}

// how says what is special about a kind.
type how int

const (
	now   how = 1 << iota // it only adds, or means "now": it meets nobody's change
	final                 // it cannot be undone: its opposite is an act of its own
)

// moment is a stretch of a meeting's life.
type moment int

const (
	anyTime       moment = iota // what the act does says itself
	whilePrepared               // before it begins
	whileLive                   // while it is under way
	untilClosed                 // until it ends
	fromStart                   // from its beginning until approval
	untilApproved               // from the preparation until approval
)

// phases lists the phases of a moment.
func (m moment) phases() []Phase {
	switch m {
	case whilePrepared:
		return []Phase{Prepared}
	case whileLive:
		return []Phase{Running, Recess, ClosedPart}
	case untilClosed:
		return []Phase{Prepared, Running, Recess, ClosedPart}
	case fromStart:
		return []Phase{Running, Recess, ClosedPart, Closed, InReview}
	case untilApproved:
		return []Phase{Prepared, Running, Recess, ClosedPart, Closed, InReview}
	}
	return Phases()
}

// rules is the table of all kinds.
func rules() map[Kind]rule {
	return map[Kind]rule{
		KindHead:            {Prepare, untilApproved, 0, doHead},
		KindMember:          {Members, anyTime, 0, doMember},
		KindSession:         {Prepare, untilApproved, 0, doSession},
		KindSessionRemoved:  {Prepare, untilApproved, 0, doSessionRemoved},
		KindAgenda:          {Prepare, untilClosed, 0, doAgenda},
		KindItemAdded:       {Prepare, untilApproved, now, doItemAdded},
		KindItemChanged:     {Prepare, untilApproved, 0, doItemChanged},
		KindItemMoved:       {Prepare, untilApproved, 0, doItemMoved},
		KindItemSkipped:     {Prepare, untilApproved, 0, doItemSkipped},
		KindItemsMerged:     {Prepare, untilApproved, 0, doItemsMerged},
		KindItemRemoved:     {Prepare, untilApproved, 0, doItemRemoved},
		KindPerson:          {Prepare, untilApproved, 0, doPerson},
		KindPersonRemoved:   {Prepare, untilApproved, 0, doPersonRemoved},
		KindRegister:        {Prepare, untilApproved, 0, doRegister},
		KindGlossary:        {Prepare, untilApproved, now, doGlossary},
		KindChannels:        {Prepare, untilApproved, 0, doChannels},
		KindDocument:        {Prepare, untilApproved, 0, doDocument},
		KindDocumentRemoved: {Prepare, untilApproved, 0, removed("document", "tài liệu", "document")},
		KindSigners:         {Prepare, untilApproved, 0, doSigners},

		KindPhase:              {See, anyTime, now | final, doPhase}, // the step's own permission is asked there
		KindRehearsal:          {Run, whilePrepared, now | final, doRehearsal},
		KindRehearsalDiscarded: {Run, anyTime, now | final, doRehearsalDiscarded},

		KindMark:         {Mark, whileLive, now, doMark},
		KindMarkChanged:  {Mark, fromStart, 0, doMarkChanged},
		KindMarkRemoved:  {Mark, fromStart, 0, removed("mark", "mốc", "mark")},
		KindSpeaker:      {Mark, whileLive, now, doSpeaker},
		KindQueue:        {Mark, whileLive, 0, doQueue},
		KindNote:         {Note, untilApproved, now, doNote},
		KindNoteChanged:  {Note, untilApproved, 0, doNoteChanged},
		KindNoteRemoved:  {Note, untilApproved, 0, removed("note", "ghi chú", "note")},
		KindPaused:       {Run, whileLive, now | final, doPaused},
		KindResumed:      {Run, whileLive, now | final, doResumed},
		KindPoint:        {Note, untilApproved, now, doPoint},
		KindPointClosed:  {Note, untilApproved, now, doPointClosed},
		KindRecordingSet: {Mark, fromStart, 0, doRecordingFiled},

		KindAttendance:          {Attend, fromStart, now, doAttendance},
		KindAttendanceChanged:   {Attend, fromStart, 0, doAttendanceChanged},
		KindAttendanceRemoved:   {Attend, fromStart, 0, removed("attendance", "lượt đến, về", "arrival or leaving")},
		KindVote:                {RecordResult, fromStart, now, doVote},
		KindVoteAll:             {RecordResult, whileLive, now, doVoteAll},
		KindVoteChanged:         {RecordResult, fromStart, 0, doVoteChanged},
		KindVoteRemoved:         {RecordResult, fromStart, 0, doResultRemoved("vote")},
		KindElection:            {RecordResult, fromStart, now, doElection},
		KindElectionChanged:     {RecordResult, fromStart, 0, doElectionChanged},
		KindElectionRemoved:     {RecordResult, fromStart, 0, doResultRemoved("election")},
		KindPublished:           {PublishResult, fromStart, now | final, doPublished},
		KindUnpublished:         {PublishResult, fromStart, now | final, doUnpublished},
		KindAppointment:         {RecordResult, untilApproved, 0, doAppointment},
		KindAppointmentRemoved:  {RecordResult, untilApproved, 0, removed("appointment", "quyết định chỉ định", "appointment")},
		KindContribution:        {Note, untilApproved, 0, doContribution},
		KindContributionRemoved: {Note, untilApproved, 0, removed("contribution", "tham luận", "contribution")},
		KindAction:              {Note, untilApproved, 0, doAction},
		KindActionRemoved:       {Note, untilApproved, 0, removed("action", "nhiệm vụ", "task")},

		KindText:           {EditText, fromStart, 0, doText},
		KindReplaced:       {EditText, fromStart, now, doReplaced},
		KindSplit:          {EditText, fromStart, 0, doSplit},
		KindMerge:          {EditText, fromStart, 0, doMerge},
		KindSegmentSpeaker: {EditText, fromStart, 0, doSegmentSpeaker},
		KindSegmentItem:    {EditText, fromStart, 0, doSegmentItem},
		KindDismissed:      {EditText, fromStart, 0, doDismissed},
		KindRestored:       {EditText, fromStart, 0, doRestored},
		KindFlags:          {EditText, fromStart, 0, doFlags},
		KindStretch:        {EditText, fromStart, 0, doStretch},
		KindAdopted:        {Adopt, fromStart, now | final, doAdopted},
		KindLayerChosen:    {EditText, fromStart, 0, doLayerChosen},

		KindErasureAsked:     {Erase, anyTime, now | final, doErasureAsked},
		KindErasureConfirmed: {Erase, anyTime, now | final, doErasureConfirmed},
		KindErasureRefused:   {Erase, anyTime, now | final, doErasureRefused},

		KindMinutes: {Draft, untilApproved, now | final, doMinutes},

		KindUndo:   {See, anyTime, now, doUndo},   // what the undone act needs is asked there
		KindSettle: {See, anyTime, now, doSettle}, // likewise
	}
}

// Allows says whether an act of this kind may be done in a phase; for a step to
// another phase NextPhases says more.
func (p Phase) Allows(k Kind) bool {
	r, known := rules()[k]
	return known && slices.Contains(r.when.phases(), p)
}

// Settled says whether the record stands: nothing in it is changed any more.
func (p Phase) Settled() bool { return p == Approved || p == Signed || p == Archived }

// AllowsAny says whether any act that wants a permission may happen in the phase; true
// for a permission that no act wants.
func (p Phase) AllowsAny(needs Permission) bool {
	wanted := false
	for k, r := range rules() {
		if r.permission != needs {
			continue
		}
		if wanted = true; p.Allows(k) {
			return true
		}
	}
	return !wanted
}

// Kinds lists every kind of act that people send, in no order.
func Kinds() []Kind {
	out := make([]Kind, 0, len(rules()))
	for k := range rules() {
		out = append(out, k)
	}
	return out
}
