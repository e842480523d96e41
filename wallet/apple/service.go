package apple

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what phones send.
const (
	// MaxRegistrationBody bounds a registration, in bytes: a push token has 64 characters.
	MaxRegistrationBody = 4 << 10
	// MaxLogBody bounds a log, in bytes. More is not read.
	MaxLogBody = 64 << 10
	// MaxComplaints and MaxComplaintRunes bound what is passed on of a log.
	MaxComplaints     = 20
	MaxComplaintRunes = 500
	// maxPathPart bounds a device, a pass type and a serial in an address, in bytes.
	maxPathPart = 200
)

// Service is the web service that phones ask for changes of their passes, as
// developer.apple.com/documentation/walletpasses/adding-a-web-service-to-update-passes
// describes it:
//
//	POST   v1/devices/{device}/registrations/{type}/{serial}   201 new, 200 known, 401
//	DELETE v1/devices/{device}/registrations/{type}/{serial}   200, 401
//	GET    v1/devices/{device}/registrations/{type}            200, 204 nothing new
//	GET    v1/passes/{type}/{serial}                           200, 304, 401; HEAD too
//	POST   v1/log                                              200
//
// It is an http.Handler. Whoever serves it takes away what stands before v1. Passes that
// are not there are answered as those with a wrong token are, so that serials cannot be
// guessed. It counts no requests: a limit by address belongs before it.
type Service struct {
	registrations Registrations
	passes        Passes
	complaints    Log
	logger        *slog.Logger
	mux           *http.ServeMux
}

// NewService returns the web service over what remembers. Faults are told to the logger;
// tokens never are.
func NewService(registrations Registrations, passes Passes, complaints Log, logger *slog.Logger) *Service {
	s := &Service{registrations: registrations, passes: passes, complaints: complaints, logger: logger, mux: http.NewServeMux()}
	s.mux.HandleFunc("POST /v1/devices/{device}/registrations/{type}/{serial}", s.withPass(s.register))
	s.mux.HandleFunc("DELETE /v1/devices/{device}/registrations/{type}/{serial}", s.withPass(s.unregister))
	s.mux.HandleFunc("GET /v1/devices/{device}/registrations/{type}", s.changed)
	s.mux.HandleFunc("GET /v1/passes/{type}/{serial}", s.withPass(s.fetch)) // HEAD comes here, too
	s.mux.HandleFunc("POST /v1/log", s.log)
	return s
}

// ServeHTTP answers one call.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// What is answered depends on a secret in a header: no cache in between may keep it.
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	for part := range strings.SplitSeq(r.URL.Path, "/") {
		if len(part) > maxPathPart {
			http.Error(w, "part of the address too long", http.StatusBadRequest)
			return
		}
	}
	s.mux.ServeHTTP(w, r)
}

// passHandler answers a call about a pass whose token was right.
type passHandler func(w http.ResponseWriter, r *http.Request, key Key, state PassState) error

// withPass lets only those through who know the token of the pass.
func (s *Service) withPass(next passHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := Key{PassType: r.PathValue("type"), Serial: r.PathValue("serial")}
		state, err := s.passes.State(r.Context(), key)
		if err != nil && !errors.Is(err, ErrNoPass) {
			s.fault(w, r, err)
			return
		}
		// Both are compared, so that the time does not tell a wrong token from a pass that is
		// not there.
		right := sameToken(tokenOf(r), state.Token)
		if err != nil || !right {
			w.Header().Set("WWW-Authenticate", "ApplePass")
			http.Error(w, "no such pass, or another token", http.StatusUnauthorized)
			return
		}
		if err := next(w, r, key, state); err != nil {
			s.fault(w, r, err)
		}
	}
}

// tokenOf returns the token of the header Authorization: ApplePass TOKEN, "" if there is
// none.
func tokenOf(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "ApplePass") {
		return ""
	}
	return strings.TrimSpace(token)
}

// sameToken compares in a time that tells nothing, not even the length.
func sameToken(given, want string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && want != ""
}

