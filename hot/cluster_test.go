package hot_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/hot/hottest"
)

// startCluster starts three nodes that share the slots.
func startCluster(t *testing.T) (nodes []*server, url string) {
	t.Helper()
	client := redisProgram(t, "redis-cli", "valkey-cli")
	var addresses []string
	for range 3 {
		node := startServer(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
		nodes = append(nodes, node)
		addresses = append(addresses, node.address())
	}
	args := append([]string{"--cluster", "create"}, addresses...)
	output, err := exec.CommandContext(t.Context(), client, append(args, "--cluster-yes")...).CombinedOutput()
	if err != nil {
		t.Fatalf("create a cluster: %v\n%s", err, output)
	}
	for _, node := range nodes {
		eventually(t, "the cluster", func() bool {
			return strings.Contains(fmt.Sprint(node.do("CLUSTER", "INFO")), "cluster_state:ok")
		})
	}
	return nodes, "redis-cluster://" + strings.Join(addresses, ",")
}

func TestCluster(t *testing.T) {
	nodes, url := startCluster(t)
	t.Run("conforms", func(t *testing.T) {
		hottest.Run(t, func(tb testing.TB) hot.State {
			tb.Helper()
			s, _ := openPatient(tb, url, newPrefix())
			return s
		})
		hottest.RunShared(t, func(tb testing.TB) (a, b hot.State) {
			tb.Helper()
			prefix := newPrefix()
			one, _ := openPatient(tb, url, prefix)
			two, _ := openPatient(tb, strings.Replace(nodes[2].url(), "redis:", "redis-cluster:", 1), prefix)
			return one, two
		})
	})
	t.Run("a batch is spread over all nodes", func(t *testing.T) {
		s, _ := openPatient(t, url, newPrefix())
		batch := make([]hot.CardState, hot.MaxBatch)
		for i := range batch {
			batch[i] = cardState(fmt.Sprint("card-", i), 1, "", fmt.Sprint("code-", i))
		}
		if err := s.Project(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		for _, node := range nodes {
			const fair = hot.MaxBatch / 3
			if n, ok := node.do("DBSIZE").(int64); !ok || n < fair/3 {
				t.Errorf("node %d holds %d keys", node.port, n)
			}
		}
	})
	t.Run("an account with the least rights", func(t *testing.T) {
		setUser := []any{"ACL", "SETUSER", "leima", "on", ">pass"}
		for _, right := range leastRights {
			setUser = append(setUser, right)
		}
		setUser = append(setUser, "+cluster|slots", "+command")
		for _, node := range nodes {
			node.do(setUser...)
		}
		s, tr := openPatient(t, strings.Replace(url, "://", "://leima:pass@", 1), newPrefix())
		commit(t, s, tr, cardState("card", 1, "one", "code"))
		eventually(t, "the card", readsAs(t, s, "card", 1))
		if _, err := s.Incarnation(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("a node is killed and comes back empty", func(t *testing.T) {
		s, tr := open(t, url, newPrefix())
		before := ""
		eventually(t, "the incarnation", func() bool {
			var err error
			before, err = s.Incarnation(t.Context())
			return err == nil
		})
		card := func(i int, version uint64) hot.CardState { return cardState(fmt.Sprint("card-", i), version, "") }
		const cards = 30
		for i := range cards {
			commit(t, s, tr, card(i, 1))
		}
		nodes[1].kill()
		failed := 0
		for i := range cards {
			within(t, hot.WriteTimeout, "Project", func() {
				if tr.commit(t.Context(), s, card(i, 2)) != nil {
					failed++
				}
			})
		}
		if failed == 0 {
			t.Error("no projection met the dead node")
		}
		nodes[1].restart()
		for i := range cards {
			eventually(t, "the second version or none", func() bool {
				v := read(t, s, fmt.Sprint("card-", i))
				if v == 1 {
					t.Fatalf("read version 1 of card %d", i)
				}
				return v == 2
			})
		}
		healthy(t, s)
		eventually(t, "another incarnation", func() bool {
			after, err := s.Incarnation(t.Context())
			return err == nil && after != before
		})
	})
}
