package pass_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/samsung/samsungtest"
)

// Somebody turned out to have two cards, and staff made one of them. The phone with the
// other one still holds a code that counts at the till, and says where the stamps are; when
// the merge is undone, it is the card that it was.
func TestThePassOfAMergedCardSaysWhereTheStampsAre(t *testing.T) {
	const said = "Kaikki leimat ja edut ovat toisella kortillasi.\\nTämäkin kelpaa yhä: näytä tämä koodi kassalla."
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newGoogleShop(t, newShop(t, open(t)))
			ctx, actor := t.Context(), loyalty.Actor{Kind: loyalty.ActorSystem}
			kept, other := sh.join(), sh.join()
			galaxy := pass.NewSamsung(pass.SamsungOptions{
				Partner: samsungtest.Partner(), Store: sh.store, BaseURL: "https://cards.example.org",
				Now: func() int64 { return time.Now().UnixMilli() }, Log: slog.New(slog.DiscardHandler),
			})
			_, err := galaxy.AddLink(ctx, sh.org.ID, other.Card.ID)
			sh.ok(err)
			list, err := sh.store.CardWalletPasses(ctx, sh.org.ID, other.Card.ID)
			sh.ok(err)
			ref := list[0].Serial
			object := sh.save(other.Card.ID)
			atGoogle := func() google.LoyaltyObject {
				t.Helper()
				o, err := sh.google.Object(ctx, sh.pass(object))
				sh.ok(err)
				return o
			}

			shows := func(v customer.View, void, moved bool) {
				t.Helper()
				packed, err := sh.issuer.Package(ctx, sh.org.ID, v.Card.ID)
				sh.ok(err)
				text := document(t, packed)
				if strings.Contains(text, `"voided":true`) != void || strings.Contains(text, v.Code) == void || strings.Contains(text, said) != moved {
					t.Errorf("Apple's pass, void %t, moved %t: %s", void, moved, text)
				}
				if strings.Contains(text, kept.Code) && v.Card.ID != kept.Card.ID {
					t.Errorf("the pass tells the other card's code: %s", text)
				}
			}
			shows(other, false, false)
			merge, _, err := sh.store.MergeCustomers(ctx, customer.MergeRequest{
				OrgID: sh.org.ID, KeptID: kept.Card.CustomerID, OtherID: other.Card.CustomerID,
				IdempotencyKey: "merge", BodyHash: "body", Actor: actor, Now: time.Now().UnixMilli(),
			})
			sh.ok(err)
			shows(other, false, true)
			shows(kept, false, false)
			card, err := galaxy.Card(ctx, ref)
			sh.ok(err)
			if card.Barcode.Value != other.Code || card.Subtitle != "–" || card.Notice == "" {
				t.Errorf("Samsung gets %+v", card)
			}
			if o := atGoogle(); o.State != google.StateActive || o.Barcode == nil || o.Barcode.Value != other.Code || o.AccountName != "" ||
				len(o.TextModulesData) != 1 || *o.LoyaltyPoints.Balance.Text != "–" {
				t.Errorf("Google gets %+v", o)
			}
			if list, err := sh.store.CardWalletPasses(ctx, sh.org.ID, other.Card.ID); err != nil || list[0].Void {
				t.Errorf("owners see %+v, %v", list, err)
			}

			_, _, err = sh.store.UndoMerge(ctx, sh.org.ID, merge.ID, "undo", actor, time.Now().UnixMilli())
			sh.ok(err)
			shows(other, false, false)
			card, err = galaxy.Card(ctx, ref)
			sh.ok(err)
			if o := atGoogle(); o.State != google.StateActive || o.AccountName == "" {
				t.Errorf("after the merge was undone Google gets %+v", o)
			}
			if card.Subtitle == "–" || card.Barcode.Value != other.Code {
				t.Errorf("after the merge was undone Samsung gets %+v", card)
			}
		})
	}
}

// The lines of a pass are short, so what is said of a merged card is cut into sentences.
func TestWhatIsSaidOfAMergedCardFitsIntoLines(t *testing.T) {
	for _, l := range locale.Locales {
		sentences := strings.Split(locale.For(l).T("card.moved_text"), ". ")
		sentences = append(sentences, locale.For(l).T("card.moved_title"))
		if len(sentences) != 3 {
			t.Errorf("%s: %d sentences, want 3: %q", l, len(sentences), sentences)
		}
		for _, s := range sentences {
			if n := len([]rune(s)); n >= apple.MaxTextRunes {
				t.Errorf("%s: %d runes, want fewer than %d: %s", l, n, apple.MaxTextRunes, s)
			}
		}
	}
}
