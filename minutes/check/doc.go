// Package check confirms, in plain code, that a sentence of minutes stands in
// the evidence that it cites: its figures, dates, names, votes, decisions,
// negations, limits and whose words they are; and that what minutes carry of the
// meeting is the meeting's ([Against]).
//
// It keeps one invariant: what it cannot confirm it flags. A flag on a
// sentence that a machine wrote blocks; on a person's own sentence it only
// warns; a sentence rendered from what people entered is held to the figures
// and names of that data.
//
// It reads and never mends: which sentence takes the place of a flagged one is
// decided in minutes/draft. It knows Vietnamese and English; in any other
// language it confirms written figures, names, citations and markup.
package check
