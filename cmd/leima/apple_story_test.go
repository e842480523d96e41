package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
)

const (
	testPassType = "pass.example.leima"
	publicBase   = "https://cards.example.org"
)

// madeUp is an identity that no phone accepts; making one takes its time.
var madeUp = sync.OnceValue(func() *apple.DemoIdentity {
	made, err := apple.NewDemoIdentity(apple.Expected{PassType: testPassType, Team: "ABCDE12345"}, time.Now())
	if err != nil {
		panic(err)
	}
	return made
})

// openWithPasses opens a house that makes passes and tells a stand-in of Apple's server.
func openWithPasses(t *testing.T) (*house, *appletest.APNs) {
	t.Helper()
	apns := appletest.NewAPNs(t)
	pusher := apple.NewPusher(madeUp().Identity, apple.PushOptions{Server: apns.URL, Roots: apns.Roots})
	t.Cleanup(pusher.Close)
	return openWith(t, options{
		wallet:   &wallet{identity: madeUp().Identity, pusher: pusher},
		settings: func(s *settings) { s.BaseURL = publicBase },
	}), apns
}

// walletDocument is what these tests read of pass.json.
type walletDocument struct {
	SerialNumber, AuthenticationToken, PassTypeIdentifier, WebServiceURL string

	Voided    bool
	Barcodes  []struct{ Message string }
	StoreCard struct {
		HeaderFields []struct {
			Value string `json:"value"`
		} `json:"headerFields"`
	} `json:"storeCard"`
}

func (d walletDocument) key() apple.Key {
	return apple.Key{PassType: d.PassTypeIdentifier, Serial: d.SerialNumber}
}

// unpack returns the files of a pass and what its pass.json says.
func unpack(t *testing.T, packed string) (map[string][]byte, walletDocument) {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close() // it was only read
	}
	var d walletDocument
	if err := json.Unmarshal(files["pass.json"], &d); err != nil {
		t.Fatal(err)
	}
	return files, d
}

// balance is what stands in the header of a pass.
func (d walletDocument) balance() string {
	if len(d.StoreCard.HeaderFields) == 0 {
		return ""
	}
	return d.StoreCard.HeaderFields[0].Value
}

// joinByForm joins on the public page and returns the path of the card's page and what the
// API knows of the card.
func (h *house) joinByForm(t *testing.T) (path string) {
	t.Helper()
	form := url.Values{"first_name": {"Aino"}, "email": {fmt.Sprintf("aino%d@example.org", time.Now().UnixNano())}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		h.address+"/join/"+h.plan.Organization.Slug+"/"+h.plan.Program.ID, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	path, _, _ = strings.Cut(response.Header.Get("Location"), "?")
	if response.StatusCode != http.StatusSeeOther || path == "" {
		t.Fatalf("joining answers %d", response.StatusCode)
	}
	return path
}

// stampCode gives a stamp to a code that was scanned.
func (h *house) stampCode(t *testing.T, key, code string) {
	t.Helper()
	body := fmt.Sprintf(`{"code":%q,"quantity":1,"location_id":%q}`, code, h.plan.Locations[0].ID)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.address+"/v1/stamps", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", fmt.Sprint(time.Now().UnixNano()))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		answer, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
		t.Fatalf("a stamp is answered with %d: %s", response.StatusCode, answer)
	}
}

// Somebody joins, adds the card to the wallet and is stamped twelve times: one push
// arrives, and the phone fetches the pass with all of them: a full card and two stamps.
func TestQuickStampsReachTheWalletWithOnePush(t *testing.T) {
	h, apns := openWithPasses(t)
	status, packed := fetch(t, h.address+h.joinByForm(t)+"/pass.pkpass")
	if status != http.StatusOK {
		t.Fatalf("the pass is answered with %d", status)
	}
	files, d := unpack(t, packed)
	verifyByOpenSSL(t, files)
	service := publicBase + "/apple/" + h.plan.Organization.Slug
	if d.WebServiceURL != service || len(d.Barcodes) == 0 {
		t.Fatalf("the pass asks %q for changes and shows %v", d.WebServiceURL, d.Barcodes)
	}
	before := d.balance()
	phone := appletest.NewDevice(strings.Replace(service, publicBase, h.address, 1), http.DefaultClient, "phone")
	if status, err := phone.Add(t.Context(), d.key(), d.AuthenticationToken); status != http.StatusCreated || err != nil {
		t.Fatalf("the phone registers: %d, %v", status, err)
	}

	key := h.key(t, access.StampsWrite, access.LocationsRead)
	const stamps, shown = 12, "2/10"
	for range stamps {
		h.stampCode(t, key, d.Barcodes[0].Message)
	}
	if err := eventually("a push", func() bool { return len(apns.Pushes()) > 0 }); err != nil {
		t.Fatal(err)
	}
	if fresh, err := phone.Sync(t.Context(), testPassType); len(fresh) != 1 || err != nil {
		t.Fatalf("the phone fetches %v: %v", fresh, err)
	}
	_, now := unpack(t, phone.Shows(d.key()))
	if now.balance() != shown || now.balance() == before {
		t.Errorf("after %d stamps the pass shows %q, before %q", stamps, now.balance(), before)
	}
	if now.SerialNumber != d.SerialNumber || now.AuthenticationToken != d.AuthenticationToken {
		t.Error("serial or token of the pass changed")
	}
	if fresh, err := phone.Sync(t.Context(), testPassType); len(fresh) != 0 || err != nil {
		t.Errorf("nothing has changed, and the phone fetches %v: %v", fresh, err)
	}
	if got := apns.Pushes(); len(got) != 1 || len(apns.Faults()) != 0 {
		t.Errorf("%d pushes, %v", len(got), apns.Faults())
	}
}

