package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/samsung"
	"github.com/leima/leima/wallet/samsung/samsungtest"
)

// samsungHost is where Samsung says that it is to be told of changes.
const samsungHost = "https://tsapi-eu.walletsvc.samsung.com"

// toStandIn sends what is for Samsung's host to the stand-in, and fails for the rest.
type toStandIn struct{ url *url.URL }

func (x toStandIn) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme+"://"+r.URL.Host != samsungHost {
		return nil, fmt.Errorf("%s is not Samsung's", r.URL)
	}
	to := r.Clone(r.Context())
	to.URL.Scheme, to.URL.Host, to.Host = x.url.Scheme, x.url.Host, x.url.Host
	return http.DefaultTransport.RoundTrip(to)
}

// newGalaxy returns a contract with a stand-in for Samsung, and the stand-in.
func newGalaxy(t *testing.T) (*galaxy, *samsungtest.Server) {
	t.Helper()
	standIn := samsungtest.New(t, time.Now)
	address, err := url.Parse(standIn.URL)
	if err != nil {
		t.Fatal(err)
	}
	client, err := samsung.New(samsung.Options{Partner: samsungtest.Partner(), HTTP: &http.Client{Transport: toStandIn{address}}})
	if err != nil {
		t.Fatal(err)
	}
	return &galaxy{partner: samsungtest.Partner(), notifier: client}, standIn
}

// openWithSamsung opens a house that has a contract with the stand-in.
func openWithSamsung(t *testing.T) (*house, *samsungtest.Server) {
	t.Helper()
	contract, standIn := newGalaxy(t)
	return openWith(t, options{galaxy: contract, settings: func(s *settings) { s.BaseURL = publicBase }}), standIn
}

// asksAs asks for a page as a browser does and follows no redirect.
func (h *house) asksAs(t *testing.T, agent, path string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.address+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("User-Agent", agent)
	request.Header.Set("Accept-Language", "en")
	return answered(t, request)
}

