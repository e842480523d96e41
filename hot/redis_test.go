package hot_test

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/hot/hottest"
)

// redisVariable names the server that the suite runs on, and nothing is deleted from:
// every test has a prefix of its own.
const redisVariable = "LEIMA_TEST_REDIS"

func testServer(tb testing.TB) string {
	tb.Helper()
	url := os.Getenv(redisVariable)
	if url == "" {
		tb.Skip("Redis is not tested: LEIMA_TEST_REDIS is not set to the URL of a server")
	}
	return url
}

func newPrefix() string { return "test-" + strings.ToLower(rand.Text()) }

func TestRedis(t *testing.T) {
	url := testServer(t)
	hottest.Run(t, func(tb testing.TB) hot.State {
		tb.Helper()
		s, _ := openPatient(tb, url, newPrefix())
		return s
	})
	hottest.RunShared(t, func(tb testing.TB) (a, b hot.State) {
		tb.Helper()
		prefix := newPrefix()
		one, _ := openPatient(tb, url, prefix)
		two, _ := openPatient(tb, url, prefix)
		return one, two
	})
}

func BenchmarkRedis(b *testing.B) {
	url := testServer(b)
	hottest.Bench(b, func(tb testing.TB) hot.State {
		tb.Helper()
		s, _ := openPatient(tb, url, newPrefix())
		return s
	})
}
