package google_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

func TestMakingACardTwiceChangesItTheSecondTime(t *testing.T) {
	s := open(t)
	card := aCard()
	for _, stamps := range []int32{3, 4} {
		card.LoyaltyPoints.Balance = google.IntBalance(stamps)
		if err := s.client.Upsert(t.Context(), card); err != nil {
			t.Fatal(err)
		}
	}
	object, err := s.client.Object(t.Context(), objectID)
	if err != nil || *object.LoyaltyPoints.Balance.Int != 4 {
		t.Errorf("Google has %+v, %v", object, err)
	}
	if _, err := s.client.Object(t.Context(), googletest.Issuer+".nobody"); !errors.Is(err, google.ErrNotFound) {
		t.Errorf("a card that is not there: %v", err)
	}
}

func TestACardThatGoogleLostIsMadeByAnUpdate(t *testing.T) {
	s := open(t)
	notified, err := s.client.Update(t.Context(), aCard(), true)
	if err != nil || notified || s.Object(objectID) == nil {
		t.Errorf("notified %v, %v", notified, err)
	}
}

func TestOneTokenServesManyRequestsUntilShortlyBeforeItsEnd(t *testing.T) {
	s := open(t)
	for range 3 {
		if err := s.client.Upsert(t.Context(), aCard()); err != nil {
			t.Fatal(err)
		}
	}
	if s.TokensIssued() != 1 {
		t.Errorf("%d tokens were asked for", s.TokensIssued())
	}
	s.clock.Move(56 * time.Minute)
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal(err)
	}
	if s.TokensIssued() != 2 {
		t.Errorf("56 minutes later there were %d tokens", s.TokensIssued())
	}
	s.RevokeTokens()
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal("after the tokens were revoked:", err)
	}
	if s.TokensIssued() != 3 {
		t.Errorf("after the tokens were revoked there were %d", s.TokensIssued())
	}
}

func TestManyAtOnceShareOneToken(t *testing.T) {
	s := open(t)
	s.RevokeTokens()
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			card := aCard()
			card.ID = fmt.Sprint(objectID, i)
			if err := s.client.Upsert(t.Context(), card); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if s.TokensIssued() != 2 {
		t.Errorf("%d tokens for ten requests after a revocation, want 1 more", s.TokensIssued()-1)
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	for name, fault := range map[string]googletest.Fault{
		"429":               {Status: http.StatusTooManyRequests, Reason: "rateLimitExceeded", Message: "Quota exceeded for quota metric"},
		"403 for the rate":  {Status: http.StatusForbidden, Reason: "userRateLimitExceeded"},
		"500":               {Status: http.StatusInternalServerError},
		"503":               {Status: http.StatusServiceUnavailable, RetryAfter: "7"},
		"a cut connection":  {Cut: true},
		"cut when it is in": {Cut: true, Late: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			fault.Path, fault.Times = "loyaltyObject", 4
			s.Fail(fault)
			if err := s.client.Upsert(t.Context(), aCard()); err != nil {
				t.Fatal(err)
			}
			if s.Object(objectID) == nil {
				t.Error("Google has no card")
			}
			waited := s.clock.Waited()
			if len(waited) < 4 || waited[3] < 2*time.Second || waited[3] > 8*time.Second {
				t.Errorf("it waited for %v", waited)
			}
			if fault.RetryAfter != "" && waited[0] != 7*time.Second {
				t.Errorf("told to come back in 7 seconds it waited for %v", waited[0])
			}
		})
	}
}

func TestAfterFiveAttemptsItIsTheCallersTurn(t *testing.T) {
	s := open(t)
	before := len(s.Requests())
	s.Fail(googletest.Fault{Path: "loyaltyObject", Times: 100, Status: http.StatusServiceUnavailable})
	err := s.client.Upsert(t.Context(), aCard())
	if !errors.Is(err, google.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if sent := len(s.Requests()) - before; sent != google.MaxAttempts {
		t.Errorf("it was sent %d times", sent)
	}
}

func TestALongWaitIsTheCallersTurn(t *testing.T) {
	s := open(t)
	s.Fail(googletest.Fault{Path: "loyaltyObject", Times: 1, Status: http.StatusTooManyRequests, RetryAfter: "86400"})
	err := s.client.Upsert(t.Context(), aCard())
	var answer *google.Error
	if !errors.As(err, &answer) || !errors.Is(err, google.ErrBusy) || answer.RetryAfter <= time.Minute {
		t.Errorf("got %v", err)
	}
	if len(s.clock.Waited()) != 0 {
		t.Errorf("it waited for %v", s.clock.Waited())
	}
}

func TestWhatIsRefusedIsNotTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		fault googletest.Fault
		want  error
	}{
		"400":           {googletest.Fault{Status: http.StatusBadRequest, Reason: "invalidResource", Message: "programLogo"}, google.ErrRefused},
		"403":           {googletest.Fault{Status: http.StatusForbidden, Reason: "forbidden"}, google.ErrDenied},
		"401 for ever":  {googletest.Fault{Status: http.StatusUnauthorized}, google.ErrDenied},
		"no JSON at it": {googletest.Fault{Status: http.StatusBadRequest, Message: strings.Repeat("x", 10_000)}, google.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			c.fault.Path, c.fault.Times = "loyaltyObject", 100
			s.Fail(c.fault)
			err := s.client.Upsert(t.Context(), aCard())
			if !errors.Is(err, c.want) || len(err.Error()) > 1000 {
				t.Errorf("want %v, got %v", c.want, err)
			}
			if len(s.clock.Waited()) != 0 {
				t.Errorf("it waited for %v", s.clock.Waited())
			}
		})
	}
}

