package api_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/apple"
)

// joinAnother opens a program and the customer's card in it, and returns the card.
func (w *world) joinAnother(x *tenant, customerID string) customer.View {
	w.t.Helper()
	held := must(w.store.Customer(w.t.Context(), x.org.ID, customerID))
	p := loyalty.Program{
		OrgID: x.org.ID, ID: typeid.New("prog"), Name: loyalty.Text{"en": "Another card"}, Status: loyalty.ProgramActive, Version: 1, Goal: 5,
		Rewards: []loyalty.Reward{{ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Tea"}}}, CreatedAt: monday,
	}
	w.check(w.store.CreateProgram(w.t.Context(), p))
	joined := must(w.store.Join(w.t.Context(), must(customer.Join{
		OrgID: x.org.ID, ProgramID: p.ID, Phone: held.Phone, Email: held.Email, Trusted: true, Source: customer.SourceStaff,
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, Now: w.clock.Load(),
	}.Parse(x.org.Country, func(string) bool { return true }))))
	if joined.View.Customer.ID != customerID {
		w.t.Fatalf("another customer joined: %s", joined.View.Customer.ID)
	}
	return joined.View
}

// otherProgram returns the program of that name, or ends the test here.
func otherProgram(t *testing.T, name, debianPackage string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (Debian: %s)", name, debianPackage)
	}
	return path
}

func runOther(t *testing.T, stdin []byte, name string, args ...string) []byte {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Stdin = bytes.NewReader(stdin)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, complaints.String())
	}
	return out
}

// All cards of a customer come in one file, as programs that others wrote read it: bsdtar
// takes it apart from a pipe, openssl checks each pass.
func TestACustomersCardsAreDownloadedTogether(t *testing.T) {
	w := newWorld(t)
	address := "/v1/customers/" + w.shop.customer + "/passes.pkpasses"
	second := w.joinAnother(w.shop, w.shop.customer)
	a := w.want(w.do(call{"GET", address, w.shop.token["till key"], "", nil}), 200)
	if got := a.header.Get("Content-Type"); got != pass.BundleMediaType {
		t.Errorf("a file of the type %q", got)
	}
	bundle := []byte(a.body)
	bsdtar, openssl := otherProgram(t, "bsdtar", "libarchive-tools"), otherProgram(t, "openssl", "openssl")
	if got := strings.Fields(string(runOther(t, bundle, bsdtar, "-tf", "-"))); strings.Join(got, " ") != "pass-1.pkpass pass-2.pkpass" {
		t.Fatalf("it holds %v", got)
	}
	for n, code := range []string{w.shop.code, second.Code} {
		packed := runOther(t, bundle, bsdtar, "-xOf", "-", []string{"pass-1.pkpass", "pass-2.pkpass"}[n])
		if text := passText(t, string(packed)); !strings.Contains(text, code) {
			t.Errorf("pass %d does not show its card: %s", n+1, text)
		}
		folder := t.TempDir()
		for _, name := range []string{"manifest.json", "signature"} {
			w.check(os.WriteFile(filepath.Join(folder, name), runOther(t, packed, bsdtar, "-xOf", "-", name), 0o600))
		}
		w.check(os.WriteFile(filepath.Join(folder, "root.pem"), madeUp().Root, 0o600))
		runOther(t, nil, openssl, "smime", "-verify", "-binary", "-inform", "DER", "-in", filepath.Join(folder, "signature"),
			"-content", filepath.Join(folder, "manifest.json"), "-CAfile", filepath.Join(folder, "root.pem"), "-out", os.DevNull)
	}
}

func TestABundleLeavesOutWhatIsNotInUse(t *testing.T) {
	w := newWorld(t)
	address := "/v1/customers/" + w.shop.customer + "/passes.pkpasses"
	first := w.want(w.do(call{"GET", address, w.shop.token["owner"], "", nil}), 200)
	for range apple.MaxBundle {
		w.joinAnother(w.shop, w.shop.customer)
		w.clock.Add(1000)
	}
	full := w.want(w.do(call{"GET", address, w.shop.token["owner"], "", nil}), 200)
	if strings.Contains(full.body, w.shop.code) || strings.Count(full.body, ".pkpass") != 2*apple.MaxBundle {
		t.Error("of eleven cards the ten that were opened last are not in it")
	}
	if !strings.Contains(first.body, w.shop.code) || strings.Count(first.body, ".pkpass") != 2 {
		t.Error("the only card of a customer is not in the file")
	}
	w.want(w.do(call{"GET", address, w.shop.token["join key"], "", nil}), 403)
	if got := w.want(w.do(call{"GET", address, w.other.token["owner"], "", nil}), 404).text("code"); got != "customer_not_found" {
		t.Errorf("code %q", got)
	}
	w.want(w.do(call{"POST", "/v1/cards/" + w.other.card + "/revocation", w.other.token["owner"], "", nil}), 204)
	none := w.do(call{"GET", "/v1/customers/" + w.other.customer + "/passes.pkpasses", w.other.token["owner"], "", nil})
	if got := w.want(none, 404).text("code"); got != "card_not_found" {
		t.Errorf("code %q", got)
	}
}
