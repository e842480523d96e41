package main

import (
	"strings"
	"testing"

	"github.com/leima/leima/hot"
)

func TestWhichServersAreFitForTheHotState(t *testing.T) {
	const limit = 256 << 20
	for name, c := range map[string]struct {
		server hot.Server
		ok     bool
		says   string
	}{
		"a Redis":                      {hot.Server{Product: "redis", Version: "7.2.4", MaxMemory: limit, Policy: "noeviction"}, true, "256 MB"},
		"a Valkey":                     {hot.Server{Product: "valkey", Version: "8.0.1", MaxMemory: limit, Policy: "noeviction"}, true, "valkey 8.0.1"},
		"a Redis of two digits":        {hot.Server{Product: "redis", Version: "10.0.0", MaxMemory: limit, Policy: "noeviction"}, true, "redis 10"},
		"one without a bound":          {hot.Server{Product: "redis", Version: "7.0.15", Policy: "allkeys-lru"}, true, "maxmemory is not set"},
		"an old Redis":                 {hot.Server{Product: "redis", Version: "6.2.14"}, false, "too old"},
		"one that says nothing":        {hot.Server{Product: "redis"}, false, "too old"},
		"one that throws out data":     {hot.Server{Product: "redis", Version: "7.0.15", MaxMemory: limit, Policy: "allkeys-lru"}, false, "allkeys-lru"},
		"one that follows another one": {hot.Server{Product: "redis", Version: "7.0.15", Replica: true}, false, "follows"},
	} {
		t.Run(name, func(t *testing.T) {
			have := judgeRedis(c.server)
			if have.OK != c.ok || !strings.Contains(have.Detail, c.says) || have.OK != (have.WayOut == "") {
				t.Errorf("have %+v", have)
			}
		})
	}
}
