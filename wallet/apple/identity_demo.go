package apple

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// demoValidity is how long a made-up certificate is valid; Apple's are for 13 months.
const demoValidity = 395 * 24 * time.Hour

// DemoIdentity is an identity that no phone accepts: its authority is made up. With it
// everything can be tried that does not need a phone.
type DemoIdentity struct {
	*Identity
	// Files load as this identity again (LoadPEM), so that passes stay valid over a
	// restart.
	Files PEMFiles
	// Root is the authority above the intermediate, as PEM: what a program that checks
	// the signature has to trust.
	Root []byte
}

// NewDemoIdentity makes an authority, an intermediate and a certificate for the pass
// type and the team, valid from an hour before now for thirteen months. It takes some
// tenths of a second.
func NewDemoIdentity(want Expected, now time.Time) (*DemoIdentity, error) {
	root, err := newAuthority("Leima Demo Root (no phone trusts it)", nil, now)
	if err != nil {
		return nil, err
	}
	intermediate, err := newAuthority("Leima Demo Intermediate (no phone trusts it)", root, now)
	if err != nil {
		return nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	leaf := demoTemplate(pkix.Name{
		CommonName:         "Pass Type ID: " + want.PassType,
		OrganizationalUnit: []string{want.Team},
		ExtraNames:         []pkix.AttributeTypeAndValue{{Type: uid, Value: want.PassType}},
	}, now)
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection}
	raw, err := x509.CreateCertificate(rand.Reader, leaf, intermediate.certificate, &key.PublicKey, intermediate.key)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	demo := &DemoIdentity{
		Files: PEMFiles{
			Certificate:  pemOf("CERTIFICATE", raw),
			Key:          pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)),
			Intermediate: pemOf("CERTIFICATE", intermediate.certificate.Raw),
		},
		Root: pemOf("CERTIFICATE", root.certificate.Raw),
	}
	// Loaded as any other: what is made here has to stand the same checks.
	demo.Identity, err = LoadPEM(demo.Files, want, now)
	return demo, err
}

// authority is a made-up certificate authority. Its key is for elliptic curves because
// an RSA key takes long to make.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// newAuthority makes an authority that another one vouches for, or a root.
func newAuthority(name string, above *authority, now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	template := demoTemplate(pkix.Name{CommonName: name, Organization: []string{"Leima Demo"}}, now)
	template.IsCA = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	if above == nil {
		above = &authority{certificate: template, key: key}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, above.certificate, &key.PublicKey, above.key)
	if err != nil {
		return nil, fmt.Errorf("make certificate of an authority: %w", err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("read certificate of an authority: %w", err)
	}
	return &authority{certificate, key}, nil
}

func demoTemplate(subject pkix.Name, now time.Time) *x509.Certificate {
	const serialBytes = 16 // RFC 5280, 4.1.2.2 allows 20
	serial := make([]byte, serialBytes)
	_, _ = rand.Read(serial) // never fails
	return &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial),
		Subject:               subject,
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(demoValidity),
		BasicConstraintsValid: true,
	}
}

func pemOf(kind string, raw []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})
}
