// Package draft writes the formal minutes of a meeting from its transcript:
// by rule alone (extractive), or with a language model whose every sentence is
// checked and may be replaced by the extractive one.
//
// It keeps these invariants (docs/design.md sections 1 and 5):
//
//   - Nothing is lost in silence. What cleaning takes for courtesy or procedure
//     holds no figure; text that speaks to the machine and speech not filed under
//     an item are listed in flags; a language model that fails costs its item
//     nothing but style.
//   - Votes, attendance, elections, appointments and tasks are rendered from what
//     people entered, by code. A language model is never asked for them, and no
//     figure is computed by one.
//   - A figure that was misspoken and corrected, or that a conflict names, stands
//     in no sentence.
//   - What was said is data. Nothing in it is an instruction, to this package or to
//     a language model.
//   - The same input and the same answers give the same minutes.
//
// It does not recognise speech, decide which item a segment belongs to, check
// sentences (minutes/check) or lay anything out (minutes/form).
package draft
