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
	orgID, err := i.bySlug(r.Context(), slug)
	switch {
	case errors.Is(err, organization.ErrNotFound):
		http.NotFound(w, r)
	case err != nil:
		i.Log.ErrorContext(r.Context(), "wallet web service", "error", err)
		http.Error(w, "try again later", http.StatusInternalServerError)
	default:
		ctx := context.WithValue(In(r.Context(), orgID), callKey{}, &call{})
		http.StripPrefix(ServicePath+slug, i.service).ServeHTTP(w, r.WithContext(ctx))
	}
}

// knownSlug is an organization that was found by its slug.
type knownSlug struct {
	orgID string
	until time.Time
}

// bySlug returns the organization with the slug, or organization.ErrNotFound.
func (i *Issuer) bySlug(ctx context.Context, slug string) (orgID string, err error) {
	if known, ok := i.slugs.Get(slug); ok && time.Now().Before(known.until) {
		return known.orgID, nil
	}
	org, err := i.Store.OrganizationBySlug(ctx, slug)
	if err != nil {
		return "", fmt.Errorf("find organization: %w", err)
	}
	i.slugs.Put(slug, knownSlug{org.ID, time.Now().Add(slugsKnownFor)})
	return org.ID, nil
}

// shownKey names a pass in a state of what it shows.
type shownKey struct {
	orgID, serial string
	shown         customer.PassShown
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

// call is what is known of the pass that one call is about, so that it is read once. It was
// read before the card, so the pass that is made is never older than it says.
type call struct {
	key   apple.Key
	found *customer.PassNow
}

type callKey struct{}

// callOf returns what is known in the call, nothing outside of one.
func callOf(ctx context.Context) *call {
	c, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		c = &call{}
	}
	return c
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

func (p phones) find(ctx context.Context, key apple.Key) (customer.PassNow, apple.PassState, error) {
	known := callOf(ctx)
	if known.found == nil || known.key != key {
		found, err := p.i.Store.PassNow(ctx, orgOf(ctx), key.PassType, key.Serial)
		if err != nil {
			return found, apple.PassState{}, missing("find pass", err)
		}
		known.key, known.found = key, &found
	}
	found := *known.found
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
	showing := shownKey{found.OrgID, found.Serial, found.Shown}
	if made, ok := p.i.shown.Get(showing); ok {
		return state, made.Package, nil
	}
	made, err := p.i.make(ctx, found.Pass)
	if err != nil {
		return state, nil, err
	}
	// It may be newer than what it is kept under, and then that is never asked for again.
	p.i.shown.Put(showing, made)
	return state, made.Package, nil
}

// Fetched implements apple.Passes.
func (p phones) Fetched(ctx context.Context, key apple.Key, version int64) error {
	if known := callOf(ctx); known.found != nil && known.key == key && known.found.FetchedVersion >= version {
		return nil // noted before
	}
	if err := p.i.Store.NotePassFetched(ctx, orgOf(ctx), key.Serial, version); err != nil {
		return fmt.Errorf("note fetch: %w", err)
	}
	return nil
}

// Complaint implements apple.Log.
func (p phones) Complaint(ctx context.Context, text string) {
	p.i.Log.LogAttrs(ctx, slog.LevelWarn, "a phone complains about a pass", slog.String("org", orgOf(ctx)), slog.String("text", text))
}
