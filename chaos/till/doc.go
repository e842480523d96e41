// Package till is the load: tills that stamp, redeem, undo and correct at two shops, on
// a hot card and on many quiet ones, and ask again under keys they used, now and then
// from two sides at once.
//
// What a till does comes from a seed; what it knows it has from the answers. Each
// attempt goes into a record (package record) before it leaves and after it came back.
//
// The package speaks HTTP and knows neither the database nor the core. Start with Load
// (load.go); what is asked for is drawn in draw.go, client.go sends it.
package till
