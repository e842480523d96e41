package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
)

// TestEveryUnknownCardGetsTheSameAnswer: nobody can tell a card that was blocked, or
// is another shop's, from one that never was.
func TestEveryUnknownCardGetsTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	revoked := w.trusted("Helmi", "", "+358401234567")
	w.must(w.store.RevokeCard(t.Context(), w.org.ID, revoked.Card.ID, w.clock.Load()))
	merged := w.joinAs(customer.Join{Phone: "+358409876543", Source: customer.SourceForm})
	known := w.trusted("Toini", "", "+358409876543")
	w.browser().post(w.confirmationLink())
	w.must(w.store.CreateOrganization(t.Context(), organization.Organization{
		ID: id("org", 2), Slug: "other", Name: "Other", Country: "SE", Locale: "sv", Zone: "Europe/Stockholm",
		Brand: organization.Brand{Color: "#ff0000"}, Version: 1, CreatedAt: monday,
	}))

	b := w.browser("Accept-Language", "zh")
	want := b.get("/card/leimala/AAAAAAAAAAAAAAAAAAAAAAAAAA")
	want.want(http.StatusNotFound, "There is nothing here")
	want.wantNot("Leimala")
	for name, path := range map[string]string{
		"revoked":                 w.cardPath(revoked),
		"merged":                  w.cardPath(merged),
		"another shop's":          "/card/other/" + known.Link,
		"no such shop":            "/card/nobody/" + known.Link,
		"a code instead":          "/card/leimala/" + known.Code,
		"a number instead":        "/card/leimala/" + known.Customer.Number,
		"far too long":            "/card/leimala/" + strings.Repeat("A", 5000),
		"nothing readable":        "/card/leimala/%00%ff",
		"quotes":                  "/card/leimala/'%20OR%201=1--",
		"the QR of an unknown":    "/card/leimala/NOBODY/qr.svg",
		"the events of an unkown": "/card/leimala/NOBODY/events",
		"the manifest":            "/card/leimala/NOBODY/manifest.webmanifest",
		"an address of nobody":    "/nothing/of/the/kind",
		"a folder":                "/static/",
		"an unknown brand":        "/brand/nobody/style.css",
		"an unknown program":      "/join/leimala/" + id("prog", 7),
		"an id of another kind":   "/join/leimala/" + known.Card.ID,
	} {
		got := b.get(path)
		if got.Status != want.Status {
			t.Errorf("%s: status %d", name, got.Status)
		}
		if diff := cmp.Diff(want.Body, got.Body); diff != "" {
			t.Errorf("%s: another page (-unknown +this):\n%s", name, diff)
		}
		if diff := cmp.Diff(want.Header, got.Header); diff != "" {
			t.Errorf("%s: other headers (-unknown +this):\n%s", name, diff)
		}
	}
	if !known.Card.Status.Usable() || b.get(w.cardPath(known)).Status != http.StatusOK {
		t.Error("the card itself is not found")
	}
}
