package pass

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/recent"
	"github.com/leima/leima/wallet/strip"
)

// GoogleStore is what Google needs. What is not there is loyalty.ErrNotFound.
type GoogleStore interface {
	leads
	// IssueGooglePass returns the pass of the card under its present code; the first call
	// keeps the serial given.
	IssueGooglePass(ctx context.Context, p customer.GooglePass) (customer.GooglePass, error)
	NoteGooglePassesSent(ctx context.Context, orgID string, sent []customer.GooglePassSent) error
	GooglePassCounts(ctx context.Context, orgID, issuerID string) (customer.GooglePassCounts, error)
	// GoogleClassDigest returns what NoteGoogleClass kept of a program.
	GoogleClassDigest(ctx context.Context, orgID, issuerID, programID string) (string, error)
	NoteGoogleClass(ctx context.Context, orgID, issuerID, programID, digest string) error
	// NoteGoogleEvent takes an event in, once.
	NoteGoogleEvent(ctx context.Context, orgID string, e customer.GoogleEvent) (first bool, err error)
	// TakeGoogleNotification reports whether a pass may notify at the instant, and notes it.
	TakeGoogleNotification(ctx context.Context, orgID, serial string, at int64, within time.Duration) (bool, error)
	ExhaustGoogleNotifications(ctx context.Context, orgID, serial string, at int64) error
	// Card returns a card as the database has it, whatever its status.
	Card(ctx context.Context, orgID, cardID string) (customer.View, error)
	Entries(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Entry], error)
	Coupon(ctx context.Context, orgID, id string) (loyalty.Coupon, error)
	Program(ctx context.Context, orgID, id string) (loyalty.Program, error)
	// Organization and OrganizationBySlug return organization.ErrNotFound.
	Organization(ctx context.Context, orgID string) (organization.Organization, error)
	OrganizationBySlug(ctx context.Context, slug string) (organization.Organization, error)
	Logo(ctx context.Context, orgID string) (data []byte, mediaType string, err error)
	// PassDesign returns how the passes of the program are to look.
	PassDesign(ctx context.Context, orgID, programID string) (organization.PassDesign, error)
	// CodeKey returns the key of the organization's rotating codes, mostly from memory.
	CodeKey(ctx context.Context, orgID string) ([]byte, error)
	ArtworkStore
}

// GoogleOptions are what Google is made of.
type GoogleOptions struct {
	// IssuerID is the number of the issuer, Account who acts for it.
	IssuerID string
	Account  *google.ServiceAccount
	// Server and KeysURL are where Google is; empty for its own addresses.
	Server, KeysURL string
	Store           GoogleStore
	// BaseURL is the public address of this server, with https: Google fetches pictures
	// there and calls back.
	BaseURL string
	// Origins are the sites whose pages have the button.
	Origins []string
	HTTP    *http.Client
	Now     func() time.Time
	// Wait waits between requests; for tests whose clock stands still.
	Wait func(context.Context, time.Duration) error
	Log  *slog.Logger
}

// Google puts cards into Google Wallet. It may be used by many goroutines.
type Google struct {
	GoogleOptions
	// Client holds Google's limit of requests: there is one for a process.
	Client    *google.Client
	pictures  *recent.Cache[string, []byte]
	strips    *strip.Cache
	callbacks http.Handler
}

// Limits of the pictures that are kept in memory.
const (
	cachedPictures      = 1024
	cachedPicturesBytes = 32 << 20
)

// NewGoogle returns one that has asked Google for nothing yet. It returns an error for
// options that cannot work.
func NewGoogle(o GoogleOptions) (*Google, error) {
	if !strings.HasPrefix(o.BaseURL, "https://") {
		return nil, fmt.Errorf("google wallet: the public address %q is not one with https, by which Google fetches pictures", o.BaseURL)
	}
	if _, err := google.ID(o.IssuerID, "try"); err != nil {
		return nil, fmt.Errorf("google wallet: issuer %q: %w", o.IssuerID, err)
	}
	g := &Google{
		GoogleOptions: o, strips: strip.NewCache(),
		pictures: recent.New[string](cachedPictures, cachedPicturesBytes, func(p []byte) int { return len(p) }),
	}
	client, err := google.New(google.Options{Account: o.Account, Budget: googleBudget{g}, BaseURL: o.Server, HTTP: o.HTTP, Now: o.Now, Wait: o.Wait})
	if err != nil {
		return nil, fmt.Errorf("google wallet: %w", err)
	}
	g.Client = client
	verifier := &google.Verifier{IssuerID: o.IssuerID, Keys: google.NewFetchedKeys(o.KeysURL, o.HTTP, o.Now), Now: o.Now}
	g.callbacks = google.CallbackHandler(verifier, nil, g.receive, g.complain)
	return g, nil
}

// Issuer returns the number of the issuer.
func (g *Google) Issuer() string { return g.IssuerID }

// Counts counts the organization's passes.
func (g *Google) Counts(ctx context.Context, orgID string) (customer.GooglePassCounts, error) {
	n, err := g.Store.GooglePassCounts(ctx, orgID, g.IssuerID)
	if err != nil {
		return n, fmt.Errorf("count passes for Google: %w", err)
	}
	return n, nil
}

// SaveLink returns the address at Google that offers to save the card. Google has the card
// as it is before the link is made. It returns loyalty.ErrNotFound, and
// customer.ErrWalletAway when Google did not take the card.
func (g *Google) SaveLink(ctx context.Context, orgID, cardID string) (string, error) {
	p, err := g.Store.IssueGooglePass(ctx, customer.GooglePass{OrgID: orgID, CardID: cardID, IssuerID: g.IssuerID, Serial: typeid.New("gpass")})
	if err != nil {
		return "", fmt.Errorf("issue pass for Google: %w", err)
	}
	if p.SentVersion < p.Version {
		if err := g.send(ctx, p); err != nil {
			return "", err
		}
	}
	link, err := g.Account.SaveLink([]string{g.objectID(p.OrgID, p.Serial)}, g.Origins, g.Now())
	if err != nil {
		return "", fmt.Errorf("make link for Google: %w", err)
	}
	return link, nil
}

