// Command passes measures how soon phones are told of stamps: it starts PostgreSQL, Redis
// and leima serve, and a stand-in of Apple's push server in its own process, stamps cards
// that are on phones at a steady rate, and takes the time from each request until the push
// for that card arrives. Then it does the same while a new brand is told to all passes.
//
// It must not know the product from within: it fills a database (bench/cards), sends
// requests and receives pushes. Start with run (main.go).
package main
