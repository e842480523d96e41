//go:build unix

// Command testservers starts a PostgreSQL and a Redis server for the length of
// one command, so that tests meet the real databases and nobody has to prepare
// any.
//
//	go run ./deploy/testservers -- go test ./...
//
// Each server listens on a free loopback port, keeps its files in a private
// temporary folder and asks for a random password. The command finds them in
// LEIMA_TEST_POSTGRES and LEIMA_TEST_REDIS. When it ends, by itself or by a
// signal, both servers are stopped, the folder is removed, and its exit code
// becomes ours. Only a SIGKILL of testservers can leave the folder behind; on
// Linux the servers end even then.
//
// PostgreSQL refuses to run as root. Started by root, testservers runs both
// servers as the account postgres, or nobody where there is none.
//
// Missing Debian packages are installed where that needs no question (root, or
// sudo without a password); otherwise the error names them.
//
// It knows nothing of Leima. Start reading at run in main.go; how servers are
// started is in deploy/servers.
package main
