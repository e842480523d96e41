package samsung_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/wallet/samsung"
	"github.com/leima/leima/wallet/samsung/samsungtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var nine = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

func standStill() time.Time { return nine }

func aCard() samsung.Card {
	return samsung.Card{
		RefID: "card_01k4c2v8m3f6s9b1x7y2z5w8q0", Created: nine.Add(-24 * time.Hour), Updated: nine, Language: "fi",
		Title: "Leimakortti", Subtitle: "0 / 10", Provider: "Kulman apteekki", Notice: "Seuraava palkinto: 7 leimaa & <b>kahvi</b>",
		LogoURL: "https://apteekki.example/logo.png", ImageURL: "https://apteekki.example/hero/7/0.png", Colour: "#0a5c36",
		AppLogo: "https://apteekki.example/logo.png", AppName: "Kulman apteekki", AppLink: "https://apteekki.example/card",
		Barcode: samsung.Barcode{Type: samsung.QRCode, Value: "LMA7Q2WX9K4D8R3T"},
	}
}

func TestALinkThatAddsACard(t *testing.T) {
	s := samsungtest.New(t, standStill)
	link, err := samsungtest.Partner().AddLink(aCard(), nine)
	if err != nil {
		t.Fatal(err)
	}
	body, err := s.OpenAddLink(link)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	path := filepath.Join("testdata", "card.golden")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(link, "LMA7Q2WX9K4D8R3T") {
		t.Error("the code can be read in the link")
	}
}

func TestALinkIsGoodForHalfAMinute(t *testing.T) {
	now := nine
	s := samsungtest.New(t, func() time.Time { return now })
	link, err := samsungtest.Partner().AddLink(aCard(), nine)
	if err != nil {
		t.Fatal(err)
	}
	now = nine.Add(samsung.CardDataLife)
	if _, err := s.OpenAddLink(link); err != nil {
		t.Errorf("after half a minute: %v", err)
	}
	now = now.Add(time.Millisecond)
	if _, err := s.OpenAddLink(link); err == nil {
		t.Error("it is good for longer")
	}
}

func TestALinkThatWasTamperedWith(t *testing.T) {
	s := samsungtest.New(t, standStill)
	data, err := samsungtest.Partner().CardData(aCard(), nine)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(data)-1; i += 11 {
		flipped := []byte(data)
		if flipped[i] == 'A' {
			flipped[i] = 'B'
		} else {
			flipped[i] = 'A'
		}
		if _, err := s.OpenCardData(string(flipped)); err == nil {
			t.Fatalf("with another letter at %d it is still good", i)
		}
	}
}

