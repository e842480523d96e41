package hot_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/hot"
)

func TestRightsThatAnAccountLacksAreNamed(t *testing.T) {
	server := startServer(t)
	address := "redis://leima:pass@" + server.address()
	check := func(t *testing.T, rights []string, want ...string) {
		t.Helper()
		setUser := []any{"ACL", "SETUSER", "leima", "reset", "on", ">pass"}
		for _, right := range rights {
			setUser = append(setUser, right)
		}
		server.do(setUser...)
		account, missing, err := hot.CheckRights(t.Context(), address, "test-1")
		if err != nil || account != "leima" {
			t.Fatalf("account %q: %v", account, err)
		}
		if diff := cmp.Diff(want, missing); diff != "" {
			t.Errorf("-want +have:\n%s", diff)
		}
	}
	check(t, leastRights)
	for _, right := range leastRights {
		if strings.HasPrefix(right, "+") {
			if right == "+del" {
				continue // below
			}
			check(t, slices.DeleteFunc(slices.Clone(leastRights), func(other string) bool { return other == right }), right)
		}
	}
	check(t, append([]string{"~other:*"}, leastRights[1:]...), "~test-1:*")
	check(t, append([]string{leastRights[0], "&other:*"}, leastRights[2:]...), "&test-1:*")
	if left := server.do("DBSIZE"); left != int64(0) {
		t.Errorf("%v keys are left: %v", left, server.do("KEYS", "*"))
	}
	// Then they go by themselves.
	check(t, slices.DeleteFunc(slices.Clone(leastRights), func(other string) bool { return other == "+del" }), "+del")
	keys, _ := server.do("KEYS", "*").([]any)
	for _, key := range keys {
		if ttl, _ := server.do("PTTL", key).(int64); ttl <= 0 {
			t.Errorf("%v stays for ever", key)
		}
	}
}

func TestARefusalIsSaidOnce(t *testing.T) {
	server := startServer(t)
	server.do("ACL", "SETUSER", "leima", "on", ">pass", "~*", "&*", "-@all", "+get", "+ping", "+info", "+set", "+subscribe", "+unsubscribe")
	var log lockedBuffer
	s, _ := openWith(t, hot.Options{URL: "redis://leima:pass@" + server.address(), Prefix: "test-1", Log: slog.New(slog.NewTextHandler(&log, nil))})
	for range 20 * hot.FailuresToOpen {
		_ = s.Project(t.Context(), []hot.CardState{cardState("card", 1, "")})
		_, _, _ = s.Allow(t.Context(), "key", 1, hot.MaxWindow)
	}
	if n := strings.Count(log.String(), "lacks a right"); n != 1 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
	if h := s.Health(t.Context()); h.OK || !strings.Contains(h.Detail, "evalsha") {
		t.Errorf("health: %+v", h)
	}
}
