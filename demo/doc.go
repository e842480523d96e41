// Package demo makes up the pharmacy Leimala: its brand, staff and program, 300
// customers and a year of what they did. Everything is a value: New draws the
// same Plan for the same instant, and whoever runs the demo stores it. Nobody in
// it exists, and its phone numbers and addresses reach nobody.
//
// The package must not know how or where the plan is kept, nor credentials,
// clocks or HTTP: identifiers come in by a function that the caller gives.
//
// Start with Plan (plan.go), then history.go, where a year of visits is drawn.
package demo
