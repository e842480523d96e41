package hot

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// meaning is what a URL says.
type meaning struct {
	Addrs          []string
	Cluster, TLS   bool
	User, Password string
	DB, PoolSize   int
	ServerName     string
}

func TestAddresses(t *testing.T) {
	for url, want := range map[string]meaning{
		"redis://localhost":               {Addrs: []string{"localhost:6379"}},
		"redis://:pass@10.0.0.1:7000/3":   {Addrs: []string{"10.0.0.1:7000"}, Password: "pass", DB: 3},
		"redis://leima:p%40%2Fss@h:1/":    {Addrs: []string{"h:1"}, User: "leima", Password: "p@/ss"},
		"redis://h:1?pool_size=7":         {Addrs: []string{"h:1"}, PoolSize: 7},
		"redis://[::1]:6380":              {Addrs: []string{"[::1]:6380"}},
		"rediss://u:p@redis.example:6390": {Addrs: []string{"redis.example:6390"}, TLS: true, User: "u", Password: "p", ServerName: "redis.example"},
		"redis://h:1?addr=h:2&addr=h:3":   {Addrs: []string{"h:1", "h:2", "h:3"}, Cluster: true},
		"redis-cluster://h":               {Addrs: []string{"h:6379"}, Cluster: true},
		"redis-cluster://u:p@h:1,h:2,h3":  {Addrs: []string{"h:1", "h:2", "h3:6379"}, Cluster: true, User: "u", Password: "p"},
		"rediss-cluster://u:p@a,b?addr=c:3": {
			Addrs: []string{"a:6379", "c:3", "b:6379"}, Cluster: true, TLS: true, User: "u", Password: "p",
		},
		"unix:///run/redis.sock":          {Addrs: []string{"/run/redis.sock"}},
		"unix://u:p@/run/at@home.sock":    {Addrs: []string{"/run/at@home.sock"}, User: "u", Password: "p"},
		"redis://u:p@ss@h:1":              {Addrs: []string{"h:1"}, User: "u", Password: "p@ss"},
		"redis://u:p@h:1?client_name=a@b": {Addrs: []string{"h:1"}, User: "u", Password: "p"},
	} {
		a, err := parseAddress(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		o := a.options
		got := meaning{Addrs: o.Addrs, Cluster: a.cluster, User: o.Username, Password: o.Password, DB: o.DB, PoolSize: o.PoolSize}
		if o.TLSConfig != nil {
			got.TLS, got.ServerName = true, o.TLSConfig.ServerName
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", url, diff)
		}
	}
}

func TestBadAddressesDoNotShowThePassword(t *testing.T) {
	const secret = "hunter2"
	for _, url := range []string{
		"", "localhost:6379", "http://:hunter2@localhost", "redis:/:hunter2@localhost",
		"redis://:hunter2@local host", "redis://:hunter2@h:port", "redis://:hunter2%@h", "redis://:hunter2@h/base",
		"redis://:hunter2@h?nonsense=1", "redis://:hunter2@h?pool_size=many", "redis://:hunter2@h?%zz",
		"redis-cluster://:hunter2@h?addr=nonsense", "unix-cluster:///run/redis.sock",
		"redis-cluster://:hunter2@h" + strings.Repeat(",h", maxNodes),
		"redis://:hunter2@h?ca_file=/etc/hosts",
		"rediss://:hunter2@h?ca_file=/nowhere", "rediss://:hunter2@h?ca_file=/dev/null",
		"rediss://:hunter2@h?cert_file=/dev/null&key_file=/dev/null",
		// Passwords that should have been escaped, and no host at all.
		"redis://leima:p@hunter2/word@h:1", "redis://leima:p@ss/hunter2@h:1", "redis://leima:1/hunter2@h:1",
		"redis://leima:p@ss?hunter2@h:1", "redis://leima:p@ss?hunter2=x@h:1", "redis://leima:p@hunter2#word@h:1",
		"redis://leima:1#hunter2@h:1", "redis://leima:p@ss#hunter2@h:1", "redis://leima:hunter2", "redis://leima:1/hunter2",
		"redis://leima:1?hunter2", "redis-cluster://leima:p@ss/hunter2@h:1,h:2", "redis-cluster://leima:1/hunter2@h:1,h:2",
	} {
		_, err := parseAddress(url)
		var wrong *InputError
		if !errors.As(err, &wrong) || wrong.Field != "URL" || wrong.Reason == "" {
			t.Errorf("%s: got %v, want an InputError about the URL", url, err)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error shows the password: %v", url, err)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("redis://user:secret@host:1,other:2/3?addr=h:4&pool_size=2")
	f.Add("rediss-cluster://[::1]:1,[::2]?ca_file=x")
	f.Fuzz(func(t *testing.T, url string) {
		a, err := parseAddress(url)
		if err == nil && len(a.options.Addrs) == 0 {
			t.Errorf("%q leads nowhere", url)
		}
	})
}

func TestBadOptions(t *testing.T) {
	good := Options{URL: "redis://localhost", Prefix: "test", Repair: noRepair, Lost: noLoss}
	for field, spoil := range map[string]func(*Options){
		"Prefix":                    func(o *Options) { o.Prefix = "Leima:" },
		"Repair":                    func(o *Options) { o.Repair = nil },
		"Lost":                      func(o *Options) { o.Lost = nil },
		"ReadTimeout, WriteTimeout": func(o *Options) { o.WriteTimeout = 2 * maxTimeout },
		"URL":                       func(o *Options) { o.URL = "" },
	} {
		bad := good
		spoil(&bad)
		_, err := OpenRedis(bad)
		var wrong *InputError
		if !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
}

func noRepair(context.Context, []CardRef) ([]CardState, error) { return nil, nil }

func noLoss(context.Context) error { return nil }
