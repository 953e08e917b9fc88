package minutes

// Meeting is a meeting as people entered it (meeting.yaml; every key is in
// docs/meeting-format.md). All text is NFC.
type Meeting struct {
	Kind     string `yaml:"kind" json:"kind"`
	Language string `yaml:"language" json:"language"` // "vi" when the file has none
	Title    string `yaml:"title" json:"title"`
	Superior string `yaml:"superior" json:"superior,omitempty"`
	Issuer   string `yaml:"issuer" json:"issuer,omitempty"`
	Body     string `yaml:"body" json:"body,omitempty"`
	Place    string `yaml:"place" json:"place,omitempty"`
	Venue    string `yaml:"venue" json:"venue,omitempty"`
	Number   string `yaml:"number" json:"number,omitempty"`
	Start    Time   `yaml:"start" json:"start,omitzero"`
	End      Time   `yaml:"end" json:"end,omitzero"`

	Sessions         []Session         `yaml:"sessions" json:"sessions,omitempty"`
	Secrecy          string            `yaml:"secrecy" json:"secrecy,omitempty"`
	Delegates        Delegates         `yaml:"delegates" json:"delegates,omitzero"`
	AttendanceEvents []AttendanceEvent `yaml:"attendance_events" json:"attendance_events,omitempty"`
	Register         []Delegate        `yaml:"register" json:"register,omitempty"`
	People           []Person          `yaml:"people" json:"people,omitempty"`
	Glossary         []string          `yaml:"glossary" json:"glossary,omitempty"`
	Agenda           []AgendaItem      `yaml:"agenda" json:"agenda,omitempty"`
	Marks            []Mark            `yaml:"marks" json:"marks,omitempty"`
	Votes            []Vote            `yaml:"votes" json:"votes,omitempty"`
	Appointments     []Appointment     `yaml:"appointments" json:"appointments,omitempty"`
	Contributions    []Contribution    `yaml:"contributions" json:"contributions,omitempty"`
	Notes            []Note            `yaml:"notes" json:"notes,omitempty"`
	Elections        []Election        `yaml:"elections" json:"elections,omitempty"`
	Actions          []Action          `yaml:"actions" json:"actions,omitempty"`
	Documents        []Document        `yaml:"documents" json:"documents,omitempty"`
	Signers          []Signer          `yaml:"signers" json:"signers,omitempty"`
	Recipients       []string          `yaml:"recipients" json:"recipients,omitempty"`
	Form             string            `yaml:"form" json:"form,omitempty"`
	Switches         map[string]string `yaml:"switches" json:"switches,omitempty"`
}

// Kinds of meeting.
const (
	KindCongress          = "dai-hoi" // đại hội
	KindCommittee         = "bch"     // ban chấp hành
	KindStandingCommittee = "btv"     // ban thường vụ
	KindCell              = "chi-bo"  // chi bộ
	KindPeoplesCouncil    = "hdnd"    // hội đồng nhân dân
	KindPeoplesCommittee  = "ubnd"    // ủy ban nhân dân
	KindCouncil           = "council" // a town council anywhere
)

// Secrecy levels.
const (
	SecrecyNormal   = "normal"
	SecrecyInternal = "internal"
	SecrecySecret   = "secret" // refused unless the installation is configured for an isolated network
)

// Roles of a person.
const (
	RoleChair         = "chair" // one person
	RolePresidium     = "presidium"
	RoleSecretary     = "secretary"
	RoleHeadSecretary = "head-secretary"
	RoleClerk         = "clerk"
	RoleVerification  = "verification"
	RoleTeller        = "teller"
	RoleSuperior      = "superior"
	RoleGuest         = "guest"
)

// Session (buổi) is one sitting of a meeting that may last days.
type Session struct {
	ID         string   `yaml:"id" json:"id"`
	Start      Time     `yaml:"start" json:"start,omitzero"`
	End        Time     `yaml:"end" json:"end,omitzero"`
	Place      string   `yaml:"place" json:"place,omitempty"`
	Presiding  []string `yaml:"presiding" json:"presiding,omitempty"`
	Recordings []string `yaml:"recordings" json:"recordings,omitempty"`
}

