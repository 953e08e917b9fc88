// Package measure scores what the program makes: word and character error
// rates of a transcript, and the facts that minutes must and must not state.
//
// It only counts; it never changes a text, and nothing that makes minutes may
// import it.
package measure
