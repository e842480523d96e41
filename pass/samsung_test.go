package pass_test

import (
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/samsung"
	"github.com/leima/leima/wallet/samsung/samsungtest"
)

// galaxy returns what makes the shop's passes for Samsung Wallet, and a stand-in for
// Samsung that reads them.
func (sh *shop) galaxy() (*pass.Samsung, *samsungtest.Server) {
	sh.t.Helper()
	return pass.NewSamsung(pass.SamsungOptions{
		Partner: samsungtest.Partner(), Store: sh.store, BaseURL: "https://cards.example.org",
		Now: func() int64 { return time.Now().UnixMilli() }, Log: slog.New(slog.DiscardHandler),
	}), samsungtest.New(sh.t, time.Now)
}

// Samsung chooses its own fonts and draws no stamps: of a design its card has the colour and
// the kind of code.
func TestACardAtSamsungLooksAsItWasDesigned(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			galaxy, standIn := sh.galaxy()
			view := sh.join()
			looks := func() []string {
				t.Helper()
				link, err := galaxy.AddLink(t.Context(), sh.org.ID, view.Card.ID)
				sh.ok(err)
				card, err := standIn.OpenAddLink(link)
				sh.ok(err)
				var d struct {
					Card struct {
						Data []struct{ Attributes map[string]string }
					}
				}
				sh.ok(json.Unmarshal(card, &d))
				a := d.Card.Data[0].Attributes
				return []string{a["bgColor"], a["barcode.ptSubFormat"], a["barcode.serialType"], a["barcode.value"]}
			}
			if diff := cmp.Diff([]string{"#0b6e4f", "QR_CODE", "QRCODE", view.Code}, looks()); diff != "" {
				t.Errorf("by itself it looks otherwise (-want +got):\n%s", diff)
			}
			d := organization.StandardPassDesign(sh.org.ID, sh.program.ID)
			d.Background, d.Barcode = "#7a1f3d", organization.BarcodePDF417
			_, err := sh.store.SetPassDesign(t.Context(), d, 1)
			sh.ok(err)
			for _, want := range []int{1, 0} {
				n, err := sh.store.SweepSamsungPasses(t.Context(), sh.org.ID, samsungtest.CardID)
				sh.ok(err)
				if n != want {
					t.Errorf("%d passes are behind, want %d", n, want)
				}
			}
			if diff := cmp.Diff([]string{"#7a1f3d", "PDF_417", "BARCODE", view.Code}, looks()); diff != "" {
				t.Errorf("with a design it looks otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

// The card of a blocked customer stays in the wallet, empty and without a code, and is whole
// again when the block ends. Samsung is told both times.
func TestABlockEmptiesTheCardAtSamsungWhileItLasts(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			galaxy, standIn := sh.galaxy()
			view := sh.join()
			link, err := galaxy.AddLink(t.Context(), sh.org.ID, view.Card.ID)
			sh.ok(err)
			card, err := standIn.OpenAddLink(link)
			sh.ok(err)
			var d struct {
				Card struct {
					Data []struct {
						RefID string `json:"refId"`
					}
				}
			}
			sh.ok(json.Unmarshal(card, &d))
			ref := d.Card.Data[0].RefID
			before, err := galaxy.Card(t.Context(), ref)
			sh.ok(err)
			if before.Barcode.Value != view.Code || before.Notice == "" {
				t.Fatalf("at first Samsung gets %+v", before)
			}
			told := func(what string) {
				t.Helper()
				n, err := sh.store.SweepSamsungPasses(t.Context(), sh.org.ID, samsungtest.CardID)
				sh.ok(err)
				if n != 1 {
					t.Errorf("%s: %d passes are behind, want 1", what, n)
				}
			}

			actor := loyalty.Actor{Kind: loyalty.ActorSystem}
			_, err = sh.store.BlockCustomer(t.Context(), sh.org.ID, view.Card.CustomerID, "a test", actor, time.Now().UnixMilli())
			sh.ok(err)
			told("blocked")
			empty, err := galaxy.Card(t.Context(), ref)
			sh.ok(err)
			if empty.Barcode != (samsung.Barcode{}) || empty.Notice != "" || empty.Subtitle != "–" || empty.Title != before.Title {
				t.Errorf("blocked, Samsung gets %+v", empty)
			}
			sh.ok(empty.Check())

			sh.ok(sh.store.UnblockCustomer(t.Context(), sh.org.ID, view.Card.CustomerID, actor, time.Now().UnixMilli()))
			told("free again")
			after, err := galaxy.Card(t.Context(), ref)
			sh.ok(err)
			after.Updated = before.Updated
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("after the block the card is another one (-before +after):\n%s", diff)
			}
		})
	}
}
