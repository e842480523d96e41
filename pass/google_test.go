package pass_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

const googleBase = "https://cards.example.org"

// googleShop is a shop whose cards go to a stand-in for Google.
type googleShop struct {
	*shop
	google  *pass.Google
	standIn *googletest.Server
}

func newGoogleShop(t *testing.T, sh *shop) *googleShop {
	t.Helper()
	standIn := googletest.New(t, nil)
	g, err := pass.NewGoogle(pass.GoogleOptions{
		IssuerID: googletest.Issuer, Account: standIn.Account(), Server: standIn.URL, KeysURL: standIn.KeysURL(), Store: sh.store,
		BaseURL: googleBase, Origins: []string{googleBase}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	sh.ok(err)
	return &googleShop{shop: sh, google: g, standIn: standIn}
}

// onGoogle tells a story on both databases.
func onGoogle(t *testing.T, story func(t *testing.T, sh *googleShop)) {
	t.Helper()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) { story(t, newGoogleShop(t, newShop(t, open(t)))) })
	}
}

// save opens the save link of a card as Google does, and returns the id of its object.
func (sh *googleShop) save(cardID string) string {
	sh.t.Helper()
	link, err := sh.google.SaveLink(sh.t.Context(), sh.org.ID, cardID)
	sh.ok(err)
	ids, err := sh.standIn.OpenSaveLink(link)
	sh.ok(err)
	if len(ids) != 1 {
		sh.t.Fatalf("the link offers %v", ids)
	}
	return ids[0]
}

// says is part of what Google would show of an object.
func (sh *googleShop) says(objectID string, path ...string) any {
	sh.t.Helper()
	var at any = sh.standIn.Object(objectID)
	for _, name := range path {
		fields, _ := at.(map[string]any)
		at = fields[name]
	}
	return at
}

// pass is the pass of an object as the store has it.
func (sh *googleShop) pass(objectID string) customer.GooglePass {
	sh.t.Helper()
	_, serial, ok := sh.google.PassOf(objectID)
	if !ok {
		sh.t.Fatalf("%s is not ours", objectID)
	}
	found, err := sh.store.GooglePasses(sh.t.Context(), sh.org.ID, googletest.Issuer, []string{serial})
	sh.ok(err)
	if len(found) != 1 {
		sh.t.Fatalf("there are %d passes for %s", len(found), objectID)
	}
	return found[0]
}

// object is what Google is to have of it now.
func (sh *googleShop) object(objectID string) google.LoyaltyObject {
	sh.t.Helper()
	o, err := sh.google.Object(sh.t.Context(), sh.pass(objectID))
	sh.ok(err)
	return o
}

func TestACardIsAtGoogleBeforeItsLinkIsOpened(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		view := sh.join()
		sh.ok(sh.stamp(t.Context(), view.Card.ID))
		id := sh.save(view.Card.ID)
		look := fmt.Sprintf("%d-0-%d-1", sh.org.Version, sh.program.Version)
		for path, want := range map[string]any{
			"state": "ACTIVE", "accountName": "Aino", "loyaltyPoints.balance.string": "1/10", "barcode.value": view.Code,
			"heroImage.sourceUri.uri": fmt.Sprintf("%s/google/%s/hero/%s/%s-10/1.png", googleBase, sh.org.Slug, sh.program.ID, look),
			"loyaltyPoints.label":     "Leimat",
		} {
			if got := sh.says(id, strings.Split(path, ".")...); got != want {
				t.Errorf("%s = %v, want %v", path, got, want)
			}
		}
		class := sh.standIn.Class(sh.google.ClassID(sh.org.ID, sh.program.ID))
		if class["issuerName"] != "Leimala" || class["programName"] != "Leimakortti" || class["hexBackgroundColor"] != "#0b6e4f" {
			t.Errorf("the class is %v", class)
		}
		if said := fmt.Sprint(class["localizedProgramName"], class["callbackOptions"]); !strings.Contains(said, "Stamp card") || !strings.Contains(said, googleBase+"/google/callbacks") {
			t.Errorf("the class says %s", said)
		}
		sent := len(sh.standIn.Requests())
		if again := sh.save(view.Card.ID); again != id {
			t.Errorf("the card has another object: %s", again)
		}
		if now := len(sh.standIn.Requests()); now != sent {
			t.Errorf("%d requests for a link to what Google has", now-sent)
		}
	})
}

