package hot_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/hot/hottest"
)

// leastRights are what the documentation of OpenRedis says that the account needs.
var leastRights = strings.Fields(`~test-*:* &test-*:* -@all +get +mget +set +del +getrange +setrange +exists +hmget +hset +hincrby +hlen
	+rpush +lrange +llen +lindex +ltrim +pexpire +time +eval +evalsha +ping +info +publish +subscribe +unsubscribe`)

func TestAnAccountWithTheLeastRights(t *testing.T) {
	server := startServer(t)
	setUser := []any{"ACL", "SETUSER", "leima", "on", ">p@ss"}
	for _, right := range leastRights {
		setUser = append(setUser, right)
	}
	server.do(setUser...)
	hottest.Run(t, func(tb testing.TB) hot.State {
		tb.Helper()
		s, _ := openPatient(tb, "redis://leima:p%40ss@"+server.address(), newPrefix())
		return s
	})
	t.Run("another prefix is not its own", func(t *testing.T) {
		s, _ := open(t, "redis://leima:p%40ss@"+server.address(), "other")
		eventually(t, "a refusal", func() bool {
			return strings.Contains(s.Health(t.Context()).Detail, "not heard")
		})
		if err := s.Project(t.Context(), []hot.CardState{cardState("card", 1, "")}); err == nil {
			t.Error("projected with a foreign prefix")
		}
	})
	t.Run("a wrong password", func(t *testing.T) {
		s, _ := open(t, "redis://leima:hunter2@"+server.address(), "test-1")
		eventually(t, "a reason", func() bool {
			detail := s.Health(t.Context()).Detail
			if strings.Contains(detail, "hunter2") {
				t.Fatalf("the password is shown: %s", detail)
			}
			return strings.Contains(detail, "WRONGPASS")
		})
	})
}

func TestTLS(t *testing.T) {
	folder := writeCertificates(t)
	server := startTLSServer(t, folder)
	files := "?ca_file=" + folder.authority + "&cert_file=" + folder.certificate + "&key_file=" + folder.key
	s, tr := open(t, "rediss://"+server+files, "test")
	healthy(t, s)
	commit(t, s, tr, cardState("card", 1, "one"))
	eventually(t, "the card", readsAs(t, s, "card", 1))
	t.Run("an authority that nobody knows", func(t *testing.T) {
		s, _ := open(t, "rediss://"+server+"?cert_file="+folder.certificate+"&key_file="+folder.key, "test")
		eventually(t, "a reason", func() bool { return strings.Contains(s.Health(t.Context()).Detail, "certificate") })
	})
	t.Run("without TLS", func(t *testing.T) {
		s, _ := open(t, "redis://"+server, "test")
		if h := s.Health(t.Context()); h.OK {
			t.Errorf("health: %+v", h)
		}
	})
}

// certificates are the paths of PEM files.
type certificates struct{ authority, certificate, key string }

// writeCertificates makes an authority that signed itself and is the server, too.
func writeCertificates(t *testing.T) certificates {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := file(t, "certificate.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return certificates{
		authority: certificate, certificate: certificate,
		key: file(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
	}
}

// startTLSServer returns the address of a server's door with TLS.
func startTLSServer(t *testing.T, c certificates) string {
	t.Helper()
	port := freePort(t)
	address := net.JoinHostPort("127.0.0.1", big.NewInt(int64(port)).String())
	server := startServer(t)
	for _, setting := range [][2]string{
		{"tls-ca-cert-file", c.authority}, {"tls-key-file", c.key}, {"tls-cert-file", c.certificate}, {"tls-port", big.NewInt(int64(port)).String()},
	} {
		client := server.client()
		err := client.ConfigSet(t.Context(), setting[0], setting[1]).Err()
		_ = client.Close()
		if err != nil {
			t.Skipf("TLS is not tested: this server cannot do it: %v", err)
		}
	}
	return address
}