// send lets Google have a pass, silently.
func (g *Google) send(ctx context.Context, p customer.GooglePass) error {
	if err := g.EnsureClass(ctx, p.OrgID, p.ProgramID); err != nil {
		return err
	}
	object, err := g.Object(ctx, p)
	if err != nil {
		return err
	}
	if err := g.Client.Upsert(ctx, object); err != nil {
		return fmt.Errorf("%w: send pass: %w", customer.ErrWalletAway, err)
	}
	if err := g.Store.NoteGooglePassesSent(ctx, p.OrgID, []customer.GooglePassSent{{Serial: p.Serial, Version: p.Version, Sent: true}}); err != nil {
		return fmt.Errorf("note what Google has: %w", err)
	}
	return nil
}

// EnsureClass lets Google have what all passes of the program have in common, unless it
// has that already. The error is customer.ErrWalletAway when Google did not take it.
func (g *Google) EnsureClass(ctx context.Context, orgID, programID string) error {
	org, err := g.Store.Organization(ctx, orgID)
	if err != nil {
		return fmt.Errorf("read organization of pass: %w", err)
	}
	program, err := g.Store.Program(ctx, orgID, programID)
	if err != nil {
		return fmt.Errorf("read program of pass: %w", err)
	}
	chosen, err := g.Store.PassDesign(ctx, orgID, programID)
	if err != nil {
		return fmt.Errorf("read design of pass: %w", err)
	}
	class := g.class(org, program, chosen)
	text, err := json.Marshal(class)
	if err != nil {
		return fmt.Errorf("encode class: %w", err)
	}
	sum := sha256.Sum256(text)
	digest := hex.EncodeToString(sum[:])
	known, err := g.Store.GoogleClassDigest(ctx, orgID, g.IssuerID, programID)
	if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
		return fmt.Errorf("read what Google has of the program: %w", err)
	}
	if known == digest {
		return nil
	}
	if err := g.Client.UpsertClass(ctx, class); err != nil {
		return fmt.Errorf("%w: send class: %w", customer.ErrWalletAway, err)
	}
	if err := g.Store.NoteGoogleClass(ctx, orgID, g.IssuerID, programID, digest); err != nil {
		return fmt.Errorf("note what Google has of the program: %w", err)
	}
	return nil
}

// ClassID returns the id at Google of a program.
func (g *Google) ClassID(orgID, programID string) string {
	return g.IssuerID + "." + orgID + "." + programID
}

// objectID returns the id at Google of a pass. It holds the organization, because Google's
// callbacks name nothing else.
func (g *Google) objectID(orgID, serial string) string {
	return g.IssuerID + "." + orgID + "." + serial
}

// PassOf returns the organization and the serial of a pass by its id at Google, and false
// for an id that we did not make.
func (g *Google) PassOf(objectID string) (orgID, serial string, ok bool) {
	rest, ours := strings.CutPrefix(objectID, g.IssuerID+".")
	orgID, serial, found := strings.Cut(rest, ".")
	ok = ours && found && typeid.Check("org", orgID) == nil && typeid.Check("gpass", serial) == nil
	return orgID, serial, ok
}

// errNotOurs is returned for the id of an object that this server did not make.
var errNotOurs = errors.New("google wallet: the object is not one of this server")

// googleBudget counts notifications in the store, where all servers see them.
type googleBudget struct{ g *Google }

var _ google.Budget = googleBudget{}

// Take implements google.Budget.
func (b googleBudget) Take(ctx context.Context, objectID string, at time.Time) (bool, error) {
	orgID, serial, ok := b.g.PassOf(objectID)
	if !ok {
		return false, errNotOurs
	}
	left, err := b.g.Store.TakeGoogleNotification(ctx, orgID, serial, at.UnixMilli(), google.NotificationDay)
	if err != nil {
		return false, fmt.Errorf("count notification: %w", err)
	}
	return left, nil
}

// Exhaust implements google.Budget.
func (b googleBudget) Exhaust(ctx context.Context, objectID string, at time.Time) error {
	orgID, serial, ok := b.g.PassOf(objectID)
	if !ok {
		return errNotOurs
	}
	if err := b.g.Store.ExhaustGoogleNotifications(ctx, orgID, serial, at.UnixMilli()); err != nil {
		return fmt.Errorf("count notifications: %w", err)
	}
	return nil
}

// receive takes in what Google tells of a pass: in one transaction with the nonce, so that
// an event counts once and none is lost.
func (g *Google) receive(ctx context.Context, e google.Event) error {
	orgID, serial, ok := g.PassOf(e.ObjectID)
	if !ok {
		return nil // somebody else's object under the same issuer
	}
	first, err := g.Store.NoteGoogleEvent(ctx, orgID, customer.GoogleEvent{
		Serial: serial, Nonce: e.Nonce, ExpiresAt: e.Expires.UnixMilli(), Saved: e.Type == google.Saved,
	})
	if err != nil {
		return fmt.Errorf("note event of Google: %w", err)
	}
	g.Log.LogAttrs(ctx, slog.LevelDebug, "Google told of a pass", slog.String("org", orgID), slog.String("event", string(e.Type)), slog.Bool("first", first))
	return nil
}

func (g *Google) complain(ctx context.Context, err error) {
	g.Log.LogAttrs(ctx, slog.LevelWarn, "a callback for Google Wallet was not taken in", slog.Any("error", err))
}
