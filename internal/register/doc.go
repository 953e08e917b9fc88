// Package register reads what people bring to a meeting: the register of
// delegates from a spreadsheet (CSV, XLSX), an agenda pasted from a Word table, and
// the words of a document for the glossary.
//
// What it keeps true: nothing is taken over in silence. A preview names each line
// and column that it doubts or refuses, and a refused line never becomes a
// delegate. What is read is data from a stranger: its size is bounded before it is
// unpacked, and what is written back for a spreadsheet runs no formula there.
//
// It stores nothing and knows no HTTP.
package register
