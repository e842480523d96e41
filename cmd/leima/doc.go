// Command leima is the one binary: the server, the demo, and everything an owner
// or operator does from a command line.
//
// It is the only place that knows all packages. It must not decide anything about
// cards, people or money: it reads settings, puts the parts together and says what
// went wrong in words that name the way out.
//
// Start with run (main.go), then settings.go for where values come from and
// wire.go for how the server is put together. Each command has a file of its own.
package main
