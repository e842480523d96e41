package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
	"github.com/leima/leima/wallet/google/googletest"
	"github.com/leima/leima/wallet/samsung/samsungtest"
)

// wallets are the stand-ins of all makers of wallets.
type wallets struct {
	apns    *appletest.APNs
	google  *googletest.Server
	samsung *samsungtest.Server
}

// openWithWallets opens a house that puts cards into all wallets.
func openWithWallets(t *testing.T) (*house, wallets) {
	t.Helper()
	contract, standIn := newGalaxy(t)
	w := wallets{apns: appletest.NewAPNs(t), google: googletest.New(t, nil), samsung: standIn}
	pusher := apple.NewPusher(madeUp().Identity, apple.PushOptions{Server: w.apns.URL, Roots: w.apns.Roots})
	t.Cleanup(pusher.Close)
	account, err := withApple(accountValues(t, w.google), publicBase, time.Now()).openGoogleAccount()
	if err != nil {
		t.Fatal(err)
	}
	return openWith(t, options{
		wallet: &wallet{identity: madeUp().Identity, pusher: pusher}, google: account, galaxy: contract,
		metrics: newMetrics(build{}), settings: func(s *settings) { s.BaseURL = publicBase },
	}), w
}

// inWallet is a pass as the API lists it.
type inWallet struct {
	Wallet, State, Problem string

	Devices                  *int
	Desired, Pushed, Fetched struct {
		Version int
		At      *time.Time
	}
}

// versions are those that the wallet should have, was told of and has.
func (p inWallet) versions() string {
	return fmt.Sprint(p.Desired.Version, p.Pushed.Version, p.Fetched.Version, " ", p.State)
}

// inWallets asks how the card is in wallets.
func (h *house) inWallets(t *testing.T, key, cardID string) map[string]inWallet {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.address+"/v1/cards/"+cardID+"/passes", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	response := answered(t, request)
	var list struct{ Data []inWallet }
	if err := json.Unmarshal([]byte(response.body), &list); err != nil {
		t.Fatalf("%v: %s", err, response.body)
	}
	passes := map[string]inWallet{}
	for _, p := range list.Data {
		passes[p.Wallet] = p
	}
	return passes
}

// Somebody has the card in three wallets. It is stamped, and whoever looks at the customer
// sees each wallet being told and having it, one after the other.
func TestOwnersSeeACardArriveInItsWallets(t *testing.T) {
	h, w := openWithWallets(t)
	page := h.joinByForm(t)
	view, err := h.store.CardByLink(t.Context(), h.plan.Organization.ID, page[strings.LastIndex(page, "/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	key := h.key(t, access.StampsWrite, access.LocationsRead, access.CardsRead)
	if got := h.inWallets(t, key, view.Card.ID); len(got) != 0 {
		t.Fatalf("before anybody wanted it, the card is in %v", got)
	}

	_, packed := fetch(t, h.address+page+"/pass.pkpass")
	_, d := unpack(t, packed)
	ids, err := w.google.OpenSaveLink(h.leads(t, page+"/google-pass"))
	if err != nil || len(ids) != 1 {
		t.Fatalf("the link offers %v: %v", ids, err)
	}
	card, err := w.samsung.OpenAddLink(h.asksAs(t, galaxyPhone, page+"/samsung").header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	refID, _ := readSamsung(t, card)
	waiting := h.inWallets(t, key, view.Card.ID)
	for wallet, want := range map[string]string{"apple": "1 0 1 waiting", "google": "1 1 1 waiting", "samsung": "1 0 1 waiting"} {
		if got := waiting[wallet].versions(); got != want {
			t.Errorf("made for %s: %s, want %s", wallet, got, want)
		}
	}

	phone := appletest.NewDevice(h.address+"/apple/"+h.plan.Organization.Slug, http.DefaultClient, "phone")
	if status, err := phone.Add(t.Context(), d.key(), d.AuthenticationToken); status != http.StatusCreated || err != nil {
		t.Fatalf("the phone registers: %d, %v", status, err)
	}
	w.google.Save(ids[0])
	saved := googletest.Callback{ClassID: at(w.google.Object(ids[0]), "classId"), ObjectID: ids[0], Nonce: "saved"}
	if status := h.callBack(t, w.google.Google.Sign(saved)); status != http.StatusOK {
		t.Fatalf("the callback is answered with %d", status)
	}
	added := samsungtest.Call{Method: http.MethodPost, RefID: refID, Query: "?cc2=FI&event=ADDED", Body: `{"callback":"` + samsungHost + `"}`}
	if response := h.samsungCalls(t, w.samsung, added); response.status != http.StatusOK {
		t.Fatalf("Samsung reports the card and gets %d: %s", response.status, response.body)
	}
	for wallet, p := range h.inWallets(t, key, view.Card.ID) {
		if p.State != "installed" {
			t.Errorf("added to %s, it is %s", wallet, p.State)
		}
	}

	h.stampCode(t, key, d.Barcodes[0].Message)
	// A wallet may be told before this asks, so desired above pushed is seen in the store's suite.
	become := func(wallet, want string) {
		t.Helper()
		if err := eventually(wallet+" is "+want, func() bool { return h.inWallets(t, key, view.Card.ID)[wallet].versions() == want }); err != nil {
			t.Fatalf("%v, but %+v", err, h.inWallets(t, key, view.Card.ID)[wallet])
		}
	}
	become("apple", "2 2 1 stale")
	become("google", "2 2 2 installed")
	become("samsung", "2 2 1 stale")
	if fresh, err := phone.Sync(t.Context(), testPassType); len(fresh) != 1 || err != nil {
		t.Fatalf("the phone fetches %v: %v", fresh, err)
	}
	h.shown(t, w.samsung, refID)
	now := h.inWallets(t, key, view.Card.ID)
	for _, wallet := range []string{"apple", "google", "samsung"} {
		p := now[wallet]
		if p.versions() != "2 2 2 installed" || p.Problem != "" || p.Desired.At == nil || p.Pushed.At == nil || p.Fetched.At == nil {
			t.Errorf("in the end %s has %+v", wallet, p)
		}
	}
	if now["apple"].Devices == nil || *now["apple"].Devices != 1 || now["google"].Devices != nil {
		t.Errorf("on devices: %v, %v", now["apple"].Devices, now["google"].Devices)
	}
}
