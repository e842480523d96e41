package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/leima/leima/hot"
)

const (
	// leastRedis is the first version of Redis that the hot state is tested with. Every
	// Valkey is later.
	leastRedis = 7
	// keepsEverything is the policy with which a full Redis refuses new data and keeps
	// what it has.
	keepsEverything = "noeviction"
	redisCheck      = "redis"
)

// checkRedis looks at the servers of the hot state. Whether they write to disk does not
// matter: what they hold can be lost.
func (sh *shell) checkRedis(ctx context.Context) []check {
	if sh.settings.Redis == "" {
		return []check{good(redisCheck, "none: fine for one server alone")}
	}
	servers, err := hot.Inspect(ctx, sh.settings.Redis)
	var wrong *hot.InputError
	switch {
	case errors.As(err, &wrong):
		return []check{bad(redisCheck, "Correct --redis.", "%v", err)}
	case err != nil && strings.Contains(err.Error(), "NOPERM"):
		return []check{judgeRights(hot.CheckRights(ctx, sh.settings.Redis, hotPrefix))}
	case err != nil:
		return []check{bad(redisCheck, "Start it, or correct --redis. Until then every server works without, a little slower.", "%s", redactText(err.Error()))}
	}
	checks := make([]check, 0, len(servers)+1)
	for _, s := range servers {
		checks = append(checks, judgeRedis(s))
	}
	return append(checks, judgeRights(hot.CheckRights(ctx, sh.settings.Redis, hotPrefix)))
}

// judgeRights says whether the account may do what the hot state does.
func judgeRights(account string, missing []string, err error) check {
	const name = "redis account"
	switch {
	case len(missing) > 0:
		rights := strings.Join(missing, " ")
		return bad(name, "Let an administrator of Redis run: ACL SETUSER "+account+" "+rights, "%s lacks rights: %s", account, rights)
	case err != nil:
		return bad(name, "Look at the server of Redis.", "what it may do cannot be tried: %s", redactText(err.Error()))
	}
	return good(name, "%s may do what is needed", account)
}

// judgeRedis says whether a server is fit for the hot state.
func judgeRedis(s hot.Server) check {
	name := fmt.Sprintf("%s %s", s.Product, s.Version)
	major, _ := strconv.Atoi(strings.SplitN(s.Version, ".", 2)[0])
	switch {
	case s.Product == "redis" && major < leastRedis:
		return bad(redisCheck, fmt.Sprintf("Use Redis %d or later, or Valkey.", leastRedis), "%s answers, which is too old", name)
	case s.Replica:
		return bad(redisCheck, "Name the server that it follows, or all nodes of the Cluster.", "%s answers, but only follows another server", name)
	case s.MaxMemory > 0 && s.Policy != keepsEverything:
		return bad(redisCheck, "Set maxmemory-policy "+keepsEverything+": a card that is thrown out forgets its version, and a limit how often somebody tried.",
			"%s answers; at %d MB it throws out data (%s)", name, s.MaxMemory>>20, s.Policy)
	case s.MaxMemory == 0:
		return good(redisCheck, "%s answers; it may use all memory (maxmemory is not set)", name)
	}
	return good(redisCheck, "%s answers; it uses %d of %d MB", name, s.UsedMemory>>20, s.MaxMemory>>20)
}
