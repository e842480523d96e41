package hot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// inspectTimeout bounds Inspect, connecting included.
const inspectTimeout = 5 * time.Second

// Server is what a server of the hot state says of itself.
type Server struct {
	// Product is "redis" or "valkey", Version its own, such as 7.2.4. Protocol is the
	// version of Redis whose commands it knows.
	Product, Version, Protocol string
	// Replica tells that it only follows another server.
	Replica bool
	// MaxMemory is the most that it may hold, in bytes, 0 for no bound. Policy is what
	// it does then, such as noeviction.
	MaxMemory, UsedMemory int64
	Policy                string
}

// Inspect asks the server, or every master of the Cluster, that the URL names what they
// are, within five seconds. It is for administrators: the errors, which wrap
// ErrUnavailable or are *InputErrors, say why a connection failed, but no password.
func Inspect(ctx context.Context, rawURL string) ([]Server, error) {
	address, err := parseAddress(rawURL)
	if err != nil {
		return nil, err
	}
	quietClient()
	ctx, cancel := context.WithTimeout(ctx, inspectTimeout)
	defer cancel()
	r := &Redis{client: redis.NewUniversalClient(address.options), cluster: address.cluster}
	defer r.client.Close() //nolint:errcheck // it was only asked
	var mu sync.Mutex
	var servers []Server
	err = r.everyServer(ctx, func(ctx context.Context, server *redis.Client) error {
		// One section at a time: a server answers a list of them only since version 7.
		said := map[string]string{}
		for _, section := range []string{"server", "replication", "memory"} {
			info, err := server.InfoMap(ctx, section).Result()
			if err != nil {
				return fmt.Errorf("info %s: %w", section, err)
			}
			for _, lines := range info {
				for name, value := range lines {
					said[name] = value
				}
			}
		}
		mu.Lock()
		defer mu.Unlock()
		servers = append(servers, serverOf(said))
		return nil
	})
	if err != nil {
		return nil, unavailable(err)
	}
	slices.SortFunc(servers, func(a, b Server) int { return cmp.Compare(a.Version, b.Version) })
	return servers, nil
}

// serverOf reads the lines of INFO. A Valkey tells its own version beside that of the
// Redis it is compatible with.
func serverOf(said map[string]string) Server {
	s := Server{
		Product: "redis", Version: said["redis_version"], Protocol: said["redis_version"],
		Replica: said["role"] == "slave", Policy: said["maxmemory_policy"],
	}
	if v := said["valkey_version"]; v != "" {
		s.Product, s.Version = "valkey", v
	}
	s.MaxMemory, _ = strconv.ParseInt(said["maxmemory"], 10, 64)
	s.UsedMemory, _ = strconv.ParseInt(said["used_memory"], 10, 64)
	return s
}
