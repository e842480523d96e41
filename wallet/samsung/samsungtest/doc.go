// Package samsungtest is a stand-in for Samsung Wallet: it opens the link that adds a
// card (verifies it, decrypts the card, looks at the time), asks for cards and reports
// what happened to them with tokens as Samsung signs them, and takes notifications.
//
// It knows wallet/samsung only to make a Partner; everything that comes is read from
// the JSON itself. Start reading at samsung.go.
package samsungtest
