package main

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima"
	"github.com/leima/leima/api"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/ledger"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/projection"
	"github.com/leima/leima/store"
	"github.com/leima/leima/web"
)

// How often the periodic jobs run. Confirmations are what a person waits for with a
// phone in the hand, so whoever asks for one here wakes their job; the period is for
// what other replicas were asked, or a process that died.
const (
	confirmEvery = 20 * time.Second
	expireEvery  = 10 * time.Minute
	cleanUpEvery = time.Hour
)

// parts are what a server is put together from.
type parts struct {
	sh    *shell
	log   *slog.Logger
	links links
	store *store.Store
	hot   *hotState
	// wallet is nil if there is no certificate for passes.
	wallet *wallet
	// google is nil if there is no account for Google Wallet.
	google *googleAccount
	// galaxy is nil if there is no contract with Samsung.
	galaxy *galaxy
	// buttons is nil if nobody brought pictures for the buttons of wallets.
	buttons *web.WalletButtons
	// metrics is nil if nobody can ask for them.
	metrics *metrics
	// demo is nil but in a demo; demoSlug names its shop.
	demo     web.Demo
	demoSlug string
}

// postgresCommitters is how many groups of commands are made durable at once in
// PostgreSQL: while one waits for the disk, the next is decided. SQLite has one writer.
const postgresCommitters = 2

func committers(s *store.Store) int {
	if s.Kind() == "postgres" {
		return postgresCommitters
	}
	return 1
}

// server is Leima, put together.
type server struct {
	ledger  *ledger.GroupCommit
	echo    *echo.Echo
	web     *web.Web
	imports *jobs.ImportQueue
	jobs    []jobs.Periodic
	hot     *hotState
	metrics *metrics
}

