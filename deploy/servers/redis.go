//go:build unix

package servers

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// redisAnswerLimit is how long a starting Redis may take to answer one PING.
const redisAnswerLimit = time.Second

// Redis is a running Redis server.
type Redis struct {
	*Server
	// URL is redis://… with the password.
	URL string
}

// StartRedis starts a server under a name that is unique in the folder. Settings are
// lines of redis.conf, such as "appendonly yes"; without any it keeps its data in
// memory only: Leima's truth is in the database.
func StartRedis(ctx context.Context, programs Programs, private Folder, name string, settings ...string) (*Redis, error) {
	password := rand.Text()
	data, err := private.Subfolder(name)
	if err != nil {
		return nil, err
	}
	var started *Redis
	err = WithFreePort(ctx, func(port int) error {
		address := net.JoinHostPort(loopback, strconv.Itoa(port))
		endpoint := url.URL{Scheme: "redis", User: url.UserPassword("default", password), Host: address, Path: "/0"}
		// In a file, as arguments can be read by every account.
		config, err := private.writeSecret(name+".conf", strings.Join(append([]string{
			"bind " + loopback,
			"port " + strconv.Itoa(port),
			"dir " + data,
			"requirepass " + password,
			`save ""`,
			"appendonly no",
		}, append(settings, "")...), "\n"))
		if err != nil {
			return err
		}
		running, err := Launch{
			Name:    name,
			Program: programs.redisServer,
			Args:    []string{config},
			Ready:   func(ctx context.Context) error { return PingRedis(ctx, endpoint.String()) },
		}.Start(ctx, private)
		if err != nil {
			return err
		}
		started = &Redis{Server: running, URL: endpoint.String()}
		return nil
	})
	return started, err
}

// PingRedis asks the server at the URL for one PING by Redis's inline commands
// (https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands),
// which spares a client library here. It returns nil within a second or an error.
func PingRedis(ctx context.Context, address string) error {
	endpoint, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("address of Redis: %w", err)
	}
	password, _ := endpoint.User.Password()
	ctx, cancel := context.WithTimeout(ctx, redisAnswerLimit)
	defer cancel()
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", endpoint.Host)
	if err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	defer func() { _ = connection.Close() }()
	deadline, _ := ctx.Deadline()
	if err := connection.SetDeadline(deadline); err != nil {
		return fmt.Errorf("set deadline: %w", err)
	}
	if _, err := fmt.Fprintf(connection, "AUTH %s\r\nPING\r\n", password); err != nil {
		return fmt.Errorf("send PING: %w", err)
	}
	answers := bufio.NewScanner(connection)
	for _, want := range []string{"+OK", "+PONG"} {
		if !answers.Scan() || answers.Text() != want {
			return fmt.Errorf("answered %q, not %s: %w", answers.Text(), want, answers.Err())
		}
	}
	return nil
}
