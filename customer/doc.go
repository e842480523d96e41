// Package customer describes the people who hold cards: their contact, consents
// and how they join. Its decisions are pure functions over values; what is kept,
// a store keeps. It knows loyalty, and no HTTP, database or message sender.
//
// Start with Customer, then Join (join.go), which says what happens when somebody
// fills in the form.
package customer
