package templates

// Form is an official form as data (forms/*.yaml). Lengths on paper are
// millimetres; sizes, line pitches and spaces of text are points.
type Form struct {
	Name      string   `yaml:"name"`
	About     string   `yaml:"about"`      // one line for people who choose a form
	Source    string   `yaml:"source"`     // the rule it follows
	Language  string   `yaml:"language"`   // of its own words
	Kinds     []string `yaml:"kinds"`      // kinds of meeting it is for (docs/meeting-format.md)
	ValidFrom Date     `yaml:"valid_from"` // first day it is in force; none = always
	StandsIn  bool     `yaml:"stands_in"`  // serves earlier dates too, while the form of that time is not here

	Page      Page              `yaml:"page"`
	Styles    map[string]Style  `yaml:"styles"`
	Switches  map[string]Switch `yaml:"switches"`
	Head      Head              `yaml:"head"`
	Opening   []Line            `yaml:"opening"`
	Numbering []string          `yaml:"numbering"` // of agenda items by level: "I- ", "1. ", "a) "
	Actions   bool              `yaml:"actions"`   // a table of all tasks after the items
	Closing   []Line            `yaml:"closing"`
	Signers   []Signer          `yaml:"signers"`
	SignOn    bool              `yaml:"sign_on_line"` // a line to sign on stands above the name
	Members   map[string]string `yaml:"members"`      // kind → what those who have a vote are called
	Symbols   map[string]string `yaml:"symbols"`      // kind → symbol printed after a number left blank
	Labels    map[string]string `yaml:"labels"`

	file string // where it was read from, for messages
}

// Page is the paper.
type Page struct {
	Size    [2]float64 `yaml:"size"` // width, height
	Margins Margins    `yaml:"margins"`
	Columns [2]float64 `yaml:"columns"` // of the head and of the signatures; together the text width
	Number  PageNumber `yaml:"number"`
}

// Margins of a page; on the back of a leaf left and right change places when
// the form's switch two_sided is on.
type Margins struct {
	Top    float64 `yaml:"top"`
	Bottom float64 `yaml:"bottom"`
	Left   float64 `yaml:"left"`
	Right  float64 `yaml:"right"`
}

// PageNumber stands centred in the top or bottom margin.
type PageNumber struct {
	From  int     `yaml:"from"`  // first page that bears one
	Edge  float64 `yaml:"edge"`  // from the paper's edge to the line
	Place string  `yaml:"place"` // top or bottom
	Text  string  `yaml:"text"`  // "{page}", "Page {page} of {pages}"
}

// Style is how a line or paragraph looks.
type Style struct {
	Size      float64 `yaml:"size"`
	Line      float64 `yaml:"line"` // exact pitch from baseline to baseline
	Bold      bool    `yaml:"bold"`
	Italic    bool    `yaml:"italic"`
	Underline bool    `yaml:"underline"`
	Upper     bool    `yaml:"upper"` // printed in capitals
	Align     string  `yaml:"align"` // left, center, right or justify
	Before    float64 `yaml:"before"`
	After     float64 `yaml:"after"`
	Indent    float64 `yaml:"indent"` // of the first line
	Left      float64 `yaml:"left"`   // of all lines
}

// Switch is a point on which sources disagree or halls differ; a meeting sets
// it under `switches`.
type Switch struct {
	About   string   `yaml:"about"`
	Default string   `yaml:"default"`
	Values  []string `yaml:"values"`
}

// Head is what stands above the body: two columns, then lines across.
type Head struct {
	Left  []HeadLine `yaml:"left"`
	Right []HeadLine `yaml:"right"`
	Title []HeadLine `yaml:"title"`
}

// HeadLine is one line of a head, or, with Values, a few of them.
type HeadLine struct {
	Text   string   `yaml:"text"`
	Values []string `yaml:"values"` // placeholders, each printed on a line of its own where it is not empty
	Style  string   `yaml:"style"`
	Last   string   `yaml:"last"`   // style of the last of Values
	Rule   string   `yaml:"rule"`   // "text": a rule as long as the text below it; "full": across the column
	Level  string   `yaml:"level"`  // "last": on the level of the other column's last line
	Switch string   `yaml:"switch"` // printed unless this switch is off
}

// Line is a line of the opening or of the closing.
type Line struct {
	Kinds    []string `yaml:"kinds"` // for these kinds only
	Label    string   `yaml:"label"`
	Text     string   `yaml:"text"`
	People   []string `yaml:"people"` // roles: whoever has one of them, in the meeting's order
	Person   string   `yaml:"person"` // how one of them is written
	Needs    string   `yaml:"needs"`  // printed only where somebody has this role
	Unless   string   `yaml:"unless"` // printed only where nobody has this role
	Optional bool     `yaml:"optional"`
}

// Signer is a default place for a signature.
type Signer struct {
	Kinds     []string `yaml:"kinds"`
	Side      string   `yaml:"side"`  // left or right
	Roles     []string `yaml:"roles"` // the first role that somebody has
	Authority string   `yaml:"authority"`
	Title     string   `yaml:"title"`
	Needs     string   `yaml:"needs"`
	Unless    string   `yaml:"unless"`
}

// For says whether the form is for meetings of this kind.
func (f *Form) For(kind string) bool { return holds(f.Kinds, kind) }

// In says whether the form is in force on the day t falls on.
func (f *Form) In(day string) bool { return f.ValidFrom == "" || string(f.ValidFrom) <= day }

// Date is the day of a form's beginning, "" when it has always been.
type Date string

func holds(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
