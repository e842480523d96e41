package hot_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/leima/leima/hot"
)

func TestInspectTellsWhatAServerIs(t *testing.T) {
	s := startServer(t, "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
	servers, err := hot.Inspect(t.Context(), s.url())
	if err != nil || len(servers) != 1 {
		t.Fatalf("%+v, %v", servers, err)
	}
	have := servers[0]
	if have.Product != "redis" && have.Product != "valkey" || have.Version == "" || have.Version[0] < '7' || have.Protocol == "" || have.Replica ||
		have.MaxMemory != 64<<20 || have.UsedMemory == 0 || have.Policy != "allkeys-lru" {
		t.Errorf("have %+v", have)
	}
}

func TestInspectSaysWhyItCouldNotAsk(t *testing.T) {
	if _, err := hot.Inspect(t.Context(), "redis://leima:opensesame@127.0.0.1:1"); !errors.Is(err, hot.ErrUnavailable) ||
		!strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), "opensesame") {
		t.Errorf("have %v", err)
	}
	var wrong *hot.InputError
	if _, err := hot.Inspect(t.Context(), "http://leima:opensesame@127.0.0.1"); !errors.As(err, &wrong) || strings.Contains(err.Error(), "opensesame") {
		t.Errorf("have %v", err)
	}
}
