package apple

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
)

// ErrNFCKey is in errors about a key for NFC that cannot be one.
var ErrNFCKey = errors.New("key for NFC")

// ReadNFCKey returns what Design.NFCKey takes from a file with a public key: PEM, or DER as
// openssl writes it. Errors are in ErrNFCKey and say what is wrong in a sentence.
func ReadNFCKey(file []byte) (string, error) {
	raw := file
	if block, _ := pem.Decode(file); block != nil {
		if block.Type != "PUBLIC KEY" {
			return "", fmt.Errorf("%w: the file holds a %s: want a PUBLIC KEY, the private one stays with the reader", ErrNFCKey, block.Type)
		}
		raw = block.Bytes
	}
	if err := checkNFCKey(raw); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNFCKey, err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// checkNFCKey says what is wrong with a SubjectPublicKeyInfo.
func checkNFCKey(raw []byte) error {
	key, err := x509.ParsePKIXPublicKey(raw)
	if err != nil {
		return fmt.Errorf("it is no SubjectPublicKeyInfo: %w", err)
	}
	public, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return fmt.Errorf("it is of the kind %T: want one on the curve P-256", key)
	}
	if exchange, err := public.ECDH(); err != nil || exchange.Curve() != ecdh.P256() {
		return fmt.Errorf("it is on the curve %s: want P-256", public.Curve.Params().Name)
	}
	return nil
}