func TestNamesThatNobodyExpected(t *testing.T) {
	s := samsungtest.New(t, standStill)
	for name, given := range map[string]string{
		"emoji": "Aino 👩‍👩‍👧‍👦🇫🇮", "right to left": "שלום עולם", "500 characters": strings.Repeat("Ä", 500),
		"500 families": strings.Repeat("👩‍👩‍👧‍👦", 500), "markup": strings.Repeat("<script>&", 1000),
		"override": "Aino\u202etxt.exe", "not UTF-8": "Aino\xff", "line breaks": "Aino\r\nKoivu",
	} {
		card := aCard()
		card.Title, card.Subtitle, card.Provider, card.AppName, card.Notice = given, given, given, given, given
		data, err := samsungtest.Partner().CardData(card, nine)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		body, err := s.OpenCardData(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var read struct {
			Card struct {
				Data []struct {
					Attributes map[string]string `json:"attributes"`
				} `json:"data"`
			} `json:"card"`
		}
		if err := json.Unmarshal(body, &read); err != nil {
			t.Fatal(err)
		}
		if notice := read.Card.Data[0].Attributes["noticeDesc"]; strings.ContainsAny(notice, "<>\u202e") {
			t.Errorf("%s: the notice has markup or a turn of direction: %.60s", name, notice)
		}
	}
}

func TestCardsThatCannotBeSent(t *testing.T) {
	for field, change := range map[string]func(*samsung.Card){
		"refId":               func(c *samsung.Card) { c.RefID = strings.Repeat("a", 33) },
		"language":            func(c *samsung.Card) { c.Language = "" },
		"title":               func(c *samsung.Card) { c.Title = " \u202e" },
		"providerName":        func(c *samsung.Card) { c.Provider = "" },
		"appLinkName":         func(c *samsung.Card) { c.AppName = "" },
		"appLinkLogo":         func(c *samsung.Card) { c.AppLogo = "" },
		"appLinkData":         func(c *samsung.Card) { c.AppLink = "javascript:alert(1)" },
		"logoImage":           func(c *samsung.Card) { c.LogoURL = "http://apteekki.example/logo.png" },
		"bgImage":             func(c *samsung.Card) { c.ImageURL = "https://apteekki.example/" + strings.Repeat("a", 256) },
		"bgColor":             func(c *samsung.Card) { c.Colour = "green" },
		"barcode.value":       func(c *samsung.Card) { c.Barcode.Value = "" },
		"barcode.ptSubFormat": func(c *samsung.Card) { c.Barcode.Type = "EAN_13" },
	} {
		card := aCard()
		change(&card)
		_, err := samsungtest.Partner().AddLink(card, nine)
		var wrong *samsung.FieldError
		if !errors.As(err, &wrong) || wrong.Field != field || !errors.Is(err, samsung.ErrInvalid) {
			t.Errorf("want something about %s, got %v", field, err)
		}
	}
}

// shop is what the handler asks.
type shop struct {
	states []samsung.State
	fails  error
}

func (s *shop) Card(_ context.Context, refID string) (samsung.Card, error) {
	card := aCard()
	if refID != card.RefID {
		return samsung.Card{}, samsung.ErrNoCard
	}
	return card, s.fails
}

func (s *shop) State(_ context.Context, state samsung.State) error {
	if s.fails == nil {
		s.states = append(s.states, state)
	}
	return s.fails
}

const prefix = "/wallet/samsung"

func (s *shop) answer(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	samsung.Handler(samsungtest.Partner(), s, prefix, standStill, nil).ServeHTTP(w, r)
	return w
}

func TestSamsungAsksForACard(t *testing.T) {
	s, shop := samsungtest.New(t, standStill), &shop{}
	for _, signs := range []string{prefix + "/cards/" + samsungtest.CardID + "/" + aCard().RefID, "/cards/" + samsungtest.CardID + "/" + aCard().RefID} {
		w := shop.answer(s.Request(t.Context(), samsungtest.Call{Prefix: prefix, RefID: aCard().RefID, Signs: signs, Query: "?fields=balance"}))
		var answer struct {
			Data string `json:"cdata"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
			t.Fatal(w.Code, err)
		}
		if _, err := s.OpenCardData(answer.Data); err != nil {
			t.Error(err)
		}
	}
	if w := shop.answer(s.Request(t.Context(), samsungtest.Call{Prefix: prefix, RefID: "card_2"})); w.Code != http.StatusNoContent {
		t.Errorf("a card that is not there: %d", w.Code)
	}
}

func TestSamsungReportsWhatHappened(t *testing.T) {
	s, shop := samsungtest.New(t, standStill), &shop{}
	w := shop.answer(s.Request(t.Context(), samsungtest.Call{
		Method: http.MethodPost, Prefix: prefix, RefID: aCard().RefID, Query: "?cc2=US&event=ADDED",
		Body: `{"callback":"https://us-tsapi.walletsvc.samsung.com"}`,
	}))
	if w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	want := []samsung.State{{
		RefID: aCard().RefID, Event: samsung.Added, Country: "us", Callback: "https://us-tsapi.walletsvc.samsung.com",
		RequestID: "0123456789abcdef0123456789abcdef",
	}}
	if diff := cmp.Diff(want, shop.states); diff != "" {
		t.Error(diff)
	}
	shop.fails = errors.New("the database is away")
	if w := shop.answer(s.Request(t.Context(), samsungtest.Call{Method: http.MethodPost, Prefix: prefix, RefID: "a", Query: "?cc2=us&event=DELETED"})); w.Code != http.StatusServiceUnavailable {
		t.Errorf("when it cannot be taken in: %d", w.Code)
	}
}

func TestRequestsThatAreNotSamsungs(t *testing.T) {
	s, shop := samsungtest.New(t, standStill), &shop{}
	ref := aCard().RefID
	sound := samsungtest.Call{Prefix: prefix, RefID: ref}
	with := func(change func(*samsungtest.Call)) *http.Request {
		c := sound
		change(&c)
		return s.Request(t.Context(), c)
	}
	naked := with(func(*samsungtest.Call) {})
	naked.Header.Del("Authorization")
	none := with(func(*samsungtest.Call) {})
	parts := strings.Split(none.Header.Get("Authorization"), ".")
	none.Header.Set("Authorization", "Bearer eyJhbGciOiJub25lIiwiY3R5IjoiQVVUSCJ9."+parts[1]+".")
	long := with(func(*samsungtest.Call) {})
	long.Header.Set("Authorization", "Bearer "+strings.Repeat("a", samsung.MaxToken))
	other := s.Request(t.Context(), samsungtest.Call{Prefix: prefix, RefID: "card_2"})
	moved := with(func(*samsungtest.Call) {})
	moved.Header.Set("Authorization", other.Header.Get("Authorization"))
	post := func(query, body string) *http.Request {
		return with(func(c *samsungtest.Call) { c.Method, c.Query, c.Body = http.MethodPost, query, body })
	}
	for name, c := range map[string]struct {
		request *http.Request
		want    int
	}{
		"no token":             {naked, http.StatusUnauthorized},
		"no signature":         {none, http.StatusUnauthorized},
		"a long token":         {long, http.StatusUnauthorized},
		"a stranger's":         {with(func(c *samsungtest.Call) { c.Stranger = true }), http.StatusUnauthorized},
		"a minute old":         {with(func(c *samsungtest.Call) { c.Made = nine.Add(-time.Minute - time.Millisecond) }), http.StatusUnauthorized},
		"from the future":      {with(func(c *samsungtest.Call) { c.Made = nine.Add(time.Minute + time.Millisecond) }), http.StatusUnauthorized},
		"for another path":     {with(func(c *samsungtest.Call) { c.Signs = "/cards/x/y" }), http.StatusUnauthorized},
		"for another card":     {moved, http.StatusUnauthorized},
		"for another partner":  {with(func(c *samsungtest.Call) { c.Partner = "1" }), http.StatusUnauthorized},
		"data of a card":       {with(func(c *samsungtest.Call) { c.Content = "CARD" }), http.StatusUnauthorized},
		"another card's kind":  {with(func(c *samsungtest.Call) { c.Path = prefix + "/cards/other/" + ref }), http.StatusNotFound},
		"without the prefix":   {with(func(c *samsungtest.Call) { c.Path = "/cards/" + samsungtest.CardID + "/" + ref }), http.StatusNotFound},
		"a path in a name":     {with(func(c *samsungtest.Call) { c.Path = prefix + "/cards/" + samsungtest.CardID + "/../" + ref }), http.StatusNotFound},
		"another method":       {with(func(c *samsungtest.Call) { c.Method = http.MethodDelete }), http.StatusMethodNotAllowed},
		"an unknown event":     {post("?cc2=us&event=STOLEN", ""), http.StatusBadRequest},
		"no country":           {post("?event=ADDED", ""), http.StatusBadRequest},
		"a body of no JSON":    {post("?cc2=us&event=ADDED", "callback"), http.StatusBadRequest},
		"a body of 100 MB":     {post("?cc2=us&event=ADDED", strings.Repeat(" ", 100<<20)), http.StatusRequestEntityTooLarge},
		"a path for a country": {post("?cc2=../x&event=ADDED", ""), http.StatusBadRequest},
	} {
		if w := shop.answer(c.request); w.Code != c.want {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.want)
		}
	}
	if len(shop.states) != 0 {
		t.Errorf("it was believed: %+v", shop.states)
	}
}

// TestCallbacksLeadToSamsungOnly: whoever could name another host would get our tokens,
// or make us call what only we can reach.
func TestCallbacksLeadToSamsungOnly(t *testing.T) {
	s := samsungtest.New(t, standStill)
	client, err := samsung.New(samsung.Options{Partner: samsungtest.Partner(), Now: standStill})
	if err != nil {
		t.Fatal(err)
	}
	for _, callback := range []string{
		"", "http://us-tsapi.walletsvc.samsung.com", "https://walletsvc.samsung.com.evil.example", "https://evilwalletsvc.samsung.com.",
		"https://127.0.0.1", "https://us.walletsvc.samsung.com:8443", "https://a@us.walletsvc.samsung.com", "https://us.walletsvc.samsung.com/x",
		"https://us.walletsvc.samsung.com?x", "file:///etc/passwd", "https://169.254.169.254/#.walletsvc.samsung.com",
	} {
		shop := &shop{}
		body, err := json.Marshal(map[string]string{"callback": callback})
		if err != nil {
			t.Fatal(err)
		}
		w := shop.answer(s.Request(t.Context(), samsungtest.Call{
			Method: http.MethodPost, Prefix: prefix, RefID: "a", Query: "?cc2=us&event=ADDED", Body: string(body),
		}))
		if w.Code != http.StatusOK || len(shop.states) != 1 || shop.states[0].Callback != "" {
			t.Errorf("%s was kept: %d, %+v", callback, w.Code, shop.states)
		}
		err = client.Changed(t.Context(), samsung.State{RefID: "a", Country: "us", Callback: callback}, samsung.Updated)
		if !errors.Is(err, samsung.ErrInvalid) {
			t.Errorf("%s was called: %v", callback, err)
		}
	}
}

// stage is a client that may call the stand-in.
func stage(t *testing.T) (*samsungtest.Server, *samsung.Client, samsung.State, *[]time.Duration) {
	t.Helper()
	s := samsungtest.New(t, standStill)
	waited := &[]time.Duration{}
	client, err := samsung.New(samsung.Options{
		Partner: samsungtest.Partner(), Now: standStill,
		Check: func(string) error { return nil },
		Wait:  func(ctx context.Context, d time.Duration) error { *waited = append(*waited, d); return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, client, samsung.State{RefID: aCard().RefID, Country: "fi", Callback: s.URL}, waited
}

func TestSamsungIsToldThatACardChanged(t *testing.T) {
	s, client, added, _ := stage(t)
	for _, event := range []samsung.Event{samsung.Updated, samsung.Deleted} {
		if err := client.Changed(t.Context(), added, event); err != nil {
			t.Fatal(err)
		}
	}
	path := "/fi/wltex/cards/" + samsungtest.CardID + "/updates"
	want := []samsungtest.Notification{{Path: path, RefID: added.RefID, State: "UPDATED"}, {Path: path, RefID: added.RefID, State: "DELETED"}}
	if diff := cmp.Diff(want, s.Notifications()); diff != "" {
		t.Error(diff)
	}
	if err := client.Changed(t.Context(), added, samsung.Added); !errors.Is(err, samsung.ErrInvalid) {
		t.Errorf("an event that is not ours to tell: %v", err)
	}
}

func TestSamsungIsAwayForAWhile(t *testing.T) {
	for name, c := range map[string]struct {
		fault samsungtest.Fault
		sent  bool
	}{
		"busy":                {samsungtest.Fault{Times: 3, Status: http.StatusServiceUnavailable}, true},
		"too many, 7 s":       {samsungtest.Fault{Times: 1, Status: http.StatusTooManyRequests, RetryAfter: "7"}, true},
		"too many, an hour":   {samsungtest.Fault{Times: 1, Status: http.StatusTooManyRequests, RetryAfter: "3600"}, false},
		"a cut connection":    {samsungtest.Fault{Times: 2, Cut: true}, true},
		"away for longer":     {samsungtest.Fault{Times: 4, Status: http.StatusInternalServerError}, false},
		"it does not like us": {samsungtest.Fault{Times: 1, Status: http.StatusUnauthorized}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, client, added, waited := stage(t)
			s.Fail(c.fault)
			err := client.Changed(t.Context(), added, samsung.Updated)
			if (err == nil) != c.sent || (len(s.Notifications()) == 1) != c.sent {
				t.Errorf("sent %d, %v", len(s.Notifications()), err)
			}
			if c.fault.RetryAfter == "7" && (len(*waited) != 1 || (*waited)[0] != 7*time.Second) {
				t.Errorf("it waited for %v", *waited)
			}
		})
	}
}

func TestPartnersThatAreSetUpWrongly(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	smallPEM := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(small)})
	key, public := samsungtest.PartnerKey(), samsungtest.SamsungKey()
	for word, c := range map[string]struct {
		id           string
		key, samsung []byte
	}{
		"partner id":                       {"", key, public},
		"private key: it is not in PEM":    {"1", []byte("key"), public},
		"1024 bits":                        {"1", smallPEM, public},
		"password":                         {"1", pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{1}}), public},
		"a certificate, not a key":         {"1", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}}), public},
		"Samsung's certificate: it is not": {"1", key, nil},
		"Samsung's certificate: it cannot": {"1", key, key},
	} {
		partner, err := samsung.NewPartner(c.id, "A1b2", samsungtest.CardID, c.key, c.samsung)
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("want a sentence with %q, got %v, %v", word, partner, err)
		}
	}
	for _, format := range []string{"%v", "%+v", "%#v"} {
		if printed := fmt.Sprintf(format, samsungtest.Partner()); len(printed) > 100 {
			t.Errorf("%s prints %s", format, printed)
		}
	}
}

func FuzzHandler(f *testing.F) {
	shop := &shop{}
	handler := samsung.Handler(samsungtest.Partner(), shop, prefix, standStill, nil)
	f.Add("GET", "/cards/"+samsungtest.CardID+"/a", "Bearer a.b.c", "cc2=us&event=ADDED", "{}")
	f.Add("POST", "/cards/"+samsungtest.CardID+"/a", "eyJhbGciOiJSUzI1NiIsImN0eSI6IkFVVEgifQ.e30.AAAA", "cc2=us", `{"callback":"x"}`)
	f.Add("POST", "/cards/"+samsungtest.CardID+"/a", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "", "")
	f.Fuzz(func(t *testing.T, method, path, authorization, query, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, prefix, strings.NewReader(body))
		r.Method, r.URL.Path, r.URL.RawQuery = method, prefix+path, query
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code == http.StatusOK || w.Code == http.StatusNoContent || w.Code >= http.StatusInternalServerError || len(shop.states) != 0 {
			t.Fatalf("a request without Samsung's key: status %d, %+v", w.Code, shop.states)
		}
	})
}
