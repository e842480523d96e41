// Package appletest helps to test what stands around wallet/apple: suites that hold an
// implementation of its interfaces to their contracts (TestRegistrations, TestPasses), one
// that keeps everything in memory (Memory), a phone (Device) and a server that takes
// pushes and looks at them closely (APNs).
//
// The phone does what Apple's documentation says that a phone does, and knows of the
// server only what is in that documentation.
//
// It is imported by tests only. Start with suite.go.
package appletest
