// Package storetest is the conformance suite that every implementation of
// hall.Store passes. It tests what the interface promises; crash tests and
// migrations are with the implementation.
package storetest
