package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

func TestACardSaysWhatIsOnIt(t *testing.T) {
	w := newWorld(t)
	card := w.aLivelyCard() // 1 to begin with, then 4, 5 and 3 stamps: one card full, 3 on the next
	b := w.browser()
	a := b.get(w.cardPath(card) + "?lang=en")
	a.want(http.StatusOK,
		"3 of 10 stamps", "7 to go", `aria-label="3 of 10 stamps, 7 to go"`,
		"A lip balm", "2 more stamps", "At 5 stamps: A lip balm",
		"Ready to use", "A hand cream", "Use by 4 Jun 2026", "No last day",
		"Reward earned: A hand cream", "Stamps to begin with", "−10", "&#43;5", `datetime="2026-03-04"`,
		customer.FormatNumber(card.Customer.Number),
	)
	if got := strings.Count(a.Body, `class="slot on`); got != 3 {
		t.Errorf("%d stamps are drawn", got)
	}
	b.get(w.cardPath(card)+"?lang=ru").want(http.StatusOK, "3 из 10 штампов", "осталось 7", "ещё 2 штампа")
}

func TestHistoryIsPaged(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "", "+358401234567")
	for range 12 {
		w.pass(24 * time.Hour)
		w.give(card, 1)
	}
	b := w.browser("Accept-Language", "en")
	first := b.get(w.cardPath(card))
	first.want(http.StatusOK, "Show earlier", `id="history" class="sheet" data-live`)
	earlier := regexp.MustCompile(`href="([^"]*\?before=[^"]*)"`).FindStringSubmatch(first.Body)
	if earlier == nil {
		t.Fatal("no link to what was before")
	}
	second := b.get(earlier[1])
	second.want(http.StatusOK, "Stamps to begin with", "Back to the newest", `id="history" class="sheet" aria`)
	b.get(w.cardPath(card) + "?before=nonsense").want(http.StatusNotFound)
}

func TestADebtIsSaidInWords(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "", "+358401234567")
	stamped := w.give(card, 10)
	coupon := stamped.Coupons[len(stamped.Coupons)-1]
	w.apply(loyalty.Command{Kind: loyalty.CommandRedeem, CardID: card.Card.ID, CouponID: coupon.ID})
	w.apply(loyalty.Command{Kind: loyalty.CommandReverse, CardID: card.Card.ID, EntryID: stamped.Entry.ID})
	w.browser("Accept-Language", "en").get(w.cardPath(card)).want(http.StatusOK,
		"The card owes 9 stamps, because", "0 of 10 stamps", "Stamps taken back", "Reward used: A hand cream", "14 more stamps")
}

func TestACouponIsGoneWhenItsLastDayIsOver(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "", "+358401234567")
	w.give(card, 10)
	b := w.browser("Accept-Language", "en")
	w.clock.Store(time.Date(2026, 6, 2, 20, 59, 59, 0, time.UTC).UnixMilli()) // 23:59:59 in Helsinki
	b.get(w.cardPath(card)).want(http.StatusOK, "Use by 2 Jun 2026")
	w.pass(time.Second)
	b.get(w.cardPath(card)).wantNot("Use by")
}

func TestPermissionsAreGivenAndWithdrawnByOnePress(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "", "+358401234567")
	b := w.browser("Accept-Language", "en")
	b.get(w.cardPath(card)).want(http.StatusOK, "You have not agreed.")
	consents := w.cardPath(card) + "/consents"

	b.follow(b.post(consents, "text", w.texts[0].ID, "granted", "yes")).want(http.StatusOK, "Saved.", "You agreed on 2 Mar 2026.", "Withdraw")
	w.pass(48 * time.Hour)
	b.follow(b.post(consents, "text", w.texts[0].ID, "granted", "no")).want(http.StatusOK, "No permission since 4 Mar 2026.")

	for name, form := range map[string][]string{
		"another text": {"text", id("ctxt", 9), "granted", "yes"},
		"no decision":  {"text", w.texts[0].ID},
		"nonsense":     {"text", w.texts[0].ID, "granted", "maybe"},
	} {
		if a := b.post(consents, form...); a.Status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, a.Status)
		}
	}
	states, err := w.store.Consents(t.Context(), w.org.ID, card.Customer.ID)
	w.must(err)
	if states[0].Granted || states[0].Text.ID != w.texts[0].ID || states[1].At != 0 {
		t.Errorf("what is kept: %+v", states)
	}
	history, err := w.store.ConsentHistory(t.Context(), w.org.ID, card.Customer.ID, pageOf(10))
	w.must(err)
	if c := history.Items[0]; len(history.Items) != 2 || c.Source != customer.SourceCardPage || c.Locale != "en" {
		t.Errorf("the record: %+v", history.Items)
	}
}

