// Package desk is the meeting as people work on it: its state, what they may do
// to it, and their edits over a machine's text.
//
// A person's act is checked and applied by plain code: Apply takes the state
// and an act and gives the next state. It reads no clock, no disk and no random
// number, so the same acts in the same order always give the same state. A
// Store keeps state, events, edits and the audit log; it calls Apply within its
// own transaction.
//
// What the package keeps true:
//   - What a machine wrote is never changed: people's edits are an overlay
//     (Edit, Overlay) and the shown text is Fold of the two.
//   - No word that a person typed is lost. An act on something that somebody
//     changed meanwhile becomes a Conflict that keeps both, until a person
//     settles it.
//   - An act has an id of its own; sent twice it happened once.
//   - Each act can be undone by an act of its own, as long as nobody built on it.
//   - Who may do what, and in which phase, stands in two tables here (Permits,
//     phaseAllows) and nowhere else.
//
// It stores nothing, serves no page, and knows no engine and no language model.
//
// Stable for those who build on it: Role, Permission, Phase, Kind and the bodies
// in bodies.go and editbodies.go, State and its parts, Act, Done, Event, Edit,
// Overlay, Conflict, Viewer and Store. The functions may grow.
package desk
