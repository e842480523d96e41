package google_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

// last returns the body of the last request as indented JSON with its method.
func last(t *testing.T, s stage) []byte {
	t.Helper()
	requests := s.Requests()
	r := requests[len(requests)-1]
	var out bytes.Buffer
	out.WriteString(r.Method + " " + r.Path + "\n")
	if err := json.Indent(&out, r.Body, "", "  "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func TestWhatGoogleIsSent(t *testing.T) {
	s := open(t)
	golden(t, "class-insert.golden", last(t, s))
	if err := s.client.UpsertClass(t.Context(), aClass()); err != nil {
		t.Fatal(err)
	}
	golden(t, "class-patch.golden", last(t, s))
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal(err)
	}
	golden(t, "object-insert.golden", last(t, s))
	if _, err := s.client.Update(t.Context(), aCard(), true); err != nil {
		t.Fatal(err)
	}
	golden(t, "object-patch.golden", last(t, s))

	rotating := aCard()
	totp := google.TOTP{Key: []byte("12345678901234567890"), Digits: 6, Period: 30 * time.Second}
	barcode, err := google.NewRotatingBarcode(google.QRCode, "LMA7Q2WX9K4D8R3T.", "LMA7 Q2WX", totp)
	if err != nil {
		t.Fatal(err)
	}
	rotating.Barcode, rotating.RotatingBarcode = nil, barcode
	rotating.PassConstraints = &google.PassConstraints{ScreenshotEligibility: google.ScreenshotIneligible}
	if err := s.client.Upsert(t.Context(), rotating); err != nil {
		t.Fatal(err)
	}
	golden(t, "object-rotating.golden", last(t, s))
	message := google.Message{ID: "camp_1", Header: "Syksyn edut", Body: "Kaksi leimaa ensi viikolla"}
	if _, err := s.client.SendMessage(t.Context(), objectID, message, true); err != nil {
		t.Fatal(err)
	}
	golden(t, "message.golden", last(t, s))
}

// TestAnEmptiedCardIsEmptyAtGoogleToo: a balance of zero that is left out would leave
// the old one standing.
func TestAnEmptiedCardIsEmptyAtGoogleToo(t *testing.T) {
	s := open(t)
	card := aCard()
	if err := s.client.Upsert(t.Context(), card); err != nil {
		t.Fatal(err)
	}
	card.LoyaltyPoints.Balance = google.IntBalance(0)
	card.SecondaryLoyaltyPoints.Balance = google.MoneyBalance(0, "EUR")
	if _, err := s.client.Update(t.Context(), card, false); err != nil {
		t.Fatal(err)
	}
	has, _ := json.Marshal(s.Object(objectID))
	for _, want := range []string{`"balance":{"int":0}`, `"balance":{"money":{"currencyCode":"EUR","micros":"0"}}`} {
		if !strings.Contains(string(has), want) {
			t.Errorf("Google has %s, without %s", has, want)
		}
	}
}

// TestWhatIsGoneFromACardIsGoneFromGoogle: the name of a customer who was erased, and
// a code that was replaced by one that rotates.
func TestWhatIsGoneFromACardIsGoneFromGoogle(t *testing.T) {
	s := open(t)
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal(err)
	}
	erased := google.LoyaltyObject{ID: objectID, ClassID: classID, State: google.StateInactive}
	if _, err := s.client.Update(t.Context(), erased, false); err != nil {
		t.Fatal(err)
	}
	object := s.Object(objectID)
	left := []string{}
	for name := range object {
		left = append(left, name)
	}
	slices.Sort(left)
	if want := []string{"classId", "id", "state"}; !slices.Equal(left, want) {
		t.Errorf("of an erased card Google has %v, want %v", left, want)
	}
}

