package desk

import "slices"

// Role is what a person is in one meeting; a person may have several.
type Role string

// The roles.
const (
	Secretary Role = "secretary" // runs the desk during the meeting, reviews the text
	Clerk     Role = "clerk"     // answers for the record: members, approval, signature
	Archivist Role = "archivist" // keeps the final record
	Chair     Role = "chair"     // leads the meeting
	Delegate  Role = "delegate"  // takes part, with a tablet
	Screen    Role = "screen"    // the hall screen: what everybody in the hall may see

	// Administrator belongs to the installation, not to a meeting: it sees
	// nothing of a meeting's content unless given another role there.
	Administrator Role = "administrator"
)

// MeetingRoles lists the roles that can be given in a meeting.
var meetingRoles = []Role{Secretary, Clerk, Archivist, Chair, Delegate, Screen}

// MeetingRoles lists the roles that can be given in a meeting, in the order in
// which pages show them.
func MeetingRoles() []Role { return slices.Clone(meetingRoles) }

// Permission is something that somebody may do or see.
type Permission string

// The permissions.
const (
	// Of the installation.
	CreateMeeting Permission = "create_meeting" // and name its first clerk
	ManageUsers   Permission = "manage_users"
	ManageDevices Permission = "manage_devices" // microphones, models, backup

	// To see.
	See           Permission = "see"            // that the meeting exists; title, agenda, phase, published results
	SeeTranscript Permission = "see_transcript" // what was said in open items
	SeeClosed     Permission = "see_closed"     // content of closed items and closed parts
	SeeNotes      Permission = "see_notes"
	SeePeople     Permission = "see_people"  // register, attendance by name, channel map
	SeeResults    Permission = "see_results" // results recorded and not yet published
	SeeHistory    Permission = "see_history" // who did what
	SeeMinutes    Permission = "see_minutes" // minutes that were brought in
	Listen        Permission = "listen"      // recorded sound
	Search        Permission = "search"

	// To prepare.
	Prepare Permission = "prepare" // head data, sessions, agenda, people, register, glossary, microphones
	Members Permission = "members" // who has which role

	// To run.
	Run           Permission = "run"            // open, pause, close; rehearsal
	Mark          Permission = "mark"           // agenda marks, speaker, queue, live agenda changes
	Note          Permission = "note"           // notes, open points, tasks
	Attend        Permission = "attend"         // attendance
	RecordResult  Permission = "record_result"  // votes, elections
	PublishResult Permission = "publish_result" // show a recorded result to all
	Record        Permission = "record"         // start capture, be a microphone
	CloseStretch  Permission = "close_stretch"  // close a stretch of a recording afterwards
	Erase         Permission = "erase"          // ask for a stretch to be erased, or confirm what another asked for

	// To review and finish.
	EditText Permission = "edit_text" // the text: wording, speaker, item, flags, dismissals
	Adopt    Permission = "adopt"     // a second layer
	Draft    Permission = "draft"     // ask for a draft, edit it
	Approve  Permission = "approve"   // in review → approved
	Sign     Permission = "sign"
	Archive  Permission = "archive"
	Export   Permission = "export"
)

// permits is the one table role × permission.
var permits = map[Role][]Permission{
	Administrator: {CreateMeeting, ManageUsers, ManageDevices},
	Clerk: {
		CreateMeeting, See, SeeTranscript, SeeClosed, SeeNotes, SeePeople, SeeResults, SeeHistory, SeeMinutes, Listen, Search,
		Prepare, Members, Run, Mark, Note, Attend, RecordResult, PublishResult, Record, CloseStretch, Erase,
		EditText, Adopt, Draft, Approve, Sign, Export,
	},
	Secretary: {
		See, SeeTranscript, SeeClosed, SeeNotes, SeePeople, SeeResults, SeeHistory, SeeMinutes, Listen, Search,
		Prepare, Run, Mark, Note, Attend, RecordResult, PublishResult, Record, CloseStretch, Erase,
		EditText, Adopt, Draft, Export,
	},
	Archivist: {See, SeeTranscript, SeeClosed, SeeNotes, SeePeople, SeeResults, SeeHistory, SeeMinutes, Listen, Search, Archive, Export},
	// Who approves and signs may look at all that the minutes rest on.
	Chair:    {See, SeeTranscript, SeeClosed, SeeNotes, SeePeople, SeeResults, SeeHistory, SeeMinutes, Listen, Search, PublishResult, Erase, Approve, Sign},
	Delegate: {See},
	Screen:   {See},
}

// Permissions lists what a role permits, as the table has it.
func (r Role) Permissions() []Permission { return slices.Clone(permits[r]) }

// Known says whether the role can be given in a meeting.
func (r Role) Known() bool { return slices.Contains(meetingRoles, r) }

// AllPermissions lists every permission once, in the order of the constants.
func AllPermissions() []Permission {
	return []Permission{
		CreateMeeting, ManageUsers, ManageDevices,
		See, SeeTranscript, SeeClosed, SeeNotes, SeePeople, SeeResults, SeeHistory, SeeMinutes, Listen, Search,
		Prepare, Members, Run, Mark, Note, Attend, RecordResult, PublishResult, Record, CloseStretch, Erase,
		EditText, Adopt, Draft, Approve, Sign, Archive, Export,
	}
}

// Roles are all the roles that a person has in one meeting.
type Roles []Role

// May says whether one of the roles permits it.
func (rs Roles) May(p Permission) bool {
	return slices.ContainsFunc(rs, func(r Role) bool { return slices.Contains(permits[r], p) })
}

// Has says whether the role is among them.
func (rs Roles) Has(r Role) bool { return slices.Contains(rs, r) }
