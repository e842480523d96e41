//go:build unix

package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

const (
	loopback = "127.0.0.1"
	// postgresOwner is the superuser, postgresDatabase the database that
	// is there from the start.
	postgresOwner    = "leima_owner"
	postgresDatabase = "leima_test"
	// postgresConnections leaves room for packages tested side by side, each
	// with pools of its own.
	postgresConnections = 200
	// socketPathLimit is the length that all systems allow a socket's path
	// (sun_path has 104 bytes on the BSDs and 108 on Linux, one of them NUL).
	socketPathLimit = 103
)

// Postgres is a running PostgreSQL server.
type Postgres struct {
	*Server
	// URL is that of an empty database, with the superuser and its password.
	URL string
	// data is the folder of the cluster.
	data     string
	programs Programs
}

// StartPostgres makes a cluster in the folder, with an empty database, and starts
// its server. Settings such as fsync=off come on top of PostgreSQL's own defaults.
// A folder holds one cluster.
func StartPostgres(ctx context.Context, programs Programs, private Folder, settings ...string) (*Postgres, error) {
	if socket := private.File(".s.PGSQL.65535"); len(socket) > socketPathLimit {
		return nil, fmt.Errorf("path %s is longer than the %d bytes of a socket: set TMPDIR to a shorter one",
			socket, socketPathLimit)
	}
	password := rand.Text()
	data, err := initCluster(ctx, programs, private, password)
	if err != nil {
		return nil, err
	}
	var started *Postgres
	err = WithFreePort(ctx, func(port int) error {
		client := postgresClient{programs: programs, private: private, port: port}
		running, err := Launch{
			Name:    "postgres",
			Program: programs.Postgres("postgres"),
			Args:    postgresArguments(data, port, private, settings),
			Ready:   client.ready,
		}.Start(ctx, private)
		if err != nil {
			return err
		}
		if err := client.run(ctx, "createdb", postgresDatabase); err != nil {
			return errors.Join(err, running.Stop())
		}
		started = &Postgres{Server: running, URL: postgresURL(port, password), data: data, programs: programs}
		return nil
	})
	return started, err
}

func postgresArguments(data string, port int, private Folder, settings []string) []string {
	args := []string{"-D", data}
	for _, setting := range append([]string{
		"port=" + strconv.Itoa(port),
		"listen_addresses=" + loopback,
		"unix_socket_directories=" + private.path,
		"max_connections=" + strconv.Itoa(postgresConnections),
	}, settings...) {
		args = append(args, "-c", setting)
	}
	return args
}

// initCluster makes a cluster in the folder and returns its path. The private
// socket asks for no password, the loopback port does.
func initCluster(
	ctx context.Context, programs Programs, private Folder, password string,
) (string, error) {
	passwordFile, err := private.writeSecret("postgres.password", password)
	if err != nil {
		return "", err
	}
	data := private.File("postgres")
	return data, runTool(ctx, private, programs.Postgres("initdb"),
		"--pgdata="+data, "--username="+postgresOwner, "--pwfile="+passwordFile,
		"--auth-local=trust", "--auth-host=scram-sha-256",
		// The same text order on every machine.
		"--encoding=UTF8", "--locale=C",
		// A cluster that is lost with a crash costs nothing yet.
		"--no-sync",
	)
}

func postgresURL(port int, password string) string {
	address := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(postgresOwner, password),
		Host:     net.JoinHostPort(loopback, strconv.Itoa(port)),
		Path:     postgresDatabase,
		RawQuery: "sslmode=disable",
	}
	return address.String()
}

// postgresClient runs PostgreSQL's own client programs over the socket.
type postgresClient struct {
	programs Programs
	private  Folder
	port     int
}

// ready returns an error as long as the server takes no connections.
func (c postgresClient) ready(ctx context.Context) error {
	return c.run(ctx, "pg_isready", "--quiet")
}

func (c postgresClient) run(ctx context.Context, program string, args ...string) error {
	connection := []string{"--host=" + c.private.path, "--port=" + strconv.Itoa(c.port), "--username=" + postgresOwner}
	return runTool(ctx, c.private, c.programs.Postgres(program), append(connection, args...)...)
}

// runTool runs a program as the folder's owner. Its output is in the error.
func runTool(ctx context.Context, private Folder, program string, args ...string) error {
	if output, err := private.Command(ctx, program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(string(output)))
	}
	return nil
}
