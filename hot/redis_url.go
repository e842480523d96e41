package hot

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	// dialTimeout bounds connecting, TLS and signing in included. It may be longer than
	// the timeout of a call: the connection is then ready for the next one.
	dialTimeout = 500 * time.Millisecond
	// maxNodes bounds the nodes named in a URL. A Cluster tells of the others.
	maxNodes = 64
	// defaultPort is Redis' own.
	defaultPort = "6379"
)

// address is a URL of Redis, understood.
type address struct {
	options *redis.UniversalOptions
	cluster bool
}

// parseAddress understands
//
//	redis://user:password@host:port/database      one server
//	rediss://…                                    the same with TLS
//	redis-cluster://user:password@host:port,host:port
//	rediss-cluster://…                            the same with TLS
//	unix:///path/to/socket
//
// The parameters of TLS are ca_file (instead of the system's authorities), cert_file
// and key_file (what the server is shown). One addr=host:port or several make redis://
// a Cluster, too. Other parameters are those of go-redis: pool_size, client_name….
// Errors are *InputErrors and do not show the password.
func parseAddress(raw string) (address, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return address{}, wrongURL("must begin with redis://, rediss://, redis-cluster:// or rediss-cluster://")
	}
	base, cluster := strings.CutSuffix(scheme, "-cluster")
	if base != "redis" && base != "rediss" && (base != "unix" || cluster) {
		return address{}, wrongURL("must begin with redis://, rediss://, redis-cluster:// or rediss-cluster://")
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, rest := rest[:end], rest[end:]
	if base != "unix" && atAfterHost(rest) {
		return address{}, wrongURL("has an @ after the host: " + escapeHint)
	}
	// Several hosts are not an authority for net/url: all but the first become addr.
	at := strings.LastIndex(authority, "@") + 1
	hosts := strings.Split(authority[at:], ",")
	u, err := url.Parse(base + "://" + authority[:at] + hosts[0] + rest)
	if err != nil {
		// The error quotes the URL with its password.
		return address{}, wrongURL("is not a URL: " + escapeHint)
	}
	if u.Fragment != "" {
		return address{}, wrongURL("has a # in it: " + escapeHint)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return address{}, wrongURL("has parameters that cannot be read")
	}
	for _, host := range hosts[1:] {
		query.Add("addr", withPort(host))
	}
	cluster = cluster || len(query["addr"]) > 0
	if len(query["addr"]) >= maxNodes {
		return address{}, wrongURL("names too many nodes")
	}
	files := tlsFiles{ca: query.Get("ca_file"), cert: query.Get("cert_file"), key: query.Get("key_file")}
	for _, own := range []string{"ca_file", "cert_file", "key_file"} {
		query.Del(own)
	}
	u.RawQuery = query.Encode()
	options, err := clientOptions(u.String(), cluster)
	if err != nil {
		return address{}, err
	}
	if err := files.use(options.TLSConfig); err != nil {
		return address{}, err
	}
	return address{options, cluster}, nil
}

// escapeHint is what to do about an address that ends too early: most often its
// password does not stand there as it should.
const escapeHint = "write /, @ and # in a password as %2F, %40 and %23"

// atAfterHost reports whether an @ follows in the path or in the name of a parameter. Then
// what was taken for the host is in truth a part of the password, and must be shown by
// nothing that fails to reach it.
func atAfterHost(rest string) bool {
	path, query, _ := strings.Cut(rest, "?")
	if strings.Contains(path, "@") {
		return true
	}
	for parameter := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(parameter, "="); strings.Contains(name, "@") {
			return true
		}
	}
	return false
}

func wrongURL(reason string) error { return &InputError{"URL", reason} }

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err != nil {
		return net.JoinHostPort(strings.Trim(host, "[]"), defaultPort)
	}
	return host
}

// clientOptions returns the options that a URL gives, and else ours.
func clientOptions(rawURL string, cluster bool) (*redis.UniversalOptions, error) {
	options := &redis.UniversalOptions{}
	if cluster {
		o, err := redis.ParseClusterURL(rawURL)
		if err != nil {
			return nil, wrongURL(withoutURL(err))
		}
		options.Addrs, options.Username, options.Password, options.TLSConfig = o.Addrs, o.Username, o.Password, o.TLSConfig
		options.PoolSize, options.ClientName, options.DialTimeout = o.PoolSize, o.ClientName, o.DialTimeout
	} else {
		o, err := redis.ParseURL(rawURL)
		if err != nil {
			return nil, wrongURL(withoutURL(err))
		}
		options.Addrs, options.Username, options.Password, options.TLSConfig = []string{o.Addr}, o.Username, o.Password, o.TLSConfig
		options.PoolSize, options.ClientName, options.DialTimeout, options.DB = o.PoolSize, o.ClientName, o.DialTimeout, o.DB
	}
	options.IsClusterMode = cluster
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	options.DisableIdentity = true
	// The deadline of the call rules, and there is no time for more than one more try,
	// which is for connections that died with the server that they were to.
	options.ContextTimeoutEnabled = true
	options.ReadTimeout, options.WriteTimeout = maxTimeout, maxTimeout
	options.MaxRetries = 1
	options.MinRetryBackoff, options.MaxRetryBackoff = time.Millisecond, 8*time.Millisecond
	options.DialerRetries = 1
	if options.DialTimeout <= 0 {
		options.DialTimeout = dialTimeout
	}
	if options.TLSConfig != nil {
		options.TLSConfig.MinVersion = tls.VersionTLS12
	}
	if cluster {
		options.MaxRetries = -1 // redirections, of which it follows a few, are its way to try again
		if options.TLSConfig != nil {
			options.TLSConfig.ServerName = "" // every node shows a certificate for its own name
		}
	}
	return options, nil
}

// withoutURL returns the reason that an error of go-redis gives, without what it quotes of
// the URL: that may be a part of the password.
func withoutURL(err error) string {
	var quoting *url.Error
	if errors.As(err, &quoting) {
		return "is not a URL: " + escapeHint
	}
	reason, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "redis: "), ":")
	return reason
}

// tlsFiles are the files that a URL names for TLS.
type tlsFiles struct{ ca, cert, key string }

// use reads the files into config, which is nil without TLS.
func (f tlsFiles) use(config *tls.Config) error {
	if f == (tlsFiles{}) {
		return nil
	}
	if config == nil {
		return wrongURL("names files for TLS: begin it with rediss:// or rediss-cluster://")
	}
	if f.ca != "" {
		pem, err := os.ReadFile(f.ca)
		if err != nil {
			return wrongURL(fmt.Sprintf("ca_file: %v", err))
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return wrongURL("ca_file: there is no certificate in it")
		}
	}
	if f.cert != "" || f.key != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return wrongURL(fmt.Sprintf("cert_file and key_file: %v", err))
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return nil
}
