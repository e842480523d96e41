package pass

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/samsung"
)

// SamsungPath is below the public address where Samsung asks for cards and reports what
// happened to them; "/cards/" follows. The address with this path is what its portal wants
// to know.
const SamsungPath = "/samsung"

// SamsungStore is what cards in Samsung Wallet need. What is not there is
// loyalty.ErrNotFound.
type SamsungStore interface {
	// IssueSamsungPass returns the pass of the card under its present code; the first call
	// keeps the name given.
	IssueSamsungPass(ctx context.Context, p customer.SamsungPass) (customer.SamsungPass, error)
	// SamsungPass returns a pass, also that of a card that is blocked.
	SamsungPass(ctx context.Context, orgID, kind, ref string) (customer.SamsungPass, error)
	NoteSamsungFetched(ctx context.Context, orgID, ref string, version int64) error
	// NoteSamsungReport keeps what Samsung reported; twice is the same as once.
	NoteSamsungReport(ctx context.Context, r customer.SamsungReport) error
	SamsungPassCounts(ctx context.Context, orgID, kind string) (customer.PassCounts, error)
	// Card returns a card as the database has it, whatever its status.
	Card(ctx context.Context, orgID, cardID string) (customer.View, error)
	// PassDesign returns how the passes of a program look.
	PassDesign(ctx context.Context, orgID, programID string) (organization.PassDesign, error)
	leads
	// Organization returns organization.ErrNotFound.
	Organization(ctx context.Context, orgID string) (organization.Organization, error)
}

// SamsungOptions are what a Samsung is made of; all are required.
type SamsungOptions struct {
	Partner *samsung.Partner
	Store   SamsungStore
	// BaseURL is the public address of the server. Samsung takes one with https only.
	BaseURL string
	Now     func() int64 // UTC milliseconds
	Log     *slog.Logger
}

// Samsung puts cards into Samsung Wallet and answers when Samsung asks for them. It may be
// used by many goroutines.
type Samsung struct{ SamsungOptions }

// NewSamsung returns one.
func NewSamsung(o SamsungOptions) *Samsung { return &Samsung{o} }

// A name that Samsung knows a card by has at most 32 characters, and Samsung names nothing
// else when it asks. So the name tells the organization too: 22 characters are its id, 10
// are chance (60 bits, unique within the organization by a key of the table).
const (
	refOrgLen    = 22
	refOrgBytes  = 16
	refChanceLen = 10
	orgPrefix    = "org"
)

// newRef returns a fresh name for a card of the organization.
func newRef(orgID string) (string, error) {
	id, err := typeid.Parse(orgPrefix, orgID)
	if err != nil {
		return "", fmt.Errorf("name a card for Samsung: %w", err)
	}
	chance := make([]byte, refChanceLen)
	if _, err := rand.Read(chance); err != nil {
		return "", fmt.Errorf("name a card for Samsung: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode(id[:]) + encode(chance)[:refChanceLen], nil
}

// orgOfRef returns the organization that a name tells, or samsung.ErrNoCard for a name that
// was not made here.
func orgOfRef(ref string) (string, error) {
	if len(ref) != refOrgLen+refChanceLen {
		return "", samsung.ErrNoCard
	}
	id, err := base64.RawURLEncoding.Strict().DecodeString(ref[:refOrgLen])
	if err != nil {
		return "", samsung.ErrNoCard
	}
	return typeid.From(orgPrefix, [refOrgBytes]byte(id)), nil
}

// AddLink returns the address that adds a card to the wallet of whoever opens it at once:
// it is good for samsung.CardDataLife. It returns loyalty.ErrNotFound for a card that is
// not there or not in use.
func (s *Samsung) AddLink(ctx context.Context, orgID, cardID string) (string, error) {
	ref, err := newRef(orgID)
	if err != nil {
		return "", err
	}
	p, err := s.Store.IssueSamsungPass(ctx, customer.SamsungPass{OrgID: orgID, CardID: cardID, Kind: s.Partner.CardID, Ref: ref})
	if err != nil {
		return "", fmt.Errorf("issue pass for Samsung: %w", err)
	}
	card, err := s.make(ctx, p)
	if errors.Is(err, samsung.ErrNoCard) {
		return "", loyalty.ErrNotFound
	}
	if err != nil {
		return "", err
	}
	link, err := s.Partner.AddLink(card, time.UnixMilli(s.Now()))
	if err != nil {
		return "", fmt.Errorf("make link for Samsung: %w", err)
	}
	return link, s.fetched(ctx, p)
}

// Counts counts the organization's passes for Samsung.
func (s *Samsung) Counts(ctx context.Context, orgID string) (customer.PassCounts, error) {
	n, err := s.Store.SamsungPassCounts(ctx, orgID, s.Partner.CardID)
	if err != nil {
		return n, fmt.Errorf("count passes for Samsung: %w", err)
	}
	return n, nil
}

// Handler answers what Samsung calls below SamsungPath.
func (s *Samsung) Handler() http.Handler {
	return samsung.Handler(s.Partner, s, SamsungPath, func() time.Time { return time.UnixMilli(s.Now()) }, func(ctx context.Context, err error) {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "a call of Samsung's was refused", slog.Any("error", err))
	})
}

// Card implements samsung.Cards. The pass is read before the card, so that the card is
// never older than what is noted as fetched.
func (s *Samsung) Card(ctx context.Context, ref string) (samsung.Card, error) {
	orgID, err := orgOfRef(ref)
	if err != nil {
		return samsung.Card{}, err
	}
	p, err := s.Store.SamsungPass(ctx, orgID, s.Partner.CardID, ref)
	if errors.Is(err, loyalty.ErrNotFound) {
		return samsung.Card{}, samsung.ErrNoCard
	}
	if err != nil {
		return samsung.Card{}, fmt.Errorf("find pass for Samsung: %w", err)
	}
	card, err := s.make(ctx, p)
	if err != nil {
		return samsung.Card{}, err
	}
	return card, s.fetched(ctx, p)
}

func (s *Samsung) fetched(ctx context.Context, p customer.SamsungPass) error {
	if err := s.Store.NoteSamsungFetched(ctx, p.OrgID, p.Ref, p.Version); err != nil {
		return fmt.Errorf("note what Samsung has: %w", err)
	}
	return nil
}

// State implements samsung.Cards.
func (s *Samsung) State(ctx context.Context, report samsung.State) error {
	orgID, err := orgOfRef(report.RefID)
	if err != nil {
		return err
	}
	if report.Event == samsung.Added && report.Callback == "" {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "Samsung names no address for changes of a card: it will not be kept up to date", slog.String("org", orgID))
	}
	err = s.Store.NoteSamsungReport(ctx, customer.SamsungReport{
		OrgID: orgID, Kind: s.Partner.CardID, Ref: report.RefID, State: string(report.Event),
		RequestID: report.RequestID, Country: report.Country, Callback: report.Callback,
	})
	if errors.Is(err, loyalty.ErrNotFound) {
		return samsung.ErrNoCard
	}
	if err != nil {
		return fmt.Errorf("note what Samsung reports: %w", err)
	}
	return nil
}

