// Package search says what is looked for and found: words of a text and of a
// query in the two forms in which they are compared, and excerpts with the found
// words marked.
//
// A word is a run of letters and digits. It is compared in its exact form (small
// letters, NFC, tone marks where they belong: hoà is hòa) and in its plain form,
// without diacritics and with đ as d. A text is found when its plain words match;
// among what is found, what matches exactly comes first: who looks for "dong"
// finds "đồng", and who looks for "đồng" finds it before "dong".
//
// It keeps no index and knows of no permission: internal/sqlstore does both.
package search
