package google

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// MaxAccountFile is the most bytes of a key file of a service account.
	MaxAccountFile = 64 << 10
	// minRSABits is the least that Google issues.
	minRSABits = 2048
)

// ServiceAccount is who calls Google: the e-mail address and the key of a service
// account that may act for the issuer. It prints without its key.
type ServiceAccount struct {
	Email    string
	KeyID    string
	TokenURL string // where a signed assertion is exchanged for an access token
	key      *rsa.PrivateKey
}

// String returns the e-mail address; the key never gets into a log.
func (a *ServiceAccount) String() string { return a.Email }

// GoString is what %#v prints.
func (a *ServiceAccount) GoString() string { return "google.ServiceAccount(" + a.Email + ")" }

// ParseServiceAccount reads the key file (JSON) that the Google Cloud console makes.
//
// It returns an error that says what is wrong with the file: it is shown to whoever
// configures the server, and never holds a part of the key.
func ParseServiceAccount(file []byte) (*ServiceAccount, error) {
	if len(file) > MaxAccountFile {
		return nil, fmt.Errorf("google wallet: the service account's file has more than %d bytes", MaxAccountFile)
	}
	var fields struct {
		Type       string `json:"type"`
		Email      string `json:"client_email"`
		PrivateKey string `json:"private_key"`
		KeyID      string `json:"private_key_id"`
		TokenURI   string `json:"token_uri"`
	}
	if err := json.Unmarshal(file, &fields); err != nil {
		return nil, fmt.Errorf("google wallet: the service account's file is not the JSON file of a key: %w", err)
	}
	switch {
	case fields.Type != "service_account":
		return nil, fmt.Errorf("google wallet: the file is of type %q, not of a service account", Shorten(fields.Type, MaxNameRunes))
	case fields.Email == "":
		return nil, fmt.Errorf("google wallet: the service account's file has no client_email")
	case fields.PrivateKey == "":
		return nil, fmt.Errorf("google wallet: the service account's file has no private_key")
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(fields.PrivateKey))
	if err != nil {
		return nil, fmt.Errorf("google wallet: the private_key of the service account is not an RSA key in PEM: %w", err)
	}
	if key.N.BitLen() < minRSABits {
		return nil, fmt.Errorf("google wallet: the private_key of the service account has %d bits, fewer than %d", key.N.BitLen(), minRSABits)
	}
	if address, err := url.Parse(fields.TokenURI); err != nil || address.Host == "" {
		return nil, fmt.Errorf("google wallet: the service account's file has no token_uri")
	}
	return &ServiceAccount{Email: fields.Email, KeyID: fields.KeyID, TokenURL: fields.TokenURI, key: key}, nil
}

// sign returns claims as a JWT, RS256.
func (a *ServiceAccount) sign(claims jwt.MapClaims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	if a.KeyID != "" {
		token.Header["kid"] = a.KeyID
	}
	signed, err := token.SignedString(a.key)
	if err != nil {
		return "", fmt.Errorf("google wallet: sign for %s: %w", a.Email, err)
	}
	return signed, nil
}