// samsungCalls makes a call of Samsung's at the server.
func (h *house) samsungCalls(t *testing.T, standIn *samsungtest.Server, c samsungtest.Call) reply {
	t.Helper()
	c.Prefix = pass.SamsungPath
	made := standIn.Request(t.Context(), c)
	request, err := http.NewRequestWithContext(t.Context(), made.Method, h.address+made.URL.RequestURI(), strings.NewReader(c.Body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = made.Header
	return answered(t, request)
}

// reply is what a server answers.
type reply struct {
	status int
	header http.Header
	body   string
}

func answered(t *testing.T, request *http.Request) reply {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	const most = 1 << 20
	body, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(body)}
}

// samsungDocument is what these tests read of a card object.
type samsungDocument struct {
	Card struct {
		Data []struct {
			RefID      string            `json:"refId"`
			Language   string            `json:"language"`
			Attributes map[string]string `json:"attributes"`
		} `json:"data"`
	} `json:"card"`
}

func readSamsung(t *testing.T, body []byte) (refID string, attributes map[string]string) {
	t.Helper()
	var d samsungDocument
	if err := json.Unmarshal(body, &d); err != nil || len(d.Card.Data) != 1 {
		t.Fatalf("%v: %s", err, body)
	}
	return d.Card.Data[0].RefID, d.Card.Data[0].Attributes
}

// shown asks for the card as Samsung does.
func (h *house) shown(t *testing.T, standIn *samsungtest.Server, refID string) map[string]string {
	t.Helper()
	response := h.samsungCalls(t, standIn, samsungtest.Call{RefID: refID})
	var answer struct {
		Data string `json:"cdata"`
	}
	if err := json.Unmarshal([]byte(response.body), &answer); err != nil || response.status != http.StatusOK {
		t.Fatalf("Samsung asks for the card and gets %d: %v, %s", response.status, err, response.body)
	}
	card, err := standIn.OpenCardData(answer.Data)
	if err != nil {
		t.Fatal(err)
	}
	_, attributes := readSamsung(t, card)
	return attributes
}

const galaxyPhone = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"

// Somebody joins with a Samsung phone, presses the button and is stamped twelve times:
// Samsung is told once, and gets the card with all of them. Then the phone is lost.
func TestACardLivesInSamsungWallet(t *testing.T) {
	h, standIn := openWithSamsung(t)
	page := h.joinByForm(t)
	if joined := h.asksAs(t, galaxyPhone, page+"?done=joined&lang=en").body; !strings.Contains(joined, "Add to Samsung Wallet") || strings.Contains(joined, "Apple Wallet") {
		t.Fatal("the page offers no wallet, or the wrong one")
	}
	pressed := h.asksAs(t, galaxyPhone, page+"/samsung")
	if pressed.status != http.StatusSeeOther || pressed.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("the button is answered with %d, %v", pressed.status, pressed.header)
	}
	card, err := standIn.OpenAddLink(pressed.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	refID, attributes := readSamsung(t, card)
	code := attributes["barcode.value"]
	if code == "" || strings.Contains(string(card), page) || attributes["appLinkData"] != publicBase+"/join/"+h.plan.Organization.Slug {
		t.Fatalf("the card has no code, or leads to the secret page: %s", card)
	}
	if again := h.asksAs(t, galaxyPhone, page+"/samsung"); again.header.Get("Location") == pressed.header.Get("Location") {
		t.Error("the link of before is given out again")
	}
	added := samsungtest.Call{Method: http.MethodPost, RefID: refID, Query: "?cc2=FI&event=ADDED", Body: `{"callback":"` + samsungHost + `"}`}
	if response := h.samsungCalls(t, standIn, added); response.status != http.StatusOK {
		t.Fatalf("Samsung reports the card and gets %d: %s", response.status, response.body)
	}

	key := h.key(t, access.StampsWrite, access.LocationsRead)
	for range 12 {
		h.stampCode(t, key, code)
	}
	h.told(t, standIn, refID, "UPDATED")
	if got := h.shown(t, standIn, refID)["subtitle1"]; got != "2 / 10" {
		t.Errorf("after twelve stamps the card shows %q", got)
	}
	if got := h.passStats(t); got != (samsungStats{Issued: 1, Installed: 1, Told: 1, Fetched: 1}) {
		t.Errorf("the owner sees %+v", got)
	}

	view, err := h.store.CardByLink(t.Context(), h.plan.Organization.ID, page[strings.LastIndex(page, "/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.ReissueCard(t.Context(), h.plan.Organization.ID, view.Card.ID, time.Now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if response := h.samsungCalls(t, standIn, samsungtest.Call{RefID: refID}); response.status != http.StatusNoContent || response.body != "" {
		t.Errorf("Samsung asks for a card that was lost and gets %d: %s", response.status, response.body)
	}
	h.told(t, standIn, refID, "DELETED")
	if response := h.asksAs(t, galaxyPhone, page+"/samsung"); response.status != http.StatusNotFound {
		t.Errorf("the old page still adds the card: %d", response.status)
	}
}

// told waits for Samsung to be told of one more change.
func (h *house) told(t *testing.T, standIn *samsungtest.Server, refID, state string) {
	t.Helper()
	last := func() samsungtest.Notification {
		all := standIn.Notifications()
		if len(all) == 0 {
			return samsungtest.Notification{}
		}
		return all[len(all)-1]
	}
	want := samsungtest.Notification{Path: "/fi/wltex/cards/" + samsungtest.CardID + "/updates", RefID: refID, State: state}
	if err := eventually("Samsung is told: "+state, func() bool { return last() == want }); err != nil {
		t.Fatalf("%v; it was told %+v", err, standIn.Notifications())
	}
}

// samsungStats are what the API counts.
type samsungStats struct{ Issued, Installed, Told, Fetched, Stale int }

func (h *house) passStats(t *testing.T) samsungStats {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.address+"/v1/passes/stats", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+h.key(t, access.StatsRead))
	response := answered(t, request)
	var stats struct{ Samsung samsungStats }
	if err := json.Unmarshal([]byte(response.body), &stats); err != nil {
		t.Fatalf("%v: %s", err, response.body)
	}
	return stats.Samsung
}

// Anybody can call the addresses that Samsung calls.
func TestCallsThatAreNotSamsungsAreRefused(t *testing.T) {
	h, standIn := openWithSamsung(t)
	page := h.joinByForm(t)
	pressed := h.asksAs(t, galaxyPhone, page+"/samsung")
	card, err := standIn.OpenAddLink(pressed.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	refID, _ := readSamsung(t, card)
	foreign := strings.Repeat("A", len(refID))
	for name, c := range map[string]struct {
		call samsungtest.Call
		want int
	}{
		"a stranger's":              {samsungtest.Call{RefID: refID, Stranger: true}, http.StatusUnauthorized},
		"of an hour ago":            {samsungtest.Call{RefID: refID, Made: time.Now().Add(-time.Hour)}, http.StatusUnauthorized},
		"for another path":          {samsungtest.Call{RefID: refID, Signs: "/cards/other"}, http.StatusUnauthorized},
		"for another partner":       {samsungtest.Call{RefID: refID, Partner: "1"}, http.StatusUnauthorized},
		"of a card of nobody":       {samsungtest.Call{RefID: foreign}, http.StatusNoContent},
		"of a card of another form": {samsungtest.Call{RefID: "short"}, http.StatusNoContent},
		"a report of nobody's":      {samsungtest.Call{Method: http.MethodPost, RefID: foreign, Query: "?cc2=FI&event=ADDED"}, http.StatusNoContent},
		"an event that is none":     {samsungtest.Call{Method: http.MethodPost, RefID: refID, Query: "?cc2=FI&event=EATEN"}, http.StatusBadRequest},
		"a body that is too large":  {samsungtest.Call{Method: http.MethodPost, RefID: refID, Query: "?cc2=FI&event=ADDED", Body: strings.Repeat(" ", 1<<20)}, http.StatusRequestEntityTooLarge},
		"another method":            {samsungtest.Call{Method: http.MethodDelete, RefID: refID}, http.StatusMethodNotAllowed},
	} {
		if response := h.samsungCalls(t, standIn, c.call); response.status != c.want {
			t.Errorf("%s is answered with %d, want %d: %s", name, response.status, c.want, response.body)
		}
	}
	// An address that is not Samsung's is not called, whoever signed the report.
	elsewhere := samsungtest.Call{Method: http.MethodPost, RefID: refID, Query: "?cc2=FI&event=ADDED", Body: `{"callback":"https://samsung.example.org"}`}
	if response := h.samsungCalls(t, standIn, elsewhere); response.status != http.StatusOK {
		t.Errorf("a report with another address is answered with %d", response.status)
	}
	kept, err := h.store.SamsungPass(t.Context(), h.plan.Organization.ID, samsungtest.CardID, refID)
	if err != nil || kept.State != "ADDED" || kept.Callback != "" {
		t.Errorf("kept: %+v, %v", kept, err)
	}
}
