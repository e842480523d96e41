package pass_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"image/color"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/strip"
)

func TestAProgramsDesignReachesGoogleOnce(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		id := sh.save(sh.join().Card.ID)
		before := sh.object(id).HeroImage.SourceURI.URI
		d, err := sh.store.PassDesign(t.Context(), sh.org.ID, sh.program.ID)
		sh.ok(err)
		d.Barcode, d.Background, d.Icon = organization.BarcodeAztec, "#7a1f3d", "heart"
		_, err = sh.store.SetPassDesign(t.Context(), d, d.Version)
		sh.ok(err)
		for _, want := range []int{1, 0} {
			n, err := sh.store.SweepGooglePasses(t.Context(), sh.org.ID)
			sh.ok(err)
			if n != want {
				t.Errorf("%d passes are behind, want %d", n, want)
			}
		}
		sh.ok(sh.google.EnsureClass(t.Context(), sh.org.ID, sh.program.ID))
		if class := sh.standIn.Class(sh.google.ClassID(sh.org.ID, sh.program.ID)); class["hexBackgroundColor"] != "#7a1f3d" {
			t.Errorf("the class has the colour %v", class["hexBackgroundColor"])
		}
		o := sh.object(id)
		if o.Barcode.Type != google.Aztec || o.HeroImage.SourceURI.URI == before {
			t.Errorf("the object is %+v, %s", o.Barcode, o.HeroImage.SourceURI.URI)
		}
		if now, old := sh.fetch(o.HeroImage.SourceURI.URI), sh.fetch(before); now.Code != http.StatusOK || now.Body.String() != old.Body.String() ||
			!strings.Contains(now.Header().Get("Cache-Control"), "immutable") || strings.Contains(old.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("pictures: %d, %v, %v", now.Code, now.Header(), old.Header())
		}
	})
}

// What stands on a card at Google is the strip of the same card at Apple, which the preview
// shows, in the shape that Google wants.
func TestAHeroIsTheStripOfThePass(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		card := sh.join().Card.ID
		id := sh.save(card)
		for range 3 {
			sh.ok(sh.stamp(t.Context(), card))
		}
		plain := sh.fetch(sh.object(id).HeroImage.SourceURI.URI).Body.Bytes()
		d := organization.StandardPassDesign(sh.org.ID, sh.program.ID)
		d.Background, d.Ink, d.Icon, d.Rows = "#101820", "#00ff00", "paw", 1
		for tag, file := range map[*string][]byte{
			&d.Empty: artworkOf(t, 90, 90, color.RGBA{0, 0, 200, 255}), &d.Backdrop: artworkOf(t, 750, 288, color.RGBA{250, 240, 200, 255}),
		} {
			var err error
			*tag, err = sh.store.AddArtwork(t.Context(), sh.org.ID, file)
			sh.ok(err)
		}
		_, err := sh.store.SetPassDesign(t.Context(), d, 1)
		sh.ok(err)
		hero := sh.fetch(sh.object(id).HeroImage.SourceURI.URI).Body.Bytes()
		phones := strip.Strip{}
		phones.PNG[len(phones.PNG)-1] = sh.shop.pass(card).files["strip@3x.png"]
		want, err := phones.Hero()
		sh.ok(err)
		if !bytes.Equal(hero, want) {
			t.Error("the hero is not the strip of the pass")
		}
		if bytes.Equal(hero, plain) {
			t.Error("the design does not show")
		}
	})
}

// asksForRotatingCodes changes whether the program does, and sends what is behind.
func (sh *googleShop) asksForRotatingCodes(code loyalty.RedeemCode, id string) {
	sh.t.Helper()
	p, err := sh.store.Program(sh.t.Context(), sh.org.ID, sh.program.ID)
	sh.ok(err)
	p.RedeemCode = code
	_, err = sh.store.UpdateProgram(sh.t.Context(), p, p.Version)
	sh.ok(err)
	n, err := sh.store.SweepGooglePasses(sh.t.Context(), sh.org.ID)
	sh.ok(err)
	if n != 1 {
		sh.t.Errorf("%d passes are behind", n)
	}
	_, err = sh.google.Client.Update(sh.t.Context(), sh.object(id), false)
	sh.ok(err)
}

// Google makes codes from what it was sent, and they are genuine at the till in their
// moment.
func TestGoogleShowsTheCodeOfTheMoment(t *testing.T) {
	onGoogle(t, func(t *testing.T, sh *googleShop) {
		t.Helper()
		view := sh.join()
		id := sh.save(view.Card.ID)
		sh.asksForRotatingCodes(loyalty.RedeemRotating, id)
		if sh.says(id, "barcode") != nil || sh.says(id, "rotatingBarcode", "type") != "QR_CODE" || sh.says(id, "rotatingBarcode", "totpDetails", "periodMillis") != "30000" {
			t.Fatalf("Google has %v and %v", sh.says(id, "barcode"), sh.says(id, "rotatingBarcode"))
		}
		sent := sh.object(id).RotatingBarcode
		parameter := sent.TOTPDetails.Parameters[0]
		key, err := hex.DecodeString(parameter.Key)
		sh.ok(err)
		totp := google.TOTP{Key: key, Digits: int(parameter.ValueLength), Period: 30 * time.Second}
		organizations, err := sh.store.CodeKey(t.Context(), sh.org.ID)
		sh.ok(err)
		secret := loyalty.CodeSecret(organizations, view.Code)
		now := time.Now()
		for distance, genuine := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
			shownAt := now.Add(time.Duration(distance) * totp.Period)
			scanned := strings.Replace(sent.ValuePattern, "{totp_value_0}", totp.Value(shownAt), 1)
			read, err := loyalty.ParseRotatingCode(scanned)
			if err != nil || read.Code != view.Code {
				t.Fatalf("%s is read as %+v, %v", scanned, read, err)
			}
			if step, ok := read.Step(secret, now.UnixMilli()); ok != genuine || ok && step != loyalty.RotatingStep(shownAt.UnixMilli()) {
				t.Errorf("what Google shows %d steps from now is of step %d, %v", distance, step, ok)
			}
		}
		link, err := sh.google.SaveLink(t.Context(), sh.org.ID, view.Card.ID)
		sh.ok(err)
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(link, ".")[len(strings.Split(link, "."))-2])
		sh.ok(err)
		if text := string(payload); !strings.Contains(text, id) || strings.Contains(text, parameter.Key) || strings.Contains(text, "otp") {
			t.Errorf("the link says %s", text)
		}
		sh.asksForRotatingCodes(loyalty.RedeemStatic, id)
		if sh.says(id, "rotatingBarcode") != nil || sh.says(id, "barcode", "value") != view.Code {
			t.Errorf("Google still has %v beside %v", sh.says(id, "rotatingBarcode"), sh.says(id, "barcode"))
		}
	})
}
