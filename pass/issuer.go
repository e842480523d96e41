package pass

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/recent"
)

// Media types: of a pass for Apple Wallet, and of several in one file.
const (
	MediaType       = apple.MediaType
	BundleMediaType = apple.BundleMediaType
)

// ServicePath is below the public address where phones ask for changes; the slug of the
// organization follows, and then what apple.Service serves.
const ServicePath = "/apple/"

// Limits of what an Issuer keeps in memory.
const (
	cachedTemplates      = 512
	cachedTemplatesBytes = 64 << 20
	cachedShown          = 2000
	cachedShownBytes     = 64 << 20
	cachedSlugs          = 10_000
	// slugsKnownFor is how long an organization is found by its slug without asking. A slug
	// never becomes another organization's but after one was removed.
	slugsKnownFor = 10 * time.Second
)

// Store is what an Issuer needs. What is not there is loyalty.ErrNotFound.
type Store interface {
	// IssuePass returns the pass of the card under its present code; the first call keeps
	// the serial and token given.
	IssuePass(ctx context.Context, p customer.Pass) (customer.Pass, error)
	// PassNow returns a pass, also that of a card that is blocked, with the state of what it
	// shows.
	PassNow(ctx context.Context, orgID, passType, serial string) (customer.PassNow, error)
	NotePassFetched(ctx context.Context, orgID, serial string, version int64) error
	// RegisterPass returns customer.ErrTooManyPasses.
	RegisterPass(ctx context.Context, d customer.PassDevice) (created bool, err error)
	UnregisterPass(ctx context.Context, orgID, device, serial string) error
	// ChangedPasses gives out tags in the order in which changes become visible.
	ChangedPasses(ctx context.Context, orgID, passType, device string, after int64) (customer.PassChanges, error)
	// Card returns a card as the database has it, whatever its status.
	Card(ctx context.Context, orgID, cardID string) (customer.View, error)
	// CustomerCards returns all cards of a customer, the oldest first, or
	// customer.ErrNotFound.
	CustomerCards(ctx context.Context, orgID, customerID string) ([]customer.View, error)
	Entries(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Entry], error)
	Coupon(ctx context.Context, orgID, id string) (loyalty.Coupon, error)
	// Organization and OrganizationBySlug return organization.ErrNotFound.
	Organization(ctx context.Context, orgID string) (organization.Organization, error)
	OrganizationBySlug(ctx context.Context, slug string) (organization.Organization, error)
	Logo(ctx context.Context, orgID string) (data []byte, mediaType string, err error)
	// PassDesign returns how the passes of the program look now.
	PassDesign(ctx context.Context, orgID, programID string) (organization.PassDesign, error)
	leads
	ArtworkStore
	// Places returns the locations that have coordinates, the oldest first.
	Places(ctx context.Context, orgID string) ([]organization.Location, error)
	// CardPlace returns where the card was opened, nil if nobody knows.
	CardPlace(ctx context.Context, orgID, cardID string) (*organization.Coordinates, error)
	PassCounts(ctx context.Context, orgID, passType string) (customer.PassCounts, error)
	PassSpread(ctx context.Context, orgID, passType string) (customer.PassSpread, error)
}

// Options are what an Issuer is made of.
type Options struct {
	Identity *apple.Identity
	Store    Store
	// BaseURL is the public address of the server. Only below one with https phones ask
	// for changes.
	BaseURL string
	// NFCKey is the public key of readers that take the card's code by NFC, as
	// apple.ReadNFCKey returns it; empty if there are none.
	NFCKey string
	Log    *slog.Logger
}

// Issuer makes the passes of cards. It may be used by many goroutines.
type Issuer struct {
	Options
	maker     *apple.Maker
	templates *recent.Cache[string, *template]
	service   *apple.Service
	// shown are passes as phones fetched them, by what they show, and slugs the
	// organizations that phones asked for.
	shown *recent.Cache[shownKey, *apple.Pass]
	slugs *recent.Cache[string, knownSlug]
}

// New returns an issuer that signs with the identity.
func New(o Options) *Issuer {
	i := &Issuer{
		Options: o, maker: apple.NewMaker(o.Identity, apple.CacheLimits{}),
		templates: recent.New[string](cachedTemplates, cachedTemplatesBytes, func(*template) int { return cachedTemplatesBytes / cachedTemplates }),
		shown:     recent.New[shownKey](cachedShown, cachedShownBytes, func(p *apple.Pass) int { return len(p.Package) }),
		slugs:     recent.New[string](cachedSlugs, cachedSlugs, func(knownSlug) int { return 1 }),
	}
	phones := phones{i}
	i.service = apple.NewService(phones, phones, phones, o.Log)
	return i
}

// Updates reports whether phones can ask for changes: they do so by https only.
func (i *Issuer) Updates() bool { return strings.HasPrefix(i.BaseURL, "https://") }

