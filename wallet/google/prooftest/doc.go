// Package prooftest proves that what wallet/google sends is what Google knows: it
// decodes every request of every kind, strictly, into the types that Google generates
// from the description of its interface, and finds all of it again when these are
// encoded. A misspelt field, a number that should be a text, or something that got lost
// fails the test.
//
// It is a module of its own, so that the product does not depend on Google's package
// and all that this brings along. "make test-wallets" runs it.
package prooftest
