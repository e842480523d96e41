package pass_test

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/bench/cards"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/store"
)

// Whatever people are called, and whatever others type, the pass is made, shows the name
// and nothing that turns the rest of the card around.
func TestPassesOfPeopleWithAllKindsOfNames(t *testing.T) {
	for engine, open := range engines {
		t.Run(engine, func(t *testing.T) {
			sh := newShop(t, open(t))
			for name, c := range map[string]struct{ typed, shown string }{
				"emoji":             {"👩🏽‍⚕️ Aino", "👩🏽‍⚕️ Aino"},
				"Arabic":            {"مريم", "مريم"},
				"Hebrew":            {"שרה", "שרה"},
				"accents":           {"Zoë Ångström", "Zoë Ångström"},
				"marked up":         {`<b>"Aino" & \\`, `<b>\"Aino\" & \\\\`},
				"called as a label": {"Stamps", "Stamps"},
				"a hundred letters": {strings.Repeat("a", 100), strings.Repeat("a", 79) + "…"},
			} {
				t.Run(name, func(t *testing.T) {
					j := customer.Join{ProgramID: sh.program.ID, FirstName: c.typed, Email: "a@example.org", Trusted: true, Source: customer.SourceStaff}
					j.Email = strings.ReplaceAll(name, " ", "-") + "@example.org"
					packed, err := sh.issuer.Package(t.Context(), sh.org.ID, sh.joinAs(j).Card.ID)
					sh.ok(err)
					if text := document(t, packed); !strings.Contains(text, `"value":"`+c.shown+`"`) || strings.Contains(text, "\u202e") {
						t.Errorf("the pass does not show %q: %s", c.shown, text)
					}
				})
			}
		})
	}
}

// What is no name is refused where it is typed, with the field.
func TestNamesThatAreNoneAreRefused(t *testing.T) {
	for name, typed := range map[string]string{"500 characters": strings.Repeat("n", 500), "turned around": "Aino\u202eoniA", "a zero": "Ai\x00no"} {
		j := customer.Join{
			FirstName: typed, Email: "a@example.org", OrgID: "org", ProgramID: "prog", Locale: "en", Zone: time.UTC, Source: customer.SourceForm,
		}
		_, err := j.Parse("FI", func(string) bool { return true })
		var invalid *customer.InvalidFieldError
		if !errors.As(err, &invalid) || invalid.Field != "first_name" {
			t.Errorf("%s: it is taken, or refused with %v", name, err)
		}
	}
}

// One device registers ten thousand passes whose tokens it knows: it gets the most that a
// device may have, and the shop's other phones lose nothing.
func TestADeviceRegistersTenThousandPasses(t *testing.T) {
	address := "sqlite://" + filepath.Join(t.TempDir(), "leima.db")
	deck := cards.Deck{Seed: 3, Cards: 10_000, Organizations: 1, Since: time.Now().Add(-time.Hour).UnixMilli()}
	shops, err := cards.Fill(t.Context(), address, deck)
	if err == nil {
		err = cards.FillPasses(t.Context(), address, deck, shops, passType)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Config{URL: address, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // the folder goes, too
	registered, refused := 0, 0
	for i := range deck.Cards {
		created, err := s.RegisterPass(t.Context(), customer.PassDevice{
			OrgID: shops[0].OrgID, Type: passType, Serial: deck.PassSerial(i), Device: "greedy", PushToken: "ff",
		})
		switch {
		case created && err == nil:
			registered++
		case errors.Is(err, customer.ErrTooManyPasses):
			refused++
		default:
			t.Fatalf("registration %d: %v, %v", i, created, err)
		}
	}
	if registered != customer.MaxPassesOfDevice || refused != deck.Cards-customer.MaxPassesOfDevice {
		t.Errorf("%d registered, %d refused", registered, refused)
	}
	counts, err := s.PassCounts(t.Context(), shops[0].OrgID, passType)
	if err != nil || counts.Installed != int64(deck.Cards) {
		t.Errorf("%d installed, want %d; %v", counts.Installed, deck.Cards, err)
	}
}
