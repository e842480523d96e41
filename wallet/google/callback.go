package google

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	protocol = "ECv2SigningOnly"
	// sender is the name that Google signs callbacks of passes under.
	sender = "GooglePayPasses"
	// MaxCallback is the most bytes of a callback; real ones have about 1,000.
	MaxCallback = 16 << 10
	// maxSignatures is the most signatures of an intermediate key that are tried.
	maxSignatures = 5
	// maxNonce is the most bytes of a nonce.
	maxNonce = 256
)

// ErrForged says that a callback was not signed by Google for this issuer, or is no
// longer valid. Nothing that it says may be believed.
var ErrForged = errors.New("google wallet: the callback is not from Google for this issuer")

// ErrMalformed says that a callback cannot be read at all.
var ErrMalformed = errors.New("google wallet: the callback cannot be read")

// ErrOtherEvent says that a callback is Google's, but about something that is not
// asked for here. There is nothing to do, and no use in its coming again.
var ErrOtherEvent = errors.New("google wallet: the callback is about something else")

// EventType is what happened to an object.
type EventType string

// What Google reports: somebody put a card into the wallet, or took it out. The
// second may have the card on another device still.
const (
	Saved   EventType = "save"
	Deleted EventType = "del"
)

// Event is what a callback says.
type Event struct {
	Type     EventType
	ClassID  string
	ObjectID string
	Nonce    string    // the same for every delivery of this event
	Expires  time.Time // the callback is not accepted after it
}

// Keys returns the root keys of Google, of which one signed the intermediate key.
type Keys interface {
	// RootKeys returns the keys that are valid at the time. With fresh they may not
	// come from a cache that is older than the implementation's least age.
	RootKeys(ctx context.Context, fresh bool) ([]*ecdsa.PublicKey, error)
}

// Verifier reads callbacks. The zero value is of no use: fill in all fields.
type Verifier struct {
	IssuerID string // the recipient, a number
	Keys     Keys
	Now      func() time.Time
}

// callback is the body. The strings are verified as they came, before anything in
// them is read.
type callback struct {
	Signature       string `json:"signature"`
	ProtocolVersion string `json:"protocolVersion"`
	SignedMessage   string `json:"signedMessage"`
	Intermediate    struct {
		SignedKey  string   `json:"signedKey"`
		Signatures []string `json:"signatures"`
	} `json:"intermediateSigningKey"`
}

// Verify returns what a callback says after it has verified that a root key of Google
// signed the intermediate key, that this signed the message for our issuer, that neither
// has expired, and that the message is about an object of ours. It does not look whether
// the event came before: that is for Nonces.
//
// The error is ErrMalformed, ErrForged or ErrOtherEvent, or that of Keys when they cannot be had.
//
// https://developers.google.com/pay/api/web/guides/resources/payment-data-cryptography
// has the protocol.
func (v *Verifier) Verify(ctx context.Context, body []byte) (Event, error) {
	c, err := parseCallback(body)
	if err != nil {
		return Event{}, err
	}
	intermediate, err := v.intermediateKey(ctx, c)
	if err != nil {
		return Event{}, err
	}
	signature, err := decodeBase64("signature", c.Signature)
	if err != nil {
		return Event{}, err
	}
	if !verifies(intermediate, signature, sender, v.IssuerID, protocol, c.SignedMessage) {
		return Event{}, fmt.Errorf("%w: the message's signature", ErrForged)
	}
	return v.event(c.SignedMessage)
}

func parseCallback(body []byte) (callback, error) {
	var c callback
	if len(body) > MaxCallback {
		return c, fmt.Errorf("%w: it has more than %d bytes", ErrMalformed, MaxCallback)
	}
	if err := json.Unmarshal(body, &c); err != nil {
		return c, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	switch {
	case c.ProtocolVersion != protocol:
		return c, fmt.Errorf("%w: protocolVersion is not %s", ErrMalformed, protocol)
	case c.SignedMessage == "" || c.Intermediate.SignedKey == "":
		return c, fmt.Errorf("%w: signedMessage or signedKey is empty", ErrMalformed)
	case len(c.Intermediate.Signatures) == 0 || len(c.Intermediate.Signatures) > maxSignatures:
		return c, fmt.Errorf("%w: there are not 1 to %d signatures of the intermediate key", ErrMalformed, maxSignatures)
	}
	return c, nil
}

// intermediateKey returns the intermediate key when one of the root keys signed it
// and it has not expired. A root key may be newer than our cache, so a second look
// is taken at fresh ones.
func (v *Verifier) intermediateKey(ctx context.Context, c callback) (*ecdsa.PublicKey, error) {
	signatures := make([][]byte, 0, len(c.Intermediate.Signatures))
	for _, text := range c.Intermediate.Signatures {
		signature, err := decodeBase64("signatures", text)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, signature)
	}
	for _, fresh := range []bool{false, true} {
		roots, err := v.Keys.RootKeys(ctx, fresh)
		if err != nil {
			return nil, fmt.Errorf("google wallet: root keys: %w", err)
		}
		for _, root := range roots {
			for _, signature := range signatures {
				if verifies(root, signature, sender, protocol, c.Intermediate.SignedKey) {
					return v.parseSignedKey(c.Intermediate.SignedKey)
				}
			}
		}
	}
	return nil, fmt.Errorf("%w: the intermediate key's signatures", ErrForged)
}

