package google_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	classID  = googletest.Issuer + ".prog_1"
	objectID = googletest.Issuer + ".card_1"
)

// clock is a clock that stands still until it is moved; waiting moves it.
type clock struct {
	mu     sync.Mutex
	at     time.Time
	waited []time.Duration
}

func newClock() *clock { return &clock{at: time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Wait notes how long the client wanted to wait, and moves the clock instead.
func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.waited = append(c.waited, d)
	c.mu.Unlock()
	c.Move(d)
	return ctx.Err()
}

func (c *clock) Waited() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.waited...)
}

// stage is a client and a stand-in that has the class.
type stage struct {
	*googletest.Server

	client *google.Client
	clock  *clock
	budget *google.MemoryBudget
}

func open(t *testing.T) stage {
	t.Helper()
	clock := newClock()
	server := googletest.New(t, clock.Now)
	budget := google.NewMemoryBudget()
	client, err := google.New(google.Options{
		Account: server.Account(), BaseURL: server.URL, Budget: budget, Now: clock.Now, Wait: clock.Wait,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.UpsertClass(t.Context(), aClass()); err != nil {
		t.Fatal(err)
	}
	return stage{Server: server, client: client, clock: clock, budget: budget}
}

func aClass() google.LoyaltyClass {
	return google.LoyaltyClass{
		ID: classID, IssuerName: "Kulman apteekki", ProgramName: "Leimakortti",
		ProgramLogo:            &google.Image{SourceURI: google.ImageURI{URI: "https://apteekki.example/logo/7.png"}},
		HexBackgroundColor:     "#0a5c36",
		CountryCode:            "FI",
		HomepageURI:            &google.URI{URI: "https://apteekki.example/", Description: "Kulman apteekki"},
		AccountNameLabel:       "Nimi",
		AccountIDLabel:         "Asiakasnumero",
		MultipleDevicesAllowed: google.OneUserAllDevices,
		SecurityAnimation:      &google.Animation{AnimationType: google.FoilShimmer},
		CallbackOptions:        &google.CallbackOptions{URL: "https://apteekki.example/wallet/google"},
		MerchantLocations:      []google.Location{{Latitude: 60.1699, Longitude: 24.9384}},
		LocalizedProgramName: &google.LocalizedString{
			DefaultValue:     google.TranslatedString{Language: "fi", Value: "Leimakortti"},
			TranslatedValues: []google.TranslatedString{{Language: "sv", Value: "Stämpelkort"}},
		},
	}
}

func aCard() google.LoyaltyObject {
	return google.LoyaltyObject{
		ID: objectID, ClassID: classID, State: google.StateActive,
		AccountName: "Aino Koivu", AccountID: "1042-7",
		LoyaltyPoints: &google.LoyaltyPoints{Label: "Leimat", Balance: google.IntBalance(3)},
		SecondaryLoyaltyPoints: &google.LoyaltyPoints{
			Label: "Palkinnot", Balance: google.TextBalance("1"),
		},
		HeroImage: &google.Image{SourceURI: google.ImageURI{URI: "https://apteekki.example/hero/7/3.png"}},
		Barcode:   &google.Barcode{Type: google.QRCode, Value: "LMA7Q2WX9K4D8R3T", AlternateText: "LMA7 Q2WX"},
		TextModulesData: []google.TextModule{
			{ID: "next", Header: "Seuraava palkinto", Body: "7 leimaa"},
		},
		LinksModuleData: &google.Links{URIs: []google.URI{{URI: "https://apteekki.example/ehdot", Description: "Ehdot", ID: "terms"}}},
	}
}

// golden compares with a file in testdata, or writes it anew with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s has\n%s\nand now it is\n%s", path, want, got)
	}
}
