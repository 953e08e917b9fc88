// Package text holds every text that a person sees on a page, in Vietnamese
// and in English.
//
// Invariant: both catalogues have the same keys with the same parameters, and
// no key is there that no page uses; tests of this package and of portal keep
// it. A catalogue is made of all files of its folder, so that each group of
// pages has one of its own; a key stands in one file only.
//
// It does not choose a language (portal does) and holds no text of the record
// itself: minutes/form writes that.
package text