// make translates the card of a pass as it is now. Of a card that is not in use and leads to
// no other, or has another code than the pass, nothing is told: samsung.ErrNoCard.
func (s *Samsung) make(ctx context.Context, p customer.SamsungPass) (samsung.Card, error) {
	v, err := s.Store.Card(ctx, p.OrgID, p.CardID)
	if errors.Is(err, loyalty.ErrNotFound) {
		return samsung.Card{}, samsung.ErrNoCard
	}
	if err != nil {
		return samsung.Card{}, fmt.Errorf("read card for Samsung: %w", err)
	}
	there, err := moved(ctx, s.Store, v, p.Code)
	if err != nil {
		return samsung.Card{}, err
	}
	if !there && (!v.Card.Status.Usable() || v.Code != p.Code) {
		return samsung.Card{}, samsung.ErrNoCard
	}
	org, err := s.Store.Organization(ctx, p.OrgID)
	if err != nil {
		return samsung.Card{}, fmt.Errorf("read organization for Samsung: %w", err)
	}
	design, err := s.Store.PassDesign(ctx, p.OrgID, v.Card.ProgramID)
	if err != nil {
		return samsung.Card{}, fmt.Errorf("read design for Samsung: %w", err)
	}
	card := s.card(org, design, v, p)
	if there {
		card.Subtitle, card.Notice = noBalance, movedWords(org).Translations[card.Language]
	}
	return card, nil
}

// samsungBarcodes are the kinds of codes in Samsung's names.
var samsungBarcodes = map[organization.PassBarcode]samsung.BarcodeType{
	organization.BarcodeQR: samsung.QRCode, organization.BarcodeAztec: samsung.Aztec,
	organization.BarcodePDF417: samsung.PDF417, organization.BarcodeCode128: samsung.Code128,
}

// card is the translation. Samsung shows a card in one language: the customer's or else
// the organization's. The link on it leads to the organization's page and not to the card's,
// which is a secret between the customer and the shop. The card of a blocked customer is empty.
func (s *Samsung) card(org organization.Organization, design organization.PassDesign, v customer.View, p customer.SamsungPass) samsung.Card {
	language := org.Locale
	if locale.Known(v.Customer.Locale) {
		language = v.Customer.Locale
	}
	l := locale.For(language)
	goal := loyalty.CardGoal(v.Program, v.Card)
	next, missing := loyalty.Next(v.Program, v.Card)
	notice := []string{l.N("card.next", missing) + ": " + next.Name.In(language, org.Locale)}
	if len(v.Coupons) > 0 {
		notice = append(notice, l.T("card.rewards_title")+": "+rewards(l, org, v.Coupons))
	}
	balance, barcode := l.Number(int64(v.Card.Balance))+" / "+l.Number(int64(goal)), samsung.Barcode{Type: samsungBarcodes[design.Barcode], Value: v.Code}
	if v.Card.BlockedAt != 0 {
		// As on Apple's pass, nothing of a blocked card is shown. A block may end, and Samsung
		// has no state from which a card comes back, so it stays and loses its code.
		notice, balance, barcode = nil, noBalance, samsung.Barcode{}
	}
	icon := fmt.Sprintf("%s/brand/%s/icon-192.png?v=%d", s.BaseURL, url.PathEscape(org.Slug), org.Version)
	return samsung.Card{
		RefID: p.Ref, Created: time.UnixMilli(v.Card.JoinedAt), Updated: time.UnixMilli(p.ModifiedAt), Language: language,
		Title: v.Program.Name.In(language, org.Locale), Subtitle: balance,
		Provider: org.Name, Notice: strings.Join(notice, ". "), LogoURL: icon, Colour: paperOf(org.Brand, design),
		AppLogo: icon, AppName: org.Name, AppLink: s.BaseURL + "/join/" + url.PathEscape(org.Slug),
		Barcode: barcode,
	}
}
