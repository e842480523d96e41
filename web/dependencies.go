package web

import (
	"context"
	"log/slog"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// Dependencies are what the pages need. All but Passes, Google, Samsung, Buttons, Barcodes, Demo, DemoSlug and Log are
// required.
type Dependencies struct {
	Directory     Directory
	Programs      Programs
	Cards         Cards
	Consents      Consents
	Confirmations Confirmations
	Access        Access
	Shop          Shop
	Live          Live
	// Passes makes passes; nil is a server without a certificate, which offers none.
	Passes Passes
	// Google puts cards into Google Wallet; nil is a server without an account for it.
	Google GooglePasses
	// Samsung adds cards to Samsung Wallet; nil is a server that cannot.
	Samsung Links
	// Buttons are the makers' pictures for the buttons of wallets; nil has none, and our own
	// drawing stands there.
	Buttons *WalletButtons
	// Barcodes tells how codes are drawn; nil draws them as QR codes.
	Barcodes Barcodes
	// Demo opens doors that only a demo may have; nil everywhere else.
	Demo Demo
	// DemoSlug is the demo's shop, which the start page leads to; "" for none.
	DemoSlug string
	// BaseURL is where the pages are reached from outside, such as
	// https://cards.example.org, without a path.
	BaseURL string
	// Now is the clock, in UTC milliseconds.
	Now func() int64
	// Log is told of faults; nil is slog.Default.
	Log *slog.Logger
}

// Barcodes knows how the codes of cards are drawn.
type Barcodes interface {
	// Barcode returns the kind of code that the program asks for: qr, aztec, pdf417 or
	// code128.
	Barcode(ctx context.Context, orgID, programID string) (string, error)
}

// Directory finds organizations by what stands in an address.
type Directory interface {
	// OrganizationBySlug returns organization.ErrNotFound if there is none.
	OrganizationBySlug(ctx context.Context, slug string) (organization.Organization, error)
	// Logo returns the picture and its media type, or organization.ErrNotFound.
	Logo(ctx context.Context, orgID string) (data []byte, mediaType string, err error)
}

// Programs reads what an organization promises.
type Programs interface {
	Programs(ctx context.Context, orgID string, p paging.Page) (paging.List[loyalty.Program], error)
	// Program returns loyalty.ErrNotFound if there is none.
	Program(ctx context.Context, orgID, id string) (loyalty.Program, error)
	Stats(ctx context.Context, orgID, programID string, now int64) (customer.Stats, error)
}

// Cards gives out cards and reads them.
type Cards interface {
	// Join takes a parsed Join. It returns loyalty.ErrNotFound for an unknown program
	// and a *loyalty.Refusal for one that gives out no cards.
	Join(ctx context.Context, j customer.Join) (customer.Joined, error)
	// CardByLink returns loyalty.ErrNotFound for what is no card's link.
	CardByLink(ctx context.Context, orgID, link string) (customer.View, error)
	// MovedCard returns the card that has the stamps of the one with the link, whose
	// customer was merged into another one, with the code and link that were asked for. It
	// returns loyalty.ErrNotFound if there is none.
	MovedCard(ctx context.Context, orgID, link string) (customer.View, error)
	// Entries returns the card's ledger, newest first, and paging.ErrBadCursor for a
	// cursor that is none.
	Entries(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Entry], error)
	// CodeKey returns the key of the organization's rotating codes, mostly from memory.
	CodeKey(ctx context.Context, orgID string) ([]byte, error)
	// Coupon returns loyalty.ErrNotFound if there is none.
	Coupon(ctx context.Context, orgID, id string) (loyalty.Coupon, error)
}

// Consents reads what customers are asked and keeps what they answer.
type Consents interface {
	// ConsentTexts returns the texts that are asked of whoever joins, in order.
	ConsentTexts(ctx context.Context, orgID string) ([]customer.ConsentText, error)
	Consents(ctx context.Context, orgID, customerID string) ([]customer.ConsentState, error)
	RecordConsents(ctx context.Context, orgID, customerID string, decisions []customer.Consent) error
}

// Confirmations proves that a contact is its customer's.
type Confirmations interface {
	// RequestConfirmation asks for another link. It returns customer.ErrTooOften.
	RequestConfirmation(ctx context.Context, orgID, customerID, programID string, now int64) error
	// AddContact keeps a contact for a customer who joined without one and asks for its
	// link. It returns customer.ErrNotFound for anybody else.
	AddContact(ctx context.Context, orgID, customerID, programID, phone, email string, now int64) error
	// ConfirmationByToken looks at a link without using it. It returns
	// customer.ErrNotFound for one that is unknown, used or expired.
	ConfirmationByToken(ctx context.Context, orgID string, tokenHash [32]byte, now int64) (customer.ConfirmationRequest, error)
	// Confirm uses a link up; its errors are those of ConfirmationByToken.
	Confirm(ctx context.Context, orgID string, tokenHash [32]byte, now int64) (customer.Confirmed, error)
}

// Access knows credentials. Whatever is unknown, used, expired or revoked is
// access.ErrUnauthenticated.
type Access interface {
	Authenticate(ctx context.Context, orgID string, tokenHash [32]byte, now int64) (access.Principal, error)
	CreatePairingCode(ctx context.Context, c access.PairingCode) error
	// ConsumeSignInLink opens the session s for whoever the link was made for.
	ConsumeSignInLink(ctx context.Context, orgID string, tokenHash [32]byte, s access.Session, now int64) (access.Principal, error)
	EndSession(ctx context.Context, orgID, sessionID string) error
}

// Shop reads the branches, and devices that the staff page shows.
type Shop interface {
	Locations(ctx context.Context, orgID string, p paging.Page) (paging.List[organization.Location], error)
	Tills(ctx context.Context, orgID string, p paging.Page) (paging.List[access.Till], error)
}

// Live tells of changed cards. The topic of a card is CardTopic.
type Live interface {
	// Subscribe returns a channel that receives after something about the topic
	// changed, until the context ends. A lost message costs freshness only.
	Subscribe(ctx context.Context, topic string) <-chan struct{}
}

// CardTopic is the topic under which changes of a card are told.
func CardTopic(orgID, cardID string) string { return "card:" + orgID + "/" + cardID }

// Demo lets visitors of a demo in without pairing, PIN or link.
type Demo interface {
	// EnterTill returns the token of a paired till and that of a cashier's session.
	EnterTill(ctx context.Context) (tillToken, sessionToken string, err error)
	// SignInOwner returns the token of a session of the demo's owner.
	SignInOwner(ctx context.Context) (sessionToken string, err error)
}