// Counts counts the organization's passes.
func (i *Issuer) Counts(ctx context.Context, orgID string) (customer.PassCounts, error) {
	n, err := i.Store.PassCounts(ctx, orgID, i.Identity.PassType)
	if err != nil {
		return n, fmt.Errorf("count passes: %w", err)
	}
	return n, nil
}

// Spread tells how far phones were told of the last change that concerns all passes.
func (i *Issuer) Spread(ctx context.Context, orgID string) (customer.PassSpread, error) {
	s, err := i.Store.PassSpread(ctx, orgID, i.Identity.PassType)
	if err != nil {
		return s, fmt.Errorf("read spread of passes: %w", err)
	}
	return s, nil
}

// Package returns the signed pass of a card, or loyalty.ErrNotFound. The pass of a card
// that is not in use is void. It notes that somebody has the version.
func (i *Issuer) Package(ctx context.Context, orgID, cardID string) ([]byte, error) {
	made, err := i.issue(ctx, orgID, cardID)
	if err != nil {
		return nil, err
	}
	return made.Package, nil
}

// issue makes the pass of a card and notes that somebody has it.
func (i *Issuer) issue(ctx context.Context, orgID, cardID string) (*apple.Pass, error) {
	p, err := i.Store.IssuePass(ctx, customer.Pass{
		OrgID: orgID, CardID: cardID, Type: i.Identity.PassType, Serial: typeid.New("pass"), Token: rand.Text(),
	})
	if err != nil {
		return nil, fmt.Errorf("issue pass: %w", err)
	}
	made, err := i.make(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := i.Store.NotePassFetched(ctx, orgID, p.Serial, p.Version); err != nil {
		return nil, fmt.Errorf("note download: %w", err)
	}
	return made, nil
}

// make returns a pass with the card as it is now, which is never older than p
// says.
func (i *Issuer) make(ctx context.Context, p customer.Pass) (*apple.Pass, error) {
	view, err := i.Store.Card(ctx, p.OrgID, p.CardID)
	if err != nil {
		return nil, fmt.Errorf("read card of pass: %w", err)
	}
	org, err := i.Store.Organization(ctx, p.OrgID)
	if err != nil {
		return nil, fmt.Errorf("read organization of pass: %w", err)
	}
	t, err := i.template(ctx, org, view)
	if err != nil {
		return nil, err
	}
	if made, ok := i.maker.Made(t.Template, p.Serial, view.Card.Version); ok {
		return made, nil
	}
	card, err := i.card(ctx, org, view, p)
	if err != nil {
		return nil, err
	}
	if t.choose {
		if card.Near, err = i.near(ctx, p); err != nil {
			return nil, err
		}
	}
	made, err := i.maker.Pass(t.Template, card)
	if err != nil {
		return nil, fmt.Errorf("make pass: %w", err)
	}
	return made, nil
}

// near returns where the card was opened, nil if nobody knows: the customer is nearer to
// that branch than to any other that can be told from the card.
func (i *Issuer) near(ctx context.Context, p customer.Pass) (*apple.Coordinates, error) {
	at, err := i.Store.CardPlace(ctx, p.OrgID, p.CardID)
	if err != nil {
		return nil, fmt.Errorf("read place of card: %w", err)
	}
	return (*apple.Coordinates)(at), nil
}

// template is what all passes of a program have in common. Of its locations, some are
// chosen for each card if there are too many.
type template struct {
	*apple.Template
	choose bool
}

// template returns what all passes of the program have in common, made now or earlier.
func (i *Issuer) template(ctx context.Context, org organization.Organization, v customer.View) (*template, error) {
	chosen, err := i.Store.PassDesign(ctx, org.ID, v.Program.ID)
	if err != nil {
		return nil, fmt.Errorf("read design of pass: %w", err)
	}
	version := designVersion(org, v, chosen)
	if found, ok := i.templates.Get(version); ok {
		return found, nil
	}
	pictures, err := readPictures(ctx, i.Store, chosen)
	if err != nil {
		return nil, err
	}
	if org.Brand.LogoType != "" {
		pictures.logo, _, err = i.Store.Logo(ctx, org.ID)
		if err != nil && !errors.Is(err, organization.ErrNotFound) {
			return nil, fmt.Errorf("read logo: %w", err)
		}
	}
	l, err := newLook(org.Brand, chosen, loyalty.CardGoal(v.Program, v.Card), version, pictures)
	if err != nil {
		return nil, err
	}
	places, err := i.Store.Places(ctx, org.ID)
	if err != nil {
		return nil, fmt.Errorf("read places: %w", err)
	}
	d, err := design(org, v, l, places)
	if err != nil {
		return nil, err
	}
	if i.Updates() {
		d.WebService = i.BaseURL + ServicePath + url.PathEscape(org.Slug)
	}
	d.NFCKey = i.NFCKey
	checked, err := apple.NewTemplate(d)
	if err != nil {
		return nil, fmt.Errorf("make design of pass: %w", err)
	}
	t := &template{checked, len(d.Locations) > apple.MaxLocations}
	i.templates.Put(version, t)
	return t, nil
}
