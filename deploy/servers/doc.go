//go:build unix

// Package servers starts real servers for the length of a test or a measurement:
// PostgreSQL, Redis, and whatever other program answers when it is ready. Each
// listens on a free loopback port, keeps its files in a private temporary folder
// and is ended by its process id.
//
// PostgreSQL refuses to run as root. Started by root, everything in a Folder runs
// as the account postgres, or nobody where there is none.
//
// On Linux the kernel ends the servers with the thread that started them, so that none
// outlives its process, however that ends; a SIGKILL leaves only the folder. Whoever
// starts servers must therefore do so from a goroutine that is locked to its thread
// (runtime.LockOSThread) and stays so until they are stopped.
//
// It knows nothing of Leima. Start with MakeFolder, LookUp and StartPostgres; Launch
// starts any other program.
package servers
