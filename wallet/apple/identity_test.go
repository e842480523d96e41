package apple_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/wallet/apple"
	"software.sslmate.com/src/go-pkcs12"
)

var (
	// instant is now in all tests.
	instant = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	// shop is what the tests' configuration says.
	shop = apple.Expected{PassType: "pass.example.leima.loyalty", Team: "LEIMA12345"}
)

// demo is one made-up identity for all tests: making one takes a while.
var demo = sync.OnceValue(func() *apple.DemoIdentity { return newDemo(shop, instant) })

// otherDemo has the same pass type and another authority, as if Apple had a new one.
var otherDemo = sync.OnceValue(func() *apple.DemoIdentity { return newDemo(shop, instant) })

func newDemo(want apple.Expected, now time.Time) *apple.DemoIdentity {
	made, err := apple.NewDemoIdentity(want, now)
	if err != nil {
		panic(err)
	}
	return made
}

func TestAMadeUpIdentityLoadsAgainFromItsFiles(t *testing.T) {
	made := demo()
	loaded, err := apple.LoadPEM(made.Files, shop, instant)
	if err != nil {
		t.Fatal(err)
	}
	if loaded.PassType != shop.PassType || loaded.Team != shop.Team {
		t.Errorf("it is for %s of %s", loaded.PassType, loaded.Team)
	}
	if !loaded.Expires().Equal(made.Expires()) || loaded.Expires().Before(instant.AddDate(1, 0, 0)) {
		t.Errorf("it expires at %s, the one it was made from at %s", loaded.Expires(), made.Expires())
	}
	if !strings.Contains(loaded.Issuer(), "no phone trusts it") {
		t.Errorf("the issuer %q does not say that it is made up", loaded.Issuer())
	}
}

func TestWhatCanBeWrongWithAnIdentityIsSaidInASentence(t *testing.T) {
	good, other := demo().Files, otherDemo().Files
	for name, c := range map[string]struct {
		change func(f *apple.PEMFiles, want *apple.Expected, now *time.Time)
		says   string
	}{
		"nothing given": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { *f = apple.PEMFiles{} },
			"certificate is missing",
		},
		"no key": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Key = nil },
			"private key is missing",
		},
		"no intermediate": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Intermediate = nil },
			"intermediate is missing",
		},
		"a picture as certificate": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Certificate = []byte("\x89PNG\r\n") },
			"certificate is neither PEM nor DER",
		},
		"a whole disk as key": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Key = bytes.Repeat([]byte("x"), 1<<20) },
			"private key has 1048576 bytes",
		},
		"key and certificate swapped": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) {
				f.Certificate, f.Key = f.Key, f.Certificate
			},
			"the file holds no certificate",
		},
		"expired": {
			func(_ *apple.PEMFiles, _ *apple.Expected, now *time.Time) { *now = now.AddDate(2, 0, 0) },
			"expired on 2027-12-20: renew it",
		},
		"from the future": {
			func(_ *apple.PEMFiles, _ *apple.Expected, now *time.Time) { *now = now.AddDate(-1, 0, 0) },
			"valid from 2026-11-20 only: look at this machine's clock, it says 2025-11-20",
		},
		"another pass type": {
			func(_ *apple.PEMFiles, want *apple.Expected, _ *time.Time) { want.PassType = "pass.example.other" },
			"certificate is for the pass type pass.example.leima.loyalty, but pass.example.other is configured",
		},
		"another team": {
			func(_ *apple.PEMFiles, want *apple.Expected, _ *time.Time) { want.Team = "OTHER12345" },
			"certificate is of the team LEIMA12345, but OTHER12345 is configured",
		},
		"another certificate's key": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Key = other.Key },
			"private key does not belong to the certificate",
		},
		"another generation of the intermediate": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Intermediate = other.Intermediate },
			"did not issue the certificate, which names the key",
		},
		"the root as intermediate": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Intermediate = demo().Root },
			"did not issue the certificate",
		},
		"the certificate as its own intermediate": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Intermediate = f.Certificate },
			"intermediate is the certificate of the pass type itself",
		},
		"the intermediate as certificate": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Certificate = f.Intermediate },
			"is of an authority",
		},
		"a key for elliptic curves": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) { f.Key = ellipticKey(t) },
			"private key is of the kind *ecdsa.PrivateKey: want RSA",
		},
		"an encrypted key": {
			func(f *apple.PEMFiles, _ *apple.Expected, _ *time.Time) {
				f.Key = pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{1}})
			},
			"private key is encrypted: give a .p12 file",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files, want, now := good, shop, instant
			c.change(&files, &want, &now)
			_, err := apple.LoadPEM(files, want, now)
			if !errors.Is(err, apple.ErrIdentity) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %q, want %q", err, c.says)
			}
		})
	}
}

