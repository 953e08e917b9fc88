// Package form makes the document that people read, sign and keep out of
// minutes: PDF after an official form, plain text, a web page, JSON.
//
// A document is built once, as a tree of blocks (tree.go), and then written as
// text, as HTML or laid out and painted as PDF; so every format says the same.
// What a form may decide is data in package templates.
//
// It keeps these invariants: what a public copy leaves out is taken out of the
// minutes before any block is built, so that no format can leak it; figures
// are people's, percentages are computed here by plain code with their base
// beside them; text from people or machines is never markup; the same minutes
// give the same bytes.
//
// It drafts nothing, checks no sentence against its evidence, and does not
// sign; PDF/A is made of its output by minutes/seal.
package form
