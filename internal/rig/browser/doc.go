// Package browser speaks to the portal as people's browsers do, for tools and tests
// of the real program: it signs in and keeps the cookie, sends forms and acts with
// the headers that a browser adds, and follows a meeting's events as an EventSource
// does (portal/web/portal.js).
//
// Invariants it keeps: an act is sent with the id that it was given and no other; a
// message of an event stream that was cut short is told to nobody.
//
// It runs no script and shows no page; what a page does is tested in portal with a
// real browser.
package browser
