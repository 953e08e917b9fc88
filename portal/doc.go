// Package portal is what browsers see: pages, acts, live events and recorded
// sound of meetings.
//
// What it keeps true:
//   - Every route stands in one table (routes.go) with who may use it. A route of
//     a meeting names one desk.Permission; the store checks it in the query that
//     loads the meeting. Who may not see a meeting gets the bytes of a page that
//     does not exist.
//   - Nothing changes by GET. A change is an act of package desk or a call of
//     package accounts; handlers decide nothing.
//   - No text that a person sees stands in a page or a script: portal/text has it,
//     in Vietnamese and English.
//   - No script or style stands inline, and none comes from elsewhere.
//   - Pages that only show things, and every form, work without a script.
//   - A slow browser holds up nobody.
//
// It stores nothing, records nothing, and decodes nothing. To add a page: a file
// in web/, its texts in text/vi and text/en, a row in a table of routes, a
// handler that ends with request.show (docs/portal.md).
package portal