// verifyByOpenSSL lets another program check the signature of a pass.
func verifyByOpenSSL(t *testing.T, files map[string][]byte) {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Log("the signature is not checked by openssl: it is not installed")
		return
	}
	folder := t.TempDir()
	for name, data := range map[string][]byte{"manifest.json": files["manifest.json"], "signature": files["signature"], "root.pem": madeUp().Root} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, program, "smime", "-verify", "-binary", "-inform", "DER", "-in", "signature",
		"-content", "manifest.json", "-CAfile", "root.pem", "-out", os.DevNull)
	c.Dir = folder
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Run(); err != nil {
		t.Errorf("openssl refuses the pass: %v, %s", err, said.String())
	}
}

// A phone that was lost: its card is revoked, and the pass on it turns void and shows
// nothing of anybody.
func TestThePassOfARevokedCardTurnsVoid(t *testing.T) {
	h, apns := openWithPasses(t)
	page := h.joinByForm(t)
	_, packed := fetch(t, h.address+page+"/pass.pkpass")
	_, d := unpack(t, packed)
	phone := appletest.NewDevice(h.address+"/apple/"+h.plan.Organization.Slug, http.DefaultClient, "phone")
	if status, err := phone.Add(t.Context(), d.key(), d.AuthenticationToken); status != http.StatusCreated || err != nil {
		t.Fatalf("the phone registers: %d, %v", status, err)
	}
	view, err := h.store.CardByLink(t.Context(), h.plan.Organization.ID, regexp.MustCompile(`[^/]+$`).FindString(page))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.RevokeCard(t.Context(), h.plan.Organization.ID, view.Card.ID, time.Now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if err := eventually("a push", func() bool { return len(apns.Pushes()) > 0 }); err != nil {
		t.Fatal(err)
	}
	if fresh, err := phone.Sync(t.Context(), testPassType); len(fresh) != 1 || err != nil {
		t.Fatalf("the phone fetches %v: %v", fresh, err)
	}
	_, now := unpack(t, phone.Shows(d.key()))
	if !now.Voided || len(now.Barcodes) != 0 || strings.Contains(phone.Shows(d.key()), "Aino") {
		t.Errorf("the pass is not void: %+v", now)
	}
	if status, _ := fetch(t, h.address+page+"/pass.pkpass"); status != http.StatusNotFound {
		t.Errorf("the pass of a revoked card is answered with %d", status)
	}
}

// Complaints of phones are logged, and anybody can send them: a flood is not.
func TestAFloodOfComplaintsIsNotLogged(t *testing.T) {
	h, _ := openWithPasses(t)
	const sent = 40
	refused := 0
	for n := range sent {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.address+"/apple/"+h.plan.Organization.Slug+"/v1/log",
			strings.NewReader(fmt.Sprintf(`{"logs":["complaint %d"]}`, n)))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close() // there is nothing in it
		if response.StatusCode == http.StatusTooManyRequests && response.Header.Get("Retry-After") != "" {
			refused++
		}
	}
	if logged := strings.Count(h.log.String(), "a phone complains"); logged != complaintsOfAddress || refused != sent-complaintsOfAddress {
		t.Errorf("%d logged, %d refused", logged, refused)
	}
}

// endless is a body that never ends, and counts what was taken of it.
type endless struct{ taken int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	e.taken += int64(len(b))
	return len(b), nil
}

// Of a log of a hundred megabytes the server takes what its buffers hold, and goes on.
func TestALogOfAHundredMegabytesIsNotRead(t *testing.T) {
	h, _ := openWithPasses(t)
	const sent, most = 100 << 20, 16 << 20 // what lies in the buffers of two machines counts as taken
	body := &endless{}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.address+"/apple/"+h.plan.Organization.Slug+"/v1/log",
		io.MultiReader(strings.NewReader(`{"logs":["`), io.LimitReader(body, sent)))
	if err != nil {
		t.Fatal(err)
	}
	request.ContentLength = sent
	// The connection may be cut before the answer was read: both will do.
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close() // there is nothing in it
		if response.StatusCode >= http.StatusInternalServerError {
			t.Errorf("answered with %d", response.StatusCode)
		}
	}
	if body.taken > most {
		t.Errorf("%d bytes were taken", body.taken)
	}
	if status, _ := fetch(t, h.address+"/readyz"); status != http.StatusOK {
		t.Errorf("afterwards the server answers %d", status)
	}
}