// parseSignedKey reads a key that Google has signed.
func (v *Verifier) parseSignedKey(text string) (*ecdsa.PublicKey, error) {
	var signed struct {
		KeyValue      string `json:"keyValue"`
		KeyExpiration millis `json:"keyExpiration"`
	}
	if err := json.Unmarshal([]byte(text), &signed); err != nil {
		return nil, fmt.Errorf("%w: signedKey: %w", ErrMalformed, err)
	}
	if !v.Now().Before(signed.KeyExpiration.time()) {
		return nil, fmt.Errorf("%w: the intermediate key has expired", ErrForged)
	}
	return parseKey(signed.KeyValue)
}

// event reads a message that Google has signed.
func (v *Verifier) event(text string) (Event, error) {
	var message struct {
		ClassID   string    `json:"classId"`
		ObjectID  string    `json:"objectId"`
		Expires   millis    `json:"expTimeMillis"`
		EventType EventType `json:"eventType"`
		Nonce     string    `json:"nonce"`
	}
	if err := json.Unmarshal([]byte(text), &message); err != nil {
		return Event{}, fmt.Errorf("%w: signedMessage: %w", ErrMalformed, err)
	}
	ours := v.IssuerID + "."
	switch {
	case !v.Now().Before(message.Expires.time()):
		return Event{}, fmt.Errorf("%w: the message has expired", ErrForged)
	case message.EventType != Saved && message.EventType != Deleted:
		return Event{}, fmt.Errorf("%w: eventType %q", ErrOtherEvent, Shorten(string(message.EventType), MaxNameRunes))
	case !strings.HasPrefix(message.ClassID, ours) || !strings.HasPrefix(message.ObjectID, ours):
		return Event{}, fmt.Errorf("%w: it is about an object of another issuer", ErrForged)
	case checkID("classId", message.ClassID) != nil || checkID("objectId", message.ObjectID) != nil:
		return Event{}, fmt.Errorf("%w: classId or objectId", ErrMalformed)
	case message.Nonce == "" || len(message.Nonce) > maxNonce:
		return Event{}, fmt.Errorf("%w: nonce is not of 1 to %d bytes", ErrMalformed, maxNonce)
	}
	return Event{
		Type: message.EventType, ClassID: message.ClassID, ObjectID: message.ObjectID,
		Nonce: message.Nonce, Expires: message.Expires.time(),
	}, nil
}

// verifies tells whether a key signed the parts, each with its length before it
// (4 bytes, the least first).
func verifies(key *ecdsa.PublicKey, signature []byte, parts ...string) bool {
	digest := sha256.Sum256(signedBytes(parts...))
	return ecdsa.VerifyASN1(key, digest[:], signature)
}

func signedBytes(parts ...string) []byte {
	var signed []byte
	for _, part := range parts {
		signed = binary.LittleEndian.AppendUint32(signed, uint32(len(part))) //nolint:gosec // parts are shorter than MaxCallback
		signed = append(signed, part...)
	}
	return signed
}

// parseKey reads a public key: base 64 of a SubjectPublicKeyInfo on P-256.
func parseKey(text string) (*ecdsa.PublicKey, error) {
	der, err := decodeBase64("keyValue", text)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("%w: keyValue: %w", ErrMalformed, err)
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: keyValue is not a key on P-256", ErrMalformed)
	}
	return key, nil
}

func decodeBase64(field, text string) ([]byte, error) {
	decoded, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not base 64", ErrMalformed, field)
	}
	return decoded, nil
}

// millis is an instant in milliseconds since 1970, in JSON a number or a text: Google
// writes both.
type millis int64

// UnmarshalJSON reads a number or a text of digits.
func (m *millis) UnmarshalJSON(data []byte) error {
	value, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	if err != nil {
		return fmt.Errorf("not milliseconds since 1970: %w", err)
	}
	*m = millis(value)
	return nil
}

func (m millis) time() time.Time { return time.UnixMilli(int64(m)) }
