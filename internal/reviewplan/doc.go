// Package reviewplan is a scripted review: which keys a person who knows what was
// said presses on the review page to put a transcript right, and how long a
// keystroke-level model says that this takes.
//
// internal/tools/reviewcost adds it up for whole meetings; a test of package
// portal presses the keys of [Plan] on the page itself, so that they are real.
// Pressed in order, the keys of a plan leave the text as it was said: that is what
// the test holds them to.
//
// The model is that of Card, Moran and Newell ("The keystroke-level model for user
// performance time with interactive systems", Communications of the ACM 23/7,
// 1980). It knows practised people who make no slip; it is no trial with people.
// The package does not decide what is wrong in a text: it is told.
package reviewplan
