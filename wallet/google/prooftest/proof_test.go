package prooftest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/walletobjects/v1"

	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

const (
	classID  = googletest.Issuer + ".prog_1"
	objectID = googletest.Issuer + ".card_1"
)

// TestEverythingThatIsSent lets the client send a request of each kind, with every
// field that there is, and reads them as Google would.
func TestEverythingThatIsSent(t *testing.T) {
	server := googletest.New(t, nil)
	client, err := google.New(google.Options{
		Account: server.Account(), BaseURL: server.URL,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	sendAll(t, client)
	kinds := map[string]int{}
	for _, r := range server.Requests() {
		if len(r.Body) == 0 {
			continue
		}
		kind, value := typeOf(r)
		kinds[r.Method+" "+kind]++
		t.Run(fmt.Sprintf("%s %s %d", r.Method, kind, kinds[r.Method+" "+kind]), func(t *testing.T) { check(t, r, value) })
	}
	for _, kind := range []string{"POST class", "PATCH class", "POST object", "PATCH object", "POST message"} {
		if kinds[kind] == 0 {
			t.Errorf("no request of the kind %s was sent", kind)
		}
	}
}

// typeOf returns what kind of request it is and Google's type for its body.
func typeOf(r googletest.Request) (string, any) {
	switch {
	case strings.HasSuffix(r.Path, "/addMessage"):
		return "message", new(walletobjects.AddMessageRequest)
	case strings.Contains(r.Path, "/loyaltyClass"):
		return "class", new(walletobjects.LoyaltyClass)
	default:
		return "object", new(walletobjects.LoyaltyObject)
	}
}

func check(t *testing.T, r googletest.Request, value any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		t.Fatalf("%s %s\n%s\nGoogle's types do not know this: %v", r.Method, r.Path, r.Body, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		t.Errorf("there is something after the body: %v", err)
	}
	var sent any
	if err := json.Unmarshal(r.Body, &sent); err != nil {
		t.Fatal(err)
	}
	compare(t, "", sent, reflect.ValueOf(value))
}

// compare finds each value that was sent in Google's types: by the name in the JSON tag,
// whatever encoding/json would have forgiven, such as other capitals.
func compare(t *testing.T, path string, sent any, have reflect.Value) {
	t.Helper()
	for have.Kind() == reflect.Pointer {
		if have.IsNil() {
			if sent != nil {
				t.Errorf("%s: %v was sent, Google has nothing", path, sent)
			}
			return
		}
		have = have.Elem()
	}
	switch sent := sent.(type) {
	case map[string]any:
		for name, inner := range sent {
			field, ok := fieldOf(have, name)
			if !ok {
				t.Errorf("%s.%s: Google has no field of this name", path, name)
				continue
			}
			compare(t, path+"."+name, inner, field)
		}
	case []any:
		if have.Len() != len(sent) {
			t.Errorf("%s: %d were sent, Google has %d", path, len(sent), have.Len())
			return
		}
		for i, inner := range sent {
			compare(t, fmt.Sprintf("%s[%d]", path, i), inner, have.Index(i))
		}
	case nil:
		if !have.IsZero() {
			t.Errorf("%s: null was sent, Google has %v", path, have)
		}
	default:
		if got, want := fmt.Sprint(have.Interface()), fmt.Sprint(sent); got != want {
			t.Errorf("%s: %s was sent, Google has %s", path, want, got)
		}
	}
}

func fieldOf(have reflect.Value, name string) (reflect.Value, bool) {
	if have.Kind() != reflect.Struct {
		return reflect.Value{}, false
	}
	for i := range have.NumField() {
		tag, _, _ := strings.Cut(have.Type().Field(i).Tag.Get("json"), ",")
		if tag == name {
			return have.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// sendAll sends every kind of request.
func sendAll(t *testing.T, client *google.Client) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	class := fullClass()
	must(client.UpsertClass(ctx, class)) // inserts
	must(client.UpsertClass(ctx, class)) // patches
	for _, card := range fullCards(t) {
		must(client.Upsert(ctx, card)) // inserts once, then patches
		_, err := client.Update(ctx, card, true)
		must(err)
		bare := google.LoyaltyObject{ID: card.ID, ClassID: card.ClassID, State: google.StateInactive}
		_, err = client.Update(ctx, bare, false) // clears everything
		must(err)
	}
	for i := range 12 { // the last ones make room by a patch
		interval := &google.TimeInterval{Start: &google.DateTime{Date: "2026-09-01T00:00:00Z"}, End: &google.DateTime{Date: "2026-10-01T00:00:00Z"}}
		message := google.Message{ID: fmt.Sprint("camp_", i), Header: "Edut", Body: "Kaksi leimaa 👍", DisplayInterval: interval}
		_, err := client.SendMessage(ctx, objectID, message, i%2 == 0)
		must(err)
	}
	var batch []google.LoyaltyObject
	for i, card := range fullCards(t) {
		batch = append(batch, card)
		card.ID = fmt.Sprintf("%s.batch_%d", googletest.Issuer, i)
		batch = append(batch, card)
	}
	results, err := client.UpsertBatch(ctx, batch)
	must(err)
	for _, result := range results {
		must(result)
	}
}

func fullClass() google.LoyaltyClass {
	text := &google.LocalizedString{
		DefaultValue:     google.TranslatedString{Language: "fi", Value: "Leimakortti"},
		TranslatedValues: []google.TranslatedString{{Language: "sv", Value: "Stämpelkort"}},
	}
	image := &google.Image{SourceURI: google.ImageURI{URI: "https://apteekki.example/a.png"}, ContentDescription: text}
	link := google.URI{URI: "https://apteekki.example/", ID: "home", Description: "Apteekki", LocalizedDescription: text}
	return google.LoyaltyClass{
		ID: classID, IssuerName: "Kulman apteekki", LocalizedIssuerName: text, ProgramName: "Leimakortti",
		LocalizedProgramName: text, ProgramLogo: image, HeroImage: image, HexBackgroundColor: "#0a5c36", CountryCode: "FI",
		HomepageURI: &link, AccountNameLabel: "Nimi", AccountIDLabel: "Numero", LocalizedAccountName: text, LocalizedAccountID: text,
		MerchantLocations:      []google.Location{{Latitude: 60.5, Longitude: 24.25}},
		LinksModuleData:        &google.Links{URIs: []google.URI{link}},
		TextModulesData:        []google.TextModule{{ID: "a", Header: "Ehdot", Body: "…", LocalizedHeader: text, LocalizedBody: text}},
		CallbackOptions:        &google.CallbackOptions{URL: "https://apteekki.example/wallet/google"},
		MultipleDevicesAllowed: google.OneUserAllDevices, SecurityAnimation: &google.Animation{AnimationType: google.FoilShimmer},
	}
}

// fullCards returns cards that have every field between them.
func fullCards(t *testing.T) []google.LoyaltyObject {
	t.Helper()
	class := fullClass()
	interval := &google.TimeInterval{Start: &google.DateTime{Date: "2026-09-01T00:00:00Z"}, End: &google.DateTime{Date: "2027-09-01T00:00:00Z"}}
	still := google.LoyaltyObject{
		ID: objectID, ClassID: classID, State: google.StateActive, AccountName: "Aino Koivu", AccountID: "1042-7",
		LoyaltyPoints:          &google.LoyaltyPoints{Label: "Leimat", LocalizedLabel: class.LocalizedProgramName, Balance: google.IntBalance(0)},
		SecondaryLoyaltyPoints: &google.LoyaltyPoints{Label: "Raha", Balance: google.MoneyBalance(0, "EUR")},
		HeroImage:              class.HeroImage,
		Barcode:                &google.Barcode{Type: google.Aztec, Value: "LMA7", AlternateText: "LMA7"},
		Messages:               []google.Message{{ID: "welcome", Header: "Tervetuloa", Body: "…", DisplayInterval: interval}},
		TextModulesData:        class.TextModulesData, LinksModuleData: class.LinksModuleData,
		MerchantLocations: class.MerchantLocations, ValidTimeInterval: interval,
		PassConstraints: &google.PassConstraints{ScreenshotEligibility: google.ScreenshotIneligible},
	}
	barcode, err := google.NewRotatingBarcode(google.PDF417, "LMA7.", "LMA7",
		google.TOTP{Key: []byte("12345678901234567890"), Digits: 6, Period: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	rotating := google.LoyaltyObject{
		ID: objectID, ClassID: classID, State: google.StateExpired, RotatingBarcode: barcode,
		LoyaltyPoints:          &google.LoyaltyPoints{Balance: google.TextBalance("0 / 10")},
		SecondaryLoyaltyPoints: &google.LoyaltyPoints{Balance: google.MoneyBalance(12_340_000, "EUR")},
	}
	return []google.LoyaltyObject{still, rotating}
}

// TestTheProofCanFail: a proof that finds nothing wrong has to be able to.
func TestTheProofCanFail(t *testing.T) {
	for name, body := range map[string]string{
		"an unknown field":        `{"id":"1.a","colour":"#ffffff"}`,
		"a text for a number":     `{"loyaltyPoints":{"balance":{"int":"3"}}}`,
		"a number for a text":     `{"rotatingBarcode":{"totpDetails":{"periodMillis":30000}}}`,
		"an object for a list":    `{"messages":{"id":"a"}}`,
		"a misspelt inner field":  `{"barcode":{"alternatetxt":"a"}}`,
		"a text for another one":  `{"loyaltyPoints":"3"}`,
		"a field of another type": `{"reviewStatus":"UNDER_REVIEW"}`,
	} {
		decoder := json.NewDecoder(strings.NewReader(body))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(new(walletobjects.LoyaltyObject)); err == nil {
			t.Errorf("%s was not noticed: %s", name, body)
		}
	}
	if _, ok := fieldOf(reflect.ValueOf(walletobjects.LoyaltyObject{}), "accountID"); ok {
		t.Error("other capitals were not noticed")
	}
}
