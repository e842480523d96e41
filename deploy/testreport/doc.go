// Command testreport runs go test with the given arguments and closes with a
// count of the tests, so that a green run proves that tests ran.
//
//	go run ./deploy/testreport -short ./...
//
// It prints one line per package as go test does, the whole output of what
// failed, and why each skipped test was skipped. The last line reads
// "12 passed, 0 failed, 3 skipped"; subtests count. The exit code is that of
// go test, or 1 when no test ran at all.
//
// It knows nothing of Leima. Start reading at report in report.go;
// the events it reads are described by go doc test2json.
package main
