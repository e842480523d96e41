package api

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
)

// Dependencies are what the API needs from outside. All are required but those that
// say what nil is.
type Dependencies struct {
	Store  Store
	Ledger loyalty.Ledger
	// Imports starts imports of receipts.
	Imports ImportStarter
	// CardURL returns the full address of the customer's page for an organization's
	// slug and a card's link.
	CardURL func(slug, link string) string
	// Passes makes passes; nil is a server that has no certificate for them.
	Passes Passes
	// Google puts cards into Google Wallet; nil is a server without an account for it.
	Google GooglePasses
	// Samsung counts the cards in Samsung Wallet; nil is a server that offers none.
	Samsung PassCounter
	// Previews draws designs of passes.
	Previews Previews
	// Totals reads live totals; nil is a server that has none and answers 503.
	Totals TotalsStore
	// Limits holds guessing down; nil counts in this process alone.
	Limits Limits
	// Sentences translates what staff read; nil is English.
	Sentences Sentences
	// Now returns the instant in UTC milliseconds.
	Now func() int64
	Log *slog.Logger
}

// Store is all that the API reads and keeps. Its parts stand beside the handlers
// that use them.
type Store interface {
	DirectoryStore
	CredentialStore
	OrganizationStore
	LocationStore
	StaffStore
	TillStore
	ProgramStore
	PassDesignStore
	CardStore
	EntryStore
	CustomerStore
	BlockStore
	MergeStore
	DemoStore
	ConsentStore
	KeyStore
	ImportStore
	ListStore
	AuditStore
	ReviewStore
}

// Sentences translates.
type Sentences interface {
	// Refusal returns the reason as staff can read it out in the locale, which is one
	// of organization.Locales.
	Refusal(locale string, r *loyalty.Refusal) string
	// ImportReason returns why a row or receipt of an import could not be used, "" for a
	// code without words.
	ImportReason(locale, code string, params map[string]string) string
}

// API is the HTTP interface under /v1.
type API struct {
	operations  []*operation
	credentials CredentialStore
	directory   *directory
	handlers    contract.ServerInterface
	sentences   Sentences
	now         func() int64
	log         *slog.Logger
}

// handlers is the contract, put together from one small type per resource.
type handlers struct {
	meHandlers
	organizationHandlers
	logoHandlers
	locationHandlers
	staffHandlers
	tillHandlers
	tillSessionHandlers
	programHandlers
	tryOutHandlers
	totalsHandlers
	cardHandlers
	passHandlers
	passDesignHandlers
	scanHandlers
	ledgerHandlers
	customerHandlers
	blockHandlers
	mergeHandlers
	demoHandlers
	consentHandlers
	keyHandlers
	importHandlers
	listHandlers
	exportHandlers
	auditHandlers
	activityHandlers
	reviewHandlers
}

var _ contract.StrictServerInterface = handlers{}

