// Package programmes holds programme templates: what the agenda of a meeting of
// each kind usually is, as data (data/*.yaml), to begin a new meeting with.
//
// What it keeps true: every template names a kind that there is, its items are in
// order with sub-items behind their parent, and no title stands twice. A template
// is a proposal; people change it as they like.
//
// It knows nothing of the rest of the program.
package programmes
