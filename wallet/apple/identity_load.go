package apple

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// maxIdentityFile bounds what is parsed as a certificate or a key, in bytes; real ones
// have less than ten thousand.
const maxIdentityFile = 256 << 10

// maxCertificates bounds the certificates that are looked at in one file.
const maxCertificates = 16

// Expected is what the configuration says the certificate is for.
type Expected struct {
	PassType string
	Team     string
}

// PEMFiles are an identity as separate files. A certificate may also be DER, as Apple's
// site hands it out.
type PEMFiles struct {
	Certificate []byte
	// Key is PKCS#1 or PKCS#8, not encrypted.
	Key []byte
	// Intermediate is Apple's WWDR certificate. It may hold several: the one that issued
	// the certificate is picked.
	Intermediate []byte
}

// sources are the parsed parts of an identity, not yet compared.
type sources struct {
	certificate  *x509.Certificate
	intermediate *x509.Certificate
	key          *rsa.PrivateKey
}

// LoadPEM returns the identity in the files. The error is in ErrIdentity and says which
// part is wrong, and how, at the instant now.
func LoadPEM(files PEMFiles, want Expected, now time.Time) (*Identity, error) {
	var s sources
	certificates, err := parseCertificates("certificate", files.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIdentity, err)
	}
	s.certificate = certificates[0]
	if s.key, err = parseKey(files.Key); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIdentity, err)
	}
	intermediates, err := parseCertificates("intermediate", files.Intermediate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIdentity, err)
	}
	s.intermediate = issuerAmong(s.certificate, intermediates)
	return newIdentity(s, want, now)
}

// LoadPKCS12 returns the identity in a .p12 file, as Keychain Access exports it. The
// intermediate, PEM or DER, may be nil if the file holds it.
func LoadPKCS12(file []byte, password string, intermediate []byte, want Expected, now time.Time) (*Identity, error) {
	if len(file) > maxIdentityFile {
		return nil, fmt.Errorf("%w: .p12 file has %d bytes: want at most %d", ErrIdentity, len(file), maxIdentityFile)
	}
	key, certificate, others, err := pkcs12.DecodeChain(file, password)
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, fmt.Errorf("%w: .p12 file has another password", ErrIdentity)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: .p12 file cannot be read: %w", ErrIdentity, err)
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%w: .p12 file holds a key of the kind %T: want RSA with %d bits", ErrIdentity, key, keyBits)
	}
	if len(intermediate) > 0 {
		if others, err = parseCertificates("intermediate", intermediate); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrIdentity, err)
		}
	}
	if len(others) == 0 {
		return nil, fmt.Errorf("%w: .p12 file holds no intermediate: give Apple's WWDR certificate as well", ErrIdentity)
	}
	return newIdentity(sources{certificate, issuerAmong(certificate, others), private}, want, now)
}

// issuerAmong returns the candidate that issued the certificate or, for a message that
// can name it, the first.
func issuerAmong(certificate *x509.Certificate, candidates []*x509.Certificate) *x509.Certificate {
	for _, c := range candidates {
		if bytes.Equal(c.RawSubject, certificate.RawIssuer) && bytes.Equal(c.SubjectKeyId, certificate.AuthorityKeyId) {
			return c
		}
	}
	return candidates[0]
}

// parseCertificates returns the certificates in a PEM or DER file, at least one.
func parseCertificates(what string, file []byte) ([]*x509.Certificate, error) {
	if len(file) == 0 {
		return nil, fmt.Errorf("%s is missing", what)
	}
	if len(file) > maxIdentityFile {
		return nil, fmt.Errorf("%s has %d bytes: want at most %d", what, len(file), maxIdentityFile)
	}
	if block, _ := pem.Decode(file); block == nil {
		c, err := x509.ParseCertificate(file)
		if err != nil {
			return nil, fmt.Errorf("%s is neither PEM nor DER: %w", what, err)
		}
		return []*x509.Certificate{c}, nil
	}
	var found []*x509.Certificate
	for range maxCertificates {
		var block *pem.Block
		if block, file = pem.Decode(file); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue // openssl writes key and certificate into one file
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", what, err)
		}
		found = append(found, c)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: the file holds no certificate", what)
	}
	return found, nil
}

func parseKey(file []byte) (*rsa.PrivateKey, error) {
	if len(file) == 0 {
		return nil, errors.New("private key is missing")
	}
	if len(file) > maxIdentityFile {
		return nil, fmt.Errorf("private key has %d bytes: want at most %d", len(file), maxIdentityFile)
	}
	for range maxCertificates {
		var block *pem.Block
		if block, file = pem.Decode(file); block == nil {
			break
		}
		switch block.Type {
		case "RSA PRIVATE KEY":
			if block.Headers["DEK-Info"] != "" {
				return nil, errEncryptedKey
			}
			key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("private key cannot be read: %w", err)
			}
			return key, nil
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("private key cannot be read: %w", err)
			}
			if private, ok := key.(*rsa.PrivateKey); ok {
				return private, nil
			}
			return nil, fmt.Errorf("private key is of the kind %T: want RSA with %d bits", key, keyBits)
		case "EC PRIVATE KEY":
			return nil, fmt.Errorf("private key is for elliptic curves: want RSA with %d bits", keyBits)
		case "ENCRYPTED PRIVATE KEY":
			return nil, errEncryptedKey
		}
	}
	return nil, errors.New("private key: the file holds none in PEM")
}

var errEncryptedKey = errors.New("private key is encrypted: give a .p12 file with its password, or decrypt it with openssl rsa")
