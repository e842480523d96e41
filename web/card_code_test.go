package web_test

import (
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
)

var shownSecret = regexp.MustCompile(`data-secret="([0-9a-f]{64})" data-card="([0-9A-Z]{17})"`)

func TestACardPageGetsWhatItMakesCodesFrom(t *testing.T) {
	w := newWorld(t, func(w *world) { w.program.RedeemCode = loyalty.RedeemRotating })
	card := w.trusted("Helmi", "", "+358401234567")
	b := w.browser("Accept-Language", "en")
	page := b.get(w.cardPath(card))
	page.want(http.StatusOK, "The code changes every 30 seconds.", `class="turns"`)
	m := shownSecret.FindStringSubmatch(page.Body)
	if m == nil || m[2] != card.Code {
		t.Fatalf("the page holds %q", m)
	}
	key, err := w.store.CodeKey(t.Context(), w.org.ID)
	w.must(err)
	secret := loyalty.CodeSecret(key, card.Code)
	if m[1] != hex.EncodeToString(secret[:]) {
		t.Error("the page's secret is not the card's")
	}
	if got := page.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a page with a secret may be stored: %q", got)
	}

	// Without a script the page stands still, with another code after each step.
	again := b.get(w.cardPath(card))
	w.pass(loyalty.RotatingStepMS * time.Millisecond)
	later := b.get(w.cardPath(card))
	path := regexp.MustCompile(`<path d="(M\d+ \d+h[^"]+)"/>`)
	drawn := func(body string) string { return path.FindStringSubmatch(body)[1] }
	if drawn(page.Body) != drawn(again.Body) || drawn(page.Body) == drawn(later.Body) {
		t.Error("the code that is drawn does not follow the clock")
	}

	// Nothing else tells the secret: not a picture of the code, nor what a change sends.
	for _, other := range []string{"/qr.svg", "/qr.png", "/manifest.webmanifest"} {
		if a := b.get(w.cardPath(card) + other); a.Status != http.StatusOK || strings.Contains(a.Body, m[1]) {
			t.Errorf("%s: status %d, or it holds the secret", other, a.Status)
		}
	}
}

func TestACardOfAnotherProgramHoldsNoSecret(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "", "+358401234567")
	page := w.browser().get(w.cardPath(card))
	page.want(http.StatusOK)
	page.wantNot("data-secret")
	page.wantNot(`class="turns"`)
}

func TestARewardThatWasJustUsedIsShown(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "", "+358401234567")
	coupons := w.give(card, 10).Coupons
	cream := coupons[len(coupons)-1]
	b := w.browser("Accept-Language", "en")
	b.get(w.cardPath(card)).wantNot("Used just now")

	used := w.apply(loyalty.Command{Kind: loyalty.CommandRedeem, CardID: card.Card.ID, CouponID: cream.ID})
	at := time.UnixMilli(w.clock.Load()).In(time.FixedZone("Helsinki in winter", 2*60*60)).Format(time.TimeOnly)
	b.get(w.cardPath(card)).want(http.StatusOK, "Used just now", `id="reward-`+cream.ID+`" data-used=`, "Used at "+at)

	w.apply(loyalty.Command{Kind: loyalty.CommandReverse, CardID: card.Card.ID, EntryID: used.Entry.ID})
	given := b.get(w.cardPath(card))
	given.want(http.StatusOK, `id="reward-`+cream.ID+`" aria-haspopup`)
	given.wantNot("Used just now") // it was given back

	w.apply(loyalty.Command{Kind: loyalty.CommandRedeem, CardID: card.Card.ID, CouponID: cream.ID})
	b.get(w.cardPath(card)).want(http.StatusOK, "Used just now")
	w.pass(11 * time.Minute)
	b.get(w.cardPath(card)).wantNot("Used just now")
}
