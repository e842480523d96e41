package samsungtest

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/leima/leima/wallet/samsung"
)

// What the portal handed out.
const (
	PartnerID     = "4097184320531138496"
	CertificateID = "A1b2"
	CardID        = "3hp38ubggrbg0"

	rsaBits = 2048
	maxBody = 1 << 20
)

// keys are shared: making RSA keys takes time. The first is the partner's, the second
// Samsung's, the third a stranger's.
var keys = sync.OnceValue(func() []*rsa.PrivateKey {
	made := make([]*rsa.PrivateKey, 0, 3)
	for range cap(made) {
		key, err := rsa.GenerateKey(rand.Reader, rsaBits)
		if err != nil {
			panic(err)
		}
		made = append(made, key)
	}
	return made
})

// Notification is one that came.
type Notification struct {
	Path  string
	RefID string
	State string
}

// Fault is how notifications fail.
type Fault struct {
	Times      int
	Status     int
	RetryAfter string
	Cut        bool
}

// Server is the stand-in.
type Server struct {
	URL string // what a card's callback is, but for https and the host

	now           func() time.Time
	mu            sync.Mutex
	notifications []Notification
	problems      []string
	faults        []*Fault
}

// New starts a stand-in that ends with the test, and fails it when something wrong came.
func New(t testing.TB, now func() time.Time) *Server {
	t.Helper()
	s := &Server{now: now}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = server.URL
	t.Cleanup(func() {
		server.Close()
		for _, problem := range s.problems {
			t.Errorf("the stand-in for Samsung received something wrong: %s", problem)
		}
	})
	return s
}

// PartnerKey returns the partner's private key in PEM.
func PartnerKey() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(keys()[0])})
}

// SamsungKey returns Samsung's public key in PEM.
func SamsungKey() []byte {
	der, err := x509.MarshalPKIXPublicKey(&keys()[1].PublicKey)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// Partner returns the partner that the stand-in knows.
func Partner() *samsung.Partner {
	partner, err := samsung.NewPartner(PartnerID, CertificateID, CardID, PartnerKey(), SamsungKey())
	if err != nil {
		panic(err)
	}
	return partner
}

// Fail makes notifications fail.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Notifications returns what came and was taken.
func (s *Server) Notifications() []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notifications)
}

// OpenAddLink opens a link as the wallet does, and returns the card object (JSON). The
// error says what Samsung would refuse.
func (s *Server) OpenAddLink(link string) ([]byte, error) {
	address, err := url.Parse(link)
	if err != nil {
		return nil, fmt.Errorf("it is not a link: %w", err)
	}
	data, ok := strings.CutPrefix(address.Fragment, "Clip?cdata=")
	if address.Host != "a.swallet.link" || address.Path != "/atw/v3/"+CardID || !ok {
		return nil, errors.New("it does not lead to the card")
	}
	return s.OpenCardData(data)
}

// OpenCardData verifies and decrypts the data of a card.
func (s *Server) OpenCardData(data string) ([]byte, error) {
	inner, err := s.verify(data, "CARD")
	if err != nil {
		return nil, err
	}
	encrypted, err := jose.ParseEncryptedCompact(string(inner), []jose.KeyAlgorithm{jose.RSA1_5}, []jose.ContentEncryption{jose.A128GCM})
	if err != nil {
		return nil, fmt.Errorf("what is signed is not encrypted: %w", err)
	}
	body, err := encrypted.Decrypt(keys()[1])
	if err != nil {
		return nil, fmt.Errorf("it is not for Samsung: %w", err)
	}
	return body, wrongWithCard(body)
}

// verify returns the payload of a token that the partner signed within half a minute.
func (s *Server) verify(token, content string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, fmt.Errorf("the token: %w", err)
	}
	payload, err := signed.Verify(&keys()[0].PublicKey)
	if err != nil {
		return nil, fmt.Errorf("the token is not the partner's: %w", err)
	}
	header := signed.Signatures[0].Protected.ExtraHeaders
	want := map[jose.HeaderKey]string{"cty": content, "ver": "3", "partnerId": PartnerID, "certificateId": CertificateID}
	for name, value := range want {
		if header[name] != value {
			return nil, fmt.Errorf("the token has %s %v", name, header[name])
		}
	}
	made, isNumber := header["utc"].(float64)
	age := s.now().Sub(time.UnixMilli(int64(made)))
	if !isNumber || age > samsung.CardDataLife || age < -samsung.CardDataLife {
		return nil, fmt.Errorf("the token is %v old", age)
	}
	return payload, nil
}

// limits are those of a loyalty card's attributes, in characters; true for required ones.
var limits = map[string]struct {
	most     int
	required bool
}{
	"title": {32, true}, "subtitle1": {32, false}, "providerName": {32, true}, "noticeDesc": {5000, false},
	"logoImage": {256, false}, "appLinkLogo": {256, true}, "appLinkName": {32, true}, "appLinkData": {256, true},
	"bgImage": {256, false}, "bgColor": {8, false}, "barcode.value": {4096, false},
	"barcode.serialType": {32, false}, "barcode.ptFormat": {32, false}, "barcode.ptSubFormat": {32, false},
}

