// Package sheet writes tables as files that spreadsheets open: CSV (RFC 4180) and
// Office Open XML workbooks (xlsx). Rows go out one by one, so that a table of any
// length takes little memory. What stands in a cell is never taken for a formula,
// whoever typed it (OWASP, "CSV injection").
//
// It is a library that knows nothing of Leima: columns and cells come in as plain
// values.
//
// Start with Writer; NewCSV (csv.go) and NewXLSX (xlsx.go) make one.
package sheet
