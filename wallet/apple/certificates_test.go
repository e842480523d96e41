package apple_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

func mustKey[K any](key K, err error) K {
	if err != nil {
		panic(err)
	}
	return key
}

// der returns what is in the first block of a PEM file.
func der(file []byte) []byte {
	block, _ := pem.Decode(file)
	return block.Bytes
}

func parsed(t *testing.T, file []byte) *x509.Certificate {
	t.Helper()
	c, err := x509.ParseCertificate(der(file))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ellipticKey(t *testing.T) []byte {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(mustKey(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

// selfSigned returns a certificate that nobody vouches for.
func selfSigned(t *testing.T, name string, key any) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: instant.Add(-time.Hour), NotAfter: instant.Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		t.Fatalf("a %T cannot sign", key)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
}
