package form

// document is what is written: blocks in reading order.
type document struct {
	language string // BCP 47, of the minutes
	title    string // of the file
	subject  string
	blocks   []block
}

// block is one of *head, *paragraph, *heading, *table, *signatures.
type block interface{ isBlock() }

// run is a stretch of text in one look. A line feed in it ends the line.
type run struct {
	text   string
	bold   bool
	italic bool
	cites  []string // evidence of the sentence that ends here
}

// line is a line of the head: it wraps, but is no paragraph of the body.
type line struct {
	text  string
	style string
	rule  string // "", "text" or "full"
	level string // "" or "last"
}

// head stands above the body: two columns, then lines across.
type head struct{ left, right, across []line }

// paragraph is a paragraph of the body. Its role is what HTML makes of it.
type paragraph struct {
	style string
	role  string // one of the role constants
	runs  []run
	list  bool // one of a list; the marker is in its text
}

// Roles of a paragraph.
const (
	roleBody       = "body"
	roleOpening    = "opening"
	roleVote       = "vote"
	roleConflict   = "conflict"
	roleClosing    = "closing"
	roleRecipients = "recipients"
	roleInternal   = "internal"
)

// heading is the title of an agenda item, verbatim, or of a part of the form.
type heading struct {
	level  int // from 1
	number string
	text   string
	item   string // agenda id, "" for a part of the form
	closed bool
}

// table is a table with a head that is repeated on every page.
type table struct {
	caption string
	columns []column
	rows    [][]string
}

type column struct {
	title string
	share float64 // of the text width
	align string
}

// signature is one place to sign.
type signature struct{ authority, title, name string }

// signatures stand side by side, row by row; an entry may be nil.
type signatures struct{ rows [][2]*signature }

func (*head) isBlock()       {}
func (*paragraph) isBlock()  {}
func (*heading) isBlock()    {}
func (*table) isBlock()      {}
func (*signatures) isBlock() {}
