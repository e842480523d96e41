package googletest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/leima/leima/wallet/google"
)

const (
	// Issuer is the number of the issuer whose objects the stand-in takes.
	Issuer = "3388000000022345678"
	// Email is that of the service account.
	Email = "leima@apteekki.iam.gserviceaccount.example"

	keyID     = "0123456789abcdef"
	tokenLife = 3600 // seconds
	rsaBits   = 2048
	maxBody   = 8 << 20

	tokenPath = "/token"
	keysPath  = "/keys"
	apiPath   = "/walletobjects/v1/"
)

// accountKey is shared: making RSA keys takes time and tests have many servers.
var accountKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		panic(err)
	}
	return key
})

// Request is one request as it came, parts of a batch included.
type Request struct {
	Method string
	Path   string
	Body   []byte
}

// Fault is how requests fail. Its zero value fails nothing.
type Fault struct {
	Path       string // requests whose path has this in it; all when empty
	Times      int    // so many, then no more
	Status     int
	Reason     string
	Message    string
	RetryAfter string
	// Cut breaks the connection: before anything is done, or Late, when it was.
	Cut, Late bool
	// Until keeps the answer back until it is closed or the request is over.
	Until chan struct{}
}

// Server is the stand-in. Its methods can be used by many goroutines.
type Server struct {
	URL    string
	Google *Signer // signs callbacks as Google does

	mu       sync.Mutex
	now      func() time.Time
	tokens   []string
	issued   int
	requests []Request
	problems []string
	faults   []*Fault
	classes  map[string]fields
	objects  map[string]fields
	order    []string // ids of objects, oldest first
	notified map[string][]time.Time

	closeServer func()
}

// Close ends the stand-in.
func (s *Server) Close() { s.closeServer() }

// New starts a stand-in that ends with the test, and fails the test when Problems is
// not empty then. The clock counts notifications; it may be nil.
func New(t testing.TB, now func() time.Time) *Server {
	t.Helper()
	s := Start(now)
	t.Cleanup(func() {
		s.Close()
		for _, problem := range s.Problems() {
			t.Errorf("the stand-in for Google received something wrong: %s", problem)
		}
	})
	return s
}

// Start starts a stand-in, to be closed by Close.
func Start(now func() time.Time) *Server {
	if now == nil {
		now = time.Now
	}
	s := &Server{
		Google: NewSigner(now), now: now,
		classes: map[string]fields{}, objects: map[string]fields{}, notified: map[string][]time.Time{},
	}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL, s.closeServer = server.URL, server.Close
	return s
}

// AccountFile returns the key file of the service account.
func (s *Server) AccountFile() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(accountKey())
	if err != nil {
		panic(err)
	}
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": Email, "private_key_id": keyID,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"token_uri":   s.URL + tokenPath,
	})
	if err != nil {
		panic(err)
	}
	return file
}

// Account returns the service account, read from its file.
func (s *Server) Account() *google.ServiceAccount {
	account, err := google.ParseServiceAccount(s.AccountFile())
	if err != nil {
		panic(err)
	}
	return account
}

// KeysURL is where root keys are published.
func (s *Server) KeysURL() string { return s.URL + keysPath }

// Fail makes requests fail, in the order in which faults are added.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Requests returns what came to the REST interface, failed requests included.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Problems returns sentences about what was wrong with what came.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// TokensIssued returns how many access tokens were given out.
func (s *Server) TokensIssued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issued
}

// RevokeTokens makes every access token that was given out worthless.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = nil
}

func (s *Server) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fault := s.takeFault(r.URL.Path)
	if fault != nil && fault.Cut && !fault.Late {
		panic(http.ErrAbortHandler) // closes the connection
	}
	if fault != nil && fault.Until != nil {
		select {
		case <-fault.Until:
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case r.URL.Path == tokenPath && (fault == nil || fault.Status == 0):
		s.token(w, r, body)
	case r.URL.Path == keysPath && (fault == nil || fault.Status == 0):
		s.Google.serveKeys(w)
	default:
		s.rest(w, r, body, fault)
	}
}

// rest answers the REST interface.
func (s *Server) rest(w http.ResponseWriter, r *http.Request, body []byte, fault *Fault) {
	if r.URL.Path != "/batch" && strings.HasPrefix(r.URL.Path, apiPath) {
		s.record(r, body)
	}
	switch {
	case fault != nil && fault.Status != 0:
		if fault.RetryAfter != "" {
			w.Header().Set("Retry-After", fault.RetryAfter)
		}
		writeError(w, fault.Status, fault.Reason, fault.Message)
		return
	case !s.authorized(r):
		writeError(w, http.StatusUnauthorized, "authError", "Invalid Credentials")
		return
	}
	recorder := httptest.NewRecorder()
	if r.URL.Path == "/batch" {
		s.batch(recorder, r, body)
	} else {
		s.route(recorder, r, body)
	}
	if fault != nil && fault.Cut {
		panic(http.ErrAbortHandler)
	}
	for name, values := range recorder.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(recorder.Body.Bytes())
}

func (s *Server) record(r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{Method: r.Method, Path: r.URL.Path, Body: body})
}

func (s *Server) takeFault(path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fault := range s.faults {
		if fault.Times > 0 && strings.Contains(path, fault.Path) {
			fault.Times--
			return fault
		}
	}
	return nil
}

func (s *Server) authorized(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok && slices.Contains(s.tokens, token)
}

// token trades an assertion for an access token (RFC 7523).
func (s *Server) token(w http.ResponseWriter, r *http.Request, body []byte) {
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	if r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		s.problem("the grant type is %q", r.FormValue("grant_type"))
	}
	claims := jwt.MapClaims{}
	parsed, err := jwt.ParseWithClaims(r.FormValue("assertion"), claims, func(*jwt.Token) (any, error) {
		return &accountKey().PublicKey, nil
	}, jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience(s.URL+tokenPath), jwt.WithIssuer(Email),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(s.now))
	if err != nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`)
		return
	}
	issued, _ := claims.GetIssuedAt()
	ends, _ := claims.GetExpirationTime()
	if issued == nil || ends.Sub(issued.Time) > time.Hour {
		s.problem("the assertion is valid for longer than an hour")
	}
	if claims["scope"] != "https://www.googleapis.com/auth/wallet_object.issuer" || parsed.Header["kid"] != keyID {
		s.problem("the assertion has scope %v and key %v", claims["scope"], parsed.Header["kid"])
	}
	s.mu.Lock()
	s.issued++
	token := "ya29.stand-in-" + strconv.Itoa(s.issued)
	s.tokens = append(s.tokens, token)
	s.mu.Unlock()
	writeJSON(w, map[string]any{"access_token": token, "expires_in": tokenLife, "token_type": "Bearer"})
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		panic(err)
	}
}

func writeError(w http.ResponseWriter, status int, reason, message string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code": status, "message": message,
		"errors": []map[string]string{{"message": message, "domain": "walletobjects", "reason": reason}},
	}})
}
