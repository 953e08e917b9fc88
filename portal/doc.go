// Package portal will hold the pages, the API, live events and sign-in of the
// service (docs/design.md section 2). There is nothing in it yet; it stands here so
// that the layers' lint rules can name it.
//
// It will know the domain (package minutes) and no engine.
package portal