// Delegates counts who was there at the opening.
type Delegates struct {
	Summoned int `yaml:"summoned" json:"summoned"`
	Present  int `yaml:"present" json:"present"`
	Absent   int `yaml:"absent" json:"absent"`
}

// AttendanceEvent is somebody arriving or leaving. Present counts the hall from then on.
type AttendanceEvent struct {
	At      Time     `yaml:"at" json:"at,omitzero"`
	T       *float64 `yaml:"t" json:"t,omitempty"` // seconds from the recording's first sample
	Session string   `yaml:"session" json:"session,omitempty"`
	Item    string   `yaml:"item" json:"item,omitempty"`
	Person  string   `yaml:"person" json:"person,omitempty"`
	Event   string   `yaml:"event" json:"event"`           // arrive or leave
	Count   int      `yaml:"count" json:"count,omitempty"` // how many, where nobody is named; 0 = 1
	Reason  string   `yaml:"reason" json:"reason,omitempty"`
	Present *int     `yaml:"present" json:"present,omitempty"`
}

// Delegate is a row of the register.
type Delegate struct {
	Name       string `yaml:"name" json:"name"`
	Unit       string `yaml:"unit" json:"unit,omitempty"`
	Title      string `yaml:"title" json:"title,omitempty"`
	Sex        string `yaml:"sex" json:"sex,omitempty"`
	Born       string `yaml:"born" json:"born,omitempty"`
	PartySince string `yaml:"party_since" json:"party_since,omitempty"`
	Education  string `yaml:"education" json:"education,omitempty"`
	Alternate  bool   `yaml:"alternate" json:"alternate,omitempty"`
}

// Person is somebody who may speak.
type Person struct {
	Name    string `yaml:"name" json:"name"`
	Title   string `yaml:"title" json:"title,omitempty"`
	Role    Roles  `yaml:"role" json:"role,omitempty"`
	Unit    string `yaml:"unit" json:"unit,omitempty"`
	Channel int    `yaml:"channel" json:"channel,omitempty"` // microphone, from 1
}

// AgendaItem is one item (nội dung) of the agenda.
type AgendaItem struct {
	ID        string `yaml:"id" json:"id"`
	Title     string `yaml:"title" json:"title"`
	Closed    bool   `yaml:"closed" json:"closed,omitempty"` // named in the public copy, nothing of its content there
	Presenter string `yaml:"presenter" json:"presenter,omitempty"`
	Planned   string `yaml:"planned" json:"planned,omitempty"`
	Parent    string `yaml:"parent" json:"parent,omitempty"`
}

// Mark says when the hall went to an item.
type Mark struct {
	T       *float64 `yaml:"t" json:"t,omitempty"`
	At      Time     `yaml:"at" json:"at,omitzero"`
	Session string   `yaml:"session" json:"session,omitempty"`
	Item    string   `yaml:"item" json:"item"`
}

// Vote is a recorded vote; the figures are people's, never a machine's.
type Vote struct {
	Item     string `yaml:"item" json:"item"`
	Subject  string `yaml:"subject" json:"subject"`
	Text     string `yaml:"text" json:"text,omitempty"`
	Moved    string `yaml:"moved" json:"moved,omitempty"`
	Seconded string `yaml:"seconded" json:"seconded,omitempty"`
	For      int    `yaml:"for" json:"for"`
	Against  int    `yaml:"against" json:"against"`
	Abstain  int    `yaml:"abstain" json:"abstain"`
	Present  int    `yaml:"present" json:"present,omitempty"`
	Total    int    `yaml:"total" json:"total,omitempty"`
	Passed   *bool  `yaml:"passed" json:"passed,omitempty"`
	Roll     *Roll  `yaml:"roll" json:"roll,omitempty"`
}