func TestACardInSevenLanguages(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		view := sh.join()
		sh.ok(sh.stamp(t.Context(), view.Card.ID))
		o := sh.object(sh.save(view.Card.ID))
		label := o.LoyaltyPoints.LocalizedLabel
		said := map[string]string{label.DefaultValue.Language: label.DefaultValue.Value}
		for _, t := range label.TranslatedValues {
			said[t.Language] = t.Value
		}
		if len(said) != 7 || said["fi"] != "Leimat" || said["pl"] != "Pieczątki" || said["en"] != "Stamps" {
			t.Errorf("the label is %v", said)
		}
		for _, module := range o.TextModulesData {
			if len(module.LocalizedBody.TranslatedValues) != 6 || module.Body != module.LocalizedBody.DefaultValue.Value {
				t.Errorf("%s: %q, %+v", module.ID, module.Body, module.LocalizedBody)
			}
		}
	})
}

func TestACardThatIsNotItsOwnersShowsNothing(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		view := sh.join()
		id := sh.save(view.Card.ID)
		empty := func(when string, state google.State) {
			t.Helper()
			o := sh.object(id)
			if o.State != state || o.AccountName != "" || o.Barcode != nil || o.HeroImage != nil || len(o.TextModulesData) != 0 || *o.LoyaltyPoints.Balance.Text != "–" {
				t.Errorf("%s: %+v", when, o)
			}
		}
		actor := loyalty.Actor{Kind: loyalty.ActorSystem}
		_, err := sh.store.BlockCustomer(t.Context(), sh.org.ID, view.Card.CustomerID, "a test", actor, time.Now().UnixMilli())
		sh.ok(err)
		empty("blocked", google.StateInactive)
		sh.ok(sh.store.RevokeCard(t.Context(), sh.org.ID, view.Card.ID, time.Now().UnixMilli()))
		empty("revoked", google.StateExpired)
	})
}

func TestGoogleIsAwayWhenSomebodyWantsALink(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		view := sh.join()
		sh.standIn.Fail(googletest.Fault{Path: "loyaltyClass", Times: 1, Status: http.StatusForbidden, Reason: "permissionDenied"})
		if _, err := sh.google.SaveLink(t.Context(), sh.org.ID, view.Card.ID); !errors.Is(err, customer.ErrWalletAway) {
			t.Errorf("the error is %v", err)
		}
		sh.save(view.Card.ID) // the next one gets it
		if _, err := sh.google.SaveLink(t.Context(), sh.org.ID, "card_nobodys"); !errors.Is(err, loyalty.ErrNotFound) {
			t.Errorf("the link of nobody's card: %v", err)
		}
	})
}

func (sh *googleShop) fetch(address string) *httptest.ResponseRecorder {
	sh.t.Helper()
	answer := httptest.NewRecorder()
	sh.google.ServeHTTP(answer, httptest.NewRequestWithContext(sh.t.Context(), http.MethodGet, strings.TrimPrefix(address, googleBase), nil))
	return answer
}

func TestGoogleFetchesPicturesByTheirAddresses(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		id := sh.save(sh.join().Card.ID)
		hero := sh.object(id).HeroImage.SourceURI.URI
		logoAddress := fmt.Sprintf("%s/google/%s/logo/1-0.png", googleBase, sh.org.Slug)
		if class := fmt.Sprint(sh.standIn.Class(sh.google.ClassID(sh.org.ID, sh.program.ID))); !strings.Contains(class, logoAddress) {
			t.Errorf("the class has another logo: %s", class)
		}
		for address, want := range map[string]struct{ width, height int }{
			hero: {1032, 336}, strings.Replace(hero, "/0.png", "/7.png", 1): {1032, 336}, logoAddress: {660, 660},
		} {
			answer := sh.fetch(address)
			picture, err := png.DecodeConfig(bytes.NewReader(answer.Body.Bytes()))
			if err != nil || picture.Width != want.width || picture.Height != want.height {
				t.Errorf("%s: %d × %d, %v", address, picture.Width, picture.Height, err)
			}
			if got := answer.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
				t.Errorf("%s: %q", address, got)
			}
		}
		if got := sh.fetch(strings.Replace(hero, "1-0-1-1", "9-9-9-9", 1)).Header().Get("Cache-Control"); got != "public, max-age=60" {
			t.Errorf("a look that is not there yet is kept for %q", got)
		}
		for _, address := range []string{
			strings.Replace(hero, sh.program.ID, "prog_nobodys", 1), strings.Replace(hero, sh.org.Slug, "nobodys-shop", 1),
			strings.Replace(hero, "/0.png", "/11.png", 1), strings.Replace(hero, "/0.png", "/-1.png", 1), strings.Replace(hero, "/0.png", "/0", 1),
			strings.Replace(hero, "-10/", "-101/", 1), strings.Replace(hero, "-10/", "/", 1), googleBase + "/google/" + sh.org.Slug,
		} {
			if got := sh.fetch(address).Code; got != http.StatusNotFound {
				t.Errorf("%s is answered with %d", address, got)
			}
		}
	})
}

