package google_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

// books are what should be at Google, in memory.
type books struct {
	wanted map[string]google.LoyaltyObject
	found  map[string]google.Found
	at     map[string]time.Time
	fails  error
}

func (b *books) Wanted(_ context.Context, ids []string) (map[string]google.LoyaltyObject, error) {
	if len(ids) > google.PageSize {
		return nil, fmt.Errorf("%d ids at once", len(ids))
	}
	answer := map[string]google.LoyaltyObject{}
	for _, id := range ids {
		if object, ok := b.wanted[id]; ok {
			answer[id] = object
		}
	}
	return answer, b.fails
}

func (b *books) Found(_ context.Context, at time.Time, found []google.Found) error {
	for _, f := range found {
		b.found[f.ID], b.at[f.ID] = f, at
	}
	return nil
}

func (b *books) Missing(_ context.Context, _ string, since time.Time, after string, limit int) ([]google.LoyaltyObject, error) {
	var missing []google.LoyaltyObject
	for _, id := range slices.Sorted(maps.Keys(b.wanted)) {
		if id > after && b.at[id].Before(since) && len(missing) < limit {
			missing = append(missing, b.wanted[id])
		}
	}
	return missing, nil
}

func cardNumber(i int) google.LoyaltyObject {
	card := aCard()
	card.ID = fmt.Sprintf("%s.card_%04d", googletest.Issuer, i)
	card.LoyaltyPoints = &google.LoyaltyPoints{Label: "Leimat", Balance: google.IntBalance(int32(i % 10))}
	return card
}

// night sets a stage with 250 cards: some are as they should be, some are behind, some
// are not at Google, some nobody knows, and some are in a wallet.
func night(t *testing.T) (stage, *books) {
	t.Helper()
	s := open(t)
	b := &books{wanted: map[string]google.LoyaltyObject{}, found: map[string]google.Found{}, at: map[string]time.Time{}}
	for i := range 250 {
		card := cardNumber(i)
		b.wanted[card.ID] = card
		balance := i % 10
		switch i % 50 {
		case 1:
			continue // lost
		case 2:
			balance = 77 // behind
		}
		s.Put(fmt.Sprintf(`{"id":%q,"classId":%q,"state":"ACTIVE","kind":"walletobjects#loyaltyObject","version":"1",
			"accountName":"Aino Koivu","accountId":"1042-7","loyaltyPoints":{"label":"Leimat","balance":{"int":%d}},
			"secondaryLoyaltyPoints":{"label":"Palkinnot","balance":{"string":"1"}},
			"heroImage":{"sourceUri":{"uri":"https://apteekki.example/hero/7/3.png"}},
			"barcode":{"type":"QR_CODE","value":"LMA7Q2WX9K4D8R3T","alternateText":"LMA7 Q2WX"},
			"messages":[{"id":"camp_1","body":"Edut"}],
			"textModulesData":[{"id":"next","header":"Seuraava palkinto","body":"7 leimaa"}],
			"linksModuleData":{"uris":[{"uri":"https://apteekki.example/ehdot","description":"Ehdot","id":"terms"}]}}`,
			card.ID, classID, balance))
	}
	for i := range 3 {
		s.Put(fmt.Sprintf(`{"id":"%s.stranger_%d","classId":%q,"state":"ACTIVE"}`, googletest.Issuer, i, classID))
	}
	s.Save(cardNumber(7).ID)
	return s, b
}

func TestANightPutsRightWhatWasLost(t *testing.T) {
	s, b := night(t)
	run := google.Run{ClassID: classID, Began: s.clock.Now()}
	pages := 0
	for !run.Done {
		var err error
		if run, err = google.Reconcile(t.Context(), s.client, b, run, 1); err != nil {
			t.Fatal(err)
		}
		if pages++; pages > 20 {
			t.Fatal("it does not end")
		}
	}
	if diff := cmp.Diff(google.Report{Seen: 248, Unknown: 3, Differed: 5, Missing: 5}, run.Report); diff != "" {
		t.Error(diff)
	}
	for id, want := range b.wanted {
		var have google.LoyaltyObject
		body, err := json.Marshal(s.Object(id))
		if err == nil {
			err = json.Unmarshal(body, &have)
		}
		if err != nil || google.Differs(want, have) {
			t.Fatalf("%s is not as it should be: %+v, %v", id, have, err)
		}
	}
	if s.Object(googletest.Issuer + ".stranger_0")["state"] != "INACTIVE" {
		t.Error("what nobody knows is still active")
	}
	if !b.found[cardNumber(7).ID].HasUsers || b.found[cardNumber(8).ID].HasUsers || b.found[googletest.Issuer+".stranger_1"].Known {
		t.Error("the books were told something wrong about who has cards")
	}
	if messages, _ := s.Object(cardNumber(2).ID)["messages"].([]any); len(messages) != 1 {
		t.Errorf("putting a card right took its messages: %v", messages)
	}

	s.clock.Move(24 * time.Hour)
	quiet, err := google.Reconcile(t.Context(), s.client, b, google.Run{ClassID: classID, Began: s.clock.Now()}, 100)
	if err != nil || !quiet.Done {
		t.Fatal(err)
	}
	if diff := cmp.Diff(google.Report{Seen: 253}, quiet.Report); diff != "" {
		t.Error("the next night finds something: ", diff)
	}
}

func TestANightThatIsInterruptedGoesOnWhereItWas(t *testing.T) {
	s, b := night(t)
	run, err := google.Reconcile(t.Context(), s.client, b, google.Run{ClassID: classID, Began: s.clock.Now()}, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.Fail(googletest.Fault{Path: "loyaltyObject", Times: google.MaxAttempts, Status: http.StatusServiceUnavailable})
	stopped, err := google.Reconcile(t.Context(), s.client, b, run, 100)
	if !errors.Is(err, google.ErrBusy) || stopped != run {
		t.Fatalf("stopped at %+v, %v", stopped, err)
	}
	b.fails = errors.New("the database is away")
	if stopped, err = google.Reconcile(t.Context(), s.client, b, stopped, 100); !errors.Is(err, b.fails) {
		t.Fatal(err)
	}
	b.fails = nil
	done, err := google.Reconcile(t.Context(), s.client, b, stopped, 100)
	if err != nil || !done.Done || done.Report.Seen != 248 || done.Report.Missing != 5 {
		t.Errorf("in the end %+v, %v", done, err)
	}
}

func TestWhatGoogleRefusesIsCountedAndDoesNotHoldUpTheRest(t *testing.T) {
	s, b := night(t)
	s.Fail(googletest.Fault{Path: cardNumber(2).ID, Times: 1000, Status: http.StatusForbidden, Reason: "forbidden"})
	run, err := google.Reconcile(t.Context(), s.client, b, google.Run{ClassID: classID, Began: s.clock.Now()}, 100)
	if err != nil || !run.Done || run.Report.Failed != 1 || run.Report.Missing != 5 {
		t.Errorf("%+v, %v", run, err)
	}
}
