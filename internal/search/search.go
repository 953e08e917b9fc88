package search

import (
	"context"
	"time"

	"bienban/internal/fault"
)

// Kinds of what is found.
const (
	Meeting    = "meeting"    // its title, issuer, place
	Item       = "item"       // an agenda item's title
	Transcript = "transcript" // what was said, as people see it now
	Note       = "note"
	Document   = "document" // its title and text
	Result     = "result"   // a vote, an election, a decision
	Minutes    = "minutes"  // a sentence of the newest minutes that were brought in
)

// Kinds lists them all.
func Kinds() []string { return []string{Meeting, Item, Transcript, Note, Document, Result, Minutes} }

// Query is what an account looks for.
type Query struct {
	Account string   // only what this account may see is found
	Text    string   // words, of which all must occur; "in quotes" one after another
	Meeting string   // only in this one; "" in all
	Kinds   []string // only these; none: all
	Offset  int      // leave out the first
	Limit   int      // at most, 1 to MostHits
}

// MostHits is how many hits one answer has at most.
const MostHits = 200

// Hit is one thing that was found.
type Hit struct {
	Meeting string    `json:"meeting"` // id
	Title   string    `json:"title"`   // the meeting's
	Kind    string    `json:"kind"`
	Ref     string    `json:"ref"`            // id of the thing within its kind; of a segment, within its recording
	Item    string    `json:"item,omitempty"` // agenda item that it belongs to
	At      time.Time `json:"at"`             // when it was said, noted or held
	// Recording and Sample (at 16 kHz) say where one hears it; "" where one cannot.
	Recording string `json:"recording,omitempty"`
	Sample    int64  `json:"sample,omitempty"`
	Heading   string `json:"heading,omitempty"` // who spoke; a document's title
	Excerpt   string `json:"excerpt"`
	// Marks are the found words in Excerpt: from byte, to byte (not included).
	Marks [][2]int `json:"marks"`
	Exact bool     `json:"exact"` // all words occur with these diacritics
}

// Found is an answer.
type Found struct {
	Hits []Hit `json:"hits"`
	More bool  `json:"more"` // there are hits behind the last
}

// Index answers queries; internal/sqlstore is one.
type Index interface {
	// Search finds what the query's account may see, as things stand at this
	// moment: the permission is part of the query. The best come first: words one
	// after another with these diacritics, then words with these diacritics, then
	// words one after another without, then the rest; the newest first among equals.
	// An account without a role finds nothing.
	Search(ctx context.Context, q Query) (Found, error)
}

// Check says what is wrong with a query's numbers.
func (q Query) Check() error {
	if q.Limit < 1 || q.Limit > MostHits || q.Offset < 0 {
		return fault.New(fault.Invalid, "search: a limit of %d from %d: 1 to %d are given at once", q.Limit, q.Offset, MostHits)
	}
	return nil
}