func TestNamesThatNobodyExpected(t *testing.T) {
	s := open(t)
	for name, given := range map[string]string{
		"emoji":           "Aino 👩‍👩‍👧‍👦🇫🇮",
		"right to left":   "שלום עולם",
		"arabic":          "عبد الرحمن",
		"500 characters":  strings.Repeat("Ä", 500),
		"500 families":    strings.Repeat("👩‍👩‍👧‍👦", 500),
		"500 combining":   "e" + strings.Repeat("\u0301", 500),
		"line breaks":     "Aino\r\nKoivu",
		"override":        "Aino\u202etxt.exe",
		"not UTF-8":       "Aino\xff\xfe",
		"nothing visible": "\u202e\u0000\t",
		"markup":          `<script>alert("1")</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			card := aCard()
			card.AccountName, card.LoyaltyPoints.Label = given, given
			card.TextModulesData[0].Body = given
			if err := s.client.Upsert(t.Context(), card); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestWhatCannotBeSentIsSaidWithItsField(t *testing.T) {
	links := func(address string) *google.Links { return &google.Links{URIs: []google.URI{{URI: address}}} }
	image := func(address string) *google.Image { return &google.Image{SourceURI: google.ImageURI{URI: address}} }
	cases := map[string]struct {
		change func(*google.LoyaltyObject)
		field  string
	}{
		"another kind of id":     {func(o *google.LoyaltyObject) { o.ID = "card_1" }, "id"},
		"a path in an id":        {func(o *google.LoyaltyObject) { o.ID = googletest.Issuer + ".a/../b" }, "id"},
		"a long id":              {func(o *google.LoyaltyObject) { o.ID = googletest.Issuer + "." + strings.Repeat("a", 200) }, "id"},
		"no class":               {func(o *google.LoyaltyObject) { o.ClassID = "" }, "classId"},
		"no state":               {func(o *google.LoyaltyObject) { o.State = "" }, "state"},
		"a balance of no kind":   {func(o *google.LoyaltyObject) { o.LoyaltyPoints.Balance = google.Balance{} }, "loyaltyPoints.balance"},
		"a balance of two kinds": {func(o *google.LoyaltyObject) { o.LoyaltyPoints.Balance.Text = new(string) }, "loyaltyPoints.balance"},
		"a hero over http":       {func(o *google.LoyaltyObject) { o.HeroImage = image("http://apteekki.example/a.png") }, "heroImage.sourceUri.uri"},
		"a hero in the page":     {func(o *google.LoyaltyObject) { o.HeroImage = image("data:image/png;base64,AAAA") }, "heroImage.sourceUri.uri"},
		"an empty code":          {func(o *google.LoyaltyObject) { o.Barcode.Value = "" }, "barcode.value"},
		"a long code":            {func(o *google.LoyaltyObject) { o.Barcode.Value = strings.Repeat("1", 513) }, "barcode.value"},
		"a script as link":       {func(o *google.LoyaltyObject) { o.LinksModuleData = links("javascript:alert(1)") }, "linksModuleData.uris[0].uri"},
		"eleven messages":        {func(o *google.LoyaltyObject) { o.Messages = make([]google.Message, 11) }, "messages"},
		"an empty message":       {func(o *google.LoyaltyObject) { o.Messages = []google.Message{{ID: "a"}} }, "messages[0].body"},
		"eleven places":          {func(o *google.LoyaltyObject) { o.MerchantLocations = make([]google.Location, 11) }, "merchantLocations"},
		"too many texts":         {func(o *google.LoyaltyObject) { o.TextModulesData = make([]google.TextModule, 21) }, "textModulesData"},
		"both kinds of codes": {
			func(o *google.LoyaltyObject) { o.RotatingBarcode = &google.RotatingBarcode{} },
			"rotatingBarcode",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			card := aCard()
			c.change(&card)
			err := card.Check()
			var wrong *google.FieldError
			if !errors.As(err, &wrong) || wrong.Field != c.field || !errors.Is(err, google.ErrInvalid) {
				t.Errorf("want something about %s, got %v", c.field, err)
			}
		})
	}
	if err := aCard().Check(); err != nil {
		t.Errorf("the card that they were made of: %v", err)
	}
}

func TestClassesThatCannotBeSent(t *testing.T) {
	for field, change := range map[string]func(*google.LoyaltyClass){
		"id":                  func(c *google.LoyaltyClass) { c.ID = "7" },
		"issuerName":          func(c *google.LoyaltyClass) { c.IssuerName = "" },
		"programName":         func(c *google.LoyaltyClass) { c.ProgramName = "" },
		"programLogo":         func(c *google.LoyaltyClass) { c.ProgramLogo = nil },
		"hexBackgroundColor":  func(c *google.LoyaltyClass) { c.HexBackgroundColor = "green" },
		"callbackOptions.url": func(c *google.LoyaltyClass) { c.CallbackOptions.URL = "http://apteekki.example" },
		"homepageUri.uri":     func(c *google.LoyaltyClass) { c.HomepageURI.URI = "apteekki.example" },
	} {
		class := aClass()
		change(&class)
		var wrong *google.FieldError
		if err := class.Check(); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("want something about %s, got %v", field, err)
		}
	}
}

func TestTheAddressOfAHeroImageSaysWhatItShows(t *testing.T) {
	three, err := google.HeroURL("https://apteekki.example/hero", "d7", 3)
	if err != nil || three != "https://apteekki.example/hero/d7/3.png" {
		t.Errorf("got %q, %v", three, err)
	}
	for _, c := range []struct {
		base, version string
		count         int
	}{
		{"http://apteekki.example/hero", "d7", 3},
		{"https://apteekki.example/hero", "../x", 3},
		{"https://apteekki.example/hero", "..", 3},
		{"https://apteekki.example/hero", "d7", -1},
	} {
		if got, err := google.HeroURL(c.base, c.version, c.count); !errors.Is(err, google.ErrInvalid) {
			t.Errorf("%v became %q, %v", c, got, err)
		}
	}
}

func TestIDs(t *testing.T) {
	if id, err := google.ID(googletest.Issuer, "card_1"); err != nil || id != objectID {
		t.Errorf("got %q, %v", id, err)
	}
	for _, c := range [][2]string{{"issuer", "card_1"}, {"", "a"}, {"1", ""}, {"1", "a b"}, {"1", "ä"}, {"1", strings.Repeat("a", 127)}} {
		if id, err := google.ID(c[0], c[1]); !errors.Is(err, google.ErrInvalid) {
			t.Errorf("%q became %q, %v", c, id, err)
		}
	}
}
