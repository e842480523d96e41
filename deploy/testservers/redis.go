//go:build unix

package main

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

// redis is a running Redis server.
type redis struct {
	*server
	url string // with the password
}

// startRedis starts a server that keeps its data in memory only: Leima's
// truth is in the database, so tests must not rely on more.
func startRedis(ctx context.Context, programs programs, private folder) (*redis, error) {
	password := rand.Text()
	var started *redis
	err := withFreePort(ctx, func(port int) error {
		address := net.JoinHostPort(loopback, strconv.Itoa(port))
		// In a file, as arguments can be read by every account.
		config, err := private.writeSecret("redis.conf", strings.Join([]string{
			"bind " + loopback,
			"port " + strconv.Itoa(port),
			"dir " + private.path,
			"requirepass " + password,
			`save ""`,
			"appendonly no",
			"",
		}, "\n"))
		if err != nil {
			return err
		}
		running, err := launch{
			name:    "redis",
			program: programs.redisServer,
			args:    []string{config},
			ready:   func(ctx context.Context) error { return pingRedis(ctx, address, password) },
		}.start(ctx, private)
		if err != nil {
			return err
		}
		endpoint := url.URL{Scheme: "redis", User: url.UserPassword("default", password), Host: address, Path: "/0"}
		started = &redis{server: running, url: endpoint.String()}
		return nil
	})
	return started, err
}

// pingRedis asks for one PING by Redis's inline commands
// (https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands),
// which spares a client library here.
func pingRedis(ctx context.Context, address, password string) error {
	ctx, cancel := context.WithTimeout(ctx, redisAnswerLimit)
	defer cancel()
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", address)
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