func (sh *googleShop) callBack(body []byte) int {
	sh.t.Helper()
	answer := httptest.NewRecorder()
	sh.google.ServeHTTP(answer, httptest.NewRequestWithContext(sh.t.Context(), http.MethodPost, "/google/callbacks", bytes.NewReader(body)))
	return answer.Code
}

func TestACallbackCountsOnceAndOnlyFromGoogle(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		id := sh.save(sh.join().Card.ID)
		event := googletest.Callback{ClassID: sh.google.ClassID(sh.org.ID, sh.program.ID), ObjectID: id, Nonce: "first"}
		saved := sh.standIn.Google.Sign(event)
		if got := sh.callBack(saved); got != http.StatusOK || !sh.pass(id).Saved {
			t.Fatalf("a callback is answered with %d", got)
		}
		gone := event
		gone.Nonce, gone.EventType = "second", "del"
		if got := sh.callBack(sh.standIn.Google.Sign(gone)); got != http.StatusOK || sh.pass(id).Saved {
			t.Fatalf("a callback is answered with %d", got)
		}
		if got := sh.callBack(saved); got != http.StatusOK || sh.pass(id).Saved {
			t.Errorf("one that is played again is answered with %d", got)
		}
		expired, other, foreign := event, event, event
		expired.Nonce, expired.Expires = "third", time.Now().Add(-time.Minute)
		other.Nonce, other.Recipient = "fourth", "3388000000099999999"
		foreign.Nonce, foreign.ObjectID = "fifth", googletest.Issuer+".somebody-elses"
		stranger := googletest.NewSigner(time.Now)
		unknown := event
		unknown.Nonce = "sixth"
		for name, c := range map[string]struct {
			body []byte
			want int
		}{
			"expired": {sh.standIn.Google.Sign(expired), http.StatusUnauthorized}, "for another issuer": {sh.standIn.Google.Sign(other), http.StatusUnauthorized},
			"forged": {stranger.Sign(unknown), http.StatusUnauthorized}, "changed": {bytes.Replace(saved, []byte("first"), []byte("f1rst"), 1), http.StatusUnauthorized},
			"not JSON": {[]byte("hello"), http.StatusBadRequest}, "too large": {make([]byte, google.MaxCallback+1), http.StatusRequestEntityTooLarge},
			"of an object that is not ours": {sh.standIn.Google.Sign(foreign), http.StatusOK},
		} {
			if got := sh.callBack(c.body); got != c.want || sh.pass(id).Saved {
				t.Errorf("a callback that is %s is answered with %d, want %d", name, got, c.want)
			}
		}
	})
}

func TestAPassNotifiesThreeTimesADay(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		id := sh.save(sh.join().Card.ID)
		sh.standIn.Save(id)
		for n := range 5 {
			notified, err := sh.google.Client.Update(t.Context(), sh.object(id), true)
			sh.ok(err)
			if want := n < google.NotificationsPerDay; notified != want {
				t.Errorf("update %d: notified %v, want %v", n+1, notified, want)
			}
		}
	})
}

func TestOptionsThatCannotWork(t *testing.T) {
	standIn := googletest.New(t, nil)
	for name, change := range map[string]func(o *pass.GoogleOptions){
		"no https":     func(o *pass.GoogleOptions) { o.BaseURL = "http://cards.example.org" },
		"no issuer":    func(o *pass.GoogleOptions) { o.IssuerID = "" },
		"issuer named": func(o *pass.GoogleOptions) { o.IssuerID = "leima" },
		"no account":   func(o *pass.GoogleOptions) { o.Account = nil },
	} {
		o := pass.GoogleOptions{IssuerID: googletest.Issuer, Account: standIn.Account(), BaseURL: googleBase, Now: time.Now}
		change(&o)
		if _, err := pass.NewGoogle(o); err == nil {
			t.Errorf("%s: there is no error", name)
		}
	}
}