// wire puts the server together. Everything that the parts of Leima know of each
// other, they know from here.
func wire(p parts) (*server, error) {
	s := &server{hot: p.hot, metrics: p.metrics}
	s.ledger = ledger.NewGroupCommit(p.metrics.batches(p.store), ledger.Config{Committers: committers(p.store)})
	wake := make(chan struct{}, 1)
	cards := projection.NewCards(p.store, p.hot.follower, p.sh.clock)
	p.metrics.watch(watched{Ledger: s.ledger, Hot: p.hot, Epochs: p.store, Follower: p.hot.follower, Cards: cards})
	shown := shownStore{wakingStore{Store: p.store, wake: wake}, cards}
	importer := jobs.Importer{Store: p.store, Records: p.store, Now: p.sh.clock}
	s.imports = jobs.NewImportQueue(jobs.ImportQueueConfig{
		Importer: importer, Store: p.store, Folder: p.sh.settings.Data, Alone: p.store.Kind() == "sqlite", Log: p.log,
	})
	wallets := openPasses(p)
	googles, err := openGoogle(p)
	if err != nil {
		return nil, err
	}
	samsung := openSamsung(p)
	v1, err := api.New(api.Dependencies{
		Store: shown, Ledger: p.metrics.ledger(s.ledger), Imports: s.imports,
		Totals: liveTotals(p.store, p.hot, p.sh.clock), Limits: p.hot,
		CardURL: p.links.card, Passes: wallets.forAPI(), Google: googles.forAPI(), Samsung: samsung.forAPI(), Previews: pass.NewPreviewer(p.store),
		Sentences: sentences{}, Now: p.sh.clock, Log: p.log,
	})
	if err != nil {
		return nil, err
	}
	s.web, err = web.New(web.Dependencies{
		Directory: p.store, Programs: p.store, Cards: shown, Consents: p.store, Confirmations: shown,
		Access: p.store, Shop: p.store, Live: p.hot, Passes: wallets.forWeb(), Google: googles.forWeb(), Samsung: samsung.forWeb(),
		Barcodes: barcodes{p.store}, Buttons: p.buttons,
		Demo: p.demo, DemoSlug: p.demoSlug,
		BaseURL: p.links.base, Now: p.sh.clock, Log: p.log,
	})
	if err != nil {
		return nil, err
	}
	s.echo = newEcho(p.sh.settings, p.log, s.web.ErrorPage, p.metrics.around()...)
	v1.Register(s.echo)
	s.echo.GET("/openapi.yaml", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/yaml", leima.OpenAPI) })
	s.web.Register(s.echo)
	wallets.register(s.echo)
	googles.register(s.echo)
	samsung.register(s.echo)

	confirmations := jobs.SendConfirmations{
		Store: p.store, Sender: &jobs.Console{Out: p.sh.out}, Link: p.links.confirm, Now: p.sh.clock, Log: p.log,
	}
	expiry := jobs.ExpireCoupons{Store: p.store, Now: p.sh.clock, Log: p.log}
	s.jobs = []jobs.Periodic{
		{Name: "send confirmations", Every: confirmEvery, Wake: wake, Run: confirmations.Run},
		{Name: "expire coupons", Every: expireEvery, Run: expiry.Run},
		{Name: "follow the epoch", Every: projection.KeepEvery, Run: p.hot.keep},
		{Name: "clean up", Every: cleanUpEvery, Run: jobs.CleanUp{Store: p.store, Now: p.sh.clock}.Run},
	}
	check := &jobs.SelfCheck{
		Organizations: p.store, Nights: p.store, Checker: newProver(p.store, p.hot, p.sh.clock, p.log), Report: p.metrics.selfCheck, Now: p.sh.clock, Log: p.log,
	}
	s.jobs = append(s.jobs, jobs.Periodic{Name: "self-check", Every: jobs.SelfCheckEvery, Limit: jobs.SelfCheckLimit, Run: check.Run})
	s.jobs = p.metrics.periodic(slices.Concat(s.jobs, wallets.periodic(), googles.periodic(), samsung.periodic()))
	return s, nil
}

// barcodes tells pages how the codes of a program's cards are drawn: as on its passes.
type barcodes struct{ *store.Store }

// Barcode implements web.Barcodes.
func (b barcodes) Barcode(ctx context.Context, orgID, programID string) (string, error) {
	d, err := b.PassDesign(ctx, orgID, programID)
	return string(d.Barcode), err
}

// sentences translates for the API why something was refused or could not be used.
type sentences struct{}

func (sentences) Refusal(language string, r *loyalty.Refusal) string {
	return locale.Refusal(language, string(r.Code), r.Params(language))
}

func (sentences) ImportReason(language, code string, params map[string]string) string {
	return locale.ImportReason(language, code, params)
}

// shownStore answers from the hot state what tills and customers' pages ask for.
type shownStore struct {
	wakingStore
	cards *projection.Cards
}

// Identify does what the store's does.
func (s shownStore) Identify(ctx context.Context, orgID string, h customer.Handle, programID string) (customer.View, error) {
	return s.cards.Identify(ctx, orgID, h, programID)
}

// CardByLink does what the store's does.
func (s shownStore) CardByLink(ctx context.Context, orgID, link string) (customer.View, error) {
	return s.cards.CardByLink(ctx, orgID, link)
}

// UpdateProgram does what the store's does, and lets the change be seen at once.
func (s shownStore) UpdateProgram(ctx context.Context, p loyalty.Program, version int64) (loyalty.Program, error) {
	changed, err := s.Store.UpdateProgram(ctx, p, version)
	s.cards.ForgetProgram(p.OrgID, p.ID)
	return changed, err
}

// wakingStore tells the job that sends confirmations when there may be one to send.
type wakingStore struct {
	*store.Store
	wake chan<- struct{}
}

// Join does what the store's does.
func (s wakingStore) Join(ctx context.Context, j customer.Join) (customer.Joined, error) {
	joined, err := s.Store.Join(ctx, j)
	s.tell()
	return joined, err
}

// RequestConfirmation does what the store's does.
func (s wakingStore) RequestConfirmation(ctx context.Context, orgID, customerID, programID string, now int64) error {
	err := s.Store.RequestConfirmation(ctx, orgID, customerID, programID, now)
	s.tell()
	return err
}

func (s wakingStore) tell() {
	select {
	case s.wake <- struct{}{}:
	default: // told already
	}
}
