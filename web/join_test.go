package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/web"
)

func TestACustomerJoinsAndConfirms(t *testing.T) {
	w := newWorld(t)
	b := w.browser("Accept-Language", "en-GB,en;q=0.9")

	form := b.get(w.joinPath())
	form.want(http.StatusOK, "Leimala", "Collect 10 stamps and get:", "A hand cream", "A lip balm", "at 5 stamps",
		"A sample bag", "1 stamp to begin with", "Leimala may send me offers by text message.")
	if strings.Contains(form.Body, " checked") {
		t.Error("a box is ticked beforehand")
	}

	sent := b.post(w.joinPath(), "first_name", "Helmi", "phone", "040 123 4567", "consent_"+w.texts[1].ID, "yes")
	card := b.follow(sent)
	card.want(http.StatusOK, "This is your card. Keep this page.", "Hello Helmi!", "0 of 10 stamps", "10 to go",
		"Please confirm your contact", "&#43;358•••567", "Confirm it to get: A sample bag", "Confirm it to get 1 stamp",
		"You agreed on 2 Mar 2026.", "No permission since 2 Mar 2026.")
	card.wantNot("+358401234567", "0401234567")

	link := w.confirmationLink()
	b.get(link).want(http.StatusOK, "Confirm your contact", "Leimala")
	after := b.follow(b.post(link))
	after.want(http.StatusOK, "Thank you, your contact is confirmed.", "1 of 10 stamps", "A sample bag", "No last day")
	after.wantNot("Please confirm your contact")
}

func TestACustomerOfTheTillCompletesTheCard(t *testing.T) {
	w := newWorld(t)
	card := w.joinAs(customer.Join{FirstName: "Helmi", Locale: "en", Trusted: true, Source: customer.SourceStaff})
	b := w.browser("Accept-Language", "en")
	page := b.get(w.cardPath(card))
	page.want(http.StatusOK, "Make the card yours", "Confirm it to get 1 stamp")
	page.wantNot("Please confirm your contact")

	for field, value := range map[string]string{"phone": "call me", "email": "helmi"} {
		wrong := b.post(w.cardPath(card)+"/contact", field, value)
		wrong.want(http.StatusUnprocessableEntity, "Make the card yours", `value="`+value+`"`, `id="`+field+`-error"`)
	}
	b.post(w.cardPath(card)+"/contact").want(http.StatusUnprocessableEntity, "Give a phone number or an e-mail address.")

	sent := b.follow(b.post(w.cardPath(card)+"/contact", "phone", "040 123 4567"))
	sent.want(http.StatusOK, "A new link is on its way to &#43;358•••567.", "Please confirm your contact")
	sent.wantNot("Make the card yours")
	link := w.confirmationLink()
	// Somebody who finds the page open cannot send links elsewhere.
	b.follow(b.post(w.cardPath(card)+"/contact", "phone", "040 999 9999")).want(http.StatusOK, "&#43;358•••567")
	b.follow(b.post(link)).want(http.StatusOK, "Thank you, your contact is confirmed.", "1 of 10 stamps")
}

// TestTheFormTellsNobodyWhoIsACustomer sends the contact of a customer and that of
// nobody and compares everything that comes back.
func TestTheFormTellsNobodyWhoIsACustomer(t *testing.T) {
	w := newWorld(t)
	known := w.trusted("Helmi", "Korhonen", "+358401234567")
	w.give(known, 4)

	secrets := regexp.MustCompile(`/card/leimala/[A-Z0-9]+`)
	pages := map[string]string{}
	for _, phone := range []string{"+358401234567", "+358409876543"} {
		b := w.browser()
		sent := b.post(w.joinPath(), "phone", phone)
		location := secrets.ReplaceAllString(sent.Header.Get("Location"), "/card/leimala/LINK")
		if location != "/card/leimala/LINK?done=joined" {
			t.Errorf("%s: sent to %s", phone, location)
		}
		page := b.follow(sent)
		if strings.Contains(page.Body, known.Link) || strings.Contains(page.Body, "Helmi") || strings.Contains(page.Body, "4/10") {
			t.Errorf("%s: the page shows the card that was there", phone)
		}
		body := w.normalize(page.Body)
		pages[phone] = strings.ReplaceAll(strings.ReplaceAll(body, "•••567", "•••"), "•••543", "•••")
	}
	if diff := cmp.Diff(pages["+358401234567"], pages["+358409876543"]); diff != "" {
		t.Errorf("the pages differ (-known +unknown):\n%s", diff)
	}
}

func TestConfirmingAKnownContactLeadsToTheCardThatWasThere(t *testing.T) {
	w := newWorld(t)
	known := w.trusted("Helmi", "Korhonen", "+358401234567")
	b := w.browser("Accept-Language", "en")
	first := b.follow(b.post(w.joinPath(), "phone", "+358401234567"))
	first.want(http.StatusOK)
	after := b.post(w.confirmationLink())
	if got, want := after.Header.Get("Location"), w.cardPath(known)+"?done=merged"; got != want {
		t.Errorf("led to %s, want %s", got, want)
	}
	b.follow(after).want(http.StatusOK, "You had a card already")
}

