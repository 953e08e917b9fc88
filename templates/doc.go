// Package templates holds what a văn thư, not a programmer, decides about a
// document: the official forms as data, versioned by date, and the fonts they
// are painted with.
//
// It keeps this invariant: a form that Forms, Plain or Parse gives back has
// been decoded strictly and checked whole (every style that a painter asks
// for is there, every {placeholder} and every kind is known), so that nothing
// is found missing half-way through a document. Errors name the file and the
// line.
//
// It knows nothing of meetings, and does not lay out or paint; that is
// minutes/form. Prompts live beside it in templates/prompts.
package templates