func (s *Service) register(w http.ResponseWriter, r *http.Request, key Key, _ PassState) error {
	var body struct {
		PushToken string `json:"pushToken"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, MaxRegistrationBody)).Decode(&body)
	if err != nil || !validPushToken(body.PushToken) {
		http.Error(w, `want {"pushToken": "…"}, hexadecimal`, http.StatusBadRequest)
		return nil //nolint:nilerr // the sender was told
	}
	created, err := s.registrations.Register(r.Context(), Registration{
		Device: r.PathValue("device"), Key: key, PushToken: body.PushToken,
	})
	switch {
	case errors.Is(err, ErrTooMany):
		http.Error(w, "too many passes on one device", http.StatusTooManyRequests)
	case errors.Is(err, ErrNoPass): // gone since it was looked at
		http.Error(w, "no such pass, or another token", http.StatusUnauthorized)
	case err != nil:
		return fmt.Errorf("register device: %w", err)
	case created:
		w.WriteHeader(http.StatusCreated)
	}
	return nil
}

// validPushToken reports whether a push token can be part of an address of APNs: it is
// 32 bytes in hexadecimal today, and Apple says that it may grow.
func validPushToken(token string) bool {
	const longest = 200
	if token == "" || len(token) > longest {
		return false
	}
	for _, c := range []byte(token) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

func (s *Service) unregister(_ http.ResponseWriter, r *http.Request, key Key, _ PassState) error {
	if err := s.registrations.Unregister(r.Context(), r.PathValue("device"), key); err != nil {
		return fmt.Errorf("unregister device: %w", err)
	}
	return nil
}

// changed asks for no token: knowing the device is the secret. Tags are opaque to phones.
func (s *Service) changed(w http.ResponseWriter, r *http.Request) {
	var after int64
	if tag := r.URL.Query().Get("passesUpdatedSince"); tag != "" {
		// A tag that is none of ours, of an earlier server perhaps, gets everything.
		if n, err := strconv.ParseInt(tag, 10, 64); err == nil && n > 0 {
			after = n
		}
	}
	changes, err := s.registrations.Changed(r.Context(), r.PathValue("device"), r.PathValue("type"), after)
	if err != nil {
		s.fault(w, r, fmt.Errorf("find changed passes: %w", err))
		return
	}
	if len(changes.Serials) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	err = json.NewEncoder(w).Encode(struct {
		SerialNumbers []string `json:"serialNumbers"`
		LastUpdated   string   `json:"lastUpdated"`
	}{changes.Serials, strconv.FormatInt(changes.Tag, 10)})
	if err != nil {
		s.logger.DebugContext(r.Context(), "a phone went away", "error", err)
	}
}

// fetch hands the pass over, or says that the phone has it. Dates are compared for being
// the same, not for being later: a phone sends back the one that it got from here, and
// one that it made up by a clock that is wrong must not keep it from its pass.
func (s *Service) fetch(w http.ResponseWriter, r *http.Request, key Key, state PassState) error {
	if knows(r, state) {
		s.fetched(r.Context(), key, state.Version)
		describe(w, state)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if r.Method == http.MethodHead {
		describe(w, state)
		w.Header().Set("Content-Type", MediaType)
		return nil
	}
	now, packed, err := s.passes.Package(r.Context(), key)
	if err != nil {
		return fmt.Errorf("make pass: %w", err)
	}
	describe(w, now)
	w.Header().Set("Content-Type", MediaType)
	w.Header().Set("Content-Disposition", `attachment; filename="card.pkpass"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(packed)))
	if _, err := w.Write(packed); err != nil {
		s.logger.DebugContext(r.Context(), "a phone went away", "error", err)
		return nil
	}
	s.fetched(r.Context(), key, now.Version)
	return nil
}

// describe sets what names the state of a pass.
func describe(w http.ResponseWriter, state PassState) {
	w.Header().Set("Last-Modified", state.Modified.UTC().Format(http.TimeFormat))
	w.Header().Set("ETag", etag(state))
}

func etag(state PassState) string {
	return fmt.Sprintf(`"%d-%d"`, state.Version, state.Modified.Unix())
}

// knows reports whether the phone says that it has the pass of this state.
func knows(r *http.Request, state PassState) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		for tag := range strings.SplitSeq(tags, ",") {
			if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == etag(state) {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && since.Equal(state.Modified.UTC().Truncate(time.Second))
}

// fetched notes that a phone has a version. That the note fails costs a push that nobody
// needed, and is no reason to refuse the pass.
func (s *Service) fetched(ctx context.Context, key Key, version int64) {
	if err := s.passes.Fetched(ctx, key, version); err != nil {
		s.logger.WarnContext(ctx, "a fetch was not noted", "serial", key.Serial, "error", err)
	}
}

// log passes on what a phone complains about. Anybody can send it, so little is read and
// the answer is always the same.
func (s *Service) log(_ http.ResponseWriter, r *http.Request) {
	var body struct {
		Logs []string `json:"logs"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, MaxLogBody)).Decode(&body); err != nil {
		return // cut off or no log: there is nothing to pass on
	}
	for _, text := range body.Logs[:min(len(body.Logs), MaxComplaints)] {
		if utf8.RuneCountInString(text) > 0 {
			s.complaints.Complaint(r.Context(), cleaned(text, MaxComplaintRunes, false))
		}
	}
}

// fault answers what the phone cannot help; it asks again later.
func (s *Service) fault(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, ErrNoPass) {
		http.Error(w, "no such pass, or another token", http.StatusUnauthorized)
		return
	}
	if r.Context().Err() == nil {
		// The address holds the name of the device, which is a secret: who knows it may ask
		// which passes changed. The pattern tells which call it was.
		s.logger.ErrorContext(r.Context(), "wallet web service", "call", r.Pattern, "serial", r.PathValue("serial"), "error", err)
	}
	http.Error(w, "try again later", http.StatusInternalServerError)
}