func TestWhatIsWrongWithTheFormIsSaidWhereItIs(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		fields []string
		says   []string
	}{
		"nothing": {nil, []string{`href="#phone"`, "Give a phone number or an e-mail address.", `id="phone-error"`}},
		"nonsense": {
			[]string{"phone", "12", "email", "a@b", "first_name", "x\u202ey"},
			[]string{
				"This is not a phone number", "This is not an e-mail address", "This has a character that cannot be used here.",
				`href="#first_name"`, `href="#phone"`, `href="#email"`, `aria-describedby="contact-hint phone-error"`, `value="a@b"`,
			},
		},
		"too long": {[]string{"last_name", strings.Repeat("a", 101), "email", "a@example.org"}, []string{"This is too long.", `id="last_name-error"`}},
	} {
		t.Run(name, func(t *testing.T) {
			b := w.browser("Accept-Language", "en")
			a := b.post(w.joinPath(), append(c.fields, "consent_"+w.texts[0].ID, "yes")...)
			a.t = t
			a.want(http.StatusUnprocessableEntity, append(c.says, `id="errors"`, "autofocus", "Please check the form")...)
			// What was typed and ticked is still there.
			if !strings.Contains(a.Body, `name="consent_`+w.texts[0].ID+`" value="yes" checked`) {
				t.Error("the ticked box was forgotten")
			}
		})
	}
	w.browser("Accept-Language", "fi").post(w.joinPath(), "phone", "12").
		want(http.StatusUnprocessableEntity, "Tämä ei ole puhelinnumero", "&#43;358 40 1234567", `value="12"`)
}

// TestAnAddressFillsNothingIn: a link must not tick boxes or type for anybody.
func TestAnAddressFillsNothingIn(t *testing.T) {
	w := newWorld(t)
	a := w.browser().get(w.joinPath() + "?first_name=Mallory&phone=%2B358401234567&consent_" + w.texts[0].ID + "=yes")
	a.want(http.StatusOK)
	a.wantNot("Mallory", "401234567", " checked")
}

func TestProgramsThatFillInEverythingGetNoCard(t *testing.T) {
	w := newWorld(t)
	a := w.browser().post(w.joinPath(), "phone", "+358401234567", "website", "http://spam.example")
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != w.joinPath() {
		t.Errorf("%d to %s", a.Status, a.Header.Get("Location"))
	}
	if p, err := w.store.PendingConfirmations(t.Context(), w.org.ID, 10); err != nil || len(p) != 0 {
		t.Errorf("a customer was made: %v, %v", p, err)
	}
}

func TestJoiningTooOftenHasToWait(t *testing.T) {
	w := newWorld(t)
	b := w.browser("Accept-Language", "sv")
	for range web.JoinBurst {
		if a := b.post(w.joinPath(), "phone", "nonsense"); a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("status %d", a.Status)
		}
	}
	a := b.post(w.joinPath(), "phone", "+358401234567")
	a.want(http.StatusTooManyRequests, "Ett ögonblick")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.pass(time.Minute)
	b.post(w.joinPath(), "phone", "nonsense").want(http.StatusUnprocessableEntity)
}

func TestTheShortAddressLeadsToTheOnlyProgram(t *testing.T) {
	w := newWorld(t)
	b := w.browser("Accept-Language", "en")
	a := b.get("/join/leimala")
	if got := a.Header.Get("Location"); a.Status != http.StatusSeeOther || got != w.joinPath() {
		t.Errorf("%d to %s", a.Status, got)
	}
	second := w.program
	second.ID, second.Name = id("prog", 2), loyalty.Text{"en": "Coffee club"}
	w.must(w.store.CreateProgram(t.Context(), second))
	b.get("/join/leimala").want(http.StatusOK, "Which card would you like?", "Stamp card", "Coffee club", w.joinPath())
}

func TestAProgramThatIsOverGivesOutNoCards(t *testing.T) {
	w := newWorld(t, func(w *world) { w.program.EndsAt = monday + time.Hour.Milliseconds() })
	b := w.browser("Accept-Language", "de")
	b.get(w.joinPath()).want(http.StatusOK)
	w.pass(time.Hour)
	for _, path := range []string{w.joinPath(), "/poster/leimala/" + w.program.ID} {
		b.get(path).want(http.StatusGone, "Zurzeit keine Stempelkarte")
	}
	b.post(w.joinPath(), "phone", "+358401234567").want(http.StatusGone, "Zurzeit keine Stempelkarte")
	b.get("/join/leimala").want(http.StatusOK, "Zurzeit keine Stempelkarte")
}

func TestADraftIsNobodysBusiness(t *testing.T) {
	w := newWorld(t, func(w *world) { w.program.Status = loyalty.ProgramDraft })
	b := w.browser()
	unknown := b.get("/join/leimala/" + id("prog", 9))
	draft := b.get(w.joinPath())
	if draft.Status != http.StatusNotFound || draft.Body != unknown.Body {
		t.Errorf("a draft is told from what is not there: status %d", draft.Status)
	}
}