func TestAnAccountThatGoogleDoesNotKnow(t *testing.T) {
	s := open(t)
	s.RevokeTokens()
	s.Fail(googletest.Fault{Path: "/token", Times: 100, Status: http.StatusBadRequest, Reason: "invalid_grant"})
	err := s.client.Upsert(t.Context(), aCard())
	if !errors.Is(err, google.ErrRefused) || !strings.Contains(err.Error(), googletest.Email) {
		t.Errorf("the error does not say who is not known: %v", err)
	}
}

func TestASlowAnswerEndsWithItsRequest(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.Fail(googletest.Fault{Path: "loyaltyObject", Times: 1, Until: make(chan struct{})})
	done := make(chan error)
	go func() { done <- s.client.Upsert(ctx, aCard()) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestThreeNotificationsInADay(t *testing.T) {
	s := open(t)
	card := aCard()
	if err := s.client.Upsert(t.Context(), card); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, true, false, false} {
		card.LoyaltyPoints.Balance = google.IntBalance(int32(10 + i))
		notified, err := s.client.Update(t.Context(), card, true)
		if err != nil || notified != want {
			t.Errorf("update %d notified: %v, want %v (%v)", i+1, notified, want, err)
		}
	}
	object, err := s.client.Object(t.Context(), objectID)
	if err != nil || *object.LoyaltyPoints.Balance.Int != 14 {
		t.Errorf("the silent updates are not there: %+v, %v", object.LoyaltyPoints, err)
	}
	s.clock.Move(google.NotificationDay)
	if notified, err := s.client.Update(t.Context(), card, true); err != nil || !notified {
		t.Errorf("a day later: %v, %v", notified, err)
	}
}

// TestGoogleCountsMoreThanWe: another server, or a restart, has used notifications up.
func TestGoogleCountsMoreThanWe(t *testing.T) {
	s := open(t)
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal(err)
	}
	other, err := google.New(google.Options{Account: s.Account(), BaseURL: s.URL, Now: s.clock.Now, Wait: s.clock.Wait})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if notified, err := other.Update(t.Context(), aCard(), true); err != nil || !notified {
			t.Fatal(notified, err)
		}
	}
	message := google.Message{ID: "camp_1", Body: "Kaksi leimaa"}
	notified, err := s.client.SendMessage(t.Context(), objectID, message, true)
	if err != nil || notified {
		t.Errorf("the message notified: %v, %v", notified, err)
	}
	object, err := s.client.Object(t.Context(), objectID)
	if err != nil || len(object.Messages) != 1 || object.Messages[0].MessageType != google.Text {
		t.Errorf("it is not there as a text: %+v, %v", object.Messages, err)
	}
	if left, err := s.budget.Take(t.Context(), objectID, s.clock.Now()); err != nil || left {
		t.Errorf("what Google said was not noted: %v, %v", left, err)
	}
	if s.Notifications(objectID) != 3 {
		t.Errorf("%d notifications went out", s.Notifications(objectID))
	}
}

func TestTheEleventhMessageTakesTheFirstOnesPlace(t *testing.T) {
	s := open(t)
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal(err)
	}
	for i := range 13 {
		message := google.Message{ID: fmt.Sprint("camp_", i), Header: "Edut", Body: fmt.Sprint("Viikko ", i)}
		if _, err := s.client.SendMessage(t.Context(), objectID, message, i == 0); err != nil {
			t.Fatal(i, err)
		}
	}
	object, err := s.client.Object(t.Context(), objectID)
	if err != nil || len(object.Messages) != google.MaxMessages-1 || object.Messages[len(object.Messages)-1].ID != "camp_12" {
		t.Errorf("Google has %+v, %v", object.Messages, err)
	}
	if s.Notifications(objectID) != 1 {
		t.Errorf("making room notified: %d", s.Notifications(objectID))
	}
}

