// Package bustest is the conformance suite that every implementation of
// bus.Bus passes, and the helpers that its tests share.
//
// It tests what package bus promises and nothing that only one implementation
// does; crash and power tests are with natsbus.
package bustest