func wrongWithCard(body []byte) error {
	var object struct {
		Card struct {
			Type    string `json:"type"`
			SubType string `json:"subType"`
			Data    []struct {
				RefID      string            `json:"refId"`
				CreatedAt  int64             `json:"createdAt"`
				UpdatedAt  int64             `json:"updatedAt"`
				Language   string            `json:"language"`
				Attributes map[string]string `json:"attributes"`
			} `json:"data"`
		} `json:"card"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&object); err != nil {
		return fmt.Errorf("the card: %w", err)
	}
	if object.Card.Type != "loyalty" || object.Card.SubType != "others" || len(object.Card.Data) != 1 {
		return fmt.Errorf("it is a %s/%s of %d", object.Card.Type, object.Card.SubType, len(object.Card.Data))
	}
	data := object.Card.Data[0]
	const longestRefID, thirteenDigits = 32, 1_000_000_000_000
	if data.RefID == "" || len(data.RefID) > longestRefID || data.CreatedAt < thirteenDigits || data.UpdatedAt < thirteenDigits || data.Language == "" {
		return fmt.Errorf("refId, createdAt, updatedAt or language: %+v", data)
	}
	for name, value := range data.Attributes {
		limit, known := limits[name]
		if !known || value == "" || len([]rune(value)) > limit.most {
			return fmt.Errorf("attribute %s is unknown, empty or longer than %d", name, limit.most)
		}
	}
	for name, limit := range limits {
		if _, there := data.Attributes[name]; limit.required && !there {
			return fmt.Errorf("attribute %s is missing", name)
		}
	}
	return nil
}

// Call is a request of Samsung's to the partner; what is left out is as Samsung has it.
type Call struct {
	Method   string // GET
	Path     string // "/cards/{card id}/{ref id}" with Prefix before it
	Prefix   string
	RefID    string
	Query    string
	Body     string
	Made     time.Time // of the token: now
	Signs    string    // path that the token is for: Path
	Partner  string    // that the token is for: PartnerID
	Content  string    // AUTH
	Stranger bool      // signs with a key that is not Samsung's
}

// Request returns the call as a request.
func (s *Server) Request(ctx context.Context, c Call) *http.Request {
	if c.Method == "" {
		c.Method = http.MethodGet
	}
	if c.Path == "" {
		c.Path = c.Prefix + "/cards/" + CardID + "/" + c.RefID
	}
	if c.Signs == "" {
		c.Signs = c.Path
	}
	if c.Partner == "" {
		c.Partner = PartnerID
	}
	if c.Content == "" {
		c.Content = "AUTH"
	}
	if c.Made.IsZero() {
		c.Made = s.now()
	}
	key := keys()[1]
	if c.Stranger {
		key = keys()[2]
	}
	options := (&jose.SignerOptions{}).WithContentType(jose.ContentType(c.Content)).WithHeader("ver", "3").
		WithHeader("certificateId", CertificateID).WithHeader("partnerId", c.Partner).WithHeader("utc", c.Made.UnixMilli())
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, options)
	if err != nil {
		panic(err)
	}
	payload, err := json.Marshal(map[string]any{"API": map[string]string{"method": c.Method, "path": c.Signs}, "refId": c.RefID})
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	request := httptest.NewRequestWithContext(ctx, c.Method, c.Path+c.Query, strings.NewReader(c.Body))
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("X-Request-Id", "0123456789abcdef0123456789abcdef")
	return request
}

var updatesPath = regexp.MustCompile(`^/[a-z]{2}/wltex/cards/` + CardID + `/updates$`)

// serve takes notifications.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fault := range s.faults {
		if fault.Times == 0 {
			continue
		}
		fault.Times--
		if fault.Cut {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Retry-After", fault.RetryAfter)
		w.WriteHeader(fault.Status)
		return
	}
	notification, err := s.notification(r, body)
	if err != nil {
		s.problems = append(s.problems, err.Error())
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	s.notifications = append(s.notifications, notification)
}

func (s *Server) notification(r *http.Request, body []byte) (Notification, error) {
	payload, err := s.verify(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "AUTH")
	if err != nil {
		return Notification{}, err
	}
	var allowed struct {
		API struct {
			Method string `json:"method"`
			Path   string `json:"path"`
		} `json:"API"`
		RefID string `json:"refId"`
	}
	if err := json.Unmarshal(payload, &allowed); err != nil || allowed.API.Method != r.Method || allowed.API.Path != r.URL.Path {
		return Notification{}, fmt.Errorf("the token allows %+v, not %s %s", allowed, r.Method, r.URL.Path)
	}
	if !updatesPath.MatchString(r.URL.Path) || r.Method != http.MethodPost {
		return Notification{}, fmt.Errorf("there is no %s %s", r.Method, r.URL.Path)
	}
	if r.Header.Get("X-Smcs-Partner-Id") != PartnerID || len(r.Header.Get("X-Request-Id")) != 32 {
		return Notification{}, fmt.Errorf("headers are missing: %v", r.Header)
	}
	var said struct {
		Card struct {
			Type string `json:"type"`
			Data []struct {
				RefID string `json:"refId"`
				State string `json:"state"`
			} `json:"data"`
		} `json:"card"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&said); err != nil || said.Card.Type != "loyalty" || len(said.Card.Data) != 1 {
		return Notification{}, fmt.Errorf("the body is %s", body)
	}
	data := said.Card.Data[0]
	if data.RefID != allowed.RefID || (data.State != "UPDATED" && data.State != "DELETED") {
		return Notification{}, fmt.Errorf("it is about %+v", data)
	}
	return Notification{Path: r.URL.Path, RefID: data.RefID, State: data.State}, nil
}
