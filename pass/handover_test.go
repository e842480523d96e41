package pass_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/apple"
)

// document returns pass.json of a pass.
func document(t testing.TB, packed []byte) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open("pass.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is only read
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Somebody typed the address of a stranger into the form and kept the pass. When the
// stranger confirms, the card is theirs, and the pass that was made before turns void: it
// shows neither their name nor their new code.
func TestAPassMadeBeforeACardChangedHandsTurnsVoid(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			ctx := t.Context()
			owner := sh.ownerOfAnotherCard()
			typed := sh.typeIn(owner.Email)
			early, err := sh.issuer.Package(ctx, sh.org.ID, typed.Card.ID)
			sh.ok(err)
			if text := document(t, early); !strings.Contains(text, typed.Code) {
				t.Fatalf("the pass does not show the card: %s", text)
			}

			pending, err := sh.store.PendingConfirmations(ctx, sh.org.ID, 10)
			sh.ok(err)
			hash, now := access.Hash("token"), time.Now().UnixMilli()
			sh.ok(sh.store.SentConfirmation(ctx, sh.org.ID, pending[len(pending)-1].ID, hash, now, now+customer.ConfirmationLife.Milliseconds()))
			confirmed, err := sh.store.Confirm(ctx, sh.org.ID, hash, now)
			sh.ok(err)
			handed := confirmed.View
			if handed.Card.ID != typed.Card.ID || handed.Code == typed.Code || handed.Customer.FirstName != "Oona" {
				t.Fatalf("the card was not handed over: %+v", handed)
			}

			theirs, err := sh.issuer.Package(ctx, sh.org.ID, handed.Card.ID)
			sh.ok(err)
			if text := document(t, theirs); !strings.Contains(text, handed.Code) || strings.Contains(text, typed.Code) {
				t.Errorf("the owner's pass: %s", text)
			}
			old, err := sh.store.IssuePass(ctx, customer.Pass{OrgID: sh.org.ID, CardID: handed.Card.ID, Type: passType, Serial: "unused", Token: "unused"})
			sh.ok(err)
			serial := serialIn(t, document(t, early))
			if old.Serial == serial {
				t.Fatal("the owner has the stranger's pass")
			}
			_, void, err := sh.issuer.Phones().Package(pass.In(ctx, sh.org.ID), apple.Key{PassType: passType, Serial: serial})
			sh.ok(err)
			if text := document(t, void); !strings.Contains(text, `"voided":true`) || strings.Contains(text, "Oona") ||
				strings.Contains(text, handed.Code) || strings.Contains(text, typed.Code) {
				t.Errorf("the pass made before is not void: %s", text)
			}
		})
	}
}

// The phone of a blocked customer shows a void pass without a code, and the whole one again
// when the block has ended.
func TestThePassOfABlockedCustomerIsVoidWhileTheBlockLasts(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			ctx, actor := t.Context(), loyalty.Actor{Kind: loyalty.ActorSystem}
			view := sh.join()
			first, err := sh.issuer.Package(ctx, sh.org.ID, view.Card.ID)
			sh.ok(err)
			key := apple.Key{PassType: passType, Serial: serialIn(t, document(t, first))}
			fetched := func() string {
				_, err := sh.store.SweepPasses(ctx, sh.org.ID)
				sh.ok(err)
				_, packed, err := sh.issuer.Phones().Package(pass.In(ctx, sh.org.ID), key)
				sh.ok(err)
				return document(t, packed)
			}
			_, err = sh.store.BlockCustomer(ctx, sh.org.ID, view.Card.CustomerID, "a test", actor, time.Now().UnixMilli())
			sh.ok(err)
			if text := fetched(); !strings.Contains(text, `"voided":true`) || strings.Contains(text, view.Code) {
				t.Errorf("blocked: %s", text)
			}
			sh.ok(sh.store.UnblockCustomer(ctx, sh.org.ID, view.Card.CustomerID, actor, time.Now().UnixMilli()))
			if text := fetched(); strings.Contains(text, `"voided":true`) || !strings.Contains(text, view.Code) {
				t.Errorf("unblocked: %s", text)
			}
		})
	}
}

func serialIn(t *testing.T, document string) string {
	t.Helper()
	_, rest, _ := strings.Cut(document, `"serialNumber":"`)
	serial, _, found := strings.Cut(rest, `"`)
	if !found {
		t.Fatalf("no serial in %s", document)
	}
	return serial
}

// ownerOfAnotherCard is a customer who has a card in another program of the shop.
func (sh *shop) ownerOfAnotherCard() customer.Customer {
	sh.t.Helper()
	other := sh.program
	other.ID = typeid.New("prog")
	sh.ok(sh.store.CreateProgram(sh.t.Context(), other))
	return sh.joinAs(customer.Join{
		ProgramID: other.ID, FirstName: "Oona", Email: "oona@example.org", Trusted: true, Source: customer.SourceStaff,
	}).Customer
}

// typeIn joins on the public form.
func (sh *shop) typeIn(email string) customer.View {
	sh.t.Helper()
	return sh.joinAs(customer.Join{ProgramID: sh.program.ID, FirstName: "Stranger", Email: email, Source: customer.SourceForm})
}

func (sh *shop) joinAs(j customer.Join) customer.View {
	sh.t.Helper()
	j.OrgID, j.Locale, j.Zone, j.Now, j.Actor = sh.org.ID, "fi", time.UTC, time.Now().UnixMilli(), loyalty.Actor{Kind: loyalty.ActorSystem}
	parsed, err := j.Parse("FI", organization.KnownLocale)
	sh.ok(err)
	joined, err := sh.store.Join(sh.t.Context(), parsed)
	sh.ok(err)
	return joined.View
}