func TestAnotherConfirmationLinkCanBeAskedForButNotForEver(t *testing.T) {
	w := newWorld(t)
	card := w.joinAs(customer.Join{Email: "helmi@example.org", Source: customer.SourceForm})
	b := w.browser("Accept-Language", "en")
	b.get(w.cardPath(card)).want(http.StatusOK, "h•••@example.org")
	last := answer{}
	for range customer.MaxConfirmationsPerHour {
		w.confirmationLinks()
		last = b.follow(b.post(w.cardPath(card) + "/confirmation"))
	}
	last.t = t
	last.want(http.StatusOK, "We have sent you links already.")
}

func TestTheLanguageIsTheOneAskedForFirst(t *testing.T) {
	w := newWorld(t)
	card := w.joinAs(customer.Join{Phone: "+358401234567", Locale: "pl", Trusted: true, Source: customer.SourceStaff})
	is := func(name string, a answer, lang string) {
		t.Helper()
		if !strings.Contains(a.Body, `<html lang="`+lang+`" dir="ltr">`) || a.Header.Get("Content-Language") != lang {
			t.Errorf("%s: not in %s", name, lang)
		}
	}
	b := w.browser("Accept-Language", "sv-FI,sv;q=0.9")
	is("the customer's own beats the browser's", b.get(w.cardPath(card)), "pl")
	is("the browser's beats the organization's", b.get(w.joinPath()), "sv")
	is("the organization's is the last resort", w.browser("Accept-Language", "zh").get(w.joinPath()), "fi")
	is("the address beats all", b.get(w.cardPath(card)+"?lang=de"), "de")
	is("and is remembered", b.get(w.cardPath(card)), "de")
	is("an unknown one is left alone", b.get(w.cardPath(card)+"?lang=%3Cscript%3E"), "de")
}

func TestACardCanBeInstalledAndShown(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "", "+358401234567")
	b := w.browser("Accept-Language", "en")
	a := b.get(w.cardPath(card) + "/manifest.webmanifest")
	var m struct {
		Name      string
		StartURL  string `json:"start_url"`
		Scope     string
		Display   string
		ThemeHere string `json:"theme_color"`
		Icons     []struct{ Src, Sizes, Type string }
	}
	w.must(json.Unmarshal([]byte(a.Body), &m))
	if a.Header.Get("Content-Type") != "application/manifest+json" || m.StartURL != w.cardPath(card) || m.Scope != m.StartURL ||
		m.Display != "standalone" || m.ThemeHere != "#0b6e4f" || len(m.Icons) != 2 {
		t.Errorf("manifest: %+v", m)
	}
	for _, icon := range m.Icons {
		if got := b.get(icon.Src); got.Status != http.StatusOK || got.Header.Get("Content-Type") != icon.Type || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %s", icon.Src, got.Status, got.Header)
		}
	}
	for path, mediaType := range map[string]string{"/qr.svg": "image/svg+xml", "/qr.png": "image/png", "/address.svg": "image/svg+xml"} {
		if got := b.get(w.cardPath(card) + path); got.Status != http.StatusOK || got.Header.Get("Content-Type") != mediaType || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", path, got.Status, got.Header)
		}
	}
	worker := b.get("/card/sw.js")
	worker.want(http.StatusOK, "addEventListener(\"fetch\"")
	if worker.Header.Get("Cache-Control") != "no-cache" {
		t.Error("an old service worker could stay for ever")
	}
}

// Who has the page of a card that was merged is told where the stamps are, and nothing
// that would still be known after the merge was undone.
func TestThePageOfAMergedCardSaysWhereTheStampsAre(t *testing.T) {
	w := newWorld(t)
	old, kept := w.trusted("Helmi", "", "+358401234567"), w.trusted("Toini", "Salainen", "+358409876543")
	w.give(kept, 3)
	request := customer.MergeRequest{
		OrgID: w.org.ID, KeptID: kept.Customer.ID, OtherID: old.Customer.ID, IdempotencyKey: "merge",
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, Now: w.clock.Load(),
	}
	m, _, err := w.store.MergeCustomers(t.Context(), request)
	w.must(err)
	b := w.browser("Accept-Language", "en")
	a := b.get(w.cardPath(old))
	a.want(http.StatusOK, "This card is one with your other card now", "5 of 10 stamps", old.Code[:4]+" "+old.Code[4:8])
	a.wantNot(kept.Link, kept.Code[:4]+" "+kept.Code[4:8], "Toini", "Salainen", customer.FormatNumber(kept.Customer.Number), "What happened")
	for _, part := range []string{"/events", "/qr.svg", "/manifest.webmanifest"} {
		b.get(w.cardPath(old) + part).want(http.StatusNotFound)
	}
	b.post(w.cardPath(old)+"/consents", "text", w.texts[0].ID, "granted", "yes").want(http.StatusNotFound)
	_, _, err = w.store.UndoMerge(t.Context(), w.org.ID, m.ID, "undo", request.Actor, w.clock.Load())
	w.must(err)
	b.get(w.cardPath(old)).want(http.StatusOK, "Hello Helmi!", "1 of 10 stamps")
}
