package pass

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/apple"
)

// ServeHTTP answers phones: ServicePath, the slug of an organization, and what
// apple.Service serves. The organization is in the address because a phone that asks what
// changed shows no token from which it could be known.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, _ := strings.CutPrefix(r.URL.Path, ServicePath)
	slug, _, _ := strings.Cut(rest, "/")
	if !organization.ValidSlug(slug) {
		http.NotFound(w, r)
		return
	}
	org, err := i.Store.OrganizationBySlug(r.Context(), slug)
	switch {
	case errors.Is(err, organization.ErrNotFound):
		http.NotFound(w, r)
	case err != nil:
		i.Log.ErrorContext(r.Context(), "wallet web service", "error", err)
		http.Error(w, "try again later", http.StatusInternalServerError)
	default:
		ctx := context.WithValue(r.Context(), orgKey{}, org.ID)
		http.StripPrefix(ServicePath+slug, i.service).ServeHTTP(w, r.WithContext(ctx))
	}
}

// orgKey is the key under which a context has the id of the organization that a phone's
// call is about.
type orgKey struct{}

// In returns the context of a phone's call about passes of the organization.
func In(ctx context.Context, orgID string) context.Context {
	return context.WithValue(ctx, orgKey{}, orgID)
}

func orgOf(ctx context.Context) string {
	id, _ := ctx.Value(orgKey{}).(string)
	return id
}

// phones implements the interfaces of the web service over the store.
type phones struct{ i *Issuer }

var (
	_ apple.Registrations = phones{}
	_ apple.Passes        = phones{}
	_ apple.Log           = phones{}
)

// Phones are what the web service stands on: for tests of the contract.
type Phones interface {
	apple.Registrations
	apple.Passes
}

// Phones returns what the web service stands on. Contexts must come from In.
func (i *Issuer) Phones() Phones { return phones{i} }

// nameable reports whether what a phone called itself can be a name: PostgreSQL keeps no
// text with a zero byte or broken UTF-8 in it, and no phone sends one.
func nameable(device string) bool {
	return utf8.ValidString(device) && !strings.Contains(device, "\x00")
}

// Register implements apple.Registrations.
func (p phones) Register(ctx context.Context, r apple.Registration) (bool, error) {
	if !nameable(r.Device) {
		return false, apple.ErrNoPass
	}
	created, err := p.i.Store.RegisterPass(ctx, customer.PassDevice{
		OrgID: orgOf(ctx), Type: r.Key.PassType, Serial: r.Key.Serial, Device: r.Device, PushToken: r.PushToken,
	})
	switch {
	case errors.Is(err, customer.ErrTooManyPasses):
		return false, fmt.Errorf("%w: %w", apple.ErrTooMany, err)
	case err != nil:
		return false, missing("register", err)
	}
	return created, nil
}

// missing says that a pass is not there as the library does.
func missing(what string, err error) error {
	if errors.Is(err, loyalty.ErrNotFound) {
		return apple.ErrNoPass
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Unregister implements apple.Registrations.
func (p phones) Unregister(ctx context.Context, device string, key apple.Key) error {
	if !nameable(device) {
		return nil
	}
	if err := p.i.Store.UnregisterPass(ctx, orgOf(ctx), device, key.Serial); err != nil {
		return fmt.Errorf("unregister: %w", err)
	}
	return nil
}

// Changed implements apple.Registrations.
func (p phones) Changed(ctx context.Context, device, passType string, after int64) (apple.Changes, error) {
	if !nameable(device) || !nameable(passType) {
		return apple.Changes{}, nil
	}
	changes, err := p.i.Store.ChangedPasses(ctx, orgOf(ctx), passType, device, after)
	if err != nil {
		return apple.Changes{}, fmt.Errorf("find changed passes: %w", err)
	}
	return apple.Changes{Serials: changes.Serials, Tag: changes.Tag}, nil
}

func (p phones) find(ctx context.Context, key apple.Key) (customer.Pass, apple.PassState, error) {
	found, err := p.i.Store.PassBySerial(ctx, orgOf(ctx), key.PassType, key.Serial)
	if err != nil {
		return found, apple.PassState{}, missing("find pass", err)
	}
	return found, apple.PassState{Token: found.Token, Version: found.Version, Modified: time.UnixMilli(found.ModifiedAt).UTC()}, nil
}

// State implements apple.Passes.
func (p phones) State(ctx context.Context, key apple.Key) (apple.PassState, error) {
	_, state, err := p.find(ctx, key)
	return state, err
}

// Package implements apple.Passes. The state is read before the card, so that the pass is
// never older than it says.
func (p phones) Package(ctx context.Context, key apple.Key) (apple.PassState, []byte, error) {
	found, state, err := p.find(ctx, key)
	if err != nil {
		return state, nil, err
	}
	made, err := p.i.make(ctx, found)
	if err != nil {
		return state, nil, err
	}
	return state, made.Package, nil
}

// Fetched implements apple.Passes.
func (p phones) Fetched(ctx context.Context, key apple.Key, version int64) error {
	if err := p.i.Store.NotePassFetched(ctx, orgOf(ctx), key.Serial, version); err != nil {
		return fmt.Errorf("note fetch: %w", err)
	}
	return nil
}

// Complaint implements apple.Log.
func (p phones) Complaint(ctx context.Context, text string) {
	p.i.Log.LogAttrs(ctx, slog.LevelWarn, "a phone complains about a pass", slog.String("org", orgOf(ctx)), slog.String("text", text))
}