// Roll is a vote by name.
type Roll struct {
	For     []string `yaml:"for" json:"for,omitempty"`
	Against []string `yaml:"against" json:"against,omitempty"`
	Abstain []string `yaml:"abstain" json:"abstain,omitempty"`
}

// Appointment (chỉ định, công bố, ra mắt) is a decision read out.
type Appointment struct {
	Item      string   `yaml:"item" json:"item"`
	Decision  string   `yaml:"decision" json:"decision,omitempty"`
	Date      Time     `yaml:"date" json:"date,omitzero"`
	Authority string   `yaml:"authority" json:"authority,omitempty"`
	Reader    string   `yaml:"reader" json:"reader,omitempty"`
	Body      string   `yaml:"body" json:"body,omitempty"`
	Members   []Member `yaml:"members" json:"members,omitempty"`
}

// Member is somebody appointed.
type Member struct {
	Name     string `yaml:"name" json:"name"`
	Position string `yaml:"position" json:"position,omitempty"`
}

// Contribution (tham luận) is a paper read or handed in.
type Contribution struct {
	Item     string `yaml:"item" json:"item"`
	Person   string `yaml:"person" json:"person"`
	Title    string `yaml:"title" json:"title,omitempty"`
	Spoken   bool   `yaml:"spoken" json:"spoken"`
	Document string `yaml:"document" json:"document,omitempty"`
}

// Note is what the secretary typed during the meeting; a sentence may cite it.
type Note struct {
	T       *float64 `yaml:"t" json:"t,omitempty"`
	At      Time     `yaml:"at" json:"at,omitzero"`
	Session string   `yaml:"session" json:"session,omitempty"`
	Item    string   `yaml:"item" json:"item,omitempty"`
	By      string   `yaml:"by" json:"by,omitempty"`
	Text    string   `yaml:"text" json:"text"`
}

// Election holds ballot figures. Percentages are of delegates summoned.
type Election struct {
	Item      string   `yaml:"item" json:"item"`
	Subject   string   `yaml:"subject" json:"subject"`
	Seats     int      `yaml:"seats" json:"seats,omitempty"`
	Nominated int      `yaml:"nominated" json:"nominated,omitempty"`
	Withdrawn int      `yaml:"withdrawn" json:"withdrawn,omitempty"`
	Round     int      `yaml:"round" json:"round,omitempty"`
	Issued    int      `yaml:"issued" json:"issued,omitempty"`
	Returned  int      `yaml:"returned" json:"returned,omitempty"`
	Valid     int      `yaml:"valid" json:"valid,omitempty"`
	Invalid   int      `yaml:"invalid" json:"invalid,omitempty"`
	Results   []Result `yaml:"results" json:"results,omitempty"`
}

// Result is one name of an election.
type Result struct {
	Name    string `yaml:"name" json:"name"`
	Votes   int    `yaml:"votes" json:"votes"`
	Elected bool   `yaml:"elected" json:"elected"`
}

// Action is a task entered by the clerk.
type Action struct {
	Item  string `yaml:"item" json:"item"`
	Owner string `yaml:"owner" json:"owner,omitempty"`
	Task  string `yaml:"task" json:"task"`
	Due   Time   `yaml:"due" json:"due,omitzero"`
}

// Document is a paper of the meeting.
type Document struct {
	Item   string `yaml:"item" json:"item,omitempty"`
	Title  string `yaml:"title" json:"title"`
	Number string `yaml:"number" json:"number,omitempty"`
	Date   Time   `yaml:"date" json:"date,omitzero"`
	File   string `yaml:"file" json:"file,omitempty"`
}

// Signer is who signs, with what authority, on which side.
type Signer struct {
	Person    string `yaml:"person" json:"person"`
	Authority string `yaml:"authority" json:"authority,omitempty"`
	Title     string `yaml:"title" json:"title,omitempty"`
	Side      string `yaml:"side" json:"side,omitempty"` // left or right
}
