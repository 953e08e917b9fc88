// Package inhibit keeps a machine awake while it records, and tells whether it runs on mains or battery: through logind
// and UPower on the system's D-Bus, and from the kernel's own files where UPower is not there.
//
// Invariant: nothing here can stop or delay a recording. Every call ends within seconds; what is missing is said as a
// reason, in words for people, and is no failure.
//
// It switches nothing off and decides nothing: package alarm does the warning.
package inhibit
