// Package storetest holds the tests that a store must pass on every database that
// it supports. It knows package store and the packages whose values that keeps, and
// no SQL (but for NewDatabase, by which tests of all packages have a PostgreSQL
// database): what it finds out, it finds out through the store's own methods.
//
// Run (suite.go) runs all of them; each file tells the stories of one subject. Every
// story has an organization of its own (shop.go), so one database serves them all.
package storetest
