// Package storetest has the conformance suites that every implementation of a
// store passes: Suite for hall.Store, Accounts for accounts.Store. They test what
// the interfaces promise; crash tests and migrations are with the
// implementation.
package storetest
