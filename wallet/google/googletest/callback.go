package googletest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Signer signs callbacks as Google does: a root key, which is published, signs an
// intermediate key, which signs the message.
type Signer struct {
	now          func() time.Time
	mu           sync.Mutex
	root         *ecdsa.PrivateKey
	intermediate *ecdsa.PrivateKey
	fetched      int
}

// NewSigner returns one with new keys.
func NewSigner(now func() time.Time) *Signer {
	return &Signer{now: now, root: newKey(), intermediate: newKey()}
}

// RotateRoot takes a new root key into use; the old one is no longer published.
func (s *Signer) RotateRoot() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.root = newKey()
}

// KeysFetched returns how often the root keys were asked for.
func (s *Signer) KeysFetched() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched
}

// Callback says what a callback holds; what is left out is as Google has it.
type Callback struct {
	Recipient string // Issuer
	ClassID   string
	ObjectID  string
	EventType string // save
	Nonce     string
	Expires   time.Time // in an hour
	KeyEnds   time.Time // in a day
}

// Sign returns the body of a callback.
func (s *Signer) Sign(c Callback) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Recipient == "" {
		c.Recipient = Issuer
	}
	if c.EventType == "" {
		c.EventType = "save"
	}
	if c.Expires.IsZero() {
		c.Expires = s.now().Add(time.Hour)
	}
	if c.KeyEnds.IsZero() {
		c.KeyEnds = s.now().Add(24 * time.Hour)
	}
	signedKey := compact(map[string]any{"keyValue": public(s.intermediate), "keyExpiration": millis(c.KeyEnds)})
	message := compact(map[string]any{
		"classId": c.ClassID, "objectId": c.ObjectID, "eventType": c.EventType, "nonce": c.Nonce,
		"expTimeMillis": c.Expires.UnixMilli(), "count": 1,
	})
	return []byte(compact(map[string]any{
		"protocolVersion": "ECv2SigningOnly",
		"signature":       sign(s.intermediate, "GooglePayPasses", c.Recipient, "ECv2SigningOnly", message),
		"intermediateSigningKey": map[string]any{
			"signedKey":  signedKey,
			"signatures": []string{sign(s.root, "GooglePayPasses", "ECv2SigningOnly", signedKey)},
		},
		"signedMessage": message,
	}))
}

func (s *Signer) serveKeys(w http.ResponseWriter) {
	s.mu.Lock()
	s.fetched++
	ends := millis(s.now().Add(7 * 24 * time.Hour))
	root := public(s.root)
	s.mu.Unlock()
	writeJSON(w, map[string]any{"keys": []map[string]string{
		{"keyValue": public(newKey()), "protocolVersion": "ECv1", "keyExpiration": ends},
		{"keyValue": root, "protocolVersion": "ECv2SigningOnly", "keyExpiration": ends},
	}})
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func sign(key *ecdsa.PrivateKey, parts ...string) string {
	var signed []byte
	for _, part := range parts {
		signed = binary.LittleEndian.AppendUint32(signed, uint32(len(part))) //nolint:gosec // a test's own text
		signed = append(signed, part...)
	}
	digest := sha256.Sum256(signed)
	signature, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(signature)
}

func public(key *ecdsa.PrivateKey) string {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func compact(value any) string {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(body)
}
