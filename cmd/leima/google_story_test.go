package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/wallet/google/googletest"
)

// openWithGoogle opens a house whose Google is a stand-in.
func openWithGoogle(t *testing.T) (*house, *googletest.Server) {
	t.Helper()
	standIn := googletest.New(t, nil)
	account, err := withApple(accountValues(t, standIn), publicBase, time.Now()).openGoogleAccount()
	if err != nil {
		t.Fatal(err)
	}
	return openWith(t, options{google: account, metrics: newMetrics(build{}), settings: func(s *settings) { s.BaseURL = publicBase }}), standIn
}

// leads asks for an address and returns where it leads.
func (h *house) leads(t *testing.T, path string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // there is nothing in it
	return response.Header.Get("Location")
}

func (h *house) callBack(t *testing.T, body []byte) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.address+"/google/callbacks", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // there is nothing in it
	return response.StatusCode
}

// at is a text of an object at Google.
func at(object any, path string) string {
	for name := range strings.SplitSeq(path, ".") {
		fields, _ := object.(map[string]any)
		object = fields[name]
	}
	return fmt.Sprint(object)
}

// Somebody joins and saves the card to Google Wallet; Google tells of it; the card is
// stamped, and Google has the new balance with a new picture by one change; the customer
// is blocked, and the card at Google is inactive.
func TestACardInGoogleWalletFollowsTheCard(t *testing.T) {
	h, standIn := openWithGoogle(t)
	page := h.joinByForm(t)
	ids, err := standIn.OpenSaveLink(h.leads(t, page+"/google-pass"))
	if err != nil || len(ids) != 1 {
		t.Fatalf("the link offers %v: %v", ids, err)
	}
	id := ids[0]
	standIn.Save(id)
	before := standIn.Object(id)
	event := googletest.Callback{ClassID: at(before, "classId"), ObjectID: id, Nonce: "saved"}
	if status := h.callBack(t, standIn.Google.Sign(event)); status != http.StatusOK {
		t.Fatalf("the callback is answered with %d", status)
	}
	if status := h.callBack(t, []byte("{}")); status != http.StatusBadRequest {
		t.Errorf("a callback that is none is answered with %d", status)
	}
	org := h.plan.Organization.ID
	if n, err := h.store.GooglePassCounts(t.Context(), org, googletest.Issuer); n.Saved != 1 || err != nil {
		t.Errorf("counts %+v, %v", n, err)
	}
	if status, picture := fetch(t, h.address+strings.TrimPrefix(at(before, "heroImage.sourceUri.uri"), publicBase)); status != http.StatusOK || !strings.HasPrefix(picture, "\x89PNG") {
		t.Errorf("the picture is answered with %d", status)
	}

	key := h.key(t, access.StampsWrite, access.LocationsRead)
	const stamps = 3
	for range stamps {
		h.stampCode(t, key, at(before, "barcode.value"))
	}
	balance := func() string { return at(standIn.Object(id), "loyaltyPoints.balance.string") }
	if err := eventually("the new balance at Google", func() bool { return balance() == "3/10" }); err != nil {
		t.Fatal(err)
	}
	after := standIn.Object(id)
	if at(after, "heroImage.sourceUri.uri") == at(before, "heroImage.sourceUri.uri") {
		t.Errorf("Google has %v", after)
	}
	changes := 0
	for _, r := range standIn.Requests() {
		if r.Method == http.MethodPatch && strings.HasSuffix(r.Path, id) {
			changes++
		}
	}
	// One, but for a machine that takes longer for three stamps than changes are gathered.
	if changes == 0 || changes > stamps || standIn.Notifications(id) != changes {
		t.Errorf("%d changes, %d notifications", changes, standIn.Notifications(id))
	}
	_, link, _ := strings.Cut(strings.TrimPrefix(page, "/card/"), "/")
	view, err := h.store.CardByLink(t.Context(), org, link)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.BlockCustomer(t.Context(), org, view.Customer.ID, "a test", loyalty.Actor{Kind: loyalty.ActorSystem}, time.Now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if err := eventually("an inactive card", func() bool { return at(standIn.Object(id), "state") == "INACTIVE" }); err != nil {
		t.Fatal(err)
	}
	if gone := fmt.Sprint(standIn.Object(id)); strings.Contains(gone, "Aino") || strings.Contains(gone, view.Code) {
		t.Errorf("the card of a blocked customer shows %s", gone)
	}
}

func TestMetricsTellOfGoogleWallet(t *testing.T) {
	h, standIn := openWithGoogle(t)
	ids, err := standIn.OpenSaveLink(h.leads(t, h.joinByForm(t)+"/google-pass"))
	if err != nil {
		t.Fatal(err)
	}
	key := h.key(t, access.StampsWrite, access.LocationsRead)
	h.stampCode(t, key, at(standIn.Object(ids[0]), "barcode.value"))
	sent := func() string {
		families, err := h.metrics.registry.Gather()
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(families)
	}
	if err := eventually("a card that was sent", func() bool { return strings.Contains(at(standIn.Object(ids[0]), "loyaltyPoints.balance.string"), "1/") }); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"leima_google_passes_sent_total", "leima_google_compared_total", "leima_google_comparisons_refused_total"} {
		if !strings.Contains(sent(), name) {
			t.Errorf("there is no %s", name)
		}
	}
}
