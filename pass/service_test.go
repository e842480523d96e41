package pass_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
)

// What nobody's phone sends is refused or answered with nothing, and never with a fault of
// the server.
func TestStrangeCallsAreNoFaults(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			packed, err := sh.issuer.Package(t.Context(), sh.org.ID, sh.join().Card.ID)
			sh.ok(err)
			var d struct{ SerialNumber, AuthenticationToken string }
			sh.ok(json.Unmarshal([]byte(document(t, packed)), &d))
			server := httptest.NewServer(sh.issuer)
			t.Cleanup(server.Close)
			base := "/apple/" + sh.org.Slug + "/v1"
			registrations := "/registrations/" + passType
			body := `{"pushToken":"aabb"}`
			for _, c := range []struct {
				method, path, token, body string
				want                      int
			}{
				{"POST", base + "/devices/phone" + registrations + "/" + d.SerialNumber, d.AuthenticationToken, body, 201},
				{"POST", base + "/devices/phone" + registrations + "/" + d.SerialNumber, "guessed-token-0123456789", body, 401},
				{"POST", base + "/devices/phone" + registrations + "/pass_of-nobody", d.AuthenticationToken, body, 401},
				{"POST", base + "/devices/%00" + registrations + "/" + d.SerialNumber, d.AuthenticationToken, body, 401},
				{"POST", base + "/devices/%ff" + registrations + "/" + d.SerialNumber, d.AuthenticationToken, body, 401},
				{"POST", base + "/devices/phone" + registrations + "/%00", d.AuthenticationToken, body, 401},
				{"POST", base + "/devices/phone" + registrations + "/" + d.SerialNumber, d.AuthenticationToken, `{"pushToken":"../x"}`, 400},
				{"POST", base + "/devices/phone" + registrations + "/" + d.SerialNumber, d.AuthenticationToken, strings.Repeat("a", 1<<20), 400},
				{"DELETE", base + "/devices/%00" + registrations + "/" + d.SerialNumber, d.AuthenticationToken, "", 200},
				{"GET", base + "/devices/%00" + registrations, "", "", 204},
				{"GET", base + "/devices/phone/registrations/%ff%00", "", "", 204},
				{"GET", base + "/devices/phone" + registrations + "?passesUpdatedSince=99999999999999999999", "", "", 200},
				{"GET", base + "/passes/" + passType + "/%00", d.AuthenticationToken, "", 401},
				{"GET", base + "/passes/" + passType + "/" + d.SerialNumber, d.AuthenticationToken, "", 200},
				{"POST", base + "/log", "", `{"logs":[`, 200},
				{"GET", "/apple/nobody/v1/passes/" + passType + "/" + d.SerialNumber, d.AuthenticationToken, "", 404},
				{"GET", "/apple/%00/v1/passes/" + passType + "/" + d.SerialNumber, d.AuthenticationToken, "", 404},
			} {
				device := appletest.NewDevice(server.URL, http.DefaultClient, "phone")
				a, err := device.Call(t.Context(), c.method, c.path, c.token, c.body, nil)
				if err != nil || a.Status != c.want {
					t.Errorf("%s %s: %d, want %d; %v", c.method, c.path, a.Status, c.want, err)
				}
			}
		})
	}
}

// A pass is asked for at its own shop only.
func TestAnotherShopDoesNotKnowThePass(t *testing.T) {
	s := engines["SQLite"](t)
	sh, other := newShop(t, s), newShop(t, s)
	packed, err := sh.issuer.Package(t.Context(), sh.org.ID, sh.join().Card.ID)
	sh.ok(err)
	var d struct{ SerialNumber, AuthenticationToken string }
	sh.ok(json.Unmarshal([]byte(document(t, packed)), &d))
	server := httptest.NewServer(sh.issuer)
	t.Cleanup(server.Close)
	key := apple.Key{PassType: passType, Serial: d.SerialNumber}
	for slug, want := range map[string]int{sh.org.Slug: http.StatusCreated, other.org.Slug: http.StatusUnauthorized} {
		device := appletest.NewDevice(server.URL+"/apple/"+slug, http.DefaultClient, "phone")
		if status, err := device.Add(t.Context(), key, d.AuthenticationToken); status != want || err != nil {
			t.Errorf("at %s: %d, want %d; %v", slug, status, want, err)
		}
	}
}
