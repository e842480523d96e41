package samsung

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
)

const minRSABits = 2048

// Partner is what the partner portal hands out for one kind of card. It prints without
// its key.
type Partner struct {
	PartnerID     string
	CertificateID string // of the certificate that Samsung made from our request
	CardID        string // of the card's template
	key           *rsa.PrivateKey
	samsung       *rsa.PublicKey
}

// String returns the partner's and the card's id; the key never gets into a log.
func (p *Partner) String() string { return "partner " + p.PartnerID + " card " + p.CardID }

// GoString is what %#v prints.
func (p *Partner) GoString() string { return "samsung.Partner(" + p.String() + ")" }

var idShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// NewPartner returns a partner from its ids, its private key (PEM) and Samsung's
// certificate or public key (PEM).
//
// The error says what is wrong, for whoever configures the server, and never holds a
// part of the key.
func NewPartner(partnerID, certificateID, cardID string, keyPEM, samsungPEM []byte) (*Partner, error) {
	for name, id := range map[string]string{"partner": partnerID, "certificate": certificateID, "card": cardID} {
		if !idShape.MatchString(id) {
			return nil, fmt.Errorf("samsung wallet: the %s id is not of 1 to 64 letters, digits, underscores and hyphens", name)
		}
	}
	key, err := parsePrivateKey(keyPEM)
	if err != nil {
		return nil, fmt.Errorf("samsung wallet: the private key: %w", err)
	}
	public, err := parsePublicKey(samsungPEM)
	if err != nil {
		return nil, fmt.Errorf("samsung wallet: Samsung's certificate: %w", err)
	}
	return &Partner{PartnerID: partnerID, CertificateID: certificateID, CardID: cardID, key: key, samsung: public}, nil
}

var (
	errNoPEM  = errors.New("it is not in PEM")
	errNotRSA = errors.New("it is not an RSA key")
)

func parsePrivateKey(file []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(file)
	if block == nil {
		return nil, errNoPEM
	}
	if block.Type == "CERTIFICATE" {
		return nil, errors.New("it is a certificate, not a key")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		parsed, pkcs8Err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if pkcs8Err != nil {
			return nil, errors.New("it cannot be read; it may be encrypted with a password")
		}
		var ok bool
		if key, ok = parsed.(*rsa.PrivateKey); !ok {
			return nil, errNotRSA
		}
	}
	return key, checkBits(key.N.BitLen())
}

func parsePublicKey(file []byte) (*rsa.PublicKey, error) {
	block, _ := pem.Decode(file)
	if block == nil {
		return nil, errNoPEM
	}
	var parsed any
	if block.Type == "CERTIFICATE" {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("it cannot be read: %w", err)
		}
		parsed = certificate.PublicKey
	} else {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("it cannot be read: %w", err)
		}
		parsed = key
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, errNotRSA
	}
	return key, checkBits(key.N.BitLen())
}

func checkBits(bits int) error {
	if bits < minRSABits {
		return fmt.Errorf("it has %d bits, fewer than %d", bits, minRSABits)
	}
	return nil
}
