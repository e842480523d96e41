package samsung

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// maxStateBody is the most bytes of a report; Samsung's have about 100.
const maxStateBody = 16 << 10

// ErrNoCard is returned by Cards for a card that is not there.
var ErrNoCard = errors.New("samsung wallet: no such card")

// Event is what happened to a card.
type Event string

// What Samsung reports.
const (
	Added       Event = "ADDED"
	Updated     Event = "UPDATED"
	Deleted     Event = "DELETED"
	Provisioned Event = "PROVISIONED"
)

// State is a report about a card.
type State struct {
	RefID string
	Event Event
	// Country and Callback say whom to tell of changes (see Client.Changed); keep what
	// the ADDED report had. Callback is empty when there was none, or none of Samsung's.
	Country  string // two letters
	Callback string
	// RequestID is the same when a report is repeated; it may be empty.
	RequestID string
}

// Cards is what the handler needs of the caller.
type Cards interface {
	// Card returns a card as it is now, or ErrNoCard.
	Card(ctx context.Context, refID string) (Card, error)
	// State takes in a report, or returns ErrNoCard. It has to do no harm when it comes
	// twice. Any other error makes Samsung come again.
	State(ctx context.Context, state State) error
}

var countryShape = regexp.MustCompile(`^[A-Za-z]{2}$`)

// Handler answers what Samsung calls: GET and POST /cards/{card id}/{ref id} below prefix,
// the path of the address that the portal knows, such as "/wallet/samsung". Each request
// carries a token that Samsung signed for it.
//
// It answers 200; 204 for a card that is not there; 400, 401, 404, 405 or 413 for what
// is not Samsung's or cannot be read; 503 when Cards failed and Samsung should come again.
// The clock and report, which is told of failures, may be nil.
func Handler(p *Partner, cards Cards, prefix string, now func() time.Time, report func(context.Context, error)) http.Handler {
	if now == nil {
		now = time.Now
	}
	if report == nil {
		report = func(context.Context, error) {}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cardID, refID, ok := split(strings.TrimPrefix(r.URL.Path, prefix))
		if !ok || cardID != p.CardID || !strings.HasPrefix(r.URL.Path, prefix) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodPost {
			w.Header().Set("Allow", "GET, POST")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		err := p.authorizeEither(r, strings.TrimPrefix(r.URL.Path, prefix), refID, now())
		if err == nil {
			if r.Method == http.MethodGet {
				err = p.serveCard(w, r, cards, refID, now())
			} else {
				err = takeState(w, r, cards, refID)
			}
		}
		if err != nil {
			report(r.Context(), err)
			w.WriteHeader(statusOf(err))
		}
	})
}

// authorizeEither accepts a token for the whole path or for the path below the prefix:
// Samsung's documents do not say whether the prefix is part of what is signed.
func (p *Partner) authorizeEither(r *http.Request, below, refID string, now time.Time) error {
	header := r.Header.Get("Authorization")
	err := p.authorize(header, r.Method, r.URL.Path, refID, now)
	if err != nil && below != r.URL.Path {
		err = p.authorize(header, r.Method, below, refID, now)
	}
	return err
}

// split takes "/cards/{card id}/{ref id}" apart.
func split(path string) (cardID, refID string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/cards/")
	if !ok {
		return "", "", false
	}
	cardID, refID, ok = strings.Cut(rest, "/")
	return cardID, refID, ok && refShape.MatchString(refID)
}

func (p *Partner) serveCard(w http.ResponseWriter, r *http.Request, cards Cards, refID string, now time.Time) error {
	card, err := cards.Card(r.Context(), refID)
	if err != nil {
		return err
	}
	data, err := p.CardData(card, now)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"cdata": data})
	if err != nil {
		return fmt.Errorf("samsung wallet: encode card: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // who asked may have gone
	return nil
}

func takeState(w http.ResponseWriter, r *http.Request, cards Cards, refID string) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxStateBody))
	if err != nil {
		return fmt.Errorf("samsung wallet: read a report: %w", err)
	}
	state, err := parseState(r.URL.Query(), body)
	if err != nil {
		return err
	}
	state.RefID, state.RequestID = refID, shorten(r.Header.Get("X-Request-Id"), MaxRefID)
	if err := cards.State(r.Context(), state); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// parseState reads a report. A callback that is not Samsung's is left out: it would make
// us call, with a token, whoever it names.
func parseState(query url.Values, body []byte) (State, error) {
	state := State{Event: Event(strings.ToUpper(query.Get("event"))), Country: strings.ToLower(query.Get("cc2"))}
	switch state.Event {
	case Added, Updated, Deleted, Provisioned:
	default:
		return state, &FieldError{Field: "event", Reason: "is not ADDED, UPDATED, DELETED or PROVISIONED"}
	}
	if !countryShape.MatchString(state.Country) {
		return state, &FieldError{Field: "cc2", Reason: "is not two letters"}
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		return state, nil
	}
	var said struct {
		Callback string `json:"callback"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return state, &FieldError{Field: "body", Reason: "is not JSON"}
	}
	if checkCallback(said.Callback) == nil {
		state.Callback = said.Callback
	}
	return state, nil
}

func statusOf(err error) int {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, ErrUnauthorized):
		return http.StatusUnauthorized
	case errors.Is(err, ErrNoCard):
		return http.StatusNoContent
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrInvalid):
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable
}
