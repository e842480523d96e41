// Package hottest is the conformance suite of hot.State: what every implementation
// must do, as tests that read as stories, and benchmarks that compare them.
//
// It knows the contract in hot/state.go and nothing of how it is kept. Start with Run,
// RunShared and LiveSuite.
package hottest