// New returns the API. It answers an error for a dependency that is missing and
// for a contract that cannot be served: one that is not valid, or in which an
// operation does not say what permission it asks for.
func New(d Dependencies) (*API, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	operations, err := loadOperations()
	if err != nil {
		return nil, fmt.Errorf("load the contract: %w", err)
	}
	dir := newDirectory(d.Store, d.Now)
	sentences := d.Sentences
	if sentences == nil {
		sentences = english{}
	}
	if d.Limits == nil {
		d.Limits = newAttempts(d.Now)
	}
	guesses := newGuesses(d.Limits, d.Now)
	unpacking := make(chan struct{}, maxLogosAtOnce)
	ledger := ledgerHandlers{ledger: d.Ledger, store: d.Store, cards: d.Store, directory: dir, guesses: guesses, now: d.Now}
	h := handlers{
		organizationHandlers: organizationHandlers{store: d.Store, directory: dir},
		logoHandlers:         logoHandlers{store: d.Store, directory: dir, turns: unpacking},
		locationHandlers:     locationHandlers{store: d.Store, directory: dir, now: d.Now},
		staffHandlers:        staffHandlers{store: d.Store, directory: dir, now: d.Now},
		tillHandlers:         tillHandlers{store: d.Store, directory: dir, guesses: guesses, now: d.Now},
		tillSessionHandlers:  tillSessionHandlers{store: d.Store, now: d.Now},
		programHandlers:      programHandlers{store: d.Store, now: d.Now},
		tryOutHandlers:       tryOutHandlers{sentences: sentences},
		totalsHandlers:       totalsHandlers{totals: d.Totals, programs: d.Store, directory: dir},
		cardHandlers:         cardHandlers{store: d.Store, directory: dir, cardURL: d.CardURL, now: d.Now},
		passHandlers:         passHandlers{store: d.Store, customers: d.Store, passes: d.Passes, google: d.Google, samsung: d.Samsung, now: d.Now},
		passDesignHandlers:   passDesignHandlers{store: d.Store, programs: d.Store, previews: d.Previews, turns: unpacking},
		scanHandlers:         scanHandlers{store: d.Store, directory: dir, guesses: guesses, sentences: sentences, now: d.Now},
		ledgerHandlers:       ledger,
		customerHandlers:     customerHandlers{store: d.Store, cardURL: d.CardURL},
		blockHandlers:        blockHandlers{store: d.Store, now: d.Now},
		mergeHandlers:        mergeHandlers{store: d.Store, now: d.Now},
		demoHandlers:         demoHandlers{store: d.Store, now: d.Now},
		consentHandlers:      consentHandlers{store: d.Store, now: d.Now},
		keyHandlers:          keyHandlers{store: d.Store, directory: dir, now: d.Now},
		importHandlers:       importHandlers{store: d.Store, imports: d.Imports, now: d.Now, log: d.Log, sentences: sentences},
		listHandlers:         listHandlers{store: d.Store, now: d.Now},
		exportHandlers:       exportHandlers{store: d.Store, places: make(chan struct{}, MaxExports), now: d.Now, log: d.Log},
		auditHandlers:        auditHandlers{store: d.Store},
		activityHandlers:     activityHandlers{store: d.Store},
		reviewHandlers:       reviewHandlers{store: d.Store, ledger: ledger},
	}
	for _, op := range operations {
		if op.plainBody != nil && op.plainParameters != nil {
			op.direct = h.direct(op)
		}
	}
	return &API{
		operations:  operations,
		credentials: d.Store,
		directory:   dir,
		handlers:    contract.NewStrictHandler(h, nil),
		sentences:   sentences,
		now:         d.Now,
		log:         d.Log,
	}, nil
}

func (d Dependencies) check() error {
	var missing []error
	for name, there := range map[string]bool{
		"Store": d.Store != nil, "Ledger": d.Ledger != nil, "Imports": d.Imports != nil,
		"CardURL": d.CardURL != nil, "Now": d.Now != nil, "Log": d.Log != nil, "Previews": d.Previews != nil,
	} {
		if !there {
			missing = append(missing, fmt.Errorf("the API needs %s", name))
		}
	}
	return errors.Join(missing...)
}

// Register adds the routes under /v1 to e. Everything under /v1 is answered by the
// API, also what is not found there; the error handler and the middleware of e are
// not needed.
func (a *API) Register(e *echo.Echo) {
	guards := make(map[string][]echo.MiddlewareFunc, len(a.operations))
	for _, op := range a.operations {
		guards[op.id] = []echo.MiddlewareFunc{a.guard(op)}
	}
	contract.RegisterHandlersWithOptions(routes{e}, a.handlers, contract.RegisterHandlersOptions{OperationMiddlewares: guards})
	a.registerRest(e)
}

// english is the Sentences of a server that was given none.
type english struct{}

func (english) Refusal(_ string, r *loyalty.Refusal) string { return r.StaffMessage() }

// ImportReason has no words: the English ones are kept with the row.
func (english) ImportReason(string, string, map[string]string) string { return "" }
