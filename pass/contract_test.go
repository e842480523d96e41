package pass_test

import (
	"context"
	"testing"

	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
)

// inShop makes every call of the suites one about the shop's passes.
type inShop struct{ *suiteWorld }

func (w inShop) in(ctx context.Context) context.Context { return pass.In(ctx, w.shop.org.ID) }

func (w inShop) Register(ctx context.Context, r apple.Registration) (bool, error) {
	return w.Phones.Register(w.in(ctx), r)
}

func (w inShop) Unregister(ctx context.Context, device string, key apple.Key) error {
	return w.Phones.Unregister(w.in(ctx), device, key)
}

func (w inShop) Changed(ctx context.Context, device, passType string, after int64) (apple.Changes, error) {
	return w.Phones.Changed(w.in(ctx), device, passType, after)
}

func (w inShop) State(ctx context.Context, key apple.Key) (apple.PassState, error) {
	return w.Phones.State(w.in(ctx), key)
}

func (w inShop) Package(ctx context.Context, key apple.Key) (apple.PassState, []byte, error) {
	return w.Phones.Package(w.in(ctx), key)
}

func (w inShop) Fetched(ctx context.Context, key apple.Key, version int64) error {
	return w.Phones.Fetched(w.in(ctx), key, version)
}

// The database keeps what the library asks of it.
func TestTheStoreKeepsTheContractOfTheWebService(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			world := func(t *testing.T) appletest.World {
				t.Helper()
				sh := newShop(t, s)
				return inShop{&suiteWorld{Phones: sh.issuer.Phones(), shop: sh, cards: map[string]string{}}}
			}
			t.Run("registrations", func(t *testing.T) { appletest.TestRegistrations(t, world) })
			t.Run("passes", func(t *testing.T) { appletest.TestPasses(t, world) })
		})
	}
}