// TestAMessageIsThereOnce whatever happens to the connection.
func TestAMessageIsThereOnce(t *testing.T) {
	for name, fault := range map[string]googletest.Fault{
		"cut before it is done": {Cut: true},
		"cut after it was done": {Cut: true, Late: true},
		"a gateway's error":     {Status: http.StatusBadGateway},
		"busy":                  {Status: http.StatusServiceUnavailable},
		"too many":              {Status: http.StatusTooManyRequests},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			if err := s.client.Upsert(t.Context(), aCard()); err != nil {
				t.Fatal(err)
			}
			fault.Path, fault.Times = "addMessage", 2
			s.Fail(fault)
			if _, err := s.client.SendMessage(t.Context(), objectID, google.Message{ID: "camp_1", Body: "Edut"}, true); err != nil {
				t.Fatal(err)
			}
			object, err := s.client.Object(t.Context(), objectID)
			if err != nil || len(object.Messages) != 1 {
				t.Errorf("it is there %d times, %v", len(object.Messages), err)
			}
			if s.Notifications(objectID) != 1 {
				t.Errorf("it notified %d times", s.Notifications(objectID))
			}
		})
	}
}

func TestAMessageToNobody(t *testing.T) {
	s := open(t)
	_, err := s.client.SendMessage(t.Context(), objectID, google.Message{ID: "camp_1", Body: "Edut"}, true)
	if !errors.Is(err, google.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := s.client.SendMessage(t.Context(), objectID, google.Message{ID: "no spaces", Body: "Edut"}, true); !errors.Is(err, google.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestABatch(t *testing.T) {
	s := open(t)
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal(err)
	}
	s.Fail(googletest.Fault{Path: ".card_5", Times: 2, Status: http.StatusServiceUnavailable})
	s.Fail(googletest.Fault{Path: ".card_6", Times: 100, Status: http.StatusForbidden, Reason: "forbidden"})
	var cards []google.LoyaltyObject
	for i := 1; i <= google.MaxBatch; i++ {
		card := aCard()
		card.ID = fmt.Sprintf("%s.card_%d", googletest.Issuer, i)
		card.LoyaltyPoints = &google.LoyaltyPoints{Balance: google.IntBalance(int32(i))}
		cards = append(cards, card)
	}
	cards[7].State = "LOST"
	results, err := s.client.UpsertBatch(t.Context(), cards)
	if err != nil {
		t.Fatal(err)
	}
	for i, result := range results {
		switch {
		case i == 5 && !errors.Is(result, google.ErrDenied), i == 7 && !errors.Is(result, google.ErrInvalid):
			t.Errorf("card %d: %v", i+1, result)
		case i != 5 && i != 7 && (result != nil || s.Object(cards[i].ID) == nil):
			t.Errorf("card %d is not there: %v", i+1, result)
		}
	}
	if object := s.Object(objectID); fmt.Sprint(object["loyaltyPoints"]) != "map[balance:map[int:1]]" {
		t.Errorf("the card that was there already has %v", object["loyaltyPoints"])
	}
	if _, err := s.client.UpsertBatch(t.Context(), append(cards, aCard())); !errors.Is(err, google.ErrInvalid) {
		t.Errorf("one too many: %v", err)
	}
}

func TestABatchThatIsCutOff(t *testing.T) {
	s := open(t)
	s.Fail(googletest.Fault{Path: "/batch", Times: 1, Cut: true, Late: true})
	card := aCard()
	results, err := s.client.UpsertBatch(t.Context(), []google.LoyaltyObject{card})
	if err != nil || results[0] != nil || s.Object(objectID) == nil {
		t.Errorf("got %v, %v", results, err)
	}
}

func TestTheBudgetForgetsNothingWithinADay(t *testing.T) {
	budget, at := google.NewMemoryBudget(), newClock().Now()
	for i, c := range []struct {
		after time.Duration
		want  bool
	}{{0, true}, {time.Hour, true}, {2 * time.Hour, true}, {3 * time.Hour, false}, {24 * time.Hour, true}, {24*time.Hour + time.Minute, false}, {25 * time.Hour, true}} {
		if left, err := budget.Take(t.Context(), objectID, at.Add(c.after)); err != nil || left != c.want {
			t.Errorf("%d: %v later there is one left: %v, %v", i, c.after, left, err)
		}
	}
	if left, _ := budget.Take(t.Context(), "another", at.Add(3*time.Hour)); !left {
		t.Error("another object has none left")
	}
}
