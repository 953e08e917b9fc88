// Package minutes is the domain: a meeting as people entered it, its agenda,
// people, votes and notes, and the formal minutes drafted from them.
//
// It keeps these invariants (docs/design.md section 1): figures, names, votes
// and attendance come from what people entered or from evidence that is
// cited; people own the agenda's boundaries, a machine only suggests; what
// fails a check is flagged.
//
// It imports no portal, store or engine. Drafting is in minutes/draft,
// checking in minutes/check, painting in minutes/form.
package minutes