func TestCertificatesThatAreNoPassTypeCertificatesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		key  any
		name string
		says string
	}{
		"elliptic curve": {mustKey(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), "passes", "of the kind ECDSA"},
		"RSA-3072":       {mustKey(rsa.GenerateKey(rand.Reader, 3072)), "passes", "RSA key of 3072 bits: want 2048"},
		"a web server's": {mustKey(rsa.GenerateKey(rand.Reader, 2048)), "www.example.org", "names no pass type"},
	} {
		t.Run(name, func(t *testing.T) {
			files := demo().Files
			files.Certificate = selfSigned(t, c.name, c.key)
			_, err := apple.LoadPEM(files, shop, instant)
			if !errors.Is(err, apple.ErrIdentity) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %q, want %q", err, c.says)
			}
		})
	}
}

func TestTheIntermediateIsFoundAmongSeveral(t *testing.T) {
	files := demo().Files
	files.Intermediate = append(bytes.Clone(otherDemo().Files.Intermediate), files.Intermediate...)
	if _, err := apple.LoadPEM(files, shop, instant); err != nil {
		t.Error(err)
	}
}

func TestCertificatesMayBeDER(t *testing.T) {
	files := demo().Files
	files.Certificate, files.Intermediate = der(files.Certificate), der(files.Intermediate)
	if _, err := apple.LoadPEM(files, shop, instant); err != nil {
		t.Error(err)
	}
}

func TestAnIdentityLoadsFromPKCS12(t *testing.T) {
	files := demo().Files
	key, err := x509.ParsePKCS1PrivateKey(der(files.Key))
	if err != nil {
		t.Fatal(err)
	}
	intermediate := parsed(t, files.Intermediate)
	for name, encoder := range map[string]*pkcs12.Encoder{
		// Keychain Access writes the old encryption, openssl 3 the new.
		"old encryption": pkcs12.LegacyDES, "new encryption": pkcs12.Modern2023,
	} {
		t.Run(name, func(t *testing.T) {
			full, err := encoder.Encode(key, parsed(t, files.Certificate), []*x509.Certificate{intermediate}, "secret")
			if err != nil {
				t.Fatal(err)
			}
			alone, err := encoder.Encode(key, parsed(t, files.Certificate), nil, "secret")
			if err != nil {
				t.Fatal(err)
			}
			for name, c := range map[string]struct {
				file         []byte
				password     string
				intermediate []byte
				says         string // "": it loads
			}{
				"with its intermediate":   {full, "secret", nil, ""},
				"intermediate apart":      {alone, "secret", files.Intermediate, ""},
				"no intermediate":         {alone, "secret", nil, "give Apple's WWDR certificate"},
				"another password":        {full, "wrong", nil, "has another password"},
				"another intermediate":    {full, "secret", otherDemo().Files.Intermediate, "did not issue the certificate"},
				"not a .p12 file":         {[]byte("hello"), "secret", nil, "cannot be read"},
				"cut in the middle":       {full[:len(full)/2], "secret", nil, "cannot be read"},
				"larger than any of them": {make([]byte, 1<<20), "secret", nil, "1048576 bytes"},
			} {
				t.Run(name, func(t *testing.T) {
					_, err := apple.LoadPKCS12(c.file, c.password, c.intermediate, shop, instant)
					if c.says == "" && err != nil {
						t.Fatal(err)
					}
					if c.says != "" && (!errors.Is(err, apple.ErrIdentity) || !strings.Contains(err.Error(), c.says)) {
						t.Errorf("it says %q, want %q", err, c.says)
					}
				})
			}
		})
	}
}

func FuzzLoadPEM(f *testing.F) {
	files := demo().Files
	f.Add(files.Certificate, files.Key, files.Intermediate)
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"), files.Key, []byte{0x30})
	f.Fuzz(func(t *testing.T, certificate, key, intermediate []byte) {
		_, err := apple.LoadPEM(apple.PEMFiles{Certificate: certificate, Key: key, Intermediate: intermediate}, shop, instant)
		if err != nil && !errors.Is(err, apple.ErrIdentity) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}
