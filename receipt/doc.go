// Package receipt reads purchases from the export file of a till, a web shop
// or an accounting system and turns its lines into receipts that can earn.
//
// A mapping file ([ParseMapping]) says how the export looks: format, encoding,
// which column means what, and how the legal class of a line is known. A
// [Reader] streams [Line] values out of CSV, XML or XLSX; a row that cannot be
// read becomes a [RowError] and the reading goes on. [Group] puts the lines of
// one receipt together, wherever in the file they stand, and an [ErrorWriter]
// writes the refused rows to a file that is safe to open in a spreadsheet.
//
// Pharmacy law is kept here and nowhere later: a prescription line, or one
// whose legal class is not known, is dropped before any of its cells is looked
// at, and only counted. A mapping that says nothing about the legal class is
// refused.
//
// The package must not know programs, cards, customers of ours, stores,
// databases or HTTP: it imports nothing else of Leima. It reads no clock; what
// it returns depends on the file and the mapping alone.
//
// Start with reader.go (the way of a row), then line.go (what a row must
// hold), then the three sources csv.go, xml.go and xlsx.go. The keys of the
// mapping file are explained in deploy/maps/README.md. Tests of other packages
// find generated data in the subpackage receipttest.
package receipt
