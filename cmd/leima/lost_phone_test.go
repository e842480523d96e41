package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/wallet/apple/appletest"
)

// asks sends a request to the API.
func (h *house) asks(t *testing.T, key, method, path, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, h.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Idempotency-Key", fmt.Sprint(time.Now().UnixNano()))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	return answered(t, request)
}

// scans tells how a till's scan of the code is answered.
func (h *house) scans(t *testing.T, key, code string) reply {
	t.Helper()
	return h.asks(t, key, http.MethodPost, "/v1/scans", fmt.Sprintf(`{"code":%q,"location_id":%q}`, code, h.plan.Locations[0].ID))
}

const iphoneAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"

// A phone is lost. The shop gives the card a new code: whatever the finder has, a page, a
// pass, a picture of the code, is of no use from then on, and the pass on the phone turns
// void. The customer opens the new page on another phone, adds the card there and has all
// stamps.
func TestALostPhoneIsOfNoUseAndTheCustomerLosesNothing(t *testing.T) {
	h, apns := openWithPasses(t)
	page := h.joinByForm(t)
	_, packed := fetch(t, h.address+page+"/pass.pkpass")
	_, old := unpack(t, packed)
	lost := appletest.NewDevice(h.address+"/apple/"+h.plan.Organization.Slug, http.DefaultClient, "lost phone")
	if status, err := lost.Add(t.Context(), old.key(), old.AuthenticationToken); status != http.StatusCreated || err != nil {
		t.Fatalf("the phone registers: %d, %v", status, err)
	}
	till := h.key(t, access.StampsWrite, access.LocationsRead, access.ScansWrite, access.CardsRead, access.CardsWrite)
	oldCode := old.Barcodes[0].Message
	for range 3 {
		h.stampCode(t, till, oldCode)
	}
	var found struct {
		Card struct{ ID string }
	}
	if err := json.Unmarshal([]byte(h.scans(t, till, oldCode).body), &found); err != nil || found.Card.ID == "" {
		t.Fatalf("the till finds no card: %v", err)
	}

	var secrets struct{ Code, Link string }
	reissued := h.asks(t, till, http.MethodPost, "/v1/cards/"+found.Card.ID+"/reissue", "")
	if err := json.Unmarshal([]byte(reissued.body), &secrets); err != nil || reissued.status != http.StatusOK {
		t.Fatalf("the card is reissued with %d: %v, %s", reissued.status, err, reissued.body)
	}

	t.Run("what the finder has is of no use", func(t *testing.T) {
		for _, path := range []string{"", "/pass.pkpass", "/passes.pkpasses", "/qr.svg", "/address.svg"} {
			if got := h.asksAs(t, iphoneAgent, page+path); got.status != http.StatusNotFound || strings.Contains(got.body, "Aino") {
				t.Errorf("the old page%s is answered with %d", path, got.status)
			}
		}
		if got := h.scans(t, till, oldCode); got.status != http.StatusNotFound {
			t.Errorf("the till is told %d of the old code: %s", got.status, got.body)
		}
		stamp := fmt.Sprintf(`{"code":%q,"quantity":1,"location_id":%q}`, oldCode, h.plan.Locations[0].ID)
		if got := h.asks(t, till, http.MethodPost, "/v1/stamps", stamp); got.status != http.StatusNotFound {
			t.Errorf("the old code is stamped: %d, %s", got.status, got.body)
		}
		if err := eventually("the pass on the lost phone to turn void", func() bool {
			if _, err := lost.Sync(t.Context(), testPassType); err != nil {
				t.Error(err)
			}
			_, now := unpack(t, lost.Shows(old.key()))
			return now.Voided && len(apns.Pushes()) > 0
		}); err != nil {
			t.Fatal(err)
		}
		_, now := unpack(t, lost.Shows(old.key()))
		if len(now.Barcodes) != 0 || strings.Contains(lost.Shows(old.key()), secrets.Code) || strings.Contains(lost.Shows(old.key()), "Aino") {
			t.Errorf("the pass on the lost phone is void and shows %+v", now)
		}
	})

	t.Run("the customer has everything on the new phone", func(t *testing.T) {
		fresh := strings.TrimPrefix(secrets.Link, publicBase)
		if got := h.asksAs(t, iphoneAgent, fresh); got.status != http.StatusOK || !strings.Contains(got.body, "Aino") {
			t.Fatalf("the new page is answered with %d", got.status)
		}
		_, packed := fetch(t, h.address+fresh+"/pass.pkpass")
		_, now := unpack(t, packed)
		if now.SerialNumber == old.SerialNumber || now.AuthenticationToken == old.AuthenticationToken || now.Voided {
			t.Errorf("the new pass is the old one, or void: %+v", now)
		}
		if len(now.Barcodes) == 0 || now.Barcodes[0].Message != secrets.Code || now.Barcodes[0].Message == oldCode || now.balance() != "3/10" {
			t.Errorf("the new pass shows %+v and %q", now.Barcodes, now.balance())
		}
		h.stampCode(t, till, secrets.Code)
		if got := h.scans(t, till, secrets.Code); got.status != http.StatusOK || !strings.Contains(got.body, `"balance":4`) {
			t.Errorf("the till sees with the new code: %d, %s", got.status, got.body)
		}
	})
}
